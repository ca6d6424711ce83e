/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifications of single I/Os.
 */
#ifndef _DMSTAT_NL_EVENT_H
#define _DMSTAT_NL_EVENT_H

#include <linux/types.h>

void dmstat_nl_event_init(void);
void dmstat_nl_event_exit(void);
u32 dmstat_nl_event_sequence(void);

#endif /* _DMSTAT_NL_EVENT_H */
