// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a request to create a region asks for: each attribute is checked where
 * it is parsed, against the size of the device.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "cgroup.h"
#include "compat.h"
#include "memory.h"
#include "nl_request.h"
#include "nl_spec.h"

/* --------------------------------------------------------------- range */

/* Set the end of the range; @length may be NULL: that of the device. */
static int get_end(struct dmstat_nl_spec *spec, const struct nlattr *length,
		   struct netlink_ext_ack *extack)
{
	struct dmstat_kextent *range = &spec->range;
	sector_t size = spec->device.disk.sectors;

	range->end = size;
	if (length && !nla_get_u64(length)) {
		NL_SET_ERR_MSG_ATTR(extack, length,
				    "length is zero: a region has at least one sector");
		return -EINVAL;
	}
	if (length && check_add_overflow(range->start, nla_get_u64(length),
					 &range->end)) {
		NL_SET_ERR_MSG_ATTR(extack, length,
				    "start + length does not fit 64 bits");
		return -EOVERFLOW;
	}
	if (range->end > size) {
		NL_SET_ERR_MSG_ATTR(extack, length,
				    "start + length is beyond the end of the device");
		return -ERANGE;
	}
	spec->region.extents = range;
	spec->region.nr_extents = 1;
	return 0;
}

/* The whole device or a range of it: one extent. */
static int get_range(struct dmstat_nl_spec *spec, struct nlattr **attrs,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *start = attrs[DMSTAT_A_REGION_START];

	spec->range.start = start ? nla_get_u64(start) : 0;
	if (spec->range.start >= spec->device.disk.sectors) {
		NL_SET_ERR_MSG_ATTR(extack, start,
				    "start is beyond the end of the device");
		return -ERANGE;
	}
	return get_end(spec, attrs[DMSTAT_A_REGION_LENGTH], extack);
}

/* ------------------------------------------------------------- extents */

static u32 count_ranges(const struct nlattr *attr)
{
	return nla_len(attr) / sizeof(struct dmstat_extent_range);
}

static int count_extents(struct genl_info *info, u32 *nr)
{
	const struct nlattr *attr;
	int left;

	*nr = 0;
	nlmsg_for_each_attr_type(attr, DMSTAT_A_REGION_EXTENT_RANGES,
				 info->nlhdr, GENL_HDRLEN, left) {
		*nr += count_ranges(attr);
		if (*nr <= DMSTAT_EXTENTS_MAX)
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "more than 65536 extents: make several regions");
		return -ERANGE;
	}
	return 0;
}

static size_t extents_memory(u32 nr)
{
	return dmstat_memory_size(nr * sizeof(struct dmstat_kextent));
}

/* Return: the extents, or an error number. */
static struct dmstat_kextent *alloc_extents(u32 nr,
					    struct netlink_ext_ack *extack)
{
	struct dmstat_kextent *extents;

	if (!dmstat_memory_charge(extents_memory(nr))) {
		NL_SET_ERR_MSG(extack,
			       "over the module's memory limit: use fewer extents, delete regions, or raise the parameter memory_limit");
		return ERR_PTR(-ENOSPC);
	}
	extents = dmstat_memory_alloc(nr * sizeof(*extents), __GFP_ZERO);
	if (extents)
		return extents;
	dmstat_memory_uncharge(extents_memory(nr));
	NL_SET_ERR_MSG(extack,
		       "no memory for the extents: nothing was done, try again");
	return ERR_PTR(-ENOMEM);
}

/* @before is the end of the extent before it. */
static int get_extent(const struct dmstat_nl_spec *spec,
		      const struct nlattr *attr, u32 i, sector_t before,
		      struct dmstat_kextent *extent,
		      struct netlink_ext_ack *extack)
{
	struct dmstat_extent_range range;

	/* Attributes are aligned to 4 bytes only. */
	memcpy(&range, nla_data(attr) + i * sizeof(range), sizeof(range));
	if (!range.length) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an extent's length is zero: it has at least one sector");
		return -EINVAL;
	}
	extent->start = range.start;
	if (check_add_overflow(range.start, range.length, &extent->end)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an extent's start + length does not fit 64 bits");
		return -EOVERFLOW;
	}
	if (extent->start < before) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "extents must rise and not overlap: sort them, and join those that overlap");
		return -EINVAL;
	}
	if (extent->end > spec->device.disk.sectors) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an extent is beyond the end of the device");
		return -ERANGE;
	}
	return 0;
}

