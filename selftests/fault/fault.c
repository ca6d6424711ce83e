// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of this process: armed, disarmed, and found in the kernel's trace.
 */
#include <err.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "fault.h"
#include "kselftest.h"

#define FAULT_SLAB "/sys/kernel/debug/failslab/"
#define FAULT_PAGE "/sys/kernel/debug/fail_page_alloc/"
/* Not an instance of its own: to make one takes seconds. */
#define FAULT_TRACE "/sys/kernel/tracing/"

/* More than a test needs with all its answers. */
#define FAULT_HEAP (16 << 20)
#define FAULT_STACK (256 << 10)

bool fault_possible(void)
{
	return !access("/proc/self/fail-nth", W_OK) &&
	       !access(FAULT_SLAB "times", W_OK) &&
	       !access(FAULT_PAGE "times", W_OK);
}

static void fault_put(int fd, const char *text)
{
	ssize_t size = strlen(text);

	if (write(fd, text, size) != size)
		err(KSFT_FAIL, "cannot write %s", text);
}

static void fault_set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		err(KSFT_FAIL, "%s", path);
	fault_put(fd, text);
	close(fd);
}

/* For both kinds of allocation. */
#define FAULT_SET_BOTH(file, text)					\
do {									\
	fault_set(FAULT_SLAB file, text);				\
	fault_set(FAULT_PAGE file, text);				\
} while (0)

#define FAULT_SET_TRACE(text)						\
do {									\
	fault_set(FAULT_TRACE "options/stacktrace", text);		\
	fault_set(FAULT_TRACE "options/sym-offset", text);		\
	fault_set(FAULT_TRACE "events/kmem/kmalloc/enable", text);	\
	fault_set(FAULT_TRACE "events/kmem/kmem_cache_alloc/enable", text); \
} while (0)

/* Failed allocations of this process, with their call stacks. */
static int fault_trace_open(void)
{
	char filter[64];
	int fd;

	snprintf(filter, sizeof(filter), "ptr == 0 && common_pid == %d",
		 getpid());
	fault_set(FAULT_TRACE "events/kmem/kmalloc/filter", filter);
	fault_set(FAULT_TRACE "events/kmem/kmem_cache_alloc/filter", filter);
	FAULT_SET_TRACE("1");
	fd = open(FAULT_TRACE "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err(KSFT_FAIL, "%s", FAULT_TRACE "trace_pipe");
	return fd;
}

/* Allocate all the memory that will be needed. */
static void fault_lock_memory(void)
{
	volatile char stack[FAULT_STACK];

	memset((void *)stack, 0, sizeof(stack));
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, 2 * FAULT_HEAP);
	free(malloc(FAULT_HEAP));
	if (mlockall(MCL_CURRENT))
		err(KSFT_FAIL, "mlockall");
}

void fault_attach(struct fault *fault)
{
	fault->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	fault->always = open("/proc/thread-self/make-it-fail",
			     O_RDWR | O_CLOEXEC);
	if (fault->nth < 0 || fault->always < 0)
		err(KSFT_FAIL, "/proc/thread-self");
	fault->trace = -1;
	fault->mark = " [dmstat]";
}

void fault_open(struct fault *fault)
{
	FAULT_SET_BOTH("task-filter", "1");
	FAULT_SET_BOTH("verbose", "0");
	FAULT_SET_BOTH("interval", "1");
	FAULT_SET_BOTH("space", "0");
	FAULT_SET_BOTH("ignore-gfp-wait", "0");
	FAULT_SET_BOTH("probability", "100");
	fault_set(FAULT_SLAB "cache-filter", "0");
	fault_set(FAULT_PAGE "ignore-gfp-highmem", "0");
	fault_set(FAULT_PAGE "min-order", "0");

	fault_attach(fault);
	fault->trace = fault_trace_open();
	fault_lock_memory();
}

void fault_close(void)
{
	FAULT_SET_BOTH("probability", "0");
	FAULT_SET_BOTH("task-filter", "0");
	FAULT_SET_BOTH("ignore-gfp-wait", "1");
	FAULT_SET_BOTH("times", "1");
	fault_set(FAULT_PAGE "ignore-gfp-highmem", "1");
	fault_set(FAULT_PAGE "min-order", "1");
	FAULT_SET_TRACE("0");
	fault_set(FAULT_TRACE "events/kmem/kmalloc/filter", "0");
	fault_set(FAULT_TRACE "events/kmem/kmem_cache_alloc/filter", "0");
}

void fault_arm(struct fault *fault, unsigned int nth)
{
	char text[16];

	/* After a fork, memory is copied when it is written: fault it in. */
	if (mlockall(MCL_CURRENT))
		err(KSFT_FAIL, "mlockall");
	snprintf(text, sizeof(text), "%u", nth);
	if (fault->mode != FAULT_ONE) {
		FAULT_SET_BOTH("times", fault->mode == FAULT_FEW ? "2" : "-1");
		fault_put(fault->always, "1");
	}
	fault_put(fault->nth, text);
}

static bool fault_line_is_caller(const char *line)
{
	return !strncmp(line, " => ", 4);
}

/* A line of the trace: only the first failed allocation counts. */
static void fault_take_line(struct fault *fault, char *line,
			    unsigned int *events)
{
	size_t size;

	if (!fault_line_is_caller(line)) {
		if (strstr(line, ": km") && !(*events)++)
			fault->place = FAULT_ELSEWHERE;
		return;
	}
	if (*events != 1 || *fault->function)
		return;
	if (fault->many && strstr(line, fault->many))
		fault->of_many = true;
	if (!strstr(line, fault->mark))
		return;
	line += strlen(" => ");
	size = strcspn(line, "+");
	snprintf(fault->function, sizeof(fault->function), "%.*s", (int)size,
		 line);
	fault->place = FAULT_IN_MODULE;
}

static void fault_take_trace(struct fault *fault)
{
	static char text[1 << 16];
	unsigned int events = 0;
	size_t have = 0;
	ssize_t size;
	char *line, *next;

	fault->place = FAULT_UNKNOWN;
	*fault->function = 0;
	fault->of_many = false;
	/* What does not fit is about later allocations. */
	while ((size = read(fault->trace, text + have,
			    sizeof(text) - 1 - have)) > 0) {
		have += size;
		if (have > sizeof(text) / 2)
			have = sizeof(text) / 2;
	}
	text[have] = 0;
	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		fault_take_line(fault, line, &events);
	}
}

bool fault_disarm(struct fault *fault)
{
	char text[16] = "";
	bool fired;

	if (fault->mode != FAULT_ONE)
		fault_put(fault->always, "0");
	if (pread(fault->nth, text, sizeof(text) - 1, 0) <= 0)
		err(KSFT_FAIL, "fail-nth");
	fired = !atoi(text);
	fault_put(fault->nth, "0");
	fault_take_trace(fault);
	return fired;
}
