// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * module: the library with the real module
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	module DEVICE
 *
 * Needs root. DEVICE is a path in /dev/mapper of a device that has at least
 * 1,000,000 sectors and no I/O. Uses only public headers.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* O_DIRECT */
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/dmstat.h>

#include "../dmstat.h"
#include "test.h"

#define MANY	1000000

static const char *path;
static struct dmstat *handle;
static uint32_t device_major, device_minor;

static uint32_t make(uint64_t areas)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	int ret;

	spec.major = device_major;
	spec.minor = device_minor;
	spec.length = MANY;
	spec.areas = areas;
	spec.program_id = "test";
	ret = dmstat_region_create(handle, &spec, &region);
	EXPECT_EQUAL(ret, 0);
	if (ret) {
		printf("# %s\n", dmstat_error(handle));
		return 0;
	}
	return region->region_id;
}

static void delete(uint32_t region_id)
{
	EXPECT_EQUAL(dmstat_region_delete(handle, region_id), 0);
}

static void a_device_is_found_by_path_name_and_numbers(void)
{
	const struct dmstat_device *device;
	char numbers[32];

	EXPECT_EQUAL(dmstat_device_find(handle, path, &device), 0);
	EXPECT_STRING(device->name, strrchr(path, '/') + 1);
	EXPECT(device->size >= MANY);
	device_major = device->major;
	device_minor = device->minor;

	EXPECT_EQUAL(dmstat_device_find(handle, strrchr(path, '/') + 1,
					&device), 0);
	EXPECT_EQUAL(device->minor, device_minor);

	snprintf(numbers, sizeof(numbers), "%u:%u", device_major, device_minor);
	EXPECT_EQUAL(dmstat_device_find(handle, numbers, &device), 0);
	EXPECT_STRING(device->name, strrchr(path, '/') + 1);
}

static void a_name_that_is_no_device_is_refused(void)
{
	const struct dmstat_device *device;

	EXPECT_EQUAL(dmstat_device_find(handle, "/dev/null", &device),
		     -ENOTBLK);
	EXPECT_STRING(dmstat_error(handle), "/dev/null is not a block device");
	EXPECT_EQUAL(dmstat_device_find(handle, "/no/such", &device), -ENOENT);
	EXPECT_EQUAL(dmstat_device_find(handle, "nosuch", &device), -ENODEV);
	EXPECT_STRING(dmstat_error(handle),
		      "no block device is named 'nosuch'");
	EXPECT(!dmstat_extack(handle));
	EXPECT_EQUAL(dmstat_device_get(handle, 254, 99999, &device), -ENODEV);
	EXPECT(dmstat_extack(handle));
	printf("# %s\n", dmstat_error(handle));
}

static int note_region(const struct dmstat_region *region, void *data)
{
	uint32_t *id = data;

	EXPECT_STRING(region->program_id, "test");
	*id = region->region_id;
	return 0;
}

static void a_region_is_created_listed_read_cleared_and_deleted(void)
{
	struct dmstat_region_filter filter = {
		.struct_size = sizeof(filter),
		.by_device = 1,
		.major = device_major,
		.minor = device_minor,
		.program_id = "test",
	};
	const struct dmstat_region *region;
	uint32_t id = make(16), seen = 0;

	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), 0);
	EXPECT_EQUAL(region->region_id, id);
	EXPECT_EQUAL(region->areas, 16);
	EXPECT_EQUAL(region->area_size, MANY / 16);
	EXPECT_EQUAL(region->length, MANY);
	EXPECT_STRING(region->device_name, strrchr(path, '/') + 1);
	EXPECT(region->memory > 0);
	EXPECT(llabs((long long)(region->created / 1000000000) - time(NULL)) <
	       60);

	EXPECT_EQUAL(dmstat_regions(handle, &filter, note_region, &seen), 0);
	EXPECT_EQUAL(seen, id);
	seen = 0;
	filter.program_id = "other";
	EXPECT_EQUAL(dmstat_regions(handle, &filter, note_region, &seen), 0);
	EXPECT_EQUAL(seen, 0);

	EXPECT_EQUAL(dmstat_region_clear(handle, id), 0);
	delete(id);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), -ENOENT);
	EXPECT(dmstat_extack(handle));
	EXPECT_EQUAL(dmstat_extack_attribute(handle),
		     DMSTAT_A_REGION_REGION_ID);
	EXPECT_EQUAL(dmstat_region_delete(handle, id), -ENOENT);
	EXPECT_EQUAL(dmstat_region_clear(handle, id), -ENOENT);
}

