// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * replay: run scripts as tests, and convert them for the fuzzer
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	replay TEXT...			run scripts in text form
 *	replay --bytes FOLDER TEXT...	write them in binary form, for the fuzzer
 *	replay --text FILE...		print scripts in binary form as text
 *	replay --run FILE...		run scripts in binary form
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "kernel.h"
#include "script.h"

/* No script takes that long, even under valgrind. */
#define SECONDS_MAX	30

static FILE *open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (!file) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return file;
}

static void read_text(const char *path, struct script_text *script)
{
	FILE *text = open_file(path, "r");
	int line;

	line = script_read(script, text);
	fclose(text);
	if (line) {
		fprintf(stderr, "replay: %s:%d: malformed\n", path, line);
		exit(2);
	}
}

static struct script read_bytes(const char *path, uint8_t *bytes, size_t size)
{
	FILE *file = open_file(path, "r");
	struct script script = { .bytes = bytes };

	script.size = fread(bytes, 1, size, file);
	fclose(file);
	return script;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --------------------------------------------------------------------- tests */

static bool is_expected(const struct expectation *expected,
			const struct client *client, int ret)
{
	const char *says = dmstat_error(client->handle);
	const int blames = dmstat_extack_attribute(client->handle);
	bool good = true;

	if (expected->has.returns && ret != expected->returns) {
		printf("# returns %d (%s), not %lld\n", ret, strerror(-ret),
		       expected->returns);
		good = false;
	}
	if (expected->has.gives && client->gives != expected->gives) {
		printf("# gives %d, not %lld\n", client->gives,
		       expected->gives);
		good = false;
	}
	if (expected->has.says && strcmp(says, expected->says)) {
		printf("# says \"%s\", not \"%s\"\n", says, expected->says);
		good = false;
	}
	if (expected->has.blames && blames != expected->blames) {
		printf("# blames %d, not %lld\n", blames, expected->blames);
		good = false;
	}
	return good;
}

/* Run a script; @expected has as many members as it has calls, or is NULL. */
static bool run(struct script script, const struct expectation *expected)
{
	struct script_call call;
	struct client client;
	bool good = true;
	int calls, ret;

	/* A call that does not return is killed, which fails the test. */
	alarm(SECONDS_MAX);
	if (client_open(&client)) {
		printf("# cannot open\n");
		return false;
	}
	for (calls = 0; calls < SCRIPT_CALLS_MAX; calls++) {
		if (!script_next_call(&script, &call))
			break;
		ret = client_call(&client, &call);
		if (expected && !is_expected(&expected[calls], &client, ret)) {
			printf("# in call %d\n", calls + 1);
			good = false;
		}
	}
	client_try_again(&client);
	client_close(&client);
	return good && !client.complaints;
}

/* Printed and read again, a script must be the same. */
static bool is_kept_as_text(const struct script_text *script)
{
	static struct script_text again;
	char *text = NULL;
	size_t size = 0;
	FILE *file;
	bool good;

	file = open_memstream(&text, &size);
	script_print((struct script){ script->bytes, script->size }, file);
	fclose(file);
	good = !script_read_string(&again, text) &&
	       again.size == script->size &&
	       !memcmp(again.bytes, script->bytes, script->size);
	free(text);
	if (!good)
		printf("# becomes another script when printed\n");
	return good;
}

static int test_texts(char **paths, int count)
{
	static struct script_text script;
	bool all = true, good;
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%d\n", count);
	for (i = 0; i < count; i++) {
		read_text(paths[i], &script);
		good = run((struct script){ script.bytes, script.size },
			   script.expected);
		good = is_kept_as_text(&script) && good;
		printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1,
		       base_name(paths[i]));
		all = all && good;
	}
	return !all;
}

/* ---------------------------------------------------------- text and binary */

static int write_bytes(const char *folder, char **paths, int count)
{
	static struct script_text script;
	char path[4096];
	FILE *file;
	int i;

	for (i = 0; i < count; i++) {
		read_text(paths[i], &script);
		snprintf(path, sizeof(path), "%s/%s", folder,
			 base_name(paths[i]));
		file = open_file(path, "w");
		fwrite(script.bytes, 1, script.size, file);
		fclose(file);
	}
	return 0;
}

static int write_texts(char **paths, int count)
{
	static uint8_t bytes[SCRIPT_MAX];
	int i;

	for (i = 0; i < count; i++)
		script_print(read_bytes(paths[i], bytes, sizeof(bytes)),
			     stdout);
	return 0;
}

static int run_bytes(char **paths, int count)
{
	static uint8_t bytes[SCRIPT_MAX];
	bool all = true;
	int i;

	for (i = 0; i < count; i++)
		if (!run(read_bytes(paths[i], bytes, sizeof(bytes)), NULL)) {
			printf("# in %s\n", paths[i]);
			all = false;
		}
	return !all;
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "--bytes"))
		return write_bytes(argv[2], argv + 3, argc - 3);
	if (argc > 2 && !strcmp(argv[1], "--text"))
		return write_texts(argv + 2, argc - 2);
	if (argc > 2 && !strcmp(argv[1], "--run"))
		return run_bytes(argv + 2, argc - 2);
	if (argc > 1 && argv[1][0] != '-')
		return test_texts(argv + 1, argc - 1);

	fprintf(stderr, "usage: replay [--bytes FOLDER|--text|--run] FILE...\n");
	return 2;
}
