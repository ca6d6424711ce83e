// SPDX-License-Identifier: GPL-2.0-only
/*
 * standard: a signal ends a program whose output is not read
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "child.h"
#include "source/interrupt.h"
#include "source/standard.h"
#include "terminal.h"
#include "test.h"

/* More than pipes and terminals hold. */
#define BYTES		(1 << 20)

#define EXIT_INTERRUPTED	42

static void __attribute__((noreturn)) write_much(int fd)
{
	FILE *file;
	size_t i;

	standard_catch();
	file = fd == STDOUT_FILENO ? stdout : stderr;
	for (i = 0; i < BYTES / 16; i++)
		if (fputs("0123456789abcde\n", file) < 0)
			break;
	if (fflush(file) || ferror(file))
		_exit(errno == EINTR ? EXIT_INTERRUPTED : EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* Start a program whose file @fd is @end; it does not have @close_too. */
static pid_t start(int fd, int end, int close_too)
{
	const pid_t pid = fork();

	if (pid)
		return pid;
	dup2(end, fd);
	close(end);
	close(close_too);
	write_much(fd);
}

static void expect_interrupted(pid_t pid, int signal)
{
	int status = -1;

	kill(pid, signal);
	EXPECT(ends(pid, &status));
	EXPECT_EQUAL(status, EXIT_INTERRUPTED);
}

/* Until it has filled the pipe, or a terminal that takes nothing. */
static void let_it_block(void)
{
	sleep_ms(500);
}

static void a_signal_ends_writing_to_a_full_pipe(int fd, int signal)
{
	int ends[2];
	pid_t pid;

	EXPECT(!pipe(ends));
	pid = start(fd, ends[1], ends[0]);
	close(ends[1]);
	let_it_block();
	expect_interrupted(pid, signal);
	close(ends[0]);
}

static void sigterm_ends_writing_to_a_full_pipe(void)
{
	a_signal_ends_writing_to_a_full_pipe(STDOUT_FILENO, SIGTERM);
}

static void sigint_ends_writing_to_a_full_pipe(void)
{
	a_signal_ends_writing_to_a_full_pipe(STDOUT_FILENO, SIGINT);
}

static void a_signal_ends_messages_to_a_full_pipe(void)
{
	a_signal_ends_writing_to_a_full_pipe(STDERR_FILENO, SIGTERM);
}

static void a_signal_ends_writing_to_a_stopped_terminal(void)
{
	struct terminal terminal;
	pid_t pid;

	if (!open_terminal(&terminal))
		return;
	EXPECT(!tcflow(terminal.fd, TCOOFF));
	pid = start(STDOUT_FILENO, terminal.fd, terminal.reader);
	let_it_block();
	expect_interrupted(pid, SIGTERM);
	close_terminal(&terminal);
}

/* Nobody reads the terminal, which is full. */
static void a_signal_ends_writing_to_a_terminal_that_is_not_read(void)
{
	struct terminal terminal;
	pid_t pid;

	if (!open_terminal(&terminal))
		return;
	pid = start(STDOUT_FILENO, terminal.fd, terminal.reader);
	let_it_block();
	expect_interrupted(pid, SIGTERM);
	close_terminal(&terminal);
}

/* Another program fills the pipe between the look and the write. */
static void a_signal_ends_writing_to_a_pipe_of_several_writers(void)
{
	int ends[2], i;
	pid_t pids[4];

	EXPECT(!pipe(ends));
	for (i = 0; i < 4; i++)
		pids[i] = start(STDOUT_FILENO, ends[1], ends[0]);
	close(ends[1]);
	let_it_block();
	for (i = 0; i < 4; i++)
		expect_interrupted(pids[i], SIGTERM);
	close(ends[0]);
}

/*
 * Read all that a program writes: @first_ms after a signal, if one is sent, and then
 * with pauses of @pause_ms. Return: whether it was all.
 */
static bool all_is_read(int signal, unsigned int first_ms, unsigned int pause_ms)
{
	static char bytes[16384];
	size_t count = 0;
	int ends_of[2], status = -1;
	ssize_t some;
	pid_t pid;

	EXPECT(!pipe(ends_of));
	pid = start(STDOUT_FILENO, ends_of[1], ends_of[0]);
	close(ends_of[1]);
	if (signal) {
		let_it_block();
		kill(pid, signal);
	}
	sleep_ms(first_ms);
	while ((some = read(ends_of[0], bytes, sizeof(bytes))) > 0) {
		count += some;
		sleep_ms(pause_ms);
	}
	close(ends_of[0]);
	EXPECT(ends(pid, &status));
	return status == EXIT_SUCCESS && count == BYTES;
}

/* Other programs may keep us from reading for as long as a reader is waited for. */
static bool once_all_is_read(unsigned int first_ms, unsigned int pause_ms)
{
	int i;

	for (i = 0; i < 5; i++)
		if (all_is_read(SIGTERM, first_ms, pause_ms))
			return true;
	return false;
}

static void what_is_read_soon_after_the_signal_is_whole(void)
{
	EXPECT(once_all_is_read(100, 0));
}

/* It reads for longer than a reader that does not read is waited for. */
static void a_slow_reader_gets_everything_after_the_signal(void)
{
	EXPECT(once_all_is_read(0, 30));
}

static void without_a_signal_a_slow_reader_gets_everything(void)
{
	EXPECT(all_is_read(0, 600, 10));
}

int main(void)
{
	static const struct test tests[] = {
		TEST(sigterm_ends_writing_to_a_full_pipe),
		TEST(sigint_ends_writing_to_a_full_pipe),
		TEST(a_signal_ends_messages_to_a_full_pipe),
		TEST(a_signal_ends_writing_to_a_stopped_terminal),
		TEST(a_signal_ends_writing_to_a_terminal_that_is_not_read),
		TEST(a_signal_ends_writing_to_a_pipe_of_several_writers),
		TEST(what_is_read_soon_after_the_signal_is_whole),
		TEST(a_slow_reader_gets_everything_after_the_signal),
		TEST(without_a_signal_a_slow_reader_gets_everything),
	};

	return test_run(tests, sizeof(tests) / sizeof(tests[0]));
}
