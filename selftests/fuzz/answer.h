/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers, held against what was asked and against the spec.
 */
#ifndef _ANSWER_H
#define _ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"
#include "datagram.h"
#include "learn.h"

/* A datagram from the kernel. What is wrong with it is complained of. */
struct answer_context {
	const struct channel *channel;
	uint16_t id;			/* of the family */
	struct datagram *asked;		/* NULL: nobody knows any more */
	struct learnt *learnt;		/* or NULL */
};

void answer_take(const struct answer_context *context, const void *data,
		 size_t size);

/*
 * Nothing more will come. If @left, dumps were not read to the end, so what is
 * behind them is not known.
 */
void answer_end(const struct answer_context *context, bool left);

/* Whether a dump of this has more to come. */
bool answer_dump_runs(const struct datagram *asked);

#endif /* _ANSWER_H */
