// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is at a place of a device: the segment of its table, and the disk below.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "out/unit.h"
#include "source/dm.h"
#include "source/partition.h"
#include "top/below.h"

/* Disks of a segment that are named. */
#define DISKS_MAX	4

/* The type of what is no line of a table. */
#define PARTITION	"partition"

/* Read from the pipe at once. */
#define CHUNK		65536

/**
 * struct below_segment - a line of a table, as it goes through the pipe
 * @start: first sector
 * @length: sectors
 * @type: its target
 * @disks: the first of the disks below it
 * @disks_count: how many there are in all
 */
struct below_segment {
	uint64_t start;
	uint64_t length;
	char type[32];
	struct mapped_disk disks[DISKS_MAX];
	size_t disks_count;
};

/* ---------------------------------------------------------------- the child */

static bool write_all(int fd, const void *bytes, size_t size)
{
	const char *next = bytes;
	ssize_t written;

	while (size) {
		written = write(fd, next, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		next += written;
		size -= written;
	}
	return true;
}

static bool send_segment(int fd, const struct mapped_segment *from)
{
	struct below_segment segment = {
		.start = from->start,
		.length = from->length,
		.disks_count = from->disks_count,
	};
	size_t i;

	snprintf(segment.type, sizeof(segment.type), "%s", from->type);
	for (i = 0; i < from->disks_count && i < DISKS_MAX; i++)
		segment.disks[i] = from->disks[i];
	return write_all(fd, &segment, sizeof(segment));
}

/* A disk that is not of device-mapper has partitions instead of a table. */
static void send_partitions(int fd, uint32_t major, uint32_t minor)
{
	struct below_segment segment = {
		.type = PARTITION,
		.disks_count = 1,
	};
	const struct partition *partition;
	struct partition_list list;
	size_t i;

	partition_list_get(major, minor, &list);
	for (i = 0; i < list.count; i++) {
		partition = &list.partitions[i];
		segment.start = partition->range.start;
		segment.length = partition->range.length;
		segment.disks[0].start = 0;
		memcpy(segment.disks[0].name, partition->name,
		       sizeof(segment.disks[0].name));
		if (!write_all(fd, &segment, sizeof(segment)))
			break;
	}
	partition_list_free(&list);
}

/*
 * The regions that the parent owns must not live for as long as we wait for the
 * kernel: close its sockets.
 */
static void close_sockets(void)
{
	const struct dirent *entry;
	struct stat status;
	DIR *folder;
	int fd;

	folder = opendir("/proc/self/fd");
	if (!folder)
		_exit(EXIT_FAILURE);
	while ((entry = readdir(folder))) {
		fd = atoi(entry->d_name);
		if (!fstat(fd, &status) && S_ISSOCK(status.st_mode))
			close(fd);
	}
	closedir(folder);
}

__attribute__((noreturn))
static void run_child(int fd, uint32_t major, uint32_t minor)
{
	struct mapped_device device;
	sigset_t none;
	size_t i;

	close_sockets();
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (mapped_device_get(major, minor, &device)) {
		send_partitions(fd, major, minor);
		_exit(EXIT_SUCCESS);
	}
	for (i = 0; i < device.segments_count; i++)
		if (!send_segment(fd, &device.segments[i]))
			break;
	_exit(EXIT_SUCCESS);
}

/* --------------------------------------------------------------- the parent */

void below_ask(struct below *below, uint32_t major, uint32_t minor)
{
	int ends[2];

	if (below->child || pipe2(ends, O_CLOEXEC))
		return;
	below->child = fork();
	if (!below->child) {
		close(ends[0]);
		run_child(ends[1], major, minor);
	}
	close(ends[1]);
	below->pipe = ends[0];
	below->received = 0;
	if (below->child < 0) {
		below->child = 0;
		close(below->pipe);
		return;
	}
	fcntl(below->pipe, F_SETFL, O_NONBLOCK);
}

/*
 * The child is done, or as good as. below_listen() of any device may have reaped
 * it already: its number may be another process's now.
 */
static void finish(struct below *below)
{
	close(below->pipe);
	if (!waitpid(below->child, NULL, WNOHANG))
		kill(below->child, SIGKILL);
	below->child = 0;
}

static void take_segments(struct below *below)
{
	const size_t count = below->received / sizeof(*below->segments);

	if (!count)
		return;
	free(below->segments);
	below->segments = (void *)below->incoming;
	below->count = count;
	below->incoming = NULL;
	below->received = 0;
}

void below_listen(struct below *below)
{
	ssize_t size;
	char *grown;

	/* Those that ended after finish(). */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	while (below->child) {
		grown = realloc(below->incoming, below->received + CHUNK);
		if (!grown) {
			finish(below);
			return;
		}
		below->incoming = grown;
		size = read(below->pipe, grown + below->received, CHUNK);
		if (size > 0) {
			below->received += size;
		} else if (!size || (errno != EAGAIN && errno != EINTR)) {
			finish(below);
			take_segments(below);
		} else {
			return;
		}
	}
}

/* Where the sector is on the disk, if that is a matter of addition; or "". */
static void put_position(const struct below_segment *segment, uint64_t sector,
			 uint64_t length, char *text, size_t size)
{
	const struct mapped_disk *disk = &segment->disks[0];
	char position[UNIT_TEXT_MAX];

	text[0] = '\0';
	if (segment->disks_count != 1 || (strcmp(segment->type, "linear") &&
					  strcmp(segment->type, PARTITION)) ||
	    disk->start == MAPPED_START_UNKNOWN)
		return;
	unit_position(position, disk->start + sector - segment->start, length);
	snprintf(text, size, " at %s", position);
}

/* "sda, sdb,..." */
static void put_disks(const struct below_segment *segment, char *text,
		      size_t size)
{
	size_t used = 0, i;

	text[0] = '\0';
	for (i = 0; i < segment->disks_count && i < DISKS_MAX && used < size;
	     i++)
		used += snprintf(text + used, size - used, "%s%s",
				 i ? ", " : "", segment->disks[i].name);
	if (segment->disks_count > DISKS_MAX && used < size)
		snprintf(text + used, size - used, ",...");
}

static const struct below_segment *find(const struct below *below,
					uint64_t sector)
{
	const struct below_segment *segment;
	size_t i;

	for (i = 0; i < below->count; i++) {
		segment = &below->segments[i];
		if (sector >= segment->start &&
		    sector - segment->start < segment->length)
			return segment;
	}
	return NULL;
}

void below_text(const struct below *below, char *text, size_t size,
		uint64_t start, uint64_t length)
{
	const struct below_segment *segment = find(below, start);
	char disks[300], position[UNIT_TEXT_MAX + 8];
	const char *type;

	text[0] = '\0';
	if (!segment)
		return;
	type = segment->type;
	put_disks(segment, disks, sizeof(disks));
	put_position(segment, start, length, position, sizeof(position));
	/* There is little room in 80 columns. */
	if (!strcmp(segment->type, PARTITION))
		type = "";
	snprintf(text, size, "%s%s%s%s%s", disks, position,
		 disks[0] && *type ? ", " : "", type,
		 start + length > segment->start + segment->length ?
		 " and the next" : "");
}

void below_end(struct below *below)
{
	if (below->child)
		finish(below);
	free(below->segments);
	free(below->incoming);
	memset(below, 0, sizeof(*below));
}
