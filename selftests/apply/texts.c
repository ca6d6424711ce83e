// SPDX-License-Identifier: GPL-2.0-only
/*
 * texts: configuration texts of all kinds, read as dmstat-nl apply reads them
 *
 *	texts SEED COUNT FILE...
 *
 * Changes the files at random, COUNT times, and reads what comes out. Each text is
 * either refused with a message and a line that it has, or read by libdevmapper into
 * the words that the scanner found. A text that fails is printed.
 *
 * Compiled with -fsanitize=fuzzer -DFUZZER it reads what libFuzzer makes.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdevmapper.h>

#include "apply/block.h"
#include "apply/parse.h"
#include "apply/scan.h"
#include "out/message.h"

#define FILE_NAME	"text"
#define TEXT_MAX	8192

/* The text that is read; its lines; how often the reader has complained. */
static const char *text_now;
static size_t length_now;
static unsigned int lines_now;
static unsigned int complaints;

static void __attribute__((noreturn)) fail(const char *why)
{
	fprintf(stderr, "%s:\n", why);
	fwrite(text_now, 1, length_now, stderr);
	fprintf(stderr, "\n");
	abort();
}

/* ------------------------------------------- what the command has for these */

void complain(const char *format, ...)
{
	char message[1024];
	unsigned int line;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	complaints++;
	if (sscanf(message, FILE_NAME ":%u: ", &line) != 1)
		fail(message);
	if (!line || line > lines_now)
		fail(message);
}

void usage(const char *format, ...)
{
	fail(format);
}

/* --------------------------------------------------------------------- texts */

static void read_blocks(const struct dm_config_tree *tree,
			const struct scan *scan)
{
	struct reading reading = { .file = FILE_NAME, .words = scan->words };
	const struct dm_config_node *node;
	struct block block;

	for (node = tree->root; node; node = node->sib) {
		if (block_read(&reading, node, &block))
			fail("no memory");
		block_free(&block);
	}
	if (reading.next != scan->count)
		fail("words are left");
	if (reading.errors != complaints)
		fail("errors are not counted");
}

static bool is_refused(const char *text, size_t length)
{
	struct scan scan;
	bool refused = scan_text(&scan, text, length);

	scan_free(&scan);
	return refused;
}

static void read_text(const char *text, size_t length)
{
	struct dm_config_tree *tree;
	struct scan scan;
	bool refused;
	size_t i;

	text_now = text;
	length_now = length;
	lines_now = 1;
	for (i = 0; i < length; i++)
		lines_now += text[i] == '\n';
	complaints = 0;
	refused = is_refused(text, length);
	tree = parse_text(FILE_NAME, text, length, &scan);
	if (!tree != refused)
		fail("libdevmapper and the scanner differ");
	if (!tree && !complaints)
		fail("nothing was said");
	if (!tree)
		return;
	read_blocks(tree, &scan);
	scan_free(&scan);
	dm_config_destroy(tree);
}

#ifdef FUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	read_text(text, size);
	free(text);
	return 0;
}

#else

static const char *const words[] = {
	"{", "}", "[", "]", ",", "=", "\"", "'", "\\", "#", "\n", " ", "/", "-", ".",
	"a", "0", "1", "010", "1.5", "1MiB", "0x10", "-1", "999999999999999999",
	"9999999999999999999999", "\xc3\xbc", "\xff", "\t", "\r", "\v", "\x7f", "\x01",
	"devices", "uuids", "types", "files", "recursive", "follow", "segments",
	"start", "length", "areas", "area_size", "histogram", "slow", "tell_errors",
	"tell_rate", "cgroup", "program", "group", "user_data", "user_data_file",
	"\"auto\"", "\"1ms\"", "\"1ms,2ms\"", "\"64k\"", "\"\"", "\"/\"", "\"yes\"",
	"[]", "{}", "= \"x\"", "= 5", "= [ \"a\", \"b\" ]", "\\\"", "creation_time",
	"x {", "} y {", "\n}\n", "# {", "a = ", "{ { {", "[ [", ",,",
};

#define WORDS	(sizeof(words) / sizeof(words[0]))

static size_t pick(size_t below)
{
	return below ? (size_t)random() % below : 0;
}

/* Put @word of @size bytes in place of @gone bytes at @at. */
static size_t splice(char *text, size_t length, size_t at, size_t gone,
		     const char *word, size_t size)
{
	if (length - gone + size > TEXT_MAX)
		return length;
	memmove(text + at + size, text + at + gone, length - at - gone);
	memcpy(text + at, word, size);
	return length - gone + size;
}

static size_t change(char *text, size_t length)
{
	const size_t at = pick(length + 1), rest = length - at;
	const char *word = words[pick(WORDS)];
	char part[64];
	size_t size;

	switch (pick(5)) {
	case 0:
		return splice(text, length, at, pick(rest + 1) % 16, "", 0);
	case 1:
		return splice(text, length, at, 0, word, strlen(word));
	case 2:
		return splice(text, length, at, pick(rest + 1) % 8, word,
			      strlen(word));
	case 3:
		/* A zero byte now and then. */
		part[0] = pick(8) ? (char)pick(256) : '\0';
		return splice(text, length, at, rest > 0, part, 1);
	default:
		size = pick(rest + 1) % sizeof(part);
		memcpy(part, text + at, size);
		return splice(text, length, pick(length + 1), 0, part, size);
	}
}

static size_t load(char *text, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t length;

	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	length = fread(text, 1, TEXT_MAX, file);
	fclose(file);
	return length;
}

/* In memory of its own size, so that reading beyond it is seen. */
static void read_copy(const char *text, size_t length)
{
	char *copy = malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	read_text(copy, length);
	free(copy);
}

int main(int argc, char **argv)
{
	static char text[TEXT_MAX + 1];
	unsigned long count, i, accepted = 0;
	size_t length, changes;

	if (argc < 4) {
		fprintf(stderr, "usage: texts SEED COUNT FILE...\n");
		return EXIT_FAILURE;
	}
	printf("seed %s: ", argv[1]);
	fflush(stdout);
	srandom(strtoul(argv[1], NULL, 10));
	count = strtoul(argv[2], NULL, 10);
	for (i = 0; i < count; i++) {
		length = load(text, argv[3 + i % (argc - 3)]);
		for (changes = pick(8); changes; changes--)
			length = change(text, length);
		read_copy(text, length);
		accepted += !complaints;
	}
	printf("%lu texts, of which %lu were right\n", count, accepted);
	return accepted && accepted < count ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif /* FUZZER */
