/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms in one line, as dmstats(8) writes them: "0s:12,1ms:3".
 */
#ifndef DMSTAT_NL_BINS_H
#define DMSTAT_NL_BINS_H

#include <stdbool.h>

struct metrics;

enum bins_value {
	BINS_NO_VALUE,
	BINS_COUNT,
	BINS_PERCENT
};

enum bins_bound {
	BINS_NO_BOUND,
	BINS_LOWER,
	BINS_RANGE
};

/**
 * struct bins_style - how a histogram is written
 * @value: what is written of a bin
 * @bound: what is written before it
 * @padded: values of the same width, so that they are columns
 * @suffixes: bounds with units, else in nanoseconds
 * @used: without the bins that are empty at both ends
 */
struct bins_style {
	enum bins_value value;
	enum bins_bound bound;
	bool padded;
	bool suffixes;
	bool used;
};

/**
 * bins_text() - write the histogram of all operations together
 * @metrics: the numbers that have it
 * @style: how
 *
 * Return: the text, "" if there is none; the caller frees it. NULL if there is
 * no memory.
 */
char *bins_text(const struct metrics *metrics, const struct bins_style *style);

#endif /* DMSTAT_NL_BINS_H */
