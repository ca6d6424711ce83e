// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that change something: what they are about, and what must be true
 * after each, whether it failed or not.
 */
#include <errno.h>

#include "../dm.h"
#include "../request.h"
#include "check.h"
#include "notification.h"
#include "region.h"

#define READS 3

/* Areas with a read. Each is in memory of its own. */
static const uint32_t read_areas[READS] = { 0, 100, NR_AREAS - 1 };

/* A region was made if and only if the answer has one. */
void check_new(struct sweep *sweep, struct exchange *exchange)
{
	const struct answer *answer = &exchange->answer;
	uint32_t made = find_region(sweep), given = 0;

	if (answer->nr && answer->objects[0].command == DMSTAT_CMD_REGION_NEW)
		given = object_uint(answer->objects, DMSTAT_A_REGION_REGION_ID);
	if (given != made)
		complain(sweep, "region %u was made, the answer has %u (%s)", made,
			 given, strerror(answer->error));
	if (succeeded(exchange) && !given)
		complain(sweep, "accepted, but the answer has no region");
	if (answer->error && made)
		complain(sweep, "refused, but a region was made");
	check_notified(sweep, DMSTAT_CMD_REGION_NEW_NTF, made);
	check_counting(sweep, made, 0);
	if (made)
		delete_region(sweep, made);
}

void prepare_region(struct sweep *sweep)
{
	sweep->region = make_region(&sweep->netlink, sweep->minor);
	ignore_notifications(sweep);
}

void check_del(struct sweep *sweep, struct exchange *exchange)
{
	bool there = region_is_there(sweep, sweep->region);

	if (find_region(sweep) != (there ? sweep->region : 0))
		complain(sweep, "region %u is half gone", sweep->region);
	if (succeeded(exchange) && there)
		complain(sweep, "the region is still there");
	if (exchange->answer.error && !there)
		complain(sweep, "the region is gone although refused: %s",
			 strerror(exchange->answer.error));
	check_notified(sweep, DMSTAT_CMD_REGION_DEL_NTF,
		       there ? 0 : sweep->region);
	check_counting(sweep, there ? sweep->region : 0, 0);
	if (there)
		delete_region(sweep, sweep->region);
}

void prepare_reads(struct sweep *sweep)
{
	int i;

	prepare_region(sweep);
	for (i = 0; i < READS; i++)
		read_area(sweep, read_areas[i]);
	sweep->base_reads++;
}

/*
 * A clear is counted. If no area was cleared, the allocation may have failed
 * before or after the clear was counted.
 */
static void check_clears(struct sweep *sweep, bool cleared, uint64_t most)
{
	struct answer answer = region_get(&sweep->netlink, sweep->region);
	uint64_t clears;

	if (answer.nr != 1) {
		complain(sweep, "no region %u", sweep->region);
		return;
	}
	clears = object_uint(answer.objects, DMSTAT_A_REGION_CLEARS);
	if (clears > most || (cleared && clears != 1))
		complain(sweep, "cleared %llu times",
			 (unsigned long long)clears);
	if (!clears != !object_has(answer.objects, DMSTAT_A_REGION_CLEARED))
		complain(sweep, "cleared %llu times, but when?",
			 (unsigned long long)clears);
}

/* Listeners hear of it if and only if all is cleared; the ack may be lost. */
static void check_cleared(struct sweep *sweep, const struct exchange *exchange)
{
	if (!exchange->answer.ended) {
		ignore_notifications(sweep);
		return;
	}
	check_notified(sweep, DMSTAT_CMD_REGION_CLEAR_NTF,
		       succeeded(exchange) ? sweep->region : 0);
}

/* All of these attributes are set, or none is. */
static void check_attributes(struct sweep *sweep, struct exchange *exchange,
			     const uint16_t *types, unsigned int nr)
{
	struct answer answer = region_get(&sweep->netlink, sweep->region);
	unsigned int i, set = 0;

	if (answer.nr != 1) {
		complain(sweep, "no region %u", sweep->region);
		return;
	}
	for (i = 0; i < nr; i++)
		set += object_has(answer.objects, types[i]);
	if (set && set != nr)
		complain(sweep, "only a part was set");
	if (succeeded(exchange) && !set)
		complain(sweep, "it was not set");
	if (exchange->answer.error && set)
		complain(sweep, "refused, but it was set: %s",
			 strerror(exchange->answer.error));
	check_notified(sweep, DMSTAT_CMD_REGION_SET_NTF,
		       set ? sweep->region : 0);
	check_counting(sweep, sweep->region, 0);
	delete_region(sweep, sweep->region);
}

