// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * filter: the regions that a request is about
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "filter.h"

#include <stddef.h>

#include "request.h"
#include "structure.h"

#define FILTER_SIZE_0	offsetof(struct dmstat_region_filter, group)

/**
 * dmstat_filter_copy() - copy a caller's filter
 * @mine: set to the filter, of this version
 * @filter: the caller's, or NULL: all regions
 *
 * Return: as structure_copy().
 */
int dmstat_filter_copy(struct dmstat_region_filter *mine,
		       const struct dmstat_region_filter *filter)
{
	*mine = (struct dmstat_region_filter)DMSTAT_REGION_FILTER_INIT;
	if (!filter)
		return 0;
	return structure_copy(mine, sizeof(*mine), filter, filter->struct_size,
			      FILTER_SIZE_0);
}

/**
 * dmstat_filter_put() - append a filter to a request
 * @request: the request
 * @attributes: the request's types of attributes
 * @filter: the filter, from dmstat_filter_copy()
 *
 * Return: 0; -ERANGE, a string is longer than the kernel accepts.
 */
int dmstat_filter_put(struct nl_msg *request,
		      const struct filter_attributes *attributes,
		      const struct dmstat_region_filter *filter)
{
	int ret;

	if (filter->by_device) {
		nla_put_u32(request, attributes->major, filter->major);
		nla_put_u32(request, attributes->minor, filter->minor);
	}
	ret = dmstat_request_put_string(request, attributes->program_id,
					filter->program_id);
	if (!ret)
		ret = dmstat_request_put_string(request, attributes->group,
						filter->group);
	return ret;
}
