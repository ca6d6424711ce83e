// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms: how many I/Os took how long.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arg/time.h"
#include "out/output.h"
#include "view/histogram.h"

/* "100 us to 1 ms" */
#define RANGE_TEXT_MAX	(2 * UNIT_TEXT_MAX + 16)

static const char *const names[] = {
	[DMSTAT_READ] = "reads",
	[DMSTAT_WRITE] = "writes",
	[DMSTAT_DISCARD] = "discards",
};

/* In thousandths. */
static const struct {
	const char *name;
	unsigned int share;
} quantiles[] = {
	{ "p50", 500 }, { "p90", 900 }, { "p99", 990 }, { "p99.9", 999 },
};

void histogram_bounds(struct bounds *bounds, const struct dmstat_region *region)
{
	bounds->count = region->bounds_count;
	memcpy(bounds->ns, region->bounds, sizeof(bounds->ns));
}

void histogram_fields(struct output *out, const struct bounds *bounds,
		      const struct dmstat_histogram *histogram)
{
	const uint32_t bins = bounds->count + 1;
	uint32_t i;

	if (!out->json || !bounds->count ||
	    (histogram && histogram->bins != bins))
		return;
	output_list(out, "histogram");
	for (i = 0; i < bins; i++) {
		output_object(out, NULL);
		output_field(out, "from_ns", i ? bounds->ns[i - 1] : 0);
		if (i < bounds->count)
			output_field(out, "below_ns", bounds->ns[i]);
		output_field(out, "ios", histogram ? histogram->ios[i] : 0);
		output_object_end(out);
	}
	output_list_end(out);
}

static const char *range_text(char *text, const struct bounds *bounds,
			      uint32_t bin)
{
	char from[UNIT_TEXT_MAX], below[UNIT_TEXT_MAX];

	if (bin)
		unit_format(from, UNIT_NS, bounds->ns[bin - 1]);
	if (bin < bounds->count)
		unit_format(below, UNIT_NS, bounds->ns[bin]);
	if (!bin)
		snprintf(text, RANGE_TEXT_MAX, "less than %s", below);
	else if (bin == bounds->count)
		snprintf(text, RANGE_TEXT_MAX, "%s or more", from);
	else
		snprintf(text, RANGE_TEXT_MAX, "%s to %s", from, below);
	return text;
}

static double percent(uint64_t part, uint64_t whole)
{
	return 100.0 * part / whole;
}

/* A quantile lies somewhere in its bin: print the bounds of that. */
static void print_quantiles(struct output *out, const struct bounds *bounds,
			    const struct dmstat_histogram *histogram,
			    uint64_t total)
{
	char text[RANGE_TEXT_MAX];
	uint64_t sum = 0, wanted;
	uint32_t bin = 0;
	size_t i;

	for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		/* Rounded up, and without an overflow. */
		wanted = total - total / 1000 * (1000 - quantiles[i].share) -
			 total % 1000 * (1000 - quantiles[i].share) / 1000;
		while (sum + histogram->ios[bin] < wanted)
			sum += histogram->ios[bin++];
		output_text(out, "  %-6s %s", quantiles[i].name,
			    range_text(text, bounds, bin));
	}
}

/* @longest: "104 ms" or "at most 104 ms" */
static void print_operation(struct output *out, const char *name,
			    const struct bounds *bounds, const char *longest,
			    const struct dmstat_histogram *histogram)
{
	char text[RANGE_TEXT_MAX];
	uint64_t total = 0, sum = 0;
	uint32_t i;

	if (!histogram || histogram->bins != bounds->count + 1)
		return;
	for (i = 0; i < histogram->bins; i++)
		total += histogram->ios[i];
	if (!total)
		return;

	output_text(out, "  %s: %" PRIu64 ", the longest took %s", name, total,
		    longest);
	for (i = 0; i < histogram->bins; i++) {
		sum += histogram->ios[i];
		output_text(out, "  %-24s %12" PRIu64 " %6.2f %% %6.2f %%",
			    range_text(text, bounds, i), histogram->ios[i],
			    percent(histogram->ios[i], total),
			    percent(sum, total));
	}
	print_quantiles(out, bounds, histogram, total);
}

static void print_area(struct output *out, const struct dmstat_area *area)
{
	char start[UNIT_TEXT_MAX], length[UNIT_TEXT_MAX];

	output_text(out, "area %" PRIu64 ": %s from %s on", area->index,
		    unit_format(length, UNIT_SECTORS, area->length),
		    unit_format(start, UNIT_SECTORS, area->start));
}

int histogram_print(struct output *out, const struct bounds *bounds,
		    const struct dmstat_area *area)
{
	const struct dmstat_io *ios[] = {
		[DMSTAT_READ] = area->read,
		[DMSTAT_WRITE] = area->write,
		[DMSTAT_DISCARD] = area->discard,
	};
	char longest[UNIT_TEXT_MAX];
	int i;

	print_area(out, area);
	for (i = DMSTAT_READ; i <= DMSTAT_DISCARD; i++) {
		unit_format(longest, UNIT_NS, ios[i]->longest_ns);
		print_operation(out, names[i], bounds, longest,
				area->histogram[i]);
	}
	return out->error ? 1 : 0;
}
