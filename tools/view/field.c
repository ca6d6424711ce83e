// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of a report, for libdevmapper's dm_report.
 *
 * A field is a member of struct object or struct node, and a function that
 * writes such members. dm_report sorts by a second value, which for numbers has
 * 64 bits.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/text.h"
#include "source/node.h"
#include "view/bins.h"
#include "view/field.h"
#include "view/object.h"

#define NUMBER_MAX	32

/* The largest double has some 310 digits before the point. */
#define REAL_MAX	400

/*
 * dm_report compares whole numbers only, except for sizes: those are in
 * sectors, and a number without a unit in a selection is in MiB. So numbers
 * with decimals are declared as sizes, a MiB for each 1.
 */
#define REAL_SCALE	2048.0

/* Set a field to copies of a text and of what it is sorted by. */
static int set(struct dm_pool *mem, struct dm_report_field *field,
	       const char *text, const void *sort, size_t sort_size)
{
	char *copy = dm_pool_strdup(mem, text);
	void *key = dm_pool_alloc(mem, sort_size);

	if (!copy || !key)
		return 0;
	memcpy(key, sort, sort_size);
	dm_report_field_set_value(field, copy, key);
	return 1;
}

static int set_string(const struct field_format *format, struct dm_pool *mem,
		      struct dm_report_field *field, const char *text)
{
	const char *quote = format->json ? "\"" : "";
	char *escaped = text_escaped(text, format->json);
	char *quoted = NULL;
	int done = 0;

	if (escaped && asprintf(&quoted, "%s%s%s", quote, escaped, quote) >= 0)
		done = set(mem, field, quoted, text, strlen(text) + 1);
	free(quoted);
	free(escaped);
	return done;
}

static int set_number(struct dm_pool *mem, struct dm_report_field *field,
		      uint64_t value)
{
	char text[NUMBER_MAX];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return set(mem, field, text, &value, sizeof(value));
}

/* Six decimals, without zeros at the end. */
static void write_json(char text[REAL_MAX], double value)
{
	size_t length = snprintf(text, REAL_MAX, "%.6f", value);

	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	text[length] = '\0';
}

/* A number that is not known sorts as 0. */
static int set_real(const struct field_format *format, struct dm_pool *mem,
		    struct dm_report_field *field, double value, int decimals)
{
	const double sort = isnan(value) ? 0 : value * REAL_SCALE;
	char text[REAL_MAX];

	if (isnan(value))
		snprintf(text, sizeof(text), "%s", format->json ? "null" : "");
	else if (format->json)
		write_json(text, value);
	else
		snprintf(text, sizeof(text), "%.*f", decimals, value);
	return set(mem, field, text, &sort, sizeof(sort));
}

/* Whole sectors, as dmstats has it; JSON has all decimals of sectors. */
static int set_size(const struct field_format *format, struct dm_pool *mem,
		    struct dm_report_field *field, double sectors)
{
	char text[REAL_MAX];

	if (format->json && format->unit == 's') {
		write_json(text, sectors);
		return set(mem, field, text, &sectors, sizeof(sectors));
	}
	return set(mem, field,
		   dm_size_to_string(mem, sectors, format->unit, 1,
				     format->factor, 0, DM_SIZE_UNIT),
		   &sectors, sizeof(sectors));
}

/* What dm_report calls the function of a field with. */
#define FIELD_ARGUMENTS						\
	struct dm_report *report __attribute__((unused)),	\
	struct dm_pool *mem, struct dm_report_field *field,	\
	const void *data, void *private __attribute__((unused))

static int put_string(FIELD_ARGUMENTS)
{
	return set_string(private, mem, field, *(const char *const *)data);
}

/* Sorted and selected by the whole name, however much of it is shown. */
static int put_name(FIELD_ARGUMENTS)
{
	const struct field_format *format = private;
	const char *name = *(const char *const *)data;
	char *shown;
	int done;

	if (!format->name_most)
		return set_string(format, mem, field, name);
	shown = text_shortened(name, format->name_most);
	done = shown && set(mem, field, shown, name, strlen(name) + 1);
	free(shown);
	return done;
}

