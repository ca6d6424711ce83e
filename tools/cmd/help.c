// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl help: what commands and options there are, from their tables; for
 * people, and for completion and the test of the manual page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"

#define HELP_WIDTH	80
#define FORM_MAX	1024

/* Where continuation lines of a usage start, and the texts of options. */
#define FORM_INDENT	9
#define OPTION_INDENT	26

/* Set by --table. */
static bool table;

/*
 * Print words, separated by spaces or new lines, up to the column HELP_WIDTH;
 * further lines start at @indent. What is in brackets stays together.
 */
static void print_words(const char *text, size_t column, size_t indent)
{
	size_t length;
	int depth = 0;

	while (*text) {
		for (length = 0; text[length] &&
		     (depth || !strchr("\n ", text[length])); length++)
			depth += (text[length] == '[') - (text[length] == ']');
		if (column > indent && column + 1 + length > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)length, text);
		column += length;
		text += length;
		text += strspn(text, "\n ");
	}
	putchar('\n');
}

/* A form of the command line, with the arguments of its options. */
static const char *expand_form(char text[FORM_MAX],
			       const struct command *command, const char *form)
{
	const struct option_line *option;
	size_t length, end;

	end = sprintf(text, "%s", command->json ? "[-j] " : "");
	while (*form) {
		length = strspn(form, "-abcdefghijklmnopqrstuvwxyz");
		if (strncmp(form, "--", 2) != 0)
			length = 1;
		memcpy(text + end, form, length);
		end += length;
		if (length > 2) {
			option = option_find(command->options, form + 2,
					     length - 2);
			if (!option)
				abort();
			if (option->value)
				end += sprintf(text + end, " %s",
					       option->value);
		}
		form += length;
	}
	while (end && text[end - 1] == ' ')
		end--;
	text[end] = '\0';
	for (end = 0; text[end]; end++)
		if (text[end] == '\n')
			text[end] = ' ';
	return text;
}

static void print_option(const struct option_line *option)
{
	int width;

	if (!option->help)
		return;
	width = option->letter ? printf("  -%c, ", option->letter) :
				 printf("  ");
	width += printf("--%s%s%s", option->name, option->value ? " " : "",
			option->value ? option->value : "");
	if (width >= OPTION_INDENT)
		width = printf("\n") - 1;
	printf("%*s", OPTION_INDENT - width, "");
	print_words(option->help, OPTION_INDENT, OPTION_INDENT);
}

void help_print(const struct command *command)
{
	const struct option_line *option;
	const char *const *form;
	char text[FORM_MAX];
	int length;

	for (form = command->forms; *form; form++) {
		length = printf("%s dmstat-nl %s",
				form == command->forms ? "Usage:" : "      ",
				command->name);
		expand_form(text, command, *form);
		print_words(text, length, FORM_INDENT);
	}
	printf("\n%c%s.\n\n", command->summary[0] - 'a' + 'A',
	       command->summary + 1);
	for (option = command->options; option && option->name; option++)
		print_option(option);
	for (option = common_options; option->name; option++)
		if (option->letter != 'j' || command->json)
			print_option(option);
	if (!command->notes)
		return;
	putchar('\n');
	print_words(command->notes, 0, 0);
}

void help_program(bool on_stderr)
{
	FILE *file = on_stderr ? stderr : stdout;
	const struct option_line *option;
	size_t i;

	fprintf(file,
		"Usage: dmstat-nl [OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n\n"
		"I/O statistics of block devices, area by area.\n\n");
	for (i = 0; commands[i]; i++)
		fprintf(file, "  %-15s%s\n", commands[i]->name,
			commands[i]->summary);
	fputc('\n', file);
	for (option = program_options; option->name; option++)
		fprintf(file, "  -%c, --%-9s%s\n", option->letter,
			option->name, option->help);
	fprintf(file,
		"\nFor more on a command: dmstat-nl help COMMAND, or dmstat-nl(8).\n");
}

static void print_option_line(const char *command,
			      const struct option_line *option)
{
	printf("option\t%s\t--%s%s%s\n", command, option->name,
	       option->value ? "\t" : "", option->value ? option->value : "");
}

/* A line each, words separated by tabs: for programs. */
static void print_table(void)
{
	const struct option_line *option;
	const char *const *form;
	char text[FORM_MAX];
	size_t i;

	for (option = program_options; option->name; option++)
		print_option_line("dmstat-nl", option);
	for (i = 0; commands[i]; i++) {
		printf("command\t%s\n", commands[i]->name);
		for (form = commands[i]->forms; *form; form++)
			printf("form\t%s\t%s\n", commands[i]->name,
			       expand_form(text, commands[i], *form));
		for (option = commands[i]->options; option && option->name;
		     option++)
			if (option->help)
				print_option_line(commands[i]->name, option);
		for (option = common_options; option->name; option++)
			if (option->letter != 'j' || commands[i]->json)
				print_option_line(commands[i]->name, option);
	}
}

static int run(struct output *out, int argc, char **argv)
{
	(void)out;
	arguments_expect(argc, argv, 0, 1, "COMMAND");
	usage_is_of(NULL);	/* an unknown command has no help */
	if (table)
		print_table();
	else if (argc)
		help_print(command_find(argv[0]));
	else
		help_program(false);
	return EXIT_SUCCESS;
}

static const struct option_line options[] = {
	OPTION_LINE("table", NULL, option_take_flag, bool, &table, NULL),
	OPTION_END
};

const struct command help_command = {
	.name = "help",
	.summary = "show help for a command",
	.forms = { "[COMMAND]" },
	.options = options,
	.run = run,
};
