// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * refusal: words for a request that the kernel refuses without any
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The module has words for each refusal, but kernels before 6.7 send none with
 * that of a dump, only the number. What it means depends on the request.
 */
#include "refusal.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>

#include "attribute.h"

/* Commands, as bits. */
#define TO(name)	(UINT32_C(1) << DMSTAT_CMD_##name)
#define ANY		UINT32_MAX
#define DUMPS		(TO(DEVICE_GET) | TO(REGION_GET) | TO(AREA_GET) | \
			 TO(INFLIGHT_GET))
#define OF_A_REGION	(TO(REGION_GET) | TO(REGION_SET) | TO(REGION_DEL) | \
			 TO(REGION_CLEAR) | TO(AREA_GET))
#define OF_A_DEVICE	(TO(DEVICE_GET) | TO(INFLIGHT_GET) | TO(REGION_NEW))

/* The first that fits is said. */
static const struct {
	uint32_t commands;
	int error;
	const char *words;
} refusals[] = {
	{ ANY, -EPERM,
	  "needs CAP_SYS_ADMIN in the initial user namespace: run it as root" },
	{ ANY, -ENOMEM,
	  "the kernel has no memory for this now: try again" },
	{ TO(INFLIGHT_GET), -ENOENT,
	  "the device has no region, so its I/O is not followed: make one first" },
	{ OF_A_REGION, -ENOENT,
	  "no such region: list the regions for those that there are" },
	{ OF_A_DEVICE, -ENODEV,
	  "no such block device, it has no table yet, or it is going away" },
	{ OF_A_DEVICE, -EOPNOTSUPP,
	  "not a device-mapper device, or a request-based one: this kernel hides its I/O" },
	{ TO(AREA_GET), -ERANGE,
	  "the region does not have all of these areas: see how many it has" },
	{ TO(AREA_GET), -EOVERFLOW,
	  "first + count does not fit 64 bits: for all areas, give no count" },
	{ TO(REGION_GET), -ERANGE,
	  "the program id is longer than 255 bytes, or no device can have this number" },
	{ OF_A_DEVICE, -ERANGE,
	  "no device can have this number: major is at most 4095, minor at most 1048575" },
	{ DUMPS, -ENOENT,
	  "no such device: list the devices for those whose I/O can be counted" },
	{ DUMPS, -ENODEV,
	  "the device is gone, or going away" },
	{ DUMPS, -EOVERFLOW,
	  "the sum of two numbers of the request does not fit 64 bits" },
	{ DUMPS, -EOPNOTSUPP,
	  "the module does not know this request: load that of this libdmstat's version" },
	{ DUMPS, -EINVAL,
	  "the module does not take this request: load that of this libdmstat's version" },
};

/**
 * dmstat_refusal() - what the number means with which a request was refused
 * @request: the request
 * @error: negative error number
 *
 * Return: one line for a person; NULL, no more than strerror() says.
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
