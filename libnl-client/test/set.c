// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * set: snapshots of many regions at once, and the differences between them
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>

#include "../set.h"
#include "faked.h"
#include "kernel.h"
#include "say.h"
#include "test.h"

/* Seconds; the tests set the times of their sets. */
#define S	UINT64_C(1000000000)

static struct dmstat *handle;

/* -------------------------------------------- answers of the fake kernel */

/* Regions have 10 areas of 8 sectors from sector 100, and these bounds. */
#define AREAS	10
#define BINS	3

static const uint64_t bounds[] = { 1000, 1000000 };

static void say_total(uint32_t region_id, int index, int areas)
{
	say("message DMSTAT_CMD_AREA_GET\n"
	    "u32 DMSTAT_A_AREA_REGION_ID %u\n"
	    "u32 DMSTAT_A_AREA_INDEX %d\n"
	    "u32 DMSTAT_A_AREA_AREAS %d\n"
	    "u32 DMSTAT_A_AREA_START %d\n"
	    "u32 DMSTAT_A_AREA_LENGTH %d\n",
	    region_id, index, areas, 100 + index * 8, areas * 8);
}

/* Areas with reads below 1 ms; other values are multiples of @reads. */
static void say_areas(uint32_t region_id, int index, int areas, uint64_t reads)
{
	const uint64_t bins[BINS] = { 0, reads, 0 };

	say_total(region_id, index, areas);
	say("u32 DMSTAT_A_AREA_IN_FLIGHT_READ 2\n"
	    "u64 DMSTAT_A_AREA_QUEUE_NS %llu\n"
	    "nest DMSTAT_A_AREA_READ\n"
	    "u64 DMSTAT_A_IO_IOS %llu\n"
	    "u64 DMSTAT_A_IO_SECTORS %llu\n"
	    "u64 DMSTAT_A_IO_NS %llu\n"
	    "u64 DMSTAT_A_IO_AGAIN %llu\n"
	    "u64 DMSTAT_A_IO_LONGEST_NS 9000\n",
	    (unsigned long long)reads * 3000, (unsigned long long)reads,
	    (unsigned long long)reads * 8, (unsigned long long)reads * 2000,
	    (unsigned long long)reads / 10);
	say_numbers("DMSTAT_A_IO_HISTOGRAM", bins, BINS);
	say("end\n");
}

struct say_region {
	int minor;
	uint64_t created;
	uint64_t clears;
	uint64_t missed;
};

static void say_described(uint32_t region_id, const struct say_region *region)
{
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID %u\n"
	    "u32 DMSTAT_A_REGION_MAJOR 253\n"
	    "u32 DMSTAT_A_REGION_MINOR %d\n"
	    "string DMSTAT_A_REGION_DEVICE_NAME vg-%d\n"
	    "string DMSTAT_A_REGION_PROGRAM_ID fio\n"
	    "string DMSTAT_A_REGION_GROUP logs\n"
	    "bytes DMSTAT_A_REGION_USER_DATA 0102030405\n"
	    "u32 DMSTAT_A_REGION_START 100\n"
	    "u32 DMSTAT_A_REGION_LENGTH %d\n"
	    "u32 DMSTAT_A_REGION_AREA_SIZE 8\n"
	    "u32 DMSTAT_A_REGION_AREAS %d\n"
	    "u64 DMSTAT_A_REGION_CREATED %llu\n"
	    "u64 DMSTAT_A_REGION_CLEARS %llu\n"
	    "u64 DMSTAT_A_REGION_MISSED %llu\n",
	    region_id, region->minor, region->minor, AREAS * 8, AREAS,
	    (unsigned long long)region->created,
	    (unsigned long long)region->clears,
	    (unsigned long long)region->missed);
	say_numbers("DMSTAT_A_REGION_HISTOGRAM_BOUNDS", bounds, BINS - 1);
}

#define say_region(id, ...)						\
	say_described(id, &(const struct say_region){ __VA_ARGS__ })

static void say_device(int minor, const char *uuid)
{
	say("message DMSTAT_CMD_DEVICE_GET\n"
	    "u32 DMSTAT_A_DEVICE_MAJOR 253\n"
	    "u32 DMSTAT_A_DEVICE_MINOR %d\n"
	    "string DMSTAT_A_DEVICE_NAME vg-%d\n"
	    "string DMSTAT_A_DEVICE_UUID %s\n", minor, minor, uuid);
}

