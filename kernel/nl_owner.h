/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets that own regions: what is done when they are closed.
 */
#ifndef _DMSTAT_NL_OWNER_H
#define _DMSTAT_NL_OWNER_H

int dmstat_nl_owner_init(void);
void dmstat_nl_owner_exit(void);

#endif /* _DMSTAT_NL_OWNER_H */