void check_set(struct sweep *sweep, struct exchange *exchange)
{
	static const uint16_t types[] = {
		DMSTAT_A_REGION_PROGRAM_ID,
		DMSTAT_A_REGION_USER_DATA,
		DMSTAT_A_REGION_GROUP,
	};

	check_attributes(sweep, exchange, types, 3);
}

void check_set_length(struct sweep *sweep, struct exchange *exchange)
{
	static const uint16_t types[] = {
		DMSTAT_A_REGION_RESIZES,
		DMSTAT_A_REGION_GROUP,
	};

	check_attributes(sweep, exchange, types, 2);
}

void check_set_bound(struct sweep *sweep, struct exchange *exchange)
{
	static const uint16_t types[] = {
		DMSTAT_A_REGION_SLOW_NS,
		DMSTAT_A_REGION_TELL_ERRORS,
		DMSTAT_A_REGION_GROUP,
	};

	check_attributes(sweep, exchange, types, 3);
}

void check_clear(struct sweep *sweep, struct exchange *exchange)
{
	uint64_t left[READS], cleared = READS;
	int i;

	for (i = 0; i < READS; i++) {
		left[i] = reads_of(sweep, sweep->region, read_areas[i]);
		cleared -= left[i];
		if (left[i] > 1 || (left[i] && succeeded(exchange)))
			complain(sweep, "area %u has %llu reads after it",
				 read_areas[i], (unsigned long long)left[i]);
	}
	check_cleared(sweep, exchange);
	check_clears(sweep, cleared, 1);
	check_counting(sweep, sweep->region, left[0]);
	delete_region(sweep, sweep->region);
}

/* How many areas an answer is the sum of. */
static uint64_t areas_of(const struct object *sum)
{
	return object_has(sum, DMSTAT_A_AREA_AREAS) ?
	       object_uint(sum, DMSTAT_A_AREA_AREAS) : 1;
}

static uint64_t areas_given(const struct answer *answer)
{
	uint64_t areas = 0;
	size_t i;

	for (i = 0; i < answer->nr; i++)
		areas += areas_of(&answer->objects[i]);
	return areas;
}

/*
 * How many reads of an area are in the answer: nothing was read in the others
 * of the sum that it is in.
 */
static uint64_t reads_given(const struct answer *answer, uint32_t area)
{
	struct object read;
	uint64_t reads = 0, index;
	size_t i;

	for (i = 0; i < answer->nr; i++) {
		index = object_uint(&answer->objects[i], DMSTAT_A_AREA_INDEX);
		if (area < index ||
		    area - index >= areas_of(&answer->objects[i]))
			continue;
		read = object_nested(&answer->objects[i], DMSTAT_A_AREA_READ);
		reads += object_uint(&read, DMSTAT_A_IO_IOS);
	}
	return reads;
}

/* An area is in the answer and zero now, or not in it and unchanged. */
void check_give_and_clear(struct sweep *sweep, struct exchange *exchange)
{
	uint64_t given, left[READS], cleared = READS;
	int i;

	if (succeeded(exchange) && areas_given(&exchange->answer) != NR_AREAS)
		complain(sweep, "%llu areas", (unsigned long long)
			 areas_given(&exchange->answer));
	for (i = 0; i < READS; i++) {
		given = reads_given(&exchange->answer, read_areas[i]);
		left[i] = reads_of(sweep, sweep->region, read_areas[i]);
		if (given + left[i] != 1)
			complain(sweep, "area %u: %llu given and %llu left",
				 read_areas[i], (unsigned long long)given,
				 (unsigned long long)left[i]);
		cleared -= left[i];
	}
	check_clears(sweep, cleared, !!cleared);
	check_counting(sweep, sweep->region, left[0]);
	delete_region(sweep, sweep->region);
}

void prepare_flight(struct sweep *sweep)
{
	prepare_region(sweep);
	dm_suspend("abi");
	sweep->in_flight = io_start(sweep->minor, IO_READ,
				    AREA_SECTORS * read_areas[1],
				    AREA_SECTORS);
}

void check_clear_flight(struct sweep *sweep, struct exchange *exchange)
{
	uint64_t reads;

	dm_resume("abi");
	io_end(sweep->in_flight);
	reads = reads_of(sweep, sweep->region, read_areas[1]);
	if (reads != 1)
		complain(sweep, "%llu reads of one in flight",
			 (unsigned long long)reads);
	check_counting(sweep, sweep->region, 0);
	delete_region(sweep, sweep->region);
}
