// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_limit and memory_used: what they mean, and that they tell the truth.
 */
#include <sys/sysinfo.h>

#include "abi.h"
#include "memory.h"

#define SECTORS 100000

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

TEST_F(memory, limit_may_be_as_high_as_a_number_can_be)
{
	memory_set_limit(UINT64_MAX);
	EXPECT_EQ(UINT64_MAX, memory_limit());
	EXPECT_EQ(0, region_new(&self->netlink, self->minor).error);
}

TEST_HARNESS_MAIN
