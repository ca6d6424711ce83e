/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format that a client asks for by the header Accept.
 */
#ifndef DMSTAT_EXPORTER_ACCEPT_H
#define DMSTAT_EXPORTER_ACCEPT_H

#include "exporter/exposition.h"

/**
 * accept_format() - choose a format
 * @accept: value of the header, or NULL
 *
 * Return: OpenMetrics if the client accepts it, by name, at least as much as
 * text/plain; else Prometheus' format, also if it accepts neither.
 */
enum exposition_format accept_format(const char *accept);

#endif /* DMSTAT_EXPORTER_ACCEPT_H */
