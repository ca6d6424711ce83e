/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scrape: read the kernel's counters, and write them as text.
 */
#ifndef DMSTAT_EXPORTER_SCRAPER_H
#define DMSTAT_EXPORTER_SCRAPER_H

#include <stdbool.h>
#include <stdint.h>

#include <dmstat.h>

#include "exporter/exposition.h"
#include "exporter/reading.h"

/**
 * struct scraper - what scrapes need
 * @scope: what to read
 * @created: whether counters have the time at which they started
 * @dmstat: the connection to the module; NULL as long as there was none
 * @down: whether the last scrape failed
 * @errors: how many have failed; any thread may read and add to it, by __atomic
 */
struct scraper {
	struct reading_scope scope;
	bool created;
	struct dmstat *dmstat;
	bool down;
	uint64_t errors;
};

/**
 * scraper_open() - load the module, and try to read
 * @scraper: the scraper
 *
 * Later scrapes do not load the module: whoever unloads it wants that.
 *
 * Return: 0; a negative error number after saying why.
 */
int scraper_open(struct scraper *scraper);

/**
 * scraper_run() - scrape once, and say on stderr if that fails or works again
 * @scraper: the scraper; in one thread at a time
 * @formats: a bit for each format that is wanted
 * @texts: set to the text in each of these formats; if there is no memory, or
 *         for others, to one whose @text is NULL
 *
 * Return: 0; a negative error number if the kernel's counters are not in it.
 */
int scraper_run(struct scraper *scraper, unsigned int formats,
		struct exposition texts[EXPOSITION_FORMATS]);

/**
 * scraper_give_up() - write the text of a scrape that took too long
 * @scraper: the scraper, which another thread may be using
 * @format: its format
 * @text: set to the text
 */
void scraper_give_up(struct scraper *scraper, enum exposition_format format,
		     struct exposition *text);

/** scraper_close() - close the connection */
void scraper_close(struct scraper *scraper);

#endif /* DMSTAT_EXPORTER_SCRAPER_H */
