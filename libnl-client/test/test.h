/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test: run tests and print KTAP
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The name of a test's function is the promise that it checks.
 */
#ifndef DMSTAT_TEST_H
#define DMSTAT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

#define EXPECT_REAL(seen, wanted) do {					\
	double seen_ = (seen), wanted_ = (wanted);			\
									\
	if (seen_ < wanted_ * 0.999999 || seen_ > wanted_ * 1.000001) {	\
		printf("# %s:%d: %s is %g, not %g\n", __FILE__,		\
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

#endif /* DMSTAT_TEST_H */
