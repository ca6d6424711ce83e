// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that grow and shrink in place: which areas keep their counters, where
 * I/O in flight ends, what is refused, and what it costs.
 */
#include "abi.h"
#include "memory.h"

#define SECTORS 100000
#define AREA 64

/* Wait until work items have counted I/O over many areas. */
static void wait_counted(struct netlink *netlink, unsigned int minor)
{
	struct answer got;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		got = netlink_dump(netlink, DMSTAT_CMD_INFLIGHT_GET,
				   ATTRIBUTES(INFLIGHT_DEVICE(minor)));
		if (!got.nr)
			return;
		usleep(10000);
	}
	errx(KSFT_FAIL, "I/O does not end");
}

/* An attribute of some ranges: { start, length } each. */
#define RANGES(...)							\
	BYTES(DMSTAT_A_REGION_EXTENT_RANGES,				\
	      ((struct dmstat_extent_range[]){ __VA_ARGS__ }),		\
	      sizeof((struct dmstat_extent_range[]){ __VA_ARGS__ }))
#define LENGTH(sectors) U64(DMSTAT_A_REGION_LENGTH, sectors)
#define START(sector) U64(DMSTAT_A_REGION_START, sector)
#define AREA_SIZE(sectors) U64(DMSTAT_A_REGION_AREA_SIZE, sectors)

/* resize(NETLINK, ID, ATTRIBUTE...): the answer. */
#define resize(netlink, id, ...)					\
	netlink_do(netlink, DMSTAT_CMD_REGION_SET,			\
		   ATTRIBUTES(REGION(id), ##__VA_ARGS__))

FIXTURE(resize)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(resize)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_linear("abi", SECTORS);
}

FIXTURE_TEARDOWN_PARENT(resize)
{
	memory_set_limit(256 << 20);
	dm_remove_all();
}

static uint64_t reads(const struct object *area)
{
	return io_counter(area, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS);
}

static uint64_t in_flight(const struct object *area)
{
	return object_uint(area, DMSTAT_A_AREA_IN_FLIGHT_READ) +
	       object_uint(area, DMSTAT_A_AREA_IN_FLIGHT_WRITE);
}

#define EXPECT_AREA(area, start, length, ios)				\
do {									\
	const struct object *_a = (area);				\
									\
	EXPECT_EQ(start, object_uint(_a, DMSTAT_A_AREA_START));		\
	EXPECT_EQ(length, object_uint(_a, DMSTAT_A_AREA_LENGTH));	\
	EXPECT_EQ(ios, reads(_a));					\
} while (0)

#define EXPECT_REGION(netlink, id, type, value)				\
do {									\
	struct answer _r = region_get(netlink, id);			\
									\
	EXPECT_EQ(_r.error, 0);						\
	EXPECT_EQ(value, object_uint(&_r.objects[0], type));		\
} while (0)

#define EXPECT_READ(minor, sector, sectors)				\
	EXPECT_EQ(0, io_do(minor, IO_READ, sector, sectors))

/* ------------------------------------------------------------- a range */

TEST_F(resize, range_grows_and_its_areas_keep_their_counters)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, START(8),
			 LENGTH(10 * AREA), AREA_SIZE(AREA));
	EXPECT_READ(self->minor, 8, 8);
	EXPECT_READ(self->minor, 8 + 9 * AREA, 8);
	EXPECT_READ(self->minor, 8 + 10 * AREA, 8);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(1000 * AREA)));
	EXPECT_READ(self->minor, 8 + 9 * AREA + 60, 8);
	EXPECT_READ(self->minor, 8 + 999 * AREA, 8);
	EXPECT_READ(self->minor, 8 + 1000 * AREA, 8);

	got = area_dump(&self->netlink, id);
	ASSERT_EQ(1000, got.nr);
	EXPECT_AREA(&got.objects[0], 8, AREA, 1);
	EXPECT_AREA(&got.objects[9], 8 + 9 * AREA, AREA, 2);
	EXPECT_AREA(&got.objects[10], 8 + 10 * AREA, AREA, 1);
	EXPECT_AREA(&got.objects[11], 8 + 11 * AREA, AREA, 0);
	EXPECT_AREA(&got.objects[999], 8 + 999 * AREA, AREA, 1);
	got = area_dump(&self->netlink, id, FLAG(DMSTAT_A_AREA_ACTIVE));
	EXPECT_EQ(4, got.nr);
}

