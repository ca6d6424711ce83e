// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that scrapes, so that a scrape that hangs in the kernel keeps one
 * thread, and no client, waiting.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "exporter/collector.h"
#include "source/interrupt.h"

/* How long the end of the program waits for a scrape that runs, in seconds. */
#define STOP_SECONDS	1

/**
 * struct collector - the thread
 * @thread: the thread
 * @scraper: what it uses
 * @fd: an eventfd, written when @done is set
 * @lock: protects what follows
 * @changed: signalled when @wanted, @has_done or @stop change
 * @wanted: a bit for each format of the next scrape; 0: none is wanted
 * @number: number of the last scrape that was started
 * @since: clock_ns() at its start, 0 if none runs
 * @done: what was scraped
 * @has_done: whether there is such
 * @stop: whether the thread has to end
 */
struct collector {
	pthread_t thread;
	struct scraper *scraper;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int wanted;
	uint64_t number;
	uint64_t since;
	struct collection done;
	bool has_done;
	bool stop;
};

/* Called with the lock, which is dropped meanwhile. */
static void scrape(struct collector *collector)
{
	struct collection collection = { .number = ++collector->number };
	const unsigned int formats = collector->wanted;
	const uint64_t one = 1;

	collector->wanted = 0;
	collector->since = clock_ns();
	pthread_mutex_unlock(&collector->lock);

	scraper_run(collector->scraper, formats, collection.texts);

	pthread_mutex_lock(&collector->lock);
	collector->since = 0;
	collector->done = collection;
	collector->has_done = true;
	if (write(collector->fd, &one, sizeof(one)) < 0)
		abort();	/* it counts to 2^64 */
}

static void *run(void *data)
{
	struct collector *collector = data;

	pthread_mutex_lock(&collector->lock);
	while (!collector->stop) {
		if (collector->wanted && !collector->has_done)
			scrape(collector);
		else
			pthread_cond_wait(&collector->changed,
					  &collector->lock);
	}
	pthread_mutex_unlock(&collector->lock);
	return NULL;
}

static void release(struct collector *collector)
{
	int i;

	for (i = 0; collector->has_done && i < EXPOSITION_FORMATS; i++)
		free(collector->done.texts[i].text);
	pthread_cond_destroy(&collector->changed);
	pthread_mutex_destroy(&collector->lock);
	close(collector->fd);
	free(collector);
}

struct collector *collector_start(struct scraper *scraper)
{
	struct collector *collector = calloc(1, sizeof(*collector));

	if (!collector)
		return NULL;
	collector->scraper = scraper;
	pthread_mutex_init(&collector->lock, NULL);
	pthread_cond_init(&collector->changed, NULL);
	collector->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (collector->fd >= 0 &&
	    !pthread_create(&collector->thread, NULL, run, collector))
		return collector;
	release(collector);
	return NULL;
}

int collector_fd(const struct collector *collector)
{
	return collector->fd;
}

uint64_t collector_want(struct collector *collector,
			enum exposition_format format)
{
	uint64_t number;

	pthread_mutex_lock(&collector->lock);
	collector->wanted |= 1U << format;
	number = collector->number + 1;
	pthread_cond_signal(&collector->changed);
	pthread_mutex_unlock(&collector->lock);
	return number;
}

bool collector_take(struct collector *collector, struct collection *collection)
{
	uint64_t count;
	bool has;

	pthread_mutex_lock(&collector->lock);
	has = collector->has_done;
	if (has) {
		*collection = collector->done;
		collector->has_done = false;
		if (read(collector->fd, &count, sizeof(count)) < 0)
			abort();	/* it was written with @done */
		pthread_cond_signal(&collector->changed);
	}
	pthread_mutex_unlock(&collector->lock);
	return has;
}

uint64_t collector_busy_since(struct collector *collector)
{
	uint64_t since;

	pthread_mutex_lock(&collector->lock);
	since = collector->since;
	pthread_mutex_unlock(&collector->lock);
	return since;
}

bool collector_stop(struct collector *collector)
{
	struct timespec until;

	pthread_mutex_lock(&collector->lock);
	collector->stop = true;
	pthread_cond_signal(&collector->changed);
	pthread_mutex_unlock(&collector->lock);

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_SECONDS;
	if (pthread_timedjoin_np(collector->thread, NULL, &until))
		return false;
	release(collector);
	return true;
}
