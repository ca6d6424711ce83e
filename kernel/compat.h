/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions, and nothing else. The sources read
 * as for the newest kernel; what older ones lack is here. Kbuild probes the
 * headers for features: version numbers do not tell, because distributions
 * backport changes.
 */
#ifndef _DMSTAT_COMPAT_H
#define _DMSTAT_COMPAT_H

#include <linux/blkdev.h>
#include <linux/device/class.h>
#include <linux/ptrace.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#include <net/genetlink.h>

#ifndef CONFIG_64BIT
#error "dmstat needs a 64-bit kernel: its counters are single 64-bit words"
#endif

/* From 6.4 the callbacks of a class interface take the device alone. */
#ifdef DMSTAT_HAVE_CLASS_INTERFACE_ONE_ARG
#define DMSTAT_CLASS_INTERFACE_ARGS struct device *dev
#else
#define DMSTAT_CLASS_INTERFACE_ARGS \
	struct device *dev, struct class_interface *unused
#endif

/* From 6.4 devices point to a constant class. */
#ifdef DMSTAT_HAVE_CONST_CLASS
#define DMSTAT_CLASS const struct class
#else
#define DMSTAT_CLASS struct class
#endif

/* From 6.9 disks are allocated with their limits, and fail with ERR_PTR(). */
#ifdef DMSTAT_HAVE_DISK_LIMITS
static inline struct gendisk *dmstat_alloc_disk(void)
{
	struct gendisk *disk = blk_alloc_disk(NULL, NUMA_NO_NODE);

	return IS_ERR(disk) ? NULL : disk;
}
#else
static inline struct gendisk *dmstat_alloc_disk(void)
{
	return blk_alloc_disk(NUMA_NO_NODE);
}
#endif

/* Probes were called with preemption disabled before tracepoints used SRCU. */
#ifdef DMSTAT_HAVE_SRCU_TRACEPOINTS
#define DMSTAT_PROBE_PREEMPT_DISABLE() preempt_disable_notrace()
#define DMSTAT_PROBE_PREEMPT_ENABLE() preempt_enable_notrace()
#else
#define DMSTAT_PROBE_PREEMPT_DISABLE() do { } while (0)
#define DMSTAT_PROBE_PREEMPT_ENABLE() do { } while (0)
#endif

/*
 * The first argument of the function that begins with these registers; NULL: this
 * kernel cannot tell. That of s390 calls a function that is not exported.
 */
static inline void *dmstat_first_argument(struct pt_regs *regs)
{
#if defined(CONFIG_S390)
	return (void *)regs->gprs[2];
#elif defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)
	return (void *)regs_get_kernel_argument(regs, 0);
#else
	return NULL;
#endif
}

/* Time that NTP does not adjust has another name in the newest kernels. */
static inline ktime_t
dmstat_snapshot_raw(const struct system_time_snapshot *snapshot)
{
#ifdef DMSTAT_HAVE_SNAPSHOT_MONORAW
	return snapshot->monoraw;
#else
	return snapshot->raw;
#endif
}

/* Some kernels pass data to what is called when the machine goes to sleep. */
#ifdef DMSTAT_HAVE_SYSCORE_DATA
#define DMSTAT_SYSCORE_ARGS void *unused
#define DMSTAT_SYSCORE(name, on_suspend, on_resume)		\
	static const struct syscore_ops name##_ops = {		\
		.suspend = on_suspend,				\
		.resume = on_resume,				\
	};							\
	static struct syscore name = { .ops = &name##_ops }
#define dmstat_register_syscore register_syscore
#define dmstat_unregister_syscore unregister_syscore
#else
#define DMSTAT_SYSCORE_ARGS void
#define DMSTAT_SYSCORE(name, on_suspend, on_resume)		\
	static struct syscore_ops name = {			\
		.suspend = on_suspend,				\
		.resume = on_resume,				\
	}
#define dmstat_register_syscore register_syscore_ops
#define dmstat_unregister_syscore unregister_syscore_ops
#endif

/* From 7.2 a snapshot is of one clock; before that it is of several. */
#ifndef DMSTAT_HAVE_SNAPSHOT_ID
static inline void
ktime_get_snapshot_id(clockid_t clock, struct system_time_snapshot *snapshot)
{
	ktime_get_snapshot(snapshot);
}
#endif

/* Newer kernels warn of a workqueue that does not say that it is per CPU. */
#ifndef DMSTAT_HAVE_WQ_PERCPU
#define WQ_PERCPU 0
#endif

/* From 6.7 the attributes of a dump request are in a struct genl_info. */
#ifdef DMSTAT_HAVE_GENL_INFO_DUMP
#define dmstat_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define dmstat_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

/* From 6.8. */
#ifndef nlmsg_for_each_attr_type
#define nlmsg_for_each_attr_type(pos, type, nlh, hdrlen, rem)	\
	nlmsg_for_each_attr(pos, nlh, hdrlen, rem)		\
		if (nla_type(pos) == (type))
#endif

/* From 6.7 policies refer to constant ranges; no kernel ever writes to them. */
#ifndef DMSTAT_HAVE_CONST_RANGE
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {			\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),		\
	.validation_type = NLA_VALIDATE_RANGE_PTR,		\
	.range = (struct netlink_range_validation *)(_range),	\
}
#endif

/*
 * Joining a multicast group can be restricted to CAP_SYS_ADMIN by a flag or, in
 * some versions, by a bit of its own. Without either the module must not load.
 */
#if defined(DMSTAT_HAVE_MCAST_FLAG_SYS_ADMIN)
#define DMSTAT_MCGRP_CAP .flags = GENL_MCAST_CAP_SYS_ADMIN
#elif defined(DMSTAT_HAVE_MCAST_BIT_SYS_ADMIN)
#define DMSTAT_MCGRP_CAP .cap_sys_admin = 1
#else
#error "this kernel cannot restrict who joins a generic netlink group"
#endif

#endif /* _DMSTAT_COMPAT_H */
