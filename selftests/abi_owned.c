// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that a socket owns: they are deleted when it is closed, however that
 * happens, and no others are.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "abi.h"
#include "memory.h"

#define OWNED FLAG(DMSTAT_A_REGION_OWNED)

/* owned(NETLINK, MINOR, ATTRIBUTE...): the id of a new region. */
#define owned(netlink, minor, ...) \
	region_make(netlink, minor, OWNED, ##__VA_ARGS__)

FIXTURE(owned)
{
	struct netlink netlink, listener, owner;
	unsigned int minor;
};

FIXTURE_SETUP(owned)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_open(&self->listener));
	ASSERT_EQ(0, netlink_open(&self->owner));
	self->minor = dm_create("abi", 100000);
}

FIXTURE_TEARDOWN_PARENT(owned)
{
	dm_remove_all();
}

static bool is_there(struct netlink *netlink, uint32_t id)
{
	return !region_get(netlink, id).error;
}

#define EXPECT_GONE(event, id, why)					\
do {									\
	const struct object *_e = (event);				\
									\
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, _e->command);		\
	EXPECT_EQ(id, object_uint(_e, DMSTAT_A_REGION_REGION_ID));	\
	EXPECT_EQ(why, object_uint(_e, DMSTAT_A_REGION_CAUSE));		\
} while (0)

TEST_F(owned, is_a_flag_of_the_region)
{
	struct answer made, got;
	uint32_t plain;

	made = region_new(&self->owner, self->minor, OWNED);
	ASSERT_TAKEN(made);
	ASSERT_EQ(1, made.nr);
	EXPECT_TRUE(object_has(made.objects, DMSTAT_A_REGION_OWNED));
	plain = region_make(&self->owner, self->minor);
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET, ATTRIBUTES());
	ASSERT_EQ(2, got.nr);
	EXPECT_TRUE(object_has(&got.objects[0], DMSTAT_A_REGION_OWNED));
	EXPECT_FALSE(object_has(&got.objects[1], DMSTAT_A_REGION_OWNED));
	EXPECT_REFUSED(netlink_do(&self->owner, DMSTAT_CMD_REGION_SET,
				  ATTRIBUTES(REGION(plain), OWNED)),
		       EINVAL, DMSTAT_A_REGION_OWNED);
	got = region_get(&self->netlink, plain);
	EXPECT_FALSE(object_has(got.objects, DMSTAT_A_REGION_OWNED));
}

TEST_F(owned, is_deleted_when_its_socket_is_closed)
{
	uint32_t id = owned(&self->owner, self->minor), others, plain;
	struct object event;

	plain = region_make(&self->owner, self->minor);
	others = owned(&self->netlink, self->minor);
	ASSERT_EQ(0, netlink_join(&self->listener));
	netlink_close(&self->owner);
	event = heard(&self->listener);
	EXPECT_GONE(&event, id, DMSTAT_CAUSE_OWNER_CLOSED);
	EXPECT_TRUE(object_has(&event, DMSTAT_A_REGION_OWNED));
	EXPECT_FALSE(is_there(&self->netlink, id));
	EXPECT_TRUE(is_there(&self->netlink, plain));
	EXPECT_TRUE(is_there(&self->netlink, others));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

/* A process that has a socket with a region, and waits. */
static pid_t start_owner(unsigned int minor, uint32_t *id)
{
	struct netlink netlink;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		err(KSFT_FAIL, "pipe");
	pid = fork();
	if (!pid) {
		if (netlink_open(&netlink))
			_exit(1);
		*id = owned(&netlink, minor);
		if (write(ends[1], id, sizeof(*id)) != sizeof(*id))
			_exit(1);
		for (;;)
			pause();
	}
	if (pid < 0 || read(ends[0], id, sizeof(*id)) != sizeof(*id))
		errx(KSFT_FAIL, "no owner");
	close(ends[0]);
	close(ends[1]);
	return pid;
}

TEST_F(owned, is_deleted_when_its_process_is_killed)
{
	struct object event;
	uint32_t id;
	pid_t pid;

	pid = start_owner(self->minor, &id);
	EXPECT_TRUE(is_there(&self->netlink, id));
	ASSERT_EQ(0, netlink_join(&self->listener));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	event = heard(&self->listener);
	EXPECT_GONE(&event, id, DMSTAT_CAUSE_OWNER_CLOSED);
	EXPECT_FALSE(is_there(&self->netlink, id));
}

TEST_F(owned, lives_until_the_last_process_closes_the_socket)
{
	uint32_t id = owned(&self->owner, self->minor);
	struct object event;
	int copy;

	copy = dup(self->owner.fd);
	ASSERT_LE(0, copy);
	ASSERT_EQ(0, netlink_join(&self->listener));
	netlink_close(&self->owner);
	usleep(200000);
	EXPECT_TRUE(is_there(&self->netlink, id));
	EXPECT_FALSE(netlink_pending(&self->listener));
	close(copy);
	event = heard(&self->listener);
	EXPECT_GONE(&event, id, DMSTAT_CAUSE_OWNER_CLOSED);
}

TEST_F(owned, may_be_deleted_before)
{
	uint32_t id = owned(&self->owner, self->minor), later;
	struct object event;

	ASSERT_EQ(0, netlink_join(&self->listener));
	ASSERT_TAKEN(region_del(&self->netlink, id));
	event = heard(&self->listener);
	EXPECT_GONE(&event, id, DMSTAT_CAUSE_REQUEST);
	later = owned(&self->owner, self->minor);
	heard(&self->listener);
	netlink_close(&self->owner);
	event = heard(&self->listener);
	EXPECT_GONE(&event, later, DMSTAT_CAUSE_OWNER_CLOSED);
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(owned, goes_with_its_device_too)
{
	uint32_t id = owned(&self->owner, self->minor);
	struct object event;

	ASSERT_EQ(0, netlink_join(&self->listener));
	dm_remove("abi");
	event = heard(&self->listener);
	EXPECT_GONE(&event, id, DMSTAT_CAUSE_DEVICE_REMOVED);
	netlink_close(&self->owner);
	usleep(200000);
	EXPECT_FALSE(netlink_pending(&self->listener));
}

static uint32_t port_of(const struct netlink *netlink)
{
	struct sockaddr_nl address;
	socklen_t size = sizeof(address);

	if (getsockname(netlink->fd, (void *)&address, &size))
		err(KSFT_FAIL, "getsockname");
	return address.nl_pid;
}

TEST_F(owned, stays_when_a_socket_of_another_protocol_is_closed)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	uint32_t id = owned(&self->owner, self->minor);
	int fd;

	address.nl_pid = port_of(&self->owner);
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bind(fd, (void *)&address, sizeof(address)));
	close(fd);
	usleep(200000);
	EXPECT_TRUE(is_there(&self->netlink, id));
}

