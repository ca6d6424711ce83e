/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is to be done, so that what is there becomes what is asked for.
 */
#ifndef DMSTAT_NL_PLAN_H
#define DMSTAT_NL_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "source/region.h"

struct config;
struct made;
struct state;
struct wanted;
struct wanted_list;

/* What the kernel uses if no rate is given. */
#define TELL_RATE_DEFAULT	1000

/** enum action_kind - what is to be done with a region */
enum action_kind {
	ACTION_CREATE,
	/** change it, and keep its counts */
	ACTION_SET,
	/** delete it and create it again, because it cannot be changed so */
	ACTION_REPLACE,
	/** delete it, because it is not asked for any more */
	ACTION_DELETE,
};

/* What of a region can differ, by bits. */
enum {
	DIFFERS_DEVICE = 1 << 0,
	DIFFERS_KIND = 1 << 1,
	DIFFERS_START = 1 << 2,
	DIFFERS_LENGTH = 1 << 3,
	DIFFERS_EXTENTS = 1 << 4,
	DIFFERS_AREAS = 1 << 5,
	DIFFERS_HISTOGRAM = 1 << 6,
	DIFFERS_CGROUP = 1 << 7,
	DIFFERS_PROGRAM = 1 << 8,
	DIFFERS_GROUP = 1 << 9,
	DIFFERS_USER_DATA = 1 << 10,
	DIFFERS_SLOW = 1 << 11,
	DIFFERS_TELL_ERRORS = 1 << 12,
	DIFFERS_TELL_RATE = 1 << 13,
};

/**
 * struct action - something to be done
 * @kind: what
 * @wanted: the region that is asked for; NULL if it is deleted
 * @made: index in the state of the region that was made; not for ACTION_CREATE
 * @region: the region as it is; NULL for ACTION_CREATE
 * @differs: DIFFERS_* of what is to be changed
 */
struct action {
	enum action_kind kind;
	const struct wanted *wanted;
	size_t made;
	const struct dmstat_region *region;
	unsigned int differs;
};

/**
 * struct plan - what is to be done
 * @actions: in their order: deletions first
 * @count: how many
 * @kept: how many regions are as asked for
 * @regions: the regions as they are
 */
struct plan {
	struct action *actions;
	size_t count;
	size_t kept;
	struct region_list regions;
};

/**
 * struct plan_input - what a plan is made of; all of it must outlive the plan
 * @dmstat: the handle
 * @config: what the configuration files say
 * @wanted: what they ask for now
 * @state: what was made. What is not there any more is dropped from it.
 * @within: says of a region that was made whether it may be touched, or NULL: all
 *          may that @config governs. For a pass over a part of @wanted.
 * @data: passed to @within
 */
struct plan_input {
	struct dmstat *dmstat;
	const struct config *config;
	const struct wanted_list *wanted;
	struct state *state;
	bool (*within)(const struct made *made, const void *data);
	const void *data;
};

/**
 * plan_make() - find out what is to be done
 *
 * Return: 0; EXIT_FAILURE after saying why, and then there is nothing to free.
 */
int plan_make(const struct plan_input *input, struct plan *plan);

/** action_block() - the name of the block that an action is of */
const char *action_block(const struct action *action,
			 const struct state *state);

/** action_path() - the file that an action's region is of, or NULL */
const char *action_path(const struct action *action,
			const struct state *state);

/** plan_free() - free a plan */
void plan_free(struct plan *plan);

#endif /* DMSTAT_NL_PLAN_H */
