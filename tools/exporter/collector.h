/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that scrapes, so that a scrape that hangs in the kernel keeps one
 * thread, and no client, waiting. All that ask while it works share the next
 * scrape.
 */
#ifndef DMSTAT_EXPORTER_COLLECTOR_H
#define DMSTAT_EXPORTER_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/exposition.h"
#include "exporter/scraper.h"

/** struct collector - the thread; opaque */
struct collector;

/**
 * struct collection - what the thread has scraped
 * @number: number of the scrape, from 1
 * @texts: its texts, as of scraper_run(); the caller frees what @text points to
 */
struct collection {
	uint64_t number;
	struct exposition texts[EXPOSITION_FORMATS];
};

/**
 * collector_start() - start the thread
 * @scraper: what it is to use
 *
 * Return: the collector; NULL, out of memory or threads.
 */
struct collector *collector_start(struct scraper *scraper);

/** collector_fd() - a descriptor for poll(), readable when there is a scrape */
int collector_fd(const struct collector *collector);

/**
 * collector_want() - ask for a scrape that starts after this call
 * @collector: the collector
 * @format: the format
 *
 * Return: its number.
 */
uint64_t collector_want(struct collector *collector,
			enum exposition_format format);

/**
 * collector_take() - take what was scraped
 * @collector: the collector
 * @collection: set to it
 *
 * Return: whether there was any. The next scrape does not start before.
 */
bool collector_take(struct collector *collector, struct collection *collection);

/** collector_busy_since() - clock_ns() at the start of a running scrape, or 0 */
uint64_t collector_busy_since(struct collector *collector);

/**
 * collector_stop() - stop the thread, and free it
 * @collector: the collector
 *
 * Return: whether it was stopped; false: it hangs in the kernel, and keeps using
 * the scraper and what it was given.
 */
bool collector_stop(struct collector *collector);

#endif /* DMSTAT_EXPORTER_COLLECTOR_H */
