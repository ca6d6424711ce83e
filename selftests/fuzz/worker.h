/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that fuzzes.
 */
#ifndef _WORKER_H
#define _WORKER_H

#include <stdint.h>

#include "learn.h"

struct worker {
	uint16_t id;			/* of the family */
	int group;
	struct learnt learnt;
	uint64_t seed;
	unsigned int process;
	uint64_t messages;		/* to send; 0: until @seconds are over */
	uint64_t seconds;
};

void worker_run(struct worker *worker);

#endif /* _WORKER_H */
