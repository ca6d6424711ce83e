// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * parse: the parsers of messages
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>

#include <linux/dmstat.h>

#include "../area.h"
#include "../device.h"
#include "../inflight.h"
#include "../io_event.h"
#include "../region.h"
#include "../structure.h"
#include "message.h"
#include "test.h"

#define BIG	0x123456789abcdefULL

/* ------------------------------------------------------ well-formed messages */

static void put_flush(struct nl_msg *message)
{
	struct nlattr *nest = nla_nest_start(message, DMSTAT_A_DEVICE_FLUSH);
	uint64_t bins[DMSTAT_FLUSH_BINS] = { [0] = 1, [31] = BIG };

	nla_put_u32(message, DMSTAT_A_FLUSH_IOS, 10);
	nla_put_u64(message, DMSTAT_A_FLUSH_NS, BIG + 11);
	nla_put_u32(message, DMSTAT_A_FLUSH_ERRORS, 12);
	nla_put_u64(message, DMSTAT_A_FLUSH_LONGEST_NS, BIG + 13);
	nla_put_u64(message, DMSTAT_A_FLUSH_BUSY_NS, BIG + 14);
	nla_put_u32(message, DMSTAT_A_FLUSH_AGAIN, 15);
	nla_put_u32(message, DMSTAT_A_FLUSH_IN_FLIGHT, 16);
	nla_put(message, DMSTAT_A_FLUSH_HISTOGRAM, sizeof(bins), bins);
	nla_nest_end(message, nest);
}

static struct nl_msg *new_device(void)
{
	struct nl_msg *message = test_answer(DMSTAT_CMD_DEVICE_GET);

	nla_put_u32(message, DMSTAT_A_DEVICE_MAJOR, 253);
	nla_put_u32(message, DMSTAT_A_DEVICE_MINOR, 3);
	nla_put_string(message, DMSTAT_A_DEVICE_NAME, "vg-home");
	nla_put_string(message, DMSTAT_A_DEVICE_UUID, "LVM-abc");
	nla_put_u64(message, DMSTAT_A_DEVICE_SIZE, BIG);
	nla_put_u32(message, DMSTAT_A_DEVICE_REGIONS, 2);
	nla_put_u32(message, DMSTAT_A_DEVICE_MISSED, 5);
	put_flush(message);
	nla_put_u64(message, DMSTAT_A_DEVICE_OLDEST_NS, BIG + 17);
	return message;
}

static struct nl_msg *new_region(void)
{
	struct nl_msg *message = test_answer(DMSTAT_CMD_REGION_GET);

	nla_put_u32(message, DMSTAT_A_REGION_REGION_ID, 17);
	nla_put_u32(message, DMSTAT_A_REGION_MAJOR, 253);
	nla_put_u32(message, DMSTAT_A_REGION_MINOR, 3);
	nla_put_string(message, DMSTAT_A_REGION_DEVICE_NAME, "vg-home");
	nla_put_u64(message, DMSTAT_A_REGION_START, 8);
	nla_put_u64(message, DMSTAT_A_REGION_LENGTH, BIG);
	nla_put_u64(message, DMSTAT_A_REGION_AREA_SIZE, 2048);
	nla_put_u64(message, DMSTAT_A_REGION_AREAS, 100);
	nla_put_string(message, DMSTAT_A_REGION_PROGRAM_ID, "fio");
	nla_put_u32(message, DMSTAT_A_REGION_MEMORY, 4096);
	nla_put_u64(message, DMSTAT_A_REGION_CREATED, BIG);
	nla_put_u32(message, DMSTAT_A_REGION_MISSED, 1);
	nla_put(message, DMSTAT_A_REGION_USER_DATA, 4, "a\0bc");
	nla_put_u32(message, DMSTAT_A_REGION_CLEARS, 4);
	nla_put_u64(message, DMSTAT_A_REGION_CLEARED, BIG + 1);
	nla_put_string(message, DMSTAT_A_REGION_GROUP, "backups");
	nla_put_flag(message, DMSTAT_A_REGION_OWNED);
	nla_put_u64(message, DMSTAT_A_REGION_SLOW_NS, BIG + 3);
	nla_put_u32(message, DMSTAT_A_REGION_TELL_ERRORS, 1);
	nla_put_u32(message, DMSTAT_A_REGION_TELL_RATE, 50);
	nla_put_u64(message, DMSTAT_A_REGION_CGROUP_ID, BIG + 4);
	nla_put_u64(message, DMSTAT_A_REGION_RESIZES, 7);
	nla_put_u64(message, DMSTAT_A_REGION_EVENT_TIME, BIG + 2);
	nla_put_u32(message, DMSTAT_A_REGION_EVENT_SEQUENCE, 6);
	nla_put_u32(message, DMSTAT_A_REGION_CAUSE,
		    DMSTAT_CAUSE_DEVICE_REMOVED);
	return message;
}

