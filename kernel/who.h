/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who does an I/O: the task that submitted it, and the cgroup that it is
 * charged to.
 */
#ifndef _DMSTAT_WHO_H
#define _DMSTAT_WHO_H

#include <linux/sched.h>
#include <linux/types.h>

struct dmstat_who {
	pid_t pid;			/* of the thread; 0: not known */
	bool kthread;
	char comm[TASK_COMM_LEN];	/* "": the thread has ended */
	u64 cgroup;			/* cgroup_id(), or 0 */
};

void dmstat_who_fill(struct dmstat_who *who, pid_t pid, u64 age);
const void *dmstat_who_peek(unsigned long bio);
struct cgroup *dmstat_who_charged(const void *peeked);
u64 dmstat_who_cgroup(const void *peeked);

/**
 * dmstat_who_submits() - the task that submits an I/O now
 *
 * Context: any. In an interrupt it is the task that was interrupted.
 * Return: its pid in the initial namespace; 0 if there is none.
 */
static __always_inline u32 dmstat_who_submits(void)
{
	return current->pid;
}

#endif /* _DMSTAT_WHO_H */
