/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live screen: reads, draws, and does what keys ask for.
 */
#ifndef DMSTAT_NL_TOP_LIVE_H
#define DMSTAT_NL_TOP_LIVE_H

#include "top/value.h"

/**
 * struct live_options - how it begins
 * @interval_ns: time between readings
 * @count: end after so many
 * @old_ns: I/O in flight for so long is shown in red
 * @order: by what the list is sorted
 * @reverse: the other way round
 * @flat: no tree
 */
struct live_options {
	uint64_t interval_ns;
	uint64_t count;
	uint64_t old_ns;
	enum order order;
	bool reverse;
	bool flat;
};

/**
 * live_run() - show a watch until the user quits
 * @watch: the watch
 * @options: how
 *
 * Return: 0; positive: the terminal is gone or was refused; a negative error
 * number.
 */
int live_run(struct watch *watch, const struct live_options *options);

#endif /* DMSTAT_NL_TOP_LIVE_H */
