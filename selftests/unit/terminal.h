/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal, and the end that what it shows is read from.
 */
#ifndef DMSTAT_UNIT_TERMINAL_H
#define DMSTAT_UNIT_TERMINAL_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

struct terminal {
	int fd;
	int reader;
};

static void close_terminal(const struct terminal *terminal)
{
	close(terminal->fd);
	close(terminal->reader);
}

/* Return: whether there is one; /dev/pts may be missing, as in a bare chroot. */
static bool open_terminal(struct terminal *terminal)
{
	terminal->fd = -1;
	terminal->reader = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal->reader >= 0 && !grantpt(terminal->reader) &&
	    !unlockpt(terminal->reader))
		terminal->fd = open(ptsname(terminal->reader),
				    O_RDWR | O_NOCTTY);
	EXPECT(terminal->fd >= 0);
	if (terminal->fd >= 0)
		return true;
	close_terminal(terminal);
	return false;
}

#endif /* DMSTAT_UNIT_TERMINAL_H */
