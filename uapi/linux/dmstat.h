/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * dmstat: I/O statistics of device-mapper devices over generic netlink
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A *region* is a range of a device-mapper device, or a list of ranges, its
 * *extents*, cut into *areas* of equal size (the last one of each may be
 * shorter). The kernel counts the I/O of every area. This file is the
 * interface: the generic netlink family "dmstat", version 1.
 * Documentation/netlink/specs/dmstat.yaml says the same to programs.
 *
 * Units. A sector is 512 bytes, whatever the device's block size; positions
 * and lengths are in sectors from the start of the device. Times are in
 * nanoseconds. "uint" below is an unsigned integer of 4 bytes, or of 8 where
 * the value needs them; a client must accept both. Integers are in host byte
 * order; u64 attributes are aligned to 4 bytes only. Strings are terminated
 * by a zero byte.
 *
 * Who may. Every request, and joining the multicast group, needs
 * CAP_SYS_ADMIN in the initial user namespace (else EPERM): the opener of the
 * socket and the sender of the request. For a dump that is checked once, when
 * it starts; receiving the rest needs nothing. The family is in the initial
 * network namespace only.
 *
 * Refusals. A request is refused by an NLMSG_ERROR; so is a dump, before it
 * gives anything. An extended acknowledgment has a message that says what to
 * do, and the offset of the attribute at fault; a missing attribute is named by
 * its type. Before kernel 6.7 a refused dump has these only if an attribute is
 * unknown, malformed, too long or out of its range, and else the error number
 * alone. Unknown attributes, attributes that do not belong to the operation and
 * a wrong attribute length give EINVAL; a value out of its range, or a flag
 * with a value, ERANGE.
 *
 * A dump that has started can still fail: its region or device goes, or there
 * is no memory. It ends in an NLMSG_DONE that carries the negative error number
 * and the message, and from kernel 6.12 on the offset. A dump for whose first
 * datagram there is no memory is refused with ENOBUFS, and goes on
 * nevertheless, clearing what it clears: receive until NLMSG_DONE, or until
 * receiving fails.
 *
 * Counters whose value is zero are left out of answers, and so is the nest of
 * an operation that has counted nothing. A missing counter is a zero.
 *
 * Devices are named by DMSTAT_A_*_MAJOR and DMSTAT_A_*_MINOR. Common errors:
 * ENODEV, there is no such device or it is going away; EOPNOTSUPP, it is not a
 * device-mapper device, or is a request-based one and this kernel lacks the
 * tracepoints for those; EINVAL, an attribute is missing.
 *
 * DMSTAT_CMD_DEVICE_GET
 *
 *   do:    DMSTAT_A_DEVICE_MAJOR      u32
 *          DMSTAT_A_DEVICE_MINOR      u32
 *   dump:  nothing; every device whose I/O can be counted, one a message
 *
 *   reply: DMSTAT_A_DEVICE_MAJOR      u32
 *          DMSTAT_A_DEVICE_MINOR      u32
 *          DMSTAT_A_DEVICE_NAME       string, the device-mapper name
 *          DMSTAT_A_DEVICE_UUID       string, left out if it has none
 *          DMSTAT_A_DEVICE_SIZE       uint, sectors
 *          DMSTAT_A_DEVICE_REGIONS    u32, regions on the device
 *          DMSTAT_A_DEVICE_MISSED     uint, I/Os that could not be counted for
 *                                     want of memory since the device got the
 *                                     first of its regions
 *          DMSTAT_A_DEVICE_FLUSH      nest, counters of flushes; there once a
 *                                     flush was started while the device had
 *                                     a region
 *
 *   DMSTAT_A_DEVICE_FLUSH:
 *          DMSTAT_A_FLUSH_IOS         uint, flushes that ended, failed ones
 *                                     among them
 *          DMSTAT_A_FLUSH_NS          uint, time from start to end, summed
 *          DMSTAT_A_FLUSH_ERRORS      uint, flushes that failed
 *          DMSTAT_A_FLUSH_LONGEST_NS  uint, the longest time from start to end
 *          DMSTAT_A_FLUSH_BUSY_NS     uint, time with at least one flush in
 *                                     flight, up to now
 *          DMSTAT_A_FLUSH_AGAIN       uint, flushes that were not done, as
 *                                     DMSTAT_A_IO_AGAIN
 *          DMSTAT_A_FLUSH_IN_FLIGHT   uint, flushes started and not ended
 *          DMSTAT_A_FLUSH_HISTOGRAM   binary, DMSTAT_FLUSH_BINS u64: flushes
 *                                     that took less than 1 us (bin 0), at
 *                                     least 2^(i-1) us and less than 2^i us
 *                                     (bin i), longer than that (the last)
 *
 *   A flush is an I/O without sectors. A write that flushes the cache before
 *   or after it (REQ_PREFLUSH, REQ_FUA) is a write and nothing else.
 *
 * DMSTAT_CMD_REGION_NEW
 *
 *   Creates a region. It counts an I/O if and only if the I/O starts after the
 *   region was made; the device is not disturbed.
 *
 *   do:    DMSTAT_A_REGION_MAJOR      u32
 *          DMSTAT_A_REGION_MINOR      u32
 *          DMSTAT_A_REGION_START      u64, optional: 0
 *          DMSTAT_A_REGION_LENGTH     u64, optional: to the end of the device
 *          DMSTAT_A_REGION_AREA_SIZE  u64, optional: sectors of an area; or
 *          DMSTAT_A_REGION_AREAS      u64, optional: the number of areas: the
 *                                     area size is length / areas, rounded up
 *                                     to a sector, so there may be fewer. With
 *                                     neither, the region is one area.
 *          DMSTAT_A_REGION_PROGRAM_ID string, optional, at most
 *                                     DMSTAT_PROGRAM_ID_MAX bytes; kept for
 *                                     the programs that share the regions
 *          DMSTAT_A_REGION_HISTOGRAM_BOUNDS
 *                                     binary, optional: 1 to
 *                                     DMSTAT_HISTOGRAM_BOUNDS_MAX u64, rising
 *                                     from more than 0, in nanoseconds: each
 *                                     area counts how many I/Os took less
 *                                     than the first, at least the first and
 *                                     less than the second, ... at least the
 *                                     last
 *          DMSTAT_A_REGION_EXTENT_RANGES
 *                                     binary, optional, instead of start and
 *                                     length: struct dmstat_extent_range, one
 *                                     for each extent, up to
 *                                     DMSTAT_EXTENTS_MAX; sorted, not
 *                                     overlapping. The attribute is repeated
 *                                     for more than the 4,095 that fit one.
 *                                     Each extent is cut by the area size from
 *                                     its own start or, without one, is an
 *                                     area.
 *          DMSTAT_A_REGION_USER_DATA  binary, optional, at most
 *                                     DMSTAT_USER_DATA_MAX bytes, of which the
 *                                     kernel knows nothing; kept as well
 *
 *   reply: as DMSTAT_CMD_REGION_GET. A region id is never 0 and is not used
 *          again until 2^32 have been given out.
 *
 *   Errors: EINVAL, an empty range, zero areas or sectors of an area, both an
 *   area size and a number, bounds that do not rise, extents that are not
 *   sorted, overlap or come with start, length or a number of areas; ERANGE, the
 *   range goes beyond the device, more areas than sectors, more than 2^32 - 1
 *   areas, too many bounds or extents, program id or user data too long;
 *   EOVERFLOW, start + length does not fit 64 bits; ENOSPC, over the module's
 *   memory limit; ENOMEM.
 *
 * DMSTAT_CMD_REGION_GET
 *
 *   do:    DMSTAT_A_REGION_REGION_ID  u32
 *   dump:  DMSTAT_A_REGION_MAJOR      u32, optional: regions of this device
 *          DMSTAT_A_REGION_MINOR      u32, optional, with major
 *          DMSTAT_A_REGION_PROGRAM_ID string, optional: only of this program
 *
 *   reply: DMSTAT_A_REGION_REGION_ID   u32
 *          DMSTAT_A_REGION_MAJOR       u32
 *          DMSTAT_A_REGION_MINOR       u32
 *          DMSTAT_A_REGION_DEVICE_NAME string, the device-mapper name
 *          DMSTAT_A_REGION_START       u64, of the first extent
 *          DMSTAT_A_REGION_LENGTH      u64, up to the end of the last extent
 *          DMSTAT_A_REGION_AREA_SIZE   u64; if extents are an area each, the
 *                                      length of the longest
 *          DMSTAT_A_REGION_AREAS       u64
 *          DMSTAT_A_REGION_PROGRAM_ID  string, left out if there is none
 *          DMSTAT_A_REGION_MEMORY      uint, bytes of kernel memory held
 *          DMSTAT_A_REGION_CREATED     uint, nanoseconds since the Epoch
 *          DMSTAT_A_REGION_MISSED      uint, I/Os of this region that could
 *                                      not be counted for want of memory
 *          DMSTAT_A_REGION_HISTOGRAM_BOUNDS
 *                                      binary, u64 each; left out if there are
 *                                      none
 *          DMSTAT_A_REGION_EXTENTS     u32, how many it was made of; left out
 *                                      if it was made by start and length.
 *                                      Where they are is told by the areas.
 *          DMSTAT_A_REGION_USER_DATA   binary, left out if there is none
 *          DMSTAT_A_REGION_CLEARS      uint, how often it was cleared, by
 *                                      DMSTAT_CMD_REGION_CLEAR or, some of its
 *                                      areas, by DMSTAT_CMD_AREA_GET with
 *                                      DMSTAT_A_AREA_CLEAR: once for a dump
 *                                      that clears anything
 *          DMSTAT_A_REGION_CLEARED     uint, the last time of these, nanoseconds
 *                                      since the Epoch; left out if there was
 *                                      none
 *
 *   A message can be longer than 5 KiB: receive with room for 8 KiB at least.
 *   A region that changes during a dump is given as it was before or after.
 *
 *   Errors: ENOENT, no such region.
 *
 * DMSTAT_CMD_REGION_SET
 *
 *   Changes what is kept for the programs. What is given replaces what was
 *   there, both at once: nobody is given one of before and one of after. An
 *   empty string, or no bytes, removes it.
 *
 *   do:    DMSTAT_A_REGION_REGION_ID  u32
 *          DMSTAT_A_REGION_PROGRAM_ID string, optional, as for a new region
 *          DMSTAT_A_REGION_USER_DATA  binary, optional, as for a new region
 *
 *   reply: as DMSTAT_CMD_REGION_GET.
 *
 *   Errors: EINVAL, neither is given; ERANGE, program id or user data too
 *   long; ENOENT; ENOSPC, over the module's memory limit; ENOMEM. Then nothing
 *   has changed.
 *
 * DMSTAT_CMD_REGION_DEL
 *
 *   do:    DMSTAT_A_REGION_REGION_ID  u32, one region; or
 *
 *          DMSTAT_A_REGION_REGION_IDS binary, u32 each, rising: these, up to
 *                                     DMSTAT_REGION_IDS_MAX; or
 *
 *          DMSTAT_A_REGION_MAJOR      u32, all of this device,
 *          DMSTAT_A_REGION_MINOR      u32,
 *          DMSTAT_A_REGION_PROGRAM_ID string, all of this program; with both,
 *                                     those of the program on the device
 *
 *   reply, unless DMSTAT_A_REGION_REGION_ID was given:
 *          DMSTAT_A_REGION_DELETED    u32, how many were deleted
 *
 *   Each has a notification of its own. Many are deleted in far less time than
 *   by a request each. Of those listed all are deleted, or none if one does not
 *   exist. Regions that others make meanwhile may be deleted if they match.
 *
 *   Errors: EINVAL, nothing is given, or more than one of the three, or ids do
 *   not rise; ERANGE, too many ids; ENOENT, no such region, or nothing matches;
 *   ENOMEM, some may be deleted, the others are unchanged.
 *
 * DMSTAT_CMD_REGION_CLEAR
 *
 *   Sets the counters of every area, and missed, to zero. I/O in flight stays
 *   in flight, and counts when it ends.
 *
 *   do:    DMSTAT_A_REGION_REGION_ID  u32
 *
 *   Errors: ENOENT, no such region, or deleted meanwhile; ENOMEM, some areas
 *   are cleared, the others unchanged.
 *
 * DMSTAT_CMD_AREA_GET
 *
 *   dump:  DMSTAT_A_AREA_REGION_ID    u32
 *          DMSTAT_A_AREA_FIRST_AREA   u64, optional: 0
 *          DMSTAT_A_AREA_AREA_COUNT   u64, optional: to the last area
 *          DMSTAT_A_AREA_ACTIVE       flag: skip areas that have seen no I/O
 *                                     since they were made or cleared
 *          DMSTAT_A_AREA_CLEAR        flag: set what is given to zero; no I/O
 *                                     is lost or given twice between the two
 *
 *   reply, one area a message, in rising order:
 *          DMSTAT_A_AREA_INDEX           uint, from 0
 *          DMSTAT_A_AREA_START           uint, sectors from the device's start
 *          DMSTAT_A_AREA_LENGTH          uint, sectors
 *          DMSTAT_A_AREA_IN_FLIGHT_READ  uint, reads started and not ended
 *          DMSTAT_A_AREA_IN_FLIGHT_WRITE uint, writes and discards, likewise
 *          DMSTAT_A_AREA_BUSY_NS         uint, time with I/O in flight, up to
 *                                        now
 *          DMSTAT_A_AREA_QUEUE_NS        uint, time in flight summed over all
 *                                        I/Os, those in flight now included
 *          DMSTAT_A_AREA_READ            nest, counters of ended reads
 *          DMSTAT_A_AREA_WRITE           nest, counters of ended writes
 *          DMSTAT_A_AREA_DISCARD         nest, counters of ended discards,
 *                                        secure erases among them
 *          DMSTAT_A_AREA_CLEARS          uint, how often it was cleared after
 *                                        it had counted something
 *
 *   each nest:
 *          DMSTAT_A_IO_IOS               uint, I/Os, failed ones among them
 *          DMSTAT_A_IO_SECTORS           uint, sectors of them in this area
 *          DMSTAT_A_IO_NS                uint, time from start to end, summed
 *          DMSTAT_A_IO_ERRORS            uint, I/Os that failed
 *          DMSTAT_A_IO_LONGEST_NS        uint, the longest time from start to
 *                                        end, since the area was cleared
 *          DMSTAT_A_IO_HISTOGRAM         binary, u64 each: I/Os by the bounds
 *                                        of the region, one more than these;
 *                                        left out if there are none
 *          DMSTAT_A_IO_AGAIN             uint, I/Os that were not done because
 *                                        their submitter does not wait
 *                                        (REQ_NOWAIT) and the device was not
 *                                        ready (EAGAIN). They are in no other
 *                                        counter.
 *
 *   An I/O that touches several areas is counted in each, its sectors being
 *   divided between them. Where several CPUs do tens of thousands of I/Os a
 *   second in an area, idle gaps of less than 131072 ns count as busy; else busy
 *   time is exact. No counter goes back unless it is cleared, and busy time grows
 *   by no more than the time that passes. A zone append counts where it was
 *   written; until it ends it is in flight in no area. An I/O in more than 64
 *   areas, of all regions together, is counted a moment after it has ended. A
 *   flush has no sectors, so no area counts it: see DMSTAT_A_DEVICE_FLUSH. The
 *   dump resumes by area number: it may take as long as it likes.
 *
 *   Errors: ENOENT, no such region, or deleted during the dump; ERANGE, no
 *   such area, or EOVERFLOW, first + count does not fit 64 bits; ENOMEM, no
 *   memory, or, to clear an area, over the memory limit: the area was neither
 *   given nor cleared.
 *
 * DMSTAT_CMD_INFLIGHT_GET
 *
 *   dump:  DMSTAT_A_INFLIGHT_MAJOR     u32
 *          DMSTAT_A_INFLIGHT_MINOR     u32
 *
 *   reply, one I/O a message, in no order:
 *          DMSTAT_A_INFLIGHT_SECTOR    uint, the first
 *          DMSTAT_A_INFLIGHT_SECTORS   uint, how many
 *          DMSTAT_A_INFLIGHT_OPERATION u32, enum dmstat_operation
 *          DMSTAT_A_INFLIGHT_AGE_NS    uint, time since it started
 *
 *   Only I/Os that started while the device had a region are known. A flush
 *   has DMSTAT_OPERATION_FLUSH and no sectors.
 *
 *   Errors: ENOENT, the device has no region, so its I/O is not followed.
 *
 * Multicast group DMSTAT_MCGRP_REGION
 *
 *   Notifications are sent in the order in which things happen. One that a
 *   request causes goes to its sender too if it has NLM_F_ECHO, after the
 *   answer.
 *
 *   DMSTAT_CMD_REGION_NEW_NTF   a region was made; as DMSTAT_CMD_REGION_GET
 *   DMSTAT_CMD_REGION_SET_NTF   its program id or user data was set; the same
 *   DMSTAT_CMD_REGION_CLEAR_NTF it was cleared by DMSTAT_CMD_REGION_CLEAR; the
 *                               same. What DMSTAT_CMD_AREA_GET clears is not
 *                               told.
 *   DMSTAT_CMD_REGION_DEL_NTF   a region is gone; the same, and
 *          DMSTAT_A_REGION_CAUSE      u32, enum dmstat_cause
 *
 *   DMSTAT_A_REGION_DEVICE_NAME is the name that the device has then; if the
 *   device was removed, the last one that it had.
 *
 *   each besides:
 *          DMSTAT_A_REGION_EVENT_TIME     uint, nanoseconds since the Epoch
 *          DMSTAT_A_REGION_EVENT_SEQUENCE u32, 1 in the first since the module
 *                                         was loaded, then one more with each;
 *                                         a listener that finds another number
 *                                         has lost some. It wraps.
 */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmstat.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_DMSTAT_H
