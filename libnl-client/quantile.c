// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * quantile: the time within which a share of all I/Os ended
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <float.h>

#include "export.h"

/**
 * struct place - where an I/O is in a histogram
 * @bin: the bin
 * @share: share of the I/Os of the bin that take no longer, above 0 to 1
 */
struct place {
	uint32_t bin;
	double share;
};

/* The products of most decimal fractions are a little more than they should. */
#define TOLERANCE	(4 * DBL_EPSILON)

/* Return: which of @ios I/Os, from 1, in the order of their times. */
static uint64_t rank_of(double quantile, uint64_t ios)
{
	const double exact = quantile * ios * (1 - TOLERANCE);
	uint64_t rank;

	/* The longest of all, even of more than a double can count. */
	if (quantile >= 1)
		return ios;

	rank = exact;
	if (rank < exact)
		rank++;
	return rank ? rank : 1;
}

static int find(uint32_t bounds_count, const uint64_t *bins, double quantile,
		struct place *place)
{
	uint64_t ios = 0, rank;
	uint32_t i;

	if (!(quantile >= 0 && quantile <= 1))
		return -EINVAL;
	for (i = 0; i <= bounds_count; i++)
		ios += bins[i];
	if (!ios)
		return -ENODATA;

	rank = rank_of(quantile, ios);
	for (i = 0; rank > bins[i]; i++)
		rank -= bins[i];
	place->bin = i;
	place->share = (double)rank / bins[i];
	return 0;
}

static uint64_t low_of(const uint64_t *bounds, uint32_t bin)
{
	return bin ? bounds[bin - 1] : 0;
}

static uint64_t high_of(const uint64_t *bounds, uint32_t bounds_count,
			uint32_t bin)
{
	return bin < bounds_count ? bounds[bin] : UINT64_MAX;
}

int dmstat_histogram_quantile(const uint64_t *bounds, uint32_t bounds_count,
			      const uint64_t *bins, double quantile,
			      uint64_t *low, uint64_t *high)
{
	struct place place;
	int ret;

	ret = find(bounds_count, bins, quantile, &place);
	if (ret)
		return ret;

	*low = low_of(bounds, place.bin);
	*high = high_of(bounds, bounds_count, place.bin);
	return 0;
}

int dmstat_histogram_estimate(const uint64_t *bounds, uint32_t bounds_count,
			      const uint64_t *bins, double quantile,
			      uint64_t longest_ns, uint64_t *estimate)
{
	struct place place;
	uint64_t low, high;
	int ret;

	ret = find(bounds_count, bins, quantile, &place);
	if (ret)
		return ret;

	low = low_of(bounds, place.bin);
	high = high_of(bounds, bounds_count, place.bin);
	if (high > longest_ns)
		high = longest_ns;
	/* The last bin has no end, and counters are not of one moment. */
	if (high < low || high == UINT64_MAX)
		high = low;
	*estimate = low + (uint64_t)(place.share * (high - low));
	return 0;
}

EXPORT(dmstat_histogram_quantile);
EXPORT(dmstat_histogram_estimate);
