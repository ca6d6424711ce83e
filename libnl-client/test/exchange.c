// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exchange: answers and events, datagram by datagram
 *
 * Copyright (C) 2026 The dmstat authors
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

/* What is said about what is sent here. */
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

/* Begin anew, with a request of two attributes. */
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

/* A datagram of these messages, with not a byte behind it. */
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

static struct nl_msg *new_done(int error, int flags)
{
	return test_control(NLMSG_DONE, flags | NLM_F_MULTI, &error,
			    sizeof(error));
}

static void an_answer_ends_with_done(void)
{
	struct datagram datagram = { 0 };

	begin();
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(!exchange.finished);

	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	add(&datagram, new_done(0, 0));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(exchange.finished);
	EXPECT(!exchange.interrupted);
	EXPECT_EQUAL(messages, 3);
	EXPECT_STRING(failure.text, "");
	free(request);
}

static void an_answer_ends_with_an_acknowledgment(void)
{
	struct datagram datagram = { 0 };

	begin();
	add(&datagram, new_error(0, NLM_F_CAPPED));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(exchange.finished);
	EXPECT(!exchange.refused);
	EXPECT_EQUAL(messages, 0);
	free(request);
}

static void a_refusal_without_words_gets_some(void)
{
	struct datagram datagram = { 0 };

	begin();
	add(&datagram, new_error(-EPERM, NLM_F_CAPPED));
	EXPECT_EQUAL(take(&datagram), -EPERM);
	EXPECT(exchange.finished);
	EXPECT(exchange.refused);
	EXPECT(!failure.extack);
	EXPECT(strstr(failure.text, "CAP_SYS_ADMIN"));
	EXPECT_EQUAL(failure.attribute, 0);
	free(request);

	/* Who else is asked has other reasons. */
	begin();
	request->nlmsg_type = GENL_ID_CTRL;
	add(&datagram, new_error(-EPERM, NLM_F_CAPPED));
	EXPECT_EQUAL(take(&datagram), -EPERM);
	EXPECT_STRING(failure.text, strerror(EPERM));
	free(request);
}

