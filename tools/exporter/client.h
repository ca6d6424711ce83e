/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clients of the server: each is one connection, with one request.
 */
#ifndef DMSTAT_EXPORTER_CLIENT_H
#define DMSTAT_EXPORTER_CLIENT_H

#include <stdint.h>

#include <microhttpd.h>

#include "exporter/exposition.h"

/**
 * struct answer - a response that several clients may wait to get
 * @response: the response
 * @users: how many do, and who made it
 */
struct answer {
	struct MHD_Response *response;
	unsigned int users;
};

/**
 * answer_new() - make an answer from a text
 * @type: its Content-Type
 * @text: the text, which the answer frees
 * @length: its length
 *
 * Return: the answer, used once; NULL, out of memory, and the text is freed.
 */
struct answer *answer_new(const char *type, char *text, size_t length);

/** answer_get() - use an answer once more */
struct answer *answer_get(struct answer *answer);

/** answer_put() - stop using an answer, which may be NULL */
void answer_put(struct answer *answer);

enum client_state {
	CLIENT_ASKS,	/* its request is not complete */
	CLIENT_WAITS,	/* for a scrape; its connection is suspended */
	CLIENT_READY,	/* its answer is there, but not given to the connection */
	CLIENT_READS,	/* its answer is being sent */
};

/**
 * struct client - a client; only the server's thread uses it
 * @next: the next client
 * @fd: its socket
 * @connection: its connection, from its request on
 * @state: what it does
 * @deadline: clock_ns() at which it has done so for too long
 * @number: number of the scrape that it waits for
 * @format: the format that it asked for
 * @answer: its answer while it is ready; NULL: there was no memory
 */
struct client {
	struct client *next;
	int fd;
	struct MHD_Connection *connection;
	enum client_state state;
	uint64_t deadline;
	uint64_t number;
	enum exposition_format format;
	struct answer *answer;
};

/** client_add() - add a client; returns NULL if there is no memory */
struct client *client_add(struct client **list, int fd, uint64_t deadline);

/** client_remove() - remove a client and free it */
void client_remove(struct client **list, struct client *client);

/**
 * client_ready() - end the wait of a client
 * @client: the client
 * @answer: what it gets, used once more by it; may be NULL
 */
void client_ready(struct client *client, struct answer *answer);

#endif /* DMSTAT_EXPORTER_CLIENT_H */
