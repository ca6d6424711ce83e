// SPDX-License-Identifier: GPL-2.0-only
/*
 * The in-flight table: sets of eight slots, 64 bytes each. An I/O takes
 * the slot that its carrier's address hashes to or, if that is taken, another
 * one of the set. If the set is full, an entry is allocated and put into a
 * hash.
 *
 * A table starts with few slots. When they get crowded, a work item publishes
 * four times as many. I/Os in flight stay in the older slots, which are freed
 * once they are empty. The fast path looks only in the newest slots.
 */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "cgroup.h"
#include "inflight.h"
#include "memory.h"
#include "reserve.h"
#include "who.h"

#define SET_SLOTS	8UL
#define FIRST_SLOTS	64U
#define GROWTH		4

/* Heads of an overflow hash: one for two slots, but at least so many, for a
 * burst before the table has grown.
 */
#define OVERFLOW_HEADS_MIN	64U

/* A table grows if it has fewer than so many slots for each I/O in flight; and
 * how much evidence of that it takes: see note_crowded().
 */
#define SPARSE		32
#define CROWDED		512

/* How many slots a reader looks at before it may be rescheduled. */
#define WALK_SLOTS	1024U

static unsigned int inflight_slots = 2048;
module_param(inflight_slots, uint, 0444);
MODULE_PARM_DESC(inflight_slots,
		 "I/Os in flight that the table of a watched device grows to have room for, before it allocates for each (64 bytes each; a power of two, 8 to 1048576)");

/*
 * Slots, and the overflow of I/Os that found their set full. What no comment
 * says otherwise of is constant once the slots are published.
 */
struct dmstat_slots {
	struct dmstat_kinflight *slots;
	unsigned int nr;		/* a power of two */
	unsigned int hash_shift;	/* of a hash, to be a slot number */
	unsigned int overflow_bits;	/* of a hash, to be a head */
	u32 number;			/* newer slots have a higher one */
	struct dmstat_slots __rcu *older;	/* by table->grow, RCU */

	/* Used once there are newer slots; by table->grow alone. */
	struct dmstat_slots *next_empty;
	unsigned int first_used;	/* all before it stay free */

	/* Never 0 while @overflow has an entry. Written with each such I/O. */
	atomic_t overflows ____cacheline_aligned;
	raw_spinlock_t lock;		/* taken with interrupts off */
	u64 last_entry;			/* @lock */
	struct hlist_head overflow[];	/* by hash of the key; @lock */
};

struct dmstat_overflow {
	struct hlist_node node;		/* the slots' lock */
	struct dmstat_slots *slots;	/* constant */
	u64 number;			/* newer entries have a higher one */
	struct dmstat_kinflight io;
};

static struct kmem_cache *overflow_cache;	/* constant once loaded */
static struct workqueue_struct *grow_wq;	/* likewise */

/* On PREEMPT_RT: overflow entries, for all tables. */
static struct dmstat_reserve ready_entries;
#define READY_ENTRIES	1024

static_assert(sizeof(struct dmstat_kinflight) == 64);

static void *ready_entry_alloc(size_t size, gfp_t gfp)
{
	return kmem_cache_alloc(overflow_cache, gfp);
}

static void ready_entry_free(void *entry, size_t size)
{
	kmem_cache_free(overflow_cache, entry);
}

static const struct dmstat_reserve_kind ready_entry_kind = {
	.alloc = ready_entry_alloc,
	.free = ready_entry_free,
	.needed = true,
};

/**
 * dmstat_inflight_init() - prepare for tables
 *
 * Context: process, while the module loads.
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
	if (!overflow_cache)
		return -ENOMEM;
	grow_wq = alloc_workqueue("dmstat_inflight", WQ_UNBOUND, 0);
	if (!grow_wq) {
		kmem_cache_destroy(overflow_cache);
		return -ENOMEM;
	}
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_set_up(&ready_entries, &ready_entry_kind,
				      sizeof(struct dmstat_overflow),
				      sizeof(struct dmstat_overflow),
				      READY_ENTRIES);
	return 0;
}

/**
 * dmstat_inflight_exit() - undo dmstat_inflight_init()
 *
 * Context: process, may sleep; there is no table any more.
 */
