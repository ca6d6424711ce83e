/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmstat.yaml */
/* YNL-GEN uapi header */

/*
 * dmstat: I/O statistics of block devices over generic netlink
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A region is a range of a block device, of device-mapper or any other whole
 * disk, or a list of ranges, its extents. It is cut into areas of equal size;
 * the last area of each range may be shorter. The kernel counts the I/O of
 * every area. The interface is the generic netlink family "dmstat", version 1.
 *
 * Units. A sector is 512 bytes, whatever the block size of the device.
 * Positions are in sectors from the start of the device, lengths in sectors.
 * Times are in nanoseconds; points in time are since the Epoch. "uint" is an
 * unsigned integer of 4 bytes, or of 8 if the value needs them: a client must
 * accept both. Integers are in host byte order. Attributes are aligned to 4
 * bytes, those of 8 bytes too. A string ends in a zero byte, which is not part
 * of its limit.
 *
 * Privilege. Every request, and joining a multicast group, needs CAP_SYS_ADMIN
 * in the initial user namespace: the process that opened the socket and the one
 * that sends the request. A dump is checked once, when it starts. The family
 * exists in the initial network namespace only.
 *
 * Errors. A request or dump is refused by an NLMSG_ERROR. Its extended
 * acknowledgment has a message that says what to do, and the offset of the
 * attribute at fault or the type of a missing one. Before kernel 6.7 the
 * refusal of a dump has these only if an attribute is unknown, malformed, too
 * long or out of its range; else it has the error number alone. Every operation
 * can give:
 * - EPERM: no privilege.
 * - EINVAL: an attribute is missing or unknown, does not belong to the
 *   operation, or has a wrong length.
 * - ERANGE: a value is out of its range, a string or binary attribute is too
 *   long, or a flag has a value.
 * - ENODEV: there is no such device, or it is being removed.
 * - EOPNOTSUPP: it is a partition (name its disk, and a range), or its driver
 *   passes I/O on where it cannot be followed, or this kernel lacks the
 *   tracepoints to see the I/O of request-based devices.
 *
 * A dump that has started can still fail, because its region or device is gone
 * or memory is short. It ends in an NLMSG_DONE with the negative error number,
 * the message and, from kernel 6.12 on, the offset. A dump that finds no memory
 * for its first datagram is refused with ENOBUFS, but continues, and clears
 * what it clears: receive until NLMSG_DONE, or until receiving fails.
 *
 * Counters. A counter that is zero is left out of an answer, and so is a nest
 * of counters that are all zero. No counter goes back unless it is cleared, but
 * for those of I/O in flight.
 *
 * Notifications are sent in the order in which things happen. A request with
 * NLM_F_ECHO also gets the notification that it causes, after its answer.
 *
 * DMSTAT_CMD_DEVICE_GET
 *
 *   A device; a dump gives every device whose I/O can be counted, but not disks
 *   of no sectors without regions: drives without a medium.
 *
 *   do:
 *     DMSTAT_A_DEVICE_MAJOR (u32, at most 4095): Major number of the device.
 *     DMSTAT_A_DEVICE_MINOR (u32, at most 1048575): Minor number of the device.
 *
 *   dump: no attributes
 *
 *   reply:
 *     DMSTAT_A_DEVICE_MAJOR (u32, at most 4095)
 *     DMSTAT_A_DEVICE_MINOR (u32, at most 1048575)
 *     DMSTAT_A_DEVICE_NAME (string): Device-mapper name of the device; of
 *         another disk the kernel's name for it, as in /sys/block.
 *     DMSTAT_A_DEVICE_UUID (string): Device-mapper uuid of the device; left out
 *         if it has none.
 *     DMSTAT_A_DEVICE_SIZE (uint): Sectors of the device.
 *     DMSTAT_A_DEVICE_REGIONS (u32): Regions on the device.
 *     DMSTAT_A_DEVICE_MISSED (uint): I/Os that were not counted, because memory
 *         was short or more large I/Os were waiting than the module's parameter
 *         large_ios allows, since the device got the first of its regions.
 *     DMSTAT_A_DEVICE_FLUSH (nest): Counters of flushes; left out until a flush
 *         has started while the device had a region.
 *       DMSTAT_A_FLUSH_IOS (uint): Flushes that ended, also those that failed.
 *       DMSTAT_A_FLUSH_NS (uint): Sum of their times from start to end.
 *       DMSTAT_A_FLUSH_ERRORS (uint): Flushes that failed.
 *       DMSTAT_A_FLUSH_LONGEST_NS (uint): The longest time from start to end.
 *       DMSTAT_A_FLUSH_BUSY_NS (uint): Time with at least one flush in flight,
 *           up to now.
 *       DMSTAT_A_FLUSH_AGAIN (uint): Flushes that were not done because their
 *           submitter does not wait (REQ_NOWAIT) and the device was not ready
 *           (EAGAIN). No other counter has them.
 *       DMSTAT_A_FLUSH_IN_FLIGHT (uint): Flushes that have started and not
 *           ended.
 *       DMSTAT_A_FLUSH_HISTOGRAM (binary, u64 each): Flushes by the time that
 *           they took, in DMSTAT_FLUSH_BINS bins. Bin 0 has those of less than
 *           1 us; bin i those of at least 2^(i-1) us and less than 2^i us; the
 *           last bin has all longer ones too.
 *     DMSTAT_A_DEVICE_OLDEST_NS (uint): Time since the oldest I/O or flush in
 *         flight started; left out if none is in flight, or the device has no
 *         region.
 *
 *   A flush is an I/O without sectors. A write that flushes the cache before or
 *   after it (REQ_PREFLUSH, REQ_FUA) counts as a write only.
 *
 * DMSTAT_CMD_REGION_NEW
 *
 *   Create a region. It counts an I/O if and only if the I/O starts after the
 *   region was created. The device is not disturbed.
 *
 *   do:
 *     DMSTAT_A_REGION_MAJOR (u32, at most 4095): Major number of the device.
 *     DMSTAT_A_REGION_MINOR (u32, at most 1048575): Minor number of the device.
 *     DMSTAT_A_REGION_START (u64): First sector of the region or of its first
 *         extent. Optional in a request: the default is 0.
 *     DMSTAT_A_REGION_LENGTH (u64): Sectors of the region, up to the end of its
 *         last extent. Optional in a request: the default is to the end of the
 *         device.
 *     DMSTAT_A_REGION_AREA_SIZE (u64): Sectors of an area; if each extent is an
 *         area, the length of the longest. Optional in a request: without this
 *         and DMSTAT_A_REGION_AREAS the region, or each extent, is one area.
 *     DMSTAT_A_REGION_AREAS (u64): Number of areas. Optional in a request,
 *         instead of DMSTAT_A_REGION_AREA_SIZE: the area size is then length /
 *         areas, rounded up to a sector, so there may be fewer areas.
 *     DMSTAT_A_REGION_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes):
 *         Which program the region belongs to, for the programs that share the
 *         regions. Optional in a request; left out of an answer if there is
 *         none.
 *     DMSTAT_A_REGION_HISTOGRAM_BOUNDS (binary, u64 each, at most 512 bytes):
 *         Times in nanoseconds, rising, all above 0; up to
 *         DMSTAT_HISTOGRAM_BOUNDS_MAX. Each area counts the I/Os that took less
 *         than the first bound, those that took at least the first and less
 *         than the second, and so on, those that took at least the last.
 *         Optional in a request; left out of an answer if there are none.
 *     DMSTAT_A_REGION_EXTENT_RANGES (binary, u64 each, repeated): Extents,
 *         instead of DMSTAT_A_REGION_START and DMSTAT_A_REGION_LENGTH: a struct
 *         dmstat_extent_range each, up to DMSTAT_EXTENTS_MAX; rising, not
 *         overlapping. An attribute holds up to 4095; for more it is repeated.
 *         Each extent is cut into areas from its own start.
 *     DMSTAT_A_REGION_USER_DATA (binary, at most DMSTAT_USER_DATA_MAX bytes):
 *         Bytes for the programs that share the regions; the kernel does not
 *         interpret them. Optional in a request; left out of an answer if there
 *         are none.
 *     DMSTAT_A_REGION_GROUP (string, at most DMSTAT_GROUP_MAX bytes): Name of
 *         the group that the region is in: regions with the same name are one
 *         group. Optional in a request; left out of an answer if there is none.
 *     DMSTAT_A_REGION_OWNED (flag): The region is deleted when the socket that
 *         created it is closed: by the last process that has it, also if that
 *         is killed.
 *     DMSTAT_A_REGION_SLOW_NS (u64): The bound: an I/O that takes at least as
 *         long is told to the group "io"; 0 for none. Optional in a request;
 *         left out of an answer if there is none.
 *     DMSTAT_A_REGION_TELL_ERRORS (u32, at most 1): 1: an I/O that fails is
 *         told to the group "io"; 0: it is not. Optional in a request; left out
 *         of an answer if it is 0.
 *     DMSTAT_A_REGION_TELL_RATE (u32, at least 1): The most events of the
 *         region in a second; what is beyond that is lost, and counted.
 *         Optional in a request: the default is 1000; left out of an answer if
 *         the region tells nothing.
 *     DMSTAT_A_REGION_CGROUP_ID (u64, at least 1): The region counts only I/O
 *         that is charged to this cgroup or to one below it: see
 *         DMSTAT_A_EVENT_CGROUP_ID. Optional in a request; left out of an
 *         answer if it counts all I/O.
 *
 *   reply:
 *     DMSTAT_A_REGION_REGION_ID (u32, at least 1): Id of the region, never 0.
 *         An id is not used again until 2^32 ids have been given out.
 *     DMSTAT_A_REGION_MAJOR (u32, at most 4095)
 *     DMSTAT_A_REGION_MINOR (u32, at most 1048575)
 *     DMSTAT_A_REGION_DEVICE_NAME (string): Name that the device has now, as in
 *         device/name; if it was removed, the last one.
 *     DMSTAT_A_REGION_START (u64)
 *     DMSTAT_A_REGION_LENGTH (u64)
 *     DMSTAT_A_REGION_AREA_SIZE (u64)
 *     DMSTAT_A_REGION_AREAS (u64)
 *     DMSTAT_A_REGION_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes)
 *     DMSTAT_A_REGION_MEMORY (uint): Bytes of kernel memory that the region
 *         holds.
 *     DMSTAT_A_REGION_CREATED (uint): When the region was created.
 *     DMSTAT_A_REGION_MISSED (uint): I/Os of the region that were not counted,
 *         for the same reasons as DMSTAT_A_DEVICE_MISSED.
 *     DMSTAT_A_REGION_HISTOGRAM_BOUNDS (binary, u64 each, at most 512 bytes)
 *     DMSTAT_A_REGION_EXTENTS (u32): How many extents the region was made of;
 *         left out if it was made by DMSTAT_A_REGION_START and
 *         DMSTAT_A_REGION_LENGTH. The areas tell where the extents are.
 *     DMSTAT_A_REGION_USER_DATA (binary, at most DMSTAT_USER_DATA_MAX bytes)
 *     DMSTAT_A_REGION_CLEARS (uint): How often the region was cleared: by
 *         DMSTAT_CMD_REGION_CLEAR, or by a dump of DMSTAT_CMD_AREA_GET with
 *         DMSTAT_A_AREA_CLEAR that cleared at least one area.
 *     DMSTAT_A_REGION_CLEARED (uint): When the region was last cleared; left
 *         out if it never was.
 *     DMSTAT_A_REGION_GROUP (string, at most DMSTAT_GROUP_MAX bytes)
 *     DMSTAT_A_REGION_OWNED (flag)
 *     DMSTAT_A_REGION_SLOW_NS (u64)
 *     DMSTAT_A_REGION_TELL_ERRORS (u32, at most 1)
 *     DMSTAT_A_REGION_TELL_RATE (u32, at least 1)
 *     DMSTAT_A_REGION_CGROUP_ID (u64, at least 1)
 *     DMSTAT_A_REGION_RESIZES (uint): How often the region was given another
 *         length or other extents, by DMSTAT_CMD_REGION_SET. A reader that
 *         compares areas of two times by their indexes has to see the same
 *         number, unless the region is a range.
 *
 *   Errors:
 *   - EINVAL: an empty range, no areas, areas of no sectors, both an area size
 *     and a number of areas, bounds that do not rise, or extents that do not
 *     rise, overlap, or come with start, length or a number of areas; a cgroup
 *     without the io controller.
 *   - ENOENT: there is no such cgroup.
 *   - EOPNOTSUPP: also DMSTAT_A_REGION_CGROUP_ID on a kernel without
 *     CONFIG_BLK_CGROUP.
 *   - ERANGE: the range ends beyond the device, more areas than sectors or than
 *     2^32 - 1, or too many extents.
 *   - EOVERFLOW: start + length does not fit 64 bits.
 *   - ENOSPC: over the memory limit of the module.
 *   - ENOMEM: no memory.
 *
 * DMSTAT_CMD_REGION_GET
 *
 *   A region; a dump gives every region or, if the request says so, those of a
 *   device, of a program, of a group, or of several of these at once.
 *
 *   do:
 *     DMSTAT_A_REGION_REGION_ID (u32, at least 1)
 *
 *   dump:
 *     DMSTAT_A_REGION_MAJOR (u32, at most 4095)
 *     DMSTAT_A_REGION_MINOR (u32, at most 1048575)
 *     DMSTAT_A_REGION_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes)
 *     DMSTAT_A_REGION_GROUP (string, at most DMSTAT_GROUP_MAX bytes)
 *
 *   reply: as DMSTAT_CMD_REGION_NEW
 *
 *   Receive with a buffer of at least 8 KiB: an answer can be longer than 5
 *   KiB. A region that changes during a dump is given as it was before or after
 *   the change.
 *
 *   Errors:
 *   - ENOENT: there is no such region.
 *
 * DMSTAT_CMD_REGION_DEL
 *
 *   Delete one region, by DMSTAT_A_REGION_REGION_ID; or those that
 *   DMSTAT_A_REGION_REGION_IDS lists; or all of a device, of a program, of a
 *   group, or of several of these at once. There is an answer unless
 *   DMSTAT_A_REGION_REGION_ID was given.
 *
 *   do:
 *     DMSTAT_A_REGION_REGION_ID (u32, at least 1)
 *     DMSTAT_A_REGION_REGION_IDS (binary, u32 each, at most 16384 bytes): Ids
 *         of regions, rising; up to DMSTAT_REGION_IDS_MAX.
 *     DMSTAT_A_REGION_MAJOR (u32, at most 4095)
 *     DMSTAT_A_REGION_MINOR (u32, at most 1048575)
 *     DMSTAT_A_REGION_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes)
 *     DMSTAT_A_REGION_GROUP (string, at most DMSTAT_GROUP_MAX bytes)
 *
 *   reply:
 *     DMSTAT_A_REGION_DELETED (u32): How many regions were deleted.
 *
 *   Each deleted region has a notification. To delete many regions by one
 *   request is much faster than by one each. Of listed regions all are deleted,
 *   or none if one does not exist. Regions that are created meanwhile may be
 *   deleted if they match.
 *
 *   Errors:
 *   - EINVAL: none of the three ways is given, or more than one, or ids do not
 *     rise.
 *   - ENOENT: there is no such region, or none matches.
 *   - ENOMEM: some may be deleted, the others are unchanged.
 *
 * DMSTAT_CMD_REGION_CLEAR
 *
 *   Set the counters of every area of a region, and DMSTAT_A_REGION_MISSED, to
 *   zero. I/O in flight stays in flight and counts when it ends.
 *
 *   do:
 *     DMSTAT_A_REGION_REGION_ID (u32, at least 1)
 *
 *   Errors:
 *   - ENOENT: there is no such region, or it was deleted meanwhile.
 *   - ENOMEM: some areas are cleared, the others are unchanged.
 *
 * DMSTAT_CMD_AREA_GET
 *
 *   The areas of a region, in rising order; without DMSTAT_A_AREA_REGION_ID
 *   those of every region or, if the request says so, of the regions of a
 *   device, of a program, of a group, or of several of these at once. Then each
 *   answer has the region's id; they rise. A dump may be as slow as the client
 *   likes: it continues by region and area number. If a region is deleted
 *   during a dump of several, the rest of its areas is left out.
 *
 *   dump:
 *     DMSTAT_A_AREA_REGION_ID (u32, at least 1): The region. Optional in a
 *         request; left out of the answers to a request that has it.
 *     DMSTAT_A_AREA_FIRST_AREA (u64): Index of the first area wanted. Optional:
 *         the default is 0.
 *     DMSTAT_A_AREA_AREA_COUNT (u64, at least 1): How many areas are wanted.
 *         Optional: the default is all from the first.
 *     DMSTAT_A_AREA_ACTIVE (flag): Skip areas that have seen no I/O since they
 *         were created or cleared.
 *     DMSTAT_A_AREA_CLEAR (flag): Set what is answered to zero. No I/O is lost
 *         or answered twice between the two.
 *     DMSTAT_A_AREA_MAJOR (u32, at most 4095): Major number of the device.
 *     DMSTAT_A_AREA_MINOR (u32, at most 1048575): Minor number of the device.
 *     DMSTAT_A_AREA_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes):
 *         The regions of this program; an empty string, of none.
 *     DMSTAT_A_AREA_GROUP (string, at most DMSTAT_GROUP_MAX bytes): The regions
 *         of this group; an empty string, of none.
 *     DMSTAT_A_AREA_MERGE (u32, at least 1): How many areas to sum into one
 *         answer, counted from the first area wanted; the last answer of a
 *         region may have fewer. 4294967295 gives one total of each region.
 *         Optional: the default is 1.
 *     DMSTAT_A_AREA_UNCLEARED (flag): Give what was counted since the region
 *         was created: a clear sets nothing to zero in the answer, so the
 *         difference of two answers is exact even if areas were cleared in
 *         between. Only DMSTAT_A_IO_ERRORS, DMSTAT_A_IO_AGAIN and
 *         DMSTAT_A_IO_LONGEST_NS are still those since the clear. Not together
 *         with DMSTAT_A_AREA_CLEAR.
 *
 *   reply:
 *     DMSTAT_A_AREA_REGION_ID (u32, at least 1)
 *     DMSTAT_A_AREA_INDEX (uint): Index of the area in its region, from 0.
 *     DMSTAT_A_AREA_START (uint): First sector of the area.
 *     DMSTAT_A_AREA_LENGTH (uint): Sectors of the area.
 *     DMSTAT_A_AREA_IN_FLIGHT_READ (uint): Reads that have started and not
 *         ended.
 *     DMSTAT_A_AREA_IN_FLIGHT_WRITE (uint): Writes and discards that have
 *         started and not ended.
 *     DMSTAT_A_AREA_BUSY_NS (uint): Time with at least one I/O in flight, up to
 *         now. It grows by no more than the time that passes.
 *     DMSTAT_A_AREA_QUEUE_NS (uint): Time in flight, summed over all I/Os, also
 *         those in flight now.
 *     DMSTAT_A_AREA_READ (nest): Counters of reads that have ended.
 *       DMSTAT_A_IO_IOS (uint): I/Os, also those that failed.
 *       DMSTAT_A_IO_SECTORS (uint): Sectors of these I/Os that are in the area.
 *       DMSTAT_A_IO_NS (uint): Sum of their times from start to end.
 *       DMSTAT_A_IO_ERRORS (uint): I/Os that failed.
 *       DMSTAT_A_IO_LONGEST_NS (uint): The longest time from start to end since
 *           the area was created or cleared.
 *       DMSTAT_A_IO_HISTOGRAM (binary, u64 each): I/Os by the time that they
 *           took: one number more than the region has
 *           DMSTAT_A_REGION_HISTOGRAM_BOUNDS. Left out if it has none.
 *       DMSTAT_A_IO_AGAIN (uint): I/Os that were not done because their
 *           submitter does not wait (REQ_NOWAIT) and the device was not ready
 *           (EAGAIN). No other counter has them.
 *     DMSTAT_A_AREA_WRITE (nest as DMSTAT_A_AREA_READ): Counters of writes that
 *         have ended.
 *     DMSTAT_A_AREA_DISCARD (nest as DMSTAT_A_AREA_READ): Counters of discards
 *         and secure erases that have ended.
 *     DMSTAT_A_AREA_CLEARS (uint): How often the area was cleared after it had
 *         counted something.
 *     DMSTAT_A_AREA_AREAS (uint): How many areas the answer is the sum of; left
 *         out if it is about one area.
 *
 *   An answer of several areas, see DMSTAT_A_AREA_MERGE, has the index and the
 *   start of the first of them, and as length all sectors up to the end of the
 *   last one. Its counters are sums, but DMSTAT_A_IO_LONGEST_NS is the
 *   greatest, and DMSTAT_A_AREA_BUSY_NS is left out. An I/O that touches
 *   several of them counts once in each. With DMSTAT_A_AREA_ACTIVE, answers are
 *   skipped if none of their areas has seen I/O since it was created or
 *   cleared; with DMSTAT_A_AREA_UNCLEARED, since it was created.
 *
 *   An I/O that touches several areas counts in each of them, with the sectors
 *   that are in it. Where several CPUs do tens of thousands of I/Os a second in
 *   an area, idle gaps of less than 131072 ns count as busy; else busy time is
 *   exact. A zone append counts where it was written, and is in flight in no
 *   area until it ends. An I/O in more than 64 areas, of all regions together,
 *   is counted a moment after it has ended. No area counts flushes: see
 *   DMSTAT_A_DEVICE_FLUSH.
 *
 *   Errors:
 *   - EINVAL: DMSTAT_A_AREA_FIRST_AREA or DMSTAT_A_AREA_AREA_COUNT without
 *     DMSTAT_A_AREA_REGION_ID, DMSTAT_A_AREA_REGION_ID with what several
 *     regions have in common, or DMSTAT_A_AREA_UNCLEARED with
 *     DMSTAT_A_AREA_CLEAR.
 *   - ENOENT: there is no such region, or it was deleted during the dump.
 *   - ERANGE: there is no such area.
 *   - EOVERFLOW: first area + count does not fit 64 bits.
 *   - ENOMEM: no memory or, to clear an area, over the memory limit of the
 *     module. The area was neither given nor cleared; a last answer of several
 *     areas ends before it.
 *
 * DMSTAT_CMD_INFLIGHT_GET
 *
 *   The I/Os in flight on a device that has a region, in no order.
 *
 *   dump:
 *     DMSTAT_A_INFLIGHT_MAJOR (u32, at most 4095): Major number of the device.
 *     DMSTAT_A_INFLIGHT_MINOR (u32, at most 1048575): Minor number of the
 *         device.
 *
 *   reply:
 *     DMSTAT_A_INFLIGHT_SECTOR (uint): First sector of the I/O.
 *     DMSTAT_A_INFLIGHT_SECTORS (uint): Sectors of the I/O; a flush has none.
 *     DMSTAT_A_INFLIGHT_OPERATION (u32, enum dmstat_operation): What the I/O
 *         does.
 *     DMSTAT_A_INFLIGHT_AGE_NS (uint): Time since the I/O started.
 *     DMSTAT_A_INFLIGHT_PID (u32): Thread that submitted the I/O, in the
 *         initial pid namespace; left out if none did. For writeback it is a
 *         kernel thread.
 *     DMSTAT_A_INFLIGHT_COMM (string): Name of that thread; left out if it has
 *         ended.
 *     DMSTAT_A_INFLIGHT_KERNEL_THREAD (flag): It is a kernel thread.
 *     DMSTAT_A_INFLIGHT_CGROUP_ID (uint): Id of the cgroup that the I/O is
 *         charged to, also if it is writeback: the inode number of its
 *         directory, and what open_by_handle_at() takes. Left out on a kernel
 *         without CONFIG_BLK_CGROUP.
 *     DMSTAT_A_INFLIGHT_IO_ID (uint): As DMSTAT_A_EVENT_IO_ID.
 *
 *   Only I/Os that started while the device had a region are known. An I/O in
 *   more than 64 areas, of all regions together, is listed until it is counted,
 *   a moment after it has ended.
 *
 *   Errors:
 *   - ENOENT: the device has no region, so its I/O is not followed.
 *
 * DMSTAT_CMD_REGION_SET
 *
 *   Change what a region keeps for programs, what it tells, or which areas it
 *   has. What is given replaces what was there, all at once; what is empty
 *   removes it; what is not given stays.
 *
 *   do:
 *     DMSTAT_A_REGION_REGION_ID (u32, at least 1)
 *     DMSTAT_A_REGION_PROGRAM_ID (string, at most DMSTAT_PROGRAM_ID_MAX bytes)
 *     DMSTAT_A_REGION_USER_DATA (binary, at most DMSTAT_USER_DATA_MAX bytes)
 *     DMSTAT_A_REGION_GROUP (string, at most DMSTAT_GROUP_MAX bytes)
 *     DMSTAT_A_REGION_SLOW_NS (u64)
 *     DMSTAT_A_REGION_TELL_ERRORS (u32, at most 1)
 *     DMSTAT_A_REGION_TELL_RATE (u32, at least 1)
 *     DMSTAT_A_REGION_LENGTH (u64)
 *     DMSTAT_A_REGION_EXTENT_RANGES (binary, u64 each, repeated)
 *
 *   reply: as DMSTAT_CMD_REGION_NEW
 *
 *   A region that is a range grows or shrinks by DMSTAT_A_REGION_LENGTH, one
 *   that was made of extents by DMSTAT_A_REGION_EXTENT_RANGES, which are all of
 *   its extents from then on. The area size stays, and so does the start of a
 *   range. An area keeps its counters if an area begins at its first sector
 *   afterwards, whatever its index and its length are then; the others are
 *   gone, and new ones begin with zero. An I/O counts in the areas that the
 *   region had when it started.
 *
 *   A dump of areas that goes on after that is marked with NLM_F_DUMP_INTR;
 *   each of its messages is right by itself. So is a list of regions, and a
 *   dump of the areas of many.
 *
 *   Errors:
 *   - EINVAL: nothing to change is given; a length for a region of extents, or
 *     extents for a range; an empty range, or extents that do not rise or
 *     overlap.
 *   - ENOENT: there is no such region.
 *   - ERANGE: the range ends beyond the device, more areas than 2^32 - 1, or
 *     too many extents.
 *   - EOVERFLOW: start + length does not fit 64 bits.
 *   - EBUSY: an I/O that started before the last change of the areas has not
 *     ended, 100 ms later.
 *   - E2BIG: the areas that stay are in too many pieces, after many changes.
 *   - ENOSPC: over the memory limit of the module.
 *   - ENOMEM: no memory.
 *
 *   After an error nothing has changed.
 *
 * DMSTAT_CMD_SEQUENCE_GET
 *
 *   The number of the last message to a multicast group. With it a listener
 *   goes from a list to the notifications without a hole. It joins the group,
 *   asks for the number, and then lists: the list has every change up to that
 *   number, and may have later ones. It then ignores notifications up to the
 *   number, and applies all later ones in order. If the first of these is not
 *   the next number, or there is a gap later, notifications were lost: it asks
 *   for the number and lists again.
 *
 *   do:
 *     DMSTAT_A_SEQUENCE_MULTICAST_GROUP (u32, at most 1): The group, 0 for
 *         "region" and 1 for "io".
 *
 *   reply:
 *     DMSTAT_A_SEQUENCE_MULTICAST_GROUP (u32, at most 1)
 *     DMSTAT_A_SEQUENCE_SEQUENCE (u32): The number of the last message to the
 *         group: its DMSTAT_A_REGION_EVENT_SEQUENCE or DMSTAT_A_EVENT_SEQUENCE;
 *         0 if there was none.
 *
 *   Errors:
 *   - EINVAL: no group is given.
 *
 * Multicast group DMSTAT_MCGRP_REGION
 *
 * DMSTAT_CMD_REGION_NEW_NTF
 *
 *   A region was created.
 *
 *   attributes: as DMSTAT_CMD_REGION_NEW, and
 *     DMSTAT_A_REGION_EVENT_TIME (uint): When it happened.
 *     DMSTAT_A_REGION_EVENT_SEQUENCE (u32): 1 in the first notification since
 *         the module was loaded, then one more in each. A listener that finds a
 *         gap has lost notifications. It wraps.
 *
 * DMSTAT_CMD_REGION_DEL_NTF
 *
 *   A region is gone.
 *
 *   attributes: as DMSTAT_CMD_REGION_NEW_NTF, and
 *     DMSTAT_A_REGION_CAUSE (u32, enum dmstat_cause): Why the region is gone.
 *
 * DMSTAT_CMD_REGION_SET_NTF
 *
 *   A region was changed by DMSTAT_CMD_REGION_SET.
 *
 *   attributes: as DMSTAT_CMD_REGION_NEW_NTF
 *
 * DMSTAT_CMD_REGION_CLEAR_NTF
 *
 *   A region was cleared by DMSTAT_CMD_REGION_CLEAR. There is no notification
 *   of what DMSTAT_CMD_AREA_GET clears.
 *
 *   attributes: as DMSTAT_CMD_REGION_NEW_NTF
 *
 * Multicast group DMSTAT_MCGRP_IO
 *
 * DMSTAT_CMD_IO_NTF
 *
 *   An I/O of a region was slow, failed, or hangs. Told are the I/Os that the
 *   region counts: not those that it misses, nor those that end in EAGAIN
 *   because their submitter does not wait. An I/O that touches several regions
 *   is told for each of them. Nothing is told of what happened while the group
 *   had no listener.
 *
 *   A flush is told once for the device, with the smallest bound of all
 *   regions, or if it fails and one of them tells errors.
 *
 *   attributes:
 *     DMSTAT_A_EVENT_REGION_ID (u32): The region that tells this. Left out for
 *         a flush, which belongs to no region, and for the events of flushes
 *         that were lost.
 *     DMSTAT_A_EVENT_MAJOR (u32): Major number of the device.
 *     DMSTAT_A_EVENT_MINOR (u32): Minor number of the device.
 *     DMSTAT_A_EVENT_DEVICE_NAME (string): Name that the device has now, as in
 *         device/name; if it was removed, the last one.
 *     DMSTAT_A_EVENT_KIND (u32, enum dmstat_event_kind): What is told.
 *         DMSTAT_A_EVENT_LOST has no I/O.
 *     DMSTAT_A_EVENT_TIME (uint): When the message was made.
 *     DMSTAT_A_EVENT_SEQUENCE (u32): 1 in the first message to the group since
 *         the module was loaded, then one more in each. A listener that finds a
 *         gap has lost messages. It wraps.
 *     DMSTAT_A_EVENT_LOST (uint): How many events of the region, or of the
 *         flushes of the device, were lost since a message last told that: they
 *         were more than DMSTAT_A_REGION_TELL_RATE, more than the kernel keeps
 *         at a time, or memory was short. Left out if none was.
 *     DMSTAT_A_EVENT_OPERATION (u32, enum dmstat_operation): What the I/O does.
 *     DMSTAT_A_EVENT_SECTOR (uint): First sector of the I/O. While a zone
 *         append is in flight, that of the zone. A flush has none.
 *     DMSTAT_A_EVENT_SECTORS (uint): Sectors of the I/O; a flush has none.
 *     DMSTAT_A_EVENT_STARTED (uint): When the I/O started.
 *     DMSTAT_A_EVENT_TOOK_NS (uint): How long the I/O took or, if it hangs, has
 *         taken so far.
 *     DMSTAT_A_EVENT_ERROR (u32): Why the I/O failed, as a positive errno; left
 *         out if it did not.
 *     DMSTAT_A_EVENT_IO_ID (uint): A number that, with DMSTAT_A_EVENT_SECTOR
 *         and the device, is the same in all messages about an I/O, and differs
 *         from that of other I/Os.
 *     DMSTAT_A_EVENT_PID (u32): Thread that submitted the I/O, in the initial
 *         pid namespace; left out if none did. For writeback it is a kernel
 *         thread.
 *     DMSTAT_A_EVENT_COMM (string): Name of that thread; left out if it has
 *         ended.
 *     DMSTAT_A_EVENT_KERNEL_THREAD (flag): It is a kernel thread.
 *     DMSTAT_A_EVENT_CGROUP_ID (uint): Id of the cgroup that the I/O is charged
 *         to, also if it is writeback: the inode number of its directory, and
 *         what open_by_handle_at() takes. Left out on a kernel without
 *         CONFIG_BLK_CGROUP.
 */
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
#define DMSTAT_GROUP_MAX		255
#define DMSTAT_HISTOGRAM_BOUNDS_MAX	64
#define DMSTAT_EXTENTS_MAX		65536
#define DMSTAT_USER_DATA_MAX		4096
#define DMSTAT_REGION_IDS_MAX		4096
#define DMSTAT_FLUSH_BINS		32

