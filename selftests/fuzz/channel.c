// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink sockets. The kernel handles a request before send() returns, and
 * continues a dump before recvmmsg() returns: an answer that is not there then is
 * missing, and there is no need to wait.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "channel.h"

/* The kernel makes the datagrams of a dump as large as the receive buffer. */
#define RECEIVE_CAPPED 8192
#define RECEIVE_WHOLE (DATAGRAM_ROOM + 4096)

static void set_option(int fd, int option)
{
	int yes = 1;

	if (setsockopt(fd, SOL_NETLINK, option, &yes, sizeof(yes)))
		err(EXIT_FAILURE, "netlink option %d", option);
}

static void open_socket(struct channel *channel, bool capped)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	socklen_t size = sizeof(address);

	channel->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_GENERIC);
	if (channel->fd < 0)
		err(EXIT_FAILURE, "socket");
	if (bind(channel->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    getsockname(channel->fd, (struct sockaddr *)&address, &size))
		err(EXIT_FAILURE, "netlink address");
	channel->port = address.nl_pid;
	set_option(channel->fd, NETLINK_EXT_ACK);
	if (capped)
		set_option(channel->fd, NETLINK_CAP_ACK);
	channel->capped = capped;
}

void channel_open(struct channel *channel, bool capped)
{
	open_socket(channel, capped);
	channel->privileged = true;
}

/* The kernel checks the privileges of the opener of the socket and the sender. */
static void set_privileged(bool privileged)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint32_t bit = CAP_TO_MASK(CAP_SYS_ADMIN);
	unsigned int word = CAP_TO_INDEX(CAP_SYS_ADMIN);

	if (syscall(SYS_capget, &header, data))
		err(EXIT_FAILURE, "capget");
	if (privileged)
		data[word].effective |= bit;
	else
		data[word].effective &= ~bit;
	if (syscall(SYS_capset, &header, data))
		err(EXIT_FAILURE, "capset");
}

void channel_open_unprivileged(struct channel *channel, bool capped)
{
	set_privileged(false);
	open_socket(channel, capped);
	set_privileged(true);
	channel->privileged = false;
}

void channel_close(struct channel *channel)
{
	close(channel->fd);
	channel->fd = -1;
}

void channel_set_buffer(struct channel *channel, int bytes)
{
	if (setsockopt(channel->fd, SOL_SOCKET, SO_RCVBUF, &bytes,
		       sizeof(bytes)))
		err(EXIT_FAILURE, "SO_RCVBUF");
}

int channel_join(struct channel *channel, int group)
{
	return setsockopt(channel->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &group, sizeof(group)) ? errno : 0;
}

int channel_send(struct channel *channel, const struct datagram *datagram)
{
	ssize_t sent = send(channel->fd, datagram->bytes, datagram->size, 0);

	if (sent < 0)
		return errno;
	return sent == datagram->size ? 0 : EIO;
}

int channel_receive(struct channel *channel, struct received *received,
		    unsigned int most)
{
	static uint8_t room[CHANNEL_BATCH][RECEIVE_WHOLE]
		__attribute__((aligned(8)));
	struct mmsghdr messages[CHANNEL_BATCH] = {};
	struct iovec pieces[CHANNEL_BATCH];
	int i, nr;

	for (i = 0; i < CHANNEL_BATCH; i++) {
		pieces[i].iov_base = room[i];
		pieces[i].iov_len = channel->capped ? RECEIVE_CAPPED :
						      RECEIVE_WHOLE;
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}

	received->nr = 0;
	nr = recvmmsg(channel->fd, messages,
		      most < CHANNEL_BATCH ? most : CHANNEL_BATCH,
		      MSG_DONTWAIT, NULL);
	if (nr < 0)
		return errno == EAGAIN ? 0 : errno;

	received->nr = nr;
	for (i = 0; i < nr; i++) {
		received->datagram[i].data = room[i];
		received->datagram[i].size = messages[i].msg_len;
		received->datagram[i].truncated =
			messages[i].msg_hdr.msg_flags & MSG_TRUNC;
	}
	return 0;
}
