// SPDX-License-Identifier: GPL-2.0-only
/*
 * peak: run a command and measure its peak memory
 *
 *	peak FILE COMMAND [ARGUMENT]...
 *
 * Writes the peak of its resident memory to FILE, in KiB. The status is that of the
 * command.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	FILE *file;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: peak FILE COMMAND [ARGUMENT]...\n");
		return 2;
	}

	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		err(1, "wait4");

	file = fopen(argv[1], "w");
	if (!file)
		err(1, "%s", argv[1]);
	fprintf(file, "%ld\n", usage.ru_maxrss);
	if (fclose(file))
		err(1, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
