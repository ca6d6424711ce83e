/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that I/O is timed by: nanoseconds that never go back by more than
 * CPUs disagree. It is read twice for each I/O, so where the kernel itself keeps
 * time by the TSC, that is read directly, in a quarter of the instructions of
 * ktime_get_ns().
 */
#ifndef _DMSTAT_CLOCK_H
#define _DMSTAT_CLOCK_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#ifdef CONFIG_X86_64
#include <asm/msr.h>
#endif

#define DMSTAT_CLOCK_SHIFT 31

/* How a counter of the CPU becomes nanoseconds. A cache line of its own, read
 * twice for each I/O.
 */
struct dmstat_clock {
	u64 mult;		/* of 2^DMSTAT_CLOCK_SHIFT; constant once loaded */
	/* Added at the end: changed when time stood still or the TSC is given
	 * up, see clock.c.
	 */
	u64 tsc_offset;
	u64 ktime_offset;
} ____cacheline_aligned;

static_assert(sizeof(struct dmstat_clock) == L1_CACHE_BYTES);

extern struct dmstat_clock dmstat_clock;
DECLARE_STATIC_KEY_FALSE(dmstat_clock_is_tsc);

#ifdef CONFIG_X86_64
/* As mul_u64_u32_shr(), but for its 128-bit variable, for which the compiler
 * would align the stack.
 */
static __always_inline u64 dmstat_clock_scale(u64 cycles)
{
	u64 high;

	asm("mulq %[mult]\n\t"
	    "shrdq %[shift], %[high], %[low]"
	    : [low] "+a" (cycles), [high] "=&d" (high)
	    : [mult] "rm" (dmstat_clock.mult),
	      [shift] "i" (DMSTAT_CLOCK_SHIFT)
	    : "cc");
	return cycles;
}
#endif

/**
 * dmstat_clock_is_short() - whether dmstat_clock_short_ns() tells the time
 *
 * Context: any.
 * Return: true as a rule.
 */
static __always_inline bool dmstat_clock_is_short(void)
{
	return IS_ENABLED(CONFIG_X86_64) &&
	       static_branch_likely(&dmstat_clock_is_tsc);
}

/**
 * dmstat_clock_short_ns() - the time now, without a call to any function
 *
 * Context: any, where dmstat_clock_is_short() has just said so.
 * Return: as dmstat_clock_ns().
 */
static __always_inline u64 dmstat_clock_short_ns(void)
{
#ifdef CONFIG_X86_64
	return dmstat_clock_scale(rdtsc_ordered()) +
	       READ_ONCE(dmstat_clock.tsc_offset);
#else
	return 0;
#endif
}

/**
 * dmstat_clock_ns() - the time now
 *
 * Context: any.
 * Return: nanoseconds, never 0; where they begin is not said.
 */
static __always_inline u64 dmstat_clock_ns(void)
{
	if (dmstat_clock_is_short())
		return dmstat_clock_short_ns();
	return ktime_get_ns() + READ_ONCE(dmstat_clock.ktime_offset);
}

void dmstat_clock_init(void);
void dmstat_clock_exit(void);
void dmstat_clock_start(void);
void dmstat_clock_stop(void);

#endif /* _DMSTAT_CLOCK_H */