static void a_refusal_keeps_the_words_and_the_attribute(void)
{
	/* Behind its header: major (8 bytes), start. */
	const uint32_t offset = NLMSG_HDRLEN + GENL_HDRLEN + 8;
	struct datagram datagram = { 0 };
	struct nl_msg *error;

	begin();
	error = new_error(-ERANGE, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	nla_put_string(error, NLMSGERR_ATTR_MSG, "beyond the device");
	nla_put_u32(error, NLMSGERR_ATTR_OFFS, offset);
	add(&datagram, error);
	EXPECT_EQUAL(take(&datagram), -ERANGE);
	EXPECT(failure.extack);
	EXPECT_STRING(failure.text, "beyond the device");
	EXPECT_EQUAL(failure.attribute, DMSTAT_A_REGION_START);
	free(request);
}

static void a_refusal_that_quotes_the_request_is_understood(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *error;
	size_t rest;

	begin();
	error = new_error(-EINVAL, NLM_F_ACK_TLVS);
	rest = request->nlmsg_len - NLMSG_HDRLEN;
	nlmsg_append(error, (char *)request + NLMSG_HDRLEN, rest,
		     NLMSG_ALIGNTO);
	nla_put_string(error, NLMSGERR_ATTR_MSG, "no");
	nla_put_u32(error, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN);
	add(&datagram, error);
	EXPECT_EQUAL(take(&datagram), -EINVAL);
	EXPECT_STRING(failure.text, "no");
	EXPECT_EQUAL(failure.attribute, DMSTAT_A_REGION_MAJOR);
	free(request);
}

static void a_missing_attribute_is_named(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *error;

	begin();
	error = new_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	nla_put_u32(error, NLMSGERR_ATTR_MISS_TYPE, DMSTAT_A_REGION_MINOR);
	add(&datagram, error);
	EXPECT_EQUAL(take(&datagram), -EINVAL);
	EXPECT_EQUAL(failure.attribute, DMSTAT_A_REGION_MINOR);
	free(request);
}

static void a_dump_that_fails_keeps_the_words(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *done;

	begin();
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	done = new_done(-ENOENT, NLM_F_ACK_TLVS);
	nla_put_string(done, NLMSGERR_ATTR_MSG, "the region was deleted");
	add(&datagram, done);
	EXPECT_EQUAL(take(&datagram), -ENOENT);
	EXPECT(exchange.finished);
	EXPECT(exchange.refused);
	EXPECT_EQUAL(messages, 1);
	EXPECT_STRING(failure.text, "the region was deleted");
	free(request);
}

static void a_dump_without_memory_goes_on(void)
{
	struct datagram datagram = { 0 };

	begin();
	request->nlmsg_flags |= NLM_F_DUMP;
	add(&datagram, new_error(-ENOBUFS, NLM_F_CAPPED));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(!exchange.refused);
	EXPECT(!exchange.finished);
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	add(&datagram, new_done(0, 0));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(exchange.finished);
	EXPECT_EQUAL(messages, 1);
	free(request);

	begin();
	add(&datagram, new_error(-ENOBUFS, NLM_F_CAPPED));
	EXPECT_EQUAL(take(&datagram), -ENOBUFS);
	EXPECT(exchange.finished);
	free(request);
}

static void an_offset_that_points_nowhere_is_no_attribute(void)
{
	const uint32_t offsets[] = { 0, NLMSG_HDRLEN, 1000, UINT32_MAX };
	size_t i;

	for (i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		struct datagram datagram = { 0 };
		struct nl_msg *error;

		begin();
		error = new_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
		nla_put_u32(error, NLMSGERR_ATTR_OFFS, offsets[i]);
		add(&datagram, error);
		EXPECT_EQUAL(take(&datagram), -EINVAL);
		EXPECT_EQUAL(failure.attribute, 0);
		free(request);
	}
}

static void a_change_during_a_dump_is_seen_in_any_message(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *marked;

	begin();
	request->nlmsg_flags |= NLM_F_DUMP;
	marked = test_answer(DMSTAT_CMD_REGION_GET);
	nlmsg_hdr(marked)->nlmsg_flags |= NLM_F_DUMP_INTR;
	add(&datagram, marked);
	add(&datagram, test_answer(DMSTAT_CMD_REGION_GET));
	add(&datagram, new_done(0, 0));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(exchange.interrupted);
	free(request);

	begin();
	request->nlmsg_flags |= NLM_F_DUMP;
	add(&datagram, new_done(0, NLM_F_DUMP_INTR));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(exchange.interrupted);
	free(request);

	begin();
	add(&datagram, new_done(0, NLM_F_DUMP_INTR));
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(!exchange.interrupted);
	free(request);
}

static void a_callback_ends_the_walk(void)
{
	struct datagram datagram = { 0 };

	begin();
	callback_returns = 42;
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	add(&datagram, test_answer(DMSTAT_CMD_AREA_GET));
	EXPECT_EQUAL(take(&datagram), 42);
	EXPECT_EQUAL(messages, 1);
	EXPECT(!exchange.finished);
	free(request);
}

static void answers_to_other_requests_are_passed_over(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *late;

	begin();
	late = new_done(-EIO, 0);
	nlmsg_hdr(late)->nlmsg_seq = TEST_SEQUENCE - 1;
	add(&datagram, late);
	EXPECT_EQUAL(take(&datagram), 0);
	EXPECT(!exchange.finished);
	free(request);
}

static void other_types_and_cut_messages_are_refused(void)
{
	struct datagram datagram = { 0 };
	struct nl_msg *message;
	int error = -EPERM;

	begin();
	message = test_answer(DMSTAT_CMD_AREA_GET);
	nlmsg_hdr(message)->nlmsg_type = TEST_FAMILY + 1;
	add(&datagram, message);
	EXPECT_EQUAL(take(&datagram), -EBADMSG);

	add(&datagram, test_control(TEST_FAMILY, 0, "ab", 2));
	EXPECT_EQUAL(take(&datagram), -EBADMSG);

	add(&datagram, test_control(NLMSG_ERROR, 0, &error, sizeof(error)));
	EXPECT_EQUAL(take(&datagram), -EBADMSG);

	add(&datagram, test_control(NLMSG_ERROR, 0, NULL, 0));
	EXPECT_EQUAL(take(&datagram), -EBADMSG);

	add(&datagram, new_done(17, 0));
	EXPECT_EQUAL(take(&datagram), -EBADMSG);

	add(&datagram, test_control(NLMSG_OVERRUN, 0, NULL, 0));
	EXPECT_EQUAL(take(&datagram), -ENOBUFS);

	EXPECT_EQUAL(take(&datagram), -EBADMSG);
	EXPECT(!exchange.finished);
	EXPECT_EQUAL(messages, 0);
	free(request);
}

/* Every kind of message, one after the other. */
static void add_all(struct datagram *datagram)
{
	struct nl_msg *done;

	add(datagram, test_answer(DMSTAT_CMD_AREA_GET));
	done = new_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	nla_put_string(done, NLMSGERR_ATTR_MSG, "words");
	nla_put_u32(done, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN);
	add(datagram, done);
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

static void events_are_told_apart(void)
{
	struct datagram datagram = { 0 };

	add_event(&datagram, DMSTAT_CMD_REGION_NEW_NTF, 5, 0);
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	EXPECT_EQUAL(messages, 1);
	EXPECT_EQUAL(seen_type, DMSTAT_EVENT_REGION_NEW);
	EXPECT_EQUAL(seen_id, 5);
	free(datagram.bytes);

	datagram = (struct datagram){ 0 };
	add_event(&datagram, DMSTAT_CMD_REGION_DEL_NTF, 6,
		  DMSTAT_CAUSE_DEVICE_REMOVED);
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	EXPECT_EQUAL(messages, 1);
	EXPECT_EQUAL(seen_type, DMSTAT_EVENT_REGION_DEL);
	EXPECT_EQUAL(seen_cause, DMSTAT_EVENT_CAUSE_DEVICE_REMOVED);
	EXPECT_EQUAL(seen_id, 6);
	free(datagram.bytes);
}

static void unknown_events_are_skipped(void)
{
	struct datagram datagram = { 0 };

	add_event(&datagram, 200, 5, 0);
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	EXPECT_EQUAL(messages, 0);
	free(datagram.bytes);
}

static void events_that_a_callback_did_not_want_wait(void)
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

	/* Nor does what is no message at all come again and again. */
	datagram.bytes = calloc(1, 20);
	datagram.size = 20;
	set_datagram(&datagram);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), -EBADMSG);
	EXPECT_EQUAL(dmstat_events_datagram(&events, see, NULL), 0);
	free(datagram.bytes);
}

static const struct test tests[] = {
	TEST(an_answer_ends_with_done),
	TEST(an_answer_ends_with_an_acknowledgment),
	TEST(a_refusal_without_words_gets_some),
	TEST(a_refusal_keeps_the_words_and_the_attribute),
	TEST(a_refusal_that_quotes_the_request_is_understood),
	TEST(a_missing_attribute_is_named),
	TEST(a_dump_that_fails_keeps_the_words),
	TEST(a_dump_without_memory_goes_on),
	TEST(an_offset_that_points_nowhere_is_no_attribute),
	TEST(a_change_during_a_dump_is_seen_in_any_message),
	TEST(a_callback_ends_the_walk),
	TEST(answers_to_other_requests_are_passed_over),
	TEST(other_types_and_cut_messages_are_refused),
	TEST(a_datagram_cut_anywhere_is_never_read_beyond_its_end),
	TEST(a_datagram_with_a_wrong_byte_does_no_harm),
	TEST(events_are_told_apart),
	TEST(unknown_events_are_skipped),
	TEST(events_that_a_callback_did_not_want_wait),
	TEST(a_malformed_event_does_not_hide_the_next),
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