static void put_io(struct nl_msg *message, int attribute, uint32_t base)
{
	struct nlattr *nest = nla_nest_start(message, attribute);

	nla_put_u32(message, DMSTAT_A_IO_IOS, base);
	nla_put_u64(message, DMSTAT_A_IO_SECTORS, BIG + base);
	nla_put_u64(message, DMSTAT_A_IO_NS, BIG + base + 1);
	nla_put_u32(message, DMSTAT_A_IO_ERRORS, base + 2);
	nla_put_u64(message, DMSTAT_A_IO_LONGEST_NS, BIG + base + 3);
	nla_put_u32(message, DMSTAT_A_IO_AGAIN, base + 4);
	nla_nest_end(message, nest);
}

static struct nl_msg *new_area(void)
{
	struct nl_msg *message = test_answer(DMSTAT_CMD_AREA_GET);

	nla_put_u32(message, DMSTAT_A_AREA_INDEX, 9);
	nla_put_u64(message, DMSTAT_A_AREA_START, BIG);
	nla_put_u32(message, DMSTAT_A_AREA_LENGTH, 2048);
	nla_put_u32(message, DMSTAT_A_AREA_IN_FLIGHT_READ, 3);
	nla_put_u32(message, DMSTAT_A_AREA_IN_FLIGHT_WRITE, 4);
	nla_put_u64(message, DMSTAT_A_AREA_BUSY_NS, BIG + 5);
	nla_put_u64(message, DMSTAT_A_AREA_QUEUE_NS, BIG + 6);
	nla_put_u64(message, DMSTAT_A_AREA_CLEARS, BIG + 7);
	nla_put_u32(message, DMSTAT_A_AREA_REGION_ID, 8);
	nla_put_u64(message, DMSTAT_A_AREA_AREAS, BIG + 9);
	put_io(message, DMSTAT_A_AREA_READ, 100);
	put_io(message, DMSTAT_A_AREA_WRITE, 200);
	put_io(message, DMSTAT_A_AREA_DISCARD, 300);
	return message;
}

static struct nl_msg *new_inflight(void)
{
	struct nl_msg *message = test_answer(DMSTAT_CMD_INFLIGHT_GET);

	nla_put_u64(message, DMSTAT_A_INFLIGHT_SECTOR, BIG);
	nla_put_u32(message, DMSTAT_A_INFLIGHT_SECTORS, 8);
	nla_put_u32(message, DMSTAT_A_INFLIGHT_OPERATION,
		    DMSTAT_OPERATION_DISCARD);
	nla_put_u64(message, DMSTAT_A_INFLIGHT_AGE_NS, BIG + 1);
	nla_put_u32(message, DMSTAT_A_INFLIGHT_PID, 4711);
	nla_put_string(message, DMSTAT_A_INFLIGHT_COMM, "kworker");
	nla_put_flag(message, DMSTAT_A_INFLIGHT_KERNEL_THREAD);
	nla_put_u64(message, DMSTAT_A_INFLIGHT_CGROUP_ID, BIG + 2);
	nla_put_u64(message, DMSTAT_A_INFLIGHT_IO_ID, BIG + 3);
	return message;
}

static struct nl_msg *new_io_event(void)
{
	struct nl_msg *message = test_answer(DMSTAT_CMD_IO_NTF);

