// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * snapshot: snapshots, and the differences between them
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>

#include "../snapshot.h"
#include "faked.h"
#include "kernel.h"
#include "say.h"
#include "test.h"

/* Seconds; the tests set the times of their snapshots. */
#define S	UINT64_C(1000000000)

/* More deltas than any test gets. */
#define DELTAS_MAX	300

/* A region at sector 100, of 1000 areas of 8 sectors, the last one of 5. */
#define AREAS		1000
#define REGION_LENGTH	(AREAS * 8 - 3)

/* Areas without histograms that fit into a chunk. */
#define CHUNK_ENTRIES	\
	((int)(SNAPSHOT_CHUNK_SIZE / sizeof(struct snapshot_entry)))

static struct dmstat *handle;

/* -------------------------------------------- answers of the fake kernel */

static void say_region(uint64_t created)
{
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID 17\n"
	    "u32 DMSTAT_A_REGION_START 100\n"
	    "u32 DMSTAT_A_REGION_LENGTH %d\n"
	    "u32 DMSTAT_A_REGION_AREA_SIZE 8\n"
	    "u32 DMSTAT_A_REGION_AREAS %d\n"
	    "u64 DMSTAT_A_REGION_CREATED %llu\n"
	    "error 0\ndatagram\n", REGION_LENGTH, AREAS,
	    (unsigned long long)created);
}

/* An area with reads only; its other values are multiples of @reads. */
static void say_area(int index, uint64_t reads)
{
	const unsigned long long ios = reads;

	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_INDEX %d\n"
	    "u32 DMSTAT_A_AREA_START %d\n"
	    "u32 DMSTAT_A_AREA_LENGTH %d\n"
	    "u32 DMSTAT_A_AREA_IN_FLIGHT_READ 2\n"
	    "u64 DMSTAT_A_AREA_BUSY_NS %llu\n"
	    "u64 DMSTAT_A_AREA_QUEUE_NS %llu\n"
	    "nest DMSTAT_A_AREA_READ\n"
	    "u64 DMSTAT_A_IO_IOS %llu\n"
	    "u64 DMSTAT_A_IO_SECTORS %llu\n"
	    "u64 DMSTAT_A_IO_NS %llu\n"
	    "u64 DMSTAT_A_IO_ERRORS %llu\n"
	    "end\n",
	    index, 100 + index * 8, index == AREAS - 1 ? 5 : 8, ios * 1000,
	    ios * 3000, ios, ios * 8, ios * 2000, ios / 10);
}

/* The same region with histograms: below 1 us, below 1 ms, 1 ms and above. */
static const uint64_t bounds[] = { 1000, 1000000 };

#define BINS	3

static void say_region_with_bounds(uint64_t clears)
{
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID 17\n"
	    "u32 DMSTAT_A_REGION_START 100\n"
	    "u32 DMSTAT_A_REGION_LENGTH %d\n"
	    "u32 DMSTAT_A_REGION_AREA_SIZE 8\n"
	    "u32 DMSTAT_A_REGION_AREAS %d\n"
	    "u64 DMSTAT_A_REGION_CREATED 1\n"
	    "u64 DMSTAT_A_REGION_CLEARS %llu\n"
	    "u64 DMSTAT_A_REGION_CLEARED %llu\n", REGION_LENGTH, AREAS,
	    (unsigned long long)clears, (unsigned long long)clears * 7);
	say_numbers("DMSTAT_A_REGION_HISTOGRAM_BOUNDS", bounds, BINS - 1);
	say("error 0\ndatagram\n");
}

/* Counters of one operation of an area. */
struct seen {
	int operation;
	uint64_t ns, longest_ns, again;
	uint64_t bins[BINS];
};

static void say_seen(int index, const struct seen *seen)
{
	static const char *const nests[] = {
		"DMSTAT_A_AREA_READ", "DMSTAT_A_AREA_WRITE",
		"DMSTAT_A_AREA_DISCARD",
	};

	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_INDEX %d\n"
	    "u32 DMSTAT_A_AREA_START %d\n"
	    "u32 DMSTAT_A_AREA_LENGTH 8\n"
	    "nest %s\n"
	    "u64 DMSTAT_A_IO_IOS %llu\n"
	    "u64 DMSTAT_A_IO_NS %llu\n"
	    "u64 DMSTAT_A_IO_LONGEST_NS %llu\n"
	    "u64 DMSTAT_A_IO_AGAIN %llu\n",
	    index, 100 + index * 8, nests[seen->operation],
	    (unsigned long long)(seen->bins[0] + seen->bins[1] + seen->bins[2]),
	    (unsigned long long)seen->ns, (unsigned long long)seen->longest_ns,
	    (unsigned long long)seen->again);
	say_numbers("DMSTAT_A_IO_HISTOGRAM", seen->bins, BINS);
	say("end\n");
}

/* For each area its index and its number of reads; -1 ends the list. */
static void say_areas(const int *areas)
{
	say_region(1);
	for (; *areas >= 0; areas += 2)
		say_area(areas[0], areas[1]);
	say("done 0\n");
	say_end();
}

#define AREAS_ARE(...)	say_areas((const int[]){ __VA_ARGS__, -1 })
#define NO_AREAS	say_areas((const int[]){ -1 })

/* Take a snapshot of the current answer, and set its time. */
static struct dmstat_snapshot *take(uint64_t seconds)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;

	query.region_id = 17;
	if (dmstat_snapshot_take(handle, &query, &snapshot)) {
		printf("Bail out! no snapshot: %s\n", dmstat_error(handle));
		exit(1);
	}
	snapshot->info.taken_ns = seconds * S;
	return snapshot;
}

/* ----------------------------------------------------- results of callbacks */

