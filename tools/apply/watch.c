// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keep the regions as configuration files ask for.
 *
 * Events only say that something has changed, never what: then a whole pass
 * compares what is asked for with what is there. So no event can be
 * misunderstood, a flood of them is one pass, and after events were lost the next
 * pass finds the same as if none had been.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/config.h"
#include "apply/match.h"
#include "apply/pass.h"
#include "apply/wanted.h"
#include "apply/watch.h"
#include "out/message.h"
#include "out/notify.h"
#include "out/output.h"
#include "source/folder.h"
#include "source/follow.h"
#include "source/interrupt.h"
#include "source/session.h"
#include "source/standard.h"
#include "source/uevent.h"

#define NS_PER_SECOND	UINT64_C(1000000000)

/* How long a pass waits for more changes after the first. */
#define GATHER_NS	(NS_PER_SECOND / 5)

/* After a pass, nothing is done for so many times the time that it took. */
#define REST_TIMES	4

/* When what was busy, what failed, and all the rest is tried again. */
#define BUSY_NS		NS_PER_SECOND
#define FAILED_NS	(60 * NS_PER_SECOND)
#define AGAIN_NS	(300 * NS_PER_SECOND)

/* How often the same is complained about, in seconds. */
#define COMPLAIN_AGAIN	600

enum {
	FILE_EVENTS,
	FILE_UEVENTS,
	FILE_FOLDERS,
	FILE_MOUNTS,
	FILES
};

/**
 * struct watcher - all that is watched
 * @out: the output
 * @paths: of configuration files
 * @count: how many
 * @config: what they say
 * @dmstat: the handle
 * @events: of the module, and of its regions
 * @uevents: of devices
 * @folders: in which files may appear
 * @follow: the files
 * @mounts: readable, in the way of POLLPRI, when something is mounted
 * @away: the module is not loaded
 * @missing_told: it was said what the configuration names that is not there
 * @pass_at: when the next pass begins, as of clock_ns()
 * @rest_until: not before
 */
struct watcher {
	struct output *out;
	char *const *paths;
	size_t count;
	struct config config;
	struct dmstat *dmstat;
	struct dmstat_events *events;
	struct uevents *uevents;
	struct folders *folders;
	struct followed follow;
	int mounts;
	bool away;
	bool missing_told;
	uint64_t pass_at;
	uint64_t rest_until;
};

/* Have a pass after a time, if there is none before. */
static void pass_in(struct watcher *watcher, uint64_t ns)
{
	uint64_t at = clock_ns() + ns;

	if (at < watcher->rest_until)
		at = watcher->rest_until;
	if (at < watcher->pass_at)
		watcher->pass_at = at;
}

/* ------------------------------------------------------------------- files */

static int copy_extents(struct extent_list *to, const struct extent_list *from)
{
	const size_t size = from->count * sizeof(*from->extents);

	if (!size)
		return 0;
	to->extents = malloc(size);
	if (!to->extents)
		return EXIT_FAILURE;
	memcpy(to->extents, from->extents, size);
	to->count = from->count;
	return 0;
}

/* Return: as of struct file_source. */
static int use_file(struct file_map *map, struct follow_file *file)
{
	const char *path = file->moved ? file->moved : file->path;

	map->major = file->major;
	map->minor = file->minor;
	map->inode = file->number;
	map->born = file->born;
	/* It may be replaced right now, or its data is not written back yet. */
	if (file->absent || (file->pending && !file->extents.count) ||
	    !file->mapped)
		return -EAGAIN;
	if (file->problem) {
		if (!file->said)
			complain("'%s': %s", path, file->problem);
		file->said = true;
		return EXIT_FAILURE;
	}
	map->is_empty = !file->extents.count;
	return copy_extents(&map->extents, &file->extents);
}

static int map_file(struct file_map *map, const struct block *block,
		    const char *path, void *data)
{
	struct watcher *watcher = data;
	struct follow_file *file;
	int error;

	/* There is no time for thousands of files. */
	if (interrupted())
		return -EAGAIN;
	error = follow_use(&watcher->follow, block, path,
			   block->follow == FOLLOW_INODE, &file);
	if (!error)
		return use_file(map, file);
	if (error == -ENOENT || error == -ENOTDIR)
		return -ENOENT;
	complain("'%s': %s", path, strerror(-error));
	return EXIT_FAILURE;
}

static int map_more(struct file_map *map, const struct block *block,
		    size_t *at, const char **path, void *data)
{
	struct watcher *watcher = data;
	struct follow_file *file;

	file = follow_rest(&watcher->follow, block, at);
	if (!file)
		return -ENOENT;
	*path = file->moved ? file->moved : file->path;
	return use_file(map, file);
}

static const struct file_source file_source = { map_file, map_more };

