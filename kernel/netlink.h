/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family.
 */
#ifndef _DMSTAT_NETLINK_H
#define _DMSTAT_NETLINK_H

int dmstat_netlink_init(void);
void dmstat_netlink_exit(void);

#endif /* _DMSTAT_NETLINK_H */
