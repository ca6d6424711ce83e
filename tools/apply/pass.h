/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One pass: what is asked for, what is there, what is to be done, do it.
 */
#ifndef DMSTAT_NL_PASS_H
#define DMSTAT_NL_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "apply/act.h"

struct config;
struct output;
struct wanted_source;

/**
 * struct pass - a pass over all that configuration files say
 * @dry_run: set by the caller: say what would be done, and do nothing
 * @result: what was done, or would be
 * @kept: regions that are as asked for
 * @waiting: regions that wait for a medium, or for a file to have its place
 */
struct pass {
	bool dry_run;
	struct act_result result;
	size_t kept;
	size_t waiting;
};

/**
 * pass_run() - make the regions what configuration files ask for
 * @pass: the pass
 * @source: what to ask
 * @config: what the files say
 * @out: the output: a line for each action; in JSON, objects of a list that the
 *       caller began
 *
 * Return: 0, even if something failed that @pass counts; EXIT_FAILURE after saying
 * why nothing was done.
 */
int pass_run(struct pass *pass, const struct wanted_source *source,
	     const struct config *config, struct output *out);

#endif /* DMSTAT_NL_PASS_H */