void dmstat_inflight_exit(void)
{
	destroy_workqueue(grow_wq);
	kmem_cache_destroy(overflow_cache);
}

/* --------------------------------------------------------------- slots */

static size_t overflow_heads(const struct dmstat_slots *slots)
{
	return 1UL << slots->overflow_bits;
}

static size_t head_size(unsigned int overflow_bits)
{
	struct dmstat_slots *slots;

	return struct_size(slots, overflow, 1UL << overflow_bits);
}

static size_t slots_size(unsigned int nr)
{
	return nr * sizeof(struct dmstat_kinflight);
}

/* The memory of @nr slots, without overflow entries. */
static size_t slots_memory(unsigned int nr, unsigned int overflow_bits)
{
	return dmstat_memory_size(head_size(overflow_bits)) +
	       dmstat_memory_size(slots_size(nr));
}

/* Return: new slots, charged; -ENOSPC, over the memory limit; -ENOMEM. */
static struct dmstat_slots *slots_alloc(unsigned int nr, u32 number)
{
	unsigned int bits = ilog2(max(nr / 2, OVERFLOW_HEADS_MIN));
	struct dmstat_slots *slots;

	if (!dmstat_memory_charge(slots_memory(nr, bits)))
		return ERR_PTR(-ENOSPC);

	slots = kvzalloc(head_size(bits), GFP_KERNEL | __GFP_NOWARN);
	if (!slots)
		goto err_uncharge;
	slots->slots = kvzalloc(slots_size(nr), GFP_KERNEL | __GFP_NOWARN);
	if (!slots->slots)
		goto err_free;

	slots->nr = nr;
	slots->hash_shift = 64 - ilog2(nr);
	slots->overflow_bits = bits;
	slots->number = number;
	raw_spin_lock_init(&slots->lock);
	return slots;

err_free:
	kvfree(slots);
err_uncharge:
	dmstat_memory_uncharge(slots_memory(nr, bits));
	return ERR_PTR(-ENOMEM);
}

/* Return: an entry, all 0, not charged; or NULL. */
static struct dmstat_overflow *entry_alloc(void)
{
	struct dmstat_overflow *entry;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return kmem_cache_zalloc(overflow_cache, DMSTAT_GFP_IO);
	entry = dmstat_reserve_take(&ready_entries);
	if (entry)
		*entry = (struct dmstat_overflow) {};
	return entry;
}

static void entry_free(struct dmstat_overflow *entry)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_give(&ready_entries, entry);
	else
		kmem_cache_free(overflow_cache, entry);
	dmstat_memory_uncharge(sizeof(*entry));
}

/* An I/O that will never end. */
static void drop_entry(struct dmstat_kinflight *io)
{
	if (io->start_ns && io->place == DMSTAT_PLACE_LIMITED)
		dmstat_cgroup_put(io->cgroup);
}

/* No I/O starts or ends in these slots any more. */
static void drop_entries(struct dmstat_slots *slots)
{
	struct dmstat_overflow *entry;
	unsigned long i;

	for (i = 0; i < slots->nr; i++) {
		drop_entry(&slots->slots[i]);
		if (!(i % 4096))
			cond_resched();
	}
	for (i = 0; i < overflow_heads(slots); i++) {
		hlist_for_each_entry(entry, &slots->overflow[i], node)
			drop_entry(&entry->io);
		cond_resched();
	}
}

/* No CPU uses them any more. */
static void slots_free(struct dmstat_slots *slots)
{
	size_t memory = slots_memory(slots->nr, slots->overflow_bits);
	struct dmstat_overflow *entry;
	struct hlist_node *next;
	unsigned long i;

	for (i = 0; i < overflow_heads(slots); i++) {
		hlist_for_each_entry_safe(entry, next, &slots->overflow[i],
					  node)
			entry_free(entry);
		cond_resched();
	}
	kvfree(slots->slots);
	kvfree(slots);
	dmstat_memory_uncharge(memory);
}

