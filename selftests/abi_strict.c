// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strict validation: what does not belong into a request is refused, and not
 * ignored. The requests are about one region and built by hand.
 */
#include "abi.h"

FIXTURE(request)
{
	struct netlink netlink;
	struct message message;
	unsigned int minor;
	uint32_t id;
};

FIXTURE_SETUP(request)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", 100000);
	self->id = region_make(&self->netlink, self->minor);
}

FIXTURE_TEARDOWN_PARENT(request)
{
	dm_remove_all();
}

static void start(struct netlink *netlink, struct message *message,
		  uint8_t command, uint16_t flags,
		  const struct attribute *attributes)
{
	message_init(message, netlink->family, command, flags);
	message_add_all(message, attributes);
}

#define start_get() \
	start(&self->netlink, &self->message, DMSTAT_CMD_REGION_GET, \
	      NLM_F_ACK, ATTRIBUTES(REGION(self->id)))
#define start_new() \
	start(&self->netlink, &self->message, DMSTAT_CMD_REGION_NEW, \
	      NLM_F_ACK, ATTRIBUTES(REGION_DEVICE(self->minor)))
#define start_area_get() \
	start(&self->netlink, &self->message, DMSTAT_CMD_AREA_GET, \
	      NLM_F_DUMP, ATTRIBUTES(AREA_REGION(self->id)))
#define add(type, data, size) \
	message_add(&self->message, type, data, size)
#define exchange() \
	netlink_exchange(&self->netlink, &self->message)

TEST_F(request, of_these_tests_is_accepted_without_a_fault)
{
	start_get();
	ASSERT_TAKEN(exchange());
	start_new();
	ASSERT_TAKEN(exchange());
	start_area_get();
	ASSERT_TAKEN(exchange());
}

TEST_F(request, with_an_unknown_attribute_is_refused)
{
	const uint16_t type = DMSTAT_A_REGION_MAX + 1;
	const uint32_t value = 1;

	start_get();
	add(type, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), EINVAL, type);

	start_new();
	add(type, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), EINVAL, type);

	start_new();
	add(1000, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), EINVAL, 1000);

	start_area_get();
	add(DMSTAT_A_AREA_MAX + 1, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_AREA_MAX + 1);
}

/* Attributes of answers, or of other operations. */
TEST_F(request, with_an_attribute_of_another_operation_is_refused)
{
	const uint64_t value = 1;
	uint16_t type;

	for (type = 1; type <= DMSTAT_A_REGION_MAX; type++) {
		switch (type) {
		case DMSTAT_A_REGION_REGION_ID:
		case DMSTAT_A_REGION_DEVICE_NAME:
		case DMSTAT_A_REGION_MEMORY:
		case DMSTAT_A_REGION_CREATED:
		case DMSTAT_A_REGION_MISSED:
		case DMSTAT_A_REGION_CAUSE:
		case DMSTAT_A_REGION_CLEARS:
		case DMSTAT_A_REGION_CLEARED:
		case DMSTAT_A_REGION_EVENT_TIME:
		case DMSTAT_A_REGION_EVENT_SEQUENCE:
			start_new();
			add(type, &value, sizeof(value));
			EXPECT_REFUSED(exchange(), EINVAL, type);
		}
		if (type == DMSTAT_A_REGION_REGION_ID)
			continue;
		start(&self->netlink, &self->message, DMSTAT_CMD_REGION_DEL,
		      NLM_F_ACK, ATTRIBUTES(REGION(self->id)));
		add(type, &value, sizeof(value));
		EXPECT_REFUSED(exchange(), EINVAL, type);
	}
	for (type = DMSTAT_A_AREA_INDEX; type <= DMSTAT_A_AREA_MAX; type++) {
		if ((type >= DMSTAT_A_AREA_MAJOR &&
		     type <= DMSTAT_A_AREA_MERGE) ||
		    type == DMSTAT_A_AREA_UNCLEARED)
			continue;
		start_area_get();
		add(type, &value, sizeof(value));
		EXPECT_REFUSED(exchange(), EINVAL, type);
	}
	ASSERT_TAKEN(region_get(&self->netlink, self->id));
}

TEST_F(request, with_an_integer_of_the_wrong_length_is_refused)
{
	const uint8_t value[16] = {};
	const struct {
		uint16_t type;
		size_t size;
	} wrong[] = {
		{ DMSTAT_A_REGION_START, 0 },
		{ DMSTAT_A_REGION_START, 4 },
		{ DMSTAT_A_REGION_START, 7 },
		{ DMSTAT_A_REGION_START, 9 },
		{ DMSTAT_A_REGION_START, 16 },
		{ DMSTAT_A_REGION_AREAS, 4 },
		{ DMSTAT_A_REGION_MAJOR, 8 },
		{ DMSTAT_A_REGION_MINOR, 2 },
	};
	int i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		start_new();
		add(wrong[i].type, value, wrong[i].size);
		EXPECT_REFUSED(exchange(), EINVAL, wrong[i].type);
	}
}

TEST_F(request, with_a_flag_that_has_a_value_is_refused)
{
	const uint32_t value = 1;

	start_area_get();
	add(DMSTAT_A_AREA_CLEAR, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), ERANGE, DMSTAT_A_AREA_CLEAR);
}

TEST_F(request, with_a_string_without_an_end_is_refused)
{
	start_new();
	add(DMSTAT_A_REGION_PROGRAM_ID, "abc", 3);
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_REGION_PROGRAM_ID);
}

TEST_F(request, with_an_empty_string_attribute_is_refused)
{
	start_new();
	add(DMSTAT_A_REGION_PROGRAM_ID, NULL, 0);
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_REGION_PROGRAM_ID);
}

