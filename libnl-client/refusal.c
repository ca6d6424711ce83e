// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * refusal: texts for refusals without an extack message
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The module sets a message for each refusal, but kernels before 6.7 do not
 * send it when a dump is refused, only the error number. What that means
 * depends on the request.
 */
#include "refusal.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>

#include "attribute.h"

/* Sets of commands. */
#define TO(name)	(UINT32_C(1) << DMSTAT_CMD_##name)
#define ANY		UINT32_MAX
#define DUMPS		(TO(DEVICE_GET) | TO(REGION_GET) | TO(AREA_GET) | \
			 TO(INFLIGHT_GET))
#define OF_A_REGION	(TO(REGION_GET) | TO(REGION_SET) | TO(REGION_DEL) | \
			 TO(REGION_CLEAR) | TO(AREA_GET))
#define OF_A_DEVICE	(TO(DEVICE_GET) | TO(INFLIGHT_GET) | TO(REGION_NEW))

/* The first entry that matches is used. */
static const struct {
	uint32_t commands;
	int error;
	const char *words;
} refusals[] = {
	{ ANY, -EPERM,
	  "needs CAP_SYS_ADMIN in the initial user namespace: run it as root" },
	{ ANY, -ENOMEM,
	  "the kernel is out of memory: try again" },
	{ TO(INFLIGHT_GET), -ENOENT,
	  "the device has no region, so its I/O is not tracked: create a region first" },
	{ OF_A_REGION, -ENOENT,
	  "no such region: list the regions to see which exist" },
	{ OF_A_DEVICE, -ENODEV,
	  "no such block device, or it has no table yet, or it is being removed" },
	{ OF_A_DEVICE, -EOPNOTSUPP,
	  "a partition, whose disk can be named; or a disk whose I/O this kernel hides" },
	{ TO(AREA_GET), -ERANGE,
	  "the region has fewer areas: list it to see how many" },
	{ TO(AREA_GET), -EOVERFLOW,
	  "first + count does not fit 64 bits: omit count to read all areas" },
	{ TO(REGION_GET), -ERANGE,
	  "the program id is longer than 255 bytes, or no device can have this number" },
	{ OF_A_DEVICE, -ERANGE,
	  "no device can have this number: major is at most 4095, minor at most 1048575" },
	{ DUMPS, -ENOENT,
	  "no such device: list the devices whose I/O can be counted" },
	{ DUMPS, -ENODEV,
	  "the device was removed, or is being removed" },
	{ DUMPS, -EOVERFLOW,
	  "the sum of two numbers of the request does not fit 64 bits" },
	{ ANY, -EOPNOTSUPP,
	  "the module does not know this request: load the module of libdmstat's version" },
	{ DUMPS, -EINVAL,
	  "the module does not accept this request: load the module of libdmstat's version" },
};

/**
 * dmstat_refusal() - what an error number means for a request
 * @request: the refused request
 * @error: negative error number
 *
 * Return: one line of text, or NULL: strerror() is as good.
 */
const char *dmstat_refusal(const struct nlmsghdr *request, int error)
{
	const struct genlmsghdr *header = nlmsg_data(request);
	size_t i;

	if (request->nlmsg_type == GENL_ID_CTRL || !message_is_whole(request) ||
	    header->cmd > DMSTAT_CMD_MAX)
		return NULL;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (refusals[i].commands & UINT32_C(1) << header->cmd &&
		    refusals[i].error == error)
			return refusals[i].words;
	return NULL;
}
