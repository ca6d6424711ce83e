// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that are limited to a cgroup.
 */
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi.h"
#include "cgroup.h"

#define CGROUP(id) U64(DMSTAT_A_REGION_CGROUP_ID, id)
#define AREA_SIZE(n) U64(DMSTAT_A_REGION_AREA_SIZE, n)
#define SLOW_NS(ns) U64(DMSTAT_A_REGION_SLOW_NS, ns)

#define ROOT	"/tmp/abi-cgroups"
#define A	ROOT "/a"
#define A_BELOW	A "/below"
#define B	ROOT "/b"
#define REMOVE_ALL	"find " ROOT " -mindepth 1 -depth -type d -exec rmdir {} +"

FIXTURE(limit)
{
	struct netlink netlink;
	unsigned int minor;
	uint64_t root, a, a_below, b;	/* ids */
};

static uint64_t cgroup_id(const char *path)
{
	struct stat folder;

	if (stat(path, &folder))
		err(KSFT_FAIL, "%s", path);
	return folder.st_ino;
}

FIXTURE_SETUP(limit)
{
	if (access("/proc/cgroups", F_OK))
		SKIP(return, "this kernel has no cgroups");
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", 100000);
	run("mkdir -p " ROOT " && mount -t cgroup2 none " ROOT);
	write_file(ROOT "/cgroup.subtree_control", "+io +memory");
	run("mkdir " A " " B);
	write_file(A "/cgroup.subtree_control", "+io +memory");
	run("mkdir " A_BELOW);
	self->root = cgroup_id(ROOT);
	self->a = cgroup_id(A);
	self->a_below = cgroup_id(A_BELOW);
	self->b = cgroup_id(B);
}

FIXTURE_TEARDOWN_PARENT(limit)
{
	int i;

	dm_remove_all();
	if (access(ROOT, F_OK))
		return;
	/* Its processes may just be ending. */
	for (i = 0; i < 5 && system(REMOVE_ALL); i++)
		sleep(1);
	run("umount " ROOT);
}

/* One that does not end yet; see io_start(). */
static pid_t start_in(const char *cgroup, unsigned int minor, enum io io,
		      uint64_t sector, unsigned int sectors)
{
	pid_t pid;

	/* The child is in the cgroup from its start. */
	move_to(cgroup, getpid());
	pid = io_start(minor, io, sector, sectors);
	move_to(ROOT, getpid());
	return pid;
}

/* A counter of a region of several areas, summed. */
static uint64_t total(struct netlink *netlink, uint32_t id, uint16_t operation,
		      uint16_t type)
{
	struct answer answer = area_dump(netlink, id);
	uint64_t sum = 0;
	size_t i;

	if (answer.error)
		errx(KSFT_FAIL, "no areas: %s", answer.text);
	for (i = 0; i < answer.nr; i++)
		sum += io_counter(&answer.objects[i], operation, type);
	return sum;
}

static uint64_t reads(struct netlink *netlink, uint32_t id)
{
	return total(netlink, id, DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS);
}

/* Wait for I/O that has ended and is still being counted. */
static void settle(struct netlink *netlink, unsigned int minor)
{
	int i;

	for (i = 0; i < 1000; i++) {
		if (!netlink_dump(netlink, DMSTAT_CMD_INFLIGHT_GET,
				  ATTRIBUTES(INFLIGHT_DEVICE(minor))).nr)
			return;
		usleep(10000);
	}
	errx(KSFT_FAIL, "the I/O stays in flight");
}

static uint64_t in_flight(struct netlink *netlink, uint32_t id)
{
	struct answer answer = area_dump(netlink, id);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < answer.nr; i++)
		sum += object_uint(&answer.objects[i],
				   DMSTAT_A_AREA_IN_FLIGHT_READ) +
		       object_uint(&answer.objects[i],
				   DMSTAT_A_AREA_IN_FLIGHT_WRITE);
	return sum;
}

/* ---------------------------------------------------------------- requests */

TEST_F(limit, is_answered)
{
	struct answer answer = region_new(&self->netlink, self->minor,
					  CGROUP(self->a));
	uint32_t id;

	ASSERT_TAKEN(answer);
	EXPECT_EQ(self->a,
		  object_uint(answer.objects, DMSTAT_A_REGION_CGROUP_ID));
	id = region_made(answer);
	answer = region_get(&self->netlink, id);
	EXPECT_EQ(self->a,
		  object_uint(answer.objects, DMSTAT_A_REGION_CGROUP_ID));
	id = region_make(&self->netlink, self->minor);
	answer = region_get(&self->netlink, id);
	EXPECT_FALSE(object_has(answer.objects, DMSTAT_A_REGION_CGROUP_ID));
}

