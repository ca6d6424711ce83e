/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate: how fast counters grow
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_RATE_H
#define DMSTAT_RATE_H

#include "dmstat.h"

static inline uint64_t rate_growth(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

/* Of a counter that a clear sets back to 0. */
static inline uint64_t rate_growth_reset(uint64_t before, uint64_t after)
{
	return after < before ? after : after - before;
}

/* Without a time, all rates are 0. */
static inline double rate_of(uint64_t amount, uint64_t elapsed_ns)
{
	return elapsed_ns ? (double)amount / elapsed_ns : 0;
}

/* A time was taken before its counters were read: busy time may be more. */
static inline double rate_utilization(uint64_t busy_ns, uint64_t elapsed_ns)
{
	const double share = rate_of(busy_ns, elapsed_ns);

	return share > 1 ? 1 : share;
}

void dmstat_rate_growth(struct dmstat_io *growth_of,
			const struct dmstat_io *before,
			const struct dmstat_io *after);
void dmstat_rate(struct dmstat_rate *rate, const struct dmstat_io *growth_of,
		 uint64_t elapsed_ns);
void dmstat_rate_longest(struct dmstat_rate *rate,
			 const struct dmstat_io *growth_of,
			 uint64_t longest_before_ns, const uint64_t *bounds,
			 const struct dmstat_histogram *histogram);

void dmstat_rate_longest_cleared(struct dmstat_rate *rate,
				 const struct dmstat_io *growth_of,
				 uint64_t least_ns, const uint64_t *bounds,
				 const struct dmstat_histogram *histogram);

#endif /* DMSTAT_RATE_H */
