// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in flight in an area, and its busy time: reading both, and what is
 * rarely done while counting: summing over the sets of a hot area, and
 * changing how an area notes what is in flight.
 */
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>

#include "busy.h"
#include "clock.h"

/* How often to read again what changed while it was read without a lock. */
#define READ_TRIES 16

/*
 * A hot area cools down if so many sums over its sets served fewer I/Os each
 * than that: the sums cost more than the sets save.
 */
#define LOOKS		256
#define IOS_PER_LOOK	4

const u64 dmstat_busy_one[DMSTAT_OPERATIONS + 1] = {
	[DMSTAT_OPERATION_READ] = 1,
	[DMSTAT_OPERATION_WRITE] = BIT_ULL(32),
	[DMSTAT_OPERATION_DISCARD] = BIT_ULL(32),
	[DMSTAT_OPERATION_FLUSH] = BIT_ULL(32),
};

/* What the sets of an area's chunk have of it. */
struct sets {
	u64 count;
	u64 ages;
	u64 last_end;
};

/* To be called after @count of struct dmstat_busy was read, and smp_rmb(). */
static struct sets sum_sets(const struct dmstat_chunk *chunk, u32 i)
{
	struct sets sum = {
		.last_end = READ_ONCE(chunk->shared->area[i].last_end),
	};
	const struct dmstat_area_counters *area;
	struct dmstat_counter_set *set;
	int cpu = 0;

	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		area = &set->area[i];
		sum.count += dmstat_counter_read(&area->own.count);
		sum.ages += dmstat_counter_read(&area->own.ages);
		smp_rmb();	/* pairs with that in dmstat_busy_end() */
		sum.last_end = max(sum.last_end, READ_ONCE(area->last_end));
	}
	return sum;
}

static u64 set_ios(const struct dmstat_counter_set *set, u32 i)
{
	u64 ios = 0;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		ios += dmstat_counter_read(&set->area[i].io[op].ios);
	return ios;
}

/* I/Os that have ended in an area, in the sets from @cpu on. */
static u64 sum_ios(const struct dmstat_chunk *chunk, u32 i, int cpu)
{
	struct dmstat_counter_set *set;
	u64 ios = 0;

	while ((set = dmstat_chunk_set(chunk, &cpu)))
		ios += set_ios(set, i);
	return ios;
}

/**
 * dmstat_busy_heat() - make a cold area hot, if it has become so
 * @chunk: the chunk
 * @i: the area's index in it
 * @now: dmstat_clock_ns(); an I/O of the caller is in flight in the area
 *
 * Context: any, preemption disabled.
 */
void dmstat_busy_heat(struct dmstat_chunk *chunk, u32 i, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	struct dmstat_counter_set *set = dmstat_chunk_own_set(chunk);
	u64 since = now - READ_ONCE(busy->window);
	u64 others, more;

	WRITE_ONCE(busy->window, now);
	WRITE_ONCE(busy->countdown, DMSTAT_BUSY_HOT_IOS - 1);
	/* Without a set, being hot would not help. */
	if (since > DMSTAT_BUSY_HOT_NS || !set)
		return;

	/* If another CPU was here last time, the difference is meaningless, but
	 * large: the area is shared.
	 */
	others = sum_ios(chunk, i, 0) - set_ios(set, i);
	more = others - READ_ONCE(busy->cookie);
	WRITE_ONCE(busy->cookie, others);
	if (more < DMSTAT_BUSY_HOT_OTHERS)
		return;

	if (now > (u64)atomic64_read(&busy->until))
		atomic64_set(&busy->until, now);
	WRITE_ONCE(busy->window, sum_ios(chunk, i, -1));
	WRITE_ONCE(busy->countdown, LOOKS);
	WRITE_ONCE(busy->cookie, 0);
	cmpxchg(&busy->mode, DMSTAT_BUSY_COLD, DMSTAT_BUSY_HOT);
}

/* Let a hot area cool down if the sums over its sets serve too few I/Os. */
static void cool_if_idle(struct dmstat_chunk *chunk, u32 i)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u64 ios, since;

	/* A hint: lost steps do no harm. */
	if (data_race(--busy->countdown) >= 0)
		return;
	ios = sum_ios(chunk, i, -1);
	since = ios - READ_ONCE(busy->window);
	WRITE_ONCE(busy->window, ios);
	WRITE_ONCE(busy->countdown, LOOKS);
	if (since >= LOOKS * IOS_PER_LOOK ||
	    READ_ONCE(busy->mode) != DMSTAT_BUSY_HOT)
		return;
	/* CPUs that saw it hot may use their sets until they have passed a
	 * quiescent state.
	 */
	WRITE_ONCE(busy->mode, DMSTAT_BUSY_COOLING);
	WRITE_ONCE(busy->cookie, get_state_synchronize_rcu());
}