static void a_refused_region_says_what_is_wrong(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	char program_id[DMSTAT_PROGRAM_ID_MAX + 2];

	spec.major = device_major;
	spec.minor = device_minor;
	spec.areas = 0;
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -EINVAL);
	EXPECT_EQUAL(dmstat_extack_attribute(handle), DMSTAT_A_REGION_AREAS);
	printf("# %s\n", dmstat_error(handle));

	spec.areas = 1;
	spec.start = 1000;
	spec.length = UINT64_MAX - 5;
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -EOVERFLOW);
	printf("# %s\n", dmstat_error(handle));

	spec.start = DMSTAT_DEFAULT;
	spec.length = DMSTAT_DEFAULT;
	memset(program_id, 'x', sizeof(program_id));
	program_id[sizeof(program_id) - 1] = '\0';
	spec.program_id = program_id;
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ERANGE);
	EXPECT_EQUAL(dmstat_extack_attribute(handle),
		     DMSTAT_A_REGION_PROGRAM_ID);
	printf("# %s\n", dmstat_error(handle));
}

struct area_count {
	uint64_t next;
	uint64_t end_at;
};

static int count_area(const struct dmstat_area *area, void *data)
{
	struct area_count *count = data;

	if (area->index != count->next || area->start != area->index ||
	    area->length != 1)
		return -EPROTO;
	count->next++;
	return area->index == count->end_at ? 5 : 0;
}

static long max_rss(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void a_million_areas_stream_in_order(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct area_count count = { .end_at = UINT64_MAX };
	long before = max_rss();
	struct timespec from, to;

	query.region_id = make(MANY);
	clock_gettime(CLOCK_MONOTONIC, &from);
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	EXPECT_EQUAL(count.next, MANY);
	EXPECT(max_rss() - before < 1024);
	printf("# %ld ms, %ld KiB more\n",
	       (to.tv_sec - from.tv_sec) * 1000 +
	       (to.tv_nsec - from.tv_nsec) / 1000000, max_rss() - before);
	delete(query.region_id);
}

static int count_delta(const struct dmstat_delta *delta, void *data)
{
	(void)delta;
	++*(int *)data;
	return 0;
}

static void a_snapshot_of_a_million_idle_areas_takes_no_memory(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const struct dmstat_snapshot_info *info;
	struct dmstat_snapshot *snapshot;
	long before = max_rss();
	uint64_t taken_ns;
	int deltas = 0;

	query.region_id = make(MANY);
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), 0);
	if (!snapshot)
		return;
	info = dmstat_snapshot_info(snapshot);
	taken_ns = info->taken_ns;
	EXPECT_EQUAL(info->region_id, query.region_id);
	EXPECT_EQUAL(info->areas, MANY);
	EXPECT_EQUAL(info->active, 0);
	EXPECT(info->created);
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, count_delta,
					    &deltas), 0);
	EXPECT(info->taken_ns > taken_ns);
	EXPECT_EQUAL(deltas, 0);
	EXPECT(max_rss() - before < 1024);

	delete(query.region_id);
	EXPECT_EQUAL(dmstat_snapshot_update(handle, snapshot, count_delta,
					    &deltas), -ENOENT);
	dmstat_snapshot_free(snapshot);
}

static void after_a_walk_cut_short_the_handle_works(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct area_count count = { .next = 10, .end_at = 5000 };
	const struct dmstat_region *region;

	query.region_id = make(MANY);
	query.first = 10;
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), 5);
	EXPECT_EQUAL(count.next, 5001);
	EXPECT_EQUAL(dmstat_region_get(handle, query.region_id, &region), 0);

	count = (struct area_count){ .next = 10, .end_at = 10 };
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), 5);
	count = (struct area_count){ .next = 10, .end_at = UINT64_MAX };
	query.count = 90;
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), 0);
	EXPECT_EQUAL(count.next, 100);
	delete(query.region_id);
}

/* The kernel's message, or the library's text where the kernel sends none. */
static void expect_words(int number)
{
	EXPECT(strcmp(dmstat_error(handle), strerror(number)));
	printf("# %s\n", dmstat_error(handle));
}

static void areas_that_do_not_exist_are_refused(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct area_count count = { 0 };

	query.region_id = make(16);
	query.first = 16;
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), -ERANGE);
	expect_words(ERANGE);

	query.first = DMSTAT_DEFAULT;
	query.flags = 1U << 31;
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), -EINVAL);
	delete(query.region_id);

	query.flags = 0;
	EXPECT_EQUAL(dmstat_areas(handle, &query, count_area, &count), -ENOENT);
	expect_words(ENOENT);
}

