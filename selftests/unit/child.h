/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child process that a signal has to end.
 */
#ifndef DMSTAT_UNIT_CHILD_H
#define DMSTAT_UNIT_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>

/* It should take a second; this machine may have others to run. */
#define END_MS		10000

static void sleep_ms(unsigned int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Whether it was ended: set @status to its exit status. */
static bool ends(pid_t pid, int *status)
{
	int waited, raw;

	for (waited = 0; waited < END_MS; waited += 20) {
		if (waitpid(pid, &raw, WNOHANG) == pid) {
			*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
			return true;
		}
		sleep_ms(20);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &raw, 0);
	return false;
}

#endif /* DMSTAT_UNIT_CHILD_H */
