// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications, to the group "region" and as an echo.
 */
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <time.h>

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

TEST_F(notification, has_all_of_a_region_that_is_made)
{
	struct answer made = region_new(&self->netlink, self->minor,
					U64(DMSTAT_A_REGION_AREAS, 10),
					STRING(DMSTAT_A_REGION_PROGRAM_ID,
					       "me"));
	struct object event = heard(&self->listener);

	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, event.command);
	EXPECT_TRUE(tells_of(&event, made.objects));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, has_all_of_a_region_that_is_deleted_and_the_cause)
{
	struct answer made = region_new(&self->netlink, self->minor,
					STRING(DMSTAT_A_REGION_PROGRAM_ID,
					       "me"));
	struct object event;

	heard(&self->listener);
	region_del(&self->netlink, region_made(made));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, event.command);
	EXPECT_EQ(object_count(made.objects),
		  attributes_in_common(made.objects, &event));
	EXPECT_EQ(object_count(made.objects) + EVENT_ATTRIBUTES + 1,
		  object_count(&event));
	ASSERT_TRUE(object_has(&event, DMSTAT_A_REGION_CAUSE));
	EXPECT_EQ(DMSTAT_CAUSE_REQUEST,
		  object_uint(&event, DMSTAT_A_REGION_CAUSE));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, comes_for_each_region_that_goes_with_its_device)
{
	struct answer made[3];
	struct object event;
	int i;

	for (i = 0; i < 3; i++) {
		made[i] = region_new(&self->netlink, self->minor);
		heard(&self->listener);
	}
	dm_remove("abi");
	for (i = 0; i < 3; i++) {
		event = heard(&self->listener);
		EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, event.command);
		EXPECT_EQ(object_count(made[i].objects),
			  attributes_in_common(made[i].objects, &event));
		EXPECT_EQ(DMSTAT_CAUSE_DEVICE_REMOVED,
			  object_uint(&event, DMSTAT_A_REGION_CAUSE));
	}
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(notification, comes_to_all_members_of_the_group)
{
	struct netlink second;
	struct object event;

	ASSERT_EQ(0, netlink_open(&second));
	ASSERT_EQ(0, netlink_join(&second));
	region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, event.command);
	event = heard(&second);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, event.command);
}

TEST_F(notification, does_not_come_to_sockets_that_have_not_joined)
{
	struct netlink second;
	uint32_t id;

	ASSERT_EQ(0, netlink_open(&second));
	id = region_make(&self->netlink, self->minor);
	region_del(&self->netlink, id);
	EXPECT_FALSE(netlink_pending(&second));
	EXPECT_FALSE(netlink_pending(&self->netlink));
}

TEST_F(notification, does_not_come_for_refused_or_reading_requests)
{
	uint32_t id = region_make(&self->netlink, self->minor);

	heard(&self->listener);
	region_new(&self->netlink, self->minor, U64(DMSTAT_A_REGION_AREAS, 0));
	region_del(&self->netlink, id + 1);
	region_get(&self->netlink, id);
	area_dump(&self->netlink, id);
	EXPECT_FALSE(netlink_pending(&self->listener));
}

#define ECHO_NEW(netlink, minor) \
	netlink_echo(netlink, DMSTAT_CMD_REGION_NEW, ATTRIBUTES(REGION_DEVICE(minor)))
#define ECHO_DEL(netlink, id) \
	netlink_echo(netlink, DMSTAT_CMD_REGION_DEL, ATTRIBUTES(REGION(id)))

TEST_F(notification, comes_as_an_echo_and_to_the_group)
{
	struct answer answer;
	struct object event;
	uint32_t id;

	answer = ECHO_NEW(&self->netlink, self->minor);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW, answer.objects[0].command);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, answer.objects[1].command);
	EXPECT_EQ(self->netlink.sequence, answer.objects[1].sequence);
	EXPECT_TRUE(tells_of(&answer.objects[1], &answer.objects[0]));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_NEW_NTF, event.command);

	id = region_made(answer);
	answer = ECHO_DEL(&self->netlink, id);
	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, answer.objects[0].command);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, event.command);
}

TEST_F(notification, comes_as_an_echo_without_any_listener)
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

TEST_F(notification, that_is_lost_is_reported_as_enobufs)
{
	struct answer answer = {};
	int small = 4096, i;

	ASSERT_EQ(0, setsockopt(self->listener.fd, SOL_SOCKET, SO_RCVBUF,
				&small, sizeof(small)));
	for (i = 0; i < 100; i++)
		region_make(&self->netlink, self->minor);
	EXPECT_EQ(ENOBUFS, netlink_receive(&self->listener, &answer));
	/* Then those that fitted into the buffer. */
	EXPECT_EQ(0, netlink_receive(&self->listener, &answer));
}

