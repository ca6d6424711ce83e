// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device, a region or a part of one: what it does, where, and how long that
 * takes, over time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/interrupt.h"
#include "top/detail.h"
#include "top/map.h"
#include "top/screen.h"
#include "top/value.h"
#include "view/io.h"
#include "view/summary.h"

#define NS_PER_SECOND	1e9

/* Tables change seldom. */
#define ASK_AGAIN_NS	10000000000ULL

/* Lines of what it is and does, above the map. */
#define HEAD_LINES	7

/* From this width on, areas and latencies are beside each other. */
#define WIDE		130

/* The column of the thread that does an I/O. */
#define WHO_WIDTH	20

/* The rows of a map that PgUp and PgDn pass. */
#define PAGE_ROWS	5

struct detail *detail_new(const struct watch_item *item, uint64_t old_ns)
{
	struct detail *detail = calloc(1, sizeof(*detail));

	if (!detail)
		return NULL;
	detail->id = item->id;
	detail->old_ns = old_ns;
	detail->cell = SIZE_MAX;
	return detail;
}

void detail_update(struct detail *detail, const struct watch_item *item,
		   uint64_t time)
{
	/* What is looked at stays where it is. */
	if (detail->back && item->elapsed_ns &&
	    detail->back < HISTORY_MAX - 1)
		detail->back++;
	history_add(&detail->history, item, time);
}

void detail_ask(struct detail *detail, const struct watch *watch,
		const struct watch_item *item)
{
	const uint64_t now = clock_ns();

	flight_read(&detail->flight, watch, item);
	if (!detail->asked || now - detail->asked > ASK_AGAIN_NS) {
		below_ask(&detail->below, item->major, item->minor);
		detail->asked = now;
	}
}

/* ------------------------------------------------------- what it is and does */

static void range_text(char *text, size_t size, uint64_t start, uint64_t length)
{
	char from[UNIT_TEXT_MAX], to[UNIT_TEXT_MAX];

	snprintf(text, size, "%s to %s",
		 unit_position(from, start, length),
		 unit_position(to, start + length, length));
}

/* "vg/data (253:3), 32 GiB", "sda2 (of sda), 480 MiB to 9 GiB" */
static void draw_title(const struct watch_item *item, int y)
{
	char range[3 * UNIT_TEXT_MAX], size[UNIT_TEXT_MAX];
	const int width = screen_width() / 2 - 4;
	const int length = strlen(item->label);
	int x;

	screen_name(y, 0, width, SCREEN_BOLD, item->label);
	x = length < width ? length + 1 : width + 1;
	range_text(range, sizeof(range), item->start, item->length);
	unit_format(size, UNIT_SECTORS, item->length);
	if (item->kind == WATCH_DEVICE)
		screen_text(y, x, SCREEN_PLAIN, "(%u:%u), %s", item->major,
			    item->minor, size);
	else if (item->kind == WATCH_PARTITION)
		screen_text(y, x, SCREEN_PLAIN, "(of %s), %s", item->name,
			    range);
	else if (item->kind == WATCH_RANGE)
		screen_text(y, x, SCREEN_PLAIN, "(%u:%u), zoom: %s",
			    item->major, item->minor, range);
	else
		screen_text(y, x, SCREEN_PLAIN, "region %u%s%s, %s%s%s",
			    item->region_id, item->group[0] ? " of " : "",
			    item->group, range, item->file ? ", " : "",
			    item->file ? item->file : "");
}

static void draw_number(int y, int x, const struct watch_item *item,
			enum value which)
{
	char text[UNIT_TEXT_MAX];
	double number;

	if (!value_of(item, which, &number)) {
		screen_text(y, x + 4, SCREEN_DIM, "%s", "-");
		return;
	}
	unit_compact(text, value_unit(which), number);
	screen_text(y, x + 5 - strlen(text),
		    number == 0 ? SCREEN_DIM : SCREEN_PLAIN, "%s", text);
}

