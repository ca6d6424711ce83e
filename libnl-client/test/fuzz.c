// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * fuzz: run any script, for libFuzzer
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * Every input is a script: see script.h.
 */
#include <stdlib.h>

#include "client.h"
#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct script script = { bytes, size };
	struct script_call call;
	struct client client;
	int calls;

	if (client_open(&client))
		abort();
	for (calls = 0; calls < SCRIPT_CALLS_MAX; calls++) {
		if (!script_next_call(&script, &call))
			break;
		client_call(&client, &call);
	}
	client_try_again(&client);
	client_close(&client);
	if (client.complaints) {
		fflush(stdout);
		abort();
	}
	return 0;
}
