/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunks: the memory in which the areas of a region count, made when it is
 * first needed and charged to the region.
 */
#ifndef _DMSTAT_CHUNK_H
#define _DMSTAT_CHUNK_H

#include <linux/types.h>

struct dmstat_chunk;
struct dmstat_pace;
struct dmstat_region;

bool dmstat_region_charge(struct dmstat_region *region, size_t bytes);
void dmstat_region_uncharge(struct dmstat_region *region, size_t bytes);

struct dmstat_chunk *dmstat_chunk_new(struct dmstat_region *region, u32 i,
				      gfp_t gfp);
bool dmstat_chunks_prepare(struct dmstat_region *region, u32 first, u32 last,
			   struct dmstat_pace *pace);
void dmstat_chunk_free(struct dmstat_region *region,
		       struct dmstat_chunk *chunk);
void dmstat_chunk_cpu_new(struct dmstat_region *region,
			  struct dmstat_chunk *chunk);
int dmstat_chunk_baseline_new(struct dmstat_region *region,
			      struct dmstat_chunk *chunk);

#endif /* _DMSTAT_CHUNK_H */
