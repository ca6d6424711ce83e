// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is recorded while fuzzing, and printing it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "record.h"

/* A fault seldom shows only once. */
#define COMPLAINTS 10

struct record *record;

struct record *records_map(unsigned int nr)
{
	struct record *records;

	records = mmap(NULL, nr * sizeof(*records), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (records == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	return records;
}

void record_datagram(const struct datagram *datagram, uint64_t number)
{
	struct record_datagram *last;

	last = &record->datagram[record->datagrams++ % RECORD_DATAGRAMS];
	last->number = number;
	last->size = datagram->size;
	memcpy(last->bytes, datagram->bytes, datagram->size < RECORD_BYTES ?
	       datagram->size : RECORD_BYTES);
	record->number = number;
	record->messages += datagram->nr;
	record->progress++;
}

void record_verdicts(const struct datagram *datagram)
{
	const struct request *request = datagram->requests;
	struct record_mode *mode;

	for (; request < &datagram->requests[datagram->nr]; request++) {
		if (!request->handled || !request->operation)
			continue;
		mode = &record->mode[spec_index(request->operation)]
				    [request->mode];
		mode->sent++;
		mode->accepted += request->verdict == VERDICT_ACCEPTED;
		mode->left += request->verdict == VERDICT_LEFT;
		mode->refused += request->verdict == VERDICT_REFUSED;
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
	errx(EXIT_FAILURE, "more than %u different refusals", RECORD_TEXTS);
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
			   unsigned int process)
{
	size_t size = last->size < RECORD_BYTES ? last->size : RECORD_BYTES, i;

	printf("%u:%llu, %u bytes:", process, (unsigned long long)last->number,
	       last->size);
	for (i = 0; i < size; i++)
		printf("%s%02x", i % 4 ? "" : i % 32 ? " " : "\n\t",
		       last->bytes[i]);
	printf("%s\n", size < last->size ? " ..." : "");
}

void record_print_last(const struct record *from)
{
	uint64_t i = from->datagrams > RECORD_DATAGRAMS ?
		     from->datagrams - RECORD_DATAGRAMS : 0;

	for (; i < from->datagrams; i++)
		print_datagram(&from->datagram[i % RECORD_DATAGRAMS],
			       from->process);
	fflush(stdout);
}

static void add_up(struct record *sum, const struct record *from)
{
	const uint64_t *add = (const uint64_t *)from->mode;
	uint64_t *to = (uint64_t *)sum->mode;
	const struct record_text *text;
	size_t i;

	sum->messages += from->messages;
	sum->datagrams += from->datagrams;
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
	printf("operation %s %s sent %llu accepted %llu left %llu refused %llu\n",
	       operation->name, mode == SPEC_DO ? "do" : "dump",
	       (unsigned long long)counts->sent,
	       (unsigned long long)counts->accepted,
	       (unsigned long long)counts->left,
	       (unsigned long long)counts->refused);
}

void records_print(const struct record *records, unsigned int nr)
{
	struct record_mode total = {};
	const struct record_text *text;
	static struct record sum;
	unsigned int i;
	int mode;

	for (i = 0; i < nr; i++)
		add_up(&sum, &records[i]);
	for (i = 0; i < SPEC_OPERATIONS; i++) {
		for (mode = 0; mode < SPEC_MODES; mode++) {
			if (!family.operations[i].mode[mode].there)
				continue;
			print_mode(&family.operations[i], mode,
				   &sum.mode[i][mode]);
			total.sent += sum.mode[i][mode].sent;
			total.accepted += sum.mode[i][mode].accepted;
		}
	}
	for (text = sum.texts; text < sum.texts + RECORD_TEXTS; text++)
		if (text->nr)
			printf("refusal %llu %s %s\n",
			       (unsigned long long)text->nr,
			       strerrorname_np(text->error), text->text);
	printf("requests %llu accepted %llu percent %llu, messages %llu, datagrams %llu\n",
	       (unsigned long long)total.sent,
	       (unsigned long long)total.accepted,
	       (unsigned long long)(total.accepted * 100 / (total.sent ?: 1)),
	       (unsigned long long)sum.messages,
	       (unsigned long long)sum.datagrams);
}
