// SPDX-License-Identifier: GPL-2.0-only
/*
 * The regions of the device that is swept, and what they count.
 */
#include <errno.h>

#include "../dm.h"
#include "../request.h"
#include "notification.h"
#include "region.h"

uint32_t make_region(struct netlink *netlink, unsigned int minor)
{
	return region_make(netlink, minor,
			   U64(DMSTAT_A_REGION_LENGTH, NR_AREAS * AREA_SECTORS),
			   U64(DMSTAT_A_REGION_AREAS, NR_AREAS));
}

uint64_t reads_of(struct sweep *sweep, uint32_t id, uint32_t area)
{
	struct answer answer;
	struct object read;

	answer = area_dump(&sweep->netlink, id,
			   U64(DMSTAT_A_AREA_FIRST_AREA, area),
			   U64(DMSTAT_A_AREA_AREA_COUNT, 1));
	if (answer.error || answer.nr != 1) {
		complain(sweep, "area %u of region %u: %s", area, id,
			 strerror(answer.error));
		return 0;
	}
	read = object_nested(answer.objects, DMSTAT_A_AREA_READ);
	return object_uint(&read, DMSTAT_A_IO_IOS);
}

void read_area(struct sweep *sweep, uint32_t area)
{
	if (io_do(sweep->minor, IO_READ, area * AREA_SECTORS, AREA_SECTORS))
		errx(KSFT_FAIL, "cannot read");
}

/* Region @id counts @reads in its first area; 0: no region. */
static void check_reads(struct sweep *sweep, uint32_t id, uint64_t reads)
{
	uint64_t seen = id ? reads_of(sweep, id, 0) : reads;

	if (seen != reads)
		complain(sweep, "region %u counts %llu reads, not %llu", id,
			 (unsigned long long)seen, (unsigned long long)reads);
}

void check_counting(struct sweep *sweep, uint32_t id, uint64_t reads)
{
	read_area(sweep, 0);
	sweep->base_reads++;
	check_reads(sweep, id, reads + 1);
	check_reads(sweep, sweep->base, sweep->base_reads);
}

bool region_is_there(struct sweep *sweep, uint32_t id)
{
	return region_get(&sweep->netlink, id).error != ENOENT;
}

uint32_t find_region(struct sweep *sweep)
{
	struct answer answer;
	uint32_t id, found = 0;
	bool base = false;
	size_t i;

	answer = netlink_dump(&sweep->netlink, DMSTAT_CMD_REGION_GET,
			      ATTRIBUTES(REGION_DEVICE(sweep->minor)));
	for (i = 0; i < answer.nr; i++) {
		id = object_uint(&answer.objects[i],
				 DMSTAT_A_REGION_REGION_ID);
		if (id == sweep->base)
			base = true;
		else
			found = id;
	}
	if (answer.error || answer.nr > base + !!found ||
	    base != !!sweep->base)
		complain(sweep, "%zu regions, %s", answer.nr,
			 strerror(answer.error));
	return found;
}

void delete_region(struct sweep *sweep, uint32_t id)
{
	struct answer answer = region_del(&sweep->netlink, id);

	if (answer.error)
		complain(sweep, "cannot delete region %u: %s", id,
			 strerror(answer.error));
	ignore_notifications(sweep);
}
