// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * argument: the requests that the library sends for its arguments
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>

#include "../handle.h"
#include "faked.h"
#include "kernel.h"
#include "test.h"

static struct dmstat *handle;

/* Return: an attribute of the last request, or NULL. */
static const struct nlattr *attribute(int type)
{
	struct nlmsghdr *request = (struct nlmsghdr *)kernel_request();

	return nlmsg_find_attr(request, GENL_HDRLEN, type);
}

static int command(void)
{
	const struct genlmsghdr *header = nlmsg_data(kernel_request());

	return header->cmd;
}

static bool is_dump(void)
{
	return (kernel_request()->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

#define EXPECT_U32(type, value) do {					\
	const struct nlattr *it_ = attribute(type);			\
									\
	EXPECT(it_ && nla_len(it_) == 4);				\
	if (it_)							\
		EXPECT_EQUAL(nla_get_u32(it_), value);			\
} while (0)

#define EXPECT_U64(type, value) do {					\
	const struct nlattr *it_ = attribute(type);			\
									\
	EXPECT(it_ && nla_len(it_) == 8);				\
	if (it_)							\
		EXPECT_EQUAL(nla_get_u64(it_), value);			\
} while (0)

#define EXPECT_TEXT(type, value) do {					\
	const struct nlattr *it_ = attribute(type);			\
									\
	EXPECT(it_);							\
	if (it_)							\
		EXPECT_STRING(nla_get_string(it_), value);		\
} while (0)

static int ignore_area(const struct dmstat_area *area, void *data)
{
	(void)area;
	(void)data;
	return 0;
}

static int ignore_device(const struct dmstat_device *device, void *data)
{
	(void)device;
	(void)data;
	return 0;
}

static int ignore_region(const struct dmstat_region *region, void *data)
{
	(void)region;
	(void)data;
	return 0;
}

static int ignore_io(const struct dmstat_inflight *io, void *data)
{
	(void)io;
	(void)data;
	return 0;
}

static void a_device_is_requested_by_its_numbers(void)
{
	const struct dmstat_device *device;

	faked_answer("error -ENODEV\n");
	EXPECT_EQUAL(dmstat_device_get(handle, 253, 3, &device), -ENODEV);
	EXPECT_EQUAL(command(), DMSTAT_CMD_DEVICE_GET);
	EXPECT(!is_dump());
	EXPECT_U32(DMSTAT_A_DEVICE_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_DEVICE_MINOR, 3);

	faked_answer("error -ENODEV\n");
	EXPECT_EQUAL(dmstat_device_find(handle, "7:123456789", &device),
		     -ENODEV);
	EXPECT_U32(DMSTAT_A_DEVICE_MAJOR, 7);
	EXPECT_U32(DMSTAT_A_DEVICE_MINOR, 123456789);

	faked_answer("done -ENODEV\n");
	EXPECT_EQUAL(dmstat_inflight(handle, 254, 4, ignore_io, NULL),
		     -ENODEV);
	EXPECT_EQUAL(command(), DMSTAT_CMD_INFLIGHT_GET);
	EXPECT(is_dump());
	EXPECT_U32(DMSTAT_A_INFLIGHT_MAJOR, 254);
	EXPECT_U32(DMSTAT_A_INFLIGHT_MINOR, 4);
}

#define DISK								\
	"message DMSTAT_CMD_DEVICE_GET\n"				\
	"u32 DMSTAT_A_DEVICE_MAJOR 253\n"				\
	"u32 DMSTAT_A_DEVICE_MINOR 3\n"					\
	"string DMSTAT_A_DEVICE_NAME sdz\n"				\
	"u32 DMSTAT_A_DEVICE_SIZE 8192\n"

/* The fake kernel has a partition 259:2, "a-part", of the disk 253:3. */
static void find_part(const char *text, const char *answer)
{
	struct dmstat_extent range = { 0 };
	const struct dmstat_device *device;

	faked_answer(answer);
	EXPECT_EQUAL(dmstat_device_find_range(handle, text, &device, &range),
		     0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_DEVICE_GET);
	EXPECT_U32(DMSTAT_A_DEVICE_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_DEVICE_MINOR, 3);
	EXPECT_STRING(device->name, "sdz");
	EXPECT_EQUAL(range.start, 2048);
	EXPECT_EQUAL(range.length, 4096);
}

static void a_partition_is_a_range_of_its_disk(void)
{
	struct dmstat_extent range = { 1, 2 };
	uint32_t major = 259, minor = 2;

	EXPECT_EQUAL(dmstat_partition(&major, &minor, &range), 0);
	EXPECT_EQUAL(major, 253);
	EXPECT_EQUAL(minor, 3);
	EXPECT_EQUAL(range.start, 2048);
	EXPECT_EQUAL(range.length, 4096);

	find_part("259:2", DISK "error 0\n");
	find_part("a-part", "done 0\ndatagram\n" DISK "error 0\n");
}

