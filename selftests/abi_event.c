// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of single I/Os, to the group "io": slow ones, failed ones, and those
 * that hang.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "abi.h"
#include "cgroup.h"

#define SLOW_NS(ns) U64(DMSTAT_A_REGION_SLOW_NS, ns)
#define TELL_ERRORS(v) U32(DMSTAT_A_REGION_TELL_ERRORS, v)
#define TELL_RATE(v) U32(DMSTAT_A_REGION_TELL_RATE, v)

#define MS	1000000ULL
#define HOUR	(3600 * 1000 * MS)

/* region_set(NETLINK, ID, ATTRIBUTE...): the answer. */
#define region_set(netlink, id, ...)					\
	netlink_do(netlink, DMSTAT_CMD_REGION_SET,			\
		   ATTRIBUTES(REGION(id), ##__VA_ARGS__))

FIXTURE(event)
{
	struct netlink netlink, listener;
	unsigned int minor;
};

/* With room for all events of a test. */
static int listen_to_io(struct netlink *listener)
{
	const int room = 64 << 20;

	return netlink_open(listener) ?:
	       setsockopt(listener->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
			  sizeof(room)) ?:
	       netlink_join_io(listener);
}

FIXTURE_SETUP(event)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, listen_to_io(&self->listener));
	self->minor = dm_create("abi", 100000);
}

FIXTURE_TEARDOWN_PARENT(event)
{
	dm_remove_all();
	if (!access("/sys/module/brd", F_OK))
		run("rmmod brd");
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000 * MS + time.tv_nsec;
}

/* Whether something can be received in so many milliseconds. */
static bool comes(const struct netlink *listener, int ms)
{
	struct pollfd poll_fd = { .fd = listener->fd, .events = POLLIN };

	return poll(&poll_fd, 1, ms) == 1;
}

#define EXPECT_SILENCE(listener) EXPECT_FALSE(comes(listener, 300))

static uint64_t event_uint(const struct object *event, uint16_t type)
{
	return object_uint(event, type);
}

static unsigned int kind(const struct object *event)
{
	if (event->command != DMSTAT_CMD_IO_NTF ||
	    !object_has(event, DMSTAT_A_EVENT_KIND))
		errx(KSFT_FAIL, "another message");
	return event_uint(event, DMSTAT_A_EVENT_KIND);
}

/* The end of an I/O, which may take so long that it is told before. */
static struct object heard_end(struct netlink *listener)
{
	struct object event;

	do {
		event = heard(listener);
	} while (kind(&event) == DMSTAT_EVENT_KIND_HANG);
	return event;
}

/* On a kernel with CONFIG_BLK_CGROUP; the tests of "who" need one. */
static bool has_cgroup(const struct object *event)
{
	return object_has(event, DMSTAT_A_EVENT_CGROUP_ID);
}

/* An I/O that takes so many milliseconds. */
static void slow_io(const char *name, unsigned int minor, enum io io,
		    uint64_t sector, unsigned int sectors, int ms)
{
	pid_t pid;

	dm_suspend(name);
	pid = io_start(minor, io, sector, sectors);
	usleep(ms * 1000);
	dm_resume(name);
	io_end(pid);
}

static unsigned int failing(const char *name)
{
	return dm_create_target(name, NULL, 100000, "error", "");
}

/* ---------------------------------------------------------------- settings */