TEST_F(resize, range_shrinks_and_areas_that_come_back_begin_with_zero)
{
	struct answer got;
	uint32_t id;
	int i;

	id = region_make(&self->netlink, self->minor, LENGTH(100 * AREA),
			 AREA_SIZE(AREA));
	for (i = 0; i < 100; i++)
		EXPECT_READ(self->minor, i * AREA, 8);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(3 * AREA)));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(3, got.nr);
	EXPECT_AREA(&got.objects[2], 2 * AREA, AREA, 1);
	EXPECT_READ(self->minor, 3 * AREA, 8);

	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(100 * AREA)));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(100, got.nr);
	for (i = 0; i < 100; i++) {
		EXPECT_AREA(&got.objects[i], i * AREA, AREA, i < 3);
		EXPECT_EQ(i < 3, object_has(&got.objects[i],
					    DMSTAT_A_AREA_BUSY_NS));
	}
}

TEST_F(resize, last_area_keeps_its_counters_when_its_length_changes)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, LENGTH(AREA + 16),
			 AREA_SIZE(AREA));
	EXPECT_READ(self->minor, AREA, 8);
	EXPECT_READ(self->minor, AREA + 16, 8);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(AREA + 32)));
	EXPECT_READ(self->minor, AREA + 16, 8);
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(2, got.nr);
	EXPECT_AREA(&got.objects[1], AREA, 32, 2);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(AREA + 8)));
	EXPECT_READ(self->minor, AREA + 8, 8);
	EXPECT_READ(self->minor, AREA, 16);
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(2, got.nr);
	EXPECT_AREA(&got.objects[1], AREA, 8, 3);
	EXPECT_EQ(8 + 8 + 8, io_counter(&got.objects[1], DMSTAT_A_AREA_READ,
					DMSTAT_A_IO_SECTORS));
}

/* Where no area was divided by a size before. */
TEST_F(resize, range_of_one_area_gets_more)
{
	static const unsigned int sizes[] = { 64, 24 };
	struct answer got;
	uint32_t id;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		id = region_make(&self->netlink, self->minor, LENGTH(sizes[i]));
		EXPECT_READ(self->minor, 0, 8);
		ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(10 * sizes[i])));
		EXPECT_READ(self->minor, 9 * sizes[i], 8);
		EXPECT_READ(self->minor, sizes[i] - 4, 8);
		got = area_dump(&self->netlink, id);
		ASSERT_EQ(10, got.nr);
		EXPECT_AREA(&got.objects[0], 0, sizes[i], 2);
		EXPECT_AREA(&got.objects[1], sizes[i], sizes[i], 1);
		EXPECT_AREA(&got.objects[9], 9 * sizes[i], sizes[i], 1);
	}
}

TEST_F(resize, histograms_stay_with_their_areas)
{
	static const uint64_t bounds[] = { 1000, 1000000000 };
	struct object io;
	struct answer got;
	uint64_t bins[3];
	uint32_t id;
	int i;

	id = region_make(&self->netlink, self->minor, LENGTH(10 * AREA),
			 AREA_SIZE(AREA),
			 BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS, bounds,
			       sizeof(bounds)));
	EXPECT_READ(self->minor, 0, 8);
	EXPECT_READ(self->minor, 9 * AREA, 8);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(AREA)));
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(10 * AREA)));
	EXPECT_READ(self->minor, 0, 8);
	EXPECT_READ(self->minor, 9 * AREA, 8);
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(10, got.nr);
	for (i = 0; i < 10; i += 9) {
		io = object_nested(&got.objects[i], DMSTAT_A_AREA_READ);
		ASSERT_TRUE(object_has(&io, DMSTAT_A_IO_HISTOGRAM));
		memcpy(bins, (const void *)object_find(&io,
						       DMSTAT_A_IO_HISTOGRAM) +
		       NLA_HDRLEN, sizeof(bins));
		EXPECT_EQ(i ? 1 : 2, bins[0] + bins[1] + bins[2]);
	}
}

