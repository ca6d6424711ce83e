// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request with its first, second, third ... allocation failing, until
 * none is left that could: alone, with the next ones, with all that follow.
 * The same for listeners that join, devices that come and go, and for loading
 * the module. What comes of it is all or nothing, and the answer says which.
 *
 * Needs a kernel that can inject faults: selftests/debug.
 */
#include <fcntl.h>
#include <unistd.h>

#include "../abi.h"
#include "../memory.h"
#include "check.h"
#include "device.h"
#include "module.h"
#include "notification.h"
#include "region.h"

/* The region takes more than kmalloc() can allocate. */
#define MANY_AREAS 17000000

#define NR_REGIONS 40

static const uint8_t user_data[DMSTAT_USER_DATA_MAX];

/* An attribute each. */
static const struct dmstat_extent_range ranges[] = {
	{ 0, 4096 }, { 8192, 100 },
};

/* --------------------------------------------------------------- requests */

FIXTURE(request)
{
	struct sweep sweep;
};

FIXTURE_VARIANT(request)
{
	struct request request;
	void (*set_up)(struct sweep *sweep);	/* once, or NULL */
};

static void set_up_regions(struct sweep *sweep)
{
	const char *program_id;
	int i;

	for (i = 0; i < NR_REGIONS; i++) {
		program_id = i % 4 ? "others" : "mine";
		sweep->region = region_make(&sweep->netlink, sweep->minor,
					    STRING(DMSTAT_A_REGION_PROGRAM_ID,
						   program_id));
	}
}

static void set_up_flight(struct sweep *sweep)
{
	prepare_flight(sweep);
	io_start(sweep->minor, IO_WRITE, 0, AREA_SECTORS);
}

FIXTURE_VARIANT_ADD(request, device_get) {
	.request = {
		.command = DMSTAT_CMD_DEVICE_GET,
		.device = DMSTAT_A_DEVICE_MAJOR,
		.check = check_read,
		.in_module = 2,
	},
};

FIXTURE_VARIANT_ADD(request, device_get_dump) {
	.request = {
		.command = DMSTAT_CMD_DEVICE_GET,
		.flags = NLM_F_DUMP,
		.check = check_read,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_first) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.check = check_new,
		.in_module = 12,
	},
};

/* The ends of requests are seen by tracepoints of their own. */
FIXTURE_VARIANT_ADD(request, region_new_first_of_multipath) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.request_based = true,
		.check = check_new,
		.in_module = 14,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_of_extents) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
			      &ranges[0], sizeof(ranges[0])),
			BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
			      &ranges[1], sizeof(ranges[1])),
		},
		.check = check_new,
		.in_module = 10,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_second) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			U64(DMSTAT_A_REGION_LENGTH, 4096),
			U64(DMSTAT_A_REGION_AREA_SIZE, AREA_SECTORS),
			STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine"),
		},
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_with_echo) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.flags = NLM_F_ECHO,
		.device = DMSTAT_A_REGION_MAJOR,
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_with_bound) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = { U64(DMSTAT_A_REGION_SLOW_NS, 1000000000) },
		.alone = true,
		.check = check_new,
		.in_module = 14,
	},
};

/* Its owner may be left from the last one, which is freed a moment later. */
FIXTURE_VARIANT_ADD(request, region_new_owned) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = { FLAG(DMSTAT_A_REGION_OWNED) },
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_of_many_areas) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			U64(DMSTAT_A_REGION_LENGTH, MANY_AREAS * AREA_SECTORS),
			U64(DMSTAT_A_REGION_AREAS, MANY_AREAS),
		},
		/* vmalloc() warns if it fails twice. */
		.once = true,
		.check = check_new,
		.in_module = 25,
	},
};

FIXTURE_VARIANT_ADD(request, region_get) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.check = check_read,
		.in_module = 2,
	},
	.set_up = prepare_region,
};

FIXTURE_VARIANT_ADD(request, region_get_dump) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_get_dump_of_a_device) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.device = DMSTAT_A_REGION_MAJOR,
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_get_dump_of_a_program) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.attributes = { STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine") },
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_new_with_user_data) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			BYTES(DMSTAT_A_REGION_USER_DATA, user_data,
			      sizeof(user_data)),
		},
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_set) {
	.request = {
		.command = DMSTAT_CMD_REGION_SET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.attributes = {
			STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine"),
			STRING(DMSTAT_A_REGION_GROUP, "pair"),
			BYTES(DMSTAT_A_REGION_USER_DATA, user_data,
			      sizeof(user_data)),
		},
		.prepare = prepare_region,
		.check = check_set,
		.in_module = 3,
	},
};

/* The device is a new one each time, and tells nothing yet. */
FIXTURE_VARIANT_ADD(request, region_set_bound) {
	.request = {
		.command = DMSTAT_CMD_REGION_SET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.attributes = {
			U64(DMSTAT_A_REGION_SLOW_NS, 1000000000),
			U32(DMSTAT_A_REGION_TELL_ERRORS, 1),
			STRING(DMSTAT_A_REGION_GROUP, "pair"),
		},
		.alone = true,
		.prepare = prepare_region,
		.check = check_set_bound,
		.in_module = 5,
	},
};