	nla_put_u32(message, DMSTAT_A_EVENT_REGION_ID, 17);
	nla_put_u32(message, DMSTAT_A_EVENT_MAJOR, 253);
	nla_put_u32(message, DMSTAT_A_EVENT_MINOR, 3);
	nla_put_string(message, DMSTAT_A_EVENT_DEVICE_NAME, "vg-home");
	nla_put_u32(message, DMSTAT_A_EVENT_KIND, DMSTAT_EVENT_KIND_ERROR);
	nla_put_u64(message, DMSTAT_A_EVENT_TIME, BIG + 1);
	nla_put_u32(message, DMSTAT_A_EVENT_SEQUENCE, 6);
	nla_put_u64(message, DMSTAT_A_EVENT_LOST, BIG + 2);
	nla_put_u32(message, DMSTAT_A_EVENT_OPERATION,
		    DMSTAT_OPERATION_DISCARD);
	nla_put_u64(message, DMSTAT_A_EVENT_SECTOR, BIG + 3);
	nla_put_u32(message, DMSTAT_A_EVENT_SECTORS, 8);
	nla_put_u64(message, DMSTAT_A_EVENT_STARTED, BIG + 4);
	nla_put_u64(message, DMSTAT_A_EVENT_TOOK_NS, BIG + 5);
	nla_put_u32(message, DMSTAT_A_EVENT_ERROR, EIO);
	nla_put_u64(message, DMSTAT_A_EVENT_IO_ID, BIG + 6);
	nla_put_u32(message, DMSTAT_A_EVENT_PID, 4711);
	nla_put_string(message, DMSTAT_A_EVENT_COMM, "kworker");
	nla_put_flag(message, DMSTAT_A_EVENT_KERNEL_THREAD);
	nla_put_u64(message, DMSTAT_A_EVENT_CGROUP_ID, BIG + 7);
	return message;
}

/* ------------------------------------------ one signature for all functions */

static size_t total;

static int parse_device(const struct nlmsghdr *message)
{
	struct dmstat_device device;
	struct dmstat_flush flush;
	int ret = dmstat_device_parse(message, &device, &flush);

	if (!ret)
		total += strlen(device.name) + strlen(device.uuid);
	return ret;
}

static int parse_region(const struct nlmsghdr *message)
{
	struct dmstat_region region;
	struct region_event event;
	int ret = dmstat_region_parse(message, &region, &event);

	if (!ret)
		total += strlen(region.device_name) +
			 strlen(region.program_id) + strlen(region.group);
	return ret;
}

static int parse_area(const struct nlmsghdr *message)
{
	struct area area;

	return dmstat_area_parse(message, &area);
}

static int parse_inflight(const struct nlmsghdr *message)
{
	struct dmstat_inflight io;
	int ret = dmstat_inflight_parse(message, &io);

	if (!ret)
		total += strlen(io.comm);
	return ret;
}

static int parse_io_event(const struct nlmsghdr *message)
{
	struct dmstat_io_event io;
	struct event_number number;
	int ret = dmstat_io_event_parse(message, &io, &number);

	if (!ret)
		total += strlen(io.device_name) + strlen(io.comm);
	return ret;
}

static const struct kind {
	struct nl_msg *(*new)(void);
	int (*parse)(const struct nlmsghdr *message);
} kinds[] = {
	{ new_device, parse_device },
	{ new_region, parse_region },
	{ new_area, parse_area },
	{ new_inflight, parse_inflight },
	{ new_io_event, parse_io_event },
};

#define for_each_kind(kind) \
	for (kind = kinds; kind < kinds + sizeof(kinds) / sizeof(*kinds); \
	     kind++)

/* -------------------------------------------------------------------- tests */

static void every_attribute_of_a_device_is_read(void)
{
	struct nlmsghdr *message = test_copy(new_device());
	struct dmstat_device device;
	struct dmstat_flush flush;

	EXPECT_EQUAL(dmstat_device_parse(message, &device, &flush), 0);
	EXPECT_EQUAL(device.major, 253);
	EXPECT_EQUAL(device.minor, 3);
	EXPECT_STRING(device.name, "vg-home");
	EXPECT_STRING(device.uuid, "LVM-abc");
	EXPECT_EQUAL(device.size, BIG);
	EXPECT_EQUAL(device.regions, 2);
	EXPECT_EQUAL(device.missed, 5);
	EXPECT(device.flush == &flush);
	EXPECT_EQUAL(flush.ios, 10);
	EXPECT_EQUAL(flush.ns, BIG + 11);
	EXPECT_EQUAL(flush.errors, 12);
	EXPECT_EQUAL(flush.longest_ns, BIG + 13);
	EXPECT_EQUAL(flush.busy_ns, BIG + 14);
	EXPECT_EQUAL(flush.again, 15);
	EXPECT_EQUAL(flush.in_flight, 16);
	EXPECT_EQUAL(flush.histogram[0], 1);
	EXPECT_EQUAL(flush.histogram[1], 0);
	EXPECT_EQUAL(flush.histogram[31], BIG);
	EXPECT_EQUAL(device.oldest_ns, BIG + 17);
	free(message);
}

