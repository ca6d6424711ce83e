/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control groups: ids and paths.
 */
#ifndef DMSTAT_NL_CGROUP_H
#define DMSTAT_NL_CGROUP_H

#include <limits.h>
#include <stdint.h>

/* Room for the path of cgroup_path(), with its zero byte. */
#define CGROUP_PATH_MAX	PATH_MAX

/**
 * cgroup_path() - find the cgroup that has an id
 * @path: set to its path below the folder where cgroups are mounted, "/" for the
 *        root; CGROUP_PATH_MAX bytes
 * @id: the id
 *
 * The last answer is kept: many I/Os in a row are of one cgroup.
 *
 * Return: @path; NULL if there is none, as of a cgroup that was removed.
 */
const char *cgroup_path(char *path, uint64_t id);

/**
 * cgroup_id() - find the id of a cgroup
 * @path: its folder: "/sys/fs/cgroup/system.slice", or its path below the folder
 *        where cgroups are mounted: "system.slice", "/system.slice"
 *
 * Return: the id; 0 after saying why there is none.
 */
uint64_t cgroup_id(const char *path);

#endif /* DMSTAT_NL_CGROUP_H */
