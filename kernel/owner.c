// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owners: sockets whose regions are deleted when they are closed. An owner
 * exists for as long as a region refers to it, and no longer than that.
 *
 * All that is known of a socket that is being closed is its port id. By then
 * another socket may have it, and regions of its own. So an owner has a
 * reference to its socket, which tells whether that is the one being closed. It
 * is dropped at once when it is: what belongs to the socket does not wait for
 * regions to be deleted.
 */
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "memory.h"
#include "owner.h"

struct dmstat_owner {
	/* In open_owners, while @sk is not NULL; owners_lock. */
	struct hlist_node node;
	/* In closed_owners, with a reference; owners_lock. */
	struct list_head closed_node;
	/* A reference; NULL once it is closed; owners_lock. */
	struct sock *sk;
	u32 portid;			/* of @sk; constant */
	/* One for each region that is not freed, one for each user. */
	refcount_t users;
};

/* Covers both lists of owners, and that an owner with users is found. */
static DEFINE_SPINLOCK(owners_lock);
/* Those whose sockets are open, by port id; owners_lock. */
static DEFINE_HASHTABLE(open_owners, 8);
/* Those whose regions are to be deleted; owners_lock. */
static LIST_HEAD(closed_owners);

static size_t owner_memory(void)
{
	return dmstat_memory_size(sizeof(struct dmstat_owner));
}

/* Under owners_lock. Return: with a reference, or NULL. */
static struct dmstat_owner *find_open(const struct sock *sk, u32 portid)
{
	struct dmstat_owner *owner;

	hash_for_each_possible(open_owners, owner, node, portid) {
		if (owner->sk == sk) {
			refcount_inc(&owner->users);
			return owner;
		}
	}
	return NULL;
}

static struct dmstat_owner *owner_alloc(struct sock *sk, u32 portid)
{
	struct dmstat_owner *owner;

	if (!dmstat_memory_charge(owner_memory()))
		return ERR_PTR(-ENOSPC);
	owner = kzalloc(sizeof(*owner), GFP_KERNEL);
	if (!owner) {
		dmstat_memory_uncharge(owner_memory());
		return ERR_PTR(-ENOMEM);
	}
	owner->portid = portid;
	refcount_set(&owner->users, 1);
	INIT_LIST_HEAD(&owner->closed_node);
	sock_hold(sk);
	owner->sk = sk;
	return owner;
}

static void owner_free(struct dmstat_owner *owner)
{
	if (owner->sk)
		sock_put(owner->sk);
	kfree(owner);
	dmstat_memory_uncharge(owner_memory());
}

/**
 * dmstat_owner_get() - get the owner that a socket is
 * @sk: the socket; it is not closed before this returns
 * @portid: its port id, which it keeps
 *
 * Context: process, may sleep.
 * Return: the owner with a reference; -ENOSPC, over the memory limit; -ENOMEM.
 */
struct dmstat_owner *dmstat_owner_get(struct sock *sk, u32 portid)
{
	struct dmstat_owner *owner, *new;

	spin_lock(&owners_lock);
	owner = find_open(sk, portid);
	spin_unlock(&owners_lock);
	if (owner)
		return owner;

	new = owner_alloc(sk, portid);
	if (IS_ERR(new))
		return new;
	spin_lock(&owners_lock);
	/* Another request on the socket may have been faster. */
	owner = find_open(sk, portid);
	if (!owner)
		hash_add(open_owners, &new->node, portid);
	spin_unlock(&owners_lock);
	if (!owner)
		return new;
	/* coverage: a race of a moment */
	owner_free(new);
	return owner;
}

/**
 * dmstat_owner_hold() - get another reference
 * @owner: the owner; the caller has a reference
 *
 * Context: any.
 */
void dmstat_owner_hold(struct dmstat_owner *owner)
{
	refcount_inc(&owner->users);
}

/**
 * dmstat_owner_put() - drop a reference
 * @owner: the owner
 *
 * Context: process.
 */
void dmstat_owner_put(struct dmstat_owner *owner)
{
	bool last;

	if (refcount_dec_not_one(&owner->users))
		return;
	/* Under the lock, so that one without users is not found. */
	spin_lock(&owners_lock);
	last = refcount_dec_and_test(&owner->users);
	if (last && owner->sk)
		hash_del(&owner->node);
	spin_unlock(&owners_lock);
	if (last)
		owner_free(owner);
}

/**
 * dmstat_owner_close() - note that a socket is being closed
 * @portid: its port id; another socket may have it by now
 *
 * Takes the time of a look-up; dmstat_owner_next_closed() gives what is found.
 *
 * Context: process, while the socket is released.
 * Return: whether it is an owner.
 */
bool dmstat_owner_close(u32 portid)
{
	struct dmstat_owner *owner;
	struct hlist_node *next;
	bool closed = false;

	/* The owner of a socket that is closed was added before that. */
	if (hlist_empty(&open_owners[hash_min(portid, HASH_BITS(open_owners))]))
		return false;

	spin_lock(&owners_lock);
	hash_for_each_possible_safe(open_owners, owner, next, node, portid) {
		if (owner->portid != portid || !sock_flag(owner->sk, SOCK_DEAD))
			continue;
		hash_del(&owner->node);
		/* Not the last reference: it is still being released. */
		sock_put(owner->sk);
		owner->sk = NULL;
		refcount_inc(&owner->users);
		list_add_tail(&owner->closed_node, &closed_owners);
		closed = true;
	}
	spin_unlock(&owners_lock);
	return closed;
}

/**
 * dmstat_owner_next_closed() - take an owner whose regions are to be deleted
 *
 * Context: process.
 * Return: the owner with a reference, or NULL if there are no more.
 */
struct dmstat_owner *dmstat_owner_next_closed(void)
{
	struct dmstat_owner *owner;

	spin_lock(&owners_lock);
	owner = list_first_entry_or_null(&closed_owners, struct dmstat_owner,
					 closed_node);
	if (owner)
		list_del_init(&owner->closed_node);
	spin_unlock(&owners_lock);
	return owner;
}
