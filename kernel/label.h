/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels: the program id, group and user data of a region.
 */
#ifndef _DMSTAT_LABEL_H
#define _DMSTAT_LABEL_H

#include <linux/types.h>

struct dmstat_memory;

/* Constant; replaced as a whole, so that no reader sees half of a change. */
struct dmstat_label {
	struct rcu_head rcu;
	const char *program_id;		/* "" if there is none */
	const char *group;		/* likewise */
	const void *user_data;
	u32 user_data_size;		/* 0 if there is none */
	char text[];			/* all of them */
};

/* What to write: NULL leaves the old value, an empty one removes it. */
struct dmstat_label_spec {
	const char *program_id;
	const char *group;
	const void *user_data;
	u32 user_data_size;
};

/* Which labels are wanted: NULL means any, "" those that have none. */
struct dmstat_label_filter {
	const char *program_id;
	const char *group;
};

/* A label that is to be replaced. */
struct dmstat_label_change {
	struct dmstat_label *label;	/* the new one, or NULL */
	size_t size;			/* of it */
	size_t old_size;
};

int dmstat_label_prepare(struct dmstat_label_change *change,
			 const struct dmstat_label __rcu *label,
			 const struct dmstat_label_spec *spec,
			 struct dmstat_memory *memory);
void dmstat_label_commit(const struct dmstat_label_change *change,
			 struct dmstat_label __rcu **place);
void dmstat_label_cancel(const struct dmstat_label_change *change,
			 struct dmstat_memory *memory);
int dmstat_label_write(struct dmstat_label __rcu **place,
		       const struct dmstat_label_spec *spec,
		       struct dmstat_memory *memory);
void dmstat_label_free(struct dmstat_label __rcu **place,
		       struct dmstat_memory *memory);
bool dmstat_label_matches(const struct dmstat_label *label,
			  const struct dmstat_label_filter *filter);

/* Whether a filter wants any label. */
static inline bool
dmstat_label_is_any(const struct dmstat_label_filter *filter)
{
	return !filter->program_id && !filter->group;
}

#endif /* _DMSTAT_LABEL_H */
