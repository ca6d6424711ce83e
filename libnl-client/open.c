// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * open: open a handle and find the module
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <stdlib.h>

#include "export.h"
#include "handle.h"
#include "resolve.h"
#include "scope.h"

int dmstat_open(struct dmstat **handle)
{
	struct dmstat *new ON_EXIT(dmstat_handle_drop) = NULL;
	int ret;

	*handle = NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;

	ret = dmstat_resolve(new);
	if (ret)
		return ret;

	*handle = new;
	new = NULL;
	return 0;
}

void dmstat_autoload(struct dmstat *handle, int load)
{
	handle->keeps_unloaded = !load;
}

const char *dmstat_version(void)
{
	return DMSTAT_VERSION;
}

EXPORT(dmstat_autoload);
EXPORT(dmstat_open);
EXPORT(dmstat_version);
