// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list: a line for all, and a row for each device or region.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top/cells.h"
#include "top/list.h"
#include "top/screen.h"
#include "top/total.h"

/* Lines above the rows: two of headings, and that for all. */
#define HEAD_LINES	3

/* Each column is so wide, and a space. */
#define WIDTH		UNIT_COMPACT_WIDTH
#define STEP		(WIDTH + 1)
#define STRIP_MIN	10
#define STRIP_MAX	128
#define NAME_MIN	14
#define NAME_MAX_WIDE	28

#define READS_WRITES	(1U << LIST_READS_WRITES)
#define OTHERS		(1U << LIST_DISCARDS_FLUSHES)
#define ALWAYS		(READS_WRITES | OTHERS)

/**
 * struct list_column - a column
 * @value: what it shows
 * @group: heading of the columns from here on, or NULL
 * @brief: the same for a single column
 * @heading: its own
 * @rank: those of low rank are shown first if there is no room for all
 * @sets: bits of enum list_columns: other sets than LIST_MAIN that show it
 * @order: the order that sorts by it, or ORDER_COUNT
 */
struct list_column {
	enum value value;
	const char *group;
	const char *brief;
	const char *heading;
	int rank;
	unsigned int sets;
	enum order order;
};

/* The columns of an operation. */
#define RATE(operation, group, brief, rank, sets, order) \
	{ VALUE_RATE + (operation), group, brief, "/s", rank, sets, order }
#define DATA(operation, rank, sets) \
	{ VALUE_DATA + (operation), NULL, NULL, "B/s", rank, sets, ORDER_DATA }
#define MEAN(operation, rank, sets) \
	{ VALUE_MEAN + (operation), NULL, NULL, "mean", rank, sets, ORDER_COUNT }
#define P99(operation, rank, sets, order) \
	{ VALUE_P99 + (operation), NULL, NULL, "p99", rank, sets, order }

static const struct list_column columns[] = {
	RATE(DMSTAT_READ, "   reads", "reads", 0, READS_WRITES, ORDER_READS),
	DATA(DMSTAT_READ, 3, READS_WRITES),
	MEAN(DMSTAT_READ, 6, READS_WRITES),
	P99(DMSTAT_READ, 2, READS_WRITES, ORDER_READ_P99),
	RATE(DMSTAT_WRITE, "   writes", "write", 0, READS_WRITES, ORDER_WRITES),
	DATA(DMSTAT_WRITE, 3, READS_WRITES),
	MEAN(DMSTAT_WRITE, 6, READS_WRITES),
	P99(DMSTAT_WRITE, 2, READS_WRITES, ORDER_WRITE_P99),
	RATE(DMSTAT_DISCARD, "   discards", "disc", 5, OTHERS, ORDER_DISCARDS),
	DATA(DMSTAT_DISCARD, 7, OTHERS),
	MEAN(DMSTAT_DISCARD, 9, OTHERS),
	P99(DMSTAT_DISCARD, 9, OTHERS, ORDER_COUNT),
	RATE(DMSTAT_FLUSH, "   flushes", "flush", 4, OTHERS, ORDER_FLUSHES),
	MEAN(DMSTAT_FLUSH, 8, OTHERS),
	P99(DMSTAT_FLUSH, 4, OTHERS, ORDER_FLUSH_P99),
	{ VALUE_QUEUE, "in flight", "", "queue", 1, OTHERS, ORDER_QUEUE },
	{ VALUE_BUSY, NULL, NULL, "busy", 1, OTHERS, ORDER_BUSY },
	{ VALUE_OLDEST, NULL, NULL, "old", 0, ALWAYS, ORDER_OLDEST },
};

#define COLUMNS	(sizeof(columns) / sizeof(columns[0]))

/**
 * struct layout - what has room
 * @name: columns of the names
 * @shown: for each column, whether it is shown
 * @strip: where the strip begins
 * @strip_width: its columns
 */
struct layout {
	int name;
	bool shown[COLUMNS];
	int strip;
	int strip_width;
};

