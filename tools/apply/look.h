/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By what a region is known that was being made when the program was killed: it may
 * exist, but its id was not written down yet.
 */
#ifndef DMSTAT_NL_LOOK_H
#define DMSTAT_NL_LOOK_H

#include <stdint.h>

#include <dmstat.h>

/** look_of_spec() - a number for what a list will show of a region */
uint64_t look_of_spec(const struct dmstat_region_spec *spec);

/** look_of_region() - the same number, of a region that exists */
uint64_t look_of_region(const struct dmstat_region *region);

#endif /* DMSTAT_NL_LOOK_H */
