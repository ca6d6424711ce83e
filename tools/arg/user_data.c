// SPDX-License-Identifier: GPL-2.0-only
/*
 * User data of a region, from the command line.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arg/user_data.h"
#include "out/message.h"

static void claim(struct user_data *data)
{
	if (data->given)
		usage("give --user-data or --user-data-file, once");
	data->given = data->bytes;
}

void user_data_text(struct user_data *data, const char *text)
{
	claim(data);
	data->size = strnlen(text, sizeof(data->bytes));
	memcpy(data->bytes, text, data->size);
}

void user_data_file(struct user_data *data, const char *name)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *file = standard ? stdin : fopen(name, "r");

	claim(data);
	if (file)
		data->size = fread(data->bytes, 1, sizeof(data->bytes), file);
	if (!file || ferror(file)) {
		complain("cannot read '%s': %s", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	if (!standard)
		fclose(file);
}
