/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file by its inode: it can be found wherever it was moved on its file system,
 * while it is not kept open.
 */
#ifndef DMSTAT_NL_INODE_H
#define DMSTAT_NL_INODE_H

#include <stdbool.h>
#include <sys/types.h>

/** struct inode - a file, independent of its name; opaque */
struct inode;

/**
 * inode_get() - remember a file
 * @path: where it is now
 * @device: the device of its file system, as of stat(2)
 *
 * Return: the file, to be freed; NULL: its file system cannot find files without
 * their names, or there is no memory.
 */
struct inode *inode_get(const char *path, dev_t device);

/** inode_free() - forget a file; NULL is none */
void inode_free(struct inode *inode);

/**
 * inode_find() - find a file again
 * @inode: the file
 * @path: set to where it is now, to be freed; the kernel's words if it has no
 *        name any more
 * @linked: set to whether it has a name
 *
 * Return: a file descriptor to close; -ESTALE, it is gone: it has no name, and
 * nothing has it open; another negative error number.
 */
int inode_find(const struct inode *inode, char **path, bool *linked);

#endif /* DMSTAT_NL_INODE_H */
