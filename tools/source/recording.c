// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: what "report --json --interval" prints, an object a line.
 *
 * The file is parsed as it is read, so that one that is no recording is refused
 * at its first wrong character, whatever its size. What a line says is checked
 * before any of it is used.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "out/message.h"
#include "out/progress.h"
#include "source/dm.h"
#include "source/frame.h"
#include "source/recording.h"

#define PIECE	(256 * 1024)

/**
 * struct reader - a recording that is read
 * @name: its name, for messages
 * @fd: the file
 * @size: its size, 0 if it is no regular file
 * @done: how much of it was read
 * @line: the number of the line, from 1
 * @begun: the line has something in it
 * @complete: and the object in it has ended
 * @time: of the last interval
 * @tokener: the parser
 * @wanted: as of recording_read()
 * @argc: as of recording_read()
 * @argv: as of recording_read()
 * @sink: as of recording_read()
 * @region: of the line; @areas of it come next
 * @sectors: of all areas of @region
 * @progress: how long it has taken
 */
struct reader {
	const char *name;
	int fd;
	off_t size;
	off_t done;
	uint64_t line;
	bool begun;
	bool complete;
	uint64_t time;
	struct json_tokener *tokener;
	bool (*wanted)(const struct dmstat_region *region, int argc,
		       char **argv);
	int argc;
	char **argv;
	const struct frame_sink *sink;
	struct dmstat_region region;
	uint64_t sectors;
	struct progress progress;
};

/* Say what is wrong with the line. */
static int __attribute__((format(printf, 2, 3)))
refuse(struct reader *reader, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	progress_end(&reader->progress);
	complain("%s: line %" PRIu64 ": %s", reader->name, reader->line, text);
	return 1;
}

/*
 * The member of an object, which must have the type @type. @where is what the
 * object is, for the message.
 */
static struct json_object *member(struct reader *reader,
				  struct json_object *object, const char *where,
				  const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value)) {
		refuse(reader, "%s has no \"%s\"", where, key);
		return NULL;
	}
	if (!json_object_is_type(value, type)) {
		refuse(reader, "\"%s\" of %s is no %s", key, where,
		       type == json_type_int ? "whole number" :
		       json_type_to_name(type));
		return NULL;
	}
	return value;
}

/* A whole number that is not below @least nor above @most. */
static int number_between(struct reader *reader, struct json_object *object,
			  const char *where, const char *key, uint64_t least,
			  uint64_t most, uint64_t *number)
{
	struct json_object *value = member(reader, object, where, key,
					   json_type_int);

	if (!value)
		return 1;
	*number = json_object_get_uint64(value);
	if (json_object_get_int64(value) < 0 || *number < least ||
	    *number > most)
		return refuse(reader, "\"%s\" of %s is %s: it must be %" PRIu64
			      " to %" PRIu64, key, where,
			      json_object_get_string(value), least, most);
	return 0;
}

static int number_of(struct reader *reader, struct json_object *object,
		     const char *where, const char *key, uint64_t *number)
{
	return number_between(reader, object, where, key, 0, INT64_MAX, number);
}

/* The bins of an operation; those that saw nothing may be missing. */
static int parse_histogram(struct reader *reader, struct json_object *io,
			   const char *where,
			   struct dmstat_histogram *histogram)
{
	const uint32_t bins = reader->region.bounds_count + 1;
	struct json_object *list, *bin;
	size_t i;

	*histogram = (struct dmstat_histogram) { .bins = bins };
	if (bins == 1 || !json_object_object_get_ex(io, "histogram", &list))
		return 0;
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) != bins)
		return refuse(reader, "\"histogram\" of %s is no list of %u bins",
			      where, bins);
	for (i = 0; i < bins; i++) {
		bin = json_object_array_get_idx(list, i);
		if (!json_object_is_type(bin, json_type_object))
			return refuse(reader, "a bin of %s is no object", where);
		if (number_of(reader, bin, "a bin", "ios", &histogram->ios[i]))
			return 1;
	}
	return 0;
}

static int parse_io(struct reader *reader, struct json_object *area,
		    const char *key, struct dmstat_io *io,
		    struct dmstat_histogram *histogram)
{
	struct json_object *object = member(reader, area, "an area", key,
					    json_type_object);
	char where[32];

	*io = (struct dmstat_io) { 0 };
	if (!object)
		return 1;
	snprintf(where, sizeof(where), "a \"%s\"", key);
	if (number_of(reader, object, where, "ios", &io->ios) ||
	    number_of(reader, object, where, "sectors", &io->sectors) ||
	    number_of(reader, object, where, "ns", &io->ns) ||
	    number_of(reader, object, where, "errors", &io->errors))
		return 1;
	return parse_histogram(reader, object, where, histogram);
}

