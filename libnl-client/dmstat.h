/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdmstat: I/O statistics of device-mapper devices, area by area
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A client of the generic netlink family "dmstat" that dmstat.ko offers. A
 * region is a range of a device-mapper device, cut into areas of equal size
 * (the last may be shorter); the kernel counts the I/O of every area.
 *
 * Units: a sector is 512 bytes; positions are in sectors from the start of the
 * device; times are in nanoseconds.
 *
 * Return values: 0, or a negative error number (-ENOENT). After a failure
 * dmstat_error() has the text for a person, and dmstat_extack() the kernel's
 * own words. A callback that returns other than 0 ends the walk, and the walk
 * returns that value: use positive values to tell it from an error. Besides
 * what each function names: -EBADMSG, the kernel's answer makes no sense;
 * -E2BIG, a structure is longer than this version of the library knows it, and
 * what is behind is not zero, so it asks for something that is not known here;
 * -ENOBUFS, the kernel had to drop its answer; -ENOMEM; what the system's calls
 * for sockets return. After each of them the handle can be used further.
 *
 * Ownership: what a function hands out as "const struct ... *" belongs to the
 * handle and is valid until the next call with that handle, to which it may be
 * passed; what a callback is given is valid until the callback returns.
 * Structures that the library fills may grow at their end in later versions, so
 * copy fields, not whole structures across library versions.
 *
 * Threads: a handle is for one thread at a time; different handles are
 * independent. A callback must not call the library with the same handle or
 * the same subscription (-EBUSY), nor close it.
 *
 * Names: the library calls its own functions, also where a program has others
 * of the same name, as those that ynl-gen makes. <linux/dmstat.h> may be included
 * too, before or after this header.
 *
 * Exceptions: a callback may throw a C++ exception, and a thread may be cancelled
 * by pthread_cancel() in a callback or while it waits for the kernel (with
 * deferred cancellation, and where that unwinds the stack, as with glibc). The
 * call ends as if the callback had returned other than 0, without a return value:
 * the handle or the subscription can be used further, also by another thread;
 * what was to be opened or taken is freed; a snapshot that was being updated can
 * only be freed. A callback must not leave by longjmp().
 *
 * Privilege: every request needs CAP_SYS_ADMIN in the initial user namespace
 * (-EPERM).
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

/** DMSTAT_DEFAULT - "leave it to the kernel", for 64-bit members below */
#define DMSTAT_DEFAULT UINT64_MAX

/**
 * dmstat_open() - connect to the kernel module
 * @handle: where the handle is put; NULL after a failure
 *
 * Asking for the family makes the kernel load dmstat.ko if it is installed and
 * the caller may load modules.
 *
 * A failure leaves no handle to ask for its text: strerror() has it. Unloading
 * the module and loading it again does not end the connection.
 *
 * Return: 0; -ENOENT, the module is not loaded and could not be; -EPERM;
 * -EPROTONOSUPPORT, no generic netlink here; -ENOMEM.
 */
int dmstat_open(struct dmstat **handle);

/**
 * dmstat_close() - end the connection and free the handle
 * @handle: the handle, or NULL
 */
void dmstat_close(struct dmstat *handle);

/**
 * dmstat_error() - what the last failed call with this handle ran into
 * @handle: the handle
 *
 * Return: one line for a person, without a full stop or control characters:
 * the kernel's own words if it gave any, else the library's for what was refused
 * (kernels before 6.7 give none with a refused walk), else the system's text for
 * the error.
 * "" if no call has failed. Valid until the next call with the handle.
 */
const char *dmstat_error(const struct dmstat *handle);

/**
 * dmstat_extack() - the kernel's extended acknowledgment of the last failure
 * @handle: the handle
 *
 * Return: the kernel's text, or NULL if it gave none or nothing failed. Valid
 * until the next call with the handle.
 */
const char *dmstat_extack(const struct dmstat *handle);

/**
 * dmstat_extack_attribute() - which attribute the kernel found at fault, or
 * missing
 * @handle: the handle
 *
 * Return: the attribute's number in its set (DMSTAT_A_* of <linux/dmstat.h>),
 * or 0 if the kernel did not say.
 */
int dmstat_extack_attribute(const struct dmstat *handle);

