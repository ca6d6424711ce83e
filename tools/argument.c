// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options and arguments of a command.
 */
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "command.h"
#include "message.h"
#include "size.h"

void refuse_option(const struct command *command, char **argv, int c)
{
	const char *word = argv[optind - 1];
	int length = strcspn(word, "=");

	if (c == ':')
		usage(command, "%s needs an argument", word);
	if (optopt >= OPTION_FIRST ||
	    (optopt && strncmp(word, "--", 2) == 0 && word[length] == '='))
		usage(command, "%.*s takes no argument", length, word);
	if (optopt)
		usage(command, "unknown option -%c", optopt);
	usage(command, "unknown option %s", word);
}

void ask_json(struct context *context)
{
	if (!context->command->json)
		usage(context->command, "takes no --json");
	context->out.json = true;
}

int option_next(struct context *context, int argc, char **argv,
		const struct option *options)
{
	int c;

	for (;;) {
		c = getopt_long(argc, argv, ":hj", options, NULL);
		switch (c) {
		case 'h':
			print_command_help(context->command);
			exit(EXIT_SUCCESS);
		case 'j':
			ask_json(context);
			break;
		case ':':
		case '?':
			refuse_option(context->command, argv, c);
		default:
			return c;
		}
	}
}

void expect_arguments(struct context *context, int argc, char **argv, int min,
		      int max, const char *what)
{
	int count = argc - optind;

	if (count < min)
		usage(context->command, "%s is missing", what);
	if (count > max)
		usage(context->command, "unexpected argument '%s'",
		      argv[optind + max]);
}

const char *digits_parse(const char *text, uint64_t *value)
{
	uint64_t number = 0;
	const char *c;
	unsigned int digit;

	for (c = text; *c >= '0' && *c <= '9'; c++) {
		digit = *c - '0';
		if (number > (UINT64_MAX - digit) / 10)
			return NULL;
		number = number * 10 + digit;
	}
	if (c == text)
		return NULL;
	*value = number;
	return c;
}

uint32_t parse_region_id(struct context *context, const char *text)
{
	const char *end;
	uint64_t value;

	end = digits_parse(text, &value);
	if (!end || *end || value == 0 || value > UINT32_MAX)
		usage(context->command,
		      "'%s' is not a region's id: see 'dmstat-nl list'", text);
	return value;
}

uint64_t parse_number(struct context *context, const char *option,
		      const char *text)
{
	const char *end;
	uint64_t value;

	end = digits_parse(text, &value);
	if (!end || *end || value == UINT64_MAX)
		usage(context->command, "--%s '%s': not a number, or too large",
		      option, text);
	return value;
}

uint64_t parse_size(struct context *context, const char *option,
		    const char *text)
{
	const char *wrong;
	uint64_t sectors;

	wrong = size_parse(text, &sectors);
	if (wrong)
		usage(context->command, "--%s '%s': %s", option, text, wrong);
	return sectors;
}

/* In nanoseconds; ends the program if that is 0 or does not fit. */
static uint64_t time_ns(struct context *context, const char *option,
			const char *text, uint64_t value, uint64_t unit_ns)
{
	if (!value || value > INT64_MAX / unit_ns)
		usage(context->command, "--%s '%s': too %s", option, text,
		      value ? "large" : "small");
	return value * unit_ns;
}

uint64_t parse_time(struct context *context, const char *option,
		    const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "s", 1000000000 },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
		{ "m", 60 * 1000000000ULL },
		{ "h", 3600 * 1000000000ULL },
	};
	const char *end;
	uint64_t value;
	size_t i;

	end = digits_parse(text, &value);
	for (i = 0; end && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].suffix) == 0)
			return time_ns(context, option, text, value,
				       units[i].ns);
	if (end && !*end && value)
		usage(context->command,
		      "--%s '%s': a unit is missing: write %sns, %sus, %sms, %ss, %sm or %sh",
		      option, text, text, text, text, text, text, text);
	usage(context->command,
	      "--%s '%s': not a whole number and one of ns, us, ms, s, m, h",
	      option, text);
}

uint64_t parse_interval(struct context *context, const char *option,
			const char *text)
{
	const char *end;
	uint64_t value;

	end = digits_parse(text, &value);
	if (end && !*end)
		return time_ns(context, option, text, value, 1000000000);
	return parse_time(context, option, text);
}

void parse_range(struct context *context, const char *option, const char *text,
		 uint64_t *first, uint64_t *count)
{
	const char *end;
	uint64_t last;

	*first = 0;
	end = digits_parse(text, first);
	last = *first;
	if (end && *end == '-')
		end = digits_parse(end + 1, &last);
	if (!end || *end)
		usage(context->command,
		      "--%s '%s': not FIRST or FIRST-LAST, numbers from 0",
		      option, text);
	if (last < *first)
		usage(context->command,
		      "--%s '%s': the last is before the first", option, text);
	if (last >= UINT64_MAX - 1)
		usage(context->command, "--%s '%s': too large", option, text);
	*count = last - *first + 1;
}
