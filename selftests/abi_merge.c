// SPDX-License-Identifier: GPL-2.0-only
/*
 * area-get of several regions, and of several areas as one: which areas an answer
 * is about, that it is their sum, and how much faster it is than to read each.
 */
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "abi.h"
#include "attribute.h"
#include "cpu_time.h"

/* A hundred areas of 1000 sectors and a short one. */
#define SECTORS 100008
#define AREA_SECTORS 1000
#define NR_AREAS 101
#define TOTAL 0xffffffff

#define FIRST(v) U64(DMSTAT_A_AREA_FIRST_AREA, v)
#define COUNT(v) U64(DMSTAT_A_AREA_AREA_COUNT, v)
#define MERGE(v) U32(DMSTAT_A_AREA_MERGE, v)
#define ACTIVE FLAG(DMSTAT_A_AREA_ACTIVE)
#define CLEAR FLAG(DMSTAT_A_AREA_CLEAR)
#define UNCLEARED FLAG(DMSTAT_A_AREA_UNCLEARED)
#define AREA_DEVICE(minor) \
	U32_PAIR(DMSTAT_A_AREA_MAJOR, dm_major(), minor)
#define PROGRAM_ID(v) STRING(DMSTAT_A_REGION_PROGRAM_ID, v)
#define GROUP(v) STRING(DMSTAT_A_REGION_GROUP, v)

#define OPERATIONS 3
#define NR_BINS 3

static const uint16_t operations[OPERATIONS] = {
	DMSTAT_A_AREA_READ, DMSTAT_A_AREA_WRITE, DMSTAT_A_AREA_DISCARD,
};

static const uint16_t counters[] = {
	DMSTAT_A_IO_IOS, DMSTAT_A_IO_SECTORS, DMSTAT_A_IO_NS,
	DMSTAT_A_IO_ERRORS, DMSTAT_A_IO_AGAIN,
};

#define NR_COUNTERS (sizeof(counters) / sizeof(*counters))

/* Every I/O takes longer than the first and less than the second. */
static const uint64_t bounds[NR_BINS - 1] = { 1, 3600000000000000ULL };

FIXTURE(merge)
{
	struct netlink netlink;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(merge)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_linear("abi", SECTORS);
	self->id = region_make(&self->netlink, self->minor,
			       U64(DMSTAT_A_REGION_AREA_SIZE, AREA_SECTORS),
			       BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS, bounds,
				     sizeof(bounds)));
}

FIXTURE_TEARDOWN_PARENT(merge)
{
	dm_remove_all();
}

#define dump(...) area_dump(&self->netlink, self->id, ##__VA_ARGS__)
#define dump_all(...) netlink_dump(&self->netlink, DMSTAT_CMD_AREA_GET, \
				   ATTRIBUTES(__VA_ARGS__))

static struct object only_one(struct answer answer)
{
	if (answer.error || answer.nr != 1)
		errx(KSFT_FAIL, "%zu areas, %s %s", answer.nr,
		     strerror(answer.error), answer.text);
	return answer.objects[0];
}

/* What areas have counted. */
struct sums {
	uint64_t counters[OPERATIONS][NR_COUNTERS];
	uint64_t longest[OPERATIONS];
	uint64_t bins[OPERATIONS][NR_BINS];
	uint64_t queue_ns, reads, writes, clears;
};

static void add_bins(uint64_t *sums, const struct object *io)
{
	const struct nlattr *bins = object_find(io, DMSTAT_A_IO_HISTOGRAM);
	uint64_t values[NR_BINS];
	int i;

	if (!bins || attribute_size(bins) != sizeof(values))
		return;
	memcpy(values, attribute_data(bins), sizeof(values));
	for (i = 0; i < NR_BINS; i++)
		sums[i] += values[i];
}

static void add_io(struct sums *sums, int operation, const struct object *area)
{
	struct object io = object_nested(area, operations[operation]);
	uint64_t longest = object_uint(&io, DMSTAT_A_IO_LONGEST_NS);
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		sums->counters[operation][i] += object_uint(&io, counters[i]);
	if (longest > sums->longest[operation])
		sums->longest[operation] = longest;
	add_bins(sums->bins[operation], &io);
}

static struct sums sum(const struct object *areas, size_t nr)
{
	struct sums sums = {};
	int i;

	for (; nr; nr--, areas++) {
		for (i = 0; i < OPERATIONS; i++) {
			if (object_has(areas, operations[i]))
				add_io(&sums, i, areas);
		}
		sums.queue_ns += object_uint(areas, DMSTAT_A_AREA_QUEUE_NS);
		sums.reads += object_uint(areas, DMSTAT_A_AREA_IN_FLIGHT_READ);
		sums.writes += object_uint(areas,
					   DMSTAT_A_AREA_IN_FLIGHT_WRITE);
		sums.clears += object_uint(areas, DMSTAT_A_AREA_CLEARS);
	}
	return sums;
}

/* @merged is the sum of @areas. */
static bool is_sum(const struct object *merged, const struct object *areas,
		   size_t nr)
{
	struct sums one = sum(merged, 1), all = sum(areas, nr);

	return !memcmp(&one, &all, sizeof(one));
}

