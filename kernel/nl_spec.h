/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a request to create or to resize a region asks for.
 */
#ifndef _DMSTAT_NL_SPEC_H
#define _DMSTAT_NL_SPEC_H

#include <linux/dmstat.h>
#include <linux/types.h>

#include "device.h"
#include "geometry.h"
#include "region.h"

struct genl_info;

struct dmstat_nl_spec {
	/* Refers to what follows; @label is not set. */
	struct dmstat_region_params region;
	struct dmstat_device_info device;
	struct dmstat_kextent range;	/* if no extents are given */
	struct dmstat_kextent *extents;	/* if they are; allocated */
	u64 bounds[DMSTAT_HISTOGRAM_BOUNDS_MAX];
};

int dmstat_nl_spec_get(struct dmstat_nl_spec *spec, struct genl_info *info);
int dmstat_nl_spec_get_size(struct dmstat_nl_spec *spec,
			    const struct dmstat_kregion *region,
			    struct genl_info *info);
void dmstat_nl_spec_free(struct dmstat_nl_spec *spec);

#endif /* _DMSTAT_NL_SPEC_H */
