/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recordings: what "report --json --interval" prints, an object a line.
 */
#ifndef DMSTAT_NL_RECORDING_H
#define DMSTAT_NL_RECORDING_H

#include <stdbool.h>

#include <dmstat.h>

struct frame_sink;

/**
 * recording_read() - read a recording, interval after interval
 * @path: the file, or "-": standard input
 * @wanted: whether a region is wanted; NULL: all are
 * @argc: passed to @wanted
 * @argv: passed to @wanted
 * @sink: called for each interval
 *
 * Reads piece by piece: the memory needed does not depend on the number of
 * intervals. Says on stderr how far it is, if it takes long.
 *
 * Return: 0; 1 after saying what is wrong, and in which line; what @sink
 * returned.
 */
int recording_read(const char *path,
		   bool (*wanted)(const struct dmstat_region *region, int argc,
				  char **argv),
		   int argc, char **argv, const struct frame_sink *sink);

/** recording_has() - whether one of these words names the region; for @wanted */
bool recording_has(const struct dmstat_region *region, int argc, char **argv);

#endif /* DMSTAT_NL_RECORDING_H */