/* Publish @newest before the word that the hot path reads, so that an I/O in
 * the new slots can be found as soon as it can be claimed there.
 */
static void slots_publish(struct dmstat_inflight_table *table,
			  struct dmstat_slots *slots)
{
	rcu_assign_pointer(table->newest, slots);
	/* Pairs with the address dependency in dmstat_inflight_home(). */
	smp_store_release(&table->home,
			  (unsigned long)slots->slots | slots->hash_shift);
}

/* In probes, with preemption disabled; in readers, under RCU. */
static struct dmstat_slots *follow(struct dmstat_slots __rcu *const *slots)
{
	return rcu_dereference_check(*slots, rcu_read_lock_any_held());
}

/* -------------------------------------------------------------- growth */

/* In @grow, and where a table is set up or freed. */
static struct dmstat_slots *owned(struct dmstat_slots __rcu *slots)
{
	return rcu_dereference_protected(slots, true);
}

/* For older slots, in which nothing is claimed any more: what is free stays
 * free.
 */
static bool is_empty(struct dmstat_slots *slots)
{
	for (; slots->first_used < slots->nr; slots->first_used++) {
		/* Pairs with the release of what was there. */
		if (smp_load_acquire(&slots->slots[slots->first_used].key))
			return false;
		if (!(slots->first_used % WALK_SLOTS))
			cond_resched();
	}
	return !atomic_read(&slots->overflows);
}

/*
 * Unlink the older slots that are empty. Their own links stay, for CPUs that
 * are looking there.
 * Return: a list of them.
 */
static struct dmstat_slots *take_empty(struct dmstat_slots *newer)
{
	struct dmstat_slots *slots, *empty = NULL;

	while ((slots = owned(newer->older))) {
		if (!is_empty(slots)) {
			newer = slots;
			continue;
		}
		rcu_assign_pointer(newer->older, owned(slots->older));
		slots->next_empty = empty;
		empty = slots;
	}
	return empty;
}

static void free_empty(struct dmstat_slots *empty)
{
	struct dmstat_slots *next;

	if (!empty)
		return;
	synchronize_rcu();
	for (; empty; empty = next) {
		next = empty->next_empty;
		slots_free(empty);
	}
}

/* Return: whether there are more slots now. */
static bool grow(struct dmstat_inflight_table *table)
{
	struct dmstat_slots *slots, *newest = owned(table->newest);
	unsigned int noio;

	if (READ_ONCE(table->crowded) < CROWDED || newest->nr == inflight_slots)
		return false;

	/* Reclaim must not wait for I/O: it may be I/O of this device. */
	noio = memalloc_noio_save();
	slots = slots_alloc(min(newest->nr * GROWTH, inflight_slots),
			    newest->number + 1);
	memalloc_noio_restore(noio);
	if (IS_ERR(slots)) {
		WRITE_ONCE(table->grow_after, jiffies + HZ);
	} else {
		RCU_INIT_POINTER(slots->older, newest);
		slots_publish(table, slots);
	}
	WRITE_ONCE(table->crowded, 0);
	return !IS_ERR(slots);
}

/* Look again at slots that are not empty yet: I/O may hang for a long time. */
static void grow_work(struct work_struct *work)
{
	struct dmstat_inflight_table *table;

	table = container_of(to_delayed_work(work), struct dmstat_inflight_table,
			     grow);
	/* Before that, I/Os may still claim slots that were the newest. */
	if (grow(table))
		synchronize_rcu();

	free_empty(take_empty(owned(table->newest)));
	if (owned(owned(table->newest)->older))
		queue_delayed_work(grow_wq, &table->grow,
				   round_jiffies_relative(HZ));
}

/* Look at any slot. Neighbours tell little: addresses are spread too evenly. */
static bool other_is_taken(const struct dmstat_slots *slots, unsigned long key)
{
	return READ_ONCE(slots->slots[hash_64(key ^ jiffies,
					      ilog2(slots->nr))].key);
}

