/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interval in JSON, with all counters of the areas that saw I/O. A file of
 * these lines is a recording, from which pictures are drawn.
 */
#ifndef DMSTAT_NL_RECORDING_H
#define DMSTAT_NL_RECORDING_H

struct object_source;
struct output;

/**
 * recording_regions() - print the list "regions"
 * @out: the output
 * @source: the readings at both ends of the interval
 *
 * Return: 0; 1 if the output cannot be written; a negative error number.
 */
int recording_regions(struct output *out, const struct object_source *source);

#endif /* DMSTAT_NL_RECORDING_H */
