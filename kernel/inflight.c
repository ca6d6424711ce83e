// SPDX-License-Identifier: GPL-2.0-only
/*
 * The in-flight table: sets of eight slots, a cache line each. An I/O takes
 * the slot its address hashes to or, if that is taken, another of the same
 * set. When a set is full the I/O goes into an allocated entry of a hash.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "inflight.h"
#include "memory.h"

#define SET_SLOTS	8UL

#define OVERFLOW_BITS	10
#define OVERFLOW_HEADS	BIT(OVERFLOW_BITS)

static unsigned int inflight_slots = 2048;
module_param(inflight_slots, uint, 0444);
MODULE_PARM_DESC(inflight_slots,
		 "I/Os in flight that a watched device has room for before it allocates (64 bytes each; a power of two, 8 to 1048576)");

struct dmstat_overflow {
	struct hlist_node node;		/* the table's overflow_lock */
	struct dmstat_inflight io;
};

static struct kmem_cache *overflow_cache;

static_assert(sizeof(struct dmstat_inflight) == 64);

/**
 * dmstat_inflight_init() - prepare for tables
 *
 * Return: 0; -EINVAL, a bad module parameter; -ENOMEM.
 */
int dmstat_inflight_init(void)
{
	if (inflight_slots < SET_SLOTS || inflight_slots > (1 << 20) ||
	    !is_power_of_2(inflight_slots)) {
		pr_err("inflight_slots must be a power of two from %lu to %u\n",
		       SET_SLOTS, 1 << 20);
		return -EINVAL;
	}

	overflow_cache = KMEM_CACHE(dmstat_overflow, SLAB_HWCACHE_ALIGN);
	return overflow_cache ? 0 : -ENOMEM;
}

/**
 * dmstat_inflight_exit() - undo dmstat_inflight_init()
 */
void dmstat_inflight_exit(void)
{
	kmem_cache_destroy(overflow_cache);
}

/**
 * dmstat_inflight_table_memory() - bytes that a table takes
 *
 * Return: bytes, overflow not counted.
 */
size_t dmstat_inflight_table_memory(void)
{
	return inflight_slots * sizeof(struct dmstat_inflight) +
	       OVERFLOW_HEADS * sizeof(struct hlist_head);
}

/**
 * dmstat_inflight_table_init() - set up an empty table
 * @table: the table
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmstat_inflight_table_init(struct dmstat_inflight_table *table)
{
	table->nr_slots = inflight_slots;
	table->hash_shift = 64 - ilog2(inflight_slots);
	table->slots = kvcalloc(inflight_slots, sizeof(*table->slots),
				GFP_KERNEL | __GFP_NOWARN);
	if (!table->slots)
		return -ENOMEM;

	table->overflow = kvcalloc(OVERFLOW_HEADS, sizeof(*table->overflow),
				   GFP_KERNEL | __GFP_NOWARN);
	if (!table->overflow) {
		kvfree(table->slots);
		return -ENOMEM;
	}

	atomic_set(&table->overflows, 0);
	spin_lock_init(&table->overflow_lock);
	return 0;
}

/**
 * dmstat_inflight_table_free() - free what a table holds
 * @table: the table; nobody starts or ends an I/O in it any more
 *
 * Context: process, may sleep.
 */
void dmstat_inflight_table_free(struct dmstat_inflight_table *table)
{
	struct dmstat_overflow *entry;
	struct hlist_node *next;
	unsigned long i;

	for (i = 0; i < OVERFLOW_HEADS; i++) {
		hlist_for_each_entry_safe(entry, next, &table->overflow[i],
					  node)
			kmem_cache_free(overflow_cache, entry);
	}
	kvfree(table->overflow);
	kvfree(table->slots);
}

static struct dmstat_inflight *
slot_in_set(const struct dmstat_inflight_table *table, unsigned long key,
	    unsigned long i)
{
	unsigned long home = dmstat_inflight_home(table, key) - table->slots;

	return &table->slots[(home & ~(SET_SLOTS - 1)) |
			     ((home + i) & (SET_SLOTS - 1))];
}

static struct hlist_head *overflow_head(struct dmstat_inflight_table *table,
					unsigned long key)
{
	return &table->overflow[hash_long(key, OVERFLOW_BITS)];
}

