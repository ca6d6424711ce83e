// SPDX-License-Identifier: GPL-2.0-only
/*
 * One pass: what is asked for, what is there, what is to be done, do it.
 */
#include <stdlib.h>

#include "apply/pass.h"
#include "apply/plan.h"
#include "apply/show.h"
#include "apply/state.h"
#include "apply/wanted.h"

/* Say what would be done, and count it. */
static void pretend(const struct plan_input *input, const struct plan *plan,
		    struct output *out, struct act_result *result)
{
	const struct action *action;
	size_t i;

	*result = (struct act_result){ 0 };
	for (i = 0; i < plan->count; i++) {
		action = &plan->actions[i];
		result->created += action->kind == ACTION_CREATE;
		result->changed += action->kind == ACTION_SET;
		result->replaced += action->kind == ACTION_REPLACE;
		result->deleted += action->kind == ACTION_DELETE;
		show_action(out, action, input->state, action->region ?
			    action->region->region_id : 0, false);
	}
}

static int run_planned(struct pass *pass, const struct plan_input *input,
		       struct output *out)
{
	struct plan plan;
	int error;

	error = plan_make(input, &plan);
	if (error)
		return error;
	pass->kept = plan.kept;
	if (pass->dry_run)
		pretend(input, &plan, out, &pass->result);
	else
		act(input, &plan, out, &pass->result);
	pass->waiting = input->wanted->waiting;
	pass->result.failed += input->wanted->held - pass->waiting;
	plan_free(&plan);
	return 0;
}

static int run_wanted(struct pass *pass, const struct wanted_source *source,
		      const struct config *config,
		      const struct wanted_list *wanted, struct output *out)
{
	struct state state;
	const struct plan_input input = {
		.dmstat = source->dmstat,
		.config = config,
		.wanted = wanted,
		.state = &state,
	};
	int error;

	error = state_open(&state, !pass->dry_run);
	if (error)
		return error;
	error = run_planned(pass, &input, out);
	if (state_close(&state))
		error = EXIT_FAILURE;
	return error;
}

int pass_run(struct pass *pass, const struct wanted_source *source,
	     const struct config *config, struct output *out)
{
	struct wanted_list wanted;
	int error;

	error = wanted_get(source, config, &wanted);
	if (error)
		return error;
	error = run_wanted(pass, source, config, &wanted, out);
	wanted_list_free(&wanted);
	return error;
}