static bool has_cooled(const struct dmstat_busy *busy)
{
	unsigned long cookie = READ_ONCE(busy->cookie);

	return READ_ONCE(busy->mode) == DMSTAT_BUSY_COOLING && cookie &&
	       poll_state_synchronize_rcu(cookie);
}

/*
 * No CPU uses the sets of a cooling area any more. Move what is left in them,
 * of I/Os that started and ended on different CPUs, to struct dmstat_busy.
 * Under DMSTAT_BUSY_LOCKED, so that readers wait.
 */
static void settle(struct dmstat_chunk *chunk, u32 i, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	struct dmstat_own_flight *own;
	struct dmstat_counter_set *set;
	int cpu = 0;

	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		own = &set->area[i].own;
		atomic64_add(local64_read(&own->count.local), &busy->count);
		atomic64_add(local64_read(&own->ages.local), &busy->ages);
		local64_set(&own->count.local, 0);
		local64_set(&own->ages.local, 0);
	}
	WRITE_ONCE(busy->window, now);
	WRITE_ONCE(busy->countdown, DMSTAT_BUSY_HOT_IOS - 1);
	/* A CPU that sees it cold sees the sums. */
	smp_store_release(&busy->mode, DMSTAT_BUSY_COLD);
}

/*
 * Account for the time up to now. It was busy if anything is in flight; else it
 * was idle since the last end.
 */
static void look(struct dmstat_chunk *chunk, u32 i, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	s64 stamp = atomic64_read(&busy->until);
	struct sets sets;
	u64 count, until;

	/* Another CPU has just accounted for this time, or is doing so. */
	if (stamp & DMSTAT_BUSY_LOCKED ||
	    (s64)(now - stamp) < DMSTAT_BUSY_RESOLUTION_NS)
		return;

	/* Pairs with the release below: all that was in flight is seen. */
	smp_rmb();
	count = atomic64_read(&busy->count);
	smp_rmb();	/* as in sum_sets() */
	sets = sum_sets(chunk, i);
	/* Of two I/Os that start after the same gap, one accounts for it. */
	if (!atomic64_try_cmpxchg(&busy->until, &stamp,
				  stamp | DMSTAT_BUSY_LOCKED))
		return;
	until = max_t(u64, stamp, sets.last_end);
	if (!(count + sets.count) && now > until)
		local64_add(now - until, &busy->idle);
	cool_if_idle(chunk, i);
	if (has_cooled(busy))
		settle(chunk, i, now);
	atomic64_set_release(&busy->until, now);
}

/**
 * dmstat_busy_start_slow() - an I/O starts in an area that is not cold
 * @chunk: the chunk
 * @i: the area's index in it
 * @one: what to add to @count
 * @start: when, dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
void dmstat_busy_start_slow(struct dmstat_chunk *chunk, u32 i, u64 one,
			    u64 start)
{
	struct dmstat_counter_set *set = dmstat_chunk_own_set(chunk);
	struct dmstat_busy *busy = &chunk->busy[i];

	/* Before it is in flight: two that start after an idle time must not
	 * take each other for a reason to call it busy.
	 */
	look(chunk, i, start);
	if (set && READ_ONCE(busy->mode) == DMSTAT_BUSY_HOT) {
		local64_add(dmstat_busy_age_word(start),
			    &set->area[i].own.ages.local);
		local64_add(one, &set->area[i].own.count.local);
	} else {
		atomic64_add(dmstat_busy_age_word(start), &busy->ages);
		atomic64_add(one, &busy->count);
	}
}

/**
 * dmstat_busy_leave() - an I/O in flight in an area is not counted after all
 * @chunk: the chunk
 * @i: the area's index in it
 * @one: as it started
 * @start: when it started, dmstat_clock_ns()
 *
 * No time counts as busy. The time before it started stays idle.
 *
 * Context: any, preemption disabled.
 */
void dmstat_busy_leave(struct dmstat_chunk *chunk, u32 i, u64 one, u64 start)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u32 mode = READ_ONCE(busy->mode);
	struct dmstat_counter_set *set;

	set = dmstat_chunk_own_set(chunk);
	if (set && mode == DMSTAT_BUSY_HOT) {
		local64_sub(dmstat_busy_age_word(start),
			    &set->area[i].own.ages.local);
		local64_sub(one, &set->area[i].own.count.local);
	} else if (mode == DMSTAT_BUSY_COLD) {
		dmstat_busy_end_cold(busy, one, start, start);
	} else {
		dmstat_busy_end_shared(busy, one, start);
	}
}

