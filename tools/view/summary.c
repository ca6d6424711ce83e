// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the I/O of a device is, in a sentence.
 *
 * A range is worth naming if it has much more than its share. The best one is
 * that with the highest sum of (share of the I/O - DENSITY * share of the
 * device) over its areas: it begins and ends where the I/O is DENSITY times as
 * dense as on the average, and a hole in it is taken along if it is small beside
 * what is on its other side.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/unit.h"
#include "view/summary.h"

#define DENSITY		2.0

/* Shares below which a range is not worth naming. */
#define SHARE_OF_FIRST	0.3
#define SHARE_OF_SECOND	0.15

/* A range that has all is worth naming if it is smaller than the device. */
#define SIZE_OF_ALL	0.9

/**
 * struct range - areas that follow each other
 * @first: the first one
 * @end: the one after the last
 * @share: their share of the I/O, 0 to 1
 */
struct range {
	size_t first;
	size_t end;
	double share;
};

static double total_of(const struct summary_map *map)
{
	double total = 0;
	size_t i;

	for (i = 0; i < map->count; i++)
		total += map->sums[i];
	return total;
}

/* Where an area ends, from the start of the map; the last one may be shorter. */
static uint64_t end_of(const struct summary_map *map, size_t areas)
{
	const uint64_t end = areas * map->area_size;

	return end < map->length ? end : map->length;
}

static double size_of(const struct summary_map *map, const struct range *range)
{
	return (double)(end_of(map, range->end) - end_of(map, range->first)) /
	       map->length;
}

/* The range with the highest gain within @within; empty if none gains. */
static struct range densest(const struct summary_map *map, double total,
			    const struct range *within)
{
	struct range best = { within->first, within->first, 0 };
	struct range area;
	double gain = 0, most = 0;
	size_t first = within->first, i;

	for (i = within->first; i < within->end; i++) {
		area = (struct range) { i, i + 1, 0 };
		gain += map->sums[i] / total - DENSITY * size_of(map, &area);
		if (gain <= 0) {
			gain = 0;
			first = i + 1;
		} else if (gain > most) {
			most = gain;
			best.first = first;
			best.end = i + 1;
		}
	}
	for (i = best.first; i < best.end; i++)
		best.share += map->sums[i] / total;
	return best;
}

/* The densest range on either side of another. */
static struct range second_densest(const struct summary_map *map, double total,
				   const struct range *first)
{
	const struct range below = { 0, first->first, 0 };
	const struct range above = { first->end, map->count, 0 };
	struct range low = densest(map, total, &below);
	struct range high = densest(map, total, &above);

	return low.share > high.share ? low : high;
}

/* Write a share: "82 %", "0.4 %". All and nothing are said only if it is so. */
static int put_share(char *text, double share)
{
	double percent = share * 100;

	if (percent < 0.1)
		return sprintf(text, "less than 0.1 %%");
	if (percent < 9.95)
		return sprintf(text, "%.2g %%", percent);
	if (percent >= 99.5 && percent < 99.9999999)
		return sprintf(text, "over 99 %%");
	return sprintf(text, "%.0f %%", percent);
}

/* "480 to 640 MiB", "900 MiB to 1.2 GiB" */
static int put_place(char *text, const struct summary_map *map,
		     const struct range *range)
{
	char low[UNIT_TEXT_MAX], high[UNIT_TEXT_MAX];
	const char *low_unit, *high_unit;
	const uint64_t start = map->start + end_of(map, range->first);

	unit_format(low, UNIT_SECTORS, start);
	unit_format(high, UNIT_SECTORS, map->start + end_of(map, range->end));
	low_unit = strchr(low, ' ');
	high_unit = strchr(high, ' ');
	if (!start || !strcmp(low_unit, high_unit))
		return sprintf(text, "%.*s to %s", (int)(low_unit - low), low,
			       high);
	return sprintf(text, "%s to %s", low, high);
}

/**
 * struct words - how a measure is spoken of
 * @subject: what there is
 * @spread: the same and its verb, where it is everywhere
 * @verb: between it and its place
 */
