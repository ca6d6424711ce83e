// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live screen: reads, draws, and does what keys ask for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "out/time_text.h"
#include "source/interrupt.h"
#include "top/detail.h"
#include "top/keys.h"
#include "top/list.h"
#include "top/live.h"
#include "top/screen.h"

#define NS_PER_SECOND	1000000000ULL

/* A device, and how often it can be zoomed into. */
#define PAGES_MAX	8

/* The first interval is short, so that there is something to see at once. */
#define FIRST_NS	300000000ULL

#define INTERVAL_MIN	100000000ULL
#define INTERVAL_MAX	(60 * NS_PER_SECOND)

/* No area is smaller than this, in sectors. */
#define ZOOM_MIN	16

/**
 * struct live - the screen
 * @watch: what is watched
 * @options: how
 * @list: the list
 * @pages: the device that was opened, then the areas zoomed into
 * @depth: how many there are; 0: the list is shown
 * @paused: nothing is read
 * @help: the help is shown
 * @quit: it ends
 * @next: when to read, as of clock_ns()
 * @readings: how many there were
 * @note: a message until the next key, or ""
 */
struct live {
	struct watch *watch;
	struct live_options options;
	struct list list;
	struct detail *pages[PAGES_MAX];
	int depth;
	bool paused;
	bool help;
	bool quit;
	uint64_t next;
	uint64_t readings;
	char note[200];
};

static struct detail *page(const struct live *live)
{
	return live->depth ? live->pages[live->depth - 1] : NULL;
}

static unsigned int where(const struct live *live)
{
	return live->depth ? KEYS_DETAIL : KEYS_LIST;
}

/* ----------------------------------------------------------------- the pages */

/* Only for the page that is shown is more read than the watch does. */
static void ask(struct live *live)
{
	struct detail *detail = page(live);
	const struct watch_item *item;

	item = detail ? watch_find(live->watch, detail->id) : NULL;
	if (item)
		detail_ask(detail, live->watch, item);
}

static void open_page(struct live *live, const struct watch_item *item)
{
	struct detail *detail = detail_new(item, live->options.old_ns);

	if (!detail)
		return;
	live->pages[live->depth++] = detail;
	watch_focus(live->watch, item->id, true);
	/* What is known already is shown at once. */
	detail_update(detail, item, time_now());
	ask(live);
}

static void close_page(struct live *live)
{
	struct detail *detail = page(live);
	const struct watch_item *item;

	if (!detail)
		return;
	item = watch_find(live->watch, detail->id);
	watch_focus(live->watch, detail->id, false);
	if (item && item->kind == WATCH_RANGE)
		watch_remove(live->watch, detail->id);
	detail_free(detail);
	live->depth--;
	list_update(&live->list, live->watch);
}

static void zoom(struct live *live)
{
	const struct detail *detail = page(live);
	const struct watch_item *item = watch_find(live->watch, detail->id);
	const struct watch_cell *cell;
	uint64_t id;

	cell = item ? detail_selected(detail, item) : NULL;
	if (!cell)
		return;
	if (live->depth == PAGES_MAX) {
		snprintf(live->note, sizeof(live->note), "%s",
			 "cannot zoom further: go back first");
		return;
	}
	if (cell->length < ZOOM_MIN) {
		snprintf(live->note, sizeof(live->note), "%s",
			 "the area is too small to zoom into");
		return;
	}
	id = watch_add_range(live->watch, item, cell->start, cell->length);
	/* Adding it has moved the others. */
	list_update(&live->list, live->watch);
	item = id ? watch_find(live->watch, id) : NULL;
	if (item)
		open_page(live, item);
}

static void go_back(struct live *live)
{
	close_page(live);
	ask(live);
}

/* Close the pages of what is gone. */
static void drop_pages(struct live *live)
{
	int i;

	for (i = 0; i < live->depth; i++) {
		if (watch_find(live->watch, live->pages[i]->id))
			continue;
		while (live->depth > i)
			close_page(live);
		snprintf(live->note, sizeof(live->note), "%s",
			 "the device is gone");
	}
}

static int read_now(struct live *live)
{
	const uint64_t time = time_now();
	const struct watch_item *item;
	int error, i;

	error = watch_read(live->watch);
	if (error && error != -EAGAIN)
		return error;
	live->readings++;
	drop_pages(live);
	list_update(&live->list, live->watch);
	for (i = 0; i < live->depth; i++) {
		item = watch_find(live->watch, live->pages[i]->id);
		if (item)
			detail_update(live->pages[i], item, time);
	}
	ask(live);
	return 0;
}

/* ------------------------------------------------------------------- drawing */

static void draw_clock(const struct live *live)
{
	const time_t seconds = time(NULL);
	char text[64] = "", interval[UNIT_TEXT_MAX];
	struct tm local;
	size_t length = 0;

	if (localtime_r(&seconds, &local))
		length = strftime(text, sizeof(text), "%H:%M:%S", &local);
	snprintf(text + length, sizeof(text) - length, "  every %s",
		 unit_format(interval, UNIT_NS, live->options.interval_ns));
	screen_text(0, screen_width() - strlen(text), SCREEN_DIM, "%s", text);
}