TEST_F(resize, clears_stay_with_their_areas)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, LENGTH(4 * AREA),
			 AREA_SIZE(AREA));
	EXPECT_READ(self->minor, 0, 8);
	EXPECT_READ(self->minor, 3 * AREA, 8);
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	EXPECT_READ(self->minor, 0, 8);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(AREA)));
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(4 * AREA)));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(4, got.nr);
	EXPECT_AREA(&got.objects[0], 0, AREA, 1);
	EXPECT_EQ(1, object_uint(&got.objects[0], DMSTAT_A_AREA_CLEARS));
	EXPECT_AREA(&got.objects[3], 3 * AREA, AREA, 0);
	EXPECT_EQ(0, object_uint(&got.objects[3], DMSTAT_A_AREA_CLEARS));
	got = area_dump(&self->netlink, id, FLAG(DMSTAT_A_AREA_UNCLEARED));
	EXPECT_AREA(&got.objects[0], 0, AREA, 2);
	EXPECT_AREA(&got.objects[3], 3 * AREA, AREA, 0);
}

/* ------------------------------------------------------------- extents */

TEST_F(resize, area_keeps_its_counters_whatever_its_index)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, AREA_SIZE(AREA),
			 RANGES({ 1000, 2 * AREA }, { 5000, AREA }));
	EXPECT_READ(self->minor, 1000, 8);
	EXPECT_READ(self->minor, 1000 + AREA, 8);
	EXPECT_READ(self->minor, 1000 + AREA, 8);
	EXPECT_READ(self->minor, 5000, 8);
	/* One comes before, one is cut off in front, one grows. */
	ASSERT_TAKEN(resize(&self->netlink, id,
			    RANGES({ 0, 8 }, { 1000 + AREA, AREA },
				   { 5000, 3 * AREA })));
	EXPECT_READ(self->minor, 1000, 8);
	EXPECT_READ(self->minor, 0, 8);
	EXPECT_READ(self->minor, 5000 + 2 * AREA, 8);
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(5, got.nr);
	EXPECT_AREA(&got.objects[0], 0, 8, 1);
	EXPECT_AREA(&got.objects[1], 1000 + AREA, AREA, 2);
	EXPECT_AREA(&got.objects[2], 5000, AREA, 1);
	EXPECT_AREA(&got.objects[3], 5000 + AREA, AREA, 0);
	EXPECT_AREA(&got.objects[4], 5000 + 2 * AREA, AREA, 1);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_EXTENTS, 3);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_AREAS, 5);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_START, 0);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_LENGTH,
		      5000 + 3 * AREA);

	/* All areas begin elsewhere. */
	ASSERT_TAKEN(resize(&self->netlink, id,
			    RANGES({ 1, 8 }, { 1001, 100 * AREA })));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(101, got.nr);
	EXPECT_AREA(&got.objects[0], 1, 8, 0);
	EXPECT_AREA(&got.objects[1], 1001, AREA, 0);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_RESIZES, 2);
}

/* What an area has counted, by its first sector; 0: there is no area. */
struct model {
	unsigned int plus_one[SECTORS];
	unsigned int length[SECTORS];
};

#define EXTENTS 12

/* Return: how many extents; @model becomes that of their areas. */
static uint32_t any_extents(struct dmstat_extent_range *ranges,
			    unsigned int size, struct model *model,
			    struct model *next)
{
	unsigned int sector = random() % 200, i, at, nr = 1 + random() % EXTENTS;

	memset(next, 0, sizeof(*next));
	for (i = 0; i < nr; i++) {
		/* On the same grid, so that some areas stay. */
		ranges[i].start = sector;
		ranges[i].length = 1 + random() % 1000;
		for (at = 0; at < ranges[i].length; at += size) {
			next->plus_one[sector + at] =
				model->plus_one[sector + at] ?: 1;
			next->length[sector + at] =
				ranges[i].length - at < size ?
				ranges[i].length - at : size;
		}
		sector += ranges[i].length;
		if (random() % 4)
			sector += random() % 500;
		if (random() % 4)
			sector = (sector + size - 1) / size * size;
	}
	*model = *next;
	return nr;
}

/* A read of @sectors from @sector on. */
static void model_read(struct model *model, unsigned int sector,
		       unsigned int sectors)
{
	unsigned int at;

	for (at = 0; at < sector + sectors; at++)
		if (model->plus_one[at] && at + model->length[at] > sector)
			model->plus_one[at]++;
}