static int ignore_io(const struct dmstat_inflight *io, void *data)
{
	(void)io;
	(void)data;
	return 0;
}

static void io_in_flight_is_listed_while_there_is_a_region(void)
{
	uint32_t id;

	EXPECT_EQUAL(dmstat_inflight(handle, device_major, device_minor,
				     ignore_io, NULL), -ENOENT);
	expect_words(ENOENT);
	id = make(1);
	EXPECT_EQUAL(dmstat_inflight(handle, device_major, device_minor,
				     ignore_io, NULL), 0);
	delete(id);
}

/* ------------------------------------------------------------------- events */

struct event_count {
	int total;
	int overruns;
	int type;
	uint32_t region_id;
	int returns;
};

static int count_event(const struct dmstat_event *event, void *data)
{
	struct event_count *count = data;

	count->total++;
	count->type = event->type;
	if (event->type == DMSTAT_EVENT_OVERRUN)
		count->overruns++;
	if (event->region)
		count->region_id = event->region->region_id;
	return count->returns;
}

static bool is_readable(const struct dmstat_events *events)
{
	struct pollfd pollfd = {
		.fd = dmstat_events_fd(events),
		.events = POLLIN,
	};

	return poll(&pollfd, 1, 0) > 0;
}

static void events_arrive_in_order_and_wait_to_be_read(void)
{
	struct event_count count = { .returns = 5 };
	struct dmstat_events *events;
	uint32_t id;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT(!is_readable(events));

	id = make(1);
	delete(id);
	EXPECT(is_readable(events));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 5);
	EXPECT_EQUAL(count.type, DMSTAT_EVENT_REGION_NEW);
	EXPECT_EQUAL(count.region_id, id);
	EXPECT(is_readable(events));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 5);
	EXPECT_EQUAL(count.type, DMSTAT_EVENT_REGION_DEL);
	EXPECT_EQUAL(count.region_id, id);
	EXPECT(!is_readable(events));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT_EQUAL(count.total, 2);
	dmstat_events_close(events);
}

static void an_overrun_is_reported_once(void)
{
	struct event_count count = { 0 };
	struct dmstat_events *events;
	int i;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 16, NULL), 0);
	for (i = 0; i < 2000; i++)
		delete(make(1));
	EXPECT(is_readable(events));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT_EQUAL(count.overruns, 1);
	EXPECT(count.total < 4000);
	printf("# %d of 4000 kept\n", count.total - 1);

	count = (struct event_count){ 0 };
	delete(make(1));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT_EQUAL(count.total, 2);
	EXPECT_EQUAL(count.overruns, 0);
	dmstat_events_close(events);
}

/* Unloading the module deletes all regions, so there must be no others. */
static void a_subscription_outlives_the_module(void)
{
	struct event_count count = { 0 };
	struct dmstat_events *events;
	int i;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	for (i = 0; i < 2; i++) {
		count = (struct event_count){ 0 };
		EXPECT_EQUAL(system("rmmod dmstat"), 0);
		EXPECT(is_readable(events));
		EXPECT_EQUAL(dmstat_events_read(events, count_event, &count),
			     0);
		EXPECT_EQUAL(count.total, 1);
		EXPECT_EQUAL(count.type, DMSTAT_EVENT_MODULE_GONE);
		EXPECT_EQUAL(dmstat_events_read(events, count_event, &count),
			     0);
		EXPECT_EQUAL(count.total, 1);

		/* Other families may come and go. */
		EXPECT_EQUAL(system("modprobe dmstat"), 0);
		EXPECT(is_readable(events));
		EXPECT_EQUAL(dmstat_events_read(events, count_event, &count),
			     0);
		EXPECT_EQUAL(count.total, 2);
		EXPECT_EQUAL(count.type, DMSTAT_EVENT_MODULE_BACK);

		/* The same handle still works. */
		delete(make(1));
		EXPECT_EQUAL(dmstat_events_read(events, count_event, &count),
			     0);
		EXPECT_EQUAL(count.total, 4);
		EXPECT_EQUAL(count.overruns, 0);
		EXPECT_EQUAL(count.type, DMSTAT_EVENT_REGION_DEL);
	}
	dmstat_events_close(events);
}

