// SPDX-License-Identifier: GPL-2.0-only
/*
 * witness: the I/O of a device, as the tracepoints of the block layer have it
 *
 *	witness summary TRACE MAJOR:MINOR
 *	witness compare TRACE MAJOR:MINOR LOG
 *
 * TRACE is what tracefs has of block_bio_queue and block_bio_complete, with the
 * clock "mono", of a time at whose beginning nothing was in flight. LOG is of
 * the program counters.
 *
 * The first prints "OPERATION IOS SECTORS NS ERRORS AGAIN LONGEST BUSY", for
 * flushes also "flush.bin BIN COUNT", and "open IOS" of what has not ended. The
 * second looks at each reading of LOG: in each area, busy and queue time and
 * what is in flight have to be what they were at some time during the reading.
 * It fails if they were not.
 *
 * A bio has no name in a trace. It ends where it began if it is known by its
 * last sector: what device-mapper splits off is its beginning.
 */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPLAINTS	10

/* Gaps between I/Os up to this count as busy, and so much of a longer one. */
#define RESOLUTION_NS	131072

/* A time may differ by so many per cent besides. */
#define PER_CENT	2

/*
 * The probes of the trace and of the module are called one after the other, so they
 * see an I/O start or end at different times: PROBE_NS apart as a rule, but now and
 * then a virtual CPU stands still in between. The difference shows in the time that
 * I/Os took. Up to STILL_NS, and APART_PER_CENT of all time, it is no fault of busy
 * time.
 */
#define PROBE_NS	5000
#define SHORT_NS	1000000
#define STILL_NS	200000000
#define APART_PER_CENT	5

/*
 * An area's busy time starts when it can first be read. Its first I/O started
 * earlier: at most by this, if a virtual CPU stands still in between.
 */
#define FIRST_NS	10000000

#define EAGAIN_IN_TRACE	(-11)
#define NEVER		INT64_MAX

enum operation { READ, WRITE, DISCARD, FLUSH, OPERATIONS };

static const char *const names[OPERATIONS] = {
	"read", "write", "discard", "flush",
};

struct io {
	int64_t start;			/* ns */
	int64_t end;
	uint64_t sector;
	uint64_t sectors;
	char letter;			/* as in the trace: R, W, D, N */
	int error;
};

static struct io *ios;
static size_t nr_ios, room;
static size_t *open_ios, nr_open;	/* indexes of those in flight */
static size_t unmatched;
static unsigned int complaints;

static void *more(void *array, size_t nr, size_t size)
{
	array = realloc(array, nr * size);
	if (!array)
		err(2, "realloc");
	return array;
}

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void complain(const char *what, int64_t at, uint64_t area, int64_t is,
		     int64_t least, int64_t most)
{
	if (complaints++ < COMPLAINTS)
		printf("%s of area %" PRIu64 " at %.6f s: %" PRId64
		       ", expected %" PRId64 " to %" PRId64 "\n", what, area,
		       at / 1e9, is, least, most);
}

/* ------------------------------------------------------------- the trace */

static void queued(int64_t time, const struct io *io)
{
	if (nr_ios == room) {
		room = room ? 2 * room : 1024;
		ios = more(ios, room, sizeof(*ios));
		open_ios = more(open_ios, room, sizeof(*open_ios));
	}
	open_ios[nr_open++] = nr_ios;
	ios[nr_ios] = *io;
	ios[nr_ios].start = time;
	ios[nr_ios].error = 0;
	ios[nr_ios++].end = NEVER;
}

/* How well an I/O in flight matches one that has ended; 0: not at all. */
static int fits(const struct io *io, const struct io *ended)
{
	if (io->letter != ended->letter)
		return 0;
	if (io->sector == ended->sector && io->sectors == ended->sectors)
		return 4;
	if (io->sector + io->sectors == ended->sector + ended->sectors)
		return 3;
	/* An append that was split has failed; a whole one has moved. */
	return ended->letter == 'N' && io->sectors == ended->sectors &&
	       io->sector <= ended->sector;
}

static void completed(int64_t time, const struct io *ended)
{
	size_t i, found = nr_open;
	int best = 0, fit;
	struct io *io;

	/* The oldest of the best matches. */
	for (i = 0; i < nr_open && best < 4; i++) {
		fit = fits(&ios[open_ios[i]], ended);
		if (fit > best) {
			best = fit;
			found = i;
		}
	}
	if (!best) {
		unmatched++;
		return;
	}
	io = &ios[open_ios[found]];
	io->end = time;
	io->error = ended->error;
	if (best == 1)
		io->sector = ended->sector;
	nr_open--;
	memmove(&open_ios[found], &open_ios[found + 1],
		(nr_open - found) * sizeof(*open_ios));
}

