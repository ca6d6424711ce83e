// SPDX-License-Identifier: GPL-2.0-only
/*
 * Noticing that a watched device was renamed.
 *
 * Device-mapper reports a rename only to user space, by a uevent, and when it
 * removes a device it drops the name before the disk goes. To know the last
 * name even then, probe the function that sends the uevents, and look the name
 * up each time it is called for a watched device. Without kprobes the last
 * known name is the one of the last look-up.
 */
#include <linux/device-mapper.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>

#include "device.h"
#include "rename.h"

static struct workqueue_struct *rename_wq;	/* constant once loaded */
static bool probed;				/* constant once loaded */

/* The work drops the reference. If it is queued already, it has one. */
static void queue_look_up(struct dmstat_device *device)
{
	while (!queue_work(rename_wq, &device->look_up) &&
	       !refcount_dec_not_one(&device->users))
		;
}

/* dm_kobject_uevent() begins. Preemption is disabled. */
static int uevent_begins(struct kprobe *probe, struct pt_regs *regs)
{
#ifdef CONFIG_HAVE_FUNCTION_ARG_ACCESS_API
	struct mapped_device *md = (void *)regs_get_kernel_argument(regs, 0);
	struct dmstat_device *device;

	rcu_read_lock();
	device = dmstat_device_lookup(dm_disk(md)->part0);
	if (device && refcount_inc_not_zero(&device->users))
		queue_look_up(device);
	rcu_read_unlock();
#endif
	return 0;
}

static struct kprobe uevent_probe = {
	.symbol_name = "dm_kobject_uevent",
	.pre_handler = uevent_begins,
};

/**
 * dmstat_rename_init() - begin to notice renames
 *
 * Return: 0 or -ENOMEM.
 */
int dmstat_rename_init(void)
{
	/* Soon: the device may be removed right after it was renamed. */
	rename_wq = alloc_workqueue("dmstat_rename", WQ_HIGHPRI, 0);
	if (!rename_wq)
		return -ENOMEM;
	probed = !register_kprobe(&uevent_probe);
	return 0;
}

/**
 * dmstat_rename_exit() - stop noticing renames
 */
void dmstat_rename_exit(void)
{
	if (probed)
		unregister_kprobe(&uevent_probe);
	destroy_workqueue(rename_wq);
}
