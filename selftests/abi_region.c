// SPDX-License-Identifier: GPL-2.0-only
/*
 * region-new, region-get, region-del: which region a request makes, and what is
 * refused. (region-clear is in abi_area.)
 */
#include <time.h>

#include "abi.h"
#include "memory.h"

#define SECTORS 1000003

#define START(v) U64(DMSTAT_A_REGION_START, v)
#define LENGTH(v) U64(DMSTAT_A_REGION_LENGTH, v)
#define AREA_SIZE(v) U64(DMSTAT_A_REGION_AREA_SIZE, v)
#define AREAS(v) U64(DMSTAT_A_REGION_AREAS, v)
#define PROGRAM_ID(v) STRING(DMSTAT_A_REGION_PROGRAM_ID, v)

/* A program id that is one byte too long; from its second byte on it fits. */
static char too_long[DMSTAT_PROGRAM_ID_MAX + 2];

static void fill_too_long(void)
{
	memset(too_long, 'x', DMSTAT_PROGRAM_ID_MAX + 1);
}

FIXTURE(region)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(region)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", SECTORS);
}

FIXTURE_TEARDOWN_PARENT(region)
{
	dm_remove_all();
}

/* ------------------------------------------------------------ region-new */

#define EXPECT_SHAPE(got, start, length, area_size, areas)		\
do {									\
	struct answer _r = (got);					\
									\
	ASSERT_TAKEN(_r);						\
	ASSERT_EQ(1, _r.nr);						\
	EXPECT_EQ(object_uint(_r.objects, DMSTAT_A_REGION_START), start); \
	EXPECT_EQ(object_uint(_r.objects, DMSTAT_A_REGION_LENGTH), length); \
	EXPECT_EQ(object_uint(_r.objects, DMSTAT_A_REGION_AREA_SIZE),	\
		  area_size);						\
	EXPECT_EQ(object_uint(_r.objects, DMSTAT_A_REGION_AREAS), areas); \
} while (0)

TEST_F(region, is_by_default_the_whole_device_as_one_area)
{
	struct answer answer = region_new(&self->netlink, self->minor);
	const struct object *region = answer.objects;
	uint64_t now = time(NULL), created;

	EXPECT_SHAPE(answer, 0, SECTORS, SECTORS, 1);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW, region->command);
	EXPECT_NE(0, object_uint(region, DMSTAT_A_REGION_REGION_ID));
	EXPECT_EQ(dm_major(), object_uint(region, DMSTAT_A_REGION_MAJOR));
	EXPECT_EQ(self->minor, object_uint(region, DMSTAT_A_REGION_MINOR));
	EXPECT_STREQ("abi",
		     object_string(region, DMSTAT_A_REGION_DEVICE_NAME));
	EXPECT_FALSE(object_has(region, DMSTAT_A_REGION_PROGRAM_ID));
	EXPECT_FALSE(object_has(region, DMSTAT_A_REGION_MISSED));
	EXPECT_FALSE(object_has(region, DMSTAT_A_REGION_CAUSE));
	EXPECT_LT(0, object_uint(region, DMSTAT_A_REGION_MEMORY));
	created = object_uint(region, DMSTAT_A_REGION_CREATED) / 1000000000;
	EXPECT_LE(created, now);
	EXPECT_GE(created + 30, now);
}

TEST_F(region, has_positions_of_64_bits)
{
	struct answer answer = region_new(&self->netlink, self->minor);
	const uint16_t types[] = {
		DMSTAT_A_REGION_START, DMSTAT_A_REGION_LENGTH,
		DMSTAT_A_REGION_AREA_SIZE, DMSTAT_A_REGION_AREAS,
	};
	int i;

	ASSERT_TAKEN(answer);
	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(object_has(answer.objects, types[i]));
		EXPECT_EQ(NLA_HDRLEN + 8,
			  object_find(answer.objects, types[i])->nla_len);
	}
}

TEST_F(region, goes_from_start_to_the_end_of_the_device)
{
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, START(1000)),
		     1000, SECTORS - 1000, SECTORS - 1000, 1);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor,
				START(SECTORS - 1)), SECTORS - 1, 1, 1, 1);
}

