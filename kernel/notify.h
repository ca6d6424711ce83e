/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling listeners that regions come, change and go.
 */
#ifndef _DMSTAT_NOTIFY_H
#define _DMSTAT_NOTIFY_H

struct dmstat_region;
struct genl_family;
struct genl_info;

/* The index of the group in the family's table. */
enum { DMSTAT_NOTIFY_REGION };

void dmstat_notify_init(const struct genl_family *family);
void dmstat_notify_new(const struct dmstat_region *region,
		       struct genl_info *info);
void dmstat_notify_set(const struct dmstat_region *region,
		       struct genl_info *info);
void dmstat_notify_cleared(const struct dmstat_region *region,
			   struct genl_info *info);
void dmstat_notify_deleted(const struct dmstat_region *region,
			   struct genl_info *info);
void dmstat_notify_device_removed(struct dmstat_region *region);

#endif /* _DMSTAT_NOTIFY_H */
