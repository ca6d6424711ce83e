// SPDX-License-Identifier: GPL-2.0-only
/*
 * screen: a signal ends a program whose terminal is not read, or is another's
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "child.h"
#include "source/interrupt.h"
#include "source/standard.h"
#include "terminal.h"
#include "test.h"
#include "top/screen.h"

#define ROWS		50
#define COLUMNS		200

/* Nothing more comes if nothing has come for so long. */
#define QUIET_MS	2000

/* It waits several times for what takes END_MS at most. */
#define SHELL_MS	(8 * END_MS)

/* As of xterm: the end of the screen that is not the shell's. */
#define LEAVE		"\x1b[?1049l\x1b[23;0;0t"

/* As curses leaves it. */
#define LEAVE_CURSES	LEAVE "\r\x1b[?1l\x1b>"

/* As of the console, which has no other screen, but a cursor to show. */
#define CLEAR		"\x1b[?25h\x1b[?0c\x1b[H\x1b[J"

/* Each screen differs from the one before in all places. */
static void draw(int number)
{
	char line[COLUMNS];
	int y;

	memset(line, 'a' + number % 26, sizeof(line));
	screen_begin();
	for (y = 0; y < ROWS; y++)
		screen_text(y, 0, SCREEN_PLAIN, "%.*s", COLUMNS - 1, line);
	screen_end();
}

/* @keys: where these are from; NULL: the terminal. @once: draw one screen. */
struct program {
	const struct terminal *keys;
	const char *type;
	bool once;
};

static void __attribute__((noreturn)) show(int terminal, const struct program *program)
{
	int number;

	dup2(program->keys ? program->keys->fd : terminal, STDIN_FILENO);
	dup2(terminal, STDOUT_FILENO);
	setenv("TERM", program->type, 1);
	standard_catch();
	if (screen_open())
		_exit(EXIT_FAILURE);
	for (number = 0; !interrupted(); number++) {
		if (!number || !program->once)
			draw(number);
		interrupt_wait(-1, clock_ns() + 10000000);
		screen_key();
	}
	screen_close();
	_exit(EXIT_SUCCESS);
}

static bool is_same_mode(const struct termios *one, const struct termios *other)
{
	return one->c_iflag == other->c_iflag &&
	       one->c_oflag == other->c_oflag &&
	       one->c_lflag == other->c_lflag;
}

/* What was read last. */
struct output {
	char bytes[65536];
	size_t length;
};

/* Read what there is, until nothing has come for @quiet_ms. */
static void read_on(struct output *output, int fd, int quiet_ms)
{
	struct pollfd file = { .fd = fd, .events = POLLIN };
	ssize_t more;

	while (poll(&file, 1, quiet_ms) > 0) {
		if (output->length == sizeof(output->bytes))
			output->length = 0;
		more = read(fd, output->bytes + output->length,
			    sizeof(output->bytes) - output->length);
		if (more <= 0)
			break;
		output->length += more;
	}
}

static bool ends_with(const struct output *output, const char *text)
{
	const size_t size = strlen(text);

	return output->length >= size &&
	       !memcmp(output->bytes + output->length - size, text, size);
}

static bool ends_reading_with(int fd, const char *text)
{
	struct output output = { .length = 0 };

	read_on(&output, fd, QUIET_MS);
	return ends_with(&output, text);
}

/* Wait until curses has changed the modes of a terminal. */
static bool changes_mode(int terminal, const struct termios *before)
{
	struct termios mode;
	int waited;

	for (waited = 0; waited < END_MS; waited += 20) {
		if (!tcgetattr(terminal, &mode) && !is_same_mode(before, &mode))
			return true;
		sleep_ms(20);
	}
	return false;
}

/*
 * Wait until what nobody reads fills a terminal. It has no room, either, while a
 * program writes: so see that it stays so.
 */
static bool is_filled(int terminal)
{
	struct pollfd file = { .fd = terminal, .events = POLLOUT };
	int waited, full = 0;

	for (waited = 0; waited < END_MS && full < 25; waited += 20) {
		full = poll(&file, 1, 0) ? 0 : full + 1;
		sleep_ms(20);
	}
	return full == 25;
}

/* Return: whether there is a terminal of ROWS and COLUMNS. */
static bool open_large(struct terminal *terminal)
{
	const struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };

	if (!open_terminal(terminal))
		return false;
	EXPECT(!ioctl(terminal->fd, TIOCSWINSZ, &size));
	return true;
}

static void type_ctrl_s(const struct terminal *terminal)
{
	EXPECT_EQUAL(write(terminal->reader, "\x13", 1), 1);
}

static void stop_flow(const struct terminal *terminal)
{
	EXPECT(!tcflow(terminal->fd, TCOOFF));
}

/* A program that shows screens on a terminal, whose modes were @before. */
struct shown {
	struct terminal terminal;
	struct termios before;
	pid_t pid;
};

