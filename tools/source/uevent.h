/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks that appear, change and go, as the kernel tells udev.
 */
#ifndef DMSTAT_NL_UEVENT_H
#define DMSTAT_NL_UEVENT_H

#include <stdbool.h>

/** struct uevents - a subscription; opaque */
struct uevents;

/**
 * uevents_open() - subscribe
 * @events: set to the subscription
 *
 * Return: 0 or a negative error number.
 */
int uevents_open(struct uevents **events);

/** uevents_close() - end a subscription; NULL is none */
void uevents_close(struct uevents *events);

/** uevents_fd() - the file that is readable when there are events */
int uevents_fd(const struct uevents *events);

/**
 * uevents_read() - read all events that have arrived, without waiting
 * @events: the subscription
 *
 * Return: whether a device was added, removed, renamed, got another table, or
 * events were lost.
 */
bool uevents_read(struct uevents *events);

#endif /* DMSTAT_NL_UEVENT_H */