static void a_reload_that_a_full_buffer_lost_is_detected(void)
{
	struct event_count count = { 0 };
	struct dmstat_events *events;
	int i;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 14, NULL), 0);
	for (i = 0; i < 200; i++)
		delete(make(1));
	EXPECT_EQUAL(system("rmmod dmstat && modprobe dmstat"), 0);
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT(count.total < 400);
	EXPECT_EQUAL(count.type, DMSTAT_EVENT_MODULE_BACK);

	count = (struct event_count){ 0 };
	delete(make(1));
	EXPECT_EQUAL(dmstat_events_read(events, count_event, &count), 0);
	EXPECT_EQUAL(count.total, 2);
	EXPECT_EQUAL(count.overruns, 0);
	dmstat_events_close(events);
}

static void without_the_module_a_handle_says_so_and_works_again(void)
{
	const struct dmstat_region *region;
	uint32_t id = make(1);

	/* A request for the family would load it. */
	EXPECT_EQUAL(system("rmmod dmstat && sysctl -q -w kernel.modprobe=/none"),
		     0);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), -ENOENT);
	EXPECT_STRING(dmstat_error(handle), "kernel module dmstat not loaded");
	EXPECT_EQUAL(system("sysctl -q -w kernel.modprobe=/sbin/modprobe"), 0);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), -ENOENT);
	printf("# %s\n", dmstat_error(handle));
	delete(make(1));
}

static int ignore_region(const struct dmstat_region *region, void *data)
{
	(void)region;
	(void)data;
	return 0;
}

static void a_handle_that_only_looks_does_not_load_the_module(void)
{
	const struct dmstat_region *region;
	uint32_t id = make(1);

	dmstat_autoload(handle, 0);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), 0);
	EXPECT_EQUAL(system("rmmod dmstat"), 0);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), -ENOENT);
	EXPECT_STRING(dmstat_error(handle), "kernel module dmstat not loaded");
	EXPECT_EQUAL(dmstat_regions(handle, NULL, ignore_region, NULL), -ENOENT);
	EXPECT_EQUAL(access("/sys/module/dmstat", F_OK), -1);

	/* Once it is loaded, under another number. */
	EXPECT_EQUAL(system("modprobe dmstat"), 0);
	EXPECT_EQUAL(dmstat_regions(handle, NULL, ignore_region, NULL), 0);
	delete(make(1));

	EXPECT_EQUAL(system("rmmod dmstat"), 0);
	dmstat_autoload(handle, 1);
	EXPECT_EQUAL(dmstat_regions(handle, NULL, ignore_region, NULL), 0);
	delete(make(1));
}

static void the_buffer_is_forced_to_be_large(void)
{
	struct dmstat_events *events;
	size_t granted = 0;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 24, &granted), 0);
	EXPECT_EQUAL(granted, 1 << 24);
	dmstat_events_close(events);
}

static void *walk_for_ever(void *data)
{
	(void)data;
	for (;;)
		dmstat_regions(handle, NULL, ignore_region, NULL);
	return NULL;
}

/* It is mostly cancelled while it waits for the kernel, which still answers. */
static void after_a_thread_was_cancelled_the_handle_works(void)
{
	uint32_t id = make(1);
	pthread_t thread;
	void *result;
	int i;

	for (i = 0; i < 20; i++) {
		EXPECT_EQUAL(pthread_create(&thread, NULL, walk_for_ever, NULL),
			     0);
		usleep(i * 1000);
		pthread_cancel(thread);
		EXPECT_EQUAL(pthread_join(thread, &result), 0);
		EXPECT(result == PTHREAD_CANCELED);
		EXPECT_EQUAL(dmstat_region_clear(handle, id), 0);
	}
	delete(id);
}

static int try_unprivileged(void)
{
	struct dmstat_events *events;
	struct dmstat *mine;

	if (setuid(65534) || dmstat_open(&mine))
		return 1;
	if (dmstat_regions(mine, NULL, ignore_region, NULL) != -EPERM ||
	    !strstr(dmstat_error(mine), "CAP_SYS_ADMIN"))
		return 2;
	if (dmstat_region_delete(mine, 1) != -EPERM)
		return 3;
	printf("# %s\n", dmstat_error(mine));
	dmstat_close(mine);
	if (dmstat_events_open(&events) != -EPERM || events)
		return 4;
	return 0;
}

static void without_privilege_every_request_is_refused(void)
{
	int status = -1;
	pid_t child = fork();

	if (!child)
		_exit(try_unprivileged());
	waitpid(child, &status, 0);
	EXPECT_EQUAL(status, 0);
}