static void every_attribute_of_a_region_is_read(void)
{
	struct nlmsghdr *message = test_copy(new_region());
	struct dmstat_region region;
	struct region_event event;

	EXPECT_EQUAL(dmstat_region_parse(message, &region, &event), 0);
	EXPECT_EQUAL(region.region_id, 17);
	EXPECT_EQUAL(region.major, 253);
	EXPECT_EQUAL(region.minor, 3);
	EXPECT_STRING(region.device_name, "vg-home");
	EXPECT_EQUAL(region.start, 8);
	EXPECT_EQUAL(region.length, BIG);
	EXPECT_EQUAL(region.area_size, 2048);
	EXPECT_EQUAL(region.areas, 100);
	EXPECT_STRING(region.program_id, "fio");
	EXPECT_EQUAL(region.user_data_size, 4);
	EXPECT(region.user_data && !memcmp(region.user_data, "a\0bc", 4));
	EXPECT_EQUAL(region.memory, 4096);
	EXPECT_EQUAL(region.created, BIG);
	EXPECT_EQUAL(region.missed, 1);
	EXPECT_EQUAL(region.clears, 4);
	EXPECT_EQUAL(region.cleared, BIG + 1);
	EXPECT_STRING(region.group, "backups");
	EXPECT(region.owned);
	EXPECT_EQUAL(region.slow_ns, BIG + 3);
	EXPECT_EQUAL(region.tell_errors, 1);
	EXPECT_EQUAL(region.tell_rate, 50);
	EXPECT_EQUAL(region.cgroup_id, BIG + 4);
	EXPECT_EQUAL(region.resizes, 7);
	EXPECT_EQUAL(event.cause, DMSTAT_EVENT_CAUSE_DEVICE_REMOVED);
	EXPECT_EQUAL(event.number.time, BIG + 2);
	EXPECT_EQUAL(event.number.sequence, 6);
	EXPECT(event.number.numbered);
	free(message);
}

static void expect_io(const struct dmstat_io *io, uint32_t base)
{
	EXPECT_EQUAL(io->ios, base);
	EXPECT_EQUAL(io->sectors, BIG + base);
	EXPECT_EQUAL(io->ns, BIG + base + 1);
	EXPECT_EQUAL(io->errors, base + 2);
	EXPECT_EQUAL(io->longest_ns, BIG + base + 3);
	EXPECT_EQUAL(io->again, base + 4);
}

static void every_counter_of_an_area_is_read(void)
{
	struct nlmsghdr *message = test_copy(new_area());
	struct area area;

	EXPECT_EQUAL(dmstat_area_parse(message, &area), 0);
	EXPECT_EQUAL(area.area.index, 9);
	EXPECT_EQUAL(area.area.start, BIG);
	EXPECT_EQUAL(area.area.length, 2048);
	EXPECT_EQUAL(area.area.in_flight_read, 3);
	EXPECT_EQUAL(area.area.in_flight_write, 4);
	EXPECT_EQUAL(area.area.busy_ns, BIG + 5);
	EXPECT_EQUAL(area.area.queue_ns, BIG + 6);
	EXPECT_EQUAL(area.area.clears, BIG + 7);
	expect_io(area.area.read, 100);
	expect_io(area.area.write, 200);
	expect_io(area.area.discard, 300);
	EXPECT_EQUAL(area.area.region_id, 8);
	EXPECT_EQUAL(area.area.areas, BIG + 9);
	free(message);
}

static void every_attribute_of_an_io_in_flight_is_read(void)
{
	struct nlmsghdr *message = test_copy(new_inflight());
	struct dmstat_inflight io;

	EXPECT_EQUAL(dmstat_inflight_parse(message, &io), 0);
	EXPECT_EQUAL(io.sector, BIG);
	EXPECT_EQUAL(io.sectors, 8);
	EXPECT_EQUAL(io.operation, DMSTAT_DISCARD);
	EXPECT_EQUAL(io.age_ns, BIG + 1);
	EXPECT_EQUAL(io.pid, 4711);
	EXPECT_STRING(io.comm, "kworker");
	EXPECT(io.kernel_thread);
	EXPECT_EQUAL(io.cgroup_id, BIG + 2);
	EXPECT_EQUAL(io.io_id, BIG + 3);
	free(message);
}

