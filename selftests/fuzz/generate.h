/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages as the spec describes them: most values make sense, some are hostile.
 */
#ifndef _GENERATE_H
#define _GENERATE_H

#include "datagram.h"
#include "learn.h"
#include "random.h"

/* Some messages to the family with this id, in an empty datagram. */
void generate(struct datagram *datagram, struct random *random,
	      const struct learnt *learnt, uint16_t id);

/* A message with the least values of these attributes, nothing random. */
void generate_plain(struct datagram *datagram,
		    const struct spec_operation *operation, int mode,
		    uint64_t types, uint16_t id);

#endif /* _GENERATE_H */