static void what_is_no_partition_stays_as_it_is(void)
{
	struct dmstat_extent range = { 1, 2 };
	const struct dmstat_device *device;
	uint32_t major = 253, minor = 3;

	EXPECT_EQUAL(dmstat_partition(&major, &minor, &range), -ENOENT);
	EXPECT_EQUAL(major, 253);
	EXPECT_EQUAL(minor, 3);
	EXPECT_EQUAL(range.start, 1);

	/* Its folder vanishes while it is read. */
	major = 259;
	EXPECT_EQUAL(dmstat_partition(&major, &minor, &range), -ENODEV);
	EXPECT_EQUAL(major, 259);
	EXPECT_EQUAL(range.start, 1);

	/* What is read is of two partitions. */
	minor = 4;
	EXPECT_EQUAL(dmstat_partition(&major, &minor, &range), -ENODEV);
	EXPECT_EQUAL(minor, 4);
	EXPECT_EQUAL(range.start, 1);

	faked_answer(DISK "error 0\n");
	EXPECT_EQUAL(dmstat_device_find_range(handle, "253:3", &device, &range),
		     0);
	EXPECT_EQUAL(range.start, 0);
	EXPECT_EQUAL(range.length, 8192);
}

/* A caller that knows no ranges must not take the disk for it. */
static void a_partition_needs_its_range(void)
{
	const struct dmstat_device *device;

	faked_answer("error -EOPNOTSUPP\n");
	EXPECT_EQUAL(dmstat_device_find(handle, "259:2", &device),
		     -EOPNOTSUPP);
	EXPECT_U32(DMSTAT_A_DEVICE_MAJOR, 259);
	EXPECT_U32(DMSTAT_A_DEVICE_MINOR, 2);
}

static void a_new_region_is_described(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;

	spec.major = 253;
	spec.minor = 3;
	spec.start = 8;
	spec.length = 800;
	spec.area_size = 80;
	spec.program_id = "fio";
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENOSPC);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_NEW);
	EXPECT_U32(DMSTAT_A_REGION_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_REGION_MINOR, 3);
	EXPECT_U64(DMSTAT_A_REGION_START, 8);
	EXPECT_U64(DMSTAT_A_REGION_LENGTH, 800);
	EXPECT_U64(DMSTAT_A_REGION_AREA_SIZE, 80);
	EXPECT(!attribute(DMSTAT_A_REGION_AREAS));
	EXPECT_TEXT(DMSTAT_A_REGION_PROGRAM_ID, "fio");

	spec = (struct dmstat_region_spec)DMSTAT_REGION_SPEC_INIT;
	spec.areas = 10;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT_U64(DMSTAT_A_REGION_AREAS, 10);
}

/* Whether the last request had @count extents: the nth from @first + 3 * n. */
static bool extents_were_sent(uint32_t count, uint64_t first)
{
	struct nlmsghdr *request = (struct nlmsghdr *)kernel_request();
	struct dmstat_extent_range range;
	struct nlattr *it;
	uint32_t n = 0;
	int left, i;

	nlmsg_for_each_attr(it, request, GENL_HDRLEN, left) {
		if (it->nla_type != DMSTAT_A_REGION_EXTENT_RANGES)
			continue;
		for (i = 0; i < nla_len(it); i += sizeof(range), n++) {
			memcpy(&range, (char *)nla_data(it) + i,
			       sizeof(range));
			if (range.start != first + 3 * n || range.length != 2)
				return false;
		}
		EXPECT_EQUAL(i, nla_len(it));
	}
	return n == count && !left;
}

static struct dmstat_extent extents[DMSTAT_EXTENTS_MAX];

/* A region of @count extents on a device. */
static struct dmstat_region_spec spec_of_extents(uint32_t count)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	uint32_t n;

	for (n = 0; n < DMSTAT_EXTENTS_MAX; n++)
		extents[n] = (struct dmstat_extent){ 1ULL << 40, 2 };
	for (n = 0; n < count && n < DMSTAT_EXTENTS_MAX; n++)
		extents[n].start = (1ULL << 33) + 3 * n;
	spec.extents = extents;
	spec.extents_count = count;
	return spec;
}

static void a_region_is_created_from_extents(void)
{
	struct dmstat_region_spec spec = spec_of_extents(3);

	spec.area_size = 80;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(extents_were_sent(3, 1ULL << 33));
	EXPECT_U64(DMSTAT_A_REGION_AREA_SIZE, 80);
	EXPECT(!attribute(DMSTAT_A_REGION_START));
	EXPECT(!attribute(DMSTAT_A_REGION_LENGTH));

	/* The kernel checks whether members can be combined. */
	spec.start = 8;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(extents_were_sent(3, 1ULL << 33));
	EXPECT_U64(DMSTAT_A_REGION_START, 8);
}

static void many_extents_are_sent_at_once(void)
{
	struct dmstat_region_spec spec = spec_of_extents(DMSTAT_EXTENTS_MAX);

	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(extents_were_sent(DMSTAT_EXTENTS_MAX, 1ULL << 33));
}

