// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels: the program id, group and user data of a region.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "label.h"
#include "memory.h"

/* Fill in from @old what @spec does not give. */
static void keep_rest(struct dmstat_label_spec *spec,
		      const struct dmstat_label *old)
{
	if (!spec->program_id)
		spec->program_id = old ? old->program_id : "";
	if (!spec->group)
		spec->group = old ? old->group : "";
	if (!spec->user_data) {
		spec->user_data = old ? old->user_data : NULL;
		spec->user_data_size = old ? old->user_data_size : 0;
	}
}

/* The memory of a label; 0 if it is empty, then there is none. */
static size_t spec_size(const struct dmstat_label_spec *spec)
{
	struct dmstat_label *label;

	if (!*spec->program_id && !*spec->group && !spec->user_data_size)
		return 0;
	return kmalloc_size_roundup(struct_size(label, text,
						strlen(spec->program_id) + 1 +
						strlen(spec->group) + 1 +
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
	size_t group_size = strlen(spec->group) + 1;
	struct dmstat_label *label;
	char *text;

	label = kmalloc(spec_size(spec), DMSTAT_GFP_LOCKED);
	if (!label)
		return NULL;
	text = label->text;
	label->program_id = memcpy(text, spec->program_id, id_size);
	text += id_size;
	label->group = memcpy(text, spec->group, group_size);
	text += group_size;
	label->user_data = text;
	label->user_data_size = spec->user_data_size;
	if (spec->user_data_size)
		memcpy(text, spec->user_data, spec->user_data_size);
	return label;
}

static void free_after_rcu(struct rcu_head *rcu)
{
	struct dmstat_label *label = container_of(rcu, struct dmstat_label, rcu);
	size_t size = label_size(label);

	kfree(label);
	dmstat_memory_uncharge(size);
}

/*
 * Both labels are held until readers are done with the old one. Only growth can
 * be refused.
 */
static bool charge_label(struct dmstat_memory *memory, size_t size,
			 size_t old_size)
{
	if (size > old_size) {
		if (!dmstat_memory_charge_to(memory, size - old_size))
			return false;
		dmstat_memory_charge_anyway(old_size);
	} else {
		dmstat_memory_charge_anyway(size);
		atomic64_sub(old_size - size, &memory->bytes);
	}
	return true;
}

/* Undo charge_label(). */
static void uncharge_label(struct dmstat_memory *memory, size_t size,
			   size_t old_size)
{
	dmstat_memory_uncharge(size);
	atomic64_sub((s64)size - (s64)old_size, &memory->bytes);
}

/**
 * dmstat_label_prepare() - prepare to replace a label
 * @change: the change
 * @label: the label
 * @spec: what to write
 * @memory: what the region holds
 *
 * Only growth can exceed the limit, so that a label can be removed or shortened
 * at the limit, too.
 *
 * Context: process, may sleep; nothing else changes @label.
 * Return: 0, then dmstat_label_commit() or dmstat_label_cancel() has to be
 * called; -ENOSPC, over the memory limit; -ENOMEM.
 */
int dmstat_label_prepare(struct dmstat_label_change *change,
			 const struct dmstat_label __rcu *label,
			 const struct dmstat_label_spec *spec,
			 struct dmstat_memory *memory)
{
	const struct dmstat_label *old = rcu_dereference_protected(label, true);
	struct dmstat_label_spec all = *spec;

	keep_rest(&all, old);
	*change = (struct dmstat_label_change) {
		.size = spec_size(&all),
		.old_size = label_size(old),
	};
	if (!charge_label(memory, change->size, change->old_size))
		return -ENOSPC;
	if (!change->size)
		return 0;

	change->label = label_new(&all);
	if (change->label)
		return 0;
	uncharge_label(memory, change->size, change->old_size);
	return -ENOMEM;
}

/**
 * dmstat_label_commit() - replace a label as prepared
 * @change: the change
 * @place: where the label is
 *
 * Context: process.
 */
void dmstat_label_commit(const struct dmstat_label_change *change,
			 struct dmstat_label __rcu **place)
{
	struct dmstat_label *old = rcu_dereference_protected(*place, true);

	rcu_assign_pointer(*place, change->label);
	if (old)
		call_rcu(&old->rcu, free_after_rcu);
}

/**
 * dmstat_label_cancel() - do not replace a label after all
 * @change: the change
 * @memory: what the region holds
 *
 * Context: process.
 */
void dmstat_label_cancel(const struct dmstat_label_change *change,
			 struct dmstat_memory *memory)
{
	kfree(change->label);
	uncharge_label(memory, change->size, change->old_size);
}

/**
 * dmstat_label_write() - replace a label
 * @place: where the label is
 * @spec: what to write
 * @memory: what the region holds
 *
 * Context: process, may sleep; nothing else changes @place.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM. After an error nothing
 * has changed.
 */
int dmstat_label_write(struct dmstat_label __rcu **place,
		       const struct dmstat_label_spec *spec,
		       struct dmstat_memory *memory)
{
	struct dmstat_label_change change;
	int ret = dmstat_label_prepare(&change, *place, spec, memory);

	if (!ret)
		dmstat_label_commit(&change, place);
	return ret;
}

/**
 * dmstat_label_free() - free a label
 * @place: where the label is; no reader can see it any more
 * @memory: what the region holds
 *
 * Context: any.
 */
void dmstat_label_free(struct dmstat_label __rcu **place,
		       struct dmstat_memory *memory)
{
	struct dmstat_label *label = rcu_dereference_protected(*place, true);
	size_t size = label_size(label);

	kfree(label);
	dmstat_memory_uncharge_from(memory, size);
}

/* @wanted may be NULL: any. */
static bool is_wanted(const char *wanted, const char *text)
{
	return !wanted || !strcmp(wanted, text);
}

/**
 * dmstat_label_matches() - whether a label is one of those that are wanted
 * @label: the label, or NULL
 * @filter: which are wanted
 *
 * Context: any; RCU or dmstat_lock protects the label.
 * Return: true if it is.
 */
bool dmstat_label_matches(const struct dmstat_label *label,
			  const struct dmstat_label_filter *filter)
{
	return is_wanted(filter->program_id, label ? label->program_id : "") &&
	       is_wanted(filter->group, label ? label->group : "");
}