/* The region becomes twice as large. */
FIXTURE_VARIANT_ADD(request, region_set_length) {
	.request = {
		.command = DMSTAT_CMD_REGION_SET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.attributes = {
			U64(DMSTAT_A_REGION_LENGTH,
			    2 * NR_AREAS * AREA_SECTORS),
			STRING(DMSTAT_A_REGION_GROUP, "pair"),
		},
		.prepare = prepare_region,
		.check = check_set_length,
		.in_module = 8,
	},
};

FIXTURE_VARIANT_ADD(request, region_del) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_of_the_last) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_ID,
		.alone = true,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 4,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_with_echo) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.flags = NLM_F_ECHO,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_by_ids) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_IDS,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_by_device) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_clear) {
	.request = {
		.command = DMSTAT_CMD_REGION_CLEAR,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_reads,
		.check = check_clear,
		.in_module = 1,
		.of_pages = 3,
	},
};

FIXTURE_VARIANT_ADD(request, region_clear_in_flight) {
	.request = {
		.command = DMSTAT_CMD_REGION_CLEAR,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_flight,
		.check = check_clear_flight,
		.in_module = 2,
		.of_pages = 2,
	},
};

FIXTURE_VARIANT_ADD(request, area_get_dump) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.check = check_read,
		.in_module = 3,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_of_active_ones) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_ACTIVE) },
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_of_a_range) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = {
			U64(DMSTAT_A_AREA_FIRST_AREA, 90),
			U64(DMSTAT_A_AREA_AREA_COUNT, 20),
		},
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_and_clear) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_CLEAR) },
		.prepare = prepare_reads,
		.check = check_give_and_clear,
		.in_module = 3,
		.of_pages = 3,
	},
};

FIXTURE_VARIANT_ADD(request, area_get_dump_of_all_regions) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.check = check_read,
		.in_module = 3,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_sums) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.attributes = { U32(DMSTAT_A_AREA_MERGE, 50) },
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_sums_uncleared) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.attributes = { FLAG(DMSTAT_A_AREA_UNCLEARED),
				U32(DMSTAT_A_AREA_MERGE, 50) },
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_sums_and_clear) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_CLEAR),
				U32(DMSTAT_A_AREA_MERGE, 50) },
		.prepare = prepare_reads,
		.check = check_give_and_clear,
		.in_module = 2,
		.of_pages = 3,
	},
};

FIXTURE_VARIANT_ADD(request, area_get_dump_and_clear_in_flight) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_CLEAR),
				FLAG(DMSTAT_A_AREA_ACTIVE) },
		.prepare = prepare_flight,
		.check = check_clear_flight,
		.in_module = 2,
		.of_pages = 1,
	},
};

FIXTURE_VARIANT_ADD(request, inflight_get_dump) {
	.request = {
		.command = DMSTAT_CMD_INFLIGHT_GET,
		.flags = NLM_F_DUMP,
		.device = DMSTAT_A_INFLIGHT_MAJOR,
		.varies = DMSTAT_A_INFLIGHT_AGE_NS,
		.check = check_read,
	},
	.set_up = set_up_flight,
};

FIXTURE_VARIANT_ADD(request, sequence_get) {
	.request = {
		.command = DMSTAT_CMD_SEQUENCE_GET,
		.attributes = { U32(DMSTAT_A_SEQUENCE_MULTICAST_GROUP,
				    DMSTAT_MULTICAST_GROUP_REGION) },
		.check = check_read,
	},
};

FIXTURE_SETUP(request)
{
	struct sweep *sweep = &self->sweep;

	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	sweep->request = &variant->request;
	sweep_open(sweep, sweep->request->alone);
	if (variant->set_up)
		variant->set_up(sweep);
	ignore_notifications(sweep);
	if (sweep->request->check == check_read)
		sweep_expect(sweep);
}

FIXTURE_TEARDOWN_PARENT(request)
{
	fault_close();
	dm_remove_all();
}

/* There was a fault in each place where one can be, and none did harm. */
#define SWEEP(mode)							\
do {									\
	struct sweep *_w = &self->sweep;				\
									\
	_w->fired = 0;							\
	_w->in_module = 0;						\
	_w->of_pages = 0;						\
	sweep_run(_w, mode);						\
	TH_LOG("%s: %u faults in %u system calls, %u of them in the module, %u of pages", \
	       #mode, _w->fired, _w->call - 1, _w->in_module,		\
	       _w->of_pages);						\
	EXPECT_LE(3, _w->fired);					\
	EXPECT_LE(_w->request->in_module, _w->in_module);		\
	EXPECT_EQ(0, _w->wrong);					\
} while (0)

