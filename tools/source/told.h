/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owned regions that tell of single I/Os: one for each device, region and group
 * that is named, over the same sectors. Regions of others are never changed.
 */
#ifndef DMSTAT_NL_TOLD_H
#define DMSTAT_NL_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/extent.h"
#include "source/scope.h"

/**
 * struct told_source - a region of ours, and what it stands for
 * @id: id of our region
 * @major: major number of the device
 * @minor: minor number of the device
 * @name: name of the device, as the kernel had it last
 * @of_region: the region over whose sectors it is; 0: the device or partition
 * @file: the file that region was made of, or NULL
 * @partition: name of the partition that it is over, or NULL
 * @start: first sector
 * @length: sectors, unless there are @extents
 * @extents: those of @of_region
 * @cgroup_id: the cgroup that @of_region is limited to, or 0
 * @slow: I/Os that were slow, as far as they were told
 * @errors: that failed
 * @hangs: that were told while they were in flight
 * @lost: events that the kernel had no room for
 * @not_ended: I/Os that still hang when it is all over
 * @longest_ns: the longest time of an I/O so far, 0 if none was told
 * @gone: the device has gone; an event may still come
 */
struct told_source {
	uint32_t id;
	uint32_t major;
	uint32_t minor;
	char *name;
	uint32_t of_region;
	char *file;
	char *partition;
	uint64_t start;
	uint64_t length;
	struct extent_list extents;
	uint64_t cgroup_id;
	uint64_t slow;
	uint64_t errors;
	uint64_t hangs;
	uint64_t lost;
	uint64_t not_ended;
	uint64_t longest_ns;
	bool gone;
};

/**
 * struct told - all of them
 * @dmstat: the handle, which owns the regions
 * @scope: what is named
 * @slow_ns: the bound
 * @tell_errors: whether I/Os that fail are told, too
 * @sources: the regions
 * @count: how many
 * @away: the module is unloaded
 * @unsure: events about regions were lost
 */
struct told {
	struct dmstat *dmstat;
	const struct scope *scope;
	uint64_t slow_ns;
	bool tell_errors;
	struct told_source *sources;
	size_t count;
	bool away;
	bool unsure;
};

/**
 * told_begin() - create the regions
 * @told: @dmstat, @scope, @slow_ns and @tell_errors are set, the rest is 0
 *
 * Return: 0, or EXIT_FAILURE after saying why; told_end() is needed in any case.
 */
int told_begin(struct told *told);

/**
 * told_note() - note what an event says about the regions and the module
 * @told: the regions
 * @event: the event, of any type
 */
void told_note(struct told *told, const struct dmstat_event *event);

/**
 * told_follow() - follow devices that come, go and grow
 * @told: the regions; those of devices that have gone are dropped, unless they
 *        have told something
 *
 * Devices that come are added if nothing is named. To be called each second or so.
 *
 * Return: 0, or EXIT_FAILURE after saying why: nothing that was named is left, or
 * the kernel refuses.
 */
int told_follow(struct told *told);

/**
 * told_find() - find the source of an I/O that was told
 * @told: the regions
 * @io: the I/O
 *
 * Flushes are told for a device, if any region on it asks for it.
 *
 * Return: the source, for a flush one of its device; NULL if it was told for
 * somebody else.
 */
struct told_source *told_find(const struct told *told,
			      const struct dmstat_io_event *io);

/** told_of_device() - the first source of a device that is there, or NULL */
struct told_source *told_of_device(const struct told *told, uint32_t major,
				   uint32_t minor);

/** told_is_quiet() - whether a source has told nothing */
bool told_is_quiet(const struct told_source *source);

/** told_end() - free all; the regions go with the handle */
void told_end(struct told *told);

#endif /* DMSTAT_NL_TOLD_H */
