// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics: what they are called, and where their values come from.
 * Documentation/metrics.rst says what each of them means.
 */
#include <inttypes.h>
#include <stdio.h>

#include "exporter/metrics.h"

#define SECTOR	512

/* How a value is kept by the kernel, and so how it is written. */
enum scale {
	NUMBER,		/* as it is */
	SECTORS,	/* in bytes */
	NANOSECONDS,	/* in seconds */
};

/* The labels that the values of a region differ by. */
enum split {
	WHOLE,		/* one value */
	OPERATIONS,	/* reads, writes, discards */
	DIRECTIONS,	/* reads; writes and discards */
};

/* Since when a counter counts. */
enum since {
	SINCE_NEVER,	/* not known, or no counter */
	SINCE_CREATED,	/* the creation of the region */
	SINCE_CLEARED,	/* its last clear, if there was one */
};

static const char *const operation_labels[READING_OPERATIONS] = {
	[DMSTAT_READ] = "op=\"read\"",
	[DMSTAT_WRITE] = "op=\"write\"",
	[DMSTAT_DISCARD] = "op=\"discard\"",
};

static void put_value(struct exposition *out, const struct metric *metric,
		      enum scale scale, const char *labels, const char *more,
		      uint64_t value)
{
	if (scale == NANOSECONDS)
		exposition_seconds(out, metric, labels, more, value);
	else
		exposition_number(out, metric, labels, more,
				  scale == SECTORS ? value * SECTOR : value);
}

/* ---------------------------------------------------------------- regions */

static uint64_t region_ios(const struct reading_region *region, int i)
{
	return region->io[i].ios;
}

static uint64_t region_sectors(const struct reading_region *region, int i)
{
	return region->io[i].sectors;
}

static uint64_t region_ns(const struct reading_region *region, int i)
{
	return region->io[i].ns;
}

static uint64_t region_errors(const struct reading_region *region, int i)
{
	return region->io[i].errors;
}

static uint64_t region_again(const struct reading_region *region, int i)
{
	return region->io[i].again;
}

static uint64_t region_in_flight(const struct reading_region *region, int i)
{
	return region->in_flight[i];
}

static uint64_t region_busy(const struct reading_region *region, int i)
{
	(void)i;
	return region->busy_ns;
}

static uint64_t region_queue(const struct reading_region *region, int i)
{
	(void)i;
	return region->queue_ns;
}

static uint64_t region_missed(const struct reading_region *region, int i)
{
	(void)i;
	return region->region->missed;
}

static uint64_t region_areas(const struct reading_region *region, int i)
{
	(void)i;
	return region->region->areas;
}

static uint64_t region_length(const struct reading_region *region, int i)
{
	(void)i;
	return region->region->length;
}

static uint64_t region_memory(const struct reading_region *region, int i)
{
	(void)i;
	return region->region->memory;
}

static bool is_one_area(const struct reading_region *region)
{
	return region->region->areas == 1;
}

/**
 * struct region_metric - a metric with a value, or some, for each region
 * @metric: the metric
 * @scale: what @value returns
 * @split: the values of a region
 * @since: what a counter counts from
 * @value: returns the value with an index
 * @has: whether a region has the metric; NULL: all have
 */
struct region_metric {
	struct metric metric;
	enum scale scale;
	enum split split;
	enum since since;
	uint64_t (*value)(const struct reading_region *region, int index);
	bool (*has)(const struct reading_region *region);
};

