/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that I/O is timed by: nanoseconds that never go back by more than
 * CPUs disagree. It is read twice for each I/O, so where the kernel itself keeps
 * time by the TSC, that is read directly, in a quarter of the instructions of
 * ktime_get_ns().
 */
#ifndef _DMSTAT_CLOCK_H
#define _DMSTAT_CLOCK_H

#include <linux/cache.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#ifdef CONFIG_X86_64
#include <asm/msr.h>
#endif

#define DMSTAT_CLOCK_SHIFT 31

/* How a counter of the CPU becomes nanoseconds. */
struct dmstat_clock {
	u64 mult;		/* of 2^DMSTAT_CLOCK_SHIFT; constant once loaded */
	/* Added at the end: changed when time stood still or the TSC is given
	 * up, see clock.c.
	 */
	u64 tsc_offset;
	u64 ktime_offset;
};

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
 * dmstat_clock_ns() - the time now
 *
 * Context: any.
 * Return: nanoseconds, never 0; where they begin is not said.
 */
static __always_inline u64 dmstat_clock_ns(void)
{
#ifdef CONFIG_X86_64
	if (static_branch_likely(&dmstat_clock_is_tsc))
		return dmstat_clock_scale(rdtsc_ordered()) +
		       READ_ONCE(dmstat_clock.tsc_offset);
#endif
	return ktime_get_ns() + READ_ONCE(dmstat_clock.ktime_offset);
}

void dmstat_clock_init(void);
void dmstat_clock_exit(void);
void dmstat_clock_start(void);
void dmstat_clock_stop(void);

#endif /* _DMSTAT_CLOCK_H */