/* --------------------------------------------------- order, number and time */

TEST_F(notification, has_a_number_one_more_than_the_one_before)
{
	uint32_t id = region_make(&self->netlink, self->minor);
	struct object event = heard(&self->listener);
	uint32_t first = event_sequence(&event);
	struct answer answer;

	ASSERT_TAKEN(netlink_do(&self->netlink, DMSTAT_CMD_REGION_SET,
				ATTRIBUTES(REGION(id),
					   STRING(DMSTAT_A_REGION_PROGRAM_ID,
						  "me"))));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET_NTF, event.command);
	EXPECT_EQ(first + 1, event_sequence(&event));
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_CLEAR_NTF, event.command);
	EXPECT_EQ(first + 2, event_sequence(&event));

	/* Refused requests and those without notifications take no number. */
	region_del(&self->netlink, id + 1);
	area_dump(&self->netlink, id, FLAG(DMSTAT_A_AREA_CLEAR));
	answer = ECHO_DEL(&self->netlink, id);
	ASSERT_EQ(1, answer.nr);
	event = heard(&self->listener);
	EXPECT_EQ(first + 3, event_sequence(&event));
	EXPECT_TRUE(object_equal(answer.objects, &event));

	region_make(&self->netlink, self->minor);
	heard(&self->listener);
	dm_remove("abi");
	event = heard(&self->listener);
	EXPECT_EQ(first + 5, event_sequence(&event));
}

TEST_F(notification, without_a_listener_takes_a_number_all_the_same)
{
	struct object event;
	uint32_t id, last;

	id = region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	last = event_sequence(&event);
	netlink_close(&self->listener);
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	ASSERT_TAKEN(region_del(&self->netlink, id));

	ASSERT_EQ(0, netlink_open(&self->listener));
	ASSERT_EQ(0, netlink_join(&self->listener));
	region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	EXPECT_EQ(last + 3, event_sequence(&event));
}

TEST_F(notification, that_is_lost_leaves_a_gap_in_the_numbers)
{
	struct answer answer = {};
	int small = 4096, i;
	struct object event;
	uint32_t last;
	size_t nr;

	ASSERT_EQ(0, setsockopt(self->listener.fd, SOL_SOCKET, SO_RCVBUF,
				&small, sizeof(small)));
	for (i = 0; i < 100; i++)
		region_make(&self->netlink, self->minor);
	EXPECT_EQ(ENOBUFS, netlink_receive(&self->listener, &answer));
	while (netlink_pending(&self->listener))
		ASSERT_EQ(0, netlink_receive(&self->listener, &answer));
	ASSERT_LT(0, answer.nr);
	ASSERT_GT(100, answer.nr);
	nr = answer.nr;
	last = event_sequence(&answer.objects[nr - 1]);

	region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	TH_LOG("heard %zu of 100, up to %u, then %u", nr, last,
	       event_sequence(&event));
	EXPECT_EQ(last + 101 - nr, event_sequence(&event));
}

static uint32_t last_number(struct netlink *netlink, uint32_t group)
{
	struct answer answer;

	answer = netlink_do(netlink, DMSTAT_CMD_SEQUENCE_GET,
			    ATTRIBUTES(U32(DMSTAT_A_SEQUENCE_MULTICAST_GROUP,
					   group)));
	if (answer.error || answer.nr != 1 ||
	    object_count(answer.objects) != 2 ||
	    object_uint(answer.objects,
			DMSTAT_A_SEQUENCE_MULTICAST_GROUP) != group)
		errx(KSFT_FAIL, "no number: %s", answer.text);
	return object_uint(answer.objects, DMSTAT_A_SEQUENCE_SEQUENCE);
}

TEST_F(notification, last_number_is_known_with_and_without_a_listener)
{
	uint32_t id = region_make(&self->netlink, self->minor), last;
	struct object event = heard(&self->listener);
	struct answer answer;

	last = event_sequence(&event);
	EXPECT_EQ(last, last_number(&self->netlink,
				    DMSTAT_MULTICAST_GROUP_REGION));
	netlink_close(&self->listener);
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	dm_remove("abi");
	EXPECT_EQ(last + 2, last_number(&self->netlink,
					DMSTAT_MULTICAST_GROUP_REGION));
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_SEQUENCE_GET,
				  ATTRIBUTES(U32(DMSTAT_A_SEQUENCE_MULTICAST_GROUP,
						 2))), ERANGE,
		       DMSTAT_A_SEQUENCE_MULTICAST_GROUP);
	answer = netlink_do(&self->netlink, DMSTAT_CMD_SEQUENCE_GET,
			    ATTRIBUTES());
	EXPECT_REFUSED(answer, EINVAL, 0);
	EXPECT_EQ(DMSTAT_A_SEQUENCE_MULTICAST_GROUP, answer.missing);
}