struct got {
	struct dmstat_delta delta;
	struct dmstat_area area;
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
	struct dmstat_rate rate[SNAPSHOT_OPERATIONS];
	bool has_histogram[SNAPSHOT_OPERATIONS];
	struct dmstat_histogram histogram[SNAPSHOT_OPERATIONS];
};

static struct got got[DELTAS_MAX];
static int gots;

/* The callback that ends the walk, counted from 1. */
static int end;

static struct snapshot_entry *first_entry(struct dmstat_snapshot *snapshot)
{
	return (struct snapshot_entry *)snapshot->entries.first->entries;
}

static int note_area(const struct dmstat_area *area, void *data)
{
	struct got *it = &got[gots++];
	int i;

	(void)data;
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++) {
		it->has_histogram[i] = area->histogram[i];
		if (area->histogram[i])
			it->histogram[i] = *area->histogram[i];
	}
	it->area = *area;
	it->io[DMSTAT_READ] = *area->read;
	it->io[DMSTAT_WRITE] = *area->write;
	it->io[DMSTAT_DISCARD] = *area->discard;
	return gots == end ? 9 : 0;
}

static int note_delta(const struct dmstat_delta *delta, void *data)
{
	struct got *it = &got[gots];

	it->delta = *delta;
	it->rate[DMSTAT_READ] = *delta->read;
	it->rate[DMSTAT_WRITE] = *delta->write;
	it->rate[DMSTAT_DISCARD] = *delta->discard;
	return note_area(delta->area, data);
}

static int compare(const struct dmstat_snapshot *before,
		   const struct dmstat_snapshot *after)
{
	gots = 0;
	return dmstat_delta(before, after, note_delta, NULL);
}

/* ------------------------------------------------------------------ promises */

static void a_snapshot_holds_the_areas_that_saw_io(void)
{
	const struct dmstat_snapshot_info *info;
	struct dmstat_snapshot *snapshot;
	struct nlmsghdr *request;

	AREAS_ARE(0, 10, 7, 20, AREAS - 1, 30);
	snapshot = take(1);
	request = (struct nlmsghdr *)kernel_request();
	EXPECT(nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_ACTIVE));
	EXPECT(!nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_CLEAR));

	info = dmstat_snapshot_info(snapshot);
	EXPECT_EQUAL(info->region_id, 17);
	EXPECT_EQUAL(info->areas, AREAS);
	EXPECT_EQUAL(info->created, 1);
	EXPECT_EQUAL(info->active, 3);

	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, note_area, NULL), 0);
	EXPECT_EQUAL(gots, 3);
	EXPECT_EQUAL(got[1].area.index, 7);
	EXPECT_EQUAL(got[1].area.start, 156);
	EXPECT_EQUAL(got[1].area.length, 8);
	EXPECT_EQUAL(got[1].area.in_flight_read, 2);
	EXPECT_EQUAL(got[1].area.busy_ns, 20000);
	EXPECT_EQUAL(got[1].area.queue_ns, 60000);
	EXPECT_EQUAL(got[1].io[DMSTAT_READ].ios, 20);
	EXPECT_EQUAL(got[1].io[DMSTAT_READ].sectors, 160);
	EXPECT_EQUAL(got[1].io[DMSTAT_READ].ns, 40000);
	EXPECT_EQUAL(got[1].io[DMSTAT_READ].errors, 2);
	EXPECT_EQUAL(got[1].io[DMSTAT_WRITE].ios, 0);
	EXPECT_EQUAL(got[2].area.index, AREAS - 1);
	EXPECT_EQUAL(got[2].area.length, 5);
	dmstat_snapshot_free(snapshot);
}

static void a_snapshot_knows_when_it_was_taken(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;
	struct timespec before, after;
	uint64_t taken_ns;

	query.region_id = 17;
	NO_AREAS;
	clock_gettime(CLOCK_MONOTONIC, &before);
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	taken_ns = dmstat_snapshot_info(snapshot)->taken_ns;
	EXPECT(taken_ns >= before.tv_sec * S + before.tv_nsec);
	EXPECT(taken_ns <= after.tv_sec * S + after.tv_nsec);
	dmstat_snapshot_free(snapshot);
}

