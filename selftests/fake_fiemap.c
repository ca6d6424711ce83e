// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_fiemap: pretend file systems that a test cannot have
 *
 *	FIEMAP='COUNT FLAGS' LD_PRELOAD=.../fake_fiemap.so dmstat-nl create ...
 *
 * makes FS_IOC_FIEMAP return COUNT extents of 4 KiB, 8 KiB apart on the device; the
 * last one has these flags.
 */
#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCK 4096

static int fake(struct fiemap *map)
{
	unsigned int count = 0, flags = 0, first = map->fm_start / BLOCK, i;

	if (sscanf(getenv("FIEMAP") ?: "", "%u %x", &count, &flags) != 2) {
		errno = EINVAL;
		return -1;
	}
	for (i = 0; i < map->fm_extent_count && first + i < count; i++)
		map->fm_extents[i] = (struct fiemap_extent){
			.fe_logical = (__u64)(first + i) * BLOCK,
			.fe_physical = (__u64)(first + i) * 2 * BLOCK,
			.fe_length = BLOCK,
			.fe_flags = first + i == count - 1 ? flags : 0,
		};
	map->fm_mapped_extents = i;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (request == FS_IOC_FIEMAP)
		return fake(argument);
	return syscall(SYS_ioctl, fd, request, argument);
}