/** dmstat_version() - the library's version, "0.1.0" */
const char *dmstat_version(void);

/*
 * DMSTAT_VERSION_MAJOR, _MINOR, _PATCH - the version of this header, which a
 * program is compiled for; dmstat_version() is that of the library which it runs
 * with
 */
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

/** DMSTAT_FLUSH_BINS - how many numbers the histogram of flushes has */
#define DMSTAT_FLUSH_BINS	32

/**
 * struct dmstat_flush - the flushes of a device, which are I/Os without sectors
 * @ios: flushes that ended, failed ones among them
 * @ns: time from start to end, summed
 * @errors: flushes that failed
 * @longest_ns: the longest time from start to end
 * @busy_ns: time with at least one flush in flight, up to now
 * @again: flushes that were not done because their submitter does not wait
 *         (REQ_NOWAIT); they are in no other counter
 * @in_flight: flushes that have started and not ended
 * @histogram: flushes by the time that they took: less than 1 us ([0]), at
 *             least 2^(i-1) us and less than 2^i us ([i]), longer than that
 *             (the last)
 *
 * Counted while the device has a region. A write that flushes the cache before
 * or after it is a write, and not in here.
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
 * struct dmstat_device - a device-mapper device
 * @major: major number
 * @minor: minor number
 * @name: device-mapper name
 * @uuid: device-mapper uuid, "" if it has none
 * @size: sectors
 * @regions: regions on the device
 * @missed: I/Os that could not be counted for want of memory, since the
 *          device got the first of its regions
 * @flush: its flushes; NULL if none was started while it had a region. Owned
 *         as the structure itself is.
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
};

typedef int (*dmstat_device_fn)(const struct dmstat_device *device, void *data);

/**
 * dmstat_devices() - walk the devices whose I/O can be counted
 * @handle: the handle
 * @callback: called for each device
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EAGAIN, devices came or went during the
 * walk, so it may have left out some: walk again.
 */
int dmstat_devices(struct dmstat *handle, dmstat_device_fn callback,
		   void *data);

/**
 * dmstat_device_get() - one device by its numbers
 * @handle: the handle
 * @major: major number
 * @minor: minor number
 * @device: where the device is put
 *
 * Return: 0; -ENODEV, no such device; -EOPNOTSUPP, not a device-mapper device,
 * or a request-based one on a kernel that does not show the I/O of those.
 */
int dmstat_device_get(struct dmstat *handle, uint32_t major, uint32_t minor,
		      const struct dmstat_device **device);

/**
 * dmstat_device_find() - one device as a person names it
 * @handle: the handle
 * @text: a path (/dev/vg/lv, /dev/mapper/x, /dev/dm-3), major:minor, or a
 *        device-mapper name; what contains a slash is a path, and if there is
 *        none, one in /dev: vg/lv, as LVM has it
 * @device: where the device is put
 *
 * Return: 0; -ENODEV, no such device; -ENOTBLK, a path that is not a block
 * device; -EAGAIN, devices came or went during each of several searches by
 * name; what stat() and dmstat_device_get() return.
 */
int dmstat_device_find(struct dmstat *handle, const char *text,
		       const struct dmstat_device **device);

/* ------------------------------------------------------------- regions */

/** DMSTAT_BOUNDS_MAX - how many bounds the histograms of a region can have */
#define DMSTAT_BOUNDS_MAX	64

/** DMSTAT_EXTENTS_MAX - how many extents a region can be made of */
#define DMSTAT_EXTENTS_MAX	65536

/**
 * struct dmstat_region - a region
 * @region_id: its id, never 0
 * @major: major number of its device
 * @minor: minor number of its device
 * @device_name: device-mapper name of its device
 * @start: first sector
 * @length: sectors
 * @area_size: sectors of an area; the last may be shorter
 * @areas: number of areas
 * @program_id: "" if none was given
 * @memory: bytes of kernel memory held
 * @created: when it was made, nanoseconds since the Epoch
 * @missed: its I/Os that could not be counted for want of memory
 * @extents: how many extents it was made of; 0 if it is a single range
 * @bounds_count: how many bounds its histograms have; 0: it has none
 * @bounds: nanoseconds, rising
 * @user_data: what programs keep with it; NULL if @user_data_size is 0
 * @user_data_size: bytes of it
 * @clears: how often it was cleared, by dmstat_region_clear() or, some of its
 *          areas, with DMSTAT_AREAS_CLEAR
 * @cleared: the last time of these, nanoseconds since the Epoch; 0: never
 *
 * What it points to is owned as the structure itself is: copy it to keep it.
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
};

/**
 * struct dmstat_extent - a range of a device
 * @start: first sector
 * @length: sectors, more than 0
 */
