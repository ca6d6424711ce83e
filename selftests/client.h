/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the plain netlink clients share: reading the dumps to request from stdin,
 * one a line:
 *
 *	COMMAND [TYPE:u32:VALUE | TYPE:u64:VALUE | TYPE:string:VALUE]...
 */
#ifndef _CLIENT_H
#define _CLIENT_H

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_ATTRIBUTES 4

struct client_attribute {
	unsigned int type;
	size_t size;
	const void *data;
	uint64_t u64;
	uint32_t u32;
};

struct client_request {
	unsigned int command;
	unsigned int nr;
	struct client_attribute attributes[CLIENT_ATTRIBUTES];
};

static inline unsigned long long client_number(const char *text)
{
	unsigned long long number;
	char *end;

	number = strtoull(text, &end, 0);
	if (end == text || *end)
		errx(EXIT_FAILURE, "%s: not a number", text);
	return number;
}

/* Cuts @text into pieces. */
static inline void client_parse(char *text, struct client_attribute *attribute)
{
	char *kind = strchr(text, ':');
	char *value = kind ? strchr(kind + 1, ':') : NULL;

	if (!value)
		errx(EXIT_FAILURE, "%s: not TYPE:KIND:VALUE", text);
	*kind++ = '\0';
	*value++ = '\0';
	attribute->type = client_number(text);
	if (!strcmp(kind, "u32")) {
		attribute->u32 = client_number(value);
		attribute->data = &attribute->u32;
		attribute->size = sizeof(attribute->u32);
	} else if (!strcmp(kind, "u64")) {
		attribute->u64 = client_number(value);
		attribute->data = &attribute->u64;
		attribute->size = sizeof(attribute->u64);
	} else {
		attribute->data = value;
		attribute->size = strlen(value) + 1;
	}
}

/* Return: false if there are no more. Good until the next one is read. */
static inline bool client_next(struct client_request *request)
{
	static char line[1024];
	char *word;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	word = strtok(line, "\n ");
	if (!word)
		return false;
	request->command = client_number(word);
	request->nr = 0;
	while ((word = strtok(NULL, "\n "))) {
		if (request->nr == CLIENT_ATTRIBUTES)
			errx(EXIT_FAILURE, "too many attributes");
		client_parse(word, &request->attributes[request->nr++]);
	}
	return true;
}

#endif /* _CLIENT_H */
