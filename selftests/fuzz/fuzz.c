// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz: send messages to the family of the spec, right and wrong ones
 *
 *	--seed N	default 1
 *	--messages N	in all, default 200000
 *	--seconds S	instead: as long as that
 *
 * The module must be loaded, and there should be devices with I/O. Faults are
 * printed in lines that begin with WRONG, with the datagrams sent last, and the
 * status is 1. At the end the counts are printed.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../netlink.h"
#include "device.h"
#include "record.h"
#include "worker.h"

#define PROCESSES 4
/* One more makes devices. */
#define RECORDS (PROCESSES + 1)

/* Seconds without progress until a process counts as hung. */
#define PATIENCE 60

/* ----------------------------------------------------------------- watching */

static unsigned long kernel_taint(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "r");
	unsigned long taint;

	if (!file || fscanf(file, "%lu", &taint) != 1)
		err(EXIT_FAILURE, "/proc/sys/kernel/tainted");
	fclose(file);
	return taint;
}

/* Return: whether the process runs, or has ended well. */
static bool is_well(struct record *process, time_t *since, uint64_t *progress)
{
	int status;

	if (!process->pid)
		return true;
	if (waitpid(process->pid, &status, WNOHANG) == process->pid) {
		process->pid = 0;
		if (!status)
			return true;
		printf("WRONG: process %u ended with status %#x\n",
		       process->process, status);
		return false;
	}
	if (process->progress != *progress) {
		*progress = process->progress;
		*since = time(NULL);
	}
	if (time(NULL) - *since < PATIENCE)
		return true;
	printf("WRONG: process %u hangs\n", process->process);
	return false;
}

/* Return: whether no process failed and the kernel reported nothing. */
static bool watch(struct record *records)
{
	unsigned long taint = kernel_taint();
	uint64_t progress[RECORDS] = {};
	bool good = true, fuzzing;
	time_t since[RECORDS];
	unsigned int i;

	for (i = 0; i < RECORDS; i++)
		since[i] = time(NULL);
	do {
		usleep(200000);
		fuzzing = false;
		for (i = 0; i < RECORDS; i++) {
			good &= is_well(&records[i], &since[i], &progress[i]);
			fuzzing |= i < PROCESSES && records[i].pid;
		}
		if (kernel_taint() != taint) {
			printf("WRONG: see the kernel log\n");
			good = false;
		}
	} while (good && fuzzing);

	for (i = 0; i < RECORDS; i++) {
		if (!good)
			record_print_last(&records[i]);
		if (records[i].pid && !kill(records[i].pid, SIGKILL))
			waitpid(records[i].pid, NULL, 0);
	}
	return good;
}

/* ---------------------------------------------------------------- processes */

/* Return: whether this is the child. */
static bool start(struct record *own)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (pid) {
		own->pid = pid;
		return false;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	record = own;
	return true;
}

static void start_all(struct worker *worker, struct record *records)
{
	unsigned int i;

	worker->messages = (worker->messages + PROCESSES - 1) / PROCESSES;
	for (i = 0; i < PROCESSES; i++) {
		records[i].process = i;
		if (!start(&records[i]))
			continue;
		worker->process = i;
		worker_run(worker);
		exit(record->complaints ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	records[i].process = i;
	if (start(&records[i]))
		device_come_and_go();
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		errx(2, "%s: not a number", text);
	return value;
}

static void parse_options(struct worker *worker, int argc, char **argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "messages", required_argument, NULL, 'm' },
		{ "seconds", required_argument, NULL, 't' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's')
			worker->seed = number(optarg);
		else if (c == 'm')
			worker->messages = number(optarg);
		else if (c == 't')
			worker->seconds = number(optarg);
		else
			errx(2, "usage: fuzz [--seed N] [--messages N | --seconds S]");
	}
}

int main(int argc, char **argv)
{
	static struct worker worker = { .seed = 1, .messages = 200000 };
	struct netlink netlink;
	struct record *records;
	bool good;

	parse_options(&worker, argc, argv);
	if (netlink_open(&netlink))
		errx(EXIT_FAILURE, "no family: is the module loaded?");
	worker.id = netlink.family;
	worker.group = netlink.group;
	netlink_close(&netlink);

	records = records_map(RECORDS);
	record = &records[PROCESSES];
	learn(&worker.learnt, worker.id);
	if (record->complaints)
		return EXIT_FAILURE;

	printf("seed %llu\n", (unsigned long long)worker.seed);
	start_all(&worker, records);
	good = watch(records);
	device_remove_all();
	records_print(records, PROCESSES);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
