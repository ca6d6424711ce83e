// SPDX-License-Identifier: GPL-2.0-only
/*
 * special bound|limit DEVICE LENGTH AREA_SIZE: makes a region whose bound of slow
 * I/O is an hour, or that is limited to the root cgroup.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/dmstat.h>

#include "../netlink.h"

#define HOUR_NS	(3600ULL * 1000000000)
#define ROOT_CGROUP	1

static struct attribute what_of(const char *name)
{
	if (!strcmp(name, "bound"))
		return U64(DMSTAT_A_REGION_SLOW_NS, HOUR_NS);
	if (!strcmp(name, "limit"))
		return U64(DMSTAT_A_REGION_CGROUP_ID, ROOT_CGROUP);
	errx(EXIT_FAILURE, "%s: neither bound nor limit", name);
}

int main(int argc, char **argv)
{
	struct netlink netlink;
	struct answer answer;
	char path[4096];
	struct stat disk;

	if (argc != 5)
		errx(EXIT_FAILURE, "usage: special bound|limit DEVICE LENGTH AREA_SIZE");
	snprintf(path, sizeof(path), "/dev/mapper/%s", argv[2]);
	if (stat(path, &disk))
		err(EXIT_FAILURE, "%s", path);
	if (netlink_open(&netlink))
		errx(EXIT_FAILURE, "the module is not loaded");
	answer = netlink_do(&netlink, DMSTAT_CMD_REGION_NEW,
			    ATTRIBUTES(U32_PAIR(DMSTAT_A_REGION_MAJOR,
						major(disk.st_rdev),
						minor(disk.st_rdev)),
				       U64(DMSTAT_A_REGION_LENGTH,
					   strtoull(argv[3], NULL, 10)),
				       U64(DMSTAT_A_REGION_AREA_SIZE,
					   strtoull(argv[4], NULL, 10)),
				       what_of(argv[1])));
	if (answer.error)
		errx(EXIT_FAILURE, "%s", answer.text);
	return 0;
}