struct dmstat_extent {
	uint64_t start;
	uint64_t length;
};

/** DMSTAT_PROGRAM_ID_MAX - the longest program id, in bytes */
#define DMSTAT_PROGRAM_ID_MAX		255

/** DMSTAT_USER_DATA_MAX - the longest user data, in bytes */
#define DMSTAT_USER_DATA_MAX		4096

/**
 * struct dmstat_region_spec - what region to make
 * @struct_size: sizeof(struct dmstat_region_spec), so that it may grow
 * @major: major number of the device
 * @minor: minor number of the device
 * @start: first sector, or DMSTAT_DEFAULT: 0
 * @length: sectors, or DMSTAT_DEFAULT: to the end of the device
 * @area_size: sectors of an area, or DMSTAT_DEFAULT
 * @areas: number of areas, or DMSTAT_DEFAULT; not together with @area_size;
 *         without either the region is one area
 * @program_id: at most DMSTAT_PROGRAM_ID_MAX bytes, or NULL
 * @bounds: of histograms, rising from more than 0, in nanoseconds, or NULL
 * @bounds_count: how many, at most DMSTAT_BOUNDS_MAX; 0: no histograms
 * @extents: what the region is made of, instead of @start, @length and @areas:
 *           sorted by start and not overlapping, or NULL. Each is cut by
 *           @area_size from its own start or, without one, is an area.
 * @extents_count: how many, at most DMSTAT_EXTENTS_MAX; 0: a single range
 * @user_data: of the caller, for the kernel to keep with the region, or NULL
 * @user_data_size: bytes of it, at most DMSTAT_USER_DATA_MAX
 *
 * Set it up with DMSTAT_REGION_SPEC_INIT, then change what matters.
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
};

/* Member by member, in their order: C++17 knows no other way. */
#define DMSTAT_REGION_SPEC_INIT {					\
	sizeof(struct dmstat_region_spec),				\
	0, 0,				/* device */			\
	DMSTAT_DEFAULT, DMSTAT_DEFAULT,	/* start, length */		\
	DMSTAT_DEFAULT, DMSTAT_DEFAULT,	/* area_size, areas */		\
	NULL,				/* program_id */		\
	NULL, 0,			/* bounds */			\
	NULL, 0,			/* extents */			\
	NULL, 0,			/* user_data */			\
}

/**
 * dmstat_region_create() - make a region
 * @handle: the handle
 * @spec: what to make
 * @region: where the new region is put, or NULL
 *
 * It counts exactly the I/Os that start after it was made. It stays until it
 * is deleted, its device is removed or the module is unloaded.
 *
 * Return: 0; -ENODEV; -EOPNOTSUPP; -EINVAL, empty range, zero areas or area
 * size, bounds that do not rise, extents that are not sorted, overlap or come
 * with what they are instead of; -ERANGE, beyond the device, more areas than
 * sectors, program id or user data too long, too many bounds or extents;
 * -EOVERFLOW; -ENOSPC, over the module's memory limit; -EMSGSIZE, more extents
 * (some 26,000) than may be sent at once without CAP_NET_ADMIN or a larger
 * net.core.wmem_max; -ENOMEM.
 */
int dmstat_region_create(struct dmstat *handle,
			 const struct dmstat_region_spec *spec,
			 const struct dmstat_region **region);

/**
 * dmstat_region_get() - one region
 * @handle: the handle
 * @region_id: its id
 * @region: where the region is put
 *
 * Return: 0; -ENOENT, no such region.
 */
int dmstat_region_get(struct dmstat *handle, uint32_t region_id,
		      const struct dmstat_region **region);