#define _UAPI_LINUX_DMSTAT_H

#include <linux/types.h>

/**
 * struct dmstat_extent_range - an extent in DMSTAT_A_REGION_EXTENT_RANGES
 * @start: first sector
 * @length: sectors, more than 0
 *
 * In a message it is aligned to 4 bytes only. (Written by hand: the
 * specification knows no structures.)
 */
struct dmstat_extent_range {
	__u64 start;
	__u64 length;
};

#define DMSTAT_FAMILY_NAME	"dmstat"
#define DMSTAT_FAMILY_VERSION	1

#define DMSTAT_PROGRAM_ID_MAX		255
#define DMSTAT_HISTOGRAM_BOUNDS_MAX	64
#define DMSTAT_EXTENTS_MAX		65536
#define DMSTAT_USER_DATA_MAX		4096
#define DMSTAT_REGION_IDS_MAX		4096
#define DMSTAT_FLUSH_BINS		32

/**
 * enum dmstat_operation - What an I/O does.
 */
enum dmstat_operation {
	DMSTAT_OPERATION_READ,
	DMSTAT_OPERATION_WRITE,
	DMSTAT_OPERATION_DISCARD,
	DMSTAT_OPERATION_FLUSH,
};

/**
 * enum dmstat_cause - Why a region is gone.
 */