/* @merged has the place of @nr areas from @first on, @nr more than 1. */
static bool is_at(const struct object *merged, uint64_t first, uint64_t nr)
{
	uint64_t start = first * AREA_SECTORS;
	uint64_t end = (first + nr) * AREA_SECTORS;

	if (end > SECTORS)
		end = SECTORS;
	return object_uint(merged, DMSTAT_A_AREA_INDEX) == first &&
	       object_uint(merged, DMSTAT_A_AREA_AREAS) == nr &&
	       object_uint(merged, DMSTAT_A_AREA_START) == start &&
	       object_uint(merged, DMSTAT_A_AREA_LENGTH) == end - start &&
	       !object_has(merged, DMSTAT_A_AREA_BUSY_NS);
}

/* I/O of each kind in several areas, some of which are in one chunk. */
static void do_io(struct __test_metadata *_metadata, unsigned int minor)
{
	EXPECT_EQ(0, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(0, io_do(minor, IO_READ, 8, 16));
	EXPECT_EQ(0, io_do(minor, IO_READ, 1992, 1016));
	EXPECT_EQ(0, io_do(minor, IO_WRITE, 2000, 8));
	EXPECT_EQ(0, io_do(minor, IO_WRITE, 70000, 24));
	EXPECT_EQ(0, io_do(minor, IO_DISCARD, 71000, 40));
	EXPECT_EQ(0, io_do(minor, IO_READ, 100000, 8));
}

/* ------------------------------------------------------ areas of a region */

TEST_F(merge, a_total_is_the_sum_of_all_areas)
{
	struct answer all;
	struct object total;

	do_io(_metadata, self->minor);
	all = dump();
	ASSERT_EQ(NR_AREAS, all.nr);
	total = only_one(dump(MERGE(TOTAL)));
	EXPECT_TRUE(is_at(&total, 0, NR_AREAS));
	EXPECT_TRUE(is_sum(&total, all.objects, all.nr));
	/* Two in the first area, one in three areas, one in the last area. */
	EXPECT_EQ(6, io_counter(&total, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS));
	EXPECT_EQ(1048, io_counter(&total, DMSTAT_A_AREA_READ,
				   DMSTAT_A_IO_SECTORS));
	EXPECT_EQ(2, io_counter(&total, DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_IOS));
	EXPECT_EQ(1, io_counter(&total, DMSTAT_A_AREA_DISCARD,
				DMSTAT_A_IO_IOS));
	EXPECT_EQ(6, sum(&total, 1).bins[0][1]);
	EXPECT_FALSE(object_has(&total, DMSTAT_A_AREA_REGION_ID));
}

TEST_F(merge, groups_are_counted_from_the_first_area_wanted)
{
	struct answer all, answer;
	int i;

	do_io(_metadata, self->minor);
	all = dump();
	ASSERT_EQ(NR_AREAS, all.nr);

	answer = dump(MERGE(10));
	ASSERT_EQ(11, answer.nr);
	for (i = 0; i < 10; i++) {
		EXPECT_TRUE(is_at(&answer.objects[i], i * 10, 10));
		EXPECT_TRUE(is_sum(&answer.objects[i], &all.objects[i * 10],
				   10));
	}
	/* The last one is about one area, and as that is given. */
	EXPECT_EQ(100, object_uint(&answer.objects[10], DMSTAT_A_AREA_INDEX));
	EXPECT_FALSE(object_has(&answer.objects[10], DMSTAT_A_AREA_AREAS));
	EXPECT_TRUE(object_equal(&answer.objects[10], &all.objects[100]));
	EXPECT_LT(0, object_uint(&answer.objects[10], DMSTAT_A_AREA_BUSY_NS));

	answer = dump(FIRST(1), COUNT(8), MERGE(3));
	ASSERT_EQ(3, answer.nr);
	EXPECT_TRUE(is_at(&answer.objects[0], 1, 3));
	EXPECT_TRUE(is_sum(&answer.objects[0], &all.objects[1], 3));
	EXPECT_TRUE(is_at(&answer.objects[2], 7, 2));
	answer = dump(FIRST(98), MERGE(TOTAL));
	ASSERT_EQ(1, answer.nr);
	EXPECT_TRUE(is_at(&answer.objects[0], 98, 3));
	EXPECT_TRUE(is_sum(&answer.objects[0], &all.objects[98], 3));
}

TEST_F(merge, of_one_area_changes_nothing)
{
	struct answer plain, merged;
	size_t i;

	do_io(_metadata, self->minor);
	plain = dump();
	merged = dump(MERGE(1));
	ASSERT_EQ(plain.nr, merged.nr);
	for (i = 0; i < plain.nr; i++)
		EXPECT_TRUE(object_equal(&plain.objects[i],
					 &merged.objects[i]));
}

TEST_F(merge, active_skips_groups_without_io)
{
	struct answer answer = dump(MERGE(TOTAL), ACTIVE);
	pid_t write;

	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
	answer = dump(MERGE(TOTAL));
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(4, object_count(answer.objects));

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 40000, 8));
	answer = dump(FIRST(2), MERGE(10), ACTIVE);
	ASSERT_EQ(1, answer.nr);
	EXPECT_TRUE(is_at(&answer.objects[0], 32, 10));

	/* In flight is active, too. */
	dm_suspend("abi");
	write = io_start(self->minor, IO_WRITE, 99000, 8);
	answer = dump(MERGE(50), ACTIVE);
	ASSERT_EQ(2, answer.nr);
	EXPECT_TRUE(is_at(&answer.objects[1], 50, 50));
	EXPECT_EQ(1, object_uint(&answer.objects[1],
				 DMSTAT_A_AREA_IN_FLIGHT_WRITE));
	dm_resume("abi");
	io_end(write);
}