static void a_request_that_is_too_long_to_send_is_refused(void)
{
	struct dmstat_region_spec spec = spec_of_extents(26000);

	faked_answer("refuse REFUSE_ROOM EPERM\nerror -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENOSPC);
	EXPECT(extents_were_sent(26000, 1ULL << 33));

	spec = spec_of_extents(27000);
	faked_answer("refuse REFUSE_ROOM EPERM\nerror -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -EMSGSIZE);
	EXPECT(strstr(dmstat_error(handle), "CAP_NET_ADMIN"));
	EXPECT(!dmstat_extack(handle));

	faked_answer("error 0\n");
	EXPECT_EQUAL(dmstat_region_delete(handle, 17), 0);
}

static void invalid_extents_are_refused(void)
{
	struct dmstat_region_spec spec;

	spec = spec_of_extents(DMSTAT_EXTENTS_MAX + 1);
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ERANGE);
	EXPECT_STRING(dmstat_error(handle),
		      "65537 extents are more than 65536: create several regions");

	spec.extents_count = 1;
	spec.extents = NULL;
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -EINVAL);
}

static void defaults_are_left_to_the_kernel(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	faked_answer("error -ENODEV\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENODEV);
	EXPECT(!attribute(DMSTAT_A_REGION_START));
	EXPECT(!attribute(DMSTAT_A_REGION_LENGTH));
	EXPECT(!attribute(DMSTAT_A_REGION_AREA_SIZE));
	EXPECT(!attribute(DMSTAT_A_REGION_AREAS));
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));
	EXPECT(!attribute(DMSTAT_A_REGION_EXTENT_RANGES));
	EXPECT(!attribute(DMSTAT_A_REGION_SLOW_NS));
	EXPECT(!attribute(DMSTAT_A_REGION_TELL_ERRORS));
	EXPECT(!attribute(DMSTAT_A_REGION_TELL_RATE));
	EXPECT(!attribute(DMSTAT_A_REGION_CGROUP_ID));

	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_AREA_FIRST_AREA));
	EXPECT(!attribute(DMSTAT_A_AREA_AREA_COUNT));
	EXPECT(!attribute(DMSTAT_A_AREA_ACTIVE));
	EXPECT(!attribute(DMSTAT_A_AREA_CLEAR));

	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_regions(handle, NULL, ignore_region, NULL), 0);
	EXPECT(is_dump());
	EXPECT(!attribute(DMSTAT_A_REGION_MAJOR));
	EXPECT(!attribute(DMSTAT_A_REGION_MINOR));
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));
}

static void areas_are_requested_as_the_query_says(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.region_id = 17;
	query.first = 5;
	query.count = 2;
	query.flags = DMSTAT_AREAS_ACTIVE;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_AREA_GET);
	EXPECT(is_dump());
	EXPECT_U32(DMSTAT_A_AREA_REGION_ID, 17);
	EXPECT_U64(DMSTAT_A_AREA_FIRST_AREA, 5);
	EXPECT_U64(DMSTAT_A_AREA_AREA_COUNT, 2);
	EXPECT(attribute(DMSTAT_A_AREA_ACTIVE));
	EXPECT(!attribute(DMSTAT_A_AREA_CLEAR));

	query.flags = DMSTAT_AREAS_CLEAR;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_AREA_ACTIVE));
	EXPECT(attribute(DMSTAT_A_AREA_CLEAR));
	EXPECT(!attribute(DMSTAT_A_AREA_UNCLEARED));

	query.flags = DMSTAT_AREAS_ACTIVE | DMSTAT_AREAS_UNCLEARED;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT(attribute(DMSTAT_A_AREA_ACTIVE));
	EXPECT(!attribute(DMSTAT_A_AREA_CLEAR));
	EXPECT(attribute(DMSTAT_A_AREA_UNCLEARED));
}

static void areas_of_many_regions_are_requested_at_once(void)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT(is_dump());
	EXPECT(!attribute(DMSTAT_A_AREA_REGION_ID));
	EXPECT(!attribute(DMSTAT_A_AREA_MERGE));
	EXPECT(!attribute(DMSTAT_A_AREA_MAJOR));
	EXPECT(!attribute(DMSTAT_A_AREA_PROGRAM_ID));
	EXPECT(!attribute(DMSTAT_A_AREA_GROUP));

	filter.by_device = 1;
	filter.major = 253;
	filter.minor = 3;
	filter.program_id = "fio";
	filter.group = "logs";
	query.filter = &filter;
	query.merge = DMSTAT_MERGE_ALL;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_AREA_REGION_ID));
	EXPECT_U32(DMSTAT_A_AREA_MERGE, UINT32_MAX);
	EXPECT_U32(DMSTAT_A_AREA_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_AREA_MINOR, 3);
	EXPECT_TEXT(DMSTAT_A_AREA_PROGRAM_ID, "fio");
	EXPECT_TEXT(DMSTAT_A_AREA_GROUP, "logs");

	filter.struct_size = 1;
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);
}

