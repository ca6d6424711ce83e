// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that the module holds, and its limit.
 */
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include "memory.h"

/*
 * Larger memory is allocated page by page. The kernel may zero all memory that
 * it allocates, and it zeroes contiguous pages without a pause: the 4 MiB that
 * kmalloc() allows take milliseconds.
 */
#define CONTIGUOUS_MAX	SZ_256K

/* Bytes; written by the parameter, read with READ_ONCE(). */
static ulong memory_limit __read_mostly;

static ulong default_limit(void)
{
	return totalram_pages() / 4 * PAGE_SIZE;
}

static int set_memory_limit(const char *text,
			    const struct kernel_param *parameter)
{
	ulong bytes;
	int ret = kstrtoul(text, 0, &bytes);

	if (ret)
		return ret;
	WRITE_ONCE(memory_limit, bytes ?: default_limit());
	return 0;
}

static const struct kernel_param_ops memory_limit_ops = {
	.set = set_memory_limit,
	.get = param_get_ulong,
};

module_param_cb(memory_limit, &memory_limit_ops, &memory_limit, 0644);
__MODULE_PARM_TYPE(memory_limit, "ulong");
MODULE_PARM_DESC(memory_limit,
		 "most memory that regions may hold, in bytes (0, the default: a quarter of RAM)");

/* Written with each allocation, by all CPUs: in a cache line of its own. */
static struct {
	atomic64_t bytes ____cacheline_aligned;
} memory_used;

static int get_memory_used(char *text, const struct kernel_param *parameter)
{
	return sysfs_emit(text, "%lld\n", atomic64_read(&memory_used.bytes));
}

static const struct kernel_param_ops memory_used_ops = {
	.get = get_memory_used,
};

module_param_cb(memory_used, &memory_used_ops, NULL, 0444);
MODULE_PARM_DESC(memory_used, "memory that is held, in bytes");

/**
 * dmstat_memory_init() - set the default limit
 *
 * Context: process, while the module loads.
 */
void dmstat_memory_init(void)
{
	if (!memory_limit)
		memory_limit = default_limit();
}

/**
 * dmstat_memory_limit() - the most memory that may be held
 *
 * Context: any.
 * Return: bytes.
 */
u64 dmstat_memory_limit(void)
{
	return READ_ONCE(memory_limit);
}

/**
 * dmstat_memory_size() - the size of an allocation
 * @bytes: the size that kmalloc() or dmstat_memory_alloc() is called with
 *
 * dmstat_memory_alloc() tries kmalloc() first for small sizes, so these are
 * rounded up as kmalloc() does. If vmalloc() needs fewer pages, too much is
 * charged, never too little.
 *
 * Context: any.
 * Return: how many bytes to charge.
 */
size_t dmstat_memory_size(size_t bytes)
{
	return bytes > CONTIGUOUS_MAX ? PAGE_ALIGN(bytes) :
					kmalloc_size_roundup(bytes);
}

/**
 * dmstat_memory_alloc() - allocate memory that may be large
 * @bytes: how much
 * @flags: __GFP_ZERO or 0
 *
 * Context: process, may sleep.
 * Return: the memory, for kvfree(); NULL if there is none.
 */
void *dmstat_memory_alloc(size_t bytes, gfp_t flags)
{
	flags |= DMSTAT_GFP_LOCKED;
	return bytes > CONTIGUOUS_MAX ? __vmalloc(bytes, flags) :
					kvmalloc(bytes, flags);
}

/* A request that is refused writes nothing, so that no other request is refused
 * because of it.
 */
static bool charge_up_to(size_t bytes, u64 limit)
{
	s64 used = atomic64_read(&memory_used.bytes);

	do {
		if (bytes > limit || (u64)used > limit - bytes)
			return false;
	} while (!atomic64_try_cmpxchg(&memory_used.bytes, &used,
				       used + bytes));
	return true;
}

/**
 * dmstat_memory_charge() - charge memory before it is allocated
 * @bytes: how much
 *
 * Context: any.
 * Return: false if it would exceed the limit; then nothing is charged.
 */
bool dmstat_memory_charge(size_t bytes)
{
	return charge_up_to(bytes, READ_ONCE(memory_limit));
}

/**
 * dmstat_memory_charge_anyway() - charge memory that may exceed the limit
 * @bytes: how much
 *
 * For memory that is needed to free more, or that is bounded by other means.
 *
 * Context: any.
 */
void dmstat_memory_charge_anyway(size_t bytes)
{
	atomic64_add(bytes, &memory_used.bytes);
}

/**
 * dmstat_memory_uncharge() - uncharge memory
 * @bytes: how much
 *
 * To be called once it is freed, not where it is handed to RCU.
 *
 * Context: any.
 */
void dmstat_memory_uncharge(size_t bytes)
{
	atomic64_sub(bytes, &memory_used.bytes);
}

/**
 * dmstat_memory_charge_to() - charge memory of a region before it is allocated
 * @memory: what the region holds
 * @bytes: how much
 *
 * Context: any.
 * Return: false if it would exceed the limit; then nothing is charged.
 */
bool dmstat_memory_charge_to(struct dmstat_memory *memory, size_t bytes)
{
	if (!dmstat_memory_charge(bytes))
		return false;
	atomic64_add(bytes, &memory->bytes);
	return true;
}

/**
 * dmstat_memory_charge_spare_to() - the same, for what is not needed to count
 * @memory: what the region holds
 * @bytes: how much
 *
 * The last quarter of the limit is kept for what is needed.
 *
 * Context: any.
 * Return: false if it would exceed three quarters of the limit; then nothing is
 * charged.
 */
bool dmstat_memory_charge_spare_to(struct dmstat_memory *memory, size_t bytes)
{
	u64 limit = READ_ONCE(memory_limit);

	if (!charge_up_to(bytes, limit - limit / 4))
		return false;
	atomic64_add(bytes, &memory->bytes);
	return true;
}

/**
 * dmstat_memory_uncharge_from() - uncharge memory of a region
 * @memory: what the region holds
 * @bytes: how much
 *
 * To be called once it is freed.
 *
 * Context: any.
 */
void dmstat_memory_uncharge_from(struct dmstat_memory *memory, size_t bytes)
{
	atomic64_sub(bytes, &memory->bytes);
	dmstat_memory_uncharge(bytes);
}