/* An I/O in more than 64 areas may be counted a moment after it ended. */
#define REGIONS		60
#define SECTOR		512
#define READ_SIZE	4096

/* Read @count blocks of the device, from @sector on. */
static void read_blocks(uint64_t sector, int count)
{
	int file = open(path, O_RDONLY | O_DIRECT);
	void *block = NULL;
	off_t at = sector * SECTOR;

	EXPECT(file >= 0);
	EXPECT(!posix_memalign(&block, READ_SIZE, READ_SIZE));
	for (; count > 0; count--, at += READ_SIZE)
		EXPECT_EQUAL(pread(file, block, READ_SIZE, at), READ_SIZE);
	free(block);
	close(file);
}

static uint32_t make_grouped(const char *group, int owned)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	static const uint64_t bounds[] = { 1000, 1000000000 };
	const struct dmstat_region *region;

	spec.major = device_major;
	spec.minor = device_minor;
	spec.length = 800;
	spec.area_size = 80;
	spec.program_id = "test";
	spec.group = group;
	spec.owned = owned;
	spec.bounds = bounds;
	spec.bounds_count = 2;
	if (dmstat_region_create(handle, &spec, &region)) {
		printf("# %s\n", dmstat_error(handle));
		EXPECT(false);
		return 0;
	}
	EXPECT_STRING(region->group, group);
	EXPECT_EQUAL(!region->owned, !owned);
	return region->region_id;
}

static void delete_group(const char *group, uint32_t expected)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	uint32_t count;

	filter.group = group;
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, &count), 0);
	EXPECT_EQUAL(count, expected);
}

/* What all regions of the test below have seen since the last set. */
static int check_delta(const struct dmstat_region_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->total->area;

	++*(int *)data;
	EXPECT_EQUAL(delta->is_new, 0);
	EXPECT_EQUAL(delta->cleared, 0);
	EXPECT(delta->total->elapsed_ns);
	EXPECT_EQUAL(area->areas, 10);
	EXPECT_EQUAL(area->read->ios, 30);
	EXPECT_EQUAL(area->read->sectors, 30 * 8);
	EXPECT_EQUAL(area->histogram[DMSTAT_READ]->ios[0] +
		     area->histogram[DMSTAT_READ]->ios[1] +
		     area->histogram[DMSTAT_READ]->ios[2], 30);
	EXPECT(delta->total->read->ios_per_s > 0);
	EXPECT_EQUAL(area->write->ios, 0);
	EXPECT(delta->device && delta->device->device->minor == device_minor);
	return 0;
}

static void totals_of_many_regions_are_read_at_once(void)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_snapshots *before, *after;
	int i, deltas = 0;

	filter.group = "many";
	for (i = 0; i < REGIONS; i++)
		make_grouped(i % 2 ? "many" : "others", 0);
	read_blocks(80, 10);
	EXPECT_EQUAL(dmstat_snapshots_take(handle, &filter, DMSTAT_MERGE_ALL, 0,
					   &before), 0);
	read_blocks(80, 30);
	EXPECT_EQUAL(dmstat_snapshots_take(handle, &filter, DMSTAT_MERGE_ALL, 0,
					   &after), 0);
	if (before && after) {
		EXPECT_EQUAL(dmstat_snapshots_info(after)->regions,
			     REGIONS / 2);
		EXPECT(dmstat_snapshots_info(after)->devices >= 1);
		EXPECT_EQUAL(dmstat_region_deltas(before, after, check_delta,
						  &deltas), 0);
		EXPECT_EQUAL(deltas, REGIONS / 2);
	}
	dmstat_snapshots_free(before);
	dmstat_snapshots_free(after);
	delete_group("many", REGIONS / 2);
	delete_group("others", REGIONS / 2);
}

/* Sectors 80 to 239 are areas 1 and 2: in the first answer of 4 areas. */
static int check_merged(const struct dmstat_area *area, void *data)
{
	const uint64_t number = (*(int *)data)++;

	EXPECT_EQUAL(area->index, number * 4);
	EXPECT_EQUAL(area->areas, number < 2 ? 4 : 2);
	EXPECT_EQUAL(area->start, number * 320);
	EXPECT_EQUAL(area->length, number < 2 ? 320 : 160);
	EXPECT_EQUAL(area->read->ios, number ? 0 : 20);
	EXPECT_EQUAL(area->busy_ns, 0);
	return 0;
}

