/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that fuzzes.
 */
#ifndef _WORKER_H
#define _WORKER_H

#include <stdint.h>

#include "channel.h"
#include "learn.h"

struct worker {
	const struct channel_family *found;
	struct learnt learnt;
	uint64_t seed;
	unsigned int process;
	uint64_t messages;		/* to send; 0: until @seconds are over */
	uint64_t seconds;
};

void worker_run(struct worker *worker);

/* One datagram of the process: print it, send it, print what comes of it. */
void worker_replay(struct worker *worker, uint64_t number);

#endif /* _WORKER_H */