/**
 * struct dmstat_region_filter - which regions to walk, or to delete
 * @struct_size: sizeof(struct dmstat_region_filter)
 * @by_device: other than 0: only those of device @major:@minor
 * @major: major number
 * @minor: minor number
 * @program_id: only those of this program, or NULL
 */
struct dmstat_region_filter {
	size_t struct_size;
	int by_device;
	uint32_t major;
	uint32_t minor;
	const char *program_id;
};

#define DMSTAT_REGION_FILTER_INIT {					\
	sizeof(struct dmstat_region_filter),				\
	0, 0, 0,			/* device */			\
	NULL,				/* program_id */		\
}

typedef int (*dmstat_region_fn)(const struct dmstat_region *region, void *data);

/**
 * dmstat_regions() - walk the regions
 * @handle: the handle
 * @filter: which, or NULL for all
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EAGAIN, regions came or went during the
 * walk, so it may have left out some or shown some twice: walk again.
 */
int dmstat_regions(struct dmstat *handle,
		   const struct dmstat_region_filter *filter,
		   dmstat_region_fn callback, void *data);

/**
 * dmstat_region_delete() - delete a region
 * @handle: the handle
 * @region_id: its id
 *
 * Return: 0; -ENOENT, no such region.
 */
int dmstat_region_delete(struct dmstat *handle, uint32_t region_id);

/** DMSTAT_DELETE_MAX - how many regions dmstat_regions_delete_ids() takes */
#define DMSTAT_DELETE_MAX	4096

/**
 * dmstat_regions_delete_ids() - delete several regions by one request
 * @handle: the handle
 * @region_ids: their ids, rising, none twice
 * @count: how many, 1 to DMSTAT_DELETE_MAX
 *
 * Takes far less time than a request for each.
 *
 * Return: 0; -ENOENT, one of them does not exist, and none was deleted;
 * -EINVAL, the ids do not rise, or there are none; -ERANGE, more than
 * DMSTAT_DELETE_MAX; -ENOMEM, some may be deleted, the others are unchanged.
 */
int dmstat_regions_delete_ids(struct dmstat *handle,
			      const uint32_t *region_ids, size_t count);

/**
 * dmstat_regions_delete() - delete all regions of a device, or of a program
 * @handle: the handle
 * @filter: which; it names a device, a program, or both
 * @count: where is put how many were deleted, or NULL; 0 after an error
 *
 * Takes far less time than a request for each. Regions that others make
 * meanwhile may be deleted if they match.
 *
 * Return: 0; -ENOENT, nothing matches; -EINVAL, the filter matches everything;
 * -ERANGE, program id too long; -ENOMEM, some may be deleted, the others are
 * unchanged: try again.
 */
int dmstat_regions_delete(struct dmstat *handle,
			  const struct dmstat_region_filter *filter,
			  uint32_t *count);

/**
 * dmstat_region_clear() - set all counters of a region to zero
 * @handle: the handle
 * @region_id: its id
 *
 * Return: 0; -ENOENT, no such region; -ENOMEM, only some areas were cleared.
 */
int dmstat_region_clear(struct dmstat *handle, uint32_t region_id);

/**
 * struct dmstat_region_change - what to change of a region
 * @struct_size: sizeof(struct dmstat_region_change)
 * @region_id: the region
 * @program_id: the new one, "" to remove it, or NULL: it stays
 * @user_data: the new one, or NULL: it stays
 * @user_data_size: bytes of it; 0, with @user_data other than NULL, removes it
 */
struct dmstat_region_change {
	size_t struct_size;
	uint32_t region_id;
	const char *program_id;
	const void *user_data;
	size_t user_data_size;
};

#define DMSTAT_REGION_CHANGE_INIT {					\
	sizeof(struct dmstat_region_change),				\
	0,				/* region_id */			\
	NULL,				/* program_id */		\
	NULL, 0,			/* user_data */			\
}

/**
 * dmstat_region_set() - change a region's program id or user data, or both
 * @handle: the handle
 * @change: what to change
 * @region: where the region, as it is then, is put, or NULL
 *
 * Both are changed at once: nobody is given one of before and one of after.
 *
 * Return: 0; -ENOENT, no such region; -EINVAL, nothing to change; -ERANGE,
 * program id or user data too long; -ENOSPC, over the module's memory limit;
 * -ENOMEM.
 */
