// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions made of extents: which areas they have, what these count, and which
 * extents are refused.
 */
#include <sys/socket.h>

#include "abi.h"
#include "memory.h"

#define SECTORS 100000
#define MANY 65536
/* What their list takes, of 24 bytes each, while the region is made. */
#define LIST (3 << 19)
/* What it takes while they are put into an empty index: twice 16 bytes each, and
 * as much again in the worst case.
 */
#define TEMPORARY (MANY * 96)
#define CHANGES 40

/* Extents that fit an attribute. */
#define AT_ONCE 4095

/* An attribute of some ranges: { start, length } each. */
#define RANGES(...)							\
	BYTES(DMSTAT_A_REGION_EXTENT_RANGES,				\
	      ((struct dmstat_extent_range[]){ __VA_ARGS__ }),		\
	      sizeof((struct dmstat_extent_range[]){ __VA_ARGS__ }))

FIXTURE(extent)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(extent)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_linear("abi", SECTORS);
}

FIXTURE_TEARDOWN_PARENT(extent)
{
	memory_set_limit(256 << 20);
	dm_remove_all();
}

#define EXPECT_AREA(area, start, length, ios, sectors)			\
do {									\
	const struct object *_a = (area);				\
									\
	EXPECT_EQ(start, object_uint(_a, DMSTAT_A_AREA_START));		\
	EXPECT_EQ(length, object_uint(_a, DMSTAT_A_AREA_LENGTH));	\
	EXPECT_EQ(ios, io_counter(_a, DMSTAT_A_AREA_READ,		\
				  DMSTAT_A_IO_IOS));			\
	EXPECT_EQ(sectors, io_counter(_a, DMSTAT_A_AREA_READ,		\
				      DMSTAT_A_IO_SECTORS));		\
} while (0)

TEST_F(extent, is_an_area_each)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor,
			 RANGES({ 1000, 100 }, { 1100, 8 }, { 5000, 3000 }));
	got = region_get(&self->netlink, id);
	ASSERT_TAKEN(got);
	EXPECT_EQ(3, object_uint(&got.objects[0], DMSTAT_A_REGION_EXTENTS));
	EXPECT_EQ(3, object_uint(&got.objects[0], DMSTAT_A_REGION_AREAS));
	EXPECT_EQ(1000, object_uint(&got.objects[0], DMSTAT_A_REGION_START));
	EXPECT_EQ(7000, object_uint(&got.objects[0], DMSTAT_A_REGION_LENGTH));

	/* Before, between and after the extents; in each; over both. */
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 992, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 2000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1000, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 7992, 8));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1104, 16));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 1096, 8));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(3, got.nr);
	EXPECT_AREA(&got.objects[0], 1000, 100, 2, 8 + 4);
	EXPECT_AREA(&got.objects[1], 1100, 8, 2, 4 + 4);
	EXPECT_AREA(&got.objects[2], 5000, 3000, 1, 8);
}

TEST_F(extent, is_cut_into_areas_of_the_area_size)
{
	struct answer got;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, RANGES({ 8, 100 }),
			 RANGES({ 200, 64 }), U64(DMSTAT_A_REGION_AREA_SIZE, 64));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 64, 16));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 104, 104));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(3, got.nr);
	EXPECT_AREA(&got.objects[0], 8, 64, 1, 8);
	EXPECT_AREA(&got.objects[1], 72, 36, 2, 8 + 4);
	EXPECT_AREA(&got.objects[2], 200, 64, 1, 8);
}

TEST_F(extent, counts_beside_and_over_other_regions)
{
	uint32_t whole, odd, id;
	struct answer got;

	whole = region_make(&self->netlink, self->minor);
	id = region_make(&self->netlink, self->minor, RANGES({ 0, 16 }),
			 RANGES({ 32, 16 }, { 64, 16 }));
	odd = region_make(&self->netlink, self->minor,
			  U64(DMSTAT_A_REGION_START, 8),
			  U64(DMSTAT_A_REGION_LENGTH, 64),
			  U64(DMSTAT_A_REGION_AREA_SIZE, 24));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 80));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 32, 8));

	got = area_dump(&self->netlink, whole);
	EXPECT_AREA(&got.objects[0], 0, SECTORS, 2, 88);
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(3, got.nr);
	EXPECT_AREA(&got.objects[0], 0, 16, 1, 16);
	EXPECT_AREA(&got.objects[1], 32, 16, 2, 24);
	EXPECT_AREA(&got.objects[2], 64, 16, 1, 16);
	got = area_dump(&self->netlink, odd);
	ASSERT_EQ(3, got.nr);
	EXPECT_AREA(&got.objects[0], 8, 24, 1, 24);
	EXPECT_AREA(&got.objects[1], 32, 24, 2, 32);
	EXPECT_AREA(&got.objects[2], 56, 16, 1, 16);
}

