/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a request is about, and what must be true after it.
 */
#ifndef _CHECK_H
#define _CHECK_H

#include "sweep.h"

/* A region; one with reads; one with a read in flight on a suspended device. */
void prepare_region(struct sweep *sweep);
void prepare_reads(struct sweep *sweep);
void prepare_flight(struct sweep *sweep);

void check_new(struct sweep *sweep, struct exchange *exchange);
void check_del(struct sweep *sweep, struct exchange *exchange);
void check_set(struct sweep *sweep, struct exchange *exchange);
void check_set_length(struct sweep *sweep, struct exchange *exchange);
void check_set_bound(struct sweep *sweep, struct exchange *exchange);
void check_clear(struct sweep *sweep, struct exchange *exchange);
void check_clear_flight(struct sweep *sweep, struct exchange *exchange);
void check_give_and_clear(struct sweep *sweep, struct exchange *exchange);
/* Compares with what sweep_expect() saw. */
void check_read(struct sweep *sweep, struct exchange *exchange);

#endif /* _CHECK_H */
