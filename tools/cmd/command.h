/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of dmstat-nl. To add one, write cmd/NAME.c with a struct command
 * NAME_command, and add a line to COMMANDS(), in whose order help lists them.
 */
#ifndef DMSTAT_NL_COMMAND_H
#define DMSTAT_NL_COMMAND_H

#include <stdbool.h>

#include "arg/option.h"
#include "out/output.h"

#define COMMANDS(each)	\
	each(top)	\
	each(create)	\
	each(list)	\
	each(print)	\
	each(report)	\
	each(heat)	\
	each(clear)	\
	each(set)	\
	each(apply)	\
	each(delete)	\
	each(slow)	\
	each(inflight)	\
	each(monitor)	\
	each(devices)	\
	each(help)	\
	each(version)

/* How many forms a command line can have, and the end of the list. */
#define FORMS_MAX	4

/**
 * struct command - a command
 * @name: as it is typed
 * @summary: one line, for the list of commands
 * @forms: what may follow the name, a line for each form. Each of @options is
 *         named in one of them, without its argument, which is added from
 *         @options: "[--start] [--areas | --area-size] DEVICE".
 * @options: its own options, or NULL
 * @notes: what help says below the options, or NULL
 * @json: whether it prints something that --json changes
 * @run: does it, after the options have been taken; @argv has the arguments.
 *       Returns the exit status.
 */
struct command {
	const char *name;
	const char *summary;
	const char *forms[FORMS_MAX];
	const struct option_line *options;
	const char *notes;
	bool json;
	int (*run)(struct output *out, int argc, char **argv);
};

#define COMMAND_DECLARE(name) extern const struct command name##_command;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/** commands - all commands, then NULL */
extern const struct command *const commands[];

/** common_options - the options of every command */
extern const struct option_line common_options[];

/** program_options - the options before the command */
extern const struct option_line program_options[];

/** command_find() - the command of a name; ends the program if there is none */
const struct command *command_find(const char *name);

/**
 * command_line() - run what a command line says
 * @out: the output
 * @argc: words of the command line
 * @argv: the words, the program's name first
 *
 * Return: the exit status.
 */
int command_line(struct output *out, int argc, char **argv);

/** help_program() - print the list of commands, on stdout or on stderr */
void help_program(bool on_stderr);

/** help_print() - print the help of one command */
void help_print(const struct command *command);

#endif /* DMSTAT_NL_COMMAND_H */
