// SPDX-License-Identifier: GPL-2.0-only
/*
 * give_way: lets other CPUs run. With -icount, QEMU may run one CPU until that
 * halts or executes PAUSE (on arm64, YIELD); the kernel does neither when it waits
 * for a new CPU, but it schedules.
 */
#include <sched.h>

int main(void)
{
	for (;;) {
#ifdef __x86_64__
		__builtin_ia32_pause();
#else
		asm volatile("yield");
#endif
		sched_yield();
	}
}
