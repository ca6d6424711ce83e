// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * unwind: callbacks that throw, and threads that are cancelled
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * However a call ends, the handle and the subscription can be used, no event is
 * lost, and all memory is freed (run it under valgrind).
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "../dmstat.h"

extern "C" {
#include "faked.h"
#include "kernel.h"
}
#include "test.h"

#define DEVICE								\
	"message DMSTAT_CMD_DEVICE_GET\n"				\
	"string DMSTAT_A_DEVICE_NAME vg-home\n"

#define REGION								\
	"message DMSTAT_CMD_REGION_GET\n"				\
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"				\
	"u32 DMSTAT_A_REGION_LENGTH 16\n"				\
	"u32 DMSTAT_A_REGION_AREA_SIZE 8\n"				\
	"u32 DMSTAT_A_REGION_AREAS 2\n"

#define AREA(index, start)						\
	"message DMSTAT_CMD_AREA_GET\n"					\
	"u32 DMSTAT_A_AREA_INDEX " index "\n"				\
	"u32 DMSTAT_A_AREA_START " start "\n"				\
	"u32 DMSTAT_A_AREA_LENGTH 8\n"

#define AREAS	AREA("0", "0") AREA("1", "8")

#define NUMBER(sequence)						\
	"message DMSTAT_CMD_SEQUENCE_GET\n"				\
	"u32 DMSTAT_A_SEQUENCE_SEQUENCE " sequence "\nerror 0\ndatagram\n"

#define EVENT(sequence)							\
	"message DMSTAT_CMD_REGION_NEW_NTF\n"				\
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"				\
	"u32 DMSTAT_A_REGION_EVENT_SEQUENCE " sequence "\n"

