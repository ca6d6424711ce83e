// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files, and where they are on the device of their file system. The kernel
 * reports that (FIEMAP) for file systems that store files in blocks of one
 * device, such as ext4 and xfs. All others are refused. If that is a partition,
 * its start is added, since regions are of disks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fiemap.h>
#include <linux/fs.h>

#include "out/message.h"
#include "source/device.h"
#include "source/disk.h"
#include "source/dm.h"
#include "source/extent.h"
#include "source/file.h"
#include "source/session.h"

#define SECTOR	512

/* Extents that are requested at once. */
#define BATCH	1024

/* Return: EXIT_FAILURE. */
static int refuse(const char *path, const char *why)
{
	complain("cannot create a region of '%s': %s", path, why);
	return EXIT_FAILURE;
}

/* Opening a FIFO or a device must not block, nor have an effect. */
int file_open(const char *path)
{
	struct stat status;
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		refuse(path, strerror(errno));
		return -1;
	}
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		return fd;
	refuse(path, "not a regular file: name one that has data");
	close(fd);
	return -1;
}

/* Refuse a file system that is on no device, or on several. */
static int check_device(const char *path, dev_t device)
{
	if (major(device))
		return 0;
	return refuse(path,
		      "its file system is not on one block device alone (as btrfs, overlay, tmpfs and nfs are not): name a file on one that is, such as ext4 or xfs");
}

/* What a device or partition has of its disk. */
struct place {
	uint32_t major;
	uint32_t minor;
	struct dmstat_extent range;
};

static struct place place_of(dev_t device)
{
	struct place place = {
		.major = major(device),
		.minor = minor(device),
		.range.length = UINT64_MAX,
	};

	dmstat_partition(&place.major, &place.minor, &place.range);
	return place;
}

/* All of the disk, or the partition itself. */
static bool has_place(const struct place *given, const struct place *place)
{
	return given->major == place->major && given->minor == place->minor &&
	       given->range.start <= place->range.start &&
	       given->range.length >= place->range.length;
}

const struct dmstat_device *file_device(struct dmstat *dmstat, const char *path,
					int fd, const char *text)
{
	const struct dmstat_device *device = NULL;
	struct place given = { 0 }, place;
	char name[MAPPED_DISK_NAME_MAX];
	struct stat status;
	int error;

	if (text) {
		device = device_find(dmstat, text, &given.range);
		if (!device)
			return NULL;
		given.major = device->major;
		given.minor = device->minor;
		if (device_is_whole(device, &given.range))
			given.range.length = UINT64_MAX;
	}

	if (fstat(fd, &status)) {
		refuse(path, strerror(errno));
		return NULL;
	}
	if (check_device(path, status.st_dev))
		return NULL;
	place = place_of(status.st_dev);
	error = dmstat_device_get(dmstat, place.major, place.minor, &device);
	if (error) {
		session_failed(dmstat, error, "the device of '%s'", path);
		return NULL;
	}
	if (text && !has_place(&given, &place)) {
		mapped_disk_name(name, major(status.st_dev),
				 minor(status.st_dev));
		complain("'%s' is on %s, not on '%s': leave out the device",
			 path, disk_is_mapped(place.major, place.minor) ?
			 device->name : name, text);
		return NULL;
	}
	return device;
}

/* xfs stores the data of some files on a realtime device of its own. */
static bool is_elsewhere(int fd)
{
	struct fsxattr attributes;

	return ioctl(fd, FS_IOC_FSGETXATTR, &attributes) == 0 &&
	       attributes.fsx_xflags & FS_XFLAG_REALTIME;
}

/* Return: why the place of an extent on the device is not known, or NULL. */
static const char *no_place(const struct fiemap_extent *extent)
{
	static const struct {
		uint32_t flags;
		const char *why;
	} reasons[] = {
		{
			.flags = FIEMAP_EXTENT_DELALLOC,
			.why =
			"it has data that is not on the device yet: wait until nothing writes to it, and try again",
		}, {
			.flags = FIEMAP_EXTENT_ENCODED |
				 FIEMAP_EXTENT_DATA_ENCRYPTED,
			.why =
			"its file system compresses or encrypts it, and does not report how much of the device it takes: make a copy without that",
		}, {
			.flags = FIEMAP_EXTENT_DATA_INLINE |
				 FIEMAP_EXTENT_DATA_TAIL |
				 FIEMAP_EXTENT_NOT_ALIGNED,
			.why =
			"it is so small that it has no blocks of its own: name a larger one",
		}, {
			.flags = FIEMAP_EXTENT_UNKNOWN,
			.why =
			"its file system does not report where it is: create one with --start and --length",
		},
	};
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (extent->fe_flags & reasons[i].flags)
			return reasons[i].why;
	if (extent->fe_physical % SECTOR || extent->fe_length % SECTOR)
		return "it does not begin and end at a sector";
	return NULL;
}

