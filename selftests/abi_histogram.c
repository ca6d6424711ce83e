// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms and the longest I/O of an area: what a region with bounds reports, and
 * which bounds are refused.
 */
#include "abi.h"
#include "attribute.h"

#define SECTORS 4096
#define OPERATIONS 3

static const uint16_t operations[OPERATIONS] = {
	DMSTAT_A_AREA_READ, DMSTAT_A_AREA_WRITE, DMSTAT_A_AREA_DISCARD,
};

#define BOUNDS(array)							\
	BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS, array, sizeof(array))

/* Every I/O takes longer than the first and less than the second. */
static const uint64_t bounds[] = { 1, 3600000000000000ULL };

FIXTURE(histogram)
{
	struct netlink netlink;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(histogram)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_linear("abi", SECTORS);
	self->id = region_make(&self->netlink, self->minor, BOUNDS(bounds));
}

FIXTURE_TEARDOWN_PARENT(histogram)
{
	dm_remove_all();
}

/* A bin, or all ones if there is none. */
static uint64_t bin(const struct object *area, uint16_t operation, size_t i)
{
	const struct nlattr *bins;
	struct object nest;
	uint64_t value;

	if (!object_has(area, operation))
		return ~0ULL;
	nest = object_nested(area, operation);
	bins = object_find(&nest, DMSTAT_A_IO_HISTOGRAM);
	if (!bins || attribute_size(bins) < (i + 1) * sizeof(value))
		return ~0ULL;
	memcpy(&value, attribute_data(bins) + i * sizeof(value),
	       sizeof(value));
	return value;
}