TEST_F(region, has_the_length_asked_for)
{
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, LENGTH(77)),
		     0, 77, 77, 1);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, START(8),
				LENGTH(SECTORS - 8)),
		     8, SECTORS - 8, SECTORS - 8, 1);
}

TEST_F(region, has_areas_of_the_size_asked_for_and_a_short_last_one)
{
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, AREA_SIZE(1000)),
		     0, SECTORS, 1000, 1001);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, START(3),
				AREA_SIZE(1000)), 3, SECTORS - 3, 1000, 1000);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, LENGTH(1000),
				AREA_SIZE(1)), 0, 1000, 1, 1000);
}

TEST_F(region, of_an_area_size_beyond_its_length_has_one_area)
{
	struct answer answer = region_new(&self->netlink, self->minor,
					  LENGTH(1000), AREA_SIZE(~0ULL));

	ASSERT_TAKEN(answer);
	EXPECT_EQ(1, object_uint(answer.objects, DMSTAT_A_REGION_AREAS));
}

TEST_F(region, has_the_number_of_areas_asked_for_the_size_rounded_up)
{
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, AREAS(1)),
		     0, SECTORS, SECTORS, 1);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, AREAS(1000)),
		     0, SECTORS, 1001, 1000);
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, LENGTH(1000),
				AREAS(1000)), 0, 1000, 1, 1000);
	/* Five areas of two sectors, not seven. */
	EXPECT_SHAPE(region_new(&self->netlink, self->minor, LENGTH(10),
				AREAS(7)), 0, 10, 2, 5);
}

TEST_F(region, keeps_a_program_id_of_up_to_255_bytes)
{
	const char *longest = &too_long[1];
	struct answer answer;

	fill_too_long();
	answer = region_new(&self->netlink, self->minor, PROGRAM_ID("x y"));
	ASSERT_TAKEN(answer);
	EXPECT_STREQ("x y", object_string(answer.objects,
					  DMSTAT_A_REGION_PROGRAM_ID));
	answer = region_new(&self->netlink, self->minor, PROGRAM_ID(longest));
	ASSERT_TAKEN(answer);
	EXPECT_STREQ(longest, object_string(answer.objects,
					    DMSTAT_A_REGION_PROGRAM_ID));
}

TEST_F(region, of_the_same_range_can_exist_many_times)
{
	int i;

	for (i = 0; i < 100; i++)
		ASSERT_TAKEN(region_new(&self->netlink, self->minor,
					START(i / 2), LENGTH(1000)));
	EXPECT_EQ(100, regions_of(&self->netlink, self->minor));
}

TEST_F(region, has_an_id_that_is_not_used_again)
{
	uint32_t last = 0, id;
	int i;

	for (i = 0; i < 50; i++) {
		id = region_make(&self->netlink, self->minor);
		ASSERT_LT(last, id);
		last = id;
		if (i % 2)
			ASSERT_TAKEN(region_del(&self->netlink, id));
	}
}

TEST_F(region, needs_a_device)
{
	EXPECT_DEVICE_NEEDED(&self->netlink, DMSTAT_CMD_REGION_NEW,
			     DMSTAT_A_REGION_MAJOR);
}

TEST_F(region, refuses_device_numbers_out_of_range)
{
	EXPECT_DEVICE_IN_RANGE(netlink_do, &self->netlink,
			       DMSTAT_CMD_REGION_NEW, DMSTAT_A_REGION_MAJOR);
}

/* The answer to region-new has all that region-get has. */
TEST_F(region, is_whole_in_the_answer_when_it_is_made)
{
	struct answer made, got;
	uint32_t id;

	made = region_new(&self->netlink, self->minor, START(5), LENGTH(1000),
			  AREAS(10), PROGRAM_ID("me"));
	id = region_made(made);
	got = region_get(&self->netlink, id);
	ASSERT_TAKEN(got);
	ASSERT_EQ(1, got.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_GET, got.objects[0].command);
	EXPECT_TRUE(object_equal(made.objects, got.objects));
	EXPECT_EQ(11, object_count(got.objects));
}

/* ------------------------------------------------------------ region-del */

TEST_F(region, that_is_deleted_is_gone)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	ASSERT_TAKEN(region_del(&self->netlink, id));
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
	EXPECT_REFUSED(region_get(&self->netlink, id), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_del(&self->netlink, id), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_clear(&self->netlink, id), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_DUMP_REFUSED(area_dump(&self->netlink, id), ENOENT,
			    DMSTAT_A_AREA_REGION_ID);
}

