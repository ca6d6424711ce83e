// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are followed, and a cache of where each is.
 *
 * Polling, because what inotify says of writes costs each write, comes for every
 * one of them, and says nothing of those through mmap(), nor of the moment when
 * data that was written gets its place, nor of defragmentation.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source/array.h"
#include "source/device.h"
#include "source/file.h"
#include "source/follow.h"
#include "source/inode.h"
#include "source/interrupt.h"

#define NS_PER_SECOND	UINT64_C(1000000000)

/* How often some files are looked at, and how many at once. */
#define LOOK_NS		NS_PER_SECOND
#define LOOKS_MAX	2000

/* How long files are mapped in one look; the others have to wait for the next. */
#define MAP_NS		(NS_PER_SECOND / 20)

/* When it is mapped again though only its contents, or nothing at all changed. */
#define WRITTEN_NS	(10 * NS_PER_SECOND)
#define UNCHANGED_NS	(300 * NS_PER_SECOND)

/* How long the answer of a device holds that is asked whether it is suspended. */
#define ASK_NS		(NS_PER_SECOND / 10)

/* How long a file may be away while another one takes its place. */
#define ABSENT_NS	NS_PER_SECOND

/* -------------------------------------------------------------- one file */

static void free_file(struct follow_file *file)
{
	if (!file)
		return;
	inode_free(file->inode);
	extent_list_free(&file->extents);
	free(file->problem);
	free(file->moved);
	free(file->path);
	free(file);
}

static struct follow_file *new_file(const void *owner, const char *path,
				    bool by_inode)
{
	struct follow_file *file;

	file = calloc(1, sizeof(*file));
	if (!file)
		return NULL;
	file->owner = owner;
	file->by_inode = by_inode;
	file->path = strdup(path);
	if (file->path)
		return file;
	free(file);
	return NULL;
}

static uint64_t time_of(const struct statx_timestamp *time)
{
	return time->tv_sec * NS_PER_SECOND + time->tv_nsec;
}

static bool is_same(const struct follow_file *file, const struct statx *status)
{
	return file->major == status->stx_dev_major &&
	       file->minor == status->stx_dev_minor &&
	       file->number == status->stx_ino &&
	       file->born == time_of(&status->stx_btime);
}

static void note_status(struct follow_file *file, const struct statx *status)
{
	file->major = status->stx_dev_major;
	file->minor = status->stx_dev_minor;
	file->number = status->stx_ino;
	file->born = time_of(&status->stx_btime);
	file->size = status->stx_size;
	file->blocks = status->stx_blocks;
	file->changed = time_of(&status->stx_ctime);
}

static int look_at(int fd, const char *path, struct statx *status)
{
	const int flags = *path ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;

	if (statx(fd, path, flags, STATX_BASIC_STATS | STATX_BTIME, status))
		return -errno;
	return S_ISREG(status->stx_mode) ? 0 : -ENOENT;
}

static bool same_text(const char *one, const char *two)
{
	return one && two ? !strcmp(one, two) : one == two;
}

static bool same_extents(const struct extent_list *one,
			 const struct extent_list *two)
{
	return one->count == two->count &&
	       (!one->count || !memcmp(one->extents, two->extents,
				       one->count * sizeof(*one->extents)));
}

/* Return: whether it is elsewhere than before. Takes over @extents. */
static bool note_place(struct follow_file *file, struct extent_list *extents,
		       const char *problem)
{
	const bool same = same_extents(&file->extents, extents) &&
			  same_text(file->problem, problem);

	extent_list_free(&file->extents);
	file->extents = *extents;
	if (!same_text(file->problem, problem)) {
		free(file->problem);
		file->problem = problem ? strdup(problem) : NULL;
		file->said = false;
	}
	return !same;
}

/* Return: whether it is elsewhere than before. */
static bool map_open(struct follow_file *file, int fd)
{
	struct extent_list extents = { 0 };
	const char *problem;
	bool pending = false;

	problem = file_map(fd, FILE_MAP_PLACED, &extents, &pending);
	file->pending = pending;
	file->mapped = clock_ns();
	if (problem)
		extent_list_free(&extents);
	return note_place(file, &extents, problem);
}

