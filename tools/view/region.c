// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a region is shown.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "out/output.h"
#include "out/time_text.h"
#include "source/cgroup.h"
#include "source/dm.h"
#include "source/partition.h"
#include "source/region.h"
#include "view/missed.h"
#include "view/region.h"
#include "view/rows.h"
#include "view/who.h"

enum {
	REGION_ID,
	REGION_MAJOR,
	REGION_MINOR,
	REGION_DEVICE,
	REGION_DEVICE_SHOWN,
	REGION_PARTITION,
	REGION_START,
	REGION_LENGTH,
	REGION_AREA_SIZE,
	REGION_AREA_SIZE_SHOWN,
	REGION_AREAS,
	REGION_EXTENTS,
	REGION_MEMORY,
	REGION_CREATED,
	REGION_AGE,
	REGION_MISSED,
	REGION_CLEARS,
	REGION_CLEARED,
	REGION_CLEARED_TIME,
	REGION_RESIZES,
	REGION_PROGRAM,
	REGION_GROUP,
	REGION_GROUP_SHOWN,
	REGION_FILE,
	REGION_OWNED,
	REGION_HISTOGRAM,
	REGION_TELLS,
	REGION_SLOW,
	REGION_TELL_RATE,
	REGION_CGROUP,
	REGION_COLUMNS
};

static struct column columns[REGION_COLUMNS] = {
	[REGION_ID] = { "region_id", "ID", 4, UNIT_NONE },
	[REGION_MAJOR] = { "major", NULL, 0, UNIT_NONE },
	[REGION_MINOR] = { "minor", NULL, 0, UNIT_NONE },
	[REGION_DEVICE] = { "device_name", NULL, 0, UNIT_NONE },
	[REGION_DEVICE_SHOWN] = { NULL, "DEVICE", -6, UNIT_NONE },
	[REGION_PARTITION] = { NULL, NULL, -9, UNIT_NONE },
	[REGION_START] = { "start", "START", 9, UNIT_SECTORS },
	[REGION_LENGTH] = { "length", "LENGTH", 9, UNIT_SECTORS },
	[REGION_AREA_SIZE] = { "area_size", NULL, 0, UNIT_NONE },
	[REGION_AREA_SIZE_SHOWN] = { NULL, "AREA-SIZE", 9, UNIT_SECTORS },
	[REGION_AREAS] = { "areas", "AREAS", 9, UNIT_NONE },
	[REGION_EXTENTS] = { "extents", NULL, 7, UNIT_NONE },
	[REGION_MEMORY] = { "memory", "MEMORY", 9, UNIT_BYTES },
	[REGION_CREATED] = { "created", NULL, 0, UNIT_NONE },
	[REGION_AGE] = { NULL, "AGE", 7, UNIT_NONE },
	[REGION_MISSED] = { "missed", NULL, 6, UNIT_NONE },
	[REGION_CLEARS] = { "clears", NULL, 6, UNIT_NONE },
	[REGION_CLEARED] = { "cleared", NULL, 0, UNIT_NONE },
	[REGION_CLEARED_TIME] = { NULL, NULL, -19, UNIT_NONE },
	[REGION_RESIZES] = { "resizes", NULL, 0, UNIT_NONE },
	[REGION_PROGRAM] = { "program_id", "PROGRAM", -7, UNIT_NONE },
	[REGION_GROUP] = { "group", NULL, 0, UNIT_NONE },
	[REGION_GROUP_SHOWN] = { NULL, NULL, -5, UNIT_NONE },
	[REGION_FILE] = { NULL, NULL, -4, UNIT_NONE },
	[REGION_OWNED] = { NULL, NULL, -5, UNIT_NONE },
	[REGION_HISTOGRAM] = { NULL, NULL, -9, UNIT_NONE },
	[REGION_TELLS] = { NULL, NULL, -5, UNIT_NONE },
	[REGION_SLOW] = { "slow_ns", NULL, 0, UNIT_NS },
	[REGION_TELL_RATE] = { "tell_rate", NULL, 0, UNIT_NONE },
	[REGION_CGROUP] = { NULL, NULL, -6, UNIT_NONE },
};