/* "FWS": the first letter may only say that there is a flush before. */
static char letter_of(const char *rwbs)
{
	return rwbs[0] == 'F' && strchr("RWDN", rwbs[1]) ? rwbs[1] : rwbs[0];
}

/* TASK [CPU] FLAGS SECONDS.MICROSECONDS: EVENT: MAJOR,MINOR RWBS SECTOR +
 * SECTORS [COMM or ERROR]
 */
static void take_line(const char *line, unsigned int major, unsigned int minor)
{
	const char *event = strstr(line, ": block_bio_"), *time;
	unsigned long seconds, us;
	unsigned int ma, mi;
	char kind[16], rwbs[16];
	struct io io = { };
	int64_t ns;

	if (!event)
		return;
	for (time = event; time > line && time[-1] != ' '; time--)
		;
	if (sscanf(time, "%lu.%lu", &seconds, &us) != 2 ||
	    sscanf(event, ": block_bio_%15[a-z]: %u,%u %15s %" SCNu64 " + %"
		   SCNu64 " [%d", kind, &ma, &mi, rwbs, &io.sector,
		   &io.sectors, &io.error) < 6)
		errx(2, "not of a trace: %s", line);
	if (ma != major || mi != minor)
		return;
	io.letter = letter_of(rwbs);
	ns = (seconds * INT64_C(1000000) + us) * 1000;
	if (!strcmp(kind, "queue"))
		queued(ns, &io);
	else if (!strcmp(kind, "complete"))
		completed(ns, &io);
}

static void take_trace(const char *path, const char *device)
{
	FILE *file = fopen(path, "r");
	unsigned int major, minor;
	char line[512];

	if (!file)
		err(2, "%s", path);
	if (sscanf(device, "%u:%u", &major, &minor) != 2)
		errx(2, "no device: %s", device);
	while (fgets(line, sizeof(line), file))
		take_line(line, major, minor);
	fclose(file);
}

/* ---------------------------------------------------------------- lines */

/*
 * Sums over some I/Os at any time: a point is where one starts or ends, with the
 * sums until then, and the number in flight from then on.
 */
struct point {
	int64_t time;
	int change;			/* +1 or -1 */
	int64_t flight;
	int64_t busy;
	int64_t queue;
	int64_t slack;			/* of gaps that may count as busy */
};

struct line {
	struct point *point;
	size_t nr;
};

static int compare_points(const void *a, const void *b)
{
	const struct point *one = a, *other = b;

	if (one->time != other->time)
		return one->time < other->time ? -1 : 1;
	return other->change - one->change;
}

/* The sums of a point, extended to a later time. */
static struct point carry_on(const struct point *point, int64_t time)
{
	struct point next = *point;
	int64_t ns = time - point->time;

	next.time = time;
	if (point->flight)
		next.busy += ns;
	else
		next.slack += min(ns, RESOLUTION_NS);
	next.queue += point->flight * ns;
	return next;
}

static void add_point(struct line *line, int64_t time, int change)
{
	line->point[line->nr++] = (struct point){ .time = time,
						  .change = change };
}

static enum operation operation_of(const struct io *io)
{
	if (!io->sectors)
		return FLUSH;
	switch (io->letter) {
	case 'R':
		return READ;
	case 'D':
		return DISCARD;
	}
	return WRITE;
}

/* The I/Os that @wanted selects. Bounced I/O was never in flight. */
static struct line make_line(bool (*wanted)(const struct io *io,
					    const void *data),
			     const void *data)
{
	struct line line = { .point = more(NULL, 2 * nr_ios + 1,
					   sizeof(struct point)) };
	struct point next;
	size_t i;

	for (i = 0; i < nr_ios; i++) {
		if (ios[i].error == EAGAIN_IN_TRACE || !wanted(&ios[i], data))
			continue;
		add_point(&line, ios[i].start, 1);
		if (ios[i].end != NEVER)
			add_point(&line, ios[i].end, -1);
	}
	qsort(line.point, line.nr, sizeof(*line.point), compare_points);
	if (line.nr)
		line.point[0].flight = 1;
	for (i = 1; i < line.nr; i++) {
		next = carry_on(&line.point[i - 1], line.point[i].time);
		next.change = line.point[i].change;
		next.flight += next.change;
		line.point[i] = next;
	}
	return line;
}

