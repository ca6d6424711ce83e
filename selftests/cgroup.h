/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O of processes in cgroups, for the ABI tests. A function that fails ends the
 * test.
 */
#ifndef _CGROUP_H
#define _CGROUP_H

#include <fcntl.h>
#include <sys/wait.h>

#include "abi.h"

static inline void move_to(const char *cgroup, pid_t pid)
{
	char path[128], line[32];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	snprintf(line, sizeof(line), "%d", pid);
	write_file(path, line);
}

/* An I/O of another process, in a cgroup. Return: its pid. */
static inline pid_t io_in(const char *cgroup, unsigned int minor, enum io io,
			  uint64_t sector, unsigned int sectors)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (!pid) {
		move_to(cgroup, getpid());
		_exit(io_do(minor, io, sector, sectors));
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(KSFT_FAIL, "the I/O failed: status %#x", status);
	return pid;
}

/* Bytes that a process in a cgroup writes, and that are written back. */
#define WRITTEN_BACK (1 << 20)
static inline void write_back_of(const char *cgroup, unsigned int minor)
{
	static char data[WRITTEN_BACK];
	char path[64];
	int fd, status;
	pid_t pid;

	snprintf(path, sizeof(path), "/dev/dm-%u", minor);
	/* Open here, too: the last process that closes it writes back. */
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(KSFT_FAIL, "%s", path);
	pid = fork();
	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (!pid) {
		move_to(cgroup, getpid());
		_exit(pwrite(fd, data, sizeof(data), 0) != sizeof(data));
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(KSFT_FAIL, "the write failed: status %#x", status);
	sync();
	close(fd);
}

#endif /* _CGROUP_H */
