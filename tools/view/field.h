/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of a report, for libdevmapper's dm_report. Those that dmstats(8)
 * has, too, have its names, headings and formats.
 */
#ifndef DMSTAT_NL_FIELD_H
#define DMSTAT_NL_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include <libdevmapper.h>

/* Types of fields, by what they need. */
enum {
	FIELD_NAME = 1 << 0,
	FIELD_INFO = 1 << 1,
	FIELD_DEPS = 1 << 2,
	FIELD_TREE = 1 << 3,
	FIELD_SPLIT = 1 << 4,
	FIELD_STATS = 1 << 5,
	FIELD_BUSY = 1 << 6,
	FIELD_REGION = 1 << 7,
	FIELD_OWN = 1 << 8,
	FIELD_FLUSH = 1 << 9,
};

/**
 * struct field_format - how values are written; the private data of a report
 * @json: as values of JSON: numbers as they are, texts in quotes
 * @padded: histograms have columns
 * @suffixes: their times have units
 * @used_bins: bins that are empty at both ends are not shown
 * @unit: letter of the unit of sizes
 * @factor: what they are divided by, in bytes
 * @name_most: the most characters of the name of an object; 0: all
 */
struct field_format {
	bool json;
	bool padded;
	bool suffixes;
	bool used_bins;
	char unit;
	uint64_t factor;
	int name_most;
};

/** field_types - the types of fields; the last one has the id 0 */
extern const struct dm_report_object_type field_types[];

/** fields - all fields, of a struct object; the last one has no function */
extern const struct dm_report_field_type fields[];

#endif /* DMSTAT_NL_FIELD_H */
