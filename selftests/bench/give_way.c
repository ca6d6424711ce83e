// SPDX-License-Identifier: GPL-2.0-only
/*
 * give_way: as long as it runs, other CPUs do. With -icount, QEMU runs one CPU
 * until that sleeps or says that it waits; what brings up a CPU in the kernel
 * only schedules, and would wait for ever.
 */
#include <sched.h>

int main(void)
{
	for (;;) {
		__builtin_ia32_pause();
		sched_yield();
	}
}
