/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels of metrics: NAME="VALUE", with commas between them.
 */
#ifndef DMSTAT_EXPORTER_LABEL_H
#define DMSTAT_EXPORTER_LABEL_H

#include <stddef.h>

/**
 * label_room() - the most bytes that label_append() needs for a value
 * @name: name of the label
 * @length: length of the value
 */
size_t label_room(const char *name, size_t length);

/**
 * label_append() - write a label
 * @to: where to, at least label_room() bytes; after other labels, which end here
 * @start: where the first of the labels starts
 * @name: its name
 * @value: its value: any bytes. Those that are not UTF-8 become \xNN, as
 *         device-mapper writes them, because a label must be UTF-8.
 *
 * Return: the end of the text, where a zero byte is.
 */
char *label_append(char *to, const char *start, const char *name,
		   const char *value);

#endif /* DMSTAT_EXPORTER_LABEL_H */
