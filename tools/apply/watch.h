/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keep the regions as configuration files ask for, while devices and files come,
 * change and go, until interrupted.
 */
#ifndef DMSTAT_NL_APPLY_WATCH_H
#define DMSTAT_NL_APPLY_WATCH_H

#include <stddef.h>

struct output;

/**
 * apply_watch() - apply, and go on
 * @out: the output: a line for each action
 * @paths: of configuration files, as for config_read()
 * @count: how many
 *
 * SIGHUP has the files read again. The regions stay when it ends.
 *
 * Return: the exit status.
 */
int apply_watch(struct output *out, char *const *paths, size_t count);

#endif /* DMSTAT_NL_APPLY_WATCH_H */