/* Where a file is that is followed by its inode, and was moved. */
static void watch_folder_of(struct watcher *watcher,
			    const struct follow_file *file)
{
	const char *name = strrchr(file->path, '/') + 1;
	char *folder;

	if (!file->by_inode || file->unlinked)
		return;
	folder = strndup(file->path, name - file->path);
	if (folder)
		folders_add(watcher->folders, folder, name);
	free(folder);
}

/* udev makes links after the kernel has told of a disk. */
static void watch_links(struct watcher *watcher, const struct block *block)
{
	size_t i;

	for (i = 0; i < block->devices.count; i++)
		if (!strncmp(block->devices.texts[i], MATCH_LINKS,
			     strlen(MATCH_LINKS)))
			folders_add_pattern(watcher->folders,
					    block->devices.texts[i], false);
}

static void watch_folders(struct watcher *watcher)
{
	const struct config *config = &watcher->config;
	const struct block *block;
	size_t i, j;
	int error;

	folders_begin(watcher->folders);
	for (i = 0; i < config->blocks_count; i++) {
		block = &config->blocks[i];
		watch_links(watcher, block);
		for (j = 0; j < block->files.count; j++)
			folders_add_pattern(watcher->folders,
					    block->files.texts[j],
					    !block->flat);
	}
	for (i = 0; i < watcher->follow.count; i++)
		watch_folder_of(watcher, watcher->follow.files[i]);
	error = folders_end(watcher->folders);
	if (error == -ENOSPC)
		complain("%s",
			 "there are too many folders to watch: raise fs.inotify.max_user_watches; until then new files are found after up to 5 minutes");
	else if (error)
		complain("cannot watch a folder: %s", strerror(-error));
}

/* -------------------------------------------------------------------- a pass */

static void say_status(const struct watcher *watcher, const struct pass *pass)
{
	const struct act_result *result = &pass->result;

	notify_manager("STATUS=%zu regions as asked for, %zu files followed; %zu failed, %zu busy",
		       pass->kept + result->created + result->changed +
		       result->replaced, watcher->follow.count,
		       result->failed, result->again);
}

static void run_pass(struct watcher *watcher)
{
	const struct wanted_source source = {
		.dmstat = watcher->dmstat,
		.files = &file_source,
		.data = watcher,
		.tell_missing = !watcher->missing_told,
	};
	const uint64_t begin = clock_ns();
	struct pass pass = { 0 };
	int error;

	watcher->pass_at = WAIT_FOREVER;
	watcher->rest_until = 0;
	watch_folders(watcher);
	follow_begin(&watcher->follow);
	error = pass_run(&pass, &source, &watcher->config, watcher->out);
	follow_end(&watcher->follow, !error && !interrupted());
	watcher->missing_told |= !error;
	output_end(watcher->out);

	watcher->rest_until = clock_ns() + REST_TIMES * (clock_ns() - begin);
	if (pass.result.again)
		pass_in(watcher, BUSY_NS);
	pass_in(watcher, error || pass.result.failed ? FAILED_NS : AGAIN_NS);
	if (error)
		notify_manager("STATUS=nothing was done: see the log");
	else
		say_status(watcher, &pass);
}

/* ------------------------------------------------------------------- events */

static void module_gone(struct watcher *watcher)
{
	if (!watcher->away)
		complain("the module was unloaded: regions are made again when it is loaded");
	watcher->away = true;
	watcher->pass_at = WAIT_FOREVER;
	notify_manager("STATUS=the module is not loaded");
}

static void module_back(struct watcher *watcher)
{
	watcher->away = false;
	watcher->rest_until = 0;
	pass_in(watcher, 0);
}

/* Others may delete our regions; so do we. */
static int take_event(const struct dmstat_event *event, void *data)
{
	struct watcher *watcher = data;

	switch (event->type) {
	case DMSTAT_EVENT_MODULE_GONE:
		module_gone(watcher);
		break;
	case DMSTAT_EVENT_MODULE_BACK:
		module_back(watcher);
		break;
	case DMSTAT_EVENT_REGION_DEL:
	case DMSTAT_EVENT_OVERRUN:
		pass_in(watcher, GATHER_NS);
		break;
	default:
		break;
	}
	return 0;
}

/* Return: 0, or EXIT_FAILURE after saying why. */
static int read_events(struct watcher *watcher)
{
	const int error = dmstat_events_read(watcher->events, take_event,
					     watcher);

	if (!error)
		return 0;
	complain("cannot read events: %s", strerror(-error));
	return EXIT_FAILURE;
}

/*
 * What has changed besides regions. While a pass is due anyway, nothing is read:
 * all that has happened until then is read at once.
 */
static void read_changes(struct watcher *watcher, bool mounted)
{
	bool changed = mounted;

	changed |= uevents_read(watcher->uevents);
	changed |= folders_read(watcher->folders);
	if (changed)
		pass_in(watcher, GATHER_NS);
}