TEST_F(merge, sums_what_is_in_flight_and_its_time)
{
	struct object first, second;
	pid_t a, b, c;

	dm_suspend("abi");
	a = io_start(self->minor, IO_READ, 1000, 8);
	b = io_start(self->minor, IO_READ, 50000, 8);
	c = io_start(self->minor, IO_WRITE, 50008, 8);
	first = only_one(dump(MERGE(TOTAL)));
	EXPECT_EQ(2, object_uint(&first, DMSTAT_A_AREA_IN_FLIGHT_READ));
	EXPECT_EQ(1, object_uint(&first, DMSTAT_A_AREA_IN_FLIGHT_WRITE));
	second = only_one(dump(MERGE(TOTAL)));
	EXPECT_LT(0, object_uint(&first, DMSTAT_A_AREA_QUEUE_NS));
	EXPECT_LT(object_uint(&first, DMSTAT_A_AREA_QUEUE_NS),
		  object_uint(&second, DMSTAT_A_AREA_QUEUE_NS));
	dm_resume("abi");
	io_end(a);
	io_end(b);
	io_end(c);
	first = only_one(dump(MERGE(TOTAL)));
	EXPECT_LT(object_uint(&second, DMSTAT_A_AREA_QUEUE_NS),
		  object_uint(&first, DMSTAT_A_AREA_QUEUE_NS));
	EXPECT_EQ(2, io_counter(&first, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS));
	EXPECT_FALSE(object_has(&first, DMSTAT_A_AREA_IN_FLIGHT_READ));
}

TEST_F(merge, that_clears_gives_what_there_was_once)
{
	struct object total, region;
	struct answer all, left;

	do_io(_metadata, self->minor);
	all = dump();
	total = only_one(dump(MERGE(TOTAL), CLEAR));
	EXPECT_TRUE(is_sum(&total, all.objects, all.nr));
	region = only_one(region_get(&self->netlink, self->id));
	EXPECT_EQ(1, object_uint(&region, DMSTAT_A_REGION_CLEARS));

	left = dump(ACTIVE);
	ASSERT_TAKEN(left);
	EXPECT_EQ(0, left.nr);
	left = dump(MERGE(TOTAL), ACTIVE);
	EXPECT_EQ(0, left.nr);
	left = dump(MERGE(TOTAL), CLEAR);
	ASSERT_EQ(1, left.nr);
	region = only_one(region_get(&self->netlink, self->id));
	EXPECT_EQ(1, object_uint(&region, DMSTAT_A_REGION_CLEARS));

	/* What comes after it is counted; areas 0, 1, 2, 3, 70, 71, 100. */
	do_io(_metadata, self->minor);
	all = dump();
	total = only_one(dump(MERGE(TOTAL)));
	EXPECT_TRUE(is_sum(&total, all.objects, all.nr));
	EXPECT_EQ(6, io_counter(&total, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS));
	EXPECT_EQ(6, sum(&total, 1).bins[0][1]);
	EXPECT_EQ(7, object_uint(&total, DMSTAT_A_AREA_CLEARS));
	total = only_one(dump(MERGE(TOTAL), CLEAR));
	EXPECT_TRUE(is_sum(&total, all.objects, all.nr));
}

/* I/O of each kind, in all areas; every area sees some of it. */
static void load(unsigned int minor, unsigned int seed)
{
	int i;

	for (i = 0; i < 4 * NR_AREAS; i++) {
		seed = seed * 1103515245 + 12345;
		if (io_do(minor, (seed >> 24) % 3,
			  (seed >> 8) % (SECTORS / 8 - 200) * 8,
			  (i % 200 + 1) * 8))
			_exit(1);
	}
	_exit(0);
}

static bool has_ended(pid_t pid, struct __test_metadata *_metadata)
{
	int status;

	if (!waitpid(pid, &status, WNOHANG))
		return false;
	EXPECT_EQ(0, status);
	return true;
}

static void add_sums(struct sums *sums, const struct sums *more)
{
	int op, i;

	for (op = 0; op < OPERATIONS; op++) {
		for (i = 0; i < NR_COUNTERS; i++)
			sums->counters[op][i] += more->counters[op][i];
		for (i = 0; i < NR_BINS; i++)
			sums->bins[op][i] += more->bins[op][i];
		if (more->longest[op] > sums->longest[op])
			sums->longest[op] = more->longest[op];
	}
}

