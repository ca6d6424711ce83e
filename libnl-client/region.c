// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * region: create, list, change, clear and delete regions
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "region.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/dmstat.h>

#include "attribute.h"
#include "call.h"
#include "filter.h"
#include "handle.h"
#include "request.h"
#include "scope.h"
#include "structure.h"

#define SPEC_SIZE_0	offsetof(struct dmstat_region_spec, owned)
#define CHANGE_SIZE_0	offsetof(struct dmstat_region_change, group)

static const struct filter_attributes filter_attributes = {
	.major = DMSTAT_A_REGION_MAJOR,
	.minor = DMSTAT_A_REGION_MINOR,
	.program_id = DMSTAT_A_REGION_PROGRAM_ID,
	.group = DMSTAT_A_REGION_GROUP,
};

static int parse_bounds(const struct nlattr *attribute,
			struct dmstat_region *region)
{
	size_t size = attribute_size(attribute);

	if (size % sizeof(*region->bounds) || size > sizeof(region->bounds))
		return -EBADMSG;
	memcpy(region->bounds, attribute_data(attribute), size);
	region->bounds_count = size / sizeof(*region->bounds);
	return 0;
}

static int parse_user_data(const struct nlattr *attribute,
			   struct dmstat_region *region)
{
	region->user_data_size = attribute_size(attribute);
	region->user_data = region->user_data_size ?
			    attribute_data(attribute) : NULL;
	return 0;
}

static int parse_bool(const struct nlattr *attribute, int *value)
{
	uint32_t number;
	int ret;

	ret = attribute_u32(attribute, &number);
	if (!ret)
		*value = !!number;
	return ret;
}

static int parse_attribute(const struct nlattr *attribute,
			   struct dmstat_region *region,
			   struct region_event *event)
{
	switch (attribute_type(attribute)) {
	case DMSTAT_A_REGION_REGION_ID:
		return attribute_u32(attribute, &region->region_id);
	case DMSTAT_A_REGION_MAJOR:
		return attribute_u32(attribute, &region->major);
	case DMSTAT_A_REGION_MINOR:
		return attribute_u32(attribute, &region->minor);
	case DMSTAT_A_REGION_DEVICE_NAME:
		return attribute_string(attribute, &region->device_name);
	case DMSTAT_A_REGION_START:
		return attribute_uint(attribute, &region->start);
	case DMSTAT_A_REGION_LENGTH:
		return attribute_uint(attribute, &region->length);
	case DMSTAT_A_REGION_AREA_SIZE:
		return attribute_uint(attribute, &region->area_size);
	case DMSTAT_A_REGION_AREAS:
		return attribute_uint(attribute, &region->areas);
	case DMSTAT_A_REGION_PROGRAM_ID:
		return attribute_string(attribute, &region->program_id);
	case DMSTAT_A_REGION_MEMORY:
		return attribute_uint(attribute, &region->memory);
	case DMSTAT_A_REGION_CREATED:
		return attribute_uint(attribute, &region->created);
	case DMSTAT_A_REGION_MISSED:
		return attribute_uint(attribute, &region->missed);
	case DMSTAT_A_REGION_HISTOGRAM_BOUNDS:
		return parse_bounds(attribute, region);
	case DMSTAT_A_REGION_EXTENTS:
		return attribute_u32(attribute, &region->extents);
	case DMSTAT_A_REGION_USER_DATA:
		return parse_user_data(attribute, region);
	case DMSTAT_A_REGION_CLEARS:
		return attribute_uint(attribute, &region->clears);
	case DMSTAT_A_REGION_CLEARED:
		return attribute_uint(attribute, &region->cleared);
	case DMSTAT_A_REGION_GROUP:
		return attribute_string(attribute, &region->group);
	case DMSTAT_A_REGION_OWNED:
		region->owned = 1;
		return 0;
	case DMSTAT_A_REGION_SLOW_NS:
		return attribute_uint(attribute, &region->slow_ns);
	case DMSTAT_A_REGION_TELL_ERRORS:
		return parse_bool(attribute, &region->tell_errors);
	case DMSTAT_A_REGION_TELL_RATE:
		return attribute_u32(attribute, &region->tell_rate);
	case DMSTAT_A_REGION_CGROUP_ID:
		return attribute_uint(attribute, &region->cgroup_id);
	case DMSTAT_A_REGION_RESIZES:
		return attribute_uint(attribute, &region->resizes);
	case DMSTAT_A_REGION_CAUSE:
		return attribute_u32(attribute, &event->cause);
	case DMSTAT_A_REGION_EVENT_TIME:
		return attribute_uint(attribute, &event->number.time);
	case DMSTAT_A_REGION_EVENT_SEQUENCE:
		event->number.numbered = true;
		return attribute_u32(attribute, &event->number.sequence);
	}
	return 0;
}

