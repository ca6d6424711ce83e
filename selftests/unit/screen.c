// SPDX-License-Identifier: GPL-2.0-only
/*
 * screen: a signal ends a program whose terminal is not read
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

/* As of xterm: the end of the screen that is not the shell's. */
#define LEAVE		"\x1b[?1049l\x1b[23;0;0t"

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

static void __attribute__((noreturn)) show(int terminal)
{
	int number;

	dup2(terminal, STDIN_FILENO);
	dup2(terminal, STDOUT_FILENO);
	setenv("TERM", "xterm", 1);
	standard_catch();
	if (screen_open())
		_exit(EXIT_FAILURE);
	for (number = 0; !interrupted(); number++) {
		draw(number);
		interrupt_wait(-1, clock_ns() + 10000000);
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

/* Read what there is, until it ends with @text or nothing has come for a second. */
static bool ends_with(int fd, const char *text)
{
	const size_t size = strlen(text);
	struct pollfd file = { .fd = fd, .events = POLLIN };
	char bytes[65536];
	size_t have = 0;
	ssize_t more;

	while (poll(&file, 1, 1000) > 0) {
		if (have == sizeof(bytes))
			have = 0;
		more = read(fd, bytes + have, sizeof(bytes) - have);
		if (more <= 0)
			break;
		have += more;
	}
	return have >= size && !memcmp(bytes + have - size, text, size);
}

/*
 * What it has drawn fills the terminal, in the middle of a screen. @stop: Ctrl-S is
 * typed then, and the rest is read.
 */
static void expect_given_back(bool stop)
{
	const struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	struct termios before, after;
	struct terminal terminal;
	int status = -1;
	pid_t pid;

	if (!open_terminal(&terminal))
		return;
	EXPECT(!ioctl(terminal.fd, TIOCSWINSZ, &size));
	EXPECT(!tcgetattr(terminal.fd, &before));
	pid = fork();
	if (!pid)
		show(terminal.fd);
	sleep_ms(2000);
	EXPECT(!tcgetattr(terminal.fd, &after));
	EXPECT(!is_same_mode(&before, &after));
	if (stop) {
		EXPECT_EQUAL(write(terminal.reader, "\x13", 1), 1);
		EXPECT(!ends_with(terminal.reader, LEAVE));
	}
	kill(pid, SIGTERM);
	EXPECT(ends(pid, &status));
	EXPECT_EQUAL(status, EXIT_SUCCESS);
	EXPECT(!tcgetattr(terminal.fd, &after));
	EXPECT(is_same_mode(&before, &after));
	EXPECT(ends_with(terminal.reader, LEAVE));
	close_terminal(&terminal);
}

static void a_signal_ends_a_screen_that_is_not_read(void)
{
	expect_given_back(false);
}

static void a_signal_ends_a_screen_that_is_stopped(void)
{
	expect_given_back(true);
}

int main(void)
{
	static const struct test tests[] = {
		TEST(a_signal_ends_a_screen_that_is_not_read),
		TEST(a_signal_ends_a_screen_that_is_stopped),
	};

	return test_run(tests, sizeof(tests) / sizeof(tests[0]));
}
