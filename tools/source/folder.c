// SPDX-License-Identifier: GPL-2.0-only
/*
 * Folders in which names come and go, by inotify. The folders of a pattern are
 * found component by component, because each of them may appear, be renamed or be
 * replaced later.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/array.h"
#include "source/folder.h"

/* Names, and the folder itself. */
#define EVENTS	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |	\
		 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* Events without a name that matter in any case. */
#define ITSELF	(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

/* Bytes; some hundred events at once. */
#define BUFFER	16384

/**
 * struct folder - a folder
 * @watch: inotify's number of it
 * @names: the names that matter in it
 * @names_count: how many
 * @all: all names matter
 * @named: it was named since folders_begin()
 */
struct folder {
	int watch;
	char **names;
	size_t names_count;
	bool all;
	bool named;
};

/**
 * struct folders - see folder.h
 * @fd: of inotify
 * @folders: the folders, by rising @watch
 * @count: how many
 * @error: the first error since folders_begin()
 */
struct folders {
	int fd;
	struct folder *folders;
	size_t count;
	int error;
};

/* ------------------------------------------------------------- one folder */

static void forget_names(struct folder *folder)
{
	while (folder->names_count)
		free(folder->names[--folder->names_count]);
	free(folder->names);
	folder->names = NULL;
	folder->all = false;
}

static bool has_name(const struct folder *folder, const char *name)
{
	size_t i;

	for (i = 0; i < folder->names_count; i++)
		if (!strcmp(folder->names[i], name))
			return true;
	return false;
}

static int add_name(struct folder *folder, const char *name)
{
	char **names;

	if (!name) {
		folder->all = true;
		return 0;
	}
	if (has_name(folder, name))
		return 0;
	names = array_grow(folder->names, folder->names_count, sizeof(*names));
	if (!names)
		return -ENOMEM;
	folder->names = names;
	names[folder->names_count] = strdup(name);
	if (!names[folder->names_count])
		return -ENOMEM;
	folder->names_count++;
	return 0;
}

static bool matters(const struct folder *folder, const char *name)
{
	size_t i;

	if (folder->all)
		return true;
	for (i = 0; i < folder->names_count; i++)
		if (!fnmatch(folder->names[i], name, FNM_PERIOD))
			return true;
	return false;
}

/* ------------------------------------------------------------ all of them */

int folders_open(struct folders **folders)
{
	const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	*folders = NULL;
	if (fd < 0)
		return -errno;
	*folders = calloc(1, sizeof(**folders));
	if (!*folders) {
		close(fd);
		return -ENOMEM;
	}
	(*folders)->fd = fd;
	return 0;
}

void folders_close(struct folders *folders)
{
	size_t i;

	if (!folders)
		return;
	for (i = 0; i < folders->count; i++)
		forget_names(&folders->folders[i]);
	free(folders->folders);
	close(folders->fd);
	free(folders);
}

int folders_fd(const struct folders *folders)
{
	return folders->fd;
}

