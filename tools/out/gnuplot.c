// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnuplot, the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "out/gnuplot.h"
#include "out/message.h"
#include "out/progress.h"

#define NAME	"gnuplot"
#define PATH_TEXT_MAX	4096

static int is_program(const char *folder, size_t length)
{
	char path[PATH_TEXT_MAX];

	return snprintf(path, sizeof(path), "%.*s/" NAME, (int)length,
			length ? folder : ".") < (int)sizeof(path) &&
	       !access(path, X_OK);
}

int gnuplot_is_there(void)
{
	const char *path = getenv("PATH");
	size_t length;

	while (path) {
		length = strcspn(path, ":");
		if (is_program(path, length))
			return 1;
		path = path[length] ? path + length + 1 : NULL;
	}
	complain(NAME " draws pictures, and is not installed: apt install gnuplot-nox");
	return 0;
}

static int spawn(struct gnuplot *gnuplot, int script)
{
	/* -d: the user's own settings change nothing. */
	char *const arguments[] = { NAME, "-d", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, script, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, fileno(gnuplot->drawing),
					 STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, fileno(gnuplot->messages),
					 STDERR_FILENO);

	/* It gets the signals that we ignore or block. */
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attributes, &signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
					      POSIX_SPAWN_SETSIGDEF);

	error = posix_spawnp(&gnuplot->pid, NAME, &files, &attributes,
			     arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* A file without a name, which no other program that is run inherits. */
static FILE *open_nameless(void)
{
	FILE *file = tmpfile();

	if (file)
		fcntl(fileno(file), F_SETFD, FD_CLOEXEC);
	return file;
}

int gnuplot_start(struct gnuplot *gnuplot)
{
	int ends[2] = { -1, -1 };
	int error = 0;

	*gnuplot = (struct gnuplot) {
		.drawing = open_nameless(),
		.messages = open_nameless(),
	};
	if (!gnuplot->drawing || !gnuplot->messages || pipe2(ends, O_CLOEXEC))
		error = errno;
	if (!error)
		error = spawn(gnuplot, ends[0]);
	if (!error) {
		gnuplot->script = fdopen(ends[1], "w");
		error = gnuplot->script ? 0 : errno;
	}
	if (ends[0] >= 0)
		close(ends[0]);
	if (error) {
		if (ends[1] >= 0)
			close(ends[1]);
		complain("cannot run " NAME ": %s", strerror(error));
		gnuplot_end(gnuplot);
		return 1;
	}
	return 0;
}

/* What it complained of first. */
static void repeat_message(struct gnuplot *gnuplot)
{
	char line[256];

	rewind(gnuplot->messages);
	while (fgets(line, sizeof(line), gnuplot->messages)) {
		line[strcspn(line, "\n")] = '\0';
		if (strspn(line, " \t^") < strlen(line))
			complain(NAME ": %s", line);
	}
}

static int wait_for_end(struct gnuplot *gnuplot)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	struct progress progress;
	int status;
	pid_t pid;

	progress_begin(&progress);
	while (!(pid = waitpid(gnuplot->pid, &status, WNOHANG))) {
		nanosleep(&moment, NULL);
		if (progress_due(&progress))
			progress_say(&progress, NAME " draws");
	}
	progress_end(&progress);
	return pid == gnuplot->pid && WIFEXITED(status) ? WEXITSTATUS(status) :
	       -1;
}

int gnuplot_finish(struct gnuplot *gnuplot)
{
	int unwritten = ferror(gnuplot->script);

	if (fclose(gnuplot->script))
		unwritten = 1;
	gnuplot->script = NULL;
	if (!wait_for_end(gnuplot) && !unwritten &&
	    !fseek(gnuplot->drawing, 0, SEEK_END) &&
	    ftell(gnuplot->drawing) > 0) {
		rewind(gnuplot->drawing);
		return 0;
	}
	complain(NAME " has drawn nothing");
	repeat_message(gnuplot);
	return 1;
}

void gnuplot_end(struct gnuplot *gnuplot)
{
	if (gnuplot->drawing)
		fclose(gnuplot->drawing);
	if (gnuplot->messages)
		fclose(gnuplot->messages);
	gnuplot->drawing = NULL;
	gnuplot->messages = NULL;
}