/* Two regions see the same I/O; one is cleared by groups all the time. */
TEST_F(merge, clears_under_load_get_each_io_once)
{
	static const uint32_t merges[] = { TOTAL, 3, 50, 1, 1000 };
	struct sums given = {}, kept;
	uint64_t ios[OPERATIONS];
	struct answer answer;
	size_t rounds = 0;
	bool ended[2] = {};
	pid_t pids[2];
	uint32_t id;
	int i;

	id = region_make(&self->netlink, self->minor,
			 U64(DMSTAT_A_REGION_AREA_SIZE, AREA_SECTORS),
			 BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS, bounds,
			       sizeof(bounds)));
	for (i = 0; i < 2; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i])
			load(self->minor, i);
	}
	do {
		for (i = 0; i < 2; i++)
			ended[i] = ended[i] || has_ended(pids[i], _metadata);
		answer = dump(MERGE(merges[rounds++ % 5]), CLEAR, ACTIVE);
		ASSERT_TAKEN(answer);
		kept = sum(answer.objects, answer.nr);
		add_sums(&given, &kept);
		netlink_free(&answer);
	} while (!ended[0] || !ended[1]);

	answer = dump(MERGE(TOTAL), CLEAR);
	ASSERT_EQ(1, answer.nr);
	kept = sum(answer.objects, 1);
	add_sums(&given, &kept);
	answer = area_dump(&self->netlink, id, MERGE(TOTAL));
	ASSERT_EQ(1, answer.nr);
	kept = sum(answer.objects, 1);
	for (i = 0; i < OPERATIONS; i++)
		ios[i] = kept.counters[i][0];
	TH_LOG("%zu rounds, %llu reads, %llu writes, %llu discards", rounds,
	       (unsigned long long)ios[0], (unsigned long long)ios[1],
	       (unsigned long long)ios[2]);
	EXPECT_LT(2, rounds);
	/* In flight, clears and the time in the queue have no sum. */
	EXPECT_EQ(0, memcmp(given.counters, kept.counters,
			    sizeof(kept.counters)));
	EXPECT_EQ(0, memcmp(given.bins, kept.bins, sizeof(kept.bins)));
	EXPECT_EQ(0, memcmp(given.longest, kept.longest,
			    sizeof(kept.longest)));

	/* As if there had been no clear. */
	answer = dump(MERGE(TOTAL), UNCLEARED);
	ASSERT_EQ(1, answer.nr);
	given = sum(answer.objects, 1);
	EXPECT_EQ(0, memcmp(given.counters, kept.counters,
			    sizeof(kept.counters)));
	EXPECT_EQ(0, memcmp(given.bins, kept.bins, sizeof(kept.bins)));
}

/* ------------------------------------------------------ since the creation */

static bool are_equal(const struct answer *a, const struct answer *b)
{
	size_t i;

	if (a->error || b->error || a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++) {
		if (!object_equal(&a->objects[i], &b->objects[i]))
			return false;
	}
	return true;
}

static uint64_t reads(const struct object *area)
{
	return io_counter(area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS);
}

TEST_F(merge, uncleared_changes_nothing_before_a_clear)
{
	struct answer plain, uncleared;

	do_io(_metadata, self->minor);
	plain = dump();
	uncleared = dump(UNCLEARED);
	EXPECT_TRUE(are_equal(&plain, &uncleared));
	plain = dump(MERGE(3), ACTIVE);
	uncleared = dump(MERGE(3), ACTIVE, UNCLEARED);
	EXPECT_TRUE(are_equal(&plain, &uncleared));
}

TEST_F(merge, uncleared_gives_all_that_an_area_counted_in_spite_of_a_clear)
{
	struct object before, after;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 16));
	before = only_one(dump(FIRST(0), COUNT(1), CLEAR));
	after = only_one(dump(FIRST(0), COUNT(1), UNCLEARED));
	EXPECT_IO(&after, DMSTAT_A_AREA_READ, 2, 24, 0);
	EXPECT_EQ(io_counter(&before, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS),
		  io_counter(&after, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS));
	EXPECT_EQ(object_uint(&before, DMSTAT_A_AREA_BUSY_NS),
		  object_uint(&after, DMSTAT_A_AREA_BUSY_NS));
	EXPECT_EQ(object_uint(&before, DMSTAT_A_AREA_QUEUE_NS),
		  object_uint(&after, DMSTAT_A_AREA_QUEUE_NS));
	EXPECT_EQ(2, sum(&after, 1).bins[0][1]);
	EXPECT_EQ(1, object_uint(&after, DMSTAT_A_AREA_CLEARS));

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	after = only_one(dump(FIRST(0), COUNT(1), UNCLEARED));
	EXPECT_IO(&after, DMSTAT_A_AREA_READ, 3, 32, 0);
	EXPECT_LT(object_uint(&before, DMSTAT_A_AREA_BUSY_NS),
		  object_uint(&after, DMSTAT_A_AREA_BUSY_NS));
	/* Others see the clear. */
	after = only_one(dump(FIRST(0), COUNT(1)));
	EXPECT_IO(&after, DMSTAT_A_AREA_READ, 1, 8, 0);
}

