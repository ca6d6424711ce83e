// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building and walking datagrams of several messages.
 */
#include <string.h>

#include "datagram.h"

/* Room for so many bytes, zeroed, or NULL. */
static void *more(struct datagram *datagram, size_t size)
{
	void *room = &datagram->bytes[datagram->size];

	if (datagram->size + NLMSG_ALIGN(size) > DATAGRAM_ROOM)
		return NULL;
	memset(room, 0, NLMSG_ALIGN(size));
	datagram->size += NLMSG_ALIGN(size);
	return room;
}

size_t datagram_begin(struct datagram *datagram, uint16_t type,
		      uint8_t command, uint16_t flags)
{
	struct nlmsghdr *header = more(datagram, NLMSG_HDRLEN + GENL_HDRLEN);
	struct genlmsghdr *genl;

	if (!header)
		return datagram->size;
	header->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	header->nlmsg_type = type;
	header->nlmsg_flags = flags;
	genl = NLMSG_DATA(header);
	genl->cmd = command;
	genl->version = family.version;
	return (uint8_t *)header - datagram->bytes;
}

void datagram_end(struct datagram *datagram, size_t message)
{
	if (message < datagram->size)
		datagram_header(datagram, message)->nlmsg_len =
			datagram->size - message;
}

void datagram_put(struct datagram *datagram, uint16_t type, const void *data,
		  size_t size)
{
	struct nlattr *attribute;

	if (size > UINT16_MAX - NLA_HDRLEN)
		return;
	attribute = more(datagram, NLA_HDRLEN + size);
	if (!attribute)
		return;
	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	if (size)
		memcpy(attribute + 1, data, size);
}

size_t datagram_nest(struct datagram *datagram, uint16_t type)
{
	size_t nest = datagram->size;

	datagram_put(datagram, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void datagram_nest_end(struct datagram *datagram, size_t nest)
{
	struct nlattr *attribute = (void *)&datagram->bytes[nest];

	if (nest < datagram->size)
		attribute->nla_len = datagram->size - nest;
}

/* -------------------------------------------------------------------- walk */

static void see_request(struct request *request, const uint8_t *bytes,
			uint16_t id)
{
	const struct nlmsghdr *header = &request->header;
	const struct genlmsghdr *genl = (void *)(bytes + NLMSG_HDRLEN);

	request->handled = header->nlmsg_type == id &&
			   header->nlmsg_flags & NLM_F_REQUEST;
	request->complete = header->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN;
	request->mode = (header->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP ?
			SPEC_DUMP : SPEC_DO;
	if (!request->complete)
		return;
	request->command = genl->cmd;
	request->operation = spec_operation(genl->cmd);
	if (request->operation &&
	    !request->operation->mode[request->mode].there)
		request->operation = NULL;
}

void datagram_walk(struct datagram *datagram, uint16_t id, uint32_t sequence)
{
	struct nlmsghdr *header;
	struct request *request;
	size_t at = 0, rest;

	for (datagram->nr = 0; at + NLMSG_HDRLEN <= datagram->size;
	     datagram->nr++) {
		header = datagram_header(datagram, at);
		rest = datagram->size - at;
		if (header->nlmsg_len < NLMSG_HDRLEN ||
		    header->nlmsg_len > rest)
			break;
		if (datagram->nr == DATAGRAM_REQUESTS) {
			datagram->size = at;
			break;
		}

		if (header->nlmsg_type >= NLMSG_MIN_TYPE &&
		    header->nlmsg_type < DATAGRAM_FAMILIES)
			header->nlmsg_type = id;
		header->nlmsg_seq = sequence + datagram->nr;

		request = &datagram->requests[datagram->nr];
		memset(request, 0, sizeof(*request));
		request->offset = at;
		request->header = *header;
		see_request(request, &datagram->bytes[at], id);
		at += NLMSG_ALIGN(header->nlmsg_len);
	}
}