/*
 * An I/O found its home slot taken, and skipped @skipped slots: SET_SLOTS if
 * all were taken. If one slot in SPARSE is taken, one such I/O in SPARSE finds
 * another slot taken, too, and @crowded stays about the same. If more are
 * taken, it rises. So a table that is less full does not grow, however many
 * I/Os find their home slots taken, and I/Os that do not find that have
 * nothing to count.
 */
static void note_crowded(struct dmstat_inflight_table *table,
			 const struct dmstat_slots *slots, unsigned long key,
			 int skipped)
{
	int old = READ_ONCE(table->crowded), crowded;

	if (!skipped || old >= CROWDED || slots->nr == inflight_slots ||
	    time_before(jiffies, READ_ONCE(table->grow_after)))
		return;

	crowded = old - 1 + SPARSE * other_is_taken(slots, key);
	if (skipped == SET_SLOTS)
		crowded += SPARSE * (SET_SLOTS - 1);
	crowded = max(crowded, 0);
	if (crowded == old)
		return;
	WRITE_ONCE(table->crowded, crowded);
	/* At once, even if it is queued to look at older slots. */
	if (crowded >= CROWDED)
		mod_delayed_work(grow_wq, &table->grow, 0);
}

/* --------------------------------------------------------------- tables */

/**
 * dmstat_inflight_table_init() - set up an empty table
 * @table: the table
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM.
 */
int dmstat_inflight_table_init(struct dmstat_inflight_table *table)
{
	struct dmstat_slots *slots;

	slots = slots_alloc(min(FIRST_SLOTS, inflight_slots), 0);
	if (IS_ERR(slots))
		return PTR_ERR(slots);

	table->crowded = 0;
	table->grow_after = jiffies;
	INIT_DELAYED_WORK(&table->grow, grow_work);
	slots_publish(table, slots);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_join(&ready_entries);
	return 0;
}

/**
 * dmstat_inflight_table_free() - free what a table holds
 * @table: the table; no I/O starts or ends in it any more
 *
 * Context: process, may sleep; waits for a grace period of RCU if the table is
 * growing.
 */
void dmstat_inflight_table_free(struct dmstat_inflight_table *table)
{
	struct dmstat_slots *slots, *older;

	cancel_delayed_work_sync(&table->grow);
	for (slots = owned(table->newest); slots; slots = older) {
		older = owned(slots->older);
		drop_entries(slots);
		slots_free(slots);
	}
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_leave(&ready_entries);
}

/* ----------------------------------------------------- claim and release */

static struct dmstat_kinflight *slot_in_set(const struct dmstat_slots *slots,
					    unsigned long key, unsigned long i)
{
	unsigned long home = (key * GOLDEN_RATIO_64) >> slots->hash_shift;

	return &slots->slots[(home & ~(SET_SLOTS - 1)) |
			     ((home + i) & (SET_SLOTS - 1))];
}

static struct hlist_head *overflow_head(struct dmstat_slots *slots,
					unsigned long key)
{
	return &slots->overflow[hash_long(key, slots->overflow_bits)];
}