/* Areas for more than a whole number of chunks. */
static void a_snapshot_grows_only_with_areas_that_saw_io(void)
{
	const struct dmstat_io io = { .ios = 1 };
	struct dmstat_area area = { .read = &io, .write = &io, .discard = &io };
	struct dmstat_snapshot *before, *after;
	const struct snapshot_entry *entry;
	int i;

	say_region(1);
	for (i = 0; i < 20; i++)
		say_area(i, 1);
	say("done 0\n");
	say_end();
	before = take(1);
	EXPECT(before->entries.first == before->entries.last);

	/* The areas do not fit into one script. */
	for (; i < 2 * CHUNK_ENTRIES + 7; i++) {
		area.index = i;
		EXPECT_EQUAL(dmstat_snapshot_add(before, &area, &entry), 0);
		EXPECT_EQUAL(entry->index, i);
	}
	EXPECT_EQUAL(dmstat_snapshot_info(before)->active,
		     2 * CHUNK_ENTRIES + 7);
	EXPECT(before->entries.first->next->next == before->entries.last);
	EXPECT_EQUAL(before->entries.last->used,
		     7 * sizeof(struct snapshot_entry));

	AREAS_ARE(0, 1, 2 * CHUNK_ENTRIES, 5, 900, 5);
	after = take(2);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 2 * CHUNK_ENTRIES + 8);
	for (i = 0; i < gots - 1; i++)
		EXPECT_EQUAL(got[i].area.index, i);
	EXPECT_EQUAL(got[gots - 1].area.index, 900);
	EXPECT_EQUAL(got[2 * CHUNK_ENTRIES].io[0].ios, 5);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void a_delta_is_the_growth_and_its_rates(void)
{
	struct dmstat_snapshot *before, *after;

	AREAS_ARE(3, 1000);
	before = take(10);
	AREAS_ARE(3, 3000);
	after = take(14);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].delta.elapsed_ns, 4 * S);
	EXPECT_EQUAL(got[0].delta.cleared, 0);
	EXPECT_EQUAL(got[0].area.index, 3);
	EXPECT_EQUAL(got[0].area.start, 124);
	EXPECT_EQUAL(got[0].area.in_flight_read, 2);
	EXPECT_EQUAL(got[0].area.busy_ns, 2000000);
	EXPECT_EQUAL(got[0].area.queue_ns, 6000000);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 2000);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].sectors, 16000);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ns, 4000000);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].errors, 200);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].ios_per_s, 500);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].sectors_per_s, 4000);
	EXPECT_EQUAL(got[0].rate[DMSTAT_READ].mean_ns, 2000);
	EXPECT_REAL(got[0].delta.utilization, 0.0005);
	EXPECT_REAL(got[0].delta.queue_depth, 0.0015);
	EXPECT_EQUAL(got[0].rate[DMSTAT_WRITE].mean_ns, 0);
	EXPECT_REAL(got[0].rate[DMSTAT_DISCARD].ios_per_s, 0);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void without_an_earlier_snapshot_a_delta_is_since_creation(void)
{
	struct dmstat_snapshot *snapshot;

	AREAS_ARE(3, 1000, 5, 10);
	snapshot = take(10);
	snapshot->age_ns = 4 * S;
	first_entry(snapshot)->clears = 1;
	EXPECT_EQUAL(compare(NULL, snapshot), 0);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(got[0].delta.elapsed_ns, 4 * S);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 1000);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].ios_per_s, 250);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[1].delta.cleared, 0);
	dmstat_snapshot_free(snapshot);
}

/* Areas 0 to 3, and the last two, of 13 sectors. */
static struct dmstat_snapshot *take_merged(uint64_t seconds, uint64_t reads)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;

	say_region(1);
	say_area(0, reads);
	say("u32 DMSTAT_A_AREA_LENGTH 32\n"
	    "u32 DMSTAT_A_AREA_AREAS 4\n");
	say_area(AREAS - 2, reads);
	say("u32 DMSTAT_A_AREA_LENGTH 13\n"
	    "u32 DMSTAT_A_AREA_AREAS 2\n"
	    "done 0\n");
	say_end();
	query.region_id = 17;
	query.merge = 4;
	if (dmstat_snapshot_take(handle, &query, &snapshot)) {
		printf("Bail out! no snapshot: %s\n", dmstat_error(handle));
		exit(1);
	}
	snapshot->info.taken_ns = seconds * S;
	return snapshot;
}

static void merged_areas_are_kept_and_compared(void)
{
	struct dmstat_snapshot *before = take_merged(1, 10), *after, *other;
	struct nlmsghdr *request = (struct nlmsghdr *)kernel_request();

	EXPECT_EQUAL(nla_get_u32(nlmsg_find_attr(request, GENL_HDRLEN,
						 DMSTAT_A_AREA_MERGE)), 4);
	EXPECT_EQUAL(dmstat_snapshot_info(before)->active, 2);
	after = take_merged(2, 30);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(got[0].area.areas, 4);
	EXPECT_EQUAL(got[0].area.length, 32);
	EXPECT_EQUAL(got[0].area.region_id, 17);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 20);
	EXPECT_EQUAL(got[1].area.index, AREAS - 2);
	EXPECT_EQUAL(got[1].area.areas, 2);

	/* An update asks for the same. */
	say_region(1);
	say_area(4, 5);
	say("u32 DMSTAT_A_AREA_LENGTH 32\n"
	    "u32 DMSTAT_A_AREA_AREAS 4\ndone 0\n");
	say_end();
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_update(handle, after, note_delta, NULL),
		     0);
	EXPECT_EQUAL(nla_get_u32(nlmsg_find_attr(request, GENL_HDRLEN,
						 DMSTAT_A_AREA_MERGE)), 4);
	EXPECT_EQUAL(gots, 3);

	NO_AREAS;
	other = take(3);
	EXPECT_EQUAL(compare(before, other), -EINVAL);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
	dmstat_snapshot_free(other);
}

static void merged_areas_in_another_place_are_malformed(void)
{
	static const struct {
		int index, areas, length;
	} wrong[] = {
		{ 0, 4, 31 }, { 0, 4, 33 }, { 0, 1, 32 },
		{ AREAS - 2, 2, 16 }, { AREAS - 2, 3, 13 },
	};
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;
	size_t i;

	query.region_id = 17;
	query.merge = 4;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		say_region(1);
		say_area(wrong[i].index, 1);
		say("u32 DMSTAT_A_AREA_LENGTH %d\n"
		    "u32 DMSTAT_A_AREA_AREAS %d\ndone 0\n", wrong[i].length,
		    wrong[i].areas);
		say_end();
		EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
			     -EBADMSG);
	}
}

/* Without I/O of the operation, all bins are 0. */
static void expect_bins(const struct got *it, int operation, uint64_t first,
			uint64_t second, uint64_t third)
{
	EXPECT(it->has_histogram[operation]);
	EXPECT_EQUAL(it->histogram[operation].bins, BINS);
	EXPECT_EQUAL(it->histogram[operation].ios[0], first);
	EXPECT_EQUAL(it->histogram[operation].ios[1], second);
	EXPECT_EQUAL(it->histogram[operation].ios[2], third);
}

static struct dmstat_snapshot *take_seen(uint64_t seconds, int index,
					 const struct seen *seen)
{
	say_region_with_bounds(0);
	say_seen(index, seen);
	say("done 0\n");
	say_end();
	return take(seconds);
}

