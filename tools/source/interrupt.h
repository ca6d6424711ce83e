/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for a file, a time, or an interrupt by the user.
 */
#ifndef DMSTAT_NL_INTERRUPT_H
#define DMSTAT_NL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** WAIT_FOREVER - no deadline */
#define WAIT_FOREVER UINT64_MAX

/** INTERRUPT_PATIENCE_NS - for how long a reader is waited for after a signal */
#define INTERRUPT_PATIENCE_NS UINT64_C(500000000)

/**
 * interrupt_catch() - let SIGINT and SIGTERM end interrupt_wait(), and no more
 *
 * SIGHUP and SIGQUIT, too, unless they are ignored.
 */
void interrupt_catch(void);

/**
 * interrupt_catch_reload() - the same, but SIGHUP is a request to reload
 */
void interrupt_catch_reload(void);

/** interrupt_take_reload() - whether SIGHUP has arrived since the last call */
bool interrupt_take_reload(void);

/** interrupted() - whether such a signal has arrived */
bool interrupted(void);

/** interrupt_write() - write(2), which such a signal ends with EINTR */
ssize_t interrupt_write(int fd, const void *bytes, size_t size);

/**
 * interrupt_run() - call a function that writes, and leave it after such a signal
 * @function: what it uses must not be used again if it was left
 *
 * A second after the signal, the function is left if it has not ended: it may try
 * again each time that a write is interrupted, as curses does.
 *
 * Return: 0, or -EINTR if it was left.
 */
int interrupt_run(void (*function)(void));

/** clock_ns() - CLOCK_MONOTONIC, in nanoseconds */
uint64_t clock_ns(void);

/**
 * interrupt_wait() - wait for a file, a time, a signal, or until the reader of
 * stdout closes it
 * @fd: the file to read from, or -1
 * @deadline: the time, as of clock_ns(), or WAIT_FOREVER
 *
 * Return: 0; 1 if stdout has no reader any more; a negative error number.
 */
int interrupt_wait(int fd, uint64_t deadline);

struct pollfd;

/**
 * interrupt_wait_any() - wait for any of several files, a time, or a signal
 * @files: the files, as for poll(2)
 * @count: how many
 * @deadline: the time, as of clock_ns(), or WAIT_FOREVER
 *
 * Return: 0 or a negative error number.
 */
int interrupt_wait_any(struct pollfd *files, unsigned int count,
		       uint64_t deadline);

/**
 * interrupt_wait_keys() - the same for a file and for keys
 * @keys: the terminal; 1 is returned if it is gone
 */
int interrupt_wait_keys(int keys, int fd, uint64_t deadline);

#endif /* DMSTAT_NL_INTERRUPT_H */
