// SPDX-License-Identifier: GPL-2.0-only
/*
 * Learning from answers what a next request can be about.
 */
#include <stddef.h>
#include <string.h>

#include "../attribute.h"
#include "learn.h"

/* Whether a set of attributes has all names that are needed in a request. */
static bool has_names(const struct spec_set *set, uint64_t types,
		      const struct spec_set *other, uint64_t needed)
{
	uint64_t left, others_left;
	uint16_t type, other_type;
	bool found;

	spec_for_each_type(other_type, needed, others_left) {
		found = false;
		spec_for_each_type(type, types, left)
			found |= set->attributes[type].number ==
				 other->attributes[other_type].number;
		if (!found)
			return false;
	}
	return needed;
}

static bool teaches(const struct learnt *learnt,
		    const struct spec_operation *operation, int mode)
{
	const struct spec_operation *other;
	unsigned int i;
	int m;

	for (i = 0; i < SPEC_OPERATIONS; i++) {
		other = &family.operations[i];
		for (m = 0; m < SPEC_MODES; m++)
			if (has_names(operation->set,
				      operation->mode[mode].reply, other->set,
				      learnt->needed[i][m]))
				return true;
	}
	return false;
}

void learn_ready(struct learnt *learnt)
{
	unsigned int i;
	int mode;

	for (i = 0; i < SPEC_OPERATIONS; i++)
		for (mode = 0; mode < SPEC_MODES; mode++)
			learnt->teaches[i][mode] =
				teaches(learnt, &family.operations[i], mode);
}

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

/* In another set an attribute of the same name is of the same thing. */
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

static bool is_integer(const struct spec_attribute *attribute)
{
	return attribute->kind == SPEC_UNSIGNED ||
	       attribute->kind == SPEC_SIGNED;
}

static bool get_integer(const struct learnt_object *object,
			const struct nlattr *a, uint64_t *value)
{
	const struct spec_attribute *known;

	known = spec_attribute(object->set, attribute_type(a));
	if (!known || !is_integer(known) ||
	    !integer_size_is_known(attribute_size(a)))
		return false;
	*value = integer_get(attribute_data(a), attribute_size(a),
			     known->kind == SPEC_SIGNED, known->swapped);
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

/* The latest of a set. */
static const struct learnt_object *latest(const struct learnt *learnt,
					  unsigned int set)
{
	if (!learnt->nr[set])
		return NULL;
	return &learnt->objects[set][(learnt->nr[set] - 1) % LEARN_OBJECTS];
}

bool learnt_by_name(const struct learnt *learnt, const char *name,
		    uint64_t *value)
{
	const struct learnt_object *object;
	const struct spec_set *set;
	unsigned int i;
	uint16_t type;

	for (i = 0; i < SPEC_SETS; i++) {
		object = latest(learnt, i);
		set = &family.sets[i];
		for (type = 0; object && type < set->end; type++)
			if (spec_attribute(set, type) &&
			    !strcmp(set->attributes[type].name, name) &&
			    learnt_integer(object, &set->attributes[type],
					   value))
				return true;
	}
	return false;
}

const char *learnt_needed_name(const struct learnt *learnt,
			       const struct spec_operation *operation, int mode,
			       uint16_t type)
{
	if (type >= 64 ||
	    !(learnt->needed[spec_index(operation)][mode] >> type & 1))
		return NULL;
	return spec_attribute(operation->set, type)->name;
}