static void queries_that_make_no_sense_are_refused(void)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.first = 1;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);
	EXPECT_STRING(dmstat_error(handle),
		      "first and count are of one region: give its id");
	query.first = DMSTAT_DEFAULT;
	query.count = 1;
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);

	query.region_id = 17;
	query.filter = &filter;
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);
	EXPECT_STRING(dmstat_error(handle),
		      "a region id and a filter: give only one of them");

	query.filter = NULL;
	query.flags = DMSTAT_AREAS_CLEAR | DMSTAT_AREAS_UNCLEARED;
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);
	EXPECT_STRING(dmstat_error(handle),
		      "clear and uncleared do not go together: give only one of them");

	/* All of them go together. */
	query.flags = DMSTAT_AREAS_UNCLEARED;
	query.merge = 2;
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), 0);
	EXPECT_U32(DMSTAT_A_AREA_REGION_ID, 17);
	EXPECT_U32(DMSTAT_A_AREA_MERGE, 2);
}

static void regions_are_filtered_by_the_kernel(void)
{
	struct dmstat_region_filter filter = {
		.struct_size = sizeof(filter),
		.by_device = 1,
		.major = 253,
		.minor = 3,
	};

	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_regions(handle, &filter, ignore_region, NULL), 0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_GET);
	EXPECT_U32(DMSTAT_A_REGION_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_REGION_MINOR, 3);
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));

	filter.by_device = 0;
	filter.program_id = "fio";
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_regions(handle, &filter, ignore_region, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_REGION_MAJOR));
	EXPECT_TEXT(DMSTAT_A_REGION_PROGRAM_ID, "fio");
}

static void requests_name_their_region(void)
{
	faked_answer("error 0\n");
	EXPECT_EQUAL(dmstat_region_delete(handle, 17), 0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_DEL);
	EXPECT_U32(DMSTAT_A_REGION_REGION_ID, 17);

	/* A message before the acknowledgment is ignored. */
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_clear(handle, 18), 0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_CLEAR);
	EXPECT_U32(DMSTAT_A_REGION_REGION_ID, 18);
}

static void many_regions_are_deleted_by_their_ids(void)
{
	static uint32_t ids[DMSTAT_DELETE_MAX + 1];
	uint32_t i;

	for (i = 0; i <= DMSTAT_DELETE_MAX; i++)
		ids[i] = i + 1;
	faked_answer("error 0\n");
	EXPECT_EQUAL(dmstat_regions_delete_ids(handle, ids,
					       DMSTAT_DELETE_MAX), 0);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_DEL);
	EXPECT_EQUAL(nla_len(attribute(DMSTAT_A_REGION_REGION_IDS)),
		     DMSTAT_DELETE_MAX * sizeof(*ids));
	EXPECT(!memcmp(nla_data(attribute(DMSTAT_A_REGION_REGION_IDS)), ids,
		       DMSTAT_DELETE_MAX * sizeof(*ids)));

	faked_answer("error 0\n");
	EXPECT_EQUAL(dmstat_regions_delete_ids(handle, ids,
					       DMSTAT_DELETE_MAX + 1),
		     -ERANGE);
	EXPECT_EQUAL(dmstat_regions_delete_ids(handle, ids, 0), -EINVAL);
	EXPECT_EQUAL(dmstat_regions_delete_ids(handle, NULL, 1), -EINVAL);
}

static void all_regions_of_a_device_or_program_are_deleted(void)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	uint32_t count;

	filter.by_device = 1;
	filter.major = 253;
	filter.minor = 3;
	faked_answer("message DMSTAT_CMD_REGION_DEL\n"
		"u32 DMSTAT_A_REGION_DELETED 70000\nerror 0\n");
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, &count), 0);
	EXPECT_EQUAL(count, 70000);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_DEL);
	EXPECT_U32(DMSTAT_A_REGION_MAJOR, 253);
	EXPECT_U32(DMSTAT_A_REGION_MINOR, 3);
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));

	filter.by_device = 0;
	filter.program_id = "fio";
	faked_answer("error -ENOENT\nflags NLM_F_ACK_TLVS\n"
		"string NLMSGERR_ATTR_MSG there is no such region\n");
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, &count), -ENOENT);
	EXPECT_EQUAL(count, 0);
	EXPECT(!attribute(DMSTAT_A_REGION_MAJOR));
	EXPECT_TEXT(DMSTAT_A_REGION_PROGRAM_ID, "fio");

	/* The answer must have the number. */
	faked_answer("message DMSTAT_CMD_REGION_DEL\nerror 0\n");
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, NULL), -EBADMSG);
	/* The kernel refuses a filter that matches everything. */
	faked_answer("error -EINVAL\n");
	EXPECT_EQUAL(dmstat_regions_delete(handle, NULL, NULL), -EINVAL);
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));
	filter.struct_size = 1;
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, NULL), -EINVAL);
}

