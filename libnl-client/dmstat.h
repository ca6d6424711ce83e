/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdmstat: I/O statistics of block devices, area by area
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A client of the generic netlink family "dmstat" of the kernel module dmstat.
 * A region is a range of a block device, or a list of such ranges
 * (extents). It is divided into areas of equal size, of which the last one may
 * be shorter. The kernel counts the I/O of every area.
 *
 * Units: a sector is 512 bytes. Positions are in sectors from the start of the
 * device. All times are in nanoseconds.
 *
 * Return values: int functions return 0 or a negative error number. After an
 * error, dmstat_error() returns a text for users, and dmstat_extack() the
 * kernel's message. If a callback returns a value other than 0, the walk ends
 * and returns that value; positive values cannot be mistaken for an error. In
 * addition to the errors listed at each function, there are:
 *
 *   -EBADMSG  the kernel's answer is malformed
 *   -EBUSY    called from a callback with the same handle or subscription
 *   -E2BIG    the program was built for a later version of the library, and has
 *             set a member that this version does not have
 *   -EINVAL   struct_size is not set
 *   -ENOBUFS  the kernel had no memory for its answer
 *   -ENOMEM   out of memory
 *   -EPERM    see Privilege
 *
 * and the errors of socket(), send() and recvmsg(). After any error the handle
 * can still be used.
 *
 * Ownership: a "const struct ... *" that a function stores for the caller
 * belongs to the handle, and is valid until the next call with that handle. It
 * may be passed to that call. What a callback receives is valid until the
 * callback returns. Structures that the library fills may get members at their
 * end in later versions, so a program must not depend on their size: copy
 * members.
 *
 * Threads: a handle, or a subscription, must not be used by two threads at the
 * same time. Different handles are independent. A callback must not call the
 * library with the same handle or subscription (-EBUSY), and must not close it.
 *
 * Names: the library calls its own functions, even if the program defines some
 * of the same name, as code of ynl-gen does. <linux/dmstat.h> can be included
 * as well, before or after this header.
 *
 * Exceptions: a callback may throw a C++ exception. A thread may be cancelled
 * by pthread_cancel() in a callback or while it waits for the kernel, if
 * cancellation is deferred and unwinds the stack, as glibc's does. Then the
 * call ends as if the callback had returned a value other than 0, but returns
 * no value. The handle or subscription can still be used, by any thread. What
 * the call was to open or take is freed. A snapshot that was being updated can
 * only be freed. A callback must not leave by longjmp().
 *
 * Privilege: every request needs CAP_SYS_ADMIN in the initial user namespace,
 * and fails with -EPERM without it.
 */
#ifndef DMSTAT_H
#define DMSTAT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct dmstat - a connection to the kernel module; opaque */
struct dmstat;

/** struct dmstat_events - a subscription to events; opaque */
struct dmstat_events;

/** DMSTAT_DEFAULT - "use the default", for 64-bit members below */
#define DMSTAT_DEFAULT UINT64_MAX

/**
 * dmstat_open() - connect to the kernel module
 * @handle: set to the handle, which the caller closes; NULL after an error
 *
 * Makes the kernel load the module if it is installed.
 *
 * After an error there is no handle for dmstat_error(): use strerror(). A
 * handle stays usable when the module is unloaded and loaded again. Unless
 * dmstat_autoload() says otherwise, the next call makes the kernel load it.
 *
 * Return: 0; -ENOENT, the module is not loaded and could not be loaded;
 * -EPROTONOSUPPORT, the kernel has no generic netlink.
 */
int dmstat_open(struct dmstat **handle);

/**
 * dmstat_autoload() - set whether calls make the kernel load the module
 * @handle: the handle
 * @load: if 0, calls fail with -ENOENT as long as the module is not loaded; if
 *        not 0, they load it when it was unloaded, which is the default
 *
 * For programs that run for a long time and only look, so that the module stays
 * unloaded when an administrator has unloaded it.
 */
void dmstat_autoload(struct dmstat *handle, int load);

/**
 * dmstat_close() - close the connection and free the handle
 * @handle: the handle, or NULL
 *
 * The kernel deletes the owned regions that were created with the handle.
 */
void dmstat_close(struct dmstat *handle);

/**
 * dmstat_error() - text for the last error of this handle
 * @handle: the handle
 *
 * Return: one line without a full stop or control characters: the kernel's
 * message if there was one; else the library's text for what was refused,
 * because kernels before 6.7 send no message when they refuse a walk; else the
 * text of strerror(). "" if no call has failed. Valid until the next call with
 * the handle.
 */
const char *dmstat_error(const struct dmstat *handle);

/**
 * dmstat_extack() - the kernel's message (extended ack) for the last error
 * @handle: the handle
 *
 * Return: one line, or NULL if the kernel sent no message or no call has
 * failed. Valid until the next call with the handle.
 */
const char *dmstat_extack(const struct dmstat *handle);

/**
 * dmstat_extack_attribute() - the attribute that caused the last error
 * @handle: the handle
 *
 * Return: the invalid or missing attribute, DMSTAT_A_* of <linux/dmstat.h>; 0
 * if the kernel named none.
 */
int dmstat_extack_attribute(const struct dmstat *handle);

/** dmstat_version() - the version of the library in use, as "0.1.0" */
const char *dmstat_version(void);

/* DMSTAT_VERSION_* - version of this header, which the program is built for */
#define DMSTAT_VERSION_MAJOR	0
#define DMSTAT_VERSION_MINOR	1
#define DMSTAT_VERSION_PATCH	0

/** DMSTAT_VERSION_AT_LEAST() - is this header of that version or a later one? */
#define DMSTAT_VERSION_AT_LEAST(major, minor, patch)			\
	(DMSTAT_VERSION_MAJOR > (major) ||				\
	 (DMSTAT_VERSION_MAJOR == (major) &&				\
	  (DMSTAT_VERSION_MINOR > (minor) ||				\
	   (DMSTAT_VERSION_MINOR == (minor) &&				\
	    DMSTAT_VERSION_PATCH >= (patch)))))

/* ------------------------------------------------------------- devices */

/** DMSTAT_FLUSH_BINS - number of bins of the histogram of flushes */
#define DMSTAT_FLUSH_BINS	32

/**
 * struct dmstat_flush - counters of a device's flushes, I/Os without sectors
 * @ios: flushes that ended, including those that failed
 * @ns: time from start to end, summed
 * @errors: flushes that failed
 * @longest_ns: longest time from start to end
 * @busy_ns: time with at least one flush in flight, up to now
 * @again: flushes that failed with EAGAIN because their submitter does not wait
 *         (REQ_NOWAIT); no other counter includes them
 * @in_flight: flushes in flight
 * @histogram: flushes by the time that they took: less than 1 us in bin 0, from
 *             2^(i-1) us to less than 2^i us in bin i, all that took longer in
 *             the last bin
 *
 * Flushes are counted while the device has a region. A write with REQ_PREFLUSH
 * or REQ_FUA counts as a write, and not here.
 */
struct dmstat_flush {
	uint64_t ios;
	uint64_t ns;
	uint64_t errors;
	uint64_t longest_ns;
	uint64_t busy_ns;
	uint64_t again;
	uint64_t in_flight;
	uint64_t histogram[DMSTAT_FLUSH_BINS];
};

/**
 * dmstat_flush_bounds() - get the bounds of the histogram of flushes
 *
 * As those of a region, for dmstat_histogram_quantile().
 *
 * Return: DMSTAT_FLUSH_BINS - 1 bounds in nanoseconds, valid as long as the
 * library is loaded.
 */
const uint64_t *dmstat_flush_bounds(void);

/**
 * struct dmstat_device - a block device whose I/O can be counted
 * @major: major number
 * @minor: minor number
 * @name: device-mapper name; of other disks the kernel's name: nvme0n1
 * @uuid: device-mapper uuid, or ""
 * @size: sectors
 * @regions: number of regions on the device
 * @missed: I/Os not counted, because memory was short or more large I/Os
 *          were waiting than large_ios allows, since the first of the
 *          device's present regions was created
 * @flush: counters of flushes; NULL if no flush started since then
 * @oldest_ns: time since the oldest I/O or flush in flight started; 0 if there
 *             is none, or no region
 *
 * What it points to belongs to the same owner and is valid as long.
 */
