// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl top: what all devices do, live.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/terminal.h"
#include "source/interrupt.h"
#include "source/interval.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/standard.h"
#include "source/watch.h"
#include "top/batch.h"
#include "top/live.h"

/* Areas of a device, and cells of a row, of several areas each. */
#define AREAS	512
#define CELLS	128

static uint64_t interval = 1000000000;
static uint64_t count = UINT64_MAX;	/* without end */
static uint64_t old = 1000000000;
static const char *sort = "queue";
static const char *program;
static bool batch;
static bool reverse;
static bool flat;

static enum order parse_order(void)
{
	const enum order order = order_parse(sort);

	if (order == ORDER_COUNT)
		usage("--sort '%s': give %s", sort,
		      "queue, ios, reads, writes, discards, flushes, data, read-p99, write-p99, flush-p99, busy, oldest or name");
	return order;
}

static int run_batch(struct output *out, struct watch *watch,
		     enum order order)
{
	const struct row_spec spec = {
		.order = order,
		.reverse = reverse,
		.flat = flat,
	};
	uint64_t next = clock_ns();
	uint64_t i;
	int error = 0;

	batch_begin(watch);
	for (i = 0; i < count; i++) {
		next = interval_next(next, interval);
		do {
			error = interrupt_wait(watch_fd(watch), next);
			if (error || interrupted())
				return error;
			watch_listen(watch);
		} while (clock_ns() < next);

		error = watch_read(watch);
		if (error && error != -EAGAIN)
			return error;
		error = batch_print(out, watch, &spec);
		if (error)
			return error;
	}
	return 0;
}

/* Devices and partitions have a row each; so have regions, if regions or groups are named. */
static bool wants_device(const struct dmstat_device *device, void *data)
{
	const struct scope *scope = data;

	return scope_is_all(scope) ||
	       scope_names_device(scope, device->major, device->minor);
}

static bool wants_region(const struct dmstat_region *region, void *data)
{
	const struct scope *scope = data;
	size_t i;

	for (i = 0; i < scope->count; i++)
		if ((scope->items[i].kind == SCOPE_REGION &&
		     scope->items[i].region_id == region->region_id) ||
		    (scope->items[i].kind == SCOPE_GROUP &&
		     !strcmp(scope->items[i].group, region->group)))
			return !scope->program ||
			       !strcmp(scope->program, region->program_id);
	return scope->program && !scope->count &&
	       !strcmp(scope->program, region->program_id);
}

static bool has_regions(const struct scope *scope)
{
	size_t i;

	for (i = 0; i < scope->count; i++)
		if (scope->items[i].kind == SCOPE_REGION ||
		    scope->items[i].kind == SCOPE_GROUP)
			return true;
	return scope->program;
}

static int run_watch(struct output *out, struct watch *watch, enum order order)
{
	const struct live_options live = {
		.interval_ns = interval,
		.count = count,
		.old_ns = old,
		.order = order,
		.reverse = reverse,
		.flat = flat,
	};

	/* A dumb terminal gets rows. */
	if (batch || out->json || terminal_is_dumb())
		return run_batch(out, watch, order);
	return live_run(watch, &live);
}

/* The partitions that were named; NULL: none, or no memory. */
static struct watch_part *parts_of(const struct scope *scope, size_t *count)
{
	struct watch_part *parts = calloc(scope->count + 1, sizeof(*parts));
	const struct scope_item *item;
	size_t i;

	*count = 0;
	for (i = 0; parts && i < scope->count; i++) {
		item = &scope->items[i];
		if (item->kind == SCOPE_PARTITION)
			parts[(*count)++] = (struct watch_part){
				item->major, item->minor, item->range
			};
	}
	return parts;
}

static int watch(struct output *out, struct dmstat *dmstat,
		 const struct scope *scope, enum order order)
{
	size_t parts_count;
	struct watch_part *parts = parts_of(scope, &parts_count);
	const struct watch_spec spec = {
		.areas = AREAS,
		.cells = CELLS,
		.parts = parts,
		.parts_count = parts_count,
		.wants_device = wants_device,
		.wants_region = has_regions(scope) ? wants_region : NULL,
		.data = (void *)scope,
	};
	struct watch *watch;
	int error;

	error = watch_open(dmstat, &spec, &watch);
	if (!error) {
		error = run_watch(out, watch, order);
		watch_close(watch);
	}
	free(parts);
	if (error)
		return session_failed(dmstat, error,
				      "cannot watch the devices");
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct scope scope = { 0 };
	struct dmstat *dmstat;
	enum order order;
	int status;

	order = parse_order();
	setlocale(LC_CTYPE, "");
	standard_catch();
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	scope.program = program;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status) {
		status = watch(out, dmstat, &scope, order);
		scope_free(&scope);
	}
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_INTERVAL("interval", &interval,
			"time between readings: 500ms, 10s, 1m; default: 1s"),
	OPTION_COUNT("count", &count, "end after this many intervals"),
	OPTION_STRING("sort", "KEY", &sort,
		      "what the rows are sorted by: queue (the default), ios,\n"
		      "reads, writes, discards, flushes, data, read-p99,\n"
		      "write-p99, flush-p99, busy, oldest or name"),
	OPTION_FLAG("reverse", &reverse, "the least first"),
	OPTION_FLAG("flat", &flat,
		    "no tree: disks by themselves, not below what is on them"),
	OPTION_INTERVAL("old", &old,
			"a row with I/O in flight for this long is marked;\n"
			"default: 1s"),
	OPTION_STRING("program", "ID", &program,
		      "only regions with this program id"),
	OPTION_FLAG("batch", &batch, "print rows, for a pipe"),
	OPTION_END
};

const struct command top_command = {
	.name = "top",
	.summary = "show what all devices do, live",
	.forms = {
		"[--interval] [--count] [--sort] [--reverse] [--flat] [--old]\n"
		"[--program] [--batch] [DEVICE|REGION|GROUP]..."
	},
	.options = options,
	.json = true,
	.run = run,
};