/* Return: how many areas are not as in @model. */
static unsigned int differences(const struct answer *got,
				const struct model *model)
{
	unsigned int i, at = 0, nr = 0;

	for (i = 0; i < got->nr; i++, at++) {
		while (at < SECTORS && !model->plus_one[at])
			at++;
		if (at == SECTORS)
			return nr + got->nr - i;
		nr += object_uint(&got->objects[i], DMSTAT_A_AREA_INDEX) != i ||
		      object_uint(&got->objects[i],
				  DMSTAT_A_AREA_START) != at ||
		      object_uint(&got->objects[i],
				  DMSTAT_A_AREA_LENGTH) != model->length[at] ||
		      reads(&got->objects[i]) + 1 != model->plus_one[at];
	}
	while (at < SECTORS)
		nr += !!model->plus_one[at++];
	return nr;
}

TEST_F(resize, any_extents_after_any_others)
{
	static const unsigned int sizes[] = { 8, 24, 64, 1, 5000 };
	static struct model models[sizeof(sizes) / sizeof(*sizes)], scratch;
	struct dmstat_extent_range ranges[EXTENTS];
	uint32_t ids[sizeof(sizes) / sizeof(*sizes)], nr;
	unsigned int round, i, kept = 0;
	struct answer got;

	srandom(1);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		nr = any_extents(ranges, sizes[i], &models[i], &scratch);
		ids[i] = region_make(&self->netlink, self->minor,
				     AREA_SIZE(sizes[i]),
				     BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
					   ranges, nr * sizeof(*ranges)));
	}
	for (round = 0; round < 60; round++) {
		for (nr = 0; nr < 8; nr++) {
			unsigned int sector = random() % 12000;
			unsigned int sectors = 1 + random() % 300;

			ASSERT_EQ(0, io_do(self->minor, IO_READ, sector,
					   sectors));
			for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
				model_read(&models[i], sector, sectors);
		}
		wait_counted(&self->netlink, self->minor);
		i = round % (sizeof(sizes) / sizeof(*sizes));
		got = area_dump(&self->netlink, ids[i]);
		ASSERT_EQ(0, differences(&got, &models[i])) {
			TH_LOG("before change %u, area size %u", round,
			       sizes[i]);
		}
		netlink_free(&got);
		nr = any_extents(ranges, sizes[i], &models[i], &scratch);
		ASSERT_TAKEN(resize(&self->netlink, ids[i],
				    BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
					  ranges, nr * sizeof(*ranges))));
		got = area_dump(&self->netlink, ids[i]);
		ASSERT_EQ(0, differences(&got, &models[i])) {
			TH_LOG("after change %u, area size %u", round,
			       sizes[i]);
		}
		for (nr = 0; nr < got.nr; nr++)
			kept += !!reads(&got.objects[nr]);
		netlink_free(&got);
	}
	/* That areas stay is tried. */
	EXPECT_GT(kept, 100);
}

/* ----------------------------------------------------- all of the rest stays */

TEST_F(resize, is_one_change_with_the_label_and_is_notified)
{
	static const uint16_t kept[] = {
		DMSTAT_A_REGION_REGION_ID, DMSTAT_A_REGION_CREATED,
		DMSTAT_A_REGION_START, DMSTAT_A_REGION_AREA_SIZE,
		DMSTAT_A_REGION_PROGRAM_ID, DMSTAT_A_REGION_SLOW_NS,
	};
	struct netlink listener;
	struct answer before, after;
	struct object event;
	uint32_t id;
	size_t i;

	ASSERT_EQ(0, netlink_open(&listener));
	id = region_make(&self->netlink, self->minor, LENGTH(10 * AREA),
			 AREA_SIZE(AREA),
			 STRING(DMSTAT_A_REGION_PROGRAM_ID, "resize"),
			 U64(DMSTAT_A_REGION_SLOW_NS, 1000000000));
	before = region_get(&self->netlink, id);
	EXPECT_FALSE(object_has(&before.objects[0], DMSTAT_A_REGION_RESIZES));
	ASSERT_EQ(0, netlink_join(&listener));
	after = resize(&self->netlink, id, LENGTH(20 * AREA),
		       STRING(DMSTAT_A_REGION_GROUP, "grown"));
	ASSERT_TAKEN(after);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const struct nlattr *a, *b;

		a = object_find(&before.objects[0], kept[i]);
		b = object_find(&after.objects[0], kept[i]);
		ASSERT_TRUE(a && b && a->nla_len == b->nla_len);
		EXPECT_EQ(0, memcmp(a, b, a->nla_len));
	}
	EXPECT_EQ(20 * AREA, object_uint(&after.objects[0],
					 DMSTAT_A_REGION_LENGTH));
	EXPECT_EQ(20, object_uint(&after.objects[0], DMSTAT_A_REGION_AREAS));
	EXPECT_EQ(1, object_uint(&after.objects[0], DMSTAT_A_REGION_RESIZES));
	EXPECT_STREQ("grown", object_string(&after.objects[0],
					    DMSTAT_A_REGION_GROUP));
	event = heard(&listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET_NTF, event.command);
	EXPECT_TRUE(tells_of(&event, &after.objects[0]));

	/* What is refused leaves all as it was. */
	EXPECT_REFUSED(resize(&self->netlink, id, LENGTH(SECTORS + 1),
			      STRING(DMSTAT_A_REGION_GROUP, "not")), ERANGE,
		       DMSTAT_A_REGION_LENGTH);
	before = region_get(&self->netlink, id);
	EXPECT_TRUE(object_equal(&before.objects[0], &after.objects[0]));
	EXPECT_FALSE(netlink_pending(&listener));
}

