// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many regions of a device, made and deleted in any order, over each other and
 * beside each other: each I/O is counted in just those areas that it touches, of
 * the regions that are there.
 */
#include "abi.h"

#define SECTORS 100000
#define REGIONS 150
#define EXTENTS 40

struct extent {
	uint64_t start;
	uint64_t length;
	uint64_t reads;
	uint64_t sectors;
};

struct region {
	uint32_t id;			/* 0: there is none */
	unsigned int nr_extents;
	struct extent extents[EXTENTS];
};

/* Where regions are: first sectors, lengths, numbers of extents. */
struct shape {
	unsigned int sectors;
	unsigned int grain;
	unsigned int length;
	unsigned int extents;
	unsigned int steps;
};

struct world {
	struct netlink netlink;
	unsigned int minor;
	uint64_t state;
	struct region regions[REGIONS];
};

FIXTURE(index)
{
	struct world *world;
};

FIXTURE_VARIANT(index)
{
	struct shape shape;
};

FIXTURE_VARIANT_ADD(index, side_by_side) {
	.shape = { SECTORS, .grain = 64, .length = 4, .extents = 1,
		   .steps = 1200 },
};

FIXTURE_VARIANT_ADD(index, deep) {
	.shape = { 640, .grain = 8, .length = 80, .extents = 1, .steps = 800 },
};

FIXTURE_VARIANT_ADD(index, of_extents) {
	.shape = { 20000, .grain = 1, .length = 300, .extents = EXTENTS,
		   .steps = 800 },
};

FIXTURE_SETUP(index)
{
	self->world = calloc(1, sizeof(*self->world));
	ASSERT_NE(NULL, self->world);
	ASSERT_EQ(0, netlink_open(&self->world->netlink));
	self->world->minor = dm_create("abi", SECTORS);
	self->world->state = 88172645463325252;
}

FIXTURE_TEARDOWN_PARENT(index)
{
	dm_remove_all();
}

static unsigned int any(struct world *world, unsigned int below)
{
	world->state ^= world->state << 13;
	world->state ^= world->state >> 7;
	world->state ^= world->state << 17;
	return world->state % below;
}

static void choose_extents(struct world *world,
			   const struct shape *shape,
			   struct region *region)
{
	unsigned int nr = 1 + any(world, shape->extents), i;
	unsigned int part = shape->sectors / nr / shape->grain;
	struct extent *extent;

	for (i = 0; i < nr; i++) {
		extent = &region->extents[i];
		*extent = (struct extent) {
			.start = i * part + any(world, part),
			.length = 1 + any(world, shape->length),
		};
		/* Some end where the next one begins. */
		if (extent->start + extent->length > (i + 1) * part)
			extent->length = (i + 1) * part - extent->start;
		extent->start *= shape->grain;
		extent->length *= shape->grain;
	}
	region->nr_extents = nr;
}

static void make(struct world *world,
		 const struct shape *shape, struct region *region)
{
	struct message *message = &world->netlink.sent;
	struct dmstat_extent_range ranges[EXTENTS];
	unsigned int i;

	choose_extents(world, shape, region);
	message_init(message, world->netlink.family, DMSTAT_CMD_REGION_NEW,
		     NLM_F_REQUEST | NLM_F_ACK);
	message_add_all(message, ATTRIBUTES(REGION_DEVICE(world->minor)));
	for (i = 0; i < region->nr_extents; i++)
		ranges[i] = (struct dmstat_extent_range){
			region->extents[i].start, region->extents[i].length,
		};
	message_add(message, DMSTAT_A_REGION_EXTENT_RANGES, ranges,
		    region->nr_extents * sizeof(ranges[0]));
	region->id = region_made(netlink_exchange(&world->netlink, message));
}

static void count(struct world *world, uint64_t sector,
		  unsigned int sectors)
{
	uint64_t end = sector + sectors, from, to;
	struct region *region;
	struct extent *extent;

	for (region = world->regions; region < world->regions + REGIONS; region++) {
		if (!region->id)
			continue;
		for (extent = region->extents;
		     extent < region->extents + region->nr_extents; extent++) {
			from = extent->start > sector ? extent->start : sector;
			to = extent->start + extent->length;
			to = to < end ? to : end;
			if (from >= to)
				continue;
			extent->reads++;
			extent->sectors += to - from;
		}
	}
}

/* An I/O over many areas is counted a moment after it has ended. */
static void wait_until_counted(struct world *world)
{
	struct answer got;
	int tries = 1000;

	do {
		got = netlink_dump(&world->netlink, DMSTAT_CMD_INFLIGHT_GET,
				   ATTRIBUTES(INFLIGHT_DEVICE(world->minor)));
		if (!got.nr)
			break;
		netlink_free(&got);
		usleep(10000);
	} while (tries--);
	netlink_free(&got);
}

static void check_counts(struct __test_metadata *_metadata,
			 struct world *world, const struct region *region)
{
	const struct extent *extent = region->extents;
	struct answer got;
	unsigned int i;

	wait_until_counted(world);
	got = area_dump(&world->netlink, region->id);
	ASSERT_TAKEN(got);
	ASSERT_EQ(region->nr_extents, got.nr);
	for (i = 0; i < got.nr; i++, extent++) {
		EXPECT_EQ(extent->start,
			  object_uint(&got.objects[i], DMSTAT_A_AREA_START));
		EXPECT_EQ(extent->reads,
			  io_counter(&got.objects[i], DMSTAT_A_AREA_READ,
				     DMSTAT_A_IO_IOS));
		EXPECT_EQ(extent->sectors,
			  io_counter(&got.objects[i], DMSTAT_A_AREA_READ,
				     DMSTAT_A_IO_SECTORS));
	}
	netlink_free(&got);
}

static void delete(struct __test_metadata *_metadata, struct world *world,
		   struct region *region)
{
	struct answer got;

	check_counts(_metadata, world, region);
	got = region_del(&world->netlink, region->id);
	ASSERT_TAKEN(got);
	netlink_free(&got);
	region->id = 0;
}

TEST_F(index, counts_in_each_region_that_is_there)
{
	const struct shape *shape = &variant->shape;
	unsigned int i, sectors, ios = 0, sector;
	struct world *world = self->world;
	struct region *region;

	for (i = 0; i < shape->steps; i++) {
		region = &world->regions[any(world, REGIONS)];
		if (!region->id)
			make(world, shape, region);
		else if (!any(world, 3))
			delete(_metadata, world, region);
		sector = any(world, shape->sectors);
		sectors = 1 + any(world, any(world, 4) ? 8 : 200);
		if (sector + sectors > SECTORS)
			continue;
		ASSERT_EQ(0, io_do(world->minor, IO_READ, sector, sectors));
		count(world, sector, sectors);
		ios++;
	}
	TH_LOG("%u I/Os", ios);
	for (i = 0; i < REGIONS; i++) {
		if (world->regions[i].id)
			delete(_metadata, world, &world->regions[i]);
	}
}

TEST_HARNESS_MAIN