/* What a listener does that joins late, or has lost something. */
TEST_F(notification, follows_a_list_without_a_hole)
{
	struct answer answer = {}, list;
	int small = 4096, i;
	struct object event;
	uint32_t last, id;

	ASSERT_EQ(0, setsockopt(self->listener.fd, SOL_SOCKET, SO_RCVBUF,
				&small, sizeof(small)));
	for (i = 0; i < 100; i++)
		region_make(&self->netlink, self->minor);
	EXPECT_EQ(ENOBUFS, netlink_receive(&self->listener, &answer));
	/* It makes room before it lists. */
	while (netlink_pending(&self->listener))
		ASSERT_EQ(0, netlink_receive(&self->listener, &answer));
	id = region_make(&self->netlink, self->minor);
	last = last_number(&self->netlink, DMSTAT_MULTICAST_GROUP_REGION);
	list = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			    ATTRIBUTES());
	ASSERT_TAKEN(list);
	EXPECT_EQ(101, list.nr);
	ASSERT_TAKEN(region_del(&self->netlink, id));

	/* The list has the first of these, and not the second. */
	event = heard(&self->listener);
	EXPECT_EQ(last, event_sequence(&event));
	EXPECT_EQ(id, object_uint(&list.objects[100],
				  DMSTAT_A_REGION_REGION_ID));
	event = heard(&self->listener);
	EXPECT_EQ(last + 1, event_sequence(&event));
	EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, event.command);
}

