/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How I/O is seen that a driver passes on from its own disk to another one.
 */
#ifndef _DMSTAT_HOOK_REMAP_H
#define _DMSTAT_HOOK_REMAP_H

void dmstat_hook_remap_init(void);
int dmstat_hook_remap(void);
void dmstat_unhook_remap(void);
int dmstat_hook_passed(void);
void dmstat_unhook_passed(void);

#endif /* _DMSTAT_HOOK_REMAP_H */