static void areas_are_merged_by_the_kernel(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *snapshot;
	int answers = 0;

	query.region_id = make_grouped("merged", 0);
	query.merge = 4;
	read_blocks(80, 20);
	EXPECT_EQUAL(dmstat_areas(handle, &query, check_merged, &answers), 0);
	EXPECT_EQUAL(answers, 3);

	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), 0);
	if (snapshot) {
		answers = 0;
		EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->active, 1);
		EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, check_merged,
						   &answers), 0);
	}
	dmstat_snapshot_free(snapshot);
	delete_group("merged", 1);
}

static int end_walk(const struct dmstat_region *region, void *data)
{
	(void)region;
	(void)data;
	return 5;
}

static int count_owner_closed(const struct dmstat_event *event, void *data)
{
	if (event->type == DMSTAT_EVENT_REGION_DEL &&
	    event->cause == DMSTAT_EVENT_CAUSE_OWNER_CLOSED)
		++*(int *)data;
	return 0;
}

/* In a child: create owned regions, and end without closing the handle. */
static int leave_regions_behind(void)
{
	struct dmstat *mine;

	if (dmstat_open(&mine))
		return 1;
	handle = mine;
	make_grouped("owned", 1);
	make_grouped("owned", 1);
	kill(getpid(), SIGKILL);
	return 2;
}

static void owned_regions_end_with_their_owner(void)
{
	struct dmstat_events *events;
	const struct dmstat_region *region;
	struct dmstat *kept = handle, *mine;
	int status = 0, closed = 0, tries;
	uint32_t id;
	pid_t child;

	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	child = fork();
	if (!child)
		_exit(leave_regions_behind());
	waitpid(child, &status, 0);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	for (tries = 0; closed < 2 && tries < 100; tries++) {
		usleep(100000);
		EXPECT_EQUAL(dmstat_events_read(events, count_owner_closed,
						&closed), 0);
	}
	EXPECT_EQUAL(closed, 2);

	/* A walk that is ended closes another socket. */
	EXPECT_EQUAL(dmstat_open(&mine), 0);
	handle = mine;
	id = make_grouped("owned", 1);
	EXPECT_EQUAL(dmstat_regions(mine, NULL, end_walk, NULL), 5);
	usleep(200000);
	EXPECT_EQUAL(dmstat_region_get(mine, id, &region), 0);
	EXPECT(region->owned);
	dmstat_close(mine);
	handle = kept;
	for (tries = 0; closed < 3 && tries < 100; tries++) {
		usleep(100000);
		EXPECT_EQUAL(dmstat_events_read(events, count_owner_closed,
						&closed), 0);
	}
	EXPECT_EQUAL(closed, 3);
	EXPECT_EQUAL(dmstat_region_get(handle, id, &region), -ENOENT);
	dmstat_events_close(events);
}

static const struct test tests[] = {
	TEST(a_device_is_found_by_path_name_and_numbers),
	TEST(a_name_that_is_no_device_is_refused),
	TEST(a_region_is_created_listed_read_cleared_and_deleted),
	TEST(a_refused_region_says_what_is_wrong),
	TEST(a_million_areas_stream_in_order),
	TEST(a_snapshot_of_a_million_idle_areas_takes_no_memory),
	TEST(after_a_walk_cut_short_the_handle_works),
	TEST(areas_that_do_not_exist_are_refused),
	TEST(totals_of_many_regions_are_read_at_once),
	TEST(areas_are_merged_by_the_kernel),
	TEST(owned_regions_end_with_their_owner),
	TEST(io_in_flight_is_listed_while_there_is_a_region),
	TEST(events_arrive_in_order_and_wait_to_be_read),
	TEST(an_overrun_is_reported_once),
	TEST(a_subscription_outlives_the_module),
	TEST(a_reload_that_a_full_buffer_lost_is_detected),
	TEST(without_the_module_a_handle_says_so_and_works_again),
	TEST(a_handle_that_only_looks_does_not_load_the_module),
	TEST(the_buffer_is_forced_to_be_large),
	TEST(after_a_thread_was_cancelled_the_handle_works),
	TEST(without_privilege_every_request_is_refused),
};

int main(int argc, char **argv)
{
	int ret;

	if (argc != 2 || !strchr(argv[1], '/')) {
		fprintf(stderr, "usage: %s /dev/mapper/NAME\n", argv[0]);
		return 2;
	}
	path = argv[1];

	ret = dmstat_open(&handle);
	if (ret) {
		printf("Bail out! cannot reach the module: %s\n",
		       strerror(-ret));
		return 1;
	}
	ret = test_run(tests, sizeof(tests) / sizeof(*tests));
	dmstat_close(handle);
	return ret;
}
