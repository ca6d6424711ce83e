/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * failure: the description of the last error
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_FAILURE_H
#define DMSTAT_FAILURE_H

#include <stdbool.h>

struct nlmsghdr;

/**
 * struct failure - the description of an error
 * @attribute: the attribute at fault, or 0 if the kernel named none
 * @extack: @text is the kernel's
 * @text: one line without control characters; "" if no call has failed
 */
struct failure {
	int attribute;
	bool extack;
	char text[256];
};

int dmstat_failure_errno(struct failure *failure, int error);
int dmstat_failure_text(struct failure *failure, int error,
			const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int dmstat_failure_refused(struct failure *failure, int error,
			   const struct nlmsghdr *request);
int dmstat_failure_extack(struct failure *failure, int error,
			  const struct nlmsghdr *answer,
			  const struct nlmsghdr *request);

#endif /* DMSTAT_FAILURE_H */
