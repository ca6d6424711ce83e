// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the CPU's counter can be the clock, and what to do when it no longer
 * can: the kernel may find it unstable at any time, and it may start from 0 when
 * the machine resumes from sleep.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/syscore_ops.h>
#include <linux/workqueue.h>

#include "clock.h"
#include "compat.h"

struct dmstat_clock dmstat_clock = { .slow_ns = U64_MAX };
DEFINE_STATIC_KEY_FALSE(dmstat_clock_is_counter);

#ifdef DMSTAT_CLOCK_HAS_COUNTER
#ifdef CONFIG_X86_64
#include <asm/tsc.h>

static bool counter = true;
module_param_named(tsc, counter, bool, 0444);
MODULE_PARM_DESC(tsc,
		 "read the time from the CPU's time stamp counter if the kernel does, too (default: yes)");

/* In cycles a second. */
static u64 counter_rate(void)
{
	return (u64)tsc_khz * MSEC_PER_SEC;
}

/* A slower TSC is too coarse for nanoseconds. */
static bool counter_is_sound(void)
{
	return !check_tsc_unstable() && tsc_khz > USEC_PER_SEC / 2;
}

/* The kernel has measured its rate. */
static bool counter_is_time(void)
{
	return true;
}
#else
#include <linux/kernel.h>
#include <linux/string.h>

#include <asm/virt.h>

static bool counter = true;
module_param_named(cntvct, counter, bool, 0444);
MODULE_PARM_DESC(cntvct,
		 "read the time from the CPU's virtual counter if the kernel does, too (default: yes)");

static u64 counter_rate(void)
{
	return arch_timer_get_cntfrq();
}

/* Whether the kernel has to work around an erratum when it reads it. */
static bool counter_has_erratum(void)
{
#ifdef CONFIG_ARM_ARCH_TIMER_OOL_WORKAROUND
	const struct arch_timer_erratum_workaround *workaround;
	int cpu;

	for_each_possible_cpu(cpu) {
		workaround = READ_ONCE(per_cpu(timer_unstable_counter_workaround,
					       cpu));
		/* Others are about timers, or programs of 32 bits. */
		if (workaround && (workaround->read_cntvct_el0 ||
				   workaround->read_cntpct_el0))
			return true;
	}
#endif
	return false;
}

/* A slow one is as coarse as the kernel's own time. */
static bool counter_is_sound(void)
{
	return !counter_has_erratum() && counter_rate() >= USEC_PER_SEC;
}

/*
 * While a CPU has a virtual machine's CPU loaded, the virtual counter has the
 * machine's offset, in interrupts and system calls, too: by as much as the host was
 * up when the machine was made. Not in EL2, where a host runs if the CPU can; other
 * hosts read the physical counter instead. No work item sees the offset.
 */
static bool counter_has_one_offset(void)
{
	char name[sizeof("arch_counter_get_cntvct") + 1];

	if (is_kernel_in_hyp_mode())
		return true;
	snprintf(name, sizeof(name), "%ps", arch_timer_read_counter);
	return !strcmp(name, "arch_counter_get_cntvct");
}

/* It is what firmware has written into a register, and the kernel may know better
 * from elsewhere.
 */
static bool rate_is_right(void)
{
	struct system_time_snapshot begin = {}, end = {};
	u64 ns, by_counter;

	ktime_get_snapshot_id(CLOCK_MONOTONIC, &begin);
	usleep_range(1000, 2000);
	ktime_get_snapshot_id(CLOCK_MONOTONIC, &end);
	ns = ktime_sub(dmstat_snapshot_raw(&end),
		       dmstat_snapshot_raw(&begin));
	by_counter = div64_u64((end.cycles - begin.cycles) * NSEC_PER_SEC,
			       counter_rate());
	return abs((s64)(ns - by_counter)) <= ns / 1024;
}

static bool counter_is_time(void)
{
	return counter_has_one_offset() && rate_is_right();
}
#endif

/* How often to check whether the kernel still trusts the counter. */
#define WATCH_PERIOD	HZ

/* The time when the machine went to sleep; only one CPU runs then. */
static u64 slept_at;

/* Compare what the kernel reads for the time with the counter. */
static bool kernel_uses_counter(void)
{
	struct system_time_snapshot snapshot = {};
	u64 before, after;

	if (!counter_is_sound())
		return false;

	before = dmstat_clock_cycles();
	ktime_get_snapshot_id(CLOCK_MONOTONIC, &snapshot);
	after = dmstat_clock_cycles();
	return snapshot.cycles >= before && snapshot.cycles <= after;
}

/* Whatever comes between the two readings, the time must not go back. */
static void give_up_counter(void)
{
	unsigned long flags;
	u64 ktime;

	local_irq_save(flags);
	ktime = ktime_get_ns();
	WRITE_ONCE(dmstat_clock.ktime_offset, dmstat_clock_ns() - ktime);
	local_irq_restore(flags);
	static_branch_disable(&dmstat_clock_is_counter);
}

static void watch(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(watch_work, watch);

static void watch(struct work_struct *work)
{
	if (!static_key_enabled(&dmstat_clock_is_counter))
		return;
	if (kernel_uses_counter())
		queue_delayed_work(system_power_efficient_wq, &watch_work,
				   WATCH_PERIOD);
	else
		give_up_counter();
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
	if (static_key_enabled(&dmstat_clock_is_counter))
		dmstat_clock.counter_offset += slept_at - dmstat_clock_ns();
}

DMSTAT_SYSCORE(clock_syscore, clock_suspend, clock_resume);

/**
 * dmstat_clock_init() - choose the clock
 *
 * Context: process, may sleep.
 */
void dmstat_clock_init(void)
{
	if (counter && kernel_uses_counter() && counter_is_time()) {
		dmstat_clock.mult =
			div64_u64((u64)NSEC_PER_SEC << DMSTAT_CLOCK_SHIFT,
				  counter_rate());
		/* So that no time is 0. */
		dmstat_clock.counter_offset = NSEC_PER_SEC;
		static_branch_enable(&dmstat_clock_is_counter);
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