/* Flushes of at least 1 us and less than 2 us. */
static void say_flushes(uint64_t flushes)
{
	const uint64_t bins[DMSTAT_FLUSH_BINS] = { 0, flushes };

	say("u32 DMSTAT_A_DEVICE_MISSED %llu\n"
	    "nest DMSTAT_A_DEVICE_FLUSH\n"
	    "u64 DMSTAT_A_FLUSH_IOS %llu\n"
	    "u64 DMSTAT_A_FLUSH_NS %llu\n"
	    "u64 DMSTAT_A_FLUSH_AGAIN %llu\n"
	    "u64 DMSTAT_A_FLUSH_BUSY_NS %llu\n"
	    "u64 DMSTAT_A_FLUSH_LONGEST_NS 1900\n",
	    (unsigned long long)flushes, (unsigned long long)flushes,
	    (unsigned long long)flushes * 1500, (unsigned long long)flushes,
	    (unsigned long long)flushes * 1000000);
	say_numbers("DMSTAT_A_FLUSH_HISTOGRAM", bins, DMSTAT_FLUSH_BINS);
	say("end\n");
}

/* The end of a walk. */
static void say_done(void)
{
	say("done 0\ndatagram\n");
}

static void say_interrupted(void)
{
	say("done 0\nflags NLM_F_DUMP_INTR\ndatagram\n");
}

/* Of the sets that are taken. */
static uint32_t flags;

static int try_take(struct dmstat_snapshots **set)
{
	say_end();
	return dmstat_snapshots_take(handle, NULL, DMSTAT_MERGE_ALL, flags,
				     set);
}

/* Take a set of the current answer, and set its time and the regions' ages. */
static struct dmstat_snapshots *take(uint64_t seconds)
{
	struct dmstat_snapshots *set;
	size_t i;

	if (try_take(&set)) {
		printf("Bail out! no set: %s\n", dmstat_error(handle));
		exit(1);
	}
	set->info.taken_ns = seconds * S;
	for (i = 0; i < set->info.regions; i++) {
		set->regions[i]->snapshot.info.taken_ns = seconds * S;
		set->regions[i]->snapshot.age_ns = 100 * S;
	}
	return set;
}

/* Regions 5 and 9 on two devices; each has seen as many reads, or none. */
static struct dmstat_snapshots *take_two(uint64_t seconds, uint64_t reads,
					 uint64_t others)
{
	if (reads)
		say_areas(5, 0, AREAS, reads);
	if (others)
		say_areas(9, 0, AREAS, others);
	say_done();
	say_region(5, .minor = 3, .created = 1);
	say_region(9, .minor = 4, .created = 1);
	say_done();
	say_device(3, "LVM-a");
	say_device(4, "LVM-b");
	say_done();
	return take(seconds);
}

/* ----------------------------------------------------- results of callbacks */

struct got {
	struct dmstat_region_delta delta;
	struct dmstat_delta total;
	struct dmstat_area area;
	struct dmstat_io read, write;
	struct dmstat_rate rate;
	struct dmstat_histogram histogram;
	struct dmstat_device_delta device;
	struct dmstat_flush flush;
	struct dmstat_rate flush_rate;
};

#define GOTS_MAX	5

static struct got got[GOTS_MAX];
static int gots, end;

static void note_device(struct got *it, const struct dmstat_device_delta *delta)
{
	it->device = *delta;
	it->flush = *delta->flush;
	it->flush_rate = *delta->rate;
}

static int note_region(const struct dmstat_region_delta *delta, void *data)
{
	struct got *it = &got[gots++];

	(void)data;
	it->delta = *delta;
	it->total = *delta->total;
	it->area = *delta->total->area;
	it->read = *it->area.read;
	it->write = *it->area.write;
	it->rate = *delta->total->read;
	it->histogram = *it->area.histogram[DMSTAT_READ];
	if (delta->device)
		note_device(it, delta->device);
	return gots == end ? 9 : 0;
}

static int note_device_delta(const struct dmstat_device_delta *delta,
			     void *data)
{
	(void)data;
	note_device(&got[gots++], delta);
	return gots == end ? 9 : 0;
}

static int compare(const struct dmstat_snapshots *before,
		   const struct dmstat_snapshots *after)
{
	memset(got, 0, sizeof(got));
	gots = 0;
	end = 0;
	return dmstat_region_deltas(before, after, note_region, NULL);
}

static int compare_devices(const struct dmstat_snapshots *before,
			   const struct dmstat_snapshots *after)
{
	memset(got, 0, sizeof(got));
	gots = 0;
	end = 0;
	return dmstat_device_deltas(before, after, note_device_delta, NULL);
}

static int count_area(const struct dmstat_area *area, void *data)
{
	(void)area;
	++*(int *)data;
	return 0;
}

/* ------------------------------------------------------------------ promises */

