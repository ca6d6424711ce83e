// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications, to the group "region" and as an echo.
 */
#include <sys/socket.h>

#include "abi.h"

FIXTURE(notification)
{
	struct netlink netlink, listener;
	unsigned int minor;
};

FIXTURE_SETUP(notification)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_open(&self->listener));
	ASSERT_EQ(0, netlink_join(&self->listener));
	self->minor = dm_create("abi", 100000);
}

FIXTURE_TEARDOWN_PARENT(notification)
{
	dm_remove_all();
}

/* How many attributes of @region have the same value in @told. */
static size_t common(const struct object *region, const struct object *told)
{
	const struct nlattr *a, *b;
	size_t nr = 0;
	uint16_t type;

	for (type = 1; type <= DMSTAT_A_REGION_MAX; type++) {
		a = object_find(region, type);
		b = object_find(told, type);
		if (a && b && a->nla_len == b->nla_len &&
		    !memcmp(a, b, a->nla_len))
			nr++;
	}
	return nr;
}

TEST_F(notification, tells_all_of_a_region_that_is_made)
{
	struct answer made = region_new(&self->netlink, self->minor,
					U64(DMSTAT_A_REGION_AREAS, 10),
					STRING(DMSTAT_A_REGION_PROGRAM_ID,
					       "me"));
	struct object told = heard(&self->listener);

	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, told.command);
	EXPECT_TRUE(object_equal(made.objects, &told));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, tells_all_of_a_region_that_is_deleted_and_why)
{
	struct answer made = region_new(&self->netlink, self->minor,
					STRING(DMSTAT_A_REGION_PROGRAM_ID,
					       "me"));
	struct object told;

	heard(&self->listener);
	region_del(&self->netlink, region_made(made));
	told = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, told.command);
	EXPECT_EQ(object_count(made.objects), common(made.objects, &told));
	EXPECT_EQ(object_count(made.objects) + 1, object_count(&told));
	ASSERT_TRUE(object_has(&told, DMSTAT_A_REGION_CAUSE));
	EXPECT_EQ(DMSTAT_CAUSE_REQUEST,
		  object_uint(&told, DMSTAT_A_REGION_CAUSE));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, tells_of_each_region_that_goes_with_its_device)
{
	struct answer made[3];
	struct object told;
	int i;

	for (i = 0; i < 3; i++) {
		made[i] = region_new(&self->netlink, self->minor);
		heard(&self->listener);
	}
	dm_remove("abi");
	for (i = 0; i < 3; i++) {
		told = heard(&self->listener);
		EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, told.command);
		EXPECT_EQ(object_count(made[i].objects),
			  common(made[i].objects, &told));
		EXPECT_EQ(DMSTAT_CAUSE_DEVICE_REMOVED,
			  object_uint(&told, DMSTAT_A_REGION_CAUSE));
	}
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, comes_to_all_who_listen)
{
	struct netlink second;
	struct object told;

	ASSERT_EQ(0, netlink_open(&second));
	ASSERT_EQ(0, netlink_join(&second));
	region_make(&self->netlink, self->minor);
	told = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, told.command);
	told = heard(&second);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, told.command);
}

TEST_F(notification, does_not_come_to_who_has_not_joined)
{
	struct netlink second;
	uint32_t id;

	ASSERT_EQ(0, netlink_open(&second));
	id = region_make(&self->netlink, self->minor);
	region_del(&self->netlink, id);
	EXPECT_FALSE(netlink_pending(&second));
	EXPECT_FALSE(netlink_pending(&self->netlink));
}

TEST_F(notification, does_not_come_of_what_was_refused_or_only_read)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	heard(&self->listener);
	region_new(&self->netlink, self->minor, U64(DMSTAT_A_REGION_AREAS, 0));
	region_del(&self->netlink, id + 1);
	region_get(&self->netlink, id);
	area_dump(&self->netlink, id);
	EXPECT_FALSE(netlink_pending(&self->listener));
}

/* A request with NLM_F_ECHO: its answer, the notification, the ack. */
static struct answer echo(struct netlink *netlink, uint8_t command,
			  const struct attribute *attributes)
{
	struct message message;

	message_init(&message, netlink->family, command,
		     NLM_F_ACK | NLM_F_ECHO);
	message_add_all(&message, attributes);
	return netlink_exchange(netlink, &message);
}

#define ECHO_NEW(netlink, minor) \
	echo(netlink, DMSTAT_CMD_REGION_NEW, ATTRIBUTES(REGION_DEVICE(minor)))
#define ECHO_DEL(netlink, id) \
	echo(netlink, DMSTAT_CMD_REGION_DEL, ATTRIBUTES(REGION(id)))

TEST_F(notification, comes_to_who_asks_for_an_echo_and_to_the_group)
{
	struct answer answer;
	struct object told;
	uint32_t id;

	answer = ECHO_NEW(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW, answer.objects[0].command);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, answer.objects[1].command);
	EXPECT_EQ(self->netlink.sequence, answer.objects[1].sequence);
	EXPECT_TRUE(object_equal(&answer.objects[0], &answer.objects[1]));
	told = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, told.command);

	id = region_made(answer);
	answer = ECHO_DEL(&self->netlink, id);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, answer.objects[0].command);
	told = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, told.command);
}

TEST_F(notification, comes_as_an_echo_although_nobody_listens)
{
	struct answer answer;

	netlink_close(&self->listener);
	answer = ECHO_NEW(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, answer.objects[1].command);
	answer = ECHO_DEL(&self->netlink, region_made(answer));
	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, answer.objects[0].command);
}

TEST_F(notification, that_is_lost_is_told_as_enobufs)
{
	struct answer answer = {};
	int small = 4096, i;

	ASSERT_EQ(0, setsockopt(self->listener.fd, SOL_SOCKET, SO_RCVBUF,
				&small, sizeof(small)));
	for (i = 0; i < 100; i++)
		region_make(&self->netlink, self->minor);
	EXPECT_EQ(ENOBUFS, netlink_receive(&self->listener, &answer));
	/* And then those that there was room for. */
	EXPECT_EQ(0, netlink_receive(&self->listener, &answer));
}

TEST_HARNESS_MAIN