TEST_F(event, settings_are_answered_and_changed)
{
	struct answer answer;
	struct object region;
	uint32_t id;

	answer = region_new(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	region = answer.objects[0];
	id = region_made(answer);
	EXPECT_FALSE(object_has(&region, DMSTAT_A_REGION_SLOW_NS));
	EXPECT_FALSE(object_has(&region, DMSTAT_A_REGION_TELL_ERRORS));
	EXPECT_FALSE(object_has(&region, DMSTAT_A_REGION_TELL_RATE));

	answer = region_set(&self->netlink, id, SLOW_NS(5));
	ASSERT_TAKEN(answer);
	EXPECT_EQ(5, object_uint(answer.objects, DMSTAT_A_REGION_SLOW_NS));
	EXPECT_FALSE(object_has(answer.objects, DMSTAT_A_REGION_TELL_ERRORS));
	EXPECT_EQ(1000, object_uint(answer.objects, DMSTAT_A_REGION_TELL_RATE));

	answer = region_set(&self->netlink, id, TELL_ERRORS(1), TELL_RATE(7));
	ASSERT_TAKEN(answer);
	EXPECT_EQ(5, object_uint(answer.objects, DMSTAT_A_REGION_SLOW_NS));
	EXPECT_EQ(1, object_uint(answer.objects, DMSTAT_A_REGION_TELL_ERRORS));
	EXPECT_EQ(7, object_uint(answer.objects, DMSTAT_A_REGION_TELL_RATE));

	answer = region_set(&self->netlink, id, SLOW_NS(0), TELL_ERRORS(0));
	ASSERT_TAKEN(answer);
	EXPECT_EQ(object_count(&region), object_count(answer.objects));

	answer = region_new(&self->netlink, self->minor, SLOW_NS(HOUR),
			    TELL_ERRORS(1), TELL_RATE(UINT32_MAX));
	ASSERT_TAKEN(answer);
	EXPECT_EQ(HOUR, object_uint(answer.objects, DMSTAT_A_REGION_SLOW_NS));
	EXPECT_EQ(UINT32_MAX,
		  object_uint(answer.objects, DMSTAT_A_REGION_TELL_RATE));
}

TEST_F(event, settings_have_a_range)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	EXPECT_REFUSED(region_set(&self->netlink, id, TELL_ERRORS(2)), ERANGE,
		       DMSTAT_A_REGION_TELL_ERRORS);
	EXPECT_REFUSED(region_set(&self->netlink, id, TELL_RATE(0)), ERANGE,
		       DMSTAT_A_REGION_TELL_RATE);
	EXPECT_REFUSED(region_new(&self->netlink, self->minor, TELL_RATE(0)),
		       ERANGE, DMSTAT_A_REGION_TELL_RATE);
}

TEST_F(event, settings_are_refused_over_the_memory_limit)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	write_file("/sys/module/dmstat/parameters/memory_limit", "1");
	EXPECT_REFUSED(region_set(&self->netlink, id, SLOW_NS(1)), ENOSPC, 0);
	write_file("/sys/module/dmstat/parameters/memory_limit", "100000000");
	EXPECT_FALSE(object_has(region_get(&self->netlink, id).objects,
				DMSTAT_A_REGION_SLOW_NS));
}

/* -------------------------------------------------------------------- slow */

