/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of all items, for pipes and programs.
 */
#ifndef DMSTAT_NL_TOP_BATCH_H
#define DMSTAT_NL_TOP_BATCH_H

#include "top/row.h"

struct output;

/**
 * batch_begin() - make the columns wide enough, or narrow enough
 * @watch: what will be printed
 */
void batch_begin(const struct watch *watch);

/**
 * batch_print() - print an interval
 * @out: the output
 * @watch: what was read
 * @spec: how it is sorted
 *
 * Return: 0, or 1 if it cannot be written.
 */
int batch_print(struct output *out, const struct watch *watch,
		const struct row_spec *spec);

#endif /* DMSTAT_NL_TOP_BATCH_H */
