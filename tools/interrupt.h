/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting until something happens or the user has had enough.
 */
#ifndef DMSTAT_NL_INTERRUPT_H
#define DMSTAT_NL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/** WAIT_FOREVER - a deadline that does not come */
#define WAIT_FOREVER UINT64_MAX

/**
 * interrupt_catch() - from now on SIGINT and SIGTERM end interrupt_wait() only
 */
void interrupt_catch(void);

/** interrupted() - whether such a signal has come */
bool interrupted(void);

/** clock_ns() - CLOCK_MONOTONIC, in nanoseconds */
uint64_t clock_ns(void);

/**
 * interrupt_wait() - wait for a file, a time, a signal, or that the reader of
 * our output goes
 * @fd: the file to read from, or -1
 * @deadline: the time, as of clock_ns(), or WAIT_FOREVER
 *
 * Return: 0; 1, nobody reads our output any more; a negative error number.
 */
int interrupt_wait(int fd, uint64_t deadline);

#endif /* DMSTAT_NL_INTERRUPT_H */
