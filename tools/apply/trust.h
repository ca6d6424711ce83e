/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether configuration files and their folders can be trusted: what they say is
 * done as root.
 */
#ifndef DMSTAT_NL_TRUST_H
#define DMSTAT_NL_TRUST_H

struct stat;

/**
 * trust_file() - check who can write to a file
 * @path: its path
 * @status: what fstat() says of it
 *
 * It must be a regular file of root or of the caller; only its owner may write to it.
 *
 * Return: 0, or EXIT_FAILURE after saying why it is not trusted, and what to do.
 */
int trust_file(const char *path, const struct stat *status);

/**
 * trust_folder() - check who can put files into a folder
 * @path: its path
 *
 * It must be a folder of root or of the caller. Others may write to it only if they
 * cannot rename or delete what is not theirs, as in /tmp: then trust_file() decides.
 *
 * Return: 0, or EXIT_FAILURE after saying why it is not trusted, and what to do.
 */
int trust_folder(const char *path);

#endif /* DMSTAT_NL_TRUST_H */
