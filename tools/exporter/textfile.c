// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics in a file, for the textfile collector of node_exporter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "exporter/textfile.h"
#include "out/message.h"
#include "source/interrupt.h"

#define NS_PER_MS	1000000

static int write_all(int fd, const struct exposition *text)
{
	size_t done = 0;
	ssize_t length;

	while (done < text->length) {
		length = write(fd, text->text + done, text->length - done);
		if (length < 0 && errno != EINTR)
			return -errno;
		done += length < 0 ? 0 : length;
	}
	return fchmod(fd, 0644) ? -errno : 0;
}

/* Write a file beside it, whose name the collector does not read, and rename it. */
static int replace(const char *path, const struct exposition *text)
{
	char *name;
	int fd, error;

	if (asprintf(&name, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		free(name);
		return error;
	}
	error = write_all(fd, text);
	if (close(fd) && !error)
		error = -errno;
	if (!error && rename(name, path))
		error = -errno;
	if (error)
		unlink(name);
	free(name);
	return error;
}

/* Returns whether the file has counters; @down says whether that was so before. */
static bool write_once(const char *path, struct scraper *scraper, bool *down)
{
	struct exposition texts[EXPOSITION_FORMATS];
	struct exposition *text = &texts[EXPOSITION_PROMETHEUS];
	int failed, error;

	failed = scraper_run(scraper, 1U << EXPOSITION_PROMETHEUS, texts);
	error = text->text ? replace(path, text) : -ENOMEM;
	free(text->text);
	if (error && !*down)
		complain("cannot write %s: %s", path, strerror(-error));
	if (!error && *down)
		complain("%s can be written again", path);
	*down = error != 0;
	return !error && !failed;
}

/* Returns whether it is time to stop before the deadline. */
static bool wait_until(int stop, uint64_t deadline)
{
	struct pollfd fd = { .fd = stop, .events = POLLIN };
	uint64_t now, ms;

	do {
		now = clock_ns();
		ms = deadline > now ? (deadline - now) / NS_PER_MS + 1 : 0;
		if (poll(&fd, 1, ms > 60000 ? 60000 : ms) > 0)
			return true;
	} while (clock_ns() < deadline);
	return false;
}

int textfile_run(const char *path, uint64_t interval, int stop,
		 struct scraper *scraper)
{
	uint64_t next = clock_ns();
	bool down = false, good;

	sd_notify(0, "READY=1");
	do {
		good = write_once(path, scraper, &down);
		if (!interval)
			break;
		next += interval;
		/* If we fell behind, skip the missed intervals. */
		if (next < clock_ns())
			next = clock_ns();
	} while (!wait_until(stop, next));
	scraper_close(scraper);
	return good || interval ? EXIT_SUCCESS : EXIT_FAILURE;
}