TEST_F(merge, uncleared_sums_grow_by_the_io_in_spite_of_clears)
{
	struct answer each, active;
	struct object total;

	do_io(_metadata, self->minor);
	each = dump(ACTIVE);

	/* Of two of the six reads, all in the first area. */
	ASSERT_TAKEN(dump(FIRST(0), COUNT(1), CLEAR));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	total = only_one(dump(MERGE(TOTAL)));
	EXPECT_EQ(5, reads(&total));
	total = only_one(dump(MERGE(TOTAL), UNCLEARED));
	EXPECT_EQ(7, reads(&total));
	EXPECT_EQ(7, sum(&total, 1).bins[0][1]);
	EXPECT_EQ(1, object_uint(&total, DMSTAT_A_AREA_CLEARS));

	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	EXPECT_EQ(0, dump(ACTIVE).nr);
	total = only_one(dump(MERGE(TOTAL), UNCLEARED));
	EXPECT_EQ(7, reads(&total));
	EXPECT_EQ(8, object_uint(&total, DMSTAT_A_AREA_CLEARS));
	active = dump(ACTIVE, UNCLEARED);
	EXPECT_EQ(each.nr, active.nr);
	EXPECT_TRUE(is_sum(&total, active.objects, active.nr));
	active = dump_all(MERGE(TOTAL), ACTIVE, UNCLEARED);
	ASSERT_EQ(1, active.nr);
	EXPECT_EQ(self->id,
		  object_uint(active.objects, DMSTAT_A_AREA_REGION_ID));
	EXPECT_TRUE(is_sum(active.objects, &total, 1));
}

TEST_F(merge, uncleared_gives_errors_and_the_longest_time_since_the_clear)
{
	unsigned int minor = dm_create_target("abi2", NULL, 8000, "error", "");
	uint32_t id = region_make(&self->netlink, minor);
	struct object area;

	EXPECT_EQ(EIO, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(EIO, io_do(minor, IO_READ, 4000, 8));
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	area = only_one(area_dump(&self->netlink, id, UNCLEARED));
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 2, 16, 0);
	EXPECT_EQ(0, io_counter(&area, DMSTAT_A_AREA_READ,
				DMSTAT_A_IO_LONGEST_NS));
	EXPECT_EQ(EIO, io_do(minor, IO_READ, 0, 8));
	area = only_one(area_dump(&self->netlink, id, UNCLEARED));
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 3, 24, 1);
}

TEST_F(merge, adds_errors)
{
	unsigned int minor = dm_create_target("abi2", NULL, 8000, "error", "");
	uint32_t id = region_make(&self->netlink, minor,
				  U64(DMSTAT_A_REGION_AREAS, 4));
	struct object total;

	EXPECT_EQ(EIO, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(EIO, io_do(minor, IO_READ, 4000, 8));
	total = only_one(area_dump(&self->netlink, id, MERGE(TOTAL)));
	EXPECT_EQ(2, io_counter(&total, DMSTAT_A_AREA_READ,
				DMSTAT_A_IO_ERRORS));
}

TEST_F(merge, of_extents_reaches_over_the_gaps)
{
	const struct dmstat_extent_range ranges[] = {
		{ 1000, 1000 }, { 5000, 500 }, { 9000, 1000 },
	};
	struct answer answer;
	uint32_t id;

	id = region_make(&self->netlink, self->minor,
			 BYTES(DMSTAT_A_REGION_EXTENT_RANGES, ranges,
			       sizeof(ranges)));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 3000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 9000, 8));
	answer = area_dump(&self->netlink, id, MERGE(2));
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(1000, object_uint(&answer.objects[0], DMSTAT_A_AREA_START));
	EXPECT_EQ(4500, object_uint(&answer.objects[0], DMSTAT_A_AREA_LENGTH));
	EXPECT_EQ(1, io_counter(&answer.objects[0], DMSTAT_A_AREA_READ,
				DMSTAT_A_IO_IOS));
	EXPECT_EQ(9000, object_uint(&answer.objects[1], DMSTAT_A_AREA_START));
	EXPECT_EQ(1000, object_uint(&answer.objects[1],
				    DMSTAT_A_AREA_LENGTH));
}

TEST_F(merge, refuses_what_does_not_go_together)
{
	EXPECT_REFUSED(dump(MERGE(0)), ERANGE, DMSTAT_A_AREA_MERGE);
	EXPECT_DUMP_REFUSED(dump(AREA_DEVICE(self->minor)), EINVAL,
			    DMSTAT_A_AREA_MAJOR);
	EXPECT_DUMP_REFUSED(dump(STRING(DMSTAT_A_AREA_PROGRAM_ID, "")), EINVAL,
			    DMSTAT_A_AREA_PROGRAM_ID);
	EXPECT_DUMP_REFUSED(dump(STRING(DMSTAT_A_AREA_GROUP, "x")), EINVAL,
			    DMSTAT_A_AREA_GROUP);
	EXPECT_DUMP_REFUSED(dump_all(FIRST(0)), EINVAL,
			    DMSTAT_A_AREA_FIRST_AREA);
	EXPECT_DUMP_REFUSED(dump_all(COUNT(1)), EINVAL,
			    DMSTAT_A_AREA_AREA_COUNT);
	EXPECT_DUMP_REFUSED(dump_all(U32(DMSTAT_A_AREA_MAJOR, 253)), EINVAL, 0);
	EXPECT_DUMP_REFUSED(dump(UNCLEARED, CLEAR), EINVAL,
			    DMSTAT_A_AREA_UNCLEARED);
	EXPECT_DUMP_REFUSED(dump_all(MERGE(TOTAL), CLEAR, UNCLEARED), EINVAL,
			    DMSTAT_A_AREA_UNCLEARED);
}

