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

#define NS_PER_SECOND	1e9
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

static uint64_t growth(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

/*
 * The kernel only keeps the longest time since the device got its first region.
 * If that has risen, it is the longest of the interval; else the longest of the
 * interval lies in the highest bin that has grown.
 */
static void find_longest(struct flush_rate *rate, uint64_t longest_before)
{
	struct dmstat_flush *flush = &rate->growth;
	uint32_t bin = DMSTAT_FLUSH_BINS - 1;

	if (flush->longest_ns > longest_before || !flush->ios) {
		flush->longest_ns = flush->ios ? flush->longest_ns : 0;
		rate->longest_least_ns = flush->longest_ns;
		return;
	}

	while (bin && !flush->histogram[bin])
		bin--;
	rate->longest_least_ns = rate->mean_ns;
	if (bin && rate->longest_least_ns < bin_end(bin - 1))
		rate->longest_least_ns = bin_end(bin - 1);
	if (bin < FLUSH_BOUNDS && flush->longest_ns >= bin_end(bin))
		flush->longest_ns = bin_end(bin) - 1;
	if (flush->longest_ns > flush->ns)
		flush->longest_ns = flush->ns;
	/* A flush that has just ended may not be in all counters yet. */
	if (flush->longest_ns < rate->longest_least_ns)
		flush->longest_ns = rate->longest_least_ns;
}

void flush_compare(struct flush_rate *rate, const struct dmstat_flush *before,
		   const struct dmstat_flush *after, uint64_t elapsed_ns)
{
	const double elapsed = elapsed_ns ? elapsed_ns : 1;
	uint32_t i;

	*rate = (struct flush_rate){
		.growth = {
			.ios = growth(before->ios, after->ios),
			.ns = growth(before->ns, after->ns),
			.errors = growth(before->errors, after->errors),
			.again = growth(before->again, after->again),
			.busy_ns = growth(before->busy_ns, after->busy_ns),
			.longest_ns = after->longest_ns,
			.in_flight = after->in_flight,
		},
	};
	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		rate->growth.histogram[i] = growth(before->histogram[i],
						   after->histogram[i]);
	if (rate->growth.ios)
		rate->mean_ns = rate->growth.ns / rate->growth.ios;
	rate->ios_per_s = rate->growth.ios / elapsed * NS_PER_SECOND;
	rate->utilization = rate->growth.busy_ns / elapsed;
	if (rate->utilization > 1)
		rate->utilization = 1;
	find_longest(rate, before->longest_ns);
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

/* "flushes: 12.3/s, mean 1.21 ms, longest 3.4 ms, 1.5 % of the time" */
void flush_rate_text(struct output *out, const struct flush_rate *rate)
{
	const struct dmstat_flush *flush = &rate->growth;
	char time[UNIT_TEXT_MAX], most[UNIT_TEXT_MAX], text[FLUSH_TEXT_MAX];
	int length;

	if (flush_is_idle(flush))
		return;
	length = add(text, 0, "flushes: %.*f/s", rate->ios_per_s < 99.95,
		     rate->ios_per_s);
	if (flush->ios)
		length = add(text, length, ", mean %s, longest %s%s",
			     unit_format(time, UNIT_NS, rate->mean_ns),
			     rate->longest_least_ns < flush->longest_ns ?
			     "at most " : "",
			     unit_format(most, UNIT_NS, flush->longest_ns));
	length = add(text, length, ", busy %.0f%%", rate->utilization * 100);
	add_rest(text, length, flush);
	output_text(out, "%s", text);
}