/* For an area that is not cold. If CPUs race, any of their times will do. */
static void last_end_late(struct dmstat_chunk *chunk, u32 i, u64 end)
{
	u64 *last_end = &chunk->shared->area[i].last_end;

	if (end > READ_ONCE(*last_end))
		WRITE_ONCE(*last_end, end);
}

/**
 * dmstat_busy_end_late() - an I/O in flight in an area has ended a while ago
 * @chunk: the chunk
 * @i: the area's index in it
 * @one: as it started
 * @start: when it started
 * @end: when it ended, dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
void dmstat_busy_end_late(struct dmstat_chunk *chunk, u32 i, u64 one,
			  u64 start, u64 end)
{
	struct dmstat_busy *busy = &chunk->busy[i];

	if (READ_ONCE(busy->mode) == DMSTAT_BUSY_COLD) {
		dmstat_busy_end_cold(busy, one, start, end);
		return;
	}
	last_end_late(chunk, i, end);
	dmstat_busy_end_shared(busy, one, start);
}

/*
 * If anything is in flight, the time since the last end is accounted for. Else
 * the area was busy from @start to @end, and idle before and after. Account
 * for this like an I/O that starts now and ends at once. It adds nothing to
 * @ages, so readers wait.
 */
static void past_cold(struct dmstat_busy *busy, u64 one, u64 start, u64 end)
{
	u64 now = dmstat_clock_ns(), until, idle;
	s64 count = 0;

	if (atomic64_read(&busy->count) ||
	    !atomic64_try_cmpxchg(&busy->count, &count, one))
		return;
	until = atomic64_read(&busy->until);
	if (now > until) {
		idle = now - until;
		if (end > until)
			idle -= end - max(start, until);
		local64_add(idle, &busy->idle);
		atomic64_set(&busy->until, now);
	}
	/* Pairs with the cmpxchg() of the next start: it sees @until. */
	smp_mb__before_atomic();
	atomic64_sub(one, &busy->count);
}

/**
 * dmstat_busy_past() - an I/O has ended that was never noted in an area
 * @chunk: the chunk
 * @i: the area's index in it
 * @one: dmstat_busy_one[] of what the I/O did
 * @start: when it started
 * @end: when it ended, dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
void dmstat_busy_past(struct dmstat_chunk *chunk, u32 i, u64 one, u64 start,
		      u64 end)
{
	struct dmstat_busy *busy = &chunk->busy[i];

	if (READ_ONCE(busy->mode) == DMSTAT_BUSY_COLD)
		past_cold(busy, one, start, end);
	else
		last_end_late(chunk, i, end);
}

/*
 * The sum of the ages of @n I/Os, from the sum of their words, which also
 * tells how many they are: @off is set to by how many @n is wrong.
 */
static u64 age_ns(s64 n, u64 words, u64 now, s64 *off)
{
	u64 each = BIT_ULL(DMSTAT_BUSY_AGE_SHIFT) | (now >> 10);
	s64 ages = n * each - words;

	*off = (ages + (s64)BIT_ULL(DMSTAT_BUSY_AGE_SHIFT - 1)) >>
	       DMSTAT_BUSY_AGE_SHIFT;
	ages -= *off * (s64)each;
	/* Rounded down: never more than the time they will have taken. */
	return max(ages - n, 0LL) << 10;
}

/* Return: whether @count and @words are of the same I/Os. */
static bool fill_in_flight(u64 count, u64 words,
			   struct dmstat_busy_values *values)
{
	/* Sets are read one after the other: an I/O may seem to have ended but
	 * not started.
	 */
	s64 reads = (s32)count;
	s64 others = (s64)(count - reads) >> 32;
	s64 off;

	/* Most areas have nothing in flight. */
	if (!(count | words)) {
		values->age_ns = 0;
		values->in_flight[0] = 0;
		values->in_flight[1] = 0;
		return true;
	}
	values->age_ns = age_ns(reads + others, words, values->now, &off);
	values->in_flight[0] = max(reads, 0LL);
	values->in_flight[1] = max(others, 0LL);
	return !off;
}

static void read_cold(const struct dmstat_busy *busy,
		      struct dmstat_busy_values *values)
{
	u64 count, words, until, idle;
	int tries = READ_TRIES;
	bool still;

