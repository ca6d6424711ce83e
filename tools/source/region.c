// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: lists of copies; what a request needs of one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "source/array.h"
#include "source/region.h"
#include "source/session.h"

void region_list_free(struct region_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free((char *)list->regions[i].device_name);
		free((char *)list->regions[i].program_id);
		free((char *)list->regions[i].group);
		free((void *)list->regions[i].user_data);
	}
	free(list->regions);
	list->regions = NULL;
	list->count = 0;
}

/* The copy of a region still points to the original's user data: copy it. */
static int copy_user_data(struct dmstat_region *copy)
{
	const void *original = copy->user_data;
	void *bytes;

	if (!original)
		return 0;
	bytes = malloc(copy->user_data_size);
	copy->user_data = bytes;
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, original, copy->user_data_size);
	return 0;
}

/* What collect() needs. */
struct collection {
	struct region_list *list;
	bool (*wanted)(const struct dmstat_region *region, const void *data);
	const void *data;
};

static int collect(const struct dmstat_region *region, void *data)
{
	const struct collection *collection = data;
	struct region_list *list = collection->list;
	struct dmstat_region *copy;

	if (collection->wanted && !collection->wanted(region, collection->data))
		return 0;
	copy = array_grow(list->regions, list->count, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	list->regions = copy;

	copy += list->count++;
	*copy = *region;
	copy->device_name = strdup(region->device_name);
	copy->program_id = strdup(region->program_id);
	copy->group = strdup(region->group);
	if (copy_user_data(copy))
		return -ENOMEM;
	return copy->device_name && copy->program_id && copy->group ?
	       0 : -ENOMEM;
}

int region_list_get(struct dmstat *dmstat,
		    const struct dmstat_region_filter *filter,
		    bool (*wanted)(const struct dmstat_region *region,
				   const void *data),
		    const void *data, struct region_list *list)
{
	struct collection collection = { list, wanted, data };
	int attempts = WALK_ATTEMPTS;
	int error;

	list->regions = NULL;
	list->count = 0;
	do {
		region_list_free(list);
		error = dmstat_regions(dmstat, filter, collect, &collection);
	} while (error == -EAGAIN && --attempts);

	if (error) {
		session_failed(dmstat, error, "cannot list the regions");
		region_list_free(list);
		return EXIT_FAILURE;
	}
	return 0;
}

char *region_file(const struct dmstat_region *region, char *path)
{
	const char *bytes = region->user_data;
	const size_t size = region->user_data_size;

	if (!region->extents)
		return NULL;
	if (*region->group == '/')
		return memcpy(path, region->group, strlen(region->group) + 1);
	if (!size || size >= REGION_FILE_MAX || *bytes != '/' ||
	    memchr(bytes, '\0', size))
		return NULL;
	memcpy(path, bytes, size);
	path[size] = '\0';
	return path;
}

void region_file_label(struct dmstat_region_spec *spec, const char *path)
{
	if (!spec->group && strlen(path) <= DMSTAT_GROUP_MAX) {
		spec->group = path;
	} else if (!spec->user_data && strlen(path) <= DMSTAT_USER_DATA_MAX) {
		spec->user_data = path;
		spec->user_data_size = strlen(path);
	}
}

int region_check_areas(const struct dmstat_region *region,
		       const struct dmstat_area_query *query)
{
	if (query->first == DMSTAT_DEFAULT ||
	    (query->first < region->areas &&
	     query->count <= region->areas - query->first))
		return 0;
	complain("region %u has %" PRIu64 " area%s, numbered from 0: there is no area %" PRIu64,
		 region->region_id, region->areas,
		 region->areas == 1 ? "" : "s",
		 query->first < region->areas ?
		 query->first + query->count - 1 : query->first);
	return EXIT_FAILURE;
}

int region_check_histograms(const struct dmstat_region *region)
{
	if (region->bounds_count)
		return 0;
	complain("region %u has no histograms: create one with --histogram",
		 region->region_id);
	return EXIT_FAILURE;
}
