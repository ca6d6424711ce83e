// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers of an area, or of several together, in an interval.
 */
#include <math.h>
#include <string.h>

#include "view/metric.h"

#define NS_PER_MS	1e6
#define NS_PER_SECOND	1e9

static void raise(uint64_t *value, uint64_t to)
{
	if (*value < to)
		*value = to;
}

static void add_io(struct metric_io *sum, const struct dmstat_io *io,
		   const struct dmstat_rate *rate)
{
	sum->ios += io->ios;
	sum->sectors += io->sectors;
	sum->ns += io->ns;
	sum->errors += io->errors;
	sum->again += io->again;
	raise(&sum->longest_ns, rate->longest_most_ns);
}

static bool same_bounds(const struct metrics *metrics,
			const struct dmstat_region *region)
{
	return metrics->bounds_count == region->bounds_count &&
	       memcmp(metrics->bounds, region->bounds,
		      region->bounds_count * sizeof(*region->bounds)) == 0;
}

/* Histograms with different bounds have no sum. */
static void add_bins(struct metrics *metrics,
		     const struct dmstat_region *region,
		     const struct dmstat_area *area)
{
	int operation;
	uint32_t i;

	if (!metrics->elapsed_ns && !metrics->bounds) {
		metrics->bounds = region->bounds;
		metrics->bounds_count = region->bounds_count;
	}
	if (!metrics->bounds || !same_bounds(metrics, region)) {
		metrics->bounds = NULL;
		metrics->bounds_count = 0;
		return;
	}
	for (operation = 0; operation < METRIC_OPERATIONS; operation++)
		for (i = 0; area->histogram[operation] &&
		     i < area->histogram[operation]->bins; i++)
			metrics->bins[operation][i] +=
				area->histogram[operation]->ios[i];
}

void metrics_add(struct metrics *metrics, const struct dmstat_region *region,
		 const struct dmstat_delta *delta, uint64_t elapsed_ns)
{
	const struct dmstat_area *area = delta->area;

	add_bins(metrics, region, area);
	add_io(&metrics->io[DMSTAT_READ], area->read, delta->read);
	add_io(&metrics->io[DMSTAT_WRITE], area->write, delta->write);
	add_io(&metrics->io[DMSTAT_DISCARD], area->discard, delta->discard);
	metrics->in_flight_read += area->in_flight_read;
	metrics->in_flight_write += area->in_flight_write;
	metrics->busy_ns += area->busy_ns;
	metrics->queue_ns += area->queue_ns;
	metrics->cleared |= delta->cleared != 0;
	/* Never 0 once something was added. */
	raise(&metrics->elapsed_ns, elapsed_ns ? elapsed_ns : 1);
}

void metrics_add_device(struct metrics *metrics,
			const struct dmstat_device_delta *delta)
{
	const struct dmstat_flush *flush = delta->flush;
	const double oldest_ms = delta->device->oldest_ns / NS_PER_MS;
	int i;

	metrics->flush.ios += flush->ios;
	metrics->flush.ns += flush->ns;
	metrics->flush.errors += flush->errors;
	metrics->flush.again += flush->again;
	metrics->flush.busy_ns += flush->busy_ns;
	metrics->flush.in_flight += flush->in_flight;
	raise(&metrics->flush.longest_ns, delta->rate->longest_most_ns);
	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		metrics->flush.histogram[i] += flush->histogram[i];
	if (metrics->oldest_ms < oldest_ms)
		metrics->oldest_ms = oldest_ms;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static double percent(double part, double whole)
{
	const double share = ratio(part, whole) * 100;

	return share > 100 ? 100 : share;
}

static void find_quantiles(struct metric_io *io, const struct metrics *metrics,
			   const uint64_t *bins)
{
	static const double shares[METRIC_QUANTILES] = {
		0.5, 0.9, 0.99, 0.999
	};
	uint64_t ns;
	int i;

	for (i = 0; i < METRIC_QUANTILES; i++) {
		io->quantile_ms[i] = NAN;
		if (metrics->bounds_count &&
		    !dmstat_histogram_estimate(metrics->bounds,
					       metrics->bounds_count, bins,
					       shares[i], io->longest_ns, &ns))
			io->quantile_ms[i] = ns / NS_PER_MS;
	}
}

static void finish_io(struct metric_io *io, double elapsed_s)
{
	io->per_s = ratio(io->ios, elapsed_s);
	io->sectors_per_s = ratio(io->sectors, elapsed_s);
	io->mean_ms = ratio(io->ns / NS_PER_MS, io->ios);
	io->longest_ms = io->longest_ns / NS_PER_MS;
}

static void sum_up(struct metrics *metrics)
{
	struct metric_io *sum = &metrics->sum;
	const struct metric_io *io;
	int operation;
	uint32_t i;

	for (operation = 0; operation < METRIC_OPERATIONS; operation++) {
		io = &metrics->io[operation];
		/* dmstats has no discards: its means are of these two. */
		if (operation != DMSTAT_DISCARD) {
			sum->ios += io->ios;
			sum->sectors += io->sectors;
			sum->ns += io->ns;
		}
		sum->errors += io->errors;
		sum->again += io->again;
		raise(&sum->longest_ns, io->longest_ns);
		for (i = 0; i <= metrics->bounds_count; i++)
			metrics->all_bins[i] += metrics->bins[operation][i];
	}
}

static void finish_flush(struct metrics *metrics)
{
	const struct dmstat_flush *flush = &metrics->flush;

	metrics->flush_per_s = ratio(flush->ios, metrics->elapsed_s);
	metrics->flush_ms = ratio(flush->ns / NS_PER_MS, flush->ios);
	metrics->flush_longest_ms = flush->longest_ns / NS_PER_MS;
	metrics->flush_util = percent(flush->busy_ns, metrics->elapsed_ns);
}

void metrics_finish(struct metrics *metrics, uint64_t areas)
{
	struct metric_io *sum = &metrics->sum;
	int i;

	metrics->elapsed_s = metrics->elapsed_ns / NS_PER_SECOND;
	sum_up(metrics);
	finish_io(sum, metrics->elapsed_s);
	find_quantiles(sum, metrics, metrics->all_bins);
	for (i = 0; i < METRIC_OPERATIONS; i++) {
		finish_io(&metrics->io[i], metrics->elapsed_s);
		find_quantiles(&metrics->io[i], metrics, metrics->bins[i]);
	}

	metrics->in_flight = metrics->in_flight_read + metrics->in_flight_write;
	metrics->size = ratio(sum->sectors, sum->ios);
	metrics->queue = ratio(metrics->queue_ns, metrics->elapsed_ns);
	metrics->util = percent(metrics->busy_ns, metrics->elapsed_ns);
	metrics->busy = areas == 1 ? metrics->util : NAN;
	metrics->service_ms = ratio(metrics->busy_ns / NS_PER_MS, sum->ios);
	finish_flush(metrics);
}