TEST_F(request, survives_allocations_that_fail)
{
	fault_open(&self->sweep.fault);
	SWEEP(FAULT_ONE);
	EXPECT_LE(variant->request.of_pages, self->sweep.of_pages);
	if (variant->request.once)
		return;
	if (variant->request.check != check_read)
		SWEEP(FAULT_FEW);
	SWEEP(FAULT_ALL);
}

/* --------------------------------------------- faults outside of requests */

FIXTURE(faulty)
{
	struct sweep sweep;
};

FIXTURE_SETUP(faulty)
{
	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	sweep_open(&self->sweep, false);
	fault_open(&self->sweep.fault);
}

FIXTURE_TEARDOWN_PARENT(faulty)
{
	fault_close();
	dm_remove_all();
}

TEST_F(faulty, allocations_do_no_harm_to_a_listener_that_joins)
{
	struct sweep *sweep = &self->sweep;

	for (sweep->nth = 1; try_to_join(sweep); sweep->nth++)
		;
	TH_LOG("%u faults", sweep->fired);
	EXPECT_LE(1, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

TEST_F(faulty, allocations_do_not_keep_regions_of_a_removed_device)
{
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), mode;
	struct sweep *sweep = &self->sweep;

	for (mode = FAULT_ONE; mode <= FAULT_ALL; mode++) {
		sweep->fault.mode = mode;
		for (sweep->nth = 1; try_to_remove(sweep, control);
		     sweep->nth++)
			;
	}
	check_counting(sweep, 0, 0);
	TH_LOG("%u faults", sweep->fired);
	EXPECT_LE(6, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

TEST_F(faulty, allocations_do_no_harm_while_a_device_is_created)
{
	struct sweep *sweep = &self->sweep;

	for (sweep->nth = 1; try_to_create(sweep); sweep->nth += DEVICE_STEP)
		;
	TH_LOG("%u times", sweep->fired);
	EXPECT_LE(10, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

/* -------------------------------------------------------- after all of it */

FIXTURE(afterwards)
{
	struct netlink netlink;
	unsigned int minor;
	uint64_t limit;
};

FIXTURE_SETUP(afterwards)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", SWEEP_SECTORS);
	self->limit = memory_limit();
}

FIXTURE_TEARDOWN_PARENT(afterwards)
{
	memory_set_limit(self->limit);
	dm_remove_all();
}

/*
 * With exactly the limit that the regions need. This is the module that went
 * through all of the faults above; the test of loading starts another one.
 */
TEST_F(afterwards, what_was_charged_was_given_back)
{
	uint32_t ids[2];
	uint64_t one, two;

	ASSERT_EQ(0, memory_used_after(0));
	ids[0] = region_make(&self->netlink, self->minor);
	one = memory_used();
	ids[1] = region_make(&self->netlink, self->minor);
	two = memory_used();
	ASSERT_TAKEN(region_del(&self->netlink, ids[0]));
	ASSERT_TAKEN(region_del(&self->netlink, ids[1]));
	ASSERT_EQ(0, memory_used_after(0));

	memory_set_limit(one);
	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
	memory_set_limit(two - 1);
	EXPECT_EQ(ENOSPC, region_new(&self->netlink, self->minor).error);
	memory_set_limit(two);
	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
}

static bool vmalloc_has(const char *name)
{
	FILE *file = fopen("/proc/vmallocinfo", "r");
	bool found = false;
	char line[1024];

	if (!file)
		err(KSFT_FAIL, "/proc/vmallocinfo");
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, name)) {
			fprintf(TH_LOG_STREAM, "# %s", line);
			found = true;
		}
	}
	fclose(file);
	return found;
}

TEST_F(afterwards, no_memory_is_held_and_the_module_is_not_used)
{
	int tries = 0;

	dm_remove("abi");
	while (vmalloc_has("[dmstat]") && tries++ < 100)
		usleep(100000);
	EXPECT_GT(100, tries);
	EXPECT_EQ(0, memory_parameter(MODULE "/refcnt"));
}

/* ------------------------------------------------------ loading the module */

FIXTURE(module)
{
	struct sweep sweep;
	void *image;
	size_t size;
};

FIXTURE_SETUP(module)
{
	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	/* Loads what the module depends on. */
	dm_major();
	if (!access(MODULE, F_OK))
		run("rmmod dmstat");
	read_module(&self->image, &self->size);
	fault_open(&self->sweep.fault);
}

FIXTURE_TEARDOWN_PARENT(module)
{
	fault_close();
	dm_remove_all();
}

TEST_F_TIMEOUT(module, is_loaded_whole_or_not_at_all, 600)
{
	struct sweep *sweep = &self->sweep;

	sweep_module(sweep, self->image, self->size);
	TH_LOG("%u faults, %u of them in the module", sweep->fired,
	       sweep->in_module);
	EXPECT_LE(50, sweep->in_module);
	EXPECT_EQ(0, sweep->wrong);
}

TEST_HARNESS_MAIN