/* Where the folder of a watch is, or would be. */
static size_t place_of(const struct folders *folders, int watch)
{
	size_t low = 0, high = folders->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (folders->folders[middle].watch < watch)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct folder *find(const struct folders *folders, int watch)
{
	const size_t place = place_of(folders, watch);

	if (place == folders->count ||
	    folders->folders[place].watch != watch)
		return NULL;
	return &folders->folders[place];
}

/* New watches have rising numbers, so they are mostly added at the end. */
static struct folder *insert(struct folders *folders, int watch)
{
	const size_t place = place_of(folders, watch);
	struct folder *array;

	array = array_grow(folders->folders, folders->count, sizeof(*array));
	if (!array)
		return NULL;
	folders->folders = array;
	memmove(&array[place + 1], &array[place],
		(folders->count - place) * sizeof(*array));
	array[place] = (struct folder){ .watch = watch };
	folders->count++;
	return &array[place];
}

static void drop(struct folders *folders, struct folder *folder)
{
	struct folder *const end = folders->folders + folders->count;

	forget_names(folder);
	memmove(folder, folder + 1, (end - (folder + 1)) * sizeof(*folder));
	folders->count--;
}

static void note_error(struct folders *folders, int error)
{
	if (!folders->error)
		folders->error = error;
}

void folders_begin(struct folders *folders)
{
	size_t i;

	folders->error = 0;
	for (i = 0; i < folders->count; i++) {
		folders->folders[i].named = false;
		forget_names(&folders->folders[i]);
	}
}

/* Also if it is watched already: another folder may be at this path now. */
void folders_add(struct folders *folders, const char *path, const char *name)
{
	const int watch = inotify_add_watch(folders->fd, path, EVENTS);
	struct folder *folder;

	if (watch < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			note_error(folders, -errno);
		return;
	}
	folder = find(folders, watch);
	if (!folder)
		folder = insert(folders, watch);
	if (!folder) {
		inotify_rm_watch(folders->fd, watch);
		note_error(folders, -ENOMEM);
		return;
	}
	folder->named = true;
	if (add_name(folder, name))
		note_error(folders, -ENOMEM);
}

int folders_end(struct folders *folders)
{
	struct folder *folder;
	size_t i;

	for (i = folders->count; i--;) {
		folder = &folders->folders[i];
		if (folder->named)
			continue;
		inotify_rm_watch(folders->fd, folder->watch);
		drop(folders, folder);
	}
	return folders->error;
}

/* ---------------------------------------------------------------- patterns */

/* All that is below a folder, on its file system. */
static void add_below(struct folders *folders, char *path)
{
	char *const paths[] = { path, NULL };
	FTSENT *entry;
	FTS *fts;

	fts = fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	if (!fts) {
		note_error(folders, -ENOMEM);
		return;
	}
	while ((entry = fts_read(fts)))
		if (entry->fts_info == FTS_D)
			folders_add(folders, entry->fts_path, NULL);
	fts_close(fts);
}

static void walk(struct folders *folders, const char *path, const char *rest,
		 bool deep);

/* A file or folder that the pattern may name, or may pass through. */
static void walk_into(struct folders *folders, const char *path,
		      const char *name, const char *rest, bool deep)
{
	struct stat status;
	char *below;

	if (asprintf(&below, "%s/%s", strcmp(path, "/") ? path : "",
		     name) < 0) {
		note_error(folders, -ENOMEM);
		return;
	}
	if (!stat(below, &status) && S_ISDIR(status.st_mode))
		walk(folders, below, rest, deep);
	free(below);
}

static void walk_matches(struct folders *folders, const char *path,
			 const char *name, const char *rest, bool deep)
{
	const struct dirent *entry;
	DIR *folder;

	folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!fnmatch(name, entry->d_name, FNM_PERIOD))
			walk_into(folders, path, entry->d_name, rest, deep);
	}
	closedir(folder);
}

/* @path is a folder that exists; @rest is what follows, "" if nothing does. */
static void walk(struct folders *folders, const char *path, const char *rest,
		 bool deep)
{
	char name[NAME_MAX + 1];
	char *resolved;
	size_t length;

	rest += strspn(rest, "/");
	length = strcspn(rest, "/");
	if (length > NAME_MAX)
		return;
	memcpy(name, rest, length);
	name[length] = '\0';
	rest += length;

	if (!length) {
		resolved = realpath(path, NULL);
		if (resolved && deep)
			add_below(folders, resolved);
		else
			folders_add(folders, path, NULL);
		free(resolved);
		return;
	}
	/* Before the look, so that no name is missed that comes meanwhile. */
	folders_add(folders, path, name);
	if (strpbrk(name, "*?[\\"))
		walk_matches(folders, path, name, rest, deep);
	else
		walk_into(folders, path, name, rest, deep);
}

void folders_add_pattern(struct folders *folders, const char *pattern,
			 bool deep)
{
	if (*pattern == '/')
		walk(folders, "/", pattern, deep);
}

/* ------------------------------------------------------------------ events */

static bool take_event(struct folders *folders,
		       const struct inotify_event *event)
{
	struct folder *folder;

	if (event->mask & IN_Q_OVERFLOW)
		return true;
	folder = find(folders, event->wd);
	if (!folder)
		return false;
	if (event->mask & IN_IGNORED)
		drop(folders, folder);
	return event->mask & ITSELF ||
	       (event->len && matters(folder, event->name));
}

bool folders_read(struct folders *folders)
{
	char buffer[BUFFER]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	bool changed = false;
	ssize_t size, at;

	while ((size = read(folders->fd, buffer, sizeof(buffer))) > 0)
		for (at = 0; at < size; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(buffer + at);
			changed = take_event(folders, event) || changed;
		}
	return changed;
}
