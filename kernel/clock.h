/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that I/O is timed by: nanoseconds, which never go back by more
 * than CPUs disagree. It is read twice for each I/O. Where the kernel keeps
 * time by the TSC, the TSC is read directly, in a quarter of the instructions
 * of ktime_get_ns().
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

/* How cycles become nanoseconds. In a cache line of its own, because it is read
 * twice for each I/O.
 */
struct dmstat_clock {
	u64 mult;		/* of 2^DMSTAT_CLOCK_SHIFT; constant once loaded */
	/* Added to the result. Written only when no CPU reads it: at load and
	 * at resume.
	 */
	u64 tsc_offset;
	/* The same, once the TSC is given up. Written before that;
	 * READ_ONCE().
	 */
	u64 ktime_offset;
	/* Not of the clock, but also read at the end of each I/O: no device has
	 * a smaller bound of what is slow; U64_MAX: none has one. Written by
	 * device.c; READ_ONCE().
	 */
	u64 slow_ns;
} ____cacheline_aligned;

static_assert(sizeof(struct dmstat_clock) == L1_CACHE_BYTES);

extern struct dmstat_clock dmstat_clock;
DECLARE_STATIC_KEY_FALSE(dmstat_clock_is_tsc);

#ifdef CONFIG_X86_64
/* Like mul_u64_u32_shr(), but without a 128-bit variable, for which the
 * compiler would align the stack.
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
 * dmstat_clock_is_short() - whether dmstat_clock_short_ns() may be used
 *
 * Context: any.
 * Return: true if the kernel keeps time by the TSC.
 */
static __always_inline bool dmstat_clock_is_short(void)
{
	return IS_ENABLED(CONFIG_X86_64) &&
	       static_branch_likely(&dmstat_clock_is_tsc);
}

/**
 * dmstat_clock_short_ns() - the time now, without a function call
 *
 * Context: any, after dmstat_clock_is_short() has returned true.
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
 * Return: nanoseconds since some moment, never 0.
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
