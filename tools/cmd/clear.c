// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl clear: set the counters of regions to zero.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"

static bool all;
static struct scope scope;

static int clear(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_clear(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot clear region %u",
				      region_id);
	return EXIT_SUCCESS;
}

static int clear_ids(struct dmstat *dmstat, const uint32_t *ids, size_t count)
{
	int status = EXIT_SUCCESS;
	size_t i;

	for (i = 0; i < count; i++)
		if (clear(dmstat, ids[i]))
			status = EXIT_FAILURE;
	return status;
}

static int clear_list(struct dmstat *dmstat, const struct region_list *list)
{
	int error, status = EXIT_SUCCESS;
	size_t i;

	for (i = 0; i < list->count; i++) {
		error = dmstat_region_clear(dmstat, list->regions[i].region_id);
		/* It was not named, and is gone: that is as good. */
		if (error && error != -ENOENT)
			status = session_failed(dmstat, error,
						"cannot clear region %u",
						list->regions[i].region_id);
	}
	return status;
}

static int clear_scope(struct dmstat *dmstat)
{
	struct region_list list;
	int status;

	status = scope_regions(dmstat, &scope, &list);
	if (status)
		return status;
	if (!list.count && !all)
		status = scope_complain_none(&scope, NULL);
	else
		status = clear_list(dmstat, &list);
	region_list_free(&list);
	return status;
}

/* All arguments are looked up before anything is cleared. */
static int clear_all(struct dmstat *dmstat, int argc, char **argv,
		     const uint32_t *ids, size_t count)
{
	int status;

	status = scope_parse(dmstat, argc, argv, &scope);
	if (status)
		return status;
	status = clear_ids(dmstat, ids, count);
	if ((argc || !count) && clear_scope(dmstat))
		status = EXIT_FAILURE;
	scope_free(&scope);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	uint32_t *ids = NULL;
	size_t count = 0;
	int status;

	(void)out;
	scope_expect("clear", &scope, argc, all);
	if (!scope.program) {
		ids = scope_take_ids(&argc, argv, &count);
		if (!ids)
			return EXIT_FAILURE;
	}
	dmstat = session_open();
	status = dmstat ? clear_all(dmstat, argc, argv, ids, count) :
			  EXIT_FAILURE;
	dmstat_close(dmstat);
	free(ids);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("all", &all,
		    "needed if nothing is named: clear every region"),
	OPTION_PROGRAM(&scope.program),
	OPTION_END
};

const struct command clear_command = {
	.name = "clear",
	.summary = "set the counters of regions to zero",
	.forms = { "[--all] [--program] [DEVICE|REGION|GROUP]..." },
	.options = options,
	.run = run,
};
