// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for the processes to end. If one hangs or dies, or the kernel reports
 * a fault, what was sent last is printed, for that is what did it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

#include "watch.h"

/* What the kernel says when something is wrong. */
static const char *const bad[] = {
	"WARNING:", "BUG:", "BUG ", "Oops", "general protection", "Call Trace",
	"INFO: task", "possible recursive", "KASAN", "KCSAN", "UBSAN",
	"refcount_t", "stack-protector", "Unable to handle", "soft lockup",
	"hard LOCKUP", "detected stall",
	"detected expedited stall", "DEBUG_LOCKS",
};

static bool is_bad(const char *line)
{
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strstr(line, bad[i]))
			return true;
	return false;
}

void watch_open_log(struct watch *watch)
{
	watch->log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (watch->log < 0 || lseek(watch->log, 0, SEEK_END) < 0)
		err(EXIT_FAILURE, "/dev/kmsg");
}

/* Return: whether the kernel has said anything bad. */
static bool read_log(struct watch *watch)
{
	char line[2048];
	ssize_t size;

	for (;;) {
		size = read(watch->log, line, sizeof(line) - 1);
		/* What was said too long ago is gone. */
		if (size < 0 && errno == EPIPE)
			continue;
		if (size <= 0)
			return false;
		line[size] = 0;
		if (is_bad(line)) {
			printf("WRONG: kernel log: %s", line);
			return true;
		}
	}
}

/* ----------------------------------------------------------------- processes */

static void print_file(pid_t pid, const char *what)
{
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	file = fopen(path, "r");
	if (!file)
		return;
	printf("%s:\n", path);
	while (fgets(line, sizeof(line), file))
		printf("%s", line);
	printf("\n");
	fclose(file);
}

static void print_all(const struct watch *watch)
{
	unsigned int i;

	for (i = 0; i < watch->nr; i++)
		record_print_last(&watch->records[i], i, watch->id);
}

/* A process that ended is given the number 0. Return: whether it ended well. */
static bool process_ended(struct watch *watch, unsigned int i, int status)
{
	struct record *ended = &watch->records[i];

	ended->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return !ended->complaints;
	printf("WRONG: process %u ended with status %#x\n", i, status);
	record_print_last(ended, i, watch->id);
	return false;
}

/* Return: whether none has ended badly. */
static bool reap(struct watch *watch)
{
	bool good = true;
	unsigned int i;
	int status;

	for (i = 0; i <= watch->nr; i++)
		if (watch->records[i].pid &&
		    waitpid(watch->records[i].pid, &status, WNOHANG) ==
		    watch->records[i].pid)
			good &= process_ended(watch, i, status);
	return good;
}

static bool any_fuzzes(const struct watch *watch)
{
	unsigned int i;

	for (i = 0; i < watch->nr; i++)
		if (watch->records[i].pid)
			return true;
	return false;
}

static void end_all(struct watch *watch)
{
	unsigned int i;

	for (i = 0; i <= watch->nr; i++)
		if (watch->records[i].pid)
			kill(watch->records[i].pid, SIGKILL);
	for (i = 0; i <= watch->nr; i++)
		if (watch->records[i].pid)
			waitpid(watch->records[i].pid, NULL, 0);
}

/* When and where a process was seen to get on. */
struct seen {
	uint64_t progress;
	time_t when;
};

/* Return: whether the process gets on. */
static bool gets_on(const struct watch *watch, unsigned int i,
		    struct seen *seen, time_t now)
{
	const struct record *process = &watch->records[i];

	if (!process->pid || process->progress != seen->progress) {
		seen->progress = process->progress;
		seen->when = now;
	}
	if (now - seen->when < watch->patience)
		return true;
	printf("WRONG: process %u hangs: nothing for %u s\n", i,
	       watch->patience);
	print_file(process->pid, "stack");
	print_file(process->pid, "wchan");
	print_file(process->pid, "syscall");
	record_print_last(process, i, watch->id);
	return false;
}

static bool all_get_on(const struct watch *watch, struct seen *seen)
{
	struct timespec now;
	bool good = true;
	unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	for (i = 0; i <= watch->nr; i++)
		good &= gets_on(watch, i, &seen[i], now.tv_sec);
	return good;
}

bool watch_until_end(struct watch *watch)
{
	struct seen seen[RECORD_PROCESSES] = {};
	struct timespec start;
	bool good = true;
	unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < RECORD_PROCESSES; i++)
		seen[i].when = start.tv_sec;

	while (good && any_fuzzes(watch)) {
		usleep(200000);
		good = reap(watch);
		if (good)
			good = all_get_on(watch, seen);
		if (read_log(watch)) {
			good = false;
			print_all(watch);
		}
	}
	end_all(watch);
	fflush(stdout);
	return good;
}
