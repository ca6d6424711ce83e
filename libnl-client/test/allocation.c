// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * allocation: each function when memory is short
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * Every function is called with its first allocation failing, then with its
 * second, and so on until it succeeds; allocations by libnl count. Valgrind
 * replaces malloc(), unless --soname-synonyms=somalloc=nouserintercepts is set.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "script.h"

/* More allocations than any function makes. */
#define ALLOCATIONS_MAX	50

/* ----------------------------------------------------------- the allocations */

/* The allocation that fails, counted down to 1; 0: none does. */
static int fails_in;
static bool has_failed;

static bool must_fail(void)
{
	if (!fails_in || --fails_in)
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	static void *(*next)(size_t size);

	if (!next)
		next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	return must_fail() ? NULL : next(size);
}

void *calloc(size_t count, size_t size)
{
	static void *(*next)(size_t count, size_t size);

	if (!next)
		next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	return must_fail() ? NULL : next(count, size);
}

void *realloc(void *old, size_t size)
{
	static void *(*next)(void *old, size_t size);

	if (!next)
		next = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	return must_fail() ? NULL : next(old, size);
}

/* ------------------------------------------------------------------ the calls */

#define FAMILY(number)							\
	"message CTRL_CMD_NEWFAMILY\n"					\
	"u16 CTRL_ATTR_FAMILY_ID " number "\n"				\
	"nest CTRL_ATTR_MCAST_GROUPS\n"					\
	"nest 1\n"							\
	"u32 CTRL_ATTR_MCAST_GRP_ID 5\n"				\
	"string CTRL_ATTR_MCAST_GRP_NAME region\n"			\
	"end\n"								\
	"end\n"								\
	"error 0\n"

#define DEVICE								\
	"message DMSTAT_CMD_DEVICE_GET\n"				\
	"string DMSTAT_A_DEVICE_NAME vg-home\n"

#define REGION								\
	"message DMSTAT_CMD_REGION_GET\n"				\
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"

#define EVENT								\
	"message DMSTAT_CMD_REGION_NEW_NTF\n"				\
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"

#define AREA(index)							\
	"message DMSTAT_CMD_AREA_GET\n"					\
	"u32 DMSTAT_A_AREA_INDEX " index "\n"				\
	"u32 DMSTAT_A_AREA_LENGTH 8\n"

#define CUT_REGION							\
	REGION								\
	"u32 DMSTAT_A_REGION_LENGTH 16\n"				\
	"u32 DMSTAT_A_REGION_AREA_SIZE 8\n"				\
	"u32 DMSTAT_A_REGION_AREAS 2\n"

#define SET								\
	AREA("0")							\
	"u32 DMSTAT_A_AREA_REGION_ID 17\ndone 0\ndatagram\n"		\
	CUT_REGION							\
	"done 0\ndatagram\n"						\
	DEVICE								\
	"done 0\n"

#define SNAPSHOT(areas)							\
	CUT_REGION "error 0\ndatagram\n" areas "done 0\n"

/*
 * Allocations fail in the last call of each. A callback that ends a walk leaves
 * the handle without a socket, so the next call opens one.
 */
static const struct {
	const char *name;
	const char *text;
} cases[] = {
	{ "dmstat_open", "call dmstat_open 0\n" FAMILY("0x21") },
	{ "dmstat_devices", "call dmstat_devices 0\n" DEVICE "done 0\n" },
	{ "dmstat_device_get",
	  "call dmstat_device_get 0\n" DEVICE "error 0\n" },
	{ "dmstat_device_find by numbers",
	  "call dmstat_device_find 0 253:3\n" DEVICE "error 0\n" },
	{ "dmstat_device_find by path",
	  "call dmstat_device_find 0 /dev/a-block\n" DEVICE "error 0\n" },
	{ "dmstat_device_find by name",
	  "call dmstat_device_find 0 vg-home\n" DEVICE "done 0\n"
	  "datagram\n" DEVICE "error 0\n" },
	{ "dmstat_device_find of a device that is not listed",
	  "call dmstat_device_find 0 a-block\ndone 0\n"
	  "datagram\n" DEVICE "error 0\n" },
	{ "dmstat_region_create",
	  "call dmstat_region_create 0 fio\n" REGION "error 0\n" },
	{ "dmstat_region_set",
	  "call dmstat_region_set 0 fio\n" REGION "error 0\n" },
	{ "dmstat_region_get", "call dmstat_region_get 0\n" REGION "error 0\n" },
	{ "dmstat_regions",
	  "call dmstat_regions 0\n" REGION REGION "done 0\n" },
	{ "dmstat_regions with a filter",
	  "call dmstat_regions 0 fio\n" REGION "done 0\n" },
	{ "dmstat_region_delete", "call dmstat_region_delete 0\nerror 0\n" },
	{ "dmstat_regions_delete",
	  "call dmstat_regions_delete 0 fio\nmessage DMSTAT_CMD_REGION_DEL\n"
	  "u32 DMSTAT_A_REGION_DELETED 2\nerror 0\n" },
	{ "dmstat_regions_delete_ids",
	  "call dmstat_regions_delete_ids 0\nmessage DMSTAT_CMD_REGION_DEL\n"
	  "u32 DMSTAT_A_REGION_DELETED 2\nerror 0\n" },
	{ "dmstat_region_clear", "call dmstat_region_clear 0\nerror 0\n" },
	{ "dmstat_areas",
	  "call dmstat_areas 0\n" AREA("0") AREA("1") "done 0\n" },
	{ "dmstat_inflight",
	  "call dmstat_inflight 0\nmessage DMSTAT_CMD_INFLIGHT_GET\n"
	  "done 0\n" },
	{ "dmstat_snapshot_take",
	  "call dmstat_snapshot_take 0\n" SNAPSHOT(AREA("0")) },
	{ "dmstat_snapshot_update",
	  "call dmstat_snapshot_take 0\n" SNAPSHOT(AREA("0"))
	  "call dmstat_snapshot_update 0\n" SNAPSHOT(AREA("0")) },
	{ "dmstat_snapshots_take",
	  "call dmstat_snapshots_take 0\n" SET },
	{ "dmstat_events_open", "call dmstat_events_open 0\n" FAMILY("0x21") },
	{ "dmstat_events_read after a loss",
	  "call dmstat_events_read 0\n"
	  "call dmstat_events_read 0\n" EVENT "datagram\nfail ENOBUFS\n"
	  "datagram\nfail EAGAIN\n"
	  "datagram\nmessage CTRL_CMD_NEWFAMILY\n"
	  "u16 CTRL_ATTR_FAMILY_ID 0x10\ndone 0\n" },
	{ "dmstat_events_follow with a list",
	  "call dmstat_events_read 0\n"
	  "call dmstat_events_follow 0\n"
	  "message DMSTAT_CMD_SEQUENCE_GET\n"
	  "u32 DMSTAT_A_SEQUENCE_SEQUENCE 7\nerror 0\n"
	  "datagram\n" REGION "done 0\n" },
	{ "a call that opens a new socket",
	  "call dmstat_regions 1\n" REGION "done 0\n"
	  "call dmstat_region_get 0\n" REGION "error 0\n" },
	{ "a call that requests the family again",
	  "call dmstat_region_get 0\nerror -ENOENT\n"
	  "datagram\n" FAMILY("0x22") "datagram\n" REGION "error 0\n" },
};