static void only_what_is_to_be_set_is_sent(void)
{
	struct dmstat_region_change change = { .struct_size = sizeof(change) };

	change.region_id = 17;
	change.program_id = "";
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -ENOSPC);
	EXPECT_EQUAL(command(), DMSTAT_CMD_REGION_SET);
	EXPECT_U32(DMSTAT_A_REGION_REGION_ID, 17);
	EXPECT_TEXT(DMSTAT_A_REGION_PROGRAM_ID, "");
	EXPECT(!attribute(DMSTAT_A_REGION_USER_DATA));

	change.program_id = NULL;
	change.user_data = "data";
	change.user_data_size = sizeof("data");
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -ENOSPC);
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));
	EXPECT_TEXT(DMSTAT_A_REGION_USER_DATA, "data");

	change.user_data_size = 0;
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -ENOSPC);
	EXPECT(attribute(DMSTAT_A_REGION_USER_DATA));

	change.user_data = NULL;
	change.user_data_size = 1;
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -EINVAL);
	change.struct_size = 1;
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -EINVAL);
}

static void user_data_is_sent_with_a_new_region(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	static const char most[4096];

	spec.user_data = most;
	spec.user_data_size = sizeof(most);
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENOSPC);
	EXPECT(attribute(DMSTAT_A_REGION_USER_DATA));
}

static void a_group_is_sent_set_removed_and_filtered_by(void)
{
	struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;

	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_REGION_GROUP));
	spec.group = "logs";
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT_TEXT(DMSTAT_A_REGION_GROUP, "logs");

	change.region_id = 17;
	change.group = "";
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT_TEXT(DMSTAT_A_REGION_GROUP, "");
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));

	filter.group = "logs";
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_regions(handle, &filter, ignore_region, NULL), 0);
	EXPECT_TEXT(DMSTAT_A_REGION_GROUP, "logs");
	EXPECT(!attribute(DMSTAT_A_REGION_PROGRAM_ID));
	faked_answer("error -ENOENT\nflags NLM_F_ACK_TLVS\n"
		"string NLMSGERR_ATTR_MSG there is no such region\n");
	EXPECT_EQUAL(dmstat_regions_delete(handle, &filter, NULL), -ENOENT);
	EXPECT_TEXT(DMSTAT_A_REGION_GROUP, "logs");
}

static void what_a_region_tells_is_sent_changed_and_switched_off(void)
{
	struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;

	spec.slow_ns = 20000000;
	spec.tell_errors = -1;
	spec.tell_rate = 10;
	spec.cgroup_id = 4294967297;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT_U64(DMSTAT_A_REGION_SLOW_NS, 20000000);
	EXPECT_U32(DMSTAT_A_REGION_TELL_ERRORS, 1);
	EXPECT_U32(DMSTAT_A_REGION_TELL_RATE, 10);
	EXPECT_U64(DMSTAT_A_REGION_CGROUP_ID, 4294967297);

	change.region_id = 17;
	change.slow_ns = 5;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT_U64(DMSTAT_A_REGION_SLOW_NS, 5);
	EXPECT(!attribute(DMSTAT_A_REGION_TELL_ERRORS));
	EXPECT(!attribute(DMSTAT_A_REGION_TELL_RATE));

	change.slow_ns = DMSTAT_SLOW_OFF;
	change.tell_errors = 1;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT_U64(DMSTAT_A_REGION_SLOW_NS, 0);
	EXPECT_U32(DMSTAT_A_REGION_TELL_ERRORS, 1);

	change.slow_ns = 0;
	change.tell_errors = -1;
	change.tell_rate = 20;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_REGION_SLOW_NS));
	EXPECT_U32(DMSTAT_A_REGION_TELL_ERRORS, 0);
	EXPECT_U32(DMSTAT_A_REGION_TELL_RATE, 20);
}

static void a_region_is_resized_by_a_length_or_extents(void)
{
	struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
	const struct dmstat_region_spec spec = spec_of_extents(9000);

	change.region_id = 17;
	change.length = 1ULL << 40;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT_U64(DMSTAT_A_REGION_LENGTH, 1ULL << 40);
	EXPECT(!attribute(DMSTAT_A_REGION_EXTENT_RANGES));
	EXPECT(!attribute(DMSTAT_A_REGION_GROUP));

	/* More than fit an attribute. */
	change.length = 0;
	change.extents = spec.extents;
	change.extents_count = spec.extents_count;
	change.group = "logs";
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), 0);
	EXPECT(extents_were_sent(9000, 1ULL << 33));
	EXPECT(!attribute(DMSTAT_A_REGION_LENGTH));
	EXPECT_TEXT(DMSTAT_A_REGION_GROUP, "logs");

	change.extents_count = DMSTAT_EXTENTS_MAX + 1;
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -ERANGE);
	change.extents_count = 1;
	change.extents = NULL;
	EXPECT_EQUAL(dmstat_region_set(handle, &change, NULL), -EINVAL);
}

static int end_at_once(const struct dmstat_region *region, void *data)
{
	(void)region;
	(void)data;
	return 7;
}

