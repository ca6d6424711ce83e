// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-get, and the devices that every operation refuses.
 */
#include <linux/dm-ioctl.h>

#include "abi.h"

#define SECTORS 1000003

static struct answer device_get(struct netlink *netlink, unsigned int minor)
{
	return netlink_do(netlink, DMSTAT_CMD_DEVICE_GET,
			  ATTRIBUTES(DEVICE(minor)));
}

static struct answer device_dump(struct netlink *netlink)
{
	return netlink_dump(netlink, DMSTAT_CMD_DEVICE_GET, ATTRIBUTES());
}

/* How many of the devices are device-mapper's: the machine may have others. */
static size_t dm_devices(const struct answer *answer)
{
	size_t i, nr = 0;

	for (i = 0; i < answer->nr; i++)
		nr += object_uint(&answer->objects[i], DMSTAT_A_DEVICE_MAJOR) ==
		      dm_major();
	return nr;
}

/* ------------------------------------------------------------ device-get */

FIXTURE(device)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create_target("abi device", "ABI-7", SECTORS, "zero",
				       "");
}

FIXTURE_TEARDOWN_PARENT(device)
{
	dm_remove_all();
}

TEST_F(device, has_number_name_uuid_and_size)
{
	struct answer answer = device_get(&self->netlink, self->minor);
	const struct object *device = &answer.objects[0];

	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_DEVICE_GET, device->command);
	EXPECT_EQ(dm_major(), object_uint(device, DMSTAT_A_DEVICE_MAJOR));
	EXPECT_TRUE(object_has(device, DMSTAT_A_DEVICE_MINOR));
	EXPECT_EQ(self->minor, object_uint(device, DMSTAT_A_DEVICE_MINOR));
	EXPECT_STREQ("abi device",
		     object_string(device, DMSTAT_A_DEVICE_NAME));
	EXPECT_STREQ("ABI-7", object_string(device, DMSTAT_A_DEVICE_UUID));
	EXPECT_EQ(SECTORS, object_uint(device, DMSTAT_A_DEVICE_SIZE));
	EXPECT_EQ(5, object_count(device));
}

TEST_F(device, has_no_uuid_attribute_without_a_uuid)
{
	unsigned int minor = dm_create("abi2", 8);
	struct answer answer = device_get(&self->netlink, minor);

	ASSERT_TAKEN(answer);
	EXPECT_FALSE(object_has(&answer.objects[0], DMSTAT_A_DEVICE_UUID));
}

TEST_F(device, of_more_than_32_bits_of_sectors_has_its_size)
{
	unsigned int minor = dm_create("abi2", 1ULL << 34);
	struct answer answer = device_get(&self->netlink, minor);

	ASSERT_TAKEN(answer);
	EXPECT_EQ(1ULL << 34,
		  object_uint(&answer.objects[0], DMSTAT_A_DEVICE_SIZE));
}

