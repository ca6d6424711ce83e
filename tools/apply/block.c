// SPDX-License-Identifier: GPL-2.0-only
/*
 * A block of a configuration file: its keys, what each takes, and which of them
 * go together.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdevmapper.h>

#include "apply/block.h"
#include "apply/near.h"
#include "apply/scan.h"
#include "arg/number.h"
#include "arg/size.h"
#include "out/message.h"
#include "source/array.h"

enum key {
	KEY_DEVICES,
	KEY_UUIDS,
	KEY_TYPES,
	KEY_FILES,
	KEY_RECURSIVE,
	KEY_FOLLOW,
	KEY_SEGMENTS,
	KEY_START,
	KEY_LENGTH,
	KEY_AREAS,
	KEY_AREA_SIZE,
	KEY_HISTOGRAM,
	KEY_SLOW,
	KEY_TELL_ERRORS,
	KEY_TELL_RATE,
	KEY_CGROUP,
	KEY_PROGRAM,
	KEY_GROUP,
	KEY_USER_DATA,
	KEY_USER_DATA_FILE,
	KEYS
};

#define BIT(key)	(1U << (key))

/* Room for a number as text. */
#define NUMBER_MAX	24

/* --------------------------------------------------------------- complaints */

/* Room for what a function that takes a value says is wrong. */
#define WRONG_MAX	256