static bool start(struct shown *shown, const struct program *program)
{
	if (!open_large(&shown->terminal))
		return false;
	EXPECT(!tcgetattr(shown->terminal.fd, &shown->before));
	shown->pid = fork();
	if (!shown->pid)
		show(shown->terminal.fd, program);
	EXPECT(changes_mode(shown->terminal.fd, &shown->before));
	return true;
}

/* SIGTERM ends it, with the terminal's modes as before and @leave as the last text. */
static void expect_end(const struct shown *shown, const char *leave)
{
	const struct terminal *terminal = &shown->terminal;
	struct termios after;
	int status = -1;

	kill(shown->pid, SIGTERM);
	EXPECT(ends(shown->pid, &status));
	EXPECT_EQUAL(status, EXIT_SUCCESS);
	EXPECT(!tcgetattr(terminal->fd, &after));
	EXPECT(is_same_mode(&shown->before, &after));
	EXPECT(ends_reading_with(terminal->reader, leave));
	close_terminal(terminal);
}

/*
 * What it has drawn fills the terminal, in the middle of a screen. @stop: how it is
 * stopped then, and the rest is read, or NULL; @leave: the last that it writes.
 */
static void expect_given_back(const struct program *program,
			      void (*stop)(const struct terminal *terminal),
			      const char *leave)
{
	struct shown shown;

	if (!start(&shown, program))
		return;
	EXPECT(is_filled(shown.terminal.fd));
	if (stop) {
		stop(&shown.terminal);
		EXPECT(!ends_reading_with(shown.terminal.reader, leave));
	}
	expect_end(&shown, leave);
}

/* What most tests run. */
static const struct program xterm = { .type = "xterm" };
static const struct program xterm_once = { .type = "xterm", .once = true };

static void a_signal_ends_a_screen_that_is_not_read(void)
{
	expect_given_back(&xterm, NULL, LEAVE);
}

static void a_signal_ends_a_screen_that_is_stopped(void)
{
	expect_given_back(&xterm, type_ctrl_s, LEAVE);
}

static void a_signal_ends_a_screen_that_another_program_has_stopped(void)
{
	expect_given_back(&xterm, stop_flow, LEAVE);
}

static void a_terminal_with_one_screen_is_cleared(void)
{
	const struct program program = { .type = "linux" };

	expect_given_back(&program, NULL, CLEAR);
}

static void the_keys_may_be_of_another_terminal(void)
{
	struct terminal keys;
	const struct program program = { .type = "xterm", .keys = &keys };

	if (!open_terminal(&keys))
		return;
	expect_given_back(&program, type_ctrl_s, LEAVE);
	close_terminal(&keys);
}

/*
 * What another program writes fills a terminal between two screens. The kernel moves
 * it on for a while, which makes room.
 */
static void fill(const struct terminal *terminal)
{
	char bytes[4096];
	int quiet;
	const int fd = open(ptsname(terminal->reader),
			    O_WRONLY | O_NOCTTY | O_NONBLOCK);

	memset(bytes, 'x', sizeof(bytes));
	EXPECT(fd >= 0);
	for (quiet = 0; quiet < 25; quiet++) {
		while (write(fd, bytes, sizeof(bytes)) > 0)
			quiet = 0;
		sleep_ms(20);
	}
	close(fd);
}

/* It waits for room to give the terminal back, and is not suspended yet. */
static void a_signal_ends_a_screen_that_cannot_be_suspended(void)
{
	struct output output = { .length = 0 };
	struct shown shown;

	if (!start(&shown, &xterm_once))
		return;
	read_on(&output, shown.terminal.reader, QUIET_MS);
	fill(&shown.terminal);
	kill(shown.pid, SIGTSTP);
	sleep_ms(500);
	expect_end(&shown, LEAVE);
}

/* ----------------------------------------------------------------- background */

/* A job of a shell: set the group that has the terminal. */
static void to_foreground(int terminal, pid_t group)
{
	tcsetpgrp(terminal, group);
}

static bool is_stopped(pid_t pid)
{
	int status, waited;

	for (waited = 0; waited < END_MS; waited += 20) {
		if (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid)
			return WIFSTOPPED(status);
		sleep_ms(20);
	}
	return false;
}

static pid_t start_job(int terminal, bool front, const struct program *program)
{
	const pid_t pid = fork();

	setpgid(pid, pid);
	if (pid && front)
		to_foreground(terminal, pid);
	if (pid)
		return pid;
	while (front && tcgetpgrp(terminal) != getpid())
		sleep_ms(10);
	signal(SIGTTOU, SIG_DFL);
	show(terminal, program);
}

/* As the shell's "kill" does. */
static bool ends_job(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	return ends(pid, &status);
}

/* As a shell has its terminal. */
static void own(int terminal)
{
	signal(SIGTTOU, SIG_IGN);
	setsid();
	if (ioctl(terminal, TIOCSCTTY, 0))
		_exit(1);
}

