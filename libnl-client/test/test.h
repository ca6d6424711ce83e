/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test: run tests and say so in KTAP; make messages as a kernel would, or not
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A test is a function whose name is the promise that it checks.
 */
#ifndef DMSTAT_TEST_H
#define DMSTAT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#define TEST_FAMILY	0x21
#define TEST_SEQUENCE	7

struct test {
	void (*run)(void);
	const char *name;
};

#define TEST(promise) { .run = promise, .name = #promise }

static bool test_failed;
static const char *test_skipped;

#define EXPECT(condition) do {						\
	if (!(condition)) {						\
		printf("# %s:%d: not so: %s\n", __FILE__, __LINE__,	\
		       #condition);					\
		test_failed = true;					\
	}								\
} while (0)

#define EXPECT_EQUAL(seen, wanted) do {					\
	long long seen_ = (seen), wanted_ = (wanted);			\
									\
	if (seen_ != wanted_) {						\
		printf("# %s:%d: %s is %lld, not %lld\n", __FILE__,	\
		       __LINE__, #seen, seen_, wanted_);		\
		test_failed = true;					\
	}								\
} while (0)

#define EXPECT_STRING(seen, wanted) do {				\
	const char *seen_ = (seen);					\
									\
	if (!seen_ || strcmp(seen_, wanted)) {				\
		printf("# %s:%d: %s is \"%s\", not \"%s\"\n", __FILE__,	\
		       __LINE__, #seen, seen_ ? seen_ : "(null)",	\
		       wanted);						\
		test_failed = true;					\
	}								\
} while (0)

static inline int test_run(const struct test *tests, size_t count)
{
	bool any = false;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", count);
	for (i = 0; i < count; i++) {
		test_failed = false;
		test_skipped = NULL;
		tests[i].run();
		printf("%s %zu - %s%s%s\n", test_failed ? "not ok" : "ok",
		       i + 1, tests[i].name, test_skipped ? " # SKIP " : "",
		       test_skipped ? test_skipped : "");
		any |= test_failed;
	}
	return any;
}

/* An answer of the family, to be filled with attributes. */
static inline struct nl_msg *test_answer(uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc();

	genlmsg_put(message, 0, TEST_SEQUENCE, TEST_FAMILY, 0, NLM_F_MULTI,
		    command, 1);
	return message;
}

/* A message that is not of the family. */
static inline struct nl_msg *test_control(int type, int flags,
					  const void *payload, size_t size)
{
	struct nl_msg *message = nlmsg_alloc();

	nlmsg_put(message, 0, TEST_SEQUENCE, type, 0, flags);
	nlmsg_append(message, (void *)payload, size, 0);
	return message;
}

/*
 * The first @size bytes of a message, as a message of its own, with not a byte
 * behind it: who reads on is caught by valgrind or the address sanitizer.
 */
static inline struct nlmsghdr *test_cut(const struct nlmsghdr *message,
					size_t size)
{
	struct nlmsghdr *copy = malloc(size);

	memcpy(copy, message, size);
	if (size >= sizeof(*copy))
		copy->nlmsg_len = size;
	return copy;
}

static inline struct nlmsghdr *test_copy(struct nl_msg *message)
{
	struct nlmsghdr *copy;

	copy = test_cut(nlmsg_hdr(message), nlmsg_hdr(message)->nlmsg_len);
	nlmsg_free(message);
	return copy;
}

#endif /* DMSTAT_TEST_H */
