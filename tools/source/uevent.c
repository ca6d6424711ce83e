// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks that appear, change and go. The kernel's own events are
 * enough, because device nodes and udev's properties are not used: so it works
 * without udevd, and does not wait for its rules. A device's new table or name is
 * in place when its event is sent.
 */
#include <errno.h>
#include <stdlib.h>

#include <libudev.h>

#include "source/uevent.h"

/* Bytes; an event takes less than 1 KiB. */
#define BUFFER	(4 << 20)

struct uevents {
	struct udev *udev;
	struct udev_monitor *monitor;
};

static int subscribe(struct uevents *events)
{
	int error;

	events->udev = udev_new();
	if (!events->udev)
		return -ENOMEM;
	events->monitor = udev_monitor_new_from_netlink(events->udev, "kernel");
	if (!events->monitor)
		return errno ? -errno : -ENOMEM;
	error = udev_monitor_filter_add_match_subsystem_devtype(events->monitor,
								"block", NULL);
	if (error)
		return error;
	/* If it is refused, the default has to do: overruns are noticed. */
	udev_monitor_set_receive_buffer_size(events->monitor, BUFFER);
	return udev_monitor_enable_receiving(events->monitor);
}

int uevents_open(struct uevents **events)
{
	struct uevents *new;
	int error;

	*events = NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	error = subscribe(new);
	if (error) {
		uevents_close(new);
		return error;
	}
	*events = new;
	return 0;
}

void uevents_close(struct uevents *events)
{
	if (!events)
		return;
	if (events->monitor)
		udev_monitor_unref(events->monitor);
	if (events->udev)
		udev_unref(events->udev);
	free(events);
}

int uevents_fd(const struct uevents *events)
{
	return udev_monitor_get_fd(events->monitor);
}

bool uevents_read(struct uevents *events)
{
	struct udev_device *device;
	bool changed = false;

	for (;;) {
		errno = 0;
		device = udev_monitor_receive_device(events->monitor);
		if (device) {
			changed = true;
			udev_device_unref(device);
		} else if (errno == ENOBUFS) {
			changed = true;
		} else if (errno != EINTR) {
			return changed;
		}
	}
}
