// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is to be done, or was done, in words.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/plan.h"
#include "apply/show.h"
#include "apply/state.h"
#include "apply/wanted.h"
#include "out/output.h"
#include "out/unit.h"
#include "source/dm.h"

/* Room for the differences of a region, whose texts may be long. */
#define TEXT_MAX	4096

/* A text that is written piece by piece, and cut where the room ends. */
struct text {
	size_t length;
	char text[TEXT_MAX];
};

static void __attribute__((format(printf, 2, 3)))
put(struct text *text, const char *format, ...)
{
	const size_t room = sizeof(text->text) - text->length;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->text + text->length, room, format, args);
	va_end(args);
	text->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* -------------------------------------------------------------- differences */

static const struct {
	unsigned int bit;
	/* For people, and for JSON if that is another one. */
	const char *name;
	const char *key;
} names[] = {
	{ DIFFERS_DEVICE, "device", NULL },
	{ DIFFERS_KIND, "extents instead of a range, or a range instead of extents",
	  "kind" },
	{ DIFFERS_START, "start", NULL },
	{ DIFFERS_LENGTH, "length", NULL },
	{ DIFFERS_EXTENTS, "extents", NULL },
	{ DIFFERS_AREAS, "areas", NULL },
	{ DIFFERS_HISTOGRAM, "histogram", NULL },
	{ DIFFERS_CGROUP, "cgroup", NULL },
	{ DIFFERS_PROGRAM, "program", NULL },
	{ DIFFERS_GROUP, "group", NULL },
	{ DIFFERS_USER_DATA, "user data", "user_data" },
	{ DIFFERS_SLOW, "slow", NULL },
	{ DIFFERS_TELL_ERRORS, "tell errors", "tell_errors" },
	{ DIFFERS_TELL_RATE, "tell rate", "tell_rate" },
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

static void put_unit(struct text *text, enum unit unit, uint64_t from,
		     uint64_t to)
{
	char one[UNIT_TEXT_MAX], two[UNIT_TEXT_MAX];

	put(text, " %s -> %s", from ? unit_format(one, unit, from) : "none",
	    to ? unit_format(two, unit, to) : "none");
}

static void put_texts(struct text *text, const char *from, const char *to)
{
	put(text, " '%s' -> '%s'", from, to ? to : "");
}

/* A region that tells nothing has no rate. */
static void put_rate(struct text *text, uint32_t from, uint32_t to)
{
	if (from)
		put(text, " %u", from);
	else
		put(text, " none");
	put(text, " -> %u", to ? to : TELL_RATE_DEFAULT);
}

/* From what to what, where that is short. */
static void put_values(struct text *text, unsigned int bit,
		       const struct action *action,
		       const struct dmstat_region_spec *spec)
{
	const struct dmstat_region *region = action->region;
	const struct wanted *wanted = action->wanted;

	switch (bit) {
	case DIFFERS_DEVICE:
		put_texts(text, region->device_name, wanted->device_name);
		break;
	case DIFFERS_START:
		put_unit(text, UNIT_SECTORS, region->start, wanted->start);
		break;
	case DIFFERS_LENGTH:
		put_unit(text, UNIT_SECTORS, region->length, wanted->length);
		break;
	case DIFFERS_EXTENTS:
		if (region->extents != wanted->extents.count)
			put(text, " %u -> %zu", region->extents,
			    wanted->extents.count);
		break;
	case DIFFERS_PROGRAM:
		put_texts(text, region->program_id, spec->program_id);
		break;
	case DIFFERS_GROUP:
		put_texts(text, region->group, spec->group);
		break;
	case DIFFERS_SLOW:
		put_unit(text, UNIT_NS, region->slow_ns, spec->slow_ns);
		break;
	case DIFFERS_TELL_ERRORS:
		put(text, " %s", spec->tell_errors ? "no -> yes" : "yes -> no");
		break;
	case DIFFERS_TELL_RATE:
		put_rate(text, region->tell_rate, spec->tell_rate);
		break;
	}
}

static void put_differences(struct text *text, const struct action *action)
{
	struct dmstat_region_spec spec;
	const char *separator = "";
	size_t i;

	wanted_spec(action->wanted, &spec);
	for (i = 0; i < NAMES; i++) {
		if (!(action->differs & names[i].bit))
			continue;
		put(text, "%s%s", separator, names[i].name);
		put_values(text, names[i].bit, action, &spec);
		separator = ", ";
	}
}

/* ------------------------------------------------------------------ regions */

static uint64_t sectors_of(const struct extent_list *extents)
{
	uint64_t sectors = 0;
	size_t i;

	for (i = 0; i < extents->count; i++)
		sectors += extents->extents[i].length;
	return sectors;
}

/* "10 GiB in 1024 areas", "12 extents of 3.5 MiB" */
static void put_size(struct text *text, const struct wanted *wanted)
{
	const struct dmstat_region_spec *spec = &wanted->block->spec;
	const struct extent_list *extents = &wanted->extents;
	char size[UNIT_TEXT_MAX];

	if (extents->count)
		put(text, "%zu extent%s of %s", extents->count,
		    extents->count == 1 ? "" : "s",
		    unit_format(size, UNIT_SECTORS, sectors_of(extents)));
	else
		put(text, "%s", unit_format(size, UNIT_SECTORS,
					    wanted->length));
	if (spec->area_size == BLOCK_ONE_AREA)
		put(text, " in 1 area");
	else if (spec->area_size != DMSTAT_DEFAULT)
		put(text, " in areas of %s", unit_format(size, UNIT_SECTORS,
							 spec->area_size));
	else if (spec->areas != DMSTAT_DEFAULT)
		put(text, " in %" PRIu64 " areas", spec->areas);
}

/* "of /srv/file on vg-lv", "on vg-lv" */
static void put_place(struct text *text, const char *device, const char *path)
{
	if (path)
		put(text, " of %s", path);
	put(text, " on %s", device);
}

/* ------------------------------------------------------------------- actions */

/* What to do; what was done. */
static const struct {
	const char *word;
	const char *to_do;
	const char *done;
} verbs[] = {
	[ACTION_CREATE] = { "create", "would create", "created" },
	[ACTION_SET] = { "set", "would change", "changed" },
	[ACTION_REPLACE] = { "replace", "would delete and create again",
			     "deleted and created again" },
	[ACTION_DELETE] = { "delete", "would delete", "deleted" },
};

static const char *device_of(const struct action *action, char *name)
{
	if (action->wanted)
		return action->wanted->device_name;
	return mapped_name_text(name, action->region->device_name);
}

static void put_action(struct text *text, const struct action *action,
		       const struct state *state, uint32_t region_id, bool done)
{
	const char *verb = done ? verbs[action->kind].done :
				  verbs[action->kind].to_do;
	char name[MAPPED_NAME_MAX];

	put(text, "%s: %s ", action_block(action, state), verb);
	if (region_id)
		put(text, "region %u", region_id);
	else
		put(text, "a region");
	put_place(text, device_of(action, name), action_path(action, state));
	put(text, ": ");
	switch (action->kind) {
	case ACTION_CREATE:
		put_size(text, action->wanted);
		break;
	case ACTION_SET:
		put_differences(text, action);
		break;
	case ACTION_REPLACE:
		put_differences(text, action);
		put(text, "; %s from 0 again", done ? "it counts" :
		    "it would count");
		break;
	case ACTION_DELETE:
		put(text, "not asked for any more");
		break;
	}
}

static void put_object(struct output *out, const struct action *action,
		       const struct state *state, uint32_t region_id, bool done)
{
	const char *path = action_path(action, state);
	char name[MAPPED_NAME_MAX];
	size_t i;

	output_object(out, NULL);
	output_field_string(out, "action", verbs[action->kind].word);
	output_field_bool(out, "done", done);
	output_field_string(out, "block", action_block(action, state));
	output_field_string(out, "config", action->wanted ?
			    action->wanted->block->file :
			    state->made[action->made].file);
	if (region_id)
		output_field(out, "region_id", region_id);
	output_field_string(out, "device_name", device_of(action, name));
	if (path)
		output_field_string(out, "file", path);
	output_list(out, "differs");
	for (i = 0; i < NAMES; i++)
		if (action->differs & names[i].bit)
			output_field_string(out, NULL, names[i].key ?
					    names[i].key : names[i].name);
	output_list_end(out);
	output_object_end(out);
}

void show_action(struct output *out, const struct action *action,
		 const struct state *state, uint32_t region_id, bool done)
{
	struct text *text;

	if (out->json) {
		put_object(out, action, state, region_id, done);
		return;
	}
	text = calloc(1, sizeof(*text));
	if (!text)
		return;
	put_action(text, action, state, region_id, done);
	output_text(out, "%s", text->text);
	free(text);
}
