/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of the memory that areas count in.
 *
 * Areas are kept in chunks of 32, or of fewer if each has a histogram. At first
 * all CPUs count into the one shared set of counters of a chunk, with atomic
 * operations. Once the chunk sees enough I/O, each CPU that counts in it gets a
 * set of its own: written by that CPU only, with operations that are atomic
 * against its own interrupts. Without memory for such a set, the CPU goes on
 * using the shared one: once there is a chunk, no count is ever lost.
 */
#ifndef _DMSTAT_LAYOUT_H
#define _DMSTAT_LAYOUT_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/smp.h>
#include <asm/local64.h>
#include <linux/dmstat.h>

struct dmstat_busy;
struct dmstat_store;

/* What areas count; a flush belongs to no area. */
#define DMSTAT_OPERATIONS	(DMSTAT_OPERATION_DISCARD + 1)

#define DMSTAT_CHUNK_SHIFT_MAX	5

/* Most bytes of a set of counters, which is one piece of memory. */
#define DMSTAT_SET_SIZE_MAX	8192

/*
 * A counter of a set: @local where the set belongs to a CPU, @shared where all
 * CPUs count into it.
 */
union dmstat_counter {
	local64_t local;
	atomic64_t shared;
};

struct dmstat_io_counters {
	union dmstat_counter ios;
	union dmstat_counter sectors;
	union dmstat_counter ns;
	/* Since the area was cleared: written rarely, also by a reader that
	 * clears.
	 */
	atomic64_t longest_ns;
};

/* What is in flight in an area on one CPU's account; see busy.h. */
struct dmstat_own_flight {
	union dmstat_counter count;
	union dmstat_counter ages;
};

/* Reads and writes are counted in the first 64 bytes: one cache line. */
struct dmstat_area_counters {
	struct dmstat_io_counters io[DMSTAT_OPERATIONS];
	union {
		/* In the set of a CPU. */
		struct dmstat_own_flight own;
		/* In the shared set: I/Os that ended as BLK_STS_AGAIN. Clearing
		 * subtracts what was read, so no baseline is needed.
		 */
		atomic64_t again[DMSTAT_OPERATIONS];
	};
	/* When the last I/O ended here: dmstat_clock_ns(). Not kept while the
	 * area is cold. By the set's CPU; in the shared set by any, READ_ONCE()
	 * and WRITE_ONCE().
	 */
	u64 last_end;
} __aligned(64);

static_assert(sizeof(struct dmstat_area_counters) == 128);
static_assert(offsetof(struct dmstat_area_counters,
		       io[DMSTAT_OPERATION_DISCARD]) == 64);
static_assert(sizeof(struct dmstat_area_counters) << DMSTAT_CHUNK_SHIFT_MAX ==
	      4096);

/* What is rarely written of an area. */
struct dmstat_area_rare {
	/* Cleared as @again is. */
	atomic64_t errors[DMSTAT_OPERATIONS];
	/* What the last reader was given, so that no later one is given less;
	 * the region's read_lock.
	 */
	u64 shown_busy;
	u64 shown_queue;
};

/*
 * The counters of a chunk's areas, of one CPU or of all. They are followed by
 * the bins of the histograms: by area, operation, bin.
 */
struct dmstat_counter_set {
	DECLARE_FLEX_ARRAY(struct dmstat_area_counters, area);
};

/*
 * How a region counts: constant. Bin i is for I/Os that took at least bounds[i
 * - 1] and less than bounds[i].
 */
struct dmstat_layout {
	/* ns, to search in: S64_MAX up to a power of two. They are followed by
	 * the bounds as they were given.
	 */
	s64 *search;
	u32 nr_bins;		/* 0: no histogram; else bounds + 1 */
	u32 first_step;		/* of a search, half of a power of two */
	u32 chunk_shift;	/* areas of a chunk */
	u32 chunk_mask;
	u32 bins_offset;	/* bytes, in a set */
};