TEST_F(region, goes_with_its_device)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	dm_remove("abi");
	EXPECT_REFUSED(region_get(&self->netlink, id), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	self->minor = dm_create("abi", SECTORS);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_F(region, is_named_by_its_id)
{
	const uint8_t commands[] = {
		DMSTAT_CMD_REGION_GET, DMSTAT_CMD_REGION_DEL,
		DMSTAT_CMD_REGION_CLEAR,
	};
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_MISSING(netlink_do(&self->netlink, commands[i],
					  ATTRIBUTES()),
			       DMSTAT_A_REGION_REGION_ID);
		EXPECT_REFUSED(netlink_do(&self->netlink, commands[i],
					  ATTRIBUTES(REGION(0))),
			       ERANGE, DMSTAT_A_REGION_REGION_ID);
		EXPECT_REFUSED(netlink_do(&self->netlink, commands[i],
					  ATTRIBUTES(REGION(~0U))),
			       ENOENT, DMSTAT_A_REGION_REGION_ID);
	}
}

TEST_F(region, is_read_by_its_id_only)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_REGION_GET,
				  ATTRIBUTES(REGION(id),
					     REGION_DEVICE(self->minor))),
		       EINVAL, DMSTAT_A_REGION_MAJOR);
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_REGION_GET,
				  ATTRIBUTES(REGION(id),
					     U32(DMSTAT_A_REGION_MINOR, 0))),
		       EINVAL, DMSTAT_A_REGION_MINOR);
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_REGION_GET,
				  ATTRIBUTES(REGION(id), PROGRAM_ID("me"))),
		       EINVAL, DMSTAT_A_REGION_PROGRAM_ID);
}

/* ------------------------------------------------------------------ dump */

/* Whether the dump has exactly these regions, in the order of their ids. */
static bool gives(const struct answer *answer, const uint32_t *ids, size_t nr)
{
	size_t i;

	if (answer->error || answer->nr != nr)
		return false;
	for (i = 0; i < nr; i++) {
		if (object_uint(&answer->objects[i],
				DMSTAT_A_REGION_REGION_ID) != ids[i])
			return false;
	}
	return true;
}

TEST_F(region, dump_lists_all_or_those_of_a_device_or_of_a_program)
{
	unsigned int other = dm_create("abi2", 8);
	const uint32_t ids[4] = {
		region_make(&self->netlink, self->minor),
		region_make(&self->netlink, other, PROGRAM_ID("me")),
		region_make(&self->netlink, self->minor, PROGRAM_ID("me")),
		region_make(&self->netlink, self->minor, PROGRAM_ID("me too")),
	};
	struct answer answer;

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES());
	EXPECT_TRUE(gives(&answer, ids, 4));
	EXPECT_EQ(NLM_F_MULTI, answer.objects[0].flags);

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES(REGION_DEVICE(other)));
	EXPECT_TRUE(gives(&answer, &ids[1], 1));

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES(PROGRAM_ID("me")));
	EXPECT_TRUE(gives(&answer, &ids[1], 2));

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES(PROGRAM_ID("me"),
					 REGION_DEVICE(self->minor)));
	EXPECT_TRUE(gives(&answer, &ids[2], 1));

	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES(PROGRAM_ID("nobody")));
	EXPECT_TRUE(gives(&answer, NULL, 0));
}

TEST_F(region, dump_has_the_same_for_each_as_get)
{
	uint32_t id = region_make(&self->netlink, self->minor, AREAS(7),
				  PROGRAM_ID("me"));
	struct answer get = region_get(&self->netlink, id);
	struct answer dump = netlink_dump(&self->netlink,
					  DMSTAT_CMD_REGION_GET, ATTRIBUTES());

	ASSERT_EQ(1, dump.nr);
	EXPECT_TRUE(object_equal(get.objects, dump.objects));
}