enum dmstat_cause {
	DMSTAT_CAUSE_REQUEST,
	DMSTAT_CAUSE_DEVICE_REMOVED,
};

enum {
	DMSTAT_A_DEVICE_MAJOR = 1,
	DMSTAT_A_DEVICE_MINOR,
	DMSTAT_A_DEVICE_NAME,
	DMSTAT_A_DEVICE_UUID,
	DMSTAT_A_DEVICE_SIZE,
	DMSTAT_A_DEVICE_REGIONS,
	DMSTAT_A_DEVICE_MISSED,
	DMSTAT_A_DEVICE_FLUSH,

	__DMSTAT_A_DEVICE_MAX,
	DMSTAT_A_DEVICE_MAX = (__DMSTAT_A_DEVICE_MAX - 1)
};

enum {
	DMSTAT_A_FLUSH_IOS = 1,
	DMSTAT_A_FLUSH_NS,
	DMSTAT_A_FLUSH_ERRORS,
	DMSTAT_A_FLUSH_LONGEST_NS,
	DMSTAT_A_FLUSH_BUSY_NS,
	DMSTAT_A_FLUSH_AGAIN,
	DMSTAT_A_FLUSH_IN_FLIGHT,
	DMSTAT_A_FLUSH_HISTOGRAM,

