/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of a command: a line of a table each, bound to a variable.
 *
 *	static const struct option_line options[] = {
 *		OPTION_SIZE("start", &spec.start, "where the region starts"),
 *		OPTION_FLAG("all", &all, "delete every region"),
 *		OPTION_END
 *	};
 *
 * The command line, help, completion and a test of the manual page use the
 * table. What is wrong on the command line ends the program by usage().
 */
#ifndef DMSTAT_NL_OPTION_H
#define DMSTAT_NL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "arg/time.h"
#include "arg/user_data.h"

/**
 * struct option_line - an option
 * @name: its name, without the "--"; NULL ends a table
 * @letter: its short form, or 0
 * @value: what its argument is called; NULL if it takes none. "FILE" is
 *         completed as a file name, "a|b" as one of these words.
 * @take: called for each use, with the argument or NULL
 * @variable: what @take sets
 * @help: what it does, for help, where a new line is a space; NULL hides the
 *        option
 */
struct option_line {
	const char *name;
	char letter;
	const char *value;
	void (*take)(const struct option_line *option, const char *text);
	void *variable;
	const char *help;
};

#define OPTION_END	{ NULL, 0, NULL, NULL, NULL, NULL }

/* The pointer @variable; the compiler warns unless it is one to @type. */
#define OPTION_VARIABLE(type, variable) (1 ? (variable) : (type *)NULL)

#define OPTION_LINE(name, value, take, type, variable, help) \
	{ name, 0, value, take, OPTION_VARIABLE(type, variable), help }

/** OPTION_FLAG() - sets a bool to true */
#define OPTION_FLAG(name, variable, help) \
	OPTION_LINE(name, NULL, option_take_flag, bool, variable, help)

/** OPTION_STRING() - sets a const char * to the argument */
#define OPTION_STRING(name, value, variable, help) \
	OPTION_LINE(name, value, option_take_string, const char *, variable, \
		    help)

/** OPTION_CHOICE() - sets an unsigned int: 0 for a, 1 for b of "a|b" */
#define OPTION_CHOICE(name, value, variable, help) \
	OPTION_LINE(name, value, option_take_choice, unsigned int, variable, \
		    help)

/** OPTION_NUMBER() - sets a uint64_t */
#define OPTION_NUMBER(name, variable, help) \
	OPTION_LINE(name, "NUMBER", option_take_number, uint64_t, variable, \
		    help)

/** OPTION_COUNT() - sets a uint64_t to a number of 1 or more */
#define OPTION_COUNT(name, variable, help) \
	OPTION_LINE(name, "NUMBER", option_take_count, uint64_t, variable, help)

/** OPTION_SIZE() - sets a uint64_t to a size, in sectors */
#define OPTION_SIZE(name, variable, help) \
	OPTION_LINE(name, "SIZE", option_take_size, uint64_t, variable, help)

/** OPTION_INTERVAL() - sets a uint64_t to a time, in nanoseconds */
#define OPTION_INTERVAL(name, variable, help) \
	OPTION_LINE(name, "TIME", option_take_interval, uint64_t, variable, \
		    help)

/** OPTION_TIME() - the same, with a unit, of any length above 0 */
#define OPTION_TIME(name, variable, help) \
	OPTION_LINE(name, "TIME", option_take_time, uint64_t, variable, help)

/** OPTION_BOUNDS() - sets a struct bounds */
#define OPTION_BOUNDS(name, variable, help) \
	OPTION_LINE(name, "TIME,...", option_take_bounds, struct bounds, \
		    variable, help)

/** OPTION_AREA - sets the first area and the count of a query */
#define OPTION_AREA(variable) \
	OPTION_LINE("area", "FIRST[-LAST]", option_take_area, \
		    struct dmstat_area_query, variable, \
		    "only this area, or from the first to the last;\n" \
		    "numbered from 0")

/** OPTION_PROGRAM - the program id of a scope */
#define OPTION_PROGRAM(variable) \
	OPTION_STRING("program", "ID", variable, \
		      "only the regions with this program id")

/** OPTION_GROUP - the group of a region */
#define OPTION_GROUP(variable) \
	OPTION_STRING("group", "NAME", variable, \
		      "a name that regions have in common, up to 255 bytes")

/** OPTION_TELL_RATE - the most events of a region */
#define OPTION_TELL_RATE(variable) \
	OPTION_LINE("tell-rate", "NUMBER", option_take_count32, uint32_t, \
		    variable, "at most so many of these events a second, of\n" \
		    "each region; default: 1000")

/** OPTIONS_LABEL - what programs store with a region, two variables */
#define OPTIONS_LABEL(program, data) \
	OPTION_STRING("program", "ID", program, \
		      "a name for the programs that share the regions, up to\n" \
		      "255 bytes"), \
	OPTION_LINE("user-data", "TEXT", option_take_user_data, \
		    struct user_data, data, \
		    "text that a program stores with the region, up to\n" \
		    "4096 bytes"), \
	OPTION_LINE("user-data-file", "FILE", option_take_user_data_file, \
		    struct user_data, data, \
		    "the same from a file, or from standard input: -")

void option_take_flag(const struct option_line *option, const char *text);
void option_take_string(const struct option_line *option, const char *text);
void option_take_choice(const struct option_line *option, const char *text);
void option_take_number(const struct option_line *option, const char *text);
void option_take_count(const struct option_line *option, const char *text);
void option_take_count32(const struct option_line *option, const char *text);
void option_take_size(const struct option_line *option, const char *text);
void option_take_interval(const struct option_line *option, const char *text);
void option_take_time(const struct option_line *option, const char *text);
void option_take_bounds(const struct option_line *option, const char *text);
void option_take_area(const struct option_line *option, const char *text);
void option_take_user_data(const struct option_line *option, const char *text);
void option_take_user_data_file(const struct option_line *option,
				const char *text);

/**
 * options_parse() - take the options of a command, wherever they stand
 * @own: the command's options, or NULL
 * @common: those of all commands
 * @argc: words of the command line, the command's name first
 * @argv: the words; its arguments are moved behind its options
 *
 * Return: the index of the first argument.
 */
int options_parse(const struct option_line *own,
		  const struct option_line *common, int argc, char **argv);

/** options_parse_first() - take the options before the first argument */
int options_parse_first(const struct option_line *common, int argc,
			char **argv);

/**
 * option_find() - find an option by its name
 * @options: a table, or NULL
 * @name: the name, without the "--"; need not end in a zero byte
 * @length: its length
 *
 * Return: the option, or NULL.
 */
const struct option_line *option_find(const struct option_line *options,
				      const char *name, size_t length);

/**
 * arguments_expect() - refuse a wrong number of arguments
 * @argc: how many there are
 * @argv: the arguments
 * @min: how many there must be
 * @max: how many there may be
 * @what: what the message calls a missing one: "DEVICE"
 */
void arguments_expect(int argc, char **argv, int min, int max,
		      const char *what);

#endif /* DMSTAT_NL_OPTION_H */
