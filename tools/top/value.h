/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of a row: what each column has of an item, and the order by it.
 */
#ifndef DMSTAT_NL_TOP_VALUE_H
#define DMSTAT_NL_TOP_VALUE_H

#include "out/unit.h"
#include "source/watch.h"

/* Values by operation, in the order of DMSTAT_READ, _WRITE, _DISCARD, _FLUSH. */
enum value {
	VALUE_RATE,
	VALUE_DATA = VALUE_RATE + WATCH_OPERATIONS,
	VALUE_MEAN = VALUE_DATA + WATCH_OPERATIONS,
	VALUE_P99 = VALUE_MEAN + WATCH_OPERATIONS,
	VALUE_QUEUE = VALUE_P99 + WATCH_OPERATIONS,
	VALUE_BUSY,
	VALUE_OLDEST,
	VALUE_COUNT
};

/**
 * value_of() - a value of an item
 * @item: the item
 * @which: the value
 * @number: set to it: I/Os or sectors a second, nanoseconds, I/Os, percent
 *
 * Return: whether it is known. There is no mean without I/O, for one.
 */
bool value_of(const struct watch_item *item, enum value which, double *number);

/** value_unit() - what it counts */
enum unit value_unit(enum value which);

/**
 * value_p99_bounds() - what is known for sure of a 99th percentile
 * @item: the item
 * @operation: DMSTAT_READ to DMSTAT_FLUSH
 * @low: set to its lower bound
 * @high: set to its upper bound; UINT64_MAX: none
 *
 * Return: whether it is known.
 */
bool value_p99_bounds(const struct watch_item *item, int operation,
		      uint64_t *low, uint64_t *high);

/**
 * enum order - by what rows are sorted, the greatest first, names rising
 */
enum order {
	ORDER_QUEUE,
	ORDER_IOS,
	ORDER_READS,
	ORDER_WRITES,
	ORDER_DISCARDS,
	ORDER_FLUSHES,
	ORDER_DATA,
	ORDER_READ_P99,
	ORDER_WRITE_P99,
	ORDER_FLUSH_P99,
	ORDER_BUSY,
	ORDER_OLDEST,
	ORDER_NAME,
	ORDER_COUNT
};

/** order_name() - the name of an order, as an option takes it */
const char *order_name(enum order order);

/** order_parse() - the order of a name; ORDER_COUNT: there is none */
enum order order_parse(const char *name);

/**
 * order_items() - sort items
 * @items: the items
 * @count: how many
 * @order: by what
 * @reverse: the other way round
 */
void order_items(const struct watch_item **items, size_t count,
		 enum order order, bool reverse);

#endif /* DMSTAT_NL_TOP_VALUE_H */
