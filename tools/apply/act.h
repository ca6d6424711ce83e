/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Do what a plan says.
 */
#ifndef DMSTAT_NL_ACT_H
#define DMSTAT_NL_ACT_H

#include <stddef.h>

struct output;
struct plan;
struct plan_input;

/**
 * struct act_result - what was done
 * @created: regions that were created
 * @changed: regions that were changed
 * @replaced: regions that were deleted and created again
 * @deleted: regions that were deleted
 * @failed: what could not be done, after saying why
 * @again: what could not be done because something was busy: try again soon
 */
struct act_result {
	size_t created;
	size_t changed;
	size_t replaced;
	size_t deleted;
	size_t failed;
	size_t again;
};

/**
 * act() - do what a plan says, and print a line for each action that was done,
 * until interrupted()
 * @input: what the plan was made of
 * @plan: the plan
 * @out: the output; in JSON, objects of a list that the caller began
 * @result: set to what was done
 */
void act(const struct plan_input *input, const struct plan *plan,
	 struct output *out, struct act_result *result);

#endif /* DMSTAT_NL_ACT_H */
