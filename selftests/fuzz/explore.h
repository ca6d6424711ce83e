/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asking the kernel for what has to be known of it.
 */
#ifndef _EXPLORE_H
#define _EXPLORE_H

#include "channel.h"
#include "learn.h"

/* What requests need. */
void explore_needs(struct learnt *learnt, const struct channel_family *found);
/* Things that are there; with @make, one of each kind is made if there is none. */
void explore_objects(struct learnt *learnt, const struct channel_family *found,
		     bool make);

#endif /* _EXPLORE_H */