struct dmstat_device {
	uint32_t major;
	uint32_t minor;
	const char *name;
	const char *uuid;
	uint64_t size;
	uint32_t regions;
	uint64_t missed;
	const struct dmstat_flush *flush;
	uint64_t oldest_ns;
};

typedef int (*dmstat_device_fn)(const struct dmstat_device *device, void *data);

/**
 * dmstat_devices() - walk the devices whose I/O can be counted
 * @handle: the handle
 * @callback: called for each device, in no particular order
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EAGAIN, devices were added or removed
 * during the walk, which may have missed some: walk again.
 */
int dmstat_devices(struct dmstat *handle, dmstat_device_fn callback,
		   void *data);

/**
 * dmstat_device_get() - get a device by its numbers
 * @handle: the handle
 * @major: major number
 * @minor: minor number
 * @device: set to the device
 *
 * Return: 0; -ENODEV, no such device; -EOPNOTSUPP, a partition, see
 * dmstat_partition(), or a disk whose I/O cannot be seen on this kernel; -ERANGE,
 * no device can have these numbers.
 */
int dmstat_device_get(struct dmstat *handle, uint32_t major, uint32_t minor,
		      const struct dmstat_device **device);

/**
 * dmstat_device_find() - find a device by a name that a user gives
 * @handle: the handle
 * @text: a path (/dev/vg/lv, /dev/mapper/x, /dev/nvme0n1), major:minor, a
 *        device-mapper name, or the kernel's name of a disk (nvme0n1, dm-3). If
 *        it contains a slash, it is a path; if there is no such file, it is a
 *        path in /dev, as vg/lv is for LVM.
 * @device: set to the device
 *
 * Return: 0; -ENODEV, no such device; -ENOTBLK, the path is not a block device;
 * -EAGAIN, devices were added or removed during each of 10 searches by name;
 * the errors of stat() and dmstat_device_get().
 */
int dmstat_device_find(struct dmstat *handle, const char *text,
		       const struct dmstat_device **device);

struct dmstat_extent;

/**
 * dmstat_device_find_range() - find a device or partition by a name
 * @handle: the handle
 * @text: as for dmstat_device_find(), or the same of a partition: /dev/sda1,
 *        nvme0n1p2, 8:1
 * @device: set to the device; of a partition, to its disk
 * @range: set to the sectors of @device that were named: those of the partition,
 *         or all
 *
 * Return: as dmstat_device_find().
 */
int dmstat_device_find_range(struct dmstat *handle, const char *text,
			     const struct dmstat_device **device,
			     struct dmstat_extent *range);

/**
 * dmstat_partition() - from a partition to its disk
 * @major: major number of any block device, as of st_dev of a file; if that is a
 *         partition, set to that of its disk
 * @minor: minor number, likewise
 * @range: set to the sectors of the disk that the partition has
 *
 * Reads /sys, and needs no handle. To find where on the disk a file is, add the
 * start of @range to what FIEMAP says.
 *
 * Return: 0; -ENOENT, this is no partition; -ENODEV, the partition is going away, or
 * was replaced while it was read.
 * After an error, nothing is set.
 */
int dmstat_partition(uint32_t *major, uint32_t *minor,
		     struct dmstat_extent *range);

/* ------------------------------------------------------------- regions */

/** DMSTAT_BOUNDS_MAX - maximum number of bounds of a region's histograms */
#define DMSTAT_BOUNDS_MAX	64

/** DMSTAT_EXTENTS_MAX - maximum number of extents of a region */
#define DMSTAT_EXTENTS_MAX	65536

/**
 * struct dmstat_region - a region
 * @region_id: id of the region, never 0
 * @major: major number of the device
 * @minor: minor number of the device
 * @device_name: name of the device, as of struct dmstat_device
 * @start: first sector; of a region of extents, that of the first one
 * @length: sectors; of a region of extents, up to the end of the last one
 * @area_size: sectors of an area; the last one may be shorter. If each extent
 *             is one area, the length of the longest.
 * @areas: number of areas
 * @program_id: program that the region belongs to, or ""
 * @memory: kernel memory that the region holds, in bytes
 * @created: time of creation, in nanoseconds since the Epoch
 * @missed: I/Os not counted, for the same reasons as those of a device
 * @extents: number of extents; 0 if the region is a single range
 * @bounds_count: number of bounds of the histograms; 0: no histograms
 * @bounds: bounds of the histograms, rising, in nanoseconds
 * @user_data: data that programs store with the region; NULL if @user_data_size
 *             is 0
 * @user_data_size: size of @user_data in bytes
 * @clears: number of times that the region was cleared by
 *          dmstat_region_clear(), or areas of it by DMSTAT_AREAS_CLEAR
 * @cleared: time of the last of these, in nanoseconds since the Epoch; 0: never
 * @group: name of the group that the region is in, or ""
 * @owned: not 0 if the region is deleted when its owner closes; see struct
 *         dmstat_region_spec
 * @slow_ns: I/Os that take at least as long are told, see
 *           DMSTAT_EVENTS_IO; 0: none
 * @tell_errors: not 0 if I/Os that fail are told
 * @tell_rate: the most events of I/Os in a second; 0 if the region tells none
 * @cgroup_id: id of the cgroup whose I/O is counted, see struct
 *             dmstat_region_spec; 0: all I/O is
 * @resizes: number of times that its length or extents were changed by
 *           dmstat_region_set()
 *
 * What it points to belongs to the same owner and is valid as long.
 */
struct dmstat_region {
	uint32_t region_id;
	uint32_t major;
	uint32_t minor;
	const char *device_name;
	uint64_t start;
	uint64_t length;
	uint64_t area_size;
	uint64_t areas;
	const char *program_id;
	uint64_t memory;
	uint64_t created;
	uint64_t missed;
	uint32_t extents;
	uint32_t bounds_count;
	uint64_t bounds[DMSTAT_BOUNDS_MAX];
	const void *user_data;
	size_t user_data_size;
	uint64_t clears;
	uint64_t cleared;
	const char *group;
	int owned;
	uint64_t slow_ns;
	int tell_errors;
	uint32_t tell_rate;
	uint64_t cgroup_id;
	uint64_t resizes;
};

/**
 * struct dmstat_extent - a range of a device
 * @start: first sector
 * @length: sectors, at least 1
 */
struct dmstat_extent {
	uint64_t start;
	uint64_t length;
};

/** DMSTAT_PROGRAM_ID_MAX - maximum length of a program id in bytes */
#define DMSTAT_PROGRAM_ID_MAX		255

/** DMSTAT_GROUP_MAX - maximum length of a group's name in bytes */
#define DMSTAT_GROUP_MAX		255

/** DMSTAT_USER_DATA_MAX - maximum size of user data in bytes */
#define DMSTAT_USER_DATA_MAX		4096

/**
 * struct dmstat_region_spec - a region to be created
 * @struct_size: sizeof(struct dmstat_region_spec), so that it may grow
 * @major: major number of the device
 * @minor: minor number of the device
 * @start: first sector, or DMSTAT_DEFAULT: 0
 * @length: sectors, or DMSTAT_DEFAULT: to the end of the device
 * @area_size: sectors of an area, or DMSTAT_DEFAULT
 * @areas: number of areas, or DMSTAT_DEFAULT; cannot be combined with
 *         @area_size. As areas are of whole sectors and of equal size, there
 *         may be fewer. If both are DMSTAT_DEFAULT, the region is one area.
 * @program_id: at most DMSTAT_PROGRAM_ID_MAX bytes, or NULL
 * @bounds: bounds of the histograms in nanoseconds, above 0 and rising, or NULL
 * @bounds_count: number of bounds, at most DMSTAT_BOUNDS_MAX; 0: no histograms
 * @extents: extents to use instead of @start, @length and @areas, sorted by
 *           start and not overlapping, or NULL. Each extent is divided into
 *           areas of @area_size from its own start; if that is DMSTAT_DEFAULT,
 *           each extent is one area.
 * @extents_count: number of extents, at most DMSTAT_EXTENTS_MAX; 0: a single
 *                 range
 * @user_data: data for the kernel to store with the region, or NULL
 * @user_data_size: size of @user_data in bytes, at most DMSTAT_USER_DATA_MAX
 * @owned: if not 0, the kernel deletes the region when the handle is closed or
 *         the process ends, even by SIGKILL. A child that the process forked
 *         keeps the region until it calls exec() or ends, too.
 * @group: name of a group, at most DMSTAT_GROUP_MAX bytes, or NULL. Regions
 *         with the same name are a group, of any devices and programs.
 * @slow_ns: an event for each I/O that takes at least as long, to subscriptions
 *           with DMSTAT_EVENTS_IO; 0: none
 * @tell_errors: if not 0, an event for each I/O that fails
 * @tell_rate: the most of these events in a second; 0: the default, 1,000.
 *             Further ones are lost, and counted.
 * @cgroup_id: count only I/O that is charged to this cgroup, or to one below it;
 *             0: all I/O. See struct dmstat_inflight.
 *
 * Initialise it with DMSTAT_REGION_SPEC_INIT. What it points to is only used
 * during the call.
 */
