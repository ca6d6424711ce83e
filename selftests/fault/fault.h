/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that fail in a system call of this process: the first, second,
 * ... of them, and where in the kernel that was.
 *
 * Needs a kernel with CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC and their
 * debugfs files (selftests/debug). While faults are armed this process must
 * not touch memory for the first time: the kernel retries a page fault without
 * memory for ever.
 */
#ifndef _FAULT_H
#define _FAULT_H

#include <stdbool.h>

enum fault_mode {
	FAULT_ONE,	/* that allocation alone */
	FAULT_FEW,	/* and the next: kvmalloc() and the like try twice */
	FAULT_ALL,	/* and all after it */
};

/* The caller whose allocation failed. */
enum fault_place {
	FAULT_UNKNOWN,	/* pages, which are not traced */
	FAULT_ELSEWHERE,
	FAULT_IN_MODULE,
};

struct fault {
	enum fault_mode mode;
	int nth;		/* open files of /proc/self */
	int always;
	int trace;
	const char *mark;	/* of a caller in the module */
	const char *many;	/* of one with many allocations alike, or NULL */
	/* Of what was armed last. */
	enum fault_place place;
	char function[64];	/* the module's innermost, or "" */
	bool of_many;
};

bool fault_possible(void);

/* Attach to this process, without a trace of what fails. */
void fault_attach(struct fault *fault);
/* Let any allocation fail, in a process that has armed a fault. */
void fault_open(struct fault *fault);
/* Undo fault_open(); in another process, for the one that opened may be dead. */
void fault_close(void);

/* The @nth allocation from now on fails. */
void fault_arm(struct fault *fault, unsigned int nth);
/* No more faults. Return: whether there was any. */
bool fault_disarm(struct fault *fault);

#endif /* _FAULT_H */
