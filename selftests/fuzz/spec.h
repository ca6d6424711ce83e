/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the YAML spec has of the family, in tables that describe.py makes.
 * Attributes of a request or an answer are masks of their types.
 */
#ifndef _SPEC_H
#define _SPEC_H

#include <stdbool.h>
#include <stdint.h>

/* SPEC_OPERATIONS and the like; where SPEC_TABLES is defined, the tables. */
#include "family.h"

enum spec_kind {
	SPEC_NONE,			/* a type that is not in the set */
	SPEC_INTEGER,
	SPEC_STRING,
	SPEC_BINARY,
	SPEC_FLAG,
	SPEC_NEST,
};

struct spec_set;

struct spec_attribute {
	const char *name;
	enum spec_kind kind;
	uint16_t number;		/* equal in all sets for equal names */
	uint8_t size;			/* of an integer; 0: 4 bytes or 8 */
	bool multi;			/* may be repeated */
	uint64_t min;			/* value, or length of others */
	uint64_t max;
	const struct spec_set *nest;
};

struct spec_set {
	const char *name;
	const struct spec_attribute *attributes;	/* by type */
	uint16_t end;			/* one more than the highest type */
};

enum { SPEC_DO, SPEC_DUMP, SPEC_MODES };

struct spec_mode {
	bool there;
	bool answers;			/* with a message of the family */
	uint64_t request;
	uint64_t reply;
};

struct spec_operation {
	const char *name;
	uint8_t command;
	const struct spec_set *set;
	bool undoes;			/* deletes what another one makes */
	struct spec_mode mode[SPEC_MODES];
};

/* A notification. */
struct spec_event {
	const char *name;
	uint8_t command;
	const struct spec_set *set;
	uint64_t attributes;
};

struct spec_family {
	uint8_t version;
	const struct spec_set *sets;			/* SPEC_SETS */
	const struct spec_operation *operations;	/* SPEC_OPERATIONS */
	const struct spec_event *events;		/* SPEC_EVENTS */
};

extern const struct spec_family family;

/* Return: NULL if there is none. */
const struct spec_operation *spec_operation(uint8_t command);
const struct spec_event *spec_event(uint8_t command);
const struct spec_attribute *spec_attribute(const struct spec_set *set,
					    uint16_t type);

static inline unsigned int spec_index(const struct spec_operation *operation)
{
	return operation - family.operations;
}

static inline unsigned int spec_set_index(const struct spec_set *set)
{
	return set - family.sets;
}

/* The types in a mask, from the lowest on. */
#define spec_for_each_type(type, mask, left)				\
	for (left = (mask);						\
	     (left) && ((type) = __builtin_ctzll(left), true);		\
	     left &= (left) - 1)

#endif /* _SPEC_H */
