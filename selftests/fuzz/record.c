// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is written down while fuzzing, and printing it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "case.h"
#include "record.h"

/* One thing that is wrong is seldom wrong only once. */
#define COMPLAINTS 10

struct record *record;

const char *const manner_names[MANNERS] = {
	[MANNER_READ] = "read",
	[MANNER_FLOOD] = "flood",
	[MANNER_UNPRIVILEGED] = "unprivileged",
	[MANNER_HOUSEKEEPING] = "housekeeping",
};

struct record *records_map(const char *path)
{
	size_t size = RECORD_PROCESSES * sizeof(struct record);
	struct record *records;
	int fd = -1;

	if (path) {
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0 || ftruncate(fd, size))
			err(EXIT_FAILURE, "%s", path);
	}
	records = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | (path ? 0 : MAP_ANONYMOUS), fd, 0);
	if (records == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	return records;
}

void record_datagram(const struct datagram *datagram, uint64_t number,
		     enum manner manner)
{
	struct record_datagram *last;

	last = &record->datagram[record->datagrams++ % RECORD_DATAGRAMS];
	last->number = number;
	last->manner = manner;
	last->size = datagram->size;
	memcpy(last->bytes, datagram->bytes, datagram->size < RECORD_BYTES ?
	       datagram->size : RECORD_BYTES);
	record->number = number;
	record->messages += datagram->nr;
	record->manner[manner] += datagram->nr;
	record->progress++;
}

void record_verdicts(const struct datagram *datagram)
{
	const struct request *request = datagram->requests;
	struct record_mode *mode;

	for (; request < &datagram->requests[datagram->nr]; request++) {
		if (!request->handled || !request->operation) {
			record->others++;
			continue;
		}
		mode = &record->mode[spec_index(request->operation)]
				    [request->mode];
		mode->sent++;
		mode->accepted += request->verdict == VERDICT_ACCEPTED;
		mode->left += request->verdict == VERDICT_LEFT;
		mode->refused += request->verdict == VERDICT_REFUSED;
		if (request->verdict == VERDICT_REFUSED &&
		    request->error < RECORD_ERRORS)
			mode->errors[request->error]++;
	}
}

static struct record_text *find_text(struct record_text *texts, int error,
				     const char *text)
{
	struct record_text *entry;

	for (entry = texts; entry < texts + RECORD_TEXTS; entry++) {
		if (!entry->nr) {
			entry->error = error;
			snprintf(entry->text, sizeof(entry->text), "%s", text);
			return entry;
		}
		if (entry->error == error &&
		    !strncmp(entry->text, text, sizeof(entry->text) - 1))
			return entry;
	}
	/* What has no room is counted together. */
	return &texts[RECORD_TEXTS - 1];
}

void record_text(int error, const char *text)
{
	find_text(record->texts, error, text)->nr++;
}

void complain(const char *format, ...)
{
	va_list arguments;

	printf("WRONG: %u:%llu: ", record->process,
	       (unsigned long long)record->number);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	if (++record->complaints == COMPLAINTS)
		exit(EXIT_FAILURE);
}

/* ----------------------------------------------------------------- printing */

static void print_datagram(const struct record_datagram *last,
			   unsigned int process, uint16_t id)
{
	static struct datagram datagram;

	datagram.size = last->size < RECORD_BYTES ? last->size : RECORD_BYTES;
	memcpy(datagram.bytes, last->bytes, datagram.size);
	datagram_walk(&datagram, id, 0);
	printf("# %u:%llu, %s, %u bytes%s\n", process,
	       (unsigned long long)last->number, manner_names[last->manner],
	       last->size, last->size > datagram.size ? ", cut off here" : "");
	case_print(&datagram, id, NULL);
	printf("\n");
}

void record_print_last(const struct record *from, unsigned int process,
		       uint16_t id)
{
	uint64_t i = from->datagrams > RECORD_DATAGRAMS ?
		     from->datagrams - RECORD_DATAGRAMS : 0;

	if (!from->datagrams)
		return;
	printf("the last datagrams of process %u:\n", process);
	for (; i < from->datagrams; i++)
		print_datagram(&from->datagram[i % RECORD_DATAGRAMS], process,
			       id);
	fflush(stdout);
}

