// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_limit and memory_used: what they mean, and that memory_used is true.
 */
#include <sys/sysinfo.h>

#include "abi.h"
#include "memory.h"

#define SECTORS 100000
#define DEVICES 200

FIXTURE(memory)
{
	struct netlink netlink;
	unsigned int minor;
	uint64_t limit;			/* as it was */
};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->limit = memory_limit();
	self->minor = dm_create("abi", SECTORS);
}

FIXTURE_TEARDOWN_PARENT(memory)
{
	memory_set_limit(self->limit);
	dm_remove_all();
}

TEST_F(memory, limit_of_0_is_the_default)
{
	struct sysinfo info;

	memory_set_limit(1);
	EXPECT_EQ(ENOSPC, region_new(&self->netlink, self->minor).error);
	memory_set_limit(0);
	ASSERT_EQ(0, sysinfo(&info));
	TH_LOG("%llu of %lu bytes", (unsigned long long)memory_limit(),
	       info.totalram);
	EXPECT_LE(info.totalram / 4 - 4096, memory_limit());
	EXPECT_GE(info.totalram / 4, memory_limit());
	EXPECT_EQ(0, region_new(&self->netlink, self->minor).error);
}

TEST_F(memory, limit_may_be_the_largest_number)
{
	memory_set_limit(UINT64_MAX);
	EXPECT_EQ(UINT64_MAX, memory_limit());
	EXPECT_EQ(0, region_new(&self->netlink, self->minor).error);
}

/* Its memory counts until it is freed, some time after it was deleted. */
TEST_F(memory, of_a_deleted_region_is_there_for_the_next_one)
{
	const unsigned int minor = dm_create("abi2", 1U << 31);
	uint64_t before, one;
	uint32_t id;
	int i;

	region_make(&self->netlink, self->minor);
	before = memory_used();
	id = region_make(&self->netlink, minor,
			 U64(DMSTAT_A_REGION_AREAS, 1 << 27));
	one = memory_used() - before;
	TH_LOG("%llu bytes", (unsigned long long)one);
	ASSERT_LT(16 << 20, one);
	memory_set_limit(before + one + one / 2);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, region_del(&self->netlink, id).error);
		id = region_make(&self->netlink, minor,
				 U64(DMSTAT_A_REGION_AREAS, 1 << 27));
	}
}

/* -------------------------------------------------------------- what is held */

/* Debug kernels need more memory for each object. */
static bool kernel_is_plain(void)
{
	struct utsname name;

	return !uname(&name) && !strstr(name.release, "-kasan") &&
	       !strstr(name.release, "-kcsan");
}

/* So 1,000 of them cost less than 20 MiB. */
TEST_F(memory, of_200_watched_devices_is_less_than_4_mib)
{
	static unsigned int minors[DEVICES];
	uint64_t before, used, less;
	char name[16];
	int i;

	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
	for (i = 0; i < DEVICES; i++) {
		snprintf(name, sizeof(name), "abi%d", i + 2);
		minors[i] = dm_create(name, 8);
	}
	memory_drop_caches();
	before = memory_available();
	used = memory_used();
	for (i = 0; i < DEVICES; i++)
		region_make(&self->netlink, minors[i]);
	used = memory_used() - used;
	memory_drop_caches();
	less = before - memory_available();
	TH_LOG("memory_used: %llu bytes each; the kernel has %lld less",
	       (unsigned long long)used / DEVICES,
	       (long long)(int64_t)less / DEVICES);
	EXPECT_GT(4 << 20, used);
	EXPECT_LT(DEVICES * 4096, used);
	if (kernel_is_plain())
		EXPECT_GT(4 << 20, (int64_t)less);
}

TEST_HARNESS_MAIN
