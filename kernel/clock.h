/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that I/O is timed by: nanoseconds, which never go back by more
 * than CPUs disagree. It is read twice for each I/O. Where the kernel keeps
 * time by the CPU's counter, the TSC of x86 or the virtual counter of arm64,
 * this is read directly, in a dozen instructions.
 */
#ifndef _DMSTAT_CLOCK_H
#define _DMSTAT_CLOCK_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#if defined(CONFIG_X86_64)
#include <asm/msr.h>
#elif defined(CONFIG_ARM64)
#include <linux/math64.h>
#include <asm/arch_timer.h>
#endif

#if defined(CONFIG_X86_64) || defined(CONFIG_ARM64)
#define DMSTAT_CLOCK_HAS_COUNTER
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
	u64 counter_offset;
	/* The same, once the counter is given up. Written before that;
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
DECLARE_STATIC_KEY_FALSE(dmstat_clock_is_counter);

#if defined(CONFIG_X86_64)
static __always_inline u64 dmstat_clock_cycles(void)
{
	return rdtsc_ordered();
}

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
#elif defined(CONFIG_ARM64)
static __always_inline u64 dmstat_clock_cycles(void)
{
	return __arch_counter_get_cntvct();
}

static __always_inline u64 dmstat_clock_scale(u64 cycles)
{
	return mul_u64_u64_shr(cycles, dmstat_clock.mult, DMSTAT_CLOCK_SHIFT);
}
#endif

/**
 * dmstat_clock_is_short() - whether dmstat_clock_short_ns() may be used
 *
 * Context: any.
 * Return: true if the kernel keeps time by the CPU's counter.
 */
static __always_inline bool dmstat_clock_is_short(void)
{
#ifdef DMSTAT_CLOCK_HAS_COUNTER
	return static_branch_likely(&dmstat_clock_is_counter);
#else
	return false;
#endif
}

/**
 * dmstat_clock_short_ns() - the time now, without a function call
 *
 * Context: any, after dmstat_clock_is_short() has returned true.
 * Return: as dmstat_clock_ns().
 */
static __always_inline u64 dmstat_clock_short_ns(void)
{
#ifdef DMSTAT_CLOCK_HAS_COUNTER
	return dmstat_clock_scale(dmstat_clock_cycles()) +
	       READ_ONCE(dmstat_clock.counter_offset);
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
