/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users of dmstats(8), top(1) and iostat(1) type, and what it is called here.
 */
#ifndef DMSTAT_NL_DMSTATS_H
#define DMSTAT_NL_DMSTATS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * dmstats_option_hint() - find what to type instead of an option of another
 *                         command
 * @name: the option that is unknown here, without "--" or "-"; need not end there
 * @length: its length
 * @repeats: whether the command has --interval
 *
 * Return: what to do: "that is --file here"; NULL if they have no such option
 * either.
 */
const char *dmstats_option_hint(const char *name, size_t length, bool repeats);

/** dmstats_command_hint() - the same for a command; NULL if there is none */
const char *dmstats_command_hint(const char *name);

#endif /* DMSTAT_NL_DMSTATS_H */
