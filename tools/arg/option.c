// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of a command: a line of a table each, bound to a variable.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arg/dmstats.h"
#include "arg/number.h"
#include "arg/option.h"
#include "arg/size.h"
#include "out/message.h"

/* Options of a command and common ones together. */
#define OPTIONS_MAX	32

/* getopt_long() returns this and more for long options, else a character. */
#define LONG_FIRST	256

/* What getopt_long() needs, made from two tables. */
struct getopt_tables {
	const struct option_line *lines[OPTIONS_MAX];
	struct option options[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 3];
	size_t count;
};

/* Ends the program if @wrong says that something is. */
static void check(const struct option_line *option, const char *text,
		  const char *wrong)
{
	if (wrong)
		usage("--%s '%s': %s", option->name, text, wrong);
}

void option_take_flag(const struct option_line *option, const char *text)
{
	(void)text;
	*(bool *)option->variable = true;
}

void option_take_string(const struct option_line *option, const char *text)
{
	*(const char **)option->variable = text;
}

/* The number of a word in "a|b", or -1. */
static int find_choice(const char *words, const char *text)
{
	int number = 0;
	size_t length;

	for (;; words += length + 1, number++) {
		length = strcspn(words, "|");
		if (strlen(text) == length && !strncmp(words, text, length))
			return number;
		if (!words[length])
			return -1;
	}
}

/* Write "a|b|c" as "a, b or c". */
static void write_choices(char *text, size_t room, const char *words)
{
	size_t length = 0, word;

	for (; *words && length < room; words += word) {
		word = strcspn(words, "|");
		length += snprintf(text + length, room - length, "%.*s%s",
				   (int)word, words, !words[word] ? "" :
				   strchr(words + word + 1, '|') ? ", " : " or ");
		word += words[word] == '|';
	}
}

void option_take_choice(const struct option_line *option, const char *text)
{
	int number = find_choice(option->value, text);
	char choices[128];

	if (number < 0) {
		write_choices(choices, sizeof(choices), option->value);
		usage("--%s '%s': not %s", option->name, text, choices);
	}
	*(unsigned int *)option->variable = number;
}

void option_take_number(const struct option_line *option, const char *text)
{
	check(option, text, number_parse(text, option->variable));
}

void option_take_count(const struct option_line *option, const char *text)
{
	option_take_number(option, text);
	if (!*(uint64_t *)option->variable)
		check(option, text, "give 1 or more");
}

void option_take_count32(const struct option_line *option, const char *text)
{
	uint64_t value;

	check(option, text, number_parse(text, &value));
	if (!value || value > UINT32_MAX)
		check(option, text, value ? "too large" : "give 1 or more");
	*(uint32_t *)option->variable = value;
}

void option_take_size(const struct option_line *option, const char *text)
{
	check(option, text, size_parse(text, option->variable));
}

void option_take_interval(const struct option_line *option, const char *text)
{
	*(uint64_t *)option->variable = interval_parse(option->name, text);
}

void option_take_time(const struct option_line *option, const char *text)
{
	*(uint64_t *)option->variable = time_option_parse(option->name, text);
}

void option_take_bounds(const struct option_line *option, const char *text)
{
	bounds_parse(option->name, text, option->variable);
}

void option_take_area(const struct option_line *option, const char *text)
{
	struct dmstat_area_query *query = option->variable;

	check(option, text, range_parse(text, &query->first, &query->count));
}

void option_take_user_data(const struct option_line *option, const char *text)
{
	user_data_text(option->variable, text);
}

void option_take_user_data_file(const struct option_line *option,
				const char *text)
{
	user_data_file(option->variable, text);
}

const struct option_line *option_find(const struct option_line *options,
				      const char *name, size_t length)
{
	for (; options && options->name; options++)
		if (strlen(options->name) == length &&
		    !strncmp(options->name, name, length))
			return options;
	return NULL;
}

