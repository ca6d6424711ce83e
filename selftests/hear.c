// SPDX-License-Identifier: GPL-2.0-only
/*
 * hear DEVICE: a listener to events of single I/Os that comes, hears a few, and
 * goes. It makes a region with a bound, perhaps limited to a cgroup, changes it, and
 * may leave it behind. Prints how many messages there were.
 */
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "request.h"

#define MS	1000000ULL
#define ROOT_CGROUP	1

static uint64_t any_bound(void)
{
	static const uint64_t bounds[] = { 1, MS, 100 * MS, 3600 * 1000 * MS };

	return bounds[rand() % 4];
}

/* Not all of them: some are lost. Return: how many. */
static unsigned int hear_some(struct netlink *listener)
{
	struct pollfd poll_fd = { .fd = listener->fd, .events = POLLIN };
	struct answer answer = {};
	unsigned int tries = 50;

	while (tries-- && poll(&poll_fd, 1, 200) == 1)
		netlink_receive(listener, &answer);
	return answer.nr;
}

int main(int argc, char **argv)
{
	struct netlink netlink, listener;
	struct answer answer;
	int small = 4096;
	char path[4096];
	struct stat disk;
	uint32_t id;

	srand(getpid());
	snprintf(path, sizeof(path), "/dev/mapper/%s", argc == 2 ? argv[1] : "");
	if (stat(path, &disk) || netlink_open(&netlink) ||
	    netlink_open(&listener))
		return EXIT_FAILURE;
	if (rand() % 2)
		setsockopt(listener.fd, SOL_SOCKET, SO_RCVBUF, &small,
			   sizeof(small));
	if (netlink_join_io(&listener))
		return EXIT_FAILURE;

	answer = region_new(&netlink, minor(disk.st_rdev),
			    U64(DMSTAT_A_REGION_SLOW_NS, any_bound()),
			    U32(DMSTAT_A_REGION_TELL_ERRORS, 1),
			    U32(DMSTAT_A_REGION_TELL_RATE,
				rand() % 2 ? 10 : UINT32_MAX),
			    U64(DMSTAT_A_REGION_AREA_SIZE, 8),
			    rand() % 2 ? U64(DMSTAT_A_REGION_CGROUP_ID,
					     ROOT_CGROUP) :
					 (struct attribute) {});
	if (answer.error)
		return EXIT_FAILURE;
	id = region_made(answer);
	printf("%u\n", hear_some(&listener));
	netlink_do(&netlink, DMSTAT_CMD_REGION_SET,
		   ATTRIBUTES(REGION(id),
			      U64(DMSTAT_A_REGION_SLOW_NS, any_bound())));
	netlink_close(&listener);
	if (rand() % 2)
		region_del(&netlink, id);
	return 0;
}