TEST_F(extent, that_is_the_only_one_becomes_a_range)
{
	uint32_t id = region_make(&self->netlink, self->minor,
				  RANGES({ 16, 32 }));
	struct answer got;

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 16));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 16));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 40, 16));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 48, 16));
	got = area_dump(&self->netlink, id);
	ASSERT_EQ(1, got.nr);
	EXPECT_AREA(&got.objects[0], 16, 32, 2, 16);
}

/* Put @nr extents into attributes at @next: two that touch, and a gap. */
static char *add_many(char *next, size_t nr)
{
	struct dmstat_extent_range range = { .length = 1 };
	struct nlattr header = { .nla_type = DMSTAT_A_REGION_EXTENT_RANGES };
	size_t i;

	for (i = 0; i < nr; i++, next += sizeof(range)) {
		if (!(i % AT_ONCE)) {
			header.nla_len = sizeof(header) + sizeof(range) *
				(nr - i < AT_ONCE ? nr - i : AT_ONCE);
			memcpy(next, &header, sizeof(header));
			next += sizeof(header);
		}
		range.start = i + i / 2;
		memcpy(next, &range, sizeof(range));
	}
	return next;
}

/* More than in any other request here. */
static struct answer many_extents(struct netlink *netlink, unsigned int minor,
				  size_t nr)
{
	struct message *message =
		calloc(1, sizeof(*message) +
			  nr * (sizeof(struct dmstat_extent_range) + 1));
	int buffer = 4 << 20;
	struct answer answer = {};
	char *next;

	if (!message || setsockopt(netlink->fd, SOL_SOCKET, SO_SNDBUFFORCE,
				   &buffer, sizeof(buffer)))
		err(KSFT_FAIL, "room for many extents");
	message_init(message, netlink->family, DMSTAT_CMD_REGION_NEW,
		     NLM_F_ACK);
	message_add_all(message, ATTRIBUTES(REGION_DEVICE(minor)));
	next = (char *)message + message->header.nlmsg_len;
	message->header.nlmsg_len += add_many(next, nr) - next;
	message->header.nlmsg_seq = ++netlink->sequence;
	netlink->sent = *message;
	if (send(netlink->fd, message, message->header.nlmsg_len, 0) < 0)
		err(KSFT_FAIL, "send");
	while (!answer.ended) {
		if (netlink_receive(netlink, &answer))
			errx(KSFT_FAIL, "no answer");
	}
	free(message);
	return answer;
}

TEST_F(extent, comes_in_tens_of_thousands)
{
	struct answer got;
	uint32_t id;

	id = region_made(many_extents(&self->netlink, self->minor, MANY));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 64));
	got = area_dump(&self->netlink, id, FLAG(DMSTAT_A_AREA_ACTIVE));
	/* Of 8 to 71 those that are not 2, 5, 8 ... */
	ASSERT_EQ(42, got.nr);
	EXPECT_AREA(&got.objects[0], 9, 1, 1, 1);
	EXPECT_AREA(&got.objects[41], 70, 1, 1, 1);
	ASSERT_TAKEN(region_del(&self->netlink, id));
}

/* The index that finds its extents is charged, too. */
TEST_F(extent, is_charged_with_its_place_in_the_index)
{
	struct answer got;
	uint64_t before, used;
	uint32_t id;

	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
	before = memory_used();
	id = region_made(many_extents(&self->netlink, self->minor, MANY));
	used = memory_used() - before;
	got = region_get(&self->netlink, id);
	ASSERT_TAKEN(got);
	EXPECT_LT(object_uint(&got.objects[0], DMSTAT_A_REGION_MEMORY) +
		  MANY * 64, used);

	/* At the limit it can be deleted, and then cannot be made again. */
	memory_set_limit(1);
	ASSERT_TAKEN(region_del(&self->netlink, id));
	EXPECT_EQ(before, memory_used_after(before));
	memory_set_limit(before + used + LIST - 1);
	EXPECT_EQ(ENOSPC, many_extents(&self->netlink, self->minor,
				       MANY).error);
	EXPECT_EQ(before, memory_used());
	memory_set_limit(before + used + LIST + TEMPORARY);
	EXPECT_EQ(0, many_extents(&self->netlink, self->minor, MANY).error);
	EXPECT_EQ(before + used, memory_used_after(before + used));
}

/* It is parsed before the device's size is known. */
TEST_F(extent, list_of_a_request_is_charged)
{
	unsigned int small = dm_create("abi2", 8);

	EXPECT_EQ(ERANGE, many_extents(&self->netlink, small, MANY).error);
	memory_set_limit(memory_used() + LIST - 1);
	EXPECT_EQ(ENOSPC, many_extents(&self->netlink, small, MANY).error);
}

/*
 * What a change replaces in the index is freed a while later, because readers may
 * be there. A change that comes too soon after others may be refused.
 */
