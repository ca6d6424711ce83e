// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: a consistent list of them, and how a region is shown.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "device.h"
#include "message.h"
#include "missed.h"
#include "output.h"
#include "region.h"
#include "session.h"
#include "time_text.h"
#include "user_data.h"

enum {
	REGION_ID,
	REGION_MAJOR,
	REGION_MINOR,
	REGION_DEVICE,
	REGION_START,
	REGION_LENGTH,
	REGION_AREA_SIZE,
	REGION_AREAS,
	REGION_EXTENTS,
	REGION_MEMORY,
	REGION_CREATED,
	REGION_MISSED,
	REGION_CLEARS,
	REGION_CLEARED,
	REGION_CLEARED_TIME,
	REGION_PROGRAM,
	REGION_COLUMNS
};

static struct column columns[REGION_COLUMNS] = {
	[REGION_ID] = { "region_id", "ID", 4, UNIT_NONE },
	[REGION_MAJOR] = { "major", NULL, 0, UNIT_NONE },
	[REGION_MINOR] = { "minor", NULL, 0, UNIT_NONE },
	[REGION_DEVICE] = { "device_name", "DEVICE", -6, UNIT_NONE },
	[REGION_START] = { "start", "START", 9, UNIT_SECTORS },
	[REGION_LENGTH] = { "length", "LENGTH", 9, UNIT_SECTORS },
	[REGION_AREA_SIZE] = { "area_size", "AREA-SIZE", 9, UNIT_SECTORS },
	[REGION_AREAS] = { "areas", "AREAS", 9, UNIT_NONE },
	[REGION_EXTENTS] = { "extents", NULL, 7, UNIT_NONE },
	[REGION_MEMORY] = { "memory", "MEMORY", 9, UNIT_BYTES },
	[REGION_CREATED] = { "created", NULL, 0, UNIT_NONE },
	[REGION_MISSED] = { "missed", NULL, 6, UNIT_NONE },
	[REGION_CLEARS] = { "clears", NULL, 6, UNIT_NONE },
	[REGION_CLEARED] = { "cleared", NULL, 0, UNIT_NONE },
	[REGION_CLEARED_TIME] = { NULL, NULL, -19, UNIT_NONE },
	[REGION_PROGRAM] = { "program_id", "PROGRAM", -7, UNIT_NONE },
};

void region_list_free(struct region_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free((char *)list->regions[i].device_name);
		free((char *)list->regions[i].program_id);
		free((void *)list->regions[i].user_data);
	}
	free(list->regions);
	list->regions = NULL;
	list->count = 0;
}

/* In the copy of a region, which still points to the original's. */
static int copy_user_data(struct dmstat_region *copy)
{
	const void *original = copy->user_data;
	void *bytes;

	if (!original)
		return 0;
	bytes = malloc(copy->user_data_size);
	copy->user_data = bytes;
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, original, copy->user_data_size);
	return 0;
}

