// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * rate: how fast counters grow
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "rate.h"

#define NS_PER_SECOND	1e9

/**
 * dmstat_rate_growth() - subtract two readings of the counters of an operation
 * @growth_of: set to the differences; its longest time is the later one
 * @before: the earlier reading
 * @after: the later reading
 */
void dmstat_rate_growth(struct dmstat_io *growth_of,
			const struct dmstat_io *before,
			const struct dmstat_io *after)
{
	growth_of->ios = rate_growth(before->ios, after->ios);
	growth_of->sectors = rate_growth(before->sectors, after->sectors);
	growth_of->ns = rate_growth(before->ns, after->ns);
	growth_of->errors = rate_growth_reset(before->errors, after->errors);
	growth_of->again = rate_growth_reset(before->again, after->again);
	/* A maximum, so there is no difference: see dmstat_rate_longest(). */
	growth_of->longest_ns = after->longest_ns;
}

/**
 * dmstat_rate() - compute rates
 * @rate: set to the rates, but for the longest time
 * @growth_of: from dmstat_rate_growth()
 * @elapsed_ns: time between the readings
 */
void dmstat_rate(struct dmstat_rate *rate, const struct dmstat_io *growth_of,
		 uint64_t elapsed_ns)
{
	rate->ios_per_s = rate_of(growth_of->ios, elapsed_ns) * NS_PER_SECOND;
	rate->sectors_per_s = rate_of(growth_of->sectors, elapsed_ns) *
			      NS_PER_SECOND;
	rate->mean_ns = growth_of->ios ? growth_of->ns / growth_of->ios : 0;
}

/* The longest of @io->ios I/Os is at least their mean and at most their sum. */
static void bound_by_sum(struct dmstat_rate *rate, const struct dmstat_io *io)
{
	rate->longest_least_ns = rate->mean_ns;
	rate->longest_most_ns = io->ns < io->longest_ns ?
				io->ns : io->longest_ns;
}

/* It is in the highest bin that has grown. */
static void bound_by_bins(struct dmstat_rate *rate, const uint64_t *bounds,
			  const struct dmstat_histogram *growth_of)
{
	const uint32_t last = growth_of->bins - 1;
	uint32_t bin = last;

	while (bin && !growth_of->ios[bin])
		bin--;
	if (!growth_of->ios[bin])
		return;

	if (bin && rate->longest_least_ns < bounds[bin - 1])
		rate->longest_least_ns = bounds[bin - 1];
	if (bin < last && rate->longest_most_ns >= bounds[bin])
		rate->longest_most_ns = bounds[bin] - 1;
}

static void bound(struct dmstat_rate *rate, const uint64_t *bounds,
		  const struct dmstat_histogram *growth_of)
{
	if (growth_of)
		bound_by_bins(rate, bounds, growth_of);

	/* An I/O that ended meanwhile may be in some of the counters only. */
	if (rate->longest_most_ns < rate->longest_least_ns)
		rate->longest_most_ns = rate->longest_least_ns;
}

/**
 * dmstat_rate_longest() - bound the longest time of the interval
 * @rate: from dmstat_rate(); the bounds are set, see struct dmstat_rate
 * @growth_of: from dmstat_rate_growth()
 * @longest_before_ns: the longest time in the earlier reading
 * @bounds: bounds of the histogram; not used without one
 * @histogram: the growth of the histogram, or NULL
 */
void dmstat_rate_longest(struct dmstat_rate *rate,
			 const struct dmstat_io *growth_of,
			 uint64_t longest_before_ns, const uint64_t *bounds,
			 const struct dmstat_histogram *histogram)
{
	if (growth_of->longest_ns > longest_before_ns) {
		rate->longest_least_ns = growth_of->longest_ns;
		rate->longest_most_ns = growth_of->longest_ns;
		return;
	}

	bound_by_sum(rate, growth_of);
	bound(rate, bounds, histogram);
}

/**
 * dmstat_rate_longest_cleared() - bound the longest time of an interval with a
 * clear, of which the counters tell all
 * @rate: from dmstat_rate(); the bounds are set, see struct dmstat_rate
 * @growth_of: from dmstat_rate_growth(); its longest time is since the clear,
 *             and there may have been a longer one before it
 * @least_ns: how long an I/O of the interval took; 0: not known of any
 * @bounds: bounds of the histogram; not used without one
 * @histogram: the growth of the histogram, or NULL
 */
void dmstat_rate_longest_cleared(struct dmstat_rate *rate,
				 const struct dmstat_io *growth_of,
				 uint64_t least_ns, const uint64_t *bounds,
				 const struct dmstat_histogram *histogram)
{
	rate->longest_least_ns = rate->mean_ns;
	rate->longest_most_ns = growth_of->ns;
	if (growth_of->ios && rate->longest_least_ns < least_ns)
		rate->longest_least_ns = least_ns;
	bound(rate, bounds, histogram);
}