static struct dmstat_inflight *
claim_overflow(struct dmstat_inflight_table *table, unsigned long key)
{
	struct dmstat_overflow *entry;
	unsigned long flags;

	entry = kmem_cache_zalloc(overflow_cache, DMSTAT_GFP_IO);
	if (!entry)
		return NULL;

	entry->io.key = key;
	entry->io.overflow = true;
	spin_lock_irqsave(&table->overflow_lock, flags);
	atomic_inc(&table->overflows);
	hlist_add_head(&entry->node, overflow_head(table, key));
	spin_unlock_irqrestore(&table->overflow_lock, flags);
	return &entry->io;
}

/**
 * dmstat_inflight_claim_slow() - claim when the home slot is taken
 * @table: the table
 * @key: address of what carries the I/O
 *
 * Context: any, preemption disabled.
 * Return: the entry, or NULL if there is no memory for one.
 */
struct dmstat_inflight *
dmstat_inflight_claim_slow(struct dmstat_inflight_table *table,
			   unsigned long key)
{
	struct dmstat_inflight *io;
	unsigned long i;

	for (i = 0; i < SET_SLOTS; i++) {
		io = slot_in_set(table, key, i);
		if (!READ_ONCE(io->key) && dmstat_inflight_claim(io, key))
			return io;
	}
	return claim_overflow(table, key);
}

static bool is_for(const struct dmstat_inflight *io, unsigned long key)
{
	return (READ_ONCE(io->key) & ~DMSTAT_INFLIGHT_MARKS) == key;
}

/**
 * dmstat_inflight_find_slow() - find when the home slot does not have the key
 * @table: the table
 * @key: address of what carries the I/O
 *
 * Finds I/O that was split, too.
 *
 * Context: any, preemption disabled.
 * Return: the entry, or NULL if the I/O is not known. What the starter wrote
 * can be seen: an I/O's end comes after its start.
 */
struct dmstat_inflight *
dmstat_inflight_find_slow(struct dmstat_inflight_table *table,
			  unsigned long key)
{
	struct dmstat_overflow *entry;
	struct dmstat_inflight *io;
	unsigned long flags, i;

	for (i = 0; i < SET_SLOTS; i++) {
		io = slot_in_set(table, key, i);
		if (is_for(io, key))
			return io;
	}

	/* The I/O's own entry was counted before the I/O went on its way. */
	if (!atomic_read(&table->overflows))
		return NULL;

	io = NULL;
	spin_lock_irqsave(&table->overflow_lock, flags);
	hlist_for_each_entry(entry, overflow_head(table, key), node) {
		if (is_for(&entry->io, key)) {
			io = &entry->io;
			break;
		}
	}
	spin_unlock_irqrestore(&table->overflow_lock, flags);
	return io;
}

/**
 * dmstat_inflight_release_slow() - give back a slot or an entry of the hash
 * @table: the table
 * @io: from dmstat_inflight_find_slow()
 *
 * Context: any, preemption disabled.
 */
void dmstat_inflight_release_slow(struct dmstat_inflight_table *table,
				  struct dmstat_inflight *io)
{
	struct dmstat_overflow *entry;
	unsigned long flags;

	if (!io->overflow) {
		if (dmstat_inflight_is_split(io)) {
			io->whole = 0;
			io->status = BLK_STS_OK;
			io->lost = false;
		}
		dmstat_inflight_release(io);
		return;
	}

	entry = container_of(io, struct dmstat_overflow, io);
	spin_lock_irqsave(&table->overflow_lock, flags);
	hlist_del(&entry->node);
	atomic_dec(&table->overflows);
	spin_unlock_irqrestore(&table->overflow_lock, flags);
	kmem_cache_free(overflow_cache, entry);
}

static void add_split_mark(struct dmstat_inflight *io)
{
	/* The carrier has not gone anywhere yet: nobody else ends it now. */
	atomic_set(&io->parts, 1);
	WRITE_ONCE(io->key, io->key | DMSTAT_INFLIGHT_SPLIT);
}

/**
 * dmstat_inflight_split() - another carrier takes over some of an I/O
 * @table: the table
 * @key: address of what carried that until now
 * @part: address of what carries it from now on
 *
 * If there is no memory to remember @part, the I/O is lost: nobody can tell
 * when it ends.
 *
 * Context: any, preemption disabled; by who owns @key's carrier.
 */
