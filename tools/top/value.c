// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of a row: what each column has of an item, and the order by it.
 */
#include <stdlib.h>
#include <string.h>

#include "top/value.h"

#define NS_PER_SECOND	1e9

static const uint64_t *bounds_of(const struct watch_item *item, int operation,
				 uint32_t *count)
{
	if (operation == DMSTAT_FLUSH) {
		*count = DMSTAT_FLUSH_BINS - 1;
		return dmstat_flush_bounds();
	}
	*count = item->bounds_count;
	return item->bounds;
}

bool value_p99_bounds(const struct watch_item *item, int operation,
		      uint64_t *low, uint64_t *high)
{
	const uint64_t *bounds;
	uint32_t count;

	bounds = bounds_of(item, operation, &count);
	return count && !dmstat_histogram_quantile(bounds, count,
						   item->io[operation].bins,
						   0.99, low, high);
}

/* Within the bin it is a guess. No I/O took longer than the longest. */
static bool p99(const struct watch_item *item, int operation, double *number)
{
	const struct watch_io *io = &item->io[operation];
	const uint64_t *bounds;
	uint64_t estimate;
	uint32_t count;

	bounds = bounds_of(item, operation, &count);
	if (!count || dmstat_histogram_estimate(bounds, count, io->bins, 0.99,
						io->longest_ns, &estimate))
		return false;
	if (io->longest_ns && estimate > io->longest_ns)
		estimate = io->longest_ns;
	*number = estimate;
	return true;
}

static double per_second(const struct watch_item *item, uint64_t count)
{
	return item->elapsed_ns ? count * NS_PER_SECOND / item->elapsed_ns : 0;
}

static bool value_of_io(const struct watch_item *item, enum value which,
			double *number)
{
	const int operation = which % WATCH_OPERATIONS;
	const struct watch_io *io = &item->io[operation];

	switch (which - operation) {
	case VALUE_RATE:
		*number = per_second(item, io->ios);
		return item->elapsed_ns;
	case VALUE_DATA:
		*number = per_second(item, io->sectors);
		return item->elapsed_ns;
	case VALUE_MEAN:
		*number = io->ios ? (double)io->ns / io->ios : 0;
		return io->ios;
	default:
		return p99(item, operation, number);
	}
}

bool value_of(const struct watch_item *item, enum value which, double *number)
{
	*number = 0;
	switch (which) {
	case VALUE_QUEUE:
		*number = item->queue;
		return item->elapsed_ns;
	case VALUE_BUSY:
		*number = item->busy * 100;
		return item->has_busy;
	case VALUE_OLDEST:
		*number = item->oldest_ns;
		return item->oldest_ns;
	default:
		return value_of_io(item, which, number);
	}
}

enum unit value_unit(enum value which)
{
	if (which < VALUE_DATA)
		return UNIT_NONE;
	if (which < VALUE_MEAN)
		return UNIT_SECTORS;
	if (which < VALUE_QUEUE || which == VALUE_OLDEST)
		return UNIT_NS;
	return UNIT_NONE;
}

const char *order_name(enum order order)
{
	static const char *const names[] = {
		[ORDER_QUEUE] = "queue",
		[ORDER_IOS] = "ios",
		[ORDER_READS] = "reads",
		[ORDER_WRITES] = "writes",
		[ORDER_DISCARDS] = "discards",
		[ORDER_FLUSHES] = "flushes",
		[ORDER_DATA] = "data",
		[ORDER_READ_P99] = "read-p99",
		[ORDER_WRITE_P99] = "write-p99",
		[ORDER_FLUSH_P99] = "flush-p99",
		[ORDER_BUSY] = "busy",
		[ORDER_OLDEST] = "oldest",
		[ORDER_NAME] = "name",
	};

	return names[order];
}

enum order order_parse(const char *name)
{
	enum order order = 0;

	while (order < ORDER_COUNT && strcmp(order_name(order), name))
		order++;
	return order;
}

static double sum(const struct watch_item *item, enum value first)
{
	double all = 0, one;
	int i;

	for (i = 0; i < WATCH_OPERATIONS; i++) {
		value_of(item, first + i, &one);
		all += one;
	}
	return all;
}

static double key(const struct watch_item *item, enum order order)
{
	static const enum value values[] = {
		[ORDER_QUEUE] = VALUE_QUEUE,
		[ORDER_READS] = VALUE_RATE + DMSTAT_READ,
		[ORDER_WRITES] = VALUE_RATE + DMSTAT_WRITE,
		[ORDER_DISCARDS] = VALUE_RATE + DMSTAT_DISCARD,
		[ORDER_FLUSHES] = VALUE_RATE + DMSTAT_FLUSH,
		[ORDER_READ_P99] = VALUE_P99 + DMSTAT_READ,
		[ORDER_WRITE_P99] = VALUE_P99 + DMSTAT_WRITE,
		[ORDER_FLUSH_P99] = VALUE_P99 + DMSTAT_FLUSH,
		[ORDER_BUSY] = VALUE_BUSY,
		[ORDER_OLDEST] = VALUE_OLDEST,
	};
	double number;

	if (order == ORDER_NAME)
		return 0;
	if (order == ORDER_IOS)
		return sum(item, VALUE_RATE);
	if (order == ORDER_DATA)
		return sum(item, VALUE_DATA);
	value_of(item, values[order], &number);
	return number;
}

/* What qsort() must know besides. */
static enum order by;
static int direction;

static int compare(const void *a, const void *b)
{
	const struct watch_item *left = *(const struct watch_item *const *)a;
	const struct watch_item *right = *(const struct watch_item *const *)b;
	const double left_key = key(left, by), right_key = key(right, by);
	int names;

	if (left_key != right_key)
		return left_key > right_key ? -direction : direction;
	names = strcmp(left->label, right->label);
	if (!names)
		names = left->id < right->id ? -1 : 1;
	return by == ORDER_NAME ? direction * names : names;
}

void order_items(const struct watch_item **items, size_t count,
		 enum order order, bool reverse)
{
	by = order;
	direction = reverse ? -1 : 1;
	if (count)
		qsort(items, count, sizeof(*items), compare);
}
