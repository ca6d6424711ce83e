/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is at a place of a device: the segment of its table, and the disk below.
 *
 * The table is read by a child process, so that the screen goes on whatever the
 * kernel waits for.
 */
#ifndef DMSTAT_NL_TOP_BELOW_H
#define DMSTAT_NL_TOP_BELOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct below_segment;

/**
 * struct below - the table of a device; all zero at first
 * @child: reads it; 0: there is none
 * @pipe: what it has read
 * @segments: the segments, those of @count that are known
 * @count: how many
 * @incoming: bytes of the segments that are being read
 * @received: how many
 */
struct below {
	pid_t child;
	int pipe;
	struct below_segment *segments;
	size_t count;
	char *incoming;
	size_t received;
};

/** below_ask() - begin to read the table of a device, unless that goes on */
void below_ask(struct below *below, uint32_t major, uint32_t minor);

/** below_listen() - take what was read so far; never waits */
void below_listen(struct below *below);

/**
 * below_text() - describe a place
 * @below: the table
 * @text: where it goes
 * @size: its size
 * @start: first sector
 * @length: sectors
 *
 * As "sda at 12 GiB, linear"; "" if nothing is known.
 */
void below_text(const struct below *below, char *text, size_t size,
		uint64_t start, uint64_t length);

/** below_end() - stop reading, and free what it holds */
void below_end(struct below *below);

#endif /* DMSTAT_NL_TOP_BELOW_H */
