/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parent's eye on processes that fuzz, and on the kernel's log.
 */
#ifndef _WATCH_H
#define _WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

struct watch {
	struct record *records;
	unsigned int nr;		/* that fuzz; one more makes devices */
	uint16_t id;			/* of the family */
	unsigned int patience;		/* seconds without any progress */
	int log;			/* /dev/kmsg */
};

void watch_open_log(struct watch *watch);
/* Return: whether all have ended well and the kernel has said nothing bad. */
bool watch_until_end(struct watch *watch);

#endif /* _WATCH_H */
