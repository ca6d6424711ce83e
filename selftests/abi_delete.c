// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deleting many regions by one request: those listed, or all regions of a device,
 * of a program, or of both.
 */
#include "abi.h"

#define GROUP(v) STRING(DMSTAT_A_REGION_GROUP, v)
#define PROGRAM_ID(v) STRING(DMSTAT_A_REGION_PROGRAM_ID, v)
#define REGION_IDS(v, n) \
	BYTES(DMSTAT_A_REGION_REGION_IDS, v, (n) * sizeof(uint32_t))

/* More than the module deletes without releasing the lock. */
#define MANY 4500

/* region_del_by(NETLINK, ATTRIBUTE...): the answer. */
#define region_del_by(netlink, ...)					\
	netlink_do(netlink, DMSTAT_CMD_REGION_DEL, ATTRIBUTES(__VA_ARGS__))

/* The answer has the number of deleted regions, and nothing else. */
#define EXPECT_DELETED(got, expected)					\
do {									\
	struct answer _d = (got);					\
									\
	ASSERT_TAKEN(_d);						\
	ASSERT_EQ(_d.nr, 1);						\
	EXPECT_EQ(_d.objects[0].command, DMSTAT_CMD_REGION_DEL);	\
	EXPECT_EQ(object_count(&_d.objects[0]), 1);			\
	EXPECT_EQ(object_uint(&_d.objects[0], DMSTAT_A_REGION_DELETED),	\
		  (expected));						\
} while (0)

FIXTURE(delete)
{
	struct netlink netlink, listener;
	unsigned int minor, other_minor;
	/* One device: no program, "a", "a"; the other: "a". */
	uint32_t none, first, second, other;
};

FIXTURE_SETUP(delete)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_open(&self->listener));
	self->minor = dm_create("abi", 100000);
	self->other_minor = dm_create("abi2", 100000);
	self->none = region_make(&self->netlink, self->minor);
	self->first = region_make(&self->netlink, self->minor,
				  PROGRAM_ID("a"));
	self->other = region_make(&self->netlink, self->other_minor,
				  PROGRAM_ID("a"));
	self->second = region_make(&self->netlink, self->minor,
				   PROGRAM_ID("a"));
	ASSERT_EQ(0, netlink_join(&self->listener));
}

FIXTURE_TEARDOWN_PARENT(delete)
{
	dm_remove_all();
}

static bool is_there(struct netlink *netlink, uint32_t id)
{
	return !region_get(netlink, id).error;
}

/* The id of the region in the next notification of a deletion, or 0. */
static uint32_t next_deleted(struct netlink *listener)
{
	struct answer answer = {};

	if (netlink_receive(listener, &answer) || answer.nr != 1 ||
	    answer.objects[0].command != DMSTAT_CMD_REGION_DEL_NTF ||
	    object_uint(&answer.objects[0], DMSTAT_A_REGION_CAUSE) !=
	    DMSTAT_CAUSE_REQUEST)
		return 0;
	return object_uint(&answer.objects[0], DMSTAT_A_REGION_REGION_ID);
}