/* The first dmstat_events_read also opens the subscription. */
static const char reading_events[] =
	"call dmstat_events_read 0\n"
	"call dmstat_events_read 0\n" EVENT "datagram\n" EVENT;

static const char comparing[] =
	"call dmstat_snapshot_take 0\n" SNAPSHOT(AREA("0"))
	"call dmstat_snapshot_take 0\n" SNAPSHOT(AREA("0"))
	"call dmstat_delta 0\n";

static const char comparing_sets[] =
	"call dmstat_snapshots_take 0\n" SET
	"call dmstat_snapshots_take 0\n" SET
	"call dmstat_region_deltas 0\n";

/* Run the calls; in the last one, the @nth allocation fails. */
static int call_all(struct client *client, const struct script_text *script,
		    int nth)
{
	struct script left = { script->bytes, script->size };
	struct script_call call;
	int ret = 0, i;

	for (i = 1; i <= script->calls; i++) {
		script_next_call(&left, &call);
		fails_in = i == script->calls ? nth : 0;
		has_failed = false;
		ret = client_call(client, &call);
	}
	fails_in = 0;
	return ret;
}

/* Return: passed? @failed is set if there was an @nth allocation. */
static bool try(const struct script_text *script, int nth, bool *failed)
{
	struct client client;
	bool good = true;
	int ret;

	if (client_open(&client))
		return false;

	ret = call_all(&client, script, nth);
	*failed = has_failed;
	if (ret != (has_failed ? -ENOMEM : 0)) {
		printf("# returns %d (%s) when allocation %d %s\n", ret,
		       strerror(-ret), nth,
		       has_failed ? "fails" : "is not made");
		good = false;
	}
	client_try_again(&client);
	client_close(&client);
	return good && !client.complaints;
}

/* Return: passed, and it @allocates or does not? */
static bool run(const char *text, bool allocates)
{
	static struct script_text script;
	bool good = true, failed = true;
	int nth;

	if (script_read_string(&script, text)) {
		printf("# the script is malformed\n");
		return false;
	}
	for (nth = 0; failed && nth < ALLOCATIONS_MAX; nth++)
		good = try(&script, nth + 1, &failed) && good;

	printf("# %d allocations\n", nth - 1);
	return good && !failed && allocates == (nth > 1);
}

int main(void)
{
	const size_t count = sizeof(cases) / sizeof(*cases);
	bool all = true, good;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", count + 3);
	for (i = 0; i < count; i++) {
		good = run(cases[i].text, true);
		printf("%s %zu - without memory: %s\n", good ? "ok" : "not ok",
		       i + 1, cases[i].name);
		all = all && good;
	}

	good = run(reading_events, false);
	printf("%s %zu - dmstat_events_read needs no memory\n",
	       good ? "ok" : "not ok", count + 1);
	all = all && good;

	good = run(comparing, false);
	printf("%s %zu - dmstat_delta needs no memory\n",
	       good ? "ok" : "not ok", count + 2);
	all = all && good;

	good = run(comparing_sets, false);
	printf("%s %zu - dmstat_region_deltas needs no memory\n",
	       good ? "ok" : "not ok", count + 3);
	return !(all && good);
}
