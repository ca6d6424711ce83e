/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line for all: what the items of a watch did together.
 */
#ifndef DMSTAT_NL_TOP_TOTAL_H
#define DMSTAT_NL_TOP_TOTAL_H

#include "source/watch.h"

/**
 * total_of() - add up the items of a watch
 * @all: set to the sums; its pointers are not set
 * @watch: the watch
 *
 * A device below another watched one is left out, because its I/O has been
 * counted above; of a disk with partitions, those that nothing watched is on are
 * added. Ranges are left out, because they are parts of devices. The oldest is that
 * of any item.
 */
void total_of(struct watch_item *all, const struct watch *watch);

#endif /* DMSTAT_NL_TOP_TOTAL_H */
