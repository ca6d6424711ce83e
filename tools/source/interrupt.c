// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for a file, a time, or an interrupt by the user.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "source/interrupt.h"

#define NS_PER_SECOND	1000000000ULL

static volatile sig_atomic_t arrived;
static volatile sig_atomic_t reload_arrived;

/* The signals that are blocked while we wait: not these. */
static sigset_t while_waiting;
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM };
/* Those that end a wait. */
static sigset_t caught;

/* Where interrupt_run() goes on, and from when; NULL: no function is running. */
static sigjmp_buf *volatile way_out;
static volatile uint64_t way_out_from;

/*
 * One that comes just before write() does not end that: another will, in a second.
 * That one may have waited until signals were unblocked.
 */
static void note_signal(int signal)
{
	arrived = 1;
	alarm(1);
	if (signal == SIGALRM && way_out && clock_ns() >= way_out_from)
		siglongjmp(*way_out, 1);
}

static void note_reload(int signal)
{
	(void)signal;
	reload_arrived = 1;
}

/* nohup(1) ignores SIGHUP. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) ||
	       action.sa_handler == SIG_IGN;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t ours;
	size_t i;

	sigemptyset(&ours);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&ours, signals[i]);
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigdelset(&while_waiting, signals[i]);
		if (i >= 2 && is_ignored(signals[i]))
			continue;
		sigaction(signals[i], &action, NULL);
		sigaddset(&caught, signals[i]);
	}
}

void interrupt_catch_reload(void)
{
	const struct sigaction action = { .sa_handler = note_reload };

	interrupt_catch();
	sigaction(SIGHUP, &action, NULL);
	sigdelset(&caught, SIGHUP);
}

/* Blocked except while we wait, so none is lost. */
bool interrupt_take_reload(void)
{
	const bool reload = reload_arrived;

	reload_arrived = 0;
	return reload;
}

/* A wait for a file that is ready ends without a signal that is pending. */
static bool is_pending(void)
{
	sigset_t pending;
	size_t i;

	if (sigpending(&pending))
		return false;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigismember(&pending, signals[i]) &&
		    sigismember(&caught, signals[i]))
			return true;
	return false;
}

bool interrupted(void)
{
	if (!arrived && is_pending())
		arrived = 1;
	return arrived;
}

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

ssize_t interrupt_write(int fd, const void *bytes, size_t size)
{
	sigset_t before;
	ssize_t written;
	int error;

	sigprocmask(SIG_SETMASK, &while_waiting, &before);
	written = write(fd, bytes, size);
	error = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return written;
}

int interrupt_run(void (*function)(void))
{
	sigset_t before;
	sigjmp_buf out;

	if (sigsetjmp(out, true)) {
		way_out = NULL;
		return -EINTR;
	}
	way_out_from = clock_ns() + INTERRUPT_PATIENCE_NS;
	way_out = &out;
	sigprocmask(SIG_SETMASK, &while_waiting, &before);
	function();
	way_out = NULL;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return 0;
}

int interrupt_wait_any(struct pollfd *fds, unsigned int count,
		       uint64_t deadline)
{
	const uint64_t now = clock_ns();
	const uint64_t left = deadline > now ? deadline - now : 0;
	const struct timespec timeout = {
		.tv_sec = left / NS_PER_SECOND,
		.tv_nsec = left % NS_PER_SECOND,
	};

	if (ppoll(fds, count, deadline == WAIT_FOREVER ? NULL : &timeout,
		  &while_waiting) < 0) {
		/* Nothing was written about the files. */
		while (count)
			fds[--count].revents = 0;
		return errno == EINTR ? 0 : -errno;
	}
	return 0;
}

/* The first file is stdout, which nothing is read from. */
static int wait_for(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
	const int error = interrupt_wait_any(fds, count, deadline);

	if (error)
		return error;
	return !arrived && fds[0].revents & (POLLERR | POLLNVAL);
}

int interrupt_wait(int fd, uint64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = fd, .events = POLLIN },
	};

	return wait_for(fds, 2, deadline);
}

int interrupt_wait_keys(int keys, int fd, uint64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = fd, .events = POLLIN },
		{ .fd = keys, .events = POLLIN },
	};
	const int error = wait_for(fds, 3, deadline);

	if (error)
		return error;
	return !arrived && fds[2].revents & (POLLERR | POLLHUP | POLLNVAL);
}
