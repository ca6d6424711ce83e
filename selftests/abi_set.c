// SPDX-License-Identifier: GPL-2.0-only
/*
 * The label of a region, its program id, group and user data: set when it is
 * made, changed by region-set, notified, charged.
 */
#include <pthread.h>

#include "abi.h"
#include "memory.h"

#define PROGRAM_ID(v) STRING(DMSTAT_A_REGION_PROGRAM_ID, v)
#define GROUP(v) STRING(DMSTAT_A_REGION_GROUP, v)
#define USER_DATA(v, s) BYTES(DMSTAT_A_REGION_USER_DATA, v, s)

/* For the dump with the longest messages. */
#define NR_LONGEST 50

#define SETS 2000

static uint8_t data[DMSTAT_USER_DATA_MAX + 1];
static char long_id[DMSTAT_PROGRAM_ID_MAX + 2];

/* region_set(NETLINK, ID, ATTRIBUTE...): the answer. */
#define region_set(netlink, id, ...)					\
	netlink_do(netlink, DMSTAT_CMD_REGION_SET,			\
		   ATTRIBUTES(REGION(id), ##__VA_ARGS__))

static void fill(uint8_t seed)
{
	int i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = seed + i * 7;
	memset(long_id, 'x', sizeof(long_id) - 1);
}

static struct object look(struct netlink *netlink, uint32_t id)
{
	struct answer answer = region_get(netlink, id);

	if (answer.error || answer.nr != 1)
		errx(KSFT_FAIL, "region %u: %s", id, strerror(answer.error));
	return answer.objects[0];
}

/* Whether @region has these bytes; with none, whether it has no user data. */
static bool has_data(const struct object *region, const void *bytes,
		     size_t size)
{
	const struct nlattr *found = object_find(region,
						 DMSTAT_A_REGION_USER_DATA);

	if (!size || !found)
		return !size && !found;
	return found->nla_len == NLA_HDRLEN + size &&
	       !memcmp((const void *)found + NLA_HDRLEN, bytes, size);
}

/* The same of a program id. */
static bool has_id(const struct object *region, const char *id)
{
	const char *found = object_string(region, DMSTAT_A_REGION_PROGRAM_ID);

	return id && found ? !strcmp(id, found) : !id && !found;
}

/* The same of a group. */
static bool has_group(const struct object *region, const char *group)
{
	const char *found = object_string(region, DMSTAT_A_REGION_GROUP);

	return group && found ? !strcmp(group, found) : !group && !found;
}

static uint64_t memory_of(struct netlink *netlink, uint32_t id)
{
	struct object region = look(netlink, id);

	return object_uint(&region, DMSTAT_A_REGION_MEMORY);
}

FIXTURE(set)
{
	struct netlink netlink, listener;
	uint64_t limit;			/* of memory, as it was */
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(set)
{
	fill(0);
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->limit = memory_limit();
	ASSERT_EQ(0, netlink_open(&self->listener));
	self->minor = dm_create("abi", 100000);
	self->id = region_make(&self->netlink, self->minor,
			       PROGRAM_ID("old"), USER_DATA("before", 6));
	ASSERT_EQ(0, netlink_join(&self->listener));
}

FIXTURE_TEARDOWN_PARENT(set)
{
	memory_set_limit(self->limit);
	dm_remove_all();
}

TEST_F(set, a_region_is_made_with_user_data_of_up_to_4096_bytes)
{
	struct answer made;

	made = region_new(&self->netlink, self->minor,
			  USER_DATA(data, DMSTAT_USER_DATA_MAX));
	ASSERT_TAKEN(made);
	ASSERT_EQ(1, made.nr);
	EXPECT_TRUE(has_data(made.objects, data, DMSTAT_USER_DATA_MAX));
	EXPECT_TRUE(has_id(made.objects, NULL));
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  USER_DATA(data, DMSTAT_USER_DATA_MAX + 1)),
		       ERANGE, DMSTAT_A_REGION_USER_DATA);
	made = region_new(&self->netlink, self->minor, USER_DATA("", 0));
	ASSERT_TAKEN(made);
	EXPECT_TRUE(has_data(made.objects, NULL, 0));
}

TEST_F(set, a_region_is_made_with_a_group_of_up_to_255_bytes)
{
	static char longest[DMSTAT_GROUP_MAX + 1];
	struct answer made;

	memset(longest, 'g', DMSTAT_GROUP_MAX);
	made = region_new(&self->netlink, self->minor, GROUP(longest));
	ASSERT_TAKEN(made);
	ASSERT_EQ(1, made.nr);
	EXPECT_TRUE(has_group(made.objects, longest));
	EXPECT_TRUE(has_id(made.objects, NULL));
	EXPECT_TRUE(has_data(made.objects, NULL, 0));
	EXPECT_REFUSED(region_new(&self->netlink, self->minor, GROUP(long_id)),
		       ERANGE, DMSTAT_A_REGION_GROUP);
	EXPECT_STREQ("group is too long: at most 255 bytes",
		     region_new(&self->netlink, self->minor,
				GROUP(long_id)).text);
	made = region_new(&self->netlink, self->minor, GROUP(""));
	ASSERT_TAKEN(made);
	EXPECT_TRUE(has_group(made.objects, NULL));
}

TEST_F(set, a_group_is_changed_and_removed_and_the_rest_stays)
{
	struct answer answer;

	answer = region_set(&self->netlink, self->id, GROUP("first"));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_group(answer.objects, "first"));
	EXPECT_TRUE(has_id(answer.objects, "old"));
	EXPECT_TRUE(has_data(answer.objects, "before", 6));
	answer = region_set(&self->netlink, self->id, PROGRAM_ID("new"));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_group(answer.objects, "first"));
	answer = region_set(&self->netlink, self->id, GROUP(""));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_group(answer.objects, NULL));
	EXPECT_TRUE(has_id(answer.objects, "new"));
	EXPECT_TRUE(has_data(answer.objects, "before", 6));
}

