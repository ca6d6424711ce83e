/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is learnt from the kernel's answers: which attributes a request must
 * have, and things that exist, by whose attributes other requests name them.
 */
#ifndef _LEARN_H
#define _LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "random.h"
#include "spec.h"

#define LEARN_OBJECTS 16
#define LEARN_SIZE 512

/* The attributes that the kernel gave of one thing. */
struct learnt_object {
	const struct spec_set *set;
	uint16_t size;
	uint8_t attributes[LEARN_SIZE] __attribute__((aligned(8)));
};

struct learnt {
	/* Types that a request must have. */
	uint64_t needed[SPEC_OPERATIONS][SPEC_MODES];
	/* Whether a dump lists things without being told which. */
	bool lists[SPEC_OPERATIONS];
	/* Whether answers tell of things that requests have to name. */
	bool teaches[SPEC_OPERATIONS][SPEC_MODES];
	/* Things of a set, the latest ones. */
	struct learnt_object objects[SPEC_SETS][LEARN_OBJECTS];
	unsigned int nr[SPEC_SETS];
};

/* All that is needed is known: find out which answers teach. */
void learn_ready(struct learnt *learnt);

/* Something that has been told with attributes of this set. */
void learn_object(struct learnt *learnt, const struct spec_set *set,
		  const void *attributes, size_t size);

/*
 * Something that such a request can be about. Always takes one number from
 * @random. Return: NULL if nothing is known.
 */
const struct learnt_object *
learnt_choose(const struct learnt *learnt,
	      const struct spec_operation *operation, int mode,
	      struct random *random);

/* Return: whether the thing has the attribute: an integer, or something else. */
bool learnt_integer(const struct learnt_object *object,
		    const struct spec_attribute *attribute, uint64_t *value);
const struct nlattr *learnt_attribute(const struct learnt_object *object,
				      const struct spec_attribute *attribute);

/* Some integer of the thing: its other attributes may have to fit to it. */
bool learnt_any_integer(const struct learnt_object *object,
			struct random *random, uint64_t *value);

/* By name, of the latest thing that has it. */
bool learnt_by_name(const struct learnt *learnt, const char *name,
		    uint64_t *value);
/* The name of an attribute of a request that has to have it, or NULL. */
const char *learnt_needed_name(const struct learnt *learnt,
			       const struct spec_operation *operation, int mode,
			       uint16_t type);

#endif /* _LEARN_H */
