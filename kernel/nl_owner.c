// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets that own regions: netlink reports when one is closed, also because its
 * process was killed. It must not wait for regions to be deleted: a work item
 * does that.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "nl_owner.h"
#include "owner.h"
#include "registry.h"

static void delete_owned(struct work_struct *work)
{
	struct dmstat_owner *owner;

	while ((owner = dmstat_owner_next_closed())) {
		dmstat_registry_owner_closed(owner);
		dmstat_owner_put(owner);
	}
}

static DECLARE_WORK(delete_work, delete_owned);

/* Called for each netlink socket of the machine that is closed. */
static int socket_event(struct notifier_block *block, unsigned long event,
			void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
	    net_eq(notify->net, &init_net) &&
	    dmstat_owner_close(notify->portid))
		queue_work(system_unbound_wq, &delete_work);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

/**
 * dmstat_nl_owner_init() - begin to notice sockets that are closed
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_owner_init(void)
{
	return netlink_register_notifier(&socket_notifier);
}

/**
 * dmstat_nl_owner_exit() - stop noticing sockets that are closed
 *
 * Before the family is unregistered, which notifications need. Regions of
 * sockets that are closed from now on are deleted with all others.
 */
void dmstat_nl_owner_exit(void)
{
	netlink_unregister_notifier(&socket_notifier);
	flush_work(&delete_work);
}
