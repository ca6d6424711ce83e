// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz: messages to the family of the spec, right ones and wrong ones
 *
 *	fuzz [OPTION]...		all of them
 *	fuzz [OPTION]... --replay P:N	datagram N of process P alone: print it
 *					as a case, send it, say what comes of it
 *	fuzz CASE...			send what is in these files: see case.h
 *
 *	--seed N	default 1
 *	--messages N	in all, default 200000
 *	--seconds S	instead: as long as that
 *	--processes N	that fuzz at once, default 4
 *	--patience S	seconds until a process counts as hung, default 60
 *	--record FILE	where what was sent last is kept, on tmpfs best
 *
 * The module has to be loaded, and there should be devices with I/O. What is
 * wrong is printed in lines that begin with WRONG, and the status is 1; then
 * the last datagrams are printed as cases. At the end the counts are printed.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>

#include "case.h"
#include "device.h"
#include "explore.h"
#include "watch.h"
#include "worker.h"

struct options {
	uint64_t seed;
	uint64_t messages;
	uint64_t seconds;
	uint64_t number;		/* to replay */
	unsigned int processes;
	unsigned int process;		/* to replay */
	unsigned int patience;
	bool replay;
	const char *record;
};

static void usage(void)
{
	fprintf(stderr,
		"usage: fuzz [--seed N] [--messages N | --seconds S] [--processes N]\n"
		"            [--patience S] [--record FILE] [--replay PROCESS:N]\n"
		"       fuzz CASE...\n");
	exit(2);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		usage();
	return value;
}

static void parse_replay(struct options *options, char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		usage();
	*colon = 0;
	options->process = parse_number(text);
	options->number = parse_number(colon + 1);
	options->replay = true;
}

static void parse_options(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "messages", required_argument, NULL, 'm' },
		{ "seconds", required_argument, NULL, 't' },
		{ "processes", required_argument, NULL, 'p' },
		{ "patience", required_argument, NULL, 'w' },
		{ "record", required_argument, NULL, 'f' },
		{ "replay", required_argument, NULL, 'r' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 's':
			options->seed = parse_number(optarg);
			break;
		case 'm':
			options->messages = parse_number(optarg);
			break;
		case 't':
			options->seconds = parse_number(optarg);
			break;
		case 'p':
			options->processes = parse_number(optarg);
			break;
		case 'w':
			options->patience = parse_number(optarg);
			break;
		case 'f':
			options->record = optarg;
			break;
		case 'r':
			parse_replay(options, optarg);
			break;
		default:
			usage();
		}
	}
	/* One record is for what makes devices. */
	if (!options->processes || options->processes >= RECORD_PROCESSES)
		usage();
}

/* -------------------------------------------------------------------- fuzzing */

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

static void start_all(const struct options *options, struct worker *worker,
		      struct record *records)
{
	unsigned int nr = options->processes, i;

	for (i = 0; i < nr; i++) {
		if (!start(&records[i]))
			continue;
		worker->process = i;
		record->process = i;
		worker->messages = (options->messages + nr - 1) / nr;
		worker_run(worker);
		exit(record->complaints ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	if (start(&records[nr]))
		device_come_and_go();
}

static bool fuzz(const struct options *options, struct worker *worker,
		 struct record *records)
{
	struct watch watch = {
		.records = records,
		.nr = options->processes,
		.id = worker->found->id,
		.patience = options->patience,
	};
	bool good;

	printf("seed %llu\n", (unsigned long long)options->seed);
	watch_open_log(&watch);
	start_all(options, worker, records);
	good = watch_until_end(&watch);
	device_remove_all();
	records_print(records, options->processes);
	return good;
}

int main(int argc, char **argv)
{
	struct options options = {
		.seed = 1,
		.messages = 200000,
		.processes = 4,
		.patience = 60,
	};
	static struct channel_family found;
	static struct worker worker;
	struct record *records;
	bool good = true;

	parse_options(&options, argc, argv);
	channel_find_family(&found);
	records = records_map(options.record);
	/* Until there are processes that fuzz. */
	record = &records[RECORD_PROCESSES - 1];

	worker.found = &found;
	worker.seed = options.seed;
	worker.seconds = options.seconds;
	explore_needs(&worker.learnt, &found);
	if (optind < argc) {
		for (; optind < argc; optind++)
			case_run(argv[optind], &found, &worker.learnt);
	} else if (options.replay) {
		explore_objects(&worker.learnt, &found, true);
		worker.process = options.process;
		record->process = options.process;
		worker_replay(&worker, options.number);
	} else {
		explore_objects(&worker.learnt, &found, false);
		good = fuzz(&options, &worker, records);
	}
	return good && !record->complaints ? EXIT_SUCCESS : EXIT_FAILURE;
}
