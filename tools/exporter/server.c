// SPDX-License-Identifier: GPL-2.0-only
/*
 * The HTTP server: one thread, one request a connection, all of it bounded.
 *
 * A request for the metrics is suspended until the collector, another thread, has
 * scraped. If that takes too long, the client gets metrics that say so.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>
#include <systemd/sd-daemon.h>

#include "exporter/accept.h"
#include "exporter/client.h"
#include "exporter/collector.h"
#include "exporter/server.h"
#include "out/message.h"
#include "source/interrupt.h"

#define SECONDS(n)	((n) * 1000000000ULL)

/* Further clients wait until one of these is served. */
#define CLIENTS_MAX	128

/* The request line and all headers have to fit in this, in bytes. */
#define MEMORY_MAX	(16 * 1024)

/* How long a client may take for its request, and to read the answer. */
#define ASK_TIME	SECONDS(10)
#define READ_TIME	SECONDS(30)

/* A scrape may take so long. Prometheus waits for 10 s unless told otherwise. */
#define SCRAPE_TIME	SECONDS(8)

/* A client that does nothing is dropped, in seconds. */
#define IDLE_SECONDS	10

/* How many clients may wait to be accepted. */
#define BACKLOG		1024

/**
 * struct server - the server
 * @daemon: libmicrohttpd's
 * @clients: all clients
 * @scraper: what makes the text if a scrape takes too long
 * @collector: what scrapes
 */
struct server {
	struct MHD_Daemon *daemon;
	struct client *clients;
	struct scraper *scraper;
	struct collector *collector;
};