static void every_attribute_of_an_io_event_is_read(void)
{
	struct nlmsghdr *message = test_copy(new_io_event());
	struct dmstat_io_event io;
	struct event_number number;

	EXPECT_EQUAL(dmstat_io_event_parse(message, &io, &number), 0);
	EXPECT_EQUAL(io.region_id, 17);
	EXPECT_EQUAL(io.major, 253);
	EXPECT_EQUAL(io.minor, 3);
	EXPECT_STRING(io.device_name, "vg-home");
	EXPECT_EQUAL(io.kind, DMSTAT_IO_ERROR);
	EXPECT_EQUAL(number.time, BIG + 1);
	EXPECT_EQUAL(number.sequence, 6);
	EXPECT(number.numbered);
	EXPECT_EQUAL(io.lost, BIG + 2);
	EXPECT_EQUAL(io.operation, DMSTAT_DISCARD);
	EXPECT_EQUAL(io.sector, BIG + 3);
	EXPECT_EQUAL(io.sectors, 8);
	EXPECT_EQUAL(io.started, BIG + 4);
	EXPECT_EQUAL(io.took_ns, BIG + 5);
	EXPECT_EQUAL(io.error, EIO);
	EXPECT_EQUAL(io.io_id, BIG + 6);
	EXPECT_EQUAL(io.pid, 4711);
	EXPECT_STRING(io.comm, "kworker");
	EXPECT(io.kernel_thread);
	EXPECT_EQUAL(io.cgroup_id, BIG + 7);
	free(message);

	message = test_copy(test_answer(DMSTAT_CMD_IO_NTF));
	memset(&io, 0xff, sizeof(io));
	memset(&number, 0xff, sizeof(number));
	EXPECT_EQUAL(dmstat_io_event_parse(message, &io, &number), 0);
	EXPECT_STRING(io.device_name, "");
	EXPECT_STRING(io.comm, "");
	EXPECT_EQUAL(io.region_id, 0);
	EXPECT_EQUAL(io.lost, 0);
	EXPECT_EQUAL(io.error, 0);
	EXPECT_EQUAL(io.pid, 0);
	EXPECT(!io.kernel_thread && !number.numbered);
	free(message);
}

static void omitted_attributes_are_zero_or_empty(void)
{
	struct nl_msg *builder = test_answer(DMSTAT_CMD_AREA_GET);
	struct nlmsghdr *message;
	struct dmstat_device device;
	struct dmstat_flush flush;
	struct dmstat_region region;
	struct region_event event;
	struct dmstat_inflight io;
	struct nlattr *nest;
	struct area area;

	nla_put_u32(builder, DMSTAT_A_AREA_INDEX, 0);
	nla_put_u32(builder, DMSTAT_A_AREA_LENGTH, 1);
	message = test_copy(builder);
	memset(&area, 0xff, sizeof(area));
	EXPECT_EQUAL(dmstat_area_parse(message, &area), 0);
	EXPECT_EQUAL(area.area.index, 0);
	EXPECT_EQUAL(area.area.region_id, 0);
	EXPECT_EQUAL(area.area.areas, 1);
	EXPECT_EQUAL(area.area.busy_ns, 0);
	EXPECT_EQUAL(area.area.read->ios, 0);
	EXPECT_EQUAL(area.area.discard->errors, 0);
	free(message);

	builder = test_answer(DMSTAT_CMD_REGION_GET);
	nla_put_u32(builder, DMSTAT_A_REGION_REGION_ID, 1);
	message = test_copy(builder);
	memset(&region, 0xff, sizeof(region));
	memset(&event, 0xff, sizeof(event));
	EXPECT_EQUAL(dmstat_region_parse(message, &region, &event), 0);
	EXPECT_STRING(region.device_name, "");
	EXPECT_STRING(region.program_id, "");
	EXPECT(!region.user_data && !region.user_data_size);
	EXPECT_EQUAL(region.missed, 0);
	EXPECT_EQUAL(region.clears, 0);
	EXPECT_EQUAL(region.cleared, 0);
	EXPECT_STRING(region.group, "");
	EXPECT(!region.owned);
	EXPECT_EQUAL(region.slow_ns, 0);
	EXPECT_EQUAL(region.tell_errors, 0);
	EXPECT_EQUAL(region.tell_rate, 0);
	EXPECT_EQUAL(region.cgroup_id, 0);
	EXPECT_EQUAL(region.resizes, 0);
	EXPECT_EQUAL(event.cause, DMSTAT_EVENT_CAUSE_REQUEST);
	EXPECT_EQUAL(event.number.time, 0);
	EXPECT(!event.number.numbered);
	free(message);

	builder = test_answer(DMSTAT_CMD_DEVICE_GET);
	nla_put_string(builder, DMSTAT_A_DEVICE_NAME, "x");
	message = test_copy(builder);
	memset(&device, 0xff, sizeof(device));
	EXPECT_EQUAL(dmstat_device_parse(message, &device, &flush), 0);
	EXPECT_STRING(device.uuid, "");
	EXPECT_EQUAL(device.regions, 0);
	EXPECT(!device.flush);
	free(message);

	builder = test_answer(DMSTAT_CMD_DEVICE_GET);
	nla_put_string(builder, DMSTAT_A_DEVICE_NAME, "x");
	nest = nla_nest_start(builder, DMSTAT_A_DEVICE_FLUSH);
	nla_put_u32(builder, DMSTAT_A_FLUSH_IN_FLIGHT, 1);
	nla_nest_end(builder, nest);
	message = test_copy(builder);
	memset(&flush, 0xff, sizeof(flush));
	EXPECT_EQUAL(dmstat_device_parse(message, &device, &flush), 0);
	EXPECT(device.flush == &flush);
	EXPECT_EQUAL(flush.ios, 0);
	EXPECT_EQUAL(flush.in_flight, 1);
	EXPECT_EQUAL(flush.histogram[31], 0);
	free(message);

	message = test_copy(test_answer(DMSTAT_CMD_INFLIGHT_GET));
	memset(&io, 0xff, sizeof(io));
	EXPECT_EQUAL(dmstat_inflight_parse(message, &io), 0);
	EXPECT_EQUAL(io.pid, 0);
	EXPECT_STRING(io.comm, "");
	EXPECT(!io.kernel_thread);
	EXPECT_EQUAL(io.cgroup_id, 0);
	free(message);
}

