/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family.
 */
#ifndef _DMSTAT_NL_FAMILY_H
#define _DMSTAT_NL_FAMILY_H

int dmstat_nl_family_init(void);
void dmstat_nl_family_exit(void);

#endif /* _DMSTAT_NL_FAMILY_H */