	__DMSTAT_A_FLUSH_MAX,
	DMSTAT_A_FLUSH_MAX = (__DMSTAT_A_FLUSH_MAX - 1)
};

enum {
	DMSTAT_A_REGION_REGION_ID = 1,
	DMSTAT_A_REGION_MAJOR,
	DMSTAT_A_REGION_MINOR,
	DMSTAT_A_REGION_DEVICE_NAME,
	DMSTAT_A_REGION_START,
	DMSTAT_A_REGION_LENGTH,
	DMSTAT_A_REGION_AREA_SIZE,
	DMSTAT_A_REGION_AREAS,
	DMSTAT_A_REGION_PROGRAM_ID,
	DMSTAT_A_REGION_MEMORY,
	DMSTAT_A_REGION_CREATED,
	DMSTAT_A_REGION_MISSED,
	DMSTAT_A_REGION_CAUSE,
	DMSTAT_A_REGION_HISTOGRAM_BOUNDS,
	DMSTAT_A_REGION_EXTENT_RANGES,
	DMSTAT_A_REGION_EXTENTS,
	DMSTAT_A_REGION_USER_DATA,
	DMSTAT_A_REGION_CLEARS,
	DMSTAT_A_REGION_CLEARED,
	DMSTAT_A_REGION_EVENT_TIME,
	DMSTAT_A_REGION_EVENT_SEQUENCE,
	DMSTAT_A_REGION_REGION_IDS,
	DMSTAT_A_REGION_DELETED,