/* --------------------------------------------------------- many regions */

/* How many answers are about a region, which follow each other. */
static size_t answers_of(const struct answer *answer, uint32_t id,
			 size_t *first)
{
	size_t i, nr = 0;

	for (i = 0; i < answer->nr; i++) {
		if (object_uint(&answer->objects[i],
				DMSTAT_A_AREA_REGION_ID) != id)
			continue;
		if (!nr++)
			*first = i;
	}
	return nr && *first + nr <= answer->nr &&
	       object_uint(&answer->objects[*first + nr - 1],
			   DMSTAT_A_AREA_REGION_ID) == id ? nr : 0;
}

/* The answers are about these regions, one each, in this order. */
static bool are_of(const struct answer *answer, const uint32_t *ids, size_t nr)
{
	size_t i;

	if (answer->error || answer->nr != nr)
		return false;
	for (i = 0; i < nr; i++) {
		if (object_uint(&answer->objects[i],
				DMSTAT_A_AREA_REGION_ID) != ids[i])
			return false;
	}
	return true;
}

#define IDS(...) \
	((const uint32_t[]){ __VA_ARGS__ }), \
	sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)

TEST_F(merge, a_dump_without_a_region_gives_the_areas_of_all)
{
	unsigned int other = dm_create("abi2", 4000);
	uint32_t id = region_make(&self->netlink, other,
				  U64(DMSTAT_A_REGION_AREAS, 4));
	struct answer all, one;
	size_t first;

	EXPECT_EQ(0, io_do(other, IO_READ, 1000, 8));
	all = dump_all();
	ASSERT_EQ(NR_AREAS + 4, all.nr);
	EXPECT_EQ(NR_AREAS, answers_of(&all, self->id, &first));
	EXPECT_EQ(0, first);
	EXPECT_EQ(4, answers_of(&all, id, &first));
	EXPECT_EQ(NR_AREAS, first);
	one = area_dump(&self->netlink, id);
	EXPECT_TRUE(is_sum(&all.objects[NR_AREAS + 1], &one.objects[1], 1));
	EXPECT_EQ(object_count(&one.objects[1]) + 1,
		  object_count(&all.objects[NR_AREAS + 1]));

	all = dump_all(ACTIVE);
	EXPECT_TRUE(are_of(&all, IDS(id)));
	all = dump_all(MERGE(TOTAL));
	EXPECT_TRUE(are_of(&all, IDS(self->id, id)));
	EXPECT_TRUE(is_at(&all.objects[0], 0, NR_AREAS));
	EXPECT_EQ(1, io_counter(&all.objects[1], DMSTAT_A_AREA_READ,
				DMSTAT_A_IO_IOS));
	all = dump_all(MERGE(2));
	EXPECT_EQ(51 + 2, all.nr);
}

TEST_F(merge, a_dump_gives_regions_of_a_device_program_and_group)
{
	unsigned int other = dm_create("abi2", 4000);
	uint32_t a, b, c;
	struct answer got;

	a = region_make(&self->netlink, self->minor, PROGRAM_ID("p"),
			GROUP("g"));
	b = region_make(&self->netlink, other, PROGRAM_ID("p"), GROUP("h"));
	c = region_make(&self->netlink, other, PROGRAM_ID("q"), GROUP("g"));
	got = dump_all(MERGE(TOTAL), AREA_DEVICE(other));
	EXPECT_TRUE(are_of(&got, IDS(b, c)));
	got = dump_all(MERGE(TOTAL), STRING(DMSTAT_A_AREA_PROGRAM_ID, "p"));
	EXPECT_TRUE(are_of(&got, IDS(a, b)));
	got = dump_all(MERGE(TOTAL), STRING(DMSTAT_A_AREA_GROUP, "g"));
	EXPECT_TRUE(are_of(&got, IDS(a, c)));
	got = dump_all(MERGE(TOTAL), STRING(DMSTAT_A_AREA_GROUP, "g"),
		       AREA_DEVICE(other));
	EXPECT_TRUE(are_of(&got, IDS(c)));
	got = dump_all(MERGE(TOTAL), STRING(DMSTAT_A_AREA_PROGRAM_ID, ""));
	EXPECT_TRUE(are_of(&got, IDS(self->id)));
	got = dump_all(STRING(DMSTAT_A_AREA_GROUP, "none"));
	ASSERT_TAKEN(got);
	EXPECT_EQ(0, got.nr);
}

