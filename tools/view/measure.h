/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a picture of areas shows: one of their counters, or the mean latency.
 */
#ifndef DMSTAT_NL_MEASURE_H
#define DMSTAT_NL_MEASURE_H

#include <stdbool.h>

#include <dmstat.h>

/* The words of --by, in the order of enum measure. */
#define MEASURE_WORDS	"reads|writes|bytes|latency|errors"

enum measure {
	MEASURE_READS,
	MEASURE_WRITES,
	MEASURE_BYTES,
	MEASURE_LATENCY,
	MEASURE_ERRORS,
};

/**
 * struct measure_sum - what was counted in an area, or in several
 * @sum: the I/Os, bytes or errors; of the latency, nanoseconds of all I/Os
 * @ios: the I/Os, of any operation
 */
struct measure_sum {
	double sum;
	double ios;
};

/** measure_area() - get what was counted in an area */
struct measure_sum measure_area(enum measure measure,
				const struct dmstat_area *area);

/**
 * measure_value() - get the value that is shown
 * @measure: which
 * @sum: what was counted
 * @seconds: in which time; 0: the total is shown
 *
 * Return: the mean latency in nanoseconds, whatever @seconds is; of the others,
 * the sum, or the sum a second. 0 if there was none.
 */
double measure_value(enum measure measure, struct measure_sum sum,
		     double seconds);

/** measure_name() - "reads", "writes", "data", "mean latency", "errors" */
const char *measure_name(enum measure measure);

/* Room for the text of measure_text(). */
#define MEASURE_TEXT_MAX	48

/**
 * measure_text() - write a value with its unit
 * @text: MEASURE_TEXT_MAX bytes
 * @measure: which
 * @value: as of measure_value()
 * @rate: whether it is a value a second
 *
 * Return: @text: "1200 reads/s", "1.5 MiB/s", "230 us", "3 errors".
 */
char *measure_text(char *text, enum measure measure, double value, bool rate);

#endif /* DMSTAT_NL_MEASURE_H */
