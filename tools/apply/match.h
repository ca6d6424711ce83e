/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which devices a block names.
 */
#ifndef DMSTAT_NL_MATCH_H
#define DMSTAT_NL_MATCH_H

#include <stdbool.h>

#include <dmstat.h>

#include "source/dm.h"

struct block;

/**
 * struct candidate - a device that blocks may name
 * @device: the device
 * @names: its names
 * @volume: "vg/lv" of a volume that lvs(8) shows, with or without -a; else NULL
 * @is_internal: whether lvs(8) shows it with -a only
 * @has_table: whether @mapped was read
 * @mapped: its table, read when the first block asks for types of targets
 */
struct candidate {
	const struct dmstat_device *device;
	struct mapped_names names;
	char *volume;
	bool is_internal;
	bool has_table;
	struct mapped_device mapped;
};

/**
 * candidate_get() - get what blocks ask for of a device
 * @device: the device, which must live as long as @candidate
 * @candidate: set to that
 *
 * Return: 0; -ENOMEM, and then there is nothing to free.
 */
int candidate_get(const struct dmstat_device *device,
		  struct candidate *candidate);

/** candidate_free() - free it */
void candidate_free(struct candidate *candidate);

/** match_device() - whether a block names a device */
bool match_device(const struct block *block, struct candidate *candidate);

#endif /* DMSTAT_NL_MATCH_H */