static void unknown_attributes_are_skipped(void)
{
	const struct kind *kind;

	for_each_kind(kind) {
		struct nl_msg *builder = kind->new();
		struct nlmsghdr *message;

		nla_put(builder, 999, 3, "abc");
		nla_put_flag(builder, 1000);
		message = test_copy(builder);
		EXPECT_EQUAL(kind->parse(message), 0);
		free(message);
	}
}

static void numbers_of_a_wrong_length_are_refused(void)
{
	static const int lengths[] = { 0, 1, 2, 3, 5, 7, 9, 16 };
	const char zeros[16] = { 0 };
	const struct kind *kind;
	size_t i;

	for_each_kind(kind)
		for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
			struct nl_msg *builder = kind->new();
			struct nlmsghdr *message;
			/* An attribute number in each of the sets. */
			int attribute = kind->parse == parse_area ?
				DMSTAT_A_AREA_INDEX :
				kind->parse == parse_inflight ?
				DMSTAT_A_INFLIGHT_SECTOR :
				DMSTAT_A_EVENT_REGION_ID;

			nla_put(builder, attribute, lengths[i], zeros);
			message = test_copy(builder);
			EXPECT_EQUAL(kind->parse(message), -EBADMSG);
			free(message);
		}
}

static void numbers_in_a_nest_of_a_wrong_length_are_refused(void)
{
	struct nl_msg *builder = new_area();
	struct nlmsghdr *message;
	struct nlattr *nest;

	nest = nla_nest_start(builder, DMSTAT_A_AREA_READ);
	nla_put_u16(builder, DMSTAT_A_IO_IOS, 1);
	nla_nest_end(builder, nest);
	message = test_copy(builder);
	EXPECT_EQUAL(parse_area(message), -EBADMSG);
	free(message);
}

static void a_malformed_nest_is_refused(void)
{
	struct nl_msg *builder = new_area();
	struct nlmsghdr *message;

	nla_put(builder, DMSTAT_A_AREA_READ, 4, "\xff\xff\x01\x00");
	message = test_copy(builder);
	EXPECT_EQUAL(parse_area(message), -EBADMSG);
	free(message);
}

