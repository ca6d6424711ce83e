// SPDX-License-Identifier: GPL-2.0-only
/*
 * Privileges: every request, and joining a group, needs CAP_SYS_ADMIN in the
 * initial user namespace.
 */
#include <grp.h>
#include <poll.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "abi.h"

#define NOBODY 65534

FIXTURE(unprivileged)
{
	struct netlink root;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_VARIANT(unprivileged)
{
	void (*become)(void);
};

/* Keep only the capabilities whose bits are set in @mask. */
static void keep_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		err(KSFT_FAIL, "capget");
	data[0].permitted &= mask;
	data[1].permitted &= mask >> 32;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	data[0].inheritable = 0;
	data[1].inheritable = 0;
	if (syscall(SYS_capset, &header, data))
		err(KSFT_FAIL, "capset");
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(KSFT_FAIL, "cannot become nobody");
}

static void become_nobody_with_net_admin(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1))
		err(KSFT_FAIL, "PR_SET_KEEPCAPS");
	become_nobody();
	keep_capabilities(1ULL << CAP_NET_ADMIN);
}

static void become_root_without_sys_admin(void)
{
	keep_capabilities(~(1ULL << CAP_SYS_ADMIN));
}

static void become_root_of_a_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		err(KSFT_FAIL, "unshare");
	write_file("/proc/self/uid_map", "0 0 1");
	if (geteuid())
		errx(KSFT_FAIL, "not root in the namespace");
}

FIXTURE_VARIANT_ADD(unprivileged, nobody) {
	.become = become_nobody,
};

FIXTURE_VARIANT_ADD(unprivileged, nobody_with_net_admin) {
	.become = become_nobody_with_net_admin,
};

FIXTURE_VARIANT_ADD(unprivileged, root_without_sys_admin) {
	.become = become_root_without_sys_admin,
};

FIXTURE_VARIANT_ADD(unprivileged, root_of_a_user_namespace) {
	.become = become_root_of_a_user_namespace,
};

FIXTURE_SETUP(unprivileged)
{
	ASSERT_EQ(0, netlink_open(&self->root));
	self->minor = dm_create("abi", 100000);
	self->id = region_make(&self->root, self->minor);
}

FIXTURE_TEARDOWN_PARENT(unprivileged)
{
	dm_remove_all();
}

/* Every request of the family, without a fault. */
#define EXPECT_ALL_REFUSED(socket)					\
do {									\
	struct netlink *_n = (socket);					\
									\
	EXPECT_REFUSED(netlink_do(_n, DMSTAT_CMD_DEVICE_GET,		\
				  ATTRIBUTES(DEVICE(self->minor))),	\
		       EPERM, 0);					\
	EXPECT_DUMP_REFUSED(netlink_dump(_n, DMSTAT_CMD_DEVICE_GET,	\
					 ATTRIBUTES()), EPERM, 0);	\
	EXPECT_REFUSED(region_new(_n, self->minor), EPERM, 0);		\
	EXPECT_REFUSED(region_get(_n, self->id), EPERM, 0);		\
	EXPECT_DUMP_REFUSED(netlink_dump(_n, DMSTAT_CMD_REGION_GET,	\
					 ATTRIBUTES()), EPERM, 0);	\
	EXPECT_REFUSED(region_clear(_n, self->id), EPERM, 0);		\
	EXPECT_DUMP_REFUSED(area_dump(_n, self->id), EPERM, 0);		\
	EXPECT_DUMP_REFUSED(netlink_dump(_n, DMSTAT_CMD_INFLIGHT_GET,	\
					 ATTRIBUTES(INFLIGHT_DEVICE(self->minor))), \
			    EPERM, 0);					\
	EXPECT_REFUSED(netlink_do(_n, DMSTAT_CMD_SEQUENCE_GET,		\
				  ATTRIBUTES()), EPERM, 0);		\
	EXPECT_REFUSED(region_del(_n, self->id), EPERM, 0);		\
} while (0)

TEST_F(unprivileged, is_refused_every_request)
{
	struct netlink netlink;

	variant->become();
	ASSERT_EQ(0, netlink_open(&netlink));
	EXPECT_ALL_REFUSED(&netlink);
}

/* A refusal is the same for objects that exist and that do not. */
TEST_F(unprivileged, does_not_learn_whether_a_region_or_device_exists)
{
	struct netlink netlink;

	variant->become();
	ASSERT_EQ(0, netlink_open(&netlink));
	EXPECT_REFUSED(region_get(&netlink, self->id + 1), EPERM, 0);
	EXPECT_REFUSED(region_del(&netlink, self->id + 1), EPERM, 0);
	EXPECT_DUMP_REFUSED(area_dump(&netlink, self->id + 1), EPERM, 0);
	EXPECT_REFUSED(region_new(&netlink, 4711), EPERM, 0);
}

TEST_F(unprivileged, cannot_join_a_group)
{
	struct netlink netlink;

	variant->become();
	ASSERT_EQ(0, netlink_open(&netlink));
	EXPECT_EQ(EPERM, netlink_join(&netlink));
	EXPECT_EQ(EPERM, netlink_join_io(&netlink));
}

TEST_F(unprivileged, cannot_use_a_socket_that_root_has_opened)
{
	variant->become();
	EXPECT_ALL_REFUSED(&self->root);
	EXPECT_EQ(EPERM, netlink_join(&self->root));
	EXPECT_EQ(EPERM, netlink_join_io(&self->root));
}

