/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel: a kernel that answers what a script says
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * It stands behind the library's system calls (see WRAPPED in the Makefile):
 * no socket is opened, nothing depends on the machine.
 */
#ifndef DMSTAT_TEST_KERNEL_H
#define DMSTAT_TEST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "script.h"

struct nlmsghdr;

/* The family's number, unless the script says another. */
#define KERNEL_FAMILY		0x21

/* The region that it knows. */
#define KERNEL_REGION_ID	17

/* All block devices have these numbers. */
#define KERNEL_MAJOR	253
#define KERNEL_MINOR	3

void kernel_answer(struct script answer);
void kernel_answer_family(void);
void kernel_answer_region(void);
const struct nlmsghdr *kernel_request(void);
size_t kernel_queue(void);
int kernel_was_asked(void);
bool kernel_was_asked_forever(void);

#endif /* DMSTAT_TEST_KERNEL_H */
