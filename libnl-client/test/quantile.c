// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * quantile: quantiles of histograms
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "../dmstat.h"
#include "test.h"

static const uint64_t bounds[] = { 10, 100, 1000 };

#define BOUNDS	3

/* A quantile of a histogram with these bounds. */
struct found {
	int ret;
	uint64_t low, high, estimate;
};

static struct found find(const uint64_t *bins, double quantile)
{
	struct found found = { .low = 77, .high = 77, .estimate = 77 };
	int ret;

	found.ret = dmstat_histogram_quantile(bounds, BOUNDS, bins, quantile,
					      &found.low, &found.high);
	ret = dmstat_histogram_estimate(bounds, BOUNDS, bins, quantile,
					UINT64_MAX, &found.estimate);
	EXPECT_EQUAL(ret, found.ret);
	return found;
}

#define EXPECT_BETWEEN(bins, quantile, least, most) do {		\
	const struct found found_ = find(bins, quantile);		\
									\
	EXPECT_EQUAL(found_.ret, 0);					\
	EXPECT_EQUAL(found_.low, least);				\
	EXPECT_EQUAL(found_.high, most);				\
	EXPECT(found_.estimate >= found_.low);				\
	EXPECT(found_.estimate <= found_.high);				\
} while (0)

static void a_quantile_is_between_the_bounds_of_its_bin(void)
{
	const uint64_t bins[] = { 90, 8, 1, 1 };

	EXPECT_BETWEEN(bins, 0, 0, 10);
	EXPECT_BETWEEN(bins, 0.5, 0, 10);
	EXPECT_BETWEEN(bins, 0.9, 0, 10);
	EXPECT_BETWEEN(bins, 0.901, 10, 100);
	EXPECT_BETWEEN(bins, 0.98, 10, 100);
	EXPECT_BETWEEN(bins, 0.99, 100, 1000);
	EXPECT_BETWEEN(bins, 0.999, 1000, UINT64_MAX);
	EXPECT_BETWEEN(bins, 1, 1000, UINT64_MAX);
}

/* 0.07 * 100 is more than 7 in floating-point numbers. */
static void every_percentile_of_a_hundred_is_the_io_of_that_number(void)
{
	int percent;

	for (percent = 1; percent <= 100; percent++) {
		const uint64_t up_to[] = { percent, 100 - percent, 0, 0 };
		const uint64_t from[] = { percent - 1, 101 - percent, 0, 0 };

		EXPECT_BETWEEN(up_to, percent / 100.0, 0, 10);
		EXPECT_BETWEEN(from, percent / 100.0, 10, 100);
	}
}

static void empty_bins_are_skipped(void)
{
	const uint64_t middle[] = { 0, 0, 1, 0 }, ends[] = { 1, 0, 0, 1 };

	EXPECT_BETWEEN(middle, 0, 100, 1000);
	EXPECT_BETWEEN(middle, 1, 100, 1000);
	EXPECT_BETWEEN(ends, 0.5, 0, 10);
	EXPECT_BETWEEN(ends, 0.51, 1000, UINT64_MAX);
}

static void without_io_there_is_no_quantile(void)
{
	const uint64_t bins[] = { 0, 0, 0, 0 };
	const struct found found = find(bins, 0.5);

	EXPECT_EQUAL(found.ret, -ENODATA);
	EXPECT_EQUAL(found.low, 77);
	EXPECT_EQUAL(found.high, 77);
	EXPECT_EQUAL(found.estimate, 77);
}

static void impossible_quantiles_are_refused(void)
{
	const uint64_t bins[] = { 1, 1, 1, 1 };

	EXPECT_EQUAL(find(bins, -0.01).ret, -EINVAL);
	EXPECT_EQUAL(find(bins, 1.01).ret, -EINVAL);
	EXPECT_EQUAL(find(bins, NAN).ret, -EINVAL);
	EXPECT_EQUAL(find(bins, INFINITY).ret, -EINVAL);
}

static void without_bounds_nothing_is_known(void)
{
	const uint64_t bin = 5;
	uint64_t low = 77, high = 77;

	EXPECT_EQUAL(dmstat_histogram_quantile(NULL, 0, &bin, 0.5, &low, &high),
		     0);
	EXPECT_EQUAL(low, 0);
	EXPECT_EQUAL(high, UINT64_MAX);
}

static uint64_t estimate(const uint64_t *bins, double quantile,
			 uint64_t longest_ns)
{
	uint64_t estimate = 77;

	EXPECT_EQUAL(dmstat_histogram_estimate(bounds, BOUNDS, bins, quantile,
					       longest_ns, &estimate), 0);
	return estimate;
}

static void an_estimate_is_spread_evenly_over_the_bin(void)
{
	const uint64_t bins[] = { 0, 9, 0, 2 };

	EXPECT_EQUAL(estimate(bins, 1 / 11.0, UINT64_MAX), 20);
	EXPECT_EQUAL(estimate(bins, 5 / 11.0, UINT64_MAX), 60);
	EXPECT_EQUAL(estimate(bins, 9 / 11.0, UINT64_MAX), 100);

	/* The end of the last bin is not known, or is the longest time. */
	EXPECT_EQUAL(estimate(bins, 1, UINT64_MAX), 1000);
	EXPECT_EQUAL(estimate(bins, 10 / 11.0, 5000), 3000);
	EXPECT_EQUAL(estimate(bins, 1, 5000), 5000);
}

static void no_estimate_is_above_the_longest_time(void)
{
	const uint64_t bins[] = { 0, 10, 0, 0 };

	EXPECT_EQUAL(estimate(bins, 1, 30), 30);
	EXPECT_EQUAL(estimate(bins, 0.5, 30), 20);
	/* An I/O that ended meanwhile may be in some of the counters only. */
	EXPECT_EQUAL(estimate(bins, 0.5, 3), 10);
}

static void the_largest_numbers_do_not_overflow(void)
{
	const uint64_t bins[] = { UINT64_MAX - 2, 1, 1, 0 };

	EXPECT_BETWEEN(bins, 0.5, 0, 10);
	EXPECT_BETWEEN(bins, 1, 100, 1000);
}

/* The number of the bin of a flush is documented with struct dmstat_flush. */
static void flushes_have_bounds_of_powers_of_two_microseconds(void)
{
	const uint64_t *of_flushes = dmstat_flush_bounds();
	uint64_t bins[DMSTAT_FLUSH_BINS] = { [5] = 1 }, low, high;
	int i;

	for (i = 0; i < DMSTAT_FLUSH_BINS - 1; i++)
		EXPECT_EQUAL(of_flushes[i], UINT64_C(1000) << i);
	EXPECT_EQUAL(dmstat_histogram_quantile(of_flushes,
					       DMSTAT_FLUSH_BINS - 1, bins,
					       0.99, &low, &high), 0);
	EXPECT_EQUAL(low, 16000);
	EXPECT_EQUAL(high, 32000);
}

static const struct test tests[] = {
	TEST(a_quantile_is_between_the_bounds_of_its_bin),
	TEST(every_percentile_of_a_hundred_is_the_io_of_that_number),
	TEST(empty_bins_are_skipped),
	TEST(without_io_there_is_no_quantile),
	TEST(impossible_quantiles_are_refused),
	TEST(without_bounds_nothing_is_known),
	TEST(an_estimate_is_spread_evenly_over_the_bin),
	TEST(no_estimate_is_above_the_longest_time),
	TEST(the_largest_numbers_do_not_overflow),
	TEST(flushes_have_bounds_of_powers_of_two_microseconds),
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
