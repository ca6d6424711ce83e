/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metrics in a file, for the textfile collector of node_exporter.
 */
#ifndef DMSTAT_EXPORTER_TEXTFILE_H
#define DMSTAT_EXPORTER_TEXTFILE_H

#include <stdint.h>

#include "exporter/scraper.h"

/**
 * textfile_run() - write the file, once or again and again
 * @path: the file; is replaced in one step, so that a reader sees the old or the
 *        new one
 * @interval: nanoseconds from one start to the next; 0: write it once
 * @stop: readable when it is time to stop
 * @scraper: what to scrape with
 *
 * Return: EXIT_SUCCESS; EXIT_FAILURE after saying why: the file was to be written
 * once, and cannot be written or has no counters.
 */
int textfile_run(const char *path, uint64_t interval, int stop,
		 struct scraper *scraper);

#endif /* DMSTAT_EXPORTER_TEXTFILE_H */