static const char page[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\"><head><title>dmstat-exporter</title></head><body>\n"
	"<h1>dmstat-exporter " VERSION "</h1>\n"
	"<p>I/O statistics of block devices: <a href=\"/metrics\">metrics</a></p>\n"
	"</body></html>\n";

/* -------------------------------------------------------------- responses */

static enum MHD_Result queue(struct MHD_Connection *connection,
			     unsigned int status,
			     struct MHD_Response *response)
{
	struct client *client;

	client = MHD_get_connection_info(connection,
					 MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	client->state = CLIENT_READS;
	client->deadline = clock_ns() + READ_TIME;
	return MHD_queue_response(connection, status, response);
}

/* A short text. @allow: the value of the header Allow, or NULL. */
static enum MHD_Result reply(struct MHD_Connection *connection,
			     unsigned int status, const char *type,
			     const char *text, const char *allow)
{
	struct MHD_Response *response;
	enum MHD_Result result = MHD_NO;

	response = MHD_create_response_from_buffer(strlen(text), (void *)text,
						   MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				    type) &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION,
				    "close") &&
	    (!allow || MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					       allow)))
		result = queue(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result reply_text(struct MHD_Connection *connection,
				  unsigned int status, const char *text)
{
	return reply(connection, status, "text/plain; charset=utf-8", text,
		     NULL);
}

/* The answer that a client waited for. */
static enum MHD_Result reply_ready(struct client *client)
{
	struct answer *answer = client->answer;
	enum MHD_Result result;

	if (!answer)
		return reply_text(client->connection,
				  MHD_HTTP_SERVICE_UNAVAILABLE,
				  "out of memory\n");
	client->answer = NULL;
	result = queue(client->connection, MHD_HTTP_OK, answer->response);
	answer_put(answer);
	return result;
}

static struct answer *answer_of(struct exposition *text)
{
	struct answer *answer;

	if (!text->text)
		return NULL;
	answer = answer_new(exposition_type(text->format), text->text,
			    text->length);
	text->text = NULL;
	if (answer)
		MHD_add_response_header(answer->response,
					MHD_HTTP_HEADER_CONNECTION, "close");
	return answer;
}

/* --------------------------------------------------------------- requests */

static bool collector_hangs(struct server *server)
{
	const uint64_t since = collector_busy_since(server->collector);

	return since && clock_ns() - since > SCRAPE_TIME;
}

static enum MHD_Result give_up(struct server *server, struct client *client)
{
	struct exposition text;
	struct answer *answer;

	scraper_give_up(server->scraper, client->format, &text);
	answer = answer_of(&text);
	client->answer = answer;
	return reply_ready(client);
}

static enum MHD_Result get_metrics(struct server *server,
				   struct client *client)
{
	client->format = accept_format(MHD_lookup_connection_value(client->connection,
								   MHD_HEADER_KIND,
								   MHD_HTTP_HEADER_ACCEPT));
	/* That one has been waited for already. */
	if (collector_hangs(server))
		return give_up(server, client);
	client->number = collector_want(server->collector, client->format);
	client->state = CLIENT_WAITS;
	client->deadline = clock_ns() + SCRAPE_TIME;
	MHD_suspend_connection(client->connection);
	return MHD_YES;
}

static enum MHD_Result get(struct server *server, struct client *client,
			   const char *path)
{
	if (!strcmp(path, "/metrics"))
		return get_metrics(server, client);
	if (!strcmp(path, "/"))
		return reply(client->connection, MHD_HTTP_OK,
			     "text/html; charset=utf-8", page, NULL);
	if (!strcmp(path, "/-/healthy"))
		return reply_text(client->connection, MHD_HTTP_OK, "ok\n");
	return reply_text(client->connection, MHD_HTTP_NOT_FOUND,
			  "not found; the metrics are at /metrics\n");
}

static bool has_body(struct MHD_Connection *connection)
{
	const char *length;

	length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					     MHD_HTTP_HEADER_CONTENT_LENGTH);
	return (length && strcmp(length, "0") != 0) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static bool is_get(const char *method)
{
	return !strcmp(method, MHD_HTTP_METHOD_GET) ||
	       !strcmp(method, MHD_HTTP_METHOD_HEAD);
}

/*
 * Called when the headers are there, then without a body to answer, and, after a
 * suspended connection was resumed, again.
 */
static enum MHD_Result take_request(void *data,
				    struct MHD_Connection *connection,
				    const char *path, const char *method,
				    const char *version, const char *upload,
				    size_t *upload_size, void **seen)
{
	struct server *server = data;
	struct client *client;

	(void)version;
	(void)upload;
	client = MHD_get_connection_info(connection,
					 MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	if (!client)
		return MHD_NO;
	client->connection = connection;
	if (!is_get(method))
		return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			     "text/plain; charset=utf-8",
			     "only GET and HEAD are allowed\n", "GET, HEAD");
	if (has_body(connection) || *upload_size)
		return reply_text(connection, MHD_HTTP_CONTENT_TOO_LARGE,
				  "a request must not have a body\n");
	if (client->state == CLIENT_READY)
		return reply_ready(client);
	if (!*seen) {
		*seen = client;
		return MHD_YES;
	}
	return get(server, client, path);
}

static void note_connection(void *data, struct MHD_Connection *connection,
			    void **context,
			    enum MHD_ConnectionNotificationCode what)
{
	struct server *server = data;
	int fd;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		fd = MHD_get_connection_info(connection,
					     MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		*context = client_add(&server->clients, fd,
				      clock_ns() + ASK_TIME);
	} else if (*context) {
		client_remove(&server->clients, *context);
		*context = NULL;
	}
}

/* ---------------------------------------------------------------- waiting */

/* Answer those that wait for a scrape that is there. */
static void take_collection(struct server *server)
{
	struct answer *answers[EXPOSITION_FORMATS];
	struct collection collection;
	struct client *client;
	int i;

	if (!collector_take(server->collector, &collection))
		return;
	for (i = 0; i < EXPOSITION_FORMATS; i++)
		answers[i] = answer_of(&collection.texts[i]);
	for (client = server->clients; client; client = client->next)
		if (client->state == CLIENT_WAITS &&
		    client->number <= collection.number)
			client_ready(client, answers[client->format]);
	for (i = 0; i < EXPOSITION_FORMATS; i++)
		answer_put(answers[i]);
}

/* A client has taken too long, or has waited for too long. */
static void end_client(struct server *server, struct client *client)
{
	struct exposition text;
	struct answer *answer;

	if (client->state == CLIENT_WAITS) {
		scraper_give_up(server->scraper, client->format, &text);
		answer = answer_of(&text);
		client_ready(client, answer);
		answer_put(answer);
	} else if (client->state != CLIENT_READY) {
		/* libmicrohttpd sees the end of its input, and closes it. */
		shutdown(client->fd, SHUT_RDWR);
		client->deadline = UINT64_MAX;
	}
}

/*
 * Whether a client has closed its connection before its request was complete.
 * libmicrohttpd does not see an end that came together with the last data.
 */
static bool has_left(const struct client *client)
{
	char byte;

	return client->state == CLIENT_ASKS && client->deadline != UINT64_MAX &&
	       !recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

static void end_clients(struct server *server)
{
	const uint64_t now = clock_ns();
	struct client *client;

	for (client = server->clients; client; client = client->next)
		if (client->deadline <= now || has_left(client))
			end_client(server, client);
}

/* Milliseconds until there is something to do; -1: not known. */
static int time_left(const struct server *server)
{
	const uint64_t now = clock_ns();
	uint64_t first = now + SECONDS(60), ms;
	const struct client *client;
	MHD_UNSIGNED_LONG_LONG timeout;

	for (client = server->clients; client; client = client->next)
		if (client->deadline < first)
			first = client->deadline;
	ms = first > now ? (first - now) / 1000000 + 1 : 0;
	if (MHD_get_timeout(server->daemon, &timeout) == MHD_YES &&
	    timeout < ms)
		ms = timeout;
	return ms;
}

static int serve(struct server *server, int stop)
{
	struct pollfd fds[] = {
		{ .fd = stop, .events = POLLIN },
		{ .fd = collector_fd(server->collector), .events = POLLIN },
		{ .fd = MHD_get_daemon_info(server->daemon,
					    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
		  .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 3, time_left(server)) < 0 && errno != EINTR) {
			complain("poll: %s", strerror(errno));
			return EXIT_FAILURE;
		}
		if (fds[0].revents)
			return EXIT_SUCCESS;
		if (fds[1].revents)
			take_collection(server);
		MHD_run(server->daemon);
		end_clients(server);
	}
}

/* Suspended connections would be left. */
static void resume_all(struct server *server)
{
	struct client *client;

	for (client = server->clients; client; client = client->next)
		if (client->state == CLIENT_WAITS)
			client_ready(client, NULL);
	MHD_run(server->daemon);
}

static int run(struct server *server, int socket, int stop)
{
	int status;

	server->daemon = MHD_start_daemon(MHD_USE_EPOLL |
					  MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, take_request, server,
		MHD_OPTION_LISTEN_SOCKET, socket,
		MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned int)BACKLOG,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CLIENTS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_SECONDS,
		MHD_OPTION_NOTIFY_CONNECTION, note_connection, server,
		MHD_OPTION_END);
	if (!server->daemon) {
		complain("cannot start the HTTP server: %s", strerror(errno));
		close(socket);
		return EXIT_FAILURE;
	}
	sd_notify(0, "READY=1");
	status = serve(server, stop);
	sd_notify(0, "STOPPING=1");
	resume_all(server);
	MHD_stop_daemon(server->daemon);
	return status;
}

int server_run(int socket, int stop, struct scraper *scraper)
{
	struct server server = { .scraper = scraper };
	int status;

	server.collector = collector_start(scraper);
	if (!server.collector) {
		complain("cannot start a thread: %s", strerror(errno));
		close(socket);
		return EXIT_FAILURE;
	}
	status = run(&server, socket, stop);
	if (collector_stop(server.collector))
		scraper_close(scraper);
	return status;
}
