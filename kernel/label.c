// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels: what programs write on a region, their id and data of their own.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "label.h"
#include "memory.h"
#include "region.h"

/* Without users it is being made or freed. */
static struct dmstat_label *label_of(const struct dmstat_region *region)
{
	return rcu_dereference_protected(region->label,
					 lockdep_is_held(&dmstat_lock) ||
					 !refcount_read(&region->users));
}

/* What is not given is as it was. */
static void keep_rest(struct dmstat_label_spec *spec,
		      const struct dmstat_label *old)
{
	if (!spec->program_id)
		spec->program_id = old ? old->program_id : "";
	if (!spec->user_data) {
		spec->user_data = old ? old->user_data : NULL;
		spec->user_data_size = old ? old->user_data_size : 0;
	}
}

/* What it takes; 0 if there is nothing to write. */
static size_t spec_size(const struct dmstat_label_spec *spec)
{
	struct dmstat_label *label;

	if (!*spec->program_id && !spec->user_data_size)
		return 0;
	return kmalloc_size_roundup(struct_size(label, text,
						strlen(spec->program_id) + 1 +
						spec->user_data_size));
}

static size_t label_size(const struct dmstat_label *label)
{
	struct dmstat_label_spec spec = {};

	keep_rest(&spec, label);
	return spec_size(&spec);
}

static struct dmstat_label *label_new(const struct dmstat_label_spec *spec)
{
	size_t id_size = strlen(spec->program_id) + 1;
	struct dmstat_label *label;

	label = kmalloc(spec_size(spec), GFP_KERNEL | __GFP_NOWARN);
	if (!label)
		return NULL;
	label->program_id = label->text;
	label->user_data = label->text + id_size;
	label->user_data_size = spec->user_data_size;
	memcpy(label->text, spec->program_id, id_size);
	if (spec->user_data_size)
		memcpy(label->text + id_size, spec->user_data,
		       spec->user_data_size);
	return label;
}

static void free_after_rcu(struct rcu_head *rcu)
{
	struct dmstat_label *label = container_of(rcu, struct dmstat_label, rcu);
	size_t size = label_size(label);

	kfree(label);
	dmstat_memory_uncharge(size);
}

/* Only growth can be refused. Both are held until readers are done with @old. */
static bool charge_label(struct dmstat_region *region, size_t size,
			 size_t old_size)
{
	if (size > old_size) {
		if (!dmstat_memory_charge_to(&region->store.memory,
					     size - old_size))
			return false;
		dmstat_memory_charge_anyway(old_size);
	} else {
		dmstat_memory_charge_anyway(size);
		atomic64_sub(old_size - size, &region->store.memory.bytes);
	}
	return true;
}

/* There was no memory after all. */
static void uncharge_label(struct dmstat_region *region, size_t size,
			   size_t old_size)
{
	dmstat_memory_uncharge(size);
	atomic64_sub((s64)size - (s64)old_size, &region->store.memory.bytes);
}

/**
 * dmstat_label_write() - change what is written on a region
 * @region: the region
 * @spec: what to write
 *
 * Only growth can be over the limit, so that at the limit, too, something can be
 * removed or replaced by something shorter.
 *
 * Context: process, dmstat_lock held unless nobody else has the region; may
 * sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM. After an error all is as
 * it was.
 */
int dmstat_label_write(struct dmstat_region *region,
		       const struct dmstat_label_spec *spec)
{
	struct dmstat_label *label = NULL, *old = label_of(region);
	struct dmstat_label_spec all = *spec;
	size_t size, old_size = label_size(old);

	keep_rest(&all, old);
	size = spec_size(&all);
	if (!charge_label(region, size, old_size))
		return -ENOSPC;

	if (size) {
		label = label_new(&all);
		if (!label) {
			uncharge_label(region, size, old_size);
			return -ENOMEM;
		}
	}
	rcu_assign_pointer(region->label, label);
	if (old)
		call_rcu(&old->rcu, free_after_rcu);
	return 0;
}

/**
 * dmstat_label_is_of() - whether a region with this label is of a program
 * @label: the label, or NULL
 * @program_id: the program's id; "": of none
 *
 * Context: any; the caller keeps the label from going.
 * Return: whether it is.
 */
bool dmstat_label_is_of(const struct dmstat_label *label,
			const char *program_id)
{
	return !strcmp(program_id, label ? label->program_id : "");
}

/**
 * dmstat_label_free() - free what is written on a region
 * @region: the region; nobody else has it any more
 *
 * Context: any.
 */
void dmstat_label_free(struct dmstat_region *region)
{
	struct dmstat_label *label = label_of(region);
	size_t size = label_size(label);

	kfree(label);
	dmstat_memory_uncharge_from(&region->store.memory, size);
}
