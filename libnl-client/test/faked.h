/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * faked: run tests with a handle that is connected to the fake kernel
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_TEST_FAKED_H
#define DMSTAT_TEST_FAKED_H

#include "../dmstat.h"
#include "kernel.h"
#include "script.h"
#include "test.h"

/* Set the answers of the fake kernel; see script.h for the text. */
static inline void faked_answer(const char *text)
{
	static struct script_text answer;
	struct script script = { answer.bytes, 0 };

	EXPECT_EQUAL(script_read_string(&answer, text), 0);
	script.size = answer.size;
	kernel_answer(script);
}

static inline int faked_run(struct dmstat **handle, const struct test *tests,
			    size_t count)
{
	int ret;

	kernel_answer_family();
	if (dmstat_open(handle)) {
		printf("Bail out! the fake kernel does not answer\n");
		return 1;
	}
	ret = test_run(tests, count);
	dmstat_close(*handle);
	return ret;
}

#endif /* DMSTAT_TEST_FAKED_H */