	__DMSTAT_A_REGION_MAX,
	DMSTAT_A_REGION_MAX = (__DMSTAT_A_REGION_MAX - 1)
};

enum {
	DMSTAT_A_AREA_REGION_ID = 1,
	DMSTAT_A_AREA_FIRST_AREA,
	DMSTAT_A_AREA_AREA_COUNT,
	DMSTAT_A_AREA_ACTIVE,
	DMSTAT_A_AREA_CLEAR,
	DMSTAT_A_AREA_INDEX,
	DMSTAT_A_AREA_START,
	DMSTAT_A_AREA_LENGTH,
	DMSTAT_A_AREA_IN_FLIGHT_READ,
	DMSTAT_A_AREA_IN_FLIGHT_WRITE,
	DMSTAT_A_AREA_BUSY_NS,
	DMSTAT_A_AREA_QUEUE_NS,
	DMSTAT_A_AREA_READ,
	DMSTAT_A_AREA_WRITE,
	DMSTAT_A_AREA_DISCARD,
	DMSTAT_A_AREA_CLEARS,

	__DMSTAT_A_AREA_MAX,
	DMSTAT_A_AREA_MAX = (__DMSTAT_A_AREA_MAX - 1)
};

enum {
	DMSTAT_A_IO_IOS = 1,
	DMSTAT_A_IO_SECTORS,
	DMSTAT_A_IO_NS,
	DMSTAT_A_IO_ERRORS,
	DMSTAT_A_IO_LONGEST_NS,
	DMSTAT_A_IO_HISTOGRAM,
	DMSTAT_A_IO_AGAIN,

