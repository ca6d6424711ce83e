// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clients of the server: each is one connection, with one request.
 */
#include <stdlib.h>

#include "exporter/client.h"

struct answer *answer_new(const char *type, char *text, size_t length)
{
	struct answer *answer = malloc(sizeof(*answer));

	if (answer) {
		answer->users = 1;
		answer->response = MHD_create_response_from_buffer(length, text,
								   MHD_RESPMEM_MUST_FREE);
	}
	if (!answer || !answer->response) {
		free(text);
		free(answer);
		return NULL;
	}
	MHD_add_response_header(answer->response, MHD_HTTP_HEADER_CONTENT_TYPE,
				type);
	return answer;
}

struct answer *answer_get(struct answer *answer)
{
	if (answer)
		answer->users++;
	return answer;
}

void answer_put(struct answer *answer)
{
	if (!answer || --answer->users)
		return;
	MHD_destroy_response(answer->response);
	free(answer);
}

struct client *client_add(struct client **list, int fd, uint64_t deadline)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->fd = fd;
	client->deadline = deadline;
	client->next = *list;
	*list = client;
	return client;
}

void client_remove(struct client **list, struct client *client)
{
	while (*list != client)
		list = &(*list)->next;
	*list = client->next;
	answer_put(client->answer);
	free(client);
}

void client_ready(struct client *client, struct answer *answer)
{
	client->answer = answer_get(answer);
	client->state = CLIENT_READY;
	MHD_resume_connection(client->connection);
}