/**
 * dmstat_region_parse() - parse an answer or a notification about a region
 * @message: the message; message_is_whole() was true
 * @region: filled from @message, into which its pointers point
 * @event: filled from @message; all 0 unless it is a notification
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_region_parse(const struct nlmsghdr *message,
			struct dmstat_region *region,
			struct region_event *event)
{
	const struct nlattr *attribute;
	int left, ret;

	*event = (struct region_event){ 0 };
	*region = (struct dmstat_region){
		.device_name = "",
		.program_id = "",
		.group = "",
	};
	for_each_message_attribute(attribute, message, left) {
		ret = parse_attribute(attribute, region, event);
		if (ret)
			return ret;
	}
	if (left > 0 || !region->region_id)
		return -EBADMSG;
	return 0;
}

/* Send a request whose answer is a region; @region may be NULL. */
static int request_region(struct dmstat *handle, struct nl_msg *request,
			  const struct dmstat_region **region)
{
	struct region_event event;
	int ret;

	ret = dmstat_call_one(handle, request);
	if (ret)
		return ret;

	ret = dmstat_region_parse(handle->reply, &handle->region, &event);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	if (region)
		*region = &handle->region;
	return 0;
}

/* As above, by the socket that lives as long as the handle. */
static int request_owned(struct dmstat *handle, struct nl_msg *request,
			 const struct dmstat_region **region)
{
	struct dmstat *owner ON_EXIT(handle_owner_end) =
		handle_owner_begin(handle);

	return request_region(owner, request, region);
}

/* Allocate a request about one region. */
static struct nl_msg *new_request(struct dmstat *handle, uint8_t command,
				  uint32_t region_id)
{
	struct nl_msg *request;

	request = dmstat_request_new(handle->family.type, command, 0);
	if (request)
		nla_put_u32(request, DMSTAT_A_REGION_REGION_ID, region_id);
	return request;
}

static void put_unless_default(struct nl_msg *request, int attribute,
			       uint64_t value)
{
	if (value != DMSTAT_DEFAULT)
		nla_put_u64(request, attribute, value);
}

static int put_labels(struct nl_msg *request, const char *program_id,
		      const char *group)
{
	int ret;

	ret = dmstat_request_put_string(request, DMSTAT_A_REGION_PROGRAM_ID,
					program_id);
	if (!ret)
		ret = dmstat_request_put_string(request, DMSTAT_A_REGION_GROUP,
						group);
	return ret;
}

static int put_bounds(struct nl_msg *request, const uint64_t *bounds,
		      uint32_t count)
{
	if (!count)
		return 0;
	if (!bounds)
		return -EINVAL;
	if (count > DMSTAT_BOUNDS_MAX)
		return -ERANGE;
	return nla_put(request, DMSTAT_A_REGION_HISTOGRAM_BOUNDS,
		       count * sizeof(*bounds), bounds) ? -ENOMEM : 0;
}

/* Extents are sent as they are. */
static_assert(sizeof(struct dmstat_extent) ==
	      sizeof(struct dmstat_extent_range));
static_assert(offsetof(struct dmstat_extent, length) ==
	      offsetof(struct dmstat_extent_range, length));

/* Extents that fit into one attribute. */
#define EXTENTS_AT_ONCE							\
	((UINT16_MAX - NLA_HDRLEN) / sizeof(struct dmstat_extent_range))

/* Return: bytes of the attributes for @count extents, or a few more. */
static size_t extents_room(size_t count)
{
	return count * sizeof(struct dmstat_extent_range) +
	       (count / EXTENTS_AT_ONCE + 1) * NLA_HDRLEN;
}

/* The request has room for extents_room(). */
static void put_extents(struct nl_msg *request,
			const struct dmstat_extent *extents, uint32_t count)
{
	uint32_t some;

	for (; count; count -= some, extents += some) {
		some = count < EXTENTS_AT_ONCE ? count : EXTENTS_AT_ONCE;
		nla_put(request, DMSTAT_A_REGION_EXTENT_RANGES,
			some * sizeof(*extents), extents);
	}
}