/* The kernel deletes owned regions when the socket is closed. */
static void the_socket_that_owns_regions_stays_open(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	const struct nl_sock *owner;

	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_REGION_OWNED));
	EXPECT(!handle->owner);

	spec.owned = 1;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, &region), 0);
	EXPECT(attribute(DMSTAT_A_REGION_OWNED));
	EXPECT_EQUAL(region->region_id, 17);
	owner = handle->owner;
	EXPECT(owner && owner != handle->socket);

	/* A walk that is ended closes the other socket. */
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_regions(handle, NULL, end_at_once, NULL), 7);
	EXPECT(!handle->socket);
	EXPECT(handle->owner == owner);

	/* An answer that is malformed, refused, or does not come. */
	faked_answer("message DMSTAT_CMD_REGION_NEW\n"
		"u16 DMSTAT_A_REGION_REGION_ID 17\ncut 1\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -EBADMSG);
	EXPECT(handle->owner == owner);
	faked_answer("error -ENOSPC\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENOSPC);
	EXPECT(handle->owner == owner);
	faked_answer("fail ENOBUFS\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ENOBUFS);
	EXPECT(handle->owner == owner);

	/* What is left of an earlier answer is ignored. */
	faked_answer("error -EINVAL\nlater 255\ndatagram\n"
		"message DMSTAT_CMD_REGION_NEW\n"
		"u32 DMSTAT_A_REGION_REGION_ID 18\nerror 0\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, &region), 0);
	EXPECT_EQUAL(region->region_id, 18);
	EXPECT(handle->owner == owner);
	EXPECT(!handle->owning);
}

static void a_program_id_that_fits_no_request_is_refused(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	struct dmstat_region_filter filter = { .struct_size = sizeof(filter) };
	char program_id[100000];

	memset(program_id, 'x', sizeof(program_id));
	program_id[sizeof(program_id) - 1] = '\0';
	spec.program_id = program_id;
	filter.program_id = program_id;

	faked_answer("error 0\n");
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), -ERANGE);
	EXPECT_STRING(dmstat_error(handle), strerror(ERANGE));
	EXPECT_EQUAL(dmstat_regions(handle, &filter, ignore_region, NULL),
		     -ERANGE);
	EXPECT_STRING(dmstat_error(handle), strerror(ERANGE));
}

/* A structure of a later version, with @last as its last byte. */
struct longer_spec {
	struct dmstat_region_spec spec;
	uint64_t last;
};

struct longer_filter {
	struct dmstat_region_filter filter;
	uint64_t last;
};

struct longer_query {
	struct dmstat_area_query query;
	uint64_t last;
};

struct longer_change {
	struct dmstat_region_change change;
	uint64_t last;
};

/* Sizes of the structures in bytes. */
struct sizes {
	size_t spec, filter, query, change;
};

static const struct sizes now = {
	.spec = sizeof(struct dmstat_region_spec),
	.filter = sizeof(struct dmstat_region_filter),
	.query = sizeof(struct dmstat_area_query),
	.change = sizeof(struct dmstat_region_change),
};

/* Without the members that were added later. */
static const struct sizes first = {
	.spec = offsetof(struct dmstat_region_spec, owned),
	.filter = offsetof(struct dmstat_region_filter, group),
	.query = offsetof(struct dmstat_area_query, merge),
	.change = offsetof(struct dmstat_region_change, group),
};

/* The functions that take a structure. */
static void expect_of_each(const struct sizes *sizes, int more, uint64_t last,
			   int wanted)
{
	struct longer_change change = { .change = DMSTAT_REGION_CHANGE_INIT };
	struct dmstat_snapshot *snapshot;
	struct longer_spec spec = { .spec = DMSTAT_REGION_SPEC_INIT };
	struct longer_query query = { .query = DMSTAT_AREA_QUERY_INIT };
	struct longer_filter filter = { .last = last };

	spec.last = last;
	query.last = last;
	change.last = last;
	change.change.program_id = "";
	change.change.struct_size = sizes->change + more;
	spec.spec.struct_size = sizes->spec + more;
	query.query.struct_size = sizes->query + more;
	filter.filter.struct_size = sizes->filter + more;

	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec.spec, NULL), wanted);
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_regions(handle, &filter.filter, ignore_region,
				    NULL), wanted);
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query.query, ignore_area, NULL),
		     wanted);
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_set(handle, &change.change, NULL), wanted);
	faked_answer("message DMSTAT_CMD_REGION_GET\n"
		"u32 DMSTAT_A_REGION_REGION_ID 17\n"
		"u32 DMSTAT_A_REGION_LENGTH 8\n"
		"u32 DMSTAT_A_REGION_AREA_SIZE 8\n"
		"u32 DMSTAT_A_REGION_AREAS 1\n"
		"error 0\ndatagram\ndone 0\n");
	query.query.region_id = 17;
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query.query, &snapshot),
		     wanted);
	dmstat_snapshot_free(snapshot);
	if (wanted)
		EXPECT_STRING(dmstat_error(handle), strerror(-wanted));
}

static void structures_that_are_longer_may_hold_zeros_only(void)
{
	const size_t more = sizeof(uint64_t);
	int i;

	expect_of_each(&now, more, 0, 0);
	expect_of_each(&now, more, DMSTAT_DEFAULT, -E2BIG);
	for (i = 0; i < 64; i++)
		expect_of_each(&now, more, UINT64_C(1) << i, -E2BIG);
	for (i = 0; i < 64; i += 8)
		expect_of_each(&now, more, UINT64_C(0xff) << i, -E2BIG);

	/* Bytes beyond struct_size are not read. */
	expect_of_each(&now, 0, DMSTAT_DEFAULT, 0);
}

