// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that are read again and again, for a map of each.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "out/time_text.h"
#include "source/array.h"
#include "source/device.h"
#include "source/frame.h"
#include "source/interrupt.h"
#include "source/interval.h"
#include "source/place.h"
#include "source/region.h"
#include "source/sampler.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/stack.h"

/* A region that is created here: as many areas as a wide screen has columns. */
#define OWN_AREAS	512

#define OWN_PROGRAM	"dmstat-nl"

/**
 * struct sampled - a region that is read
 * @id: its id
 * @major: of its device
 * @minor: of its device
 * @start: its first sector
 * @length: its sectors
 * @device_size: sectors of its device; 0: not known
 * @snapshot: what was read last; NULL: nothing, or the region is gone
 */
struct sampled {
	uint32_t id;
	uint32_t major;
	uint32_t minor;
	uint64_t start;
	uint64_t length;
	uint64_t device_size;
	struct dmstat_snapshot *snapshot;
};

static int add(struct sampler *sampler, const struct dmstat_region *region)
{
	struct sampled *regions;

	regions = array_grow(sampler->regions, sampler->count,
			     sizeof(*regions));
	if (!regions)
		return -ENOMEM;
	sampler->regions = regions;
	regions[sampler->count++] = (struct sampled) {
		.id = region->region_id,
		.major = region->major,
		.minor = region->minor,
		.start = region->start,
		.length = region->length,
	};
	return 0;
}

static bool is_named(const struct scope *scope, uint32_t id)
{
	size_t i;

	for (i = 0; i < scope->count; i++)
		if (scope->items[i].kind == SCOPE_REGION &&
		    scope->items[i].region_id == id)
			return true;
	return false;
}

/*
 * Add the regions of a scope; none is no error. Unless it is named itself, a
 * region that a program owns vanishes with that.
 */
static int add_regions(struct sampler *sampler, const struct scope *scope)
{
	const struct dmstat_region *region;
	struct region_list list;
	int error = 0;
	size_t i;

	if (scope_regions(sampler->dmstat, scope, &list))
		return EXIT_FAILURE;
	for (i = 0; i < list.count && !error; i++) {
		region = &list.regions[i];
		if (!region->owned || is_named(scope, region->region_id))
			error = add(sampler, region);
	}
	region_list_free(&list);
	if (error)
		return session_failed(sampler->dmstat, error,
				      "cannot list the regions");
	return 0;
}

static int create_own(struct sampler *sampler,
		      const struct dmstat_device *device,
		      const struct dmstat_extent *range)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	char name[256];
	int error;

	spec.major = device->major;
	spec.minor = device->minor;
	spec.start = range->start;
	spec.length = range->length;
	spec.areas = range->length < OWN_AREAS ? range->length : OWN_AREAS;
	/* As flushes have them: powers of two from 1 us. */
	spec.bounds = dmstat_flush_bounds();
	spec.bounds_count = DMSTAT_FLUSH_BINS - 1;
	spec.program_id = OWN_PROGRAM;
	spec.owned = 1;

	snprintf(name, sizeof(name), "%s", device->name);
	error = dmstat_region_create(sampler->dmstat, &spec, &region);
	if (!error)
		error = add(sampler, region);
	if (error)
		return session_failed(sampler->dmstat, error,
				      "cannot create a region of %s", name);
	return 0;
}

static bool has_region(const struct sampler *sampler,
		       const struct scope_item *item)
{
	const struct sampled *sampled;
	struct dmstat_region region;
	size_t i;

	for (i = 0; i < sampler->count; i++) {
		sampled = &sampler->regions[i];
		region = (struct dmstat_region){
			.major = sampled->major,
			.minor = sampled->minor,
			.start = sampled->start,
			.length = sampled->length,
		};
		if (scope_item_has_region(item, &region))
			return true;
	}
	return false;
}

static bool is_device(const struct scope_item *item)
{
	return item->kind == SCOPE_DEVICE || item->kind == SCOPE_PARTITION;
}

/* Create a region of each device that was named and has none. */
static int add_devices(struct sampler *sampler, const struct scope *scope,
		       bool create)
{
	const struct dmstat_device *device;
	const struct scope_item *item;
	int error, status = 0;
	size_t i;

	for (i = 0; !status && i < scope->count; i++) {
		item = &scope->items[i];
		if (!is_device(item) || has_region(sampler, item))
			continue;
		if (!create) {
			complain("%s has no region: nothing was counted yet",
				 item->text);
			return EXIT_FAILURE;
		}
		error = dmstat_device_get(sampler->dmstat, item->major,
					  item->minor, &device);
		status = error ? session_failed(sampler->dmstat, error, "%s",
						item->text) :
				 create_own(sampler, device, &item->range);
	}
	return status;
}

