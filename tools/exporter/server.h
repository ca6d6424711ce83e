/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The HTTP server: one thread, one request a connection, all of it bounded.
 */
#ifndef DMSTAT_EXPORTER_SERVER_H
#define DMSTAT_EXPORTER_SERVER_H

#include "exporter/scraper.h"

/**
 * server_run() - serve until a signal says to stop
 * @socket: the socket to listen on; is closed
 * @stop: readable when it is time to stop
 * @scraper: what to scrape with
 *
 * Return: EXIT_SUCCESS, or EXIT_FAILURE after saying why.
 */
int server_run(int socket, int stop, struct scraper *scraper);

#endif /* DMSTAT_EXPORTER_SERVER_H */