FIXTURE(no_cgroups)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(no_cgroups)
{
	if (!access("/proc/cgroups", F_OK))
		SKIP(return, "this kernel has cgroups");
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", 100000);
}

FIXTURE_TEARDOWN_PARENT(no_cgroups)
{
	dm_remove_all();
}

TEST_F(no_cgroups, a_limit_is_refused)
{
	EXPECT_REFUSED(region_new(&self->netlink, self->minor, CGROUP(1)),
		       EOPNOTSUPP, DMSTAT_A_REGION_CGROUP_ID);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_F(limit, is_a_cgroup_that_io_is_charged_to)
{
	run("mkdir " A_BELOW "/bare");
	EXPECT_REFUSED(region_new(&self->netlink, self->minor, CGROUP(0)),
		       ERANGE, DMSTAT_A_REGION_CGROUP_ID);
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  CGROUP(1ULL << 40)),
		       ENOENT, DMSTAT_A_REGION_CGROUP_ID);
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  CGROUP(cgroup_id(A_BELOW "/bare"))),
		       EINVAL, DMSTAT_A_REGION_CGROUP_ID);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

/* ---------------------------------------------------------------- counting */

/* A cgroup counts what is below it, not what is beside or above it. */
#define EXPECT_READS(all_, root_, a_, below_, b_)			\
do {									\
	settle(&self->netlink, self->minor);				\
	EXPECT_EQ(all_, reads(&self->netlink, all));			\
	EXPECT_EQ(root_, reads(&self->netlink, root));			\
	EXPECT_EQ(a_, reads(&self->netlink, a));			\
	EXPECT_EQ(below_, reads(&self->netlink, below));		\
	EXPECT_EQ(b_, reads(&self->netlink, b));			\
} while (0)

