/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal that stdout may be.
 */
#ifndef DMSTAT_NL_TERMINAL_H
#define DMSTAT_NL_TERMINAL_H

#include <stdbool.h>

/** terminal_is_stdout() - whether stdout is a terminal */
bool terminal_is_stdout(void);

/**
 * terminal_width() - how many columns the output may take
 *
 * Return: those of the terminal; else what the environment variable COLUMNS
 * says; INT_MAX if neither is known.
 */
int terminal_width(void);

/**
 * terminal_is_dumb() - whether stdout is a terminal that only goes line by line
 *
 * Not if terminfo does not know it.
 */
bool terminal_is_dumb(void);

#endif /* DMSTAT_NL_TERMINAL_H */