TEST_F(merge, a_dump_of_many_clears_each_region_once)
{
	unsigned int other = dm_create("abi2", 4000);
	uint32_t id = region_make(&self->netlink, other), none;
	const uint32_t ids[] = { self->id, id };
	struct object region;
	int i;

	none = region_make(&self->netlink, other, U64(DMSTAT_A_REGION_START,
						      2000));
	do_io(_metadata, self->minor);
	EXPECT_EQ(0, io_do(other, IO_READ, 1000, 8));
	ASSERT_TAKEN(dump_all(CLEAR));
	for (i = 0; i < 2; i++) {
		region = only_one(region_get(&self->netlink, ids[i]));
		EXPECT_EQ(1, object_uint(&region, DMSTAT_A_REGION_CLEARS));
	}
	region = only_one(region_get(&self->netlink, none));
	EXPECT_FALSE(object_has(&region, DMSTAT_A_REGION_CLEARS));
	EXPECT_EQ(0, dump_all(ACTIVE).nr);
}

/* So many that they take several datagrams each. */
#define MANY 2000

TEST_F(merge, regions_that_are_deleted_meanwhile_are_left_out)
{
	unsigned int other = dm_create("abi2", MANY * 8);
	struct netlink deleter;
	struct answer answer;
	uint32_t ids[3];
	size_t first;
	int i;

	ASSERT_EQ(0, netlink_open(&deleter));
	ASSERT_TAKEN(region_del(&self->netlink, self->id));
	for (i = 0; i < 3; i++)
		ids[i] = region_make(&self->netlink, other,
				     U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
				    ATTRIBUTES(AREA_DEVICE(other)));
	EXPECT_FALSE(answer.ended);
	ASSERT_TAKEN(region_del(&deleter, ids[0]));
	ASSERT_TAKEN(region_del(&deleter, ids[1]));
	netlink_finish(&self->netlink, &answer);
	EXPECT_EQ(0, answer.error);
	EXPECT_TRUE(answer.interrupted);
	EXPECT_LT(0, answers_of(&answer, ids[0], &first));
	EXPECT_GT(MANY, answers_of(&answer, ids[0], &first));
	EXPECT_EQ(0, answers_of(&answer, ids[1], &first));
	EXPECT_EQ(MANY, answers_of(&answer, ids[2], &first));

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_AREA_GET,
			      ATTRIBUTES(AREA_DEVICE(other)));
	EXPECT_FALSE(answer.interrupted);
	EXPECT_EQ(MANY, answer.nr);
}

/* ------------------------------------------------------------ busy time */