/* An area of extents says where it is; others follow each other. */
static int parse_place(struct reader *reader, struct json_object *object,
		       struct dmstat_area *area, uint64_t *offset)
{
	const struct dmstat_region *region = &reader->region;
	uint64_t left;

	if (!json_object_object_get_ex(object, "offset", NULL)) {
		*offset = area->index * region->area_size;
		left = reader->sectors - *offset;
		area->length = left < region->area_size ? left :
							  region->area_size;
		area->start = region->start + *offset;
		return 0;
	}
	return number_between(reader, object, "an area", "offset", 0,
			      reader->sectors - 1, offset) ||
	       number_between(reader, object, "an area", "length", 1,
			      reader->sectors - *offset, &area->length) ||
	       number_of(reader, object, "an area", "start", &area->start);
}

static int parse_area(struct reader *reader, struct json_object *object)
{
	uint64_t offset;
	struct dmstat_histogram histograms[3];
	struct dmstat_io read, write, discard;
	struct dmstat_area area = {
		.region_id = reader->region.region_id,
		.areas = 1,
		.read = &read,
		.write = &write,
		.discard = &discard,
		.histogram = {
			&histograms[DMSTAT_READ], &histograms[DMSTAT_WRITE],
			&histograms[DMSTAT_DISCARD],
		},
	};

	if (!json_object_is_type(object, json_type_object))
		return refuse(reader, "an area is no object");
	if (number_between(reader, object, "an area", "index", 0,
			   reader->region.areas - 1, &area.index) ||
	    parse_io(reader, object, "read", &read, &histograms[DMSTAT_READ]) ||
	    parse_io(reader, object, "write", &write,
		     &histograms[DMSTAT_WRITE]) ||
	    parse_io(reader, object, "discard", &discard,
		     &histograms[DMSTAT_DISCARD]))
		return 1;
	return parse_place(reader, object, &area, &offset) ||
	       reader->sink->area(reader->sink->data, &area, offset);
}

static int parse_bounds(struct reader *reader, struct json_object *object)
{
	struct dmstat_region *region = &reader->region;
	struct json_object *list, *bound;
	size_t i, count;

	if (!json_object_object_get_ex(object, "bounds_ns", &list))
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return refuse(reader, "\"bounds_ns\" is no list");
	count = json_object_array_length(list);
	if (count > DMSTAT_BOUNDS_MAX)
		return refuse(reader, "\"bounds_ns\" has %zu bounds, more than %d",
			      count, DMSTAT_BOUNDS_MAX);
	for (i = 0; i < count; i++) {
		bound = json_object_array_get_idx(list, i);
		if (!json_object_is_type(bound, json_type_int) ||
		    json_object_get_int64(bound) <= 0)
			return refuse(reader, "\"bounds_ns\" are no times");
		region->bounds[i] = json_object_get_uint64(bound);
		if (i && region->bounds[i] <= region->bounds[i - 1])
			return refuse(reader, "\"bounds_ns\" do not rise");
	}
	region->bounds_count = count;
	return 0;
}

/* A number of a region that may be missing: it is 0 then. */
static int optional_number(struct reader *reader, struct json_object *object,
			   const char *key, uint64_t *number)
{
	*number = 0;
	return json_object_object_get_ex(object, key, NULL) &&
	       number_of(reader, object, "a region", key, number);
}

/* A text that may be missing. */
static int text_of(struct reader *reader, struct json_object *object,
		   const char *key, const char **text)
{
	struct json_object *value;

	*text = "";
	if (!json_object_object_get_ex(object, key, &value))
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return refuse(reader, "\"%s\" of a region is no string", key);
	*text = json_object_get_string(value);
	return 0;
}

/* Of all areas: a region of extents says so, as its length is their reach. */
static int parse_sectors(struct reader *reader, struct json_object *object)
{
	const struct dmstat_region *region = &reader->region;
	const uint64_t full = region->areas * region->area_size;

	reader->sectors = full < region->length ? full : region->length;
	if (reader->sectors <= (region->areas - 1) * region->area_size &&
	    !json_object_object_get_ex(object, "sectors", NULL))
		return refuse(reader, "%" PRIu64 " areas of %" PRIu64
			      " sectors are more than the %" PRIu64
			      " of the region", region->areas,
			      region->area_size, region->length);
	return json_object_object_get_ex(object, "sectors", NULL) &&
	       number_between(reader, object, "a region", "sectors",
			      region->areas, full, &reader->sectors);
}

static int parse_region_values(struct reader *reader,
			       struct json_object *object)
{
	static const char where[] = "a region";
	struct dmstat_region *region = &reader->region;
	struct json_object *device;
	uint64_t id, major, minor, extents;