TEST_F(set, answers_with_the_changed_region)
{
	struct answer answer;
	struct object now;

	answer = region_set(&self->netlink, self->id, PROGRAM_ID("new"),
			    USER_DATA(data, DMSTAT_USER_DATA_MAX));
	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET, answer.objects[0].command);
	EXPECT_TRUE(has_id(answer.objects, "new"));
	EXPECT_TRUE(has_data(answer.objects, data, DMSTAT_USER_DATA_MAX));
	now = look(&self->netlink, self->id);
	EXPECT_TRUE(object_equal(answer.objects, &now));
}

TEST_F(set, leaves_what_the_request_does_not_have)
{
	struct answer answer;

	answer = region_set(&self->netlink, self->id, PROGRAM_ID("new"));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_id(answer.objects, "new"));
	EXPECT_TRUE(has_data(answer.objects, "before", 6));
	answer = region_set(&self->netlink, self->id, USER_DATA("after", 5));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_id(answer.objects, "new"));
	EXPECT_TRUE(has_data(answer.objects, "after", 5));
}

TEST_F(set, removes_what_is_empty_in_the_request)
{
	struct answer answer;

	answer = region_set(&self->netlink, self->id, PROGRAM_ID(""));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_id(answer.objects, NULL));
	EXPECT_TRUE(has_data(answer.objects, "before", 6));
	answer = region_set(&self->netlink, self->id, USER_DATA("", 0));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_id(answer.objects, NULL));
	EXPECT_TRUE(has_data(answer.objects, NULL, 0));
}