TEST_F(region, dump_over_several_datagrams_lists_each_once)
{
	struct answer answer;
	uint32_t ids[300];
	int i;

	for (i = 0; i < 300; i++)
		ids[i] = region_make(&self->netlink, self->minor, START(i));
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_REGION_GET,
				    ATTRIBUTES(REGION_DEVICE(self->minor)));
	TH_LOG("%zu regions in the first datagram", answer.nr);
	ASSERT_FALSE(answer.ended);
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(gives(&answer, ids, 300));
	EXPECT_FALSE(answer.interrupted);
}

TEST_F(region, dump_is_marked_when_a_region_comes_or_goes_meanwhile)
{
	struct netlink other;
	struct answer answer;
	uint32_t last = 0;
	int i;

	ASSERT_EQ(0, netlink_open(&other));
	for (i = 0; i < 300; i++)
		last = region_make(&self->netlink, self->minor);

	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_REGION_GET,
				    ATTRIBUTES());
	ASSERT_TAKEN(region_del(&other, last));
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(answer.interrupted);
	EXPECT_EQ(299, answer.nr);

	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_REGION_GET,
				    ATTRIBUTES());
	region_make(&other, self->minor);
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(answer.interrupted);
	EXPECT_EQ(300, answer.nr);
}

#define region_dump(...) \
	netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET, \
		     ATTRIBUTES(__VA_ARGS__))

TEST_F(region, dump_refuses_half_a_device_an_id_and_too_long_a_program_id)
{
	EXPECT_DUMP_REFUSED(region_dump(U32(DMSTAT_A_REGION_MAJOR, 254)),
			    EINVAL, 0);
	EXPECT_DUMP_REFUSED(region_dump(U32(DMSTAT_A_REGION_MINOR, 0)),
			    EINVAL, 0);
	EXPECT_DUMP_REFUSED(region_dump(REGION(1)), EINVAL,
			    DMSTAT_A_REGION_REGION_ID);
	fill_too_long();
	EXPECT_REFUSED(region_dump(PROGRAM_ID(too_long)), ERANGE,
		       DMSTAT_A_REGION_PROGRAM_ID);
	EXPECT_STREQ("program id is too long: at most 255 bytes",
		     region_dump(PROGRAM_ID(too_long)).text);
}

/* -------------------------------------------------------------- refusals */

FIXTURE(refused)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_VARIANT(refused)
{
	struct attribute attributes[4];
	uint64_t sectors;		/* of the device; 0: SECTORS */
	uint64_t memory_limit;		/* bytes; 0: as it is */
	int error;
	uint16_t fault;			/* attribute, or 0 */
};

#define HUGE_SECTORS (1ULL << 33)

FIXTURE_VARIANT_ADD(refused, length_of_zero) {
	.attributes = { LENGTH(0) },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_LENGTH,
};

