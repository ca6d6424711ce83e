// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exchange: datagrams that are cut or damaged, and events in a datagram
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * What whole answers mean is tested by the scripts in corpus/.
 */
#include <errno.h>

#include <linux/dmstat.h>

#include "../event.h"
#include "../exchange.h"
#include "../failure.h"
#include "../handle.h"
#include "../subscription.h"
#include "message.h"
#include "test.h"

static struct failure failure;
static struct nlmsghdr *request;
static struct exchange exchange;
static int messages;
static int callback_returns;

static int count(const struct nlmsghdr *message, void *data)
{
	(void)message;
	(void)data;
	messages++;
	return callback_returns;
}

/* Start an exchange with a request of two attributes. */
static void begin(void)
{
	struct nl_msg *builder = test_answer(DMSTAT_CMD_REGION_NEW);

	nla_put_u32(builder, DMSTAT_A_REGION_MAJOR, 1);
	nla_put_u64(builder, DMSTAT_A_REGION_START, 2);
	request = test_copy(builder);

	memset(&failure, 0, sizeof(failure));
	messages = 0;
	callback_returns = 0;
	exchange = (struct exchange){
		.request = request,
		.callback = count,
		.failure = &failure,
	};
}

/* A datagram, in memory that ends where it ends. */
struct datagram {
	char *bytes;
	size_t size;
};

static void add(struct datagram *datagram, struct nl_msg *builder)
{
	size_t size = NLMSG_ALIGN(nlmsg_hdr(builder)->nlmsg_len);

	datagram->bytes = realloc(datagram->bytes, datagram->size + size);
	memcpy(datagram->bytes + datagram->size, nlmsg_hdr(builder), size);
	datagram->size += size;
	nlmsg_free(builder);
}

static int take(struct datagram *datagram)
{
	int ret;

	ret = dmstat_exchange_datagram(&exchange, datagram->bytes,
				       datagram->size);
	free(datagram->bytes);
	*datagram = (struct datagram){ 0 };
	return ret;
}

static struct nl_msg *new_error(int error, int flags)
{
	struct nlmsgerr payload = { .error = error };

	payload.msg = *request;
	return test_control(NLMSG_ERROR, flags, &payload, sizeof(payload));
}

/* An answer, and a refusal with an extended acknowledgment. */
static void add_all(struct datagram *datagram)
{
	struct nl_msg *refusal;

	add(datagram, test_answer(DMSTAT_CMD_AREA_GET));
	refusal = new_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	nla_put_string(refusal, NLMSGERR_ATTR_MSG, "words");
	nla_put_u32(refusal, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN);
	add(datagram, refusal);
}

static void a_datagram_cut_anywhere_is_never_read_beyond_its_end(void)
{
	size_t size = 0, whole = 1;

	for (; size < whole; size++) {
		struct datagram datagram = { 0 };
		int ret;

		begin();
		add_all(&datagram);
		whole = datagram.size;
		if (size) {
			datagram.bytes = realloc(datagram.bytes, size);
			datagram.size = size;
		} else {
			free(datagram.bytes);
			datagram = (struct datagram){ 0 };
		}
		ret = take(&datagram);
		EXPECT(!ret || ret == -EBADMSG || ret == -EINVAL);
		free(request);
	}
}

static void a_datagram_with_a_wrong_byte_does_no_harm(void)
{
	static const unsigned char wrong[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	size_t at = 0, whole = 1, i;

	for (; at < whole; at++)
		for (i = 0; i < sizeof(wrong); i++) {
			struct datagram datagram = { 0 };

			begin();
			add_all(&datagram);
			whole = datagram.size;
			datagram.bytes[at] = wrong[i];
			EXPECT(take(&datagram) <= 0);
			EXPECT(memchr(failure.text, 0, sizeof(failure.text)));
			free(request);
		}
}

/* ------------------------------------------------------------------- events */

static struct dmstat connection = { .family.type = TEST_FAMILY };
static struct dmstat_events events = { .handle = &connection };
static uint32_t seen_id, seen_cause;
static int seen_type;

static int see(const struct dmstat_event *event, void *data)
{
	(void)data;
	messages++;
	seen_type = event->type;
	seen_cause = event->cause;
	seen_id = event->region->region_id;
	return callback_returns;
}

static void add_event(struct datagram *datagram, uint8_t command,
		      uint32_t region_id, uint32_t cause)
{
	struct nl_msg *builder = test_answer(command);

	nlmsg_hdr(builder)->nlmsg_seq = 0;
	if (region_id)
		nla_put_u32(builder, DMSTAT_A_REGION_REGION_ID, region_id);
	nla_put_u32(builder, DMSTAT_A_REGION_CAUSE, cause);
	add(datagram, builder);
}

static void set_datagram(const struct datagram *datagram)
{
	events.message = (struct nlmsghdr *)datagram->bytes;
	events.left = datagram->size;
	messages = 0;
	callback_returns = 0;
}

static void each_kind_of_event_is_recognised(void)
{
	static const struct {
		uint8_t command;
		uint32_t cause;
		int type;
	} kinds[] = {
		{ DMSTAT_CMD_REGION_NEW_NTF, 0, DMSTAT_EVENT_REGION_NEW },
		{ DMSTAT_CMD_REGION_DEL_NTF, DMSTAT_CAUSE_DEVICE_REMOVED,
		  DMSTAT_EVENT_REGION_DEL },
		{ DMSTAT_CMD_REGION_SET_NTF, 0, DMSTAT_EVENT_REGION_SET },
		{ DMSTAT_CMD_REGION_CLEAR_NTF, 0, DMSTAT_EVENT_REGION_CLEAR },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct datagram datagram = { 0 };

		add_event(&datagram, kinds[i].command, 5 + i, kinds[i].cause);
		set_datagram(&datagram);
		EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
		EXPECT_EQUAL(messages, 1);
		EXPECT_EQUAL(seen_type, kinds[i].type);
		EXPECT_EQUAL(seen_cause, kinds[i].cause);
		EXPECT_EQUAL(seen_id, 5 + i);
		free(datagram.bytes);
	}
}

static void events_after_the_one_that_ended_a_read_wait(void)
{
	struct datagram datagram = { 0 };

	add_event(&datagram, DMSTAT_CMD_REGION_NEW_NTF, 5, 0);
	add_event(&datagram, DMSTAT_CMD_REGION_NEW_NTF, 6, 0);
	set_datagram(&datagram);
	callback_returns = 1;
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 1);
	EXPECT_EQUAL(seen_id, 5);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 1);
	EXPECT_EQUAL(seen_id, 6);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	EXPECT_EQUAL(messages, 2);
	free(datagram.bytes);
}

static void a_malformed_event_does_not_hide_the_next(void)
{
	struct datagram datagram = { 0 };

	add_event(&datagram, DMSTAT_CMD_REGION_NEW_NTF, 0, 0);
	add_event(&datagram, DMSTAT_CMD_REGION_NEW_NTF, 7, 0);
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), -EBADMSG);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	EXPECT_EQUAL(seen_id, 7);
	free(datagram.bytes);

	/* What is not a message is consumed as well. */
	datagram.bytes = calloc(1, 20);
	datagram.size = 20;
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), -EBADMSG);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	free(datagram.bytes);
}

static const struct test tests[] = {
	TEST(a_datagram_cut_anywhere_is_never_read_beyond_its_end),
	TEST(a_datagram_with_a_wrong_byte_does_no_harm),
	TEST(each_kind_of_event_is_recognised),
	TEST(events_after_the_one_that_ended_a_read_wait),
	TEST(a_malformed_event_does_not_hide_the_next),
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