/* A wall clock, as the kernel's times are. */
static uint64_t wall(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* A process that discards the first 100 areas of 8 sectors. */
static pid_t discard_start(unsigned int minor)
{
	pid_t pid = fork();

	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (!pid)
		_exit(io_do(minor, IO_DISCARD, 0, 100 * 8));
	return pid;
}

static void wait_in_flight(struct netlink *netlink, unsigned int minor,
			   uint64_t ns)
{
	struct object device;
	int tries;

	for (tries = 0; tries < 100000; tries++) {
		device = only_one(netlink_do(netlink, DMSTAT_CMD_DEVICE_GET,
					     ATTRIBUTES(DEVICE(minor))));
		if (object_uint(&device, DMSTAT_A_DEVICE_OLDEST_NS) >= ns)
			return;
	}
	errx(KSFT_FAIL, "the discard does not start");
}

static bool sees_writes(const struct answer *answer)
{
	return answer->nr && object_uint(answer->objects,
					 DMSTAT_A_AREA_IN_FLIGHT_WRITE);
}

/*
 * I/O over many areas is noted in them, and gets their memory, a few milliseconds
 * after it started. Read areas by @request before that, and their busy time
 * later. Return: by how much it grew faster than time; ~0: the first reading came
 * too late.
 */
static int64_t too_busy(struct netlink *netlink, unsigned int minor,
			const struct attribute *request)
{
	uint32_t id = region_make(netlink, minor,
				  U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	pid_t discard = discard_start(minor);
	struct answer before, after;
	uint64_t from, to;
	int64_t busy;

	wait_in_flight(netlink, minor, 3000000);
	from = wall();
	before = netlink_dump(netlink, DMSTAT_CMD_AREA_GET, request);
	usleep(50000);
	after = area_dump(netlink, id, COUNT(1));
	to = wall();
	if (!sees_writes(&after))
		errx(KSFT_FAIL, "the discard is not in flight");
	busy = object_uint(after.objects, DMSTAT_A_AREA_BUSY_NS);

	dm_resume("abi2");
	io_end(discard);
	dm_suspend("abi2");
	region_del(netlink, id);
	/* The two clocks may differ a little. */
	return sees_writes(&before) ? ~0 : busy - (int64_t)(to - from) - 100000;
}

#define EXPECT_NOT_TOO_BUSY(...)					\
do {									\
	unsigned int _minor = dm_create_linear("abi2", 4000);		\
	int64_t _ns = ~0;						\
	int _tries;							\
									\
	dm_suspend("abi2");						\
	for (_tries = 0; _ns == ~0 && _tries < 100; _tries++)		\
		_ns = too_busy(&self->netlink, _minor,			\
			       ATTRIBUTES(AREA_DEVICE(_minor),		\
					  ##__VA_ARGS__));		\
	EXPECT_NE(~0, _ns);						\
	EXPECT_GE(0, _ns);						\
} while (0)

TEST_F(merge, busy_time_does_not_outgrow_time_after_areas_were_left_out)
{
	EXPECT_NOT_TOO_BUSY(ACTIVE);
}

TEST_F(merge, busy_time_does_not_outgrow_time_after_groups_were_left_out)
{
	EXPECT_NOT_TOO_BUSY(ACTIVE, MERGE(500));
}

TEST_F(merge, busy_time_is_not_from_before_a_sum_was_cleared)
{
	EXPECT_NOT_TOO_BUSY(CLEAR, MERGE(TOTAL));
}

/* ---------------------------------------------------------------- speed */

/*
 * Count the answers of a dump. To keep them, as netlink_dump() does, takes
 * longer than to make them.
 */
static size_t count_answers(struct netlink *netlink)
{
	static uint8_t buffer[32768];
	const struct nlmsghdr *header;
	size_t nr = 0;
	ssize_t size;

	for (;;) {
		size = recv(netlink->fd, buffer, sizeof(buffer), 0);
		header = (void *)buffer;
		for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
			if (header->nlmsg_type == NLMSG_DONE)
				return nr;
			if (header->nlmsg_type == NLMSG_ERROR)
				errx(KSFT_FAIL, "a dump is refused");
			nr++;
		}
		if (size < 0)
			err(KSFT_FAIL, "recv");
	}
}

/* How long a dump takes, the best of @tries. */
static uint64_t dump_ns(struct netlink *netlink,
			const struct attribute *attributes, int tries,
			size_t expected)
{
	uint64_t best = ~0ULL, start, ns;
	struct message message;
	size_t nr;

	message_init(&message, netlink->family, DMSTAT_CMD_AREA_GET,
		     NLM_F_DUMP);
	message_add_all(&message, attributes);
	for (; tries; tries--) {
		start = cpu_time_ns();
		netlink_send(netlink, &message);
		nr = count_answers(netlink);
		ns = cpu_time_ns() - start;
		if (nr != expected)
			errx(KSFT_FAIL, "%zu areas", nr);
		if (ns < best)
			best = ns;
	}
	return best;
}

/* Kernels that check each access have other costs. */
static bool kernel_is_slow(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.release, "san");
}

/* The benchmark "totals" counts instructions and has the exact bounds: this time
 * depends on the machine.
 */
TEST_F(merge, totals_of_many_regions_are_30_times_faster_than_one_by_one)
{
	const int nr = kernel_is_slow() ? 200 : 5000;
	const int times = kernel_is_slow() ? 2 : 30;
	unsigned int other = dm_create("abi2", 8);
	uint32_t *ids = calloc(nr, sizeof(*ids));
	uint64_t one_by_one = 0, at_once;
	int i;

	ASSERT_NE(NULL, ids);
	for (i = 0; i < nr; i++)
		ids[i] = region_make(&self->netlink, other);
	EXPECT_EQ(0, io_do(other, IO_READ, 0, 8));
	for (i = 0; i < nr; i++)
		one_by_one += dump_ns(&self->netlink,
				      ATTRIBUTES(AREA_REGION(ids[i]),
						 MERGE(TOTAL)), 1, 1);
	at_once = dump_ns(&self->netlink,
			  ATTRIBUTES(AREA_DEVICE(other), MERGE(TOTAL)), 3,
			  nr);
	TH_LOG("%llu us one by one, %llu us at once",
	       (unsigned long long)one_by_one / 1000,
	       (unsigned long long)at_once / 1000);
	EXPECT_LE(times * at_once, one_by_one);
	free(ids);
}

TEST_F(merge, a_total_of_many_touched_areas_is_5_times_faster_than_their_dump)
{
	const unsigned int nr = kernel_is_slow() ? 5000 : 100000;
	const int times = kernel_is_slow() ? 1 : 5;
	unsigned int other = dm_create("abi2", nr * 8);
	uint32_t id = region_make(&self->netlink, other,
				  U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	uint64_t each, total;
	struct object sum;
	unsigned int i;

	/* As many areas as are counted at once. */
	for (i = 0; i < nr; i += 50)
		ASSERT_EQ(0, io_do(other, IO_READ, i * 8, 50 * 8));
	sum = only_one(area_dump(&self->netlink, id, MERGE(TOTAL)));
	EXPECT_EQ(nr,
		  io_counter(&sum, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS));
	each = dump_ns(&self->netlink, ATTRIBUTES(AREA_REGION(id)), 3, nr);
	/* It is short: where the machine waits, most of them are too long. */
	total = dump_ns(&self->netlink,
			ATTRIBUTES(AREA_REGION(id), MERGE(TOTAL)), 20, 1);
	TH_LOG("%llu us for each, %llu us for the total",
	       (unsigned long long)each / 1000,
	       (unsigned long long)total / 1000);
	EXPECT_LE(times * total, each);
}

TEST_HARNESS_MAIN
