// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which regions were made from configuration files.
 *
 * The file has a line for each, of fields with a space between them; bytes that a
 * field cannot have are written as %XX. It is replaced by rename(2). In between, two
 * lines are added for each region that is made: one without an id before, and one
 * afterwards. If the program dies then, at most the last line is incomplete, or it is
 * one without an id, and the region may exist.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "apply/state.h"
#include "out/message.h"
#include "source/array.h"

/* The first line. A later program may write another one. */
#define FIRST_LINE	"dmstat apply 1\n"

/* Names in the folder. */
#define NAME		"apply.state"
#define NEW_NAME	"apply.state.new"

static int failed(const char *what)
{
	complain("%s: cannot %s it: %s", STATE_FILE, what, strerror(errno));
	return EXIT_FAILURE;
}

/* ---------------------------------------------------------------- fields */

static void put_text(FILE *file, const char *text)
{
	const unsigned char *c;

	/* Never empty, so that a line can be split at its spaces. */
	fputc(' ', file);
	if (!text)
		fputc('-', file);
	for (c = (const void *)text; c && *c; c++) {
		if (*c <= ' ' || *c == '%' || *c == 0x7f ||
		    (*c == '-' && !c[1] && c == (const void *)text))
			fprintf(file, "%%%02x", *c);
		else
			fputc(*c, file);
	}
}

static void put_line(FILE *file, const struct made *made)
{
	fprintf(file, "%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64
		" %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
		made->region_id, made->created, made->areas, made->area_size,
		made->extents_hash, made->look, made->inode, made->born);
	put_text(file, made->file);
	put_text(file, made->block);
	put_text(file, made->path);
	fputc('\n', file);
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? found - digits : -1;
}

