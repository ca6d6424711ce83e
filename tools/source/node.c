// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `dmsetup info` knows of devices: names, tables, and what is stacked.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <libdevmapper.h>

#include "out/message.h"
#include "source/disk.h"
#include "source/dm.h"
#include "source/node.h"

/* Where the texts of a node are, to allocate and free them. */
static const size_t texts[] = {
	offsetof(struct node, name),
	offsetof(struct node, mangled_name),
	offsetof(struct node, uuid),
	offsetof(struct node, mangled_uuid),
	offsetof(struct node, block_name),
	offsetof(struct node, attributes),
	offsetof(struct node, tables),
	offsetof(struct node, suspended),
	offsetof(struct node, access),
	offsetof(struct node, numbers),
	offsetof(struct node, below_names),
	offsetof(struct node, below_numbers),
	offsetof(struct node, below_blocks),
	offsetof(struct node, above_names),
	offsetof(struct node, above_numbers),
	offsetof(struct node, subsystem),
	offsetof(struct node, vg),
	offsetof(struct node, lv),
	offsetof(struct node, layer),
};

#define TEXTS	(sizeof(texts) / sizeof(texts[0]))

/* Of devices that have gone. */
static const struct node unknown = {
	.name = "", .mangled_name = "", .uuid = "", .mangled_uuid = "",
	.block_name = "", .attributes = "", .tables = "", .suspended = "",
	.access = "", .numbers = "", .below_names = "", .below_numbers = "",
	.below_blocks = "", .above_names = "", .above_numbers = "",
	.subsystem = "", .vg = "", .lv = "", .layer = "",
};

static const char **text_of(struct node *node, size_t i)
{
	return (const char **)((char *)node + texts[i]);
}

/* Replace a text by a copy of another one. Returns whether there was memory. */
static bool set(const char **text, const char *value)
{
	char *copy = strdup(value ? value : "");

	if (!copy)
		return false;
	free((char *)*text);
	*text = copy;
	return true;
}