static bool is_pass_soon(const struct watcher *watcher)
{
	return watcher->pass_at < clock_ns() + FAILED_NS / 2;
}

static uint64_t next_deadline(const struct watcher *watcher)
{
	if (watcher->away)
		return WAIT_FOREVER;
	if (watcher->follow.count && watcher->follow.look_at < watcher->pass_at)
		return watcher->follow.look_at;
	return watcher->pass_at;
}

/* Return: 0, or EXIT_FAILURE after saying why. */
static int wait_for_change(struct watcher *watcher)
{
	struct pollfd files[FILES] = {
		[FILE_EVENTS] = {
			.fd = dmstat_events_fd(watcher->events),
			.events = POLLIN,
		},
		[FILE_UEVENTS] = {
			.fd = uevents_fd(watcher->uevents),
			.events = POLLIN,
		},
		[FILE_FOLDERS] = {
			.fd = folders_fd(watcher->folders),
			.events = POLLIN,
		},
		[FILE_MOUNTS] = { .fd = watcher->mounts, .events = POLLPRI },
	};
	const bool soon = watcher->away || is_pass_soon(watcher);
	int error;

	error = interrupt_wait_any(files, soon ? FILE_EVENTS + 1 : FILES,
				   next_deadline(watcher));
	if (error) {
		complain("cannot wait for changes: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	if (!soon)
		read_changes(watcher, files[FILE_MOUNTS].revents);
	return read_events(watcher);
}

/* -------------------------------------------------------------------- reload */

static void reload(struct watcher *watcher)
{
	struct config config;

	notify_manager("RELOADING=1");
	if (config_read(&config, watcher->paths, watcher->count)) {
		complain("the configuration stays as it was");
		notify_manager("READY=1\nSTATUS=%s",
			       "the configuration has mistakes, and stays as it was: see the log");
		return;
	}
	/* The files belong to blocks that go. */
	follow_free(&watcher->follow);
	config_free(&watcher->config);
	watcher->config = config;
	watcher->missing_told = false;
	complain_rarely(COMPLAIN_AGAIN);
	if (!watcher->away)
		run_pass(watcher);
	notify_manager("READY=1");
}

/* ---------------------------------------------------------------------- loop */

/* Return: the exit status. */
static int watch(struct watcher *watcher)
{
	int error = 0;

	run_pass(watcher);
	notify_manager("READY=1");
	while (!error && !interrupted()) {
		error = wait_for_change(watcher);
		if (interrupt_take_reload())
			reload(watcher);
		if (watcher->away)
			continue;
		if (follow_look(&watcher->follow))
			pass_in(watcher, 0);
		if (clock_ns() < watcher->pass_at)
			continue;
		/* What is read now need not be read after the pass. */
		read_changes(watcher, false);
		error = error || read_events(watcher);
		if (!error && !watcher->away)
			run_pass(watcher);
	}
	notify_manager("STOPPING=1");
	return error;
}

/* Return: 0, or EXIT_FAILURE after saying why. */
static int begin(struct watcher *watcher)
{
	int error;

	/* Subscribe before the first look, so that no change is missed. */
	error = dmstat_events_open(&watcher->events);
	if (error) {
		session_refused(error);
		return EXIT_FAILURE;
	}
	watcher->dmstat = session_open();
	if (!watcher->dmstat)
		return EXIT_FAILURE;
	/* Not even if it is unloaded in the middle of a pass. */
	dmstat_autoload(watcher->dmstat, 0);
	error = uevents_open(&watcher->uevents);
	if (!error)
		error = folders_open(&watcher->folders);
	if (!error) {
		watcher->mounts = open("/proc/self/mountinfo",
				       O_RDONLY | O_CLOEXEC);
		error = watcher->mounts < 0 ? -errno : 0;
	}
	if (!error)
		return 0;
	complain("cannot watch for changes: %s", strerror(-error));
	return EXIT_FAILURE;
}

static void end(struct watcher *watcher)
{
	if (watcher->mounts >= 0)
		close(watcher->mounts);
	follow_free(&watcher->follow);
	folders_close(watcher->folders);
	uevents_close(watcher->uevents);
	dmstat_close(watcher->dmstat);
	dmstat_events_close(watcher->events);
}

int apply_watch(struct output *out, char *const *paths, size_t count)
{
	struct watcher watcher = {
		.out = out,
		.paths = paths,
		.count = count,
		.mounts = -1,
	};
	int status;

	if (config_read(&watcher.config, paths, count)) {
		complain("nothing was done");
		return EXIT_FAILURE;
	}
	standard_catch_reload();
	complain_rarely(COMPLAIN_AGAIN);
	status = begin(&watcher);
	if (!status)
		status = watch(&watcher);
	end(&watcher);
	config_free(&watcher.config);
	return status;
}