TEST_F(resize, dump_that_goes_on_is_marked)
{
	struct netlink second;
	uint32_t id, other;
	struct answer got;
	size_t nr, i;

	ASSERT_EQ(0, netlink_open(&second));
	id = region_make(&self->netlink, self->minor, AREA_SIZE(8));
	other = region_make(&self->netlink, self->minor);
	got = netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
				 ATTRIBUTES(AREA_REGION(id)));
	ASSERT_EQ(false, got.ended);
	nr = got.nr;
	ASSERT_TAKEN(resize(&second, id, LENGTH(5000 * 8)));
	netlink_finish(&self->netlink, &got);
	EXPECT_EQ(true, got.interrupted);
	EXPECT_GT(got.nr, nr);
	EXPECT_LE(got.nr, 5000);
	for (i = 0; i < got.nr; i++)
		EXPECT_EQ(8 * object_uint(&got.objects[i],
					  DMSTAT_A_AREA_INDEX),
			  object_uint(&got.objects[i], DMSTAT_A_AREA_START));

	/* Another region makes no difference. */
	got = netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
				 ATTRIBUTES(AREA_REGION(id)));
	ASSERT_EQ(false, got.ended);
	ASSERT_TAKEN(resize(&second, other, LENGTH(16)));
	netlink_finish(&self->netlink, &got);
	EXPECT_EQ(false, got.interrupted);
	EXPECT_EQ(5000, got.nr);
}

/* ------------------------------------------------------------ what is refused */

