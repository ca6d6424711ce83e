/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device-mapper devices that come and go while others fuzz.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

/* Does not return. */
void device_come_and_go(void);
/* Remove what is left after that was killed. */
void device_remove_all(void);

#endif /* _DEVICE_H */