TEST_F(event, slow_io_is_told_with_all_of_it)
{
	uint64_t before = now(), after, started;
	struct object event;
	uint32_t id;

	id = region_make(&self->netlink, self->minor, SLOW_NS(50 * MS));
	slow_io("abi", self->minor, IO_WRITE, 4096, 16, 60);
	event = heard_end(&self->listener);
	after = now();
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_EQ(15 + has_cgroup(&event), object_count(&event));
	EXPECT_EQ(id, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(dm_major(), event_uint(&event, DMSTAT_A_EVENT_MAJOR));
	EXPECT_EQ(self->minor, event_uint(&event, DMSTAT_A_EVENT_MINOR));
	EXPECT_STREQ("abi", object_string(&event, DMSTAT_A_EVENT_DEVICE_NAME));
	EXPECT_EQ(DMSTAT_OPERATION_WRITE,
		  event_uint(&event, DMSTAT_A_EVENT_OPERATION));
	EXPECT_EQ(4096, event_uint(&event, DMSTAT_A_EVENT_SECTOR));
	EXPECT_EQ(16, event_uint(&event, DMSTAT_A_EVENT_SECTORS));
	EXPECT_LE(60 * MS, event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
	started = event_uint(&event, DMSTAT_A_EVENT_STARTED);
	EXPECT_LE(before, started);
	EXPECT_GE(after, started + event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
	EXPECT_LE(started, event_uint(&event, DMSTAT_A_EVENT_TIME));
	EXPECT_GE(after, event_uint(&event, DMSTAT_A_EVENT_TIME));
	EXPECT_NE(0, event_uint(&event, DMSTAT_A_EVENT_IO_ID));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_that_is_not_slow_is_not_told)
{
	uint32_t id = region_make(&self->netlink, self->minor, SLOW_NS(HOUR));

	slow_io("abi", self->minor, IO_READ, 0, 8, 100);
	EXPECT_SILENCE(&self->listener);

	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(1)));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 8));
	EXPECT_EQ(8, event_uint((struct object[]) { heard_end(&self->listener) },
				DMSTAT_A_EVENT_SECTOR));
	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(0)));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 16, 8));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_is_told_for_each_region_with_its_bound)
{
	uint32_t a, b;
	struct object event;

	a = region_make(&self->netlink, self->minor, SLOW_NS(1),
			U64(DMSTAT_A_REGION_LENGTH, 1000));
	region_make(&self->netlink, self->minor, SLOW_NS(HOUR));
	b = region_make(&self->netlink, self->minor, SLOW_NS(2),
			U64(DMSTAT_A_REGION_START, 992),
			U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	region_make(&self->netlink, self->minor);

	/* In the first alone, in both, in the second alone, in neither. */
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 984, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(a, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 992, 64));
	event = heard_end(&self->listener);
	EXPECT_EQ(a, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	event = heard_end(&self->listener);
	EXPECT_EQ(b, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 2000, 64));
	event = heard_end(&self->listener);
	EXPECT_EQ(b, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_SILENCE(&self->listener);

	/* The smallest bound has gone, and so have all. */
	region_del(&self->netlink, a);
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 992, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(b, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	region_del(&self->netlink, b);
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 992, 8));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_in_several_extents_is_told_once)
{
	const struct dmstat_extent_range extents[] = {
		{ 0, 8 }, { 16, 8 }, { 40, 8 },
	};

	region_make(&self->netlink, self->minor, SLOW_NS(1),
		    BYTES(DMSTAT_A_REGION_EXTENT_RANGES, extents,
			  sizeof(extents)));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 0, 64));
	EXPECT_EQ(64, event_uint((struct object[]) { heard_end(&self->listener) },
				 DMSTAT_A_EVENT_SECTORS));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 64));
	EXPECT_EQ(8, event_uint((struct object[]) { heard_end(&self->listener) },
				DMSTAT_A_EVENT_SECTOR));
	EXPECT_EQ(0, io_do(self->minor, IO_READ, 24, 8));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_over_many_areas_is_told_once)
{
	unsigned int minor = dm_create_linear("abi-linear", 100000);
	uint32_t id = region_make(&self->netlink, minor, SLOW_NS(1),
				  U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	struct object event;

	EXPECT_EQ(0, io_do(minor, IO_DISCARD, 1024, 8192));
	event = heard_end(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_EQ(id, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(DMSTAT_OPERATION_DISCARD,
		  event_uint(&event, DMSTAT_A_EVENT_OPERATION));
	EXPECT_EQ(1024, event_uint(&event, DMSTAT_A_EVENT_SECTOR));
	EXPECT_EQ(8192, event_uint(&event, DMSTAT_A_EVENT_SECTORS));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_in_requests_is_told_once)
{
	unsigned int minor = dm_create_multipath("abi-mp", 100000);
	struct object event;

	region_make(&self->netlink, minor, SLOW_NS(1));
	/* The first is split. */
	EXPECT_EQ(0, io_do(minor, IO_READ, 0, 1024));
	event = heard_end(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_EQ(1024, event_uint(&event, DMSTAT_A_EVENT_SECTORS));
	EXPECT_EQ(0, io_do(minor, IO_READ, 0, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(8, event_uint(&event, DMSTAT_A_EVENT_SECTORS));
	EXPECT_SILENCE(&self->listener);
}

/* ----------------------------------------------------------------- errors */

TEST_F(event, failed_io_is_told_with_the_error)
{
	unsigned int minor = failing("abi-error");
	uint32_t id = region_make(&self->netlink, minor, TELL_ERRORS(1));
	struct object event;

	EXPECT_EQ(EIO, io_do(minor, IO_READ, 8, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_ERROR, kind(&event));
	EXPECT_EQ(16 + has_cgroup(&event), object_count(&event));
	EXPECT_EQ(id, event_uint(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(EIO, event_uint(&event, DMSTAT_A_EVENT_ERROR));
	EXPECT_EQ(8, event_uint(&event, DMSTAT_A_EVENT_SECTOR));

	ASSERT_TAKEN(region_set(&self->netlink, id, TELL_ERRORS(0)));
	EXPECT_EQ(EIO, io_do(minor, IO_READ, 8, 8));
	EXPECT_SILENCE(&self->listener);

	/* As slow, it tells that it failed, too. */
	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(1)));
	EXPECT_EQ(EIO, io_do(minor, IO_READ, 8, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_EQ(EIO, event_uint(&event, DMSTAT_A_EVENT_ERROR));
}

/* Fail so many reads, and count the events and what they say is lost. */
static void fail_reads(unsigned int minor, int nr)
{
	char path[64];
	void *buffer;
	int fd;

	snprintf(path, sizeof(path), "/dev/dm-%u", minor);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0 || posix_memalign(&buffer, 4096, 4096))
		err(KSFT_FAIL, "%s", path);
	while (nr--) {
		if (pread(fd, buffer, 4096, 0) >= 0)
			errx(KSFT_FAIL, "a read did not fail");
	}
	free(buffer);
	close(fd);
}

struct heard_events {
	unsigned int events, lost, alone, gaps;
};

/*
 * As many failures, told or lost; and all that comes in two more seconds. On a
 * slow machine there may be nothing for longer before.
 */
static struct heard_events hear_all(struct netlink *listener, unsigned int nr)
{
	struct heard_events all = {};
	uint32_t last = 0, sequence;
	struct object event;

	while (comes(listener, all.events + all.lost < nr ? 60000 : 2000)) {
		event = heard(listener);
		sequence = event_uint(&event, DMSTAT_A_EVENT_SEQUENCE);
		all.gaps += last && sequence != last + 1;
		last = sequence;
		all.lost += event_uint(&event, DMSTAT_A_EVENT_LOST);
		if (kind(&event) == DMSTAT_EVENT_KIND_LOST)
			all.alone++;
		else
			all.events++;
	}
	return all;
}

/* Of the messages to the group. */
static uint32_t last_number(struct netlink *netlink)
{
	struct answer answer;

	answer = netlink_do(netlink, DMSTAT_CMD_SEQUENCE_GET,
			    ATTRIBUTES(U32(DMSTAT_A_SEQUENCE_MULTICAST_GROUP,
					   DMSTAT_MULTICAST_GROUP_IO)));
	if (answer.error || answer.nr != 1)
		errx(KSFT_FAIL, "no number: %s", answer.text);
	return object_uint(answer.objects, DMSTAT_A_SEQUENCE_SEQUENCE);
}

TEST_F(event, more_than_the_rate_is_lost_and_told)
{
	unsigned int minor = failing("abi-error");
	struct heard_events all;
	unsigned int tries;
	uint32_t last;

	region_make(&self->netlink, minor, TELL_ERRORS(1), TELL_RATE(10));
	last = last_number(&self->netlink);
	fail_reads(minor, 500);
	all = hear_all(&self->listener, 500);
	EXPECT_EQ(last + all.events + all.alone, last_number(&self->netlink));
	TH_LOG("%u events, %u lost, %u messages for that alone", all.events,
	       all.lost, all.alone);
	EXPECT_EQ(500, all.events + all.lost);
	EXPECT_EQ(0, all.gaps);
	EXPECT_LE(10, all.events);
	EXPECT_LT(all.events, 250);
	/* Where the work item that sends is late, an event tells it all. */
	for (tries = 0; !all.alone && tries < 5; tries++) {
		fail_reads(minor, 500);
		all = hear_all(&self->listener, 500);
		EXPECT_EQ(500, all.events + all.lost);
	}
	EXPECT_LE(1, all.alone);
}

TEST_F(event, what_is_lost_is_told_after_the_region_is_deleted)
{
	unsigned int minor = failing("abi-error");
	uint32_t id = region_make(&self->netlink, minor, TELL_ERRORS(1),
				  TELL_RATE(1));
	struct heard_events all;

	fail_reads(minor, 100);
	region_del(&self->netlink, id);
	all = hear_all(&self->listener, 100);
	EXPECT_EQ(100, all.events + all.lost);
}

static void *fail_many(void *minor)
{
	fail_reads(*(unsigned int *)minor, 20000);
	return NULL;
}

TEST_F(event, every_failure_is_told_or_counted_at_full_speed)
{
	unsigned int minor = failing("abi-error"), i;
	struct heard_events all;
	pthread_t threads[4];

	region_make(&self->netlink, minor, TELL_ERRORS(1),
		    TELL_RATE(UINT32_MAX));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, fail_many,
					    &minor));
	all = hear_all(&self->listener, 80000);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	TH_LOG("%u events, %u lost, %u messages for that alone", all.events,
	       all.lost, all.alone);
	EXPECT_EQ(80000, all.events + all.lost);
	EXPECT_EQ(0, all.gaps);
}

/* A listener that is too slow knows how many messages it has missed. */
TEST_F(event, a_small_receive_buffer_leaves_a_gap_of_the_right_size)
{
	unsigned int minor = failing("abi-error"), heard_before, missing = 0;
	uint32_t first = last_number(&self->netlink), last = first, next;
	struct answer answer = {};
	struct netlink small;
	int room = 4096;
	size_t i;

	ASSERT_EQ(0, netlink_open(&small));
	ASSERT_EQ(0, setsockopt(small.fd, SOL_SOCKET, SO_RCVBUF, &room,
				sizeof(room)));
	ASSERT_EQ(0, netlink_join_io(&small));
	region_make(&self->netlink, minor, TELL_ERRORS(1),
		    TELL_RATE(UINT32_MAX));
	fail_reads(minor, 200);
	/* Until all of them are sent. */
	EXPECT_EQ(200, hear_all(&self->listener, 200).events);
	EXPECT_EQ(first + 200, last_number(&self->netlink));
	EXPECT_EQ(ENOBUFS, netlink_receive(&small, &answer));
	while (netlink_pending(&small))
		ASSERT_EQ(0, netlink_receive(&small, &answer));
	heard_before = answer.nr;
	ASSERT_LT(0, heard_before);
	ASSERT_GT(200, heard_before);

	fail_reads(minor, 1);
	ASSERT_EQ(0, netlink_receive(&small, &answer));
	for (i = 0; i < answer.nr; i++) {
		next = event_uint(&answer.objects[i],
				  DMSTAT_A_EVENT_SEQUENCE);
		missing += next - last - 1;
		last = next;
	}
	TH_LOG("heard %u of 200, %u missing", heard_before, missing);
	EXPECT_EQ(first + 201, last);
	EXPECT_EQ(200, heard_before + missing);
}

TEST_F(event, nothing_is_kept_while_nobody_listens)
{
	unsigned int minor = failing("abi-error");
	struct netlink late;

	region_make(&self->netlink, minor, TELL_ERRORS(1), TELL_RATE(1));
	netlink_close(&self->listener);
	fail_reads(minor, 100);
	ASSERT_EQ(0, netlink_open(&late));
	ASSERT_EQ(0, netlink_join_io(&late));
	EXPECT_FALSE(comes(&late, 2000));
}

static volatile bool done;

static void *fail_until_done(void *minor)
{
	char path[64];
	void *buffer;
	int fd;

	snprintf(path, sizeof(path), "/dev/dm-%u", *(unsigned int *)minor);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0 || posix_memalign(&buffer, 4096, 4096))
		err(KSFT_FAIL, "%s", path);
	while (!done) {
		if (pread(fd, buffer, 4096, 0) >= 0)
			errx(KSFT_FAIL, "a read did not fail");
	}
	return NULL;
}

TEST_F(event, regions_and_the_module_go_while_events_come)
{
	unsigned int minor = failing("abi-error"), rounds, i;
	struct netlink netlink, listener;
	pthread_t threads[2];
	uint64_t begin = now();
	uint32_t id;

	netlink_close(&self->netlink);
	netlink_close(&self->listener);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, fail_until_done,
					    &minor));
	/* Loading the module takes seconds on a debug kernel that is busy. */
	for (i = 0; i < 10 && (i < 6 || now() - begin < 60000 * MS); i++) {
		ASSERT_EQ(0, netlink_open(&netlink));
		ASSERT_EQ(0, netlink_open(&listener));
		ASSERT_EQ(0, netlink_join_io(&listener));
		id = region_make(&netlink, minor, TELL_ERRORS(1), SLOW_NS(1),
				 TELL_RATE(i % 2 ? 20 : UINT32_MAX));
		region_make(&netlink, minor, TELL_ERRORS(1));
		ASSERT_TRUE(comes(&listener, 10000));
		if (i % 3)
			region_del(&netlink, id);
		netlink_close(&listener);
		netlink_close(&netlink);
		if (i % 2)
			run("rmmod dmstat");
	}
	rounds = i;
	done = true;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	TH_LOG("%u rounds", rounds);
}

/* ---------------------------------------------------------------- hanging */

/* The I/O is told while it hangs, once, and at its end, with the same id. */
TEST_F(event, io_that_hangs_is_told_once_and_at_its_end)
{
	struct object hang, end;
	uint32_t id;
	pid_t pid;

	id = region_make(&self->netlink, self->minor, SLOW_NS(200 * MS));
	region_make(&self->netlink, self->minor, SLOW_NS(HOUR));
	dm_suspend("abi");
	pid = io_start(self->minor, IO_READ, 800, 8);
	hang = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&hang));
	EXPECT_EQ(15 + has_cgroup(&hang), object_count(&hang));
	EXPECT_EQ(id, event_uint(&hang, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(800, event_uint(&hang, DMSTAT_A_EVENT_SECTOR));
	EXPECT_EQ(8, event_uint(&hang, DMSTAT_A_EVENT_SECTORS));
	EXPECT_LE(200 * MS, event_uint(&hang, DMSTAT_A_EVENT_TOOK_NS));
	EXPECT_EQ(pid, event_uint(&hang, DMSTAT_A_EVENT_PID));
	EXPECT_STREQ("abi_event", object_string(&hang, DMSTAT_A_EVENT_COMM));
	EXPECT_FALSE(object_has(&hang, DMSTAT_A_EVENT_KERNEL_THREAD));
	/* The same bound is no change. */
	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(200 * MS)));
	EXPECT_FALSE(comes(&self->listener, 1500));
	dm_resume("abi");
	io_end(pid);
	end = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&end));
	EXPECT_EQ(event_uint(&hang, DMSTAT_A_EVENT_IO_ID),
		  event_uint(&end, DMSTAT_A_EVENT_IO_ID));
	EXPECT_LT(event_uint(&hang, DMSTAT_A_EVENT_TOOK_NS),
		  event_uint(&end, DMSTAT_A_EVENT_TOOK_NS));
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, io_in_flight_hangs_when_a_bound_is_set)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct object event;
	pid_t pid;

	dm_suspend("abi");
	pid = io_start(self->minor, IO_WRITE, 0, 8);
	EXPECT_SILENCE(&self->listener);
	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(MS)));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	/* A region that is made now has not seen it start. */
	region_make(&self->netlink, self->minor, SLOW_NS(1));
	EXPECT_FALSE(comes(&self->listener, 1500));
	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(0)));
	dm_resume("abi");
	io_end(pid);
	EXPECT_SILENCE(&self->listener);
}

