/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is to be done, or was done, in words.
 */
#ifndef DMSTAT_NL_SHOW_H
#define DMSTAT_NL_SHOW_H

#include <stdbool.h>
#include <stdint.h>

struct action;
struct output;
struct state;

/**
 * show_action() - print what is to be done with a region, or was done
 * @out: the output
 * @action: what
 * @state: the regions that were made
 * @region_id: id of the region now; 0 if there is none
 * @done: whether it was done
 */
void show_action(struct output *out, const struct action *action,
		 const struct state *state, uint32_t region_id, bool done);

#endif /* DMSTAT_NL_SHOW_H */