int dmstat_region_set(struct dmstat *handle,
		      const struct dmstat_region_change *change,
		      const struct dmstat_region **region);

/* --------------------------------------------------------------- areas */

/** enum dmstat_operation lives in <linux/dmstat.h>; the names for it here */
#define DMSTAT_READ	0
#define DMSTAT_WRITE	1
#define DMSTAT_DISCARD	2
/** in flight only: see struct dmstat_flush for those that ended */
#define DMSTAT_FLUSH	3

/**
 * struct dmstat_io - counters of one operation
 * @ios: I/Os that ended, failed ones among them
 * @sectors: their sectors in this area
 * @ns: time from start to end, summed
 * @errors: I/Os that failed
 * @longest_ns: the longest time from start to end, since the area was cleared
 * @again: I/Os that were not done because their submitter does not wait
 *         (REQ_NOWAIT) and the device was not ready (EAGAIN); they are in no
 *         other counter
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
 * @bins: how many there are: one more than the region has bounds; 0: the
 *        region has no histogram, or the area saw no such I/O
 * @ios: by bin: those that took less than the first bound, at least the first
 *       and less than the second, and so on
 */
struct dmstat_histogram {
	uint32_t bins;
	uint64_t ios[DMSTAT_BOUNDS_MAX + 1];
};

/**
 * struct dmstat_area - an area and its counters
 * @index: index in its region, from 0
 * @start: first sector, from the start of the device
 * @length: sectors
 * @in_flight_read: reads that have started and not ended
 * @in_flight_write: writes and discards, likewise
 * @busy_ns: time during which at least one I/O was in flight, up to now
 * @queue_ns: time in flight summed over all I/Os, those in flight included
 * @read: never NULL
 * @write: never NULL
 * @discard: never NULL; secure erases count here
 * @histogram: by DMSTAT_READ, DMSTAT_WRITE, DMSTAT_DISCARD; each is NULL if the
 *             region has none. Straight from the kernel it is NULL, too, if
 *             there was no such I/O; of a snapshot it then has zeros.
 * @clears: how often it was cleared after it had counted something
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
};

/** DMSTAT_AREAS_ACTIVE - skip areas that never saw I/O */
#define DMSTAT_AREAS_ACTIVE	(1U << 0)
/** DMSTAT_AREAS_CLEAR - set what is given to zero, nothing lost in between */
#define DMSTAT_AREAS_CLEAR	(1U << 1)

/**
 * struct dmstat_area_query - which areas to walk
 * @struct_size: sizeof(struct dmstat_area_query)
 * @region_id: the region
 * @flags: DMSTAT_AREAS_*, or 0
 * @first: index of the first area, or DMSTAT_DEFAULT: 0
 * @count: how many areas, or DMSTAT_DEFAULT: all from @first
 */
struct dmstat_area_query {
	size_t struct_size;
	uint32_t region_id;
	uint32_t flags;
	uint64_t first;
	uint64_t count;
};

#define DMSTAT_AREA_QUERY_INIT {					\
	sizeof(struct dmstat_area_query),				\
	0, 0,				/* region_id, flags */		\
	DMSTAT_DEFAULT,			/* first */			\
	DMSTAT_DEFAULT,			/* count */			\
}

typedef int (*dmstat_area_fn)(const struct dmstat_area *area, void *data);

/**
 * dmstat_areas() - walk areas of a region, in rising order
 * @handle: the handle
 * @query: which
 * @callback: called for each area as it comes from the kernel
 * @data: passed to @callback
 *
 * Streams: memory does not grow with the number of areas. Reading changes no
 * counter unless DMSTAT_AREAS_CLEAR is asked for. The kernel is ahead of the
 * callback then: if @callback ends the walk early, some hundred areas behind
 * the one it was given last are cleared, too, and what they had counted is
 * lost. So let a clearing walk come to its end, and ask for no more than you
 * want.
 *
 * Return: 0; what @callback returned; -ENOENT, no such region, or deleted
 * during the walk; -ERANGE, no such area; -EOVERFLOW.
 */
