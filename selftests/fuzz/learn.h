/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's answers teach: which attributes a request must have, and
 * which things exist, by whose attributes other requests name them.
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
	/* Whether a dump needs no attributes, and so lists all. */
	bool lists[SPEC_OPERATIONS];
	/* The latest things of a set. */
	struct learnt_object objects[SPEC_SETS][LEARN_OBJECTS];
	unsigned int nr[SPEC_SETS];
};

/* Ask the kernel what requests need and what there is. */
void learn(struct learnt *learnt, uint16_t id);

/* Remember a thing that the kernel described by these attributes. */
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

/* The thing's attribute with that name, or NULL. The set may be another. */
const struct nlattr *learnt_attribute(const struct learnt_object *object,
				      const struct spec_attribute *attribute);
/* Return: whether there is one, and it is an integer. */
bool learnt_integer(const struct learnt_object *object,
		    const struct spec_attribute *attribute, uint64_t *value);
/* Some integer of the thing, because other attributes may have to fit to it. */
bool learnt_any_integer(const struct learnt_object *object,
			struct random *random, uint64_t *value);

#endif /* _LEARN_H */
