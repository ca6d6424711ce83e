/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the ends of I/O on request-based devices are seen.
 */
#ifndef _DMSTAT_HOOK_REQUEST_H
#define _DMSTAT_HOOK_REQUEST_H

#include <linux/types.h>

void dmstat_hook_request_init(void);
bool dmstat_hook_request_possible(void);
int dmstat_hook_request(void);
void dmstat_unhook_request(void);

#endif /* _DMSTAT_HOOK_REQUEST_H */