static void draw_header(const struct live *live)
{
	const struct list *list = &live->list;
	const struct detail *detail = page(live);
	const size_t rows = list_rows(1, screen_height() - 1);
	char text[200];

	if (detail && detail->back)
		snprintf(text, sizeof(text), "%zu intervals ago", detail->back);
	else if (detail)
		snprintf(text, sizeof(text), "%s", live->depth > 1 ? "zoom" :
			 "device");
	else if (list->count > rows)
		snprintf(text, sizeof(text), "%zu to %zu of %zu, by %s%s",
			 list->first + 1, list->first + rows, list->count,
			 order_name(list->order),
			 list->reverse ? ", reversed" : "");
	else
		snprintf(text, sizeof(text), "by %s%s", order_name(list->order),
			 list->reverse ? ", reversed" : "");
	screen_text(0, 0, SCREEN_BOLD, "%s", "dmstat-nl top");
	screen_text(0, 15, SCREEN_PLAIN, "%s", text);
	draw_clock(live);
	if (watch_is_away(live->watch))
		screen_text(0, 15, SCREEN_ALARM, "%s",
			    "the module is not loaded");
	else if (live->paused)
		screen_text(0, 15 + strlen(text) + 1, SCREEN_NOTE, "%s",
			    "paused");
}

static void draw_footer(const struct live *live)
{
	const int y = screen_height() - 1, width = screen_width();
	char text[512];

	if (live->note[0])
		snprintf(text, sizeof(text), " %s", live->note);
	else if (live->help)
		snprintf(text, sizeof(text), " any key: go on");
	else
		keys_line(text, sizeof(text), where(live), width - 1);
	screen_text(y, 0, SCREEN_BAR, "%-*s", width - 1, text);
}

static void draw_help(void)
{
	const char *keys, *help;
	size_t i;

	screen_text(1, 0, SCREEN_HEADING, "%s", "Keys");
	for (i = 0; keys_help(i, &keys, &help); i++) {
		screen_text(2 + i, 2, SCREEN_BOLD, "%s", keys);
		screen_text(2 + i, 16, SCREEN_PLAIN, "%s", help);
	}
	screen_text(3 + i, 0, SCREEN_PLAIN, "%s",
		    "queue: mean number of I/Os in flight. p99: 99 % of the I/Os took less.");
	screen_text(4 + i, 0, SCREEN_PLAIN, "%s",
		    "old: age of the oldest I/O in flight. K, M, G: of 1024 bytes.");
	screen_text(5 + i, 0, SCREEN_PLAIN, "%s",
		    "all: the sums; what was counted in another row, too, is in them once.");
	screen_text(6 + i, 0, SCREEN_PLAIN, "%s",
		    "Indented: a device that the one above is on; +2: 2 other rows are, too.");
}

static void draw(struct live *live)
{
	const int bottom = screen_height() - 1;
	struct detail *detail = page(live);
	const struct watch_item *item;

	screen_begin();
	item = detail ? watch_find(live->watch, detail->id) : NULL;
	if (live->help)
		draw_help();
	else if (item)
		detail_draw(detail, live->watch, item, 1, bottom);
	else
		list_draw(&live->list, live->watch, 1, bottom);
	draw_header(live);
	draw_footer(live);
	screen_end();
}

/* ---------------------------------------------------------------------- keys */

static void change_interval(struct live *live, bool faster)
{
	uint64_t interval = live->options.interval_ns;

	interval = faster ? interval / 2 : interval * 2;
	if (interval >= INTERVAL_MIN && interval <= INTERVAL_MAX)
		live->options.interval_ns = interval;
	live->next = clock_ns();
}

static void open_selected(struct live *live)
{
	const struct watch_item *item;

	if (live->depth) {
		zoom(live);
		return;
	}
	item = list_selected(&live->list);
	if (item) {
		live->list.selected = item->id;
		open_page(live, item);
	}
}

static void act(struct live *live, enum action action)
{
	switch (action) {
	case ACTION_QUIT:
		live->quit = true;
		break;
	case ACTION_HELP:
		live->help = true;
		break;
	case ACTION_PAUSE:
		live->paused = !live->paused;
		live->next = clock_ns();
		break;
	case ACTION_FASTER:
	case ACTION_SLOWER:
		change_interval(live, action == ACTION_FASTER);
		break;
	case ACTION_OPEN:
		open_selected(live);
		break;
	default:
		if (live->depth && action == ACTION_BACK)
			go_back(live);
		else if (live->depth)
			detail_act(page(live), action);
		else
			list_act(&live->list, action,
				 list_rows(1, screen_height() - 1));
	}
}

static void take_keys(struct live *live)
{
	int key;

	while ((key = screen_key()) != SCREEN_NONE) {
		if (key == SCREEN_RESIZE)
			continue;
		live->note[0] = '\0';
		if (live->help)
			live->help = false;
		else
			act(live, keys_action(where(live), key));
	}
}

/* Wait for a key, the module, or the end of the interval, whichever is first. */
static int wait_for_more(struct live *live)
{
	const uint64_t next = live->paused ? WAIT_FOREVER : live->next;

	return interrupt_wait_keys(STDIN_FILENO, watch_fd(live->watch), next);
}

static int go_on(struct live *live)
{
	int error = 0;

	live->next = clock_ns() + live->options.interval_ns;
	if (live->options.interval_ns > FIRST_NS)
		live->next = clock_ns() + FIRST_NS;
	list_update(&live->list, live->watch);
	while (!error && !live->quit && !interrupted() &&
	       live->readings < live->options.count) {
		draw(live);
		error = wait_for_more(live);
		take_keys(live);
		if (watch_listen(live->watch) ||
		    (!live->paused && clock_ns() >= live->next)) {
			live->next = clock_ns() + live->options.interval_ns;
			if (!error)
				error = read_now(live);
		}
	}
	return error;
}

int live_run(struct watch *watch, const struct live_options *options)
{
	struct live live = {
		.watch = watch,
		.options = *options,
		.list = {
			.order = options->order,
			.reverse = options->reverse,
			.flat = options->flat,
			.old_ns = options->old_ns,
		},
	};
	int error;

	if (screen_open())
		return 1;
	error = go_on(&live);
	screen_close();
	while (live.depth)
		close_page(&live);
	list_end(&live.list);
	return error;
}
