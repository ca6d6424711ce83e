// SPDX-License-Identifier: GPL-2.0-only
/*
 * area-get and region-clear: which areas an answer has, what it has of each, and
 * what is left after a clear.
 */
#include <time.h>

#include "abi.h"

/* A hundred areas of 1000 sectors and a short one. */
#define SECTORS 100008
#define AREA_SECTORS 1000
#define NR_AREAS 101

#define FIRST(v) U64(DMSTAT_A_AREA_FIRST_AREA, v)
#define COUNT(v) U64(DMSTAT_A_AREA_AREA_COUNT, v)
#define ACTIVE FLAG(DMSTAT_A_AREA_ACTIVE)
#define CLEAR FLAG(DMSTAT_A_AREA_CLEAR)

FIXTURE(area)
{
	struct netlink netlink;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(area)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", SECTORS);
	self->id = region_make(&self->netlink, self->minor,
			       U64(DMSTAT_A_REGION_AREA_SIZE, AREA_SECTORS));
}

FIXTURE_TEARDOWN_PARENT(area)
{
	dm_remove_all();
}

#define dump(...) area_dump(&self->netlink, self->id, ##__VA_ARGS__)

/* The only area in the answer. */
#define one_area(index, ...) \
	only_one(dump(FIRST(index), COUNT(1), ##__VA_ARGS__))

static struct object only_one(struct answer answer)
{
	if (answer.error || answer.nr != 1)
		errx(KSFT_FAIL, "%zu areas, %s %s", answer.nr,
		     strerror(answer.error), answer.text);
	return answer.objects[0];
}

/* The answer has the indexes from @first on. */
static bool gives_range(const struct answer *answer, uint64_t first, size_t nr)
{
	size_t i;

	if (answer->error || answer->nr != nr)
		return false;
	for (i = 0; i < nr; i++) {
		if (object_uint(&answer->objects[i], DMSTAT_A_AREA_INDEX) !=
		    first + i)
			return false;
	}
	return true;
}

/* ------------------------------------------------------------- contents */

TEST_F(area, without_io_has_only_index_start_and_length)
{
	struct object area = one_area(7);

	EXPECT_EQ(DMSTAT_CMD_AREA_GET, area.command);
	EXPECT_EQ(NLM_F_MULTI, area.flags);
	EXPECT_EQ(7, object_uint(&area, DMSTAT_A_AREA_INDEX));
	EXPECT_EQ(7000, object_uint(&area, DMSTAT_A_AREA_START));
	EXPECT_EQ(1000, object_uint(&area, DMSTAT_A_AREA_LENGTH));
	EXPECT_EQ(3, object_count(&area));
}

TEST_F(area, zero_is_given_with_its_index_and_start)
{
	struct object area = one_area(0);

	EXPECT_TRUE(object_has(&area, DMSTAT_A_AREA_INDEX));
	EXPECT_TRUE(object_has(&area, DMSTAT_A_AREA_START));
}

TEST_F(area, that_is_last_has_its_short_length)
{
	struct object area = one_area(NR_AREAS - 1);

	EXPECT_EQ(100000, object_uint(&area, DMSTAT_A_AREA_START));
	EXPECT_EQ(8, object_uint(&area, DMSTAT_A_AREA_LENGTH));
}

TEST_F(area, counts_reads_writes_and_discards_separately)
{
	struct object area, read;
	struct answer answer;
	unsigned int minor;
	uint32_t id;

	minor = dm_create_linear("abi2", 4000);
	id = region_make(&self->netlink, minor,
			 U64(DMSTAT_A_REGION_AREAS, 4));
	EXPECT_EQ(0, io_do(minor, IO_READ, 1000, 8));
	EXPECT_EQ(0, io_do(minor, IO_READ, 1016, 16));
	EXPECT_EQ(0, io_do(minor, IO_WRITE, 2000, 8));
	EXPECT_EQ(0, io_do(minor, IO_DISCARD, 3000, 40));
	answer = area_dump(&self->netlink, id);
	ASSERT_EQ(4, answer.nr);

	area = answer.objects[1];
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 2, 24, 0);
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_WRITE));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_DISCARD));
	EXPECT_LT(0, io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS));
	EXPECT_EQ(io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS),
		  object_uint(&area, DMSTAT_A_AREA_QUEUE_NS));
	EXPECT_LT(0, object_uint(&area, DMSTAT_A_AREA_BUSY_NS));
	/* Of two reads, one is the longest. */
	EXPECT_LE(io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_LONGEST_NS),
		  io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS));
	EXPECT_GE(2 * io_counter(&area, DMSTAT_A_AREA_READ,
				 DMSTAT_A_IO_LONGEST_NS),
		  io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS));

	read = object_nested(&area, DMSTAT_A_AREA_READ);
	EXPECT_EQ(4, object_count(&read));
	EXPECT_TRUE(object_find(&area, DMSTAT_A_AREA_READ)->nla_type &
		    NLA_F_NESTED);

	area = answer.objects[2];
	EXPECT_IO(&area, DMSTAT_A_AREA_WRITE, 1, 8, 0);
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_READ));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_DISCARD));

	area = answer.objects[3];
	EXPECT_IO(&area, DMSTAT_A_AREA_DISCARD, 1, 40, 0);
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_READ));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_WRITE));
}

