/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * failure: what the last failed call ran into, for the caller to ask
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_FAILURE_H
#define DMSTAT_FAILURE_H

#include <stdbool.h>

struct nlmsghdr;

/**
 * struct failure - a failure in words
 * @attribute: the attribute at fault, 0 if not known
 * @extack: @text is the kernel's
 * @text: one line, "" if nothing has failed
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