/* In less time than the kernel waits before it looks. */
TEST_F(event, io_hangs_while_a_bound_changes_all_the_time)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct object event;
	pid_t pid;
	int i;

	dm_suspend("abi");
	pid = io_start(self->minor, IO_WRITE, 0, 8);
	for (i = 0; i < 200 && !comes(&self->listener, 10); i++)
		ASSERT_TAKEN(region_set(&self->netlink, id,
					SLOW_NS((i % 2 + 1) * 100 * MS)));
	ASSERT_LT(i, 200);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	dm_resume("abi");
	io_end(pid);
}

TEST_F(event, io_hangs_in_each_region_by_its_bound)
{
	uint32_t ids[40], nr = 0, i;
	struct object event;
	pid_t pid;

	for (i = 0; i < 40; i++)
		ids[i] = region_make(&self->netlink, self->minor,
				     SLOW_NS((100 + 25 * i) * MS),
				     U64(DMSTAT_A_REGION_AREA_SIZE, 8));
	dm_suspend("abi");
	pid = io_start(self->minor, IO_READ, 80, 256);
	for (i = 0; i < 40; i++) {
		event = heard(&self->listener);
		EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
		nr += event_uint(&event, DMSTAT_A_EVENT_REGION_ID) == ids[i];
	}
	EXPECT_EQ(40, nr);
	dm_resume("abi");
	io_end(pid);
	for (i = 0; i < 40; i++) {
		event = heard(&self->listener);
		EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	}
	EXPECT_SILENCE(&self->listener);
}

