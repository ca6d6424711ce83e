// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * io_event: parse events about single I/Os
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "io_event.h"

#include <errno.h>

#include <linux/dmstat.h>

#include "attribute.h"

static int parse_attribute(const struct nlattr *attribute,
			   struct dmstat_io_event *io,
			   struct event_number *number)
{
	switch (attribute_type(attribute)) {
	case DMSTAT_A_EVENT_REGION_ID:
		return attribute_u32(attribute, &io->region_id);
	case DMSTAT_A_EVENT_MAJOR:
		return attribute_u32(attribute, &io->major);
	case DMSTAT_A_EVENT_MINOR:
		return attribute_u32(attribute, &io->minor);
	case DMSTAT_A_EVENT_DEVICE_NAME:
		return attribute_string(attribute, &io->device_name);
	case DMSTAT_A_EVENT_KIND:
		return attribute_u32(attribute, &io->kind);
	case DMSTAT_A_EVENT_TIME:
		return attribute_uint(attribute, &number->time);
	case DMSTAT_A_EVENT_SEQUENCE:
		number->numbered = true;
		return attribute_u32(attribute, &number->sequence);
	case DMSTAT_A_EVENT_LOST:
		return attribute_uint(attribute, &io->lost);
	case DMSTAT_A_EVENT_OPERATION:
		return attribute_u32(attribute, &io->operation);
	case DMSTAT_A_EVENT_SECTOR:
		return attribute_uint(attribute, &io->sector);
	case DMSTAT_A_EVENT_SECTORS:
		return attribute_uint(attribute, &io->sectors);
	case DMSTAT_A_EVENT_STARTED:
		return attribute_uint(attribute, &io->started);
	case DMSTAT_A_EVENT_TOOK_NS:
		return attribute_uint(attribute, &io->took_ns);
	case DMSTAT_A_EVENT_ERROR:
		return attribute_u32(attribute, &io->error);
	case DMSTAT_A_EVENT_IO_ID:
		return attribute_uint(attribute, &io->io_id);
	case DMSTAT_A_EVENT_PID:
		return attribute_u32(attribute, &io->pid);
	case DMSTAT_A_EVENT_COMM:
		return attribute_string(attribute, &io->comm);
	case DMSTAT_A_EVENT_KERNEL_THREAD:
		io->kernel_thread = 1;
		return 0;
	case DMSTAT_A_EVENT_CGROUP_ID:
		return attribute_uint(attribute, &io->cgroup_id);
	}
	return 0;
}

/**
 * dmstat_io_event_parse() - parse DMSTAT_CMD_IO_NTF
 * @message: the message; message_is_whole() was true
 * @io: filled from @message, into which its strings point
 * @number: filled from @message
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_io_event_parse(const struct nlmsghdr *message,
			  struct dmstat_io_event *io,
			  struct event_number *number)
{
	const struct nlattr *attribute;
	int left, ret;

	*number = (struct event_number){ 0 };
	*io = (struct dmstat_io_event){ .device_name = "", .comm = "" };
	for_each_message_attribute(attribute, message, left) {
		ret = parse_attribute(attribute, io, number);
		if (ret)
			return ret;
	}
	return left > 0 ? -EBADMSG : 0;
}
