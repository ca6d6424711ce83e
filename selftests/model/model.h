/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the models share: random numbers that a seed repeats, allocations that
 * fail, and how a difference is told. Included after what is compared.
 */
#ifndef _MODEL_H
#define _MODEL_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int seed;
static u64 state;
static size_t used;			/* bytes charged */
static unsigned int fail_in;		/* this allocation fails; 0: none */

#define check(condition, ...) do {					\
	if (!(condition)) {						\
		printf("FAILED, seed %u, line %d: ", seed, __LINE__);	\
		printf(__VA_ARGS__);					\
		printf("\n");						\
		exit(EXIT_FAILURE);					\
	}								\
} while (0)

static inline void begin(unsigned int new_seed)
{
	seed = new_seed;
	state = 0x9e3779b97f4a7c15ull * (seed + 1);
}

static inline u64 any(u64 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static inline bool fails(void)
{
	return fail_in && !--fail_in;
}

/* ------------------------------------------ functions of kernel/memory.h */

size_t dmstat_memory_size(size_t bytes)
{
	return (bytes + 7) / 8 * 8;
}

void dmstat_memory_uncharge(size_t bytes)
{
	assert(used >= bytes);
	used -= bytes;
}

#endif /* _MODEL_H */
