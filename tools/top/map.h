/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heat maps over time, the last interval first: areas, or latencies.
 */
#ifndef DMSTAT_NL_TOP_MAP_H
#define DMSTAT_NL_TOP_MAP_H

#include "top/history.h"

/**
 * struct map_frame - where a map is drawn
 * @y: its first line; two of headings come first
 * @x: its first column
 * @height: its lines, with the headings
 * @width: its columns, with those for the time
 * @times: whether the time is shown at the left
 * @back: the interval of its first row: 0 is the last one
 */
struct map_frame {
	int y;
	int x;
	int height;
	int width;
	bool times;
	size_t back;
};

/**
 * map_areas() - draw area x time
 * @frame: where
 * @history: the intervals
 * @item: the item, for its size
 * @by: what is measured
 * @mark: the cell that is marked, or SIZE_MAX
 */
void map_areas(const struct map_frame *frame, const struct history *history,
	       const struct watch_item *item, enum cells_by by, size_t mark);

/** map_latencies() - draw latency x time */
void map_latencies(const struct map_frame *frame, const struct history *history,
		   const struct watch_item *item);

#endif /* DMSTAT_NL_TOP_MAP_H */
