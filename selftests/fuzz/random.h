/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pseudo-random numbers that are the same for each seed: splitmix64.
 */
#ifndef _RANDOM_H
#define _RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* A stream of its own for each seed, process and number. */
static inline void random_init(struct random *random, uint64_t seed,
			       uint64_t process, uint64_t number)
{
	random->state = seed;
	random->state = random_next(random) ^ process;
	random->state = random_next(random) ^ number;
}

/* Below @n, which is not 0. */
static inline uint64_t random_below(struct random *random, uint64_t n)
{
	__uint128_t product = (__uint128_t)random_next(random) * n;

	return product >> 64;
}

static inline bool random_one_in(struct random *random, uint64_t n)
{
	return !random_below(random, n);
}

#endif /* _RANDOM_H */
