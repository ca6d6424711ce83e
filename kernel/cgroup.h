/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cgroups: those that regions are limited to, and those that I/O is charged to.
 */
#ifndef _DMSTAT_CGROUP_H
#define _DMSTAT_CGROUP_H

#include <linux/types.h>

struct cgroup;

struct cgroup *dmstat_cgroup_get(u64 id);
struct cgroup *dmstat_cgroup_hold(struct cgroup *cgroup);
struct cgroup *dmstat_cgroup_try_hold(struct cgroup *cgroup);
void dmstat_cgroup_put(struct cgroup *cgroup);
u64 dmstat_cgroup_id(const struct cgroup *cgroup);
struct cgroup *dmstat_cgroup_charged(unsigned long bio);
bool dmstat_cgroup_is_below(struct cgroup *cgroup, struct cgroup *above);

#endif /* _DMSTAT_CGROUP_H */
