// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is to be done, so that what is there becomes what is asked for: two sorted
 * lists, compared from their beginnings on.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "apply/config.h"
#include "apply/look.h"
#include "apply/plan.h"
#include "apply/state.h"
#include "apply/wanted.h"
#include "out/message.h"
#include "source/array.h"
#include "source/partition.h"

/* What only another region can have. */
#define NEEDS_REPLACE	(DIFFERS_DEVICE | DIFFERS_KIND | DIFFERS_START | \
			 DIFFERS_AREAS | DIFFERS_HISTOGRAM | DIFFERS_CGROUP)

/* A region that was made and may be touched. */
struct there {
	const char *block;
	char *key;
	size_t made;
	const struct dmstat_region *region;
};

struct planning {
	const struct plan_input *input;
	struct plan *plan;
	struct there *there;
	size_t count;
	/* What cannot be known now, by block and path. */
	const struct wanted **held;
	size_t held_count;
};

static int no_memory(void)
{
	complain("no memory for what is to be done");
	return EXIT_FAILURE;
}

/* ------------------------------------------------------------ what is there */

static int compare_ids(const void *one, const void *two)
{
	const struct dmstat_region *a = one, *b = two;

	return a->region_id < b->region_id ? -1 : a->region_id > b->region_id;
}

/* The region that was made, unless another one has its id now. */
static const struct dmstat_region *find_region(const struct plan *plan,
					       const struct made *made)
{
	const struct dmstat_region wanted = { .region_id = made->region_id };
	const struct dmstat_region *region;

	if (!plan->regions.count)
		return NULL;
	region = bsearch(&wanted, plan->regions.regions, plan->regions.count,
			 sizeof(wanted), compare_ids);
	return region && region->created == made->created ? region : NULL;
}

static bool may_touch(const struct plan_input *input, const struct made *made)
{
	return config_governs(input->config, made->file) &&
	       (!input->within || input->within(made, input->data));
}

/* Inodes are numbered by file system: that of a file may be in a partition. */
static char *key_of(const struct made *made, const struct block *block,
		    const struct dmstat_region *region)
{
	const struct partition *partition = NULL;

	if (made->path)
		partition = partition_at(region->major, region->minor,
					 region->start, region->length);
	return wanted_key(block ? block->follow : FOLLOW_PATH, made->path,
			  partition ? partition->major : region->major,
			  partition ? partition->minor : region->minor,
			  made->inode, made->born);
}

static int add_there(struct planning *planning, size_t index,
		     const struct dmstat_region *region)
{
	const struct made *made = &planning->input->state->made[index];
	const struct block *block;
	struct there *there;
	char *key;

	block = config_block(planning->input->config, made->block);
	key = key_of(made, block, region);
	there = key ? array_grow(planning->there, planning->count,
				 sizeof(*there)) : NULL;
	if (!there) {
		free(key);
		return no_memory();
	}
	planning->there = there;
	there[planning->count++] = (struct there){
		.block = made->block,
		.key = key,
		.made = index,
		.region = region,
	};
	return 0;
}

static int compare_there(const void *one, const void *two)
{
	const struct there *a = one, *b = two;
	const int blocks = strcmp(a->block, b->block);

	return blocks ? blocks : strcmp(a->key, b->key);
}

/* The region that was being made when the program was killed, if it was made. */
static int find_pending(struct planning *planning)
{
	const struct region_list *list = &planning->plan->regions;
	struct state *state = planning->input->state;
	const struct dmstat_region *region;
	size_t i;

	if (!state->pending.file)
		return 0;
	for (i = 0; i < list->count; i++) {
		region = &list->regions[i];
		if (region->created >= state->pending.created &&
		    look_of_region(region) == state->pending.look)
			return state_adopt(state, region->region_id,
					   region->created);
	}
	state_forget(state);
	return 0;
}

static int find_there(struct planning *planning)
{
	struct state *state = planning->input->state;
	const struct dmstat_region *region;
	size_t i;

	for (i = 0; i < state->count; i++) {
		if (state->made[i].dropped)
			continue;
		region = find_region(planning->plan, &state->made[i]);
		if (!region)
			state_drop(state, i);
		else if (may_touch(planning->input, &state->made[i]) &&
			 add_there(planning, i, region))
			return EXIT_FAILURE;
	}
	if (planning->count)
		qsort(planning->there, planning->count,
		      sizeof(*planning->there), compare_there);
	return 0;
}

/* --------------------------------------------------------------------- held */

static int compare_paths(const char *block, const char *path,
			 const struct wanted *held)
{
	const int blocks = strcmp(block, held->block->name);

	return blocks ? blocks : strcmp(path, held->path);
}

static int compare_held(const void *one, const void *two)
{
	const struct wanted *const *a = one, *const *b = two;

	return compare_paths((*a)->block->name, (*a)->path, *b);
}

