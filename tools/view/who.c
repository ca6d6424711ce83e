// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who does an I/O, as commands show it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "out/output.h"
#include "view/who.h"

char *who_text(char *text, const struct who *who)
{
	const char *name = *who->comm ? who->comm : "?";

	if (!who->pid)
		snprintf(text, WHO_TEXT_MAX, "-");
	else if (who->kernel_thread)
		snprintf(text, WHO_TEXT_MAX, "[%s] %" PRIu32, name, who->pid);
	else
		snprintf(text, WHO_TEXT_MAX, "%s %" PRIu32, name, who->pid);
	return text;
}

char *who_cgroup(char *text, const struct who *who)
{
	if (!who->cgroup_id)
		snprintf(text, CGROUP_PATH_MAX, "-");
	else if (!cgroup_path(text, who->cgroup_id))
		snprintf(text, CGROUP_PATH_MAX, "#%" PRIu64, who->cgroup_id);
	return text;
}

char *who_cgroup_words(char *text, uint64_t cgroup_id)
{
	if (!cgroup_path(text, cgroup_id))
		snprintf(text, CGROUP_PATH_MAX, "%" PRIu64 " (removed)",
			 cgroup_id);
	return text;
}

void who_fields(struct output *out, const struct who *who)
{
	char path[CGROUP_PATH_MAX];

	if (!out->json)
		return;
	if (who->pid)
		output_field(out, "pid", who->pid);
	/* Of a thread that has ended, neither is known. */
	if (who->pid && *who->comm) {
		output_field_string(out, "comm", who->comm);
		output_field_bool(out, "kernel_thread", who->kernel_thread);
	}
	if (who->cgroup_id) {
		output_field(out, "cgroup_id", who->cgroup_id);
		if (cgroup_path(path, who->cgroup_id))
			output_field_string(out, "cgroup", path);
	}
}