static void histograms_are_kept_and_their_growth_is_reported(void)
{
	const struct seen old = { DMSTAT_WRITE, .bins = { 5, 6, 7 } };
	const struct seen new = { DMSTAT_WRITE, .bins = { 5, 8, 10 },
				  .again = 4 };
	const struct seen other = { DMSTAT_DISCARD, .bins = { 1, 2, 3 } };
	struct dmstat_snapshot *before, *after, *third;

	before = take_seen(1, 3, &old);
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_areas(before, note_area, NULL), 0);
	expect_bins(&got[0], DMSTAT_READ, 0, 0, 0);
	expect_bins(&got[0], DMSTAT_WRITE, 5, 6, 7);
	expect_bins(&got[0], DMSTAT_DISCARD, 0, 0, 0);

	after = take_seen(2, 3, &new);
	EXPECT_EQUAL(compare(before, after), 0);
	expect_bins(&got[0], DMSTAT_READ, 0, 0, 0);
	expect_bins(&got[0], DMSTAT_WRITE, 0, 2, 3);
	EXPECT_EQUAL(got[0].io[DMSTAT_WRITE].again, 4);

	/* Another operation, in another area. */
	third = take_seen(3, 5, &other);
	EXPECT_EQUAL(compare(before, third), 0);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	expect_bins(&got[0], DMSTAT_WRITE, 0, 0, 0);
	EXPECT_EQUAL(got[1].delta.cleared, 0);
	expect_bins(&got[1], DMSTAT_DISCARD, 1, 2, 3);

	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
	dmstat_snapshot_free(third);
}

static void without_bounds_there_are_no_histograms(void)
{
	struct dmstat_snapshot *snapshot;

	AREAS_ARE(3, 10);
	snapshot = take(1);
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, note_area, NULL), 0);
	EXPECT(!got[0].has_histogram[DMSTAT_READ]);
	EXPECT_EQUAL(compare(snapshot, snapshot), 0);
	EXPECT(!got[0].has_histogram[DMSTAT_READ]);
	dmstat_snapshot_free(snapshot);
}

/* Entries of the largest size, of which few fit into a chunk. */
static void an_update_reports_the_growth_of_histograms(void)
{
	const struct seen old = { DMSTAT_READ, 10, 10, .bins = { 1, 1, 1 } };
	const struct seen new = { DMSTAT_READ, 20, 10, .bins = { 1, 2, 3 } };
	struct dmstat_snapshot *snapshot;
	int i;

	say_region_with_bounds(0);
	for (i = 0; i < 12; i++)
		say_seen(i, &old);
	say("done 0\n");
	say_end();
	snapshot = take(1);

	say_region_with_bounds(0);
	for (i = 1; i < 12; i += 2)
		say_seen(i, &new);
	say_seen(20, &old);
	say("done 0\n");
	say_end();
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     0);
	EXPECT_EQUAL(gots, 13);
	for (i = 0; i < 12; i++) {
		EXPECT_EQUAL(got[i].area.index, i);
		EXPECT_EQUAL(got[i].delta.cleared, i % 2 == 0);
		if (i % 2)
			expect_bins(&got[i], DMSTAT_READ, 0, 1, 2);
		else
			expect_bins(&got[i], DMSTAT_READ, 0, 0, 0);
	}
	expect_bins(&got[12], DMSTAT_READ, 1, 1, 1);
	dmstat_snapshot_free(snapshot);
}

/* Three histograms of each area, with the maximum of bins. */
static void histograms_of_any_length_are_kept(void)
{
	struct dmstat_histogram histogram = { .bins = DMSTAT_BOUNDS_MAX + 1 };
	const struct dmstat_io io = { .ios = 1 };
	struct dmstat_area area = {
		.read = &io, .write = &io, .discard = &io,
		.histogram = { &histogram, &histogram, &histogram },
	};
	struct dmstat_snapshot *snapshot;
	const struct snapshot_entry *entry;
	const int count = 50;
	int i, bin;

	NO_AREAS;
	snapshot = take(1);
	snapshot->bins = histogram.bins;
	for (i = 0; i < count; i++) {
		for (bin = 0; bin < (int)histogram.bins; bin++)
			histogram.ios[bin] = i * 1000 + bin;
		area.index = i;
		if (i == 1)
			area.histogram[DMSTAT_WRITE] = NULL;
		EXPECT_EQUAL(dmstat_snapshot_add(snapshot, &area, &entry), 0);
		area.histogram[DMSTAT_WRITE] = &histogram;
	}

	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, note_area, NULL), 0);
	EXPECT_EQUAL(gots, count);
	for (i = 0; i < gots; i++)
		for (bin = 0; bin < (int)histogram.bins; bin++) {
			const uint64_t number = i * 1000 + bin;

			EXPECT_EQUAL(got[i].histogram[0].ios[bin], number);
			EXPECT_EQUAL(got[i].histogram[1].ios[bin],
				     i == 1 ? 0 : number);
			EXPECT_EQUAL(got[i].histogram[2].ios[bin], number);
		}
	dmstat_snapshot_free(snapshot);
}

