// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables made by describe.py, and looking things up in them.
 */
#include <stddef.h>

#include "spec.h"

#define SPEC_TABLES
#include "family.h"

const struct spec_operation *spec_operation(uint8_t command)
{
	unsigned int i;

	for (i = 0; i < SPEC_OPERATIONS; i++)
		if (family.operations[i].command == command)
			return &family.operations[i];
	return NULL;
}

const struct spec_event *spec_event(uint8_t command)
{
	unsigned int i;

	for (i = 0; i < SPEC_EVENTS; i++)
		if (family.events[i].command == command)
			return &family.events[i];
	return NULL;
}

const struct spec_attribute *spec_attribute(const struct spec_set *set,
					    uint16_t type)
{
	if (type >= set->end || set->attributes[type].kind == SPEC_NONE)
		return NULL;
	return &set->attributes[type];
}
