// SPDX-License-Identifier: GPL-2.0-only
/*
 * By what a region is known that was being made when the program was killed.
 */
#include <string.h>

#include "apply/look.h"

/* FNV-1a, 64 bits. */
static uint64_t add(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size--)
		hash = (hash ^ *byte++) * 0x100000001b3;
	return hash;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
	return add(hash, &number, sizeof(number));
}

/* With its zero byte, so that the next text cannot go on with it. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	return text ? add(hash, text, strlen(text) + 1) : add(hash, "", 1);
}

/* A list shows where a region reaches from and to, but not its extents. */
static uint64_t look(const struct dmstat_region_spec *spec, uint64_t start,
		     uint64_t length, uint64_t area_size)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = add_number(hash, spec->major);
	hash = add_number(hash, spec->minor);
	hash = add_number(hash, spec->extents_count);
	hash = add_number(hash, start);
	hash = add_number(hash, length);
	hash = add_number(hash, area_size);
	hash = add(hash, spec->bounds,
		   spec->bounds_count * sizeof(*spec->bounds));
	hash = add_text(hash, spec->program_id);
	hash = add_text(hash, spec->group);
	hash = add(hash, spec->user_data, spec->user_data_size);
	hash = add_number(hash, spec->slow_ns);
	hash = add_number(hash, !!spec->tell_errors);
	return add_number(hash, spec->cgroup_id);
}

static uint64_t longest(const struct dmstat_extent *extents, size_t count)
{
	uint64_t length = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (extents[i].length > length)
			length = extents[i].length;
	return length;
}

/* As the kernel computes it. */
static uint64_t area_size_of(const struct dmstat_region_spec *spec)
{
	if (spec->area_size != DMSTAT_DEFAULT)
		return spec->area_size;
	if (spec->extents_count)
		return longest(spec->extents, spec->extents_count);
	if (spec->areas != DMSTAT_DEFAULT)
		return (spec->length - 1) / spec->areas + 1;
	return spec->length;
}

uint64_t look_of_spec(const struct dmstat_region_spec *spec)
{
	const struct dmstat_extent range = { spec->start, spec->length };
	const struct dmstat_extent *first = &range, *last = &range;

	if (spec->extents_count) {
		first = spec->extents;
		last = first + spec->extents_count - 1;
	}
	return look(spec, first->start,
		    last->start + last->length - first->start,
		    area_size_of(spec));
}

uint64_t look_of_region(const struct dmstat_region *region)
{
	const struct dmstat_region_spec spec = {
		.major = region->major,
		.minor = region->minor,
		.extents_count = region->extents,
		.bounds = region->bounds,
		.bounds_count = region->bounds_count,
		.program_id = region->program_id,
		.group = region->group,
		.user_data = region->user_data,
		.user_data_size = region->user_data_size,
		.slow_ns = region->slow_ns,
		.tell_errors = region->tell_errors,
		.cgroup_id = region->cgroup_id,
	};

	return look(&spec, region->start, region->length, region->area_size);
}
