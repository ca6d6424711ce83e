// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps by libmnl as an ordinary program does them: see client.h. Prints of
 * each how many objects came, or the name of errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/dmstat.h>
#include <linux/genetlink.h>
#include <libmnl/libmnl.h>

#include "client.h"

static char buffer[65536] __attribute__((aligned(8)));
static unsigned int sequence;

static struct nlmsghdr *begin(int type, int flags, uint8_t command)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	header->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(header, sizeof(*genl));
	genl->cmd = command;
	genl->version = 1;
	return header;
}

/* Return: -1, with errno set, if the kernel refuses it. */
static int exchange(struct mnl_socket *socket, const struct nlmsghdr *header,
		    mnl_cb_t callback, void *data)
{
	unsigned int port = mnl_socket_get_portid(socket);
	int ret;

	if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
		err(EXIT_FAILURE, "cannot send");
	do {
		ret = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (ret < 0)
			err(EXIT_FAILURE, "cannot receive");
		ret = mnl_cb_run(buffer, ret, sequence, port, callback, data);
	} while (ret > 0);
	return ret;
}

static int take_family(const struct nlmsghdr *header, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
			*(int *)data = mnl_attr_get_u16(attribute);
	}
	return MNL_CB_OK;
}

static int count(const struct nlmsghdr *header, void *data)
{
	++*(unsigned int *)data;
	return MNL_CB_OK;
}

static int find_family(struct mnl_socket *socket)
{
	struct nlmsghdr *header;
	int family = 0;

	header = begin(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, DMSTAT_FAMILY_NAME);
	if (exchange(socket, header, take_family, &family) || !family)
		err(EXIT_FAILURE, "no family");
	return family;
}

static void dump(struct mnl_socket *socket, int family,
		 const struct client_request *request)
{
	const struct client_attribute *a;
	struct nlmsghdr *header;
	unsigned int objects = 0, i;

	header = begin(family, NLM_F_DUMP, request->command);
	for (i = 0; i < request->nr; i++) {
		a = &request->attributes[i];
		mnl_attr_put(header, a->type, a->size, a->data);
	}
	if (exchange(socket, header, count, &objects))
		puts(strerrorname_np(errno));
	else
		printf("%u objects\n", objects);
}

int main(void)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_GENERIC);
	struct client_request request;
	int family;

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		err(EXIT_FAILURE, "no generic netlink");
	family = find_family(socket);
	while (client_next(&request))
		dump(socket, family, &request);
	return 0;
}