static void a_set_has_regions_areas_and_devices(void)
{
	const struct dmstat_snapshots_region *region;
	const struct dmstat_snapshots_info *info;
	struct dmstat_snapshots *set;
	int areas = 0;

	say_areas(5, 0, AREAS, 20);
	say_areas(12, 0, AREAS, 30);
	say_done();
	/* In no order, and 9 has seen nothing. */
	say_region(12, .minor = 4);
	say_region(9, .minor = 3);
	say_region(5, .minor = 4);
	say_done();
	say_device(4, "");
	say_device(3, "LVM-a");
	say_done();
	set = take(1);
	EXPECT_EQUAL(kernel_was_asked(), 3);

	info = dmstat_snapshots_info(set);
	EXPECT_EQUAL(info->regions, 3);
	EXPECT_EQUAL(info->devices, 2);
	EXPECT_EQUAL(info->merge, DMSTAT_MERGE_ALL);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 0)->region->region_id, 5);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 1)->region->region_id, 9);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 2)->region->region_id, 12);
	EXPECT(!dmstat_snapshots_at(set, 3));
	EXPECT_STRING(dmstat_snapshots_device_at(set, 0)->name, "vg-3");
	EXPECT_STRING(dmstat_snapshots_device_at(set, 0)->uuid, "LVM-a");
	EXPECT_EQUAL(dmstat_snapshots_device_at(set, 1)->minor, 4);
	EXPECT(!dmstat_snapshots_device_at(set, 2));
	EXPECT_EQUAL(dmstat_snapshots_device(set, 253, 4)->minor, 4);
	EXPECT(!dmstat_snapshots_device(set, 253, 5));
	EXPECT(!dmstat_snapshots_device(set, 252, 4));

	EXPECT(!dmstat_snapshots_find(set, 6));
	region = dmstat_snapshots_find(set, 12);
	EXPECT(region == dmstat_snapshots_at(set, 2));
	EXPECT_STRING(region->device->name, "vg-4");
	EXPECT_STRING(region->region->device_name, "vg-4");
	EXPECT_STRING(region->region->program_id, "fio");
	EXPECT_STRING(region->region->group, "logs");
	EXPECT_EQUAL(region->region->user_data_size, 5);
	EXPECT(!memcmp(region->region->user_data, "\1\2\3\4\5", 5));
	EXPECT_EQUAL(region->region->bounds[1], 1000000);
	EXPECT_EQUAL(dmstat_snapshot_info(region->snapshot)->active, 1);
	EXPECT_EQUAL(dmstat_snapshot_areas(region->snapshot, count_area,
					   &areas), 0);
	EXPECT_EQUAL(areas, 1);

	region = dmstat_snapshots_find(set, 9);
	EXPECT_EQUAL(dmstat_snapshot_info(region->snapshot)->active, 0);
	EXPECT_EQUAL(dmstat_snapshot_info(region->snapshot)->areas, AREAS);
	dmstat_snapshots_free(set);
}

static void a_set_of_nothing_is_empty(void)
{
	struct dmstat_snapshots *set;

	say_done();
	say_done();
	say_done();
	set = take(1);
	EXPECT_EQUAL(dmstat_snapshots_info(set)->regions, 0);
	EXPECT(!dmstat_snapshots_at(set, 0));
	EXPECT(!dmstat_snapshots_find(set, 1));
	EXPECT(!dmstat_snapshots_device(set, 253, 3));
	EXPECT_EQUAL(compare(NULL, set), 0);
	EXPECT_EQUAL(gots, 0);
	dmstat_snapshots_free(set);
	dmstat_snapshots_free(NULL);
}

