/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is in flight in an area, and its busy time: the time with at least one
 * I/O in flight.
 *
 * An I/O adds itself when it starts, and removes itself when it ends. In most
 * areas all CPUs do so in one place, with atomic operations. So an I/O that
 * finds nothing in flight knows that the time since the last end was idle.
 * This is exact. In an area with tens of thousands of I/Os a second the cache
 * line would bounce too often: there each CPU notes its I/Os in its own set of
 * counters. Only the sum over all sets has a meaning then. It is computed once
 * in DMSTAT_BUSY_RESOLUTION_NS: shorter idle gaps count as busy.
 */
#ifndef _DMSTAT_BUSY_H
#define _DMSTAT_BUSY_H

#include <linux/bits.h>
#include <linux/smp.h>
#include <linux/types.h>

#include "layout.h"

/*
 * In a hot area, how old the stamp has to be before a start computes whether
 * the time since then was idle (131 us).
 */
#define DMSTAT_BUSY_RESOLUTION_NS	131072LL

/*
 * An area becomes hot by so many starts within so much time, 32,768 a second,
 * if so many of its I/Os ended on other CPUs.
 */
#define DMSTAT_BUSY_HOT_IOS		1024
#define DMSTAT_BUSY_HOT_NS		(NSEC_PER_SEC / 32)
#define DMSTAT_BUSY_HOT_OTHERS		(DMSTAT_BUSY_HOT_IOS / 8)

/* How an area notes what is in flight. */
enum dmstat_busy_mode {
	/* All CPUs: in struct dmstat_busy. */
	DMSTAT_BUSY_COLD,
	/* A CPU with a set: in its set; others: in struct dmstat_busy. */
	DMSTAT_BUSY_HOT,
	/* All CPUs: in struct dmstat_busy, but the sets still have a rest. */
	DMSTAT_BUSY_COOLING,
};

/* In @until of an area that is not cold: a CPU is accounting for idle time. */
#define DMSTAT_BUSY_LOCKED	BIT_ULL(62)

/*
 * Of one area: 64 bytes, a cache line of most CPUs, written with each I/O of an
 * area that is cold. If cache lines are longer, neighbours share one: to keep
 * them apart would take too much memory.
 * Where nothing else is said, by any CPU; "a hint": races are harmless.
 */
struct dmstat_busy {
	/* In flight: 1 for each read, 2^32 for each write or discard. Unless
	 * the area is cold, the counts of the sets have to be added.
	 */
	atomic64_t count;
	/* The sum of dmstat_busy_age_word() of what is in flight; likewise. */
	atomic64_t ages;
	/* Cold: when the last I/O ended. Else the stamp: time before it is
	 * accounted for; written under DMSTAT_BUSY_LOCKED. dmstat_clock_ns().
	 */
	atomic64_t until;
	/* All idle time until the last gap ended, ns, with the time before the
	 * first I/O. Written by the I/O that ends a gap: there is only one. Not
	 * cold: under DMSTAT_BUSY_LOCKED.
	 */
	local64_t idle;
	/* Cold: when @countdown was set. Else the area's I/Os then. A hint. */
	u64 window;
	/* Cold: I/Os that had ended on other CPUs then, a hint. Cooling: for
	 * poll_state_synchronize_rcu(): when no CPU takes the area for hot any
	 * more; under DMSTAT_BUSY_LOCKED.
	 */
	unsigned long cookie;
	u32 mode;			/* enum dmstat_busy_mode */
	/* Of starts or, in a hot area, of sums over the sets. A hint. */
	s32 countdown;
	/* When the area was last read, or 0; the region's read_lock. */
	u64 shown_at;
} __aligned(64);

static_assert(sizeof(struct dmstat_busy) == 64);

/* What is in flight in an area, and since when. */
struct dmstat_busy_values {
	u64 busy_ns;			/* up to @now */
	u64 age_ns;			/* sum over all in flight */
	u32 in_flight[2];		/* reads; writes and discards */
	u64 now;			/* dmstat_clock_ns() */
};

/*
 * The sum of the ages follows from the sum of these words, if the number of
 * I/Os is known to within 2^9. Ages are in units of 1,024 ns. Their sum may be
 * up to 2^53 units: a million I/Os that are two hours old.
 */
#define DMSTAT_BUSY_AGE_SHIFT	54

static __always_inline u64 dmstat_busy_age_word(u64 start)
{
	return BIT_ULL(DMSTAT_BUSY_AGE_SHIFT) | (start >> 10);
}

/* What an I/O adds to @count. */
extern const u64 dmstat_busy_one[DMSTAT_OPERATIONS + 1];

void dmstat_busy_heat(struct dmstat_chunk *chunk, u32 i, u64 now);
void dmstat_busy_start_slow(struct dmstat_chunk *chunk, u32 i, u64 one,
			    u64 start);
void dmstat_busy_leave(struct dmstat_chunk *chunk, u32 i, u64 one, u64 start);
void dmstat_busy_end_late(struct dmstat_chunk *chunk, u32 i, u64 one,
			  u64 start, u64 end);
void dmstat_busy_past(struct dmstat_chunk *chunk, u32 i, u64 one, u64 start,
		      u64 end);
void dmstat_busy_read(struct dmstat_chunk *chunk, u32 i, u64 since,
		      struct dmstat_busy_values *values);
void dmstat_busy_read_cold(struct dmstat_busy *busy, u64 *shown,
			   struct dmstat_busy_values *values);