int dmstat_areas(struct dmstat *handle, const struct dmstat_area_query *query,
		 dmstat_area_fn callback, void *data);

/* ---------------------------------------------- snapshots and differences */

/*
 * Any number of programs can watch a region without clearing it, and without
 * knowing of each other: each keeps what it has read, a snapshot, and takes the
 * difference to what it reads later.
 *
 * A snapshot holds the areas that saw I/O and no others: about 210 bytes each,
 * and 8 bytes for each number of the histograms of what it saw, reads, writes
 * or discards. It belongs to the caller, who frees it; it does not depend on the handle that
 * it was taken with, and may be used and freed after that is closed. Threads
 * may read one at the same time, but for dmstat_snapshot_update() and
 * dmstat_snapshot_free(), which are for one thread alone.
 */

/** struct dmstat_snapshot - what a region had counted at a time; opaque */
struct dmstat_snapshot;

/**
 * struct dmstat_snapshot_info - what a snapshot is of
 * @region_id: the region
 * @areas: areas of the region
 * @created: when the region was made, nanoseconds since the Epoch
 * @missed: its I/Os that could not be counted for want of memory
 * @taken_ns: when reading the areas began: CLOCK_MONOTONIC, in nanoseconds
 * @active: areas in the snapshot
 * @clears: how often it was cleared, all of it or some areas; more than in an
 *          earlier snapshot: it was in between
 * @cleared: the last time of these, nanoseconds since the Epoch; 0: never
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
 * dmstat_snapshot_take() - read areas of a region and keep what they say
 * @handle: the handle
 * @query: which; areas that never saw I/O are skipped, as if
 *         DMSTAT_AREAS_ACTIVE were asked for, and DMSTAT_AREAS_CLEAR must not be
 * @snapshot: where the snapshot is put; NULL after a failure
 *
 * Return: 0; -ENOENT, no such region; -ERANGE, no such area; -EOVERFLOW;
 * -EINVAL, DMSTAT_AREAS_CLEAR or unknown flags.
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
 * dmstat_snapshot_info() - what a snapshot is of, and when it was taken
 * @snapshot: the snapshot
 *
 * Return: never NULL; belongs to the snapshot.
 */
const struct dmstat_snapshot_info *
dmstat_snapshot_info(const struct dmstat_snapshot *snapshot);

/**
 * dmstat_snapshot_areas() - walk the areas of a snapshot, in rising order
 * @snapshot: the snapshot
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -EINVAL, dmstat_snapshot_update() failed
 * with this snapshot.
 */
int dmstat_snapshot_areas(const struct dmstat_snapshot *snapshot,
			  dmstat_area_fn callback, void *data);

/**
 * struct dmstat_rate - I/O of one operation over time
 * @ios_per_s: I/Os a second
 * @sectors_per_s: sectors a second
 * @mean_ns: mean time from start to end of an I/O; 0 if there was none
 * @longest_least_ns: the longest time from start to end was at least this
 * @longest_most_ns: and at most this; both are 0 if there was no I/O
 *
 * The kernel keeps the longest time since the area was cleared, not that of an
 * interval. If it is greater at the later reading, or the area was cleared in
 * between, it is that of the interval: both numbers are it. Else the longest
 * time of the interval lies somewhere between both: it is no longer than the
 * kernel's, than all I/Os of the interval together and than the upper end of the
 * highest bin of the histogram that has grown; it is no shorter than their mean
 * and the lower end of that bin. So with histograms the two are a bin apart, and
 * with a single I/O they are the same. An I/O that ends while the area is read
 * may be seen in part by this interval and in part by the next.
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
 * @area: where it is; how much each of its counters has grown, those of its
 *        histograms too; what is in flight, and the longest times since the area
 *        was cleared, at the later reading (see struct dmstat_rate for those of
 *        the interval)
 * @elapsed_ns: time between the readings, on which all rates are based; if it
 *              is 0, they are 0, too
 * @cleared: other than 0: somebody cleared the area in between. What @area says
 *           happened since then, and the rates are the least that they can
 *           have been.
 * @read: never NULL
 * @write: never NULL
 * @discard: never NULL
 * @utilization: part of the time with an I/O in flight, 0 to 1. The time is
 *               taken a moment before the area is read, so busy_ns of @area may
 *               be a little more than @elapsed_ns: that is 1.
 * @queue_depth: mean number of I/Os in flight
 *
 * A clear is noticed by a counter or a longest time that is less than it was; if
 * an area has counted more of everything since the clear than in all its time
 * before, that cannot be told from no clear of this area; whether any area of the
 * region was cleared, see struct dmstat_snapshot_info. I/Os that were in flight when
 * it was cleared bring along all of their time when they end, but for busy and
 * queue time.
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
 * dmstat_delta() - walk what happened between two snapshots, in rising order
 * @before: the earlier snapshot
 * @after: the later one of the same areas; may be the same snapshot
 * @callback: called for each area that is in either, also if nothing happened
 * @data: passed to @callback
 *
 * Needs no connection, allocates nothing, and changes neither snapshot. An area
 * that is in @after only had counted nothing before; one that is in @before only
 * was cleared and has counted nothing since.
 *
 * Return: 0; what @callback returned; -EINVAL, they are of different regions
 * or of different areas, @after was taken before @before, or
 * dmstat_snapshot_update() failed with one of them.
 */
