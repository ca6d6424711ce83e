// SPDX-License-Identifier: GPL-2.0-only
/*
 * counters: read all counters of a region as fast as possible
 *
 *	counters get REGION	once
 *	counters flush MAJOR:MINOR
 *				once, the flushes of a device
 *	counters watch [-l LOG] [-p MICROSECONDS] REGION
 *				until SIGTERM, with this pause between readings.
 *				No counter may go back, and no busy time may grow
 *				by more than the time that has passed.
 *	counters clear [-p MICROSECONDS] REGION
 *				until SIGTERM, clearing what is read. No busy time
 *				may be more than the time that has passed.
 *
 * Counters that are not zero are printed as "AREA COUNTER VALUE", by "clear" summed
 * over all readings; "watch" prints the number of readings. It also watches the
 * flushes of the region's device. Faults are printed to stderr and the status is 1.
 *
 * In LOG each reading is a line "FROM TO AREAS" (CLOCK_MONOTONIC, ns) and for
 * each area a line "INDEX START LENGTH READS-IN-FLIGHT WRITES-IN-FLIGHT BUSY-NS
 * QUEUE-NS IOS NS"; the program witness reads it.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/dmstat.h>

#include "attribute.h"
#include "netlink.h"

/* At most so many faults are printed. */
#define COMPLAINTS	5

/* More than any counter here can reach: a counter below zero is above. */
#define TOO_MUCH	(UINT64_C(1) << 50)

/* A thousandth: how much two clocks may differ. */
#define CLOCK_SLACK(ns)	((ns) / 1000 + 1000)

enum kind {
	SUM,			/* reported once to readers that clear */
	BUSY,			/* the same, and at most the time that passed */
	MAXIMUM,
};

struct counter {
	const char *name;
	uint16_t nest;		/* that has it, 0: none */
	uint16_t type;
	enum kind kind;
};

static const struct counter area_counters[] = {
	{ "read.ios", DMSTAT_A_AREA_READ, DMSTAT_A_IO_IOS },
	{ "read.sectors", DMSTAT_A_AREA_READ, DMSTAT_A_IO_SECTORS },
	{ "read.ns", DMSTAT_A_AREA_READ, DMSTAT_A_IO_NS },
	{ "read.errors", DMSTAT_A_AREA_READ, DMSTAT_A_IO_ERRORS },
	{ "read.again", DMSTAT_A_AREA_READ, DMSTAT_A_IO_AGAIN },
	{ "read.longest", DMSTAT_A_AREA_READ, DMSTAT_A_IO_LONGEST_NS, MAXIMUM },
	{ "write.ios", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_IOS },
	{ "write.sectors", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_SECTORS },
	{ "write.ns", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_NS },
	{ "write.errors", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_ERRORS },
	{ "write.again", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_AGAIN },
	{ "write.longest", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_LONGEST_NS,
	  MAXIMUM },
	{ "discard.ios", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_IOS },
	{ "discard.sectors", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_SECTORS },
	{ "discard.ns", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_NS },
	{ "discard.errors", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_ERRORS },
	{ "discard.again", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_AGAIN },
	{ "discard.longest", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_LONGEST_NS,
	  MAXIMUM },
	{ "busy", 0, DMSTAT_A_AREA_BUSY_NS, BUSY },
	{ "queue", 0, DMSTAT_A_AREA_QUEUE_NS },
};

/* Positions in that table: of reads, and the step to the next operation. */
enum { IOS = 0, NS = 2, PER_OPERATION = 6, BUSY_NS = 18, QUEUE_NS = 19 };

static const struct counter flush_counters[] = {
	{ "flush.ios", 0, DMSTAT_A_FLUSH_IOS },
	{ "flush.ns", 0, DMSTAT_A_FLUSH_NS },
	{ "flush.errors", 0, DMSTAT_A_FLUSH_ERRORS },
	{ "flush.again", 0, DMSTAT_A_FLUSH_AGAIN },
	{ "flush.longest", 0, DMSTAT_A_FLUSH_LONGEST_NS, MAXIMUM },
	{ "flush.busy", 0, DMSTAT_A_FLUSH_BUSY_NS, BUSY },
};

/* Each histogram is a row of counters, after those of the table. */
struct histogram {
	const char *name;
	uint16_t nest;
	uint16_t type;
};

