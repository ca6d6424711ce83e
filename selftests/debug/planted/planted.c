// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs on purpose, one each time this module is loaded, to show that the harness
 * finds each kind.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "name of the bug");

static void *volatile lost;
static volatile int zero;
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(lock);
static int __rcu *pointer;
static int racy;

static void use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	lost = p;
	kfree(p);
	if (p)
		WRITE_ONCE(*(int *)lost, 1);
}

static void out_of_bounds(void)
{
	char *p = kmalloc(13, GFP_KERNEL);

	lost = p;
	if (p)
		WRITE_ONCE(((char *)lost)[13 + zero], 1);
	kfree(p);
}

/* Several, because kmemleak takes leftovers on a stack for pointers. */
static void leak(void)
{
	int i;

	for (i = 0; i < 16; i++)
		lost = kmalloc(77, GFP_KERNEL);
	lost = NULL;
}

static void vmalloc_leak(void)
{
	lost = vmalloc(PAGE_SIZE);
	lost = NULL;
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void atomic_sleep(void)
{
	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void rcu_usage(void)
{
	lost = rcu_dereference(pointer);
}

static void shift(void)
{
	racy = 1 << (32 + zero);
}

static void list_corruption(void)
{
	struct list_head list, node;

	INIT_LIST_HEAD(&list);
	list_add(&node, &list);
	list.next = &list;
	list_del(&node);
}

static void warning(void)
{
	WARN_ON(!zero);
}

static int race_writer(void *unused)
{
	unsigned long end = jiffies + 3 * HZ;

	while (time_before(jiffies, end)) {
		racy++;
		barrier();
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *task[2];
	int i;

	for (i = 0; i < 2; i++) {
		task[i] = kthread_create(race_writer, NULL, "planted/%d", i);
		if (IS_ERR(task[i]))
			return;
		kthread_bind(task[i], i);
		wake_up_process(task[i]);
	}
	/* They end by themselves, before the module can be unloaded. */
	msleep(4000);
}

static const struct {
	const char *name;
	void (*make)(void);
} bugs[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "leak", leak },
	{ "vmalloc-leak", vmalloc_leak },
	{ "lock-order", lock_order },
	{ "atomic-sleep", atomic_sleep },
	{ "rcu-usage", rcu_usage },
	{ "shift", shift },
	{ "list-corruption", list_corruption },
	{ "warning", warning },
	{ "race", race },
};

static int __init planted_init(void)
{
	int i;

	if (!strcmp(bug, "none"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].make();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs on purpose");
MODULE_LICENSE("GPL");
