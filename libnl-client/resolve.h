/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resolve: ask the kernel for the family's numbers
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_RESOLVE_H
#define DMSTAT_RESOLVE_H

struct dmstat;

int dmstat_resolve(struct dmstat *handle);
int dmstat_resolve_listed(struct dmstat *handle);

#endif /* DMSTAT_RESOLVE_H */