/* A chunk that is just being published. */
#define DMSTAT_UNSEEN_UNKNOWN	U64_MAX

struct dmstat_chunk {
	/* Written with each I/O of a CPU that has no set here; hence not in the
	 * line of what is constant. Hints: races are harmless.
	 */
	u64 window_start;
	u32 window_ios;
	union {
		/* A struct dmstat_area_baseline for each area, or NULL; the
		 * region's read_lock.
		 */
		void *baseline;
		/* Of chunks that are not published yet: owned by one task. */
		struct dmstat_chunk *next;
	};
	/* dmstat_chunk_unseen(), or DMSTAT_UNSEEN_UNKNOWN for a moment. Set
	 * once; READ_ONCE().
	 */
	u64 unseen;

	/* Constant, and read by the hot path. */
	struct dmstat_counter_set *shared ____cacheline_aligned;
	struct dmstat_busy *busy;		/* by area */
	struct dmstat_area_rare *rare;		/* by area */
	struct dmstat_store *store;		/* that it is in */
	bool has_bins;
	/* By CPU number; set once, by that CPU, and freed with the chunk. */
	struct dmstat_counter_set *cpu[];
};

static_assert(offsetof(struct dmstat_chunk, window_ios) < L1_CACHE_BYTES);
static_assert(offsetof(struct dmstat_chunk, shared) == L1_CACHE_BYTES);

/* This CPU's set, or NULL. */
static __always_inline struct dmstat_counter_set *
dmstat_chunk_own_set(const struct dmstat_chunk *chunk)
{
	unsigned int cpu = smp_processor_id();

	return READ_ONCE(chunk->cpu[cpu]);
}

static __always_inline void dmstat_count(union dmstat_counter *counter, s64 n,
					 bool shared)
{
	if (shared)
		atomic64_add(n, &counter->shared);
	else
		local64_add(n, &counter->local);
}

static inline u64 dmstat_counter_read(const union dmstat_counter *counter)
{
	return atomic64_read(&counter->shared);
}

/* Raise @longest_ns to @ns; not if that is negative. */
static __always_inline void dmstat_longest(atomic64_t *longest_ns, s64 ns)
{
	s64 old = atomic64_read(longest_ns);

	while (unlikely(ns > old)) {
		if (atomic64_try_cmpxchg(longest_ns, &old, ns))
			break;
	}
}

/* The bounds of a histogram as they were given; only if there is one. */
static inline const u64 *dmstat_bounds(const struct dmstat_layout *layout)
{
	return (const u64 *)layout->search + 2 * layout->first_step;
}

/* The bin of a histogram that @elapsed belongs to, which may be negative. */
static __always_inline unsigned long
dmstat_bin(const struct dmstat_layout *layout, s64 elapsed)
{
	unsigned long bin = 0, step = layout->first_step, next;

	do {
		next = bin + step;
		bin = layout->search[next - 1] <= elapsed ? next : bin;
		step /= 2;
		/* Else the compiler also compares the old value. */
		OPTIMIZER_HIDE_VAR(step);
	} while (step);
	return bin;
}

/* The bins of an area and operation. */
static __always_inline union dmstat_counter *
dmstat_set_bins(const struct dmstat_layout *layout,
		struct dmstat_counter_set *set, u32 i, u32 operation)
{
	union dmstat_counter *bins = (void *)set + layout->bins_offset;

	return bins + (i * DMSTAT_OPERATIONS + operation) * layout->nr_bins;
}

int dmstat_layout_init(struct dmstat_layout *layout, const u64 *bounds,
		       u32 nr_bounds);
void dmstat_layout_free(struct dmstat_layout *layout);
size_t dmstat_layout_set_size(const struct dmstat_layout *layout);
size_t dmstat_layout_memory(const struct dmstat_layout *layout);

struct dmstat_counter_set *dmstat_chunk_set(const struct dmstat_chunk *chunk,
					    int *cpu);

#endif /* _DMSTAT_LAYOUT_H */
