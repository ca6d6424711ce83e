/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the module uses, and its limit, in bytes.
 */
#ifndef _MEMORY_H
#define _MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "request.h"

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

static inline void memory_drop_caches(void)
{
	run("sync; echo 3 >/proc/sys/vm/drop_caches");
}

/* Memory available to programs, in bytes. */
static inline uint64_t memory_available(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *file;

	file = fopen("/proc/meminfo", "r");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "MemAvailable: %llu", &kib) == 1)
			break;
	}
	if (!kib)
		errx(KSFT_FAIL, "no MemAvailable");
	fclose(file);
	return kib << 10;
}

/* Wait until at most @bytes are used: memory is freed later. Return: bytes used. */
static inline uint64_t memory_used_after(uint64_t bytes)
{
	int tries = 1000;

	while (memory_used() > bytes && tries--)
		usleep(10000);
	return memory_used();
}

#endif /* _MEMORY_H */