static int put_number(FIELD_ARGUMENTS)
{
	return set_number(mem, field, *(const uint64_t *)data);
}

static int put_number32(FIELD_ARGUMENTS)
{
	return set_number(mem, field, *(const uint32_t *)data);
}

static int put_real(FIELD_ARGUMENTS)
{
	return set_real(private, mem, field, *(const double *)data, 2);
}

static int put_seconds(FIELD_ARGUMENTS)
{
	return set_real(private, mem, field, *(const double *)data, 6);
}

static int put_size(FIELD_ARGUMENTS)
{
	return set_size(private, mem, field, *(const uint64_t *)data);
}

static int put_sectors(FIELD_ARGUMENTS)
{
	return set_size(private, mem, field, *(const double *)data);
}

static int put_bytes(FIELD_ARGUMENTS)
{
	return set_size(private, mem, field, *(const uint64_t *)data / 512.0);
}

/* Groups and devices have a list of regions. */
static int set_region_id(const struct field_format *format,
			 struct dm_pool *mem, struct dm_report_field *field,
			 const struct object *object)
{
	char text[NUMBER_MAX];

	if (object->type == OBJECT_AREA || object->type == OBJECT_REGION)
		return set_number(mem, field, object->region_id);
	if (format->json) {
		snprintf(text, sizeof(text), "null");
		return set(mem, field, text, &object->region_id,
			   sizeof(object->region_id));
	}
	return set(mem, field, object->region_ids, &object->region_id,
		   sizeof(object->region_id));
}

static int set_group_id(const struct field_format *format,
			struct dm_pool *mem, struct dm_report_field *field,
			const struct object *object)
{
	const uint64_t none = UINT64_MAX;

	if (*object->group)
		return set_number(mem, field, object->group_id);
	return set(mem, field, format->json ? "null" : "-", &none,
		   sizeof(none));
}

static int put_region_id(FIELD_ARGUMENTS)
{
	return set_region_id(private, mem, field, data);
}

static int put_group_id(FIELD_ARGUMENTS)
{
	return set_group_id(private, mem, field, data);
}

/* Sorted and selected by all bins, however many of them are shown. */
static int set_used_bins(struct dm_pool *mem, struct dm_report_field *field,
			 const struct metrics *metrics,
			 struct bins_style style)
{
	char *shown, *all = bins_text(metrics, &style);
	int done;

	style.used = true;
	shown = bins_text(metrics, &style);
	done = all && shown && set(mem, field, shown, all, strlen(all) + 1);
	free(shown);
	free(all);
	return done;
}

static int set_bins(const struct field_format *format, struct dm_pool *mem,
		    struct dm_report_field *field, const struct object *object,
		    enum bins_value value, enum bins_bound bound)
{
	const struct bins_style style = {
		.value = value,
		.bound = bound,
		.padded = format->padded,
		.suffixes = format->suffixes,
	};
	char *text;
	int done;

	if (format->used_bins && value)
		return set_used_bins(mem, field, &object->metrics, style);
	text = bins_text(&object->metrics, &style);
	done = text && set_string(format, mem, field, text);
	free(text);
	return done;
}

static int put_counts(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_COUNT,
			BINS_NO_BOUND);
}

static int put_counts_bounds(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_COUNT,
			BINS_LOWER);
}

static int put_counts_ranges(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_COUNT,
			BINS_RANGE);
}

static int put_percents(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_PERCENT,
			BINS_NO_BOUND);
}

static int put_percents_bounds(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_PERCENT,
			BINS_LOWER);
}

static int put_percents_ranges(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_PERCENT,
			BINS_RANGE);
}

static int put_bounds(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_NO_VALUE,
			BINS_LOWER);
}

static int put_ranges(FIELD_ARGUMENTS)
{
	return set_bins(private, mem, field, data, BINS_NO_VALUE,
			BINS_RANGE);
}

static void *get_object(void *object)
{
	return object;
}

static void *get_node(void *object)
{
	return (void *)((struct object *)object)->node;
}

/* dm_report prints one title for types whose titles are the same text. */
static const char relations[] = "Mapped Device Relationship Information";
static const char statistics[] = "Mapped Device Statistics";