/* A shell whose terminal it is; exits with what went wrong. @number: 0: none. */
static void __attribute__((noreturn)) run_shell(int terminal, int number)
{
	struct termios ours, changed;
	pid_t pid;

	own(terminal);
	tcgetattr(terminal, &ours);
	pid = start_job(terminal, number, &xterm);
	if (number && !changes_mode(terminal, &ours))
		_exit(8);
	if (number)
		kill(pid, number);
	if (!is_stopped(pid))
		_exit(2);
	to_foreground(terminal, getpid());
	if (number == SIGSTOP)
		tcsetattr(terminal, TCSANOW, &ours);
	/* Stopped again as long as the terminal is the shell's. */
	if (number == SIGTSTP) {
		kill(pid, SIGCONT);
		if (!is_stopped(pid))
			_exit(3);
		/* What is changed now stays. */
		ours.c_iflag ^= IXANY;
		tcsetattr(terminal, TCSANOW, &ours);
		to_foreground(terminal, pid);
		kill(pid, SIGCONT);
		if (!changes_mode(terminal, &ours))
			_exit(4);
		kill(pid, number);
		if (!is_stopped(pid))
			_exit(5);
		to_foreground(terminal, getpid());
	}
	if (!ends_job(pid))
		_exit(6);
	tcgetattr(terminal, &changed);
	_exit(is_same_mode(&ours, &changed) ? 0 : 7);
}

static void expect_job_ends(int number, const char *leave)
{
	struct output output = { .length = 0 };
	struct terminal terminal;
	int status = -1, waited;
	pid_t pid;

	if (!open_large(&terminal))
		return;
	pid = fork();
	if (!pid)
		run_shell(terminal.fd, number);
	/* All that it writes is read. */
	for (waited = 0; waited < SHELL_MS; waited += 50) {
		read_on(&output, terminal.reader, 50);
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	EXPECT(waited < SHELL_MS);
	EXPECT_EQUAL(status, 0);
	read_on(&output, terminal.reader, 50);
	EXPECT(ends_with(&output, leave));
	close_terminal(&terminal);
}

static void a_signal_ends_a_screen_that_was_suspended(void)
{
	expect_job_ends(SIGTSTP, LEAVE_CURSES);
}

static void a_signal_ends_a_program_that_another_has_stopped(void)
{
	expect_job_ends(SIGSTOP, LEAVE);
}

static void a_signal_ends_what_was_started_in_the_background(void)
{
	expect_job_ends(0, "");
}

/* Type Ctrl-Z again while the terminal is given back; exits with what went wrong. */
static void __attribute__((noreturn)) type_twice(const struct terminal *terminal)
{
	struct output output = { .length = 0 };
	struct termios ours;
	int status;
	pid_t pid;

	own(terminal->fd);
	tcgetattr(terminal->fd, &ours);
	pid = start_job(terminal->fd, true, &xterm_once);
	if (!changes_mode(terminal->fd, &ours))
		_exit(2);
	read_on(&output, terminal->reader, QUIET_MS);
	fill(terminal);
	kill(pid, SIGTSTP);
	sleep_ms(500);
	kill(pid, SIGTSTP);
	sleep_ms(500);
	read_on(&output, terminal->reader, QUIET_MS);
	if (!is_stopped(pid))
		_exit(3);
	kill(pid, SIGCONT);
	read_on(&output, terminal->reader, QUIET_MS);
	if (waitpid(pid, &status, WNOHANG | WUNTRACED))
		_exit(4);
	_exit(ends_job(pid) ? 0 : 5);
}

static void ctrl_z_twice_suspends_once(void)
{
	struct terminal terminal;
	int status = -1;
	pid_t pid;

	if (!open_large(&terminal))
		return;
	pid = fork();
	if (!pid)
		type_twice(&terminal);
	EXPECT_EQUAL(waitpid(pid, &status, 0), pid);
	EXPECT_EQUAL(status, 0);
	close_terminal(&terminal);
}

int main(void)
{
	static const struct test tests[] = {
		TEST(a_signal_ends_a_screen_that_is_not_read),
		TEST(a_signal_ends_a_screen_that_is_stopped),
		TEST(a_signal_ends_a_screen_that_another_program_has_stopped),
		TEST(a_terminal_with_one_screen_is_cleared),
		TEST(the_keys_may_be_of_another_terminal),
		TEST(a_signal_ends_a_screen_that_cannot_be_suspended),
		TEST(a_signal_ends_a_screen_that_was_suspended),
		TEST(ctrl_z_twice_suspends_once),
		TEST(a_signal_ends_a_program_that_another_has_stopped),
		TEST(a_signal_ends_what_was_started_in_the_background),
	};

	return test_run(tests, sizeof(tests) / sizeof(tests[0]));
}
