/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registry of all regions.
 */
#ifndef _DMSTAT_REGISTRY_H
#define _DMSTAT_REGISTRY_H

#include <linux/types.h>

#include "label.h"

struct dmstat_change;
struct dmstat_kdevice;
struct dmstat_kregion;
struct dmstat_owner;
struct dmstat_region_params;
struct dmstat_resize_spec;
struct dmstat_tell_spec;

/* What regions have in common; all 0: all regions. */
struct dmstat_registry_match {
	struct dmstat_label_filter label;
	dev_t devt;			/* if @by_device */
	bool by_device;
};

/* Which regions to delete: those of @ids, or if it is empty, all that match. */
struct dmstat_registry_filter {
	const u32 *ids;			/* rising */
	u32 nr_ids;			/* at most DMSTAT_REGION_IDS_MAX */
	struct dmstat_registry_match match;
	const struct dmstat_owner *owner;	/* or NULL: any or none */
};

/*
 * What to call after a change, before dmstat_lock is released: so in the order
 * of the changes. @change is what was passed to the function that made the
 * change.
 */
struct dmstat_registry_listener {
	void (*created)(const struct dmstat_kregion *region,
			struct dmstat_change *change);
	void (*set)(const struct dmstat_kregion *region,
		    struct dmstat_change *change);
	void (*cleared)(const struct dmstat_kregion *region,
			struct dmstat_change *change);
	void (*deleted)(const struct dmstat_kregion *region,
			struct dmstat_change *change);
	/* The region was deleted because its disk is gone. */
	void (*removed)(const struct dmstat_kregion *region);
	/* The region was deleted because its owner was closed. */
	void (*owner_closed)(const struct dmstat_kregion *region);
};

void dmstat_registry_listen(const struct dmstat_registry_listener *to_call);
void dmstat_registry_exit(void);

struct dmstat_kregion *dmstat_registry_get(u32 id);
struct dmstat_kregion *dmstat_registry_next(unsigned long *id);
u32 dmstat_registry_get_some(unsigned long id, struct dmstat_kregion **found,
			     u32 nr);
bool dmstat_registry_is_of_device(const struct dmstat_kregion *region,
				  const struct dmstat_registry_match *match);
bool dmstat_registry_matches(const struct dmstat_kregion *region,
			     const struct dmstat_registry_match *match);
unsigned int dmstat_registry_list_seq(void);

int dmstat_registry_create(const struct dmstat_region_params *params,
			   struct dmstat_change *change);
int dmstat_registry_delete(const struct dmstat_registry_filter *filter,
			   struct dmstat_change *change, u32 *deleted);
int dmstat_registry_set(u32 id, const struct dmstat_label_spec *label,
			const struct dmstat_tell_spec *tell,
			const struct dmstat_resize_spec *size,
			struct dmstat_change *change);
int dmstat_registry_cleared(struct dmstat_kregion *region,
			    struct dmstat_change *change);

void dmstat_registry_owner_closed(const struct dmstat_owner *owner);
void dmstat_registry_device_going(void);
void dmstat_registry_device_gone(struct dmstat_kdevice *device);

#endif /* _DMSTAT_REGISTRY_H */
