// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: its commands and its multicast groups.
 *
 * Each handler parses, checks, acts and answers, in that order. A dump is
 * checked in ->start(): an error there is sent as NLMSG_ERROR, which every
 * client sees, while most ignore one in NLMSG_DONE. Before 6.7 ->start() has no
 * extended ack (cb->extack is NULL): the error goes out without a message,
 * unless a policy refuses the request.
 */
#include <linux/dmstat.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "compat.h"
#include "nl_area.h"
#include "nl_device.h"
#include "nl_event.h"
#include "nl_family.h"
#include "nl_inflight.h"
#include "nl_notify.h"
#include "nl_owner.h"
#include "nl_policy.h"
#include "nl_put.h"
#include "nl_region.h"
#include "nl_sequence.h"

static const struct genl_ops ops[] = {
	{
		.cmd = DMSTAT_CMD_DEVICE_GET,
		.doit = dmstat_nl_device_get_doit,
		.start = dmstat_nl_device_get_start,
		.dumpit = dmstat_nl_device_get_dumpit,
		.done = dmstat_nl_device_get_done,
		.policy = dmstat_device_get_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_device_get_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_REGION_NEW,
		.doit = dmstat_nl_region_new_doit,
		.policy = dmstat_region_new_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_region_new_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_REGION_GET,
		.doit = dmstat_nl_region_get_doit,
		.start = dmstat_nl_region_get_start,
		.dumpit = dmstat_nl_region_get_dumpit,
		.policy = dmstat_region_get_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_region_get_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_REGION_DEL,
		.doit = dmstat_nl_region_del_doit,
		.policy = dmstat_region_del_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_region_del_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_REGION_CLEAR,
		.doit = dmstat_nl_region_clear_doit,
		.policy = dmstat_region_clear_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_region_clear_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_REGION_SET,
		.doit = dmstat_nl_region_set_doit,
		.policy = dmstat_region_set_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_region_set_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_AREA_GET,
		.start = dmstat_nl_area_get_start,
		.dumpit = dmstat_nl_area_get_dumpit,
		.policy = dmstat_area_get_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_area_get_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_INFLIGHT_GET,
		.start = dmstat_nl_inflight_get_start,
		.dumpit = dmstat_nl_inflight_get_dumpit,
		.policy = dmstat_inflight_get_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_inflight_get_nl_policy) - 1,
	},
	{
		.cmd = DMSTAT_CMD_SEQUENCE_GET,
		.doit = dmstat_nl_sequence_get_doit,
		.policy = dmstat_sequence_get_nl_policy,
		.maxattr = ARRAY_SIZE(dmstat_sequence_get_nl_policy) - 1,
	},
};

static const struct genl_multicast_group groups[] = {
	[DMSTAT_NL_NOTIFY_REGION] = {
		.name = DMSTAT_MCGRP_REGION,
		DMSTAT_MCGRP_CAP,
	},
	[DMSTAT_NL_NOTIFY_IO] = {
		.name = DMSTAT_MCGRP_IO,
		DMSTAT_MCGRP_CAP,
	},
};

static struct genl_family family __ro_after_init = {
	.name = DMSTAT_FAMILY_NAME,
	.version = DMSTAT_FAMILY_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.netnsok = false,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/* Gets the groups that @family gets afterwards. */
static struct genl_family placeholder __ro_after_init = {
	.name = DMSTAT_FAMILY_NAME "_groups",
	.version = DMSTAT_FAMILY_VERSION,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/*
 * What joins a group is asked for its privilege only while that has a family, and
 * the number of a group can be guessed. To unregister a family takes all sockets
 * out of its groups, those that joined before it was registered, too. One that
 * tries all the time may still join in between: only broadcasts with a filter,
 * which 6.1 has not, would keep it out.
 */
static int __init empty_groups(void)
{
	int ret = genl_register_family(&placeholder);

	if (!ret)
		genl_unregister_family(&placeholder);
	return ret;
}

/**
 * dmstat_nl_family_init() - begin to take requests
 *
 * Return: 0 or a negative error number.
 */
int __init dmstat_nl_family_init(void)
{
	int ret;

	dmstat_nl_family = &family;
	dmstat_nl_notify_init();
	ret = dmstat_nl_owner_init();
	if (ret)
		goto err_notify;
	ret = empty_groups();
	if (!ret)
		ret = genl_register_family(&family);
	if (ret)
		goto err_owner;
	dmstat_nl_event_init();
	return 0;

err_owner:
	dmstat_nl_owner_exit();
err_notify:
	dmstat_nl_notify_exit();
	return ret;
}

/**
 * dmstat_nl_family_exit() - stop taking requests, and wait for those under way
 */
void dmstat_nl_family_exit(void)
{
	dmstat_nl_event_exit();
	dmstat_nl_owner_exit();
	genl_unregister_family(&family);
	dmstat_nl_notify_exit();
}

MODULE_ALIAS_GENL_FAMILY(DMSTAT_FAMILY_NAME);