struct dmstat_region_spec {
	size_t struct_size;
	uint32_t major;
	uint32_t minor;
	uint64_t start;
	uint64_t length;
	uint64_t area_size;
	uint64_t areas;
	const char *program_id;
	const uint64_t *bounds;
	uint32_t bounds_count;
	const struct dmstat_extent *extents;
	uint32_t extents_count;
	const void *user_data;
	size_t user_data_size;
	int owned;
	const char *group;
	uint64_t slow_ns;
	int tell_errors;
	uint32_t tell_rate;
	uint64_t cgroup_id;
};

/* All members in their order, because C++17 has no designated initialisers. */
#define DMSTAT_REGION_SPEC_INIT {					\
	sizeof(struct dmstat_region_spec),				\
	0, 0,				/* device */			\
	DMSTAT_DEFAULT, DMSTAT_DEFAULT,	/* start, length */		\
	DMSTAT_DEFAULT, DMSTAT_DEFAULT,	/* area_size, areas */		\
	NULL,				/* program_id */		\
	NULL, 0,			/* bounds */			\
	NULL, 0,			/* extents */			\
	NULL, 0,			/* user_data */			\
	0,				/* owned */			\
	NULL,				/* group */			\
	0, 0, 0,			/* slow_ns, tell_... */		\
	0,				/* cgroup_id */			\
}

/**
 * dmstat_region_create() - create a region
 * @handle: the handle
 * @spec: the region to be created
 * @region: set to the new region, or NULL
 *
 * The region counts exactly the I/Os that start after it was created. It exists
 * until it is deleted, the device is removed, the module is unloaded, or its
 * owner closes if it is @owned.
 *
 * Return: 0; -ENODEV and -EOPNOTSUPP, see dmstat_device_get(); -EINVAL, the
 * range is empty, areas or area size are 0 or both given, bounds do not rise,
 * extents are not sorted, overlap, or are combined with members that they
 * replace, the cgroup has no io controller; -ENOENT, no such cgroup; -ERANGE,
 * beyond the end of the device, more areas than sectors or than UINT32_MAX,
 * program id, group or user data too long, too many bounds or extents;
 * -EOVERFLOW, the end does not fit 64 bits; -ENOSPC, the module's
 * memory limit is reached; -EMSGSIZE, more extents (some 26,000) than a process
 * without CAP_NET_ADMIN may send at once if net.core.wmem_max is not raised.
 */
int dmstat_region_create(struct dmstat *handle,
			 const struct dmstat_region_spec *spec,
			 const struct dmstat_region **region);

/**
 * dmstat_region_get() - get a region by its id
 * @handle: the handle
 * @region_id: id of the region
 * @region: set to the region
 *
 * Return: 0; -ENOENT, no such region.
 */
int dmstat_region_get(struct dmstat *handle, uint32_t region_id,
		      const struct dmstat_region **region);

/**
 * struct dmstat_region_filter - the regions to walk, or to delete
 * @struct_size: sizeof(struct dmstat_region_filter)
 * @by_device: if not 0, only regions of device @major:@minor
 * @major: major number
 * @minor: minor number
 * @program_id: if not NULL, only regions with this program id
 * @group: if not NULL, only regions of this group
 *
 * Initialise it with DMSTAT_REGION_FILTER_INIT, which matches all regions.
 */
struct dmstat_region_filter {
	size_t struct_size;
	int by_device;
	uint32_t major;
	uint32_t minor;
	const char *program_id;
	const char *group;
};

#define DMSTAT_REGION_FILTER_INIT {					\
	sizeof(struct dmstat_region_filter),				\
	0, 0, 0,			/* device */			\
	NULL,				/* program_id */		\
	NULL,				/* group */			\
}

typedef int (*dmstat_region_fn)(const struct dmstat_region *region, void *data);

/**
 * dmstat_regions() - walk the regions
 * @handle: the handle
 * @filter: the regions to walk, or NULL: all regions
 * @callback: called for each region
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EAGAIN, regions were created or deleted
 * during the walk, which may have missed some or reported some twice: walk
 * again; -ERANGE, program id or group too long.
 */
int dmstat_regions(struct dmstat *handle,
		   const struct dmstat_region_filter *filter,
		   dmstat_region_fn callback, void *data);

/**
 * dmstat_region_delete() - delete a region
 * @handle: the handle
 * @region_id: id of the region
 *
 * Return: 0; -ENOENT, no such region.
 */
int dmstat_region_delete(struct dmstat *handle, uint32_t region_id);

/** DMSTAT_DELETE_MAX - maximum number of ids for dmstat_regions_delete_ids() */
#define DMSTAT_DELETE_MAX	4096

/**
 * dmstat_regions_delete_ids() - delete several regions in one request
 * @handle: the handle
 * @region_ids: ids of the regions, rising, without duplicates
 * @count: number of ids, 1 to DMSTAT_DELETE_MAX
 *
 * Much faster than a request for each region.
 *
 * Return: 0; -ENOENT, one of the regions does not exist, and none was deleted;
 * -EINVAL, the ids do not rise, or there are none; -ERANGE, more than
 * DMSTAT_DELETE_MAX; -ENOMEM, some may have been deleted, the others are
 * unchanged.
 */
int dmstat_regions_delete_ids(struct dmstat *handle,
			      const uint32_t *region_ids, size_t count);

/**
 * dmstat_regions_delete() - delete all regions of a device, program or group
 * @handle: the handle
 * @filter: the regions to delete; must set a device, a program id or a group
 * @count: set to the number of deleted regions, 0 after an error; or NULL
 *
 * Much faster than a request for each region. Regions that other programs
 * create during the call are deleted as well if they match.
 *
 * Return: 0; -ENOENT, no region matches; -EINVAL, the filter sets none of the
 * three; -ERANGE, program id or group too long; -ENOMEM, some may have been
 * deleted, the others are unchanged: try again.
 */
int dmstat_regions_delete(struct dmstat *handle,
			  const struct dmstat_region_filter *filter,
			  uint32_t *count);

/**
 * dmstat_region_clear() - set all counters of a region to 0
 * @handle: the handle
 * @region_id: id of the region
 *
 * Return: 0; -ENOENT, no such region; -ENOMEM, only some areas were cleared.
 */
int dmstat_region_clear(struct dmstat *handle, uint32_t region_id);

/**
 * struct dmstat_region_change - changes to a region
 * @struct_size: sizeof(struct dmstat_region_change)
 * @region_id: id of the region
 * @program_id: new program id, "" to remove it, or NULL to keep it
 * @user_data: new user data, or NULL to keep it
 * @user_data_size: size of @user_data in bytes; 0, with @user_data not NULL,
 *                  removes the user data
 * @group: new name of the group, "" to remove it, or NULL to keep it
 * @slow_ns: new bound of struct dmstat_region_spec, DMSTAT_SLOW_OFF to remove
 *           it, or 0 to keep it
 * @tell_errors: above 0: tell I/Os that fail; below 0: do not; 0: keep it
 * @tell_rate: the most events in a second, or 0 to keep it
 * @length: new length of a region that is a range, in sectors, or 0 to keep it;
 *          the start stays
 * @extents: all new extents of a region of extents, as in struct
 *           dmstat_region_spec, or NULL to keep them
 * @extents_count: number of extents, at most DMSTAT_EXTENTS_MAX; 0: they stay
 *
 * The size of an area stays. An area keeps its counters if an area begins at its
 * first sector afterwards, whatever its index and its length are then; other
 * areas begin with zero. An I/O counts in the areas that the region had when it
 * started.
 *
 * Initialise it with DMSTAT_REGION_CHANGE_INIT.
 */