TEST_F(event, device_can_be_removed_and_the_module_unloaded_with_bounds)
{
	unsigned int minor = dm_create("abi-second", 100000);

	region_make(&self->netlink, minor, SLOW_NS(1));
	region_make(&self->netlink, self->minor, SLOW_NS(1));
	dm_remove("abi-second");
	usleep(300000);
	netlink_close(&self->netlink);
	netlink_close(&self->listener);
	run("rmmod dmstat");
}

/* -------------------------------------------------------- other targets */

TEST_F(event, every_io_of_a_slow_disk_is_told)
{
	unsigned int major, minor, i, hangs = 0, slow = 0;
	struct object event;
	char parameters[64];

	disk_create();
	disk_number(DISK, &major, &minor);
	snprintf(parameters, sizeof(parameters), "%u:%u 0 400", major, minor);
	minor = dm_create_target("abi-delay", NULL, 8192, "delay", parameters);
	region_make(&self->netlink, minor, SLOW_NS(150 * MS));
	region_make(&self->netlink, minor, SLOW_NS(HOUR));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(0, io_do(minor, IO_READ, 8 * i, 8));
	while (comes(&self->listener, 2000)) {
		event = heard(&self->listener);
		EXPECT_EQ(8 * slow,
			  event_uint(&event, DMSTAT_A_EVENT_SECTOR));
		if (kind(&event) == DMSTAT_EVENT_KIND_HANG) {
			hangs++;
			continue;
		}
		EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
		/* A timer of dm-delay may be a tick early. */
		EXPECT_LE(390 * MS, event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
		slow++;
	}
	EXPECT_EQ(5, slow);
	EXPECT_EQ(5, hangs);
}

/* A write to a full pool waits for room, and then fails. */
TEST_F(event, a_write_to_a_full_thin_pool_hangs_and_fails)
{
	unsigned int minor, i;
	char parameters[64];
	struct object event;
	uint64_t id;

	run("modprobe brd rd_nr=2 rd_size=16384 && modprobe dm_thin_pool");
	write_file("/sys/module/dm_thin_pool/parameters/no_space_timeout", "3");
	minor = dm_create_target("abi-pool", NULL, 2048, "thin-pool",
				 "/dev/ram0 /dev/ram1 128 0");
	run("dmsetup message abi-pool 0 'create_thin 0'");
	snprintf(parameters, sizeof(parameters), "%u:%u 0", dm_major(), minor);
	minor = dm_create_target("abi-thin", NULL, 8192, "thin", parameters);
	region_make(&self->netlink, minor, SLOW_NS(1000 * MS), TELL_ERRORS(1));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(0, io_do(minor, IO_WRITE, 128 * i, 8));
	EXPECT_NE(0, io_do(minor, IO_WRITE, 128 * 16, 8));

	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	EXPECT_EQ(128 * 16, event_uint(&event, DMSTAT_A_EVENT_SECTOR));
	id = event_uint(&event, DMSTAT_A_EVENT_IO_ID);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_ERROR, kind(&event));
	EXPECT_EQ(id, event_uint(&event, DMSTAT_A_EVENT_IO_ID));
	EXPECT_EQ(ENOSPC, event_uint(&event, DMSTAT_A_EVENT_ERROR));
	EXPECT_LE(1000 * MS, event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
	EXPECT_SILENCE(&self->listener);
	dm_remove("abi-thin");
	dm_remove("abi-pool");
}

/* -------------------------------------------------------------------- who */

#define CGROUPS	"/tmp/abi-cgroups"
#define CGROUP	CGROUPS "/abi"

FIXTURE(who)
{
	struct netlink netlink, listener;
	unsigned int minor;
	uint64_t cgroup;		/* the id of CGROUP */
};

FIXTURE_SETUP(who)
{
	struct stat folder;

	if (access("/proc/cgroups", F_OK))
		SKIP(return, "this kernel has no cgroups");
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, listen_to_io(&self->listener));
	self->minor = dm_create("abi", 100000);
	run("mkdir -p " CGROUPS " && mount -t cgroup2 none " CGROUPS);
	write_file(CGROUPS "/cgroup.subtree_control", "+io +memory");
	run("mkdir -p " CGROUP);
	ASSERT_EQ(0, stat(CGROUP, &folder));
	self->cgroup = folder.st_ino;
}

