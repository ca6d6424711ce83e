// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standard output and standard error, of a program that runs until interrupted.
 *
 * The reader of a pipe may have stopped, and so may a terminal. Signals are blocked
 * except while we wait, so a write to one of these would never end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/interrupt.h"
#include "source/standard.h"

static int files[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };

/* When to give up; until a signal has arrived, never. */
static uint64_t give_up = WAIT_FOREVER;

/* Return: 0; -EINTR if a signal has arrived, or another negative error number. */
static int wait_for(int fd)
{
	struct pollfd file = { .fd = fd, .events = POLLOUT };
	int error;

	for (;;) {
		error = interrupt_wait_any(&file, 1, give_up);
		if (error || file.revents)
			return error;
		if (give_up == WAIT_FOREVER && interrupted())
			give_up = clock_ns() + INTERRUPT_PATIENCE_NS;
		else if (clock_ns() >= give_up)
			return -EINTR;
	}
}

/* A pipe that is ready takes PIPE_BUF bytes without waiting. */
static ssize_t write_some(int fd, const char *bytes, size_t size)
{
	ssize_t written = wait_for(fd);

	if (written < 0)
		return written;
	written = interrupt_write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
	if (written >= 0) {
		/* It reads. */
		if (give_up != WAIT_FOREVER)
			give_up = clock_ns() + INTERRUPT_PATIENCE_NS;
		return written;
	}
	return errno == EINTR || errno == EAGAIN ? 0 : -errno;
}

/* As fopencookie(3) wants it: fewer bytes than @size are an error. */
static ssize_t write_all(void *cookie, const char *bytes, size_t size)
{
	const int fd = *(const int *)cookie;
	ssize_t written;
	size_t done = 0;

	while (done < size) {
		written = write_some(fd, bytes + done, size - done);
		if (written < 0) {
			errno = -written;
			break;
		}
		done += written;
	}
	return done;
}

static int close_file(void *cookie)
{
	return close(*(const int *)cookie);
}

static bool is_regular(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISREG(status.st_mode);
}

/* Writing to a file does not wait for others. */
static FILE *open_again(int fd, FILE *file, int mode)
{
	const cookie_io_functions_t functions = {
		.write = write_all,
		.close = close_file,
	};
	FILE *again = is_regular(fd) ? NULL :
		      fopencookie(&files[fd], "w", functions);

	if (!again)
		return file;
	fflush(file);
	setvbuf(again, NULL, mode, 0);
	return again;
}

static void open_both(void)
{
	stdout = open_again(STDOUT_FILENO, stdout,
			    isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
	stderr = open_again(STDERR_FILENO, stderr, _IONBF);
}

void standard_catch(void)
{
	interrupt_catch();
	open_both();
}

void standard_catch_reload(void)
{
	interrupt_catch_reload();
	open_both();
}