struct dmstat_region_change {
	size_t struct_size;
	uint32_t region_id;
	const char *program_id;
	const void *user_data;
	size_t user_data_size;
	const char *group;
	uint64_t slow_ns;
	int tell_errors;
	uint32_t tell_rate;
	uint64_t length;
	const struct dmstat_extent *extents;
	uint32_t extents_count;
};

/** DMSTAT_SLOW_OFF - no I/O is slow, for dmstat_region_set() */
#define DMSTAT_SLOW_OFF UINT64_MAX

#define DMSTAT_REGION_CHANGE_INIT {					\
	sizeof(struct dmstat_region_change),				\
	0,				/* region_id */			\
	NULL,				/* program_id */		\
	NULL, 0,			/* user_data */			\
	NULL,				/* group */			\
	0, 0, 0,			/* slow_ns, tell_... */		\
	0,				/* length */			\
	NULL, 0,			/* extents */			\
}

/**
 * dmstat_region_set() - change what a region keeps for programs, what it tells,
 * or which areas it has
 * @handle: the handle
 * @change: the changes
 * @region: set to the changed region, or NULL
 *
 * All changes are one: no reader sees an old and a new value together.
 *
 * Return: 0; -ENOENT, no such region; -EINVAL, nothing to change, a length for a
 * region of extents or extents for a range, or extents that are not sorted or
 * overlap; -ERANGE, program id, group or user data too long, beyond the device's
 * end, too many areas or extents; -EOVERFLOW, start + @length does not fit 64
 * bits; -EBUSY, an I/O that started before the areas were last changed has not
 * ended, for 100 ms; -E2BIG, the areas that stay are in too many pieces: create a
 * new region; -ENOSPC, the module's memory limit is reached; -EMSGSIZE, as for
 * dmstat_region_create(). After an error nothing has changed.
 */
int dmstat_region_set(struct dmstat *handle,
		      const struct dmstat_region_change *change,
		      const struct dmstat_region **region);

/* --------------------------------------------------------------- areas */

/** DMSTAT_READ... - as enum dmstat_operation of <linux/dmstat.h> */
#define DMSTAT_READ	0
#define DMSTAT_WRITE	1
#define DMSTAT_DISCARD	2
/** only of I/Os in flight: see struct dmstat_flush for those that ended */
#define DMSTAT_FLUSH	3

/**
 * struct dmstat_io - counters of one operation
 * @ios: I/Os that ended, including those that failed
 * @sectors: sectors of these I/Os in the area
 * @ns: time from start to end, summed
 * @errors: I/Os that failed
 * @longest_ns: longest time from start to end since the area was cleared
 * @again: I/Os that failed with EAGAIN because their submitter does not wait
 *         (REQ_NOWAIT) and the device was not ready; no other counter includes
 *         them
 */
struct dmstat_io {
	uint64_t ios;
	uint64_t sectors;
	uint64_t ns;
	uint64_t errors;
	uint64_t longest_ns;
	uint64_t again;
};

/**
 * struct dmstat_histogram - I/Os of one operation by the time that they took
 * @bins: number of bins: one more than the region has bounds
 * @ios: I/Os in each bin. Bin 0 has those that took less than the first bound,
 *       bin 1 those that took at least the first and less than the second
 *       bound, and so on.
 */
struct dmstat_histogram {
	uint32_t bins;
	uint64_t ios[DMSTAT_BOUNDS_MAX + 1];
};

/**
 * struct dmstat_area - an area and its counters, or several areas and the sums
 * @index: index in the region, from 0; of several areas, that of the first one
 * @start: first sector
 * @length: sectors; of several areas, up to the end of the last one
 * @in_flight_read: reads in flight
 * @in_flight_write: writes and discards in flight
 * @busy_ns: time with at least one I/O in flight, up to now; 0 for several
 *           areas, whose busy time is not known
 * @queue_ns: time in flight, summed over all I/Os, including those in flight
 * @read: counters of reads; never NULL
 * @write: counters of writes; never NULL
 * @discard: counters of discards and secure erases; never NULL
 * @histogram: indexed by DMSTAT_READ, DMSTAT_WRITE and DMSTAT_DISCARD; NULL if
 *             the region has no histograms. If there was no I/O of the
 *             operation, it is NULL in a walk by dmstat_areas(), and all 0 in a
 *             walk over a snapshot.
 * @clears: number of times that it was cleared after it had counted something;
 *          of several areas, the sum
 * @region_id: id of the region
 * @areas: number of areas that were merged, 1 for a single area
 *
 * An I/O that touches several areas is counted in each of them, so the sum of
 * areas counts it several times, each time with the sectors in that area. The
 * longest time of several areas is the longest of any of them.
 */
struct dmstat_area {
	uint64_t index;
	uint64_t start;
	uint64_t length;
	uint64_t in_flight_read;
	uint64_t in_flight_write;
	uint64_t busy_ns;
	uint64_t queue_ns;
	const struct dmstat_io *read;
	const struct dmstat_io *write;
	const struct dmstat_io *discard;
	const struct dmstat_histogram *histogram[3];
	uint64_t clears;
	uint32_t region_id;
	uint64_t areas;
};

/** DMSTAT_MERGE_ALL - merge all areas of a region: its total */
#define DMSTAT_MERGE_ALL	0xffffffffU

/**
 * DMSTAT_AREAS_ACTIVE - skip areas without I/O since creation or clear; with
 * DMSTAT_AREAS_UNCLEARED, since creation
 */
#define DMSTAT_AREAS_ACTIVE	(1U << 0)
/** DMSTAT_AREAS_CLEAR - clear each area as it is read, without losing I/O */
#define DMSTAT_AREAS_CLEAR	(1U << 1)
/**
 * DMSTAT_AREAS_UNCLEARED - give what was counted since the region was created
 *
 * The counters are as if nothing had been cleared, but for @errors, @again and
 * @longest_ns of struct dmstat_io, which a clear sets back to 0. Not together
 * with DMSTAT_AREAS_CLEAR.
 */
#define DMSTAT_AREAS_UNCLEARED	(1U << 2)

/**
 * struct dmstat_area_query - the areas to walk
 * @struct_size: sizeof(struct dmstat_area_query)
 * @region_id: id of the region; 0: all regions, or those of @filter
 * @flags: DMSTAT_AREAS_*, or 0
 * @first: index of the first area, or DMSTAT_DEFAULT: 0; only with @region_id
 * @count: number of areas, or DMSTAT_DEFAULT: all from @first; only with
 *         @region_id
 * @merge: how many consecutive areas, from @first on, to sum up in one;
 *         DMSTAT_MERGE_ALL: all of the region; 0: none. The last one of a
 *         region may be of fewer areas.
 * @filter: if not NULL, only areas of these regions; only without @region_id
 *
 * Initialise it with DMSTAT_AREA_QUERY_INIT.
 */
struct dmstat_area_query {
	size_t struct_size;
	uint32_t region_id;
	uint32_t flags;
	uint64_t first;
	uint64_t count;
	uint32_t merge;
	const struct dmstat_region_filter *filter;
};

#define DMSTAT_AREA_QUERY_INIT {					\
	sizeof(struct dmstat_area_query),				\
	0, 0,				/* region_id, flags */		\
	DMSTAT_DEFAULT,			/* first */			\
	DMSTAT_DEFAULT,			/* count */			\
	0,				/* merge */			\
	NULL,				/* filter */			\
}

typedef int (*dmstat_area_fn)(const struct dmstat_area *area, void *data);

/**
 * dmstat_areas() - walk areas, by rising region id and index
 * @handle: the handle
 * @query: the areas to walk
 * @callback: called for each area as the kernel sends it
 * @data: passed to @callback
 *
 * The memory used does not depend on the number of areas. Reading changes no
 * counters, except with DMSTAT_AREAS_CLEAR. Then the kernel is ahead of the
 * callback: if @callback ends the walk early, some hundred areas after its last
 * one are cleared as well, and their counters are lost. So complete a clearing
 * walk, and limit it by @query instead.
 *
 * A walk over several regions is much faster than a walk over each of them, and
 * merged areas are much faster than each area.
 *
 * Return: 0; what @callback returned; -ENOENT, no such region, or it was
 * deleted during the walk; -ERANGE, the region has fewer areas, or program id
 * or group too long; -EOVERFLOW, @first + @count of @query does not fit 64
 * bits; -EINVAL, unknown flags, or members of @query that do not go together;
 * -EAGAIN, the region was resized during the walk, or regions were created,
 * deleted or resized during a walk over several regions, which may have missed
 * some: walk again. What it has cleared stays cleared.
 */