static void structures_of_the_first_version_are_accepted(void)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;

	expect_of_each(&first, 0, 0, 0);

	spec.group = "logs";
	spec.struct_size = first.spec;
	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_create(handle, &spec, NULL), 0);
	EXPECT(!attribute(DMSTAT_A_REGION_GROUP));
}

static void structures_that_are_too_short_are_refused(void)
{
	expect_of_each(&first, -1, 0, -EINVAL);
}

static void unknown_flags_are_refused(void)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.flags = DMSTAT_AREAS_UNCLEARED << 1;
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_areas(handle, &query, ignore_area, NULL), -EINVAL);
	EXPECT_STRING(dmstat_error(handle), strerror(EINVAL));
}

/* Each walk, refused as by kernels before 6.7, and as by later ones. */
static int walk(int number)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	switch (number) {
	case 0:
		return dmstat_areas(handle, &query, ignore_area, NULL);
	case 1:
		return dmstat_inflight(handle, 253, 3, ignore_io, NULL);
	case 2:
		return dmstat_regions(handle, NULL, ignore_region, NULL);
	}
	return dmstat_devices(handle, ignore_device, NULL);
}

static void refuse(const char *name, const char *message)
{
	static char text[1000];

	snprintf(text, sizeof(text), "error -%s\n"
		 "flags NLM_F_ACK_TLVS\n"
		 "string NLMSGERR_ATTR_MSG %s\n"
		 "datagram\n"
		 "message CTRL_CMD_NEWFAMILY\n"
		 "u16 CTRL_ATTR_FAMILY_ID 0x21\n"
		 "error 0\n", name, message);
	faked_answer(text);
}

static void a_refused_walk_has_a_text_for_every_error(void)
{
	static const struct {
		int number;
		const char *name;
	} errors[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" },
		{ EINVAL, "EINVAL" }, { ERANGE, "ERANGE" },
		{ EOVERFLOW, "EOVERFLOW" }, { ENODEV, "ENODEV" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { ENOMEM, "ENOMEM" },
	};
	int walks;
	size_t i;

	for (walks = 0; walks < 4; walks++)
		for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
			refuse(errors[i].name, "");
			EXPECT_EQUAL(walk(walks), -errors[i].number);
			EXPECT(!dmstat_extack(handle));
			EXPECT(*dmstat_error(handle));
			EXPECT(strcmp(dmstat_error(handle),
				      strerror(errors[i].number)));
			if (test_failed)
				printf("# walk %d, %s: %s\n", walks,
				       errors[i].name, dmstat_error(handle));

			refuse(errors[i].name, "the kernel's own");
			EXPECT_EQUAL(walk(walks), -errors[i].number);
			EXPECT_STRING(dmstat_extack(handle),
				      "the kernel's own");
		}
}

static struct dmstat_events *subscribe(void)
{
	struct dmstat_events *events;

	kernel_answer_family();
	if (dmstat_events_open(&events)) {
		printf("Bail out! cannot subscribe\n");
		exit(1);
	}
	return events;
}

static void events_have_a_buffer_as_large_as_is_allowed(void)
{
	struct dmstat_events *events;

	events = subscribe();
	EXPECT_EQUAL(kernel_queue(), 2 << 20);
	dmstat_events_close(events);

	/* Without CAP_NET_ADMIN. */
	faked_answer("refuse REFUSE_ROOM EPERM\n"
		"message CTRL_CMD_NEWFAMILY\n"
		"u16 CTRL_ATTR_FAMILY_ID 0x21\n"
		"nest CTRL_ATTR_MCAST_GROUPS\n"
		"nest 1\n"
		"u32 CTRL_ATTR_MCAST_GRP_ID 5\n"
		"string CTRL_ATTR_MCAST_GRP_NAME region\n"
		"end\n"
		"end\n"
		"error 0\n");
	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	EXPECT_EQUAL(kernel_queue(), 2 * 212992);
	dmstat_events_close(events);
}

static void the_buffer_of_events_can_be_set(void)
{
	struct dmstat_events *events = subscribe();
	size_t granted = 0;

	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 24, &granted), 0);
	EXPECT_EQUAL(granted, 1 << 24);
	EXPECT_EQUAL(kernel_queue(), 1 << 25);
	EXPECT_EQUAL(dmstat_events_buffer(events, 4096, NULL), 0);
	EXPECT_EQUAL(kernel_queue(), 8192);

	faked_answer("refuse REFUSE_ROOM EPERM\n");
	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 24, &granted), 0);
	EXPECT_EQUAL(granted, 212992);

	faked_answer("refuse REFUSE_OPTION EBADF\n");
	EXPECT_EQUAL(dmstat_events_buffer(events, 1 << 24, &granted), -EBADF);
	EXPECT_EQUAL(dmstat_events_buffer(events, 0, &granted), -EINVAL);
	EXPECT_EQUAL(dmstat_events_buffer(events, DMSTAT_EVENTS_BUFFER_MAX + 1,
					  &granted), -EINVAL);
	EXPECT_EQUAL(granted, 212992);
	dmstat_events_close(events);
}

