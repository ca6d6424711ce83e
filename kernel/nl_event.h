/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifications of single I/Os.
 */
#ifndef _DMSTAT_NL_EVENT_H
#define _DMSTAT_NL_EVENT_H

void dmstat_nl_event_init(void);
void dmstat_nl_event_exit(void);

#endif /* _DMSTAT_NL_EVENT_H */