static int add_all_devices(struct sampler *sampler)
{
	struct dmstat_extent whole = { 0 };
	struct device_list list;
	int status = 0;
	size_t i;

	if (device_list_get(sampler->dmstat, &list))
		return EXIT_FAILURE;
	for (i = 0; !status && i < list.count; i++) {
		whole.length = list.devices[i].size;
		if (whole.length && !stack_repeats(&list, &list.devices[i]))
			status = create_own(sampler, &list.devices[i], &whole);
	}
	device_list_free(&list);
	return status;
}

/* A device that has gone takes its regions along: their reader says so. */
static void find_sizes(struct sampler *sampler)
{
	const struct dmstat_device *device;
	size_t i;

	for (i = 0; i < sampler->count; i++) {
		struct sampled *sampled = &sampler->regions[i];

		if (!dmstat_device_get(sampler->dmstat, sampled->major,
				       sampled->minor, &device))
			sampled->device_size = device->size;
	}
}

/* A reading only says where areas are that saw I/O. */
static int read_places(struct sampler *sampler)
{
	const struct dmstat_region *region;
	struct dmstat_region copy;
	int status = 0;
	size_t i;

	for (i = 0; !status && i < sampler->count; i++) {
		if (dmstat_region_get(sampler->dmstat, sampler->regions[i].id,
				      &region) || !region->extents)
			continue;
		copy = *region;
		status = place_read(sampler->dmstat, &copy, &sampler->places);
	}
	return status;
}

static int find_all(struct sampler *sampler, const struct scope *scope,
		    bool create)
{
	int status;

	status = add_regions(sampler, scope);
	if (!status)
		status = add_devices(sampler, scope, create);
	if (!status && scope_is_all(scope) && !sampler->count && create)
		status = add_all_devices(sampler);
	if (!status && !sampler->count) {
		complain("there is no %s", create ? "device whose I/O can be counted" :
			 "region: nothing was counted");
		status = EXIT_FAILURE;
	}
	return status;
}

int sampler_open(struct sampler *sampler, const struct scope *scope,
		 bool create)
{
	int status = find_all(sampler, scope, create);

	if (status)
		return status;
	find_sizes(sampler);
	return read_places(sampler);
}

void sampler_close(struct sampler *sampler)
{
	size_t i;

	for (i = 0; i < sampler->count; i++)
		dmstat_snapshot_free(sampler->regions[i].snapshot);
	free(sampler->regions);
	place_list_free(&sampler->places);
	sampler->regions = NULL;
	sampler->count = 0;
}

static struct dmstat_area_query query_of(const struct sampler *sampler,
					 const struct dmstat_region *region)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const uint64_t merge = sampler->areas_per_cell(region);

	query.region_id = region->region_id;
	query.flags = DMSTAT_AREAS_ACTIVE;
	query.merge = merge > 1 ? merge : 0;
	return query;
}

static bool had_io(const struct dmstat_area *area)
{
	return area->read->ios || area->write->ios || area->discard->ios;
}

/**
 * struct passing - a region whose areas are passed on
 * @places: where areas of regions are
 * @region: a copy, of which no pointer is used
 * @sink: the sink
 */
struct passing {
	const struct place_list *places;
	struct dmstat_region region;
	const struct frame_sink *sink;
};

static int pass_on(const struct dmstat_area *area, void *data)
{
	const struct passing *passing = data;

	if (!had_io(area))
		return 0;
	return passing->sink->area(passing->sink->data, area,
				   place_offset(passing->places,
						&passing->region, area->index));
}

/* Begin to pass a region on: @region is not valid any more afterwards. */
static int begin_passing(struct sampler *sampler, struct passing *passing,
			 const struct sampled *sampled,
			 const struct dmstat_region *region)
{
	const struct frame_sink *sink = passing->sink;

	passing->places = &sampler->places;
	passing->region = *region;
	return sink->region(sink->data, region, sampled->device_size,
			    place_offset(&sampler->places, region,
					 region->areas));
}

static int pass_on_delta(const struct dmstat_delta *delta, void *data)
{
	return pass_on(delta->area, data);
}

