/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owners: sockets whose regions are deleted when they are closed.
 */
#ifndef _DMSTAT_OWNER_H
#define _DMSTAT_OWNER_H

#include <linux/types.h>

struct dmstat_owner;
struct sock;

struct dmstat_owner *dmstat_owner_get(struct sock *sk, u32 portid);
void dmstat_owner_hold(struct dmstat_owner *owner);
void dmstat_owner_put(struct dmstat_owner *owner);

bool dmstat_owner_close(u32 portid);
struct dmstat_owner *dmstat_owner_next_closed(void);

#endif /* _DMSTAT_OWNER_H */
