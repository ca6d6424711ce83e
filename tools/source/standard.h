/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard output and standard error, of a program that runs until interrupted.
 */
#ifndef DMSTAT_NL_STANDARD_H
#define DMSTAT_NL_STANDARD_H

/**
 * standard_catch() - interrupt_catch(), and signals end writing, too
 *
 * Once the reader of stdout or stderr has read nothing for half a second after a
 * signal, writing to it fails with EINTR.
 */
void standard_catch(void);

/** standard_catch_reload() - the same with interrupt_catch_reload() */
void standard_catch_reload(void);

#endif /* DMSTAT_NL_STANDARD_H */
