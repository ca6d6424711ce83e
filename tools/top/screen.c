// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal as a screen: text, colours and keys.
 */
#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include <ncurses.h>

#include "out/character.h"
#include "out/message.h"
#include "source/interrupt.h"
#include "top/ending.h"
#include "top/screen.h"

/* Longest name that is shown. */
#define NAME_MAX_WIDTH	256

/* Pairs below 16 are of styles, others of the palette's colour of that number. */
enum {
	PAIR_ALARM = 1,
	PAIR_NOTE,
	PAIR_HEADING,
	PAIR_SORTED,
};

/* How the shell has the terminal: that of stdout, whose modes curses changes. */
static struct termios found;

/* Where keys come from: not from stdscr, which getch() would draw. */
static WINDOW *keys;

/* A signal came while curses waited for the terminal: it must not be called again. */
static bool stuck;

/* The shell shall have the terminal: Ctrl-Z. */
static volatile sig_atomic_t suspend_asked;

static enum colour_depth depth;
static bool coloured;
static attr_t styles[SCREEN_STYLES];
static short pairs[SCREEN_STYLES];

static void choose_styles(void)
{
	styles[SCREEN_BOLD] = A_BOLD;
	styles[SCREEN_DIM] = A_DIM;
	styles[SCREEN_HEADING] = A_BOLD;
	styles[SCREEN_SORTED] = A_BOLD | A_UNDERLINE;
	styles[SCREEN_ALARM] = A_BOLD | A_REVERSE;
	styles[SCREEN_NOTE] = A_BOLD;
	styles[SCREEN_BAR] = A_REVERSE;
	if (!coloured)
		return;

	init_pair(PAIR_ALARM, COLOR_RED, -1);
	init_pair(PAIR_NOTE, COLOR_YELLOW, -1);
	init_pair(PAIR_HEADING, COLOR_CYAN, -1);
	pairs[SCREEN_ALARM] = PAIR_ALARM;
	pairs[SCREEN_NOTE] = PAIR_NOTE;
	pairs[SCREEN_HEADING] = PAIR_HEADING;
	pairs[SCREEN_SORTED] = PAIR_HEADING;
	styles[SCREEN_ALARM] = A_BOLD;
	styles[SCREEN_HEADING] = A_NORMAL;
}

/* Pairs for the colours that levels can have. */
static void choose_levels(void)
{
	unsigned int level;
	uint8_t colour;

	/* What ncurses calls colours are those of the palette. */
	if (depth == COLOUR_DIRECT)
		depth = COLOUR_256;
	if (depth != COLOUR_NONE && (COLORS < 256 || COLOR_PAIRS < 256))
		depth = COLOUR_NONE;
	for (level = 0; depth != COLOUR_NONE &&
	     level <= colour_levels(COLOUR_256); level++) {
		colour = colour_palette(level);
		init_pair(colour, -1, colour);
	}
}

static bool is_in_background(void)
{
	const pid_t group = tcgetpgrp(STDOUT_FILENO);

	return group > 0 && group != getpgrp();
}

/* Without flow control, what Ctrl-S has stopped goes on. */
static void let_flow(void)
{
	struct termios mode;

	if (tcgetattr(STDOUT_FILENO, &mode))
		return;
	mode.c_iflag &= ~IXON;
	tcsetattr(STDOUT_FILENO, TCSANOW, &mode);
	/* Another program may have stopped it. */
	tcflow(STDOUT_FILENO, TCOON);
}

/*
 * Without curses. What has not been read, the end of a screen that was begun, may be in
 * the way. A sequence that is cut ends with the next.
 */
static void end_modes(void)
{
	tcflush(STDOUT_FILENO, TCOFLUSH);
	ending_write();
}

/* Give the terminal back, and die of the signal. Curses may be what is broken. */
static void die(int number)
{
	if (!isendwin() && !is_in_background()) {
		let_flow();
		end_modes();
		tcsetattr(STDOUT_FILENO, TCSANOW, &found);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = die,
				    .sa_flags = SA_RESETHAND | SA_NODEFER };
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &action, NULL);
}

static void note_suspend(int number)
{
	(void)number;
	suspend_asked = 1;
}

