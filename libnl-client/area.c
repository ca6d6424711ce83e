// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * area: read the counters of areas
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "area.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/dmstat.h>

#include "attribute.h"
#include "call.h"
#include "filter.h"
#include "handle.h"
#include "request.h"
#include "scope.h"
#include "structure.h"

#define QUERY_SIZE_0	offsetof(struct dmstat_area_query, merge)
#define QUERY_FLAGS	(DMSTAT_AREAS_ACTIVE | DMSTAT_AREAS_CLEAR |	\
			 DMSTAT_AREAS_UNCLEARED)
#define CLEAR_AND_NOT	(DMSTAT_AREAS_CLEAR | DMSTAT_AREAS_UNCLEARED)

static const struct filter_attributes filter_attributes = {
	.major = DMSTAT_A_AREA_MAJOR,
	.minor = DMSTAT_A_AREA_MINOR,
	.program_id = DMSTAT_A_AREA_PROGRAM_ID,
	.group = DMSTAT_A_AREA_GROUP,
};

/* Attributes are aligned to 4 bytes only, so the numbers are copied. */
static int parse_histogram(const struct nlattr *attribute,
			   struct dmstat_histogram *histogram)
{
	size_t size = attribute_size(attribute);

	if (!size || size % sizeof(*histogram->ios) ||
	    size > sizeof(histogram->ios))
		return -EBADMSG;
	memcpy(histogram->ios, attribute_data(attribute), size);
	histogram->bins = size / sizeof(*histogram->ios);
	return 0;
}

/* Parse the counters of @operation into @io, its histogram into @area. */
static int parse_io(const struct nlattr *nest, struct area *area, int operation,
		    struct dmstat_io *io)
{
	const struct nlattr *attribute;
	int left, ret = 0;

	for_each_nested(attribute, nest, left) {
		switch (attribute_type(attribute)) {
		case DMSTAT_A_IO_IOS:
			ret = attribute_uint(attribute, &io->ios);
			break;
		case DMSTAT_A_IO_SECTORS:
			ret = attribute_uint(attribute, &io->sectors);
			break;
		case DMSTAT_A_IO_NS:
			ret = attribute_uint(attribute, &io->ns);
			break;
		case DMSTAT_A_IO_ERRORS:
			ret = attribute_uint(attribute, &io->errors);
			break;
		case DMSTAT_A_IO_LONGEST_NS:
			ret = attribute_uint(attribute, &io->longest_ns);
			break;
		case DMSTAT_A_IO_HISTOGRAM:
			ret = parse_histogram(attribute,
					      &area->histogram[operation]);
			area->area.histogram[operation] =
				&area->histogram[operation];
			break;
		case DMSTAT_A_IO_AGAIN:
			ret = attribute_uint(attribute, &io->again);
			break;
		}
		if (ret)
			return ret;
	}
	return left > 0 ? -EBADMSG : 0;
}

static int parse_attribute(const struct nlattr *attribute, struct area *area)
{
	switch (attribute_type(attribute)) {
	case DMSTAT_A_AREA_REGION_ID:
		return attribute_u32(attribute, &area->area.region_id);
	case DMSTAT_A_AREA_AREAS:
		return attribute_uint(attribute, &area->area.areas);
	case DMSTAT_A_AREA_INDEX:
		return attribute_uint(attribute, &area->area.index);
	case DMSTAT_A_AREA_START:
		return attribute_uint(attribute, &area->area.start);
	case DMSTAT_A_AREA_LENGTH:
		return attribute_uint(attribute, &area->area.length);
	case DMSTAT_A_AREA_IN_FLIGHT_READ:
		return attribute_uint(attribute, &area->area.in_flight_read);
	case DMSTAT_A_AREA_IN_FLIGHT_WRITE:
		return attribute_uint(attribute, &area->area.in_flight_write);
	case DMSTAT_A_AREA_BUSY_NS:
		return attribute_uint(attribute, &area->area.busy_ns);
	case DMSTAT_A_AREA_QUEUE_NS:
		return attribute_uint(attribute, &area->area.queue_ns);
	case DMSTAT_A_AREA_READ:
		return parse_io(attribute, area, DMSTAT_READ, &area->read);
	case DMSTAT_A_AREA_WRITE:
		return parse_io(attribute, area, DMSTAT_WRITE, &area->write);
	case DMSTAT_A_AREA_DISCARD:
		return parse_io(attribute, area, DMSTAT_DISCARD, &area->discard);
	case DMSTAT_A_AREA_CLEARS:
		return attribute_uint(attribute, &area->area.clears);
	}
	return 0;
}

/**
 * dmstat_area_parse() - parse an answer to DMSTAT_CMD_AREA_GET
 * @message: the message; message_is_whole() was true
 * @area: filled from @message; does not point into it
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_area_parse(const struct nlmsghdr *message, struct area *area)
{
	const struct nlattr *attribute;
	int left, ret;

	/* Histograms are large; only those that are set get a pointer. */
	memset(area, 0, offsetof(struct area, histogram));
	area->area.index = UINT64_MAX;
	area->area.areas = 1;
	area->area.read = &area->read;
	area->area.write = &area->write;
	area->area.discard = &area->discard;
	for_each_message_attribute(attribute, message, left) {
		ret = parse_attribute(attribute, area);
		if (ret)
			return ret;
	}
	if (left > 0 || !area->area.length ||
	    area->area.index == UINT64_MAX || !area->area.areas)
		return -EBADMSG;
	return 0;
}

