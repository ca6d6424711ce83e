// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a picture of areas shows: one of their counters, or the mean latency.
 */
#include <stdint.h>
#include <stdio.h>

#include "out/unit.h"
#include "view/measure.h"

#define SECTOR	512.0

struct measure_sum measure_area(enum measure measure,
				const struct dmstat_area *area)
{
	const struct dmstat_io *read = area->read, *write = area->write;
	const struct dmstat_io *discard = area->discard;
	struct measure_sum sum = { 0 };

	sum.ios = (double)read->ios + write->ios + discard->ios;
	switch (measure) {
	case MEASURE_READS:
		sum.sum = read->ios;
		break;
	case MEASURE_WRITES:
		sum.sum = write->ios;
		break;
	case MEASURE_BYTES:
		sum.sum = SECTOR * read->sectors + SECTOR * write->sectors;
		break;
	case MEASURE_LATENCY:
		sum.sum = (double)read->ns + write->ns + discard->ns;
		break;
	case MEASURE_ERRORS:
		sum.sum = (double)read->errors + write->errors +
			  discard->errors;
		break;
	}
	return sum;
}

double measure_value(enum measure measure, struct measure_sum sum,
		     double seconds)
{
	if (measure == MEASURE_LATENCY)
		return sum.ios > 0 ? sum.sum / sum.ios : 0;
	return seconds > 0 ? sum.sum / seconds : sum.sum;
}

const char *measure_name(enum measure measure)
{
	static const char *const names[] = {
		[MEASURE_READS] = "reads",
		[MEASURE_WRITES] = "writes",
		[MEASURE_BYTES] = "data",
		[MEASURE_LATENCY] = "mean latency",
		[MEASURE_ERRORS] = "errors",
	};

	return names[measure];
}

/* At most three digits after the point, and none that say nothing. */
static int write_number(char *text, double value)
{
	if (value >= 100 || value == (uint64_t)value)
		return snprintf(text, MEASURE_TEXT_MAX, "%.0f", value);
	return snprintf(text, MEASURE_TEXT_MAX, "%.3g", value);
}

char *measure_text(char *text, enum measure measure, double value, bool rate)
{
	char number[UNIT_TEXT_MAX];
	int length;

	if (measure == MEASURE_LATENCY)
		return unit_format(text, UNIT_NS, value + 0.5);

	if (measure == MEASURE_BYTES) {
		unit_format(number, UNIT_BYTES, value + 0.5);
		length = snprintf(text, MEASURE_TEXT_MAX, "%s", number);
	} else {
		length = write_number(text, value);
		length += snprintf(text + length, MEASURE_TEXT_MAX - length,
				   " %s", measure_name(measure));
	}
	if (rate)
		snprintf(text + length, MEASURE_TEXT_MAX - length, "/s");
	return text;
}