/* As the signals that end it: only while we wait. */
static void catch_suspend(void)
{
	const struct sigaction action = { .sa_handler = note_suspend };
	struct sigaction before;
	sigset_t ours;

	if (sigaction(SIGTSTP, NULL, &before) || before.sa_handler == SIG_IGN)
		return;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTSTP);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	sigaction(SIGTSTP, &action, NULL);
}

/*
 * The kernel stops what changes a terminal from the background, and a signal that is
 * blocked does not end what is stopped: so look for one each time that it goes on.
 * One that nobody could continue is not stopped.
 */
static void wait_for_foreground(void)
{
	while (is_in_background() && !interrupted()) {
		raise(SIGTTOU);
		if (is_in_background())
			interrupt_wait(-1, clock_ns() + 100000000);
	}
}

int screen_open(void)
{
	const char *name = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");
	FILE *terminal;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		complain("this is not a terminal: use --batch");
		return EXIT_FAILURE;
	}
	wait_for_foreground();
	if (interrupted())
		return EXIT_FAILURE;
	tcgetattr(STDOUT_FILENO, &found);
	catch_suspend();
	depth = colour_depth();
	/* stdout may have no descriptor any more: see standard_catch(). */
	terminal = fdopen(STDOUT_FILENO, "w");
	if (!terminal || !newterm(NULL, terminal, stdin)) {
		complain("cannot use a terminal of type '%s': use --batch, or set TERM",
			 name ? name : "");
		return EXIT_FAILURE;
	}
	ending_choose();
	catch_faults();
	cbreak();
	noecho();
	nonl();
	keys = newpad(1, 1);
	keypad(keys, TRUE);
	nodelay(keys, TRUE);
	set_escdelay(25);
	curs_set(0);
	leaveok(stdscr, TRUE);
	coloured = !(no_colour && *no_colour) && has_colors() &&
		   start_color() == OK && use_default_colors() == OK;
	choose_styles();
	choose_levels();
	return 0;
}

/* Not if it is stopped, as by Ctrl-S: curses would wait, without an end. */
static bool is_ready(int wait_ms)
{
	struct pollfd file = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&file, 1, wait_ms) > 0;
}

static void show(void)
{
	refresh();
}

static void leave(void)
{
	erase();
	refresh();
	endwin();
}

void screen_close(void)
{
	/* Suspended: it was given back. If that had to be left, not all of it was. */
	if (isendwin() && !stuck)
		return;
	/* Stopped, but not by Ctrl-Z. The modes are the shell's by now. */
	if (is_in_background()) {
		signal(SIGTTOU, SIG_IGN);
		interrupt_run(ending_write);
		return;
	}
	let_flow();
	/* It may also be slow. */
	if (stuck || !is_ready(500) || interrupt_run(leave))
		interrupt_run(end_modes);
	tcsetattr(STDOUT_FILENO, TCSANOW, &found);
}

static void give_back(void)
{
	endwin();
}

static void stop(void)
{
	sigset_t ours, before;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTSTP);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &ours, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	catch_suspend();
}

/* Curses would do so itself, but not end when it is killed in the background. */
static void suspend(void)
{
	if (stuck)
		return;
	let_flow();
	stuck = interrupt_run(give_back);
	if (stuck)
		return;
	stop();
	/* Also when it was asked for twice. */
	suspend_asked = 0;
	wait_for_foreground();
	if (interrupted())
		return;
	/* What the user has changed meanwhile stays. */
	tcgetattr(STDOUT_FILENO, &found);
	def_shell_mode();
	stuck = interrupt_run(show);
}

int screen_key(void)
{
	int key;

	if (suspend_asked)
		suspend();
	key = stuck || isendwin() ? ERR : wgetch(keys);
	switch (key) {
	case ERR:
		return SCREEN_NONE;
	case KEY_UP:
		return SCREEN_UP;
	case KEY_DOWN:
		return SCREEN_DOWN;
	case KEY_LEFT:
	case KEY_BACKSPACE:
	case 127:
		return SCREEN_LEFT;
	case KEY_RIGHT:
		return SCREEN_RIGHT;
	case KEY_PPAGE:
		return SCREEN_PAGE_UP;
	case KEY_NPAGE:
		return SCREEN_PAGE_DOWN;
	case KEY_HOME:
		return SCREEN_HOME;
	case KEY_END:
		return SCREEN_END;
	case KEY_ENTER:
	case '\r':
	case '\n':
		return SCREEN_ENTER;
	case KEY_RESIZE:
		return SCREEN_RESIZE;
	default:
		return key;
	}
}

