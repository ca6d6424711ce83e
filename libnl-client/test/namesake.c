// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * namesake: a program that defines functions of the same name as the library
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * ynl-gen generates functions such as dmstat_region_get(). A program may have
 * them and use the library as well, whether shared or static: the library must
 * call its own functions.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <netlink/msg.h>

#include "../dmstat.h"
#include "faked.h"
#include "kernel.h"
#include "test.h"

/* Number of calls of this program's functions. */
static int called;

static int call_own(void)
{
	return ++called;
}

#define NAMESAKE(name)							\
	extern __typeof__(call_own) own_##name __asm__(#name)		\
		__attribute__((alias("call_own")))

NAMESAKE(dmstat_areas);
NAMESAKE(dmstat_close);
NAMESAKE(dmstat_device_get);
NAMESAKE(dmstat_devices);
NAMESAKE(dmstat_events_close);
NAMESAKE(dmstat_region_get);
NAMESAKE(dmstat_regions);
NAMESAKE(dmstat_snapshot_free);

/* Hidden in the library. */
NAMESAKE(dmstat_failure_errno);
NAMESAKE(dmstat_region_parse);
NAMESAKE(dmstat_call_walk);

/* Without --wrap, the fake kernel needs these to call the real functions. */
#ifdef SHARED
void __real_nl_complete_msg(struct nl_sock *socket, struct nl_msg *message)
{
	static void (*next)(struct nl_sock *socket, struct nl_msg *message);

	if (!next)
		next = (void (*)(struct nl_sock *, struct nl_msg *))
			dlsym(RTLD_NEXT, "nl_complete_msg");
	next(socket, message);
}

FILE *__real_fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *path, const char *mode);

	if (!next)
		next = (FILE *(*)(const char *, const char *))
			dlsym(RTLD_NEXT, "fopen");
	return next(path, mode);
}

int __real_stat(const char *path, struct stat *status)
{
	static int (*next)(const char *path, struct stat *status);

	if (!next)
		next = (int (*)(const char *, struct stat *))
			dlsym(RTLD_NEXT, "stat");
	return next(path, status);
}
#endif

#define REGION								\
	"message DMSTAT_CMD_REGION_GET\n"				\
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"				\
	"u32 DMSTAT_A_REGION_LENGTH 16\n"				\
	"u32 DMSTAT_A_REGION_AREA_SIZE 8\n"				\
	"u32 DMSTAT_A_REGION_AREAS 2\n"					\
	"error 0\n"							\
	"datagram\n"

#define AREA								\
	"message DMSTAT_CMD_AREA_GET\n"					\
	"u32 DMSTAT_A_AREA_INDEX 0\n"					\
	"u32 DMSTAT_A_AREA_LENGTH 8\n"

#define DEVICE								\
	"message DMSTAT_CMD_DEVICE_GET\n"				\
	"u32 DMSTAT_A_DEVICE_MAJOR 253\n"				\
	"string DMSTAT_A_DEVICE_NAME vg-home\n"

static struct dmstat *handle;

static void the_program_calls_its_own_functions(void)
{
	called = 0;
	own_dmstat_region_get();
	EXPECT_EQUAL(called, 1);
	called = 0;
}

static void a_snapshot_is_taken_by_the_library(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;

	query.region_id = 17;
	faked_answer(REGION AREA "done 0\n");
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), 0);
	if (snapshot)
		EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->active, 1);
	EXPECT_EQUAL(called, 0);

	/* An error after the first area frees the snapshot. */
	faked_answer(REGION AREA "done -ENOENT\n");
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), -ENOENT);
	EXPECT_EQUAL(called, 0);
}

static void a_device_is_found_by_the_library(void)
{
	const struct dmstat_device *device;

	faked_answer(DEVICE "done 0\ndatagram\n" DEVICE "error 0\n");
	EXPECT_EQUAL(dmstat_device_find(handle, "vg-home", &device), 0);
	EXPECT_EQUAL(called, 0);
}

static void what_cannot_be_opened_is_closed_by_the_library(void)
{
	struct dmstat_events *events;
	struct dmstat *other;

	faked_answer("refuse REFUSE_CONNECT EPERM\nerror 0\n");
	EXPECT_EQUAL(dmstat_open(&other), -EPERM);
	EXPECT_EQUAL(dmstat_events_open(&events), -EPERM);
	EXPECT_EQUAL(called, 0);
}

static const struct test tests[] = {
	TEST(the_program_calls_its_own_functions),
	TEST(a_snapshot_is_taken_by_the_library),
	TEST(a_device_is_found_by_the_library),
	TEST(what_cannot_be_opened_is_closed_by_the_library),
};

int main(void)
{
	kernel_answer_family();
	if (dmstat_open(&handle)) {
		printf("Bail out! the fake kernel does not answer\n");
		return 1;
	}
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
