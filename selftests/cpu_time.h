/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time that this process has used the CPU: the kernel's part of a request, too.
 */
#ifndef _CPU_TIME_H
#define _CPU_TIME_H

#include <stdint.h>
#include <time.h>

static inline uint64_t cpu_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

#endif /* _CPU_TIME_H */
