/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifications that regions were created, changed and deleted, and the answers
 * to requests that do this.
 */
#ifndef _DMSTAT_NL_NOTIFY_H
#define _DMSTAT_NL_NOTIFY_H

#include <linux/types.h>

struct dmstat_kregion;
struct genl_info;
struct sk_buff;

/* The indexes of the groups in the family's table. */
enum { DMSTAT_NL_NOTIFY_REGION, DMSTAT_NL_NOTIFY_IO };

/* A request that changes regions. */
struct dmstat_change {
	struct genl_info *info;
	/* Allocated before the change and consumed by it; or NULL. */
	struct sk_buff *answer;
	struct sk_buff *notification;
	int ret;			/* of sending the answer */
};

void dmstat_nl_notify_init(void);
void dmstat_nl_notify_exit(void);
u32 dmstat_nl_notify_sequence(void);

void dmstat_nl_change_init(struct dmstat_change *change, struct sk_buff *answer,
			   struct genl_info *info);
int dmstat_nl_change_end(struct dmstat_change *change);
int dmstat_nl_answer_region(struct sk_buff *answer,
			    const struct dmstat_kregion *region,
			    struct genl_info *info);

#endif /* _DMSTAT_NL_NOTIFY_H */
