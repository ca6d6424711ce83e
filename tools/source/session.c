// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection to the kernel module, and messages for what it refuses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>

#include "out/message.h"
#include "source/session.h"

#define NEEDS_ROOT "needs CAP_SYS_ADMIN: run it as root"

/* Whether depmod knows the module for the running kernel. */
static bool module_installed(const char *release)
{
	char path[sizeof("/lib/modules//modules.dep") + 65], *line = NULL;
	const char *colon;
	bool found = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0) {
		colon = strchr(line, ':');
		found = colon && memmem(line, colon - line, "/dmstat.ko", 10);
	}
	free(line);
	fclose(file);
	return found;
}

static void refuse_missing_module(void)
{
	struct utsname kernel = { 0 };

	uname(&kernel);
	complain("the kernel module dmstat is not loaded");
	if (!module_installed(kernel.release))
		complain("it is not installed for kernel %s: install it first",
			 kernel.release);
	else if (geteuid() != 0)
		complain("run this as root, which loads it");
	else
		complain("run 'modprobe dmstat'; if that fails, see 'dmesg'");
}

void session_refused(int error)
{
	switch (error) {
	case -ENOENT:
		refuse_missing_module();
		break;
	case -EPERM:
	case -EACCES:
		complain("not permitted: " NEEDS_ROOT);
		break;
	case -EPROTONOSUPPORT:
		complain("no generic netlink here: is this a container?");
		break;
	default:
		complain("cannot connect to the kernel module dmstat: %s",
			 strerror(-error));
	}
}

struct dmstat *session_open(void)
{
	struct dmstat *dmstat;
	int error;

	error = dmstat_open(&dmstat);
	if (error) {
		session_refused(error);
		return NULL;
	}
	return dmstat;
}

/* What to do, if the text of the failure does not say so. */
static const char *hint(struct dmstat *dmstat, int error)
{
	switch (error) {
	case -EPERM:
		if (strstr(dmstat_error(dmstat), "as root"))
			return NULL;
		if (strstr(dmstat_error(dmstat), "CAP_SYS_ADMIN"))
			return "run it as root";
		return NEEDS_ROOT;
	case -EAGAIN:
		return "they kept changing: try again";
	case -ENODEV:
	case -ENOTBLK:
		return "see 'dmstat-nl devices'";
	}
	return NULL;
}

int session_failed(struct dmstat *dmstat, int error, const char *format, ...)
{
	const char *what_to_do, *text;
	va_list args;
	char about[512];

	if (error > 0)
		return EXIT_FAILURE;

	va_start(args, format);
	vsnprintf(about, sizeof(about), format, args);
	va_end(args);

	/* The library has no text for an error that a callback returned. */
	text = dmstat_error(dmstat);
	what_to_do = hint(dmstat, error);
	complain("%s: %s%s%s", about, *text ? text : strerror(-error),
		 what_to_do ? "; " : "", what_to_do ? what_to_do : "");
	return EXIT_FAILURE;
}
