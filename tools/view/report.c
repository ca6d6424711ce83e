// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports by libdevmapper's dm_report, which lvs(8) and dmstats(8) use, too.
 *
 * dm_report hands its lines to the log function of libdevmapper, like help and
 * errors. We collect them, so that a report that is wider than the terminal can
 * be made again with fewer fields, and for JSON.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "out/message.h"
#include "out/output.h"
#include "out/terminal.h"
#include "out/text.h"
#include "view/object.h"
#include "view/report.h"

/* Levels of libdevmapper's messages. */
#define LEVEL_MASK	7
#define LEVEL_ERROR	3
#define LEVEL_PRINT	4

#define NAMES_MAX	1024

/*
 * The usual fields. On a narrow terminal they are left out by rising rank, but
 * those of rank 0 never are.
 */
struct usual {
	const char *name;
	unsigned int rank;
};

static const struct usual usual_fields[] = {
	{ "stats_name", 0 },
	{ "region_id", 0 },
	{ "obj_type", 9 },
	{ "area_id", 0 },
	{ "area_start", 0 },
	{ "area_len", 1 },
	{ "reads_per_sec", 0 },
	{ "writes_per_sec", 0 },
	{ "read_size_per_sec", 4 },
	{ "write_size_per_sec", 5 },
	{ "read_await", 7 },
	{ "write_await", 8 },
	{ "longest", 3 },
	{ "queue_size", 6 },
	{ "util", 0 },
	{ "error_count", 2 },
	{ NULL, 0 }
};

#define HISTOGRAM "hist_count_bounds"
#define HISTOGRAM_RELATIVE "hist_percent_bounds"

/* Both have a heading that starts so. */
#define HISTOGRAM_HEADING "Histogram"

static const struct usual histogram_fields[] = {
	{ "stats_name", 0 },
	{ "region_id", 0 },
	{ "obj_type", 1 },
	{ "area_id", 0 },
	{ "area_start", 2 },
	{ "area_len", 1 },
	{ "util", 3 },
	{ "await", 4 },
	{ "p50", 5 },
	{ "p99", 6 },
	{ HISTOGRAM, 0 },
	{ NULL, 0 }
};

/* Where histograms start that do not fit beside their row. */
#define BELOW_INDENT	8

/* At least so much of a row is not its histogram: the name and the region. */
#define BESIDE_LEAST	(NAME_LEAST + 6)

#define RANKS_MAX	9

/* Long names are shortened on a narrow terminal: first to this, and in the end to that. */
#define NAME_ENOUGH	24
#define NAME_LEAST	12

/**
 * struct collected - what libdevmapper has said
 * @file: lines that it has printed; NULL: ignore them
 * @error: the first error, "" if there was none
 */
static struct {
	FILE *file;
	char error[512];
} collected;