/* Room for a name of a device or group, and what else a label has. */
#define LABEL_MAX	400

static const char *label(const struct row *row, char text[LABEL_MAX])
{
	const struct watch_item *item = row->item;

	if (item->kind != WATCH_REGION)
		return row_name(row, item->label, text, LABEL_MAX);
	snprintf(text, LABEL_MAX, "%s %u%s%s", item->label, item->region_id,
		 item->group[0] ? " " : "", item->group);
	return text;
}

static int name_width(const struct list *list, int width)
{
	const int most = width >= 120 ? NAME_MAX_WIDE : NAME_MIN;
	int longest = 6, length;
	char text[LABEL_MAX];
	size_t i;

	for (i = 0; i < list->count; i++) {
		length = strlen(label(&list->rows[i], text));
		if (length > longest)
			longest = length;
	}
	return longest < most ? longest : most;
}

static void lay_out(struct layout *layout, const struct list *list)
{
	const int width = screen_width();
	int room, rank;
	size_t i;

	memset(layout, 0, sizeof(*layout));
	layout->name = name_width(list, width);
	room = width - layout->name - 1 - STRIP_MIN;
	for (rank = 0; rank < 10; rank++) {
		for (i = 0; i < COLUMNS && room >= STEP; i++) {
			if (columns[i].rank != rank ||
			    (list->columns != LIST_MAIN &&
			     !(columns[i].sets & 1U << list->columns)))
				continue;
			layout->shown[i] = true;
			room -= STEP;
		}
	}
	layout->strip = width - STRIP_MIN - room;
	layout->strip_width = STRIP_MIN + room;
	if (layout->strip_width > STRIP_MAX)
		layout->strip_width = STRIP_MAX;
	if (layout->strip_width < 0)
		layout->strip_width = 0;
}

/* The heading of a group has the width of those of its columns that are shown. */
static void draw_groups(const struct layout *layout, int y)
{
	const struct list_column *group = columns;
	int x = layout->name + 1, from = x;
	size_t i;

	for (i = 0; i <= COLUMNS; i++) {
		if (i == COLUMNS || (i && columns[i].group)) {
			if (x > from)
				screen_text(y, from, SCREEN_HEADING, "%s",
					    x - from > STEP ? group->group :
							      group->brief);
			if (i == COLUMNS)
				return;
			group = &columns[i];
			from = x;
		}
		if (layout->shown[i])
			x += STEP;
	}
}

static void draw_headings(const struct list *list, const struct layout *layout,
			  int y)
{
	int x = layout->name + 1;
	size_t i;

	draw_groups(layout, y);
	screen_text(y + 1, 0, list->order == ORDER_NAME ? SCREEN_SORTED :
		    SCREEN_HEADING, "%s", "device");
	for (i = 0; i < COLUMNS; i++) {
		if (!layout->shown[i])
			continue;
		screen_text(y + 1, x + WIDTH - strlen(columns[i].heading),
			    columns[i].order == list->order ? SCREEN_SORTED :
			    SCREEN_HEADING, "%s", columns[i].heading);
		x += STEP;
	}
	screen_text(y + 1, layout->strip, SCREEN_HEADING, "%s", "where");
}

static void draw_value(int y, int x, const struct watch_item *item,
		       enum value which, uint64_t old_ns)
{
	enum screen_style style = SCREEN_PLAIN;
	char text[UNIT_TEXT_MAX + 1];
	double number;

	if (!value_of(item, which, &number)) {
		screen_text(y, x + WIDTH - 1, SCREEN_DIM, "%s", "-");
		return;
	}
	if (which == VALUE_BUSY)
		snprintf(text, sizeof(text), "%.0f%%", number);
	else
		unit_compact(text, value_unit(which), number);
	if (number == 0)
		style = SCREEN_DIM;
	if (which == VALUE_OLDEST && number >= old_ns)
		style = SCREEN_ALARM;
	screen_text(y, x + WIDTH - strlen(text), style, "%s", text);
}

