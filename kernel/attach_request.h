/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the ends of I/O on request-based devices are seen.
 */
#ifndef _DMSTAT_ATTACH_REQUEST_H
#define _DMSTAT_ATTACH_REQUEST_H

#include <linux/types.h>

void dmstat_attach_request_init(void);
bool dmstat_attach_request_possible(void);
int dmstat_attach_request(void);
void dmstat_detach_request(void);

#endif /* _DMSTAT_ATTACH_REQUEST_H */