static void collect(int level, const char *file, int line, int error,
		    const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void collect(int level, const char *file, int line, int error,
		    const char *format, ...)
{
	va_list args;

	(void)file;
	(void)line;
	(void)error;
	level &= LEVEL_MASK;
	va_start(args, format);
	if (level <= LEVEL_ERROR && !*collected.error) {
		vsnprintf(collected.error, sizeof(collected.error), format,
			  args);
	} else if (level == LEVEL_PRINT && collected.file) {
		vfprintf(collected.file, format, args);
		fputc('\n', collected.file);
	}
	va_end(args);
}

/* Add a field to a list; false: there is no room. */
static bool add_name(char text[NAMES_MAX], const char *name)
{
	const size_t length = strlen(text), room = NAMES_MAX - length;

	return snprintf(text + length, room, "%s%s", length ? "," : "", name) <
	       (int)room;
}

/* The usual fields that are not hidden, then those of -o +FIELDS. */
static const char *names(const struct report *report, char text[NAMES_MAX])
{
	const struct usual *field = report->histogram ? histogram_fields :
							usual_fields;
	const char *histogram = report->relative ? HISTOGRAM_RELATIVE :
						   HISTOGRAM;
	bool fits = true;

	if (report->fields && *report->fields != '+')
		return report->fields;
	text[0] = '\0';
	for (; field->name; field++) {
		if (field->rank && field->rank <= report->hidden)
			continue;
		if (strcmp(field->name, HISTOGRAM))
			add_name(text, field->name);
		else if (!report->below)
			add_name(text, histogram);
	}
	if (report->fields)
		fits = add_name(text, report->fields + 1);
	if (report->below)
		fits &= add_name(text, histogram);
	if (!fits)
		usage("--options: too many fields");
	return text;
}

static uint32_t output_flags(const struct report *report)
{
	uint32_t flags = DM_REPORT_OUTPUT_BUFFERED;

	if (report->format.json)
		return flags | DM_REPORT_OUTPUT_FIELD_NAME_PREFIX |
		       DM_REPORT_OUTPUT_FIELD_UNQUOTED;
	if (!report->noheadings)
		flags |= DM_REPORT_OUTPUT_HEADINGS;
	if (!report->noheadings && !report->nameprefixes && !report->separator)
		flags |= DM_REPORT_OUTPUT_ALIGNED;
	if (report->nameprefixes)
		flags |= DM_REPORT_OUTPUT_FIELD_NAME_PREFIX;
	if (report->unquoted)
		flags |= DM_REPORT_OUTPUT_FIELD_UNQUOTED;
	if (report->rows)
		flags |= DM_REPORT_OUTPUT_COLUMNS_AS_ROWS;
	return flags;
}

static const char *separator(const struct report *report)
{
	if (report->format.json)
		return ", ";
	if (report->separator)
		return report->separator;
	return report->noheadings ? ":" : " ";
}

/* Returns NULL if the options are wrong; then there is an error. */
static struct dm_report *begin(struct report *report, const char *shown)
{
	struct dm_report *engine;

	/* Statistics are what "all" means, and what can go without a prefix. */
	report->needs = FIELD_STATS | FIELD_REGION;
	*collected.error = '\0';
	dm_log_with_errno_init(collect);
	engine = dm_report_init_with_selection(&report->needs, field_types,
					       fields, shown, separator(report),
					       output_flags(report),
					       report->keys ? report->keys : "",
					       report->selection, NULL,
					       &report->format);
	if (engine)
		dm_report_set_output_field_name_prefix(engine,
						       report->format.json ?
						       "" : "dm_");
	return engine;
}

static void set_format(struct report *report, const struct output *out)
{
	struct field_format *format = &report->format;
	const char *rest, *units = report->units;

	if (!units)
		units = out->json ? "s" : "h";
	format->json = out->json;
	format->padded = !report->noheadings && !out->json;
	format->suffixes = !report->nosuffixes;
	format->factor = dm_units_to_factor(units, &format->unit, 0, &rest);
	if (!format->factor || *rest)
		usage("--units '%s': give one of h, s, b, k, m, g, t, p, e, K, M, G, T, P, E",
		      units);
}

/* Whether one of the words of a list is "help" or "?". */
static bool has_help(const char *list)
{
	size_t length;

	for (; list; list = list[length] ? list + length + 1 : NULL) {
		length = strcspn(list, ",");
		if ((length == 4 && !strncasecmp(list, "help", 4)) ||
		    (length == 1 && *list == '?'))
			return true;
	}
	return false;
}

static void refuse(const struct report *report)
	__attribute__((noreturn));

/* libdevmapper's words for a field that there is not, and the option. */
static const struct {
	const char *words;
	const char *option;
} unknown_fields[] = {
	{ "dm_report: Unrecognised field: -", "sort" },
	{ "dm_report: Unrecognised field: ", "sort" },
	{ "Unrecognised field: ", "options" },
	{ "Unrecognised selection field: ", "select" },
};

static void refuse(const struct report *report)
{
	char *error = collected.error;
	size_t i, length;

	for (i = 0; i < sizeof(unknown_fields) / sizeof(*unknown_fields); i++) {
		length = strlen(unknown_fields[i].words);
		if (strncmp(error, unknown_fields[i].words, length) == 0)
			usage("--%s: unknown field '%s': see 'dmstat-nl report -o help'",
			      unknown_fields[i].option, error + length);
	}
	length = strlen(error);
	if (length && error[length - 1] == '.')
		error[length - 1] = '\0';
	usage("--%s '%s': %s",
	      report->selection ? "select" : report->keys ? "sort" : "options",
	      report->selection ? report->selection :
	      report->keys ? report->keys : report->fields, error);
}

bool report_check(struct report *report, struct output *out)
{
	const bool help = has_help(report->fields) ||
			  has_help(report->selection);
	struct dm_report *engine;
	char text[NAMES_MAX], *lines = NULL;
	size_t size;

	set_format(report, out);
	collected.file = open_memstream(&lines, &size);
	engine = begin(report, names(report, text));
	if (collected.file)
		fclose(collected.file);
	collected.file = NULL;
	if (!engine)
		refuse(report);
	dm_report_free(engine);
	if (help && lines)
		output_raw(out, lines, strlen(lines));
	free(lines);
	return !help;
}

static int add(const struct object *object, void *engine)
{
	return dm_report_object(engine, (void *)object) ? 0 : -ENOMEM;
}

/* Set @lines to the report, which the caller frees. */
static int make(struct report *report, const struct object_source *source,
		char **lines)
{
	struct dm_report *engine;
	char text[NAMES_MAX];
	size_t size;
	int error;

	*lines = NULL;
	engine = begin(report, names(report, text));
	if (!engine)
		return -ENOMEM;
	error = objects_walk(source, add, engine);
	collected.file = error ? NULL : open_memstream(lines, &size);
	if (!error && (!collected.file || !dm_report_output(engine)))
		error = -ENOMEM;
	if (collected.file && fclose(collected.file))
		error = -ENOMEM;
	collected.file = NULL;
	dm_report_free(engine);
	return error;
}

/* Each line may end in spaces that need no room. */
static size_t trimmed(const char *line, size_t length)
{
	while (length && line[length - 1] == ' ')
		length--;
	return length;
}

/* Where histograms start in each line: if they are below, in the last column. */
static size_t histogram_column(const char *lines)
{
	const char *end = lines + strcspn(lines, "\n"), *heading = lines;
	size_t column = SIZE_MAX;

	while ((heading = strstr(heading, HISTOGRAM_HEADING)) && heading < end)
		column = heading++ - lines;
	return column;
}

/* The width of the widest line, or of what it has before a column. */
static size_t width_before(const char *lines, size_t column)
{
	size_t length, width, most = 0;

	for (; *lines; lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		width = trimmed(lines, length < column ? length : column);
		if (width > most)
			most = width;
	}
	return most;
}

static bool fits(const struct report *report, const char *lines)
{
	const size_t column = report->below ? histogram_column(lines) :
					      SIZE_MAX;

	return width_before(lines, column) <= (size_t)terminal_width();
}

/* Whether no field that is left out could make room for the histograms. */
static bool is_far_too_wide(const char *lines)
{
	const size_t column = histogram_column(lines);
	const size_t width = width_before(lines, SIZE_MAX);

	return width > column &&
	       width - column + BESIDE_LEAST > (size_t)terminal_width();
}

/* Begin again, with the histograms below the other fields. */
static void move_below(struct report *report)
{
	report->below = true;
	report->hidden = 0;
	report->format.name_most = 0;
	report->format.used_bins = true;
}

/* Shorten names, or leave out one more of the usual fields; false: no more can go. */
static bool leave_out(struct report *report)
{
	int *most = &report->format.name_most;

	/* COLUMNS may be set for a program, which needs names. */
	if (!*most && terminal_is_stdout())
		*most = NAME_ENOUGH;
	else if (report->hidden < RANKS_MAX)
		report->hidden++;
	else if (*most > NAME_LEAST)
		*most = NAME_LEAST;
	else
		return false;
	return true;
}

/* A program that has set COLUMNS reads one line for each row. */
static bool make_narrower(struct report *report, const char *lines)
{
	const bool may_fold = report->histogram && !report->below &&
			      terminal_is_stdout();

	if (!(may_fold && is_far_too_wide(lines)) && leave_out(report))
		return true;
	if (may_fold)
		move_below(report);
	return may_fold;
}

/* Narrower until the lines fit, and then for good. */
static int make_fitting(struct report *report,
			const struct object_source *source, char **lines)
{
	const bool usual = !report->fields || *report->fields == '+';
	int error;

	for (;;) {
		error = make(report, source, lines);
		if (error || !usual || report->rows || report->format.json ||
		    !(output_flags(report) & DM_REPORT_OUTPUT_ALIGNED) ||
		    fits(report, *lines) || !make_narrower(report, *lines))
			return error;
		free(*lines);
	}
}

/* As many bins in a line as the terminal has room for. */
static void print_below(struct output *out, const char *bins, size_t length)
{
	const size_t most = terminal_width();
	size_t column = most, size;

	length = trimmed(bins, length);
	for (; length; bins += size, length -= size) {
		size = strcspn(bins, ",\n");
		size = size < length ? size + 1 : length;
		if (column + size > most) {
			output_raw(out, "\n", 1);
			output_raw(out, "        ", BELOW_INDENT);
			column = BELOW_INDENT;
		}
		output_raw(out, bins, size);
		column += size;
	}
}

static void print_folded(struct output *out, const char *lines)
{
	const size_t column = histogram_column(lines);
	size_t length, before;

	for (; *lines; lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		before = length < column ? length : column;
		output_raw(out, lines, trimmed(lines, before));
		print_below(out, lines + before, length - before);
		output_raw(out, "\n", 1);
	}
}

/* The end of a JSON value in a line. */
static char *value_end(char *value)
{
	char *end = value;

	if (*end != '"')
		return end + strcspn(end, ",");
	for (end++; *end && *end != '"'; end++)
		if (*end == '\\' && end[1])
			end++;
	return *end ? end + 1 : end;
}

/* REGION_ID=1, NAME="d" */
static void print_object(struct output *out, char *line)
{
	char *name, *value, *end;

	output_object(out, NULL);
	for (name = line; *name; name = end) {
		for (value = name; *value && *value != '='; value++)
			*value = tolower(*value);
		if (*value)
			*value++ = '\0';
		end = value_end(value);
		if (*end) {
			*end++ = '\0';
			end += strspn(end, " ");
		}
		output_field_json(out, name, value);
	}
	output_object_end(out);
}

static int print_json(struct output *out, char *lines)
{
	char *line = lines;
	size_t length;

	output_list(out, "report");
	while (line && *line) {
		length = strcspn(line, "\n");
		if (line[length])
			line[length++] = '\0';
		print_object(out, line);
		line += length;
	}
	output_list_end(out);
	return 0;
}

int report_print(struct report *report, struct output *out,
		 const struct object_source *source)
{
	char *lines;
	int error;

	error = make_fitting(report, source, &lines);
	if (!error && lines && out->json)
		error = print_json(out, lines);
	else if (!error && lines && report->below)
		print_folded(out, lines);
	else if (!error && lines)
		output_raw(out, lines, strlen(lines));
	free(lines);
	return error;
}
