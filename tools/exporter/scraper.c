// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scrape: read the kernel's counters, and write them as text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/metrics.h"
#include "exporter/scraper.h"
#include "out/message.h"
#include "source/dm.h"
#include "source/interrupt.h"
#include "source/session.h"

/* As long as there is no connection: making one would load the module. */
static bool module_is_live(void)
{
	FILE *file = fopen("/sys/module/dmstat/initstate", "re");
	char state[16] = "";
	bool live;

	if (!file)
		return false;
	live = fgets(state, sizeof(state), file) && !strcmp(state, "live\n");
	fclose(file);
	return live;
}

static int open_module(struct scraper *scraper)
{
	int error = dmstat_open(&scraper->dmstat);

	if (!error)
		dmstat_autoload(scraper->dmstat, 0);
	return error;
}

static int take(struct scraper *scraper, struct reading *reading)
{
	int error;

	if (!scraper->dmstat) {
		error = module_is_live() ? open_module(scraper) : -ENOENT;
		if (error)
			return error;
	}
	return reading_take(scraper->dmstat, &scraper->scope, reading);
}

static const char *text_of(const struct scraper *scraper, int error)
{
	const char *text = "";

	/* The other one: it is just being unloaded. */
	if (error == -ENOENT || error == -EPROTONOSUPPORT)
		return "the kernel module dmstat is not loaded";
	if (scraper->dmstat)
		text = dmstat_error(scraper->dmstat);
	return *text ? text : strerror(-error);
}

/* Say it once, not at each scrape. */
static void note(struct scraper *scraper, int error)
{
	if (error && !scraper->down)
		complain("cannot read counters: %s", text_of(scraper, error));
	if (!error && scraper->down)
		complain("counters can be read again");
	scraper->down = error != 0;
}

int scraper_open(struct scraper *scraper)
{
	struct reading reading;
	int error;

	mapped_stay_silent();
	error = open_module(scraper);
	if (error) {
		session_refused(error);
		scraper->down = true;
		return error;
	}
	error = take(scraper, &reading);
	if (error)
		session_failed(scraper->dmstat, error, "counters");
	else
		reading_free(&reading);
	scraper->down = error != 0;
	return error;
}

static void write_text(struct scraper *scraper, enum exposition_format format,
		       const struct reading *reading, uint64_t ns,
		       struct exposition *text)
{
	const struct scrape scrape = {
		.ns = ns,
		.errors = __atomic_load_n(&scraper->errors, __ATOMIC_RELAXED),
		.cells = scraper->scope.cells != 0,
	};

	*text = (struct exposition){
		.format = format,
		.created = scraper->created,
	};
	metrics_write(text, reading, &scrape);
	if (exposition_end(text))
		complain("no memory for the text of all metrics");
}

int scraper_run(struct scraper *scraper, unsigned int formats,
		struct exposition texts[EXPOSITION_FORMATS])
{
	const uint64_t start = clock_ns();
	struct reading reading;
	uint64_t ns;
	int error, i;

	error = take(scraper, &reading);
	ns = clock_ns() - start;
	if (error)
		__atomic_add_fetch(&scraper->errors, 1, __ATOMIC_RELAXED);
	note(scraper, error);
	for (i = 0; i < EXPOSITION_FORMATS; i++) {
		texts[i] = (struct exposition){ .text = NULL };
		if (formats & (1U << i))
			write_text(scraper, i, error ? NULL : &reading, ns,
				   &texts[i]);
	}
	if (!error)
		reading_free(&reading);
	return error;
}

void scraper_give_up(struct scraper *scraper, enum exposition_format format,
		     struct exposition *text)
{
	__atomic_add_fetch(&scraper->errors, 1, __ATOMIC_RELAXED);
	write_text(scraper, format, NULL, 0, text);
}

void scraper_close(struct scraper *scraper)
{
	dmstat_close(scraper->dmstat);
	scraper->dmstat = NULL;
}
