/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * call: send a request to the module, again if the module was reloaded
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_CALL_H
#define DMSTAT_CALL_H

#include "exchange.h"

int dmstat_call_walk(struct dmstat *handle, struct nl_msg *request,
		     dmstat_message_fn callback, void *data);
int dmstat_call_one(struct dmstat *handle, struct nl_msg *request);
int dmstat_call_none(struct dmstat *handle, struct nl_msg *request);

#endif /* DMSTAT_CALL_H */
