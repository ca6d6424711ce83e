// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device-mapper devices, made with the ioctls of /dev/mapper/control: faster than
 * dmsetup, which matters because every promise has a device of its own.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "dm.h"

#define SECTOR 512

struct dm_request {
	struct dm_ioctl header;
	char payload[16384];
};

static int control(void)
{
	static int fd = -1;

	if (fd >= 0)
		return fd;
	if (access("/dev/mapper/control", F_OK))
		(void)!system("modprobe dm_mod");
	fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(EXIT_FAILURE, "/dev/mapper/control");
	return fd;
}

static void request_init(struct dm_request *request, const char *name)
{
	memset(request, 0, sizeof(*request));
	request->header.version[0] = DM_VERSION_MAJOR;
	request->header.data_size = sizeof(*request);
	request->header.data_start = sizeof(request->header);
	snprintf(request->header.name, sizeof(request->header.name), "%s", name);
}

static int try_command(unsigned long command, struct dm_request *request)
{
	return ioctl(control(), command, request);
}

static void command(unsigned long command, struct dm_request *request)
{
	if (try_command(command, request))
		err(EXIT_FAILURE, "device-mapper ioctl %#lx for %s", command,
		    request->header.name);
}

static unsigned int create(const char *name, const char *uuid)
{
	struct dm_request request;

	request_init(&request, name);
	if (uuid)
		snprintf(request.header.uuid, sizeof(request.header.uuid), "%s",
			 uuid);
	command(DM_DEV_CREATE, &request);
	return minor(request.header.dev);
}

static void load(const char *name, uint64_t sectors, const char *target,
		 const char *parameters)
{
	struct dm_target_spec *spec;
	struct dm_request request;
	size_t room = sizeof(request.payload) - sizeof(*spec);

	request_init(&request, name);
	request.header.target_count = 1;
	spec = (struct dm_target_spec *)request.payload;
	spec->length = sectors;
	snprintf(spec->target_type, sizeof(spec->target_type), "%s", target);
	snprintf((char *)(spec + 1), room, "%s", parameters);
	command(DM_TABLE_LOAD, &request);
}

static void set_suspended(const char *name, uint32_t flags)
{
	struct dm_request request;

	request_init(&request, name);
	request.header.flags = flags;
	command(DM_DEV_SUSPEND, &request);
}

unsigned int dm_major(void)
{
	char line[64], name[64];
	unsigned int major = 0;
	FILE *devices;

	control();
	devices = fopen("/proc/devices", "r");
	while (devices && fgets(line, sizeof(line), devices)) {
		if (sscanf(line, "%u %63s", &major, name) == 2 &&
		    !strcmp(name, "device-mapper")) {
			fclose(devices);
			return major;
		}
	}
	errx(EXIT_FAILURE, "no device-mapper in /proc/devices");
}

static void load_disk(const char *parameters);

unsigned int dm_create_target(const char *name, const char *uuid,
			      uint64_t sectors, const char *target,
			      const char *parameters)
{
	unsigned int minor = create(name, uuid);

	load(name, sectors, target, parameters);
	dm_resume(name);
	return minor;
}

unsigned int dm_create(const char *name, uint64_t sectors)
{
	return dm_create_target(name, NULL, sectors, "zero", "");
}

unsigned int dm_create_linear(const char *name, uint64_t sectors)
{
	unsigned int major, minor;
	char parameters[64];

	disk_create();
	disk_number(DISK, &major, &minor);
	snprintf(parameters, sizeof(parameters), "%u:%u 0", major, minor);
	return dm_create_target(name, NULL, sectors, "linear", parameters);
}

unsigned int dm_create_multipath(const char *name, uint64_t sectors)
{
	unsigned int major, minor;
	char parameters[128];

	if (system("modprobe -a dm_multipath dm_round_robin"))
		errx(EXIT_FAILURE, "cannot load dm_multipath");
	/* A disk that keeps data sleeps, which it must not under multipath. */
	load_disk("max_sectors=128");
	disk_number(DISK, &major, &minor);
	snprintf(parameters, sizeof(parameters),
		 "0 0 1 1 round-robin 0 1 1 %u:%u 1", major, minor);
	return dm_create_target(name, NULL, sectors, "multipath", parameters);
}

unsigned int dm_create_empty(const char *name)
{
	return create(name, NULL);
}

unsigned int dm_create_unused(const char *name, uint64_t sectors)
{
	unsigned int minor = create(name, NULL);

	load(name, sectors, "zero", "");
	return minor;
}