static void draw_operation(const struct watch_item *item, int y, int operation)
{
	static const char *const names[] = {
		[DMSTAT_READ] = "reads",
		[DMSTAT_WRITE] = "writes",
		[DMSTAT_DISCARD] = "discards",
		[DMSTAT_FLUSH] = "flushes",
	};
	const struct watch_io *io = &item->io[operation];
	char text[UNIT_TEXT_MAX];

	screen_text(y, 0, SCREEN_HEADING, "%s", names[operation]);
	draw_number(y, 9, item, VALUE_RATE + operation);
	if (operation != DMSTAT_FLUSH)
		draw_number(y, 15, item, VALUE_DATA + operation);
	draw_number(y, 21, item, VALUE_MEAN + operation);
	draw_number(y, 27, item, VALUE_P99 + operation);
	if (io->ios) {
		unit_compact(text, UNIT_NS, io->longest_ns);
		screen_text(y, 38 - strlen(text), SCREEN_PLAIN, "%s", text);
	} else {
		screen_text(y, 37, SCREEN_DIM, "%s", "-");
	}
	if (io->errors)
		screen_text(y, 39, SCREEN_ALARM, "%llu err",
			    (unsigned long long)io->errors);
}

/* Flushes have no place. */
static bool has_flushes(const struct watch_item *item)
{
	return item->kind == WATCH_DEVICE || item->kind == WATCH_PARTITION;
}

static void draw_operations(const struct watch_item *item, int y)
{
	int operation;

	screen_text(y, 9, SCREEN_HEADING, "%s",
		    "   /s   B/s  mean   p99    max");
	for (operation = 0; operation < WATCH_OPERATIONS; operation++) {
		if (operation == DMSTAT_FLUSH && !has_flushes(item))
			continue;
		draw_operation(item, y + 1 + operation, operation);
	}
}

/* Who does the oldest I/O, and where there is room the cgroup. */
static void draw_oldest_by(const struct detail *detail, int y, int x)
{
	char name[WHO_TEXT_MAX], path[CGROUP_PATH_MAX];
	const int room = screen_width() - x - 11;
	struct who who;
	int length;

	if (!detail->flight.count)
		return;
	who = flight_who(&detail->flight.ios[0]);
	screen_text(y, x, SCREEN_HEADING, "%s", "by");
	screen_name(y, x + 11, room, SCREEN_PLAIN, who_text(name, &who));
	who_cgroup(path, &who);
	length = strlen(name);
	if (path[0] == '/' && length + 2 + (int)strlen(path) <= room)
		screen_name(y, x + 11 + length + 2, room - length - 2,
			    SCREEN_PLAIN, path);
}

static void draw_state(const struct detail *detail,
		       const struct watch_item *item, int y)
{
	const int x = screen_width() >= 76 ? 50 : 40;
	char text[UNIT_TEXT_MAX];

	screen_text(y, x, SCREEN_HEADING, "%s", "in flight");
	screen_text(y, x + 11, SCREEN_PLAIN, "%llu, queue %.2f",
		    (unsigned long long)item->in_flight, item->queue);
	screen_text(y + 1, x, SCREEN_HEADING, "%s", "busy");
	if (item->has_busy)
		screen_text(y + 1, x + 11, SCREEN_PLAIN, "%.0f %%",
			    item->busy * 100);
	else
		screen_text(y + 1, x + 11, SCREEN_DIM, "%s", "-");
	screen_text(y + 2, x, SCREEN_HEADING, "%s", "oldest");
	if (item->oldest_ns)
		screen_text(y + 2, x + 11,
			    item->oldest_ns >= detail->old_ns ? SCREEN_ALARM :
			    SCREEN_PLAIN, "%s",
			    unit_format(text, UNIT_NS, item->oldest_ns));
	else
		screen_text(y + 2, x + 11, SCREEN_DIM, "%s", "-");
	if (item->missed)
		screen_text(y + 3, x, SCREEN_ALARM, "%llu I/Os not counted",
			    (unsigned long long)item->missed);
	else
		draw_oldest_by(detail, y + 3, x);
	if (item->problem[0])
		screen_text(y + 4, x, SCREEN_NOTE, "%s", item->problem);
	else if (item->suspended)
		screen_text(y + 4, x, SCREEN_NOTE, "%s", "suspended");
}

