// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * device: list and find the devices whose I/O can be counted
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "device.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/dmstat.h>

#include "attribute.h"
#include "call.h"
#include "handle.h"
#include "partition.h"
#include "request.h"
#include "scope.h"

/* Attributes are aligned to 4 bytes only, so the numbers are copied. */
static int parse_bins(const struct nlattr *attribute,
		      struct dmstat_flush *flush)
{
	if (attribute_size(attribute) != sizeof(flush->histogram))
		return -EBADMSG;
	memcpy(flush->histogram, attribute_data(attribute),
	       sizeof(flush->histogram));
	return 0;
}

static int parse_flush(const struct nlattr *nest, struct dmstat_flush *flush)
{
	const struct nlattr *attribute;
	int left, ret = 0;

	*flush = (struct dmstat_flush){ 0 };
	for_each_nested(attribute, nest, left) {
		switch (attribute_type(attribute)) {
		case DMSTAT_A_FLUSH_IOS:
			ret = attribute_uint(attribute, &flush->ios);
			break;
		case DMSTAT_A_FLUSH_NS:
			ret = attribute_uint(attribute, &flush->ns);
			break;
		case DMSTAT_A_FLUSH_ERRORS:
			ret = attribute_uint(attribute, &flush->errors);
			break;
		case DMSTAT_A_FLUSH_LONGEST_NS:
			ret = attribute_uint(attribute, &flush->longest_ns);
			break;
		case DMSTAT_A_FLUSH_BUSY_NS:
			ret = attribute_uint(attribute, &flush->busy_ns);
			break;
		case DMSTAT_A_FLUSH_AGAIN:
			ret = attribute_uint(attribute, &flush->again);
			break;
		case DMSTAT_A_FLUSH_IN_FLIGHT:
			ret = attribute_uint(attribute, &flush->in_flight);
			break;
		case DMSTAT_A_FLUSH_HISTOGRAM:
			ret = parse_bins(attribute, flush);
			break;
		}
		if (ret)
			return ret;
	}
	return left > 0 ? -EBADMSG : 0;
}

/**
 * dmstat_device_parse() - parse an answer to DMSTAT_CMD_DEVICE_GET
 * @message: the message; message_is_whole() was true
 * @device: filled from @message, into which its strings point
 * @flush: filled, and pointed to by @device, if the message has flushes
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_device_parse(const struct nlmsghdr *message,
			struct dmstat_device *device,
			struct dmstat_flush *flush)
{
	const struct nlattr *attribute;
	int left, ret = 0;

	*device = (struct dmstat_device){ .uuid = "" };
	for_each_message_attribute(attribute, message, left) {
		switch (attribute_type(attribute)) {
		case DMSTAT_A_DEVICE_MAJOR:
			ret = attribute_u32(attribute, &device->major);
			break;
		case DMSTAT_A_DEVICE_MINOR:
			ret = attribute_u32(attribute, &device->minor);
			break;
		case DMSTAT_A_DEVICE_NAME:
			ret = attribute_string(attribute, &device->name);
			break;
		case DMSTAT_A_DEVICE_UUID:
			ret = attribute_string(attribute, &device->uuid);
			break;
		case DMSTAT_A_DEVICE_SIZE:
			ret = attribute_uint(attribute, &device->size);
			break;
		case DMSTAT_A_DEVICE_REGIONS:
			ret = attribute_u32(attribute, &device->regions);
			break;
		case DMSTAT_A_DEVICE_MISSED:
			ret = attribute_uint(attribute, &device->missed);
			break;
		case DMSTAT_A_DEVICE_FLUSH:
			ret = parse_flush(attribute, flush);
			device->flush = flush;
			break;
		case DMSTAT_A_DEVICE_OLDEST_NS:
			ret = attribute_uint(attribute, &device->oldest_ns);
			break;
		}
		if (ret)
			return ret;
	}
	if (left > 0 || !device->name)
		return -EBADMSG;
	return 0;
}

const uint64_t *dmstat_flush_bounds(void)
{
	static const uint64_t bounds[DMSTAT_FLUSH_BINS - 1] = {
#define US(i)	(UINT64_C(1000) << (i))
		US(0), US(1), US(2), US(3), US(4), US(5), US(6), US(7),
		US(8), US(9), US(10), US(11), US(12), US(13), US(14), US(15),
		US(16), US(17), US(18), US(19), US(20), US(21), US(22), US(23),
		US(24), US(25), US(26), US(27), US(28), US(29), US(30),
#undef US
	};

	return bounds;
}

/* State of dmstat_devices(). */
struct device_walk {
	dmstat_device_fn callback;
	void *data;
};

static int walk_device(const struct nlmsghdr *message, void *data)
{
	const struct device_walk *walk = data;
	struct dmstat_device device;
	struct dmstat_flush flush;
	int ret;

	ret = dmstat_device_parse(message, &device, &flush);
	if (ret)
		return ret;
	return walk->callback(&device, walk->data);
}

int dmstat_devices(struct dmstat *handle, dmstat_device_fn callback, void *data)
{
	struct device_walk walk = { .callback = callback, .data = data };
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;

	request = dmstat_request_new(handle->family.type, DMSTAT_CMD_DEVICE_GET,
				     NLM_F_DUMP);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	return dmstat_call_walk(handle, request, walk_device, &walk);
}