void dmstat_inflight_split(struct dmstat_inflight_table *table,
			   unsigned long key, unsigned long part)
{
	struct dmstat_inflight *io, *part_io;

	io = dmstat_inflight_find_slow(table, key);
	if (!io)
		return;
	if (!dmstat_inflight_is_split(io))
		add_split_mark(io);

	part_io = dmstat_inflight_claim_slow(table, part);
	if (!part_io) {
		WRITE_ONCE(io->lost, true);
		return;
	}
	part_io->whole = key;
	add_split_mark(part_io);
	atomic_inc(&io->parts);
}

/**
 * dmstat_inflight_part_ended() - a carrier is done with what it had
 * @table: the table
 * @io: the carrier's entry; dmstat_inflight_is_split()
 * @status: how that ended
 *
 * Context: any, preemption disabled.
 * Return: the I/O that has ended with it, for the caller to count and to
 * release; NULL if other carriers are not done.
 */
struct dmstat_inflight *
dmstat_inflight_part_ended(struct dmstat_inflight_table *table,
			   struct dmstat_inflight *io, blk_status_t status)
{
	unsigned long whole;
	bool lost = false;

	while (io) {
		/* A part that failed matters more than one that did not wait. */
		if (status == BLK_STS_AGAIN)
			cmpxchg(&io->status, BLK_STS_OK, status);
		else if (status)
			WRITE_ONCE(io->status, status);
		if (lost)
			WRITE_ONCE(io->lost, true);
		/* Fully ordered: the last part sees all earlier writes. */
		if (!atomic_dec_and_test(&io->parts))
			return NULL;
		whole = io->whole;
		if (!whole)
			return io;

		status = READ_ONCE(io->status);
		lost = READ_ONCE(io->lost);
		dmstat_inflight_release_slow(table, io);
		io = dmstat_inflight_find_slow(table, whole);
	}
	return NULL;
}

/* Return: whether @io is an I/O in flight, all of it the same one's. */
static bool copy_entry(const struct dmstat_inflight *io,
		       struct dmstat_inflight_copy *copy)
{
	/* Pairs with the release in dmstat_inflight_publish(). */
	copy->start_ns = smp_load_acquire(&io->start_ns);
	if (!copy->start_ns)
		return false;

	copy->sector = READ_ONCE(io->sector);
	copy->sectors = READ_ONCE(io->sectors);
	copy->operation = READ_ONCE(io->operation);
	copy->generation = READ_ONCE(io->generation);

	/* Another I/O may have taken the slot meanwhile. */
	smp_rmb();
	return READ_ONCE(io->start_ns) == copy->start_ns;
}

/* Return: whether head @head has an I/O from the @skip'th entry on. */
static bool next_in_head(struct dmstat_inflight_table *table,
			 unsigned long head, unsigned long *skip,
			 struct dmstat_inflight_copy *copy)
{
	struct dmstat_overflow *entry;
	unsigned long flags, at = 0;
	bool found = false;

	spin_lock_irqsave(&table->overflow_lock, flags);
	hlist_for_each_entry(entry, &table->overflow[head], node) {
		if (at++ < *skip)
			continue;
		*skip = at;
		found = copy_entry(&entry->io, copy);
		if (found)
			break;
	}
	spin_unlock_irqrestore(&table->overflow_lock, flags);
	return found;
}

/**
 * dmstat_inflight_next() - the next I/O in flight of a walk
 * @table: the table
 * @walk: where the walk stands; all 0 at first
 * @copy: where the I/O is put
 *
 * I/Os come and go during a walk. One that is in a slot for all of it is seen
 * exactly once.
 *
 * Context: any; the caller keeps the table from being freed.
 * Return: false if there are no more.
 */
bool dmstat_inflight_next(struct dmstat_inflight_table *table,
			  struct dmstat_inflight_walk *walk,
			  struct dmstat_inflight_copy *copy)
{
	unsigned long slot;

	/* Most are free. */
	for (slot = walk->slot; slot < table->nr_slots; slot++) {
		if (READ_ONCE(table->slots[slot].start_ns) &&
		    copy_entry(&table->slots[slot], copy)) {
			walk->slot = slot + 1;
			return true;
		}
	}
	walk->slot = slot;

	if (!atomic_read(&table->overflows))
		return false;

	while (walk->head < OVERFLOW_HEADS) {
		if (next_in_head(table, walk->head, &walk->skip, copy))
			return true;
		walk->head++;
		walk->skip = 0;
	}
	return false;
}