#define TEST_LIMITS(name, sector, sectors, areas, ...)			\
TEST_F(limit, name)							\
{									\
	uint32_t a, all, below, b, root;				\
									\
	a = region_make(&self->netlink, self->minor, CGROUP(self->a),	\
			##__VA_ARGS__);					\
	all = region_make(&self->netlink, self->minor, ##__VA_ARGS__);	\
	root = region_make(&self->netlink, self->minor,			\
			   CGROUP(self->root), ##__VA_ARGS__);		\
	below = region_make(&self->netlink, self->minor,		\
			    CGROUP(self->a_below), ##__VA_ARGS__);	\
	b = region_make(&self->netlink, self->minor, CGROUP(self->b),	\
			##__VA_ARGS__);					\
	/* A has children, so it has no processes. */			\
	io_in(A_BELOW, self->minor, IO_READ, sector, sectors);		\
	EXPECT_READS(areas, areas, areas, areas, 0);			\
	io_in(B, self->minor, IO_READ, sector, sectors);		\
	EXPECT_READS(2 * (areas), 2 * (areas), areas, areas, areas);	\
	EXPECT_EQ(0, io_do(self->minor, IO_READ, sector, sectors));	\
	EXPECT_READS(3 * (areas), 3 * (areas), areas, areas, areas);	\
	EXPECT_EQ(0, in_flight(&self->netlink, a));			\
	EXPECT_EQ(0, in_flight(&self->netlink, below));			\
	EXPECT_EQ(0, in_flight(&self->netlink, b));			\
}

TEST_LIMITS(holds_in_one_area, 8, 8, 1)
TEST_LIMITS(holds_in_one_area_of_many, 808, 8, 1, AREA_SIZE(100))
TEST_LIMITS(holds_in_several_areas, 800, 64, 8, AREA_SIZE(8))
TEST_LIMITS(holds_at_the_end_of_a_region, 992, 16, 1,
	    U64(DMSTAT_A_REGION_LENGTH, 1000))
TEST_LIMITS(holds_in_more_areas_than_are_counted_at_once, 800, 800, 100,
	    AREA_SIZE(8))

TEST_F(limit, holds_where_another_region_is_not_limited_before_it)
{
	uint32_t all, a;

	all = region_make(&self->netlink, self->minor);
	/* Its chunk is there: the fast path finds it. */
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	a = region_make(&self->netlink, self->minor, CGROUP(self->a));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 8));
	io_in(A_BELOW, self->minor, IO_READ, 0, 8);
	EXPECT_EQ(3, reads(&self->netlink, all));
	EXPECT_EQ(1, reads(&self->netlink, a));
	EXPECT_EQ(1, region_del(&self->netlink, a).error == 0);
	io_in(B, self->minor, IO_READ, 0, 8);
	EXPECT_EQ(4, reads(&self->netlink, all));
}

TEST_F(limit, holds_for_discards_over_many_areas)
{
	unsigned int minor = dm_create_linear("abi-linear", 100000);
	uint32_t a, b;

	a = region_make(&self->netlink, minor, CGROUP(self->a), AREA_SIZE(8));
	b = region_make(&self->netlink, minor, CGROUP(self->b), AREA_SIZE(8));
	io_in(B, minor, IO_DISCARD, 1024, 8192);
	settle(&self->netlink, minor);
	EXPECT_EQ(0, total(&self->netlink, a, DMSTAT_A_AREA_DISCARD,
			   DMSTAT_A_IO_SECTORS));
	EXPECT_EQ(8192, total(&self->netlink, b, DMSTAT_A_AREA_DISCARD,
			      DMSTAT_A_IO_SECTORS));
}

TEST_F(limit, holds_for_io_in_requests)
{
	unsigned int minor = dm_create_multipath("abi-mp", 100000);
	uint32_t a, b;

	a = region_make(&self->netlink, minor, CGROUP(self->a));
	b = region_make(&self->netlink, minor, CGROUP(self->b));
	/* It is split. */
	io_in(A_BELOW, minor, IO_READ, 0, 1024);
	EXPECT_EQ(1, reads(&self->netlink, a));
	EXPECT_EQ(0, reads(&self->netlink, b));
}

TEST_F(limit, holds_for_writeback)
{
	uint32_t a, b;

	a = region_make(&self->netlink, self->minor, CGROUP(self->a));
	b = region_make(&self->netlink, self->minor, CGROUP(self->b));
	write_back_of(A_BELOW, self->minor);
	EXPECT_EQ(WRITTEN_BACK / 512,
		  total(&self->netlink, a, DMSTAT_A_AREA_WRITE,
			DMSTAT_A_IO_SECTORS));
	EXPECT_EQ(0, total(&self->netlink, b, DMSTAT_A_AREA_WRITE,
			   DMSTAT_A_IO_SECTORS));
}

/* ------------------------------------------------------- in flight, events */

TEST_F(limit, holds_for_io_whose_cgroup_is_removed)
{
	uint32_t a, below, b;
	pid_t pid;

	a = region_make(&self->netlink, self->minor, CGROUP(self->a));
	below = region_make(&self->netlink, self->minor,
			    CGROUP(self->a_below), AREA_SIZE(8));
	b = region_make(&self->netlink, self->minor, CGROUP(self->b));
	dm_suspend("abi");
	pid = start_in(A_BELOW, self->minor, IO_READ, 8, 64);
	EXPECT_EQ(1, in_flight(&self->netlink, a));
	EXPECT_EQ(8, in_flight(&self->netlink, below));
	EXPECT_EQ(0, in_flight(&self->netlink, b));

	move_to(ROOT, pid);
	run("rmdir " A_BELOW);
	/* The index changes, so that it is looked up again at the end. */
	region_make(&self->netlink, self->minor, CGROUP(self->root));
	dm_resume("abi");
	io_end(pid);
	EXPECT_EQ(1, reads(&self->netlink, a));
	EXPECT_EQ(8, reads(&self->netlink, below));
	EXPECT_EQ(0, reads(&self->netlink, b));
	EXPECT_EQ(0, in_flight(&self->netlink, a));
	EXPECT_EQ(0, in_flight(&self->netlink, below));
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  CGROUP(self->a_below)),
		       ENOENT, DMSTAT_A_REGION_CGROUP_ID);
	EXPECT_EQ(self->a_below,
		  object_uint(region_get(&self->netlink, below).objects,
			      DMSTAT_A_REGION_CGROUP_ID));
}

/* How many cgroups are removed and not gone yet. */
static int dying(void)
{
	FILE *file = fopen(ROOT "/cgroup.stat", "r");
	char line[64];
	int nr = -1;

	if (!file)
		err(KSFT_FAIL, "cgroup.stat");
	while (fgets(line, sizeof(line), file))
		sscanf(line, "nr_dying_descendants %d", &nr);
	fclose(file);
	return nr;
}

/* Remove a cgroup that has an I/O in flight, which then ends. */
static void remove_with_io(unsigned int minor)
{
	pid_t pid;

	dm_suspend("abi");
	/* Not start_in(): this process would have memory that is charged. */
	pid = fork();
	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (!pid) {
		move_to(A_BELOW, getpid());
		_exit(io_do(minor, IO_READ, 8, 64));
	}
	sleep(1);
	move_to(ROOT, pid);
	run("rmdir " A_BELOW);
	dm_resume("abi");
	io_end(pid);
}

/* What the kernel itself still has of a cgroup is not of interest. */
static int dying_in_the_end(void)
{
	int nr, tries = 10;

	do {
		run("echo 3 > /proc/sys/vm/drop_caches");
		usleep(200000);
		nr = dying();
	} while (nr && --tries);
	return nr;
}

TEST_F(limit, lets_the_cgroup_go_when_regions_go)
{
	int without, with;
	uint32_t id;

	remove_with_io(self->minor);
	without = dying_in_the_end();
	run("mkdir " A_BELOW);
	id = region_make(&self->netlink, self->minor,
			 CGROUP(cgroup_id(A_BELOW)), AREA_SIZE(8));
	remove_with_io(self->minor);
	EXPECT_EQ(8, reads(&self->netlink, id));
	ASSERT_TAKEN(region_del(&self->netlink, id));
	with = dying_in_the_end();
	TH_LOG("%d are left without a region, %d with one", without, with);
	EXPECT_EQ(0, with);
}

TEST_F(limit, holds_for_events)
{
	struct pollfd poll_fd;
	struct netlink listener;
	struct object event;
	uint32_t a, b;
	pid_t pid;

	ASSERT_EQ(0, netlink_open(&listener));
	ASSERT_EQ(0, netlink_join_io(&listener));
	a = region_make(&self->netlink, self->minor, CGROUP(self->a),
			SLOW_NS(200000000));
	b = region_make(&self->netlink, self->minor, CGROUP(self->b),
			SLOW_NS(100000000));
	dm_suspend("abi");
	pid = start_in(A_BELOW, self->minor, IO_READ, 8, 8);
	event = heard(&listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG,
		  object_uint(&event, DMSTAT_A_EVENT_KIND));
	EXPECT_EQ(a, object_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(self->a_below,
		  object_uint(&event, DMSTAT_A_EVENT_CGROUP_ID));
	dm_resume("abi");
	io_end(pid);
	event = heard(&listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW,
		  object_uint(&event, DMSTAT_A_EVENT_KIND));
	EXPECT_EQ(a, object_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_NE(a, b);
	poll_fd = (struct pollfd) { .fd = listener.fd, .events = POLLIN };
	EXPECT_EQ(0, poll(&poll_fd, 1, 500));
}

/* So many areas that a kernel worker counts it. */
TEST_F(limit, holds_for_a_large_io_that_hangs)
{
	struct netlink listener;
	struct object event;
	uint32_t a;
	pid_t pid;

	ASSERT_EQ(0, netlink_open(&listener));
	ASSERT_EQ(0, netlink_join_io(&listener));
	a = region_make(&self->netlink, self->minor, CGROUP(self->a),
			SLOW_NS(200000000), AREA_SIZE(1));
	region_make(&self->netlink, self->minor, CGROUP(self->b),
		    SLOW_NS(100000000), AREA_SIZE(1));
	dm_suspend("abi");
	pid = start_in(A_BELOW, self->minor, IO_READ, 8, 512);
	event = heard(&listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG,
		  object_uint(&event, DMSTAT_A_EVENT_KIND));
	EXPECT_EQ(a, object_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	dm_resume("abi");
	io_end(pid);
	event = heard(&listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW,
		  object_uint(&event, DMSTAT_A_EVENT_KIND));
	EXPECT_EQ(a, object_uint(&event, DMSTAT_A_EVENT_REGION_ID));
}

TEST_F(limit, goes_with_the_module_while_io_is_in_flight)
{
	pid_t pid;

	region_make(&self->netlink, self->minor, CGROUP(self->a),
		    AREA_SIZE(8));
	dm_suspend("abi");
	pid = start_in(A_BELOW, self->minor, IO_READ, 8, 64);
	netlink_close(&self->netlink);
	run("rmmod dmstat");
	dm_resume("abi");
	io_end(pid);
}

TEST_HARNESS_MAIN