static int check_extents(struct dmstat *handle,
			 const struct dmstat_extent *extents, uint32_t count)
{
	if (count && !extents)
		return dmstat_failure_errno(&handle->failure, -EINVAL);
	if (count > DMSTAT_EXTENTS_MAX)
		return dmstat_failure_text(&handle->failure, -ERANGE,
					   "%u extents are more than %u: create several regions",
					   count, DMSTAT_EXTENTS_MAX);
	return 0;
}

/* A request with room for extents; @request is set to it. */
static int begin_with_extents(struct dmstat *handle, uint8_t command,
			      const struct dmstat_extent *extents,
			      uint32_t count, struct nl_msg **request)
{
	const int ret = check_extents(handle, extents, count);

	if (ret)
		return ret;
	*request = dmstat_request_new_long(handle->family.type, command, 0,
					   extents_room(count));
	return *request ? 0 : dmstat_failure_errno(&handle->failure, -ENOMEM);
}

/* Data that does not fit the request is longer than the kernel accepts. */
static int put_user_data(struct nl_msg *request, const void *data, size_t size)
{
	if (!data)
		return size ? -EINVAL : 0;
	return nla_put(request, DMSTAT_A_REGION_USER_DATA, size, data) ?
	       -ERANGE : 0;
}

int dmstat_region_create(struct dmstat *handle,
			 const struct dmstat_region_spec *spec,
			 const struct dmstat_region **region)
{
	struct dmstat_region_spec mine = DMSTAT_REGION_SPEC_INIT;
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	ret = structure_copy(&mine, sizeof(mine), spec, spec->struct_size,
			     SPEC_SIZE_0);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	ret = begin_with_extents(handle, DMSTAT_CMD_REGION_NEW, mine.extents,
				 mine.extents_count, &request);
	if (ret)
		return ret;

	nla_put_u32(request, DMSTAT_A_REGION_MAJOR, mine.major);
	nla_put_u32(request, DMSTAT_A_REGION_MINOR, mine.minor);
	put_unless_default(request, DMSTAT_A_REGION_START, mine.start);
	put_unless_default(request, DMSTAT_A_REGION_LENGTH, mine.length);
	put_unless_default(request, DMSTAT_A_REGION_AREA_SIZE, mine.area_size);
	put_unless_default(request, DMSTAT_A_REGION_AREAS, mine.areas);
	if (mine.owned)
		nla_put_flag(request, DMSTAT_A_REGION_OWNED);
	if (mine.slow_ns)
		nla_put_u64(request, DMSTAT_A_REGION_SLOW_NS, mine.slow_ns);
	if (mine.tell_errors)
		nla_put_u32(request, DMSTAT_A_REGION_TELL_ERRORS, 1);
	if (mine.tell_rate)
		nla_put_u32(request, DMSTAT_A_REGION_TELL_RATE, mine.tell_rate);
	if (mine.cgroup_id)
		nla_put_u64(request, DMSTAT_A_REGION_CGROUP_ID, mine.cgroup_id);
	ret = put_labels(request, mine.program_id, mine.group);
	if (!ret)
		ret = put_bounds(request, mine.bounds, mine.bounds_count);
	if (!ret && mine.user_data_size)
		ret = put_user_data(request, mine.user_data,
				    mine.user_data_size);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	put_extents(request, mine.extents, mine.extents_count);
	if (mine.owned)
		return request_owned(handle, request, region);
	return request_region(handle, request, region);
}

int dmstat_region_get(struct dmstat *handle, uint32_t region_id,
		      const struct dmstat_region **region)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;

	request = new_request(handle, DMSTAT_CMD_REGION_GET, region_id);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);
	return request_region(handle, request, region);
}

int dmstat_region_set(struct dmstat *handle,
		      const struct dmstat_region_change *change,
		      const struct dmstat_region **region)
{
	struct dmstat_region_change mine = { 0 };
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	ret = structure_copy(&mine, sizeof(mine), change, change->struct_size,
			     CHANGE_SIZE_0);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	ret = begin_with_extents(handle, DMSTAT_CMD_REGION_SET, mine.extents,
				 mine.extents_count, &request);
	if (ret)
		return ret;

	nla_put_u32(request, DMSTAT_A_REGION_REGION_ID, mine.region_id);
	if (mine.length)
		nla_put_u64(request, DMSTAT_A_REGION_LENGTH, mine.length);
	if (mine.slow_ns)
		nla_put_u64(request, DMSTAT_A_REGION_SLOW_NS,
			    mine.slow_ns == DMSTAT_SLOW_OFF ? 0 : mine.slow_ns);
	if (mine.tell_errors)
		nla_put_u32(request, DMSTAT_A_REGION_TELL_ERRORS,
			    mine.tell_errors > 0);
	if (mine.tell_rate)
		nla_put_u32(request, DMSTAT_A_REGION_TELL_RATE, mine.tell_rate);
	ret = put_labels(request, mine.program_id, mine.group);
	if (!ret)
		ret = put_user_data(request, mine.user_data,
				    mine.user_data_size);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	put_extents(request, mine.extents, mine.extents_count);
	return request_region(handle, request, region);
}

