/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics as text: Prometheus' format or OpenMetrics, built in memory.
 *
 * The samples of a metric follow exposition_metric() at once, and those with the
 * same labels follow each other. Labels are given as text, as label_append()
 * writes it.
 */
#ifndef DMSTAT_EXPORTER_EXPOSITION_H
#define DMSTAT_EXPORTER_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exposition_format {
	EXPOSITION_PROMETHEUS,
	EXPOSITION_OPENMETRICS,
	EXPOSITION_FORMATS
};

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,
	METRIC_HISTOGRAM,
};

/**
 * struct metric - a metric family
 * @name: its name, of a counter without "_total"
 * @type: its type
 * @unit: the unit that @name ends in, or NULL
 * @help: what it is, without quotes, backslashes and new lines
 */
struct metric {
	const char *name;
	enum metric_type type;
	const char *unit;
	const char *help;
};

/**
 * struct exposition - text that is being built
 * @format: its format
 * @created: whether counters have the time at which they started, which only
 *           OpenMetrics knows
 * @text: the text so far
 * @length: its length
 * @room: bytes allocated for it
 * @failed: whether there was no memory for all of it
 */
struct exposition {
	enum exposition_format format;
	bool created;
	char *text;
	size_t length;
	size_t room;
	bool failed;
};

/** exposition_type() - the value of Content-Type for a format */
const char *exposition_type(enum exposition_format format);

/** exposition_metric() - begin a metric: its help, type and unit */
void exposition_metric(struct exposition *out, const struct metric *metric);

/**
 * exposition_number() - write a sample of a counter or gauge
 * @out: the text
 * @metric: the metric
 * @labels: its labels, or ""
 * @more: further labels, or ""
 * @value: the value
 */
void exposition_number(struct exposition *out, const struct metric *metric,
		       const char *labels, const char *more, uint64_t value);

/** exposition_seconds() - the same in seconds, from nanoseconds */
void exposition_seconds(struct exposition *out, const struct metric *metric,
			const char *labels, const char *more, uint64_t ns);

/**
 * exposition_created() - write when a counter or histogram started, after its
 * samples; nothing if the format does not have it
 * @ns: nanoseconds since the Epoch
 */
void exposition_created(struct exposition *out, const struct metric *metric,
			const char *labels, const char *more, uint64_t ns);

/**
 * struct exposition_histogram - a histogram
 * @bounds: bounds between its bins in nanoseconds, rising
 * @bounds_count: how many
 * @bins: what is in each of the @bounds_count + 1 bins
 * @count: the sum of @bins or, if they were read earlier, a little more
 * @sum_ns: sum of the times, in nanoseconds
 */
struct exposition_histogram {
	const uint64_t *bounds;
	uint32_t bounds_count;
	const uint64_t *bins;
	uint64_t count;
	uint64_t sum_ns;
};

/** exposition_histogram() - write the samples of a histogram, in seconds */
void exposition_histogram(struct exposition *out, const struct metric *metric,
			  const char *labels, const char *more,
			  const struct exposition_histogram *histogram);

/**
 * exposition_end() - end the text
 * @out: the text; on failure it is freed
 *
 * Return: 0; -ENOMEM.
 */
int exposition_end(struct exposition *out);

#endif /* DMSTAT_EXPORTER_EXPOSITION_H */