TEST_F(area, counts_errors)
{
	unsigned int minor = dm_create_target("abi2", NULL, 8000, "error", "");
	uint32_t id = region_make(&self->netlink, minor);
	struct object area;

	EXPECT_EQ(EIO, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(EIO, io_do(minor, IO_WRITE, 8, 16));
	area = only_one(area_dump(&self->netlink, id));
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 1);
	EXPECT_IO(&area, DMSTAT_A_AREA_WRITE, 1, 16, 1);
}

TEST_F(area, counts_its_own_sectors_of_an_io_across_areas)
{
	struct object area;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1992, 1016));
	area = one_area(1);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
	area = one_area(2);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 1000, 0);
	area = one_area(3);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
}

TEST_F(area, has_the_number_of_ios_in_flight)
{
	unsigned int minor = dm_create_linear("abi2", 4000);
	uint32_t id = region_make(&self->netlink, minor);
	pid_t read, write, discard;
	struct object area;
	uint64_t queue_ns;

	dm_suspend("abi2");
	read = io_start(minor, IO_READ, 1000, 8);
	write = io_start(minor, IO_WRITE, 1008, 8);
	discard = io_start(minor, IO_DISCARD, 1016, 8);

	area = only_one(area_dump(&self->netlink, id));
	EXPECT_EQ(1, object_uint(&area, DMSTAT_A_AREA_IN_FLIGHT_READ));
	EXPECT_EQ(2, object_uint(&area, DMSTAT_A_AREA_IN_FLIGHT_WRITE));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_READ));
	queue_ns = object_uint(&area, DMSTAT_A_AREA_QUEUE_NS);
	EXPECT_LT(0, queue_ns);
	area = only_one(area_dump(&self->netlink, id));
	EXPECT_LT(queue_ns, object_uint(&area, DMSTAT_A_AREA_QUEUE_NS));

	dm_resume("abi2");
	io_end(read);
	io_end(write);
	io_end(discard);
	area = only_one(area_dump(&self->netlink, id));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_IN_FLIGHT_READ));
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_IN_FLIGHT_WRITE));
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
	EXPECT_IO(&area, DMSTAT_A_AREA_WRITE, 1, 8, 0);
	EXPECT_IO(&area, DMSTAT_A_AREA_DISCARD, 1, 8, 0);
}

TEST_F(area, beyond_32_bits_of_sectors_has_its_start)
{
	unsigned int minor = dm_create("abi2", 1ULL << 34);
	uint32_t id = region_make(&self->netlink, minor,
				  U64(DMSTAT_A_REGION_AREAS, 4));
	struct answer answer;

	EXPECT_EQ(0, io_do(minor, IO_READ, (3ULL << 32) + 8, 8));
	answer = area_dump(&self->netlink, id);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(4, answer.nr);
	EXPECT_EQ(3ULL << 32,
		  object_uint(&answer.objects[3], DMSTAT_A_AREA_START));
	EXPECT_EQ(1ULL << 32,
		  object_uint(&answer.objects[3], DMSTAT_A_AREA_LENGTH));
	EXPECT_IO(&answer.objects[3], DMSTAT_A_AREA_READ, 1, 8, 0);
}

