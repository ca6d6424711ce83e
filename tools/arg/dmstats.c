// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users of dmstats(8), top(1) and iostat(1) type, and what it is called here.
 */
#include <string.h>

#include "arg/dmstats.h"

struct hint {
	const char *name;
	const char *text;
};

#define REGION_HINT \
	"a region's id is an argument, of commands for regions that exist"

/* Only used for options that the command does not have. */
static const struct hint options[] = {
	{ "alias", "that is --group here, for create and set" },
	{ "alldevices",
	  "give create --all; others take all devices without an argument" },
	{ "allprograms", "all programs are taken unless --program is given" },
	{ "allregions",
	  "leave it out: all are taken without an argument; clear and delete need --all" },
	{ "area", "take print --area to choose areas" },
	{ "areas", "that is an option of create" },
	{ "areasize", "that is create --area-size here" },
	{ "bounds", "that is create --histogram here" },
	{ "clear", "that is an option of print, and a command" },
	{ "columns", "leave it out: columns are the default" },
	{ "filemap", "that is create --file here" },
	{ "follow", "regions do not follow a file: delete them and create them again" },
	{ "force", "leave it out: nothing asks" },
	{ "foreground", "leave it out: no command goes into the background" },
	{ "groupid", "a group has a name, which is an argument" },
	{ "histogram", "that is an option of create, print and report" },
	{ "len", "that is create --length here" },
	{ "major", "give MAJOR:MINOR as the device" },
	{ "members", "set the group of each: dmstat-nl set --group NAME REGION..." },
	{ "minor", "give MAJOR:MINOR as the device" },
	{ "nogroup", "regions are in no group unless --file or --group says so: give --group ''" },
	{ "nomonitor", "leave it out: regions do not follow a file" },
	{ "precise", "leave it out: times are always counted in nanoseconds" },
	{ "programid", "that is --program here" },
	{ "region", REGION_HINT },
	{ "regionid", REGION_HINT },
	{ "regions", REGION_HINT },
	{ "segments", "that is an option of create" },
	{ "userdata", "that is --user-data here" },
	{ "uuid", "give the uuid as the device" },
	{ "verbose", "leave it out" },
};

/* Of commands that have --interval. */
static const struct hint repeated[] = {
	{ "c", "that is --count here" },
	{ "d", "that is --interval here" },
	{ "delay", "that is --interval here" },
	{ "i", "that is --interval here" },
	{ "iterations", "that is --count here" },
	{ "n", "that is --count here" },
};

static const struct hint commands[] = {
	{ "group", "that is set --group NAME REGION... here" },
	{ "ls", "that is list here" },
	{ "rates", "that is report --interval 1s now" },
	{ "remove", "that is delete here" },
	{ "stats", "leave it out" },
	{ "ungroup", "that is set --group '' GROUP here" },
};

static const char *find(const struct hint *hints, size_t count,
			const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(hints[i].name) == length &&
		    !strncmp(hints[i].name, name, length))
			return hints[i].text;
	return NULL;
}

const char *dmstats_option_hint(const char *name, size_t length, bool repeats)
{
	const char *hint = NULL;

	if (repeats)
		hint = find(repeated, sizeof(repeated) / sizeof(repeated[0]),
			    name, length);
	if (!hint)
		hint = find(options, sizeof(options) / sizeof(options[0]),
			    name, length);
	return hint;
}

const char *dmstats_command_hint(const char *name)
{
	return find(commands, sizeof(commands) / sizeof(commands[0]), name,
		    strlen(name));
}