static void complain_line(struct reading *reading, unsigned int line,
			  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain_line(struct reading *reading, unsigned int line,
			  const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	complain("%s:%u: %s", reading->file, line, text);
	reading->errors++;
}

/* ------------------------------------------------------------------- values */

/* A value: of which key, what it says, and where it is. */
struct value {
	const char *key;
	const struct dm_config_value *value;
	struct reading *reading;
};

static unsigned int line_of(const struct value *value)
{
	return value->reading->words[value->reading->next].line;
}

/* Complain about a value. */
static void wrong(const struct value *value, const char *text,
		  const char *why)
{
	if (text)
		complain_line(value->reading, line_of(value), "%s: '%s': %s",
			      value->key, text, why);
	else
		complain_line(value->reading, line_of(value), "%s: %s",
			      value->key, why);
}

/* The value's text; a number as it is written. NULL after a complaint. */
static const char *text_of(const struct value *value, char number[NUMBER_MAX])
{
	switch (value->value->type) {
	case DM_CFG_STRING:
		return value->value->v.str;
	case DM_CFG_INT:
		snprintf(number, NUMBER_MAX, "%" PRId64, value->value->v.i);
		return number;
	default:
		wrong(value, NULL, "give a number, or a text in quotation marks");
		return NULL;
	}
}

/* Complain unless nothing is wrong. */
static void check(const struct value *value, const char *text,
		  const char *why)
{
	if (why)
		wrong(value, text, why);
}

static void take_size(const struct value *value, uint64_t *size)
{
	char number[NUMBER_MAX];
	const char *text = text_of(value, number);

	if (text)
		check(value, text, size_parse(text, size));
}

/* The length of something, which has at least one sector. */
static void take_length(const struct value *value, uint64_t *length)
{
	char number[NUMBER_MAX];
	const char *text = text_of(value, number);
	const char *why;

	if (!text)
		return;
	why = size_parse(text, length);
	if (!why && !*length)
		why = "give a sector or more";
	check(value, text, why);
}

static void take_number(const struct value *value, uint64_t *result,
			uint64_t most)
{
	char number[NUMBER_MAX];
	const char *text = text_of(value, number);
	const char *why;

	if (!text)
		return;
	why = number_parse(text, result);
	if (!why && !*result)
		why = "give 1 or more";
	if (!why && *result > most)
		why = "too large";
	check(value, text, why);
}

static void take_time(const struct value *value, uint64_t *ns)
{
	char number[NUMBER_MAX];
	const char *text = text_of(value, number);

	if (text)
		check(value, text, time_text_parse(text, ns));
}

/* 0 and 1, or a word: "yes", "off", as libdevmapper has them. */
static bool take_flag(const struct value *value)
{
	struct dm_config_node node = { "flag", NULL, NULL, NULL, NULL, 0 };

	node.v = (struct dm_config_value *)value->value;
	if (dm_config_value_is_bool(value->value) &&
	    (value->value->type != DM_CFG_INT ||
	     (value->value->v.i >= 0 && value->value->v.i <= 1)))
		return dm_config_find_bool(&node, "flag", 0);
	wrong(value, NULL, "give 1 for yes, or 0 for no");
	return false;
}

/* A text of at most @most bytes; NULL after a complaint. */
static char *take_text(const struct value *value, size_t most)
{
	char why[WRONG_MAX], *text;

	if (value->value->type != DM_CFG_STRING) {
		wrong(value, NULL, "give a text in quotation marks");
		return NULL;
	}
	if (strlen(value->value->v.str) > most) {
		snprintf(why, sizeof(why),
			 "the text has %zu bytes: at most %zu are possible",
			 strlen(value->value->v.str), most);
		wrong(value, NULL, why);
		return NULL;
	}
	text = strdup(value->value->v.str);
	if (!text)
		wrong(value, NULL, "no memory");
	return text;
}

static void take_follow(const struct value *value, enum follow *follow)
{
	char number[NUMBER_MAX];
	const char *text = text_of(value, number);

	if (!text)
		return;
	if (strcmp(text, "inode") == 0)
		*follow = FOLLOW_INODE;
	else if (strcmp(text, "path") == 0)
		*follow = FOLLOW_PATH;
	else
		wrong(value, text, "give \"inode\" or \"path\"");
}

/* ------------------------------------------------------------------- lists */

/* "dm-3", "/dev/dm-3", "253:3": whatever device has that number. */
static bool is_device_number(const char *text)
{
	unsigned int number;
	int end = 0;

	if (sscanf(text, "%9u:%9u%n", &number, &number, &end) == 2)
		return !text[end];
	if (strncmp(text, "/dev/", 5) == 0)
		text += 5;
	return sscanf(text, "dm-%9u%n", &number, &end) == 1 && !text[end];
}

/* Return: what is wrong with a pattern, or NULL. */
static const char *check_pattern(enum key key, const char *text)
{
	if (!*text)
		return "an empty text matches nothing";
	if (key == KEY_FILES && *text != '/')
		return "give the whole path, from / on";
	if (key == KEY_DEVICES && is_device_number(text))
		return "another device after a reboot: give the name that 'dmsetup info' shows";
	return NULL;
}

static void take_pattern(const struct value *value, enum key key,
			 struct patterns *patterns)
{
	char **texts, *text = take_text(value, SIZE_MAX);

	if (!text)
		return;
	check(value, *text ? text : NULL, check_pattern(key, text));
	texts = array_grow(patterns->texts, patterns->count, sizeof(*texts));
	if (!texts) {
		wrong(value, NULL, "no memory");
		free(text);
		return;
	}
	patterns->texts = texts;
	texts[patterns->count++] = text;
}

/* "1ms,10ms", as on the command line, or one of several. */
static void take_bounds(const struct value *value, struct bounds *bounds)
{
	char number[NUMBER_MAX], one[NUMBER_MAX];
	const char *text = text_of(value, number);
	size_t length;
	bool done = !text;

	if (text && strcmp(text, BOUNDS_AUTOMATIC) == 0) {
		if (bounds->count || value->value->next)
			wrong(value, text, "give it alone");
		bounds_automatic(bounds);
		return;
	}
	for (; !done; text += length + 1) {
		length = strcspn(text, ",");
		snprintf(one, sizeof(one), "%.*s", (int)length, text);
		check(value, one, length < sizeof(one) ?
		      bounds_add(bounds, one) : "not a time");
		done = !text[length];
	}
}

static bool is_list(enum key key)
{
	return key <= KEY_FILES || key == KEY_HISTOGRAM;
}

/* One value of a key that takes a list. */
static void take_of_list(const struct value *value, enum key key,
			 struct block *block)
{
	switch (key) {
	case KEY_DEVICES:
		take_pattern(value, key, &block->devices);
		break;
	case KEY_UUIDS:
		take_pattern(value, key, &block->uuids);
		break;
	case KEY_TYPES:
		take_pattern(value, key, &block->types);
		break;
	case KEY_FILES:
		take_pattern(value, key, &block->files);
		break;
	default:
		take_bounds(value, &block->bounds);
	}
}

/* -------------------------------------------------------------------- keys */

static void read_user_data(const struct value *value, const char *path,
			   struct user_data *data)
{
	if (*path != '/')
		wrong(value, path, "give the whole path, from / on");
	else
		check(value, path, user_data_read(data, path));
	if (data->size > DMSTAT_USER_DATA_MAX)
		wrong(value, path,
		      "the file has more than 4096 bytes, the most that is possible");
}

static void take_user_data(const struct value *value, enum key key,
			   struct block *block)
{
	char *text = take_text(value, key == KEY_USER_DATA ?
			       DMSTAT_USER_DATA_MAX : SIZE_MAX);

	if (!text)
		return;
	if (!block->user_data)
		block->user_data = calloc(1, sizeof(*block->user_data));
	if (!block->user_data)
		wrong(value, NULL, "no memory");
	else if (key == KEY_USER_DATA_FILE)
		read_user_data(value, text, block->user_data);
	else if (!block->user_data->given)
		user_data_text(block->user_data, text);
	free(text);
}

/* The value of a key that takes one. */
static void take_single(const struct value *value, enum key key,
			struct block *block)
{
	struct dmstat_region_spec *spec = &block->spec;
	uint64_t rate = 0;

	switch (key) {
	case KEY_RECURSIVE:
		block->flat = !take_flag(value);
		break;
	case KEY_FOLLOW:
		take_follow(value, &block->follow);
		break;
	case KEY_SEGMENTS:
		block->segments = take_flag(value);
		break;
	case KEY_START:
		take_size(value, &spec->start);
		break;
	case KEY_LENGTH:
		take_length(value, &spec->length);
		break;
	case KEY_AREAS:
		take_number(value, &spec->areas, UINT32_MAX);
		break;
	case KEY_AREA_SIZE:
		take_length(value, &spec->area_size);
		break;
	case KEY_SLOW:
		take_time(value, &spec->slow_ns);
		break;
	case KEY_TELL_ERRORS:
		spec->tell_errors = take_flag(value);
		break;
	case KEY_TELL_RATE:
		take_number(value, &rate, UINT32_MAX);
		spec->tell_rate = rate;
		break;
	case KEY_CGROUP:
		block->cgroup = take_text(value, SIZE_MAX);
		break;
	case KEY_PROGRAM:
		block->program = take_text(value, DMSTAT_PROGRAM_ID_MAX);
		break;
	case KEY_GROUP:
		block->group = take_text(value, DMSTAT_GROUP_MAX);
		break;
	default:
		take_user_data(value, key, block);
	}
}

static const char *const names[KEYS] = {
	[KEY_DEVICES] = "devices",
	[KEY_UUIDS] = "uuids",
	[KEY_TYPES] = "types",
	[KEY_FILES] = "files",
	[KEY_RECURSIVE] = "recursive",
	[KEY_FOLLOW] = "follow",
	[KEY_SEGMENTS] = "segments",
	[KEY_START] = "start",
	[KEY_LENGTH] = "length",
	[KEY_AREAS] = "areas",
	[KEY_AREA_SIZE] = "area_size",
	[KEY_HISTOGRAM] = "histogram",
	[KEY_SLOW] = "slow",
	[KEY_TELL_ERRORS] = "tell_errors",
	[KEY_TELL_RATE] = "tell_rate",
	[KEY_CGROUP] = "cgroup",
	[KEY_PROGRAM] = "program",
	[KEY_GROUP] = "group",
	[KEY_USER_DATA] = "user_data",
	[KEY_USER_DATA_FILE] = "user_data_file",
};

/* ----------------------------------------------------------- unknown keys */

/* What people may mean by a key that is unknown; NULL if that is not clear. */
static const char *key_near(const char *name)
{
	static const struct {
		const char *name;
		enum key meant;
	} others[] = {
		{ "device", KEY_DEVICES }, { "names", KEY_DEVICES },
		{ "lvs", KEY_DEVICES }, { "volumes", KEY_DEVICES },
		{ "paths", KEY_FILES }, { "folders", KEY_FILES },
		{ "directories", KEY_FILES }, { "bounds", KEY_HISTOGRAM },
		{ "histograms", KEY_HISTOGRAM }, { "program_id", KEY_PROGRAM },
		{ "areasize", KEY_AREA_SIZE }, { "alias", KEY_GROUP },
		{ "targets", KEY_TYPES }, { "size", KEY_LENGTH },
	};
	size_t i, best = 0, least = SIZE_MAX, far;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].name, name) == 0)
			return names[others[i].meant];
	for (i = 0; i < KEYS; i++) {
		far = near_distance(name, names[i]);
		if (far < least) {
			least = far;
			best = i;
		}
	}
	/* At most every third letter is wrong. */
	return least <= strlen(names[best]) / 3 ? names[best] : NULL;
}