/**
 * enum dmstat_operation - What an I/O does.
 * @DMSTAT_OPERATION_DISCARD: Discard or secure erase.
 * @DMSTAT_OPERATION_FLUSH: Flush of the cache; it has no sectors.
 */
enum dmstat_operation {
	DMSTAT_OPERATION_READ,
	DMSTAT_OPERATION_WRITE,
	DMSTAT_OPERATION_DISCARD,
	DMSTAT_OPERATION_FLUSH,
};

/**
 * enum dmstat_cause - Why a region is gone.
 * @DMSTAT_CAUSE_REQUEST: A request deleted it.
 * @DMSTAT_CAUSE_DEVICE_REMOVED: Its device was removed.
 * @DMSTAT_CAUSE_OWNER_CLOSED: The socket that owned it was closed.
 */
enum dmstat_cause {
	DMSTAT_CAUSE_REQUEST,
	DMSTAT_CAUSE_DEVICE_REMOVED,
	DMSTAT_CAUSE_OWNER_CLOSED,
};

/**
 * enum dmstat_event_kind - What is told of an I/O.
 * @DMSTAT_EVENT_KIND_SLOW: It ended, and took at least as long as the bound of
 *   the region.
 * @DMSTAT_EVENT_KIND_ERROR: It ended, and failed.
 * @DMSTAT_EVENT_KIND_HANG: It has been in flight for as long as the bound, and
 *   has not ended. Its end is told, too.
 * @DMSTAT_EVENT_KIND_LOST: None: events were lost, and no other one has told
 *   that for a second.
 */
