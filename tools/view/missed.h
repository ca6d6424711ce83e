/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/Os that could not be counted, and what to do about it.
 */
#ifndef DMSTAT_NL_MISSED_H
#define DMSTAT_NL_MISSED_H

#include <stdint.h>

/**
 * missed_warn() - say on stderr that I/Os were not counted, if any
 * @missed: how many
 * @format: what did not count them, as printf()
 */
void missed_warn(uint64_t missed, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* DMSTAT_NL_MISSED_H */
