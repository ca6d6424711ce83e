// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl set: set the group, program id or user data of regions.
 */
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "view/region.h"

static struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
static struct user_data user_data;
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
		if (set_region(out, dmstat, list->regions[i].region_id))
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
	struct dmstat *dmstat;
	int status;

	if (!argc)
		usage("name what to set: regions, devices or groups");
	if (!change.program_id && !change.group && !user_data.given)
		usage("give --group, --program, --user-data or --user-data-file");
	change.user_data = user_data.given;
	change.user_data_size = user_data.size;

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
	OPTION_GROUP(&change.group),
	OPTIONS_LABEL(&change.program_id, &user_data),
	OPTION_END
};

const struct command set_command = {
	.name = "set",
	.summary = "set the group, program id or user data of regions",
	.forms = {
		"[--group] [--program]\n"
		"[--user-data | --user-data-file] DEVICE|REGION|GROUP...",
	},
	.options = options,
	.notes =
	"What is not given stays as it is; '' removes it. Of a region, all change\n"
	"at the same time.",
	.json = true,
	.run = run,
};