static void a_set_knows_when_it_was_taken(void)
{
	struct timespec before, after;
	struct dmstat_snapshots *set;
	uint64_t taken_ns;

	say_done();
	say_region(5, .created = 1);
	say_done();
	say_done();
	clock_gettime(CLOCK_MONOTONIC, &before);
	EXPECT_EQUAL(try_take(&set), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	taken_ns = dmstat_snapshots_info(set)->taken_ns;
	EXPECT(taken_ns >= before.tv_sec * S + before.tv_nsec);
	EXPECT(taken_ns <= after.tv_sec * S + after.tv_nsec);
	EXPECT_EQUAL(dmstat_snapshot_info(dmstat_snapshots_at(set, 0)->snapshot)
		     ->taken_ns, taken_ns);

	/* A region created in 1970 is older than 50 years. */
	clock_gettime(CLOCK_REALTIME, &after);
	EXPECT(set->regions[0]->snapshot.age_ns <=
	       after.tv_sec * S + after.tv_nsec);
	EXPECT(set->regions[0]->snapshot.age_ns > 50 * 365 * 86400 * S);
	dmstat_snapshots_free(set);
}

static void a_delta_has_each_region_of_the_later_set(void)
{
	struct dmstat_snapshots *before, *after;

	before = take_two(10, 1000, 0);
	after = take_two(14, 3000, 0);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(got[0].delta.region->region_id, 5);
	EXPECT(!got[0].delta.is_new && !got[0].delta.cleared);
	EXPECT_EQUAL(got[0].total.elapsed_ns, 4 * S);
	EXPECT_EQUAL(got[0].area.region_id, 5);
	EXPECT_EQUAL(got[0].area.areas, AREAS);
	EXPECT_EQUAL(got[0].area.start, 100);
	EXPECT_EQUAL(got[0].area.length, AREAS * 8);
	EXPECT_EQUAL(got[0].area.in_flight_read, 2);
	EXPECT_EQUAL(got[0].read.ios, 2000);
	EXPECT_EQUAL(got[0].read.again, 200);
	EXPECT_REAL(got[0].rate.ios_per_s, 500);
	EXPECT_REAL(got[0].rate.sectors_per_s, 4000);
	EXPECT_EQUAL(got[0].rate.mean_ns, 2000);
	/* In the bin of 1000 ns to less than 1 ms, and at most 9000 ns. */
	EXPECT_EQUAL(got[0].rate.longest_least_ns, 2000);
	EXPECT_EQUAL(got[0].rate.longest_most_ns, 9000);
	EXPECT_REAL(got[0].total.queue_depth, 0.0015);
	EXPECT_EQUAL(got[0].histogram.bins, BINS);
	EXPECT_EQUAL(got[0].histogram.ios[0], 0);
	EXPECT_EQUAL(got[0].histogram.ios[1], 2000);
	EXPECT_EQUAL(got[0].write.ios, 0);

	/* One that has seen nothing. */
	EXPECT_EQUAL(got[1].delta.region->region_id, 9);
	EXPECT_EQUAL(got[1].total.elapsed_ns, 4 * S);
	EXPECT_EQUAL(got[1].read.ios, 0);
	EXPECT_EQUAL(got[1].histogram.bins, BINS);
	EXPECT_EQUAL(got[1].histogram.ios[1], 0);
	EXPECT_EQUAL(got[1].area.in_flight_read, 0);

	end = 1;
	gots = 0;
	EXPECT_EQUAL(dmstat_region_deltas(before, after, note_region, NULL), 9);
	EXPECT_EQUAL(gots, 1);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

static void new_and_cleared_regions_are_marked(void)
{
	struct dmstat_snapshots *before, *after, *fewer;

	say_areas(5, 0, AREAS, 50);
	say_areas(9, 0, AREAS, 50);
	say_areas(11, 0, AREAS, 50);
	say_done();
	say_region(5, .created = 1, .missed = 3);
	say_region(9, .created = 1, .clears = 1);
	say_region(11, .created = 1);
	say_done();
	say_done();
	before = take(10);

	/* 5 counts on, 9 was cleared, 11 is another region, 12 is new. */
	say_areas(5, 0, AREAS, 60);
	say_areas(9, 0, AREAS, 20);
	say_areas(11, 0, AREAS, 70);
	say_areas(12, 0, AREAS, 400);
	say_done();
	say_region(5, .created = 1, .missed = 8);
	say_region(9, .created = 1, .clears = 2);
	say_region(11, .created = 2);
	say_region(12, .created = 2, .missed = 7);
	say_done();
	say_done();
	after = take(11);

	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 4);
	EXPECT(!got[0].delta.is_new && !got[0].delta.cleared);
	EXPECT(!got[0].delta.device);
	EXPECT(got[0].delta.before && got[0].delta.after);
	EXPECT_EQUAL(got[0].read.ios, 10);
	EXPECT_EQUAL(got[0].delta.missed, 5);
	EXPECT(!got[1].delta.is_new && got[1].delta.cleared);
	EXPECT_EQUAL(got[1].read.ios, 20);
	EXPECT(got[2].delta.is_new && !got[2].delta.cleared);
	EXPECT(!got[2].delta.before);
	EXPECT_EQUAL(got[2].read.ios, 70);
	EXPECT(got[3].delta.is_new && !got[3].delta.cleared);
	EXPECT_EQUAL(got[3].delta.missed, 7);
	/* Since it was created. */
	EXPECT_EQUAL(got[3].total.elapsed_ns, 100 * S);
	EXPECT_REAL(got[3].rate.ios_per_s, 4);

	EXPECT_EQUAL(compare(NULL, after), 0);
	EXPECT_EQUAL(gots, 4);
	EXPECT(got[0].delta.is_new);
	EXPECT_EQUAL(got[0].read.ios, 60);
	EXPECT(got[1].delta.cleared);

	/* What is gone is left out. */
	say_done();
	say_region(9, .created = 1, .clears = 2);
	say_done();
	say_done();
	fewer = take(12);
	EXPECT_EQUAL(compare(after, fewer), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].delta.region->region_id, 9);
	dmstat_snapshots_free(fewer);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

/* Take a set of a total that was cleared so often, with DMSTAT_AREAS_UNCLEARED. */
static struct dmstat_snapshots *take_uncleared(uint64_t seconds, uint64_t reads,
					       uint64_t clears, uint64_t missed)
{
	struct dmstat_snapshots *set;

	say_areas(5, 0, AREAS, reads);
	say("u64 DMSTAT_A_AREA_CLEARS %llu\n", (unsigned long long)clears);
	say_done();
	say_region(5, .created = 1, .clears = clears, .missed = missed);
	say_done();
	say_done();
	flags = DMSTAT_AREAS_UNCLEARED;
	set = take(seconds);
	flags = 0;
	return set;
}

/* Of some areas: the others have counted 2,000 reads before. */
static void a_total_grows_by_the_io_in_spite_of_clears(void)
{
	struct dmstat_snapshots *before = take_uncleared(10, 2003, 1, 7);
	struct dmstat_snapshots *after = take_uncleared(12, 2008, 2, 2);

	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT(got[0].delta.cleared && got[0].total.cleared);
	EXPECT_EQUAL(got[0].read.ios, 5);
	EXPECT_EQUAL(got[0].read.sectors, 40);
	EXPECT_EQUAL(got[0].read.ns, 10000);
	EXPECT_EQUAL(got[0].area.queue_ns, 15000);
	EXPECT_EQUAL(got[0].histogram.ios[1], 5);
	EXPECT_REAL(got[0].rate.ios_per_s, 2.5);
	/* A clear has set it back to 0. */
	EXPECT_EQUAL(got[0].delta.missed, 2);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

static void a_set_is_read_as_its_flags_say(void)
{
	struct nlmsghdr *request = (struct nlmsghdr *)kernel_request();
	struct dmstat_snapshots *set;

	/* The request for the areas is the last one. */
	flags = DMSTAT_AREAS_UNCLEARED;
	say("error -EPERM\ndatagram\n");
	EXPECT_EQUAL(try_take(&set), -EPERM);
	EXPECT(nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_ACTIVE));
	EXPECT(nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_UNCLEARED));
	flags = DMSTAT_AREAS_ACTIVE;
	say("error -EPERM\ndatagram\n");
	EXPECT_EQUAL(try_take(&set), -EPERM);
	EXPECT(!nlmsg_find_attr(request, GENL_HDRLEN, DMSTAT_A_AREA_UNCLEARED));

	flags = DMSTAT_AREAS_CLEAR;
	EXPECT_EQUAL(try_take(&set), -EINVAL);
	flags = DMSTAT_AREAS_UNCLEARED << 1;
	EXPECT_EQUAL(try_take(&set), -EINVAL);
	EXPECT(!set);
	flags = 0;
}

