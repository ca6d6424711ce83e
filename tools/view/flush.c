// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the flushes of a device are shown, and those of an interval.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "arg/time.h"
#include "out/output.h"
#include "view/flush.h"
#include "view/histogram.h"

#define FLUSH_BOUNDS	(DMSTAT_FLUSH_BINS - 1)

/* The upper bound of a bin: 1 us, 2 us, 4 us ...; the last has none. */
static uint64_t bin_end(uint32_t bin)
{
	return 1000ULL << bin;
}

struct dmstat_flush flush_copy(const struct dmstat_device *device)
{
	return device->flush ? *device->flush : (struct dmstat_flush){ 0 };
}

bool flush_is_idle(const struct dmstat_flush *flush)
{
	return !flush->ios && !flush->in_flight && !flush->again;
}

static void print_histogram(struct output *out,
			    const struct dmstat_flush *flush)
{
	struct dmstat_histogram histogram = { .bins = DMSTAT_FLUSH_BINS };
	struct bounds bounds = { .count = FLUSH_BOUNDS };
	uint32_t i;

	for (i = 0; i < FLUSH_BOUNDS; i++)
		bounds.ns[i] = bin_end(i);
	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		histogram.ios[i] = flush->histogram[i];
	histogram_fields(out, &bounds, &histogram);
}

static void print_fields(struct output *out, const struct dmstat_flush *flush)
{
	output_field(out, "ios", flush->ios);
	output_field(out, "ns", flush->ns);
	output_field(out, "errors", flush->errors);
	output_field(out, "again", flush->again);
	output_field(out, "longest_ns", flush->longest_ns);
	output_field(out, "busy_ns", flush->busy_ns);
	output_field(out, "in_flight", flush->in_flight);
	print_histogram(out, flush);
}

void flush_object(struct output *out, const struct dmstat_flush *flush)
{
	output_object(out, "flush");
	print_fields(out, flush);
	output_object_end(out);
}

/* Add to a text of FLUSH_TEXT_MAX bytes, after @length. */
static int add(char *text, int length, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int add(char *text, int length, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	length += vsnprintf(text + length, FLUSH_TEXT_MAX - length, format,
			    args);
	va_end(args);
	return length;
}

/* Add what is rare. */
static void add_rest(char *text, int length, const struct dmstat_flush *flush)
{
	if (flush->in_flight)
		length = add(text, length, ", %" PRIu64 " in flight",
			     flush->in_flight);
	if (flush->errors)
		length = add(text, length, ", %" PRIu64 " error%s",
			     flush->errors, flush->errors == 1 ? "" : "s");
	if (flush->again)
		add(text, length, ", %" PRIu64 " again", flush->again);
}

char *flush_describe(char *text, const struct dmstat_flush *flush)
{
	char time[UNIT_TEXT_MAX], most[UNIT_TEXT_MAX];
	int length;

	length = add(text, 0, "%" PRIu64 " flush%s", flush->ios,
		     flush->ios == 1 ? "" : "es");
	if (flush->ios) {
		unit_format(time, UNIT_NS, flush->ns / flush->ios);
		unit_format(most, UNIT_NS, flush->longest_ns);
		length = add(text, length, " (mean %s, longest %s)", time,
			     most);
	}
	add_rest(text, length, flush);
	return text;
}

void flush_rate_object(struct output *out, const struct flush_rate *rate)
{
	output_object(out, "flush");
	print_fields(out, &rate->growth);
	output_field(out, "longest_least_ns", rate->longest_least_ns);
	output_field_real(out, "ios_per_s", rate->ios_per_s);
	output_field(out, "mean_ns", rate->mean_ns);
	output_field_real(out, "utilization", rate->utilization);
	output_object_end(out);
}
