/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a service manager, such as systemd, is told of the program's state.
 */
#ifndef DMSTAT_NL_NOTIFY_H
#define DMSTAT_NL_NOTIFY_H

/**
 * notify_manager() - send a line of state to the service manager
 * @format: as printf(): "READY=1", "RELOADING=1", "STOPPING=1", "STATUS=..."
 *
 * Does nothing unless a manager has started the program and waits for it.
 */
void notify_manager(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* DMSTAT_NL_NOTIFY_H */
