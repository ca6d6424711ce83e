// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocations that fail elsewhere than in a request: while a listener joins the
 * group, while a device goes, and while one comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../dm.h"
#include "../request.h"
#include "device.h"
#include "notification.h"
#include "region.h"

bool try_to_join(struct sweep *sweep)
{
	struct netlink netlink;
	bool fired;
	int error;

	if (netlink_open(&netlink))
		errx(KSFT_FAIL, "no family");
	fault_arm(&sweep->fault, sweep->nth);
	error = netlink_join(&netlink);
	fired = fault_disarm(&sweep->fault);
	if (error && (!fired || !is_memory_error(error)))
		complain(sweep, "cannot join: %s", strerror(error));
	if (error && netlink_join(&netlink))
		complain(sweep, "cannot join afterwards");

	region_del(&sweep->netlink, region_make(&sweep->netlink, sweep->minor));
	if (!netlink_pending(&netlink))
		complain(sweep, "no notification");
	netlink_close(&netlink);
	sweep->fired += fired;
	return fired;
}

/* ---------------------------------------------- devices that come and go */

#define OTHER DM_PREFIX "2"

/* Return: 0 or an error number. */
static int remove_other(int control)
{
	struct dm_ioctl request = {
		.version = { DM_VERSION_MAJOR },
		.data_size = sizeof(request),
		.data_start = sizeof(request),
		.name = OTHER,
	};

	return ioctl(control, DM_DEV_REMOVE, &request) ? errno : 0;
}

/* Regions of a removed disk are deleted by a work item, or the next request. */
static void wait_for_deletion(struct sweep *sweep, uint32_t id)
{
	if (region_del(&sweep->netlink, id).error != ENOENT)
		complain(sweep, "region %u is still there without its device", id);
}

/*
 * Two regions on a device that is removed: both are deleted and notified, or
 * neither. The module allocates nothing in the task that removes the device.
 */
bool try_to_remove(struct sweep *sweep, int control)
{
	unsigned int minor = dm_create(OTHER, SWEEP_SECTORS);
	uint32_t ids[2];
	struct answer heard;
	bool fired, lost;
	size_t of_ours;
	int error;

	ids[0] = make_region(&sweep->netlink, minor);
	ids[1] = make_region(&sweep->netlink, minor);
	ignore_notifications(sweep);

	fault_arm(&sweep->fault, sweep->nth);
	error = remove_other(control);
	fired = fault_disarm(&sweep->fault);
	sweep->fired += fired;

	if (!error)
		wait_for_deletion(sweep, ids[0]);
	take_notifications(sweep, &heard, &lost);
	of_ours = count_notifications(&heard, DMSTAT_CMD_REGION_DEL_NTF, ids[0]) +
	       count_notifications(&heard, DMSTAT_CMD_REGION_DEL_NTF, ids[1]);
	if (error) {
		if (!fired)
			complain(sweep, "cannot remove: %s", strerror(error));
		if (heard.nr || regions_of(&sweep->netlink, minor) != 2)
			complain(sweep, "the device is still there, its regions are not");
		dm_remove(OTHER);
		wait_for_deletion(sweep, ids[0]);
		ignore_notifications(sweep);
	} else if (lost || of_ours != heard.nr || of_ours != 2) {
		complain(sweep, "%zu notifications, %zu of a region", heard.nr,
			 of_ours);
	}
	if (region_is_there(sweep, ids[0]) || region_is_there(sweep, ids[1]))
		complain(sweep, "a region is still there");
	return fired;
}

/* Exit status of the process that creates a device. */
enum { CREATED = 50, CREATED_DESPITE_FAULT };

static void create_other(unsigned int nth)
{
	struct fault fault = {};

	fault_attach(&fault);
	if (!freopen("/dev/null", "w", stderr))
		_exit(KSFT_FAIL);
	fault_arm(&fault, nth);
	dm_create(OTHER, SWEEP_SECTORS);
	_exit(fault_disarm(&fault) ? CREATED_DESPITE_FAULT : CREATED);
}

/* In a process of its own: dm_create() does not return if it fails. */
bool try_to_create(struct sweep *sweep)
{
	struct answer answer;
	pid_t pid = fork();
	int status;

	if (!pid)
		create_other(sweep->nth);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		errx(KSFT_FAIL, "cannot create a process");

	answer = netlink_dump(&sweep->netlink, DMSTAT_CMD_DEVICE_GET,
			      ATTRIBUTES());
	if (answer.error || !answer.nr || answer.nr > 2)
		complain(sweep, "%zu devices: %s", answer.nr,
			 strerror(answer.error));
	check_counting(sweep, 0, 0);
	dm_remove(OTHER);
	sweep->fired++;
	return WEXITSTATUS(status) != CREATED;
}
