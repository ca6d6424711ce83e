// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * careless: makes the mistakes that memcheck must find
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	careless nothing|lost|reachable|beyond|file|socket
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>

static char *volatile kept;

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "nothing"))
		return 0;
	if (!strcmp(what, "lost")) {
		kept = malloc(1);
		kept = NULL;
		return 0;
	}
	if (!strcmp(what, "reachable")) {
		kept = malloc(1);
		return 0;
	}
	if (!strcmp(what, "beyond")) {
		kept = calloc(1, 1);
		if (kept[1])
			puts("# a rare byte");
		free(kept);
		return 0;
	}
	if (!strcmp(what, "file"))
		return open("/dev/null", O_RDONLY) < 0 ? 2 : 0;
	if (!strcmp(what, "socket"))
		return socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC) < 0 ?
			2 : 0;

	fprintf(stderr, "usage: careless WHAT\n");
	return 2;
}