enum dmstat_event_kind {
	DMSTAT_EVENT_KIND_SLOW,
	DMSTAT_EVENT_KIND_ERROR,
	DMSTAT_EVENT_KIND_HANG,
	DMSTAT_EVENT_KIND_LOST,
};

/**
 * enum dmstat_multicast_group - A multicast group.
 * @DMSTAT_MULTICAST_GROUP_REGION: Regions are created, changed, cleared and
 *   deleted.
 * @DMSTAT_MULTICAST_GROUP_IO: I/Os are slow, fail or hang.
 */
enum dmstat_multicast_group {
	DMSTAT_MULTICAST_GROUP_REGION,
	DMSTAT_MULTICAST_GROUP_IO,
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
	DMSTAT_A_DEVICE_OLDEST_NS,

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
	DMSTAT_A_REGION_EXTENT,
	DMSTAT_A_REGION_EXTENTS,
	DMSTAT_A_REGION_USER_DATA,
	DMSTAT_A_REGION_CLEARS,
	DMSTAT_A_REGION_CLEARED,
	DMSTAT_A_REGION_EVENT_TIME,
	DMSTAT_A_REGION_EVENT_SEQUENCE,
	DMSTAT_A_REGION_REGION_IDS,
	DMSTAT_A_REGION_DELETED,
	DMSTAT_A_REGION_EXTENT_RANGES,
	DMSTAT_A_REGION_GROUP,
	DMSTAT_A_REGION_OWNED,
	DMSTAT_A_REGION_SLOW_NS,
	DMSTAT_A_REGION_TELL_ERRORS,
	DMSTAT_A_REGION_TELL_RATE,
	DMSTAT_A_REGION_CGROUP_ID,
	DMSTAT_A_REGION_RESIZES,

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
	DMSTAT_A_AREA_MAJOR,
	DMSTAT_A_AREA_MINOR,
	DMSTAT_A_AREA_PROGRAM_ID,
	DMSTAT_A_AREA_GROUP,
	DMSTAT_A_AREA_MERGE,
	DMSTAT_A_AREA_AREAS,
	DMSTAT_A_AREA_UNCLEARED,

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
	DMSTAT_A_INFLIGHT_PID,
	DMSTAT_A_INFLIGHT_COMM,
	DMSTAT_A_INFLIGHT_KERNEL_THREAD,
	DMSTAT_A_INFLIGHT_CGROUP_ID,
	DMSTAT_A_INFLIGHT_IO_ID,