struct words {
	const char *subject;
	const char *spread;
	const char *verb;
};

static const struct words words[] = {
	[MEASURE_READS] = { "reads", "reads are", "go to" },
	[MEASURE_WRITES] = { "writes", "writes are", "go to" },
	[MEASURE_BYTES] = { "the data", "the data is", "goes to" },
	[MEASURE_LATENCY] = { "the I/O time", "the I/O time is",
			      "is spent in" },
	[MEASURE_ERRORS] = { "errors", "errors are", "are in" },
};

static int compare_falling(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left < *right) - (*left > *right);
}

/* How much of the device has half of the I/O, if its parts are put together. */
static double size_of_half(const struct summary_map *map, double total)
{
	double *sorted = malloc(map->count * sizeof(*sorted)), half = 0;
	size_t i;

	if (!sorted)
		return 1;
	memcpy(sorted, map->sums, map->count * sizeof(*sorted));
	qsort(sorted, map->count, sizeof(*sorted), compare_falling);
	for (i = 0; i < map->count && half < total / 2; i++)
		half += sorted[i];
	free(sorted);
	return (double)end_of(map, i) / map->length;
}

/* From the first area with I/O to the last one. */
static struct range used_range(const struct summary_map *map)
{
	struct range used = { 0, map->count, 1 };

	while (!(map->sums[used.first] > 0))
		used.first++;
	while (!(map->sums[used.end - 1] > 0))
		used.end--;
	return used;
}

/* It is in no one place. */
static void put_spread(char *text, const struct summary_map *map, double total)
{
	text += sprintf(text, "%s spread: half of %s %s ",
			words[map->measure].spread,
			map->measure == MEASURE_BYTES ||
			map->measure == MEASURE_LATENCY ? "it" : "them",
			words[map->measure].verb);
	text += put_share(text, size_of_half(map, total));
	sprintf(text, " of the %s", map->whole);
}

static void put_ranges(char *text, const struct summary_map *map,
		       const struct range *first, const struct range *second)
{
	const struct words *of = &words[map->measure];

	text += put_share(text, first->share);
	text += sprintf(text, " of %s %s ", of->subject, of->verb);
	text += put_share(text, size_of(map, first));
	text += sprintf(text, " of the %s: ", map->whole);
	text += put_place(text, map, first);
	if (second->share < SHARE_OF_SECOND)
		return;

	text += sprintf(text, "; ");
	text += put_share(text, second->share);
	text += sprintf(text, " %s ", of->verb);
	text += put_share(text, size_of(map, second));
	text += sprintf(text, ": ");
	put_place(text, map, second);
}

static void put_nothing(char *text, const struct summary_map *map)
{
	const char *other = measure_name(map->measure == MEASURE_READS ?
					 MEASURE_WRITES : MEASURE_READS);

	text += sprintf(text, "no %s", map->measure == MEASURE_LATENCY ?
			"I/O" : measure_name(map->measure));
	if (map->others)
		sprintf(text, ", but %" PRIu64 " %.*s%s: --by %s shows them",
			map->others, (int)strlen(other) - 1, other,
			map->others == 1 ? "" : "s", other);
}

char *summary_text(char *text, const struct summary_map *map)
{
	const struct range all = { 0, map->count, 1 };
	double total = total_of(map);
	struct range first, second, used;

	if (!(total > 0)) {
		put_nothing(text, map);
		return text;
	}

	if (map->count == 1) {
		sprintf(text, "%s %s the one area of the %s",
			words[map->measure].subject, words[map->measure].verb,
			map->whole);
		return text;
	}

	first = densest(map, total, &all);
	used = used_range(map);
	if (first.share < SHARE_OF_FIRST && size_of(map, &used) <= SIZE_OF_ALL)
		first = used;
	if (first.share < SHARE_OF_FIRST) {
		put_spread(text, map, total);
	} else {
		second = second_densest(map, total, &first);
		put_ranges(text, map, &first, &second);
	}
	return text;
}
