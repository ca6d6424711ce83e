/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard output and standard error, of a program that runs until interrupted.
 */
#ifndef DMSTAT_NL_STANDARD_H
#define DMSTAT_NL_STANDARD_H

/**
 * standard_catch() - interrupt_catch(), and signals end writing, too
 *
 * After a signal, what nobody reads within half a second is not written: writing to
 * stdout and stderr then fails with EINTR.
 */
void standard_catch(void);

/** standard_catch_reload() - the same with interrupt_catch_reload() */
void standard_catch_reload(void);

#endif /* DMSTAT_NL_STANDARD_H */
