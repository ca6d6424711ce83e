/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spoiling messages that were in order.
 */
#ifndef _MUTATE_H
#define _MUTATE_H

#include "datagram.h"
#include "random.h"

/* Once; to be walked anew afterwards. */
void mutate(struct datagram *datagram, struct random *random);

#endif /* _MUTATE_H */