int screen_height(void)
{
	return LINES;
}

int screen_width(void)
{
	return COLS;
}

enum colour_depth screen_depth(void)
{
	return depth;
}

void screen_begin(void)
{
	erase();
}

/* A terminal that is ready may have too little room for all. */
void screen_end(void)
{
	if (!stuck && is_ready(0))
		stuck = interrupt_run(show);
	if (suspend_asked)
		suspend();
}

static void begin_style(enum screen_style style)
{
	attr_set(styles[style], pairs[style], NULL);
}

static void end_style(void)
{
	attr_set(A_NORMAL, 0, NULL);
}

/* Put at most @width columns of a text; what must not be printed is a "?". */
static void put(const wchar_t *text, int width)
{
	wchar_t c[2] = L"", before = 0;
	int columns;

	for (; *text && width > 0; before = *text++) {
		*c = iswprint(*text) &&
		     !character_is_hidden(before, *text, text[1]) ? *text : L'?';
		columns = wcwidth(*c);
		if (columns < 0)
			columns = 0;
		if (columns > width)
			return;
		addwstr(c);
		width -= columns;
	}
}

/* Bytes that are no characters of the locale are a "?" each. */
static size_t decode(wchar_t *wide, size_t size, const char *text)
{
	mbstate_t state = { 0 };
	size_t count = 0, bytes;

	while (*text && count < size - 1) {
		bytes = mbrtowc(&wide[count], text, strlen(text), &state);
		if (bytes == (size_t)-1 || bytes == (size_t)-2) {
			wide[count] = L'?';
			memset(&state, 0, sizeof(state));
			bytes = 1;
		}
		text += bytes;
		count++;
	}
	wide[count] = L'\0';
	return count;
}

static bool is_visible(int y, int x)
{
	return y >= 0 && y < LINES && x >= 0 && x < COLS;
}

void screen_text(int y, int x, enum screen_style style, const char *format,
		 ...)
{
	wchar_t wide[1024];
	char text[1024];
	va_list args;

	if (!is_visible(y, x))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	decode(wide, sizeof(wide) / sizeof(*wide), text);
	begin_style(style);
	move(y, x);
	put(wide, COLS - x);
	end_style();
}

void screen_name(int y, int x, int width, enum screen_style style,
		 const char *name)
{
	wchar_t wide[NAME_MAX_WIDTH + 1];
	const size_t count = decode(wide, NAME_MAX_WIDTH + 1, name);
	size_t left, right;

	if (!is_visible(y, x) || width <= 0)
		return;
	if (width > COLS - x)
		width = COLS - x;
	if ((int)count > width && width > 4) {
		left = (width - 2) / 2;
		right = width - 2 - left;
		wide[left] = L'.';
		wide[left + 1] = L'.';
		wmemmove(&wide[left + 2], &wide[count - right], right + 1);
	}
	begin_style(style);
	move(y, x);
	put(wide, width);
	end_style();
}

static void put_cell(int y, int x, struct strip_cell cell)
{
	wchar_t wide[8];

	if (!is_visible(y, x))
		return;
	decode(wide, sizeof(wide) / sizeof(*wide), cell.glyph);
	attr_set(A_NORMAL, depth == COLOUR_NONE ? 0 : cell.colour, NULL);
	move(y, x);
	put(wide, 1);
	end_style();
}

void screen_cells(int y, int x, const struct strip_scale *scale,
		  const double *cells, size_t width)
{
	size_t i;

	for (i = 0; i < width; i++)
		put_cell(y, x + i, strip_cell(scale, cells[i]));
}

void screen_legend(int y, int x, const struct strip_scale *scale, size_t width)
{
	const size_t count = width < scale->levels ? width : scale->levels;
	size_t i;

	for (i = 1; i <= count; i++)
		put_cell(y, x + i - 1,
			 strip_cell_of(scale, i * scale->levels / count));
}

void screen_mark(int y, int x, int width)
{
	if (is_visible(y, x))
		mvchgat(y, x, width, A_REVERSE, 0, NULL);
}