static void add_lines(struct getopt_tables *tables,
		      const struct option_line *line)
{
	char *letter = tables->letters + strlen(tables->letters);
	size_t i = tables->count;

	for (; line && line->name; line++, i++) {
		if (i == OPTIONS_MAX)
			abort();
		tables->lines[i] = line;
		tables->options[i] = (struct option){
			.name = line->name,
			.has_arg = line->value ? required_argument :
						 no_argument,
			.val = LONG_FIRST + i,
		};
		if (line->letter)
			*letter++ = line->letter;
		if (line->letter && line->value)
			*letter++ = ':';
	}
	tables->count = i;
}

static const struct option_line *line_of(const struct getopt_tables *tables,
					 int c)
{
	size_t i;

	if (c >= LONG_FIRST)
		return tables->lines[c - LONG_FIRST];
	for (i = 0; tables->lines[i]->letter != c; i++)
		;
	return tables->lines[i];
}

/* Ends the program if several options begin with the word. */
static void refuse_ambiguous(const struct getopt_tables *tables,
			     const char *word, size_t length)
{
	char text[512] = "";
	size_t i, found = 0, end = 0;

	for (i = 0; i < tables->count; i++) {
		if (strncmp(tables->options[i].name, word, length) != 0 ||
		    end >= sizeof(text))
			continue;
		end += snprintf(text + end, sizeof(text) - end, "%s--%s",
				found ? ", " : "", tables->options[i].name);
		found++;
	}
	if (found > 1)
		usage("--%.*s can be %s: type more of it", (int)length, word,
		      text);
}

/* As others call an option. */
static const char *hint_of(const struct getopt_tables *tables,
			   const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < tables->count; i++)
		if (!strcmp(tables->options[i].name, "interval"))
			break;
	return dmstats_option_hint(name, length, i < tables->count);
}

/* Ends the program: no option is the word, which begins with "--". */
static void refuse_long(const struct getopt_tables *tables, const char *word)
	__attribute__((noreturn));

static void refuse_long(const struct getopt_tables *tables, const char *word)
{
	const size_t length = strcspn(word + 2, "=");
	const char *hint = hint_of(tables, word + 2, length);

	refuse_ambiguous(tables, word + 2, length);
	if (hint)
		usage("unknown option --%.*s: %s", (int)length, word + 2, hint);
	usage("unknown option --%.*s", (int)length, word + 2);
}

/* Say why getopt_long() refused a word. */
static void refuse(const struct getopt_tables *tables, char **argv, int c)
	__attribute__((noreturn));

static void refuse(const struct getopt_tables *tables, char **argv, int c)
{
	const char *word = argv[optind - 1], letter = optopt;
	const char *hint;

	if (c == ':')
		usage("%s needs an argument", word);
	if (optopt >= LONG_FIRST)
		usage("%.*s takes no argument", (int)strcspn(word, "="), word);
	hint = hint_of(tables, &letter, 1);
	if (optopt && hint)
		usage("unknown option -%c: %s", optopt, hint);
	if (optopt)
		usage("unknown option -%c", optopt);
	if (strncmp(word, "--", 2) == 0)
		refuse_long(tables, word);
	usage("unknown option %s", word);
}

/* Returns the index of the first argument. */
static int take_all(const struct getopt_tables *tables, int argc, char **argv)
{
	const struct option_line *line;
	int c;

	opterr = 0;
	optind = 0;	/* getopt_long() starts again */
	while ((c = getopt_long(argc, argv, tables->letters, tables->options,
				NULL)) != -1) {
		if (c == ':' || c == '?')
			refuse(tables, argv, c);
		line = line_of(tables, c);
		line->take(line, optarg);
	}
	return optind;
}

int options_parse(const struct option_line *own,
		  const struct option_line *common, int argc, char **argv)
{
	struct getopt_tables tables = { .letters = ":" };

	add_lines(&tables, own);
	add_lines(&tables, common);
	return take_all(&tables, argc, argv);
}

int options_parse_first(const struct option_line *common, int argc, char **argv)
{
	struct getopt_tables tables = { .letters = "+:" };

	add_lines(&tables, common);
	return take_all(&tables, argc, argv);
}

void arguments_expect(int argc, char **argv, int min, int max, const char *what)
{
	if (argc < min)
		usage("%s is missing", what);
	if (argc > max)
		usage("unexpected argument '%s'", argv[max]);
}