/* The sums of areas, where the kernel did not make them. */
static void a_total_is_the_sum_of_the_areas(void)
{
	struct dmstat_snapshots *before, *after;

	say_areas(5, 0, 4, 100);
	say_areas(5, 8, 2, 10);
	say_done();
	say_region(5, .created = 1);
	say_done();
	say_done();
	before = take(10);
	say_areas(5, 0, 4, 150);
	say_areas(5, 4, 4, 20);
	say_areas(5, 8, 2, 4);
	say_done();
	say_region(5, .created = 1);
	say_done();
	say_done();
	after = take(12);

	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	/* The last one was cleared. */
	EXPECT(got[0].delta.cleared);
	EXPECT_EQUAL(got[0].read.ios, 50 + 20 + 4);
	EXPECT_EQUAL(got[0].histogram.ios[1], 50 + 20 + 4);
	EXPECT_EQUAL(got[0].area.in_flight_read, 6);
	EXPECT_EQUAL(got[0].read.longest_ns, 9000);
	EXPECT_EQUAL(got[0].rate.longest_most_ns, 9000);
	/* The second area had counted nothing before. */
	EXPECT_EQUAL(got[0].rate.longest_least_ns, 9000);
	EXPECT_REAL(got[0].rate.ios_per_s, 37);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

static void say_watched(uint32_t region_id, const char *uuid, uint64_t flushes)
{
	say_done();
	say_region(region_id, .minor = 3, .created = region_id);
	say_done();
	say_device(3, uuid);
	if (flushes)
		say_flushes(flushes);
	say_done();
}

static struct dmstat_snapshots *take_watched(uint64_t seconds,
					     uint32_t region_id,
					     const char *uuid, uint64_t flushes)
{
	say_watched(region_id, uuid, flushes);
	return take(seconds);
}

static void flushes_of_a_device_are_compared(void)
{
	struct dmstat_snapshots *before = take_watched(10, 5, "LVM-a", 10);
	struct dmstat_snapshots *after = take_watched(12, 5, "LVM-a", 40);

	EXPECT_EQUAL(compare_devices(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(gots, 1);
	EXPECT_EQUAL(got[0].device.device->minor, 3);
	EXPECT(!got[0].device.is_new && !got[0].device.restarted);
	EXPECT_EQUAL(got[0].device.elapsed_ns, 2 * S);
	EXPECT_EQUAL(got[0].device.missed, 30);
	EXPECT_EQUAL(got[0].flush.ios, 30);
	EXPECT_EQUAL(got[0].flush.again, 30);
	EXPECT_EQUAL(got[0].flush.histogram[1], 30);
	EXPECT_EQUAL(got[0].flush.histogram[2], 0);
	EXPECT_REAL(got[0].flush_rate.ios_per_s, 15);
	EXPECT_EQUAL(got[0].flush_rate.mean_ns, 1500);
	EXPECT_EQUAL(got[0].flush_rate.longest_least_ns, 1500);
	EXPECT_EQUAL(got[0].flush_rate.longest_most_ns, 1900);
	EXPECT_REAL(got[0].device.utilization, 0.015);

	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

static void flushes_that_started_again_are_marked(void)
{
	struct dmstat_snapshots *before = take_watched(10, 5, "LVM-a", 10);
	struct dmstat_snapshots *after = take_watched(12, 6, "LVM-a", 4);
	struct dmstat_snapshots *none = take_watched(12, 6, "LVM-a", 0);

	EXPECT_EQUAL(compare_devices(before, after), 0);
	EXPECT(!got[0].device.is_new);
	EXPECT(got[0].device.restarted);
	EXPECT_EQUAL(got[0].flush.ios, 4);
	EXPECT_EQUAL(got[0].flush.histogram[1], 4);
	EXPECT_REAL(got[0].flush_rate.ios_per_s, 2);

	EXPECT_EQUAL(compare_devices(before, none), 0);
	EXPECT(got[0].device.restarted);
	EXPECT_EQUAL(got[0].flush.ios, 0);

	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
	dmstat_snapshots_free(none);
}

static void another_device_with_the_same_number_is_new(void)
{
	struct dmstat_snapshots *before = take_watched(10, 5, "LVM-a", 10);
	struct dmstat_snapshots *other = take_watched(12, 6, "LVM-b", 40);
	struct dmstat_snapshots *renamed = take_watched(12, 5, "LVM-b", 40);
	struct dmstat_snapshots *same = take_watched(12, 6, "LVM-a", 40);

	EXPECT_EQUAL(compare_devices(before, other), 0);
	EXPECT(got[0].device.is_new);
	EXPECT_EQUAL(got[0].flush.ios, 40);
	EXPECT_EQUAL(got[0].device.elapsed_ns, 100 * S);
	EXPECT_REAL(got[0].flush_rate.ios_per_s, 0.4);

	/* With a region that was there all the time, it is the same. */
	EXPECT_EQUAL(compare_devices(before, renamed), 0);
	EXPECT(!got[0].device.is_new);
	EXPECT_EQUAL(got[0].flush.ios, 30);

	/* So it is with its uuid, even if its region is new. */
	EXPECT_EQUAL(compare_devices(before, same), 0);
	EXPECT(!got[0].device.is_new);
	EXPECT_EQUAL(got[0].flush.ios, 30);

	EXPECT_EQUAL(compare_devices(NULL, before), 0);
	EXPECT(got[0].device.is_new);
	EXPECT_EQUAL(got[0].flush.ios, 10);
	dmstat_snapshots_free(same);

	/* Without uuids, names are compared. */
	same = take_watched(13, 7, "", 50);
	EXPECT_EQUAL(compare_devices(other, same), 0);
	EXPECT(got[0].device.is_new);
	dmstat_snapshots_free(other);
	other = take_watched(12, 6, "", 40);
	EXPECT_EQUAL(compare_devices(other, same), 0);
	EXPECT(!got[0].device.is_new);
	EXPECT_EQUAL(got[0].flush.ios, 10);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(other);
	dmstat_snapshots_free(renamed);
	dmstat_snapshots_free(same);
}

static void what_changes_while_a_set_is_taken_is_left_out(void)
{
	struct dmstat_snapshots *set;

	/* 5 is deleted after its areas were read, 9 is created. */
	say_areas(5, 0, AREAS, 20);
	say_areas(7, 0, AREAS, 20);
	say_done();
	say_region(7, .minor = 3);
	say_region(9, .minor = 3);
	say_done();
	say_done();
	set = take(1);
	EXPECT_EQUAL(dmstat_snapshots_info(set)->regions, 2);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 0)->region->region_id, 7);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 1)->region->region_id, 9);
	EXPECT(!dmstat_snapshots_at(set, 1)->device);
	dmstat_snapshots_free(set);
}