static void draw_values(const struct list *list, const struct layout *layout,
			const struct watch_item *item, int y)
{
	int x = layout->name + 1;
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		if (!layout->shown[i])
			continue;
		draw_value(y, x, item, columns[i].value, list->old_ns);
		x += STEP;
	}
}

static uint64_t errors_of(const struct watch_item *item)
{
	uint64_t errors = 0;
	int i;

	for (i = 0; i < WATCH_OPERATIONS; i++)
		errors += item->io[i].errors;
	return errors;
}

static bool hangs(const struct list *list, const struct watch_item *item)
{
	return item->oldest_ns && item->oldest_ns >= list->old_ns;
}

static bool has_room(const struct layout *layout, const char *text)
{
	return layout->strip + (int)strlen(text) <= screen_width();
}

/* What matters more than where the I/O is. */
static bool draw_notes(const struct list *list, const struct layout *layout,
		       const struct watch_item *item, int y)
{
	const char *both = "I/O hangs, suspended";
	const int x = layout->strip;

	if (item->problem[0])
		screen_text(y, x, SCREEN_NOTE, "%s", item->problem);
	else if (hangs(list, item))
		/* The age is in a column; why it hangs is not. */
		screen_text(y, x, SCREEN_ALARM, "%s",
			    !item->suspended ? "I/O hangs" :
			    has_room(layout, both) ? both : "suspended");
	else if (item->suspended)
		screen_text(y, x, SCREEN_NOTE, "%s", "suspended");
	else if (errors_of(item))
		screen_text(y, x, SCREEN_ALARM, "%llu errors",
			    (unsigned long long)errors_of(item));
	else
		return false;
	return true;
}

/* All rows have the same scale, so that the busiest place of all stands out. */
static void cover(const struct list *list, const struct layout *layout,
		  struct strip_scale *scale)
{
	double cells[STRIP_MAX];
	size_t i, width;

	strip_scale_init(scale, screen_depth(), colour_utf8());
	for (i = 0; i < list->count; i++) {
		width = cells_fit(list->rows[i].item, layout->strip_width,
				  cells);
		strip_scale_cover(scale, cells, width);
	}
}

static void draw_row(const struct list *list, const struct layout *layout,
		     const struct strip_scale *scale,
		     const struct row *row, int y)
{
	const struct watch_item *item = row->item;
	double cells[STRIP_MAX];
	char text[LABEL_MAX];
	size_t width;

	screen_name(y, 0, layout->name, hangs(list, item) ? SCREEN_ALARM :
		    SCREEN_PLAIN, label(row, text));
	draw_values(list, layout, item, y);
	if (item->id == list->selected)
		screen_mark(y, 0, layout->strip - 1);
	if (draw_notes(list, layout, item, y))
		return;
	width = cells_fit(item, layout->strip_width, cells);
	screen_cells(y, layout->strip, scale, cells, width);
}

int list_rows(int top, int bottom)
{
	const int rows = bottom - top - HEAD_LINES;

	return rows > 0 ? rows : 0;
}

static size_t place_of(const struct list *list, uint64_t id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->rows[i].item->id == id)
			return i;
	return list->count;
}

/*
 * Keep the selected row visible, and no more empty lines than needed. With no
 * room for a row, @first must still be one of the items.
 */
static void scroll(struct list *list, size_t rows)
{
	const size_t place = place_of(list, list->selected);

	if (place < list->count) {
		if (place < list->first)
			list->first = place;
		if (place >= list->first + rows)
			list->first = place + 1 - rows;
	}
	if (list->first + rows > list->count)
		list->first = list->count > rows ? list->count - rows : 0;
}

/* What stands in the place of a strip in the line for all. */
static void draw_all(const struct list *list, const struct layout *layout,
		     const struct watch *watch, const struct strip_scale *scale,
		     int y)
{
	const int half = layout->strip_width / 3;
	char text[UNIT_TEXT_MAX];
	struct watch_item all;

	total_of(&all, watch);
	screen_text(y, 0, SCREEN_BOLD, "all %zu", list->count);
	draw_values(list, layout, &all, y);
	if (!scale->most)
		return;
	screen_legend(y, layout->strip, scale, half);
	screen_text(y, layout->strip + half + 1, SCREEN_DIM, "%s/s",
		    unit_compact(text, UNIT_NONE, scale->most));
}

