// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the keys and values of a configuration text are. What is accepted here
 * libdevmapper's parser accepts, too, and splits it into the same words.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/scan.h"
#include "source/array.h"

/* How much of a word messages show. */
#define SHOWN	40

/* How many digits a number has at most: libdevmapper's are signed. */
#define DIGITS	18

struct scanner {
	struct scan *scan;
	const char *at;
	const char *end;
	unsigned int line;
};

static int __attribute__((format(printf, 3, 4)))
wrong(struct scanner *scanner, unsigned int line, const char *format, ...)
{
	struct scan *scan = scanner->scan;
	va_list args;

	scan->line = line;
	va_start(args, format);
	vsnprintf(scan->wrong, sizeof(scan->wrong), format, args);
	va_end(args);
	return EXIT_FAILURE;
}

/* ------------------------------------------------------------- characters */

static bool is_end(const struct scanner *scanner)
{
	return scanner->at == scanner->end;
}

static char next(const struct scanner *scanner)
{
	return is_end(scanner) ? '\0' : *scanner->at;
}

static bool is_name(char c)
{
	return isascii((unsigned char)c) &&
	       (isalnum((unsigned char)c) || (c && strchr("_.+-", c)));
}

/* What a word without quotation marks goes up to. */
static bool ends_word(char c)
{
	return isspace((unsigned char)c) || strchr("#=,;{}[]\"'", c);
}

static void skip_space(struct scanner *scanner)
{
	bool comment = false;
	char c;

	for (; !is_end(scanner); scanner->at++) {
		c = *scanner->at;
		if (c == '#')
			comment = true;
		if (c == '\n') {
			comment = false;
			scanner->line++;
		} else if (!comment && !isspace((unsigned char)c)) {
			return;
		}
	}
}

/* The bytes from here to the end of the word, at most SHOWN. */
static int word_length(const struct scanner *scanner)
{
	const char *c = scanner->at;

	while (c < scanner->end && c - scanner->at < SHOWN && !ends_word(*c))
		c++;
	return c - scanner->at;
}

/* ------------------------------------------------------------------ words */

static int add(struct scanner *scanner, const char *text, size_t length)
{
	struct scan *scan = scanner->scan;
	struct scan_word *words;

	words = array_grow(scan->words, scan->count, sizeof(*words));
	if (!words)
		return wrong(scanner, scanner->line, "no memory");
	scan->words = words;
	words[scan->count++] = (struct scan_word){
		.text = text,
		.length = length,
		.line = scanner->line,
	};
	return 0;
}

/* Whether the text goes on so. */
static bool begins(const struct scanner *scanner, const char *with)
{
	const size_t length = strlen(with);

	return (size_t)(scanner->end - scanner->at) >= length &&
	       memcmp(scanner->at, with, length) == 0;
}

/* What people write who are used to other files; NULL: none of that. */
static const char *other_syntax(const struct scanner *scanner)
{
	if (begins(scanner, ","))
		return "',': a list has [ ] around it, and no comma stands elsewhere";
	if (begins(scanner, ";"))
		return "';': leave it out";
	if (begins(scanner, "//") || begins(scanner, "/*"))
		return "a comment begins with #";
	if (begins(scanner, "["))
		return "a block is written NAME { ... }";
	return NULL;
}

/* The name of a key or a block; @where says what else could be there. */
static int take_name(struct scanner *scanner, const char *where)
{
	const char *start = scanner->at;
	const char *other = other_syntax(scanner);

	if (other)
		return wrong(scanner, scanner->line, "%s", other);
	while (is_name(next(scanner)))
		scanner->at++;
	if (scanner->at == start || !ends_word(next(scanner))) {
		scanner->at = start;
		if (*start == '"' || *start == '\'')
			return wrong(scanner, scanner->line,
				     "%s has no quotation marks", where);
		return wrong(scanner, scanner->line,
			     "'%.*s' is not the name of %s: it has only letters, digits and _ . + -",
			     word_length(scanner) ? word_length(scanner) : 1,
			     start, where);
	}
	return add(scanner, start, scanner->at - start);
}

static int take_string(struct scanner *scanner)
{
	const char quote = *scanner->at++, *start = scanner->at;

	while (next(scanner) != quote) {
		if (quote == '"' && next(scanner) == '\\')
			scanner->at++;
		if (is_end(scanner) || *scanner->at == '\n')
			return wrong(scanner, scanner->line,
				     "the text that starts with %c%.*s has no %c at its end, in the same line",
				     quote, (int)strcspn(start, "\r\n") < SHOWN ?
				     (int)strcspn(start, "\r\n") : SHOWN, start,
				     quote);
		scanner->at++;
	}
	return add(scanner, start, scanner->at++ - start);
}