	__DMSTAT_A_IO_MAX,
	DMSTAT_A_IO_MAX = (__DMSTAT_A_IO_MAX - 1)
};

enum {
	DMSTAT_A_INFLIGHT_MAJOR = 1,
	DMSTAT_A_INFLIGHT_MINOR,
	DMSTAT_A_INFLIGHT_SECTOR,
	DMSTAT_A_INFLIGHT_SECTORS,
	DMSTAT_A_INFLIGHT_OPERATION,
	DMSTAT_A_INFLIGHT_AGE_NS,

	__DMSTAT_A_INFLIGHT_MAX,
	DMSTAT_A_INFLIGHT_MAX = (__DMSTAT_A_INFLIGHT_MAX - 1)
};

enum {
	DMSTAT_CMD_DEVICE_GET = 1,
	DMSTAT_CMD_REGION_NEW,
	DMSTAT_CMD_REGION_GET,
	DMSTAT_CMD_REGION_DEL,
	DMSTAT_CMD_REGION_CLEAR,
	DMSTAT_CMD_AREA_GET,
	DMSTAT_CMD_INFLIGHT_GET,
	DMSTAT_CMD_REGION_NEW_NTF,
	DMSTAT_CMD_REGION_DEL_NTF,
	DMSTAT_CMD_REGION_SET,
	DMSTAT_CMD_REGION_SET_NTF,
	DMSTAT_CMD_REGION_CLEAR_NTF,

	__DMSTAT_CMD_MAX,
	DMSTAT_CMD_MAX = (__DMSTAT_CMD_MAX - 1)
};

#define DMSTAT_MCGRP_REGION	"region"

#endif /* _UAPI_LINUX_DMSTAT_H */