static void refuse_key(struct reading *reading, unsigned int line,
		       const char *name)
{
	const char *meant = key_near(name);
	char all[WRONG_MAX];
	size_t i, end = 0;

	if (meant) {
		complain_line(reading, line,
			      "unknown key '%s': do you mean '%s'?", name,
			      meant);
		return;
	}
	for (i = 0; i < KEYS; i++)
		end += snprintf(all + end, sizeof(all) - end, "%s%s", i ? ", " :
				"", names[i]);
	complain_line(reading, line, "unknown key '%s'; there are %s", name,
		      all);
}

/* ---------------------------------------------------------- a whole block */

static bool has(const struct block *block, enum key key)
{
	return block->given & BIT(key);
}

/* The first of the keys in a set that the block has, or NULL. */
static const char *first_of(const struct block *block, uint32_t keys)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (block->given & keys & BIT(i))
			return names[i];
	return NULL;
}

/* Complain if keys do not go together, or one is missing. */
static void check_keys(struct reading *reading, const struct block *block)
{
	const uint32_t of_devices = BIT(KEY_DEVICES) | BIT(KEY_UUIDS) |
				    BIT(KEY_TYPES);
	const uint32_t of_ranges = BIT(KEY_START) | BIT(KEY_LENGTH) |
				   BIT(KEY_AREAS);
	const uint32_t of_files = BIT(KEY_RECURSIVE) | BIT(KEY_FOLLOW);
	const char *devices = first_of(block, of_devices);
	const unsigned int line = block->line;

	if (!devices && !has(block, KEY_FILES))
		complain_line(reading, line,
			      "the block '%s' names nothing: give it devices, uuids, types or files",
			      block->name);
	if (devices && has(block, KEY_FILES))
		complain_line(reading, line,
			      "the block '%s' has %s and files: make two blocks of it",
			      block->name, devices);
	if (!has(block, KEY_FILES) && first_of(block, of_files))
		complain_line(reading, line,
			      "the block '%s' has %s, which is for files: it names none",
			      block->name, first_of(block, of_files));
	if (has(block, KEY_FILES) && has(block, KEY_SEGMENTS))
		complain_line(reading, line,
			      "the block '%s' has files and segments: give one of them",
			      block->name);
	if ((has(block, KEY_FILES) || block->segments) &&
	    first_of(block, of_ranges))
		complain_line(reading, line,
			      "the block '%s' has %s and %s: with %s each extent is an area, or is cut by area_size",
			      block->name, block->segments ? "segments" :
			      "files", first_of(block, of_ranges),
			      block->segments ? "segments" : "files");
	if (has(block, KEY_AREAS) && has(block, KEY_AREA_SIZE))
		complain_line(reading, line,
			      "the block '%s' has areas and area_size: give one of them",
			      block->name);
	if (has(block, KEY_USER_DATA) && has(block, KEY_USER_DATA_FILE))
		complain_line(reading, line,
			      "the block '%s' has user_data and user_data_file: give one of them",
			      block->name);
	if (has(block, KEY_TELL_RATE) && !block->spec.slow_ns &&
	    !block->spec.tell_errors)
		complain_line(reading, line,
			      "the block '%s' has tell_rate, but tells nothing: give it slow or tell_errors",
			      block->name);
}

