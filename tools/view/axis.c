// SPDX-License-Identifier: GPL-2.0-only
/*
 * Axes and legends: round values, and where they are.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "out/unit.h"
#include "view/axis.h"
#include "view/grid.h"

#define NS_PER_MS	1000000ULL
#define NS_PER_SECOND	(1000 * NS_PER_MS)
#define SECONDS_PER_DAY	86400

/* So much less than a round value is still that, after powers and divisions. */
#define ALMOST	0.9999995

double axis_round_up(double value, bool binary)
{
	double power;

	value *= ALMOST;
	if (binary)
		return exp2(ceil(log2(value)));
	power = pow(10, floor(log10(value)));
	return value <= power ? power :
	       value <= 2 * power ? 2 * power :
	       value <= 5 * power ? 5 * power : 10 * power;
}

double axis_round_down(double value, bool binary)
{
	double power;

	value /= ALMOST;
	if (binary)
		return exp2(floor(log2(value)));
	power = pow(10, floor(log10(value)));
	return value >= 5 * power ? 5 * power :
	       value >= 2 * power ? 2 * power : power;
}

/* In milliseconds; the last one is a day, and multiples of it follow. */
static const uint64_t time_steps[] = {
	1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000,
	30000, 60000, 120000, 300000, 600000, 900000, 1800000, 3600000, 7200000,
	10800000, 21600000, 43200000, 86400000,
};

#define TIME_STEPS	(sizeof(time_steps) / sizeof(time_steps[0]))

/* The text of a mark of time has some 60 pixels: no more than eight of them. */
#define TIME_MARKS	8

static uint64_t choose_time_step(uint64_t length)
{
	uint64_t step;
	size_t i;

	for (i = 0; i < TIME_STEPS; i++)
		if (length / (time_steps[i] * NS_PER_MS) < TIME_MARKS)
			return time_steps[i] * NS_PER_MS;
	step = SECONDS_PER_DAY * NS_PER_SECOND;
	while (length / step >= TIME_MARKS)
		step *= 2;
	return step;
}

static void write_time(char *text, uint64_t ns, uint64_t step)
{
	time_t seconds = ns / NS_PER_SECOND;
	struct tm tm = { 0 };
	size_t length;

	localtime_r(&seconds, &tm);
	length = strftime(text, AXIS_TEXT_MAX,
			  step >= SECONDS_PER_DAY * NS_PER_SECOND ? "%F" :
			  step >= 60 * NS_PER_SECOND ? "%H:%M" : "%T", &tm);
	if (step < NS_PER_SECOND)
		snprintf(text + length, AXIS_TEXT_MAX - length, ".%03u",
			 (unsigned int)(ns % NS_PER_SECOND / NS_PER_MS));
}

size_t axis_time(struct axis_mark *marks, const struct grid_time *time)
{
	const uint64_t step = choose_time_step(time->end - time->begin);
	time_t seconds = time->begin / NS_PER_SECOND;
	uint64_t local, at;
	struct tm tm = { 0 };
	size_t count = 0;

	/* Round in the local time zone. */
	localtime_r(&seconds, &tm);
	local = time->begin + tm.tm_gmtoff * (int64_t)NS_PER_SECOND;
	at = time->begin + (step - local % step) % step;
	for (; at <= time->end && count < AXIS_MARKS; at += step) {
		marks[count].at = at;
		write_time(marks[count++].text, at, step);
	}
	return count;
}

size_t axis_position(struct axis_mark *marks, uint64_t start, uint64_t end)
{
	uint64_t step = 1, at;
	size_t count = 0;

	while ((end - start) / step > 5)
		step *= 2;
	for (at = (start + step - 1) / step * step;
	     at <= end && count < AXIS_MARKS; at += step) {
		marks[count].at = at;
		if (at)
			unit_format(marks[count].text, UNIT_SECTORS, at);
		else
			snprintf(marks[count].text, AXIS_TEXT_MAX, "0");
		count++;
	}
	return count;
}

/* Powers of ten, and between them 2 and 5 if there are few of these. */
size_t axis_latency(struct axis_mark *marks, double low, double high)
{
	const bool few = high / low < 5000;
	double at = axis_round_down(low, false);
	size_t count = 0;

	for (; at <= high / ALMOST && count < AXIS_MARKS;
	     at = axis_round_up(at * 1.01, false)) {
		if (at < low * ALMOST)
			continue;
		if (!few && axis_round_down(at, false) !=
			    pow(10, floor(log10(at / ALMOST))))
			continue;
		marks[count].at = at;
		unit_format(marks[count++].text, UNIT_NS, at + 0.5);
	}
	return count;
}

static void write_value(char *text, enum measure measure, double value)
{
	if (measure == MEASURE_BYTES)
		unit_format(text, UNIT_BYTES, value + 0.5);
	else if (measure == MEASURE_LATENCY)
		unit_format(text, UNIT_NS, value + 0.5);
	else if (value >= 1000000)
		snprintf(text, AXIS_TEXT_MAX, "%.3g M", value / 1000000);
	else
		snprintf(text, AXIS_TEXT_MAX, value < 1 ? "%.3g" : "%.0f",
			 value);
}

size_t axis_values(struct axis_mark *marks, enum measure measure, double least,
		   double most)
{
	const double factor = measure == MEASURE_BYTES ? 16 : 10;
	size_t count = 0;
	double at;

	/* From the highest down, so that it has a mark. */
	for (at = most; at >= least * ALMOST && count < AXIS_MARKS;
	     at /= factor) {
		marks[count].at = at;
		write_value(marks[count++].text, measure, at);
	}
	/* The lower end has one if there is room for it. */
	if (at * factor > 2 * least && count < AXIS_MARKS) {
		marks[count].at = least;
		write_value(marks[count++].text, measure, least);
	}
	return count;
}