static struct dmstat_kinflight *claim_overflow(struct dmstat_slots *slots,
					       unsigned long key)
{
	struct dmstat_overflow *entry;
	unsigned long flags;

	entry = entry_alloc();
	if (!entry)
		return NULL;

	/* Bounded by the number of bios that others have allocated. */
	dmstat_memory_charge_anyway(sizeof(*entry));
	entry->slots = slots;
	entry->io.key = key;
	entry->io.who = DMSTAT_INFLIGHT_OVERFLOW;
	raw_spin_lock_irqsave(&slots->lock, flags);
	atomic_inc(&slots->overflows);
	entry->number = ++slots->last_entry;
	hlist_add_head(&entry->node, overflow_head(slots, key));
	raw_spin_unlock_irqrestore(&slots->lock, flags);
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
struct dmstat_kinflight *
dmstat_inflight_claim_slow(struct dmstat_inflight_table *table,
			   unsigned long key)
{
	struct dmstat_slots *slots = follow(&table->newest);
	struct dmstat_kinflight *io;
	unsigned long i;

	for (i = 0; i < SET_SLOTS; i++) {
		io = slot_in_set(slots, key, i);
		if (!READ_ONCE(io->key) && dmstat_inflight_claim(io, key))
			break;
	}
	note_crowded(table, slots, key, i);
	return i < SET_SLOTS ? io : claim_overflow(slots, key);
}

static bool is_for(const struct dmstat_kinflight *io, unsigned long key)
{
	return dmstat_inflight_carrier(io) == key;
}

static struct dmstat_kinflight *find_in_overflow(struct dmstat_slots *slots,
						 unsigned long key)
{
	struct dmstat_kinflight *io = NULL;
	struct dmstat_overflow *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&slots->lock, flags);
	hlist_for_each_entry(entry, overflow_head(slots, key), node) {
		if (is_for(&entry->io, key)) {
			io = &entry->io;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&slots->lock, flags);
	return io;
}

static struct dmstat_kinflight *find_in(struct dmstat_slots *slots,
					unsigned long key)
{
	struct dmstat_kinflight *io;
	unsigned long i;

	for (i = 0; i < SET_SLOTS; i++) {
		io = slot_in_set(slots, key, i);
		if (is_for(io, key))
			return io;
	}
	/* The I/O's own entry was counted before the I/O was submitted. */
	return atomic_read(&slots->overflows) ? find_in_overflow(slots, key) :
						NULL;
}

/**
 * dmstat_inflight_find_slow() - find when the home slot does not have the key
 * @table: the table
 * @key: address of what carries the I/O
 *
 * Finds I/O that was split, too.
 *
 * Context: any, preemption disabled.
 * Return: the entry, or NULL if the I/O is not known. All that was written when
 * the I/O started can be seen, because it ends after that.
 */
struct dmstat_kinflight *
dmstat_inflight_find_slow(struct dmstat_inflight_table *table,
			  unsigned long key)
{
	struct dmstat_kinflight *io = NULL;
	struct dmstat_slots *slots;

	for (slots = follow(&table->newest); slots && !io;
	     slots = follow(&slots->older))
		io = find_in(slots, key);
	return io;
}

/**
 * dmstat_inflight_release_slow() - release a slot or an entry of the hash
 * @table: the table
 * @io: from dmstat_inflight_find_slow()
 *
 * Context: any, preemption disabled.
 */
void dmstat_inflight_release_slow(struct dmstat_inflight_table *table,
				  struct dmstat_kinflight *io)
{
	struct dmstat_overflow *entry;
	struct dmstat_slots *slots;
	unsigned long flags;

	if (!(io->who & DMSTAT_INFLIGHT_OVERFLOW)) {
		if (dmstat_inflight_is_split(io)) {
			io->status = BLK_STS_OK;
			io->lost = false;
		}
		dmstat_inflight_release(io);
		return;
	}

	entry = container_of(io, struct dmstat_overflow, io);
	slots = entry->slots;
	raw_spin_lock_irqsave(&slots->lock, flags);
	hlist_del(&entry->node);
	atomic_dec(&slots->overflows);
	raw_spin_unlock_irqrestore(&slots->lock, flags);
	entry_free(entry);
}

/* What was found in an entry. */
enum found {
	FOUND_NONE,		/* no I/O, or it has ended meanwhile */
	FOUND_CHANGED,		/* an I/O whose key has changed meanwhile */
	FOUND_IO,
};

/* In an RCU section, with the slots' lock if @io is in their overflow hash. */
static enum found try_copy(const struct dmstat_kinflight *io,
			   const struct dmstat_inflight_walk *walk,
			   struct dmstat_inflight_copy *copy)
{
	struct cgroup *limit = NULL;
	const void *peeked = NULL;
	unsigned long key;
	u32 missed;
	u8 place;

	/* Pairs with the release in dmstat_inflight_publish(). */
	copy->start_ns = smp_load_acquire(&io->start_ns);
	if (!copy->start_ns)
		return FOUND_NONE;

	copy->sector = READ_ONCE(io->sector);
	copy->sectors = READ_ONCE(io->sectors);
	copy->operation = READ_ONCE(io->operation);
	copy->generation = READ_ONCE(io->generation);
	/* If the next I/O of the slot is being written, by plain stores, the
	 * check below fails.
	 */
	place = data_race(READ_ONCE(io->place));
	copy->counts = place != DMSTAT_PLACE_NONE;
	copy->append = place == DMSTAT_PLACE_APPEND;
	/* As for @place. */
	missed = data_race(READ_ONCE(io->missed));
	copy->missed = place == DMSTAT_PLACE_WALK ? missed : 0;
	/* What dmstat_inflight_keep() does. */
	key = READ_ONCE(io->key);
	copy->ended = (key | DMSTAT_INFLIGHT_MARKS) == ~0UL;
	copy->pid = dmstat_inflight_pid(io);
	if (!copy->ended)
		peeked = dmstat_who_peek(key & ~DMSTAT_INFLIGHT_MARKS);
	if (!copy->ended && walk->limits && place == DMSTAT_PLACE_LIMITED) {
		/* As for @place. */
		limit = data_race(READ_ONCE(io->cgroup));
	}

	/* Another I/O may have claimed the slot meanwhile. */
	smp_rmb();
	if (READ_ONCE(io->start_ns) != copy->start_ns)
		return FOUND_NONE;
	/* Pairs with the release of the slot: its time is set to 0 first. */
	smp_rmb();
	if (READ_ONCE(io->key) != key)
		return FOUND_CHANGED;
	copy->cgroup = peeked ? dmstat_who_cgroup(peeked) : 0;
	/* Not noted in the entry. */
	if (peeked && walk->limits && (place == DMSTAT_PLACE_LARGE ||
				       place == DMSTAT_PLACE_APPEND))
		limit = dmstat_who_charged(peeked);
	copy->limit = dmstat_cgroup_try_hold(limit);
	return FOUND_IO;
}

/*
 * The key of an I/O changes when the I/O is split, and when it has ended and is
 * still to be counted: then it is copied again, because a walk must not miss it.
 * Return: whether @io is an I/O in flight, and was the same one all the time.
 */
static bool copy_entry(const struct dmstat_kinflight *io,
		       const struct dmstat_inflight_walk *walk,
		       struct dmstat_inflight_copy *copy)
{
	enum found found;

	do {
		found = try_copy(io, walk, copy);
	} while (found == FOUND_CHANGED);
	return found == FOUND_IO;
}

/* ---------------------------------------------------------------- walk */

/* Return: whether there is another I/O in the head where the walk is. */
static bool next_in_head(struct dmstat_slots *slots,
			 struct dmstat_inflight_walk *walk,
			 struct dmstat_inflight_copy *copy)
{
	struct dmstat_overflow *entry;
	unsigned long flags;
	bool found = false;

	raw_spin_lock_irqsave(&slots->lock, flags);
	/* The newest entry is the first in the list. */
	hlist_for_each_entry(entry, &slots->overflow[walk->head], node) {
		if (walk->before && entry->number >= walk->before)
			continue;
		walk->before = entry->number;
		found = copy_entry(&entry->io, walk, copy);
		if (found)
			break;
	}
	raw_spin_unlock_irqrestore(&slots->lock, flags);
	return found;
}

/* Return: whether an I/O was found; if not, @walk is where to continue. */
static bool next_in_overflow(struct dmstat_slots *slots,
			     struct dmstat_inflight_walk *walk,
			     struct dmstat_inflight_copy *copy)
{
	u32 end = overflow_heads(slots), nr = WALK_SLOTS;

	if (!atomic_read(&slots->overflows))
		walk->head = end;
	for (; walk->head < end && nr; walk->head++, nr--) {
		if (next_in_head(slots, walk, copy))
			return true;
		walk->before = 0;
	}
	return false;
}

/* The same. */
static bool next_in_slots(const struct dmstat_slots *slots,
			  struct dmstat_inflight_walk *walk,
			  struct dmstat_inflight_copy *copy)
{
	u32 end = min(walk->slot + WALK_SLOTS, slots->nr);
	const struct dmstat_kinflight *io;

	/* Most are free. */
	while (walk->slot < end) {
		io = &slots->slots[walk->slot++];
		if (READ_ONCE(io->start_ns) && copy_entry(io, walk, copy))
			return true;
	}
	return false;
}

/* The oldest slots from a number on; NULL if there are none. */
static struct dmstat_slots *
slots_from(const struct dmstat_inflight_table *table, u32 number)
{
	struct dmstat_slots *slots, *found = NULL;

	for (slots = follow(&table->newest); slots && slots->number >= number;
	     slots = follow(&slots->older))
		found = slots;
	return found;
}

/* Return: false if there are no more I/Os in these slots. */
static bool walk_slots(struct dmstat_slots *slots,
		       struct dmstat_inflight_walk *walk,
		       struct dmstat_inflight_copy *copy, bool *found)
{
	if (walk->slot < slots->nr)
		*found = next_in_slots(slots, walk, copy);
	else if (walk->head < overflow_heads(slots))
		*found = next_in_overflow(slots, walk, copy);
	else
		return false;
	return true;
}

/**
 * dmstat_inflight_next() - the next I/O in flight of a walk
 * @table: the table
 * @walk: where the walk is; all 0 at first
 * @copy: result
 *
 * I/Os come and go during a walk, and the table may grow. An I/O that is in
 * flight all the time is found exactly once.
 *
 * Context: process, may sleep; the caller keeps the table from being freed.
 * Return: false if there are no more.
 */
bool dmstat_inflight_next(struct dmstat_inflight_table *table,
			  struct dmstat_inflight_walk *walk,
			  struct dmstat_inflight_copy *copy)
{
	struct dmstat_slots *slots;
	bool found = false;

	do {
		cond_resched();
		rcu_read_lock();
		/* From old to new, because newer slots may be published. */
		slots = slots_from(table, walk->number);
		if (slots && slots->number != walk->number)
			*walk = (struct dmstat_inflight_walk) {
				.limits = walk->limits,
				.number = slots->number,
			};
		if (slots && !walk_slots(slots, walk, copy, &found))
			*walk = (struct dmstat_inflight_walk) {
				.limits = walk->limits,
				.number = slots->number + 1,
			};
		rcu_read_unlock();
	} while (slots && !found);
	return found;
}

/**
 * dmstat_inflight_charged() - the cgroup by which limited regions count an I/O
 * @io: its entry, or a copy
 *
 * If one may count it, this was noted when the I/O started: the bio may have
 * been charged to another cgroup since. Where that is not yet noted, or never
 * is, the I/O is just starting, or is an append that is just ending.
 *
 * Context: any, by the owner of @io.
 * Return: the cgroup, valid as long as the entry and the bio; or NULL.
 */
struct cgroup *dmstat_inflight_charged(const struct dmstat_kinflight *io)
{
	switch (io->place) {
	case DMSTAT_PLACE_LIMITED:
		return io->cgroup;
	case DMSTAT_PLACE_NONE:
	case DMSTAT_PLACE_APPEND:
		return dmstat_cgroup_charged(dmstat_inflight_carrier(io));
	default:
		return NULL;
	}
}

/**
 * dmstat_inflight_oldest() - when the oldest I/O in flight started
 * @table: the table
 *
 * Context: process, may sleep; the caller keeps the table from being freed.
 * Return: its dmstat_clock_ns(); 0 if no I/O is in flight.
 */
u64 dmstat_inflight_oldest(struct dmstat_inflight_table *table)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;
	u64 oldest = 0;

	while (dmstat_inflight_next(table, &walk, &io)) {
		if (!oldest || io.start_ns < oldest)
			oldest = io.start_ns;
	}
	return oldest;
}
