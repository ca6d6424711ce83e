/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options and arguments of a command. What is wrong with them ends the program
 * with usage().
 */
#ifndef DMSTAT_NL_ARGUMENT_H
#define DMSTAT_NL_ARGUMENT_H

#include <getopt.h>
#include <stdint.h>

struct command;
struct context;

/* Options that have no short form; their values stand beside characters. */
enum {
	OPTION_FIRST = 256,
	OPTION_ACTIVE = OPTION_FIRST,
	OPTION_ALL,
	OPTION_AREA,
	OPTION_AREA_SIZE,
	OPTION_AREAS,
	OPTION_CLEAR,
	OPTION_COUNT,
	OPTION_FILE,
	OPTION_FORMAT,
	OPTION_HISTOGRAM,
	OPTION_INTERVAL,
	OPTION_LENGTH,
	OPTION_PRECISE,
	OPTION_PROGRAM,
	OPTION_SEGMENTS,
	OPTION_START,
	OPTION_USER_DATA,
	OPTION_USER_DATA_FILE,
};

/* The options of every command: the end of its table, in this order. */
#define HELP_OPTION	{ "help", no_argument, NULL, 'h' }
#define JSON_OPTION	{ "json", no_argument, NULL, 'j' }
#define END_OF_OPTIONS	{ NULL, 0, NULL, 0 }

/**
 * option_next() - the next option of a command; the common ones are done here
 * @context: the command
 * @argc: as the command got it
 * @argv: as the command got it
 * @options: the command's options, then those of every command
 *
 * Return: the option's value, or -1: no more; arguments start at optind.
 */
int option_next(struct context *context, int argc, char **argv,
		const struct option *options);

/**
 * refuse_option() - say why getopt_long() refused an option
 * @command: the command, or NULL: before the command
 * @argv: what getopt_long() was given
 * @c: what it returned
 */
void refuse_option(const struct command *command, char **argv, int c)
	__attribute__((noreturn));

/** ask_json() - turn JSON on, if the command prints anything */
void ask_json(struct context *context);

/**
 * expect_arguments() - refuse a wrong number of arguments
 * @context: the command
 * @argc: as the command got it
 * @argv: as the command got it
 * @min: how many there must be; @what is missing else
 * @max: how many there may be
 * @what: DEVICE, REGION
 */
void expect_arguments(struct context *context, int argc, char **argv, int min,
		      int max, const char *what);

/** parse_region_id() - a region's id */
uint32_t parse_region_id(struct context *context, const char *text);

/** parse_number() - the argument of @option, a plain number */
uint64_t parse_number(struct context *context, const char *option,
		      const char *text);

/** parse_size() - the argument of @option, a size; in sectors */
uint64_t parse_size(struct context *context, const char *option,
		    const char *text);

/**
 * parse_time() - the argument of @option, a time above 0 with its unit
 * @context: the command
 * @option: the option's name
 * @text: its argument; a bare number is refused, because dmstats(8) takes one
 *        for nanoseconds and people mean seconds
 *
 * Return: nanoseconds.
 */
uint64_t parse_time(struct context *context, const char *option,
		    const char *text);

/** parse_interval() - as parse_time(), but a bare number is in seconds */
uint64_t parse_interval(struct context *context, const char *option,
			const char *text);

/**
 * parse_range() - the argument of @option, FIRST or FIRST-LAST
 * @context: the command
 * @option: the option's name
 * @text: its argument
 * @first: where FIRST is put
 * @count: where the count of numbers from FIRST to LAST is put
 */
void parse_range(struct context *context, const char *option, const char *text,
		 uint64_t *first, uint64_t *count);

/**
 * digits_parse() - read decimal digits, without sign, space or prefix
 * @text: the text
 * @value: where the number is put
 *
 * Return: what follows the digits; NULL if there are none or too many.
 */
const char *digits_parse(const char *text, uint64_t *value);

#endif /* DMSTAT_NL_ARGUMENT_H */
