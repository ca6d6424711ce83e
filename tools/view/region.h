/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a region is shown.
 */
#ifndef DMSTAT_NL_VIEW_REGION_H
#define DMSTAT_NL_VIEW_REGION_H

#include <stdint.h>

#include <dmstat.h>

#include "out/unit.h"

struct output;
struct region_list;

/** region_table() - print a list of regions; in JSON, the list "regions" */
void region_table(struct output *out, const struct region_list *list);

/** region_object() - print a region, in JSON only; @key as output_object() */
void region_object(struct output *out, const char *key,
		   const struct dmstat_region *region);

/** region_area_length() - sectors of the longest area; its size may be larger */
uint64_t region_area_length(const struct dmstat_region *region);

/* Room for the text of region_describe(). */
#define REGION_TEXT_MAX	9216

/**
 * region_describe() - describe a region in words
 * @text: REGION_TEXT_MAX bytes
 * @region: the region
 *
 * Return: @text: "100 areas of 10 MiB, start 0 B, length 1000 MiB".
 */
char *region_describe(char *text, const struct dmstat_region *region);

/* Room for the text of region_tells(), with its zero byte. */
#define REGION_TELLS_MAX	(UNIT_TEXT_MAX + 16)

/** region_tells() - write what I/Os it tells: "20 ms, errors", or "" */
char *region_tells(char *text, const struct dmstat_region *region);

/** region_title() - print "region 1 on lin: 100 areas of ...", for people */
void region_title(struct output *out, const struct dmstat_region *region);

/** region_warn_missed() - say on stderr how many I/Os it missed, if any */
void region_warn_missed(const struct dmstat_region *region);

#endif /* DMSTAT_NL_VIEW_REGION_H */