TEST_F(resize, is_refused_as_a_new_region_would_be)
{
	struct netlink *netlink = &self->netlink;
	uint32_t range, extents;

	range = region_make(netlink, self->minor, START(8), AREA_SIZE(8));
	extents = region_make(netlink, self->minor, RANGES({ 0, 64 }),
			      AREA_SIZE(8));
	EXPECT_REFUSED(resize(netlink, range, LENGTH(0)), EINVAL,
		       DMSTAT_A_REGION_LENGTH);
	EXPECT_REFUSED(resize(netlink, range, LENGTH(SECTORS - 7)), ERANGE,
		       DMSTAT_A_REGION_LENGTH);
	EXPECT_REFUSED(resize(netlink, range, LENGTH(UINT64_MAX)), EOVERFLOW,
		       DMSTAT_A_REGION_LENGTH);
	EXPECT_REFUSED(resize(netlink, range, RANGES({ 0, 8 })), EINVAL,
		       DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, range, LENGTH(8), RANGES({ 0, 8 })),
		       EINVAL, DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, extents, LENGTH(8)), EINVAL,
		       DMSTAT_A_REGION_LENGTH);
	EXPECT_REFUSED(resize(netlink, extents, RANGES({ 0, 0 })), EINVAL,
		       DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, extents, RANGES({ 0, 8 }, { 7, 8 })),
		       EINVAL, DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, extents, RANGES({ SECTORS, 8 })),
		       ERANGE, DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, extents, RANGES({ UINT64_MAX, 8 })),
		       EOVERFLOW, DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, extents,
			      BYTES(DMSTAT_A_REGION_EXTENT_RANGES, "12345678",
				    8)), EINVAL,
		       DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_REFUSED(resize(netlink, range, START(0), LENGTH(8)), EINVAL,
		       DMSTAT_A_REGION_START);
	EXPECT_REFUSED(resize(netlink, range, AREA_SIZE(16)), EINVAL,
		       DMSTAT_A_REGION_AREA_SIZE);
	EXPECT_REFUSED(resize(netlink, 999999, LENGTH(8)), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_MISSING(netlink_do(netlink, DMSTAT_CMD_REGION_SET,
				  ATTRIBUTES(LENGTH(8))),
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REGION(netlink, range, DMSTAT_A_REGION_LENGTH, SECTORS - 8);
	EXPECT_REGION(netlink, extents, DMSTAT_A_REGION_LENGTH, 64);
	EXPECT_REGION(netlink, range, DMSTAT_A_REGION_RESIZES, 0);
	EXPECT_REGION(netlink, extents, DMSTAT_A_REGION_RESIZES, 0);
}

TEST_F(resize, has_at_most_as_many_areas_as_a_new_region)
{
	unsigned int minor = dm_create("abi-huge", 1ULL << 40);
	uint32_t id;

	id = region_make(&self->netlink, minor, LENGTH(8), AREA_SIZE(1));
	EXPECT_REFUSED(resize(&self->netlink, id, LENGTH(1ULL << 32)), ERANGE,
		       DMSTAT_A_REGION_LENGTH);
	EXPECT_REGION(&self->netlink, id, DMSTAT_A_REGION_LENGTH, 8);
}

TEST_F(resize, over_the_memory_limit_changes_nothing)
{
	struct answer before, after;
	uint64_t used;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, LENGTH(64), AREA_SIZE(1));
	EXPECT_READ(self->minor, 0, 64);
	memory_drop_caches();
	/* What was made before and is being freed. */
	sleep(1);
	used = memory_used();
	before = region_get(&self->netlink, id);
	memory_set_limit(used + 4096);
	EXPECT_REFUSED(resize(&self->netlink, id, LENGTH(SECTORS),
			      STRING(DMSTAT_A_REGION_GROUP, "not")), ENOSPC, 0);
	EXPECT_EQ(used, memory_used_after(used));
	after = region_get(&self->netlink, id);
	EXPECT_TRUE(object_equal(&before.objects[0], &after.objects[0]));
	memory_set_limit(256 << 20);
	ASSERT_TAKEN(resize(&self->netlink, id, LENGTH(SECTORS)));
}

/* -------------------------------------------------------------- in flight */

