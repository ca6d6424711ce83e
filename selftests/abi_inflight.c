// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflight-get. (The devices that it refuses are in abi_device.)
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sys/syscall.h>
#include <time.h>

#include "abi.h"

FIXTURE(inflight)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(inflight)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", 1ULL << 34);
}

FIXTURE_TEARDOWN_PARENT(inflight)
{
	dm_remove_all();
}

static struct answer inflight_dump(struct netlink *netlink, unsigned int minor)
{
	return netlink_dump(netlink, DMSTAT_CMD_INFLIGHT_GET,
			    ATTRIBUTES(INFLIGHT_DEVICE(minor)));
}

/* The I/O that begins at @sector. */
static const struct object *find_io(const struct answer *answer,
				    uint64_t sector)
{
	const struct object *found = NULL;
	size_t i;

	for (i = 0; i < answer->nr; i++) {
		if (object_uint(&answer->objects[i],
				DMSTAT_A_INFLIGHT_SECTOR) != sector)
			continue;
		if (found)
			errx(KSFT_FAIL, "the I/O at %llu is listed twice",
			     (unsigned long long)sector);
		found = &answer->objects[i];
	}
	return found;
}

TEST_F(inflight, is_refused_for_a_device_without_a_region)
{
	EXPECT_DUMP_REFUSED(inflight_dump(&self->netlink, self->minor), ENOENT,
			    0);
	region_del(&self->netlink, region_make(&self->netlink, self->minor));
	EXPECT_DUMP_REFUSED(inflight_dump(&self->netlink, self->minor), ENOENT,
			    0);
}

TEST_F(inflight, needs_both_major_and_minor)
{
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink,
					 DMSTAT_CMD_INFLIGHT_GET,
					 ATTRIBUTES()), EINVAL, 0);
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink,
					 DMSTAT_CMD_INFLIGHT_GET,
					 ATTRIBUTES(U32(DMSTAT_A_INFLIGHT_MAJOR,
							254))), EINVAL, 0);
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink,
					 DMSTAT_CMD_INFLIGHT_GET,
					 ATTRIBUTES(U32(DMSTAT_A_INFLIGHT_MINOR,
							0))), EINVAL, 0);
}

TEST_F(inflight, device_number_has_a_range)
{
	EXPECT_DEVICE_IN_RANGE(netlink_dump, &self->netlink,
			       DMSTAT_CMD_INFLIGHT_GET,
			       DMSTAT_A_INFLIGHT_MAJOR);
}

TEST_F(inflight, is_empty_when_nothing_is)
{
	struct answer answer;

	region_make(&self->netlink, self->minor);
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
}

TEST_F(inflight, io_has_sector_sectors_operation_and_age)
{
	const uint64_t far = (3ULL << 32) + 8;
	const struct object *io;
	struct answer answer;
	pid_t read, write;
	uint64_t age;

	region_make(&self->netlink, self->minor);
	dm_suspend("abi");
	read = io_start(self->minor, IO_READ, 80, 16);
	write = io_start(self->minor, IO_WRITE, far, 24);
	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);

	io = find_io(&answer, 80);
	ASSERT_NE(NULL, io);
	EXPECT_EQ(DMSTAT_CMD_INFLIGHT_GET, io->command);
	/* The cgroup, on a kernel with CONFIG_BLK_CGROUP. */
	EXPECT_EQ(7 + object_has(io, DMSTAT_A_INFLIGHT_CGROUP_ID),
		  object_count(io));
	EXPECT_EQ(read, object_uint(io, DMSTAT_A_INFLIGHT_PID));
	EXPECT_STREQ("abi_inflight", object_string(io, DMSTAT_A_INFLIGHT_COMM));
	EXPECT_NE(0, object_uint(io, DMSTAT_A_INFLIGHT_IO_ID));
	EXPECT_EQ(16, object_uint(io, DMSTAT_A_INFLIGHT_SECTORS));
	EXPECT_TRUE(object_has(io, DMSTAT_A_INFLIGHT_OPERATION));
	EXPECT_EQ(DMSTAT_OPERATION_READ,
		  object_uint(io, DMSTAT_A_INFLIGHT_OPERATION));
	age = object_uint(io, DMSTAT_A_INFLIGHT_AGE_NS);
	EXPECT_LT(0, age);

	io = find_io(&answer, far);
	ASSERT_NE(NULL, io);
	EXPECT_EQ(24, object_uint(io, DMSTAT_A_INFLIGHT_SECTORS));
	EXPECT_EQ(DMSTAT_OPERATION_WRITE,
		  object_uint(io, DMSTAT_A_INFLIGHT_OPERATION));
	EXPECT_GT(age, object_uint(io, DMSTAT_A_INFLIGHT_AGE_NS));

	usleep(50000);
	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_EQ(2, answer.nr);
	EXPECT_LE(age + 50000000, object_uint(find_io(&answer, 80),
					      DMSTAT_A_INFLIGHT_AGE_NS));

	dm_resume("abi");
	io_end(read);
	io_end(write);
	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
}

static uint64_t oldest_ns(struct netlink *netlink, unsigned int minor)
{
	struct answer answer = netlink_do(netlink, DMSTAT_CMD_DEVICE_GET,
					  ATTRIBUTES(DEVICE(minor)));

	if (answer.nr != 1)
		errx(KSFT_FAIL, "device-get: error %d", answer.error);
	return object_uint(answer.objects, DMSTAT_A_DEVICE_OLDEST_NS);
}