/* ----------------------------------------------------------- where it is most */

static enum measure measure_of(enum cells_by by)
{
	switch (by) {
	case CELLS_WRITES:
		return MEASURE_WRITES;
	case CELLS_BYTES:
		return MEASURE_BYTES;
	case CELLS_LATENCY:
		return MEASURE_LATENCY;
	case CELLS_ERRORS:
		return MEASURE_ERRORS;
	default:
		return MEASURE_READS;
	}
}

/* One operation is what the sentence can name: take the one with more I/O. */
static enum cells_by summed_by(const struct detail *detail)
{
	const double *sums = detail->busiest.sums;

	if (detail->by != CELLS_IOS)
		return detail->by;
	return sums[CELLS_READS] >= sums[CELLS_WRITES] ? CELLS_READS :
							 CELLS_WRITES;
}

static void draw_summary(const struct detail *detail,
			 const struct watch_item *item, int y)
{
	const struct history_row *row = history_at(&detail->history,
						   detail->back);
	const enum cells_by by = summed_by(detail);
	struct summary_map map = {
		.measure = measure_of(by),
		.start = item->start,
		.length = item->length,
		.whole = item->kind == WATCH_DEVICE ? "device" :
			 item->kind == WATCH_PARTITION ? "partition" : "region",
	};
	char text[SUMMARY_TEXT_MAX];

	/* Its positions have too few digits for a small part. */
	if (item->kind == WATCH_RANGE || item->extents)
		return;
	if (!row || !row->count || !item->cells_count ||
	    item->cells_count != row->count)
		return;
	map.sums = row->amounts + by * row->count;
	map.count = row->count;
	map.area_size = item->cells[0].length;
	screen_text(y, 0, SCREEN_BOLD, "%s", summary_text(text, &map));
}

/* -------------------------------------------------------------- busiest areas */

/* The selected area stays selected as long as it is in the list. */
static void follow_selected(struct detail *detail, size_t visible)
{
	struct busiest *busiest = &detail->busiest;
	size_t i;

	for (i = 0; i < busiest->count && i < visible; i++)
		if (busiest->areas[i].cell == detail->cell)
			detail->selected = i;
	if (detail->selected >= visible)
		detail->selected = visible ? visible - 1 : 0;
	if (detail->selected >= busiest->count)
		detail->selected = busiest->count ? busiest->count - 1 : 0;
	if (detail->cell != SIZE_MAX && busiest->count)
		detail->cell = busiest->areas[detail->selected].cell;
}

static void put_right(int y, int right, const char *text)
{
	screen_text(y, right - strlen(text), SCREEN_PLAIN, "%s", text);
}

static void draw_rate(int y, int right, const struct busiest *busiest,
		      enum unit unit, double amount)
{
	char text[UNIT_TEXT_MAX];

	put_right(y, right, unit_compact(text, unit, amount * NS_PER_SECOND /
					 busiest->elapsed_ns));
}

/* The file that is there, if that is known, and what the table says. */
static void draw_place(const struct detail *detail, const struct watch *watch,
		       const struct watch_item *item,
		       const struct watch_cell *cell, int y, int x)
{
	const char *file = watch_file_at(watch, item, cell->start,
					 cell->length);
	char text[400];

	below_text(&detail->below, text, sizeof(text), cell->start,
		   cell->length);
	screen_text(y, x, SCREEN_PLAIN, "%s%s%s", file ? file : "",
		    file && text[0] ? " on " : "", text);
}

