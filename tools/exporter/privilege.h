/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Privileges: what the exporter keeps is CAP_SYS_ADMIN, which the module asks for.
 */
#ifndef DMSTAT_EXPORTER_PRIVILEGE_H
#define DMSTAT_EXPORTER_PRIVILEGE_H

/**
 * privilege_drop() - drop all capabilities but one, and become another user
 * @user: name of the user; NULL: "nobody" if root runs the program and there is
 *        such a user, else the user stays
 *
 * Return: 0, or -1 after saying what is wrong.
 */
int privilege_drop(const char *user);

#endif /* DMSTAT_EXPORTER_PRIVILEGE_H */