static void interrupted_walks_are_repeated(void)
{
	struct dmstat_snapshots *set;
	int areas = 0;

	say_areas(5, 0, AREAS, 20);
	say_interrupted();
	say_areas(7, 0, AREAS, 20);
	say_done();
	say_region(6, .minor = 3);
	say_region(7, .minor = 3);
	say_interrupted();
	say_region(7, .minor = 3);
	say_region(9, .minor = 3);
	say_done();
	say_device(3, "");
	say_interrupted();
	say_device(3, "");
	say_device(4, "");
	say_done();
	set = take(1);
	EXPECT_EQUAL(kernel_was_asked(), 6);
	EXPECT_EQUAL(dmstat_snapshots_info(set)->regions, 2);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 0)->region->region_id, 7);
	EXPECT_EQUAL(dmstat_snapshots_at(set, 1)->region->region_id, 9);
	EXPECT_EQUAL(dmstat_snapshots_info(set)->devices, 2);
	EXPECT_EQUAL(dmstat_snapshot_areas(dmstat_snapshots_at(set, 0)->snapshot,
					   count_area, &areas), 0);
	EXPECT_EQUAL(areas, 1);
	dmstat_snapshots_free(set);

	say("again\n");
	say_interrupted();
	EXPECT_EQUAL(try_take(&set), -EAGAIN);
	EXPECT(!set);
	EXPECT_EQUAL(kernel_was_asked(), 10);
	EXPECT_STRING(dmstat_error(handle),
		      "regions or devices came and went during each of 10 readings: try again");
}

