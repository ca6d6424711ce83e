// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the module, with allocations that fail.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "../dm.h"
#include "../request.h"
#include "module.h"

#define MODULE_CACHE "/sys/kernel/slab/dmstat_overflow"

/* Of the hundreds before the module's first allocation, one in so many fails. */
#define LOADER_STEP 10
/* And of a reserve, whose objects are alike. */
#define RESERVE_STEP 8

/* A disk is made and removed after one attempt in so many. */
#define DISK_STEP 8

void read_module(void **image, size_t *size)
{
	FILE *file = popen("cat \"$(modinfo -F filename dmstat)\"", "r");
	const size_t most = 16 << 20;

	*image = malloc(most);
	*size = file && *image ? fread(*image, 1, most, file) : 0;
	if (!*size || *size == most || pclose(file))
		errx(KSFT_FAIL, "cannot read the module");
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "dmstat", 0))
		err(KSFT_FAIL, "cannot unload the module");
}

static void check_not_loaded(struct sweep *sweep)
{
	if (!access(MODULE, F_OK) || !access(MODULE_CACHE, F_OK))
		complain(sweep, "something of the module is left");
	/* Does a callback of it still see disks? This test takes long. */
	if (sweep->nth % DISK_STEP)
		return;
	dm_create("abi", SWEEP_SECTORS);
	dm_remove("abi");
}

static bool try_to_load(struct sweep *sweep, void *image, size_t size)
{
	bool fired, in_module;
	int error;

	fault_arm(&sweep->fault, sweep->nth);
	error = syscall(SYS_init_module, image, size, "") ? errno : 0;
	fired = fault_disarm(&sweep->fault);
	in_module = fired && sweep->fault.place == FAULT_IN_MODULE;
	sweep->fired += fired;
	sweep->in_module += in_module;

	if (error && !fired)
		complain(sweep, "cannot be loaded: %s", strerror(error));
	if (error && in_module && error != ENOMEM)
		complain(sweep, "%s", strerror(error));
	if (!error)
		unload();
	check_not_loaded(sweep);
	return fired;
}

void sweep_module(struct sweep *sweep, void *image, size_t size)
{
	unsigned int step = LOADER_STEP;
	bool after_reserve = false;

	sweep->fault.mark = " => do_one_initcall+";
	sweep->fault.many = " => mempool_create";
	for (sweep->nth = 1; try_to_load(sweep, image, size);
	     sweep->nth += step) {
		if (!after_reserve && sweep->fault.of_many) {
			step = RESERVE_STEP;
		} else if (step == RESERVE_STEP) {
			/* Back to the last one that was of the reserve. */
			after_reserve = true;
			sweep->nth -= step;
			step = 1;
		} else if (sweep->in_module) {
			step = 1;
		}
	}
}
