// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * events: know at any time which regions there are, and hear of slow I/O
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	cc events.c -o events $(pkg-config --cflags --libs libdmstat)
 *	events [BUFFER]
 *
 * Prints an event for each I/O that a region tells, and keeps a copy of the list
 * of regions. When a line or the end of its input is read, prints the copy and
 * ends. BUFFER is the size of the receive buffer in bytes: a small one loses
 * events, and the copy is right all the same.
 *
 * A program that only wants to hear of I/O calls dmstat_events_read() instead of
 * dmstat_events_follow(), and needs no handle.
 */
#include <dmstat.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A region, as far as this program wants to know it. */
struct known {
	uint32_t id;
	uint32_t major;
	uint32_t minor;
};

/* The copy, by rising id; how often a list was made. */
struct copy {
	struct known *regions;
	size_t count;
	size_t room;
	unsigned int lists;
};

/* -------------------------------------------------------------- the copy */

/* Return: the place of the region, or where it would be. */
static size_t place_of(const struct copy *copy, uint32_t id)
{
	size_t low = 0, high = copy->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (copy->regions[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int has(const struct copy *copy, size_t place, uint32_t id)
{
	return place < copy->count && copy->regions[place].id == id;
}

static int make_room(struct copy *copy)
{
	size_t room = copy->room ? 2 * copy->room : 64;
	struct known *regions;

	if (copy->count < copy->room)
		return 0;
	regions = realloc(copy->regions, room * sizeof(*regions));
	if (!regions)
		return -ENOMEM;
	copy->regions = regions;
	copy->room = room;
	return 0;
}

/* What an event points to is gone when the callback returns: keep values. */
static int store(struct copy *copy, const struct dmstat_region *region)
{
	const size_t place = place_of(copy, region->region_id);

	if (!has(copy, place, region->region_id)) {
		if (make_room(copy))
			return -ENOMEM;
		memmove(&copy->regions[place + 1], &copy->regions[place],
			(copy->count - place) * sizeof(*copy->regions));
		copy->count++;
	}
	copy->regions[place].id = region->region_id;
	copy->regions[place].major = region->major;
	copy->regions[place].minor = region->minor;
	return 0;
}

/* It may not be there: an event may be older than the list. */
static void drop(struct copy *copy, uint32_t id)
{
	const size_t place = place_of(copy, id);

	if (!has(copy, place, id))
		return;
	copy->count--;
	memmove(&copy->regions[place], &copy->regions[place + 1],
		(copy->count - place) * sizeof(*copy->regions));
}

/* ------------------------------------------------------------- the events */

static void print_io(const struct dmstat_io_event *io)
{
	static const char *const kinds[] = {
		[DMSTAT_IO_SLOW] = "slow",
		[DMSTAT_IO_ERROR] = "error",
		[DMSTAT_IO_HANG] = "hang",
		[DMSTAT_IO_LOST] = "lost",
	};

	printf("%s region %" PRIu32 " on %s",
	       io->kind < sizeof(kinds) / sizeof(*kinds) ? kinds[io->kind] :
	       "other", io->region_id, io->device_name);
	if (io->kind != DMSTAT_IO_LOST)
		printf(": operation %" PRIu32 " sector %" PRIu64 " + %" PRIu64
		       " took %" PRIu64 " us, error %" PRIu32 ", pid %" PRIu32
		       " %s", io->operation, io->sector, io->sectors,
		       io->took_ns / 1000, io->error, io->pid, io->comm);
	if (io->lost)
		printf(", %" PRIu64 " more were lost", io->lost);
	putchar('\n');
}

static int take(const struct dmstat_event *event, void *data)
{
	struct copy *copy = data;

	if (event->type == DMSTAT_EVENT_LIST) {
		copy->count = 0;
		copy->lists++;
	} else if (event->type == DMSTAT_EVENT_REGION_DEL) {
		drop(copy, event->region->region_id);
	} else if (event->region) {
		return store(copy, event->region);
	} else if (event->type == DMSTAT_EVENT_IO) {
		print_io(event->io);
	} else if (event->type == DMSTAT_EVENT_OVERRUN &&
		   event->groups & DMSTAT_EVENTS_IO) {
		printf("events of I/Os may be missing here\n");
	}
	return 0;
}

static void print_copy(const struct copy *copy)
{
	size_t i;

	for (i = 0; i < copy->count; i++)
		printf("region %" PRIu32 " on %" PRIu32 ":%" PRIu32 "\n",
		       copy->regions[i].id, copy->regions[i].major,
		       copy->regions[i].minor);
	printf("%zu regions, listed %u times\n", copy->count, copy->lists);
}

/* ------------------------------------------------------------------- main */

/* Return: 0 or a negative error number, of which the handle has the text. */
static int follow(struct dmstat_events *events, struct dmstat *handle,
		  struct copy *copy)
{
	struct pollfd wait_for[] = {
		{ .fd = dmstat_events_fd(events), .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	int ret;

	do {
		/* Before waiting, and again after -EAGAIN. */
		do {
			ret = dmstat_events_follow(events, handle, take, copy);
		} while (ret == -EAGAIN);
		if (ret)
			return ret;
		fflush(stdout);
		if (poll(wait_for, 2, -1) < 0 && errno != EINTR)
			return 0;
	} while (!wait_for[1].revents);

	/* What has happened up to now. */
	return dmstat_events_follow(events, handle, take, copy);
}

static int run(struct dmstat *handle, const char *buffer)
{
	struct copy copy = { NULL, 0, 0, 0 };
	struct dmstat_events *events;
	int ret;

	ret = dmstat_events_open_groups(&events, DMSTAT_EVENTS_REGION |
						 DMSTAT_EVENTS_IO);
	if (ret) {
		fprintf(stderr, "cannot subscribe: %s\n", strerror(-ret));
		return ret;
	}
	if (buffer)
		dmstat_events_buffer(events, strtoul(buffer, NULL, 10), NULL);

	ret = follow(events, handle, &copy);
	if (ret)
		fprintf(stderr, "cannot follow the regions: %s\n",
			dmstat_error(handle));
	else
		print_copy(&copy);
	dmstat_events_close(events);
	free(copy.regions);
	return ret;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	int ret;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [BUFFER]\n", argv[0]);
		return 2;
	}
	ret = dmstat_open(&handle);
	if (ret) {
		fprintf(stderr, "cannot reach the kernel module dmstat: %s\n",
			ret == -ENOENT ? "it is not loaded" : strerror(-ret));
		return 1;
	}
	ret = run(handle, argc > 1 ? argv[1] : NULL);
	dmstat_close(handle);
	return ret ? 1 : 0;
}
