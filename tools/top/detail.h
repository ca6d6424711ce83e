/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device, a region or a part of one: what it does, where, and how long that
 * takes, over time.
 */
#ifndef DMSTAT_NL_TOP_DETAIL_H
#define DMSTAT_NL_TOP_DETAIL_H

#include "top/below.h"
#include "top/busiest.h"
#include "top/flight.h"
#include "top/keys.h"

/**
 * struct detail - the page of an item
 * @id: id of the item
 * @history: its last intervals
 * @below: the table of its device
 * @asked: when that was read, as of clock_ns()
 * @busiest: its busiest areas, when they were drawn
 * @flight: its oldest I/Os in flight
 * @flight_listed: they are listed, and not the busiest areas
 * @by: what the map shows
 * @latency: latencies instead of areas, where there is no room for both
 * @back: the interval that is shown first; 0 is the last
 * @selected: the number of the selected area in @busiest
 * @cell: the cell of that area, which stays selected when others pass it
 * @old_ns: I/O in flight for so long is shown in red
 */
struct detail {
	uint64_t id;
	struct history history;
	struct below below;
	uint64_t asked;
	struct busiest busiest;
	struct flight flight;
	bool flight_listed;
	enum cells_by by;
	bool latency;
	size_t back;
	size_t selected;
	size_t cell;
	uint64_t old_ns;
};

/** detail_new() - the page of an item; NULL: no memory */
struct detail *detail_new(const struct watch_item *item, uint64_t old_ns);

/** detail_update() - add the last interval, which ended at @time */
void detail_update(struct detail *detail, const struct watch_item *item,
		   uint64_t time);

/** detail_ask() - read what is in flight, and begin to read an old table */
void detail_ask(struct detail *detail, const struct watch *watch,
		const struct watch_item *item);

/** detail_draw() - draw it from a line to a line */
void detail_draw(struct detail *detail, const struct watch *watch,
		 const struct watch_item *item, int top, int bottom);

/** detail_act() - do what a key asks for */
void detail_act(struct detail *detail, enum action action);

/** detail_selected() - the area to zoom into; NULL: there is none */
const struct watch_cell *detail_selected(const struct detail *detail,
					 const struct watch_item *item);

/** detail_free() - free the page */
void detail_free(struct detail *detail);

#endif /* DMSTAT_NL_TOP_DETAIL_H */