	*region = (struct dmstat_region) { 0 };
	device = member(reader, object, where, "device", json_type_string);
	if (!device ||
	    number_between(reader, object, where, "region_id", 1, UINT32_MAX,
			   &id) ||
	    number_between(reader, object, where, "major", 0, UINT32_MAX,
			   &major) ||
	    number_between(reader, object, where, "minor", 0, UINT32_MAX,
			   &minor) ||
	    number_of(reader, object, where, "start", &region->start) ||
	    number_between(reader, object, where, "length", 1, INT64_MAX,
			   &region->length) ||
	    number_between(reader, object, where, "area_size", 1, INT64_MAX,
			   &region->area_size) ||
	    number_between(reader, object, where, "areas_count", 1, UINT32_MAX,
			   &region->areas) ||
	    text_of(reader, object, "group", &region->group) ||
	    text_of(reader, object, "program_id", &region->program_id) ||
	    optional_number(reader, object, "extents", &extents) ||
	    parse_bounds(reader, object))
		return 1;
	if (region->area_size > INT64_MAX / region->areas)
		return refuse(reader, "%" PRIu64 " areas of %" PRIu64
			      " sectors are larger than a device can be",
			      region->areas, region->area_size);
	if (parse_sectors(reader, object))
		return 1;
	region->device_name = json_object_get_string(device);
	region->region_id = id;
	region->major = major;
	region->minor = minor;
	region->extents = extents;
	return 0;
}

static int parse_region(struct reader *reader, struct json_object *object)
{
	struct json_object *areas;
	uint64_t device_size;
	size_t i, count;
	int ret;

	if (!json_object_is_type(object, json_type_object))
		return refuse(reader, "a region is no object");
	if (parse_region_values(reader, object) ||
	    optional_number(reader, object, "device_size", &device_size))
		return 1;
	areas = member(reader, object, "a region", "areas", json_type_array);
	if (!areas)
		return 1;
	if (reader->wanted &&
	    !reader->wanted(&reader->region, reader->argc, reader->argv))
		return 0;

	ret = reader->sink->region(reader->sink->data, &reader->region,
				   device_size, reader->sectors);
	count = json_object_array_length(areas);
	for (i = 0; !ret && i < count; i++)
		ret = parse_area(reader, json_object_array_get_idx(areas, i));
	return ret;
}

static int parse_interval(struct reader *reader, struct json_object *object)
{
	struct json_object *regions;
	uint64_t time, elapsed_ns;
	size_t i, count;
	int ret;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, "time", NULL) ||
	    !json_object_object_get_ex(object, "regions", NULL))
		return refuse(reader, "no interval, as report --json --interval prints");
	if (number_between(reader, object, "an interval", "time", 1, INT64_MAX,
			   &time) ||
	    number_between(reader, object, "an interval", "elapsed_ns", 1,
			   time, &elapsed_ns))
		return 1;
	if (time < reader->time)
		return refuse(reader, "its time is before that of the line before");
	reader->time = time;
	regions = member(reader, object, "an interval", "regions",
			 json_type_array);
	if (!regions)
		return 1;

	ret = reader->sink->begin(reader->sink->data, time, elapsed_ns);
	count = json_object_array_length(regions);
	for (i = 0; !ret && i < count; i++)
		ret = parse_region(reader,
				   json_object_array_get_idx(regions, i));
	return ret ? ret : reader->sink->end(reader->sink->data);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Parse a piece of a line, without the new line at its end. */
static int parse_piece(struct reader *reader, const char *piece, size_t length)
{
	struct json_object *object;
	enum json_tokener_error error;
	size_t used = 0;
	int ret;

	while (used < length && (!reader->begun || reader->complete) &&
	       is_space(piece[used]))
		used++;
	if (used == length)
		return 0;
	if (reader->complete)
		return refuse(reader, "there is more after the end of the object");

	reader->begun = true;
	object = json_tokener_parse_ex(reader->tokener, piece + used,
				       length - used);
	error = json_tokener_get_error(reader->tokener);
	if (error == json_tokener_continue)
		return 0;
	if (!object)
		return refuse(reader, "this is no JSON: %s",
			      json_tokener_error_desc(error));

	reader->complete = true;
	used += json_tokener_get_parse_end(reader->tokener);
	ret = parse_interval(reader, object);
	json_object_put(object);
	if (ret)
		return ret;
	return parse_piece(reader, piece + used, length - used);
}

static int end_line(struct reader *reader)
{
	if (reader->begun && !reader->complete)
		return refuse(reader, "it ends in the middle of an object");
	reader->begun = false;
	reader->complete = false;
	json_tokener_reset(reader->tokener);
	return 0;
}

/* The file has ended; it is whole if its last line has. */
static int end_file(struct reader *reader)
{
	if (!reader->begun || reader->complete)
		return 0;
	if (reader->line == 1)
		return refuse(reader, "cut off");
	return refuse(reader, "cut off; the lines before it are whole: head -n %"
		      PRIu64 " FILE | dmstat-nl heat --from -",
		      reader->line - 1);
}