TEST_F(notification, numbers_begin_at_one_when_the_module_is_loaded)
{
	struct object event;

	netlink_close(&self->listener);
	netlink_close(&self->netlink);
	run("rmmod dmstat");
	ASSERT_EQ(0, netlink_open(&self->netlink));
	ASSERT_EQ(0, netlink_open(&self->listener));
	ASSERT_EQ(0, netlink_join(&self->listener));
	EXPECT_EQ(0, last_number(&self->netlink,
				 DMSTAT_MULTICAST_GROUP_REGION));
	EXPECT_EQ(0, last_number(&self->netlink, DMSTAT_MULTICAST_GROUP_IO));
	region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	EXPECT_EQ(1, event_sequence(&event));
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

TEST_F(notification, has_the_time_when_it_happened)
{
	uint64_t before = now(), after, time;
	struct object event;

	region_make(&self->netlink, self->minor);
	after = now();
	usleep(20000);
	event = heard(&self->listener);
	time = object_uint(&event, DMSTAT_A_REGION_EVENT_TIME);
	EXPECT_LE(before, time);
	EXPECT_GE(after, time);
	EXPECT_LE(object_uint(&event, DMSTAT_A_REGION_CREATED), time);
}

/* The number of regions; DMSTAT_REGIONS in the environment sets another. */
#define REGIONS 10000
#define REGIONS_DEBUG 1000

static unsigned int regions(void)
{
	const char *wanted = getenv("DMSTAT_REGIONS");
	struct utsname name;

	if (wanted)
		return atoi(wanted);
	return !uname(&name) && strstr(name.release, "san") ? REGIONS_DEBUG :
							      REGIONS;
}

/* One thread makes regions one by one, another deletes each at once. */
struct pair {
	_Atomic bool failed;
	struct netlink maker, deleter;
	unsigned int minor;
	unsigned int regions;
	uint32_t next_id;
	sem_t coming, gone;
};

static void *make_one_by_one(void *argument)
{
	struct pair *pair = argument;
	unsigned int i;

	for (i = 0; i < pair->regions && !pair->failed; i++) {
		sem_post(&pair->coming);
		if (region_new(&pair->maker, pair->minor).error)
			pair->failed = true;
		sem_wait(&pair->gone);
	}
	return NULL;
}

/* Retry until it exists: ids rise one by one. */
static void *delete_at_once(void *argument)
{
	struct pair *pair = argument;
	unsigned int i;
	int error;

	for (i = 0; i < pair->regions && !pair->failed; i++) {
		sem_wait(&pair->coming);
		do {
			error = region_del(&pair->deleter, pair->next_id).error;
		} while (error == ENOENT && !pair->failed);
		pair->next_id++;
		if (error)
			pair->failed = true;
		sem_post(&pair->gone);
	}
	return NULL;
}

/* The notifications of regions that are made and deleted in turn. */
struct order {
	uint32_t sequence;
	uint64_t time;
	uint32_t coming;		/* id of the next region to come */
	uint32_t going;
	unsigned int wrong;		/* region went before it came, or the like */
	unsigned int gaps;		/* in the numbers */
	unsigned int back;		/* in time */
};

static void follow(struct order *order, const struct object *event)
{
	uint32_t id = object_uint(event, DMSTAT_A_REGION_REGION_ID);
	uint64_t time = object_uint(event, DMSTAT_A_REGION_EVENT_TIME);

	if (!order->coming) {
		order->coming = id;
		order->going = id;
	} else {
		order->gaps += event_sequence(event) != order->sequence + 1;
		order->back += time < order->time;
	}
	order->sequence = event_sequence(event);
	order->time = time;

	if (event->command == DMSTAT_CMD_REGION_NEW_NTF)
		order->wrong += id != order->coming++;
	else
		order->wrong += id != order->going++ || id >= order->coming;
}

TEST_F_TIMEOUT(notification, comes_in_the_order_in_which_things_happen, 3000)
{
	struct pair pair = { .minor = self->minor, .regions = regions() };
	struct order order = {};
	pthread_t maker, deleter;
	int size = 64 << 20;
	struct object event;
	unsigned int i;

	ASSERT_EQ(0, setsockopt(self->listener.fd, SOL_SOCKET, SO_RCVBUFFORCE,
				&size, sizeof(size)));
	/* Starting and stopping to watch a device takes long. */
	pair.next_id = region_make(&self->netlink, self->minor) + 1;
	heard(&self->listener);

	ASSERT_EQ(0, netlink_open(&pair.maker));
	ASSERT_EQ(0, netlink_open(&pair.deleter));
	sem_init(&pair.coming, 0, 0);
	sem_init(&pair.gone, 0, 0);
	ASSERT_EQ(0, pthread_create(&maker, NULL, make_one_by_one, &pair));
	ASSERT_EQ(0, pthread_create(&deleter, NULL, delete_at_once, &pair));
	for (i = 0; i < 2 * pair.regions; i++) {
		event = heard(&self->listener);
		follow(&order, &event);
		free((void *)event.attributes);
	}
	pthread_join(maker, NULL);
	pthread_join(deleter, NULL);
	EXPECT_FALSE(pair.failed);
	TH_LOG("%u regions: %u out of order, %u gaps, %u back in time",
	       pair.regions, order.wrong, order.gaps, order.back);
	EXPECT_EQ(0, order.wrong);
	EXPECT_EQ(0, order.gaps);
	EXPECT_EQ(0, order.back);
}

/* ------------------------------------------------------------------- names */

static bool has_name(const struct object *event, const char *name)
{
	const char *found = object_string(event, DMSTAT_A_REGION_DEVICE_NAME);

	return found && !strcmp(found, name);
}

TEST_F(notification, has_the_name_that_the_device_has_then)
{
	struct object event;
	uint32_t id;

	id = region_make(&self->netlink, self->minor);
	event = heard(&self->listener);
	EXPECT_TRUE(has_name(&event, "abi"));
	dm_rename("abi", "abi renamed");
	ASSERT_TAKEN(region_clear(&self->netlink, id));
	event = heard(&self->listener);
	EXPECT_TRUE(has_name(&event, "abi renamed"));
	dm_rename("abi renamed", "abi again");
	ASSERT_TAKEN(region_del(&self->netlink, id));
	event = heard(&self->listener);
	EXPECT_TRUE(has_name(&event, "abi again"));
}

/* No request was made in between. */
TEST_F(notification, of_a_removal_has_the_last_name_of_the_device)
{
	struct object event;
	int i;

	dm_remove("abi");
	for (i = 0; i < 10; i++) {
		self->minor = dm_create("abi", 100000);
		region_make(&self->netlink, self->minor);
		heard(&self->listener);
		dm_rename("abi", "abi once");
		dm_rename("abi once", "abi at last");
		/* The module is notified in a work item. */
		usleep(200 * 1000);
		dm_remove("abi at last");
		event = heard(&self->listener);
		EXPECT_EQ(DMSTAT_CMD_REGION_DEL_NTF, event.command);
		ASSERT_TRUE(has_name(&event, "abi at last")) {
			TH_LOG("%s", object_string(&event,
						   DMSTAT_A_REGION_DEVICE_NAME));
		}
	}
}

TEST_HARNESS_MAIN
