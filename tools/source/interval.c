// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ends of intervals, at which programs read counters again and again.
 */
#include "source/interrupt.h"
#include "source/interval.h"

uint64_t interval_next(uint64_t end, uint64_t interval)
{
	const uint64_t now = clock_ns();

	end += interval;
	return end < now ? now : end;
}

int interval_wait(uint64_t end)
{
	int error;

	do {
		error = interrupt_wait(-1, end);
		if (error || interrupted())
			return error;
	} while (clock_ns() < end);
	return 0;
}
