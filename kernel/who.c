// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who does an I/O. Only the pid is noted when it starts. The task is looked up
 * when the I/O is told or listed. The bio knows its cgroup, also for writeback.
 */
#include <linux/bio.h>
#include <linux/blk-cgroup.h>
#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "who.h"

/**
 * dmstat_who_fill() - find out about the task that has submitted an I/O
 * @who: set, but for the cgroup
 * @pid: what dmstat_who_submits() returned
 * @age: time since then, ns
 *
 * If the task has ended, only its pid is known, even if another task has it
 * now.
 *
 * Context: any but NMI.
 */
void dmstat_who_fill(struct dmstat_who *who, pid_t pid, u64 age)
{
	u64 submitted = ktime_get_ns() - age;
	struct task_struct *task;

	*who = (struct dmstat_who) { .pid = pid };
	if (!pid)
		return;
	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task && task->start_time <= submitted) {
		/* The task changes the other flags, and never this one. */
		who->kthread = data_race(task->flags) & PF_KTHREAD;
		/* The name may be changing, and always ends in a zero byte. */
		data_race(memcpy(who->comm, task->comm, sizeof(who->comm) - 1));
	}
	rcu_read_unlock();
}

#ifdef CONFIG_BLK_CGROUP
/**
 * dmstat_who_peek() - read what a bio that may have ended knows of its cgroup
 * @bio: its address
 *
 * Context: an RCU read section, or preemption disabled, which goes on until the
 * answer is used.
 * Return: for dmstat_who_cgroup(), if it turns out that the bio had not ended.
 */
const void *dmstat_who_peek(unsigned long bio)
{
	const struct bio *at = (const struct bio *)bio;
	struct blkcg_gq *blkg;

	/* Its memory may not even be mapped any more. */
	if (copy_from_kernel_nofault(&blkg, &at->bi_blkg, sizeof(blkg)))
		return NULL;
	return blkg;
}

/* What bio_blkcg_css() reads is within so many bytes, in all kernels so far. */
#define BLKG_SIZE 256

static bool is_mapped(const void *address)
{
	char byte;

	return !copy_from_kernel_nofault(&byte, address, 1);
}

/**
 * dmstat_who_charged() - the cgroup that an I/O is charged to
 * @peeked: what dmstat_who_peek() has read
 *
 * The bio had a reference to this in the same RCU section, and it is freed, and
 * drops its own reference to the cgroup, only after a grace period. All the
 * same nothing is read that might fault: if an end was ever missed, the machine
 * must not die of a pointer that is only for show.
 *
 * Context: as dmstat_who_peek().
 * Return: the cgroup, without a reference; or NULL.
 */
struct cgroup *dmstat_who_charged(const void *peeked)
{
	struct bio bio = { .bi_blkg = (struct blkcg_gq *)peeked };
	struct cgroup_subsys_state *css;
	struct cgroup *cgroup;

	if (!is_mapped(peeked) || !is_mapped(peeked + BLKG_SIZE - 1))
		return NULL;
	css = bio_blkcg_css(&bio);
	if (copy_from_kernel_nofault(&cgroup, &css->cgroup, sizeof(cgroup)) ||
	    !is_mapped(&cgroup->kn))
		return NULL;
	return cgroup;
}

/**
 * dmstat_who_cgroup() - the id of the cgroup that an I/O is charged to
 * @peeked: what dmstat_who_peek() has read
 *
 * Context: as dmstat_who_peek().
 * Return: the id, or 0.
 */
u64 dmstat_who_cgroup(const void *peeked)
{
	struct cgroup *cgroup = dmstat_who_charged(peeked);
	struct kernfs_node *kn;
	u64 id;

	if (!cgroup ||
	    copy_from_kernel_nofault(&kn, &cgroup->kn, sizeof(kn)) ||
	    copy_from_kernel_nofault(&id, &kn->id, sizeof(id)))
		return 0;
	return id;
}
#else
const void *dmstat_who_peek(unsigned long bio)
{
	return NULL;
}

struct cgroup *dmstat_who_charged(const void *peeked)
{
	return NULL;
}

u64 dmstat_who_cgroup(const void *peeked)
{
	return 0;
}
#endif