TEST_F(area, reading_changes_nothing)
{
	struct object first, second;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1000, 8));
	first = one_area(1);
	second = one_area(1);
	EXPECT_TRUE(object_equal(&first, &second));
}

/* ------------------------------------------------------------ which areas */

TEST_F(area, range_is_the_one_asked_for)
{
	struct answer answer;

	answer = dump();
	EXPECT_TRUE(gives_range(&answer, 0, NR_AREAS));
	answer = dump(FIRST(0));
	EXPECT_TRUE(gives_range(&answer, 0, NR_AREAS));
	answer = dump(FIRST(40));
	EXPECT_TRUE(gives_range(&answer, 40, NR_AREAS - 40));
	answer = dump(COUNT(3));
	EXPECT_TRUE(gives_range(&answer, 0, 3));
	answer = dump(FIRST(31), COUNT(34));
	EXPECT_TRUE(gives_range(&answer, 31, 34));
	answer = dump(FIRST(NR_AREAS - 1));
	EXPECT_TRUE(gives_range(&answer, NR_AREAS - 1, 1));
	answer = dump(COUNT(NR_AREAS));
	EXPECT_TRUE(gives_range(&answer, 0, NR_AREAS));
}

TEST_F(area, that_never_saw_io_is_skipped_if_active_ones_are_asked_for)
{
	struct answer answer = dump(ACTIVE);
	pid_t write;

	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 40000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_WRITE, 42000, 8));
	answer = dump(ACTIVE);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(40, object_uint(&answer.objects[0], DMSTAT_A_AREA_INDEX));
	EXPECT_EQ(42, object_uint(&answer.objects[1], DMSTAT_A_AREA_INDEX));

	answer = dump(ACTIVE, FIRST(41), COUNT(2));
	EXPECT_TRUE(gives_range(&answer, 42, 1));

	/* In flight is active, too. */
	dm_suspend("abi");
	write = io_start(self->minor, IO_WRITE, 99000, 8);
	answer = dump(ACTIVE, FIRST(43));
	EXPECT_TRUE(gives_range(&answer, 99, 1));
	dm_resume("abi");
	io_end(write);
}

TEST_F(area, range_outside_of_the_region_is_refused)
{
	EXPECT_DUMP_REFUSED(dump(FIRST(NR_AREAS)), ERANGE,
			    DMSTAT_A_AREA_FIRST_AREA);
	EXPECT_DUMP_REFUSED(dump(FIRST(~0ULL)), ERANGE,
			    DMSTAT_A_AREA_FIRST_AREA);
	EXPECT_DUMP_REFUSED(dump(FIRST(1ULL << 32)), ERANGE,
			    DMSTAT_A_AREA_FIRST_AREA);
	EXPECT_DUMP_REFUSED(dump(COUNT(NR_AREAS + 1)), ERANGE,
			    DMSTAT_A_AREA_AREA_COUNT);
	EXPECT_DUMP_REFUSED(dump(FIRST(NR_AREAS - 1), COUNT(2)), ERANGE,
			    DMSTAT_A_AREA_AREA_COUNT);
	EXPECT_DUMP_REFUSED(dump(COUNT(~0ULL)), ERANGE,
			    DMSTAT_A_AREA_AREA_COUNT);
	EXPECT_DUMP_REFUSED(dump(FIRST(1), COUNT(~0ULL)), EOVERFLOW,
			    DMSTAT_A_AREA_AREA_COUNT);
	EXPECT_REFUSED(dump(COUNT(0)), ERANGE, DMSTAT_A_AREA_AREA_COUNT);
}

TEST_F(area, dump_of_a_region_that_does_not_exist_is_refused)
{
	EXPECT_DUMP_REFUSED(area_dump(&self->netlink, self->id + 1), ENOENT,
			    DMSTAT_A_AREA_REGION_ID);
	EXPECT_REFUSED(area_dump(&self->netlink, 0), ERANGE,
		       DMSTAT_A_AREA_REGION_ID);
}

/* --------------------------------------------------- over many datagrams */