namespace {

/* What ends a call, in its callback or while it waits for the kernel. */
enum class By { exception, cancellation, cancellation_in_wait };

struct Thrown { };

By by;
dmstat *handle;
dmstat_events *events;
dmstat_snapshot *snapshot;
int events_seen;

template <typename What> int end_here(const What *, void *)
{
	if (by == By::exception)
		throw Thrown();
	pthread_cancel(pthread_self());
	pthread_testcancel();
	printf("# still here\n");
	return 0;
}

int see(const dmstat_event *, void *)
{
	return events_seen++, 0;
}

/* ----------------------------------------------------------------- the calls */

void walk_devices()
{
	dmstat_devices(handle, end_here, nullptr);
}

void walk_regions()
{
	dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;

	filter.program_id = "fio";
	dmstat_regions(handle, &filter, end_here, nullptr);
}

void walk_areas()
{
	dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.region_id = 17;
	dmstat_areas(handle, &query, end_here, nullptr);
}

void walk_ios()
{
	dmstat_inflight(handle, 253, 3, end_here, nullptr);
}

void walk_snapshot()
{
	dmstat_snapshot_areas(snapshot, end_here, nullptr);
}

void walk_delta()
{
	dmstat_delta(snapshot, snapshot, end_here, nullptr);
}

void update()
{
	dmstat_snapshot_update(handle, snapshot, end_here,
			       nullptr);
}

void read_events()
{
	dmstat_events_read(events, end_here, nullptr);
}

void follow()
{
	dmstat_events_follow(events, handle, end_here, nullptr);
}

void open_one()
{
	dmstat *other;

	dmstat_open(&other);
}

void subscribe()
{
	dmstat_events *other;

	dmstat_events_open(&other);
}

void get_region()
{
	const dmstat_region *region;

	dmstat_region_get(handle, 17, &region);
}

void create_region()
{
	dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;

	dmstat_region_create(handle, &spec, nullptr);
}

void set_region()
{
	dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;

	change.program_id = "";
	dmstat_region_set(handle, &change, nullptr);
}

void clear_region()
{
	dmstat_region_clear(handle, 17);
}

void find_device()
{
	const dmstat_device *device;

	dmstat_device_find(handle, "vg-home", &device);
}

void take_another()
{
	dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	dmstat_snapshot *other;

	query.region_id = 17;
	dmstat_snapshot_take(handle, &query, &other);
}

/* -------------------------------------------------------------------- ending */

void end_by_exception(void (*call)())
{
	bool caught = false;

	by = By::exception;
	try {
		call();
	} catch (const Thrown &) {
		caught = true;
	}
	EXPECT(caught);
}

void *call_in_thread(void *data)
{
	void (*const *call)() = static_cast<void (*const *)()>(data);

	if (by == By::cancellation_in_wait)
		pthread_cancel(pthread_self());
	(*call)();
	return nullptr;
}

void end_by_cancellation(void (*call)(), By how)
{
	pthread_t thread;
	void *result = nullptr;

	by = how;
	EXPECT_EQUAL(pthread_create(&thread, nullptr, call_in_thread, &call),
		     0);
	EXPECT_EQUAL(pthread_join(thread, &result), 0);
	EXPECT(result == PTHREAD_CANCELED);
}

void end(void (*call)(), By how)
{
	if (how == By::exception)
		end_by_exception(call);
	else
		end_by_cancellation(call, how);
}

void expect_that_the_handle_works()
{
	const dmstat_region *region = nullptr;

	kernel_answer_region();
	EXPECT_EQUAL(dmstat_region_get(handle, 17, &region), 0);
	if (region)
		EXPECT_STRING(region->device_name, "vg-home");
}

void take_snapshot()
{
	dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.region_id = 17;
	faked_answer(REGION "error 0\ndatagram\n" AREAS "done 0\n");
	EXPECT_EQUAL(dmstat_snapshot_take(handle, &query, &snapshot), 0);
}

/* ------------------------------------------------------------------ promises */

const By in_callback[] = { By::exception, By::cancellation };
const By anywhere[] = { By::exception, By::cancellation,
			By::cancellation_in_wait };

void after_an_unwound_walk_the_handle_works()
{
	static const struct {
		void (*call)();
		const char *answer;
	} walks[] = {
		{ walk_devices, DEVICE DEVICE "done 0\n" },
		{ walk_regions, REGION REGION "done 0\n" },
		{ walk_areas, AREAS "done 0\n" },
		{ walk_ios, "message DMSTAT_CMD_INFLIGHT_GET\ndone 0\n" },
	};

	for (const auto &walk : walks)
		for (By how : anywhere) {
			faked_answer(walk.answer);
			end(walk.call, how);
			expect_that_the_handle_works();
		}
}

void after_an_unwound_request_the_handle_works()
{
	static const struct {
		void (*call)();
		const char *answer;
	} requests[] = {
		{ get_region, REGION "error 0\n" },
		{ create_region, REGION "error 0\n" },
		{ set_region, REGION "error 0\n" },
		{ clear_region, "error 0\n" },
		{ find_device, DEVICE "done 0\n" },
		{ take_another, REGION "error 0\ndatagram\n" AREAS "done 0\n" },
	};

	for (const auto &request : requests) {
		faked_answer(request.answer);
		end(request.call, By::cancellation_in_wait);
		expect_that_the_handle_works();
	}
}

void what_a_call_was_opening_is_closed()
{
	kernel_answer_family();
	end(open_one, By::cancellation_in_wait);
	kernel_answer_family();
	end(subscribe, By::cancellation_in_wait);
}

void a_snapshot_can_be_walked_again()
{
	take_snapshot();
	for (By how : in_callback) {
		end(walk_snapshot, how);
		end(walk_delta, how);
	}
	EXPECT_EQUAL(dmstat_snapshot_areas(snapshot, [](const dmstat_area *,
							void *) { return 0; },
					   nullptr), 0);
	dmstat_snapshot_free(snapshot);
}

/* In the second answer no area is left: the callback gets the old ones. */
void an_unwound_update_leaves_no_usable_snapshot()
{
	static const char *const answer_texts[] = {
		REGION "error 0\ndatagram\n" AREAS "done 0\n",
		REGION "error 0\ndatagram\ndone 0\n",
	};

	for (const char *text : answer_texts)
		for (By how : in_callback) {
			take_snapshot();
			faked_answer(text);
			end(update, how);
			EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->active, 0);
			EXPECT_EQUAL(dmstat_delta(snapshot, snapshot,
						  end_here,
						  nullptr), -EINVAL);
			expect_that_the_handle_works();
			dmstat_snapshot_free(snapshot);
		}

