/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who does an I/O, as commands show it.
 */
#ifndef DMSTAT_NL_WHO_H
#define DMSTAT_NL_WHO_H

#include <stdbool.h>
#include <stdint.h>

#include "source/cgroup.h"

struct output;

/**
 * struct who - who does an I/O
 * @pid: the thread that submitted it; 0: none, or not known
 * @comm: its name; "" if it has ended
 * @kernel_thread: whether it is a kernel thread
 * @cgroup_id: the cgroup that the I/O is charged to; 0: not known
 */
struct who {
	uint32_t pid;
	const char *comm;
	bool kernel_thread;
	uint64_t cgroup_id;
};

/* Room for the text of who_text(), with its zero byte: a name, and a number. */
#define WHO_TEXT_MAX	64

/**
 * who_text() - write which thread it is
 * @text: WHO_TEXT_MAX bytes
 * @who: who
 *
 * A kernel thread is in brackets, as in ps(1).
 *
 * Return: @text: "fio 4711", "[kworker/u8:2] 77", "? 4711", "-".
 */
char *who_text(char *text, const struct who *who);

/**
 * who_cgroup() - write which cgroup it is
 * @text: CGROUP_PATH_MAX bytes
 * @who: who
 *
 * Return: @text: its path; "#" and its id if there is no such path; "-" if that
 * is not known.
 */
char *who_cgroup(char *text, const struct who *who);

/**
 * who_cgroup_words() - write which cgroup it is, in a sentence
 * @text: CGROUP_PATH_MAX bytes
 * @cgroup_id: its id
 *
 * There, "#" and a number would be that of an event.
 *
 * Return: @text: its path; "4711 (removed)" if there is no such path.
 */
char *who_cgroup_words(char *text, uint64_t cgroup_id);

/** who_fields() - print who it is, in JSON; what is not known is left out */
void who_fields(struct output *out, const struct who *who);

#endif /* DMSTAT_NL_WHO_H */
