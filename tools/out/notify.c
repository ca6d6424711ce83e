// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a service manager is told of the program's state. The protocol is one
 * datagram with lines of text to the socket that NOTIFY_SOCKET names, and is
 * declared stable in sd_notify(3), so it takes no library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "out/notify.h"

/* Longer ones are cut. */
#define LINE_MAX_BYTES	512

/* Return: the size of the address, or 0: there is no manager. */
static socklen_t find_socket(struct sockaddr_un *address)
{
	const char *path = getenv("NOTIFY_SOCKET");
	const size_t length = path ? strlen(path) : 0;

	if (!length || length >= sizeof(address->sun_path))
		return 0;
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(address->sun_path, path, length);
	/* The name of an abstract socket begins with a zero byte. */
	if (*path == '@')
		address->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + length;
}

void notify_manager(const char *format, ...)
{
	struct sockaddr_un address;
	const socklen_t size = find_socket(&address);
	char line[LINE_MAX_BYTES];
	va_list args;
	int fd;

	if (!size)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT,
	       (struct sockaddr *)&address, size);
	close(fd);
}
