/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutations of datagrams.
 */
#ifndef _MUTATE_H
#define _MUTATE_H

#include "datagram.h"
#include "random.h"

/* Apply one mutation; then datagram_walk() is needed. */
void mutate(struct datagram *datagram, struct random *random);

#endif /* _MUTATE_H */