struct held_key {
	const char *block;
	const char *path;
};

static int compare_key(const void *one, const void *two)
{
	const struct held_key *key = one;
	const struct wanted *const *held = two;

	return compare_paths(key->block, key->path, *held);
}

/* Of a file that cannot be read, not even the inode may be known. */
static int find_held(struct planning *planning)
{
	const struct wanted_list *list = planning->input->wanted;
	size_t i;

	planning->held = calloc(list->held ? list->held : 1,
				sizeof(*planning->held));
	if (!planning->held)
		return no_memory();
	for (i = 0; i < list->count; i++)
		if (list->regions[i].held && list->regions[i].path)
			planning->held[planning->held_count++] =
				&list->regions[i];
	if (planning->held_count)
		qsort(planning->held, planning->held_count,
		      sizeof(*planning->held), compare_held);
	return 0;
}

static bool has_held(const struct planning *planning, const char *block,
		     const char *path)
{
	const struct held_key key = { block, path };

	return bsearch(&key, planning->held, planning->held_count,
		       sizeof(*planning->held), compare_key);
}

static bool is_held(const struct planning *planning, const struct made *made)
{
	return planning->held_count &&
	       ((made->path && has_held(planning, made->block, made->path)) ||
		has_held(planning, made->block, WANTED_ALL));
}

/* -------------------------------------------------------------- differences */

static unsigned int place_differs(const struct wanted *wanted,
				  const struct made *now,
				  const struct made *made,
				  const struct dmstat_region *region)
{
	const struct extent_list *extents = &wanted->extents;

	if (wanted->major != region->major || wanted->minor != region->minor)
		return DIFFERS_DEVICE;
	if (!extents->count != !region->extents)
		return DIFFERS_KIND;
	if (extents->count)
		return now->extents_hash != made->extents_hash ||
		       extents->count != region->extents ||
		       extents->extents->start != region->start ?
		       DIFFERS_EXTENTS : 0;
	return (wanted->start != region->start ? DIFFERS_START : 0) |
	       (wanted->length != region->length ? DIFFERS_LENGTH : 0);
}

static bool bounds_differ(const struct dmstat_region_spec *spec,
			  const struct dmstat_region *region)
{
	return spec->bounds_count != region->bounds_count ||
	       memcmp(spec->bounds, region->bounds,
		      spec->bounds_count * sizeof(*spec->bounds)) != 0;
}

static bool text_differs(const char *text, const char *present)
{
	return strcmp(text ? text : "", present) != 0;
}

static unsigned int label_differs(const struct dmstat_region_spec *spec,
				  const struct dmstat_region *region)
{
	const bool user_data =
		spec->user_data_size != region->user_data_size ||
		(spec->user_data_size &&
		 memcmp(spec->user_data, region->user_data,
			spec->user_data_size) != 0);

	return (text_differs(spec->program_id, region->program_id) ?
		DIFFERS_PROGRAM : 0) |
	       (text_differs(spec->group, region->group) ? DIFFERS_GROUP : 0) |
	       (user_data ? DIFFERS_USER_DATA : 0);
}

static unsigned int tell_differs(const struct dmstat_region_spec *spec,
				 const struct dmstat_region *region)
{
	const uint32_t rate = spec->tell_rate ? spec->tell_rate :
						  TELL_RATE_DEFAULT;
	const bool tells = spec->slow_ns || spec->tell_errors;

	return (spec->slow_ns != region->slow_ns ? DIFFERS_SLOW : 0) |
	       (!spec->tell_errors != !region->tell_errors ?
		DIFFERS_TELL_ERRORS : 0) |
	       (tells && rate != region->tell_rate ? DIFFERS_TELL_RATE : 0);
}

static unsigned int find_differences(const struct wanted *wanted,
				     const struct made *now,
				     const struct made *made,
				     const struct dmstat_region *region)
{
	struct dmstat_region_spec spec;
	unsigned int differs;

	wanted_spec(wanted, &spec);
	differs = place_differs(wanted, now, made, region) |
		  label_differs(&spec, region) | tell_differs(&spec, region);
	/*
	 * Their number changes with the region's length. So what was asked for is
	 * compared, not what is there.
	 */
	if (now->areas != made->areas || now->area_size != made->area_size)
		differs |= DIFFERS_AREAS;
	if (bounds_differ(&spec, region))
		differs |= DIFFERS_HISTOGRAM;
	if (spec.cgroup_id != region->cgroup_id)
		differs |= DIFFERS_CGROUP;
	return differs;
}

/* ------------------------------------------------------------------ actions */

static int add_action(struct plan *plan, const struct action *action)
{
	struct action *actions;

	actions = array_grow(plan->actions, plan->count, sizeof(*actions));
	if (!actions)
		return no_memory();
	plan->actions = actions;
	actions[plan->count++] = *action;
	return 0;
}