/* Room for the text of histogram_text(), with its zero byte. */
#define HISTOGRAM_TEXT_MAX	(2 * UNIT_TEXT_MAX + 32)

/* "21 bins, 1 us to 524 ms", or "-". */
static char *histogram_text(char *text, const struct dmstat_region *region)
{
	char first[UNIT_TEXT_MAX], last[UNIT_TEXT_MAX];
	const uint32_t count = region->bounds_count;

	if (count > 1)
		snprintf(text, HISTOGRAM_TEXT_MAX, "%u bins, %s to %s",
			 count + 1, unit_format(first, UNIT_NS,
						region->bounds[0]),
			 unit_format(last, UNIT_NS, region->bounds[count - 1]));
	else
		snprintf(text, HISTOGRAM_TEXT_MAX, "%s%s",
			 count ? "2 bins, " : "-",
			 count ? unit_format(first, UNIT_NS,
					     region->bounds[0]) : "");
	return text;
}

char *region_tells(char *text, const struct dmstat_region *region)
{
	char slow[UNIT_TEXT_MAX] = "";

	if (region->slow_ns)
		unit_format(slow, UNIT_NS, region->slow_ns);
	snprintf(text, REGION_TELLS_MAX, "%s%s%s", slow,
		 *slow && region->tell_errors ? ", " : "",
		 region->tell_errors ? "errors" : "");
	return text;
}

/* The path of the file is shown once, although it may be the group, too. */
static const char *group_shown(const struct dmstat_region *region,
			       const char *file)
{
	return file && strcmp(file, region->group) == 0 ? "" : region->group;
}

/* The path of the cgroup, "#" and its id if it is gone, or "". */
static char *cgroup_text(char *text, const struct dmstat_region *region)
{
	text[0] = '\0';
	if (region->cgroup_id && !cgroup_path(text, region->cgroup_id))
		snprintf(text, CGROUP_PATH_MAX, "#%" PRIu64, region->cgroup_id);
	return text;
}

/* The name of the partition that a region is in, or "". */
static const char *partition_text(const struct dmstat_region *region)
{
	const struct partition *partition;

	partition = partition_at(region->major, region->minor, region->start,
				 region->length);
	return partition ? partition->name : "";
}

/* Columns that only some regions need. */
static void fit_region(const struct dmstat_region *region)
{
	char path[REGION_FILE_MAX], text[HISTOGRAM_TEXT_MAX];
	const char *file = region_file(region, path);
	char name[MAPPED_NAME_MAX], cgroup[CGROUP_PATH_MAX];

	column_fit(&columns[REGION_DEVICE_SHOWN],
		   mapped_name_text(name, region->device_name));
	if (*partition_text(region)) {
		columns[REGION_PARTITION].heading = "PARTITION";
		column_fit(&columns[REGION_PARTITION], partition_text(region));
	}
	column_fit(&columns[REGION_PROGRAM], region->program_id);
	if (*group_shown(region, file)) {
		columns[REGION_GROUP_SHOWN].heading = "GROUP";
		column_fit(&columns[REGION_GROUP_SHOWN], region->group);
	}
	if (file) {
		columns[REGION_FILE].heading = "FILE";
		column_fit(&columns[REGION_FILE], file);
	}
	if (region->bounds_count) {
		columns[REGION_HISTOGRAM].heading = "HISTOGRAM";
		column_fit(&columns[REGION_HISTOGRAM],
			   histogram_text(text, region));
	}
	if (*region_tells(text, region)) {
		columns[REGION_TELLS].heading = "TELLS";
		column_fit(&columns[REGION_TELLS], text);
	}
	if (region->cgroup_id) {
		columns[REGION_CGROUP].heading = "CGROUP";
		column_fit(&columns[REGION_CGROUP],
			   cgroup_text(cgroup, region));
	}
	if (region->owned)
		columns[REGION_OWNED].heading = "OWNED";
	if (region->extents)
		columns[REGION_EXTENTS].heading = "EXTENTS";
	if (region->missed)
		columns[REGION_MISSED].heading = "MISSED";
	if (region->clears) {
		columns[REGION_CLEARS].heading = "CLEARS";
		columns[REGION_CLEARED_TIME].heading = "CLEARED";
	}
}

