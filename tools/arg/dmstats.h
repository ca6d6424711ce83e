/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users of dmstats(8) type, and what it is called here.
 */
#ifndef DMSTAT_NL_DMSTATS_H
#define DMSTAT_NL_DMSTATS_H

#include <stddef.h>

/**
 * dmstats_option_hint() - find what to type instead of an option of dmstats
 * @name: the option that is unknown here, without "--"; need not end there
 * @length: its length
 *
 * Return: what to do: "that is --file here"; NULL if dmstats has no such option
 * either.
 */
const char *dmstats_option_hint(const char *name, size_t length);

/** dmstats_command_hint() - the same for a command; NULL if there is none */
const char *dmstats_command_hint(const char *name);

#endif /* DMSTAT_NL_DMSTATS_H */