static void do_io(struct __test_metadata *_metadata, unsigned int minor)
{
	EXPECT_EQ(0, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(0, io_do(minor, IO_READ, 8, 8));
	EXPECT_EQ(0, io_do(minor, IO_WRITE, 0, 8));
	EXPECT_EQ(0, io_do(minor, IO_DISCARD, 0, 8));
}

TEST_F(histogram, bounds_are_reported_as_they_were_set)
{
	struct answer got = region_get(&self->netlink, self->id);
	const struct nlattr *given;

	ASSERT_TAKEN(got);
	given = object_find(&got.objects[0], DMSTAT_A_REGION_HISTOGRAM_BOUNDS);
	ASSERT_NE(NULL, given);
	ASSERT_EQ(sizeof(bounds), attribute_size(given));
	EXPECT_EQ(0, memcmp(attribute_data(given), bounds, sizeof(bounds)));
}

TEST_F(histogram, has_each_operation_separately)
{
	static const uint64_t ios[OPERATIONS] = { 2, 1, 1 };
	struct answer got;
	int i;

	do_io(_metadata, self->minor);
	got = area_dump(&self->netlink, self->id);
	ASSERT_EQ(1, got.nr);
	for (i = 0; i < OPERATIONS; i++) {
		EXPECT_EQ(0, bin(&got.objects[0], operations[i], 0));
		EXPECT_EQ(ios[i], bin(&got.objects[0], operations[i], 1));
		EXPECT_EQ(0, bin(&got.objects[0], operations[i], 2));
		EXPECT_EQ(~0ULL, bin(&got.objects[0], operations[i], 3));
	}
}

/* An I/O that takes as long as a bound is in the bin above it. */
TEST_F(histogram, bins_are_between_the_bounds)
{
	uint64_t longest, around[3];
	struct answer got;
	uint32_t id;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	got = area_dump(&self->netlink, self->id);
	ASSERT_EQ(1, got.nr);
	longest = io_counter(&got.objects[0], DMSTAT_A_AREA_READ,
			     DMSTAT_A_IO_LONGEST_NS);
	ASSERT_LT(1, longest);
	EXPECT_EQ(longest, io_counter(&got.objects[0], DMSTAT_A_AREA_READ,
				      DMSTAT_A_IO_NS));

	/* None takes a thousand times as long. */
	around[0] = 1;
	around[1] = 2;
	around[2] = 10000 * longest;
	id = region_make(&self->netlink, self->minor, BOUNDS(around));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	got = area_dump(&self->netlink, id);
	EXPECT_EQ(0, bin(&got.objects[0], DMSTAT_A_AREA_READ, 0));
	EXPECT_EQ(0, bin(&got.objects[0], DMSTAT_A_AREA_READ, 1));
	EXPECT_EQ(1, bin(&got.objects[0], DMSTAT_A_AREA_READ, 2));
	EXPECT_EQ(0, bin(&got.objects[0], DMSTAT_A_AREA_READ, 3));
}

TEST_F(histogram, with_64_bounds_counts_all)
{
	uint64_t many[DMSTAT_HISTOGRAM_BOUNDS_MAX], sum = 0;
	struct answer got;
	uint32_t id;
	int i;

	for (i = 0; i < DMSTAT_HISTOGRAM_BOUNDS_MAX; i++)
		many[i] = 1ULL << i;
	id = region_make(&self->netlink, self->minor, BOUNDS(many),
			 U64(DMSTAT_A_REGION_AREAS, 100));
	for (i = 0; i < 40; i++)
		EXPECT_EQ(0, io_do(self->minor, IO_READ, 8 * (i % 4), 8));
	got = area_dump(&self->netlink, id, FLAG(DMSTAT_A_AREA_ACTIVE));
	ASSERT_EQ(1, got.nr);
	for (i = 0; i <= DMSTAT_HISTOGRAM_BOUNDS_MAX; i++)
		sum += bin(&got.objects[0], DMSTAT_A_AREA_READ, i);
	EXPECT_EQ(40, sum);
}

TEST_F(histogram, begins_at_zero_when_it_is_cleared)
{
	struct answer got;

	do_io(_metadata, self->minor);
	got = area_dump(&self->netlink, self->id, FLAG(DMSTAT_A_AREA_CLEAR));
	ASSERT_EQ(1, got.nr);
	EXPECT_EQ(2, bin(&got.objects[0], DMSTAT_A_AREA_READ, 1));

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	got = area_dump(&self->netlink, self->id);
	EXPECT_EQ(1, bin(&got.objects[0], DMSTAT_A_AREA_READ, 1));
	EXPECT_FALSE(object_has(&got.objects[0], DMSTAT_A_AREA_WRITE));
	EXPECT_EQ(io_counter(&got.objects[0], DMSTAT_A_AREA_READ,
			     DMSTAT_A_IO_NS),
		  io_counter(&got.objects[0], DMSTAT_A_AREA_READ,
			     DMSTAT_A_IO_LONGEST_NS));

	ASSERT_TAKEN(region_clear(&self->netlink, self->id));
	got = area_dump(&self->netlink, self->id);
	EXPECT_FALSE(object_has(&got.objects[0], DMSTAT_A_AREA_READ));
}

TEST_F(histogram, is_absent_without_bounds)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct answer got;

	do_io(_metadata, self->minor);
	got = area_dump(&self->netlink, id);
	EXPECT_EQ(~0ULL, bin(&got.objects[0], DMSTAT_A_AREA_READ, 0));
	got = region_get(&self->netlink, id);
	EXPECT_FALSE(object_has(&got.objects[0],
				DMSTAT_A_REGION_HISTOGRAM_BOUNDS));
}

#define EXPECT_BOUNDS_REFUSED(array, size, error)			\
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,		\
				  BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS, \
					array, size)),			\
		       error, DMSTAT_A_REGION_HISTOGRAM_BOUNDS)

TEST_F(histogram, bounds_that_do_not_rise_are_refused)
{
	static const uint64_t none[] = { 0, 5 }, falling[] = { 5, 4 };
	static const uint64_t equal[] = { 5, 5 };

	EXPECT_BOUNDS_REFUSED(none, sizeof(none), EINVAL);
	EXPECT_BOUNDS_REFUSED(falling, sizeof(falling), EINVAL);
	EXPECT_BOUNDS_REFUSED(equal, sizeof(equal), EINVAL);
}

TEST_F(histogram, bounds_of_a_wrong_length_are_refused)
{
	uint64_t many[DMSTAT_HISTOGRAM_BOUNDS_MAX + 1];
	int i;

	for (i = 0; i <= DMSTAT_HISTOGRAM_BOUNDS_MAX; i++)
		many[i] = i + 1;
	EXPECT_BOUNDS_REFUSED(many, 0, EINVAL);
	EXPECT_BOUNDS_REFUSED(many, 12, EINVAL);
	EXPECT_BOUNDS_REFUSED(many, sizeof(many), ERANGE);
	EXPECT_STREQ("too many histogram bounds: at most 64",
		     region_new(&self->netlink, self->minor, BOUNDS(many)).text);
}

TEST_HARNESS_MAIN