FIXTURE_TEARDOWN_PARENT(who)
{
	int i;

	dm_remove_all();
	if (access(CGROUPS, F_OK))
		return;
	/* Its processes may just be ending. */
	for (i = 0; i < 5 && !access(CGROUP, F_OK) && rmdir(CGROUP); i++)
		sleep(1);
	run("umount " CGROUPS);
}

TEST_F(who, io_is_charged_to_the_cgroup_of_its_process)
{
	struct object event;
	pid_t pid;

	region_make(&self->netlink, self->minor, SLOW_NS(1));
	pid = io_in(CGROUP, self->minor, IO_READ, 8, 8);
	event = heard_end(&self->listener);
	EXPECT_EQ(pid, event_uint(&event, DMSTAT_A_EVENT_PID));
	EXPECT_EQ(self->cgroup, event_uint(&event, DMSTAT_A_EVENT_CGROUP_ID));

	EXPECT_EQ(0, io_do(self->minor, IO_READ, 8, 8));
	event = heard_end(&self->listener);
	EXPECT_EQ(getpid(), event_uint(&event, DMSTAT_A_EVENT_PID));
	EXPECT_NE(self->cgroup, event_uint(&event, DMSTAT_A_EVENT_CGROUP_ID));
}

TEST_F(who, writeback_is_of_a_kernel_thread_and_charged_to_the_writer)
{
	unsigned int found = 0, others = 0;
	struct object event;

	region_make(&self->netlink, self->minor, SLOW_NS(1));
	write_back_of(CGROUP, self->minor);
	while (comes(&self->listener, 1000)) {
		event = heard(&self->listener);
		if (event_uint(&event, DMSTAT_A_EVENT_OPERATION) !=
		    DMSTAT_OPERATION_WRITE)
			continue;
		/* sync() writes what no kernel thread has begun to write. */
		if ((object_has(&event, DMSTAT_A_EVENT_KERNEL_THREAD) ||
		     event_uint(&event, DMSTAT_A_EVENT_PID) == getpid()) &&
		    event_uint(&event, DMSTAT_A_EVENT_CGROUP_ID) ==
		    self->cgroup)
			found++;
		else
			others++;
	}
	TH_LOG("%u writes for the cgroup, %u others", found, others);
	EXPECT_NE(0, found);
}

