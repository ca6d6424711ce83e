/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a listener hears while allocations fail.
 */
#ifndef _NOTIFICATION_H
#define _NOTIFICATION_H

#include "sweep.h"

/* What came since the last call, and whether the kernel says it lost any. */
void take_notifications(struct sweep *sweep, struct answer *heard, bool *lost);
void ignore_notifications(struct sweep *sweep);
size_t count_notifications(const struct answer *heard, uint8_t command,
			   uint32_t id);
/* One change of region @id was notified or lost, and nothing else; 0: none. */
void check_notified(struct sweep *sweep, uint8_t command, uint32_t id);

#endif /* _NOTIFICATION_H */