TEST_F(set, refuses_what_is_wrong_and_changes_nothing)
{
	struct object before = look(&self->netlink, self->id), after;

	memset(long_id, 'x', sizeof(long_id) - 1);
	EXPECT_REFUSED(region_set(&self->netlink, self->id), EINVAL, 0);
	EXPECT_MISSING(netlink_do(&self->netlink, DMSTAT_CMD_REGION_SET,
				  ATTRIBUTES(PROGRAM_ID("x"))),
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_set(&self->netlink, 0, PROGRAM_ID("x")), ERANGE,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_set(&self->netlink, self->id + 1,
				  PROGRAM_ID("x")),
		       ENOENT, DMSTAT_A_REGION_REGION_ID);
	EXPECT_REFUSED(region_set(&self->netlink, self->id,
				  USER_DATA("x", 1), PROGRAM_ID(long_id)),
		       ERANGE, DMSTAT_A_REGION_PROGRAM_ID);
	EXPECT_REFUSED(region_set(&self->netlink, self->id, PROGRAM_ID("x"),
				  USER_DATA(data, DMSTAT_USER_DATA_MAX + 1)),
		       ERANGE, DMSTAT_A_REGION_USER_DATA);
	EXPECT_REFUSED(region_set(&self->netlink, self->id, PROGRAM_ID("x"),
				  U64(DMSTAT_A_REGION_START, 0)),
		       EINVAL, DMSTAT_A_REGION_START);
	after = look(&self->netlink, self->id);
	EXPECT_TRUE(object_equal(&before, &after));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(set, a_refusal_says_why)
{
	EXPECT_STREQ(region_set(&self->netlink, self->id).text,
		     "nothing to set: program-id, user-data, group, slow-ns, tell-errors, tell-rate, length or extent-ranges is required");
	EXPECT_STREQ("no such region",
		     region_set(&self->netlink, self->id + 1,
				PROGRAM_ID("x")).text);
	EXPECT_STREQ("user data is too long: at most 4096 bytes",
		     region_set(&self->netlink, self->id,
				USER_DATA(data, sizeof(data))).text);
}

TEST_F(set, of_a_deleted_region_is_refused)
{
	ASSERT_TAKEN(region_del(&self->netlink, self->id));
	EXPECT_REFUSED(region_set(&self->netlink, self->id, PROGRAM_ID("x")),
		       ENOENT, DMSTAT_A_REGION_REGION_ID);
}

TEST_F(set, a_dump_by_program_id_follows_it)
{
	struct answer got;

	ASSERT_TAKEN(region_set(&self->netlink, self->id, PROGRAM_ID("new")));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(PROGRAM_ID("old")));
	EXPECT_EQ(0, got.nr);
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(PROGRAM_ID("new")));
	ASSERT_EQ(1, got.nr);
	EXPECT_TRUE(has_data(got.objects, "before", 6));
	ASSERT_TAKEN(region_set(&self->netlink, self->id, PROGRAM_ID("")));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(PROGRAM_ID(""),
				      REGION_DEVICE(self->minor)));
	EXPECT_EQ(1, got.nr);
}

/* The regions of both groups are on both devices. */
TEST_F(set, a_dump_gives_the_regions_of_a_group)
{
	unsigned int other = dm_create("abi2", 100000);
	uint32_t ids[4];
	struct answer got;
	int i;

	for (i = 0; i < 4; i++)
		ids[i] = region_make(&self->netlink,
				     i % 2 ? other : self->minor,
				     GROUP(i / 2 ? "b" : "a"),
				     PROGRAM_ID(i == 3 ? "old" : "me"));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(GROUP("a")));
	ASSERT_EQ(2, got.nr);
	EXPECT_EQ(ids[0], object_uint(got.objects, DMSTAT_A_REGION_REGION_ID));
	EXPECT_TRUE(has_group(got.objects, "a"));
	EXPECT_EQ(ids[1], object_uint(&got.objects[1],
				      DMSTAT_A_REGION_REGION_ID));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(GROUP("b"), REGION_DEVICE(other)));
	ASSERT_EQ(1, got.nr);
	EXPECT_EQ(ids[3], object_uint(got.objects, DMSTAT_A_REGION_REGION_ID));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(GROUP("b"), PROGRAM_ID("me")));
	ASSERT_EQ(1, got.nr);
	EXPECT_EQ(ids[2], object_uint(got.objects, DMSTAT_A_REGION_REGION_ID));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(GROUP("")));
	ASSERT_EQ(1, got.nr);
	EXPECT_EQ(self->id,
		  object_uint(got.objects, DMSTAT_A_REGION_REGION_ID));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(GROUP("c")));
	EXPECT_EQ(0, got.error);
	EXPECT_EQ(0, got.nr);
	EXPECT_DUMP_REFUSED(netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
					 ATTRIBUTES(GROUP(long_id))),
			    ERANGE, DMSTAT_A_REGION_GROUP);
	EXPECT_REFUSED(netlink_do(&self->netlink, DMSTAT_CMD_REGION_GET,
				  ATTRIBUTES(REGION(self->id), GROUP("a"))),
		       EINVAL, DMSTAT_A_REGION_GROUP);
}