static const struct object *only_io(struct netlink *netlink, unsigned int minor)
{
	struct answer answer = netlink_dump(netlink, DMSTAT_CMD_INFLIGHT_GET,
					    ATTRIBUTES(INFLIGHT_DEVICE(minor)));

	if (answer.error || answer.nr != 1)
		errx(KSFT_FAIL, "%zu I/Os in flight", answer.nr);
	return answer.objects;
}

TEST_F(who, io_in_flight_keeps_its_cgroup_when_that_is_removed)
{
	struct object event;
	const struct object *io;
	pid_t pid;

	region_make(&self->netlink, self->minor, SLOW_NS(200 * MS));
	dm_suspend("abi");
	/* The child is in the cgroup from its start. */
	move_to(CGROUP, getpid());
	pid = io_start(self->minor, IO_READ, 8, 8);
	move_to(CGROUPS, getpid());
	io = only_io(&self->netlink, self->minor);
	EXPECT_EQ(self->cgroup, object_uint(io, DMSTAT_A_INFLIGHT_CGROUP_ID));
	EXPECT_EQ(pid, object_uint(io, DMSTAT_A_INFLIGHT_PID));

	move_to(CGROUPS, pid);
	run("rmdir " CGROUP);
	io = only_io(&self->netlink, self->minor);
	EXPECT_EQ(self->cgroup, object_uint(io, DMSTAT_A_INFLIGHT_CGROUP_ID));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	EXPECT_EQ(self->cgroup, event_uint(&event, DMSTAT_A_EVENT_CGROUP_ID));
	EXPECT_EQ(object_uint(io, DMSTAT_A_INFLIGHT_IO_ID),
		  event_uint(&event, DMSTAT_A_EVENT_IO_ID));
	dm_resume("abi");
	io_end(pid);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_EQ(self->cgroup, event_uint(&event, DMSTAT_A_EVENT_CGROUP_ID));
}

