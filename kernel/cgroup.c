// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cgroups: those that regions are limited to, and those that I/O is charged to.
 * A cgroup that was removed still exists while there is a reference to it, and
 * its ancestors do. Nothing new is charged to it.
 */
#include <linux/bio.h>
#include <linux/blk-cgroup.h>
#include <linux/cgroup.h>
#include <linux/err.h>

#include "cgroup.h"

#ifdef CONFIG_BLK_CGROUP
/**
 * dmstat_cgroup_get() - find a cgroup that I/O can be charged to
 * @id: its id
 *
 * Context: process, may sleep.
 * Return: the cgroup, with a reference; -ENOENT, there is none in the cgroup
 * namespace of this process; -EINVAL, it has no io controller; -EOPNOTSUPP,
 * this kernel does not charge I/O.
 */
struct cgroup *dmstat_cgroup_get(u64 id)
{
	struct cgroup *cgroup = cgroup_get_from_id(id);

	if (IS_ERR_OR_NULL(cgroup))
		return ERR_PTR(-ENOENT);
	if (rcu_access_pointer(cgroup->subsys[io_cgrp_id]))
		return cgroup;
	cgroup_put(cgroup);
	return ERR_PTR(-EINVAL);
}

/**
 * dmstat_cgroup_hold() - take another reference to a cgroup
 * @cgroup: the cgroup, or NULL
 *
 * Context: any but NMI; something has a reference.
 * Return: @cgroup.
 */
struct cgroup *dmstat_cgroup_hold(struct cgroup *cgroup)
{
	if (cgroup)
		cgroup_get(cgroup);
	return cgroup;
}

/**
 * dmstat_cgroup_try_hold() - take a reference if there is still one
 * @cgroup: the cgroup, or NULL
 *
 * Context: any but NMI, in an RCU section in which something had a reference.
 * Return: @cgroup, or NULL.
 */
struct cgroup *dmstat_cgroup_try_hold(struct cgroup *cgroup)
{
	return cgroup && cgroup_tryget(cgroup) ? cgroup : NULL;
}

/**
 * dmstat_cgroup_put() - drop a reference to a cgroup
 * @cgroup: the cgroup, or NULL
 *
 * Context: any but NMI.
 */
void dmstat_cgroup_put(struct cgroup *cgroup)
{
	if (cgroup)
		cgroup_put(cgroup);
}

/**
 * dmstat_cgroup_id() - the id of a cgroup
 * @cgroup: the cgroup; the caller has a reference
 *
 * Return: the id.
 */
u64 dmstat_cgroup_id(const struct cgroup *cgroup)
{
	return cgroup_id(cgroup);
}

/**
 * dmstat_cgroup_charged() - the cgroup that an I/O is charged to
 * @bio: the address of its bio, which has not ended, or is just ending
 *
 * Context: any; the answer is valid as long as the bio.
 * Return: the cgroup, without a reference; NULL if there is none.
 */
struct cgroup *dmstat_cgroup_charged(unsigned long bio)
{
	struct cgroup_subsys_state *css = bio_blkcg_css((struct bio *)bio);

	return css ? css->cgroup : NULL;
}

/**
 * dmstat_cgroup_is_below() - compare cgroups
 * @cgroup: a cgroup that exists, or NULL
 * @above: another
 *
 * Context: any.
 * Return: whether @cgroup is @above or below it.
 */
bool dmstat_cgroup_is_below(struct cgroup *cgroup, struct cgroup *above)
{
	return cgroup && cgroup_is_descendant(cgroup, above);
}
#else
struct cgroup *dmstat_cgroup_get(u64 id)
{
	return ERR_PTR(-EOPNOTSUPP);
}

struct cgroup *dmstat_cgroup_hold(struct cgroup *cgroup)
{
	return NULL;
}

struct cgroup *dmstat_cgroup_try_hold(struct cgroup *cgroup)
{
	return NULL;
}

void dmstat_cgroup_put(struct cgroup *cgroup)
{
}

u64 dmstat_cgroup_id(const struct cgroup *cgroup)
{
	return 0;
}

struct cgroup *dmstat_cgroup_charged(unsigned long bio)
{
	return NULL;
}

bool dmstat_cgroup_is_below(struct cgroup *cgroup, struct cgroup *above)
{
	return false;
}
#endif
