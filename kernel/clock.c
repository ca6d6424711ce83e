// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the TSC can be the clock, and what to do when it no longer can: the
 * kernel may find it unstable at any time, and it may start from 0 when the
 * machine resumes from sleep.
 */
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/syscore_ops.h>
#include <linux/workqueue.h>

#include "clock.h"
#include "compat.h"

struct dmstat_clock dmstat_clock = { .slow_ns = U64_MAX };
DEFINE_STATIC_KEY_FALSE(dmstat_clock_is_tsc);

#ifdef CONFIG_X86_64
#include <asm/tsc.h>

static bool tsc = true;
module_param(tsc, bool, 0444);
MODULE_PARM_DESC(tsc,
		 "read the time from the CPU's time stamp counter if the kernel does, too (default: yes)");

/* A slower TSC is too coarse for nanoseconds, and @mult would overflow. */
#define TSC_KHZ_MIN	(USEC_PER_SEC / 2 + 1)

/* How often to check whether the kernel still trusts the TSC. */
#define WATCH_PERIOD	HZ

/* The time when the machine went to sleep; only one CPU runs then. */
static u64 slept_at;

/* Compare what the kernel reads for the time with the TSC. */
static bool kernel_uses_tsc(void)
{
	struct system_time_snapshot snapshot = {};
	u64 before, after;

	if (check_tsc_unstable() || tsc_khz < TSC_KHZ_MIN)
		return false;

	before = rdtsc_ordered();
	ktime_get_snapshot_id(CLOCK_MONOTONIC, &snapshot);
	after = rdtsc_ordered();
	return snapshot.cycles >= before && snapshot.cycles <= after;
}

static void give_up_tsc(void)
{
	WRITE_ONCE(dmstat_clock.ktime_offset,
		   dmstat_clock_ns() - ktime_get_ns());
	static_branch_disable(&dmstat_clock_is_tsc);
}

static void watch(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(watch_work, watch);

static void watch(struct work_struct *work)
{
	if (!static_key_enabled(&dmstat_clock_is_tsc))
		return;
	if (kernel_uses_tsc())
		queue_delayed_work(system_power_efficient_wq, &watch_work,
				   WATCH_PERIOD);
	else
		give_up_tsc();
}

/*
 * Only one CPU runs, with interrupts off: nothing reads the clock meanwhile.
 * coverage: a guest whose root is on 9p does not resume from sleep
 */
static int clock_suspend(DMSTAT_SYSCORE_ARGS)
{
	slept_at = dmstat_clock_ns();
	return 0;
}

/* coverage: the same */
static void clock_resume(DMSTAT_SYSCORE_ARGS)
{
	if (static_key_enabled(&dmstat_clock_is_tsc))
		dmstat_clock.tsc_offset += slept_at - dmstat_clock_ns();
}

DMSTAT_SYSCORE(clock_syscore, clock_suspend, clock_resume);

/**
 * dmstat_clock_init() - choose the clock
 *
 * Context: process, may sleep.
 */
void dmstat_clock_init(void)
{
	if (tsc && kernel_uses_tsc()) {
		dmstat_clock.mult =
			div_u64((u64)USEC_PER_SEC << DMSTAT_CLOCK_SHIFT,
				tsc_khz);
		/* So that no time is 0. */
		dmstat_clock.tsc_offset = NSEC_PER_SEC;
		static_branch_enable(&dmstat_clock_is_tsc);
	}
	dmstat_register_syscore(&clock_syscore);
}

/**
 * dmstat_clock_exit() - undo dmstat_clock_init()
 *
 * Context: process, may sleep.
 */
void dmstat_clock_exit(void)
{
	dmstat_unregister_syscore(&clock_syscore);
}

/**
 * dmstat_clock_start() - start to check whether the clock can still be used
 *
 * Context: process.
 */
void dmstat_clock_start(void)
{
	queue_delayed_work(system_power_efficient_wq, &watch_work, 0);
}

/**
 * dmstat_clock_stop() - stop these checks: no I/O is timed
 *
 * Context: process, may sleep.
 */
void dmstat_clock_stop(void)
{
	cancel_delayed_work_sync(&watch_work);
}
#else
void dmstat_clock_init(void)
{
}

void dmstat_clock_exit(void)
{
}

void dmstat_clock_start(void)
{
}

void dmstat_clock_stop(void)
{
}
#endif
