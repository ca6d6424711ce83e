// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl top: what all devices do, live.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/terminal.h"
#include "source/interrupt.h"
#include "source/session.h"
#include "source/watch.h"
#include "top/batch.h"

/* Areas of a device, and cells of a row, of several areas each. */
#define AREAS	512
#define CELLS	128

static uint64_t interval = 1000000000;
static uint64_t count = UINT64_MAX;	/* without end */
static uint64_t old = 1000000000;
static const char *sort = "queue";
static bool batch;
static bool reverse;

static enum order parse_order(void)
{
	const enum order order = order_parse(sort);

	if (order == ORDER_COUNT)
		usage("--sort takes no '%s': see 'dmstat-nl help top'", sort);
	return order;
}

static int run_batch(struct output *out, struct watch *watch,
		     enum order order)
{
	uint64_t next = clock_ns();
	uint64_t i, now;
	int error = 0;

	batch_begin(watch);
	for (i = 0; i < count; i++) {
		/* If we fell behind, skip the missed intervals. */
		now = clock_ns();
		next += interval;
		if (next < now)
			next = now;
		do {
			error = interrupt_wait(watch_fd(watch), next);
			if (error || interrupted())
				return error;
			watch_listen(watch);
		} while (clock_ns() < next);

		error = watch_read(watch);
		if (error && error != -EAGAIN)
			return error;
		error = batch_print(out, watch, order, reverse);
		if (error)
			return error;
	}
	return 0;
}

static int run(struct output *out, int argc, char **argv)
{
	const struct watch_spec spec = { .areas = AREAS, .cells = CELLS };
	struct dmstat *dmstat;
	enum order order;
	struct watch *watch;
	int error;

	order = parse_order();
	arguments_expect(argc, argv, 0, 0, "");
	setlocale(LC_CTYPE, "");
	interrupt_catch();
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	error = watch_open(dmstat, &spec, &watch);
	if (!error) {
		error = run_batch(out, watch, order);
		watch_close(watch);
	}
	if (error)
		session_failed(dmstat, error, "cannot watch the devices");
	dmstat_close(dmstat);
	return error ? EXIT_FAILURE : EXIT_SUCCESS;
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
	OPTION_INTERVAL("old", &old,
			"I/O in flight for this long is shown in red;\n"
			"default: 1s"),
	OPTION_FLAG("batch", &batch, "print rows, for a pipe"),
	OPTION_END
};

const struct command top_command = {
	.name = "top",
	.summary = "show what all devices do, live",
	.forms = { "[--interval] [--count] [--sort] [--reverse] [--old] [--batch]" },
	.options = options,
	.json = true,
	.run = run,
};
