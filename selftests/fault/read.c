// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that only read: what they give is right, and all of it unless they
 * failed.
 */
#include <string.h>

#include "../request.h"
#include "check.h"
#include "notification.h"

/* Return: the attribute that differs, or 0. */
static uint16_t differs_but(const struct object *a, const struct object *b,
			    uint16_t varies)
{
	const struct nlattr *x, *y;
	uint16_t type;

	for (type = 1; type <= DMSTAT_A_AREA_MAX; type++) {
		x = object_find(a, type);
		y = object_find(b, type);
		if (type == varies || (!x && !y))
			continue;
		if (!x || !y || x->nla_len != y->nla_len ||
		    memcmp(x, y, x->nla_len))
			return type;
	}
	return 0;
}

void check_read(struct sweep *sweep, struct exchange *exchange)
{
	const struct answer *expected = &sweep->expected;
	const struct answer *answer = &exchange->answer;
	const struct object *a, *b;
	uint16_t type;
	size_t i;

	if (answer->nr > expected->nr ||
	    (succeeded(exchange) && answer->nr != expected->nr))
		complain(sweep, "%zu of %zu objects, %s", answer->nr,
			 expected->nr, strerror(answer->error));
	for (i = 0; i < answer->nr && i < expected->nr; i++) {
		a = &answer->objects[i];
		b = &expected->objects[i];
		type = differs_but(a, b, sweep->request->varies);
		if (type)
			complain(sweep, "attribute %u of object %zu differs: %llu, not %llu",
				 type, i,
				 (unsigned long long)object_uint(a, type),
				 (unsigned long long)object_uint(b, type));
		if (a->command != b->command ||
		    object_count(a) != object_count(b))
			complain(sweep, "object %zu is another one", i);
	}
	check_notified(sweep, 0, 0);
}