void dm_suspend(const char *name)
{
	set_suspended(name, DM_SUSPEND_FLAG | DM_NOFLUSH_FLAG |
		      DM_SKIP_LOCKFS_FLAG);
}

void dm_resume(const char *name)
{
	set_suspended(name, 0);
}

/* The process whose I/O was the last may still have it open for an instant. */
void dm_remove(const char *name)
{
	struct dm_request request;
	int tries;

	for (tries = 0; tries < 200; tries++) {
		request_init(&request, name);
		if (!try_command(DM_DEV_REMOVE, &request) || errno == ENXIO)
			return;
		if (errno != EBUSY)
			break;
		usleep(10000);
	}
	warn("cannot remove %s", name);
}

void dm_rename(const char *name, const char *new_name)
{
	struct dm_request request;

	request_init(&request, name);
	snprintf(request.payload, sizeof(request.payload), "%s", new_name);
	command(DM_DEV_RENAME, &request);
}

/* A device without a table cannot be resumed, but can be removed. */
static void resume_and_remove(const char *name)
{
	struct dm_request request;

	request_init(&request, name);
	try_command(DM_DEV_SUSPEND, &request);
	dm_remove(name);
}

static void remove_devices(void)
{
	const struct dm_name_list *device;
	struct dm_request request;

	request_init(&request, "");
	command(DM_LIST_DEVICES, &request);
	if (request.header.flags & DM_BUFFER_FULL_FLAG)
		errx(EXIT_FAILURE, "too many device-mapper devices");

	device = (void *)&request + request.header.data_start;
	if (!device->dev)
		return;
	for (;; device = (const void *)device + device->next) {
		if (!strncmp(device->name, DM_PREFIX, strlen(DM_PREFIX)))
			resume_and_remove(device->name);
		if (!device->next)
			return;
	}
}

void dm_remove_all(void)
{
	remove_devices();
	if (!access("/sys/module/null_blk", F_OK) && system("rmmod null_blk"))
		warnx("cannot unload null_blk");
}

/* ------------------------------------------------------------------ disks */

static void load_disk(const char *parameters)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "modprobe null_blk nr_devices=1 gb=1 bs=512 %s", parameters);
	if (system(command))
		errx(EXIT_FAILURE, "cannot load null_blk");
}

void disk_create(void)
{
	load_disk("memory_backed=1 discard=1");
}

void disk_number(const char *path, unsigned int *major, unsigned int *minor)
{
	struct stat node;

	if (stat(path, &node))
		err(EXIT_FAILURE, "%s", path);
	*major = major(node.st_rdev);
	*minor = minor(node.st_rdev);
}

/* -------------------------------------------------------------------- I/O */

int io_do(unsigned int minor, enum io io, uint64_t sector, unsigned int sectors)
{
	uint64_t range[2] = { sector * SECTOR, (uint64_t)sectors * SECTOR };
	char path[64];
	void *buffer;
	ssize_t size;
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/dm-%u", minor);
	fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		err(EXIT_FAILURE, "%s", path);
	if (posix_memalign(&buffer, 4096, range[1]))
		errx(EXIT_FAILURE, "no memory");
	memset(buffer, 0, range[1]);

	if (io == IO_DISCARD)
		size = ioctl(fd, BLKDISCARD, range);
	else if (io == IO_WRITE)
		size = pwrite(fd, buffer, range[1], range[0]);
	else
		size = pread(fd, buffer, range[1], range[0]);
	ret = size < 0 ? errno : 0;
	free(buffer);
	close(fd);
	return ret;
}

/* In uninterruptible sleep: it waits for its I/O. */
static bool waits_for_io(pid_t pid)
{
	char path[64], state = 0;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "r");
	if (!stat)
		return false;
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(stat);
	return state == 'D';
}

pid_t io_start(unsigned int minor, enum io io, uint64_t sector,
	       unsigned int sectors)
{
	int tries, in_a_row = 0;
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid)
		_exit(io_do(minor, io, sector, sectors));
	/* Three times in a row, because it may wait for something else before. */
	for (tries = 0; tries < 1000 && in_a_row < 3; tries++) {
		usleep(5000);
		in_a_row = waits_for_io(pid) ? in_a_row + 1 : 0;
	}
	if (in_a_row < 3)
		errx(EXIT_FAILURE, "the I/O does not stay in flight");
	return pid;
}

void io_end(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		errx(EXIT_FAILURE, "the I/O failed: status %#x", status);
}
