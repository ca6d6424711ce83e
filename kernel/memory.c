// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory the module holds, and how much it may.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sysfs.h>

#include "memory.h"

static ulong memory_limit __read_mostly;
module_param(memory_limit, ulong, 0644);
MODULE_PARM_DESC(memory_limit,
		 "most memory that regions may hold, in bytes (default: a quarter of RAM)");

/* Written whenever memory is asked for, in vain, too: at the limit that is with
 * each I/O of a CPU that lacks counters of its own. Hence no neighbours.
 */
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
		memory_limit = totalram_pages() / 4 * PAGE_SIZE;
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
	if (atomic64_add_return(bytes, &memory_used.bytes) <=
	    (s64)READ_ONCE(memory_limit))
		return true;

	atomic64_sub(bytes, &memory_used.bytes);
	return false;
}

/**
 * dmstat_memory_charge_anyway() - tell of memory that may be over the limit
 * @bytes: how much
 *
 * For what is needed to give back more.
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
 * Context: any.
 */
void dmstat_memory_uncharge(size_t bytes)
{
	atomic64_sub(bytes, &memory_used.bytes);
}