/* Send a request about one region whose answer is an acknowledgment. */
static int order(struct dmstat *handle, uint8_t command, uint32_t region_id)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;

	request = new_request(handle, command, region_id);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);
	return dmstat_call_none(handle, request);
}

int dmstat_region_delete(struct dmstat *handle, uint32_t region_id)
{
	return order(handle, DMSTAT_CMD_REGION_DEL, region_id);
}

int dmstat_region_clear(struct dmstat *handle, uint32_t region_id)
{
	return order(handle, DMSTAT_CMD_REGION_CLEAR, region_id);
}

int dmstat_regions_delete_ids(struct dmstat *handle,
			      const uint32_t *region_ids, size_t count)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	size_t size = count * sizeof(*region_ids);

	if (!count || !region_ids)
		return dmstat_failure_errno(&handle->failure, -EINVAL);
	if (count > DMSTAT_DELETE_MAX)
		return dmstat_failure_text(&handle->failure, -ERANGE,
					   "%zu regions are more than %u: delete them in several calls",
					   count, DMSTAT_DELETE_MAX);

	request = dmstat_request_new_long(handle->family.type,
					  DMSTAT_CMD_REGION_DEL, 0, size);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);
	nla_put(request, DMSTAT_A_REGION_REGION_IDS, size, region_ids);
	return dmstat_call_none(handle, request);
}

static int parse_deleted(const struct nlmsghdr *message, uint32_t *count)
{
	const struct nlattr *attribute;
	bool found = false;
	int left, ret;

	for_each_message_attribute(attribute, message, left) {
		if (attribute_type(attribute) != DMSTAT_A_REGION_DELETED)
			continue;
		found = true;
		ret = attribute_u32(attribute, count);
		if (ret)
			return ret;
	}
	return left > 0 || !found ? -EBADMSG : 0;
}

int dmstat_regions_delete(struct dmstat *handle,
			  const struct dmstat_region_filter *filter,
			  uint32_t *count)
{
	struct dmstat_region_filter mine;
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	uint32_t deleted = 0;
	int ret;

	if (count)
		*count = 0;
	ret = dmstat_filter_copy(&mine, filter);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	request = dmstat_request_new(handle->family.type,
				     DMSTAT_CMD_REGION_DEL, 0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);
	ret = dmstat_filter_put(request, &filter_attributes, &mine);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);
	ret = dmstat_call_one(handle, request);
	if (ret)
		return ret;

	ret = parse_deleted(handle->reply, &deleted);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);
	if (count)
		*count = deleted;
	return 0;
}

/* State of dmstat_regions(). */
struct region_walk {
	dmstat_region_fn callback;
	void *data;
};

static int walk_region(const struct nlmsghdr *message, void *data)
{
	const struct region_walk *walk = data;
	struct dmstat_region region;
	struct region_event event;
	int ret;

	ret = dmstat_region_parse(message, &region, &event);
	if (ret)
		return ret;
	return walk->callback(&region, walk->data);
}

int dmstat_regions(struct dmstat *handle,
		   const struct dmstat_region_filter *filter,
		   dmstat_region_fn callback, void *data)
{
	struct region_walk walk = { .callback = callback, .data = data };
	struct dmstat_region_filter mine;
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	ret = dmstat_filter_copy(&mine, filter);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	request = dmstat_request_new(handle->family.type, DMSTAT_CMD_REGION_GET,
				     NLM_F_DUMP);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	ret = dmstat_filter_put(request, &filter_attributes, &mine);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);
	return dmstat_call_walk(handle, request, walk_region, &walk);
}

EXPORT(dmstat_region_create);
EXPORT(dmstat_region_get);
EXPORT(dmstat_region_set);
EXPORT(dmstat_region_delete);
EXPORT(dmstat_region_clear);
EXPORT(dmstat_regions);
EXPORT(dmstat_regions_delete);
EXPORT(dmstat_regions_delete_ids);
