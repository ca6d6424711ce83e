// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking the kernel: a request without attributes is refused for the first that
 * is missing, and a dump that needs none tells of all there is.
 */
#include "exchange.h"
#include "explore.h"
#include "generate.h"

static void ask(struct learnt *learnt, const struct channel_family *found,
		struct channel *channel, struct datagram *datagram)
{
	struct exchange asked = {
		.found = found,
		.channel = channel,
		.datagram = datagram,
		.learnt = learnt,
		.most = EXCHANGE_ALL,
	};

	datagram_walk(datagram, found->id, 1);
	exchange(&asked);
}

/*
 * What a request misses, one after the other. Return: whether it misses nothing
 * any more.
 */
static bool find_needs(struct learnt *learnt,
		       const struct channel_family *found,
		       struct channel *channel,
		       const struct spec_operation *operation, int mode)
{
	uint64_t *needed = &learnt->needed[spec_index(operation)][mode];
	static struct datagram datagram;
	uint64_t bit;

	for (;;) {
		generate_plain(&datagram, operation, mode, *needed, NULL,
			       found->id);
		ask(learnt, found, channel, &datagram);
		bit = 1ULL << datagram.requests[0].missing;
		if (bit == 1 || *needed & bit ||
		    !(operation->mode[mode].request & bit))
			return datagram.requests[0].verdict ==
			       VERDICT_ACCEPTED;
		*needed |= bit;
	}
}

/* The types of a set whose names are among those of other attributes. */
static uint64_t same_names(const struct spec_set *set, uint64_t types,
			   const struct spec_set *other, uint64_t other_types)
{
	uint64_t left, others_left, same = 0;
	uint16_t type, other_type;

	spec_for_each_type(type, types, left)
		spec_for_each_type(other_type, other_types, others_left)
			if (set->attributes[type].number ==
			    other->attributes[other_type].number)
				same |= 1ULL << type;
	return same;
}

/*
 * Kernels before 6.12 do not say what a dump misses. It is taken to be what
 * names things that other dumps list.
 */
static uint64_t guess_needs(const struct learnt *learnt,
			    const struct spec_operation *operation, int mode)
{
	const struct spec_operation *other = family.operations;
	uint64_t needed = 0;

	for (; other < family.operations + SPEC_OPERATIONS; other++)
		if (learnt->lists[spec_index(other)])
			needed |= same_names(operation->set,
					     operation->mode[mode].request,
					     other->set,
					     other->mode[SPEC_DUMP].reply);
	return needed;
}

void explore_needs(struct learnt *learnt, const struct channel_family *found)
{
	const struct spec_operation *operation;
	struct channel channel;
	unsigned int i;
	bool accepted;
	int mode;

	channel_open(&channel, true);
	for (mode = SPEC_MODES - 1; mode >= 0; mode--) {
		for (i = 0; i < SPEC_OPERATIONS; i++) {
			operation = &family.operations[i];
			if (!operation->mode[mode].there)
				continue;
			accepted = find_needs(learnt, found, &channel,
					      operation, mode);
			if (mode == SPEC_DUMP)
				learnt->lists[i] = accepted;
		}
	}
	for (i = 0; i < SPEC_OPERATIONS; i++)
		if (family.operations[i].mode[SPEC_DUMP].there &&
		    !learnt->lists[i] && !learnt->needed[i][SPEC_DUMP])
			learnt->needed[i][SPEC_DUMP] =
				guess_needs(learnt, &family.operations[i],
					    SPEC_DUMP);
	channel_close(&channel);
	learn_ready(learnt);
}

static void list(struct learnt *learnt, const struct channel_family *found,
		 struct channel *channel)
{
	static struct datagram datagram;
	unsigned int i;

	for (i = 0; i < SPEC_OPERATIONS; i++) {
		if (!learnt->lists[i])
			continue;
		generate_plain(&datagram, &family.operations[i], SPEC_DUMP, 0,
			       NULL, found->id);
		ask(learnt, found, channel, &datagram);
	}
}

/* Whether something is known that what undoes this could be about. */
static bool is_made(const struct learnt *learnt,
		    const struct spec_operation *operation)
{
	struct random random = {};

	return learnt_choose(learnt, &family.operations[operation->undo],
			     SPEC_DO, &random);
}

static void make_one(struct learnt *learnt, const struct channel_family *found,
		     struct channel *channel,
		     const struct spec_operation *operation)
{
	static struct datagram datagram;
	struct random random = {};
	unsigned int tries;

	/* Not every device takes one. */
	for (tries = 0; tries < 64 && !is_made(learnt, operation); tries++) {
		generate_plain(&datagram, operation, SPEC_DO,
			       learnt->needed[spec_index(operation)][SPEC_DO],
			       learnt_choose(learnt, operation, SPEC_DO,
					     &random), found->id);
		ask(learnt, found, channel, &datagram);
	}
}

void explore_objects(struct learnt *learnt, const struct channel_family *found,
		     bool make)
{
	struct channel channel;
	unsigned int i;

	channel_open(&channel, true);
	for (i = 0; i < SPEC_SETS; i++)
		learnt->nr[i] = 0;
	list(learnt, found, &channel);
	for (i = 0; make && i < SPEC_OPERATIONS; i++)
		if (family.operations[i].undo >= 0)
			make_one(learnt, found, &channel,
				 &family.operations[i]);
	channel_close(&channel);
}