static int fill_extents(struct dmstat_nl_spec *spec, struct genl_info *info)
{
	struct dmstat_kextent *extent = spec->extents;
	const struct nlattr *attr;
	sector_t before = 0;
	int left, ret;
	u32 i;

	nlmsg_for_each_attr_type(attr, DMSTAT_A_REGION_EXTENT_RANGES,
				 info->nlhdr, GENL_HDRLEN, left) {
		for (i = 0; i < count_ranges(attr); i++) {
			ret = get_extent(spec, attr, i, before, extent,
					 info->extack);
			if (ret)
				return ret;
			before = extent++->end;
		}
		/* After 4,095 extents at most. */
		cond_resched();
	}
	return 0;
}

static int get_list(struct dmstat_nl_spec *spec, struct genl_info *info)
{
	struct dmstat_kextent *extents;
	int ret;

	ret = count_extents(info, &spec->region.nr_extents);
	if (ret)
		return ret;
	extents = alloc_extents(spec->region.nr_extents, info->extack);
	if (IS_ERR(extents))
		return PTR_ERR(extents);
	spec->extents = extents;
	spec->region.extents = extents;
	spec->region.of_extents = true;
	return fill_extents(spec, info);
}

static int get_extents(struct dmstat_nl_spec *spec, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[DMSTAT_A_REGION_START] ?:
				    info->attrs[DMSTAT_A_REGION_LENGTH];

	if (!attr)
		return get_list(spec, info);
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "give start and length or extents, not both");
	return -EINVAL;
}

/* --------------------------------------------------------------- areas */

static u64 longest_extent(const struct dmstat_region_params *region)
{
	u64 longest = 0;
	u32 i;

	for (i = 0; i < region->nr_extents; i++) {
		longest = max_t(u64, longest, region->extents[i].end -
					      region->extents[i].start);
		if (!(i % 4096))
			cond_resched();
	}
	return longest;
}

static int get_area_size(const struct nlattr *attr, u64 *area_size,
			 struct netlink_ext_ack *extack)
{
	*area_size = nla_get_u64(attr);
	if (*area_size)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "area size is zero: an area has at least one sector");
	return -EINVAL;
}

/* The size that makes as many areas as are asked for. */
static int get_number(const struct nlattr *attr,
		      const struct dmstat_region_params *region, u64 *area_size,
		      struct netlink_ext_ack *extack)
{
	u64 areas = nla_get_u64(attr), sectors = longest_extent(region);

	if (region->of_extents) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "extents take an area size, not a number of areas");
		return -EINVAL;
	}
	if (!areas) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "number of areas is zero: a region has at least one");
		return -EINVAL;
	}
	if (areas > sectors) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "more areas than sectors in the region");
		return -ERANGE;
	}
	*area_size = DIV64_U64_ROUND_UP(sectors, areas);
	return 0;
}

static int cut(struct dmstat_region_params *region, u64 area_size,
	       const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	region->area_size = area_size;
	if (dmstat_extents_cut(region->extents, region->nr_extents, area_size,
			       &region->areas))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "more than 4294967295 areas: use larger ones");
	return -ERANGE;
}

/* With neither a size nor a number, each extent is one area. */
static int get_areas(struct dmstat_region_params *region, struct nlattr **attrs,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *size = attrs[DMSTAT_A_REGION_AREA_SIZE];
	const struct nlattr *number = attrs[DMSTAT_A_REGION_AREAS];
	u64 area_size;
	int ret = 0;

	if (size && number) {
		NL_SET_ERR_MSG_ATTR(extack, number,
				    "give the size of an area or the number of areas, not both");
		return -EINVAL;
	}
	if (size)
		ret = get_area_size(size, &area_size, extack);
	else if (number)
		ret = get_number(number, region, &area_size, extack);
	else
		area_size = longest_extent(region);
	if (ret)
		return ret;

	return cut(region, area_size, number ?: size, extack);
}

/* -------------------------------------------------------------- bounds */

static int get_bounds(struct dmstat_nl_spec *spec, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	u64 *bounds = spec->bounds;
	u32 i, nr;

	if (!attr)
		return 0;
	nr = nla_memcpy(bounds, attr, sizeof(spec->bounds)) / sizeof(*bounds);
	for (i = 0; i < nr; i++) {
		if (bounds[i] > (i ? bounds[i - 1] : 0))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "histogram bounds have to rise, from more than zero");
		return -EINVAL;
	}
	spec->region.bounds = bounds;
	spec->region.nr_bounds = nr;
	return 0;
}

/* -------------------------------------------------------------- cgroup */

static int refuse_cgroup(int error, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	switch (error) {
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such cgroup");
		break;
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no I/O is charged to this cgroup: write +io to the cgroup.subtree_control of its parent");
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this kernel does not charge I/O to cgroups: it lacks CONFIG_BLK_CGROUP");
	}
	return error;
}

static int get_cgroup(struct dmstat_region_params *region,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	struct cgroup *cgroup;

	if (!attr)
		return 0;
	cgroup = dmstat_cgroup_get(nla_get_u64(attr));
	if (IS_ERR(cgroup))
		return refuse_cgroup(PTR_ERR(cgroup), attr, extack);
	region->cgroup = cgroup;
	return 0;
}