/* ------------------------------------------------------- notifications */

TEST_F(set, is_notified)
{
	struct answer answer;
	struct object event;

	answer = region_set(&self->netlink, self->id, PROGRAM_ID("new"),
			    GROUP("group"),
			    USER_DATA(data, DMSTAT_USER_DATA_MAX));
	ASSERT_TAKEN(answer);
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET_NTF, event.command);
	EXPECT_TRUE(has_group(&event, "group"));
	EXPECT_TRUE(tells_of(&event, answer.objects));
	EXPECT_FALSE(netlink_pending(&self->listener));
}

TEST_F(set, is_notified_as_an_echo)
{
	struct answer answer;

	answer = netlink_echo(&self->netlink, DMSTAT_CMD_REGION_SET,
			      ATTRIBUTES(REGION(self->id), PROGRAM_ID("new")));
	ASSERT_TAKEN(answer);
	ASSERT_EQ(2, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET, answer.objects[0].command);
	EXPECT_EQ(DMSTAT_CMD_REGION_SET_NTF, answer.objects[1].command);
	EXPECT_TRUE(tells_of(&answer.objects[1], &answer.objects[0]));
}

TEST_F(set, a_clear_of_a_region_is_notified_and_echoed)
{
	struct answer answer;
	struct object event, now;

	answer = netlink_echo(&self->netlink, DMSTAT_CMD_REGION_CLEAR,
			      ATTRIBUTES(REGION(self->id)));
	ASSERT_TAKEN(answer);
	ASSERT_EQ(1, answer.nr);
	EXPECT_EQ(DMSTAT_CMD_REGION_CLEAR_NTF, answer.objects[0].command);
	now = look(&self->netlink, self->id);
	EXPECT_TRUE(tells_of(&answer.objects[0], &now));
	event = heard(&self->listener);
	EXPECT_EQ(DMSTAT_CMD_REGION_CLEAR_NTF, event.command);
	EXPECT_TRUE(object_equal(&event, &answer.objects[0]));
}

TEST_F(set, a_clear_of_areas_by_a_dump_is_not_notified)
{
	ASSERT_TAKEN(area_dump(&self->netlink, self->id,
			       FLAG(DMSTAT_A_AREA_CLEAR)));
	EXPECT_REFUSED(region_clear(&self->netlink, self->id + 1), ENOENT,
		       DMSTAT_A_REGION_REGION_ID);
	EXPECT_FALSE(netlink_pending(&self->listener));
}

/* -------------------------------------------------------------- memory */

TEST_F(set, is_charged_and_uncharged)
{
	uint64_t before, with;
	uint32_t plain;

	plain = region_make(&self->netlink, self->minor);
	before = memory_of(&self->netlink, plain);
	ASSERT_TAKEN(region_set(&self->netlink, plain, PROGRAM_ID("x"),
				USER_DATA(data, DMSTAT_USER_DATA_MAX)));
	with = memory_of(&self->netlink, plain);
	EXPECT_LE(before + DMSTAT_USER_DATA_MAX, with);
	EXPECT_GE(before + 3 * DMSTAT_USER_DATA_MAX, with);
	ASSERT_TAKEN(region_set(&self->netlink, plain, USER_DATA("", 0)));
	EXPECT_GT(with, memory_of(&self->netlink, plain));
	EXPECT_LT(before, memory_of(&self->netlink, plain));
	ASSERT_TAKEN(region_set(&self->netlink, plain, PROGRAM_ID("")));
	EXPECT_EQ(before, memory_of(&self->netlink, plain));
}