/* No answer fits into one datagram. */
#define MANY_AREAS 10000
#define MANY_REGIONS 300

static void make_many(struct netlink *netlink, unsigned int minor)
{
	int i;

	for (i = 0; i < MANY_REGIONS; i++)
		region_make(netlink, minor);
}

#define DUMP_AREAS(netlink, id)						\
	netlink_dump_start(netlink, DMSTAT_CMD_AREA_GET,		\
			   ATTRIBUTES(AREA_REGION(id)))
#define DUMP_REGIONS(netlink)						\
	netlink_dump_start(netlink, DMSTAT_CMD_REGION_GET, ATTRIBUTES())

/* The privilege is checked when a dump starts, not when it continues. */
TEST_F(unprivileged, continues_a_dump_that_was_started_with_privilege)
{
	uint32_t id = region_make(&self->root, self->minor,
				  U64(DMSTAT_A_REGION_AREAS, MANY_AREAS));
	struct netlink other;
	struct answer areas, regions;

	make_many(&self->root, self->minor);
	ASSERT_EQ(0, netlink_open(&other));
	areas = DUMP_AREAS(&self->root, id);
	regions = DUMP_REGIONS(&other);
	TH_LOG("%zu areas and %zu regions with privilege", areas.nr,
	       regions.nr);
	ASSERT_FALSE(areas.ended);
	ASSERT_FALSE(regions.ended);

	variant->become();
	netlink_finish(&self->root, &areas);
	netlink_finish(&other, &regions);
	ASSERT_TAKEN(areas);
	ASSERT_TAKEN(regions);
	EXPECT_EQ(MANY_AREAS, areas.nr);
	EXPECT_EQ(MANY_REGIONS + 2, regions.nr);

	EXPECT_DUMP_REFUSED(area_dump(&self->root, id), EPERM, 0);
	EXPECT_DUMP_REFUSED(netlink_dump(&other, DMSTAT_CMD_REGION_GET,
					 ATTRIBUTES()), EPERM, 0);
}

/* The same in another process, which received the socket. */
TEST_F(unprivileged, continues_a_dump_on_a_socket_that_it_received)
{
	uint32_t id = region_make(&self->root, self->minor,
				  U64(DMSTAT_A_REGION_AREAS, MANY_AREAS));
	struct answer areas = DUMP_AREAS(&self->root, id);
	pid_t pid = fork();
	int status;

	if (!pid) {
		variant->become();
		netlink_finish(&self->root, &areas);
		_exit(areas.error || areas.nr != MANY_AREAS);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(unprivileged, changed_nothing)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct netlink netlink;

		variant->become();
		if (netlink_open(&netlink))
			_exit(1);
		region_new(&netlink, self->minor);
		region_del(&netlink, self->id);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_EQ(1, regions_of(&self->root, self->minor));
	ASSERT_TAKEN(region_get(&self->root, self->id));
}

FIXTURE(socket)
{
	struct netlink netlink;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(socket)
{
	struct netlink root;

	ASSERT_EQ(0, netlink_open(&root));
	self->minor = dm_create("abi", 100000);
	self->id = region_make(&root, self->minor);

	ASSERT_EQ(0, seteuid(NOBODY));
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, seteuid(0));
}

FIXTURE_TEARDOWN_PARENT(socket)
{
	dm_remove_all();
}

/* A program of root can be made to write to a socket that it inherited. */
TEST_F(socket, opened_without_privilege_does_not_serve_root)
{
	EXPECT_ALL_REFUSED(&self->netlink);
}

/* ------------------------------------------------- before the module is loaded */

FIXTURE(early)
{
};

FIXTURE_SETUP(early)
{
	if (!access("/sys/module/dmstat", F_OK))
		run("rmmod dmstat");
}

FIXTURE_TEARDOWN_PARENT(early)
{
	dm_remove_all();
	run("modprobe dmstat");
}

/* A socket in all groups that a family which is loaded later could get. */
static int join_all(void)
{
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int group, fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&any, sizeof(any)))
		err(KSFT_FAIL, "socket");
	/* Groups of families that are there may refuse. */
	for (group = 1; group < 64; group++)
		setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			   sizeof(group));
	return fd;
}

/* How many messages of a family come until there is none for a second. */
static int heard_of(int fd, uint16_t family)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct nlmsghdr header;
	int nr = 0;

	while (poll(&poll_fd, 1, 1000) > 0) {
		if (recv(fd, &header, sizeof(header), 0) < 0)
			err(KSFT_FAIL, "recv");
		nr += header.nlmsg_type == family;
	}
	return nr;
}

TEST_F(early, who_joins_groups_hears_only_what_it_may)
{
	struct netlink netlink;
	int root, nobody;
	uint32_t id;
	unsigned int minor;

	ASSERT_EQ(0, seteuid(NOBODY));
	nobody = join_all();
	ASSERT_EQ(0, seteuid(0));
	run("modprobe dmstat");
	root = join_all();

	ASSERT_EQ(0, netlink_open(&netlink));
	minor = dm_create("abi", 100000);
	id = region_make(&netlink, minor, U64(DMSTAT_A_REGION_SLOW_NS, 1));
	EXPECT_EQ(0, io_do(minor, IO_READ, 0, 8));
	EXPECT_EQ(0, region_del(&netlink, id).error);
	/* The region, the I/O, and that it was deleted. */
	EXPECT_LE(3, heard_of(root, netlink.family));
	EXPECT_EQ(0, heard_of(nobody, netlink.family));
}

TEST_HARNESS_MAIN
