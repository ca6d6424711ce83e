// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for a file, a time, or an interrupt by the user.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "source/interrupt.h"

#define NS_PER_SECOND	1000000000ULL

static volatile sig_atomic_t arrived;

/* The signals that are blocked while we wait: not these two. */
static sigset_t while_waiting;

static void note_signal(int signal)
{
	(void)signal;
	arrived = 1;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
	sigdelset(&while_waiting, SIGINT);
	sigdelset(&while_waiting, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool interrupted(void)
{
	return arrived;
}

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

int interrupt_wait(int fd, uint64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = fd, .events = POLLIN },
	};
	const uint64_t now = clock_ns();
	const uint64_t left = deadline > now ? deadline - now : 0;
	const struct timespec timeout = {
		.tv_sec = left / NS_PER_SECOND,
		.tv_nsec = left % NS_PER_SECOND,
	};

	if (ppoll(fds, 2, deadline == WAIT_FOREVER ? NULL : &timeout,
		  &while_waiting) < 0 && errno != EINTR)
		return -errno;
	return !arrived && fds[0].revents & (POLLERR | POLLNVAL);
}
