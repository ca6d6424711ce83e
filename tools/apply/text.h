/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a configuration file, if the file can be trusted.
 */
#ifndef DMSTAT_NL_CONFIG_TEXT_H
#define DMSTAT_NL_CONFIG_TEXT_H

#include <stddef.h>

/**
 * config_text_read() - read a configuration file
 * @path: the file
 * @length: set to its bytes
 *
 * It must be a regular file of root or of the user who reads it, and writable for
 * no others, as cron(8) and sudo(8) ask for: what it says is done as root.
 *
 * Return: the text, which ends in a zero byte and which the caller frees; NULL
 * after saying why not.
 */
char *config_text_read(const char *path, size_t *length);

#endif /* DMSTAT_NL_CONFIG_TEXT_H */