int dmstat_areas(struct dmstat *handle, const struct dmstat_area_query *query,
		 dmstat_area_fn callback, void *data);

/* ----------------------------------------------------------- quantiles */

/*
 * A quantile of 0.99 is the time within which 99 % of the I/Os ended, including
 * those that failed: of 200 I/Os, the time of the 198th shortest. A histogram
 * only says between which of its bounds that is. These functions need no handle
 * and may be called by any thread.
 */

/**
 * dmstat_histogram_quantile() - find the bounds of a quantile
 * @bounds: bounds of the histogram in nanoseconds, rising
 * @bounds_count: number of bounds; may be 0
 * @bins: I/Os in each of the @bounds_count + 1 bins
 * @quantile: share of the I/Os, 0 to 1; 0: the shortest, 1: the longest I/O
 * @low: set to the lower bound: the I/O took at least this long; 0: none
 * @high: set to the upper bound: the I/O took less than this; UINT64_MAX: none
 *
 * Return: 0; -ENODATA, all bins are 0; -EINVAL, @quantile is out of its range.
 * After an error, @low and @high are unchanged.
 */
int dmstat_histogram_quantile(const uint64_t *bounds, uint32_t bounds_count,
			      const uint64_t *bins, double quantile,
			      uint64_t *low, uint64_t *high);

/**
 * dmstat_histogram_estimate() - guess a quantile
 * @bounds: bounds of the histogram in nanoseconds, rising
 * @bounds_count: number of bounds; may be 0
 * @bins: I/Os in each of the @bounds_count + 1 bins
 * @quantile: share of the I/Os, 0 to 1
 * @longest_ns: upper bound of the longest time, as of struct dmstat_rate;
 *              UINT64_MAX: not known
 * @estimate: set to a time in nanoseconds, between the bounds that
 *            dmstat_histogram_quantile() finds
 *
 * Assumes that the times of the I/Os of a bin are spread evenly over it. That
 * is a guess: the error is up to the width of the bin. The last bin ends at
 * @longest_ns; if that is not known, the estimate is the start of the bin,
 * which is too low.
 *
 * Return: as dmstat_histogram_quantile().
 */
int dmstat_histogram_estimate(const uint64_t *bounds, uint32_t bounds_count,
			      const uint64_t *bins, double quantile,
			      uint64_t longest_ns, uint64_t *estimate);

/* ---------------------------------------------- snapshots and differences */

/*
 * Any number of programs can watch a region at the same time. Instead of
 * clearing counters, each one keeps what it has read, a snapshot, and computes
 * the difference to what it reads later. With DMSTAT_AREAS_UNCLEARED the
 * difference is right even if another program clears areas in between; without
 * it, what was counted between the earlier reading and the clear is lost, and of
 * merged areas of which only some were cleared, the difference is too high.
 *
 * A snapshot has the areas that saw I/O. Each takes 224 bytes, and 8 bytes for
 * each bin of the histograms of each operation that it saw. A snapshot belongs
 * to the caller, who frees it. It does not depend on the handle, and can be
 * used after the handle is closed. Several threads can read a snapshot at the
 * same time, but dmstat_snapshot_update() and dmstat_snapshot_free() need
 * exclusive access.
 */

/** struct dmstat_snapshot - the counters of a region at one time; opaque */
struct dmstat_snapshot;

/**
 * struct dmstat_snapshot_info - description of a snapshot
 * @region_id: id of the region
 * @areas: number of areas of the region
 * @created: time when the region was created, in nanoseconds since the Epoch
 * @missed: I/Os of the region not counted
 * @taken_ns: time just before the areas were read, in nanoseconds of
 *            CLOCK_MONOTONIC
 * @active: number of areas in the snapshot, or of groups of merged areas
 * @clears: number of times that the region, or areas of it, were cleared. If it
 *          is higher than in an earlier snapshot, that happened in between.
 * @cleared: time of the last clear, in nanoseconds since the Epoch; 0: never
 */
struct dmstat_snapshot_info {
	uint32_t region_id;
	uint64_t areas;
	uint64_t created;
	uint64_t missed;
	uint64_t taken_ns;
	uint64_t active;
	uint64_t clears;
	uint64_t cleared;
};

/**
 * dmstat_snapshot_take() - read areas of a region into a new snapshot
 * @handle: the handle
 * @query: the areas to read, of one region. DMSTAT_AREAS_ACTIVE is implied,
 *         DMSTAT_AREAS_CLEAR is not allowed. To compute differences, give
 *         DMSTAT_AREAS_UNCLEARED.
 * @snapshot: set to the snapshot, which the caller frees; NULL after an error
 *
 * Return: 0; -EINVAL, DMSTAT_AREAS_CLEAR, unknown flags or a filter; else as
 * dmstat_areas().
 */
int dmstat_snapshot_take(struct dmstat *handle,
			 const struct dmstat_area_query *query,
			 struct dmstat_snapshot **snapshot);

/**
 * dmstat_snapshot_free() - free a snapshot
 * @snapshot: the snapshot, or NULL
 */
void dmstat_snapshot_free(struct dmstat_snapshot *snapshot);

/**
 * dmstat_snapshot_info() - describe a snapshot
 * @snapshot: the snapshot
 *
 * Return: the description, never NULL; belongs to the snapshot.
 */
const struct dmstat_snapshot_info *
dmstat_snapshot_info(const struct dmstat_snapshot *snapshot);

/**
 * dmstat_snapshot_areas() - walk the areas of a snapshot, by rising index
 * @snapshot: the snapshot
 * @callback: called for each area
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EINVAL, an update of the snapshot
 * failed.
 */
int dmstat_snapshot_areas(const struct dmstat_snapshot *snapshot,
			  dmstat_area_fn callback, void *data);

/**
 * struct dmstat_rate - I/O of one operation in an interval
 * @ios_per_s: I/Os per second
 * @sectors_per_s: sectors per second
 * @mean_ns: mean time from start to end; 0 if there was no I/O
 * @longest_least_ns: lower bound of the longest time from start to end; 0 if
 *                    there was no I/O
 * @longest_most_ns: upper bound of it; 0 if there was no I/O
 *
 * The kernel knows the longest time since the area was cleared, not that of an
 * interval. If it has grown, or the area was cleared in the interval, it is the
 * longest time of the interval, and both bounds are the same. Otherwise the
 * upper bound is the lowest of three: the kernel's longest time, the sum of the
 * times of all I/Os in the interval, and the upper end of the highest bin of
 * the histogram that has grown. The lower bound is the higher of two: the mean
 * and the lower end of that bin. So with histograms the bounds are at most one
 * bin apart, and with a single I/O they are the same. An I/O that ends while
 * the area is read may be counted in part in this interval and in part in the
 * next.
 *
 * With DMSTAT_AREAS_UNCLEARED, an interval in which the area was cleared may
 * have had longer I/Os before the clear: then the kernel's longest time is a
 * lower bound if it is of the interval, and no upper bound.
 */
struct dmstat_rate {
	double ios_per_s;
	double sectors_per_s;
	uint64_t mean_ns;
	uint64_t longest_least_ns;
	uint64_t longest_most_ns;
};

/**
 * struct dmstat_delta - what happened in an area between two readings
 * @area: the area; its counters and histograms have the difference between the
 *        readings. The numbers of I/Os in flight, the number of clears and the
 *        longest times are those of the later reading; see struct dmstat_rate
 *        for the longest times of the interval.
 * @elapsed_ns: time between the readings; if it is 0, all rates are 0
 * @cleared: not 0 if the area was cleared in between. With
 *           DMSTAT_AREAS_UNCLEARED the difference is right all the same, but
 *           for errors and @again of struct dmstat_io, which may be too low.
 *           Without it, the counters of @area started at the clear, and the
 *           real rates may have been higher; or lower, if @area is several
 *           areas of which not all were cleared.
 * @read: rates of reads; never NULL
 * @write: rates of writes; never NULL
 * @discard: rates of discards; never NULL
 * @utilization: share of the time with I/O in flight, 0 to 1; 0 for several
 *               areas, whose busy time is not known. The time is taken before
 *               the area is read, so busy_ns of @area may be a little more than
 *               @elapsed_ns; the share is 1 then.
 * @queue_depth: mean number of I/Os in flight
 *
 * A clear shows in the number of clears of the area or, without
 * DMSTAT_AREAS_UNCLEARED, in a counter that is lower than before. An I/O that
 * was in flight at the clear counts with all of its time when it ends, except in
 * busy and queue time without DMSTAT_AREAS_UNCLEARED.
 */