static void draw_area(const struct detail *detail, const struct watch *watch,
		      const struct watch_item *item, int y,
		      const struct busiest_area *area)
{
	const struct busiest *busiest = &detail->busiest;
	const struct watch_cell *cell = &item->cells[area->cell];
	const double *amounts = area->amounts;
	const enum cells_by shared = detail->by == CELLS_LATENCY ? CELLS_IOS :
				     detail->by;
	char text[UNIT_TEXT_MAX];

	put_right(y, 13, unit_position(text, cell->start, cell->length));
	put_right(y, 22, unit_format(text, UNIT_SECTORS, cell->length));
	draw_rate(y, 28, busiest, UNIT_NONE, amounts[CELLS_READS]);
	draw_rate(y, 34, busiest, UNIT_NONE, amounts[CELLS_WRITES]);
	draw_rate(y, 40, busiest, UNIT_BYTES, amounts[CELLS_BYTES]);
	if (amounts[CELLS_IOS] > 0)
		put_right(y, 46, unit_compact(text, UNIT_NS,
					      amounts[CELLS_LATENCY] /
					      amounts[CELLS_IOS]));
	if (busiest->sums[shared] > 0) {
		snprintf(text, sizeof(text), "%.0f%%", amounts[shared] * 100 /
			 busiest->sums[shared]);
		put_right(y, 52, text);
	}
	draw_place(detail, watch, item, cell, y, 54);
}

static void draw_busiest(const struct detail *detail, const struct watch *watch,
			 const struct watch_item *item, int top, int bottom)
{
	const struct busiest *busiest = &detail->busiest;
	const size_t visible = bottom > top + 1 ? bottom - top - 1 : 0;
	size_t i;

	if (!visible)
		return;
	screen_text(top, 0, SCREEN_HEADING, "%s",
		    "        start     size  rd/s  wr/s   B/s  mean share  busiest areas");
	for (i = 0; i < visible && i < busiest->count; i++) {
		if (busiest->areas[i].cell >= item->cells_count)
			continue;
		draw_area(detail, watch, item, top + 1 + i,
			  &busiest->areas[i]);
		if (i == detail->selected)
			screen_mark(top + 1 + i, 0, 53);
	}
	if (!busiest->count)
		screen_text(top + 1, 2, SCREEN_DIM, "%s",
			    "no I/O in the last intervals");
}

/* ------------------------------------------------------------------ in flight */

/* What hangs is listed, too, where nothing else can be. */
static bool lists_flight(const struct detail *detail)
{
	return detail->flight_listed ||
	       (detail->flight.count && !detail->busiest.count);
}

static void draw_io(const struct detail *detail, const struct watch *watch,
		    const struct watch_item *item, int y,
		    const struct flight_io *flight)
{
	const struct dmstat_inflight *io = &flight->io;
	const struct watch_cell place = { .start = io->sector,
					  .length = io->sectors };
	const struct who who = flight_who(flight);
	char text[UNIT_TEXT_MAX], thread[WHO_TEXT_MAX];

	unit_compact(text, UNIT_NS, io->age_ns);
	screen_text(y, 5 - strlen(text), io->age_ns >= detail->old_ns ?
		    SCREEN_ALARM : SCREEN_PLAIN, "%s", text);
	screen_text(y, 6, SCREEN_PLAIN, "%s", io_operation(io->operation));
	screen_name(y, 39, WHO_WIDTH, SCREEN_PLAIN, who_text(thread, &who));
	if (!io->sectors)
		return;
	put_right(y, 23, unit_format(text, UNIT_SECTORS, io->sectors));
	put_right(y, 37, unit_position(text, io->sector, io->sectors));
	draw_place(detail, watch, item, &place, y, 39 + WHO_WIDTH + 1);
}

static void draw_flight(const struct detail *detail, const struct watch *watch,
			const struct watch_item *item, int top, int bottom)
{
	const struct flight *flight = &detail->flight;
	const int visible = bottom - top - 1;
	int i;

	screen_text(top, 0, SCREEN_HEADING, "%s",
		    "  age           size         start  by: in flight, the oldest first");
	for (i = 0; i < visible && i < (int)flight->count; i++)
		draw_io(detail, watch, item, top + 1 + i, &flight->ios[i]);
	if (!flight->count)
		screen_text(top + 1, 2, SCREEN_DIM, "%s", "nothing in flight");
	else if (flight->all > (uint64_t)i)
		screen_text(top, 68, SCREEN_DIM, "%llu more",
			    (unsigned long long)(flight->all - i));
}