static bool set_format(const char **text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool set_format(const char **text, const char *format, ...)
{
	va_list args;
	char *copy;
	int length;

	va_start(args, format);
	length = vasprintf(&copy, format, args);
	va_end(args);
	if (length < 0)
		return false;
	free((char *)*text);
	*text = copy;
	return true;
}

/* Add to a list of words with commas between. */
static bool add(const char **text, const char *word)
{
	return set_format(text, "%s%s%s", *text, **text ? "," : "", word);
}

/* Take over an allocated text, if there is one. */
static void take(const char **text, char *value)
{
	if (!value)
		return;
	free((char *)*text);
	*text = value;
}

static struct dm_task *run_task(int type, uint32_t major, uint32_t minor)
{
	struct dm_task *task = dm_task_create(type);

	if (!task)
		return NULL;
	if (dm_task_set_major(task, major) && dm_task_set_minor(task, minor) &&
	    dm_task_run(task))
		return task;
	dm_task_destroy(task);
	return NULL;
}

/* What the kernel's name says, without asking for more. */
static bool split_name(struct node *node, const struct dmstat_device *device)
{
	const char *dash = strchr(device->uuid, '-');
	struct mapped_names names;

	if (mapped_names_get(device->name, device->uuid, &names))
		return false;
	take(&node->name, names.name);
	take(&node->vg, names.vg);
	take(&node->lv, names.lv);
	take(&node->layer, names.layer);
	return set(&node->uuid, device->uuid) &&
	       set_format(&node->subsystem, "%.*s",
			  dash ? (int)(dash - device->uuid) : 0, device->uuid);
}

static bool set_state(struct node *node, const struct dm_info *info)
{
	node->open = info->open_count > 0 ? info->open_count : 0;
	node->segments = info->target_count > 0 ? info->target_count : 0;
	node->events = info->event_nr;
	return set_format(&node->attributes, "%c%c%c%c",
			  info->live_table ? 'L' : '-',
			  info->inactive_table ? 'I' : '-',
			  info->suspended ? 's' : '-',
			  info->read_only ? 'r' : 'w') &&
	       set(&node->tables,
		   info->live_table && info->inactive_table ? "Both" :
		   info->live_table ? "Live" :
		   info->inactive_table ? "Inactive" : "None") &&
	       set(&node->suspended,
		   info->suspended ? "Suspended" : "Active") &&
	       set(&node->access,
		   info->read_only ? "Read-only" : "Writeable");
}

static bool set_names(struct node *node, struct dm_task *task)
{
	char block[PATH_MAX];
	uint32_t read_ahead;

	if (dm_task_get_read_ahead(task, &read_ahead))
		node->read_ahead = read_ahead;
	if (dm_device_get_name(node->major, node->minor, 1, block,
			       sizeof(block)) &&
	    !set(&node->block_name, block))
		return false;
	take(&node->mangled_name, dm_task_get_name_mangled(task));
	take(&node->uuid, dm_task_get_uuid_unmangled(task));
	take(&node->mangled_uuid, dm_task_get_uuid_mangled(task));
	return set_format(&node->numbers, "%u:%u", node->major, node->minor);
}

static bool ask_info(struct node *node)
{
	struct dm_task *task = run_task(DM_DEVICE_INFO, node->major,
					node->minor);
	struct dm_info info;
	bool done = true;

	if (!task)
		return true;
	if (dm_task_get_info(task, &info) && info.exists)
		done = set_names(node, task) && set_state(node, &info);
	dm_task_destroy(task);
	return done;
}

static bool add_below(struct node *node, dev_t device)
{
	char text[PATH_MAX];

	snprintf(text, sizeof(text), "%u:%u", major(device), minor(device));
	if (!add(&node->below_numbers, text))
		return false;
	if (dm_device_get_name(major(device), minor(device), 1, text,
			       sizeof(text)))
		return add(&node->below_blocks, text);
	return true;
}

static bool ask_below(struct node *node)
{
	struct dm_task *task = run_task(DM_DEVICE_DEPS, node->major,
					node->minor);
	const struct dm_deps *deps;
	bool done = true;
	uint32_t i;

	if (!task)
		return true;
	deps = dm_task_get_deps(task);
	for (i = 0; deps && done && i < deps->count; i++)
		done = add_below(node, deps->device[i]);
	node->below_count = deps ? deps->count : 0;
	dm_task_destroy(task);
	return done;
}

static bool add_relatives(struct node *node, struct dm_tree *tree)
{
	struct dm_tree_node *own, *other;
	const struct dm_info *info;
	char numbers[32];
	void *next = NULL;

	own = dm_tree_find_node(tree, node->major, node->minor);
	if (!own)
		return true;
	while ((other = dm_tree_next_child(&next, own, 0)))
		if (*dm_tree_node_get_name(other) &&
		    !add(&node->below_names, dm_tree_node_get_name(other)))
			return false;

	node->above_count = dm_tree_node_num_children(own, 1);
	next = NULL;
	while ((other = dm_tree_next_child(&next, own, 1))) {
		info = dm_tree_node_get_info(other);
		if (!info->major && !info->minor)
			continue;
		snprintf(numbers, sizeof(numbers), "%d:%d", info->major,
			 info->minor);
		if (!add(&node->above_numbers, numbers) ||
		    !add(&node->above_names, dm_tree_node_get_name(other)))
			return false;
	}
	return true;
}

static bool ask_tree(struct node_list *list)
{
	struct dm_tree *tree = dm_tree_create();
	bool done = true;
	size_t i;

	if (!tree)
		return false;
	for (i = 0; i < list->count; i++)
		dm_tree_add_dev(tree, list->nodes[i].major,
				list->nodes[i].minor);
	for (i = 0; i < list->count && done; i++)
		done = add_relatives(&list->nodes[i], tree);
	dm_tree_free(tree);
	return done;
}

/* All texts are there, and those that the module knows are right. */
static bool begin_node(struct node *node, const struct dmstat_device *device)
{
	size_t i;

	*node = (struct node){ .major = device->major, .minor = device->minor };
	for (i = 0; i < TEXTS; i++)
		if (!set(text_of(node, i), ""))
			return false;
	if (!split_name(node, device))
		return false;
	if (disk_is_mapped(node->major, node->minor))
		return true;
	/* Of other disks, there is nothing more to ask for. */
	return set(&node->block_name, device->name) &&
	       set_format(&node->numbers, "%u:%u", node->major, node->minor);
}

static bool fill(const struct dmstat_snapshots *set, unsigned int wanted,
		 struct node_list *list)
{
	const size_t count = dmstat_snapshots_info(set)->devices;
	const struct dmstat_device *device;
	struct node *node;

	list->nodes = calloc(count, sizeof(*list->nodes));
	if (!list->nodes)
		return !count;
	while (list->count < count) {
		node = &list->nodes[list->count];
		device = dmstat_snapshots_device_at(set, list->count++);
		if (!begin_node(node, device))
			return false;
		if (wanted & NODE_INFO && !ask_info(node))
			return false;
		if (wanted & NODE_BELOW && !ask_below(node))
			return false;
	}
	return !(wanted & NODE_TREE) || ask_tree(list);
}

int node_list_get(const struct dmstat_snapshots *set, unsigned int wanted,
		  struct node_list *list)
{
	*list = (struct node_list){ 0 };
	mapped_stay_silent();
	if (fill(set, wanted, list))
		return 0;
	complain("no memory for the list of devices");
	node_list_free(list);
	return EXIT_FAILURE;
}

void node_list_free(struct node_list *list)
{
	size_t i, text;

	for (i = 0; i < list->count; i++)
		for (text = 0; text < TEXTS; text++)
			free((char *)*text_of(&list->nodes[i], text));
	free(list->nodes);
	*list = (struct node_list){ 0 };
}

const struct node *node_find(const struct node_list *list, uint32_t major,
			     uint32_t minor)
{
	size_t low = 0, high = list->count, middle;
	const struct node *node;

	while (low < high) {
		middle = low + (high - low) / 2;
		node = &list->nodes[middle];
		if (node->major == major && node->minor == minor)
			return node;
		if (node->major < major ||
		    (node->major == major && node->minor < minor))
			low = middle + 1;
		else
			high = middle;
	}
	return &unknown;
}
