// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O that hangs when a command starts or ends.
 */
#include <errno.h>
#include <stdlib.h>

#include "source/array.h"
#include "source/hung.h"
#include "source/session.h"

/* What is read, and of which device. */
struct reading {
	struct hung *hung;
	const struct told *told;
	const struct told_source *device;
	hung_fn take;
	void *data;
};

static bool is_same_device(const struct told_source *a,
			   const struct told_source *b)
{
	return a->major == b->major && a->minor == b->minor;
}

static bool overlaps(const struct dmstat_inflight *io, uint64_t start,
		     uint64_t length)
{
	return io->sector < start + length && io->sector + io->sectors > start;
}

/* A flush belongs to its device. */
static bool is_in(const struct dmstat_inflight *io,
		  const struct told_source *source)
{
	size_t i;

	if (source->gone)
		return false;
	if (io->operation == DMSTAT_FLUSH)
		return true;
	if (source->cgroup_id)
		return false;
	for (i = 0; i < source->extents.count; i++)
		if (overlaps(io, source->extents.extents[i].start,
			     source->extents.extents[i].length))
			return true;
	return !source->extents.count &&
	       overlaps(io, source->start, source->length);
}

static bool is_first_of_device(const struct told *told,
			       const struct told_source *source)
{
	return told_of_device(told, source->major, source->minor) == source;
}

static struct told_source *source_of(const struct reading *reading,
				     const struct dmstat_inflight *io)
{
	const struct told *told = reading->told;
	size_t i;

	for (i = 0; i < told->count; i++)
		if (!told->sources[i].gone &&
		    is_same_device(&told->sources[i], reading->device) &&
		    is_in(io, &told->sources[i]))
			return &told->sources[i];
	return NULL;
}

static int note(const struct reading *reading, const struct dmstat_inflight *io)
{
	struct hung *hung = reading->hung;
	struct hung_id *ids;

	ids = array_grow(hung->ids, hung->count, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	hung->ids = ids;
	ids[hung->count++] = (struct hung_id){
		.io_id = io->io_id,
		.sector = io->sector,
		.major = reading->device->major,
		.minor = reading->device->minor,
	};
	return 0;
}

static int read_io(const struct dmstat_inflight *io, void *data)
{
	const struct reading *reading = data;
	struct told_source *source;
	int error;

	if (io->age_ns < reading->told->slow_ns)
		return 0;
	source = source_of(reading, io);
	if (!source)
		return 0;
	error = note(reading, io);
	return error ? error : reading->take(source, io, reading->data);
}

int hung_read(struct hung *hung, const struct told *told, hung_fn take,
	      void *data)
{
	struct reading reading = { hung, told, NULL, take, data };
	size_t i;
	int error;

	for (i = 0; i < told->count; i++) {
		reading.device = &told->sources[i];
		if (!is_first_of_device(told, reading.device))
			continue;
		error = dmstat_inflight(told->dmstat, reading.device->major,
					reading.device->minor, read_io,
					&reading);
		if (error > 0)
			return error;
		/* It has just gone. */
		if (error && error != -ENODEV && error != -ENOENT)
			return session_failed(told->dmstat, error,
					      "device '%s'",
					      reading.device->name);
	}
	return 0;
}

bool hung_has(const struct hung *hung, const struct dmstat_io_event *io)
{
	const struct hung_id *id;
	size_t i;

	for (i = 0; i < hung->count; i++) {
		id = &hung->ids[i];
		if (id->io_id == io->io_id && id->sector == io->sector &&
		    id->major == io->major && id->minor == io->minor)
			return true;
	}
	return false;
}

void hung_free(struct hung *hung)
{
	free(hung->ids);
	hung->ids = NULL;
	hung->count = 0;
}