static enum key find_key(const char *name)
{
	int key;

	for (key = 0; key < KEYS; key++)
		if (strcmp(names[key], name) == 0)
			break;
	return key;
}

/* Take the values of a key; the reading is behind them then. */
static void take_values(struct reading *reading,
			const struct dm_config_node *node, enum key key,
			struct block *block)
{
	const unsigned int line = reading->words[reading->next - 1].line;
	struct value value = { node->key, node->v, reading };

	if (node->v->type == DM_CFG_EMPTY_ARRAY) {
		complain_line(reading, line,
			      "%s: the list is empty: leave it out",
			      node->key);
		return;
	}
	if (node->v->next && key < KEYS && !is_list(key)) {
		complain_line(reading, line, "%s: give one value, not a list",
			      node->key);
		key = KEYS;
	}
	for (; value.value; value.value = value.value->next, reading->next++) {
		if (key < KEYS && is_list(key))
			take_of_list(&value, key, block);
		else if (key < KEYS)
			take_single(&value, key, block);
	}
}

static void read_key(struct reading *reading,
		     const struct dm_config_node *node, struct block *block)
{
	const unsigned int line = reading->words[reading->next++].line;
	enum key key = find_key(node->key);

	if (key == KEYS) {
		refuse_key(reading, line, node->key);
	} else if (has(block, key)) {
		complain_line(reading, line, "%s is there twice", node->key);
		key = KEYS;
	} else {
		block->given |= BIT(key);
	}
	take_values(reading, node, key, block);
}

