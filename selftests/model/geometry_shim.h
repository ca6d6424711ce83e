/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel/geometry.c needs from the kernel and from the module, for a
 * user-space program. It replaces all headers that geometry.c includes.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef int64_t s64;
typedef uint64_t u64;
typedef u64 sector_t;

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

#define min(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); \
		     _a < _b ? _a : _b; })
#define max(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); \
		     _a > _b ? _a : _b; })
#define min_t(type, a, b) min((type)(a), (type)(b))

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return (unsigned long)pointer >= -4095UL;
}

static inline int ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

static inline bool is_power_of_2(u64 n)
{
	return n && !(n & (n - 1));
}

static inline u64 div64_u64(u64 a, u64 b)
{
	return a / b;
}

static inline u64 div64_u64_rem(u64 a, u64 b, u64 *rest)
{
	*rest = a % b;
	return a / b;
}

/* ---------------------------------------------------------------- bitmaps */

#define BITS_TO_LONGS(bits) (((bits) + 63) / 64)

static inline bool test_bit(unsigned long i, const unsigned long *bits)
{
	return bits[i / 64] >> i % 64 & 1;
}

static inline void bitmap_set(unsigned long *bits, u32 first, u32 nr)
{
	for (; nr; nr--, first++)
		bits[first / 64] |= 1UL << first % 64;
}

static inline unsigned long find_next_bit(const unsigned long *bits,
					  unsigned long end, unsigned long i)
{
	while (i < end && !test_bit(i, bits))
		i++;
	return i;
}

static inline unsigned long find_next_zero_bit(const unsigned long *bits,
					       unsigned long end,
					       unsigned long i)
{
	while (i < end && test_bit(i, bits))
		i++;
	return i;
}

/* ----------------------------------------------------------------- memory */

struct dmstat_memory {
	s64 bytes;
};

#define DMSTAT_GFP_LOCKED 0
#define __GFP_ZERO 1

size_t dmstat_memory_size(size_t bytes);
void *dmstat_memory_alloc(size_t bytes, int flags);
bool dmstat_memory_charge(size_t bytes);
bool dmstat_memory_charge_to(struct dmstat_memory *memory, size_t bytes);
void dmstat_memory_uncharge(size_t bytes);
void dmstat_memory_uncharge_from(struct dmstat_memory *memory, size_t bytes);

static inline void *kzalloc(size_t bytes, int flags)
{
	return dmstat_memory_alloc(bytes, flags | __GFP_ZERO);
}

#define kfree(memory) free(memory)
#define kvfree(memory) free(memory)

static inline void cond_resched(void)
{
}

struct rcu_work {
	int unused;
};

struct dmstat_kregion {
	struct dmstat_memory memory;	/* used by the test only */
};

#endif /* _SHIM_H */
