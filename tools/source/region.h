/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: lists of copies; what a request needs of one.
 */
#ifndef DMSTAT_NL_SOURCE_REGION_H
#define DMSTAT_NL_SOURCE_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include <dmstat.h>

/**
 * struct region_list - copies of regions
 * @regions: the regions
 * @count: how many
 */
struct region_list {
	struct dmstat_region *regions;
	size_t count;
};

/**
 * region_list_get() - collect regions, all as of one moment
 * @dmstat: the handle
 * @filter: the regions that the kernel sends
 * @wanted: says which of them to collect, or NULL: all
 * @data: passed to @wanted
 * @list: set to the regions
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int region_list_get(struct dmstat *dmstat,
		    const struct dmstat_region_filter *filter,
		    bool (*wanted)(const struct dmstat_region *region,
				   const void *data),
		    const void *data, struct region_list *list);

/* Room for the path of region_file(), with its zero byte. */
#define REGION_FILE_MAX	(DMSTAT_USER_DATA_MAX + 1)

/**
 * region_file() - find the file that a region was created of
 * @region: the region
 * @path: set to its path then, REGION_FILE_MAX bytes
 *
 * region_file_label() stored it.
 *
 * Return: @path, or NULL if the region is of no file, or that is not known.
 */
char *region_file(const struct dmstat_region *region, char *path);

/**
 * region_file_label() - store the path of the file that a region is created of
 * @spec: the region to be created
 * @path: the path, which must live as long as @spec
 *
 * As the region's group or, if that is given, as its user data; nowhere if both
 * are.
 */
void region_file_label(struct dmstat_region_spec *spec, const char *path);

/** region_list_free() - free the copies */
void region_list_free(struct region_list *list);

/**
 * region_check_areas() - check that a region has the areas of a query
 * @region: the region
 * @query: the areas
 *
 * Return: 0, or EXIT_FAILURE after saying how many there are.
 */
int region_check_areas(const struct dmstat_region *region,
		       const struct dmstat_area_query *query);

/** region_check_histograms() - the same, that a region has histograms */
int region_check_histograms(const struct dmstat_region *region);

#endif /* DMSTAT_NL_SOURCE_REGION_H */
