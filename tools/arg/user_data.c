// SPDX-License-Identifier: GPL-2.0-only
/*
 * User data of a region, as text or from a file.
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

const char *user_data_read(struct user_data *data, const char *name)
{
	const bool standard = strcmp(name, "-") == 0;
	FILE *file = standard ? stdin : fopen(name, "re");
	const char *wrong = NULL;

	if (!file)
		return strerror(errno);
	data->given = data->bytes;
	data->size = fread(data->bytes, 1, sizeof(data->bytes), file);
	if (ferror(file))
		wrong = strerror(errno);
	if (!standard)
		fclose(file);
	return wrong;
}

void user_data_file(struct user_data *data, const char *name)
{
	const char *wrong;

	claim(data);
	wrong = user_data_read(data, name);
	if (!wrong)
		return;
	complain("cannot read '%s': %s", name, wrong);
	exit(EXIT_FAILURE);
}