static const struct histogram area_histograms[] = {
	{ "read", DMSTAT_A_AREA_READ, DMSTAT_A_IO_HISTOGRAM },
	{ "write", DMSTAT_A_AREA_WRITE, DMSTAT_A_IO_HISTOGRAM },
	{ "discard", DMSTAT_A_AREA_DISCARD, DMSTAT_A_IO_HISTOGRAM },
};

static const struct histogram flush_histograms[] = {
	{ "flush", 0, DMSTAT_A_FLUSH_HISTOGRAM },
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))
#define BINS		(DMSTAT_HISTOGRAM_BOUNDS_MAX + 1)
#define VALUES_MAX	(NR(area_counters) + NR(area_histograms) * BINS)

/* How an object of the kernel becomes a row of values. */
struct scheme {
	const struct counter *counters;
	size_t nr_counters;
	const struct histogram *histograms;
	size_t nr_histograms;
};

#define SCHEME(counters, histograms)					\
	{ counters, NR(counters), histograms, NR(histograms) }

static const struct scheme areas = SCHEME(area_counters, area_histograms);
static const struct scheme flushes = SCHEME(flush_counters, flush_histograms);

struct area {
	uint64_t index;
	uint64_t start;
	uint64_t length;
	uint64_t reads;			/* in flight */
	uint64_t writes;
	uint64_t value[VALUES_MAX];
};

struct reading {
	int64_t from;			/* CLOCK_MONOTONIC */
	int64_t to;
	size_t nr;
	struct area *area;
	struct area flush;		/* its values alone */
};

static struct netlink netlink;
static uint32_t region_id;
static uint32_t device[2];		/* major, minor */
static uint32_t nr_areas;
static unsigned int complaints;

