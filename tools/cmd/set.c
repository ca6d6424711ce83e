// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl set: set what regions keep for programs, what they tell, and how
 * large they are.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/unit.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "view/region.h"

static struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
static struct user_data user_data;

/* What --tell-errors can be, in this order; -1: not given. */
#define TELL_ERRORS	"no|yes"
static unsigned int tell_errors = -1;

static void take_slow(const struct option_line *option, const char *text)
{
	if (strcmp(text, "off") == 0)
		change.slow_ns = DMSTAT_SLOW_OFF;
	else
		option_take_time(option, text);
}

/* New length of ranges, in sectors. */
static uint64_t length = DMSTAT_DEFAULT;

static struct scope scope;

static int set_region(struct output *out, struct dmstat *dmstat,
		      uint32_t region_id)
{
	const struct dmstat_region *region;
	int error;

	change.region_id = region_id;
	error = dmstat_region_set(dmstat, &change, &region);
	if (error)
		return session_failed(dmstat, error, "cannot set region %u",
				      region_id);
	region_object(out, NULL, region);
	return EXIT_SUCCESS;
}

/* The partition by which a region was named, unless it was named otherwise, too. */
static const struct scope_item *partition_of(const struct dmstat_region *region)
{
	const struct scope_item *item, *found = NULL;
	size_t i;

	for (i = 0; i < scope.count; i++) {
		item = &scope.items[i];
		if (!scope_item_has_region(item, region))
			continue;
		if (item->kind != SCOPE_PARTITION)
			return NULL;
		found = item;
	}
	return found;
}

/* A region that is named by its partition would no longer be found by that name. */
static bool refuse_outgrown(const struct dmstat_region *region)
{
	const struct scope_item *part = partition_of(region);
	char most[UNIT_TEXT_MAX];
	uint64_t room;

	if (!part || length == DMSTAT_DEFAULT)
		return false;
	room = part->range.start + part->range.length - region->start;
	if (length <= room)
		return false;
	complain("cannot set region %u: in '%s' it can have %s (%" PRIu64 " sectors): %s",
		 region->region_id, part->text,
		 unit_format(most, UNIT_SECTORS, room), room,
		 "to go beyond the partition, name the region by its id");
	return true;
}

static int set_list(struct output *out, struct dmstat *dmstat,
		    const struct region_list *list)
{
	const bool one = scope.count == 1 &&
			 scope.items[0].kind == SCOPE_REGION;
	int status = EXIT_SUCCESS;
	size_t i;

	if (!list->count)
		return scope_complain_none(&scope, NULL);
	if (!one) {
		output_object(out, NULL);
		output_list(out, "regions");
	}
	for (i = 0; i < list->count; i++)
		if (refuse_outgrown(&list->regions[i]) ||
		    set_region(out, dmstat, list->regions[i].region_id))
			status = EXIT_FAILURE;
	if (!one) {
		output_list_end(out);
		output_object_end(out);
	}
	if (!one || !status)
		output_end(out);
	return status;
}

static int set(struct output *out, struct dmstat *dmstat)
{
	struct region_list list;
	int status;

	status = scope_regions(dmstat, &scope, &list);
	if (status)
		return status;
	status = set_list(out, dmstat, &list);
	region_list_free(&list);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	const char *what = "--group, --program, --user-data, --slow or another";
	struct dmstat *dmstat;
	int status;

	if (!argc)
		usage("name what to set: regions, devices or groups");
	if (!change.program_id && !change.group && !user_data.given &&
	    !change.slow_ns && tell_errors == -1U && !change.tell_rate &&
	    length == DMSTAT_DEFAULT)
		usage("give an option: %s", what);
	if (!length)
		usage("--length is 0: a region has at least one sector");
	if (length != DMSTAT_DEFAULT)
		change.length = length;
	change.user_data = user_data.given;
	change.user_data_size = user_data.size;
	if (tell_errors != -1U)
		change.tell_errors = tell_errors ? 1 : -1;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status)
		status = set(out, dmstat);
	scope_free(&scope);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_SIZE("length", &length,
		    "how large regions are from now on; areas that stay keep\n"
		    "their counters. Not of files, which have extents"),
	OPTION_LINE("slow", "TIME", take_slow, uint64_t, &change.slow_ns,
		    "tell 'dmstat-nl monitor' and other programs of each I/O\n"
		    "that takes this long: 500us, 20ms, 1s; or of none: off"),
	OPTION_CHOICE("tell-errors", TELL_ERRORS, &tell_errors,
		      "whether to tell them of each I/O that fails"),
	OPTION_TELL_RATE(&change.tell_rate),
	OPTION_GROUP(&change.group),
	OPTIONS_LABEL(&change.program_id, &user_data),
	OPTION_END
};

const struct command set_command = {
	.name = "set",
	.summary = "set the labels of regions, what they tell, and their length",
	.forms = {
		"[--length] [--slow] [--tell-errors] [--tell-rate] [--group]\n"
		"[--program] [--user-data | --user-data-file] DEVICE|REGION|GROUP...",
	},
	.options = options,
	.notes =
	"What is not given stays as it is; '' removes it. Of a region, all change\n"
	"at the same time.",
	.json = true,
	.run = run,
};
