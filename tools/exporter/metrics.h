/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metrics: what they are called, and where their values come from.
 */
#ifndef DMSTAT_EXPORTER_METRICS_H
#define DMSTAT_EXPORTER_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/exposition.h"
#include "exporter/reading.h"

/**
 * struct scrape - how a scrape went
 * @ns: how long reading took
 * @errors: how many readings have failed so far
 * @cells: whether cells are wanted
 */
struct scrape {
	uint64_t ns;
	uint64_t errors;
	bool cells;
};

/**
 * metrics_write() - write all metrics
 * @out: the text, to which they are added
 * @reading: what was read; NULL if that failed
 * @scrape: how it went
 */
void metrics_write(struct exposition *out, const struct reading *reading,
		   const struct scrape *scrape);

#endif /* DMSTAT_EXPORTER_METRICS_H */