FIXTURE(many_areas)
{
	struct netlink netlink, other;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(many_areas)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_open(&self->other));
	self->minor = dm_create("abi", 160000);
	self->id = region_make(&self->netlink, self->minor,
			       U64(DMSTAT_A_REGION_AREA_SIZE, 8));
}

FIXTURE_TEARDOWN_PARENT(many_areas)
{
	dm_remove_all();
}

#define dump_start() \
	netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET, \
			   ATTRIBUTES(AREA_REGION(self->id)))

TEST_F(many_areas, are_given_each_once_in_rising_order)
{
	struct answer answer = dump_start();

	TH_LOG("%zu areas in the first datagram", answer.nr);
	EXPECT_FALSE(answer.ended);
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(gives_range(&answer, 0, 20000));
}

TEST_F(many_areas, are_all_given_although_regions_come_and_go)
{
	struct answer answer = dump_start();

	region_make(&self->other, self->minor);
	region_del(&self->other, region_make(&self->other, self->minor));
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(gives_range(&answer, 0, 20000));
	EXPECT_FALSE(answer.interrupted);
}

TEST_F(many_areas, end_in_an_error_when_the_region_is_deleted_meanwhile)
{
	struct answer answer = dump_start();

	ASSERT_TAKEN(region_del(&self->other, self->id));
	netlink_finish(&self->netlink, &answer);
	TH_LOG("%zu areas, then %s: \"%s\"", answer.nr, strerror(answer.error),
	       answer.text);
	EXPECT_EQ(ENOENT, answer.error);
	EXPECT_STRNE("", answer.text);
	EXPECT_GT(20000, answer.nr);
}

TEST_F(many_areas, end_in_an_error_when_the_device_goes_meanwhile)
{
	struct answer answer = dump_start();

	dm_remove("abi");
	netlink_finish(&self->netlink, &answer);
	EXPECT_EQ(ENOENT, answer.error);
	EXPECT_STRNE("", answer.text);
	EXPECT_GT(20000, answer.nr);
}

/* -------------------------------------------------------------- clearing */

TEST_F(area, that_is_cleared_gives_what_it_had_and_then_begins_at_zero)
{
	struct object area;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_WRITE, 5000, 16));
	area = one_area(5, CLEAR);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
	EXPECT_IO(&area, DMSTAT_A_AREA_WRITE, 1, 16, 0);

	area = one_area(5);
	EXPECT_EQ(4, object_count(&area));
	EXPECT_EQ(1, object_uint(&area, DMSTAT_A_AREA_CLEARS));
	/* There was nothing to clear. */
	one_area(5, CLEAR);

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 24));
	area = one_area(5);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 24, 0);
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_WRITE));
	EXPECT_EQ(io_counter(&area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS),
		  object_uint(&area, DMSTAT_A_AREA_QUEUE_NS));
	EXPECT_EQ(1, object_uint(&area, DMSTAT_A_AREA_CLEARS));
	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	area = one_area(5);
	EXPECT_EQ(2, object_uint(&area, DMSTAT_A_AREA_CLEARS));
}

TEST_F(area, is_cleared_only_if_it_is_given)
{
	struct answer answer;
	struct object area;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 6000, 8));
	answer = dump(FIRST(6), COUNT(1), CLEAR);
	EXPECT_TRUE(gives_range(&answer, 6, 1));
	area = one_area(5);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
	area = one_area(6);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 0, 0, 0);
}

TEST_F(area, that_was_cleared_is_not_active)
{
	struct answer answer;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 7000, 8));
	answer = dump(ACTIVE, CLEAR);
	ASSERT_EQ(2, answer.nr);
	answer = dump(ACTIVE, CLEAR);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
}

TEST_F(area, that_is_cleared_with_its_region_begins_at_zero)
{
	struct answer answer;
	struct object area;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_WRITE, 100000, 8));
	answer = region_clear(&self->netlink, self->id);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
	answer = dump(ACTIVE);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr) {
		TH_LOG("area %u, reads %d, writes %d, in flight %d",
		       (unsigned int)object_uint(&answer.objects[0],
						 DMSTAT_A_AREA_INDEX),
		       object_has(&answer.objects[0], DMSTAT_A_AREA_READ),
		       object_has(&answer.objects[0], DMSTAT_A_AREA_WRITE),
		       object_has(&answer.objects[0],
				  DMSTAT_A_AREA_IN_FLIGHT_READ));
	}

	EXPECT_EQ(0, io_do(self->minor, IO_WRITE, 5000, 8));
	area = one_area(5);
	EXPECT_IO(&area, DMSTAT_A_AREA_WRITE, 1, 8, 0);
	EXPECT_FALSE(object_has(&area, DMSTAT_A_AREA_READ));
}

