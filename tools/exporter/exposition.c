// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics as text: Prometheus' format or OpenMetrics, built in memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/exposition.h"

#define NS_PER_SECOND	1000000000ULL

#define FIRST_ROOM	(64 * 1024)

/* A number of seconds, or a bound, with its zero byte. */
#define NUMBER_MAX	40

const char *exposition_type(enum exposition_format format)
{
	return format == EXPOSITION_OPENMETRICS ?
		"application/openmetrics-text; version=1.0.0; charset=utf-8" :
		"text/plain; version=0.0.4; charset=utf-8";
}

/* ------------------------------------------------------------------- text */

static void make_room(struct exposition *out, size_t room)
{
	size_t more = out->room ? out->room : FIRST_ROOM;
	char *text;

	while (more - out->length < room)
		more *= 2;
	if (more == out->room)
		return;
	text = realloc(out->text, more);
	if (!text) {
		out->failed = true;
		return;
	}
	out->text = text;
	out->room = more;
}

/* Add some texts, one after the other; the last one is NULL. */
static void put(struct exposition *out, const char *text, ...)
	__attribute__((sentinel));

static void put(struct exposition *out, const char *text, ...)
{
	va_list texts;
	size_t length;

	va_start(texts, text);
	for (; text && !out->failed; text = va_arg(texts, const char *)) {
		length = strlen(text);
		make_room(out, length);
		if (out->failed)
			break;
		memcpy(out->text + out->length, text, length);
		out->length += length;
	}
	va_end(texts);
}

/* A line: the name of the sample, all labels, and the value. */
static void put_sample(struct exposition *out, const struct metric *metric,
		       const char *suffix, const char *labels, const char *more,
		       const char *value)
{
	const char *comma = *labels && *more ? "," : "";

	if (*labels || *more)
		put(out, metric->name, suffix, "{", labels, comma, more, "} ",
		    value, "\n", NULL);
	else
		put(out, metric->name, suffix, " ", value, "\n", NULL);
}

/* ---------------------------------------------------------------- numbers */

/* Exactly, without zeros at the end. */
static void write_seconds(char text[NUMBER_MAX], uint64_t ns)
{
	size_t length;

	length = snprintf(text, NUMBER_MAX, "%" PRIu64 ".%09" PRIu64,
			  (uint64_t)(ns / NS_PER_SECOND),
			  (uint64_t)(ns % NS_PER_SECOND));
	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
}

/* The fewest digits that are read as the same number: "1.5e-06". */
static void shortest(char text[NUMBER_MAX], double value)
{
	int digits = 0;

	do
		snprintf(text, NUMBER_MAX, "%.*e", digits, value);
	while (strtod(text, NULL) != value && ++digits < 17);
}

/*
 * A bound in the one spelling that Go and Python give it, because the labels of
 * two spellings differ: 1e-06, 0.0001, 0.25, 1 (OpenMetrics: 1.0), 1e+06.
 */
static void write_bound(char text[NUMBER_MAX], uint64_t ns,
			enum exposition_format format)
{
	const double value = ns / (double)NS_PER_SECOND;
	int exponent, digits;

	shortest(text, value);
	exponent = atoi(strchr(text, 'e') + 1);
	if (exponent < -4 || exponent >= 6)
		return;
	digits = strcspn(text, "e") - (strchr(text, '.') ? 2 : 1);
	digits = digits > exponent ? digits - exponent : 0;
	if (!digits && format == EXPOSITION_OPENMETRICS)
		digits = 1;
	snprintf(text, NUMBER_MAX, "%.*f", digits, value);
}

/* ---------------------------------------------------------------- metrics */

static const char *suffix_of(const struct metric *metric)
{
	return metric->type == METRIC_COUNTER ? "_total" : "";
}

void exposition_metric(struct exposition *out, const struct metric *metric)
{
	static const char *const types[] = {
		[METRIC_GAUGE] = "gauge",
		[METRIC_COUNTER] = "counter",
		[METRIC_HISTOGRAM] = "histogram",
	};
	const char *suffix = "";

	/* There a counter is called as its samples are. */
	if (out->format == EXPOSITION_PROMETHEUS)
		suffix = suffix_of(metric);
	put(out, "# HELP ", metric->name, suffix, " ", metric->help, "\n",
	    "# TYPE ", metric->name, suffix, " ", types[metric->type], "\n",
	    NULL);
	if (metric->unit && out->format == EXPOSITION_OPENMETRICS)
		put(out, "# UNIT ", metric->name, " ", metric->unit, "\n",
		    NULL);
}

void exposition_number(struct exposition *out, const struct metric *metric,
		       const char *labels, const char *more, uint64_t value)
{
	char text[NUMBER_MAX];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_sample(out, metric, suffix_of(metric), labels, more, text);
}

void exposition_seconds(struct exposition *out, const struct metric *metric,
			const char *labels, const char *more, uint64_t ns)
{
	char text[NUMBER_MAX];

	write_seconds(text, ns);
	put_sample(out, metric, suffix_of(metric), labels, more, text);
}

void exposition_created(struct exposition *out, const struct metric *metric,
			const char *labels, const char *more, uint64_t ns)
{
	char text[NUMBER_MAX];

	if (!out->created || out->format != EXPOSITION_OPENMETRICS)
		return;
	write_seconds(text, ns);
	put_sample(out, metric, "_created", labels, more, text);
}

static void put_bucket(struct exposition *out, const struct metric *metric,
		       const char *labels, const char *more, const char *bound,
		       uint64_t count)
{
	const char *comma = *labels && *more ? "," : "";
	const char *last = *labels || *more ? "," : "";
	char value[NUMBER_MAX];

	snprintf(value, sizeof(value), "%" PRIu64, count);
	put(out, metric->name, "_bucket{", labels, comma, more, last, "le=\"",
	    bound, "\"} ", value, "\n", NULL);
}

void exposition_histogram(struct exposition *out, const struct metric *metric,
			  const char *labels, const char *more,
			  const struct exposition_histogram *histogram)
{
	char text[NUMBER_MAX];
	uint64_t count = 0;
	uint32_t i;

	for (i = 0; i < histogram->bounds_count; i++) {
		count += histogram->bins[i];
		write_bound(text, histogram->bounds[i], out->format);
		put_bucket(out, metric, labels, more, text, count);
	}
	put_bucket(out, metric, labels, more, "+Inf", histogram->count);
	write_seconds(text, histogram->sum_ns);
	put_sample(out, metric, "_sum", labels, more, text);
	snprintf(text, sizeof(text), "%" PRIu64, histogram->count);
	put_sample(out, metric, "_count", labels, more, text);
}

int exposition_end(struct exposition *out)
{
	if (out->format == EXPOSITION_OPENMETRICS)
		put(out, "# EOF\n", NULL);
	if (!out->failed)
		return 0;
	free(out->text);
	*out = (struct exposition){ .failed = true };
	return -ENOMEM;
}