/* Take the first snapshot of a region: what comes later is compared with it. */
static int begin_region(struct sampler *sampler, struct sampled *sampled)
{
	const struct dmstat_region *region;
	struct dmstat_area_query query;
	int error;

	error = dmstat_region_get(sampler->dmstat, sampled->id, &region);
	if (error)
		return error;
	query = query_of(sampler, region);
	query.flags |= DMSTAT_AREAS_UNCLEARED;
	return dmstat_snapshot_take(sampler->dmstat, &query,
				    &sampled->snapshot);
}

static int read_region(struct sampler *sampler, struct sampled *sampled,
		       const struct frame_sink *sink)
{
	struct passing passing = { .sink = sink };
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_region_get(sampler->dmstat, sampled->id, &region);
	if (ret)
		return ret;
	ret = begin_passing(sampler, &passing, sampled, region);
	if (ret)
		return ret;
	return dmstat_snapshot_update(sampler->dmstat, sampled->snapshot,
				      pass_on_delta, &passing);
}

/* A region that is gone is left out from now on. */
static void drop(struct sampled *sampled)
{
	complain("region %u is gone", sampled->id);
	dmstat_snapshot_free(sampled->snapshot);
	sampled->snapshot = NULL;
}

/* Read all regions that are left; *@left is set to how many these are. */
static int read_regions(struct sampler *sampler, const struct frame_sink *sink,
			size_t *left)
{
	size_t i;
	int ret;

	*left = 0;
	for (i = 0; i < sampler->count; i++) {
		struct sampled *sampled = &sampler->regions[i];

		if (!sampled->snapshot)
			continue;
		ret = read_region(sampler, sampled, sink);
		if (ret == -ENOENT) {
			drop(sampled);
			continue;
		}
		if (ret)
			return ret;
		(*left)++;
	}
	return 0;
}

static int read_interval(struct sampler *sampler, uint64_t elapsed_ns,
			 const struct frame_sink *sink)
{
	size_t left = 0;
	int ret;

	ret = sink->begin(sink->data, time_now(), elapsed_ns);
	if (!ret)
		ret = read_regions(sampler, sink, &left);
	if (!ret)
		ret = sink->end(sink->data);
	return ret || left ? ret : -ENOENT;
}

static int run(struct sampler *sampler, uint64_t interval, uint64_t count,
	       const struct frame_sink *sink)
{
	uint64_t last = clock_ns(), next = last, now, i;
	int ret;

	for (i = 0; i < count; i++) {
		next = interval_next(next, interval);
		ret = interval_wait(next);
		if (ret || interrupted())
			return ret;

		now = clock_ns();
		ret = read_interval(sampler, now > last ? now - last : 1, sink);
		if (ret)
			return ret;
		last = now;
	}
	return 0;
}

/* A positive value has been explained by the sink that returned it. */
static int explain(struct sampler *sampler, int ret)
{
	if (ret == -ENOENT) {
		complain("no region is left");
		return EXIT_FAILURE;
	}
	if (ret < 0)
		return session_failed(sampler->dmstat, ret,
				      "cannot read the regions");
	return ret;
}

int sampler_run(struct sampler *sampler, uint64_t interval, uint64_t count,
		const struct frame_sink *sink)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < sampler->count; i++)
		ret = begin_region(sampler, &sampler->regions[i]);
	if (!ret)
		ret = run(sampler, interval, count, sink);
	return explain(sampler, ret);
}

static int read_once(struct sampler *sampler, struct sampled *sampled,
		     const struct frame_sink *sink)
{
	struct passing passing = { .sink = sink };
	const struct dmstat_region *region;
	struct dmstat_area_query query;
	uint64_t now = time_now(), since;
	int ret;

	ret = dmstat_region_get(sampler->dmstat, sampled->id, &region);
	if (ret)
		return ret;
	since = region->cleared ? region->cleared : region->created;
	query = query_of(sampler, region);
	ret = sink->begin(sink->data, now, now > since ? now - since : 1);
	if (!ret)
		ret = begin_passing(sampler, &passing, sampled, region);
	if (!ret)
		ret = dmstat_areas(sampler->dmstat, &query, pass_on, &passing);
	return ret ? ret : sink->end(sink->data);
}

int sampler_once(struct sampler *sampler, const struct frame_sink *sink)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < sampler->count; i++)
		ret = read_once(sampler, &sampler->regions[i], sink);
	return explain(sampler, ret);
}