	do {
		count = atomic64_read(&busy->count);
		smp_rmb();	/* pairs with dmstat_busy_start_cold()'s */
		values->now = dmstat_clock_ns();
		words = atomic64_read(&busy->ages);
		smp_rmb();	/* likewise */
		until = atomic64_read(&busy->until);
		idle = local64_read(&busy->idle);
		smp_rmb();	/* before anything is read again */
		/* I/O was in flight all the time, or never; and no CPU is
		 * accounting for idle time, or has left this to a later I/O
		 * when the area had just cooled.
		 */
		still = fill_in_flight(count, words, values) &&
			!(until & DMSTAT_BUSY_LOCKED) &&
			local64_read(&busy->idle) == idle &&
			!atomic64_read(&busy->count) == !count &&
			(count || atomic64_read(&busy->until) == until);
		if (!still)
			cpu_relax();
	} while (!still && --tries);

	/* If it keeps changing: rather too little than too much. */
	if (count && still)
		until = values->now;
	until &= ~DMSTAT_BUSY_LOCKED;
	values->busy_ns = max_t(s64, until - idle, 0);
}

static void read_sets(const struct dmstat_chunk *chunk, u32 i,
		      struct dmstat_busy_values *values)
{
	const struct dmstat_busy *busy = &chunk->busy[i];
	u64 count, stamp, idle, until;
	int tries = READ_TRIES;
	struct sets sets;
	bool moved;

	do {
		values->now = dmstat_clock_ns();
		stamp = atomic64_read_acquire(&busy->until);
		idle = local64_read(&busy->idle);
		count = atomic64_read(&busy->count);
		smp_rmb();	/* as in sum_sets() */
		sets = sum_sets(chunk, i);
		sets.ages += atomic64_read(&busy->ages);
		/* Pairs with the release in look(). */
		smp_rmb();
		moved = stamp & DMSTAT_BUSY_LOCKED ||
			atomic64_read(&busy->until) != stamp;
		if (moved)
			cpu_relax();
	} while (moved && --tries);

	until = max(stamp & ~DMSTAT_BUSY_LOCKED, sets.last_end);
	count += sets.count;
	if (count && !moved)
		until = max(until, values->now);
	values->busy_ns = max_t(s64, until - idle, 0);
	fill_in_flight(count, sets.ages, values);
}

static void read_area(const struct dmstat_chunk *chunk, u32 i,
		      struct dmstat_busy_values *values)
{
	const struct dmstat_busy *busy = &chunk->busy[i];
	u32 mode;

	/* Else the area could become hot and cold again meanwhile. */
	preempt_disable();
	do {
		/* Pairs with the release in settle(). */
		mode = smp_load_acquire(&busy->mode);
		if (mode == DMSTAT_BUSY_COLD)
			read_cold(busy, values);
		else
			read_sets(chunk, i, values);
		/* All reads come before the check that they belong together. */
		smp_rmb();
	} while ((READ_ONCE(busy->mode) == DMSTAT_BUSY_COLD) !=
		 (mode == DMSTAT_BUSY_COLD));
	preempt_enable();
}

/*
 * What is given neither goes back nor grows by more than the time that has
 * passed. A reader before @since may have been given 0; 0: there was none.
 */
static void show(struct dmstat_busy *busy, u64 *shown, u64 since,
		 struct dmstat_busy_values *values)
{
	u64 before = busy->shown_at ?: since;
	s64 passed = values->now - before;

	if (before)
		values->busy_ns = min(values->busy_ns,
				      *shown + max(passed, 0LL));
	*shown = max(*shown, values->busy_ns);
	busy->shown_at = max(busy->shown_at, values->now);
	values->busy_ns = *shown;
}

/**
 * dmstat_busy_read() - what is in flight in an area, and its busy time
 * @chunk: the chunk
 * @i: the area's index in it
 * @since: when a reader last found the area without a chunk, or later; 0: never
 * @values: result, as of a moment during the call
 *
 * Context: process, with the region's read_lock.
 */
void dmstat_busy_read(struct dmstat_chunk *chunk, u32 i, u64 since,
		      struct dmstat_busy_values *values)
{
	read_area(chunk, i, values);
	show(&chunk->busy[i], &chunk->rare[i].shown_busy, since, values);
}

/**
 * dmstat_busy_read_cold() - the same, where all CPUs note what is in flight
 * @busy: always cold
 * @shown: the busy time that was given last, 0 at first
 * @values: result, as of a moment during the call
 *
 * Context: any; the caller has the lock of @shown and of @busy->shown_at.
 */
void dmstat_busy_read_cold(struct dmstat_busy *busy, u64 *shown,
			   struct dmstat_busy_values *values)
{
	read_cold(busy, values);
	show(busy, shown, 0, values);
}