/* Return: whether it is elsewhere than before, or another file. */
static bool map_path(struct follow_file *file)
{
	struct extent_list none = { 0 };
	struct statx status;
	bool same, changed;
	int fd;

	fd = open(file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW |
			      O_CLOEXEC);
	if (fd < 0)
		return note_place(file, &none, strerror(errno));
	if (look_at(fd, "", &status)) {
		close(fd);
		return false;
	}
	same = is_same(file, &status);
	note_status(file, &status);
	changed = map_open(file, fd);
	close(fd);
	return changed || !same;
}

/* ------------------------------------------------------------ all of them */

static int compare(const struct follow_file *file, const char *path,
		   const void *owner)
{
	const int order = strcmp(file->path, path);

	if (order)
		return order;
	return file->owner < owner ? -1 : file->owner > owner;
}

static int compare_files(const void *one, const void *two)
{
	const struct follow_file *other = *(struct follow_file *const *)two;

	return compare(*(struct follow_file *const *)one, other->path,
		       other->owner);
}

static struct follow_file *find_sorted(const struct followed *follow,
				       const char *path, const void *owner)
{
	size_t low = 0, high = follow->sorted, middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = compare(follow->files[middle], path, owner);
		if (!order)
			return follow->files[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Mapping a file of a suspended device may wait for it, without an end. */
static bool must_wait(struct followed *follow, const struct follow_file *file)
{
	const uint64_t now = clock_ns();

	if (follow->asked.major != file->major ||
	    follow->asked.minor != file->minor ||
	    now - follow->asked.at >= ASK_NS) {
		follow->asked.major = file->major;
		follow->asked.minor = file->minor;
		follow->asked.at = now;
		follow->asked.suspended = device_is_suspended(file->major,
							      file->minor);
	}
	return follow->asked.suspended;
}

static int add(struct followed *follow, struct follow_file *file)
{
	struct follow_file **files;

	files = array_grow(follow->files, follow->count, sizeof(*files));
	if (!files)
		return -ENOMEM;
	follow->files = files;
	files[follow->count++] = file;
	return 0;
}

static void sort(struct followed *follow)
{
	if (follow->count)
		qsort(follow->files, follow->count, sizeof(*follow->files),
		      compare_files);
	follow->sorted = follow->count;
}

void follow_begin(struct followed *follow)
{
	size_t i;

	for (i = 0; i < follow->count; i++)
		follow->files[i]->used = false;
}

static int begin_file(struct followed *follow, const void *owner,
		      const char *path, bool by_inode,
		      const struct statx *status, struct follow_file **file)
{
	*file = new_file(owner, path, by_inode);
	if (!*file)
		return -ENOMEM;
	note_status(*file, status);
	if (by_inode)
		(*file)->inode = inode_get(path, makedev((*file)->major,
							 (*file)->minor));
	if (must_wait(follow, *file))
		(*file)->problem = strdup("its device is suspended");
	else
		map_path(*file);
	return 0;
}

/* @old has moved, and another file is at its path. */
static int replace(struct followed *follow, struct follow_file *old,
		   struct follow_file *new)
{
	size_t i;

	if (add(follow, old))
		return -ENOMEM;
	for (i = 0; follow->files[i] != old; i++)
		;
	follow->files[i] = new;
	return 0;
}

int follow_use(struct followed *follow, const void *owner, const char *path,
	       bool by_inode, struct follow_file **file)
{
	struct follow_file *old = find_sorted(follow, path, owner);
	struct statx status;
	int error;

	error = look_at(AT_FDCWD, path, &status);
	if (error)
		return error;
	if (old && is_same(old, &status)) {
		*file = old;
	} else if (old && !by_inode) {
		*file = old;
		if (!must_wait(follow, old))
			map_path(old);
	} else {
		error = begin_file(follow, owner, path, by_inode, &status,
				   file);
		if (!error)
			error = old ? replace(follow, old, *file) :
				      add(follow, *file);
		if (error) {
			free_file(*file);
			return error;
		}
	}
	(*file)->used = true;
	(*file)->absent = 0;
	return 0;
}

/* ------------------------------------------------- files without their path */

/* Return: whether it is still to be followed. */
static bool find_path(struct follow_file *file)
{
	if (!file->absent)
		file->absent = clock_ns();
	return clock_ns() - file->absent < ABSENT_NS;
}

/* The same file may have been named by its new path. */
static bool is_named(const struct followed *follow,
		     const struct follow_file *file, const char *path)
{
	const struct follow_file *named;

	named = find_sorted(follow, path, file->owner);
	return named && named->used && named->number == file->number;
}

/* Return: whether it is still to be followed. */
static bool find_inode(struct followed *follow, struct follow_file *file)
{
	struct statx status;
	bool linked, wanted;
	char *path;
	int fd;

	fd = inode_find(file->inode, &path, &linked);
	if (fd < 0)
		return false;
	wanted = !linked || !is_named(follow, file, path);
	if (wanted && !look_at(fd, "", &status) && !must_wait(follow, file)) {
		note_status(file, &status);
		map_open(file, fd);
	}
	close(fd);
	file->unlinked = !linked;
	if (!wanted || !linked) {
		free(path);
		return wanted;
	}
	free(file->moved);
	file->moved = path;
	return true;
}

struct follow_file *follow_rest(struct followed *follow, const void *owner,
				size_t *at)
{
	struct follow_file *file;

	if (!*at)
		sort(follow);
	while (*at < follow->count) {
		file = follow->files[(*at)++];
		if (file->used || file->owner != owner)
			continue;
		file->used = file->inode ? find_inode(follow, file) :
					   find_path(file);
		if (file->used)
			return file;
	}
	return NULL;
}

void follow_end(struct followed *follow, bool complete)
{
	struct follow_file *file;
	size_t i, kept = 0;

	for (i = 0; i < follow->count; i++) {
		file = follow->files[i];
		if (complete && !file->used) {
			free_file(file);
			continue;
		}
		if (file->moved) {
			free(file->path);
			file->path = file->moved;
			file->moved = NULL;
		}
		follow->files[kept++] = file;
	}
	follow->count = kept;
	sort(follow);
}

void follow_free(struct followed *follow)
{
	while (follow->count)
		free_file(follow->files[--follow->count]);
	free(follow->files);
	*follow = (struct followed){ .files = NULL };
}

/* ----------------------------------------------------------------- looking */

static bool is_due(const struct follow_file *file, const struct statx *status)
{
	const uint64_t age = clock_ns() - file->mapped;

	return !file->mapped || file->pending ||
	       file->size != status->stx_size ||
	       file->blocks != status->stx_blocks ||
	       age >= UNCHANGED_NS ||
	       (age >= WRITTEN_NS &&
		file->changed != time_of(&status->stx_ctime));
}

/* Return: whether it is elsewhere than before, or is not there. */
static bool look_at_path(struct followed *follow, struct follow_file *file)
{
	struct statx status;

	if (look_at(AT_FDCWD, file->path, &status))
		return !file->absent || !find_path(file);
	if (file->absent || !is_same(file, &status))
		return true;
	if (!is_due(file, &status) || must_wait(follow, file))
		return false;
	return map_path(file);
}

/* The same of a file that is open and has no name. */
static bool look_at_unlinked(struct followed *follow, struct follow_file *file)
{
	struct statx status;
	bool changed = false, linked;
	char *path;
	int fd;

	fd = inode_find(file->inode, &path, &linked);
	if (fd < 0)
		return true;
	if (!look_at(fd, "", &status) && is_due(file, &status) &&
	    !must_wait(follow, file)) {
		note_status(file, &status);
		changed = map_open(file, fd);
	}
	close(fd);
	free(path);
	return changed || linked;
}

bool follow_look(struct followed *follow)
{
	const uint64_t now = clock_ns();
	struct follow_file *file;
	bool changed = false;
	size_t i;

	if (now < follow->look_at)
		return false;
	follow->look_at = now + LOOK_NS;
	for (i = 0; i < follow->count && i < LOOKS_MAX &&
	     clock_ns() - now < MAP_NS; i++) {
		if (follow->next >= follow->count)
			follow->next = 0;
		file = follow->files[follow->next++];
		if (file->unlinked ? look_at_unlinked(follow, file) :
				     look_at_path(follow, file))
			changed = true;
	}
	return changed;
}