static int parse_lines(struct reader *reader, const char *piece, size_t length)
{
	const char *end;
	int ret;

	while ((end = memchr(piece, '\n', length))) {
		ret = parse_piece(reader, piece, end - piece);
		if (!ret)
			ret = end_line(reader);
		if (ret)
			return ret;
		reader->line++;
		length -= end + 1 - piece;
		piece = end + 1;
	}
	return parse_piece(reader, piece, length);
}

static void say_how_far(struct reader *reader)
{
	if (!progress_due(&reader->progress))
		return;
	if (reader->size)
		progress_say(&reader->progress,
			     "%s: %.0f %% read, %" PRIu64 " intervals",
			     reader->name, 100.0 * reader->done / reader->size,
			     reader->line - 1);
	else
		progress_say(&reader->progress, "%s: %" PRIu64
			     " intervals read", reader->name, reader->line - 1);
}

static int read_file(struct reader *reader, char *piece)
{
	ssize_t length;
	int ret;

	for (;;) {
		length = read(reader->fd, piece, PIECE);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0) {
			complain("%s: cannot be read: %s", reader->name,
				 strerror(errno));
			return 1;
		}
		if (!length)
			return end_file(reader);
		reader->done += length;
		ret = parse_lines(reader, piece, length);
		if (ret)
			return ret;
		say_how_far(reader);
	}
}

static int open_file(struct reader *reader, const char *path)
{
	struct stat stat;

	if (!strcmp(path, "-")) {
		reader->name = "standard input";
		reader->fd = STDIN_FILENO;
	} else {
		reader->name = path;
		reader->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (reader->fd < 0 || fstat(reader->fd, &stat)) {
		complain("%s: cannot be opened: %s", reader->name,
			 strerror(errno));
		return 1;
	}
	if (S_ISREG(stat.st_mode))
		reader->size = stat.st_size;
	return 0;
}

int recording_read(const char *path,
		   bool (*wanted)(const struct dmstat_region *region, int argc,
				  char **argv),
		   int argc, char **argv, const struct frame_sink *sink)
{
	struct reader reader = {
		.line = 1,
		.wanted = wanted,
		.argc = argc,
		.argv = argv,
		.sink = sink,
	};
	char *piece;
	int ret = 1;

	if (open_file(&reader, path))
		return 1;
	piece = malloc(PIECE);
	reader.tokener = json_tokener_new();
	if (piece && reader.tokener) {
		progress_begin(&reader.progress);
		ret = read_file(&reader, piece);
		progress_end(&reader.progress);
	} else {
		complain("out of memory");
	}
	if (reader.tokener)
		json_tokener_free(reader.tokener);
	free(piece);
	if (reader.fd != STDIN_FILENO)
		close(reader.fd);
	return ret;
}

/* Whether a word is VG/LV, and the name the one that LVM makes of it. */
static bool is_lvm_path(const char *word, const char *name)
{
	bool slash = false;

	for (; *word; word++) {
		if (*word == '/') {
			if (slash)
				return false;
			slash = true;
		}
		if (*name++ != (*word == '/' ? '-' : *word))
			return false;
		if (*word == '-' && *name++ != '-')
			return false;
	}
	return slash && !*name;
}

static bool is_device(const struct dmstat_region *region, const char *word)
{
	static const char dev[] = "/dev/", mapper[] = "mapper/";
	char numbers[32], shown[MAPPED_NAME_MAX];

	snprintf(numbers, sizeof(numbers), "%u:%u", region->major,
		 region->minor);
	if (!strcmp(word, numbers))
		return true;
	if (!strncmp(word, dev, strlen(dev))) {
		word += strlen(dev);
		if (!strncmp(word, mapper, strlen(mapper)))
			return !strcmp(word + strlen(mapper),
				       region->device_name);
	}
	return !strcmp(word, region->device_name) ||
	       !strcmp(word, mapped_name_text(shown, region->device_name)) ||
	       is_lvm_path(word, region->device_name);
}

static bool is_named(const struct dmstat_region *region, const char *word)
{
	static const char by_id[] = "region:", by_group[] = "group:";
	char id[16];

	snprintf(id, sizeof(id), "%u", region->region_id);
	if (!strncmp(word, by_id, strlen(by_id)))
		return !strcmp(word + strlen(by_id), id);
	if (!strncmp(word, by_group, strlen(by_group)))
		return !strcmp(word + strlen(by_group), region->group);
	return !strcmp(word, id) || is_device(region, word) ||
	       (*word && !strcmp(word, region->group));
}

bool recording_has(const struct dmstat_region *region, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		if (is_named(region, argv[i]))
			return true;
	return argc == 0;
}
