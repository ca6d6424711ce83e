// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do what a plan says.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "apply/act.h"
#include "apply/look.h"
#include "apply/plan.h"
#include "apply/show.h"
#include "apply/state.h"
#include "apply/wanted.h"
#include "out/output.h"
#include "source/interrupt.h"
#include "source/session.h"

/* What acting needs. */
struct acting {
	const struct plan_input *input;
	struct output *out;
	struct act_result *result;
};

/* Say that something failed, with what the kernel says. */
static void failed(struct acting *acting, const struct action *action,
		   int error, const char *verb)
{
	const struct state *state = acting->input->state;
	const char *path = action_path(action, state);

	/* It will be asked for again, soon. */
	if (error == -EBUSY) {
		acting->result->again++;
		return;
	}
	session_failed(acting->input->dmstat, error,
		       "block '%s': cannot %s a region %s '%s'",
		       action_block(action, state), verb, path ? "of" : "on",
		       path ? path : action->wanted ?
		       action->wanted->device_name :
		       action->region->device_name);
	acting->result->failed++;
}

/* ------------------------------------------------------------------- actions */

/* Return: the id of the new region; 0 after saying why there is none. */
static uint32_t create(struct acting *acting, const struct action *action)
{
	struct dmstat *dmstat = acting->input->dmstat;
	const struct dmstat_region *region;
	struct dmstat_region_spec spec;
	struct made made;
	int error;

	wanted_spec(action->wanted, &spec);
	wanted_made(action->wanted, &made);
	made.look = look_of_spec(&spec);
	if (state_intend(acting->input->state, &made)) {
		acting->result->failed++;
		return 0;
	}
	error = dmstat_region_create(dmstat, &spec, &region);
	if (error) {
		state_forget(acting->input->state);
		failed(acting, action, error, "create");
		return 0;
	}
	made.region_id = region->region_id;
	made.created = region->created;
	if (!state_add(acting->input->state, &made))
		return made.region_id;
	/* It could never be found again. */
	dmstat_region_delete(dmstat, made.region_id);
	state_forget(acting->input->state);
	acting->result->failed++;
	return 0;
}

/*
 * Whether the region is still the one that was made. If the module was loaded again
 * meanwhile, one of somebody else may have its id.
 */
static bool is_ours(struct acting *acting, const struct action *action)
{
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_get(acting->input->dmstat,
				  action->region->region_id, &region);
	if (!error && region->created == action->region->created)
		return true;
	if (error && error != -ENOENT)
		failed(acting, action, error, "find");
	else
		state_drop(acting->input->state, action->made);
	return false;
}

/* Return: whether it is gone. */
static bool delete(struct acting *acting, const struct action *action)
{
	int error;

	if (!is_ours(acting, action))
		return false;
	error = dmstat_region_delete(acting->input->dmstat,
				     action->region->region_id);
	if (error && error != -ENOENT) {
		failed(acting, action, error, "delete");
		return false;
	}
	state_drop(acting->input->state, action->made);
	return true;
}

static void set_label(struct dmstat_region_change *change, unsigned int differs,
		      const struct dmstat_region_spec *spec)
{
	if (differs & DIFFERS_PROGRAM)
		change->program_id = spec->program_id ? spec->program_id : "";
	if (differs & DIFFERS_GROUP)
		change->group = spec->group ? spec->group : "";
	if (differs & DIFFERS_USER_DATA) {
		change->user_data = spec->user_data_size ? spec->user_data : "";
		change->user_data_size = spec->user_data_size;
	}
}

static void set_told(struct dmstat_region_change *change, unsigned int differs,
		     const struct dmstat_region_spec *spec)
{
	if (differs & DIFFERS_SLOW)
		change->slow_ns = spec->slow_ns ? spec->slow_ns :
						  DMSTAT_SLOW_OFF;
	if (differs & DIFFERS_TELL_ERRORS)
		change->tell_errors = spec->tell_errors ? 1 : -1;
	if (differs & DIFFERS_TELL_RATE)
		change->tell_rate = spec->tell_rate ? spec->tell_rate :
						      TELL_RATE_DEFAULT;
}

static void set_place(struct dmstat_region_change *change, unsigned int differs,
		      const struct dmstat_region_spec *spec)
{
	if (differs & DIFFERS_LENGTH)
		change->length = spec->length;
	if (differs & DIFFERS_EXTENTS) {
		change->extents = spec->extents;
		change->extents_count = spec->extents_count;
	}
}

/* Return: whether it was changed. */
static bool set(struct acting *acting, const struct action *action)
{
	struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
	struct dmstat_region_spec spec;
	struct made now;
	int error;

	if (!is_ours(acting, action)) {
		acting->result->again++;
		return false;
	}
	wanted_spec(action->wanted, &spec);
	change.region_id = action->region->region_id;
	set_label(&change, action->differs, &spec);
	set_told(&change, action->differs, &spec);
	set_place(&change, action->differs, &spec);
	error = dmstat_region_set(acting->input->dmstat, &change, NULL);
	if (error) {
		failed(acting, action, error, "change");
		return false;
	}
	wanted_made(action->wanted, &now);
	state_update(acting->input->state, action->made, &now);
	return true;
}

/* The old one stays if there can be no new one. */
static uint32_t replace(struct acting *acting, const struct action *action)
{
	const uint32_t region_id = create(acting, action);

	if (region_id)
		delete(acting, action);
	return region_id;
}

static void act_once(struct acting *acting, const struct action *action)
{
	struct act_result *result = acting->result;
	uint32_t region_id = action->region ? action->region->region_id : 0;
	size_t *done = NULL;

	switch (action->kind) {
	case ACTION_CREATE:
		region_id = create(acting, action);
		done = region_id ? &result->created : NULL;
		break;
	case ACTION_SET:
		done = set(acting, action) ? &result->changed : NULL;
		break;
	case ACTION_REPLACE:
		region_id = replace(acting, action);
		done = region_id ? &result->replaced : NULL;
		break;
	case ACTION_DELETE:
		done = delete(acting, action) ? &result->deleted : NULL;
		break;
	}
	if (!done)
		return;
	++*done;
	show_action(acting->out, action, acting->input->state, region_id, true);
}

void act(const struct plan_input *input, const struct plan *plan,
	 struct output *out, struct act_result *result)
{
	struct acting acting = { input, out, result };
	size_t i;

	*result = (struct act_result){ 0 };
	for (i = 0; i < plan->count && !interrupted(); i++)
		act_once(&acting, &plan->actions[i]);
}