/* What take_all() needs; @start is that of the partition. */
struct mapping {
	int fd;
	unsigned int flags;
	uint64_t start;
	struct extent_list *list;
	bool pending;
};

static const char *take_extent(struct mapping *mapping,
			       const struct fiemap_extent *extent,
			       uint64_t size)
{
	const char *why;

	if (extent->fe_flags & FIEMAP_EXTENT_DELALLOC) {
		/* xfs reserves space beyond the end of a file that grows. */
		if (extent->fe_logical >= size)
			return NULL;
		if (mapping->flags & FILE_MAP_PLACED) {
			mapping->pending = true;
			return NULL;
		}
	}
	why = no_place(extent);
	if (why)
		return why;
	return extent_add(mapping->list,
			  mapping->start + extent->fe_physical / SECTOR,
			  extent->fe_length / SECTOR) ? strerror(ENOMEM) : NULL;
}

static const char no_fiemap[] =
	"its file system does not report where files are: create one with --start and --length";

/* Take a batch of extents, and set @map's fm_start to where the next begins. */
static const char *take_batch(struct mapping *mapping, struct fiemap *map)
{
	const struct fiemap_extent *extent;
	const char *why = NULL;
	struct stat status;
	uint32_t i;

	map->fm_length = FIEMAP_MAX_OFFSET - map->fm_start;
	map->fm_flags = mapping->flags & FILE_MAP_PLACED ? 0 :
							   FIEMAP_FLAG_SYNC;
	map->fm_extent_count = BATCH;
	if (ioctl(mapping->fd, FS_IOC_FIEMAP, map))
		return errno == EOPNOTSUPP || errno == ENOTTY ?
		       no_fiemap : strerror(errno);
	if (fstat(mapping->fd, &status))
		return strerror(errno);
	for (i = 0; !why && i < map->fm_mapped_extents; i++) {
		extent = &map->fm_extents[i];
		why = take_extent(mapping, extent, status.st_size);
		map->fm_start = extent->fe_logical + extent->fe_length;
	}
	return why;
}

static const char *take_all(struct mapping *mapping)
{
	struct fiemap *map;
	const char *why;
	bool last;

	map = calloc(1, sizeof(*map) + BATCH * sizeof(*map->fm_extents));
	if (!map)
		return strerror(ENOMEM);
	do {
		why = take_batch(mapping, map);
		last = why || !map->fm_mapped_extents ||
		       map->fm_extents[map->fm_mapped_extents - 1].fe_flags &
		       FIEMAP_EXTENT_LAST;
	} while (!last);
	free(map);
	return why;
}

const char *file_map(int fd, unsigned int flags, struct extent_list *list,
		     bool *pending)
{
	struct mapping mapping = { .fd = fd, .flags = flags, .list = list };
	struct stat status;
	const char *why;

	if (fstat(fd, &status))
		return strerror(errno);
	mapping.start = place_of(status.st_dev).range.start;
	if (is_elsewhere(fd))
		return "it is on the realtime device of its file system: name a file that is not";
	why = take_all(&mapping);
	if (why)
		return why;
	*pending = mapping.pending;
	extent_merge(list);
	if (list->count > DMSTAT_EXTENTS_MAX)
		return "it has more than 65536 extents: defragment it, or make a copy";
	return NULL;
}

int file_extents(const char *path, int fd, struct extent_list *list)
{
	const char *why;
	bool pending;

	why = file_map(fd, 0, list, &pending);
	if (why)
		return refuse(path, why);
	if (!list->count)
		return refuse(path,
			      "it takes no space on the device: write to it first, or reserve space with fallocate(1)");
	return 0;
}