TEST_F(extent, small_ones_that_come_and_go_beside_large_ones_stay_in_the_limit)
{
	const uint64_t limit = 100 << 20;
	unsigned int other = dm_create("abi2", 1ULL << 33), made = 0, i;
	uint64_t before, least, now;
	struct answer got;

	memory_set_limit(limit);
	memory_drop_caches();
	before = memory_available();
	least = before;
	/* Of the limit 64 MiB are held by another device's. */
	region_make(&self->netlink, other,
		    U64(DMSTAT_A_REGION_AREAS, (64 << 20) / 8 * 32));
	for (i = 0; i < 2; i++)
		region_made(many_extents(&self->netlink, self->minor, MANY));
	for (i = 0; i < CHANGES; i++) {
		got = region_new(&self->netlink, self->minor,
				 U64(DMSTAT_A_REGION_LENGTH, 8));
		if (got.error) {
			ASSERT_EQ(ENOSPC, got.error);
		} else {
			ASSERT_TAKEN(region_del(&self->netlink,
						region_made(got)));
			made++;
		}
		netlink_free(&got);
		now = memory_available();
		least = now < least ? now : least;
	}
	TH_LOG("%u of %u made; up to %llu bytes less available", made,
	       CHANGES, (unsigned long long)(before - least));
	EXPECT_GE(limit + limit / 10, before - least);
	EXPECT_LE(CHANGES / 2, made);
}

FIXTURE(refused_extent)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_VARIANT(refused_extent)
{
	struct dmstat_extent_range extents[2];
	struct attribute more;
	int error;
	uint16_t fault;
};

FIXTURE_VARIANT_ADD(refused_extent, falling) {
	.extents = { { 100, 8 }, { 50, 8 } },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_EXTENT_RANGES,
};

FIXTURE_VARIANT_ADD(refused_extent, overlapping) {
	.extents = { { 100, 8 }, { 107, 8 } },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_EXTENT_RANGES,
};

FIXTURE_VARIANT_ADD(refused_extent, empty) {
	.extents = { { 100, 8 }, { 200, 0 } },
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_EXTENT_RANGES,
};

FIXTURE_VARIANT_ADD(refused_extent, beyond_64_bits) {
	.extents = { { 100, 8 }, { 200, ~0ULL } },
	.error = EOVERFLOW,
	.fault = DMSTAT_A_REGION_EXTENT_RANGES,
};

FIXTURE_VARIANT_ADD(refused_extent, beyond_the_device) {
	.extents = { { 100, 8 }, { SECTORS - 1, 2 } },
	.error = ERANGE,
	.fault = DMSTAT_A_REGION_EXTENT_RANGES,
};

FIXTURE_VARIANT_ADD(refused_extent, with_start) {
	.extents = { { 100, 8 }, { 200, 8 } },
	.more = U64(DMSTAT_A_REGION_START, 0),
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_START,
};

FIXTURE_VARIANT_ADD(refused_extent, with_length) {
	.extents = { { 100, 8 }, { 200, 8 } },
	.more = U64(DMSTAT_A_REGION_LENGTH, 8),
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_LENGTH,
};

FIXTURE_VARIANT_ADD(refused_extent, with_number_of_areas) {
	.extents = { { 100, 8 }, { 200, 8 } },
	.more = U64(DMSTAT_A_REGION_AREAS, 2),
	.error = EINVAL,
	.fault = DMSTAT_A_REGION_AREAS,
};

FIXTURE_SETUP(refused_extent)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_linear("abi", SECTORS);
}

FIXTURE_TEARDOWN_PARENT(refused_extent)
{
	dm_remove_all();
}

TEST_F(refused_extent, says_why)
{
	/* In one attribute and in two. */
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  RANGES(variant->extents[0],
					 variant->extents[1]),
				  variant->more),
		       variant->error, variant->fault);
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  RANGES(variant->extents[0]),
				  RANGES(variant->extents[1]),
				  variant->more),
		       variant->error, variant->fault);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_F(extent, beyond_the_most_is_refused)
{
	struct answer got = many_extents(&self->netlink, self->minor, MANY + 1);

	EXPECT_EQ(ERANGE, got.error);
	EXPECT_STREQ("more than 65536 extents: make several regions", got.text);
	EXPECT_EQ(0, got.nr);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_F(extent, ranges_that_are_not_whole_are_refused)
{
	const struct dmstat_extent_range ranges[2] = { { 0, 8 }, { 8, 8 } };
	const uint16_t sizes[] = { 0, 1, 8, 15, 17, 24, 31 };
	struct answer got;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		got = region_new(&self->netlink, self->minor,
				 BYTES(DMSTAT_A_REGION_EXTENT_RANGES, ranges,
				       sizes[i]));
		TH_LOG("%u bytes: %s", sizes[i], got.text);
		EXPECT_REFUSED(got, EINVAL, DMSTAT_A_REGION_EXTENT_RANGES);
	}
	EXPECT_REFUSED(region_new(&self->netlink, self->minor, RANGES({ 0, 8 }),
				  BYTES(DMSTAT_A_REGION_EXTENT_RANGES, ranges,
					8)),
		       EINVAL, DMSTAT_A_REGION_EXTENT_RANGES);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_HARNESS_MAIN