static const struct region_metric region_metrics[] = {
	{ { "dmstat_region_ios", METRIC_COUNTER, NULL,
	    "I/Os that ended, including those that failed." },
	  NUMBER, OPERATIONS, SINCE_CREATED, region_ios, NULL },
	{ { "dmstat_region_bytes", METRIC_COUNTER, "bytes",
	    "Bytes of the I/Os that ended, including those that failed." },
	  SECTORS, OPERATIONS, SINCE_CREATED, region_sectors, NULL },
	{ { "dmstat_region_io_seconds", METRIC_COUNTER, "seconds",
	    "Time from start to end, summed over the I/Os that ended." },
	  NANOSECONDS, OPERATIONS, SINCE_CREATED, region_ns, NULL },
	{ { "dmstat_region_errors", METRIC_COUNTER, NULL,
	    "I/Os that failed." },
	  NUMBER, OPERATIONS, SINCE_CLEARED, region_errors, NULL },
	{ { "dmstat_region_again", METRIC_COUNTER, NULL,
	    "Attempts that returned with EAGAIN, as their submitter does not wait; no I/Os." },
	  NUMBER, OPERATIONS, SINCE_CLEARED, region_again, NULL },
	{ { "dmstat_region_busy_seconds", METRIC_COUNTER, "seconds",
	    "Time with at least one I/O in flight; regions of one area only." },
	  NANOSECONDS, WHOLE, SINCE_CREATED, region_busy, is_one_area },
	{ { "dmstat_region_queue_seconds", METRIC_COUNTER, "seconds",
	    "Time in flight, summed over all I/Os, including those in flight." },
	  NANOSECONDS, WHOLE, SINCE_CREATED, region_queue, NULL },
	{ { "dmstat_region_ios_in_flight", METRIC_GAUGE, NULL,
	    "I/Os that have started and not ended; writes include discards." },
	  NUMBER, DIRECTIONS, SINCE_NEVER, region_in_flight, NULL },
	{ { "dmstat_region_missed_ios", METRIC_COUNTER, NULL,
	    "I/Os not counted, because memory was short or too many large I/Os were waiting." },
	  NUMBER, WHOLE, SINCE_CLEARED, region_missed, NULL },
	{ { "dmstat_region_areas", METRIC_GAUGE, NULL,
	    "Areas of the region." },
	  NUMBER, WHOLE, SINCE_NEVER, region_areas, NULL },
	{ { "dmstat_region_length_bytes", METRIC_GAUGE, "bytes",
	    "Length of the region; with extents, up to the end of the last one." },
	  SECTORS, WHOLE, SINCE_NEVER, region_length, NULL },
	{ { "dmstat_region_memory_bytes", METRIC_GAUGE, "bytes",
	    "Kernel memory that the region holds." },
	  NUMBER, WHOLE, SINCE_NEVER, region_memory, NULL },
};

static uint64_t region_since(const struct dmstat_region *region,
			     enum since since)
{
	if (since == SINCE_CLEARED && region->cleared)
		return region->cleared;
	return region->created;
}

static void put_region(struct exposition *out, const struct region_metric *of,
		       const struct reading_region *region)
{
	static const int counts[] = {
		[WHOLE] = 1,
		[OPERATIONS] = READING_OPERATIONS,
		[DIRECTIONS] = 2,
	};
	const char *more;
	int i;

	for (i = 0; i < counts[of->split]; i++) {
		more = of->split == WHOLE ? "" : operation_labels[i];
		put_value(out, &of->metric, of->scale, region->labels, more,
			  of->value(region, i));
		if (of->since != SINCE_NEVER)
			exposition_created(out, &of->metric, region->labels,
					   more, region_since(region->region,
							      of->since));
	}
}

static void put_regions(struct exposition *out, const struct region_metric *of,
			const struct reading *reading)
{
	size_t i;

	exposition_metric(out, &of->metric);
	for (i = 0; i < reading->regions_count; i++)
		if (!of->has || of->has(&reading->regions[i]))
			put_region(out, of, &reading->regions[i]);
}

static const struct metric duration_metric = {
	"dmstat_region_io_duration_seconds", METRIC_HISTOGRAM, "seconds",
	"Time from start to end of the I/Os that ended; regions with a histogram only."
};

static void put_duration(struct exposition *out,
			 const struct reading_region *region)
{
	const struct dmstat_region *of = region->region;
	int i;

	for (i = 0; i < READING_OPERATIONS; i++) {
		const struct exposition_histogram histogram = {
			.bounds = of->bounds,
			.bounds_count = of->bounds_count,
			.bins = region->io[i].bins,
			.count = region->io[i].ios,
			.sum_ns = region->io[i].ns,
		};

		exposition_histogram(out, &duration_metric, region->labels,
				     operation_labels[i], &histogram);
		exposition_created(out, &duration_metric, region->labels,
				   operation_labels[i], of->created);
	}
}

static void put_durations(struct exposition *out, const struct reading *reading)
{
	size_t i;

	exposition_metric(out, &duration_metric);
	for (i = 0; i < reading->regions_count; i++)
		if (reading->regions[i].region->bounds_count)
			put_duration(out, &reading->regions[i]);
}

/* ------------------------------------------------------------------ cells */

static const uint64_t *cell_ios(const struct reading_cell *cell)
{
	return cell->ios;
}

static const uint64_t *cell_sectors(const struct reading_cell *cell)
{
	return cell->sectors;
}

static const uint64_t *cell_ns(const struct reading_cell *cell)
{
	return cell->ns;
}

/* A metric with a value for each operation of each cell. */
struct cell_metric {
	struct metric metric;
	enum scale scale;
	const uint64_t *(*values)(const struct reading_cell *cell);
};