/* ------------------------------------------------------------------- the maps */

static void draw_maps(const struct detail *detail,
		      const struct watch_item *item, int top, int height)
{
	const struct busiest *busiest = &detail->busiest;
	const size_t mark = busiest->count ?
			    busiest->areas[detail->selected].cell : SIZE_MAX;
	const bool both = screen_width() >= WIDE;
	const int second = both ? (int)(item->bounds_count + 2) * 2 : 0;
	struct map_frame frame = {
		.y = top,
		.height = height,
		.width = screen_width() - second,
		.times = true,
		.back = detail->back,
	};

	if (both || !detail->latency)
		map_areas(&frame, &detail->history, item, detail->by, mark);
	frame.x = both ? frame.width + 2 : 0;
	frame.width = both ? second - 2 : screen_width();
	frame.times = !both;
	if (both || detail->latency)
		map_latencies(&frame, &detail->history, item);
}

void detail_draw(struct detail *detail, const struct watch *watch,
		 const struct watch_item *item, int top, int bottom)
{
	const int rest = bottom - top - HEAD_LINES;
	const int listed = rest >= 12 ? rest * 2 / 5 : rest / 3;

	below_listen(&detail->below);
	busiest_find(&detail->busiest, &detail->history, detail->back,
		     detail->by);
	follow_selected(detail, listed > 1 ? listed - 1 : 0);
	draw_title(item, top);
	draw_operations(item, top + 1);
	draw_state(detail, item, top + 1);
	draw_summary(detail, item, top + 6);
	draw_maps(detail, item, top + HEAD_LINES, rest - listed);
	if (lists_flight(detail))
		draw_flight(detail, watch, item, bottom - listed, bottom);
	else
		draw_busiest(detail, watch, item, bottom - listed, bottom);
}

/* ------------------------------------------------------------------- the keys */

static void select_by(struct detail *detail, int steps)
{
	const struct busiest *busiest = &detail->busiest;

	if (!busiest->count)
		return;
	if (steps < 0 && !detail->selected)
		return;
	detail->selected += steps;
	if (detail->selected >= busiest->count)
		detail->selected = busiest->count - 1;
	detail->cell = busiest->areas[detail->selected].cell;
}

static void go_back_by(struct detail *detail, long rows)
{
	const long most = (long)detail->history.count - 1;
	long back = (long)detail->back + rows;

	if (back > most)
		back = most;
	detail->back = back > 0 ? back : 0;
}

void detail_act(struct detail *detail, enum action action)
{
	switch (action) {
	case ACTION_UP:
		select_by(detail, -1);
		break;
	case ACTION_DOWN:
		select_by(detail, 1);
		break;
	case ACTION_PAGE_UP:
		go_back_by(detail, -PAGE_ROWS);
		break;
	case ACTION_PAGE_DOWN:
		go_back_by(detail, PAGE_ROWS);
		break;
	case ACTION_FIRST:
		go_back_by(detail, -HISTORY_MAX);
		break;
	case ACTION_LAST:
		go_back_by(detail, HISTORY_MAX);
		break;
	case ACTION_BY:
		detail->by = (detail->by + 1) % CELLS_BY_COUNT;
		break;
	case ACTION_FLIGHT:
		detail->flight_listed = !detail->flight_listed;
		break;
	case ACTION_LATENCY:
		detail->latency = !detail->latency;
		break;
	default:
		break;
	}
}

const struct watch_cell *detail_selected(const struct detail *detail,
					 const struct watch_item *item)
{
	const struct busiest *busiest = &detail->busiest;
	size_t cell;

	if (detail->selected >= busiest->count || lists_flight(detail))
		return NULL;
	cell = busiest->areas[detail->selected].cell;
	return cell < item->cells_count ? &item->cells[cell] : NULL;
}

void detail_free(struct detail *detail)
{
	if (!detail)
		return;
	history_end(&detail->history);
	below_end(&detail->below);
	free(detail);
}