static void unterminated_strings_are_refused(void)
{
	struct nl_msg *builder = new_device();
	struct nlmsghdr *message;

	nla_put(builder, DMSTAT_A_DEVICE_UUID, 4, "abcd");
	message = test_copy(builder);
	EXPECT_EQUAL(parse_device(message), -EBADMSG);
	free(message);

	builder = new_region();
	nla_put(builder, DMSTAT_A_REGION_PROGRAM_ID, 0, NULL);
	message = test_copy(builder);
	EXPECT_EQUAL(parse_region(message), -EBADMSG);
	free(message);
}

static void messages_without_a_required_attribute_are_refused(void)
{
	struct nlmsghdr *message;
	struct nl_msg *builder;

	message = test_copy(test_answer(DMSTAT_CMD_REGION_GET));
	EXPECT_EQUAL(parse_region(message), -EBADMSG);
	EXPECT_EQUAL(parse_device(message), -EBADMSG);
	EXPECT_EQUAL(parse_area(message), -EBADMSG);
	free(message);

	builder = test_answer(DMSTAT_CMD_AREA_GET);
	nla_put_u32(builder, DMSTAT_A_AREA_LENGTH, 1);
	message = test_copy(builder);
	EXPECT_EQUAL(parse_area(message), -EBADMSG);
	free(message);
}

static void a_message_cut_anywhere_is_not_read_beyond_its_end(void)
{
	const size_t least = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct kind *kind;
	size_t size;

	for_each_kind(kind) {
		struct nlmsghdr *whole = test_copy(kind->new());

		for (size = least; size < whole->nlmsg_len; size++) {
			struct nlmsghdr *message = test_cut(whole, size);
			int ret = kind->parse(message);

			EXPECT(!ret || ret == -EBADMSG);
			/* No string is padded, so each cut breaks one. */
			if (size % NLA_ALIGNTO)
				EXPECT_EQUAL(ret, -EBADMSG);
			free(message);
		}
		free(whole);
	}
}

static void a_message_with_a_wrong_byte_does_no_harm(void)
{
	static const unsigned char wrong[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	const size_t least = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct kind *kind;
	size_t at, i;

	for_each_kind(kind) {
		struct nlmsghdr *message = test_copy(kind->new());
		unsigned char *byte = (unsigned char *)message;

		for (at = least; at < message->nlmsg_len; at++) {
			unsigned char right = byte[at];

			for (i = 0; i < sizeof(wrong); i++) {
				int ret;

				byte[at] = wrong[i];
				ret = kind->parse(message);
				EXPECT(!ret || ret == -EBADMSG);
			}
			byte[at] = right;
		}
		free(message);
	}
}

static void structures_of_other_versions_are_accepted_as_far_as_known(void)
{
	struct { int first, second; } mine;
	int theirs[3] = { 5, 6, 0 };

	mine.first = -1;
	mine.second = -1;
	EXPECT_EQUAL(structure_copy(&mine, 8, theirs, 4, 4), 0);
	EXPECT_EQUAL(mine.first, 5);
	EXPECT_EQUAL(mine.second, -1);

	EXPECT_EQUAL(structure_copy(&mine, 8, theirs, 12, 4), 0);
	EXPECT_EQUAL(mine.second, 6);

	theirs[2] = -1;
	EXPECT_EQUAL(structure_copy(&mine, 8, theirs, 12, 4), -E2BIG);

	theirs[2] = 1;
	EXPECT_EQUAL(structure_copy(&mine, 8, theirs, 12, 4), -E2BIG);
	EXPECT_EQUAL(structure_copy(&mine, 8, theirs, 0, 4), -EINVAL);
}

static const struct test tests[] = {
	TEST(every_attribute_of_a_device_is_read),
	TEST(every_attribute_of_a_region_is_read),
	TEST(every_counter_of_an_area_is_read),
	TEST(every_attribute_of_an_io_in_flight_is_read),
	TEST(every_attribute_of_an_io_event_is_read),
	TEST(omitted_attributes_are_zero_or_empty),
	TEST(unknown_attributes_are_skipped),
	TEST(numbers_of_a_wrong_length_are_refused),
	TEST(numbers_in_a_nest_of_a_wrong_length_are_refused),
	TEST(a_malformed_nest_is_refused),
	TEST(unterminated_strings_are_refused),
	TEST(messages_without_a_required_attribute_are_refused),
	TEST(a_message_cut_anywhere_is_not_read_beyond_its_end),
	TEST(a_message_with_a_wrong_byte_does_no_harm),
	TEST(structures_of_other_versions_are_accepted_as_far_as_known),
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
