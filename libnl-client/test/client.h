/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: a program that calls all functions and checks their results
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_TEST_CLIENT_H
#define DMSTAT_TEST_CLIENT_H

#include <stdbool.h>

#include "../dmstat.h"
#include "script.h"

/* Returned by a callback to end a walk. */
#define CLIENT_ENOUGH	7

/**
 * struct client - the program
 * @handle: its handle
 * @events: its subscription, NULL until the first dmstat_events_read()
 * @snapshots: the two latest snapshots or NULL, the latest one first
 * @sets: the two latest sets of snapshots or NULL, the latest one first
 * @name: name of a device, as the library returned it in the previous call, or
 *        NULL; belongs to the library
 * @gives: number of callbacks in the last call
 * @end: when the callback ends the walk; see script.h
 * @region_id: region of the last area
 * @next: lowest index that the next area may have
 * @last: highest index that it may have
 * @listing: between the start and the end of a list of dmstat_events_follow()
 * @sum: hash of everything that was returned, so that all of it is read
 * @complaints: number of failed checks
 */
struct client {
	struct dmstat *handle;
	struct dmstat_events *events;
	struct dmstat_snapshot *snapshots[2];
	struct dmstat_snapshots *sets[2];
	const char *name;
	int gives;
	unsigned int end;
	uint32_t region_id;
	uint64_t next;
	uint64_t last;
	bool listing;
	uint64_t sum;
	int complaints;
};

int client_open(struct client *client);
int client_call(struct client *client, const struct script_call *call);
void client_try_again(struct client *client);
void client_close(struct client *client);

#endif /* DMSTAT_TEST_CLIENT_H */
