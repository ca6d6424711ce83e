/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: a consistent list of them, and how a region is shown.
 */
#ifndef DMSTAT_NL_REGION_H
#define DMSTAT_NL_REGION_H

#include <stddef.h>

#include <dmstat.h>

struct output;

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
 * @device: a device, as its argument, or NULL: of all devices
 * @list: where the list is put
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int region_list_get(struct dmstat *dmstat, const char *device,
		    struct region_list *list);

/** region_list_free() - free the copies */
void region_list_free(struct region_list *list);

/** region_fit() - make the columns suit a list, and the terminal */
void region_fit(const struct region_list *list);

/** region_row() - begin a row for a region */
void region_row(struct output *out);

/** region_values() - the values of a row or object */
void region_values(struct output *out, const struct dmstat_region *region);

/* Room for the text of region_describe(). */
#define REGION_TEXT_MAX	512

/**
 * region_describe() - a region's extent in words
 * @text: REGION_TEXT_MAX bytes
 * @region: the region
 *
 * Return: @text: "100 areas of 10 MiB, start 0 B, length 1000 MiB".
 */
char *region_describe(char *text, const struct dmstat_region *region);

/**
 * region_check_areas() - see that a region has the areas that were asked for
 * @region: the region
 * @query: the areas
 *
 * Return: 0, or EXIT_FAILURE after saying how many there are.
 */
int region_check_areas(const struct dmstat_region *region,
		       const struct dmstat_area_query *query);

/** region_warn_missed() - say on stderr what could not be counted, if any */
void region_warn_missed(const struct dmstat_region *region);

#endif /* DMSTAT_NL_REGION_H */
