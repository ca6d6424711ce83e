/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink sockets, with different options, with privileges or without.
 */
#ifndef _CHANNEL_H
#define _CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "datagram.h"

#define CHANNEL_BATCH 8

struct channel {
	int fd;
	uint32_t port;
	bool capped;			/* errors come without the request */
	bool privileged;
};

/* Datagrams that were received together. */
struct received {
	unsigned int nr;
	struct {
		const void *data;
		size_t size;
		bool truncated;
	} datagram[CHANNEL_BATCH];
};

void channel_open(struct channel *channel, bool capped);
void channel_open_unprivileged(struct channel *channel, bool capped);
void channel_close(struct channel *channel);
void channel_set_buffer(struct channel *channel, int bytes);
/* Return: 0 or an error number. */
int channel_join(struct channel *channel, int group);

/* Return: 0 or an error number. */
int channel_send(struct channel *channel, const struct datagram *datagram);
/*
 * Take what is there, at most @most datagrams, without waiting. Return: 0 or an
 * error number; 0 datagrams if there are none.
 */
int channel_receive(struct channel *channel, struct received *received,
		    unsigned int most);

#endif /* _CHANNEL_H */
