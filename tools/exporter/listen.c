// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket that the server listens on.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "arg/number.h"
#include "exporter/listen.h"
#include "out/message.h"

#define BACKLOG		1024

/* An address without its brackets, and a port, with their zero bytes. */
struct place {
	char host[256];
	char port[8];
};

static void __attribute__((noreturn)) refuse(const char *text, const char *why)
{
	usage("--listen '%s': %s: write ADDRESS:PORT, as " LISTEN_DEFAULT
	      " or [::1]:10413", text, why);
}

static void parse_port(const char *text, const char *port, struct place *place)
{
	uint64_t number;

	if (number_parse(port, &number) || !number || number > 65535)
		refuse(text, "the port is not a number from 1 to 65535");
	snprintf(place->port, sizeof(place->port), "%u", (unsigned int)number);
}

static void parse(const char *text, struct place *place)
{
	const char *colon = strrchr(text, ':'), *host = text;
	size_t length;

	if (!colon || (*text == '[' && colon[-1] != ']'))
		refuse(text, "no port");
	parse_port(text, colon + 1, place);
	length = colon - text;
	if (*text == '[') {
		host++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		refuse(text, "an address of IPv6 needs brackets");
	}
	if (length >= sizeof(place->host))
		refuse(text, "the address is too long");
	snprintf(place->host, sizeof(place->host), "%.*s", (int)length, host);
}

static int open_socket(const struct addrinfo *info)
{
	const int on = 1, off = 0;
	int fd, error;

	fd = socket(info->ai_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* [::] is all addresses, those of IPv4 too. */
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static void failed(const char *text, int error)
{
	complain("cannot listen on %s: %s%s", text, strerror(error),
		 error == EADDRINUSE ?
		 ": another program does; give another port by --listen" :
		 error == EACCES ? ": ports below 1024 need root" :
		 error == EADDRNOTAVAIL ?
		 ": no such address on this machine" : "");
}

/* The first of the addresses that works; all of IPv6 before all of IPv4. */
static int open_first(const struct addrinfo *list)
{
	static const int families[] = { AF_INET6, AF_INET };
	const struct addrinfo *info;
	int fd = -EADDRNOTAVAIL;
	size_t i;

	for (i = 0; i < 2; i++)
		for (info = list; info; info = info->ai_next) {
			if (info->ai_family != families[i])
				continue;
			fd = open_socket(info);
			if (fd >= 0 || fd == -EADDRINUSE || fd == -EACCES)
				return fd;
		}
	return fd;
}

int listen_on(const char *address)
{
	struct addrinfo *list, hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct place place;
	int fd, error;

	parse(address, &place);
	error = getaddrinfo(*place.host ? place.host : NULL, place.port,
			    &hints, &list);
	if (error) {
		complain("cannot listen on %s: %s", address,
			 gai_strerror(error));
		return -1;
	}
	fd = open_first(list);
	freeaddrinfo(list);
	if (fd < 0)
		failed(address, -fd);
	return fd < 0 ? -1 : fd;
}

int listen_passed(void)
{
	const int count = sd_listen_fds(true), fd = SD_LISTEN_FDS_START;
	int flags;

	if (count <= 0)
		return -1;
	if (count > 1 || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, true) <= 0) {
		complain("systemd passed %d sockets: one for streams is needed",
			 count);
		return -2;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		complain("the socket of systemd: %s", strerror(errno));
		return -2;
	}
	return fd;
}