static void the_longest_time_of_an_interval_is_bounded(void)
{
	static const struct {
		struct seen before, after;
		uint64_t least, most;
	} cases[] = {
		/* nothing ended */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 500000, 90000, .bins = { 5, 5 } }, 0, 0 },
		/* has grown, so it is of the interval */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 700000, 95000, .bins = { 5, 7 } }, 95000, 95000 },
		/* first I/Os of the area */
		{ { 0, 0, 0, .bins = { 0 } },
		  { 0, 30000, 25000, .bins = { 1, 1 } }, 25000, 25000 },
		/* a single I/O took the whole sum */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 500700, 90000, .bins = { 6, 5 } }, 700, 700 },
		/* few I/Os: their sum is the upper bound */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 512000, 90000, .bins = { 6, 8 } }, 3000, 12000 },
		/* many: the upper end of the highest bin that grew is */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 600000, 90000, .bins = { 505, 5 } }, 200, 999 },
		/* ... and its lower end is the lower bound */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 700000, 90000, .bins = { 505, 8 } }, 1000, 90000 },
		/* the last bin ends with the longest time ever */
		{ { 0, 9000000, 4000000, .bins = { 5, 5, 1 } },
		  { 0, 19000000, 4000000, .bins = { 5, 5, 9 } },
		  1250000, 4000000 },
		/* cleared, so it is of the interval */
		{ { 0, 9000000, 4000000, .bins = { 5, 5, 1 } },
		  { 0, 3000, 2000, .bins = { 1, 1, 0 } }, 2000, 2000 },
		/* cleared: counters are higher, the longest time is not */
		{ { 0, 4000000, 4000000, .bins = { 0, 0, 1 } },
		  { 0, 6000000, 3000000, .bins = { 0, 0, 2 } },
		  3000000, 3000000 },
		/* cleared: only a bin is lower */
		{ { 0, 4000, 1000, .bins = { 5, 3 } },
		  { 0, 6000, 2000, .bins = { 9, 2 } }, 2000, 2000 },
		/* an I/O ended meanwhile: counted, but not its time */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 500000, 90000, .bins = { 5, 5, 1 } },
		  1000000, 1000000 },
	};
	struct dmstat_snapshot *before, *after;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before = take_seen(1, 3, &cases[i].before);
		after = take_seen(2, 3, &cases[i].after);
		EXPECT_EQUAL(compare(before, after), 0);
		EXPECT_EQUAL(got[0].rate[0].longest_least_ns, cases[i].least);
		EXPECT_EQUAL(got[0].rate[0].longest_most_ns, cases[i].most);
		EXPECT_EQUAL(got[0].io[0].longest_ns,
			     cases[i].after.longest_ns);
		if (test_failed)
			printf("# case %zu\n", i);
		dmstat_snapshot_free(before);
		dmstat_snapshot_free(after);
	}

	/* Without histograms, the sum is the upper bound. */
	AREAS_ARE(3, 1000);
	before = take(1);
	AREAS_ARE(3, 1004);
	after = take(2);
	first_entry(before)->io[0].longest_ns = 7000;
	first_entry(after)->io[0].longest_ns = 7000;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].rate[0].longest_least_ns, 2000);
	EXPECT_EQUAL(got[0].rate[0].longest_most_ns, 7000);
	EXPECT_EQUAL(got[0].rate[1].longest_most_ns, 0);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void a_snapshot_knows_how_often_the_region_was_cleared(void)
{
	struct dmstat_snapshot *snapshot;

	say_region_with_bounds(6);
	say("done 0\n");
	say_end();
	snapshot = take(1);
	EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->clears, 6);
	EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->cleared, 42);
	say_region_with_bounds(7);
	say("done 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     0);
	EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->clears, 7);
	dmstat_snapshot_free(snapshot);
}

static void areas_of_only_one_snapshot_are_compared_with_zeros(void)
{
	struct dmstat_snapshot *before, *after;

	AREAS_ARE(1, 10, 5, 10);
	before = take(1);
	AREAS_ARE(0, 3, 5, 11, 9, 4);
	after = take(2);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 4);
	EXPECT_EQUAL(got[0].area.index, 0);
	EXPECT_EQUAL(got[0].delta.cleared, 0);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 3);

	/* An area that saw I/O and is skipped now was cleared. */
	EXPECT_EQUAL(got[1].area.index, 1);
	EXPECT_EQUAL(got[1].delta.cleared, 1);
	EXPECT_EQUAL(got[1].io[DMSTAT_READ].ios, 0);
	EXPECT_EQUAL(got[1].area.in_flight_read, 0);

	EXPECT_EQUAL(got[2].area.index, 5);
	EXPECT_EQUAL(got[2].delta.cleared, 0);
	EXPECT_EQUAL(got[2].io[DMSTAT_READ].ios, 1);
	EXPECT_EQUAL(got[3].area.index, 9);
	EXPECT_EQUAL(got[3].delta.cleared, 0);
	EXPECT_EQUAL(got[3].io[DMSTAT_READ].ios, 4);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void a_clear_in_between_is_reported(void)
{
	const struct seen old = { DMSTAT_READ, 4000, 1000, .bins = { 5, 3 } };
	const struct seen new = { DMSTAT_READ, 6000, 2000, .bins = { 9, 2 } };
	struct dmstat_snapshot *before, *after;

	AREAS_ARE(3, 1000);
	before = take(1);
	AREAS_ARE(3, 70);
	after = take(2);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 70);
	EXPECT_EQUAL(got[0].area.busy_ns, 70000);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].ios_per_s, 70);

	/* One bin is enough. */
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
	before = take_seen(1, 3, &old);
	after = take_seen(2, 3, &new);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	expect_bins(&got[0], DMSTAT_READ, 9, 2, 0);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);

	/* One counter is enough. */
	AREAS_ARE(3, 1000);
	before = take(1);
	AREAS_ARE(3, 70);
	after = take(2);
	*first_entry(after) = *first_entry(before);
	first_entry(after)->io[DMSTAT_READ].errors--;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 1000);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

/* Even if it has counted more since than before. */
static void the_number_of_clears_shows_a_clear(void)
{
	struct dmstat_snapshot *before, *after;

	AREAS_ARE(3, 1000);
	before = take(1);
	first_entry(before)->clears = 7;
	AREAS_ARE(3, 3000);
	after = take(2);
	first_entry(after)->clears = 7;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 0);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 2000);
	first_entry(after)->clears = 8;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[0].area.clears, 8);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 3000);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

