/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel/index.c needs from the kernel and from the module, for a
 * user-space program. It replaces all headers that index.c includes.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef u64 sector_t;

#define U64_MAX UINT64_MAX
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define __rcu
#define noinline __attribute__((noinline))
#define ____cacheline_aligned_in_smp
#define __aligned(n) __attribute__((aligned(n)))
#define PAGE_SIZE 4096UL

#define min(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); \
		     _a < _b ? _a : _b; })
#define max(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); \
		     _a > _b ? _a : _b; })
#define min_t(type, a, b) min((type)(a), (type)(b))
#define container_of(member_at, type, member) \
	((type *)((char *)(member_at) - offsetof(type, member)))
#define struct_size(at, member, n) \
	offsetof(__typeof__(*(at)), member[n])

static inline int fls64(u64 n)
{
	return n ? 64 - __builtin_clzll(n) : 0;
}

static inline int ilog2(u64 n)
{
	return fls64(n) - 1;
}

static inline u64 roundup_pow_of_two(u64 n)
{
	return 1ULL << fls64(n - 1);
}

static inline u32 hash_ptr(const void *at, unsigned int bits)
{
	return ((u64)at * 0x61C8864680B583EBull) >> (64 - bits);
}

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add(struct list_head *node, struct list_head *head)
{
	node->next = head->next;
	node->prev = head;
	head->next->prev = node;
	head->next = node;
}

static inline void list_add_tail(struct list_head *node,
				 struct list_head *head)
{
	list_add(node, head->prev);
}

static inline void list_del_init(struct list_head *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	INIT_LIST_HEAD(node);
}

static inline void list_move(struct list_head *node, struct list_head *head)
{
	list_del_init(node);
	list_add(node, head);
}

static inline void list_move_tail(struct list_head *node,
				  struct list_head *head)
{
	list_del_init(node);
	list_add_tail(node, head);
}

static inline void list_splice_init(struct list_head *list,
				    struct list_head *head)
{
	if (list_empty(list))
		return;
	list->prev->next = head->next;
	head->next->prev = list->prev;
	head->next = list->next;
	list->next->prev = head;
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail_init(struct list_head *list,
					 struct list_head *head)
{
	list_splice_init(list, head->prev);
}

#define list_entry_of(at, like, member) \
	container_of(at, __typeof__(*(like)), member)
#define list_for_each_entry(at, head, member)				\
	for (at = list_entry_of((head)->next, at, member);		\
	     &at->member != (head);					\
	     at = list_entry_of(at->member.next, at, member))
#define list_for_each_entry_safe(at, after, head, member)		\
	for (at = list_entry_of((head)->next, at, member),		\
	     after = list_entry_of(at->member.next, at, member);	\
	     &at->member != (head);					\
	     at = after, after = list_entry_of(at->member.next, at, member))

/* Work that waits until the test ends a grace period. */
struct work_struct {
	void (*run)(struct work_struct *work);
	struct list_head node;
};

struct rcu_work {
	struct work_struct work;
};

static inline struct rcu_work *to_rcu_work(struct work_struct *work)
{
	return container_of(work, struct rcu_work, work);
}

#define INIT_RCU_WORK(rcu_work, function) ((rcu_work)->work.run = (function))
#define dmstat_free_wq NULL
void queue_rcu_work(void *queue, struct rcu_work *work);

#define lockdep_assert_held(lock) ((void)sizeof(#lock))
#define lockdep_is_held(lock) (sizeof(#lock) > 0)
#define rcu_dereference_protected(pointer, condition) \
	((void)(condition), (pointer))
#define rcu_assign_pointer(to, pointer) ((to) = (pointer))
#define WRITE_ONCE(to, value) ((to) = (value))
#define READ_ONCE(from) (from)
static inline unsigned int memalloc_noio_save(void)
{
	return 0;
}

static inline void memalloc_noio_restore(unsigned int before)
{
}

void cond_resched(void);
void kvfree(const void *memory);
size_t dmstat_memory_size(size_t bytes);
void *dmstat_memory_alloc(size_t bytes, int flags);
bool dmstat_memory_charge(size_t bytes);
void dmstat_memory_charge_anyway(size_t bytes);
void dmstat_memory_uncharge(size_t bytes);

struct dmstat_index;
struct dmstat_index_one;

struct dmstat_geometry {
	struct dmstat_index_one *pieces;
	u32 nr_pieces;
	u64 since;
	u64 until;
	bool settled;
	struct rcu_work free;		/* used by the test only */
};

const struct dmstat_index_one *
dmstat_geometry_first_at(const struct dmstat_geometry *geometry,
			 sector_t sector, sector_t end);
const struct dmstat_index_one *
dmstat_geometry_next_at(const struct dmstat_geometry *geometry,
			const struct dmstat_index_one *piece, sector_t end);

struct dmstat_device_member {
	struct list_head node;
	u32 id;				/* used by the test only */
};

struct dmstat_kregion {
	u64 generation;
	struct dmstat_geometry *geometry;
	struct dmstat_geometry *before;	/* used by the test only */
	struct dmstat_device_member member;
	bool leaving;
	struct rcu_work free;
};

struct dmstat_kdevice {
	struct dmstat_index *index;
	u32 nr_regions;
	u64 generation;
};

static inline bool
dmstat_device_has_regions(const struct dmstat_kdevice *device)
{
	return device->nr_regions;
}

#endif /* _SHIM_H */
