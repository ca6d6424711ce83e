// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl apply: make the regions that configuration files ask for.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "apply/config.h"
#include "apply/pass.h"
#include "apply/wanted.h"
#include "apply/watch.h"
#include "cmd/command.h"
#include "out/message.h"
#include "source/session.h"

/* The exit status of --dry-run if something would be done. */
#define EXIT_TO_DO	3

static bool dry_run;
static bool watch;

static size_t count_done(const struct act_result *result)
{
	return result->created + result->changed + result->replaced +
	       result->deleted;
}

/* Add "3 created" to a list of such. */
static int put_count(char *text, size_t room, const char *separator,
		     size_t count, const char *words)
{
	return count ? snprintf(text, room, "%s%zu %s", separator, count,
				words) : 0;
}

static void show_counts(struct output *out, const struct pass *pass)
{
	const struct act_result *result = &pass->result;
	const struct {
		size_t count;
		const char *words;
	} counts[] = {
		{ result->created, dry_run ? "to create" : "created" },
		{ result->changed, dry_run ? "to change" : "changed" },
		{ result->replaced, dry_run ? "to delete and create again" :
		  "deleted and created again" },
		{ result->deleted, dry_run ? "to delete" : "deleted" },
		{ result->failed, "failed" },
		{ result->again, "busy" },
		{ pass->kept, "as asked for already" },
		{ pass->waiting, "waiting for a medium or for a file's place" },
	};
	char text[512];
	size_t i, end = 0;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		end += put_count(text + end, sizeof(text) - end, end ? ", " :
				 "", counts[i].count, counts[i].words);
	output_text(out, "%s", text);
}

static void show_summary(struct output *out, const struct pass *pass)
{
	const struct act_result *result = &pass->result;

	if (count_done(result) || result->failed || result->again ||
	    pass->waiting)
		show_counts(out, pass);
	else if (pass->kept)
		output_text(out, "nothing to do: %zu region%s as asked for",
			    pass->kept, pass->kept == 1 ? " is" : "s are");
	else
		output_text(out, "nothing to do: no region is asked for");
	if (result->again)
		complain("a busy region has I/O that started before its last change: try again");
}

static void put_result(struct output *out, const struct pass *pass)
{
	const struct act_result *result = &pass->result;

	if (!out->json)
		return;
	output_field_bool(out, "dry_run", dry_run);
	output_field(out, "created", result->created);
	output_field(out, "changed", result->changed);
	output_field(out, "replaced", result->replaced);
	output_field(out, "deleted", result->deleted);
	output_field(out, "failed", result->failed);
	output_field(out, "busy", result->again);
	output_field(out, "kept", pass->kept);
	output_field(out, "waiting", pass->waiting);
}

static int apply(struct output *out, struct dmstat *dmstat,
		 const struct config *config)
{
	const struct wanted_source source = {
		.dmstat = dmstat,
		.tell_missing = true,
	};
	struct pass pass = { .dry_run = dry_run };
	int error;

	output_object(out, NULL);
	output_list(out, "actions");
	error = pass_run(&pass, &source, config, out);
	output_list_end(out);
	if (!error)
		put_result(out, &pass);
	output_object_end(out);
	if (error)
		return error;
	show_summary(out, &pass);
	if (output_end(out) || pass.result.failed || pass.result.again)
		return EXIT_FAILURE;
	return dry_run && count_done(&pass.result) ? EXIT_TO_DO : EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct config config;
	struct dmstat *dmstat;
	int status;

	if (watch && dry_run)
		usage("give --watch or --dry-run, not both");
	if (watch && out->json)
		usage("--watch takes no --json");
	if (watch)
		return apply_watch(out, argv, argc);
	if (config_read(&config, argv, argc)) {
		complain("nothing was done");
		return EXIT_FAILURE;
	}
	dmstat = session_open();
	status = dmstat ? apply(out, dmstat, &config) : EXIT_FAILURE;
	dmstat_close(dmstat);
	config_free(&config);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("dry-run", &dry_run,
		    "say what would be done, and change nothing; the status is\n"
		    "3 if that is anything"),
	OPTION_FLAG("watch", &watch,
		    "go on: follow devices and files as they come, change and go;\n"
		    "SIGHUP has the files read again"),
	OPTION_END
};

const struct command apply_command = {
	.name = "apply",
	.summary = "make the regions that configuration files ask for",
	.forms = { "[--dry-run | --watch] [FILE|FOLDER]..." },
	.options = options,
	.notes =
	"Without an argument, the files are /etc/dmstat.d/*.conf, see dmstat.conf(5).\n"
	"What was made by the same files and is not asked for any more is deleted;\n"
	"other regions are not touched.",
	.json = true,
	.run = run,
};