static int collect(const struct dmstat_region *region, void *data)
{
	struct region_list *list = data;
	struct dmstat_region *copy;

	copy = array_grow(list->regions, list->count, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	list->regions = copy;

	copy += list->count++;
	*copy = *region;
	copy->device_name = strdup(region->device_name);
	copy->program_id = strdup(region->program_id);
	if (copy_user_data(copy))
		return -ENOMEM;
	return copy->device_name && copy->program_id ? 0 : -ENOMEM;
}

int region_list_get(struct dmstat *dmstat, const char *text,
		    struct region_list *list)
{
	struct dmstat_region_filter filter = { .struct_size = sizeof(filter) };
	int attempts = WALK_ATTEMPTS;
	int error;

	list->regions = NULL;
	list->count = 0;
	if (device_filter(dmstat, text, &filter))
		return EXIT_FAILURE;

	do {
		region_list_free(list);
		error = dmstat_regions(dmstat, &filter, collect, list);
	} while (error == -EAGAIN && --attempts);

	if (error) {
		session_failed(dmstat, error, "cannot list the regions");
		region_list_free(list);
		return EXIT_FAILURE;
	}
	return 0;
}

void region_fit(const struct region_list *list)
{
	static const int order[] = {
		REGION_CLEARED_TIME, REGION_MEMORY, COLUMNS_SHRINK,
		REGION_CLEARS, REGION_AREA_SIZE, REGION_EXTENTS
	};
	size_t i;

	for (i = 0; i < list->count; i++) {
		column_fit(&columns[REGION_DEVICE],
			   list->regions[i].device_name);
		column_fit(&columns[REGION_PROGRAM],
			   list->regions[i].program_id);
		if (list->regions[i].extents)
			columns[REGION_EXTENTS].heading = "EXTENTS";
		if (list->regions[i].missed)
			columns[REGION_MISSED].heading = "MISSED";
		if (list->regions[i].clears) {
			columns[REGION_CLEARS].heading = "CLEARS";
			columns[REGION_CLEARED_TIME].heading = "CLEARED";
		}
	}
	columns_fit(columns, REGION_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

void region_row(struct output *out)
{
	output_row(out, columns, REGION_COLUMNS);
}

static void bounds_value(struct output *out, const struct dmstat_region *region)
{
	uint32_t i;

	output_list(out, "histogram_bounds");
	for (i = 0; i < region->bounds_count; i++)
		output_list_number(out, region->bounds[i]);
	output_list_end(out);
}

void region_values(struct output *out, const struct dmstat_region *region)
{
	char time[TIME_TEXT_MAX];

	output_number(out, &columns[REGION_ID], region->region_id);
	output_number(out, &columns[REGION_MAJOR], region->major);
	output_number(out, &columns[REGION_MINOR], region->minor);
	output_string(out, &columns[REGION_DEVICE], region->device_name);
	output_number(out, &columns[REGION_START], region->start);
	output_number(out, &columns[REGION_LENGTH], region->length);
	output_number(out, &columns[REGION_AREA_SIZE], region->area_size);
	output_number(out, &columns[REGION_AREAS], region->areas);
	output_number(out, &columns[REGION_EXTENTS], region->extents);
	output_number(out, &columns[REGION_MEMORY], region->memory);
	output_number(out, &columns[REGION_CREATED], region->created);
	output_number(out, &columns[REGION_MISSED], region->missed);
	output_number(out, &columns[REGION_CLEARS], region->clears);
	output_number(out, &columns[REGION_CLEARED], region->cleared);
	output_string(out, &columns[REGION_CLEARED_TIME],
		      region->cleared ? time_text(time, region->cleared) : "-");
	output_string(out, &columns[REGION_PROGRAM], region->program_id);
	bounds_value(out, region);
	if (out->json)
		user_data_value(out, region);
}

char *region_describe(char *text, const struct dmstat_region *region)
{
	char start[UNIT_TEXT_MAX], length[UNIT_TEXT_MAX], size[UNIT_TEXT_MAX];
	char extents[sizeof(" in 4294967295 extents")] = "";
	bool program = region->program_id[0];

	if (region->extents)
		snprintf(extents, sizeof(extents), " in %u extent%s",
			 region->extents, region->extents == 1 ? "" : "s");
	unit_format(start, UNIT_SECTORS, region->start);
	unit_format(length, UNIT_SECTORS, region->length);
	unit_format(size, UNIT_SECTORS, region->area_size);
	snprintf(text, REGION_TEXT_MAX,
		 "%" PRIu64 " area%s of %s%s%s, start %s, %s %s%s%s",
		 region->areas, region->areas == 1 ? "" : "s",
		 region->extents ? "at most " : "", size, extents, start,
		 /* There may be much between extents that is not counted. */
		 region->extents ? "span" : "length", length,
		 program ? ", program " : "",
		 program ? region->program_id : "");
	return text;
}

int region_check_areas(const struct dmstat_region *region,
		       const struct dmstat_area_query *query)
{
	if (query->first == DMSTAT_DEFAULT ||
	    (query->first < region->areas &&
	     query->count <= region->areas - query->first))
		return 0;
	complain("region %u has %" PRIu64 " area%s, numbered from 0: there is no area %" PRIu64,
		 region->region_id, region->areas,
		 region->areas == 1 ? "" : "s",
		 query->first < region->areas ?
		 query->first + query->count - 1 : query->first);
	return EXIT_FAILURE;
}

void region_warn_missed(const struct dmstat_region *region)
{
	missed_warn(region->missed, "region %u", region->region_id);
}
