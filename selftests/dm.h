/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device-mapper devices for the ABI tests, and I/O on them. A device is known by
 * its minor number. Functions that fail end the test.
 */
#ifndef _DM_H
#define _DM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The names of all devices begin with this. */
#define DM_PREFIX "abi"

enum io { IO_READ, IO_WRITE, IO_DISCARD };

unsigned int dm_major(void);

/* A device of one target, whose table is TARGET PARAMETERS. */
unsigned int dm_create_target(const char *name, const char *uuid,
			      uint64_t sectors, const char *target,
			      const char *parameters);
/* One that reads zeros and forgets what is written. */
unsigned int dm_create(const char *name, uint64_t sectors);
/* One on a disk in memory, so that it takes discards. */
unsigned int dm_create_linear(const char *name, uint64_t sectors);
/*
 * One that is request-based, on a disk that does not keep data. I/O of more than
 * 128 sectors is split.
 */
unsigned int dm_create_multipath(const char *name, uint64_t sectors);
/* One without a table. */
unsigned int dm_create_empty(const char *name);
/* One whose table is loaded, but not in use until it is resumed. */
unsigned int dm_create_unused(const char *name, uint64_t sectors);
void dm_suspend(const char *name);
void dm_resume(const char *name);
void dm_remove(const char *name);
void dm_rename(const char *name, const char *new_name);
/*
 * All devices that begin with DM_PREFIX, suspended or not, and the disks under
 * them.
 */
void dm_remove_all(void);

/* The one disk of null_blk, with a request queue. */
#define DISK "/dev/nullb0"
void disk_create(void);
void disk_number(const char *path, unsigned int *major, unsigned int *minor);

/* Return: 0 or an error number. */
int io_do(unsigned int minor, enum io io, uint64_t sector, unsigned int sectors);

/*
 * I/O of another process, for a suspended device. io_start() returns when the I/O
 * is issued, io_end() when it has ended.
 */
pid_t io_start(unsigned int minor, enum io io, uint64_t sector,
	       unsigned int sectors);
void io_end(pid_t pid);

#endif /* _DM_H */
