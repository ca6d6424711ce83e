/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels: what programs write on a region, their id and data of their own.
 */
#ifndef _DMSTAT_LABEL_H
#define _DMSTAT_LABEL_H

#include <linux/types.h>

struct dmstat_region;

/* Constant; replaced whole, so that nobody sees half of a change. */
struct dmstat_label {
	struct rcu_head rcu;
	const char *program_id;		/* "" if there is none */
	const void *user_data;
	u32 user_data_size;		/* 0 if there is none */
	char text[];			/* both of them */
};

/* What to write: NULL leaves it as it is, nothing in it removes it. */
struct dmstat_label_spec {
	const char *program_id;
	const void *user_data;
	u32 user_data_size;
};

int dmstat_label_write(struct dmstat_region *region,
		       const struct dmstat_label_spec *spec);
bool dmstat_label_is_of(const struct dmstat_label *label,
			const char *program_id);
void dmstat_label_free(struct dmstat_region *region);

#endif /* _DMSTAT_LABEL_H */