int dmstat_delta(const struct dmstat_snapshot *before,
		 const struct dmstat_snapshot *after,
		 dmstat_delta_fn callback, void *data);

/**
 * dmstat_snapshot_update() - read the areas again, and walk what happened since
 * @handle: the handle
 * @snapshot: what was read before; becomes what is read now
 * @callback: called as for dmstat_delta(), for each area as it comes from the
 *            kernel; must not use @snapshot
 * @data: passed to @callback
 *
 * Takes the memory of one snapshot only, and allocates only for areas that are
 * new in it. If it fails once areas are read, or if @callback ends the walk,
 * @snapshot is neither the one nor the other: then each function but
 * dmstat_snapshot_info() and dmstat_snapshot_free() refuses it, so take a new
 * one.
 *
 * Return: 0; what @callback returned; -ENOENT, the region is gone; -EINVAL, an
 * earlier update of @snapshot failed.
 */
int dmstat_snapshot_update(struct dmstat *handle,
			   struct dmstat_snapshot *snapshot,
			   dmstat_delta_fn callback, void *data);

/* ----------------------------------------------------------- in flight */

/**
 * struct dmstat_inflight - an I/O that has started and not ended
 * @sector: first sector
 * @sectors: sectors
 * @operation: DMSTAT_READ, DMSTAT_WRITE, DMSTAT_DISCARD or DMSTAT_FLUSH, which
 *             has no sectors; more may come
 * @age_ns: time since it started
 */
struct dmstat_inflight {
	uint64_t sector;
	uint64_t sectors;
	uint32_t operation;
	uint64_t age_ns;
};

typedef int (*dmstat_inflight_fn)(const struct dmstat_inflight *io, void *data);

/**
 * dmstat_inflight() - walk the I/Os in flight on a device, in no order
 * @handle: the handle
 * @major: major number
 * @minor: minor number
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; -ENOENT, the device has no region, so
 * its I/O is not followed; -ENODEV; -EOPNOTSUPP.
 */
int dmstat_inflight(struct dmstat *handle, uint32_t major, uint32_t minor,
		    dmstat_inflight_fn callback, void *data);

/* -------------------------------------------------------------- events */

/** enum dmstat_event_type - what an event tells; more may come: skip others */
enum dmstat_event_type {
	/** a region was made */
	DMSTAT_EVENT_REGION_NEW = 1,
	/** a region is gone; see the event's cause */
	DMSTAT_EVENT_REGION_DEL = 2,
	/**
	 * events are missing here, because the reader was too slow or memory
	 * was short: list the regions again
	 */
	DMSTAT_EVENT_OVERRUN = 3,
	/** the program id or the user data of a region was set */
	DMSTAT_EVENT_REGION_SET = 4,
	/** a region was cleared by dmstat_region_clear(), not area by area */
	DMSTAT_EVENT_REGION_CLEAR = 5,
	/**
	 * the module was unloaded, and all regions are gone, without an event
	 * for each; the subscription waits for the module
	 */
	DMSTAT_EVENT_MODULE_GONE = 6,
	/**
	 * the module was loaded again, and the subscription goes on: list the
	 * regions, because some may have been made before it did. Regions of
	 * before are gone, also if DMSTAT_EVENT_MODULE_GONE was lost.
	 */
	DMSTAT_EVENT_MODULE_BACK = 7,
};

