/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel: a fake kernel, whose answers are in a script
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * It replaces the library's system calls (see WRAPPED in the Makefile): no
 * socket is opened, and nothing depends on the machine.
 */
#ifndef DMSTAT_TEST_KERNEL_H
#define DMSTAT_TEST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "script.h"

struct nlmsghdr;

/* The family's number, unless the script sets another. */
#define KERNEL_FAMILY		0x21

/* Id of the region of kernel_answer_region(). */
#define KERNEL_REGION_ID	17

/* Numbers of all block devices. */
#define KERNEL_MAJOR	253
#define KERNEL_MINOR	3

void kernel_answer(struct script answer);
void kernel_answer_family(void);
void kernel_answer_region(void);
const struct nlmsghdr *kernel_request(void);
size_t kernel_queue(void);
int kernel_was_asked(void);
bool kernel_refuses(void);
bool kernel_was_asked_forever(void);

#endif /* DMSTAT_TEST_KERNEL_H */