/* SIGTERM is blocked during a reading. */
static bool has_ended(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* ------------------------------------------------------------ reading */

static struct object nest_of(const struct object *object, uint16_t nest)
{
	return nest ? object_nested(object, nest) : *object;
}

static void take_bins(const struct object *object,
		      const struct histogram *histogram, uint64_t *bins)
{
	struct object nest = nest_of(object, histogram->nest);
	const struct nlattr *a = object_find(&nest, histogram->type);
	size_t size = a ? attribute_size(a) : 0;

	if (size > BINS * sizeof(*bins))
		errx(1, "%s: %zu bytes of bins", histogram->name, size);
	memset(bins, 0, BINS * sizeof(*bins));
	if (size)
		memcpy(bins, attribute_data(a), size);
}

static void take_values(const struct scheme *scheme,
			const struct object *object, uint64_t *value)
{
	const struct counter *counter = scheme->counters;
	struct object nest = { };
	size_t i;

	for (i = 0; i < scheme->nr_counters; i++, counter++) {
		if (!i || counter->nest != counter[-1].nest)
			nest = nest_of(object, counter->nest);
		*value++ = object_uint(&nest, counter->type);
	}
	for (i = 0; i < scheme->nr_histograms; i++, value += BINS)
		take_bins(object, &scheme->histograms[i], value);
}

static void take_area(const struct object *object, struct area *area)
{
	area->index = object_uint(object, DMSTAT_A_AREA_INDEX);
	area->start = object_uint(object, DMSTAT_A_AREA_START);
	area->length = object_uint(object, DMSTAT_A_AREA_LENGTH);
	area->reads = object_uint(object, DMSTAT_A_AREA_IN_FLIGHT_READ);
	area->writes = object_uint(object, DMSTAT_A_AREA_IN_FLIGHT_WRITE);
	take_values(&areas, object, area->value);
}

static void check(const struct answer *answer)
{
	if (answer->error)
		errx(1, "%s: %s", strerror(answer->error), answer->text);
}

/* Of writes in flight these are none, but it is where they are put. */
static void read_flushes(struct area *area)
{
	struct answer answer;
	struct object flush;

	answer = netlink_do(&netlink, DMSTAT_CMD_DEVICE_GET,
			    ATTRIBUTES(U32_PAIR(DMSTAT_A_DEVICE_MAJOR,
						device[0], device[1])));
	check(&answer);
	flush = object_nested(answer.objects, DMSTAT_A_DEVICE_FLUSH);
	take_values(&flushes, &flush, area->value);
	area->writes = object_uint(&flush, DMSTAT_A_FLUSH_IN_FLIGHT);
	netlink_free(&answer);
}

static void read_areas(struct reading *reading, bool clear)
{
	const struct attribute request[8] = {
		U32(DMSTAT_A_AREA_REGION_ID, region_id),
		clear ? FLAG(DMSTAT_A_AREA_CLEAR) : (struct attribute){ },
	};
	struct answer answer;
	size_t i;

	reading->from = now();
	answer = netlink_dump(&netlink, DMSTAT_CMD_AREA_GET, request);
	reading->to = now();
	check(&answer);
	if (answer.nr != nr_areas)
		errx(1, "%zu areas of %u", answer.nr, nr_areas);
	reading->nr = answer.nr;
	for (i = 0; i < answer.nr; i++)
		take_area(&answer.objects[i], &reading->area[i]);
	netlink_free(&answer);
}

static struct reading reading_new(void)
{
	struct reading reading = { .area = calloc(nr_areas, sizeof(struct area)) };

	if (!reading.area)
		err(1, "calloc");
	return reading;
}

static void find_region(const char *id)
{
	struct answer answer;

	region_id = strtoul(id, NULL, 0);
	answer = netlink_do(&netlink, DMSTAT_CMD_REGION_GET,
			    ATTRIBUTES(U32(DMSTAT_A_REGION_REGION_ID,
					   region_id)));
	check(&answer);
	device[0] = object_uint(answer.objects, DMSTAT_A_REGION_MAJOR);
	device[1] = object_uint(answer.objects, DMSTAT_A_REGION_MINOR);
	nr_areas = object_uint(answer.objects, DMSTAT_A_REGION_AREAS);
}

/* ------------------------------------------------------------ checking */

static size_t nr_values(const struct scheme *scheme)
{
	return scheme->nr_counters + scheme->nr_histograms * BINS;
}

static enum kind kind_of(const struct scheme *scheme, size_t i)
{
	return i < scheme->nr_counters ? scheme->counters[i].kind : SUM;
}

/* Return: a name that is valid until the next call. */
static const char *name_of(const struct scheme *scheme, size_t i)
{
	static char name[32];

	if (i < scheme->nr_counters)
		return scheme->counters[i].name;
	i -= scheme->nr_counters;
	snprintf(name, sizeof(name), "%s.bin%zu",
		 scheme->histograms[i / BINS].name, i % BINS);
	return name;
}

static void complain(const struct scheme *scheme, const struct area *area,
		     size_t i, const char *what, uint64_t was, uint64_t is)
{
	if (complaints++ < COMPLAINTS)
		fprintf(stderr, "counters: area %" PRIu64 ": %s %s: %" PRIu64
			", %" PRIu64 "\n", area->index, name_of(scheme, i),
			what, was, is);
}

/* Compare a reading with the one before, at most @elapsed ns earlier. */
static void compare(const struct scheme *scheme, const struct area *before,
		    const struct area *after, int64_t elapsed)
{
	uint64_t was, is;
	size_t i;

	for (i = 0; i < nr_values(scheme); i++) {
		was = before->value[i];
		is = after->value[i];
		if (is < was)
			complain(scheme, after, i, "went back", was, is);
		else if (kind_of(scheme, i) == BUSY &&
			 is - was > elapsed + CLOCK_SLACK(elapsed))
			complain(scheme, after, i,
				 "grew by more than the time that passed",
				 elapsed, is - was);
	}
}

static void compare_readings(const struct reading *before,
			     const struct reading *after)
{
	int64_t elapsed = after->to - before->from;
	size_t i;

	for (i = 0; i < after->nr; i++)
		compare(&areas, &before->area[i], &after->area[i], elapsed);
	/* They are read after the areas. */
	compare(&flushes, &before->flush, &after->flush, now() - before->from);
}

/* ------------------------------------------------------------- printing */

static void print(const struct scheme *scheme, const struct area *area)
{
	size_t i;

	for (i = 0; i < nr_values(scheme); i++) {
		if (area->value[i])
			printf("%" PRIu64 " %s %" PRIu64 "\n", area->index,
			       name_of(scheme, i), area->value[i]);
	}
}

static uint64_t of_operations(const struct area *area, size_t counter)
{
	return area->value[counter] + area->value[PER_OPERATION + counter] +
	       area->value[2 * PER_OPERATION + counter];
}

static void log_reading(FILE *log, const struct reading *reading)
{
	const struct area *area;
	size_t i;

	fprintf(log, "%" PRId64 " %" PRId64 " %zu\n", reading->from,
		reading->to, reading->nr);
	for (i = 0; i < reading->nr; i++) {
		area = &reading->area[i];
		fprintf(log, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %" PRIu64 "\n", area->index, area->start,
			area->length, area->reads, area->writes,
			area->value[BUSY_NS], area->value[QUEUE_NS],
			of_operations(area, IOS), of_operations(area, NS));
	}
}

/* ----------------------------------------------------------------- modes */

static void get(void)
{
	struct reading reading = reading_new();
	size_t i;

	read_areas(&reading, false);
	for (i = 0; i < reading.nr; i++)
		print(&areas, &reading.area[i]);
}

static void flush(void)
{
	struct area area = { };

	read_flushes(&area);
	print(&flushes, &area);
	if (area.writes)
		printf("0 flush.in_flight %" PRIu64 "\n", area.writes);
}

static void watch(FILE *log, useconds_t pause)
{
	struct reading one = reading_new(), other = reading_new();
	struct reading *before = &one, *after = &other, *swap;
	unsigned long readings = 0;
	bool last;

	do {
		last = has_ended();
		read_areas(after, false);
		read_flushes(&after->flush);
		if (log)
			log_reading(log, after);
		if (readings++)
			compare_readings(before, after);
		swap = before;
		before = after;
		after = swap;
		if (pause)
			usleep(pause);
	} while (!last);
	printf("%lu\n", readings);
}

static void add(struct area *sum, const struct area *area, int64_t elapsed)
{
	uint64_t value;
	size_t i;

	sum->index = area->index;
	for (i = 0; i < nr_values(&areas); i++) {
		value = area->value[i];
		if (value > TOO_MUCH)
			complain(&areas, area, i, "cannot be", 0, value);
		else if (kind_of(&areas, i) == BUSY && elapsed &&
			 value > elapsed + CLOCK_SLACK(elapsed))
			complain(&areas, area, i,
				 "is more than the time that passed", elapsed,
				 value);
		if (kind_of(&areas, i) != MAXIMUM)
			sum->value[i] += value;
		else if (value > sum->value[i])
			sum->value[i] = value;
	}
}

static void clear(useconds_t pause)
{
	struct reading reading = reading_new(), sum = reading_new();
	int64_t from = 0;
	bool last;
	size_t i;

	do {
		last = has_ended();
		read_areas(&reading, true);
		for (i = 0; i < reading.nr; i++)
			add(&sum.area[i], &reading.area[i],
			    from ? reading.to - from : 0);
		from = reading.from;
		if (pause)
			usleep(pause);
	} while (!last);
	for (i = 0; i < reading.nr; i++)
		print(&areas, &sum.area[i]);
}

static FILE *open_log(const char *path)
{
	FILE *log = fopen(path, "w");

	if (!log)
		err(1, "%s", path);
	return log;
}

static void usage(void)
{
	fprintf(stderr,
		"usage: counters get REGION\n"
		"       counters flush MAJOR:MINOR\n"
		"       counters watch [-l LOG] [-p MICROSECONDS] REGION\n"
		"       counters clear [-p MICROSECONDS] REGION\n");
	exit(2);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	useconds_t pause = 0;
	FILE *log = NULL;
	int option, error;
	sigset_t set;

	optind = 2;
	while ((option = getopt(argc, argv, "l:p:")) != -1) {
		if (option == 'p')
			pause = strtoul(optarg, NULL, 0);
		else if (option == 'l')
			log = open_log(optarg);
		else
			usage();
	}
	if (argc - optind != 1)
		usage();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);

	error = netlink_open(&netlink);
	if (error)
		errx(1, "no family: %s", strerror(error));
	if (strcmp(mode, "flush"))
		find_region(argv[optind]);
	else if (sscanf(argv[optind], "%u:%u", &device[0], &device[1]) != 2)
		usage();
	if (!strcmp(mode, "get"))
		get();
	else if (!strcmp(mode, "flush"))
		flush();
	else if (!strcmp(mode, "watch"))
		watch(log, pause);
	else if (!strcmp(mode, "clear"))
		clear(pause);
	else
		usage();
	if (log && fclose(log))
		err(1, "log");
	netlink_close(&netlink);
	if (complaints)
		fprintf(stderr, "counters: %u times wrong\n", complaints);
	return complaints ? 1 : 0;
}