/* Take a snapshot with DMSTAT_AREAS_UNCLEARED of the current answer. */
static struct dmstat_snapshot *take_uncleared(uint64_t seconds, uint64_t clears)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;

	query.region_id = 17;
	query.flags = DMSTAT_AREAS_UNCLEARED;
	if (dmstat_snapshot_take(handle, &query, &snapshot)) {
		printf("Bail out! no snapshot: %s\n", dmstat_error(handle));
		exit(1);
	}
	snapshot->info.taken_ns = seconds * S;
	first_entry(snapshot)->clears = clears;
	return snapshot;
}

static void uncleared_counters_grow_in_spite_of_a_clear(void)
{
	struct nlmsghdr *request = (struct nlmsghdr *)kernel_request();
	struct dmstat_snapshot *before, *after;

	AREAS_ARE(3, 1000);
	before = take_uncleared(1, 1);
	EXPECT(nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_UNCLEARED));
	AREAS_ARE(3, 1030);
	after = take_uncleared(2, 2);
	/* What a clear has set back is what was counted since. */
	first_entry(after)->io[DMSTAT_READ].errors = 4;
	first_entry(before)->io[DMSTAT_READ].again = 9;
	first_entry(after)->io[DMSTAT_READ].again = 8;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[0].area.clears, 2);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 30);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ns, 60000);
	EXPECT_EQUAL(got[0].area.busy_ns, 30000);
	EXPECT_EQUAL(got[0].area.queue_ns, 90000);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].errors, 4);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].again, 8);

	/* Only the number of clears shows one. */
	first_entry(before)->clears = 2;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 0);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 30);

	/* All since the region was created. */
	EXPECT_EQUAL(compare(NULL, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 1);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 1030);
	dmstat_snapshot_free(before);

	/* An update asks for the same. */
	AREAS_ARE(3, 1035);
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_update(handle, after, note_delta, NULL),
		     0);
	EXPECT(nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_UNCLEARED));
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 5);
	dmstat_snapshot_free(after);

	/* Without the flag, it is since the clear. */
	AREAS_ARE(3, 1030);
	before = take_uncleared(1, 1);
	AREAS_ARE(3, 1030);
	after = take(2);
	EXPECT(!nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_UNCLEARED));
	EXPECT_EQUAL(compare(before, after), -EINVAL);
	EXPECT_EQUAL(compare(after, before), -EINVAL);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void the_longest_time_before_a_clear_is_not_known(void)
{
	static const struct {
		struct seen before, after;
		uint64_t areas, least, most;
	} cases[] = {
		/* It is since the clear; a longer one may have been before. */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 560000, 20000, .bins = { 5, 7 } }, 1, 30000, 60000 },
		{ { 0, 500000, 10000, .bins = { 5, 5 } },
		  { 0, 560000, 40000, .bins = { 5, 7 } }, 1, 40000, 60000 },
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 560000, 40000, .bins = { 5, 7 } }, 1, 40000, 60000 },
		/* Of several areas, it may be from before the interval. */
		{ { 0, 500000, 90000, .bins = { 5, 5 } },
		  { 0, 560000, 40000, .bins = { 5, 7 } }, 2, 30000, 60000 },
		{ { 0, 500000, 10000, .bins = { 5, 5 } },
		  { 0, 560000, 40000, .bins = { 5, 7 } }, 2, 40000, 60000 },
		/* The bins bound it. */
		{ { 0, 500000, 10000, .bins = { 5, 5 } },
		  { 0, 560000, 300, .bins = { 205, 5 } }, 1, 300, 999 },
		/* Nothing ended. */
		{ { 0, 500000, 10000, .bins = { 5, 5 } },
		  { 0, 500000, 0, .bins = { 5, 5 } }, 1, 0, 0 },
	};
	struct dmstat_snapshot *before, *after;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before = take_seen(1, 3, &cases[i].before);
		after = take_seen(2, 3, &cases[i].after);
		before->uncleared = true;
		after->uncleared = true;
		first_entry(after)->clears = 1;
		first_entry(after)->areas = cases[i].areas;
		EXPECT_EQUAL(compare(before, after), 0);
		EXPECT_EQUAL(got[0].delta.cleared, 1);
		EXPECT_EQUAL(got[0].rate[0].longest_least_ns, cases[i].least);
		EXPECT_EQUAL(got[0].rate[0].longest_most_ns, cases[i].most);
		if (test_failed)
			printf("# case %zu\n", i);
		dmstat_snapshot_free(before);
		dmstat_snapshot_free(after);
	}
}

static void times_that_go_back_a_little_are_no_clear(void)
{
	struct dmstat_snapshot *before, *after;
	struct snapshot_entry *entry;

	AREAS_ARE(3, 1000);
	before = take(1);
	AREAS_ARE(3, 1000);
	after = take(2);
	entry = first_entry(after);
	entry->busy_ns--;
	entry->queue_ns -= 100;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].delta.cleared, 0);
	EXPECT_EQUAL(got[0].area.busy_ns, 0);
	EXPECT_EQUAL(got[0].area.queue_ns, 0);
	EXPECT_REAL(got[0].delta.utilization, 0);
	EXPECT_REAL(got[0].delta.queue_depth, 0);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void without_time_there_are_no_rates(void)
{
	struct dmstat_snapshot *snapshot, *after;

	AREAS_ARE(3, 1000);
	snapshot = take(1);
	EXPECT_EQUAL(compare(snapshot, snapshot), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].delta.elapsed_ns, 0);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 0);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].ios_per_s, 0);

	AREAS_ARE(3, 2000);
	after = take(1);
	EXPECT_EQUAL(compare(snapshot, after), 0);
	EXPECT_EQUAL(got[0].io[DMSTAT_READ].ios, 1000);
	EXPECT_REAL(got[0].rate[DMSTAT_READ].ios_per_s, 0);
	EXPECT_EQUAL(got[0].rate[DMSTAT_READ].mean_ns, 2000);
	EXPECT_REAL(got[0].delta.utilization, 0);
	dmstat_snapshot_free(snapshot);
	dmstat_snapshot_free(after);
}