TEST_F(area, of_other_regions_stays_when_a_region_is_cleared)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct object area;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	area = only_one(area_dump(&self->netlink, id));
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
}

/* The number of clears of a region, and the time of the last. */
static uint64_t clears(struct netlink *netlink, uint32_t id, uint64_t *when)
{
	struct object region = only_one(region_get(netlink, id));

	if (object_has(&region, DMSTAT_A_REGION_CLEARS) !=
	    object_has(&region, DMSTAT_A_REGION_CLEARED))
		errx(KSFT_FAIL, "the number of clears without a time, or the reverse");
	*when = object_uint(&region, DMSTAT_A_REGION_CLEARED);
	return object_uint(&region, DMSTAT_A_REGION_CLEARS);
}

#define EXPECT_CLEARS(nr)						\
	EXPECT_EQ(nr, clears(&self->netlink, self->id, &when))

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

TEST_F(area, clears_of_a_region_are_counted_with_the_last_time)
{
	uint64_t before, when, first;
	uint32_t other;

	other = region_make(&self->netlink, self->minor);
	EXPECT_CLEARS(0);
	EXPECT_EQ(0, when);
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	ASSERT_TAKEN(dump());
	EXPECT_CLEARS(0);

	before = now();
	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	EXPECT_CLEARS(1);
	EXPECT_LE(before, when);
	EXPECT_GE(now(), when);

	/* region-clear counts even if there was nothing to clear. */
	first = when;
	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	EXPECT_CLEARS(2);
	EXPECT_LT(first, when);

	EXPECT_EQ(0, clears(&self->netlink, other, &when));
}

TEST_F(area, dump_that_clears_counts_as_one_clear_if_it_clears_something)
{
	uint64_t before, when;

	ASSERT_TAKEN(dump(CLEAR));
	EXPECT_CLEARS(0);

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 7000, 8));
	before = now();
	ASSERT_TAKEN(dump(CLEAR));
	EXPECT_CLEARS(1);
	EXPECT_LE(before, when);
	EXPECT_GE(now(), when);
	ASSERT_TAKEN(dump(CLEAR));
	EXPECT_CLEARS(1);

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 5000, 8));
	ASSERT_TAKEN(dump(CLEAR, FIRST(6)));
	EXPECT_CLEARS(1);
	ASSERT_TAKEN(dump(CLEAR, ACTIVE));
	EXPECT_CLEARS(2);
}

TEST_F(many_areas, that_a_dump_clears_are_cleared_once)
{
	uint64_t when;
	int i;

	for (i = 0; i < 10; i++)
		EXPECT_EQ(0, io_do(self->minor, IO_READ, i * 16000, 8));
	ASSERT_TAKEN(area_dump(&self->netlink, self->id, CLEAR));
	EXPECT_CLEARS(1);
}

TEST_F(area, io_in_flight_survives_clearing_and_counts_when_it_ends)
{
	struct object area;
	pid_t read;

	dm_suspend("abi");
	read = io_start(self->minor, IO_READ, 5000, 8);
	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	area = one_area(5, CLEAR);
	EXPECT_EQ(1, object_uint(&area, DMSTAT_A_AREA_IN_FLIGHT_READ));
	area = one_area(5);
	EXPECT_EQ(1, object_uint(&area, DMSTAT_A_AREA_IN_FLIGHT_READ));

	dm_resume("abi");
	io_end(read);
	area = one_area(5);
	EXPECT_IO(&area, DMSTAT_A_AREA_READ, 1, 8, 0);
	EXPECT_EQ(0, object_uint(&area, DMSTAT_A_AREA_IN_FLIGHT_READ));
}

TEST_HARNESS_MAIN
