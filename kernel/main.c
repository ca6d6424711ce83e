// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O statistics of block devices: loading and unloading, in order.
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/tracepoint.h>

#include "chunk.h"
#include "clock.h"
#include "device.h"
#include "event.h"
#include "hook_bio.h"
#include "hook_remap.h"
#include "hook_request.h"
#include "index.h"
#include "inflight.h"
#include "large.h"
#include "memory.h"
#include "nl_family.h"
#include "registry.h"
#include "reserve.h"

static int hook(void)
{
	int ret = dmstat_hook_bio();

	if (!ret)
		dmstat_clock_start();
	return ret;
}

static void unhook(void)
{
	dmstat_unhook_bio();
	dmstat_clock_stop();
}

static void drop(struct dmstat_kdevice *device)
{
	dmstat_large_drop(device);
	dmstat_event_drop(device);
}

static const struct dmstat_device_hooks device_hooks = {
	.hook = hook,
	.unhook = unhook,
	.hook_request = dmstat_hook_request,
	.unhook_request = dmstat_unhook_request,
	.hook_remap = dmstat_hook_remap,
	.unhook_remap = dmstat_unhook_remap,
	.hook_passed = dmstat_hook_passed,
	.unhook_passed = dmstat_unhook_passed,
	.sees_requests = dmstat_hook_request_possible,
	.going = dmstat_registry_device_going,
	.gone = dmstat_registry_device_gone,
	.set_up = dmstat_large_set_up,
	.drop = drop,
	.tear_down = dmstat_large_tear_down,
	.free_index = dmstat_index_free,
	.free_events = dmstat_event_free,
};

static int __init dmstat_init(void)
{
	int ret;

	dmstat_memory_init();

	ret = dmstat_hook_bio_init();
	if (ret)
		return ret;

	dmstat_hook_request_init();
	dmstat_hook_remap_init();
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		ret = dmstat_reserve_init();
		if (ret)
			return ret;
	}
	dmstat_chunk_init();
	ret = dmstat_inflight_init();
	if (ret)
		goto err_reserve;

	ret = dmstat_event_init();
	if (ret)
		goto err_inflight;

	ret = dmstat_large_init();
	if (ret)
		goto err_event;

	dmstat_clock_init();
	ret = dmstat_device_init(&device_hooks);
	if (ret)
		goto err_clock;

	ret = dmstat_nl_family_init();
	if (ret)
		goto err_device;

	return 0;

err_device:
	dmstat_device_exit();
err_clock:
	dmstat_clock_exit();
	dmstat_large_stop();
	dmstat_large_exit();
err_event:
	dmstat_event_exit();
err_inflight:
	dmstat_inflight_exit();
err_reserve:
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_exit();
	return ret;
}

static void __exit dmstat_exit(void)
{
	dmstat_nl_family_exit();
	dmstat_registry_exit();
	/* Probes that are no longer registered may still run. */
	tracepoint_synchronize_unregister();
	dmstat_device_exit();
	dmstat_clock_exit();
	/* Large I/O may be told, and what is told may have the last reference
	 * to a device, which has memory of large I/O.
	 */
	dmstat_large_stop();
	dmstat_event_exit();
	dmstat_large_exit();
	dmstat_inflight_exit();
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_exit();
}

module_init(dmstat_init);
module_exit(dmstat_exit);

MODULE_DESCRIPTION("I/O statistics of block devices over generic netlink");
MODULE_AUTHOR("The dmstat authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(DMSTAT_VERSION);
