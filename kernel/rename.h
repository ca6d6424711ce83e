/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Noticing that a watched device was renamed.
 */
#ifndef _DMSTAT_RENAME_H
#define _DMSTAT_RENAME_H

int dmstat_rename_init(void);
void dmstat_rename_exit(void);

#endif /* _DMSTAT_RENAME_H */
