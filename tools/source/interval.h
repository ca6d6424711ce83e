/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ends of intervals, at which programs read counters again and again.
 */
#ifndef DMSTAT_NL_INTERVAL_H
#define DMSTAT_NL_INTERVAL_H

#include <stdint.h>

/**
 * interval_next() - find out when the next interval ends
 * @end: when the last one ended, as of clock_ns()
 * @interval: nanoseconds
 *
 * Return: the time, now if we fell behind: missed intervals are skipped.
 */
uint64_t interval_next(uint64_t end, uint64_t interval);

/**
 * interval_wait() - wait until an interval has ended
 * @end: when it ends, as of clock_ns()
 *
 * Return: as interrupt_wait(); 0 also after a signal: interrupted() tells.
 */
int interval_wait(uint64_t end);

#endif /* DMSTAT_NL_INTERVAL_H */