/* ---------------------------------------------------------------- races */

#define LIVES 300

struct opener {
	unsigned int minor;
	uint32_t port;
	int lost, errors;
};

/* Make a region on a socket with a port id that others have had. */
static void *open_again_and_again(void *argument)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	struct opener *opener = argument;
	struct netlink netlink, own;
	uint32_t id;
	int i;

	address.nl_pid = opener->port;
	if (netlink_open(&netlink) || netlink_open(&own)) {
		opener->errors++;
		return NULL;
	}
	for (i = 0; i < LIVES; i++) {
		close(own.fd);
		own.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
		/* The port is free before the last socket is released. */
		while (bind(own.fd, (void *)&address, sizeof(address)))
			sched_yield();
		id = owned(&own, opener->minor);
		sched_yield();
		opener->lost += !is_there(&netlink, id);
	}
	netlink_close(&own);
	netlink_close(&netlink);
	return NULL;
}

TEST_F(owned, is_not_deleted_with_the_last_socket_of_its_port_id)
{
	struct opener opener = { .minor = self->minor, .port = 0x7fff1234 };
	struct opener openers[2] = { opener, opener };
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    open_again_and_again, &openers[i]));
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, openers[i].errors);
		EXPECT_EQ(0, openers[i].lost);
	}
	for (i = 0; i < 100 && regions_of(&self->netlink, self->minor); i++)
		usleep(100000);
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

struct maker {
	struct netlink *netlink;
	unsigned int minor;
	int made;
};

static void *make_owned(void *argument)
{
	struct maker *maker = argument;

	for (; maker->made < LIVES; maker->made++)
		owned(maker->netlink, maker->minor);
	return NULL;
}

/* Made at the same time, and closed at the same time. */
TEST_F(owned, by_several_sockets_are_all_deleted_and_their_memory_freed)
{
	unsigned int other = dm_create("abi2", 100000);
	struct maker makers[2];
	struct netlink sockets[2];
	pthread_t threads[2];
	uint64_t before;
	int i;

	/* Other regions keep the devices watched. */
	region_make(&self->netlink, self->minor);
	region_make(&self->netlink, other);
	usleep(300000);
	before = memory_used();
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, netlink_open(&sockets[i]));
		makers[i] = (struct maker){ &sockets[i],
					    i ? other : self->minor };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, make_owned,
					    &makers[i]));
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(LIVES + 1, regions_of(&self->netlink, self->minor));
	EXPECT_EQ(LIVES + 1, regions_of(&self->netlink, other));
	EXPECT_LT(before, memory_used());
	for (i = 0; i < 2; i++)
		netlink_close(&sockets[i]);
	for (i = 0; i < 100 && memory_used() > before; i++)
		usleep(100000);
	EXPECT_EQ(1, regions_of(&self->netlink, self->minor));
	EXPECT_EQ(1, regions_of(&self->netlink, other));
	/* Indexes keep what they grew to; 100 bytes for each region. */
	EXPECT_GT(before + 64 * 1024, memory_used());
}

TEST_F(owned, at_the_limit_is_refused)
{
	uint64_t limit = memory_limit(), used;
	int i;

	/* What earlier tests had is freed a moment later. */
	usleep(500000);
	used = memory_used();
	memory_set_limit(1);
	EXPECT_REFUSED(region_new(&self->owner, self->minor, OWNED), ENOSPC, 0);
	memory_set_limit(limit);
	for (i = 0; i < 20 && memory_used() != used; i++)
		usleep(100000);
	EXPECT_EQ(used, memory_used());
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_F(owned, does_not_keep_the_module_loaded)
{
	uint32_t id = owned(&self->owner, self->minor);

	netlink_close(&self->listener);
	ASSERT_EQ(0, netlink_open(&self->listener));
	EXPECT_TRUE(is_there(&self->netlink, id));
	run("rmmod dmstat");
	netlink_close(&self->owner);
	run("modprobe dmstat");
	ASSERT_EQ(0, netlink_open(&self->netlink));
	EXPECT_EQ(0, regions_of(&self->netlink, self->minor));
}

TEST_HARNESS_MAIN