TEST_F(set, at_the_limit_may_shrink_but_not_grow)
{
	struct object before, after;
	struct answer answer;

	ASSERT_TAKEN(region_set(&self->netlink, self->id,
				USER_DATA(data, 1000)));
	heard(&self->listener);
	before = look(&self->netlink, self->id);
	memory_set_limit(1);
	EXPECT_REFUSED(region_set(&self->netlink, self->id, PROGRAM_ID("new"),
				  USER_DATA(data, DMSTAT_USER_DATA_MAX)),
		       ENOSPC, 0);
	EXPECT_REFUSED(region_new(&self->netlink, self->minor,
				  USER_DATA(data, 1)), ENOSPC, 0);
	after = look(&self->netlink, self->id);
	EXPECT_TRUE(object_equal(&before, &after));
	EXPECT_FALSE(netlink_pending(&self->listener));

	fill(1);
	answer = region_set(&self->netlink, self->id, PROGRAM_ID("new"),
			    USER_DATA(data, 1000));
	ASSERT_TAKEN(answer);
	EXPECT_TRUE(has_data(answer.objects, data, 1000));
	ASSERT_TAKEN(region_set(&self->netlink, self->id, PROGRAM_ID(""),
				USER_DATA("", 0)));
}

/* ------------------------------------------------- many, long, at once */

TEST_F(set, a_dump_has_room_for_the_longest_messages)
{
	static char name[128];
	uint64_t bounds[DMSTAT_HISTOGRAM_BOUNDS_MAX];
	uint32_t ids[NR_LONGEST];
	unsigned int minor;
	struct answer got;
	int i;

	netlink_close(&self->listener);
	memset(name, 'n', sizeof(name) - 1);
	memcpy(name, "abi", 3);
	minor = dm_create(name, 100000);
	for (i = 0; i < DMSTAT_HISTOGRAM_BOUNDS_MAX; i++)
		bounds[i] = i + 1;
	long_id[DMSTAT_PROGRAM_ID_MAX] = '\0';
	for (i = 0; i < NR_LONGEST; i++)
		ids[i] = region_make(&self->netlink, minor, PROGRAM_ID(long_id),
				     GROUP(long_id),
				     USER_DATA(data, DMSTAT_USER_DATA_MAX),
				     BYTES(DMSTAT_A_REGION_HISTOGRAM_BOUNDS,
					   bounds, sizeof(bounds)));
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			   ATTRIBUTES(PROGRAM_ID(long_id)));
	EXPECT_EQ(0, got.error);
	ASSERT_EQ(NR_LONGEST, got.nr);
	for (i = 0; i < NR_LONGEST; i++) {
		EXPECT_EQ(ids[i], object_uint(&got.objects[i],
					      DMSTAT_A_REGION_REGION_ID));
		EXPECT_TRUE(has_data(&got.objects[i], data,
				     DMSTAT_USER_DATA_MAX));
	}
	got = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET, ATTRIBUTES());
	EXPECT_EQ(NR_LONGEST + 1, got.nr);
}

struct setter {
	uint32_t id;
	char program_id[8];
	uint8_t byte;
	int errors;
};

static void *set_again_and_again(void *argument)
{
	struct setter *setter = argument;
	uint8_t bytes[1000];
	struct netlink netlink;
	int i;

	memset(bytes, setter->byte, sizeof(bytes));
	setter->errors = netlink_open(&netlink);
	for (i = 0; i < SETS && !setter->errors; i++)
		setter->errors = region_set(&netlink, setter->id,
					    PROGRAM_ID(setter->program_id),
					    USER_DATA(bytes,
						      sizeof(bytes))).error;
	return NULL;
}

/* All bytes of the user data are the first letter of the program id. */
static bool is_pair(const struct object *region)
{
	const char *id = object_string(region, DMSTAT_A_REGION_PROGRAM_ID);
	uint8_t bytes[1000];

	memset(bytes, id ? *id : 0, sizeof(bytes));
	return id && has_data(region, bytes, sizeof(bytes));
}

