/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sequence: the number of the last event of a group
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_SEQUENCE_H
#define DMSTAT_SEQUENCE_H

#include <stdint.h>

#include "export.h"
#include "family.h"

int dmstat_sequence_get(struct dmstat *handle, enum family_group group,
			uint32_t *sequence);

#endif /* DMSTAT_SEQUENCE_H */
