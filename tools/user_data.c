// SPDX-License-Identifier: GPL-2.0-only
/*
 * User data of a region: from the command line, and in JSON.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "output.h"
#include "user_data.h"

static void claim(struct context *context, struct user_data *data)
{
	if (data->given)
		usage(context->command,
		      "give --user-data or --user-data-file, once");
	data->given = data->bytes;
}

void user_data_text(struct context *context, struct user_data *data,
		    const char *text)
{
	claim(context, data);
	data->size = strnlen(text, sizeof(data->bytes));
	memcpy(data->bytes, text, data->size);
}

void user_data_file(struct context *context, struct user_data *data,
		    const char *name)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *file = standard ? stdin : fopen(name, "r");

	claim(context, data);
	if (file)
		data->size = fread(data->bytes, 1, sizeof(data->bytes), file);
	if (!file || ferror(file)) {
		complain("cannot read '%s': %s", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	if (!standard)
		fclose(file);
}

/* ASCII without control characters but for tab and new line. */
static bool is_text(const unsigned char *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\n') ||
		    bytes[i] > '~')
			return false;
	return true;
}

void user_data_value(struct output *out, const struct dmstat_region *region)
{
	static const struct column text = { "user_data", NULL, 0, UNIT_NONE };
	static const struct column hex = { "user_data_hex", NULL, 0,
					   UNIT_NONE };
	const unsigned char *bytes = region->user_data;
	size_t i, size = region->user_data_size;
	char string[2 * USER_DATA_ROOM];

	if (!size || size >= USER_DATA_ROOM)
		return;
	if (is_text(bytes, size)) {
		memcpy(string, bytes, size);
		string[size] = '\0';
		output_string(out, &text, string);
		return;
	}
	for (i = 0; i < size; i++)
		sprintf(&string[2 * i], "%02x", bytes[i]);
	output_string(out, &hex, string);
}