TEST_F_TIMEOUT(set, is_never_seen_half_done, 300)
{
	struct setter setters[2] = {
		{ .id = self->id, .program_id = "a", .byte = 'a' },
		{ .id = self->id, .program_id = "b", .byte = 'b' },
	};
	unsigned int i, halves = 0, others = 0, seen = 0;
	struct netlink dumper;
	pthread_t threads[2];
	struct answer got;

	netlink_close(&self->listener);
	ASSERT_EQ(0, netlink_open(&dumper));
	set_again_and_again(&setters[0]);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    set_again_and_again, &setters[i]));
	for (i = 0; i < SETS; i++) {
		got = netlink_dump(&dumper, DMSTAT_CMD_REGION_GET,
				   ATTRIBUTES(PROGRAM_ID("a")));
		if (got.nr) {
			seen++;
			halves += !is_pair(got.objects);
			others += !has_id(got.objects, "a");
		}
		got = region_get(&dumper, self->id);
		halves += got.nr != 1 || !is_pair(got.objects);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, setters[i].errors);
	}
	TH_LOG("of %u dumps %u had the region", SETS, seen);
	EXPECT_EQ(0, halves);
	EXPECT_EQ(0, others);
	EXPECT_LT(0, seen);
}

/* --------------------------------------- set while regions come and go */

/* Deletes of regions: each takes a grace period. */
#define LIVES 300

struct rival {
	_Atomic uint32_t *id;
	_Atomic bool *over;
	unsigned int taken, missing, others;
};

/* Sets the region that was made last, until no more are made. */
static void *set_what_comes_and_goes(void *argument)
{
	struct rival *rival = argument;
	uint8_t bytes[1000] = { 1 };
	struct netlink netlink;
	int error;

	if (netlink_open(&netlink)) {
		rival->others++;
		return NULL;
	}
	while (!*rival->over) {
		error = region_set(&netlink, *rival->id, PROGRAM_ID("rival"),
				   USER_DATA(bytes, sizeof(bytes))).error;
		rival->taken += !error;
		rival->missing += error == ENOENT;
		rival->others += error && error != ENOENT;
	}
	netlink_close(&netlink);
	return NULL;
}

/* Readers may still use it until then. */
TEST_F(set, keeps_what_it_replaces_charged_until_that_is_freed)
{
	uint64_t before, most = 0;
	int i;

	ASSERT_TAKEN(region_set(&self->netlink, self->id,
				USER_DATA(data, DMSTAT_USER_DATA_MAX)));
	usleep(500000);
	before = memory_used();
	netlink_close(&self->listener);
	for (i = 0; i < SETS; i++) {
		ASSERT_TAKEN(region_set(&self->netlink, self->id,
					USER_DATA(data, DMSTAT_USER_DATA_MAX)));
		if (memory_used() > most)
			most = memory_used();
	}
	TH_LOG("%llu bytes, then up to %llu more", (unsigned long long)before,
	       (unsigned long long)(most - before));
	EXPECT_LT(before + DMSTAT_USER_DATA_MAX, most);
	EXPECT_EQ(before, memory_used_after(before));
}

TEST_F(set, of_a_region_that_is_being_deleted_succeeds_or_finds_none)
{
	_Atomic uint32_t id = self->id;
	_Atomic bool over = false;
	struct rival rivals[2] = {
		{ .id = &id, .over = &over },
		{ .id = &id, .over = &over },
	};
	unsigned int i, wrong = 0;
	uint64_t before = memory_used();
	pthread_t threads[2];

	netlink_close(&self->listener);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    set_what_comes_and_goes,
					    &rivals[i]));
	for (i = 0; i < LIVES; i++) {
		wrong += region_del(&self->netlink, id).error != 0;
		id = region_make(&self->netlink, self->minor,
				 PROGRAM_ID("old"), USER_DATA("before", 6));
		/* Else the others may never run between two lives. */
		if (i % 2)
			usleep(1000);
	}
	over = true;
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		TH_LOG("%u were set, %u were not there", rivals[i].taken,
		       rivals[i].missing);
		EXPECT_LT(0, rivals[i].taken);
		EXPECT_EQ(0, rivals[i].others);
	}
	EXPECT_EQ(0, wrong);
	ASSERT_TAKEN(region_set(&self->netlink, id, PROGRAM_ID("old"),
				USER_DATA("before", 6)));
	EXPECT_EQ(before, memory_used_after(before));
}

TEST_HARNESS_MAIN