/**
 * dmstat_busy_is_empty() - whether an area is known to have nothing in flight
 * @busy: the area's
 *
 * Context: any, preemption disabled: else the area could become hot and cold
 * again meanwhile.
 * Return: true if nothing is; false: dmstat_busy_read() tells.
 */
static inline bool dmstat_busy_is_empty(const struct dmstat_busy *busy)
{
	s64 count;

	/* Pairs with the release in settle(). */
	if (smp_load_acquire(&busy->mode) != DMSTAT_BUSY_COLD)
		return false;
	count = atomic64_read(&busy->count);
	smp_rmb();	/* before the check that @count has all of them */
	return !count && READ_ONCE(busy->mode) == DMSTAT_BUSY_COLD;
}

/**
 * dmstat_busy_start_cold() - an I/O starts where all CPUs note theirs
 * @busy: the area's
 * @one: what to add to @count
 * @start: when, dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
static __always_inline void dmstat_busy_start_cold(struct dmstat_busy *busy,
						   u64 one, u64 start)
{
	s64 count = 0;
	u64 until;

	/* Only the I/O that finds none in flight accounts for the idle time.
	 * If the last one ends between the two lines, some nanoseconds count
	 * as busy.
	 */
	if (atomic64_read(&busy->count) ||
	    !atomic64_try_cmpxchg(&busy->count, &count, one)) {
		atomic64_add(one, &busy->count);
	} else {
		until = atomic64_read(&busy->until);
		if (start > until)
			local64_add(start - until, &busy->idle);
	}
	/* Until @ages has as many I/Os as @count, readers try again. */
	smp_mb__before_atomic();
	atomic64_add(dmstat_busy_age_word(start), &busy->ages);
}

/**
 * dmstat_busy_end_cold() - an I/O ends where all CPUs note theirs
 * @busy: the area's
 * @one: as it started
 * @start: as it started
 * @now: dmstat_clock_ns(); or @start, if the I/O is not counted
 *
 * Context: any, preemption disabled.
 */
static __always_inline void dmstat_busy_end_cold(struct dmstat_busy *busy,
						 u64 one, u64 start, u64 now)
{
	if (now > (u64)atomic64_read(&busy->until))
		atomic64_set(&busy->until, now);
	atomic64_sub(dmstat_busy_age_word(start), &busy->ages);
	/* Pairs with the cmpxchg() of the next start: it sees @until. */
	smp_mb__before_atomic();
	atomic64_sub(one, &busy->count);
}

/**
 * dmstat_busy_end_shared() - an I/O ends where a CPU has no set, not cold
 * @busy: the area's
 * @one: as it started
 * @start: as it started
 *
 * Context: any, preemption disabled.
 */
static __always_inline void dmstat_busy_end_shared(struct dmstat_busy *busy,
						   u64 one, u64 start)
{
	atomic64_sub(dmstat_busy_age_word(start), &busy->ages);
	/* Pairs with the barrier in look(): it sees the last end. */
	smp_mb__before_atomic();
	atomic64_sub(one, &busy->count);
}

/**
 * dmstat_busy_start() - an I/O starts in an area
 * @chunk: the chunk
 * @i: the area's index in it
 * @one: dmstat_busy_one[] of what the I/O does
 * @start: when, dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
static __always_inline void dmstat_busy_start(struct dmstat_chunk *chunk,
					      u32 i, u64 one, u64 start)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u32 mode = READ_ONCE(busy->mode);
	struct dmstat_counter_set *set;

	if (likely(mode == DMSTAT_BUSY_COLD)) {
		dmstat_busy_start_cold(busy, one, start);
		/* A hint: lost steps do no harm. */
		if (unlikely(data_race(--busy->countdown) < 0))
			dmstat_busy_heat(chunk, i, start);
		return;
	}

	set = dmstat_chunk_own_set(chunk);
	if (unlikely(start - (u64)atomic64_read(&busy->until) >=
		     DMSTAT_BUSY_RESOLUTION_NS ||
		     !set || mode != DMSTAT_BUSY_HOT)) {
		dmstat_busy_start_slow(chunk, i, one, start);
		return;
	}
	local64_add(dmstat_busy_age_word(start), &set->area[i].own.ages.local);
	local64_add(one, &set->area[i].own.count.local);
}

/**
 * dmstat_busy_end() - an I/O ends in an area
 * @chunk: the chunk
 * @i: the area's index in it
 * @set: this CPU's set, or NULL
 * @one: as it started
 * @start: when it started
 * @now: dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
static __always_inline void dmstat_busy_end(struct dmstat_chunk *chunk, u32 i,
					    struct dmstat_counter_set *set,
					    u64 one, u64 start, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u32 mode = READ_ONCE(busy->mode);

	if (likely(mode == DMSTAT_BUSY_COLD)) {
		dmstat_busy_end_cold(busy, one, start, now);
	} else if (likely(set && mode == DMSTAT_BUSY_HOT)) {
		WRITE_ONCE(set->area[i].last_end, now);
		smp_wmb();	/* pairs with that in sum_sets() */
		local64_sub(dmstat_busy_age_word(start),
			    &set->area[i].own.ages.local);
		local64_sub(one, &set->area[i].own.count.local);
	} else {
		WRITE_ONCE(chunk->shared->area[i].last_end, now);
		dmstat_busy_end_shared(busy, one, start);
	}
}

#endif /* _DMSTAT_BUSY_H */
