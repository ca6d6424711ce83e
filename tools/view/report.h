/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports by libdevmapper's dm_report, which lvs(8) and dmstats(8) use, too.
 */
#ifndef DMSTAT_NL_REPORT_H
#define DMSTAT_NL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "view/field.h"

struct object;
struct object_source;
struct output;

/**
 * struct report - what a report shows; the options are set first
 * @fields: fields, or "+" and fields to add to the usual ones, or NULL
 * @keys: fields to sort by, or NULL
 * @selection: which objects, or NULL: all
 * @separator: what is between fields, or NULL
 * @units: unit of sizes, as dmsetup(8) has them
 * @histogram: histograms are the usual fields
 * @relative: these in percent
 * @noheadings: no headings, no times, and ":" between fields
 * @nameprefixes: DM_NAME='value' instead of columns
 * @unquoted: without the quotes
 * @rows: a line for each field instead of each object
 * @nosuffixes: times of bins in nanoseconds
 * @needs: FIELD_* of all fields that are used
 * @format: how values are written
 * @hidden: how many of the usual fields were left out to fit the terminal
 * @below: histograms are the last field, and printed below the others
 */
struct report {
	const char *fields;
	const char *keys;
	const char *selection;
	const char *separator;
	const char *units;
	bool histogram;
	bool relative;
	bool noheadings;
	bool nameprefixes;
	bool unquoted;
	bool rows;
	bool nosuffixes;
	uint32_t needs;
	struct field_format format;
	unsigned int hidden;
	bool below;
};

/**
 * report_check() - check the options, and find out what is needed
 * @report: the report
 * @out: the output
 *
 * Ends the program if they are wrong.
 *
 * Return: true; false if help on fields was asked for, and printed.
 */
bool report_check(struct report *report, struct output *out);

/**
 * report_print() - print the objects; in JSON, the list "report"
 * @report: the report
 * @out: the output
 * @source: what the objects are made from
 *
 * Return: 0; 1 if the output cannot be written, or after saying what else
 * failed; a negative error number of objects_walk().
 */
int report_print(struct report *report, struct output *out,
		 const struct object_source *source);

#endif /* DMSTAT_NL_REPORT_H */