/* ---------------------------------------------------------------- flushes */

#define CACHED "/sys/kernel/config/nullb/nullb0"

FIXTURE(flush)
{
	struct netlink netlink, listener;
	unsigned int minor;
};

FIXTURE_SETUP(flush)
{
	unsigned int major, minor;
	char parameters[64];

	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, listen_to_io(&self->listener));
	run("modprobe null_blk nr_devices=0");
	if (access("/sys/kernel/config/nullb", F_OK))
		run("mount -t configfs none /sys/kernel/config");
	run("mkdir " CACHED);
	write_file(CACHED "/size", "64");
	write_file(CACHED "/memory_backed", "1");
	write_file(CACHED "/cache_size", "4");
	write_file(CACHED "/power", "1");
	disk_number("/dev/nullb0", &major, &minor);
	snprintf(parameters, sizeof(parameters), "%u:%u 0", major, minor);
	self->minor = dm_create_target("abi", NULL, 100000, "linear",
				       parameters);
}

FIXTURE_TEARDOWN_PARENT(flush)
{
	dm_resume("abi");
	dm_remove("abi");
	run("rmdir " CACHED);
	dm_remove_all();
}

/* A process that flushes, at once. */
static pid_t flush_start(unsigned int minor)
{
	char path[64];
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (pid)
		return pid;
	snprintf(path, sizeof(path), "/dev/dm-%u", minor);
	fd = open(path, O_RDWR | O_CLOEXEC);
	_exit(fd < 0 || fsync(fd));
}

static void slow_flush(unsigned int minor)
{
	int status;
	pid_t pid;

	dm_suspend("abi");
	pid = flush_start(minor);
	sleep(1);
	dm_resume("abi");
	if (waitpid(pid, &status, 0) != pid || status)
		errx(KSFT_FAIL, "the flush failed");
}

TEST_F(flush, is_told_once_for_the_device)
{
	struct object event;
	uint32_t id;

	region_make(&self->netlink, self->minor, SLOW_NS(HOUR));
	region_make(&self->netlink, self->minor, SLOW_NS(2 * HOUR));
	slow_flush(self->minor);
	EXPECT_SILENCE(&self->listener);

	id = region_make(&self->netlink, self->minor, SLOW_NS(100 * MS));
	slow_flush(self->minor);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	EXPECT_FALSE(object_has(&event, DMSTAT_A_EVENT_REGION_ID));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_FALSE(object_has(&event, DMSTAT_A_EVENT_REGION_ID));
	EXPECT_EQ(self->minor, event_uint(&event, DMSTAT_A_EVENT_MINOR));
	EXPECT_EQ(DMSTAT_OPERATION_FLUSH,
		  event_uint(&event, DMSTAT_A_EVENT_OPERATION));
	EXPECT_EQ(0, event_uint(&event, DMSTAT_A_EVENT_SECTORS));
	EXPECT_LE(100 * MS, event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
	EXPECT_SILENCE(&self->listener);

	ASSERT_TAKEN(region_set(&self->netlink, id, SLOW_NS(300 * MS)));
	slow_flush(self->minor);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_HANG, kind(&event));
	EXPECT_LE(300 * MS, event_uint(&event, DMSTAT_A_EVENT_TOOK_NS));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_EVENT_KIND_SLOW, kind(&event));
	EXPECT_SILENCE(&self->listener);
}

TEST_HARNESS_MAIN
