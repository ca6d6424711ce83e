/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the module has, and may have, in bytes.
 */
#ifndef _MEMORY_H
#define _MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "abi.h"

#define MEMORY_LIMIT "/sys/module/dmstat/parameters/memory_limit"
#define MEMORY_USED "/sys/module/dmstat/parameters/memory_used"

static inline uint64_t memory_parameter(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long long bytes;

	if (!file || fscanf(file, "%llu", &bytes) != 1 || fclose(file))
		err(KSFT_FAIL, "%s", path);
	return bytes;
}

static inline uint64_t memory_limit(void)
{
	return memory_parameter(MEMORY_LIMIT);
}

static inline uint64_t memory_used(void)
{
	return memory_parameter(MEMORY_USED);
}

static inline void memory_set_limit(uint64_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	write_file(MEMORY_LIMIT, text);
}

/* What is freed goes a while later. Return: what is used then. */
static inline uint64_t memory_used_after(uint64_t bytes)
{
	int tries = 1000;

	while (memory_used() > bytes && tries--)
		usleep(10000);
	return memory_used();
}

#endif /* _MEMORY_H */
