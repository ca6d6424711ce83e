/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connection to the kernel module, and messages for what it refuses.
 */
#ifndef DMSTAT_NL_SESSION_H
#define DMSTAT_NL_SESSION_H

#include <dmstat.h>

/* How often a walk is tried that fails because objects come and go. */
#define WALK_ATTEMPTS	100

/**
 * session_open() - connect to the kernel module
 *
 * Return: the handle; NULL after saying why not.
 */
struct dmstat *session_open(void);

/** session_refused() - say why dmstat_open() or dmstat_events_open() failed */
void session_refused(int error);

/**
 * session_failed() - say why a call with the handle failed, and what to do
 * @dmstat: the handle
 * @error: what the call returned; nothing is printed if it is positive: a
 *         callback has ended the walk
 * @format: what it was about: "region 3"
 *
 * Return: EXIT_FAILURE.
 */
int session_failed(struct dmstat *dmstat, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* DMSTAT_NL_SESSION_H */