/* The last point up to a time; -1 if there is none. */
static ssize_t point_before(const struct line *line, int64_t time)
{
	size_t low = 0, high = line->nr, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (line->point[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return (ssize_t)low - 1;
}

static struct point at_time(const struct line *line, int64_t time)
{
	ssize_t i = point_before(line, time);

	return i < 0 ? (struct point){ .time = time } :
		       carry_on(&line->point[i], time);
}

/* ------------------------------------------------------------- summary */

static bool is_of(const struct io *io, const void *operation)
{
	return operation_of(io) == *(const enum operation *)operation;
}

static void summary_of(enum operation operation)
{
	uint64_t count = 0, sectors = 0, ns = 0, errors = 0, again = 0;
	int64_t longest = 0, busy = 0;
	struct line line;
	size_t i;

	for (i = 0; i < nr_ios; i++) {
		if (operation_of(&ios[i]) != operation || ios[i].end == NEVER)
			continue;
		if (ios[i].error == EAGAIN_IN_TRACE) {
			again++;
			continue;
		}
		count++;
		sectors += ios[i].sectors;
		errors += ios[i].error != 0;
		ns += ios[i].end - ios[i].start;
		longest = max(longest, ios[i].end - ios[i].start);
	}
	line = make_line(is_of, &operation);
	if (line.nr)
		busy = line.point[line.nr - 1].busy;
	printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %" PRId64 " %" PRId64 "\n", names[operation], count, sectors,
	       ns, errors, again, longest, busy);
	free(line.point);
}

/* Powers of two of a microsecond. */
static size_t bin_of(int64_t ns)
{
	size_t bin = 0;

	for (ns /= 1000; ns && bin < 31; ns /= 2)
		bin++;
	return bin;
}

static void flush_bins(void)
{
	size_t count[32] = { }, i;

	for (i = 0; i < nr_ios; i++)
		if (operation_of(&ios[i]) == FLUSH && ios[i].end != NEVER &&
		    ios[i].error != EAGAIN_IN_TRACE)
			count[bin_of(ios[i].end - ios[i].start)]++;
	for (i = 0; i < 32; i++)
		if (count[i])
			printf("flush.bin %zu %zu\n", i, count[i]);
}

static void summary(void)
{
	enum operation operation;

	for (operation = 0; operation < OPERATIONS; operation++)
		summary_of(operation);
	flush_bins();
	printf("open %zu\n", nr_open);
}

/* ----------------------------------------------------------- comparison */

/* The values of an area in a reading. */
struct area {
	uint64_t index;
	uint64_t start;
	uint64_t length;
	int64_t reads;			/* in flight */
	int64_t writes;
	int64_t busy;
	int64_t queue;
	uint64_t ios;
	int64_t ns;
};

struct reading {
	int64_t from;
	int64_t to;
	size_t nr;
	struct area *area;
};

static struct reading *readings;
static size_t nr_readings;

static bool take_reading(FILE *file, struct reading *reading)
{
	struct area *area;
	size_t i;

	if (fscanf(file, "%" SCNd64 " %" SCNd64 " %zu", &reading->from,
		   &reading->to, &reading->nr) != 3)
		return false;
	reading->area = more(NULL, reading->nr, sizeof(*reading->area));
	for (i = 0; i < reading->nr; i++) {
		area = &reading->area[i];
		if (fscanf(file, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64
			   " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNu64
			   " %" SCNd64, &area->index, &area->start,
			   &area->length, &area->reads, &area->writes,
			   &area->busy, &area->queue, &area->ios,
			   &area->ns) != 9)
			errx(2, "not of a log");
	}
	return true;
}

static void take_log(const char *path)
{
	FILE *file = fopen(path, "r");
	struct reading reading;

	if (!file)
		err(2, "%s", path);
	while (take_reading(file, &reading)) {
		readings = more(readings, nr_readings + 1, sizeof(reading));
		readings[nr_readings++] = reading;
	}
	fclose(file);
	if (!nr_readings)
		errx(2, "%s: no reading", path);
}

static bool is_in(const struct io *io, const void *data)
{
	const struct area *area = data;

	return io->sectors && io->sector < area->start + area->length &&
	       io->sector + io->sectors > area->start;
}

struct comparison {
	struct line line;
	int64_t apart;			/* of queue time from the trace's */
	int64_t still;			/* how much that has changed, in all */
	double used;			/* the most of what was allowed */
	size_t flights;			/* readings with a wrong number in flight */
};

/* Whether @value is between its values at two times, less @less and plus @more. */
static void compare_time(struct comparison *c, const char *what,
			 const struct reading *reading,
			 const struct area *area, int64_t value, int64_t then,
			 int64_t now, int64_t less, int64_t more)
{
	double used;

	less += then * PER_CENT / 100 + RESOLUTION_NS + SHORT_NS;
	more += now * PER_CENT / 100 + RESOLUTION_NS + SHORT_NS;
	used = value < then ? (double)(then - value) / less :
			      (double)(value - now) / more;
	if (used > c->used)
		c->used = used;
	if (used > 1)
		complain(what, reading->to, area->index, value,
			 max(then - less, 0), now + more);
}

/* How long virtual CPUs have stood still between two probes. */
static void still(struct comparison *c, int64_t queue, int64_t then,
		  int64_t now)
{
	int64_t apart = 0;

	if (queue < then)
		apart = queue - then;
	else if (queue > now)
		apart = queue - now;
	c->still = min(c->still + llabs(apart - c->apart), STILL_NS);
	c->apart = apart;
}

/* So many were in flight at some time between, or shortly before or after. */
static void compare_flight(struct comparison *c, const struct reading *reading,
			   const struct area *area)
{
	struct point then = at_time(&c->line, reading->from - SHORT_NS);
	int64_t least = then.flight, most = then.flight;
	int64_t value = area->reads + area->writes;
	ssize_t i;

	for (i = point_before(&c->line, then.time) + 1; i < c->line.nr &&
	     c->line.point[i].time <= reading->to + SHORT_NS; i++) {
		least = min(least, c->line.point[i].flight);
		most = max(most, c->line.point[i].flight);
	}
	if (value < least || value > most)
		c->flights++;
}

static void compare_area(size_t i, int64_t *ns, int64_t *apart, double *used,
			 size_t *flights)
{
	const struct area *last = &readings[nr_readings - 1].area[i], *area;
	struct comparison c = { .line = make_line(is_in, last) };
	const struct reading *reading;
	struct point then, now;
	uint64_t count = c.line.nr / 2;
	size_t k;

	now = at_time(&c.line, readings[nr_readings - 1].to);
	if (now.flight)
		errx(2, "%" PRId64 " I/Os in flight at the end", now.flight);
	if (last->ios != count)
		complain("I/Os", now.time, last->index, last->ios, count,
			 count);
	*ns += now.queue;
	*apart += llabs(last->ns - now.queue);

	for (k = 0; k < nr_readings; k++) {
		reading = &readings[k];
		area = &reading->area[i];
		then = at_time(&c.line, reading->from);
		now = at_time(&c.line, reading->to);
		still(&c, area->queue, then.queue, now.queue);
		compare_time(&c, "busy", reading, area, area->busy, then.busy,
			     now.busy, c.still + FIRST_NS,
			     c.still + now.slack);
		compare_time(&c, "queue", reading, area, area->queue,
			     then.queue, now.queue,
			     count * PROBE_NS + STILL_NS,
			     count * PROBE_NS + STILL_NS);
		compare_flight(&c, reading, area);
	}
	*flights += c.flights;
	if (c.used > *used)
		*used = c.used;
	free(c.line.point);
}

static void compare(const char *log)
{
	size_t i, flights = 0, nr;
	int64_t ns = 0, apart = 0, limit;
	double used = 0;

	take_log(log);
	nr = readings[0].nr;
	for (i = 0; i < nr; i++)
		compare_area(i, &ns, &apart, &used, &flights);
	printf("%zu I/Os, %zu readings of %zu areas: of what is allowed %.0f %% were used\n",
	       nr_ios, nr_readings, nr, used * 100);

	limit = ns * APART_PER_CENT / 100 + STILL_NS;
	printf("I/Os took %.3f ms, in the trace %.3f ms more or less\n",
	       ns / 1e6, apart / 1e6);
	if (apart > limit)
		complain("ns", 0, 0, apart, 0, limit);
	/* A virtual CPU may stand still between the probes. */
	printf("in flight: %zu times wrong\n", flights);
	if (flights > nr_readings * nr / 100)
		complain("in flight", 0, 0, flights, 0,
			 nr_readings * nr / 100);
}

int main(int argc, char **argv)
{
	bool comparing = argc == 5 && !strcmp(argv[1], "compare");

	if (!comparing && (argc != 4 || strcmp(argv[1], "summary"))) {
		fprintf(stderr,
			"usage: witness summary TRACE MAJOR:MINOR\n"
			"       witness compare TRACE MAJOR:MINOR LOG\n");
		return 2;
	}
	take_trace(argv[2], argv[3]);
	if (unmatched)
		errx(2, "%zu I/Os ended that had not started", unmatched);
	if (comparing)
		compare(argv[4]);
	else
		summary();
	if (complaints)
		printf("%u times wrong\n", complaints);
	return complaints ? 1 : 0;
}
