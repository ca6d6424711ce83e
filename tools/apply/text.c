// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of a configuration file, if the file can be trusted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/text.h"
#include "apply/trust.h"
#include "out/message.h"

/* A larger one is something else. */
#define TEXT_MAX	(1 << 20)

static int refuse(const char *path, const char *why)
{
	complain("%s: %s", path, why);
	return EXIT_FAILURE;
}

static int check(const char *path, const struct stat *status)
{
	if (trust_file(path, status))
		return EXIT_FAILURE;
	if (status->st_size > TEXT_MAX)
		return refuse(path, "larger than 1 MiB: is it a configuration file?");
	return 0;
}

/* Return: the text; NULL after saying why not. */
static char *read_all(const char *path, int fd, size_t *length)
{
	char *text = malloc(TEXT_MAX + 1);
	ssize_t got = 1;

	*length = 0;
	while (text && got > 0 && *length < TEXT_MAX) {
		got = read(fd, text + *length, TEXT_MAX - *length);
		if (got > 0)
			*length += got;
	}
	if (text && got >= 0) {
		text[*length] = '\0';
		return text;
	}
	refuse(path, text ? strerror(errno) : strerror(ENOMEM));
	free(text);
	return NULL;
}

char *config_text_read(const char *path, size_t *length)
{
	struct stat status;
	char *text = NULL;
	int fd;

	/* Opening a FIFO or a device must not block, nor have an effect. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status))
		refuse(path, strerror(errno));
	else if (!check(path, &status))
		text = read_all(path, fd, length);
	if (fd >= 0)
		close(fd);
	return text;
}