struct dmstat_delta {
	const struct dmstat_area *area;
	uint64_t elapsed_ns;
	int cleared;
	const struct dmstat_rate *read;
	const struct dmstat_rate *write;
	const struct dmstat_rate *discard;
	double utilization;
	double queue_depth;
};

typedef int (*dmstat_delta_fn)(const struct dmstat_delta *delta, void *data);

/**
 * dmstat_delta() - walk the differences of two snapshots, by rising index
 * @before: the earlier snapshot; NULL: the creation of the region. Then the
 *          elapsed time is 0 if the system's clock was set back since.
 * @after: the later snapshot, of the same areas; may be the same snapshot
 * @callback: called for each area of either snapshot, even if nothing changed
 * @data: passed to @callback
 *
 * Needs no connection, allocates no memory, and changes neither snapshot. An
 * area that is only in @after had counted nothing before. One that is only in
 * @before was cleared and has counted nothing since.
 *
 * Return: 0; what @callback returned; -EINVAL, the snapshots are of different
 * regions or areas or merged differently, only one of them was taken with
 * DMSTAT_AREAS_UNCLEARED, @after was taken before @before, or an update of one
 * of them failed.
 */
int dmstat_delta(const struct dmstat_snapshot *before,
		 const struct dmstat_snapshot *after,
		 dmstat_delta_fn callback, void *data);

/**
 * dmstat_snapshot_update() - read the areas again, and walk the differences
 * @handle: the handle; need not be the one that @snapshot was taken with
 * @snapshot: the earlier snapshot; replaced by what is read
 * @callback: called as for dmstat_delta(), for each area as the kernel sends
 *            it; must not use @snapshot
 * @data: passed to @callback
 *
 * Needs little more memory than one snapshot. If reading the areas fails, or
 * @callback ends the walk, @snapshot is incomplete: all functions except
 * dmstat_snapshot_info() and dmstat_snapshot_free() refuse it, so take a new
 * one.
 *
 * Return: 0; what @callback returned; -ENOENT, the region was deleted; -EINVAL,
 * an earlier update of @snapshot failed.
 */
int dmstat_snapshot_update(struct dmstat *handle,
			   struct dmstat_snapshot *snapshot,
			   dmstat_delta_fn callback, void *data);

/* ------------------------------------------- snapshots of many regions */

/*
 * A set has snapshots of many regions and the devices, read by three walks,
 * however many regions there are. A set of totals (DMSTAT_MERGE_ALL) takes 2 to
 * 3 KiB for each region, and is all that is needed to show every region of a
 * machine each second.
 *
 * A set belongs to the caller, who frees it. It does not depend on the handle.
 * Nothing changes it, so several threads can use a set at the same time. What
 * its functions return belongs to the set.
 */

/** struct dmstat_snapshots - snapshots of many regions at one time; opaque */
struct dmstat_snapshots;

/**
 * struct dmstat_snapshots_info - description of a set
 * @taken_ns: time just before the areas were read, in nanoseconds of
 *            CLOCK_MONOTONIC
 * @merge: how many areas were merged, as given to dmstat_snapshots_take()
 * @regions: number of regions
 * @devices: number of devices
 */
struct dmstat_snapshots_info {
	uint64_t taken_ns;
	uint32_t merge;
	size_t regions;
	size_t devices;
};

/**
 * struct dmstat_snapshots_region - a region of a set
 * @region: the region
 * @device: its device; NULL if the device was removed meanwhile
 * @snapshot: the areas of the region that saw I/O, for dmstat_snapshot_areas(),
 *            dmstat_snapshot_info() and dmstat_delta(). It must not be freed or
 *            updated.
 */
struct dmstat_snapshots_region {
	const struct dmstat_region *region;
	const struct dmstat_device *device;
	const struct dmstat_snapshot *snapshot;
};

/**
 * dmstat_snapshots_take() - read many regions into a new set
 * @handle: the handle
 * @filter: the regions to read, or NULL: all regions. All devices are read.
 * @merge: how many areas to merge, as of struct dmstat_area_query: 0 for each
 *         area, DMSTAT_MERGE_ALL for a total of each region
 * @flags: DMSTAT_AREAS_UNCLEARED, to compute differences, or 0.
 *         DMSTAT_AREAS_ACTIVE is implied.
 * @snapshots: set to the set, which the caller frees; NULL after an error
 *
 * A region that is deleted while the set is read is not in it. What a region
 * that is created meanwhile has counted may be in the next set only.
 *
 * Return: 0; -EAGAIN, regions or devices were created or deleted during each
 * of 10 walks; -ERANGE, program id or group too long; -EINVAL,
 * DMSTAT_AREAS_CLEAR or unknown flags; the other errors of dmstat_areas().
 */
int dmstat_snapshots_take(struct dmstat *handle,
			  const struct dmstat_region_filter *filter,
			  uint32_t merge, uint32_t flags,
			  struct dmstat_snapshots **snapshots);

/**
 * dmstat_snapshots_free() - free a set
 * @snapshots: the set, or NULL
 */
void dmstat_snapshots_free(struct dmstat_snapshots *snapshots);

/**
 * dmstat_snapshots_info() - describe a set
 * @snapshots: the set
 *
 * Return: the description, never NULL.
 */
const struct dmstat_snapshots_info *
dmstat_snapshots_info(const struct dmstat_snapshots *snapshots);

/**
 * dmstat_snapshots_at() - get a region by its place in the set
 * @snapshots: the set
 * @index: place by rising id, from 0
 *
 * Return: the region; NULL, there are not so many.
 */
const struct dmstat_snapshots_region *
dmstat_snapshots_at(const struct dmstat_snapshots *snapshots, size_t index);

/**
 * dmstat_snapshots_find() - find a region by its id
 * @snapshots: the set
 * @region_id: id of the region
 *
 * Return: the region; NULL, it is not in the set.
 */
const struct dmstat_snapshots_region *
dmstat_snapshots_find(const struct dmstat_snapshots *snapshots,
		      uint32_t region_id);

/**
 * dmstat_snapshots_device_at() - get a device by its place in the set
 * @snapshots: the set
 * @index: place by rising major and minor number, from 0
 *
 * Return: the device; NULL, there are not so many.
 */
const struct dmstat_device *
dmstat_snapshots_device_at(const struct dmstat_snapshots *snapshots,
			   size_t index);

/**
 * dmstat_snapshots_device() - find a device by its numbers
 * @snapshots: the set
 * @major: major number
 * @minor: minor number
 *
 * Return: the device; NULL, it is not in the set.
 */
const struct dmstat_device *
dmstat_snapshots_device(const struct dmstat_snapshots *snapshots,
			uint32_t major, uint32_t minor);

/**
 * struct dmstat_device_delta - what happened on a device between two readings
 * @device: the device in the later reading
 * @elapsed_ns: time between the readings; if it is 0, all rates are 0. If
 *              @is_new, the age of the oldest of its regions that is in the
 *              set, or 0.
 * @is_new: not 0 if the earlier set lacks the device. Then @flush has all that
 *          was counted.
 * @restarted: not 0 if the device was left without regions in between, so that
 *             the counters of flushes started again. Then @flush has what was
 *             counted since.
 * @missed: I/Os not counted because memory was short
 * @flush: the difference of the counters of flushes; never NULL. The number in
 *         flight and the longest time are those of the later reading.
 * @rate: rates of flushes, without sectors; never NULL
 * @utilization: share of the time with a flush in flight, 0 to 1
 */
struct dmstat_device_delta {
	const struct dmstat_device *device;
	uint64_t elapsed_ns;
	int is_new;
	int restarted;
	uint64_t missed;
	const struct dmstat_flush *flush;
	const struct dmstat_rate *rate;
	double utilization;
};

