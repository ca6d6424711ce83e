// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl delete: delete regions.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/device.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"

static bool all;
static struct scope scope;

static int delete_region(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_delete(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot delete region %u",
				      region_id);
	return EXIT_SUCCESS;
}

/* In one request if all exist; else one by one, to say which does not. */
static int delete_some(struct dmstat *dmstat, const uint32_t *ids, size_t count)
{
	int status = EXIT_SUCCESS;
	size_t i;

	if (count > 1 && !dmstat_regions_delete_ids(dmstat, ids, count))
		return EXIT_SUCCESS;
	for (i = 0; i < count; i++)
		if (delete_region(dmstat, ids[i]))
			status = EXIT_FAILURE;
	return status;
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* As dmstat_regions_delete_ids() wants them: rising, without duplicates. */
static size_t sort_ids(uint32_t *ids, size_t count)
{
	size_t i, unique = 0;

	qsort(ids, count, sizeof(*ids), compare_ids);
	for (i = 0; i < count; i++)
		if (!i || ids[i] != ids[i - 1])
			ids[unique++] = ids[i];
	return unique;
}

static int delete_ids(struct dmstat *dmstat, const uint32_t *ids, size_t count)
{
	int status = EXIT_SUCCESS;
	size_t n;

	for (; count; ids += n, count -= n) {
		n = count < DMSTAT_DELETE_MAX ? count : DMSTAT_DELETE_MAX;
		if (delete_some(dmstat, ids, n))
			status = EXIT_FAILURE;
	}
	return status;
}

/* @item: what the filter was made of, or NULL. */
static int delete_matching(struct dmstat *dmstat,
			   const struct dmstat_region_filter *filter,
			   const struct scope_item *item)
{
	int error = dmstat_regions_delete(dmstat, filter, NULL);

	if (!error)
		return EXIT_SUCCESS;
	if (error != -ENOENT)
		return session_failed(dmstat, error, "cannot delete regions");
	/* With --all there may be none, but a program id may be mistyped. */
	if (all && !filter->program_id)
		return EXIT_SUCCESS;
	return scope_complain_none(&scope, item);
}

/* Device by device. */
static int delete_everything(struct dmstat *dmstat)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct device_list list;
	int status;
	size_t i;

	status = device_list_get(dmstat, &list);
	if (status)
		return status;
	filter.by_device = 1;
	for (i = 0; i < list.count; i++) {
		if (!list.devices[i].regions)
			continue;
		filter.major = list.devices[i].major;
		filter.minor = list.devices[i].minor;
		if (delete_matching(dmstat, &filter, NULL))
			status = EXIT_FAILURE;
	}
	device_list_free(&list);
	return status;
}

/* A region that was named, if it has the program id. */
static int delete_one(struct dmstat *dmstat, uint32_t region_id)
{
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_get(dmstat, region_id, &region);
	if (!error && !scope_has_region(&scope, region)) {
		complain("region %u has not the program id '%s'", region_id,
			 scope.program);
		return EXIT_FAILURE;
	}
	return delete_region(dmstat, region_id);
}

static bool is_of_item(const struct dmstat_region *region, const void *item)
{
	return scope_item_has_region(item, region);
}

/* The kernel knows no partitions: one by one. */
static int delete_partition(struct dmstat *dmstat,
			    const struct dmstat_region_filter *filter,
			    const struct scope_item *item)
{
	struct region_list list;
	uint32_t *ids;
	int status;
	size_t i;

	status = region_list_get(dmstat, filter, is_of_item, item, &list);
	if (status)
		return status;
	ids = calloc(list.count + 1, sizeof(*ids));
	for (i = 0; ids && i < list.count; i++)
		ids[i] = list.regions[i].region_id;
	if (!ids)
		status = session_failed(dmstat, -ENOMEM, "'%s'", item->text);
	else if (list.count)
		status = delete_ids(dmstat, ids, sort_ids(ids, list.count));
	else if (!all || filter->program_id)
		status = scope_complain_none(&scope, item);
	free(ids);
	region_list_free(&list);
	return status;
}

static int delete_item(struct dmstat *dmstat, const struct scope_item *item)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;

	filter.program_id = scope.program;
	switch (item->kind) {
	case SCOPE_REGION:
		return delete_one(dmstat, item->region_id);
	case SCOPE_DEVICE:
	case SCOPE_PARTITION:
		filter.by_device = 1;
		filter.major = item->major;
		filter.minor = item->minor;
		break;
	case SCOPE_GROUP:
		filter.group = item->group;
		break;
	}
	if (item->kind == SCOPE_PARTITION)
		return delete_partition(dmstat, &filter, item);
	return delete_matching(dmstat, &filter, item);
}

/* What scope_parse() found; regions that are created meanwhile, too. */
static int delete_scope(struct dmstat *dmstat)
{
	struct dmstat_region_filter filter;
	int status = EXIT_SUCCESS;
	size_t i;

	if (scope_is_all(&scope))
		return delete_everything(dmstat);
	if (!scope.count) {
		scope_filter(&scope, &filter);
		return delete_matching(dmstat, &filter, NULL);
	}
	for (i = 0; i < scope.count; i++)
		if (!scope_is_repeated(&scope, i) &&
		    delete_item(dmstat, &scope.items[i]))
			status = EXIT_FAILURE;
	return status;
}

/* All arguments are looked up before anything is deleted. */
static int delete_all(struct dmstat *dmstat, int argc, char **argv,
		      const uint32_t *ids, size_t count)
{
	int status;

	status = scope_parse(dmstat, argc, argv, &scope);
	if (status)
		return status;
	status = delete_ids(dmstat, ids, count);
	if ((argc || !count) && delete_scope(dmstat))
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
	scope_expect("delete", &scope, argc, all);
	if (!scope.program) {
		ids = scope_take_ids(&argc, argv, &count);
		if (!ids)
			return EXIT_FAILURE;
		count = sort_ids(ids, count);
	}
	dmstat = session_open();
	status = dmstat ? delete_all(dmstat, argc, argv, ids, count) :
			  EXIT_FAILURE;
	dmstat_close(dmstat);
	free(ids);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("all", &all,
		    "needed if nothing is named: delete every region; with\n"
		    "names, it is no error that they have no region"),
	OPTION_PROGRAM(&scope.program),
	OPTION_END
};

const struct command delete_command = {
	.name = "delete",
	.summary = "delete regions",
	.forms = { "[--all] [--program] [DEVICE|REGION|GROUP]..." },
	.options = options,
	.run = run,
};
