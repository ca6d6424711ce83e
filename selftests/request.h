/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of the family, for tests in C: devices and regions in them, what
 * their answers and notifications hold.
 */
#ifndef _REQUEST_H
#define _REQUEST_H

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/dmstat.h>
#include <sys/utsname.h>

#include "dm.h"
#include "kselftest.h"
#include "netlink.h"

#define DEVICE(minor) U32_PAIR(DMSTAT_A_DEVICE_MAJOR, dm_major(), minor)
#define REGION_DEVICE(minor) \
	U32_PAIR(DMSTAT_A_REGION_MAJOR, dm_major(), minor)
#define INFLIGHT_DEVICE(minor) \
	U32_PAIR(DMSTAT_A_INFLIGHT_MAJOR, dm_major(), minor)
#define REGION(id) U32(DMSTAT_A_REGION_REGION_ID, id)
#define AREA_REGION(id) U32(DMSTAT_A_AREA_REGION_ID, id)

/* region_new(NETLINK, MINOR, ATTRIBUTE...): the answer. */
#define region_new(netlink, minor, ...)					\
	netlink_do(netlink, DMSTAT_CMD_REGION_NEW,			\
		   ATTRIBUTES(REGION_DEVICE(minor), ##__VA_ARGS__))

/* region_make(NETLINK, MINOR, ATTRIBUTE...): the id of a new region. */
#define region_make(netlink, minor, ...)				\
	region_made(region_new(netlink, minor, ##__VA_ARGS__))

/* area_dump(NETLINK, ID, ATTRIBUTE...): the answer. */
#define area_dump(netlink, id, ...)					\
	netlink_dump(netlink, DMSTAT_CMD_AREA_GET,			\
		     ATTRIBUTES(AREA_REGION(id), ##__VA_ARGS__))

/* A counter of an operation in an area; 0 if it is left out. */
static inline uint64_t io_counter(const struct object *area,
				  uint16_t operation, uint16_t type)
{
	struct object nested = object_nested(area, operation);

	return object_uint(&nested, type);
}

static inline uint32_t region_made(struct answer answer)
{
	if (answer.error)
		errx(KSFT_FAIL, "no region: %s", answer.text);
	return object_uint(&answer.objects[0], DMSTAT_A_REGION_REGION_ID);
}

static inline struct answer region_get(struct netlink *netlink, uint32_t id)
{
	return netlink_do(netlink, DMSTAT_CMD_REGION_GET,
			  ATTRIBUTES(REGION(id)));
}

static inline struct answer region_del(struct netlink *netlink, uint32_t id)
{
	return netlink_do(netlink, DMSTAT_CMD_REGION_DEL,
			  ATTRIBUTES(REGION(id)));
}

static inline struct answer region_clear(struct netlink *netlink, uint32_t id)
{
	return netlink_do(netlink, DMSTAT_CMD_REGION_CLEAR,
			  ATTRIBUTES(REGION(id)));
}

static inline size_t regions_of(struct netlink *netlink, unsigned int minor)
{
	return netlink_dump(netlink, DMSTAT_CMD_REGION_GET,
			    ATTRIBUTES(REGION_DEVICE(minor))).nr;
}

/* Receive one notification. */
static inline struct object heard(struct netlink *listener)
{
	struct answer answer = {};
	int error = netlink_receive(listener, &answer);

	if (error || answer.nr != 1)
		errx(KSFT_FAIL, "%zu notifications, %s", answer.nr,
		     strerror(error));
	return answer.objects[0];
}

/* Kernels before 6.7 refuse dumps without a message. */
static inline bool dump_refusal_has_text(void)
{
	unsigned int version, patchlevel;
	struct utsname name;

	if (uname(&name) ||
	    sscanf(name.release, "%u.%u", &version, &patchlevel) != 2)
		errx(KSFT_FAIL, "which kernel is this?");
	return version > 6 || (version == 6 && patchlevel >= 7);
}

/* How many attributes of @a have the same value in @b. */
static inline size_t attributes_in_common(const struct object *a,
					  const struct object *b)
{
	const struct nlattr *x, *y;
	size_t nr = 0;
	uint16_t type;

	for (type = 1; type <= DMSTAT_A_REGION_MAX; type++) {
		x = object_find(a, type);
		y = object_find(b, type);
		if (x && y && x->nla_len == y->nla_len &&
		    !memcmp(x, y, x->nla_len))
			nr++;
	}
	return nr;
}

/* Attributes of each notification that no answer has. */
#define EVENT_ATTRIBUTES 2

/* A notification has all of @region, its time and number, and nothing else. */
static inline bool tells_of(const struct object *event,
			    const struct object *region)
{
	return attributes_in_common(region, event) == object_count(region) &&
	       object_has(event, DMSTAT_A_REGION_EVENT_TIME) &&
	       object_has(event, DMSTAT_A_REGION_EVENT_SEQUENCE) &&
	       object_count(event) == object_count(region) + EVENT_ATTRIBUTES;
}

static inline uint32_t event_sequence(const struct object *event)
{
	return object_uint(event, DMSTAT_A_REGION_EVENT_SEQUENCE);
}

/* Write a line to a file of /proc or /sys. */
static inline void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		err(KSFT_FAIL, "%s", path);
}

static inline void run(const char *command)
{
	if (system(command))
		errx(KSFT_FAIL, "failed: %s", command);
}

#endif /* _REQUEST_H */