TEST_F(device, has_its_number_of_regions)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct answer answer;

	region_make(&self->netlink, self->minor);
	answer = device_get(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(2, object_uint(&answer.objects[0], DMSTAT_A_DEVICE_REGIONS));

	ASSERT_TAKEN(region_del(&self->netlink, id));
	answer = device_get(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(1, object_uint(&answer.objects[0], DMSTAT_A_DEVICE_REGIONS));
}

TEST_F(device, that_is_request_based_is_listed_like_any_other)
{
	unsigned int minor = dm_create_multipath("abi2", 8192);
	struct answer answer;

	region_make(&self->netlink, minor);
	answer = device_get(&self->netlink, minor);
	ASSERT_TAKEN(answer);
	EXPECT_STREQ("abi2", object_string(&answer.objects[0],
					   DMSTAT_A_DEVICE_NAME));
	EXPECT_EQ(8192, object_uint(&answer.objects[0], DMSTAT_A_DEVICE_SIZE));
	EXPECT_EQ(1, object_uint(&answer.objects[0], DMSTAT_A_DEVICE_REGIONS));

	answer = device_dump(&self->netlink);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(2, dm_devices(&answer));

	ASSERT_TAKEN(netlink_dump(&self->netlink, DMSTAT_CMD_INFLIGHT_GET,
				  ATTRIBUTES(U32(DMSTAT_A_INFLIGHT_MAJOR,
						 dm_major()),
					     U32(DMSTAT_A_INFLIGHT_MINOR,
						 minor))));
}

TEST_F(device, is_named_by_both_major_and_minor)
{
	EXPECT_DEVICE_NEEDED(&self->netlink, DMSTAT_CMD_DEVICE_GET,
			     DMSTAT_A_DEVICE_MAJOR);
}

TEST_F(device, number_has_a_range)
{
	EXPECT_DEVICE_IN_RANGE(netlink_do, &self->netlink,
			       DMSTAT_CMD_DEVICE_GET, DMSTAT_A_DEVICE_MAJOR);
}

/* ------------------------------------------------------------------ dump */

static const struct object *find_number(const struct answer *answer,
					unsigned int major, unsigned int minor)
{
	const struct object *found = NULL;
	size_t i;

	for (i = 0; i < answer->nr; i++) {
		const struct object *o = &answer->objects[i];

		if (object_uint(o, DMSTAT_A_DEVICE_MAJOR) != major ||
		    object_uint(o, DMSTAT_A_DEVICE_MINOR) != minor)
			continue;
		if (found)
			errx(KSFT_FAIL, "minor %u is listed twice", minor);
		found = o;
	}
	return found;
}

static const struct object *find_device(const struct answer *answer,
					unsigned int minor)
{
	return find_number(answer, dm_major(), minor);
}

TEST_F(device, dump_has_the_same_for_each_as_get)
{
	unsigned int minor = dm_create("abi2", 8);
	struct answer dump, get;

	region_make(&self->netlink, minor);
	dump = device_dump(&self->netlink);
	ASSERT_TAKEN(dump);
	ASSERT_EQ(2, dm_devices(&dump));

	get = device_get(&self->netlink, self->minor);
	ASSERT_NE(NULL, find_device(&dump, self->minor));
	EXPECT_TRUE(object_equal(&get.objects[0],
				 find_device(&dump, self->minor)));
	get = device_get(&self->netlink, minor);
	ASSERT_NE(NULL, find_device(&dump, minor));
	EXPECT_TRUE(object_equal(&get.objects[0], find_device(&dump, minor)));
	EXPECT_EQ(NLM_F_MULTI, dump.objects[0].flags);
}

/* They take several datagrams. */
#define MANY 48

#define LONG_NAME \
	"abi-a-long-name-so-that-a-datagram-does-not-hold-many-devices-" \
	"and-a-dump-needs-several-of-them-which-are-numbered-"

static void make_many(unsigned int *minors)
{
	char name[DM_NAME_LEN];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), LONG_NAME "%d", i);
		minors[i] = dm_create_target(name, name, 8, "zero", "");
	}
}

/* Two promises in one test, because making many devices takes long. */
TEST_F_TIMEOUT(device, dump_lists_each_once_and_is_marked_if_one_goes, 600)
{
	unsigned int minors[MANY];
	struct answer answer;
	int i;

	make_many(minors);
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_DEVICE_GET,
				    ATTRIBUTES());
	TH_LOG("%zu devices in the first datagram", answer.nr);
	ASSERT_FALSE(answer.ended);
	netlink_finish(&self->netlink, &answer);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(MANY + 1, dm_devices(&answer));
	for (i = 0; i < MANY; i++)
		EXPECT_NE(NULL, find_device(&answer, minors[i]));
	EXPECT_FALSE(answer.interrupted);

	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_DEVICE_GET,
				    ATTRIBUTES());
	dm_remove("abi device");
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(answer.interrupted);

	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_DEVICE_GET,
				    ATTRIBUTES());
	dm_create("abi2", 8);
	netlink_finish(&self->netlink, &answer);
	EXPECT_TRUE(answer.interrupted);
}

TEST_F(device, dump_takes_no_device)
{
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink, DMSTAT_CMD_DEVICE_GET,
					 ATTRIBUTES(DEVICE(self->minor))),
			    EINVAL, DMSTAT_A_DEVICE_MAJOR);
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink, DMSTAT_CMD_DEVICE_GET,
					 ATTRIBUTES(U32(DMSTAT_A_DEVICE_MINOR,
							0))),
			    EINVAL, DMSTAT_A_DEVICE_MINOR);
}

/* -------------------------------------------------------- other devices */

FIXTURE(unsuitable)
{
	struct netlink netlink;
	unsigned int major, minor;
};

FIXTURE_VARIANT(unsuitable)
{
	void (*make)(unsigned int *major, unsigned int *minor);
	int error;
};

static void make_nothing(unsigned int *major, unsigned int *minor)
{
	*major = dm_major();
	*minor = 4711;
}

static void make_removed(unsigned int *major, unsigned int *minor)
{
	*major = dm_major();
	*minor = dm_create("abi", SECTORS);
	dm_remove("abi");
}

static void make_empty(unsigned int *major, unsigned int *minor)
{
	*major = dm_major();
	*minor = dm_create_empty("abi");
}