static void the_greatest_values_do_not_overflow(void)
{
	struct dmstat_snapshot *before, *after;
	struct snapshot_entry *entry;

	AREAS_ARE(AREAS - 1, 0);
	before = take(1);
	AREAS_ARE(AREAS - 1, 0);
	after = take(1);
	after->info.taken_ns++;
	entry = first_entry(after);
	memset(entry->io, 0xff, sizeof(entry->io));
	entry->busy_ns = UINT64_MAX;
	entry->queue_ns = UINT64_MAX;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].area.start, 100 + (AREAS - 1) * 8);
	EXPECT_EQUAL(got[0].io[DMSTAT_WRITE].ios, UINT64_MAX);
	EXPECT_REAL(got[0].rate[DMSTAT_WRITE].ios_per_s, 1.8446744e28);
	EXPECT_EQUAL(got[0].rate[DMSTAT_WRITE].mean_ns, 1);
	EXPECT_REAL(got[0].delta.utilization, 1);
	EXPECT_REAL(got[0].delta.queue_depth, 1.8446744e19);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
}

static void snapshots_that_do_not_belong_together_are_refused(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *before, *after, *other, *part;

	AREAS_ARE(3, 1);
	before = take(1);
	AREAS_ARE(3, 2);
	after = take(2);
	say_region(2);
	say("done 0\n");
	say_end();
	other = take(3);
	query.region_id = 17;
	query.first = 3;
	query.count = 5;
	NO_AREAS;
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &part), 0);

	EXPECT_EQUAL(compare(after, before), -EINVAL);
	EXPECT_EQUAL(compare(before, other), -EINVAL);
	EXPECT_EQUAL(compare(before, part), -EINVAL);
	EXPECT_EQUAL(gots, 0);
	after->info.region_id++;
	EXPECT_EQUAL(compare(before, after), -EINVAL);
	after->info.region_id--;
	after->bins++;
	EXPECT_EQUAL(compare(before, after), -EINVAL);
	after->bins--;
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
	dmstat_snapshot_free(other);
	dmstat_snapshot_free(part);
}

static void a_snapshot_clears_nothing(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;

	query.region_id = 17;
	query.flags = DMSTAT_AREAS_CLEAR;
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), -EINVAL);
	EXPECT(!snapshot);
	query.flags = DMSTAT_AREAS_UNCLEARED << 1;
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), -EINVAL);
	query.flags = 0;
	query.struct_size = offsetof(struct dmstat_area_query, merge) - 1;
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), -EINVAL);
	EXPECT_STRING(dmstat_error(handle), strerror(EINVAL));
}

static void an_update_reports_the_same_as_two_snapshots(void)
{
	static struct got told[DELTAS_MAX];
	struct dmstat_snapshot *before, *after, *updated;
	int i, count;

	AREAS_ARE(1, 10, 2, 5, 5, 10, 8, 3, 9, 9);
	before = take(1);
	AREAS_ARE(1, 10, 2, 5, 5, 10, 8, 3, 9, 9);
	updated = take(1);
	AREAS_ARE(0, 3, 5, 11, 8, 2);
	after = take(2);
	EXPECT_EQUAL(compare(before, after), 0);
	memcpy(told, got, sizeof(told));
	count = gots;
	EXPECT_EQUAL(count, 6);

	AREAS_ARE(0, 3, 5, 11, 8, 2);
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_update(handle, updated, note_delta, NULL),
		     0);
	EXPECT_EQUAL(gots, count);
	for (i = 0; i < count; i++) {
		EXPECT_EQUAL(got[i].area.index, told[i].area.index);
		EXPECT_EQUAL(got[i].area.start, told[i].area.start);
		EXPECT_EQUAL(got[i].area.busy_ns, told[i].area.busy_ns);
		EXPECT_EQUAL(got[i].delta.cleared, told[i].delta.cleared);
		EXPECT(!memcmp(got[i].io, told[i].io, sizeof(got[i].io)));
	}

	/* The snapshot has the second reading, and nothing else. */
	EXPECT_EQUAL(dmstat_snapshot_info(updated)->active, 3);
	EXPECT(dmstat_snapshot_info(updated)->taken_ns > S);
	updated->info.taken_ns = 2 * S;
	EXPECT_EQUAL(compare(after, updated), 0);
	EXPECT_EQUAL(gots, 3);
	for (i = 0; i < gots; i++)
		EXPECT_EQUAL(got[i].io[DMSTAT_READ].ios, 0);
	dmstat_snapshot_free(before);
	dmstat_snapshot_free(after);
	dmstat_snapshot_free(updated);
}

static void a_snapshot_is_refused_after_a_failed_update(void)
{
	struct dmstat_snapshot *snapshot;

	AREAS_ARE(1, 10, 2, 10);
	snapshot = take(1);
	say_region(1);
	say_area(1, 11);
	say("done -ENOMEM\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     -ENOMEM);
	EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->active, 0);
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     -EINVAL);
	EXPECT_EQUAL(compare(snapshot, snapshot), -EINVAL);
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, note_area, NULL), -EINVAL);
	dmstat_snapshot_free(snapshot);
}

