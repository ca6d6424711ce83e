// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that only read: what they give is right, and all of it unless they
 * failed.
 */
#include <string.h>

#include "../request.h"
#include "check.h"
#include "notification.h"

static bool same_but(const struct object *a, const struct object *b,
		     uint16_t varies)
{
	const struct nlattr *x, *y;
	uint16_t type;

	if (a->command != b->command || object_count(a) != object_count(b))
		return false;
	for (type = 1; type <= DMSTAT_A_AREA_MAX; type++) {
		x = object_find(a, type);
		y = object_find(b, type);
		if (type == varies || (!x && !y))
			continue;
		if (!x || !y || x->nla_len != y->nla_len ||
		    memcmp(x, y, x->nla_len))
			return false;
	}
	return true;
}

void check_read(struct sweep *sweep, struct exchange *exchange)
{
	const struct answer *expected = &sweep->expected;
	const struct answer *answer = &exchange->answer;
	size_t i;

	if (answer->nr > expected->nr ||
	    (succeeded(exchange) && answer->nr != expected->nr))
		complain(sweep, "%zu of %zu objects, %s", answer->nr,
			 expected->nr, strerror(answer->error));
	for (i = 0; i < answer->nr && i < expected->nr; i++) {
		if (!same_but(&answer->objects[i], &expected->objects[i],
			      sweep->request->varies))
			complain(sweep, "object %zu differs", i);
	}
	check_notified(sweep, 0, 0);
}