static void fit(const struct region_list *list)
{
	static const int order[] = {
		REGION_CLEARED_TIME, REGION_HISTOGRAM, REGION_MEMORY,
		COLUMNS_SHRINK, REGION_CLEARS, REGION_AREA_SIZE_SHOWN, REGION_OWNED,
		REGION_EXTENTS, REGION_TELLS, REGION_AGE
	};
	size_t i;

	for (i = 0; i < list->count; i++)
		fit_region(&list->regions[i]);
	columns_fit(columns, REGION_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

static void print_bounds(struct output *out, const struct dmstat_region *region)
{
	uint32_t i;

	output_list(out, "histogram_bounds");
	for (i = 0; i < region->bounds_count; i++)
		output_field(out, NULL, region->bounds[i]);
	output_list_end(out);
}

/* ASCII without control characters, except tab and new line. */
static bool is_text(const unsigned char *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\n') ||
		    bytes[i] > '~')
			return false;
	return true;
}

static void print_user_data(struct output *out,
			    const struct dmstat_region *region)
{
	const unsigned char *bytes = region->user_data;
	size_t i, size = region->user_data_size;
	char text[2 * DMSTAT_USER_DATA_MAX + 1];

	if (!out->json || !size || size > DMSTAT_USER_DATA_MAX)
		return;
	if (is_text(bytes, size)) {
		memcpy(text, bytes, size);
		text[size] = '\0';
		output_field_string(out, "user_data", text);
		return;
	}
	for (i = 0; i < size; i++)
		sprintf(&text[2 * i], "%02x", bytes[i]);
	output_field_string(out, "user_data_hex", text);
}

static void print_values(struct output *out, const struct dmstat_region *region)
{
	char time[TIME_TEXT_MAX], age[AGE_TEXT_MAX], path[REGION_FILE_MAX];
	const char *file = region_file(region, path);
	char histogram[HISTOGRAM_TEXT_MAX], name[MAPPED_NAME_MAX];
	char tells[REGION_TELLS_MAX], cgroup[CGROUP_PATH_MAX];

	output_number(out, &columns[REGION_ID], region->region_id);
	output_number(out, &columns[REGION_MAJOR], region->major);
	output_number(out, &columns[REGION_MINOR], region->minor);
	output_string(out, &columns[REGION_DEVICE], region->device_name);
	output_string(out, &columns[REGION_DEVICE_SHOWN],
		      mapped_name_text(name, region->device_name));
	output_string(out, &columns[REGION_PARTITION], partition_text(region));
	output_number(out, &columns[REGION_START], region->start);
	output_number(out, &columns[REGION_LENGTH], region->length);
	output_number(out, &columns[REGION_AREA_SIZE], region->area_size);
	output_number(out, &columns[REGION_AREA_SIZE_SHOWN],
		      region_area_length(region));
	output_number(out, &columns[REGION_AREAS], region->areas);
	output_number(out, &columns[REGION_EXTENTS], region->extents);
	output_number(out, &columns[REGION_MEMORY], region->memory);
	output_number(out, &columns[REGION_CREATED], region->created);
	output_string(out, &columns[REGION_AGE],
		      time_age_text(age, region->created, time_now()));
	output_number(out, &columns[REGION_MISSED], region->missed);
	output_number(out, &columns[REGION_CLEARS], region->clears);
	output_number(out, &columns[REGION_CLEARED], region->cleared);
	output_string(out, &columns[REGION_CLEARED_TIME],
		      region->cleared ? time_text(time, region->cleared) : "-");
	output_number(out, &columns[REGION_RESIZES], region->resizes);
	output_string(out, &columns[REGION_PROGRAM], region->program_id);
	output_string(out, &columns[REGION_GROUP], region->group);
	output_string(out, &columns[REGION_GROUP_SHOWN],
		      group_shown(region, file));
	output_string(out, &columns[REGION_FILE], file ? file : "");
	output_string(out, &columns[REGION_OWNED], region->owned ? "yes" : "");
	output_string(out, &columns[REGION_HISTOGRAM],
		      histogram_text(histogram, region));
	output_string(out, &columns[REGION_TELLS],
		      region_tells(tells, region));
	output_number(out, &columns[REGION_SLOW], region->slow_ns);
	output_field_bool(out, "tell_errors", region->tell_errors);
	output_number(out, &columns[REGION_TELL_RATE], region->tell_rate);
	output_string(out, &columns[REGION_CGROUP],
		      cgroup_text(cgroup, region));
	if (region->cgroup_id) {
		output_field(out, "cgroup_id", region->cgroup_id);
		output_field_string(out, "cgroup", cgroup);
	}
	if (*partition_text(region))
		output_field_string(out, "partition", partition_text(region));
	output_field_bool(out, "owned", region->owned);
	if (file)
		output_field_string(out, "file", file);
	print_bounds(out, region);
	print_user_data(out, region);
}

static int print_row(struct output *out, const void *data, size_t i)
{
	const struct region_list *list = data;

	output_row(out, columns, REGION_COLUMNS);
	print_values(out, &list->regions[i]);
	return output_row_end(out);
}

void region_table(struct output *out, const struct region_list *list)
{
	fit(list);
	output_object(out, NULL);
	rows_print(out, "regions", "no regions", print_row, list, list->count);
	output_object_end(out);
	output_end(out);
}

void region_object(struct output *out, const char *key,
		   const struct dmstat_region *region)
{
	if (!out->json)
		return;
	output_object(out, key);
	print_values(out, region);
	output_object_end(out);
}

/* What programs and people call it, and what it tells: ", program p, file /f". */
static void describe_labels(char *text, size_t room,
			    const struct dmstat_region *region)
{
	char path[REGION_FILE_MAX];
	const char *file = region_file(region, path);
	const char *group = group_shown(region, file);
	char tells[REGION_TELLS_MAX], cgroup[CGROUP_PATH_MAX] = "";

	region_tells(tells, region);
	if (region->cgroup_id)
		who_cgroup_words(cgroup, region->cgroup_id);
	snprintf(text, room, "%s%s%s%s%s%s%s%s%s%s%s", *region->program_id ?
		 ", program " : "", region->program_id, *group ? ", group " :
		 "", group, file ? ", file " : "", file ? file : "",
		 *tells ? ", tells " : "", tells,
		 *cgroup ? ", cgroup " : "", cgroup,
		 region->owned ? ", until its program ends" : "");
}

uint64_t region_area_length(const struct dmstat_region *region)
{
	return region->area_size < region->length ? region->area_size :
						    region->length;
}

char *region_describe(char *text, const struct dmstat_region *region)
{
	char start[UNIT_TEXT_MAX], length[UNIT_TEXT_MAX], size[UNIT_TEXT_MAX];
	char extents[sizeof(" in 4294967295 extents")] = "";
	size_t end;

	if (region->extents)
		snprintf(extents, sizeof(extents), " in %u extent%s",
			 region->extents, region->extents == 1 ? "" : "s");
	unit_format(start, UNIT_SECTORS, region->start);
	unit_format(length, UNIT_SECTORS, region->length);
	unit_format(size, UNIT_SECTORS, region_area_length(region));
	end = snprintf(text, REGION_TEXT_MAX,
		       "%" PRIu64 " area%s of %s%s%s, start %s, %s %s",
		       region->areas, region->areas == 1 ? "" : "s",
		       region->extents ? "at most " : "", size, extents, start,
		       /* What lies between extents is not counted. */
		       region->extents ? "span" : "length", length);
	describe_labels(text + end, REGION_TEXT_MAX - end, region);
	return text;
}

void region_title(struct output *out, const struct dmstat_region *region)
{
	char text[REGION_TEXT_MAX], name[MAPPED_NAME_MAX];
	const char *partition = partition_text(region);

	output_text(out, "region %u on %s%s%s%s: %s", region->region_id,
		    mapped_name_text(name, region->device_name),
		    *partition ? " (" : "", partition, *partition ? ")" : "",
		    region_describe(text, region));
}

void region_warn_missed(const struct dmstat_region *region)
{
	missed_warn(region->missed, "region %u", region->region_id);
}