/**
 * struct area_walk - state of dmstat_areas()
 * @callback: the caller's
 * @data: passed to @callback
 * @region_id: the region that was asked for; 0: several
 * @merge: highest number of areas in an answer
 * @current: region of the last area
 * @next: lowest index that the next area of the region may have
 * @left: number of indices requested from @next on
 */
struct area_walk {
	dmstat_area_fn callback;
	void *data;
	uint32_t region_id;
	uint32_t merge;
	uint32_t current;
	uint64_t next;
	uint64_t left;
};

/* The kernel names the region only where several were asked for. */
static int check_region(struct area_walk *walk, struct dmstat_area *area)
{
	if (walk->region_id) {
		if (area->region_id && area->region_id != walk->region_id)
			return -EBADMSG;
		area->region_id = walk->region_id;
		return 0;
	}
	if (!area->region_id || area->region_id < walk->current)
		return -EBADMSG;
	if (area->region_id == walk->current)
		return 0;

	walk->current = area->region_id;
	walk->next = 0;
	walk->left = UINT64_MAX;
	return 0;
}

/* Callers rely on rising indices, and get only what they asked for. */
static int check_index(struct area_walk *walk, const struct dmstat_area *area)
{
	const uint64_t ahead = area->index - walk->next;

	if (area->index < walk->next || ahead >= walk->left ||
	    area->areas > walk->left - ahead || area->areas > walk->merge ||
	    area->index + area->areas < area->index)
		return -EBADMSG;

	walk->next += ahead + area->areas;
	walk->left -= ahead + area->areas;
	return 0;
}

static int walk_area(const struct nlmsghdr *message, void *data)
{
	struct area_walk *walk = data;
	struct area area;
	int ret;

	ret = dmstat_area_parse(message, &area);
	if (!ret)
		ret = check_region(walk, &area.area);
	if (!ret)
		ret = check_index(walk, &area.area);
	if (ret)
		return ret;
	return walk->callback(&area.area, walk->data);
}

static struct nl_msg *new_request(struct dmstat *handle,
				  const struct dmstat_area_query *query)
{
	struct nl_msg *request;

	request = dmstat_request_new(handle->family.type, DMSTAT_CMD_AREA_GET,
				     NLM_F_DUMP);
	if (!request)
		return NULL;

	if (query->region_id)
		nla_put_u32(request, DMSTAT_A_AREA_REGION_ID, query->region_id);
	if (query->first != DMSTAT_DEFAULT)
		nla_put_u64(request, DMSTAT_A_AREA_FIRST_AREA, query->first);
	if (query->count != DMSTAT_DEFAULT)
		nla_put_u64(request, DMSTAT_A_AREA_AREA_COUNT, query->count);
	if (query->flags & DMSTAT_AREAS_ACTIVE)
		nla_put_flag(request, DMSTAT_A_AREA_ACTIVE);
	if (query->flags & DMSTAT_AREAS_CLEAR)
		nla_put_flag(request, DMSTAT_A_AREA_CLEAR);
	if (query->flags & DMSTAT_AREAS_UNCLEARED)
		nla_put_flag(request, DMSTAT_A_AREA_UNCLEARED);
	if (query->merge)
		nla_put_u32(request, DMSTAT_A_AREA_MERGE, query->merge);
	return request;
}

/**
 * dmstat_area_query_copy() - copy a caller's query
 * @mine: set to the query, of this version; its @filter is the caller's
 * @query: the caller's
 *
 * Return: as structure_copy(); -EINVAL, unknown flags.
 */
int dmstat_area_query_copy(struct dmstat_area_query *mine,
			   const struct dmstat_area_query *query)
{
	int ret;

	*mine = (struct dmstat_area_query)DMSTAT_AREA_QUERY_INIT;
	ret = structure_copy(mine, sizeof(*mine), query, query->struct_size,
			     QUERY_SIZE_0);
	if (!ret && mine->flags & ~QUERY_FLAGS)
		ret = -EINVAL;
	return ret;
}

/* Kernels before 6.7 send no message when they refuse a walk. */
static int check_query(struct dmstat *handle,
		       const struct dmstat_area_query *query)
{
	if (query->region_id && query->filter)
		return dmstat_failure_text(&handle->failure, -EINVAL,
					   "a region id and a filter: give only one of them");
	if (!query->region_id && (query->first != DMSTAT_DEFAULT ||
				  query->count != DMSTAT_DEFAULT))
		return dmstat_failure_text(&handle->failure, -EINVAL,
					   "first and count are of one region: give its id");
	if ((query->flags & CLEAR_AND_NOT) == CLEAR_AND_NOT)
		return dmstat_failure_text(&handle->failure, -EINVAL,
					   "clear and uncleared do not go together: give only one of them");
	return 0;
}

int dmstat_areas(struct dmstat *handle, const struct dmstat_area_query *query,
		 dmstat_area_fn callback, void *data)
{
	struct area_walk walk = { .callback = callback, .data = data };
	struct dmstat_region_filter filter;
	struct dmstat_area_query mine;
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	ret = dmstat_area_query_copy(&mine, query);
	if (!ret)
		ret = dmstat_filter_copy(&filter, mine.filter);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	ret = check_query(handle, &mine);
	if (ret)
		return ret;

	request = new_request(handle, &mine);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	ret = dmstat_filter_put(request, &filter_attributes, &filter);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	walk.region_id = mine.region_id;
	walk.merge = mine.merge ? mine.merge : 1;
	walk.next = mine.first == DMSTAT_DEFAULT ? 0 : mine.first;
	walk.left = mine.count;
	return dmstat_call_walk(handle, request, walk_area, &walk);
}

EXPORT(dmstat_areas);
