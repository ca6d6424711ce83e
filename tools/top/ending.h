/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What gives a terminal back when curses must not be called any more.
 */
#ifndef DMSTAT_NL_TOP_ENDING_H
#define DMSTAT_NL_TOP_ENDING_H

/** ending_choose() - remember it, of the terminal that curses has opened */
void ending_choose(void);

/** ending_write() - write it to stdout's descriptor, waiting for room */
void ending_write(void);

#endif /* DMSTAT_NL_TOP_ENDING_H */