TEST_F(request, with_an_integer_marked_as_a_nest_is_refused)
{
	const uint64_t value = 0;

	start_new();
	add(DMSTAT_A_REGION_START | NLA_F_NESTED, &value, sizeof(value));
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_REGION_START);

	start_area_get();
	add(DMSTAT_A_AREA_ACTIVE | NLA_F_NESTED, NULL, 0);
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_AREA_ACTIVE);
}

/* There is no attribute to point at. */
TEST_F(request, whose_last_attribute_is_cut_off_is_refused)
{
	const uint64_t value = 0;

	start_new();
	add(DMSTAT_A_REGION_START, &value, sizeof(value));
	self->message.header.nlmsg_len -= 4;
	EXPECT_REFUSED(exchange(), EINVAL, 0);

	start_area_get();
	self->message.header.nlmsg_len -= 2;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
}

/* Of the message, or of an attribute. */
TEST_F(request, whose_lengths_lie_is_refused)
{
	static const uint16_t lengths[] = { 0, 3, 12, UINT16_MAX };
	struct nlattr *attribute = (void *)self->message.attributes;
	int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		start_get();
		attribute->nla_len = lengths[i];
		EXPECT_REFUSED(exchange(), EINVAL, 0);
	}
	/* Generic netlink refuses this one, without a message. */
	start_get();
	self->message.header.nlmsg_len = NLMSG_HDRLEN + 1;
	EXPECT_ERROR(exchange(), EINVAL);
}

TEST_F(request, with_nests_in_place_of_a_string_is_refused)
{
	const uint16_t type = DMSTAT_A_REGION_PROGRAM_ID | NLA_F_NESTED;
	struct nlattr nests[80];
	int i;

	for (i = 0; i < ARRAY_SIZE(nests); i++) {
		nests[i].nla_len = sizeof(nests) - i * NLA_HDRLEN;
		nests[i].nla_type = type;
	}
	start_new();
	add(type, nests, sizeof(nests));
	EXPECT_REFUSED(exchange(), EINVAL, DMSTAT_A_REGION_PROGRAM_ID);
}

TEST_F(request, with_bytes_after_its_attributes_is_refused)
{
	start_get();
	self->message.header.nlmsg_len += 3;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
}

TEST_F(request, with_the_reserved_field_in_use_is_refused)
{
	start_get();
	self->message.genl.reserved = 1;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
}

TEST_F(request, with_a_flag_without_a_meaning_is_refused)
{
	start_get();
	self->message.header.nlmsg_flags |= NLM_F_REPLACE;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
	/* Half of NLM_F_DUMP. */
	start_get();
	self->message.header.nlmsg_flags |= NLM_F_MATCH;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
	start_new();
	self->message.header.nlmsg_flags |= NLM_F_CREATE;
	EXPECT_REFUSED(exchange(), EINVAL, 0);
}

/* Generic netlink gives no message with these. */
TEST_F(request, of_an_unknown_command_is_refused)
{
	const uint8_t commands[] = {
		0, DMSTAT_CMD_REGION_NEW_NTF, DMSTAT_CMD_REGION_DEL_NTF,
		DMSTAT_CMD_MAX + 1, 255,
	};
	int i;

	for (i = 0; i < sizeof(commands); i++) {
		EXPECT_EQ(EOPNOTSUPP, netlink_do(&self->netlink, commands[i],
						 ATTRIBUTES()).error);
		EXPECT_EQ(EOPNOTSUPP, netlink_dump(&self->netlink, commands[i],
						   ATTRIBUTES()).error);
	}
}

TEST_F(request, to_do_an_operation_that_only_dumps_is_refused)
{
	EXPECT_EQ(EOPNOTSUPP,
		  netlink_do(&self->netlink, DMSTAT_CMD_AREA_GET,
			     ATTRIBUTES(AREA_REGION(self->id))).error);
	EXPECT_EQ(EOPNOTSUPP,
		  netlink_do(&self->netlink, DMSTAT_CMD_INFLIGHT_GET,
			     ATTRIBUTES(INFLIGHT_DEVICE(self->minor))).error);
}

TEST_F(request, to_dump_an_operation_that_does_not_is_refused)
{
	EXPECT_EQ(EOPNOTSUPP,
		  netlink_dump(&self->netlink, DMSTAT_CMD_REGION_NEW,
			       ATTRIBUTES(REGION_DEVICE(self->minor))).error);
	EXPECT_EQ(EOPNOTSUPP,
		  netlink_dump(&self->netlink, DMSTAT_CMD_REGION_DEL,
			       ATTRIBUTES(REGION(self->id))).error);
	EXPECT_EQ(EOPNOTSUPP,
		  netlink_dump(&self->netlink, DMSTAT_CMD_REGION_CLEAR,
			       ATTRIBUTES(REGION(self->id))).error);
	ASSERT_TAKEN(region_get(&self->netlink, self->id));
}

TEST_F(request, to_dump_during_a_dump_is_refused_and_the_first_goes_on)
{
	struct answer first, second;
	uint32_t id;

	id = region_make(&self->netlink, self->minor,
			 U64(DMSTAT_A_REGION_AREAS, 1000));
	first = netlink_dump_start(&self->netlink, DMSTAT_CMD_AREA_GET,
				   ATTRIBUTES(AREA_REGION(id)));
	ASSERT_FALSE(first.ended);
	/* Objects of the first dump that arrive before the refusal are in here. */
	second = netlink_dump(&self->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES());
	EXPECT_EQ(EBUSY, second.error);
	netlink_finish(&self->netlink, &first);
	EXPECT_EQ(0, first.error);
	EXPECT_EQ(1000, first.nr + second.nr);
}

TEST_HARNESS_MAIN