#define EXPECT_MALFORMED do {						\
	struct dmstat_snapshots *set_;					\
									\
	say_done();							\
	EXPECT_EQUAL(try_take(&set_), -EBADMSG);			\
	EXPECT(!set_);							\
} while (0)

static void impossible_sets_are_malformed(void)
{
	const uint64_t bins[2] = { 1, 1 };

	/* Another number of bins than the region has bounds for. */
	say_total(5, 0, AREAS);
	say("nest DMSTAT_A_AREA_READ\n");
	say_numbers("DMSTAT_A_IO_HISTOGRAM", bins, 2);
	say("end\n");
	say_done();
	say_region(5, .minor = 3);
	EXPECT_MALFORMED;

	/* Or than another operation has. */
	say_areas(5, 0, 1, 1);
	say_total(5, 1, 1);
	say("nest DMSTAT_A_AREA_READ\n");
	say_numbers("DMSTAT_A_IO_HISTOGRAM", bins, 2);
	say("end\n");
	EXPECT_MALFORMED;

	/* More areas than the region has, or in another place. */
	say_areas(5, 0, AREAS + 1, 1);
	say_done();
	say_region(5, .minor = 3);
	EXPECT_MALFORMED;
	say_total(5, 0, AREAS);
	say("u32 DMSTAT_A_AREA_START 101\n");
	say_done();
	say_region(5, .minor = 3);
	EXPECT_MALFORMED;
	say_total(5, 1, 2);
	say("u32 DMSTAT_A_AREA_LENGTH 17\n");
	say_done();
	say_region(5, .minor = 3);
	EXPECT_MALFORMED;

	/* The same region twice. */
	say_done();
	say_region(5, .minor = 3);
	say_region(5, .minor = 3);
	say_done();
	EXPECT_MALFORMED;

	/* A region without areas. */
	say_done();
	say("message DMSTAT_CMD_REGION_GET\n"
	    "u32 DMSTAT_A_REGION_REGION_ID 5\n");
	EXPECT_MALFORMED;
}

static void a_filter_is_checked(void)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_snapshots *set;

	filter.struct_size = 1;
	EXPECT_EQUAL(dmstat_snapshots_take(handle, &filter, 0, 0, &set),
		     -EINVAL);
	EXPECT(!set);
}