/* Also if the oldest is in a slot that a walk meets late. */
TEST_F(inflight, device_tells_the_age_of_the_oldest)
{
	uint64_t age;
	pid_t reads[8];
	int i;

	EXPECT_EQ(0, oldest_ns(&self->netlink, self->minor));
	region_make(&self->netlink, self->minor);
	EXPECT_EQ(0, oldest_ns(&self->netlink, self->minor));

	dm_suspend("abi");
	reads[0] = io_start(self->minor, IO_READ, 0, 8);
	usleep(200000);
	for (i = 1; i < 8; i++)
		reads[i] = io_start(self->minor, IO_READ, 8 * i, 8);
	age = oldest_ns(&self->netlink, self->minor);
	EXPECT_LE(200000000, age);
	usleep(50000);
	EXPECT_LE(age + 50000000, oldest_ns(&self->netlink, self->minor));

	dm_resume("abi");
	for (i = 0; i < 8; i++)
		io_end(reads[i]);
	EXPECT_EQ(0, oldest_ns(&self->netlink, self->minor));
}

TEST_F(inflight, discard_is_a_discard)
{
	unsigned int minor = dm_create_linear("abi2", 4000);
	struct answer answer;
	pid_t discard;

	region_make(&self->netlink, minor);
	dm_suspend("abi2");
	discard = io_start(minor, IO_DISCARD, 800, 32);
	answer = inflight_dump(&self->netlink, minor);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(32, object_uint(answer.objects, DMSTAT_A_INFLIGHT_SECTORS));
	EXPECT_EQ(DMSTAT_OPERATION_DISCARD,
		  object_uint(answer.objects, DMSTAT_A_INFLIGHT_OPERATION));
	dm_resume("abi2");
	io_end(discard);
}

TEST_F(inflight, io_that_started_before_the_first_region_is_not_known)
{
	pid_t before, after;
	struct answer answer;

	dm_suspend("abi");
	before = io_start(self->minor, IO_READ, 0, 8);
	region_make(&self->netlink, self->minor);
	after = io_start(self->minor, IO_READ, 8, 8);

	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_EQ(1, answer.nr);
	EXPECT_NE(NULL, find_io(&answer, 8));
	dm_resume("abi");
	io_end(before);
	io_end(after);
}

TEST_F(inflight, io_of_other_devices_is_not_listed)
{
	unsigned int minor = dm_create("abi2", 1000);
	struct answer answer;
	pid_t pid;

	region_make(&self->netlink, self->minor);
	region_make(&self->netlink, minor);
	dm_suspend("abi2");
	pid = io_start(minor, IO_READ, 0, 8);
	answer = inflight_dump(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(0, answer.nr);
	dm_resume("abi2");
	io_end(pid);
}

/* Reads of one sector at 0, 8, 16, ..., all in flight on return. */
static aio_context_t submit_reads(unsigned int minor, int nr)
{
	aio_context_t context = 0;
	struct iocb *iocb;
	char path[64];
	void *buffer;
	int fd, i;

	snprintf(path, sizeof(path), "/dev/dm-%u", minor);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_io_setup, nr, &context) ||
	    posix_memalign(&buffer, 4096, 4096))
		err(KSFT_FAIL, "%s", path);
	for (i = 0; i < nr; i++) {
		iocb = calloc(1, sizeof(*iocb));
		iocb->aio_lio_opcode = IOCB_CMD_PREAD;
		iocb->aio_fildes = fd;
		iocb->aio_buf = (uintptr_t)buffer;
		iocb->aio_nbytes = 512;
		iocb->aio_offset = i * 4096;
		if (syscall(SYS_io_submit, context, 1, &iocb) != 1)
			err(KSFT_FAIL, "io_submit");
	}
	return context;
}

TEST_F(inflight, ios_over_several_datagrams_are_listed_once_each)
{
	aio_context_t context;
	struct answer answer;
	int i;

	region_make(&self->netlink, self->minor);
	dm_suspend("abi");
	context = submit_reads(self->minor, 1000);
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_INFLIGHT_GET,
				    ATTRIBUTES(INFLIGHT_DEVICE(self->minor)));
	TH_LOG("%zu I/Os in the first datagram", answer.nr);
	EXPECT_FALSE(answer.ended);
	netlink_finish(&self->netlink, &answer);
	ASSERT_TAKEN(answer);
	EXPECT_EQ(1000, answer.nr);
	for (i = 0; i < 1000; i++)
		EXPECT_NE(NULL, find_io(&answer, i * 8));
	dm_resume("abi");
	syscall(SYS_io_destroy, context);
}

TEST_F(inflight, dump_ends_in_an_error_when_the_last_region_goes_meanwhile)
{
	aio_context_t context;
	struct netlink other;
	struct answer answer;
	uint32_t id;

	ASSERT_EQ(0, netlink_open(&other));
	id = region_make(&self->netlink, self->minor);
	dm_suspend("abi");
	context = submit_reads(self->minor, 1000);
	answer = netlink_dump_start(&self->netlink, DMSTAT_CMD_INFLIGHT_GET,
				    ATTRIBUTES(INFLIGHT_DEVICE(self->minor)));
	ASSERT_TAKEN(region_del(&other, id));
	netlink_finish(&self->netlink, &answer);
	EXPECT_EQ(ENOENT, answer.error);
	EXPECT_STRNE("", answer.text);
	EXPECT_GT(1000, answer.nr);
	dm_resume("abi");
	syscall(SYS_io_destroy, context);
}

TEST_HARNESS_MAIN
