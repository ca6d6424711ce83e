// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of dmstat-nl: the table, and what all of them share.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arg/dmstats.h"
#include "cmd/command.h"
#include "out/message.h"

#define COMMAND_LINE(name) &name##_command,
const struct command *const commands[] = {
	COMMANDS(COMMAND_LINE)
	NULL
};

/* Whose command line is parsed; @command is NULL before it is known. */
static struct {
	const struct command *command;
	struct output *out;
} current;

static void take_help(const struct option_line *option, const char *text)
{
	(void)option;
	(void)text;
	if (current.command)
		help_print(current.command);
	else
		help_program(false);
	exit(output_finish(current.out, EXIT_SUCCESS));
}

static void take_version(const struct option_line *option, const char *text)
{
	(void)option;
	(void)text;
	printf("dmstat-nl %s\n", VERSION);
	exit(output_finish(current.out, EXIT_SUCCESS));
}

static void check_json(void)
{
	if (current.out->json && !current.command->json)
		usage("takes no --json");
}

static void take_json(const struct option_line *option, const char *text)
{
	(void)option;
	(void)text;
	current.out->json = true;
	if (current.command)
		check_json();
}

#define OPTION_JSON { "json", 'j', NULL, take_json, NULL, "print JSON" }
#define OPTION_HELP { "help", 'h', NULL, take_help, NULL, "print this help" }

const struct option_line common_options[] = {
	OPTION_JSON, OPTION_HELP, OPTION_END
};

const struct option_line program_options[] = {
	OPTION_JSON, OPTION_HELP,
	{ "version", 'V', NULL, take_version, NULL, "print the version" },
	OPTION_END
};

const struct command *command_find(const char *name)
{
	const char *hint;
	size_t i;

	for (i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	hint = dmstats_command_hint(name);
	if (hint)
		usage("unknown command '%s': %s", name, hint);
	usage("unknown command '%s'", name);
}

int command_line(struct output *out, int argc, char **argv)
{
	int first;

	current.out = out;
	first = options_parse_first(program_options, argc, argv);
	if (first == argc) {
		help_program(true);
		return EXIT_USAGE;
	}

	current.command = command_find(argv[first]);
	usage_is_of(current.command->name);
	check_json();
	argc -= first;
	argv += first;
	first = options_parse(current.command->options, common_options, argc,
			      argv);
	return current.command->run(out, argc - first, argv + first);
}
