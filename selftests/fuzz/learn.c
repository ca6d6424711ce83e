// SPDX-License-Identifier: GPL-2.0-only
/*
 * Learning from answers. A request without attributes is refused for the first one
 * that it misses, and a dump that needs none lists all things.
 */
#include <string.h>

#include "../attribute.h"
#include "exchange.h"
#include "generate.h"
#include "learn.h"

/* ----------------------------------------------------------------- objects */

void learn_object(struct learnt *learnt, const struct spec_set *set,
		  const void *attributes, size_t size)
{
	unsigned int index = spec_set_index(set);
	struct learnt_object *object;

	if (size > LEARN_SIZE)
		return;
	object = &learnt->objects[index][learnt->nr[index]++ % LEARN_OBJECTS];
	object->set = set;
	object->size = size;
	memcpy(object->attributes, attributes, size);
}

const struct nlattr *learnt_attribute(const struct learnt_object *object,
				      const struct spec_attribute *attribute)
{
	const struct spec_attribute *known;
	const struct nlattr *a;

	for_each_attribute(a, object->attributes, object->size) {
		known = spec_attribute(object->set, attribute_type(a));
		if (known && known->number == attribute->number)
			return a;
	}
	return NULL;
}

static bool get_integer(const struct learnt_object *object,
			const struct nlattr *a, uint64_t *value)
{
	const struct spec_attribute *known;

	known = spec_attribute(object->set, attribute_type(a));
	if (!known || known->kind != SPEC_INTEGER ||
	    !integer_size_is_known(attribute_size(a)))
		return false;
	*value = integer_get(attribute_data(a), attribute_size(a));
	return true;
}

bool learnt_integer(const struct learnt_object *object,
		    const struct spec_attribute *attribute, uint64_t *value)
{
	const struct nlattr *a = learnt_attribute(object, attribute);

	return a && get_integer(object, a, value);
}

bool learnt_any_integer(const struct learnt_object *object,
			struct random *random, uint64_t *value)
{
	const struct nlattr *a;
	uint64_t nr = 0, chosen;

	for_each_attribute(a, object->attributes, object->size)
		nr++;
	chosen = random_below(random, nr);
	for_each_attribute(a, object->attributes, object->size)
		if (!chosen--)
			return get_integer(object, a, value);
	return false;
}

static bool has_all(const struct learnt_object *object,
		    const struct spec_set *set, uint64_t types)
{
	uint16_t type;
	uint64_t left;

	spec_for_each_type(type, types, left)
		if (!learnt_attribute(object, spec_attribute(set, type)))
			return false;
	return true;
}

const struct learnt_object *
learnt_choose(const struct learnt *learnt,
	      const struct spec_operation *operation, int mode,
	      struct random *random)
{
	uint64_t needed = learnt->needed[spec_index(operation)][mode];
	const struct learnt_object *fit[SPEC_SETS];
	uint64_t chosen = random_next(random);
	const struct learnt_object *object;
	unsigned int i, nr = 0, slot;

	slot = chosen % LEARN_OBJECTS;
	for (i = 0; i < SPEC_SETS; i++) {
		if (!learnt->nr[i])
			continue;
		object = &learnt->objects[i][slot % learnt->nr[i]];
		if (has_all(object, operation->set, needed))
			fit[nr++] = object;
	}
	return nr ? fit[chosen / LEARN_OBJECTS % nr] : NULL;
}

/* ------------------------------------------------------------------- needs */

static void ask(struct learnt *learnt, struct channel *channel, uint16_t id,
		struct datagram *datagram)
{
	const struct exchange asked = {
		.id = id,
		.channel = channel,
		.datagram = datagram,
		.learnt = learnt,
		.most = EXCHANGE_ALL,
	};

	datagram_walk(datagram, id, 1);
	exchange(&asked);
}

/* Return: whether the request is accepted once it misses nothing. */
static bool find_needs(struct learnt *learnt, struct channel *channel,
		       uint16_t id, const struct spec_operation *operation,
		       int mode)
{
	uint64_t *needed = &learnt->needed[spec_index(operation)][mode];
	static struct datagram datagram;
	uint64_t bit;

	for (;;) {
		generate_plain(&datagram, operation, mode, *needed, id);
		ask(learnt, channel, id, &datagram);
		bit = 1ULL << datagram.requests[0].missing;
		if (bit == 1 || *needed & bit ||
		    !(operation->mode[mode].request & bit))
			return datagram.requests[0].verdict ==
			       VERDICT_ACCEPTED;
		*needed |= bit;
	}
}

/* The types of a set that have the name of some other attributes. */
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
 * Kernels before 6.12 do not say what a dump misses. Guess: what names things
 * that other dumps list.
 */
static uint64_t guess_needs(const struct learnt *learnt,
			    const struct spec_operation *operation)
{
	const struct spec_operation *other = family.operations;
	uint64_t needed = 0;

	for (; other < family.operations + SPEC_OPERATIONS; other++)
		if (learnt->lists[spec_index(other)])
			needed |= same_names(operation->set,
					operation->mode[SPEC_DUMP].request,
					other->set,
					other->mode[SPEC_DUMP].reply);
	return needed;
}

void learn(struct learnt *learnt, uint16_t id)
{
	const struct spec_operation *operation;
	struct channel channel;
	unsigned int i;

	channel_open(&channel, true);
	for (i = 0; i < SPEC_OPERATIONS; i++) {
		operation = &family.operations[i];
		if (operation->mode[SPEC_DUMP].there)
			learnt->lists[i] = find_needs(learnt, &channel, id,
						      operation, SPEC_DUMP);
		if (operation->mode[SPEC_DO].there)
			find_needs(learnt, &channel, id, operation, SPEC_DO);
	}
	for (i = 0; i < SPEC_OPERATIONS; i++)
		if (!learnt->lists[i] && !learnt->needed[i][SPEC_DUMP])
			learnt->needed[i][SPEC_DUMP] =
				guess_needs(learnt, &family.operations[i]);
	channel_close(&channel);
}
