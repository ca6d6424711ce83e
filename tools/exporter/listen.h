/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket that the server listens on.
 */
#ifndef DMSTAT_EXPORTER_LISTEN_H
#define DMSTAT_EXPORTER_LISTEN_H

/**
 * LISTEN_DEFAULT - where to listen unless told otherwise. Prometheus' list of
 * default ports has given away 9100 to 9999, and continues from 10000 on one by
 * one; this one is far from both.
 */
#define LISTEN_DEFAULT	"127.0.0.1:10413"

/**
 * listen_on() - open a socket
 * @address: ADDRESS:PORT, where an address of IPv6 is in brackets and a name may
 *           be given; without ADDRESS, all addresses. Ends the program if it is
 *           wrong.
 *
 * Return: the socket; -1 after saying why there is none.
 */
int listen_on(const char *address);

/**
 * listen_passed() - find the socket that systemd has opened
 *
 * Return: the socket; -1: none; -2 after saying what is wrong.
 */
int listen_passed(void);

#endif /* DMSTAT_EXPORTER_LISTEN_H */
