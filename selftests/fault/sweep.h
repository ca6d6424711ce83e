/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request with its first, second, third ... allocation failing, until one
 * goes through without a fault. What comes of each is all or nothing, and the
 * answer says which.
 */
#ifndef _SWEEP_H
#define _SWEEP_H

#include <stdio.h>
#include <sys/types.h>

#include "../netlink.h"
#include "fault.h"

#define SWEEP_SECTORS (1ULL << 34)
/* Of a device on a disk. */
#define SWEEP_DISK_SECTORS (1ULL << 20)

struct sweep;
struct exchange;

/* A request to sweep, and what to expect of it. */
struct request {
	uint8_t command;
	uint16_t flags;			/* NLM_F_DUMP, NLM_F_ECHO */
	uint16_t device;		/* attribute for the major number, or 0 */
	uint16_t region;		/* attribute for the id, or 0 */
	struct attribute attributes[3];
	bool alone;			/* without the base region */
	bool request_based;		/* device */
	bool once;			/* only one allocation fails at a time */
	uint16_t varies;		/* attribute of an answer, or 0 */
	void (*prepare)(struct sweep *sweep);	/* each time, or NULL */
	void (*check)(struct sweep *sweep, struct exchange *exchange);
	/* The least number of faults in the module, and of pages. */
	unsigned int in_module;
	unsigned int of_pages;
};

/* How a request went. */
struct exchange {
	struct answer answer;
	int send_error;
	bool lost;			/* the kernel reported ENOBUFS */
	bool reached;			/* the system call with the fault */
	bool fired;			/* an allocation failed */
};

struct sweep {
	const struct request *request;
	struct fault fault;
	struct netlink netlink;		/* for all but the swept dumps */
	struct netlink dumper;		/* for those: a dump may get stuck */
	struct netlink listener;
	unsigned int minor;
	uint32_t base;			/* a region that stays, or 0 */
	uint64_t base_reads;		/* of its first area */
	uint32_t region;		/* the subject of the request */
	pid_t in_flight;		/* process with a read in flight */
	struct answer expected;		/* without faults, of what only reads */
	uint32_t sequence;		/* of the last notification, or 0 */
	/* Which system call of the exchange, and which allocation in it. */
	unsigned int call;
	unsigned int nth;
	/* Numbers of faults. */
	unsigned int fired;
	unsigned int in_module;
	unsigned int of_pages;
	unsigned int wrong;		/* complaints */
};

/* Something is wrong; there may be more. */
#define complain(about, format, ...)					\
do {									\
	struct sweep *_s = (about);					\
									\
	if (_s->wrong++ < 10)						\
		fprintf(stderr, "# allocation %u of call %u (%s): "	\
			format "\n", _s->nth, _s->call, sweep_place(_s), \
			##__VA_ARGS__);					\
} while (0)

const char *sweep_place(const struct sweep *sweep);

/* A device, sockets, and unless @alone a region that stays. */
void sweep_open(struct sweep *sweep, bool alone);
/* Do the request without faults, so that there is something to compare with. */
void sweep_expect(struct sweep *sweep);
void sweep_run(struct sweep *sweep, enum fault_mode mode);

/* Whether the answer says that all went well. */
bool succeeded(const struct exchange *exchange);
/* Whether an error, or none, can come of a failed allocation. */
bool is_memory_error(int error);

#endif /* _SWEEP_H */