TEST_F(resize, io_in_flight_ends_where_it_started)
{
	struct netlink *netlink = &self->netlink;
	struct answer got;
	uint32_t id, all;
	pid_t stays, goes, beyond;

	all = region_make(netlink, self->minor);
	id = region_make(netlink, self->minor, LENGTH(100 * AREA),
			 AREA_SIZE(AREA));
	dm_suspend("abi");
	stays = io_start(self->minor, IO_READ, 0, 8);
	goes = io_start(self->minor, IO_READ, 50 * AREA, 8);
	/* In an area that is not there yet. */
	beyond = io_start(self->minor, IO_READ, 100 * AREA, 8);
	ASSERT_TAKEN(resize(netlink, id, LENGTH(2 * AREA)));
	got = area_dump(netlink, id);
	ASSERT_EQ(2, got.nr);
	EXPECT_EQ(1, in_flight(&got.objects[0]));
	EXPECT_EQ(0, in_flight(&got.objects[1]));

	/* Its slots are not used again before. */
	EXPECT_REFUSED(resize(netlink, id, LENGTH(200 * AREA)), EBUSY,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REGION(netlink, id, DMSTAT_A_REGION_AREAS, 2);
	dm_resume("abi");
	io_end(stays);
	io_end(goes);
	io_end(beyond);
	got = area_dump(netlink, id);
	EXPECT_AREA(&got.objects[0], 0, AREA, 1);
	EXPECT_EQ(0, in_flight(&got.objects[0]));

	ASSERT_TAKEN(resize(netlink, id, LENGTH(200 * AREA)));
	got = area_dump(netlink, id, FLAG(DMSTAT_A_AREA_ACTIVE));
	ASSERT_EQ(1, got.nr);
	EXPECT_AREA(&got.objects[0], 0, AREA, 1);
	got = area_dump(netlink, all);
	EXPECT_EQ(3, reads(&got.objects[0]));
	EXPECT_EQ(0, in_flight(&got.objects[0]));
	EXPECT_REGION(netlink, id, DMSTAT_A_REGION_MISSED, 0);
}

TEST_F(resize, io_that_started_before_counts_in_no_new_area)
{
	struct netlink *netlink = &self->netlink;
	struct answer got;
	uint32_t id;
	pid_t over;

	id = region_make(netlink, self->minor, AREA_SIZE(AREA),
			 RANGES({ 0, AREA }));
	dm_suspend("abi");
	over = io_start(self->minor, IO_READ, AREA - 8, 16);
	ASSERT_TAKEN(resize(netlink, id, RANGES({ 0, 2 * AREA })));
	got = area_dump(netlink, id);
	EXPECT_EQ(1, in_flight(&got.objects[0]));
	EXPECT_EQ(0, in_flight(&got.objects[1]));
	dm_resume("abi");
	io_end(over);
	got = area_dump(netlink, id);
	EXPECT_AREA(&got.objects[0], 0, AREA, 1);
	EXPECT_AREA(&got.objects[1], AREA, AREA, 0);
	EXPECT_EQ(0, in_flight(&got.objects[0]));
	EXPECT_EQ(0, in_flight(&got.objects[1]));
	EXPECT_EQ(8, io_counter(&got.objects[0], DMSTAT_A_AREA_READ,
				DMSTAT_A_IO_SECTORS));
}

/* One in many areas, which work items count. */
TEST_F(resize, discard_of_many_areas_ends_where_it_started)
{
	struct netlink *netlink = &self->netlink;
	uint64_t discards, flight, sectors;
	struct answer got;
	uint32_t id;
	pid_t pid;
	size_t i;
	int wait;

	for (wait = 0; wait < 2; wait++) {
		id = region_make(netlink, self->minor, AREA_SIZE(8),
				 RANGES({ 0, 8000 }, { 16000, 8000 }));
		dm_suspend("abi");
		pid = io_start(self->minor, IO_DISCARD, 0, 40000);
		/* With and without it being noted in its areas before. */
		if (wait)
			usleep(300000);
		ASSERT_TAKEN(resize(netlink, id,
				    RANGES({ 4000, 8000 }, { 20000, 8000 })));
		if (!wait)
			usleep(300000);
		got = area_dump(netlink, id);
		ASSERT_EQ(2000, got.nr);
		for (i = 0, flight = 0; i < got.nr; i++)
			flight += in_flight(&got.objects[i]);
		EXPECT_EQ(1000, flight);
		EXPECT_REFUSED(resize(netlink, id, RANGES({ 0, 8 })), EBUSY,
			       DMSTAT_A_REGION_REGION_ID);
		dm_resume("abi");
		io_end(pid);
		wait_counted(netlink, self->minor);
		got = area_dump(netlink, id);
		discards = 0;
		sectors = 0;
		for (i = 0, flight = 0; i < got.nr; i++) {
			flight += in_flight(&got.objects[i]);
			discards += io_counter(&got.objects[i],
					       DMSTAT_A_AREA_DISCARD,
					       DMSTAT_A_IO_IOS);
			sectors += io_counter(&got.objects[i],
					      DMSTAT_A_AREA_DISCARD,
					      DMSTAT_A_IO_SECTORS);
		}
		EXPECT_EQ(0, flight);
		EXPECT_EQ(1000, discards);
		EXPECT_EQ(8000, sectors);
		EXPECT_REGION(netlink, id, DMSTAT_A_REGION_MISSED, 0);
		ASSERT_TAKEN(resize(netlink, id, RANGES({ 0, 40000 })));
		ASSERT_TAKEN(region_del(netlink, id));
	}
}

#define LARGE_IOS "/sys/module/dmstat/parameters/large_ios"

static void make_many_areas(struct netlink *netlink, unsigned int minor,
			    unsigned int sectors)
{
	int i;

	for (i = 0; i < 4; i++)
		region_make(netlink, minor, LENGTH(sectors), AREA_SIZE(1));
}

/* While work items count another one, nothing tells yet which regions missed it. */
TEST_F(resize, io_over_many_areas_that_was_missed_before_is_known)
{
	struct netlink *netlink = &self->netlink;
	uint32_t id, part, other;
	struct answer got;

	make_many_areas(netlink, self->minor, 50000);
	id = region_make(netlink, self->minor, START(60000), LENGTH(20000),
			 AREA_SIZE(8));
	part = region_make(netlink, self->minor, AREA_SIZE(8),
			   RANGES({ 60000, 20000 }));
	other = region_make(netlink, self->minor, AREA_SIZE(8),
			    RANGES({ 52000, 8000 }));
	write_file(LARGE_IOS, "1");
	EXPECT_EQ(0, io_do(self->minor, IO_DISCARD, 0, 50000));
	EXPECT_EQ(0, io_do(self->minor, IO_DISCARD, 60000, 20000));
	write_file(LARGE_IOS, "4096");
	ASSERT_TAKEN(resize(netlink, id, LENGTH(30000)));
	ASSERT_TAKEN(resize(netlink, part, RANGES({ 60800, 8000 })));
	ASSERT_TAKEN(resize(netlink, other, RANGES({ 52000, 7000 })));
	ASSERT_TAKEN(resize(netlink, id, LENGTH(10000)));
	ASSERT_TAKEN(resize(netlink, part, RANGES({ 60800, 4000 })));
	ASSERT_TAKEN(resize(netlink, other, RANGES({ 52000, 6000 })));
	/* Else this shows nothing. */
	got = netlink_dump(netlink, DMSTAT_CMD_INFLIGHT_GET,
			   ATTRIBUTES(INFLIGHT_DEVICE(self->minor)));
	EXPECT_EQ(1, got.nr);
	wait_counted(netlink, self->minor);
	usleep(300000);
	EXPECT_REGION(netlink, id, DMSTAT_A_REGION_MISSED, 1);
	EXPECT_REGION(netlink, part, DMSTAT_A_REGION_MISSED, 1);
	EXPECT_REGION(netlink, other, DMSTAT_A_REGION_MISSED, 0);
}

TEST_F(resize, region_is_deleted_with_io_in_flight_from_before)
{
	struct netlink *netlink = &self->netlink;
	uint64_t used = memory_used();
	uint32_t id, all;
	pid_t pid;

	all = region_make(netlink, self->minor);
	id = region_make(netlink, self->minor, LENGTH(100 * AREA),
			 AREA_SIZE(AREA));
	dm_suspend("abi");
	pid = io_start(self->minor, IO_READ, 50 * AREA, 256);
	ASSERT_TAKEN(resize(netlink, id, LENGTH(60 * AREA)));
	ASSERT_TAKEN(region_del(netlink, id));
	dm_resume("abi");
	io_end(pid);
	ASSERT_TAKEN(region_del(netlink, all));
	EXPECT_LE(memory_used_after(used), used);
}

/* ---------------------------------------------------------- what it costs */

TEST_F(resize, changes_do_not_take_more_and_more_memory)
{
	struct netlink *netlink = &self->netlink;
	struct dmstat_extent_range ranges[2];
	uint32_t range, extents, i;
	uint64_t most = 0, now, before = memory_used();

	range = region_make(netlink, self->minor, AREA_SIZE(8));
	extents = region_make(netlink, self->minor, AREA_SIZE(8),
			      RANGES({ 0, 40000 }));
	srandom(2);
	for (i = 0; i < 300; i++) {
		ranges[0].start = random() % 1000 * 8;
		ranges[0].length = 8 + random() % 20000;
		ranges[1].start = 50000 + random() % 1000 * 8;
		ranges[1].length = 8 + random() % 20000;
		ASSERT_TAKEN(resize(netlink, range,
				    LENGTH(8 + random() % (SECTORS - 8))));
		ASSERT_TAKEN(resize(netlink, extents,
				    BYTES(DMSTAT_A_REGION_EXTENT_RANGES, ranges,
					  sizeof(ranges))));
		EXPECT_READ(self->minor, random() % (SECTORS - 256), 256);
		now = memory_used();
		if (i < 100 && now > most)
			most = now;
		/* Twice as much is a part of what all of them would take. */
		if (i >= 100)
			ASSERT_LE(now, 2 * most);
	}
	/* It is freed soon, also if the regions do not change any more. */
	ASSERT_TAKEN(resize(netlink, range, LENGTH(8)));
	ASSERT_TAKEN(resize(netlink, extents, RANGES({ 8, 8 })));
	now = before + 32768;
	EXPECT_LE(memory_used_after(now), now);
	ASSERT_TAKEN(region_del(netlink, range));
	ASSERT_TAKEN(region_del(netlink, extents));
	EXPECT_LE(memory_used_after(before), before);
}

TEST_HARNESS_MAIN
