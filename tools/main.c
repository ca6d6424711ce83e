// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl: I/O statistics of device-mapper devices, area by area
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "command.h"
#include "message.h"

static const struct command help_command;

static const struct command *const commands[] = {
	&create_command,
	&list_command,
	&print_command,
	&rates_command,
	&clear_command,
	&set_command,
	&delete_command,
	&inflight_command,
	&monitor_command,
	&devices_command,
	&help_command,
	&version_command,
};

/* What a pipe holds: a region may have a million areas to print. */
#define OUTPUT_BUFFER	65536

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	usage(NULL, "unknown command '%s'", name);
}

static void print_commands(FILE *file)
{
	size_t i;

	fprintf(file,
		"Usage: dmstat-nl [-j] COMMAND [OPTION]... [ARGUMENT]...\n\n"
		"I/O statistics of device-mapper devices, area by area.\n\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(file, "  %-10s%s\n", commands[i]->name,
			commands[i]->summary);
	fprintf(file, "\n-j, --json  print JSON\n"
		"'dmstat-nl help COMMAND' tells more; so does dmstat-nl(8).\n");
}

void print_command_help(const struct command *command)
{
	printf("Usage: dmstat-nl %s %s\n\n", command->name, command->synopsis);
	printf("%c%s.\n", command->summary[0] - 'a' + 'A',
	       command->summary + 1);
	if (!command->help && !command->json)
		return;
	putchar('\n');
	if (command->json)
		printf("  -j, --json     print JSON\n");
	if (command->help)
		fputs(command->help, stdout);
}

static int run_help(struct context *context, int argc, char **argv)
{
	static const struct option options[] = {
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};

	while (option_next(context, argc, argv, options) != -1)
		;
	expect_arguments(context, argc, argv, 0, 1, "COMMAND");
	if (argv[optind])
		print_command_help(find_command(argv[optind]));
	else
		print_commands(stdout);
	return EXIT_SUCCESS;
}

static const struct command help_command = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "tell how to use a command",
	.run = run_help,
};

/* See that all has been written; of a closed pipe there is nothing to say. */
static int finish_output(struct output *out, int status)
{
	if ((fflush(stdout) || ferror(stdout)) && !out->error)
		out->error = errno ? errno : EIO;
	if (fclose(stdout) && !out->error)
		out->error = errno;
	if (!out->error)
		return status;
	if (out->error != EPIPE)
		complain("cannot write the output: %s", strerror(out->error));
	return EXIT_FAILURE;
}

/*
 * A closed stdout must not become the netlink socket: what is written to it
 * has to fail, and does, on a file opened for reading.
 */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "version", no_argument, NULL, 'V' },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	struct context context = { .out.first = true };
	bool json = false;
	int c;

	fill_standard_files();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	signal(SIGPIPE, SIG_IGN);
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:hjV", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			print_commands(stdout);
			return finish_output(&context.out, EXIT_SUCCESS);
		case 'j':
			json = true;
			break;
		case 'V':
			printf("dmstat-nl %s\n", VERSION);
			return finish_output(&context.out, EXIT_SUCCESS);
		default:
			refuse_option(NULL, argv, c);
		}
	}
	if (optind == argc) {
		print_commands(stderr);
		return EXIT_USAGE;
	}

	context.command = find_command(argv[optind]);
	if (json)
		ask_json(&context);
	argc -= optind;
	argv += optind;
	optind = 0;	/* getopt_long() starts anew */
	c = context.command->run(&context, argc, argv);
	return finish_output(&context.out, c);
}