/* Return: the text, which is written over @field. */
static char *get_text(char *field)
{
	char *from = field, *to = field;

	while (*from) {
		if (*from == '%' && hex(from[1]) >= 0 && hex(from[2]) >= 0) {
			*to++ = hex(from[1]) * 16 + hex(from[2]);
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return field;
}

static char *copy_field(char *field)
{
	return field ? strdup(get_text(field)) : NULL;
}

/* ---------------------------------------------------------------- regions */

static void made_free(struct made *made)
{
	free(made->file);
	free(made->block);
	free(made->path);
}

/* Add a region, or free it. */
static int append(struct state *state, struct made *made)
{
	struct made *grown;

	grown = array_grow(state->made, state->count, sizeof(*grown));
	if (!grown) {
		made_free(made);
		errno = ENOMEM;
		return failed("read");
	}
	state->made = grown;
	grown[state->count++] = *made;
	return 0;
}

void state_forget(struct state *state)
{
	/* It is left out when the file is written. */
	state->changed = true;
	made_free(&state->pending);
	state->pending = (struct made){ .file = NULL };
}

int state_adopt(struct state *state, uint32_t region_id, uint64_t created)
{
	struct made made = state->pending;

	made.region_id = region_id;
	made.created = created;
	state->pending = (struct made){ .file = NULL };
	state->changed = true;
	return append(state, &made);
}

/* A line that was read: the one with an id belongs to the one before. */
static int take_made(struct state *state, struct made *made)
{
	made_free(&state->pending);
	state->pending = (struct made){ .file = NULL };
	if (made->region_id)
		return append(state, made);
	state->pending = *made;
	return 0;
}

static int damaged(size_t line)
{
	complain("%s:%zu: it is damaged: delete it, and the regions that were made",
		 STATE_FILE, line);
	return EXIT_FAILURE;
}

static int take_line(struct state *state, char *line, size_t number)
{
	struct made made = { 0 };
	char *rest = NULL, *path;
	int end = 0;

	if (sscanf(line, "%" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 "%n",
		   &made.region_id, &made.created, &made.areas,
		   &made.area_size, &made.extents_hash, &made.look,
		   &made.inode, &made.born, &end) != 8)
		return damaged(number);
	made.file = copy_field(strtok_r(line + end, " ", &rest));
	made.block = copy_field(strtok_r(NULL, " ", &rest));
	path = strtok_r(NULL, " ", &rest);
	if (made.file && made.block && path) {
		if (strcmp(path, "-") != 0)
			made.path = copy_field(path);
		return take_made(state, &made);
	}
	made_free(&made);
	return damaged(number);
}

static int take_lines(struct state *state, FILE *file)
{
	size_t size = 0, number = 1;
	char *line = NULL;
	ssize_t length;
	int error = 0;

	while (!error && (length = getline(&line, &size, file)) > 0) {
		/* The program died while it wrote the last line. */
		if (line[length - 1] != '\n') {
			state->changed = true;
			break;
		}
		line[length - 1] = '\0';
		error = take_line(state, line, ++number);
	}
	free(line);
	return error;
}

static int read_file(struct state *state)
{
	int fd = openat(state->folder, NAME, O_RDONLY | O_CLOEXEC);
	char first[sizeof(FIRST_LINE)] = "";
	FILE *file;
	int error;

	if (fd < 0 && errno == ENOENT) {
		state->changed = true;
		return 0;
	}
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		failed("read");
		if (fd >= 0)
			close(fd);
		return EXIT_FAILURE;
	}
	if (!fgets(first, sizeof(first), file) ||
	    strcmp(first, FIRST_LINE) != 0)
		error = damaged(1);
	else
		error = take_lines(state, file);
	fclose(file);
	return error;
}

/* ------------------------------------------------------------------ state */

static void state_free(struct state *state)
{
	size_t i;

	for (i = 0; i < state->count; i++)
		made_free(&state->made[i]);
	free(state->made);
	made_free(&state->pending);
	/* This unlocks it. */
	if (state->folder >= 0)
		close(state->folder);
	*state = (struct state){ .folder = -1 };
}

int state_open(struct state *state, bool writable)
{
	int error;

	*state = (struct state){ .writable = writable };
	if (writable && mkdir(STATE_FOLDER, 0755) && errno != EEXIST)
		return failed("write");
	state->folder = open(STATE_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->folder < 0)
		return !writable && errno == ENOENT ? 0 : failed("read");
	do
		error = flock(state->folder, writable ? LOCK_EX : LOCK_SH);
	while (error && errno == EINTR);
	if (error)
		failed("lock");
	else
		error = read_file(state);
	if (error) {
		state_free(state);
		return EXIT_FAILURE;
	}
	return 0;
}

/* Set a text that the state owns; whether that changed it. */
static bool set_text(char **text, const char *value)
{
	char *copy;

	if (!value || (*text && strcmp(*text, value) == 0))
		return false;
	copy = strdup(value);
	/* It stays as it was, which the next pass finds again. */
	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

void state_update(struct state *state, size_t index, const struct made *now)
{
	struct made *made = &state->made[index];
	bool changed = set_text(&made->file, now->file);

	changed |= set_text(&made->path, now->path);
	changed |= made->inode != now->inode || made->born != now->born ||
		   made->extents_hash != now->extents_hash;
	made->inode = now->inode;
	made->born = now->born;
	made->extents_hash = now->extents_hash;
	state->changed |= changed;
}

void state_drop(struct state *state, size_t index)
{
	state->made[index].dropped = true;
	state->changed = true;
}

/* Write @name in the folder, with @put. */
static int write_file(struct state *state, const char *name, int flags,
		      void (*put)(FILE *file, const struct state *state,
				  const struct made *made),
		      const struct made *made)
{
	int fd = openat(state->folder, name, O_WRONLY | O_CLOEXEC | flags,
			0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int error;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return failed("write");
	}
	put(file, state, made);
	error = ferror(file) | fflush(file);
	error |= fclose(file);
	return error ? failed("write") : 0;
}

static void put_all(FILE *file, const struct state *state,
		    const struct made *made)
{
	size_t i;

	(void)made;
	fputs(FIRST_LINE, file);
	for (i = 0; i < state->count; i++)
		if (!state->made[i].dropped)
			put_line(file, &state->made[i]);
}

static void put_one(FILE *file, const struct state *state,
		    const struct made *made)
{
	(void)state;
	put_line(file, made);
}

static int replace(struct state *state)
{
	if (write_file(state, NEW_NAME, O_CREAT | O_TRUNC, put_all, NULL))
		return EXIT_FAILURE;
	if (renameat(state->folder, NEW_NAME, state->folder, NAME))
		return failed("write");
	state->changed = false;
	return 0;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

int state_intend(struct state *state, const struct made *made)
{
	struct made intended = *made;
	int error;

	/* A line cannot be added to what is incomplete, or says otherwise. */
	if (state->changed && replace(state))
		return EXIT_FAILURE;
	intended.region_id = 0;
	intended.created = now_ns();
	error = write_file(state, NAME, O_APPEND, put_one, &intended);
	/* Some of the line may be there. */
	if (error)
		state->changed = true;
	return error;
}

int state_add(struct state *state, const struct made *made)
{
	struct made copy = *made;

	copy.file = strdup(made->file);
	copy.block = strdup(made->block);
	copy.path = made->path ? strdup(made->path) : NULL;
	if (!copy.file || !copy.block || (made->path && !copy.path)) {
		made_free(&copy);
		errno = ENOMEM;
		return failed("write");
	}
	if (append(state, &copy))
		return EXIT_FAILURE;
	if (write_file(state, NAME, O_APPEND, put_one, made)) {
		made_free(&state->made[--state->count]);
		return EXIT_FAILURE;
	}
	return 0;
}

int state_close(struct state *state)
{
	int error = 0;

	if (state->writable && state->changed)
		error = replace(state);
	state_free(state);
	return error;
}