TEST_F(delete, by_ids_deletes_those_listed_and_notifies_of_each)
{
	const uint32_t ids[] = { self->first, self->other, self->second };

	EXPECT_DELETED(region_del_by(&self->netlink, REGION_IDS(ids, 3)), 3);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
	EXPECT_FALSE(is_there(&self->netlink, self->first));
	EXPECT_FALSE(is_there(&self->netlink, self->other));
	EXPECT_FALSE(is_there(&self->netlink, self->second));
	/* Device by device. */
	EXPECT_EQ(self->first, next_deleted(&self->listener));
	EXPECT_EQ(self->second, next_deleted(&self->listener));
	EXPECT_EQ(self->other, next_deleted(&self->listener));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(delete, by_ids_of_which_one_does_not_exist_deletes_nothing)
{
	const uint32_t ids[] = { self->none, self->second, 4000000000U };

	EXPECT_REFUSED(region_del_by(&self->netlink, REGION_IDS(ids, 3)),
		       ENOENT, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
	EXPECT_TRUE(is_there(&self->netlink, self->second));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(delete, by_ids_that_do_not_rise_is_refused)
{
	const uint32_t ids[] = { self->none, self->none };
	const uint32_t zero = 0;
	static uint32_t many[DMSTAT_REGION_IDS_MAX + 1];

	EXPECT_REFUSED(region_del_by(&self->netlink, REGION_IDS(ids, 2)),
		       EINVAL, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_REFUSED(region_del_by(&self->netlink, REGION_IDS(&zero, 1)),
		       EINVAL, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_REFUSED(region_del_by(&self->netlink, REGION_IDS(ids, 0)),
		       EINVAL, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_REFUSED(region_del_by(&self->netlink,
				     BYTES(DMSTAT_A_REGION_REGION_IDS, many,
					   7)),
		       EINVAL, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
}

TEST_F(delete, by_device_deletes_all_of_it_and_no_other)
{
	EXPECT_DELETED(region_del_by(&self->netlink,
				     REGION_DEVICE(self->minor)), 3);
	EXPECT_FALSE(is_there(&self->netlink, self->none));
	EXPECT_FALSE(is_there(&self->netlink, self->first));
	EXPECT_FALSE(is_there(&self->netlink, self->second));
	EXPECT_TRUE(is_there(&self->netlink, self->other));
	EXPECT_EQ(self->none, next_deleted(&self->listener));
	EXPECT_EQ(self->first, next_deleted(&self->listener));
	EXPECT_EQ(self->second, next_deleted(&self->listener));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(delete, by_program_deletes_all_of_it_on_every_device)
{
	EXPECT_DELETED(region_del_by(&self->netlink, PROGRAM_ID("a")), 3);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
	EXPECT_FALSE(is_there(&self->netlink, self->first));
	EXPECT_FALSE(is_there(&self->netlink, self->second));
	EXPECT_FALSE(is_there(&self->netlink, self->other));
	/* The region without a program. */
	EXPECT_DELETED(region_del_by(&self->netlink, PROGRAM_ID("")), 1);
	EXPECT_FALSE(is_there(&self->netlink, self->none));
}

TEST_F(delete, by_group_deletes_all_of_it_and_no_other)
{
	const uint32_t ids[] = { self->first, self->other };
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_TAKEN(netlink_do(&self->netlink, DMSTAT_CMD_REGION_SET,
					ATTRIBUTES(REGION(ids[i]),
						   GROUP("b"))));
	EXPECT_DELETED(region_del_by(&self->netlink, GROUP("b"),
				     REGION_DEVICE(self->minor)), 1);
	EXPECT_FALSE(is_there(&self->netlink, self->first));
	EXPECT_DELETED(region_del_by(&self->netlink, GROUP("b")), 1);
	EXPECT_FALSE(is_there(&self->netlink, self->other));
	EXPECT_TRUE(is_there(&self->netlink, self->none));
	EXPECT_TRUE(is_there(&self->netlink, self->second));
}

TEST_F(delete, by_device_and_program_deletes_what_has_both)
{
	EXPECT_DELETED(region_del_by(&self->netlink,
				     REGION_DEVICE(self->minor),
				     PROGRAM_ID("a")), 2);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
	EXPECT_TRUE(is_there(&self->netlink, self->other));
}

TEST_F(delete, of_what_matches_nothing_is_refused)
{
	EXPECT_REFUSED(region_del_by(&self->netlink, GROUP("b")), ENOENT, 0);
	EXPECT_REFUSED(region_del_by(&self->netlink, PROGRAM_ID("b")), ENOENT,
		       0);
	EXPECT_REFUSED(region_del_by(&self->netlink,
				     REGION_DEVICE(self->other_minor),
				     PROGRAM_ID("")), ENOENT, 0);
	EXPECT_REFUSED(region_del_by(&self->netlink,
				     REGION_DEVICE(1048575)), ENOENT, 0);
}

TEST_F(delete, names_regions_in_one_way_only)
{
	EXPECT_MISSING(region_del_by(&self->netlink),
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_del_by(&self->netlink, REGION(self->none),
				     PROGRAM_ID("a")),
		       EINVAL, DMSTAT_A_REGION_PROGRAM_ID);
	EXPECT_REFUSED(region_del_by(&self->netlink, REGION(self->none),
				     REGION_IDS(&self->none, 1)),
		       EINVAL, DMSTAT_A_REGION_REGION_IDS);
	EXPECT_REFUSED(region_del_by(&self->netlink,
				     REGION_DEVICE(self->minor),
				     REGION_IDS(&self->none, 1)),
		       EINVAL, DMSTAT_A_REGION_MAJOR);
	EXPECT_MISSING(region_del_by(&self->netlink,
				     U32(DMSTAT_A_REGION_MAJOR, dm_major())),
		       DMSTAT_A_REGION_MINOR);
	EXPECT_MISSING(region_del_by(&self->netlink,
				     U32(DMSTAT_A_REGION_MINOR, self->minor)),
		       DMSTAT_A_REGION_MAJOR);
	EXPECT_TRUE(is_there(&self->netlink, self->none));
}

TEST_F(delete, of_more_than_are_deleted_at_once_deletes_all)
{
	struct answer answer;
	int i;

	for (i = 0; i < MANY; i++) {
		answer = region_new(&self->netlink, self->other_minor,
				    U64(DMSTAT_A_REGION_START, i),
				    U64(DMSTAT_A_REGION_LENGTH, 1));
		ASSERT_TAKEN(answer);
		netlink_free(&answer);
	}
	EXPECT_DELETED(region_del_by(&self->netlink,
				     REGION_DEVICE(self->other_minor)),
		       MANY + 1);
	EXPECT_FALSE(is_there(&self->netlink, self->other));
	EXPECT_TRUE(is_there(&self->netlink, self->second));
}

TEST_HARNESS_MAIN
