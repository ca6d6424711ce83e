// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interval in JSON, with all counters of the areas that saw I/O.
 */
#include <stdbool.h>

#include "arg/time.h"
#include "out/output.h"
#include "source/node.h"
#include "source/place.h"
#include "source/scope.h"
#include "view/flush.h"
#include "view/histogram.h"
#include "view/io.h"
#include "view/object.h"
#include "view/recording.h"

#define NS_PER_SECOND	1e9

/**
 * struct recording - what print_area() needs
 * @out: the output
 * @source: the readings
 * @region: the region
 * @bounds: of the region
 * @elapsed_ns: of the region
 */
struct recording {
	struct output *out;
	const struct object_source *source;
	const struct dmstat_region *region;
	struct bounds bounds;
	uint64_t elapsed_ns;
};

static bool is_idle(const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;

	return !delta->cleared && !area->read->ios && !area->write->ios &&
	       !area->discard->ios && !area->read->again &&
	       !area->write->again && !area->discard->again &&
	       !area->queue_ns && !area->in_flight_read &&
	       !area->in_flight_write;
}

static double per_s(const struct recording *recording, uint64_t count)
{
	return recording->elapsed_ns ?
	       count * NS_PER_SECOND / recording->elapsed_ns : 0;
}

/* Nanoseconds as a share of the interval. */
static double share(const struct recording *recording, uint64_t ns)
{
	return per_s(recording, ns) / NS_PER_SECOND;
}

static void print_io(const struct recording *recording, const char *key,
		     const struct dmstat_io *io, const struct dmstat_rate *rate,
		     const struct dmstat_histogram *histogram)
{
	struct output *out = recording->out;

	output_object(out, key);
	output_field(out, "ios", io->ios);
	output_field(out, "sectors", io->sectors);
	io_rare_fields(out, io);
	output_field_real(out, "ios_per_s", per_s(recording, io->ios));
	output_field_real(out, "sectors_per_s", per_s(recording, io->sectors));
	output_field(out, "mean_ns", rate->mean_ns);
	output_field(out, "longest_ns", rate->longest_most_ns);
	output_field(out, "longest_least_ns", rate->longest_least_ns);
	histogram_fields(out, &recording->bounds, histogram);
	output_object_end(out);
}

static int print_area(const struct dmstat_delta *delta, void *data)
{
	const struct recording *recording = data;
	const struct dmstat_area *area = delta->area;
	struct output *out = recording->out;
	double busy;

	if (is_idle(delta))
		return 0;
	busy = share(recording, area->busy_ns);
	output_object(out, NULL);
	output_field(out, "index", area->index);
	output_field(out, "start", area->start);
	output_field(out, "length", area->length);
	if (recording->region->extents)
		output_field(out, "offset",
			     place_offset(recording->source->places,
					  recording->region, area->index));
	print_io(recording, "read", area->read, delta->read,
		 area->histogram[DMSTAT_READ]);
	print_io(recording, "write", area->write, delta->write,
		 area->histogram[DMSTAT_WRITE]);
	print_io(recording, "discard", area->discard, delta->discard,
		 area->histogram[DMSTAT_DISCARD]);
	io_in_flight_fields(out, area);
	output_field(out, "busy_ns", area->busy_ns);
	output_field(out, "queue_ns", area->queue_ns);
	output_field_real(out, "queue_depth",
			  share(recording, area->queue_ns));
	output_field_real(out, "utilization", busy > 1 ? 1 : busy);
	output_field_bool(out, "cleared", delta->cleared);
	output_field(out, "clears", area->clears);
	output_object_end(out);
	return out->error ? 1 : 0;
}

static void print_bounds(struct output *out, const struct dmstat_region *region)
{
	uint32_t i;

	output_list(out, "bounds_ns");
	for (i = 0; i < region->bounds_count; i++)
		output_field(out, NULL, region->bounds[i]);
	output_list_end(out);
}

static void print_region(const struct recording *recording,
			 const struct dmstat_region_delta *delta)
{
	const struct dmstat_region *region = delta->region;
	struct output *out = recording->out;

	output_field(out, "region_id", region->region_id);
	output_field_string(out, "device",
			    node_find(recording->source->nodes, region->major,
				      region->minor)->name);
	output_field(out, "major", region->major);
	output_field(out, "minor", region->minor);
	output_field(out, "start", region->start);
	output_field(out, "length", region->length);
	if (delta->device)
		output_field(out, "device_size", delta->device->device->size);
	output_field(out, "areas_count", region->areas);
	output_field(out, "area_size", region->area_size);
	output_field(out, "extents", region->extents);
	if (region->extents)
		output_field(out, "sectors",
			     place_offset(recording->source->places, region,
					  region->areas));
	output_field_string(out, "group", region->group);
	output_field_string(out, "program_id", region->program_id);
	output_field(out, "created", region->created);
	output_field(out, "elapsed_ns", recording->elapsed_ns);
	output_field(out, "missed", region->missed);
	output_field(out, "clears", region->clears);
	print_bounds(out, region);
}

/* Flushes have no place, so they are in no area. */
static void print_flush(struct output *out,
			const struct dmstat_device_delta *delta)
{
	struct flush_rate rate;

	if (!delta)
		return;
	rate = (struct flush_rate){
		.growth = *delta->flush,
		.longest_least_ns = delta->rate->longest_least_ns,
		.mean_ns = delta->rate->mean_ns,
		.ios_per_s = delta->rate->ios_per_s,
		.utilization = delta->utilization,
	};
	rate.growth.longest_ns = delta->rate->longest_most_ns;
	flush_rate_object(out, &rate);
}

static int record_region(const struct dmstat_region_delta *delta, void *data)
{
	struct recording *recording = data;
	struct output *out = recording->out;
	int error;

	if (!scope_has_region(recording->source->scope, delta->region))
		return 0;
	recording->region = delta->region;
	histogram_bounds(&recording->bounds, delta->region);
	recording->elapsed_ns = objects_elapsed(recording->source, delta);
	output_object(out, NULL);
	print_region(recording, delta);
	print_flush(out, delta->device);
	output_list(out, "areas");
	error = dmstat_delta(delta->before, delta->after, print_area,
			     recording);
	output_list_end(out);
	output_object_end(out);
	return error;
}

int recording_regions(struct output *out, const struct object_source *source)
{
	struct recording recording = { .out = out, .source = source };
	int error;

	output_list(out, "regions");
	error = dmstat_region_deltas(source->before, source->after,
				     record_region, &recording);
	output_list_end(out);
	return error;
}