/** DMSTAT_GONE_* - why a region is gone (enum dmstat_cause); more may come */
#define DMSTAT_GONE_REQUEST		0
#define DMSTAT_GONE_DEVICE_REMOVED	1

/**
 * struct dmstat_event - an event
 * @type: what it tells
 * @cause: DMSTAT_GONE_*, for DMSTAT_EVENT_REGION_DEL
 * @region: the region; NULL for DMSTAT_EVENT_OVERRUN, DMSTAT_EVENT_MODULE_GONE
 *          and DMSTAT_EVENT_MODULE_BACK
 * @time: when it happened, nanoseconds since the Epoch; 0: not known
 * @sequence: its number: 1 is the first since the module was loaded, each has
 *            one more than the one before, 0 follows UINT32_MAX. Nothing needs
 *            to be done with it: events that are missing are told by
 *            DMSTAT_EVENT_OVERRUN. Events without a region have 0.
 */
struct dmstat_event {
	enum dmstat_event_type type;
	uint32_t cause;
	const struct dmstat_region *region;
	uint64_t time;
	uint32_t sequence;
};

typedef int (*dmstat_event_fn)(const struct dmstat_event *event, void *data);

/** DMSTAT_EVENTS_BUFFER_MAX - the most that dmstat_events_buffer() asks for */
#define DMSTAT_EVENTS_BUFFER_MAX	(1U << 30)

/**
 * dmstat_events_open() - subscribe to events
 * @events: where the subscription is put; NULL after a failure
 *
 * Has a socket of its own; needs no handle. It goes on when the module is
 * unloaded and loaded again, and tells so: DMSTAT_EVENT_MODULE_GONE and
 * DMSTAT_EVENT_MODULE_BACK. It does not make the kernel load the module then.
 *
 * Events that were not read yet wait in a buffer of the kernel, of 1 MiB if the
 * process has CAP_NET_ADMIN, else of net.core.rmem_max if that is less; see
 * dmstat_events_buffer().
 *
 * Return: as dmstat_open().
 */
int dmstat_events_open(struct dmstat_events **events);

/**
 * dmstat_events_buffer() - set how much may wait to be read
 * @events: the subscription
 * @bytes: the size wanted, at most DMSTAT_EVENTS_BUFFER_MAX
 * @granted: where the size that the system granted is put, or NULL: less than
 *           @bytes if the process lacks CAP_NET_ADMIN and net.core.rmem_max is
 *           less; more if @bytes is less than the system's least
 *
 * An event takes 1 to 9 KiB of it, what the kernel needs to manage it included.
 * May be called at any time, but not while a callback runs.
 *
 * Return: 0; -EINVAL, @bytes is 0 or too large; -EBUSY; what setsockopt()
 * returns.
 */
int dmstat_events_buffer(struct dmstat_events *events, size_t bytes,
			 size_t *granted);

/**
 * dmstat_events_fd() - the file descriptor to wait on
 * @events: the subscription
 *
 * Return: a descriptor for poll(): readable when dmstat_events_read() has
 * something. It belongs to the subscription: do not read or close it. After
 * dmstat_events_read() has returned other than 0 there may be something all
 * the same: call it again, until it returns 0, before you wait.
 */
int dmstat_events_fd(const struct dmstat_events *events);

/**
 * dmstat_events_read() - hand out the events that have come, without waiting
 * @events: the subscription
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: 0, also if nothing had come; what @callback returned, the other
 * events then wait for the next call; -EPERM, the module was loaded again, but
 * the process has no right to hear of its events any more; or another negative
 * error number. After each of them the subscription can be used further.
 */
int dmstat_events_read(struct dmstat_events *events, dmstat_event_fn callback,
		       void *data);

/**
 * dmstat_events_close() - end the subscription
 * @events: the subscription, or NULL
 */
void dmstat_events_close(struct dmstat_events *events);

#ifdef __cplusplus
}
#endif

#endif /* DMSTAT_H */