/* As word processors and web pages have them. */
static bool is_curly_quote(const struct scanner *scanner)
{
	static const char *const quotes[] = {
		"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a",
		"\u00ab", "\u00bb", "`",
	};
	size_t i;

	for (i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
		if (begins(scanner, quotes[i]))
			return true;
	return false;
}

/* At what is neither a number nor in quotation marks. */
static int refuse_word(struct scanner *scanner)
{
	const char *word = scanner->at;
	const int length = word_length(scanner);

	if (is_curly_quote(scanner))
		return wrong(scanner, scanner->line,
			     "%.*s: write straight quotation marks, \"",
			     length, word);
	if (strchr("+-.", *word) || begins(scanner, "0x") ||
	    begins(scanner, "0X"))
		return wrong(scanner, scanner->line,
			     "%.*s is no whole number, in decimal digits, from 0 on",
			     length, word);
	return wrong(scanner, scanner->line,
		     "%.*s is no number: write it in quotation marks: \"%.*s\"",
		     length, word, length, word);
}

static int take_number(struct scanner *scanner)
{
	const char *start = scanner->at;
	const int length = word_length(scanner);

	while (isdigit((unsigned char)next(scanner)))
		scanner->at++;
	if (scanner->at == start || !ends_word(next(scanner))) {
		scanner->at = start;
		return refuse_word(scanner);
	}
	if (scanner->at - start > DIGITS)
		return wrong(scanner, scanner->line, "%.*s is too large",
			     length, start);
	/* To libdevmapper, a number that starts with 0 is octal. */
	if (*start == '0' && scanner->at - start > 1)
		return wrong(scanner, scanner->line,
			     "%.*s: leave out the 0 at its beginning", length,
			     start);
	return add(scanner, start, scanner->at - start);
}

static int take_value(struct scanner *scanner)
{
	const char c = next(scanner);

	if (c == '"' || c == '\'')
		return take_string(scanner);
	if (!c || (ends_word(c)))
		return wrong(scanner, scanner->line,
			     "a value is missing: a number, a text in quotation marks, or a list of them in [ ]");
	return take_number(scanner);
}

static int take_list(struct scanner *scanner)
{
	const unsigned int line = scanner->line;

	scanner->at++;
	for (skip_space(scanner); next(scanner) != ']'; skip_space(scanner)) {
		if (!is_end(scanner) && take_value(scanner))
			return EXIT_FAILURE;
		skip_space(scanner);
		if (is_end(scanner))
			return wrong(scanner, line,
				     "the list that starts here has no ] at its end");
		if (next(scanner) == ',')
			scanner->at++;
		else if (next(scanner) != ']')
			return wrong(scanner, scanner->line,
				     "a comma is missing in a list, or the ] at its end");
	}
	scanner->at++;
	return 0;
}

/* ------------------------------------------------------------------ blocks */

static int take_setting(struct scanner *scanner)
{
	const struct scan_word *name;

	if (take_name(scanner, "a key"))
		return EXIT_FAILURE;
	skip_space(scanner);
	name = &scanner->scan->words[scanner->scan->count - 1];
	if (next(scanner) == '{')
		return wrong(scanner, scanner->line,
			     "'%.*s': a block in a block; is the } of the one before it missing?",
			     (int)name->length, name->text);
	if (next(scanner) != '=')
		return wrong(scanner, name->line, "'%.*s': a = is missing",
			     (int)name->length, name->text);
	scanner->at++;
	skip_space(scanner);
	return next(scanner) == '[' ? take_list(scanner) :
				      take_value(scanner);
}

/* After a name, where a block should begin. */
static int refuse_beginning(struct scanner *scanner, unsigned int line,
			    size_t index)
{
	const struct scan_word *name = &scanner->scan->words[index];
	const char *how = "a { is missing";

	if (next(scanner) == '=') {
		scanner->at++;
		skip_space(scanner);
		how = next(scanner) == '{' ?
		      "leave out the = between a block's name and its {" :
		      "a key is in a block: write NAME { ... } around it";
	}
	return wrong(scanner, line, "'%.*s': %s", (int)name->length, name->text,
		     how);
}

static int take_block(struct scanner *scanner)
{
	unsigned int line = scanner->line;
	const struct scan_word *name;
	size_t index;

	if (begins(scanner, "\ufeff"))
		return wrong(scanner, line,
			     "a byte order mark: save the file without it");
	if (next(scanner) == '}')
		return wrong(scanner, line, "there is no block that this } ends");
	if (take_name(scanner, "a block"))
		return EXIT_FAILURE;
	index = scanner->scan->count - 1;
	skip_space(scanner);
	if (next(scanner) != '{')
		return refuse_beginning(scanner, line, index);
	scanner->at++;
	for (skip_space(scanner); next(scanner) != '}'; skip_space(scanner)) {
		name = &scanner->scan->words[index];
		if (is_end(scanner))
			return wrong(scanner, line,
				     "the block '%.*s' has no } at its end",
				     (int)name->length, name->text);
		if (take_setting(scanner))
			return EXIT_FAILURE;
	}
	scanner->at++;
	return 0;
}

int scan_text(struct scan *scan, const char *text, size_t length)
{
	struct scanner scanner = {
		.scan = scan, .at = text, .end = text + length, .line = 1,
	};
	const char *zero = memchr(text, '\0', length);

	*scan = (struct scan){ .words = NULL };
	if (zero) {
		scanner.end = zero;
		for (; scanner.at < zero; scanner.at++)
			scanner.line += *scanner.at == '\n';
		return wrong(&scanner, scanner.line,
			     "a zero byte: this is not a text");
	}
	for (skip_space(&scanner); !is_end(&scanner); skip_space(&scanner))
		if (take_block(&scanner))
			return EXIT_FAILURE;
	return 0;
}

void scan_free(struct scan *scan)
{
	free(scan->words);
	scan->words = NULL;
	scan->count = 0;
}
