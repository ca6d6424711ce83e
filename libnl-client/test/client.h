/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: a program that calls all of the library, and holds it to its word
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_TEST_CLIENT_H
#define DMSTAT_TEST_CLIENT_H

#include "../dmstat.h"
#include "script.h"

/* What a callback returns to end a walk. */
#define CLIENT_ENOUGH	7

/**
 * struct client - the program
 * @handle: its connection
 * @events: its subscription, NULL until it reads one
 * @snapshots: those that it took last, or NULL: the last one comes first
 * @name: of a device, as the library handed it out in the call before, or
 *        NULL; belongs to the library
 * @gives: how often the callback was called in the last call
 * @end: when the callback ends the walk; see script.h
 * @next: least index that an area may have
 * @last: greatest
 * @sum: of all that was handed out, so that all of it is read
 * @complaints: how often the library broke its word
 */
struct client {
	struct dmstat *handle;
	struct dmstat_events *events;
	struct dmstat_snapshot *snapshots[2];
	const char *name;
	int gives;
	unsigned int end;
	uint64_t next;
	uint64_t last;
	uint64_t sum;
	int complaints;
};

int client_open(struct client *client);
int client_call(struct client *client, const struct script_call *call);
void client_try_again(struct client *client);
void client_close(struct client *client);

#endif /* DMSTAT_TEST_CLIENT_H */