static int plan_new(struct planning *planning, const struct wanted *wanted)
{
	const struct action action = {
		.kind = ACTION_CREATE,
		.wanted = wanted,
	};

	return wanted->held ? 0 : add_action(planning->plan, &action);
}

static int plan_old(struct planning *planning, const struct there *there)
{
	const struct action action = {
		.kind = ACTION_DELETE,
		.made = there->made,
		.region = there->region,
	};

	if (is_held(planning, &planning->input->state->made[there->made]))
		return 0;
	return add_action(planning->plan, &action);
}

static int plan_both(struct planning *planning, const struct wanted *wanted,
		     const struct there *there)
{
	struct action action = {
		.wanted = wanted,
		.made = there->made,
		.region = there->region,
	};
	struct state *state = planning->input->state;
	struct made now;

	if (wanted->held)
		return 0;
	wanted_made(wanted, &now);
	action.differs = find_differences(wanted, &now,
					  &state->made[there->made],
					  there->region);
	if (!action.differs) {
		planning->plan->kept++;
		state_update(state, there->made, &now);
		return 0;
	}
	action.kind = action.differs & NEEDS_REPLACE ? ACTION_REPLACE :
						       ACTION_SET;
	return add_action(planning->plan, &action);
}

/* Less than 0: what is there is not asked for; above 0: there is no such. */
static int compare(const struct planning *planning, size_t there,
		   size_t wanted)
{
	const struct wanted_list *list = planning->input->wanted;
	const struct there *a = &planning->there[there];
	const struct wanted *b = &list->regions[wanted];
	int blocks;

	if (there == planning->count)
		return 1;
	if (wanted == list->count)
		return -1;
	blocks = strcmp(a->block, b->block->name);
	return blocks ? blocks : strcmp(a->key, b->key);
}

static int compare_all(struct planning *planning)
{
	const struct wanted_list *list = planning->input->wanted;
	size_t i = 0, j = 0;
	int order, error = 0;

	while (!error && (i < planning->count || j < list->count)) {
		order = compare(planning, i, j);
		if (order < 0)
			error = plan_old(planning, &planning->there[i++]);
		else if (order > 0)
			error = plan_new(planning, &list->regions[j++]);
		else
			error = plan_both(planning, &list->regions[j++],
					  &planning->there[i++]);
	}
	return error;
}

/* --------------------------------------------------------------------- order */

/* Deletions make room for what is created. */
static int rank(enum action_kind kind)
{
	static const int ranks[] = {
		[ACTION_DELETE] = 0, [ACTION_SET] = 1, [ACTION_REPLACE] = 2,
		[ACTION_CREATE] = 3,
	};

	return ranks[kind];
}

const char *action_block(const struct action *action,
			 const struct state *state)
{
	return action->wanted ? action->wanted->block->name :
				state->made[action->made].block;
}

const char *action_path(const struct action *action,
			const struct state *state)
{
	return action->wanted ? action->wanted->path :
				state->made[action->made].path;
}

static int compare_actions(const void *one, const void *two, void *data)
{
	const struct action *a = one, *b = two;
	const struct state *state = data;
	const char *path_a = action_path(a, state);
	const char *path_b = action_path(b, state);
	int order = rank(a->kind) - rank(b->kind);

	if (!order)
		order = strcmp(action_block(a, state), action_block(b, state));
	if (!order && path_a && path_b)
		order = strcmp(path_a, path_b);
	if (!order && a->wanted && b->wanted)
		order = strcmp(a->wanted->device_name, b->wanted->device_name);
	if (!order && a->region && b->region)
		order = compare_ids(a->region, b->region);
	return order;
}

/* ---------------------------------------------------------------------- plan */

static void planning_free(struct planning *planning)
{
	size_t i;

	for (i = 0; i < planning->count; i++)
		free(planning->there[i].key);
	free(planning->there);
	free(planning->held);
}

int plan_make(const struct plan_input *input, struct plan *plan)
{
	struct planning planning = { .input = input, .plan = plan };
	int error;

	*plan = (struct plan){ .actions = NULL };
	error = region_list_get(input->dmstat, NULL, NULL, NULL,
				&plan->regions);
	if (error)
		return error;
	if (plan->regions.count)
		qsort(plan->regions.regions, plan->regions.count,
		      sizeof(*plan->regions.regions), compare_ids);
	error = find_pending(&planning);
	if (!error)
		error = find_there(&planning);
	if (!error)
		error = find_held(&planning);
	if (!error)
		error = compare_all(&planning);
	planning_free(&planning);
	if (error)
		plan_free(plan);
	else if (plan->count)
		qsort_r(plan->actions, plan->count, sizeof(*plan->actions),
			compare_actions, input->state);
	return error;
}

void plan_free(struct plan *plan)
{
	region_list_free(&plan->regions);
	free(plan->actions);
	*plan = (struct plan){ .actions = NULL };
}
