// SPDX-License-Identifier: GPL-2.0-only
/*
 * The family as a whole: when it is registered, and where it can be seen.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>

#include "abi.h"

FIXTURE(family)
{
	struct netlink netlink;
};

FIXTURE_SETUP(family)
{
	if (!access("/sys/module/dmstat", F_OK))
		run("rmmod dmstat");
}

FIXTURE_TEARDOWN_PARENT(family)
{
	dm_remove_all();
}

static long unload(void)
{
	return syscall(SYS_delete_module, "dmstat", O_NONBLOCK) ? errno : 0;
}

TEST_F(family, loads_the_module_when_it_is_requested)
{
	ASSERT_NE(0, access("/sys/module/dmstat", F_OK));
	ASSERT_EQ(0, netlink_open(&self->netlink));
	EXPECT_EQ(0, access("/sys/module/dmstat", F_OK));
	TH_LOG("family %u, group %u", self->netlink.family,
	       self->netlink.group);
	EXPECT_NE(0, self->netlink.family);
	EXPECT_NE(0, self->netlink.group);
}

TEST_F(family, is_not_in_other_network_namespaces)
{
	run("modprobe dmstat");
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	EXPECT_EQ(ENOENT, netlink_open(&self->netlink));
}

TEST_F(family, goes_with_the_module_although_there_are_regions)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	region_make(&self->netlink, dm_create("abi", 100000),
		    U64(DMSTAT_A_REGION_AREAS, 1000));
	EXPECT_EQ(0, unload());
	EXPECT_NE(0, access("/sys/module/dmstat", F_OK));
}

TEST_F(family, keeps_the_module_while_a_dump_is_under_way)
{
	struct answer answer;
	uint32_t id;

	ASSERT_EQ(0, netlink_open(&self->netlink));
	id = region_make(&self->netlink, dm_create("abi", 100000),
			 U64(DMSTAT_A_REGION_AREAS, 10000));
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
				    ATTRIBUTES(AREA_REGION(id)));
	ASSERT_FALSE(answer.ended);
	EXPECT_EQ(EWOULDBLOCK, unload());

	netlink_finish(&self->netlink, &answer);
	EXPECT_EQ(10000, answer.nr);
	EXPECT_EQ(0, unload());
}

TEST_F(family, does_not_keep_the_module_after_a_dump_that_was_abandoned)
{
	uint32_t id;

	ASSERT_EQ(0, netlink_open(&self->netlink));
	id = region_make(&self->netlink, dm_create("abi", 100000),
			 U64(DMSTAT_A_REGION_AREAS, 10000));
	netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
			   ATTRIBUTES(AREA_REGION(id)));
	netlink_close(&self->netlink);
	EXPECT_EQ(0, unload());
}

TEST_HARNESS_MAIN
