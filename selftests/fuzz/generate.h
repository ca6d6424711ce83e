/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages as the spec wants them, with values of which most make sense and
 * some are hostile.
 */
#ifndef _GENERATE_H
#define _GENERATE_H

#include "datagram.h"
#include "learn.h"
#include "random.h"

/* Some messages to the family with this id, in an empty datagram. */
void generate(struct datagram *datagram, struct random *random,
	      const struct learnt *learnt, uint16_t id);

/* A message with what it needs, of this thing: nothing is left to chance. */
void generate_plain(struct datagram *datagram,
		    const struct spec_operation *operation, int mode,
		    uint64_t types, const struct learnt_object *object,
		    uint16_t id);

#endif /* _GENERATE_H */