int dmstat_device_get(struct dmstat *handle, uint32_t major, uint32_t minor,
		      const struct dmstat_device **device)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	request = dmstat_request_new(handle->family.type, DMSTAT_CMD_DEVICE_GET,
				     0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_u32(request, DMSTAT_A_DEVICE_MAJOR, major);
	nla_put_u32(request, DMSTAT_A_DEVICE_MINOR, minor);
	ret = dmstat_call_one(handle, request);
	if (ret)
		return ret;

	ret = dmstat_device_parse(handle->reply, &handle->device,
				  &handle->flush);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	*device = &handle->device;
	return 0;
}

/* As for LVM's commands, "vg/lv" is /dev/vg/lv. */
static int stat_in_dev(struct dmstat *handle, const char *path,
		       struct stat *status)
{
	char in_dev[PATH_MAX];

	snprintf(in_dev, sizeof(in_dev), "/dev/%s", path);
	if (!stat(in_dev, status))
		return 0;
	return dmstat_failure_text(&handle->failure, -errno,
				   "neither %s nor /dev/%s: %m", path, path);
}

/* The numbers of a block device. */
struct numbers {
	uint32_t major;
	uint32_t minor;
};

static int find_path(struct dmstat *handle, const char *path,
		     struct numbers *numbers)
{
	struct stat status;
	int ret = 0;

	if (stat(path, &status)) {
		if (errno != ENOENT || *path == '/' || *path == '.')
			return dmstat_failure_text(&handle->failure, -errno,
						   "%s: %m", path);
		ret = stat_in_dev(handle, path, &status);
	}
	if (ret)
		return ret;
	if (!S_ISBLK(status.st_mode))
		return dmstat_failure_text(&handle->failure, -ENOTBLK,
					   "%s is not a block device", path);

	numbers->major = major(status.st_rdev);
	numbers->minor = minor(status.st_rdev);
	return 0;
}

/* Each walk may be interrupted by devices that come and go. */
#define SEARCH_TRIES	10

/* State of find_name(). */
struct device_search {
	const char *name;
	bool found;
	struct numbers numbers;
};

/* Does not stop the walk: that would close the socket, to save little. */
static int search_device(const struct dmstat_device *device, void *data)
{
	struct device_search *search = data;

	if (strcmp(device->name, search->name))
		return 0;
	/* A device-mapper device may be named as a disk is: it goes first. */
	if (search->found &&
	    !dmstat_partition_is_mapped(device->major, device->minor))
		return 0;
	search->found = true;
	search->numbers.major = device->major;
	search->numbers.minor = device->minor;
	return 0;
}

/*
 * The kernel lists only devices whose I/O can be counted. If another block device
 * has this name, it is a partition, or the refusal says why it is not listed.
 */
static int find_unlisted(struct dmstat *handle, const char *name,
			 struct numbers *numbers)
{
	struct stat status;
	char path[256];

	snprintf(path, sizeof(path), "/dev/mapper/%s", name);
	if (!stat(path, &status) && S_ISBLK(status.st_mode)) {
		numbers->major = major(status.st_rdev);
		numbers->minor = minor(status.st_rdev);
		return 0;
	}
	if (dmstat_partition_named(name, &numbers->major, &numbers->minor))
		return 0;

	return dmstat_failure_text(&handle->failure, -ENODEV,
				   "no block device is named '%s'", name);
}

static int find_name(struct dmstat *handle, const char *name,
		     struct numbers *numbers)
{
	struct device_search search = { .name = name };
	int tries = SEARCH_TRIES;
	int ret;

	do {
		ret = dmstat_devices(handle, search_device, &search);
	} while (ret == -EAGAIN && !search.found && --tries);

	*numbers = search.numbers;
	if (search.found)
		return 0;
	return ret ? ret : find_unlisted(handle, name, numbers);
}

/* Is all of @text major:minor? At most 9 digits each, so that both fit. */
static bool is_numbers(const char *text, struct numbers *numbers)
{
	size_t first = strspn(text, "0123456789"), second;
	int end = 0;

	if (!first || first > 9 || text[first] != ':')
		return false;
	second = strspn(text + first + 1, "0123456789");
	if (!second || second > 9)
		return false;

	return sscanf(text, "%u:%u%n", &numbers->major, &numbers->minor,
		      &end) == 2 && !text[end];
}

static int find_numbers(struct dmstat *handle, const char *text,
			struct numbers *numbers)
{
	if (strchr(text, '/'))
		return find_path(handle, text, numbers);
	if (is_numbers(text, numbers))
		return 0;
	return find_name(handle, text, numbers);
}

int dmstat_device_find(struct dmstat *handle, const char *text,
		       const struct dmstat_device **device)
{
	struct numbers numbers;
	int ret = find_numbers(handle, text, &numbers);

	if (ret)
		return ret;
	return dmstat_device_get(handle, numbers.major, numbers.minor, device);
}

int dmstat_device_find_range(struct dmstat *handle, const char *text,
			     const struct dmstat_device **device,
			     struct dmstat_extent *range)
{
	struct dmstat_extent part;
	struct numbers numbers;
	bool is_part;
	int ret;

	ret = find_numbers(handle, text, &numbers);
	if (ret)
		return ret;
	is_part = !dmstat_partition(&numbers.major, &numbers.minor, &part);
	ret = dmstat_device_get(handle, numbers.major, numbers.minor, device);
	if (ret)
		return ret;

	*range = (struct dmstat_extent){ .length = (*device)->size };
	if (is_part)
		*range = part;
	return 0;
}

EXPORT(dmstat_flush_bounds);
EXPORT(dmstat_devices);
EXPORT(dmstat_device_get);
EXPORT(dmstat_device_find);
EXPORT(dmstat_device_find_range);
