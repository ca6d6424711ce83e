/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the I/O of a volume is, in a sentence: "82 % of reads go to 5 % of the
 * volume: 480 to 640 MiB".
 */
#ifndef DMSTAT_NL_SUMMARY_H
#define DMSTAT_NL_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "view/measure.h"

/**
 * struct summary_map - what was counted, area by area
 * @measure: what
 * @sums: for each area, what was counted in it; of the latency, the time of all
 *        I/Os, as in struct measure_sum
 * @count: how many areas
 * @start: of the first one, in sectors
 * @area_size: sectors of each, but the last one may be shorter
 * @length: sectors of all
 * @others: writes, of reads; reads, of writes
 * @whole: what all of them are: "device", "region"
 */
struct summary_map {
	enum measure measure;
	const double *sums;
	size_t count;
	uint64_t start;
	uint64_t area_size;
	uint64_t length;
	uint64_t others;
	const char *whole;
};

/* Room for the text of summary_text(). */
#define SUMMARY_TEXT_MAX	256

/**
 * summary_text() - describe where most of it is
 * @text: SUMMARY_TEXT_MAX bytes
 * @map: what was counted
 *
 * Names one range, or two, in which there is much more than elsewhere; says
 * that it is spread if there is none.
 *
 * Return: @text, without a full stop.
 */
char *summary_text(char *text, const struct summary_map *map);

#endif /* DMSTAT_NL_SUMMARY_H */
