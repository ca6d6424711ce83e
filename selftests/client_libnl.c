// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps by libnl-3 as an ordinary program does them, without callbacks for
 * errors: see client.h. Prints of each how many objects came, or the error.
 */
#include <linux/dmstat.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "client.h"

static int count(struct nl_msg *message, void *argument)
{
	++*(unsigned int *)argument;
	return NL_OK;
}

static struct nl_msg *build(int family, const struct client_request *request)
{
	struct nl_msg *message = nlmsg_alloc();
	const struct client_attribute *a;
	unsigned int i;

	if (!message || !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family,
				     0, NLM_F_DUMP, request->command,
				     DMSTAT_FAMILY_VERSION))
		errx(EXIT_FAILURE, "no memory");
	for (i = 0; i < request->nr; i++) {
		a = &request->attributes[i];
		if (nla_put(message, a->type, a->size, a->data))
			errx(EXIT_FAILURE, "no room for attributes");
	}
	return message;
}

/* The numbers that libnl has for those of the kernel. */
static const char *name_of(int error)
{
	switch (-error) {
	case NLE_PERM:
		return "EPERM";
	case NLE_OBJ_NOTFOUND:
		return "ENOENT";
	case NLE_NODEV:
		return "ENODEV";
	case NLE_INVAL:
		return "EINVAL";
	case NLE_RANGE:
		return "ERANGE";
	default:
		return nl_geterror(error);
	}
}

static void dump(struct nl_sock *socket, int family,
		 const struct client_request *request)
{
	struct nl_msg *message = build(family, request);
	unsigned int objects = 0;
	int ret;

	nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, count, &objects);
	ret = nl_send_auto(socket, message);
	nlmsg_free(message);
	if (ret >= 0)
		ret = nl_recvmsgs_default(socket);
	if (ret)
		puts(name_of(ret));
	else
		printf("%u objects\n", objects);
}

int main(void)
{
	struct nl_sock *socket = nl_socket_alloc();
	struct client_request request;
	int family;

	if (!socket || genl_connect(socket))
		errx(EXIT_FAILURE, "no generic netlink");
	family = genl_ctrl_resolve(socket, DMSTAT_FAMILY_NAME);
	if (family < 0)
		errx(EXIT_FAILURE, "no family: %s", nl_geterror(family));
	while (client_next(&request))
		dump(socket, family, &request);
	return 0;
}
