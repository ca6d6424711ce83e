/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusal: texts for refusals without an extack message
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REFUSAL_H
#define DMSTAT_REFUSAL_H

struct nlmsghdr;

const char *dmstat_refusal(const struct nlmsghdr *request, int error);

#endif /* DMSTAT_REFUSAL_H */
