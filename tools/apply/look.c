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

uint64_t look_of_spec(const struct dmstat_region_spec *spec)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = add_number(hash, spec->major);
	hash = add_number(hash, spec->minor);
	hash = add_number(hash, spec->extents_count);
	hash = add_number(hash, spec->extents_count ? spec->extents->start :
						      spec->start);
	hash = add(hash, spec->bounds,
		   spec->bounds_count * sizeof(*spec->bounds));
	hash = add_text(hash, spec->program_id);
	hash = add_text(hash, spec->group);
	hash = add(hash, spec->user_data, spec->user_data_size);
	hash = add_number(hash, spec->slow_ns);
	hash = add_number(hash, !!spec->tell_errors);
	return add_number(hash, spec->cgroup_id);
}

uint64_t look_of_region(const struct dmstat_region *region)
{
	const struct dmstat_extent first = { region->start, 1 };
	const struct dmstat_region_spec spec = {
		.major = region->major,
		.minor = region->minor,
		.start = region->start,
		.extents = &first,
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

	return look_of_spec(&spec);
}
