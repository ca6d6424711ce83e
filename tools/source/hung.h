/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O that hangs when a command starts or ends. A region tells only what starts after
 * it was created; other regions of the device let the kernel know of earlier I/O.
 */
#ifndef DMSTAT_NL_HUNG_H
#define DMSTAT_NL_HUNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/told.h"

/* What is the same in all events about an I/O. */
struct hung_id {
	uint64_t io_id;
	uint64_t sector;
	uint32_t major;
	uint32_t minor;
};

/**
 * struct hung - I/Os that hung when they were read
 * @ids: which
 * @count: how many
 */
struct hung {
	struct hung_id *ids;
	size_t count;
};

typedef int (*hung_fn)(struct told_source *source,
		       const struct dmstat_inflight *io, void *data);

/**
 * hung_read() - read the I/O that has been in flight for the bound or longer
 * @hung: zero; hung_free() is needed in any case
 * @told: the regions; those of devices that have gone are left out
 * @take: called for each I/O, with the first source it is in; what is not 0 ends
 * @data: passed to @take
 *
 * Left out is what is in no source but those limited to a cgroup: a path is needed to
 * say which cgroup is below which, and it may have gone.
 *
 * Return: 0; what @take returned; EXIT_FAILURE after saying why.
 */
int hung_read(struct hung *hung, const struct told *told, hung_fn take,
	      void *data);

/** hung_has() - whether an event is about one of these I/Os */
bool hung_has(const struct hung *hung, const struct dmstat_io_event *io);

/** hung_free() - free the list */
void hung_free(struct hung *hung);

#endif /* DMSTAT_NL_HUNG_H */
