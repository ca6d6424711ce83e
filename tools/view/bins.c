// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms in one line, as dmstats(8) writes them.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "view/bins.h"
#include "view/metric.h"

#define BOUND_MAX	64
#define VALUE_WIDTH	6
#define BOUND_WIDTH	6	/* "9999ms" */
#define BOUND_WIDTH_NS	10	/* "1000000000" */

/* In the largest unit that leaves a whole number. */
static void write_time(char text[BOUND_MAX], uint64_t ns, bool suffixes)
{
	static const struct {
		uint64_t ns;
		const char *suffix;
	} units[] = {
		{ 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" },
		{ 1, "ns" },
	};
	size_t i = 0;

	if (!suffixes) {
		snprintf(text, BOUND_MAX, "%" PRIu64, ns);
		return;
	}
	while (ns % units[i].ns)
		i++;
	snprintf(text, BOUND_MAX, "%" PRIu64 "%s", ns / units[i].ns,
		 units[i].suffix);
}

/* Returns how wide the text is. */
static int write_bound(FILE *file, const struct metrics *metrics,
		       const struct bins_style *style, uint32_t bin)
{
	const char *colon = style->value ? ":" : "";
	const bool last = bin == metrics->bounds_count;
	char lower[BOUND_MAX], upper[BOUND_MAX];
	int width = 0;

	if (style->padded && style->value)
		width = style->suffixes ? BOUND_WIDTH : BOUND_WIDTH_NS;
	write_time(lower, bin ? metrics->bounds[bin - 1] : 0, style->suffixes);
	if (style->bound == BINS_LOWER)
		return fprintf(file, "%*s%s", width, lower, colon);
	if (last) {
		snprintf(upper, sizeof(upper), ">%.*s", BOUND_MAX - 2, lower);
		return fprintf(file, "%*s%s", width, upper, colon);
	}
	write_time(upper, metrics->bounds[bin], style->suffixes);
	return fprintf(file, "%s-%s%s", lower, upper, colon);
}

static void write_value(FILE *file, const struct bins_style *style, int width,
			uint64_t count, uint64_t sum)
{
	if (style->value == BINS_COUNT)
		fprintf(file, "%*" PRIu64, width, count);
	else if (style->value == BINS_PERCENT)
		fprintf(file, "%*.2f%%", width, sum ? 100.0 * count / sum : 0);
}

static void write_bin(FILE *file, const struct metrics *metrics,
		      const struct bins_style *style, uint32_t bin,
		      uint64_t sum)
{
	int width = style->padded ? VALUE_WIDTH : 0;
	int standard, length;

	if (style->bound) {
		standard = style->suffixes ? BOUND_WIDTH : BOUND_WIDTH_NS;
		length = write_bound(file, metrics, style, bin);
		if (width)
			width -= length - (standard + 1);
		if (width < 0)
			width = 0;
	}
	write_value(file, style, width, metrics->all_bins[bin], sum);
}

/* What is between two bins. */
static const char *separator(const struct bins_style *style)
{
	if (style->value && !style->padded)
		return ":";
	return style->bound ? "," : "";
}

static void write_bins(FILE *file, const struct metrics *metrics,
		       const struct bins_style *style)
{
	const uint32_t bins = metrics->bounds_count + 1;
	uint32_t bin, first = 0, end = bins;
	uint64_t sum = 0;

	for (bin = 0; bin < bins; bin++)
		sum += metrics->all_bins[bin];
	while (style->used && first < end && !metrics->all_bins[first])
		first++;
	while (style->used && first < end && !metrics->all_bins[end - 1])
		end--;
	for (bin = first; bin < end; bin++) {
		if (bin > first)
			fputs(separator(style), file);
		write_bin(file, metrics, style, bin, sum);
	}
}

char *bins_text(const struct metrics *metrics, const struct bins_style *style)
{
	char *text = NULL;
	size_t size;
	FILE *file;

	file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	if (metrics->bounds_count)
		write_bins(file, metrics, style);
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}
