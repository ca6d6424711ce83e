// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl: I/O statistics of block devices, area by area
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/command.h"

/* What a pipe holds: a region may have a million areas to print. */
#define OUTPUT_BUFFER	65536

/*
 * If stdout is closed, the netlink socket must not get its number: open a file
 * there for reading, so that writing to stdout fails.
 */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	struct output out = { 0 };

	fill_standard_files();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	signal(SIGPIPE, SIG_IGN);
	return output_finish(&out, command_line(&out, argc, argv));
}