static int get_all(struct dmstat_nl_spec *spec, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	int ret;

	ret = attrs[DMSTAT_A_REGION_EXTENT_RANGES] ?
	      get_extents(spec, info) :
	      get_range(spec, attrs, info->extack);
	return ret ?: get_areas(&spec->region, attrs, info->extack) ?:
	       get_bounds(spec, attrs[DMSTAT_A_REGION_HISTOGRAM_BOUNDS],
			  info->extack) ?:
	       get_cgroup(&spec->region, attrs[DMSTAT_A_REGION_CGROUP_ID],
			  info->extack);
}

static int check_sectors(const struct dmstat_nl_spec *spec,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (spec->device.disk.sectors)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "the device has no sectors yet: load a table and resume it, attach a file, or insert a medium");
	return -ERANGE;
}

static void spec_init(struct dmstat_nl_spec *spec)
{
	spec->region = (struct dmstat_region_params) { .device = &spec->device };
	spec->extents = NULL;
}

/**
 * dmstat_nl_spec_get() - parse and check a request to create a region
 * @spec: set to what it asks for, but for the label
 * @info: the request
 *
 * Context: process, may sleep.
 * Return: 0, then dmstat_nl_spec_free() frees what @spec holds; or a negative
 * error number.
 */
int dmstat_nl_spec_get(struct dmstat_nl_spec *spec, struct genl_info *info)
{
	int ret;

	spec_init(spec);
	ret = dmstat_nl_get_device(info->attrs, DMSTAT_A_REGION_MAJOR,
				   &spec->device, info->extack) ?:
	      check_sectors(spec, info->attrs[DMSTAT_A_REGION_MAJOR],
			    info->extack);
	if (ret)
		return ret;
	ret = get_all(spec, info);
	if (ret)
		dmstat_nl_spec_free(spec);
	return ret;
}

/* -------------------------------------------------------------- resizing */

/* A region stays what it was made of. */
static int check_kind(const struct dmstat_kregion *region,
		      const struct nlattr *length, const struct nlattr *extents,
		      struct netlink_ext_ack *extack)
{
	if (length && extents) {
		NL_SET_ERR_MSG_ATTR(extack, extents,
				    "give length or extents, not both");
		return -EINVAL;
	}
	if (length && region->of_extents) {
		NL_SET_ERR_MSG_ATTR(extack, length,
				    "the region is made of extents: give all of its new extents, not a length");
		return -EINVAL;
	}
	if (extents && !region->of_extents) {
		NL_SET_ERR_MSG_ATTR(extack, extents,
				    "the region is a range: give its new length, not extents");
		return -EINVAL;
	}
	return 0;
}

static int get_size(struct dmstat_nl_spec *spec,
		    const struct dmstat_kregion *region, struct genl_info *info)
{
	const struct nlattr *length = info->attrs[DMSTAT_A_REGION_LENGTH];
	const struct nlattr *extents =
		info->attrs[DMSTAT_A_REGION_EXTENT_RANGES];
	int ret;

	ret = check_kind(region, length, extents, info->extack) ?:
	      check_sectors(spec, length ?: extents, info->extack);
	if (ret)
		return ret;
	spec->range.start = dmstat_region_start(region);
	ret = extents ? get_list(spec, info) :
			get_end(spec, length, info->extack);
	return ret ?: cut(&spec->region, region->area_size, length ?: extents,
			  info->extack);
}

/**
 * dmstat_nl_spec_get_size() - parse and check a request to resize a region
 * @spec: set to the extents and areas that it asks for
 * @region: the region; the caller has a reference
 * @info: the request, which has a length or extents
 *
 * Context: process, may sleep.
 * Return: 0, then dmstat_nl_spec_free() frees what @spec holds; or a negative
 * error number.
 */
int dmstat_nl_spec_get_size(struct dmstat_nl_spec *spec,
			    const struct dmstat_kregion *region,
			    struct genl_info *info)
{
	int ret;

	spec_init(spec);
	ret = dmstat_nl_get_device_of(region, &spec->device,
				      info->attrs[DMSTAT_A_REGION_REGION_ID],
				      info->extack);
	if (ret)
		return ret;
	ret = get_size(spec, region, info);
	if (ret)
		dmstat_nl_spec_free(spec);
	return ret;
}

/**
 * dmstat_nl_spec_free() - free what a spec holds
 * @spec: the spec
 */
void dmstat_nl_spec_free(struct dmstat_nl_spec *spec)
{
	dmstat_cgroup_put(spec->region.cgroup);
	if (!spec->extents)
		return;
	kvfree(spec->extents);
	dmstat_memory_uncharge(extents_memory(spec->region.nr_extents));
}