const struct dm_report_object_type field_types[] = {
	{ FIELD_NAME, "Mapped Device Name", "name_", get_node },
	{ FIELD_INFO, "Mapped Device Information", "info_", get_node },
	{ FIELD_DEPS, relations, "deps_", get_node },
	{ FIELD_TREE, relations, "deps_", get_node },
	{ FIELD_SPLIT, "Mapped Device Name Components", "splitname_", get_node },
	{ FIELD_STATS, statistics, "stats_", get_object },
	{ FIELD_BUSY, statistics, "stats_", get_object },
	{ FIELD_REGION, "Mapped Device Statistics Region Information",
	  "region_", get_object },
	{ FIELD_OWN, "Further Statistics of dmstat", "own_", get_object },
	{ FIELD_FLUSH, "Flushes of the Device", "flush_", get_object },
	{ 0, "", "", NULL }
};

#define NUM	DM_REPORT_FIELD_TYPE_NUMBER
#define SIZ	DM_REPORT_FIELD_TYPE_SIZE
#define STR	DM_REPORT_FIELD_TYPE_STRING
#define REAL	DM_REPORT_FIELD_TYPE_SIZE	/* see REAL_SCALE */

#define FIELD(needs, kind, offset, width, function, name, heading, what) \
	{ FIELD_ ## needs, kind, offset, width, name, heading,		\
	  put_ ## function, what },
#define NODE(needs, kind, member, width, function, name, heading, what)	\
	FIELD(needs, kind, offsetof(struct node, member), width, function, \
	      name, heading, what)
#define STAT(needs, kind, member, width, function, name, heading, what)	\
	FIELD(needs, kind, offsetof(struct object, member), width,	\
	      function, name, heading, what)
#define METRIC(needs, kind, member, width, function, name, heading, what) \
	STAT(needs, kind, metrics.member, width, function, name, heading, what)
#define WHOLE(needs, kind, width, function, name, heading, what)	\
	FIELD(needs, kind, 0, width, function, name, heading, what)

#define READ	io[DMSTAT_READ]
#define WRITE	io[DMSTAT_WRITE]
#define DISCARD	io[DMSTAT_DISCARD]

const struct dm_report_field_type fields[] = {
	NODE(NAME, STR, name, 4, string, "name", "Name",
	     "Name of mapped device.")
	NODE(NAME, STR, mangled_name, 11, string, "mangled_name", "MangledName",
	     "Mangled name of mapped device.")
	NODE(NAME, STR, name, 13, string, "unmangled_name", "UnmangledName",
	     "Unmangled name of mapped device.")
	NODE(NAME, STR, uuid, 4, string, "uuid", "UUID",
	     "Unique (optional) identifier for mapped device.")
	NODE(NAME, STR, mangled_uuid, 11, string, "mangled_uuid", "MangledUUID",
	     "Mangled unique (optional) identifier for mapped device.")
	NODE(NAME, STR, uuid, 13, string, "unmangled_uuid", "UnmangledUUID",
	     "Unmangled unique (optional) identifier for mapped device.")
	NODE(NAME, NUM, read_ahead, 6, number, "read_ahead", "RAhead",
	     "Read ahead value.")

	NODE(INFO, STR, block_name, 10, string, "blkdevname", "BlkDevName",
	     "Name of block device.")
	NODE(INFO, STR, attributes, 4, string, "attr", "Stat",
	     "(L)ive, (I)nactive, (s)uspended, (r)ead-only, read-(w)rite.")
	NODE(INFO, STR, tables, 6, string, "tables_loaded", "Tables",
	     "Which of the live and inactive table slots are filled.")
	NODE(INFO, STR, suspended, 9, string, "suspended", "Suspended",
	     "Whether the device is suspended.")
	NODE(INFO, STR, access, 9, string, "readonly", "Read-only",
	     "Whether the device is read-only or writeable.")
	NODE(INFO, STR, numbers, 5, string, "devno", "DevNo",
	     "Device major and minor numbers")
	NODE(INFO, NUM, major, 3, number32, "major", "Maj",
	     "Block device major number.")
	NODE(INFO, NUM, minor, 3, number32, "minor", "Min",
	     "Block device minor number.")
	NODE(INFO, NUM, open, 4, number, "open", "Open",
	     "Number of references to open device.")
	NODE(INFO, NUM, segments, 4, number, "segments", "Targ",
	     "Number of segments in live table, if present.")
	NODE(INFO, NUM, events, 6, number, "events", "Event",
	     "Number of most recent event.")

	NODE(DEPS, NUM, below_count, 5, number, "device_count", "#Devs",
	     "Number of devices used by this one.")
	NODE(TREE, STR, below_names, 12, string, "devs_used", "DevNamesUsed",
	     "List of names of mapped devices used by this one.")
	NODE(DEPS, STR, below_numbers, 10, string, "devnos_used", "DevNosUsed",
	     "List of device numbers of devices used by this one.")
	NODE(DEPS, STR, below_blocks, 15, string, "blkdevs_used",
	     "BlkDevNamesUsed",
	     "List of names of block devices used by this one.")
	NODE(TREE, NUM, above_count, 5, number, "device_ref_count", "#Refs",
	     "Number of mapped devices referencing this one.")
	NODE(TREE, STR, above_names, 8, string, "names_using_dev", "RefNames",
	     "List of names of mapped devices using this one.")
	NODE(TREE, STR, above_numbers, 9, string, "devnos_using_dev",
	     "RefDevNos",
	     "List of device numbers of mapped devices using this one.")

	NODE(SPLIT, STR, subsystem, 6, string, "subsystem", "Subsys",
	     "Userspace subsystem responsible for this device.")
	NODE(SPLIT, STR, vg, 4, string, "vg_name", "VG",
	     "LVM Volume Group name.")
	NODE(SPLIT, STR, lv, 4, string, "lv_name", "LV",
	     "LVM Logical Volume name.")
	NODE(SPLIT, STR, layer, 7, string, "lv_layer", "LVLayer",
	     "LVM device layer.")

	METRIC(STATS, NUM, READ.ios, 6, number, "read_count", "#Reads",
	       "Count of reads completed.")
	STAT(STATS, NUM, merged, 7, number, "reads_merged_count", "#RdMrgs",
	     "Count of read requests merged: 0.")
	METRIC(STATS, NUM, READ.sectors, 10, number, "read_sector_count",
	       "#RdSectors", "Count of sectors read.")
	METRIC(STATS, NUM, READ.ns, 9, number, "read_time", "AccRdTime",
	       "Accumulated duration of all reads (ns).")
	METRIC(STATS, NUM, WRITE.ios, 7, number, "write_count", "#Writes",
	       "Count of writes completed.")
	STAT(STATS, NUM, merged, 7, number, "writes_merged_count", "#WrMrgs",
	     "Count of write requests merged: 0.")
	METRIC(STATS, NUM, WRITE.sectors, 10, number, "write_sector_count",
	       "#WrSectors", "Count of sectors written.")
	METRIC(STATS, NUM, WRITE.ns, 9, number, "write_time", "AccWrTime",
	       "Accumulated duration of all writes (ns).")
	METRIC(STATS, NUM, in_flight, 7, number, "in_progress_count", "#InProg",
	       "Count of requests currently in progress.")
	METRIC(BUSY, NUM, busy_ns, 7, number, "io_ticks", "IoTicks",
	       "Nanoseconds with I/O in flight; summed over areas.")
	METRIC(STATS, NUM, queue_ns, 10, number, "queue_ticks", "QueueTicks",
	       "Total nanoseconds spent in queue.")
	STAT(STATS, REAL, merged_per_s, 6, real, "reads_merged_per_sec",
	     "RMrg/s", "Read requests merged per second: 0.")
	STAT(STATS, REAL, merged_per_s, 6, real, "writes_merged_per_sec",
	     "WMrg/s", "Write requests merged per second: 0.")
	METRIC(STATS, REAL, READ.per_s, 3, real, "reads_per_sec", "R/s",
	       "Reads per second.")
	METRIC(STATS, REAL, WRITE.per_s, 3, real, "writes_per_sec", "W/s",
	       "Writes per second.")
	METRIC(STATS, SIZ, READ.sectors_per_s, 5, sectors, "read_size_per_sec",
	       "RSz/s", "Size of data read per second.")
	METRIC(STATS, SIZ, WRITE.sectors_per_s, 5, sectors,
	       "write_size_per_sec", "WSz/s",
	       "Size of data written per second.")
	METRIC(STATS, SIZ, size, 7, sectors, "avg_request_size", "AvgRqSz",
	       "Average request size.")
	METRIC(STATS, REAL, queue, 5, real, "queue_size", "QSize",
	       "Average queue size.")
	METRIC(STATS, REAL, sum.mean_ms, 5, real, "await", "AWait",
	       "Average wait time (ms).")
	METRIC(STATS, REAL, READ.mean_ms, 7, real, "read_await", "RdAWait",
	       "Average read wait time (ms).")
	METRIC(STATS, REAL, WRITE.mean_ms, 7, real, "write_await", "WrAWait",
	       "Average write wait time (ms).")
	METRIC(STATS, REAL, sum.per_s, 10, real, "throughput", "Throughput",
	       "Reads and writes per second.")
	METRIC(BUSY, REAL, service_ms, 5, real, "service_time", "SvcTm",
	       "Service time (ms).")
	METRIC(BUSY, REAL, util, 5, real, "util", "Util%",
	       "Utilization; summed over areas, at most 100.")
	WHOLE(STATS, STR, 16, counts, "hist_count", "Histogram Counts",
	      "Latency histogram counts.")
	WHOLE(STATS, STR, 16, counts_bounds, "hist_count_bounds",
	      "Histogram Counts",
	      "Latency histogram counts with bin boundaries.")
	WHOLE(STATS, STR, 16, counts_ranges, "hist_count_ranges",
	      "Histogram Counts", "Latency histogram counts with bin ranges.")
	WHOLE(STATS, STR, 10, percents, "hist_percent", "Histogram%",
	      "Relative latency histogram.")
	WHOLE(STATS, STR, 10, percents_bounds, "hist_percent_bounds",
	      "Histogram%", "Relative latency histogram with bin boundaries.")
	WHOLE(STATS, STR, 10, percents_ranges, "hist_percent_ranges",
	      "Histogram%", "Relative latency histogram with bin ranges.")
	METRIC(STATS, NUM, elapsed_ns, 10, number, "interval_ns", "IntervalNs",
	       "Sampling interval in nanoseconds.")
	METRIC(STATS, REAL, elapsed_s, 8, seconds, "interval", "Interval",
	       "Sampling interval.")

	WHOLE(REGION, NUM, 4, region_id, "region_id", "RgID", "Region ID.")
	STAT(REGION, SIZ, region_start, 7, size, "region_start", "RgStart",
	     "Region start.")
	STAT(REGION, SIZ, region_length, 6, size, "region_len", "RgSize",
	     "Region length.")
	STAT(REGION, NUM, area_id, 4, number, "area_id", "ArID", "Area ID.")
	STAT(REGION, SIZ, area_start, 7, size, "area_start", "ArStart",
	     "Area offset from start of device.")
	STAT(REGION, SIZ, area_length, 6, size, "area_len", "ArSize",
	     "Area length.")
	STAT(REGION, SIZ, area_offset, 5, size, "area_offset", "ArOff",
	     "Area offset from start of region.")
	STAT(REGION, NUM, areas, 6, number, "area_count", "#Areas",
	     "Area count.")
	WHOLE(REGION, NUM, 5, group_id, "group_id", "GrpID",
	      "Group ID: the lowest ID of its regions.")
	STAT(REGION, STR, program, 6, string, "program_id", "ProgID",
	     "Program ID.")
	STAT(REGION, STR, user_data, 8, string, "user_data", "UserData",
	     "Auxiliary data.")
	STAT(REGION, NUM, precise, 7, number, "precise", "Precise",
	     "Nanosecond precision counters are enabled: 1.")
	STAT(REGION, NUM, hist_bins, 5, number, "hist_bins", "#Bins",
	     "The number of histogram bins configured.")
	WHOLE(REGION, STR, 16, bounds, "hist_bounds", "Histogram Bounds",
	      "Latency histogram bin boundaries.")
	WHOLE(REGION, STR, 16, ranges, "hist_ranges", "Histogram Ranges",
	      "Latency histogram bin ranges.")
	STAT(REGION, STR, name, 4, name, "stats_name", "Name",
	     "Stats name of current object.")
	STAT(REGION, STR, type_name, 7, string, "obj_type", "ObjType",
	     "Type of stats object being reported.")

	STAT(OWN, STR, time, 4, string, "time", "Time", "When it was read.")
	STAT(OWN, STR, partition, 9, string, "partition", "Partition",
	     "Partition that the region or area is in.")
	STAT(OWN, STR, group, 5, string, "group", "Group", "Name of the group.")
	STAT(OWN, NUM, regions, 5, number, "region_count", "#Regs",
	     "Number of regions of a group or device.")
	STAT(OWN, NUM, cleared, 7, number, "cleared", "Cleared",
	     "Whether it was cleared in the interval: 0 or 1.")
	STAT(OWN, NUM, clears, 6, number, "clears", "Clears",
	     "How often it was cleared.")
	STAT(OWN, SIZ, memory, 6, bytes, "memory", "Memory",
	     "Kernel memory that regions hold.")
	STAT(OWN, NUM, slow_ns, 7, number, "slow_ns", "SlowNs",
	     "From which time on an I/O is told, in ns; 0: none.")
	STAT(OWN, NUM, tell_errors, 8, number, "tell_errors", "TellErrs",
	     "Whether I/Os that fail are told: 0 or 1.")
	STAT(OWN, STR, cgroup, 6, string, "cgroup", "Cgroup",
	     "Control group whose I/O is counted.")
	METRIC(OWN, NUM, missed, 6, number, "missed", "Missed",
	       "I/Os not counted: no memory, its limit reached, or too many large ones.")
	METRIC(OWN, NUM, DISCARD.ios, 6, number, "discard_count", "#Discs",
	       "Count of discards completed.")
	METRIC(OWN, NUM, DISCARD.sectors, 10, number, "discard_sector_count",
	       "#DsSectors", "Count of sectors discarded.")
	METRIC(OWN, NUM, DISCARD.ns, 9, number, "discard_time", "AccDsTime",
	       "Accumulated duration of all discards (ns).")
	METRIC(OWN, REAL, DISCARD.per_s, 3, real, "discards_per_sec", "D/s",
	       "Discards per second.")
	METRIC(OWN, SIZ, DISCARD.sectors_per_s, 5, sectors,
	       "discard_size_per_sec", "DSz/s",
	       "Size of data discarded per second.")
	METRIC(OWN, REAL, DISCARD.mean_ms, 7, real, "discard_await", "DsAWait",
	       "Average discard wait time (ms).")
	METRIC(OWN, NUM, sum.errors, 6, number, "error_count", "Errors",
	       "Reads, writes and discards that failed.")
	METRIC(OWN, NUM, READ.errors, 6, number, "read_errors", "RdErrs",
	       "Reads that failed.")
	METRIC(OWN, NUM, WRITE.errors, 6, number, "write_errors", "WrErrs",
	       "Writes that failed.")
	METRIC(OWN, NUM, DISCARD.errors, 6, number, "discard_errors", "DsErrs",
	       "Discards that failed.")
	METRIC(OWN, NUM, sum.again, 5, number, "again_count", "Again",
	       "I/Os that bounced with EAGAIN.")
	METRIC(OWN, NUM, READ.again, 7, number, "read_again", "RdAgain",
	       "Reads that bounced.")
	METRIC(OWN, NUM, WRITE.again, 7, number, "write_again", "WrAgain",
	       "Writes that bounced.")
	METRIC(OWN, NUM, DISCARD.again, 7, number, "discard_again", "DsAgain",
	       "Discards that bounced.")
	METRIC(OWN, NUM, in_flight_read, 7, number, "read_in_progress",
	       "#RdProg", "Reads currently in progress.")
	METRIC(OWN, NUM, in_flight_write, 7, number, "write_in_progress",
	       "#WrProg", "Writes and discards currently in progress.")
	METRIC(OWN, REAL, sum.longest_ms, 7, real, "longest", "Longest",
	       "Longest time of an I/O, at most (ms).")
	METRIC(OWN, REAL, READ.longest_ms, 6, real, "read_longest", "RdLong",
	       "Longest time of a read, at most (ms).")
	METRIC(OWN, REAL, WRITE.longest_ms, 6, real, "write_longest", "WrLong",
	       "Longest time of a write, at most (ms).")
	METRIC(OWN, REAL, DISCARD.longest_ms, 6, real, "discard_longest",
	       "DsLong", "Longest time of a discard, at most (ms).")
	METRIC(OWN, REAL, sum.quantile_ms[0], 4, real, "p50", "P50",
	       "Time that half of all I/Os took at most (ms).")
	METRIC(OWN, REAL, sum.quantile_ms[1], 4, real, "p90", "P90",
	       "The same for 90 % of them.")
	METRIC(OWN, REAL, sum.quantile_ms[2], 4, real, "p99", "P99",
	       "The same for 99 % of them.")
	METRIC(OWN, REAL, sum.quantile_ms[3], 5, real, "p99_9", "P99.9",
	       "The same for 99.9 % of them.")
	METRIC(OWN, REAL, READ.quantile_ms[0], 5, real, "read_p50", "RdP50",
	       "Time that half of all reads took at most (ms).")
	METRIC(OWN, REAL, READ.quantile_ms[1], 5, real, "read_p90", "RdP90",
	       "The same for 90 % of them.")
	METRIC(OWN, REAL, READ.quantile_ms[2], 5, real, "read_p99", "RdP99",
	       "The same for 99 % of them.")
	METRIC(OWN, REAL, READ.quantile_ms[3], 7, real, "read_p99_9", "RdP99.9",
	       "The same for 99.9 % of them.")
	METRIC(OWN, REAL, WRITE.quantile_ms[0], 5, real, "write_p50", "WrP50",
	       "Time that half of all writes took at most (ms).")
	METRIC(OWN, REAL, WRITE.quantile_ms[1], 5, real, "write_p90", "WrP90",
	       "The same for 90 % of them.")
	METRIC(OWN, REAL, WRITE.quantile_ms[2], 5, real, "write_p99", "WrP99",
	       "The same for 99 % of them.")
	METRIC(OWN, REAL, WRITE.quantile_ms[3], 7, real, "write_p99_9",
	       "WrP99.9", "The same for 99.9 % of them.")
	METRIC(OWN, REAL, queue, 5, real, "queue", "Queue",
	       "Average number of I/Os in flight.")
	METRIC(OWN, REAL, busy, 5, real, "busy", "Busy%",
	       "Time with I/O in flight (%); of one area only.")
	METRIC(OWN, REAL, oldest_ms, 6, real, "oldest", "Oldest",
	       "Age of the device's oldest I/O in flight (ms).")

	METRIC(FLUSH, NUM, flush.ios, 8, number, "flush_count", "#Flushes",
	       "Count of flushes completed.")
	METRIC(FLUSH, NUM, flush.ns, 9, number, "flush_time", "AccFlTime",
	       "Accumulated duration of all flushes (ns).")
	METRIC(FLUSH, REAL, flush_per_s, 3, real, "flushes_per_sec", "F/s",
	       "Flushes per second.")
	METRIC(FLUSH, REAL, flush_ms, 7, real, "flush_await", "FlAWait",
	       "Average flush wait time (ms).")
	METRIC(FLUSH, REAL, flush_longest_ms, 6, real, "flush_longest",
	       "FlLong", "Longest time of a flush, at most (ms).")
	METRIC(FLUSH, REAL, flush_util, 7, real, "flush_util", "FlUtil%",
	       "Time with a flush in flight (%).")
	METRIC(FLUSH, NUM, flush.errors, 6, number, "flush_errors", "FlErrs",
	       "Flushes that failed.")
	METRIC(FLUSH, NUM, flush.again, 7, number, "flush_again", "FlAgain",
	       "Flushes that bounced.")
	METRIC(FLUSH, NUM, flush.in_flight, 7, number, "flush_in_progress",
	       "#FlProg", "Flushes currently in progress.")
	{ 0, 0, 0, 0, "", "", NULL, NULL }
};
