/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checking answers: against the request and against the spec.
 */
#ifndef _ANSWER_H
#define _ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"
#include "datagram.h"
#include "learn.h"

struct answer_context {
	const struct channel *channel;
	uint16_t id;			/* of the family */
	struct datagram *asked;		/* NULL: not known any more */
	struct learnt *learnt;		/* or NULL */
};

/* Check a datagram from the kernel. */
void answer_take(const struct answer_context *context, const void *data,
		 size_t size);

/* The answer has ended. If @left, dumps were not read to their end. */
void answer_end(const struct answer_context *context, bool left);

/* Whether a dump of this has more to come. */
bool answer_dump_runs(const struct datagram *asked);

#endif /* _ANSWER_H */
