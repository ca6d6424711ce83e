// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl version: print the versions of the parts, installed and in use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <dmstat.h>

#include "cmd/command.h"

/**
 * struct module - the kernel module
 * @loaded: version of the loaded module, "" if none is
 * @installed: version of the module that modprobe would load, "" if there is none
 * @file: the file of that module
 */
struct module {
	char loaded[64];
	char installed[64];
	char file[4096];
};

/* Copy @line without its newline. */
static void copy_rest(char *copy, size_t size, const char *line)
{
	snprintf(copy, size, "%.*s", (int)strcspn(line, "\n"), line);
}

static void find_loaded(struct module *module)
{
	FILE *version = fopen("/sys/module/dmstat/version", "re");
	char line[sizeof(module->loaded)];

	if (!version)
		return;
	if (fgets(line, sizeof(line), version))
		copy_rest(module->loaded, sizeof(module->loaded), line);
	fclose(version);
}

/*
 * modinfo looks where modprobe does, and reads compressed modules. It prints
 * lines such as "version:        0.1.0".
 */
static void find_installed(struct module *module)
{
	char *line = NULL, *value;
	size_t size = 0;
	FILE *modinfo;

	modinfo = popen("PATH=\"$PATH:/usr/sbin:/sbin\" modinfo dmstat 2>/dev/null",
			"re");
	if (!modinfo)
		return;
	while (getline(&line, &size, modinfo) > 0) {
		value = line + strcspn(line, " ");
		value += strspn(value, " ");
		if (strncmp(line, "filename:", 9) == 0)
			copy_rest(module->file, sizeof(module->file), value);
		else if (strncmp(line, "version:", 8) == 0)
			copy_rest(module->installed, sizeof(module->installed),
				  value);
	}
	free(line);
	pclose(modinfo);
}

static void describe(struct output *out, const struct module *module)
{
	struct utsname kernel = { 0 };

	output_text(out, "dmstat-nl %s, libdmstat %s", VERSION,
		    dmstat_version());
	output_text(out, "module loaded: %s",
		    *module->loaded ? module->loaded : "none");
	uname(&kernel);
	if (*module->file)
		output_text(out, "module installed: %s, %s",
			    *module->installed ? module->installed :
			    "unknown version", module->file);
	else
		output_text(out, "module installed: none for kernel %s",
			    kernel.release);
	if (*module->loaded && *module->file &&
	    strcmp(module->loaded, module->installed) != 0) {
		output_text(out, "To load the installed one, which deletes all regions:");
		output_text(out, "  modprobe -r dmstat && modprobe dmstat");
	}
}

static int run(struct output *out, int argc, char **argv)
{
	struct module module = { .loaded = "" };

	arguments_expect(argc, argv, 0, 0, "");
	find_loaded(&module);
	find_installed(&module);
	describe(out, &module);
	output_object(out, NULL);
	output_field_string(out, "dmstat_nl", VERSION);
	output_field_string(out, "libdmstat", dmstat_version());
	output_field_string(out, "module_loaded", module.loaded);
	output_field_string(out, "module_installed", module.installed);
	output_field_string(out, "module_file", module.file);
	output_object_end(out);
	output_end(out);
	return EXIT_SUCCESS;
}

const struct command version_command = {
	.name = "version",
	.summary = "print the versions of command, library and module",
	.forms = { "" },
	.json = true,
	.run = run,
};