void list_draw(struct list *list, const struct watch *watch, int top,
	       int bottom)
{
	const size_t rows = list_rows(top, bottom);
	struct strip_scale scale;
	struct layout layout;
	size_t i;

	lay_out(&layout, list);
	draw_headings(list, &layout, top);
	cover(list, &layout, &scale);
	draw_all(list, &layout, watch, &scale, top + 2);
	if (!list->count)
		screen_text(top + HEAD_LINES + 1, 2, SCREEN_NOTE, "%s",
			    watch_is_away(watch) ?
			    "The kernel module dmstat is not loaded. This goes on when it is." :
			    "There are no devices whose I/O can be counted. This goes on when there are.");
	scroll(list, rows ? rows : 1);
	for (i = 0; i < rows && list->first + i < list->count; i++)
		draw_row(list, &layout, &scale, &list->rows[list->first + i],
			 top + HEAD_LINES + i);
}

static void sort(struct list *list)
{
	const struct row_spec spec = {
		.order = list->order,
		.reverse = list->reverse,
		.flat = list->flat,
	};

	rows_sort(list->rows, list->count, &spec);
}

void list_update(struct list *list, const struct watch *watch)
{
	const struct watch_item *item;
	struct row *rows;
	size_t i;

	rows = realloc(list->rows, (watch_count(watch) + 1) * sizeof(*rows));
	list->count = 0;
	if (!rows)
		return;
	list->rows = rows;
	for (i = 0; (item = watch_at(watch, i)); i++)
		if (item->kind != WATCH_RANGE)
			rows[list->count++].item = item;
	sort(list);
}

static void move_by(struct list *list, long steps)
{
	long place = place_of(list, list->selected);

	if (!list->count)
		return;
	if (place == (long)list->count)
		place = steps > 0 ? -1 + (long)list->first :
				    1 + (long)list->first;
	place += steps;
	if (place < 0)
		place = 0;
	if (place >= (long)list->count)
		place = list->count - 1;
	list->selected = list->rows[place].item->id;
}

/* Nothing is selected then, and the list stays at its top. */
static void go_to_first(struct list *list)
{
	list->selected = 0;
	list->first = 0;
}

static void sort_by(struct list *list, int steps)
{
	list->order = (list->order + ORDER_COUNT + steps) % ORDER_COUNT;
	sort(list);
}

void list_act(struct list *list, enum action action, int rows)
{
	switch (action) {
	case ACTION_UP:
		move_by(list, -1);
		break;
	case ACTION_DOWN:
		move_by(list, 1);
		break;
	case ACTION_PAGE_UP:
		move_by(list, -rows);
		break;
	case ACTION_PAGE_DOWN:
		move_by(list, rows);
		break;
	case ACTION_FIRST:
	case ACTION_BACK:
		go_to_first(list);
		break;
	case ACTION_LAST:
		move_by(list, list->count);
		break;
	case ACTION_SORT_BEFORE:
		sort_by(list, -1);
		break;
	case ACTION_SORT_AFTER:
		sort_by(list, 1);
		break;
	case ACTION_REVERSE:
		list->reverse = !list->reverse;
		sort_by(list, 0);
		break;
	case ACTION_TREE:
		list->flat = !list->flat;
		sort(list);
		break;
	case ACTION_COLUMNS:
		list->columns = (list->columns + 1) % LIST_COLUMNS;
		break;
	default:
		break;
	}
}

const struct watch_item *list_selected(const struct list *list)
{
	const size_t place = place_of(list, list->selected);

	if (place < list->count)
		return list->rows[place].item;
	return list->count ? list->rows[list->first].item : NULL;
}

void list_end(struct list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}