/* The records of all processes in one. */
static void add_up(struct record *sum, const struct record *from)
{
	const uint64_t *add = (const uint64_t *)from->mode;
	uint64_t *to = (uint64_t *)sum->mode;
	const struct record_text *text;
	size_t i;

	sum->messages += from->messages;
	sum->others += from->others;
	sum->events += from->events;
	sum->spoiled += from->spoiled;
	sum->datagrams += from->datagrams;
	if (from->slowest_ns > sum->slowest_ns) {
		sum->slowest_ns = from->slowest_ns;
		sum->slowest = from->slowest;
		sum->slowest_process = from->slowest_process;
	}
	for (i = 0; i < MANNERS; i++)
		sum->manner[i] += from->manner[i];
	for (i = 0; i < sizeof(sum->mode) / sizeof(*to); i++)
		to[i] += add[i];
	for (text = from->texts; text < from->texts + RECORD_TEXTS; text++)
		if (text->nr)
			find_text(sum->texts, text->error, text->text)->nr +=
				text->nr;
}

static void print_mode(const struct spec_operation *operation, int mode,
		       const struct record_mode *counts)
{
	unsigned int i;

	printf("operation %s %s sent %llu accepted %llu left %llu refused %llu",
	       operation->name, mode == SPEC_DO ? "do" : "dump",
	       (unsigned long long)counts->sent,
	       (unsigned long long)counts->accepted,
	       (unsigned long long)counts->left,
	       (unsigned long long)counts->refused);
	for (i = 0; i < RECORD_ERRORS; i++)
		if (counts->errors[i])
			printf(" %s %llu", strerrorname_np(i),
			       (unsigned long long)counts->errors[i]);
	printf("\n");
}

static void print_total(const struct record *sum)
{
	struct record_mode total = {};
	unsigned int i;
	int mode;

	for (i = 0; i < SPEC_OPERATIONS; i++) {
		for (mode = 0; mode < SPEC_MODES; mode++) {
			total.sent += sum->mode[i][mode].sent;
			total.accepted += sum->mode[i][mode].accepted;
		}
	}
	printf("messages %llu in datagrams %llu spoiled %llu events %llu\n",
	       (unsigned long long)sum->messages,
	       (unsigned long long)sum->datagrams,
	       (unsigned long long)sum->spoiled,
	       (unsigned long long)sum->events);
	printf("slowest %u:%llu, %llu us\n", sum->slowest_process,
	       (unsigned long long)sum->slowest,
	       (unsigned long long)sum->slowest_ns / 1000);
	printf("requests %llu accepted %llu percent %llu, no requests %llu\n",
	       (unsigned long long)total.sent,
	       (unsigned long long)total.accepted,
	       (unsigned long long)(total.accepted * 100 / (total.sent ?: 1)),
	       (unsigned long long)sum->others);
	for (i = 0; i < MANNERS; i++)
		printf("manner %s %llu\n", manner_names[i],
		       (unsigned long long)sum->manner[i]);
}

void records_print(const struct record *records, unsigned int nr)
{
	static struct record sum;
	const struct record_text *text;
	unsigned int i;
	int mode;

	for (i = 0; i < nr; i++)
		add_up(&sum, &records[i]);
	for (i = 0; i < SPEC_OPERATIONS; i++)
		for (mode = 0; mode < SPEC_MODES; mode++)
			if (family.operations[i].mode[mode].there)
				print_mode(&family.operations[i], mode,
					   &sum.mode[i][mode]);
	for (text = sum.texts; text < sum.texts + RECORD_TEXTS; text++)
		if (text->nr)
			printf("refusal %llu %s %s\n",
			       (unsigned long long)text->nr,
			       strerrorname_np(text->error), text->text);
	print_total(&sum);
}
