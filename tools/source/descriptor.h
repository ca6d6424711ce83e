/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File descriptors: what they are open on.
 */
#ifndef DMSTAT_NL_DESCRIPTOR_H
#define DMSTAT_NL_DESCRIPTOR_H

/**
 * descriptor_path() - the path that a descriptor is open on
 * @fd: the descriptor
 *
 * Return: the path as it is now, with " (deleted)" if there is none; to be
 * freed. NULL: it has none, or no memory.
 */
char *descriptor_path(int fd);

#endif /* DMSTAT_NL_DESCRIPTOR_H */