static void make_partition(unsigned int *major, unsigned int *minor)
{
	run("modprobe brd rd_nr=1 rd_size=1024 max_part=4");
	run("addpart /dev/ram0 1 8 64");
	disk_number("/dev/ram0p1", major, minor);
}

FIXTURE_VARIANT_ADD(unsuitable, no_device) {
	.make = make_nothing,
	.error = ENODEV,
};

FIXTURE_VARIANT_ADD(unsuitable, device_that_is_gone) {
	.make = make_removed,
	.error = ENODEV,
};

FIXTURE_VARIANT_ADD(unsuitable, device_without_a_table) {
	.make = make_empty,
	.error = ENODEV,
};

FIXTURE_VARIANT_ADD(unsuitable, partition) {
	.make = make_partition,
	.error = EOPNOTSUPP,
};

FIXTURE_SETUP(unsuitable)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	variant->make(&self->major, &self->minor);
}

FIXTURE_TEARDOWN_PARENT(unsuitable)
{
	dm_remove_all();
	if (!access("/sys/module/brd", F_OK))
		run("rmmod brd");
}

TEST_F(unsuitable, is_refused_by_device_get)
{
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_DEVICE_GET,
				  ATTRIBUTES(U32(DMSTAT_A_DEVICE_MAJOR,
						 self->major),
					     U32(DMSTAT_A_DEVICE_MINOR,
						 self->minor))),
		       variant->error, DMSTAT_A_DEVICE_MAJOR);
}

TEST_F(unsuitable, is_refused_by_region_new)
{
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_REGION_NEW,
				  ATTRIBUTES(U32(DMSTAT_A_REGION_MAJOR,
						 self->major),
					     U32(DMSTAT_A_REGION_MINOR,
						 self->minor))),
		       variant->error, DMSTAT_A_REGION_MAJOR);
}

TEST_F(unsuitable, is_refused_by_inflight_get)
{
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink,
					 DMSTAT_CMD_INFLIGHT_GET,
					 ATTRIBUTES(U32(DMSTAT_A_INFLIGHT_MAJOR,
							self->major),
						    U32(DMSTAT_A_INFLIGHT_MINOR,
							self->minor))),
			    variant->error, DMSTAT_A_INFLIGHT_MAJOR);
}

TEST_F(unsuitable, is_not_in_the_dump)
{
	struct answer answer = device_dump(&self->netlink);

	ASSERT_TAKEN(answer);
	EXPECT_EQ(NULL, find_number(&answer, self->major, self->minor));
}

/* ----------------------------------------- disks that are not device-mapper's */

FIXTURE(plain)
{
	struct netlink netlink;
	unsigned int major, minor;
};

FIXTURE_SETUP(plain)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	run("modprobe brd rd_nr=1 rd_size=1024");
	disk_number("/dev/ram0", &self->major, &self->minor);
}

FIXTURE_TEARDOWN_PARENT(plain)
{
	run("rmmod brd");
}

TEST_F(plain, disk_has_number_name_and_size_and_no_uuid)
{
	struct answer answer =
		netlink_do(&self->netlink, DMSTAT_CMD_DEVICE_GET,
			   ATTRIBUTES(U32(DMSTAT_A_DEVICE_MAJOR, self->major),
				      U32(DMSTAT_A_DEVICE_MINOR,
					  self->minor)));
	const struct object *disk = &answer.objects[0];

	ASSERT_TAKEN(answer);
	EXPECT_EQ(self->major, object_uint(disk, DMSTAT_A_DEVICE_MAJOR));
	EXPECT_EQ(self->minor, object_uint(disk, DMSTAT_A_DEVICE_MINOR));
	EXPECT_STREQ("ram0", object_string(disk, DMSTAT_A_DEVICE_NAME));
	EXPECT_EQ(2048, object_uint(disk, DMSTAT_A_DEVICE_SIZE));
	EXPECT_EQ(4, object_count(disk));
}

TEST_F(plain, disk_is_in_the_dump)
{
	struct answer answer = device_dump(&self->netlink);

	ASSERT_TAKEN(answer);
	EXPECT_NE(NULL, find_number(&answer, self->major, self->minor));
}

/* The driver's module can be unloaded: the region goes with the disk. */
TEST_F(plain, disk_is_not_kept_by_its_regions)
{
	struct answer answer =
		netlink_do(&self->netlink, DMSTAT_CMD_REGION_NEW,
			   ATTRIBUTES(U32(DMSTAT_A_REGION_MAJOR, self->major),
				      U32(DMSTAT_A_REGION_MINOR,
					  self->minor)));

	ASSERT_TAKEN(answer);
	run("rmmod brd");
	answer = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES());
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
	run("modprobe brd rd_nr=1 rd_size=1024");
}

TEST_HARNESS_MAIN