static void a_deleted_region_leaves_the_snapshot_unchanged(void)
{
	struct dmstat_snapshot *snapshot;

	AREAS_ARE(1, 10, 2, 10);
	snapshot = take(1);
	say("quote -ENOENT\n");
	say("datagram\nmessage CTRL_CMD_NEWFAMILY\n"
	    "u16 CTRL_ATTR_FAMILY_ID 0x21\nerror 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     -ENOENT);

	/* The module was reloaded, and the id was given to another region. */
	say_region(2);
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     -ENOENT);
	EXPECT_STRING(dmstat_error(handle),
		      "the region is gone; another has its number");
	EXPECT_EQUAL(compare(snapshot, snapshot), 0);
	EXPECT_EQUAL(gots, 2);
	dmstat_snapshot_free(snapshot);
}

static void callbacks_end_the_walks(void)
{
	struct dmstat_snapshot *snapshot;

	AREAS_ARE(1, 10, 2, 10, 3, 10);
	snapshot = take(1);
	end = 2;
	EXPECT_EQUAL(compare(snapshot, snapshot), 9);
	EXPECT_EQUAL(gots, 2);
	gots = 0;
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, note_area, NULL), 9);
	EXPECT_EQUAL(gots, 2);

	/* The callback ends the walk after the last answer. */
	gots = 0;
	AREAS_ARE(1, 10);
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, note_delta, NULL),
		     9);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(compare(snapshot, snapshot), -EINVAL);
	end = 0;
	dmstat_snapshot_free(snapshot);
}

static int ask_again(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_region *region;

	(void)delta;
	++*(int *)data;
	EXPECT_EQUAL(dmstat_region_get(handle, 17, &region), -EBUSY);
	return 0;
}

static void an_update_keeps_the_handle_busy(void)
{
	struct dmstat_snapshot *snapshot;
	int asked = 0;

	AREAS_ARE(1, 10, 3, 10);
	snapshot = take(1);
	AREAS_ARE(2, 10);
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, ask_again,
					    &asked), 0);
	EXPECT_EQUAL(asked, 3);
	dmstat_snapshot_free(snapshot);
}

static void impossible_regions_and_areas_are_malformed(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const struct seen seen = { DMSTAT_READ, .bins = { 1 } };
	struct dmstat_snapshot *snapshot;

	/* Without an area size, the place of an area is a division by 0. */
	query.region_id = 17;
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID 17\n"
	    "u32 DMSTAT_A_REGION_LENGTH 8\n"
	    "u32 DMSTAT_A_REGION_AREAS 1\nerror 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);
	EXPECT(!snapshot);

	/* Nor has a region of extents areas without a sector. */
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID 17\n"
	    "u32 DMSTAT_A_REGION_EXTENTS 2\n"
	    "u32 DMSTAT_A_REGION_AREAS 2\nerror 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);
	EXPECT(!snapshot);

	say_region(1);
	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_INDEX %d\n"
	    "u32 DMSTAT_A_AREA_LENGTH 8\ndone 0\n", AREAS);
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);
	EXPECT(!snapshot);

	say_region(1);
	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_INDEX 0\n"
	    "u32 DMSTAT_A_AREA_START 108\n"
	    "u32 DMSTAT_A_AREA_LENGTH 8\ndone 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);

	/* A histogram of another size, or without bounds. */
	say_region(1);
	say_seen(3, &seen);
	say("done 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);
	say_region_with_bounds(0);
	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_INDEX 0\n"
	    "u32 DMSTAT_A_AREA_START 100\n"
	    "u32 DMSTAT_A_AREA_LENGTH 8\n"
	    "nest DMSTAT_A_AREA_READ\n");
	say_numbers("DMSTAT_A_IO_HISTOGRAM", seen.bins, BINS - 1);
	say("end\ndone 0\n");
	say_end();
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot),
		     -EBADMSG);
}

static void freeing_null_does_nothing(void)
{
	dmstat_snapshot_free(NULL);
}

static const struct test tests[] = {
	TEST(a_snapshot_holds_the_areas_that_saw_io),
	TEST(a_snapshot_knows_when_it_was_taken),
	TEST(a_snapshot_grows_only_with_areas_that_saw_io),
	TEST(a_delta_is_the_growth_and_its_rates),
	TEST(without_an_earlier_snapshot_a_delta_is_since_creation),
	TEST(merged_areas_are_kept_and_compared),
	TEST(merged_areas_in_another_place_are_malformed),
	TEST(histograms_are_kept_and_their_growth_is_reported),
	TEST(without_bounds_there_are_no_histograms),
	TEST(an_update_reports_the_growth_of_histograms),
	TEST(histograms_of_any_length_are_kept),
	TEST(the_longest_time_of_an_interval_is_bounded),
	TEST(a_snapshot_knows_how_often_the_region_was_cleared),
	TEST(areas_of_only_one_snapshot_are_compared_with_zeros),
	TEST(a_clear_in_between_is_reported),
	TEST(the_number_of_clears_shows_a_clear),
	TEST(uncleared_counters_grow_in_spite_of_a_clear),
	TEST(the_longest_time_before_a_clear_is_not_known),
	TEST(times_that_go_back_a_little_are_no_clear),
	TEST(without_time_there_are_no_rates),
	TEST(the_greatest_values_do_not_overflow),
	TEST(snapshots_that_do_not_belong_together_are_refused),
	TEST(a_snapshot_clears_nothing),
	TEST(an_update_reports_the_same_as_two_snapshots),
	TEST(a_snapshot_is_refused_after_a_failed_update),
	TEST(a_deleted_region_leaves_the_snapshot_unchanged),
	TEST(callbacks_end_the_walks),
	TEST(an_update_keeps_the_handle_busy),
	TEST(impossible_regions_and_areas_are_malformed),
	TEST(freeing_null_does_nothing),
};

int main(void)
{
	return faked_run(&handle, tests, sizeof(tests) / sizeof(*tests));
}
