// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory the module holds, and how much it may.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "memory.h"

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

/* Written whenever memory is allocated or freed. Hence no neighbours. */
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
 */
void dmstat_memory_init(void)
{
	if (!memory_limit)
		memory_limit = default_limit();
}

/**
 * dmstat_memory_size() - what an allocation takes
 * @bytes: how much is asked for, from kmalloc() or kvmalloc()
 *
 * kvmalloc() tries kmalloc() first, so a size that kmalloc() can serve is
 * rounded up as kmalloc() does. Pages from vmalloc() may be fewer: then too much
 * is charged, never too little.
 *
 * Return: how much to charge.
 */
size_t dmstat_memory_size(size_t bytes)
{
	return bytes > KMALLOC_MAX_SIZE ? PAGE_ALIGN(bytes) :
					  kmalloc_size_roundup(bytes);
}

/* A refused request writes nothing: the memory that others ask for meanwhile
 * is not refused because of it.
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
 * dmstat_memory_charge() - ask for leave to allocate
 * @bytes: how much
 *
 * Context: any.
 * Return: false if that would be over the limit; then nothing was charged.
 */
bool dmstat_memory_charge(size_t bytes)
{
	return charge_up_to(bytes, READ_ONCE(memory_limit));
}

/**
 * dmstat_memory_charge_spare() - the same, for what is not needed to count
 * @bytes: how much
 *
 * The last quarter of the limit is kept for what is needed.
 *
 * Context: any.
 * Return: false if that would be over three quarters of the limit; then nothing
 * was charged.
 */
bool dmstat_memory_charge_spare(size_t bytes)
{
	u64 limit = READ_ONCE(memory_limit);

	return charge_up_to(bytes, limit - limit / 4);
}

/**
 * dmstat_memory_charge_anyway() - tell of memory that may be over the limit
 * @bytes: how much
 *
 * For what is needed to give back more, and for what is bounded by other means.
 *
 * Context: any.
 */
void dmstat_memory_charge_anyway(size_t bytes)
{
	atomic64_add(bytes, &memory_used.bytes);
}

/**
 * dmstat_memory_uncharge() - tell that charged memory was freed
 * @bytes: how much
 *
 * Once it is freed: not where it is handed to RCU.
 *
 * Context: any.
 */
void dmstat_memory_uncharge(size_t bytes)
{
	atomic64_sub(bytes, &memory_used.bytes);
}