typedef int (*dmstat_device_delta_fn)(const struct dmstat_device_delta *delta,
				      void *data);

/**
 * dmstat_device_deltas() - walk the differences of the devices of two sets
 * @before: the earlier set; NULL: all devices are new
 * @after: the later set, with the same merge; may be the same set
 * @callback: called for each device of @after, by rising numbers
 * @data: passed to @callback
 *
 * Needs no connection, allocates no memory, and changes neither set.
 *
 * Return: 0; what @callback returned; -EINVAL, the sets have different merges or
 * flags, or @after was taken before @before.
 */
int dmstat_device_deltas(const struct dmstat_snapshots *before,
			 const struct dmstat_snapshots *after,
			 dmstat_device_delta_fn callback, void *data);

/**
 * struct dmstat_region_delta - what happened in a region between two readings
 * @region: the region in the later reading
 * @device: the device of the region; NULL if it was removed meanwhile
 * @before: snapshot of the region in the earlier reading; NULL if @is_new
 * @after: snapshot of the region in the later reading. Pass @before and @after
 *         to dmstat_delta() for the differences of the areas.
 * @is_new: not 0 if the earlier set lacks the region. Then @total has all that
 *          was counted since the region was created.
 * @cleared: not 0 if the region, or an area of it, was cleared in between. Then
 *           the differences are those of struct dmstat_delta.
 * @missed: I/Os not counted because memory was short
 * @total: the difference summed over all areas; never NULL. Its busy time and
 *         utilization are 0 unless the region is one area. Its elapsed time is
 *         that between the readings, or if @is_new the age of the region.
 *
 * An I/O that touches several areas is counted in each of them, so the total
 * counts it several times.
 */
struct dmstat_region_delta {
	const struct dmstat_region *region;
	const struct dmstat_device_delta *device;
	const struct dmstat_snapshot *before;
	const struct dmstat_snapshot *after;
	int is_new;
	int cleared;
	uint64_t missed;
	const struct dmstat_delta *total;
};

typedef int (*dmstat_region_delta_fn)(const struct dmstat_region_delta *delta,
				      void *data);

/**
 * dmstat_region_deltas() - walk the differences of the regions of two sets
 * @before: the earlier set; NULL: all regions are new
 * @after: the later set, with the same merge; may be the same set
 * @callback: called for each region of @after, by rising id, even if nothing
 *            changed
 * @data: passed to @callback
 *
 * Needs no connection, allocates no memory, and changes neither set. Regions
 * that are only in @before are gone, and are left out.
 *
 * Return: 0; what @callback returned; -EINVAL, the sets have different merges,
 * or @after was taken before @before.
 */
int dmstat_region_deltas(const struct dmstat_snapshots *before,
			 const struct dmstat_snapshots *after,
			 dmstat_region_delta_fn callback, void *data);

/* ----------------------------------------------------------- in flight */

/**
 * struct dmstat_inflight - an I/O in flight
 * @sector: first sector
 * @sectors: number of sectors; 0 for a flush
 * @operation: DMSTAT_READ, DMSTAT_WRITE, DMSTAT_DISCARD or DMSTAT_FLUSH; later
 *             kernels may have more
 * @age_ns: time since it started
 * @pid: id of the thread that submitted it, in the initial pid namespace; 0:
 *       none did. Writeback is submitted by kernel threads.
 * @comm: name of that thread; "" if it has ended
 * @kernel_thread: not 0 if it is a kernel thread
 * @cgroup_id: id of the cgroup that the I/O is charged to, also if it is
 *             writeback: the inode number of the cgroup's directory, and what
 *             open_by_handle_at() takes; 0: not known
 * @io_id: as of struct dmstat_io_event
 */
struct dmstat_inflight {
	uint64_t sector;
	uint64_t sectors;
	uint32_t operation;
	uint64_t age_ns;
	uint32_t pid;
	const char *comm;
	int kernel_thread;
	uint64_t cgroup_id;
	uint64_t io_id;
};

typedef int (*dmstat_inflight_fn)(const struct dmstat_inflight *io, void *data);

/**
 * dmstat_inflight() - walk the I/Os in flight on a device, in no order
 * @handle: the handle
 * @major: major number
 * @minor: minor number
 * @callback: called for each I/O
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -ENOENT, the device has no region, so its
 * I/O is not tracked; -ENODEV and -EOPNOTSUPP, see dmstat_device_get().
 */
int dmstat_inflight(struct dmstat *handle, uint32_t major, uint32_t minor,
		    dmstat_inflight_fn callback, void *data);

/* -------------------------------------------------------------- events */

/** enum dmstat_event_type - type of an event; more may come: ignore others */
enum dmstat_event_type {
	/** a region was created */
	DMSTAT_EVENT_REGION_NEW = 1,
	/** a region was deleted; see the event's cause */
	DMSTAT_EVENT_REGION_DEL = 2,
	/**
	 * events are missing here because the reader was too slow or memory was
	 * short, in the groups of the event. If these include
	 * DMSTAT_EVENTS_REGION, list the regions again.
	 */
	DMSTAT_EVENT_OVERRUN = 3,
	/** a region was changed by dmstat_region_set() */
	DMSTAT_EVENT_REGION_SET = 4,
	/** a region was cleared by dmstat_region_clear() */
	DMSTAT_EVENT_REGION_CLEAR = 5,
	/**
	 * the module was unloaded: all regions are gone, without an event for
	 * each; the subscription waits for the module
	 */
	DMSTAT_EVENT_MODULE_GONE = 6,
	/**
	 * the module was loaded again, and the subscription continues: list the
	 * regions, because some may have been created before that. All earlier
	 * regions are gone, even if DMSTAT_EVENT_MODULE_GONE was lost.
	 */
	DMSTAT_EVENT_MODULE_BACK = 7,
	/** an I/O is slow, hangs or has failed; or such events were lost */
	DMSTAT_EVENT_IO = 8,
	/**
	 * a list of all regions begins, by dmstat_events_follow(): forget all
	 * that are known
	 */
	DMSTAT_EVENT_LIST = 9,
	/** a region of this list */
	DMSTAT_EVENT_REGION_LISTED = 10,
	/** the list is complete */
	DMSTAT_EVENT_LIST_END = 11,
};

/**
 * DMSTAT_EVENT_CAUSE_* - why a region was deleted, as enum dmstat_cause of
 * <linux/dmstat.h>; more may come
 */
#define DMSTAT_EVENT_CAUSE_REQUEST		0
#define DMSTAT_EVENT_CAUSE_DEVICE_REMOVED	1
#define DMSTAT_EVENT_CAUSE_OWNER_CLOSED		2

/* Earlier names of these. */
#define DMSTAT_GONE_REQUEST		DMSTAT_EVENT_CAUSE_REQUEST
#define DMSTAT_GONE_DEVICE_REMOVED	DMSTAT_EVENT_CAUSE_DEVICE_REMOVED

/* DMSTAT_IO_* - as enum dmstat_event_kind of <linux/dmstat.h>; more may come */

/** it has ended, and took at least as long as the bound of the region */
#define DMSTAT_IO_SLOW	0
/** it has ended, and failed */
#define DMSTAT_IO_ERROR	1
/** it has not ended, and is in flight for as long as the bound; so is its end */
#define DMSTAT_IO_HANG	2
/** no I/O: events were lost, and no other one has said so for a second */
#define DMSTAT_IO_LOST	3

/**
 * struct dmstat_io_event - an I/O that is slow, hangs or has failed
 * @kind: DMSTAT_IO_*
 * @region_id: id of the region that tells this; 0 for flushes, which belong to
 *             their device
 * @major: major number of the device
 * @minor: minor number of the device
 * @device_name: name that the device has now; if it was removed,
 *               the last one
 * @lost: events that were lost since an event last said so, of the region, or
 *        of the flushes of the device: they were more than @tell_rate of the
 *        region, or more than the kernel keeps. What this subscription was too
 *        slow for is a DMSTAT_EVENT_OVERRUN, not included here.
 * @operation: as of struct dmstat_inflight
 * @sector: first sector; 0 for a flush. While a zone append is in flight, that
 *          of the zone.
 * @sectors: number of sectors; 0 for a flush
 * @started: when it started, in nanoseconds since the Epoch
 * @took_ns: time that it took or, if it hangs, has taken so far
 * @error: why it failed, as a positive error number; 0: it did not
 * @io_id: a number that, with @sector and the device, is the same in all events
 *         about an I/O, and differs from that of other I/Os
 * @pid: as of struct dmstat_inflight
 * @comm: as of struct dmstat_inflight
 * @kernel_thread: as of struct dmstat_inflight
 * @cgroup_id: as of struct dmstat_inflight
 *
 * If @kind is DMSTAT_IO_LOST, all from @operation on is 0 or "".
 */