	/* Cancelled before any area was read. */
	take_snapshot();
	faked_answer(REGION "error 0\n");
	end(update, By::cancellation_in_wait);
	EXPECT_EQUAL(dmstat_snapshot_info(snapshot)->active, 2);
	expect_that_the_handle_works();
	dmstat_snapshot_free(snapshot);
}

void events_after_the_one_that_ended_a_read_wait()
{
	for (By how : in_callback) {
		kernel_answer_family();
		EXPECT_EQUAL(dmstat_events_open(&events), 0);

		events_seen = 0;
		faked_answer(EVENT("1") EVENT("2"));
		end(read_events, how);
		EXPECT_EQUAL(dmstat_events_read(events, see, nullptr), 0);
		EXPECT_EQUAL(events_seen, 1);

		/* The gap is reported first; the event is not lost. */
		faked_answer(EVENT("9"));
		end(read_events, how);
		EXPECT_EQUAL(dmstat_events_read(events, see, nullptr), 0);
		EXPECT_EQUAL(events_seen, 2);
		dmstat_events_close(events);
	}
}

void a_read_that_waits_can_be_cancelled()
{
	kernel_answer_family();
	EXPECT_EQUAL(dmstat_events_open(&events), 0);
	events_seen = 0;
	faked_answer(EVENT("1"));
	end(read_events, By::cancellation_in_wait);
	EXPECT_EQUAL(dmstat_events_read(events, see, nullptr), 0);
	EXPECT_EQUAL(events_seen, 1);
	dmstat_events_close(events);
}

void a_list_that_ended_is_followed_by_another()
{
	for (By how : anywhere) {
		kernel_answer_family();
		EXPECT_EQUAL(dmstat_events_open(&events), 0);
		faked_answer(NUMBER("1") REGION REGION "done 0\n");
		end(follow, how);

		events_seen = 0;
		faked_answer(NUMBER("1") REGION "done 0\n");
		EXPECT_EQUAL(dmstat_events_follow(events, handle, see, nullptr),
			     0);
		EXPECT_EQUAL(events_seen, 3);
		expect_that_the_handle_works();
		dmstat_events_close(events);
	}
}

void a_gap_that_ended_a_call_is_followed_by_a_list()
{
	for (By how : in_callback) {
		kernel_answer_family();
		EXPECT_EQUAL(dmstat_events_open(&events), 0);
		faked_answer(NUMBER("0") "done 0\ndatagram\n" EVENT("1"));
		EXPECT_EQUAL(dmstat_events_follow(events, handle, see, nullptr),
			     0);
		faked_answer(EVENT("3"));
		end(follow, how);

		/* The list, and the event that has waited. */
		events_seen = 0;
		faked_answer(NUMBER("2") REGION "done 0\n");
		EXPECT_EQUAL(dmstat_events_follow(events, handle, see, nullptr),
			     0);
		EXPECT_EQUAL(events_seen, 4);
		dmstat_events_close(events);
	}
}

const test tests[] = {
	TEST(after_an_unwound_walk_the_handle_works),
	TEST(after_an_unwound_request_the_handle_works),
	TEST(what_a_call_was_opening_is_closed),
	TEST(a_snapshot_can_be_walked_again),
	TEST(an_unwound_update_leaves_no_usable_snapshot),
	TEST(events_after_the_one_that_ended_a_read_wait),
	TEST(a_read_that_waits_can_be_cancelled),
	TEST(a_list_that_ended_is_followed_by_another),
	TEST(a_gap_that_ended_a_call_is_followed_by_a_list),
};

} // namespace

int main()
{
	return faked_run(&handle, tests, sizeof(tests) / sizeof(*tests));
}