static void only_sets_of_the_same_merge_are_compared(void)
{
	struct dmstat_snapshots *before = take_two(10, 1, 1);
	struct dmstat_snapshots *after = take_two(11, 2, 2);

	EXPECT_EQUAL(compare(after, before), -EINVAL);
	EXPECT_EQUAL(compare_devices(after, before), -EINVAL);
	before->info.merge = 1;
	EXPECT_EQUAL(compare(before, after), -EINVAL);
	EXPECT_EQUAL(compare_devices(before, after), -EINVAL);
	before->info.merge = after->info.merge;
	EXPECT_EQUAL(compare(before, after), 0);
	before->uncleared = true;
	EXPECT_EQUAL(compare(before, after), -EINVAL);
	EXPECT_EQUAL(compare_devices(before, after), -EINVAL);
	EXPECT_EQUAL(gots, 0);

	/* A set and itself. */
	EXPECT_EQUAL(compare(after, after), 0);
	EXPECT_EQUAL(gots, 2);
	EXPECT_EQUAL(got[0].read.ios, 0);
	EXPECT_EQUAL(got[0].total.elapsed_ns, 0);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

/* A region of a single area knows how long it was busy. */
static void only_a_single_area_has_busy_time(void)
{
	struct dmstat_snapshots *before, *after;

	before = take_two(10, 1, 1);
	after = take_two(20, 1, 1);
	((struct snapshot_entry *)
	 after->regions[0]->snapshot.entries.first->entries)->busy_ns = 5 * S;
	after->regions[0]->region.areas = 1;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].area.busy_ns, 5 * S);
	EXPECT_REAL(got[0].total.utilization, 0.5);
	EXPECT_EQUAL(got[1].area.busy_ns, 0);

	after->regions[0]->region.areas = 2;
	EXPECT_EQUAL(compare(before, after), 0);
	EXPECT_EQUAL(got[0].area.busy_ns, 0);
	EXPECT_REAL(got[0].total.utilization, 0);
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
}

/* A total needs little memory; entries of many areas are kept together. */
static void a_region_grows_with_the_areas_that_saw_io(void)
{
	const struct snapshot_chunk *chunk;
	struct dmstat_snapshots *set;
	int i, areas = 0;

	for (i = 0; i < AREAS; i++)
		say_areas(5, i, 1, 1);
	say_areas(6, 0, AREAS, 1);
	say_done();
	say_region(5, .minor = 3);
	say_region(6, .minor = 3);
	say_done();
	say_done();
	set = take(1);

	chunk = set->regions[1]->snapshot.entries.first;
	EXPECT_EQUAL(chunk->used, chunk->size);
	EXPECT_EQUAL(chunk->size, sizeof(struct snapshot_entry) +
		     BINS * sizeof(uint64_t));
	EXPECT(!chunk->next);

	chunk = set->regions[0]->snapshot.entries.first;
	for (i = 1; chunk; chunk = chunk->next, i *= 2)
		EXPECT_EQUAL(chunk->size, i * (sizeof(struct snapshot_entry) +
			     BINS * sizeof(uint64_t)));
	EXPECT_EQUAL(i, 16);
	EXPECT_EQUAL(dmstat_snapshot_areas(dmstat_snapshots_at(set, 0)->snapshot,
					   count_area, &areas), 0);
	EXPECT_EQUAL(areas, AREAS);
	dmstat_snapshots_free(set);
}

/* More than fit into the first allocation. */
static void many_regions_fit_into_a_set(void)
{
	struct dmstat_snapshots *set;
	uint32_t id;

	say_done();
	for (id = 1; id <= 200; id++)
		say("message DMSTAT_CMD_REGION_GET\n"
		    "u32 DMSTAT_A_REGION_REGION_ID %u\n"
		    "u32 DMSTAT_A_REGION_LENGTH 8\n"
		    "u32 DMSTAT_A_REGION_AREA_SIZE 8\n"
		    "u32 DMSTAT_A_REGION_AREAS 1\n", 201 - id);
	say_done();
	say_done();
	set = take(1);
	EXPECT_EQUAL(dmstat_snapshots_info(set)->regions, 200);
	for (id = 1; id <= 200; id++) {
		EXPECT_EQUAL(dmstat_snapshots_at(set, id - 1)->region->region_id,
			     id);
		EXPECT(dmstat_snapshots_find(set, id) ==
		       dmstat_snapshots_at(set, id - 1));
	}
	dmstat_snapshots_free(set);
}

static const struct test tests[] = {
	TEST(a_set_has_regions_areas_and_devices),
	TEST(a_set_of_nothing_is_empty),
	TEST(a_set_knows_when_it_was_taken),
	TEST(a_delta_has_each_region_of_the_later_set),
	TEST(new_and_cleared_regions_are_marked),
	TEST(a_total_grows_by_the_io_in_spite_of_clears),
	TEST(a_set_is_read_as_its_flags_say),
	TEST(a_total_is_the_sum_of_the_areas),
	TEST(flushes_of_a_device_are_compared),
	TEST(flushes_that_started_again_are_marked),
	TEST(another_device_with_the_same_number_is_new),
	TEST(what_changes_while_a_set_is_taken_is_left_out),
	TEST(interrupted_walks_are_repeated),
	TEST(impossible_sets_are_malformed),
	TEST(a_filter_is_checked),
	TEST(only_sets_of_the_same_merge_are_compared),
	TEST(only_a_single_area_has_busy_time),
	TEST(a_region_grows_with_the_areas_that_saw_io),
	TEST(many_regions_fit_into_a_set),
};

int main(void)
{
	return faked_run(&handle, tests, sizeof(tests) / sizeof(*tests));
}