static const struct cell_metric cell_metrics[] = {
	{ { "dmstat_cell_ios", METRIC_COUNTER, NULL,
	    "I/Os that ended in a part of a region, including those that failed." },
	  NUMBER, cell_ios },
	{ { "dmstat_cell_bytes", METRIC_COUNTER, "bytes",
	    "Bytes of the I/Os that ended in a part of a region." },
	  SECTORS, cell_sectors },
	{ { "dmstat_cell_io_seconds", METRIC_COUNTER, "seconds",
	    "Time from start to end, summed over the I/Os that ended in a part of a region." },
	  NANOSECONDS, cell_ns },
};

static void put_cell(struct exposition *out, const struct cell_metric *of,
		     const struct reading_region *region, size_t index)
{
	const struct reading_cell *cell = &region->cells[index];
	char more[96];
	int i;

	for (i = 0; i < READING_OPERATIONS; i++) {
		snprintf(more, sizeof(more), "cell=\"%zu\",start=\"%" PRIu64
			 "\",%s", index, cell->start * SECTOR,
			 operation_labels[i]);
		put_value(out, &of->metric, of->scale, region->labels, more,
			  of->values(cell)[i]);
		exposition_created(out, &of->metric, region->labels, more,
				   region->region->created);
	}
}

static void put_cells(struct exposition *out, const struct cell_metric *of,
		      const struct reading *reading)
{
	const struct reading_region *region;
	size_t i, cell;

	exposition_metric(out, &of->metric);
	for (i = 0; i < reading->regions_count; i++) {
		region = &reading->regions[i];
		for (cell = 0; cell < region->cells_count; cell++)
			put_cell(out, of, region, cell);
	}
}

/* ---------------------------------------------------------------- devices */

static const struct dmstat_flush no_flush;

static const struct dmstat_flush *flush_of(const struct dmstat_device *device)
{
	return device->flush ? device->flush : &no_flush;
}

static uint64_t device_flush_errors(const struct dmstat_device *device)
{
	return flush_of(device)->errors;
}

static uint64_t device_flush_again(const struct dmstat_device *device)
{
	return flush_of(device)->again;
}

static uint64_t device_flush_busy(const struct dmstat_device *device)
{
	return flush_of(device)->busy_ns;
}

static uint64_t device_flushes_in_flight(const struct dmstat_device *device)
{
	return flush_of(device)->in_flight;
}

static uint64_t device_oldest(const struct dmstat_device *device)
{
	return device->oldest_ns;
}

static uint64_t device_missed(const struct dmstat_device *device)
{
	return device->missed;
}

static uint64_t device_regions(const struct dmstat_device *device)
{
	return device->regions;
}

static uint64_t device_size(const struct dmstat_device *device)
{
	return device->size;
}

/* As for the I/Os of a region: what the histogram adds up to, if that is more. */
static uint64_t device_flushes(const struct dmstat_device *device)
{
	const struct dmstat_flush *flush = flush_of(device);
	uint64_t sum = 0;
	int i;

	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		sum += flush->histogram[i];
	return flush->ios > sum ? flush->ios : sum;
}

/* A metric with a value for each device. Since when they count is not known. */
struct device_metric {
	struct metric metric;
	enum scale scale;
	uint64_t (*value)(const struct dmstat_device *device);
};

static const struct device_metric device_metrics[] = {
	{ { "dmstat_device_flushes", METRIC_COUNTER, NULL,
	    "Flushes that ended, including those that failed; a write with a flush is a write." },
	  NUMBER, device_flushes },
	{ { "dmstat_device_flush_errors", METRIC_COUNTER, NULL,
	    "Flushes that failed." },
	  NUMBER, device_flush_errors },
	{ { "dmstat_device_flush_again", METRIC_COUNTER, NULL,
	    "Flushes that returned with EAGAIN, since their submitter does not wait." },
	  NUMBER, device_flush_again },
	{ { "dmstat_device_flush_busy_seconds", METRIC_COUNTER, "seconds",
	    "Time with at least one flush in flight." },
	  NANOSECONDS, device_flush_busy },
	{ { "dmstat_device_flushes_in_flight", METRIC_GAUGE, NULL,
	    "Flushes that have started and not ended." },
	  NUMBER, device_flushes_in_flight },
	{ { "dmstat_device_oldest_io_seconds", METRIC_GAUGE, "seconds",
	    "Time since the oldest I/O or flush in flight started; 0 if there is none." },
	  NANOSECONDS, device_oldest },
	{ { "dmstat_device_missed_ios", METRIC_COUNTER, NULL,
	    "I/Os that a region of the device has missed, for the same reasons." },
	  NUMBER, device_missed },
	{ { "dmstat_device_regions", METRIC_GAUGE, NULL,
	    "Regions of the device." },
	  NUMBER, device_regions },
	{ { "dmstat_device_size_bytes", METRIC_GAUGE, "bytes",
	    "Size of the device." },
	  SECTORS, device_size },
};