struct dmstat_io_event {
	uint32_t kind;
	uint32_t region_id;
	uint32_t major;
	uint32_t minor;
	const char *device_name;
	uint64_t lost;
	uint32_t operation;
	uint64_t sector;
	uint64_t sectors;
	uint64_t started;
	uint64_t took_ns;
	uint32_t error;
	uint64_t io_id;
	uint32_t pid;
	const char *comm;
	int kernel_thread;
	uint64_t cgroup_id;
};

/**
 * struct dmstat_event - an event
 * @type: type of the event
 * @cause: DMSTAT_EVENT_CAUSE_*, for DMSTAT_EVENT_REGION_DEL
 * @region: the region, of a DMSTAT_EVENT_REGION_*; else NULL
 * @time: time of the event, in nanoseconds since the Epoch; 0: not known
 * @sequence: number of the event in its group: the first after the module was
 *            loaded has 1, and 0 follows UINT32_MAX. Events without a region or
 *            an I/O have 0, and so has DMSTAT_EVENT_REGION_LISTED. Programs
 *            need not look for gaps: DMSTAT_EVENT_OVERRUN reports them.
 * @io: the I/O, for DMSTAT_EVENT_IO; else NULL
 * @groups: DMSTAT_EVENTS_* of the groups in which events are missing, for
 *          DMSTAT_EVENT_OVERRUN. If more than one is set, it may have been
 *          only one of them.
 * @missing: how many events are missing here, for DMSTAT_EVENT_OVERRUN; 0: that
 *           is not known
 */
struct dmstat_event {
	enum dmstat_event_type type;
	uint32_t cause;
	const struct dmstat_region *region;
	uint64_t time;
	uint32_t sequence;
	const struct dmstat_io_event *io;
	unsigned int groups;
	uint64_t missing;
};

typedef int (*dmstat_event_fn)(const struct dmstat_event *event, void *data);

/** DMSTAT_EVENTS_BUFFER_MAX - maximum for dmstat_events_buffer(), in bytes */
#define DMSTAT_EVENTS_BUFFER_MAX	(1U << 30)

/* DMSTAT_EVENTS_* - the groups of events, for dmstat_events_open_groups() */

/** regions that are created, deleted, changed and cleared */
#define DMSTAT_EVENTS_REGION	(1U << 0)
/** I/Os that are slow, hang or fail, of the regions that tell them */
#define DMSTAT_EVENTS_IO	(1U << 1)

/**
 * dmstat_events_open() - subscribe to events of regions
 * @events: set to the subscription, which the caller closes; NULL after an
 *          error
 *
 * The subscription has its own socket and needs no handle. It continues when
 * the module is unloaded and loaded again, and reports both by
 * DMSTAT_EVENT_MODULE_GONE and DMSTAT_EVENT_MODULE_BACK. It makes the kernel
 * load the module only when it is opened.
 *
 * Events that were not read yet wait in a buffer of the kernel. Its size is 1
 * MiB, or net.core.rmem_max if that is less and the process lacks
 * CAP_NET_ADMIN; see dmstat_events_buffer().
 *
 * Return: 0; -EPERM, the process lacks CAP_SYS_ADMIN; else as dmstat_open().
 */
int dmstat_events_open(struct dmstat_events **events);

/**
 * dmstat_events_open_groups() - subscribe to groups of events
 * @events: set to the subscription, which the caller closes; NULL after an
 *          error
 * @groups: DMSTAT_EVENTS_*, at least one
 *
 * As dmstat_events_open(). Events of different groups come in the order in
 * which the kernel sends them: what a region has told of I/Os may come after
 * the event that it was deleted.
 *
 * The kernel tells I/Os that hang once. To know what hangs already when a
 * program begins, or after events were lost, list the I/Os in flight.
 *
 * Return: 0; -EINVAL, no group, or one that this version does not know;
 * -EPROTONOSUPPORT, the module does not have such a group; else as
 * dmstat_events_open().
 */
int dmstat_events_open_groups(struct dmstat_events **events,
			      unsigned int groups);

/**
 * dmstat_events_buffer() - set the size of the buffer for unread events
 * @events: the subscription
 * @bytes: the size in bytes, 1 to DMSTAT_EVENTS_BUFFER_MAX
 * @granted: set to the actual size in bytes, or NULL; less than @bytes if the
 *           process lacks CAP_NET_ADMIN and net.core.rmem_max is less, more
 *           if @bytes is below the kernel's minimum.
 *
 * An event takes 1 to 9 KiB, including the kernel's overhead.
 *
 * Return: 0; -EINVAL, @bytes is 0 or too large; the errors of setsockopt().
 */
int dmstat_events_buffer(struct dmstat_events *events, size_t bytes,
			 size_t *granted);

/**
 * dmstat_events_fd() - get the file descriptor to wait on
 * @events: the subscription
 *
 * Return: a descriptor for poll(), readable when there are events to read. It
 * belongs to the subscription: do not read from it or close it. Before waiting,
 * call dmstat_events_read() until it returns 0: after any other value there may
 * be events left although the descriptor is not readable.
 */
int dmstat_events_fd(const struct dmstat_events *events);

/**
 * dmstat_events_read() - read all events that have arrived, without waiting
 * @events: the subscription
 * @callback: called for each event
 * @data: passed to @callback
 *
 * Return: 0, even if there was no event; what @callback returned, and the
 * remaining events wait for the next call; -EPERM, the module was loaded again,
 * but the process no longer has CAP_SYS_ADMIN. After an error the subscription
 * can still be used.
 */
int dmstat_events_read(struct dmstat_events *events, dmstat_event_fn callback,
		       void *data);

/**
 * dmstat_events_follow() - list the regions, and read all events, without a hole
 * @events: the subscription, to DMSTAT_EVENTS_REGION and perhaps others
 * @handle: a handle, with which the regions are listed; the same in each call
 * @callback: called for each region of a list, and for each event
 * @data: passed to @callback
 *
 * To be called instead of dmstat_events_read(), first before waiting, and then
 * each time that the descriptor is readable. The first call lists the regions:
 * DMSTAT_EVENT_LIST, a DMSTAT_EVENT_REGION_LISTED for each, and
 * DMSTAT_EVENT_LIST_END. If events of regions are lost, or the module is
 * unloaded or loaded, the event that says so is followed by a new list. If
 * regions change during a list, it starts again with DMSTAT_EVENT_LIST.
 *
 * So a program that keeps a copy of the regions
 *
 *   - forgets all at DMSTAT_EVENT_LIST,
 *   - stores or replaces the region, by its id, at any other event that has
 *     one, except that
 *   - it removes the region at DMSTAT_EVENT_REGION_DEL, if it has it.
 *
 * Nothing else is needed. After each call that returned 0, its copy is what the
 * kernel had when the last event was read. Until then it may be older, and may
 * see a change again that happened while the list was made.
 *
 * Neither the handle nor the subscription may be used by another thread at the
 * same time. A callback may use another handle.
 *
 * Return: 0; what @callback returned, and the next call continues; if that was
 * during a list, with a new list; -EAGAIN, regions changed faster than they
 * could be listed 10 times: call again; -EINVAL, the subscription is not to
 * DMSTAT_EVENTS_REGION; else as dmstat_events_read() and dmstat_regions().
 * After an error, dmstat_error() of the handle describes it.
 */
int dmstat_events_follow(struct dmstat_events *events, struct dmstat *handle,
			 dmstat_event_fn callback, void *data);

/**
 * dmstat_events_close() - close a subscription and free it
 * @events: the subscription, or NULL
 */
void dmstat_events_close(struct dmstat_events *events);

#ifdef __cplusplus
}
#endif

#endif /* DMSTAT_H */