/* Areas keep their size when the device grows: one area must have room for that. */
static void set_areas(struct block *block)
{
	struct dmstat_region_spec *spec = &block->spec;

	if (has(block, KEY_FILES) || block->segments ||
	    spec->area_size != DMSTAT_DEFAULT ||
	    (spec->areas != DMSTAT_DEFAULT && spec->areas != 1))
		return;
	spec->areas = DMSTAT_DEFAULT;
	spec->area_size = BLOCK_ONE_AREA;
}

/* Have the description point to what the block has. */
static void set_spec(struct block *block)
{
	struct dmstat_region_spec *spec = &block->spec;

	set_areas(block);
	spec->program_id = block->program;
	spec->group = block->group;
	if (block->user_data) {
		spec->user_data = block->user_data->given;
		spec->user_data_size = block->user_data->size;
	}
	spec->bounds_count = block->bounds.count;
}

int block_read(struct reading *reading, const struct dm_config_node *node,
	       struct block *block)
{
	const struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dm_config_node *child;

	*block = (struct block){
		.name = strdup(node->key),
		.file = reading->file,
		.line = reading->words[reading->next++].line,
		.spec = spec,
	};
	if (!block->name)
		return -ENOMEM;
	for (child = node->child; child; child = child->sib)
		read_key(reading, child, block);
	check_keys(reading, block);
	set_spec(block);
	return 0;
}

static void patterns_free(struct patterns *patterns)
{
	size_t i;

	for (i = 0; i < patterns->count; i++)
		free(patterns->texts[i]);
	free(patterns->texts);
}

void block_free(struct block *block)
{
	patterns_free(&block->devices);
	patterns_free(&block->uuids);
	patterns_free(&block->types);
	patterns_free(&block->files);
	free(block->name);
	free(block->cgroup);
	free(block->program);
	free(block->group);
	free(block->user_data);
}