FIXTURE_VARIANT_ADD(refused, start_at_the_end) {
	.attributes = { START(SECTORS) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_START,
};

FIXTURE_VARIANT_ADD(refused, start_beyond_the_end) {
	.attributes = { START(~0ULL) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_START,
};

FIXTURE_VARIANT_ADD(refused, start_beyond_the_end_with_length) {
	.attributes = { START(SECTORS), LENGTH(1) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_START,
};

FIXTURE_VARIANT_ADD(refused, end_beyond_the_end) {
	.attributes = { START(3), LENGTH(SECTORS - 2) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_LENGTH,
};

FIXTURE_VARIANT_ADD(refused, length_beyond_the_end) {
	.attributes = { LENGTH(SECTORS + 1) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_LENGTH,
};

FIXTURE_VARIANT_ADD(refused, sum_beyond_64_bits) {
	.attributes = { START(1), LENGTH(~0ULL) },
	.error = EOVERFLOW,
	.fault = DMSTAT_A_REGION_LENGTH,
};

FIXTURE_VARIANT_ADD(refused, no_areas) {
	.attributes = { AREAS(0) },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_VARIANT_ADD(refused, area_size_of_zero) {
	.attributes = { AREA_SIZE(0) },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_AREA_SIZE,
};

FIXTURE_VARIANT_ADD(refused, both_area_size_and_areas) {
	.attributes = { AREAS(2), AREA_SIZE(2) },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_VARIANT_ADD(refused, more_areas_than_sectors) {
	.attributes = { AREAS(SECTORS + 1) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_VARIANT_ADD(refused, more_areas_than_sectors_of_the_region) {
	.attributes = { LENGTH(8), AREAS(9) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_VARIANT_ADD(refused, program_id_of_256_bytes) {
	.attributes = { PROGRAM_ID(too_long) },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_PROGRAM_ID,
};

FIXTURE_VARIANT_ADD(refused, region_id) {
	.attributes = { REGION(1) },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_REGION_ID,
};

FIXTURE_VARIANT_ADD(refused, areas_by_number_of_2_to_the_32) {
	.attributes = { AREAS(1ULL << 32) },
	.sectors = HUGE_SECTORS,
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_VARIANT_ADD(refused, areas_by_size_of_2_to_the_32) {
	.attributes = { AREA_SIZE(2) },
	.sectors = HUGE_SECTORS,
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_AREA_SIZE,
};

FIXTURE_VARIANT_ADD(refused, memory_of_2_to_the_32_areas_less_one) {
	.attributes = { LENGTH((1ULL << 33) - 2), AREA_SIZE(2) },
	.sectors = HUGE_SECTORS,
	.memory_limit = 1048576,
	.error = ENOSPC,
};

FIXTURE_VARIANT_ADD(refused, memory_of_1000000_areas) {
	.attributes = { AREAS(1000000) },
	.sectors = HUGE_SECTORS,
	.memory_limit = 65536,
	.error = ENOSPC,
};

FIXTURE_VARIANT_ADD(refused, memory_of_a_region) {
	.attributes = { AREAS(1) },
	.sectors = HUGE_SECTORS,
	.memory_limit = 64,
	.error = ENOSPC,
};

/* Enough for the region, but not for what its device needs. */
FIXTURE_VARIANT_ADD(refused, memory_of_a_device) {
	.attributes = { AREAS(1) },
	.sectors = HUGE_SECTORS,
	.memory_limit = 4096,
	.error = ENOSPC,
};

FIXTURE_SETUP(refused)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", variant->sectors ?: SECTORS);
	fill_too_long();
	if (variant->memory_limit)
		memory_set_limit(variant->memory_limit);
}

FIXTURE_TEARDOWN_PARENT(refused)
{
	if (variant->memory_limit)
		memory_set_limit(256 << 20);
	dm_remove_all();
}

TEST_F(refused, by_region_new)
{
	const struct attribute *a = variant->attributes;

	EXPECT_REFUSED(region_new(&self->netlink, self->minor, a[0], a[1],
				  a[2]), variant->error, variant->fault);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));

	/* The refused request left nothing behind. */
	if (variant->memory_limit)
		memory_set_limit(256 << 20);
	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
}

/* A new index is allocated first, and the old one is freed later. */
TEST_F(region, is_deleted_at_the_limit_although_that_takes_memory)
{
	uint64_t regions = 200, before, i;
	unsigned int minor = dm_create("abi2", 8 * regions);
	struct answer last;

	for (i = 0; i < regions; i++) {
		last = region_new(&self->netlink, minor, START(8 * i),
				  LENGTH(8));
		ASSERT_TAKEN(last);
	}
	before = memory_used();
	memory_set_limit(1);
	ASSERT_TAKEN(region_del(&self->netlink,
				object_uint(&last.objects[0],
					    DMSTAT_A_REGION_REGION_ID)));
	memory_set_limit(256 << 20);
	EXPECT_GT(before, memory_used_after(before - 1));
}

TEST_F(region, on_a_device_whose_table_is_not_active_is_refused)
{
	unsigned int unused = dm_create_unused("abi2", SECTORS);

	EXPECT_REFUSED(region_new(&self->netlink, unused), ERANGE,
		       DMSTAT_A_REGION_MAJOR);
	dm_resume("abi2");
	ASSERT_TAKEN(region_new(&self->netlink, unused));
}

TEST_F(region, of_the_most_areas_is_refused_only_because_memory_is_short)
{
	unsigned int huge = dm_create("abi2", HUGE_SECTORS);
	uint64_t most = (1ULL << 32) - 1;
	struct answer answer;

	answer = region_new(&self->netlink, huge, LENGTH(most), AREAS(most));
	if (answer.error)
		EXPECT_REFUSED(answer, ENOSPC, 0);
	else
		EXPECT_SHAPE(answer, 0, most, 1, most);
}

TEST_HARNESS_MAIN
