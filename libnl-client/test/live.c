// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * live: requests to a real kernel
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The family is "nlctrl", the controller of generic netlink: it needs neither
 * the module nor privilege.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "../call.h"
#include "../exchange.h"
#include "../family.h"
#include "../handle.h"
#include "../request.h"
#include "test.h"

static int messages;

static int count(const struct nlmsghdr *message, void *data)
{
	const int *end_after = data;

	(void)message;
	messages++;
	return messages == *end_after ? 5 : 0;
}

static int dump(struct dmstat *handle, int end_after)
{
	struct nl_msg *request;
	int ret;

	messages = 0;
	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				     NLM_F_DUMP);
	ret = dmstat_call_walk(handle, request, count, &end_after);
	nlmsg_free(request);
	return ret;
}

static struct nl_msg *request_family(const char *name)
{
	struct nl_msg *request;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	nla_put_string(request, CTRL_ATTR_FAMILY_NAME, name);
	return request;
}

static int ask(struct dmstat *handle, const char *name)
{
	struct nl_msg *request = request_family(name);
	int ret;

	ret = dmstat_call_one(handle, request);
	nlmsg_free(request);
	return ret;
}

/* Not a call: for that, ENOENT would mean that the module was reloaded. */
static int ask_once(struct dmstat *handle, const char *name)
{
	struct nl_msg *request = request_family(name);
	int end_after = 0, ret;
	struct exchange exchange = { .callback = count, .data = &end_after };

	ret = dmstat_exchange(handle, request, &exchange);
	nlmsg_free(request);
	return ret;
}

static void a_dump_is_read_to_its_end(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));

	EXPECT_EQUAL(dump(handle, 0), 0);
	EXPECT(messages > 0);
	EXPECT(handle->socket);
	dmstat_close(handle);
}

static void after_a_dump_cut_short_the_handle_works(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));
	int all;

	EXPECT_EQUAL(dump(handle, 0), 0);
	all = messages;
	EXPECT_EQUAL(dump(handle, 1), 5);
	EXPECT_EQUAL(messages, 1);
	EXPECT_EQUAL(ask(handle, "nlctrl"), 0);
	EXPECT_EQUAL(dump(handle, 1), 5);
	EXPECT_EQUAL(dump(handle, 0), 0);
	EXPECT_EQUAL(messages, all);
	dmstat_close(handle);
}

static void one_answer_is_kept(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));
	struct family family;

	EXPECT_EQUAL(ask(handle, "nlctrl"), 0);
	EXPECT_EQUAL(dmstat_family_parse(handle->reply, &family), 0);
	EXPECT_EQUAL(family.type, GENL_ID_CTRL);
	EXPECT_EQUAL(family.groups[FAMILY_GROUP_REGION], 0);
	EXPECT_STRING(dmstat_error(handle), "");
	dmstat_close(handle);
}

static void a_refusal_has_the_raw_error(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));

	EXPECT_EQUAL(ask_once(handle, "no-such-thing"), -ENOENT);
	EXPECT_STRING(dmstat_error(handle), strerror(ENOENT));
	EXPECT(!dmstat_extack(handle));
	EXPECT_EQUAL(ask(handle, "nlctrl"), 0);
	dmstat_close(handle);
}

static void a_refusal_has_a_message_and_an_attribute(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));

	EXPECT(ask(handle, "a name that is longer than GENL_NAMSIZ") < 0);
	EXPECT(dmstat_extack(handle));
	EXPECT_EQUAL(dmstat_extack_attribute(handle), CTRL_ATTR_FAMILY_NAME);
	printf("# %s\n", dmstat_error(handle));
	dmstat_close(handle);
}

static int return_least(const struct nlmsghdr *message, void *data)
{
	(void)message;
	(void)data;
	return INT_MIN;
}

static void a_callback_may_return_any_number(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));
	struct nl_msg *request;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				     NLM_F_DUMP);
	EXPECT_EQUAL(dmstat_call_walk(handle, request, return_least, NULL),
		     INT_MIN);
	EXPECT(*dmstat_error(handle));
	nlmsg_free(request);
	dmstat_close(handle);
}

static int ask_again(const struct nlmsghdr *message, void *data)
{
	(void)message;
	return ask(data, "nlctrl");
}

static void a_callback_that_uses_its_handle_is_refused(void)
{
	struct dmstat *handle = calloc(1, sizeof(*handle));
	struct nl_msg *request;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				     NLM_F_DUMP);
	EXPECT_EQUAL(dmstat_call_walk(handle, request, ask_again, handle),
		     -EBUSY);
	nlmsg_free(request);
	dmstat_close(handle);
}

static void without_the_module_there_is_no_handle(void)
{
	struct dmstat_events *events = (void *)&messages;
	struct dmstat *handle = (void *)&messages;
	int ret = dmstat_open(&handle);

	if (!ret) {
		dmstat_close(handle);
		test_skipped = "the module is there";
		return;
	}
	EXPECT_EQUAL(ret, -ENOENT);
	EXPECT(!handle);
	EXPECT_EQUAL(dmstat_events_open(&events), -ENOENT);
	EXPECT(!events);
}

static void the_version_is_the_one_that_was_built(void)
{
	EXPECT_STRING(dmstat_version(), DMSTAT_VERSION);
}

static const struct test tests[] = {
	TEST(a_dump_is_read_to_its_end),
	TEST(after_a_dump_cut_short_the_handle_works),
	TEST(one_answer_is_kept),
	TEST(a_refusal_has_the_raw_error),
	TEST(a_refusal_has_a_message_and_an_attribute),
	TEST(a_callback_may_return_any_number),
	TEST(a_callback_that_uses_its_handle_is_refused),
	TEST(without_the_module_there_is_no_handle),
	TEST(the_version_is_the_one_that_was_built),
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
