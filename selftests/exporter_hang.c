// SPDX-License-Identifier: GPL-2.0-only
/*
 * For LD_PRELOAD: as long as the file $DMSTAT_HANG exists, no answer comes from a
 * netlink socket, as from a kernel that hangs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t (*real)(int fd, struct msghdr *message, int flags);
	const char *path = getenv("DMSTAT_HANG");

	while (path && access(path, F_OK) == 0)
		usleep(10000);
	real = dlsym(RTLD_NEXT, "recvmsg");
	return real(fd, message, flags);
}