static void put_devices(struct exposition *out, const struct device_metric *of,
			const struct reading *reading)
{
	const struct reading_device *device;
	size_t i;

	exposition_metric(out, &of->metric);
	for (i = 0; i < reading->devices_count; i++) {
		device = &reading->devices[i];
		put_value(out, &of->metric, of->scale, device->labels, "",
			  of->value(device->device));
	}
}

static const struct metric flush_duration_metric = {
	"dmstat_device_flush_duration_seconds", METRIC_HISTOGRAM, "seconds",
	"Time from start to end of the flushes that ended."
};

static void put_flush_durations(struct exposition *out,
				const struct reading *reading)
{
	const struct reading_device *device;
	size_t i;

	exposition_metric(out, &flush_duration_metric);
	for (i = 0; i < reading->devices_count; i++) {
		device = &reading->devices[i];
		const struct exposition_histogram histogram = {
			.bounds = dmstat_flush_bounds(),
			.bounds_count = DMSTAT_FLUSH_BINS - 1,
			.bins = flush_of(device->device)->histogram,
			.count = device_flushes(device->device),
			.sum_ns = flush_of(device->device)->ns,
		};

		exposition_histogram(out, &flush_duration_metric,
				     device->labels, "", &histogram);
	}
}

/* ----------------------------------------------------------- the exporter */

static void put_single(struct exposition *out, const struct metric *metric,
		       uint64_t value)
{
	exposition_metric(out, metric);
	exposition_number(out, metric, "", "", value);
}

static void put_reading(struct exposition *out, const struct reading *reading,
			bool cells)
{
	static const struct metric regions = {
		"dmstat_regions", METRIC_GAUGE, NULL,
		"Regions that there are to export: those that are not owned by a running program."
	};
	static const struct metric regions_left_out = {
		"dmstat_regions_left_out", METRIC_GAUGE, NULL,
		"Regions left out because there are more than --regions allows."
	};
	static const struct metric devices_left_out = {
		"dmstat_devices_left_out", METRIC_GAUGE, NULL,
		"Devices left out because there are more than --regions allows."
	};
	static const struct metric without_cells = {
		"dmstat_regions_without_cells", METRIC_GAUGE, NULL,
		"Regions exported without cells because all cells together would be too many."
	};

	put_single(out, &regions,
		   reading->regions_count + reading->regions_left_out);
	put_single(out, &regions_left_out, reading->regions_left_out);
	put_single(out, &devices_left_out, reading->devices_left_out);
	if (cells)
		put_single(out, &without_cells, reading->without_cells);
}

static void put_scrape(struct exposition *out, const struct scrape *scrape)
{
	static const struct metric duration = {
		"dmstat_scrape_duration_seconds", METRIC_GAUGE, "seconds",
		"Time that reading the counters from the kernel took."
	};
	static const struct metric errors = {
		"dmstat_scrape_errors", METRIC_COUNTER, NULL,
		"Scrapes without counters since the exporter was started."
	};

	exposition_metric(out, &duration);
	exposition_seconds(out, &duration, "", "", scrape->ns);
	put_single(out, &errors, scrape->errors);
}

static void put_build(struct exposition *out)
{
	static const struct metric build = {
		"dmstat_exporter_build_info", METRIC_GAUGE, NULL,
		"The version of the exporter; always 1."
	};

	exposition_metric(out, &build);
	exposition_number(out, &build, "version=\"" VERSION "\"", "", 1);
}

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static void put_counters(struct exposition *out, const struct reading *reading,
			 bool cells)
{
	size_t i;

	for (i = 0; i < COUNT(region_metrics); i++)
		put_regions(out, &region_metrics[i], reading);
	put_durations(out, reading);
	for (i = 0; cells && i < COUNT(cell_metrics); i++)
		put_cells(out, &cell_metrics[i], reading);
	for (i = 0; i < COUNT(device_metrics); i++)
		put_devices(out, &device_metrics[i], reading);
	put_flush_durations(out, reading);
	put_reading(out, reading, cells);
}

void metrics_write(struct exposition *out, const struct reading *reading,
		   const struct scrape *scrape)
{
	static const struct metric up = {
		"dmstat_up", METRIC_GAUGE, NULL,
		"Whether the kernel module answered: 1, or 0 if it is not loaded, refused, or took too long."
	};

	put_single(out, &up, reading ? 1 : 0);
	if (reading)
		put_counters(out, reading, scrape->cells);
	put_scrape(out, scrape);
	put_build(out);
}
