// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * resolve: ask the kernel for the family's numbers
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * genl_ctrl_resolve() would merge error numbers and need a request more for each
 * group.
 */
#include "resolve.h"

#include <errno.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>

#include "exchange.h"
#include "family.h"
#include "handle.h"
#include "request.h"
#include "scope.h"

static int take_family(const struct nlmsghdr *message, void *data)
{
	return dmstat_family_parse(message, data);
}

static int take_ours(const struct nlmsghdr *message, void *data)
{
	struct family family, *ours = data;
	int ret;

	ret = dmstat_family_parse(message, &family);
	if (!ret && family.is_ours)
		*ours = family;
	return ret;
}

/* Each walk may be interrupted by families that come and go. */
#define LIST_TRIES	10

/**
 * dmstat_resolve_listed() - find the family in the list of all families
 * @handle: its @family is set; the type is 0 if the family is not listed
 *
 * Unlike dmstat_resolve(), this does not make the kernel load the module.
 *
 * Return: 0 or a negative error number.
 */
int dmstat_resolve_listed(struct dmstat *handle)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	struct exchange exchange;
	struct family family;
	int tries = LIST_TRIES;
	int ret;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				     NLM_F_DUMP);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	do {
		family = (struct family){ 0 };
		exchange = (struct exchange){
			.callback = take_ours,
			.data = &family,
		};
		ret = dmstat_exchange(handle, request, &exchange);
	} while (ret == -EAGAIN && --tries);
	if (!ret)
		handle->family = family;
	return ret;
}

static int not_loaded(struct dmstat *handle)
{
	return dmstat_failure_text(&handle->failure, -ENOENT,
				   "kernel module dmstat not loaded");
}

/* The numbers stay if there are no others: 0 is no type for a request. */
static int resolve_loaded(struct dmstat *handle)
{
	const struct family before = handle->family;
	int ret;

	ret = dmstat_resolve_listed(handle);
	if (ret || handle->family.type)
		return ret;
	handle->family = before;
	return not_loaded(handle);
}

/**
 * dmstat_resolve() - request the family's numbers by its name
 * @handle: its @family is set
 *
 * Makes the kernel load the module if it can, unless dmstat_autoload() has said
 * no. Leaves the handle's @reply alone: the request that led here may have been
 * built from a string in it.
 *
 * Return: 0; -ENOENT, there is no such family; another negative error number.
 */
int dmstat_resolve(struct dmstat *handle)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	struct family family = { 0 };
	struct exchange exchange = {
		.callback = take_family,
		.data = &family,
	};
	int ret;

	if (handle->keeps_unloaded)
		return resolve_loaded(handle);

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_string(request, CTRL_ATTR_FAMILY_NAME, DMSTAT_FAMILY_NAME);
	ret = dmstat_exchange(handle, request, &exchange);
	if (ret == -ENOENT)
		return not_loaded(handle);
	if (ret)
		return ret;
	if (!family.type)
		return dmstat_failure_errno(&handle->failure, -EBADMSG);

	handle->family = family;
	return 0;
}