static void groups_of_events_that_do_not_exist_are_refused(void)
{
	struct dmstat_events *events;

	kernel_answer_family();
	EXPECT_EQUAL(dmstat_events_open_groups(&events, 0), -EINVAL);
	EXPECT(!events);
	EXPECT_EQUAL(dmstat_events_open_groups(&events, 1U << 2), -EINVAL);
	EXPECT_EQUAL(dmstat_events_open_groups(&events, DMSTAT_EVENTS_IO), 0);
	dmstat_events_close(events);
}

static int ignore_event(const struct dmstat_event *event, void *data)
{
	(void)event;
	(void)data;
	return 0;
}

static void regions_are_followed_only_by_their_events(void)
{
	struct dmstat_events *events;

	kernel_answer_family();
	EXPECT_EQUAL(dmstat_events_open_groups(&events, DMSTAT_EVENTS_IO), 0);
	faked_answer("done 0\n");
	EXPECT_EQUAL(dmstat_events_follow(events, handle, ignore_event, NULL),
		     -EINVAL);
	EXPECT_STRING(dmstat_error(handle),
		      "the subscription has no events of regions");
	dmstat_events_close(events);
}

/* What a callback must not call, and what it may. */
struct nested {
	struct dmstat_events *events;
	int calls;
};

static int call_everything(const struct dmstat_event *event, void *data)
{
	const struct dmstat_region *region;
	struct nested *nested = data;

	(void)event;
	nested->calls++;
	EXPECT_EQUAL(dmstat_events_read(nested->events, ignore_event, NULL),
		     -EBUSY);
	EXPECT_EQUAL(dmstat_events_follow(nested->events, handle, ignore_event,
					  NULL), -EBUSY);
	if (event->type == DMSTAT_EVENT_REGION_LISTED)
		EXPECT_EQUAL(dmstat_region_get(handle, 17, &region), -EBUSY);
	return 0;
}

static void a_callback_cannot_read_what_is_being_followed(void)
{
	struct nested nested = { 0 };

	nested.events = subscribe();
	faked_answer("error -EOPNOTSUPP\ndatagram\n"
		"message DMSTAT_CMD_REGION_GET\n"
		"u32 DMSTAT_A_REGION_REGION_ID 17\ndone 0\ndatagram\n"
		"message DMSTAT_CMD_REGION_NEW_NTF\n"
		"u32 DMSTAT_A_REGION_REGION_ID 18\n");
	EXPECT_EQUAL(dmstat_events_follow(nested.events, handle,
					  call_everything, &nested), 0);
	EXPECT_EQUAL(nested.calls, 4);
	dmstat_events_close(nested.events);
}

static void closing_null_does_nothing(void)
{
	dmstat_close(NULL);
	dmstat_events_close(NULL);
}

static const struct test tests[] = {
	TEST(a_device_is_requested_by_its_numbers),
	TEST(a_partition_is_a_range_of_its_disk),
	TEST(what_is_no_partition_stays_as_it_is),
	TEST(a_partition_needs_its_range),
	TEST(a_new_region_is_described),
	TEST(a_region_is_created_from_extents),
	TEST(many_extents_are_sent_at_once),
	TEST(a_request_that_is_too_long_to_send_is_refused),
	TEST(invalid_extents_are_refused),
	TEST(defaults_are_left_to_the_kernel),
	TEST(areas_are_requested_as_the_query_says),
	TEST(areas_of_many_regions_are_requested_at_once),
	TEST(queries_that_make_no_sense_are_refused),
	TEST(regions_are_filtered_by_the_kernel),
	TEST(requests_name_their_region),
	TEST(many_regions_are_deleted_by_their_ids),
	TEST(all_regions_of_a_device_or_program_are_deleted),
	TEST(only_what_is_to_be_set_is_sent),
	TEST(user_data_is_sent_with_a_new_region),
	TEST(a_group_is_sent_set_removed_and_filtered_by),
	TEST(what_a_region_tells_is_sent_changed_and_switched_off),
	TEST(a_region_is_resized_by_a_length_or_extents),
	TEST(the_socket_that_owns_regions_stays_open),
	TEST(a_program_id_that_fits_no_request_is_refused),
	TEST(structures_that_are_longer_may_hold_zeros_only),
	TEST(structures_of_the_first_version_are_accepted),
	TEST(structures_that_are_too_short_are_refused),
	TEST(unknown_flags_are_refused),
	TEST(a_refused_walk_has_a_text_for_every_error),
	TEST(events_have_a_buffer_as_large_as_is_allowed),
	TEST(the_buffer_of_events_can_be_set),
	TEST(groups_of_events_that_do_not_exist_are_refused),
	TEST(regions_are_followed_only_by_their_events),
	TEST(a_callback_cannot_read_what_is_being_followed),
	TEST(closing_null_does_nothing),
};

int main(void)
{
	return faked_run(&handle, tests, sizeof(tests) / sizeof(*tests));
}