	__DMSTAT_A_INFLIGHT_MAX,
	DMSTAT_A_INFLIGHT_MAX = (__DMSTAT_A_INFLIGHT_MAX - 1)
};

enum {
	DMSTAT_A_EVENT_REGION_ID = 1,
	DMSTAT_A_EVENT_MAJOR,
	DMSTAT_A_EVENT_MINOR,
	DMSTAT_A_EVENT_DEVICE_NAME,
	DMSTAT_A_EVENT_KIND,
	DMSTAT_A_EVENT_TIME,
	DMSTAT_A_EVENT_SEQUENCE,
	DMSTAT_A_EVENT_LOST,
	DMSTAT_A_EVENT_OPERATION,
	DMSTAT_A_EVENT_SECTOR,
	DMSTAT_A_EVENT_SECTORS,
	DMSTAT_A_EVENT_STARTED,
	DMSTAT_A_EVENT_TOOK_NS,
	DMSTAT_A_EVENT_ERROR,
	DMSTAT_A_EVENT_IO_ID,
	DMSTAT_A_EVENT_PID,
	DMSTAT_A_EVENT_COMM,
	DMSTAT_A_EVENT_KERNEL_THREAD,
	DMSTAT_A_EVENT_CGROUP_ID,

	__DMSTAT_A_EVENT_MAX,
	DMSTAT_A_EVENT_MAX = (__DMSTAT_A_EVENT_MAX - 1)
};

enum {
	DMSTAT_A_SEQUENCE_MULTICAST_GROUP = 1,
	DMSTAT_A_SEQUENCE_SEQUENCE,

	__DMSTAT_A_SEQUENCE_MAX,
	DMSTAT_A_SEQUENCE_MAX = (__DMSTAT_A_SEQUENCE_MAX - 1)
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
	DMSTAT_CMD_IO_NTF,
	DMSTAT_CMD_SEQUENCE_GET,

	__DMSTAT_CMD_MAX,
	DMSTAT_CMD_MAX = (__DMSTAT_CMD_MAX - 1)
};

#define DMSTAT_MCGRP_REGION	"region"
#define DMSTAT_MCGRP_IO		"io"

#endif /* _UAPI_LINUX_DMSTAT_H */
