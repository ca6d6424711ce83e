// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request with its first, second, third ... allocation failing, until
 * none is left that could: alone, with the next ones, with all that follow.
 * What comes of it has to be all or nothing, and told.
 *
 * Needs a kernel that can inject faults: selftests/debug.
 */
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "abi.h"
#include "fault.h"

#define SECTORS (1ULL << 34)
/* Of a device on a disk. */
#define DISK_SECTORS (1ULL << 20)

/* Of the region that is read and cleared; more than a datagram has room for. */
#define NR_AREAS 200
#define AREA_SECTORS 8
#define READS 3

/* Where it has seen reads: each has counters of its own. */
static const uint32_t read_areas[READS] = { 0, 100, NR_AREAS - 1 };

/* So many that the region takes more than kmalloc() can give. */
#define MANY_AREAS 17000000

#define NR_REGIONS 40

static const uint8_t user_data[DMSTAT_USER_DATA_MAX];

/* An attribute each. */
static const struct dmstat_extent_range ranges[] = {
	{ 0, 4096 }, { 8192, 100 },
};

/* Without an end: there is a fault that the kernel meets for ever. */
#define MOST_FAULTS 3000

struct sweep;
struct exchange;

/* What is asked for. */
struct request {
	uint8_t command;
	uint16_t flags;			/* NLM_F_DUMP, NLM_F_ECHO */
	uint16_t device;		/* attribute for the major number, or 0 */
	uint16_t region;		/* attribute for the id, or 0 */
	struct attribute attributes[3];
	bool alone;			/* no other region is there */
	bool request_based;		/* is the device */
	bool once;			/* only one allocation fails at a time */
	uint16_t varies;		/* attribute of an answer, or 0 */
	void (*prepare)(struct sweep *sweep);	/* each time, or NULL */
	void (*check)(struct sweep *sweep, struct exchange *exchange);
	/* Faults that there are at least, in the module and of pages. */
	unsigned int in_module;
	unsigned int of_pages;
};

/* How a request went. */
struct exchange {
	struct answer answer;
	int send_error;
	bool lost;			/* the kernel said that something is */
	bool reached;			/* the system call that is to fail */
	bool fired;
};

struct sweep {
	const struct request *request;
	struct fault fault;
	struct netlink netlink;		/* for all but the dumps that may fail */
	struct netlink dumper;		/* for these: they may get stuck */
	struct netlink listener;
	unsigned int minor;
	uint32_t base;			/* a region that stays, or 0 */
	uint64_t base_reads;		/* of its first area */
	uint32_t region;		/* that the request is about */
	pid_t in_flight;
	struct answer expected;		/* without faults, of what only reads */
	uint32_t sequence;		/* of the last notification, or 0 */
	/* Which allocation of which system call. */
	unsigned int call;
	unsigned int nth;
	/* How many faults there were. */
	unsigned int fired;
	unsigned int in_module;
	unsigned int of_pages;
	unsigned int wrong;
};

/* Something is wrong; there may be more. */
#define complain(about, format, ...)					\
do {									\
	struct sweep *_s = (about);					\
									\
	if (_s->wrong++ < 10)						\
		fprintf(TH_LOG_STREAM, "# allocation %u of call %u (%s): " \
			format "\n", _s->nth, _s->call, place_of(_s),	\
			##__VA_ARGS__);					\
} while (0)

static const char *place_of(const struct sweep *sweep)
{
	switch (sweep->fault.place) {
	case FAULT_IN_MODULE:
		return sweep->fault.function;
	case FAULT_ELSEWHERE:
		return "not in the module";
	default:
		return "pages";
	}
}

/* -------------------------------------------------------------- exchanges */

/* Each system call of an exchange is between these two. */
static void call_begin(struct sweep *sweep, unsigned int call)
{
	if (call == sweep->call)
		fault_arm(&sweep->fault, sweep->nth);
}

static void call_end(struct sweep *sweep, unsigned int call,
		     struct exchange *exchange)
{
	if (call != sweep->call)
		return;
	exchange->fired = fault_disarm(&sweep->fault);
	exchange->reached = true;
}

static void build(const struct sweep *sweep, struct message *message,
		  const struct netlink *netlink)
{
	const struct request *request = sweep->request;
	uint16_t flags = request->flags & NLM_F_DUMP ? 0 : NLM_F_ACK;

	message_init(message, netlink->family, request->command,
		     request->flags | flags);
	if (request->device)
		message_add_all(message, ATTRIBUTES(U32_PAIR(request->device,
							     dm_major(),
							     sweep->minor)));
	if (request->region)
		message_add_all(message, ATTRIBUTES(U32(request->region,
							sweep->region)));
	message_add_all(message, request->attributes);
}

static bool is_dump(const struct sweep *sweep)
{
	return sweep->request->flags & NLM_F_DUMP;
}

/*
 * A dump for whose first datagram there was no memory is refused, and yet the
 * kernel goes on with it.
 */
static void go_on_after_refusal(const struct sweep *sweep,
				struct exchange *exchange)
{
	if (is_dump(sweep) && exchange->answer.error == ENOBUFS) {
		exchange->answer.ended = false;
		exchange->lost = true;
	}
}

static void take_answer(struct sweep *sweep, struct netlink *netlink,
			struct exchange *exchange)
{
	unsigned int call = 1;
	int error;

	/* All of an answer is there at once, or never will be. */
	while (!exchange->answer.ended && netlink_pending(netlink)) {
		call_begin(sweep, call);
		error = netlink_receive(netlink, &exchange->answer);
		call_end(sweep, call++, exchange);
		if (error == ENOBUFS)
			exchange->lost = true;
		else if (error)
			complain(sweep, "receive: %s", strerror(error));
		go_on_after_refusal(sweep, exchange);
	}
}

static void do_exchange(struct sweep *sweep, struct exchange *exchange)
{
	struct netlink *netlink = is_dump(sweep) ? &sweep->dumper :
						   &sweep->netlink;
	struct message message;
	ssize_t size;

	memset(exchange, 0, sizeof(*exchange));
	build(sweep, &message, netlink);
	netlink->sent = message;
	netlink->sent.header.nlmsg_seq = ++netlink->sequence;

	call_begin(sweep, 0);
	size = send(netlink->fd, &netlink->sent,
		    netlink->sent.header.nlmsg_len, 0);
	if (size < 0)
		exchange->send_error = errno;
	call_end(sweep, 0, exchange);
	take_answer(sweep, netlink, exchange);
}

/* Whether the answer says that all went well. */
static bool succeeded(const struct exchange *exchange)
{
	return exchange->answer.ended && !exchange->answer.error;
}

static bool is_want_of_memory(int error)
{
	return !error || error == ENOMEM || error == ENOBUFS;
}

/* What holds of every request. */
static void check_outcome(struct sweep *sweep, const struct exchange *exchange)
{
	const struct answer *answer = &exchange->answer;

	if (!is_want_of_memory(exchange->send_error))
		complain(sweep, "send: %s", strerror(exchange->send_error));
	if (!is_want_of_memory(answer->error))
		complain(sweep, "%s: \"%s\"", strerror(answer->error),
			 answer->text);
	if (!exchange->fired && !succeeded(exchange))
		complain(sweep, "no fault, and yet %s", strerror(answer->error));
	if (!answer->ended && !exchange->lost && !exchange->send_error)
		complain(sweep, "the answer ends without a word");
	if (answer->error && !*answer->text &&
	    sweep->fault.mode == FAULT_ONE &&
	    sweep->fault.place != FAULT_ELSEWHERE)
		complain(sweep, "%s, without a message",
			 strerror(answer->error));
}

/* The kernel goes on with a dump that failed, when it is asked something. */
static void leave_socket(struct sweep *sweep, const struct exchange *exchange)
{
	if (!is_dump(sweep)) {
		if (netlink_pending(&sweep->netlink))
			complain(sweep, "there is more than an answer");
	} else if (!succeeded(exchange)) {
		netlink_close(&sweep->dumper);
		if (netlink_open(&sweep->dumper))
			complain(sweep, "no family");
	}
}

static void count_fault(struct sweep *sweep, const struct exchange *exchange)
{
	if (!exchange->fired)
		return;
	sweep->fired++;
	if (sweep->fault.place == FAULT_IN_MODULE)
		sweep->in_module++;
	if (sweep->fault.place == FAULT_UNKNOWN)
		sweep->of_pages++;
}

static void attempt(struct sweep *sweep, struct exchange *exchange)
{
	if (sweep->request->prepare)
		sweep->request->prepare(sweep);
	do_exchange(sweep, exchange);
	count_fault(sweep, exchange);
	check_outcome(sweep, exchange);
	leave_socket(sweep, exchange);
	sweep->request->check(sweep, exchange);
}

static void sweep_run(struct sweep *sweep, enum fault_mode mode)
{
	struct exchange exchange;

	sweep->fault.mode = mode;
	sweep->call = 0;
	do {
		sweep->nth = 0;
		do {
			sweep->nth++;
			attempt(sweep, &exchange);
			if (sweep->nth > MOST_FAULTS)
				errx(KSFT_FAIL, "no end of faults");
		} while (exchange.fired);
		sweep->call++;
	} while (exchange.reached);
}

/* ---------------------------------------------------------------- regions */

static uint32_t make_region(struct netlink *netlink, unsigned int minor)
{
	return region_make(netlink, minor,
			   U64(DMSTAT_A_REGION_LENGTH, NR_AREAS * AREA_SECTORS),
			   U64(DMSTAT_A_REGION_AREAS, NR_AREAS));
}

static uint64_t reads_of(struct sweep *sweep, uint32_t id, uint32_t area)
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

static void read_area(struct sweep *sweep, uint32_t area)
{
	if (io_do(sweep->minor, IO_READ, area * AREA_SECTORS, AREA_SECTORS))
		errx(KSFT_FAIL, "cannot read");
}

/* Region @id, unless it is 0, has seen @reads in its first area. */
static void check_reads(struct sweep *sweep, uint32_t id, uint64_t reads)
{
	uint64_t seen = id ? reads_of(sweep, id, 0) : reads;

	if (seen != reads)
		complain(sweep, "region %u counts %llu reads, not %llu", id,
			 (unsigned long long)seen, (unsigned long long)reads);
}

/* A region that has seen @reads, and the one that stays, count another. */
static void check_counting(struct sweep *sweep, uint32_t id, uint64_t reads)
{
	read_area(sweep, 0);
	sweep->base_reads++;
	check_reads(sweep, id, reads + 1);
	check_reads(sweep, sweep->base, sweep->base_reads);
}

static bool region_is_there(struct sweep *sweep, uint32_t id)
{
	return region_get(&sweep->netlink, id).error != ENOENT;
}

/* The region besides the base, or 0. */
static uint32_t find_region(struct sweep *sweep)
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

/* One that the listener did not get is one that it was told to be lost. */
static void check_sequence(struct sweep *sweep, const struct answer *heard,
			   bool lost)
{
	uint32_t sequence;
	size_t i;

	for (i = 0; i < heard->nr; i++) {
		sequence = event_sequence(&heard->objects[i]);
		if (sweep->sequence && sequence != sweep->sequence + 1 && !lost)
			complain(sweep, "notification %u after %u", sequence,
				 sweep->sequence);
		sweep->sequence = sequence;
	}
	/* The next one comes after those that were lost. */
	if (lost)
		sweep->sequence = 0;
}

/* What the listener was told since it was last asked: heard, or lost. */
static void take_notifications(struct sweep *sweep, struct answer *heard, bool *lost)
{
	int error;

	memset(heard, 0, sizeof(*heard));
	*lost = false;
	while (netlink_pending(&sweep->listener)) {
		error = netlink_receive(&sweep->listener, heard);
		if (error == ENOBUFS)
			*lost = true;
		else if (error)
			complain(sweep, "listener: %s", strerror(error));
	}
	check_sequence(sweep, heard, *lost);
}

static size_t count_notifications(const struct answer *heard, uint8_t command,
				  uint32_t id)
{
	size_t i, nr = 0;

	for (i = 0; i < heard->nr; i++) {
		if (heard->objects[i].command == command &&
		    object_uint(&heard->objects[i],
				DMSTAT_A_REGION_REGION_ID) == id)
			nr++;
	}
	return nr;
}

/* A change is told once, or told to be lost; what did not happen is not told. */
static void check_notified(struct sweep *sweep, uint8_t command, uint32_t id)
{
	struct answer heard;
	bool lost;
	size_t nr;

	take_notifications(sweep, &heard, &lost);
	nr = id ? count_notifications(&heard, command, id) : 0;
	if (heard.nr != nr || nr > 1)
		complain(sweep, "%zu notifications, %zu of region %u", heard.nr,
			 nr, id);
	if (id && !nr && !lost)
		complain(sweep, "no notification of region %u", id);
}

static void ignore_notifications(struct sweep *sweep)
{
	struct answer heard;
	bool lost;

	take_notifications(sweep, &heard, &lost);
}

static void delete_region(struct sweep *sweep, uint32_t id)
{
	struct answer answer = region_del(&sweep->netlink, id);

	if (answer.error)
		complain(sweep, "cannot delete region %u: %s", id,
			 strerror(answer.error));
	ignore_notifications(sweep);
}

/* --------------------------------------------------- requests that change */

/* There is a region if and only if the answer told so. */
static void check_new(struct sweep *sweep, struct exchange *exchange)
{
	const struct answer *answer = &exchange->answer;
	uint32_t made = find_region(sweep), told = 0;

	if (answer->nr && answer->objects[0].command == DMSTAT_CMD_REGION_NEW)
		told = object_uint(answer->objects, DMSTAT_A_REGION_REGION_ID);
	if (told != made)
		complain(sweep, "region %u was made, %u was told of (%s)", made,
			 told, strerror(answer->error));
	if (succeeded(exchange) && !told)
		complain(sweep, "a region was made: which one?");
	if (answer->error && made)
		complain(sweep, "a region was made and refused");
	check_notified(sweep, DMSTAT_CMD_REGION_NEW_NTF, made);
	check_counting(sweep, made, 0);
	if (made)
		delete_region(sweep, made);
}

static void prepare_region(struct sweep *sweep)
{
	sweep->region = make_region(&sweep->netlink, sweep->minor);
	ignore_notifications(sweep);
}

static void check_del(struct sweep *sweep, struct exchange *exchange)
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

static void prepare_reads(struct sweep *sweep)
{
	int i;

	prepare_region(sweep);
	for (i = 0; i < READS; i++)
		read_area(sweep, read_areas[i]);
	sweep->base_reads++;
}

/*
 * What is cleared is counted. If nothing is, memory may have failed before or
 * after that became clear.
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

/* It is told if and only if all is cleared; the ack that says so may be lost. */
static void check_cleared(struct sweep *sweep, const struct exchange *exchange)
{
	if (!exchange->answer.ended) {
		ignore_notifications(sweep);
		return;
	}
	check_notified(sweep, DMSTAT_CMD_REGION_CLEAR_NTF,
		       succeeded(exchange) ? sweep->region : 0);
}

/* What is written on it is as before or as asked for, both. */
static void check_set(struct sweep *sweep, struct exchange *exchange)
{
	struct answer answer = region_get(&sweep->netlink, sweep->region);
	bool id, data;

	if (answer.nr != 1) {
		complain(sweep, "no region %u", sweep->region);
		return;
	}
	id = object_has(answer.objects, DMSTAT_A_REGION_PROGRAM_ID);
	data = object_has(answer.objects, DMSTAT_A_REGION_USER_DATA);
	if (id != data)
		complain(sweep, "half of it was set");
	if (succeeded(exchange) && !id)
		complain(sweep, "it was not set");
	if (exchange->answer.error && id)
		complain(sweep, "it was set and refused: %s",
			 strerror(exchange->answer.error));
	check_notified(sweep, DMSTAT_CMD_REGION_SET_NTF,
		       id ? sweep->region : 0);
	check_counting(sweep, sweep->region, 0);
	delete_region(sweep, sweep->region);
}

static void check_clear(struct sweep *sweep, struct exchange *exchange)
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

/* How many reads of an area the answer told of. */
static uint64_t reads_told(const struct answer *answer, uint32_t area)
{
	struct object read;
	uint64_t reads = 0;
	size_t i;

	for (i = 0; i < answer->nr; i++) {
		if (object_uint(&answer->objects[i], DMSTAT_A_AREA_INDEX) !=
		    area)
			continue;
		read = object_nested(&answer->objects[i], DMSTAT_A_AREA_READ);
		reads += object_uint(&read, DMSTAT_A_IO_IOS);
	}
	return reads;
}

/* Given and then zero, or not given and still there. */
static void check_give_and_clear(struct sweep *sweep,
				 struct exchange *exchange)
{
	uint64_t told, left[READS], cleared = READS;
	int i;

	if (succeeded(exchange) && exchange->answer.nr != NR_AREAS)
		complain(sweep, "%zu areas", exchange->answer.nr);
	for (i = 0; i < READS; i++) {
		told = reads_told(&exchange->answer, read_areas[i]);
		left[i] = reads_of(sweep, sweep->region, read_areas[i]);
		if (told + left[i] != 1)
			complain(sweep, "area %u: %llu told and %llu left",
				 read_areas[i], (unsigned long long)told,
				 (unsigned long long)left[i]);
		cleared -= left[i];
	}
	check_clears(sweep, cleared, !!cleared);
	check_counting(sweep, sweep->region, left[0]);
	delete_region(sweep, sweep->region);
}

/* A read in flight where there was none before. */
static void prepare_flight(struct sweep *sweep)
{
	prepare_region(sweep);
	dm_suspend("abi");
	sweep->in_flight = io_start(sweep->minor, IO_READ,
				    AREA_SECTORS * read_areas[1],
				    AREA_SECTORS);
}

static void check_clear_flight(struct sweep *sweep, struct exchange *exchange)
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

/* ------------------------------------------------- requests that only read */

static bool same_but(const struct object *a, const struct object *b,
		     uint16_t varies)
{
	const struct nlattr *x, *y;
	uint16_t type;

	if (a->command != b->command || object_count(a) != object_count(b))
		return false;
	for (type = 1; type <= DMSTAT_A_AREA_MAX; type++) {
		x = object_find(a, type);
		y = object_find(b, type);
		if (type == varies || (!x && !y))
			continue;
		if (!x || !y || x->nla_len != y->nla_len ||
		    memcmp(x, y, x->nla_len))
			return false;
	}
	return true;
}

/* What is given is right; if there was no error it is all. */
static void check_read(struct sweep *sweep, struct exchange *exchange)
{
	const struct answer *expected = &sweep->expected;
	const struct answer *answer = &exchange->answer;
	size_t i;

	if (answer->nr > expected->nr ||
	    (succeeded(exchange) && answer->nr != expected->nr))
		complain(sweep, "%zu of %zu objects, %s", answer->nr,
			 expected->nr, strerror(answer->error));
	for (i = 0; i < answer->nr && i < expected->nr; i++) {
		if (!same_but(&answer->objects[i], &expected->objects[i],
			      sweep->request->varies))
			complain(sweep, "object %zu is another", i);
	}
	check_notified(sweep, 0, 0);
}

/* --------------------------------------------------------------- requests */

FIXTURE(request)
{
	struct sweep sweep;
};

FIXTURE_VARIANT(request)
{
	struct request request;
	void (*set_up)(struct sweep *sweep);	/* once, or NULL */
};

static void set_up_regions(struct sweep *sweep)
{
	const char *program_id;
	int i;

	for (i = 0; i < NR_REGIONS; i++) {
		program_id = i % 4 ? "others" : "mine";
		sweep->region = region_make(&sweep->netlink, sweep->minor,
					    STRING(DMSTAT_A_REGION_PROGRAM_ID,
						   program_id));
	}
}

static void set_up_flight(struct sweep *sweep)
{
	prepare_flight(sweep);
	io_start(sweep->minor, IO_WRITE, 0, AREA_SECTORS);
}

FIXTURE_VARIANT_ADD(request, device_get) {
	.request = {
		.command = DMSTAT_CMD_DEVICE_GET,
		.device = DMSTAT_A_DEVICE_MAJOR,
		.check = check_read,
		.in_module = 2,
	},
};

FIXTURE_VARIANT_ADD(request, device_get_dump) {
	.request = {
		.command = DMSTAT_CMD_DEVICE_GET,
		.flags = NLM_F_DUMP,
		.check = check_read,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_first) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.check = check_new,
		.in_module = 12,
	},
};

/* Ends of requests are seen by other tracepoints, as well as those of I/O. */
FIXTURE_VARIANT_ADD(request, region_new_first_of_multipath) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.request_based = true,
		.check = check_new,
		.in_module = 14,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_of_extents) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
			      &ranges[0], sizeof(ranges[0])),
			BYTES(DMSTAT_A_REGION_EXTENT_RANGES,
			      &ranges[1], sizeof(ranges[1])),
		},
		.check = check_new,
		.in_module = 10,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_second) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			U64(DMSTAT_A_REGION_LENGTH, 4096),
			U64(DMSTAT_A_REGION_AREA_SIZE, AREA_SECTORS),
			STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine"),
		},
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_with_echo) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.flags = NLM_F_ECHO,
		.device = DMSTAT_A_REGION_MAJOR,
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_new_of_many_areas) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			U64(DMSTAT_A_REGION_LENGTH, MANY_AREAS * AREA_SECTORS),
			U64(DMSTAT_A_REGION_AREAS, MANY_AREAS),
		},
		/* vmalloc() warns if it fails twice. */
		.once = true,
		.check = check_new,
		.in_module = 25,
	},
};

FIXTURE_VARIANT_ADD(request, region_get) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.check = check_read,
		.in_module = 2,
	},
	.set_up = prepare_region,
};

FIXTURE_VARIANT_ADD(request, region_get_dump) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_get_dump_of_a_device) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.device = DMSTAT_A_REGION_MAJOR,
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_get_dump_of_a_program) {
	.request = {
		.command = DMSTAT_CMD_REGION_GET,
		.flags = NLM_F_DUMP,
		.attributes = { STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine") },
		.check = check_read,
	},
	.set_up = set_up_regions,
};

FIXTURE_VARIANT_ADD(request, region_new_with_user_data) {
	.request = {
		.command = DMSTAT_CMD_REGION_NEW,
		.device = DMSTAT_A_REGION_MAJOR,
		.attributes = {
			BYTES(DMSTAT_A_REGION_USER_DATA, user_data,
			      sizeof(user_data)),
		},
		.check = check_new,
		.in_module = 9,
	},
};

FIXTURE_VARIANT_ADD(request, region_set) {
	.request = {
		.command = DMSTAT_CMD_REGION_SET,
		.region = DMSTAT_A_REGION_REGION_ID,
		.attributes = {
			STRING(DMSTAT_A_REGION_PROGRAM_ID, "mine"),
			BYTES(DMSTAT_A_REGION_USER_DATA, user_data,
			      sizeof(user_data)),
		},
		.prepare = prepare_region,
		.check = check_set,
		.in_module = 3,
	},
};

FIXTURE_VARIANT_ADD(request, region_del) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_of_the_last) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_ID,
		.alone = true,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 4,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_with_echo) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.flags = NLM_F_ECHO,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_by_ids) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.region = DMSTAT_A_REGION_REGION_IDS,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_del_by_device) {
	.request = {
		.command = DMSTAT_CMD_REGION_DEL,
		.device = DMSTAT_A_REGION_MAJOR,
		.alone = true,
		.prepare = prepare_region,
		.check = check_del,
		.in_module = 5,
	},
};

FIXTURE_VARIANT_ADD(request, region_clear) {
	.request = {
		.command = DMSTAT_CMD_REGION_CLEAR,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_reads,
		.check = check_clear,
		.in_module = 1,
		.of_pages = 3,
	},
};

FIXTURE_VARIANT_ADD(request, region_clear_in_flight) {
	.request = {
		.command = DMSTAT_CMD_REGION_CLEAR,
		.region = DMSTAT_A_REGION_REGION_ID,
		.prepare = prepare_flight,
		.check = check_clear_flight,
		.in_module = 2,
		.of_pages = 2,
	},
};

FIXTURE_VARIANT_ADD(request, area_get_dump) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.check = check_read,
		.in_module = 3,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_of_active_ones) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_ACTIVE) },
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_of_a_range) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = {
			U64(DMSTAT_A_AREA_FIRST_AREA, 90),
			U64(DMSTAT_A_AREA_AREA_COUNT, 20),
		},
		.check = check_read,
		.in_module = 1,
	},
	.set_up = prepare_reads,
};

FIXTURE_VARIANT_ADD(request, area_get_dump_and_clear) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_CLEAR) },
		.prepare = prepare_reads,
		.check = check_give_and_clear,
		.in_module = 3,
		.of_pages = 3,
	},
};

FIXTURE_VARIANT_ADD(request, area_get_dump_and_clear_in_flight) {
	.request = {
		.command = DMSTAT_CMD_AREA_GET,
		.flags = NLM_F_DUMP,
		.region = DMSTAT_A_AREA_REGION_ID,
		.attributes = { FLAG(DMSTAT_A_AREA_CLEAR),
				FLAG(DMSTAT_A_AREA_ACTIVE) },
		.prepare = prepare_flight,
		.check = check_clear_flight,
		.in_module = 2,
		.of_pages = 2,
	},
};

FIXTURE_VARIANT_ADD(request, inflight_get_dump) {
	.request = {
		.command = DMSTAT_CMD_INFLIGHT_GET,
		.flags = NLM_F_DUMP,
		.device = DMSTAT_A_INFLIGHT_MAJOR,
		.varies = DMSTAT_A_INFLIGHT_AGE_NS,
		.check = check_read,
	},
	.set_up = set_up_flight,
};

static void sweep_open(struct sweep *sweep, bool alone)
{
	if (netlink_open(&sweep->netlink) || netlink_open(&sweep->dumper) ||
	    netlink_open(&sweep->listener) || netlink_join(&sweep->listener))
		errx(KSFT_FAIL, "no family");
	if (sweep->request && sweep->request->request_based)
		sweep->minor = dm_create_multipath("abi", DISK_SECTORS);
	else
		sweep->minor = dm_create("abi", SECTORS);
	if (!alone)
		sweep->base = make_region(&sweep->netlink, sweep->minor);
}

/* Without faults, so that there is something to compare with. */
static void expect(struct sweep *sweep)
{
	struct exchange exchange;

	sweep->call = ~0U;
	do_exchange(sweep, &exchange);
	if (!succeeded(&exchange) || !exchange.answer.nr)
		errx(KSFT_FAIL, "without faults: %s: \"%s\"",
		     strerror(exchange.answer.error), exchange.answer.text);
	sweep->expected = exchange.answer;
}

FIXTURE_SETUP(request)
{
	struct sweep *sweep = &self->sweep;

	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	sweep->request = &variant->request;
	sweep_open(sweep, sweep->request->alone);
	if (variant->set_up)
		variant->set_up(sweep);
	ignore_notifications(sweep);
	if (sweep->request->check == check_read)
		expect(sweep);
}

FIXTURE_TEARDOWN_PARENT(request)
{
	fault_close();
	dm_remove_all();
}

/* Each fault that there can be was there, and did no harm. */
#define SWEEP(mode)							\
do {									\
	struct sweep *_w = &self->sweep;				\
									\
	_w->fired = 0;							\
	_w->in_module = 0;						\
	_w->of_pages = 0;						\
	sweep_run(_w, mode);						\
	TH_LOG("%s: %u faults in %u system calls, %u of them in the module, %u of pages", \
	       #mode, _w->fired, _w->call - 1, _w->in_module,		\
	       _w->of_pages);						\
	EXPECT_LE(3, _w->fired);					\
	EXPECT_LE(_w->request->in_module, _w->in_module);		\
	EXPECT_EQ(0, _w->wrong);					\
} while (0)

TEST_F(request, survives_allocations_that_fail)
{
	fault_open(&self->sweep.fault);
	SWEEP(FAULT_ONE);
	EXPECT_LE(variant->request.of_pages, self->sweep.of_pages);
	if (variant->request.once)
		return;
	if (variant->request.check != check_read)
		SWEEP(FAULT_FEW);
	SWEEP(FAULT_ALL);
}

/* ------------------------------------------------------ joining the group */

FIXTURE(faulty)
{
	struct sweep sweep;
};

FIXTURE_SETUP(faulty)
{
	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	sweep_open(&self->sweep, false);
	fault_open(&self->sweep.fault);
}

FIXTURE_TEARDOWN_PARENT(faulty)
{
	fault_close();
	dm_remove_all();
}

/* Return: whether there was a fault. */
static bool try_to_join(struct sweep *sweep)
{
	struct netlink netlink;
	bool fired;
	int error;

	if (netlink_open(&netlink))
		errx(KSFT_FAIL, "no family");
	fault_arm(&sweep->fault, sweep->nth);
	error = netlink_join(&netlink);
	fired = fault_disarm(&sweep->fault);
	if (error && (!fired || !is_want_of_memory(error)))
		complain(sweep, "cannot join: %s", strerror(error));
	if (error && netlink_join(&netlink))
		complain(sweep, "cannot join afterwards");

	region_del(&sweep->netlink, region_make(&sweep->netlink, sweep->minor));
	if (!netlink_pending(&netlink))
		complain(sweep, "nothing is heard");
	netlink_close(&netlink);
	sweep->fired += fired;
	return fired;
}

TEST_F(faulty, allocations_do_no_harm_to_who_joins_the_group)
{
	struct sweep *sweep = &self->sweep;

	for (sweep->nth = 1; try_to_join(sweep); sweep->nth++)
		;
	TH_LOG("%u faults", sweep->fired);
	EXPECT_LE(1, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

/* ---------------------------------------------- devices that come and go */

#define OTHER DM_PREFIX "2"

/* Return: 0 or an error number. */
static int remove_other(int control)
{
	struct dm_ioctl request = {
		.version = { DM_VERSION_MAJOR },
		.data_size = sizeof(request),
		.data_start = sizeof(request),
		.name = OTHER,
	};

	return ioctl(control, DM_DEV_REMOVE, &request) ? errno : 0;
}

/* What a disk leaves behind is deleted by a work item, or by the next request. */
static void wait_for_deletion(struct sweep *sweep, uint32_t id)
{
	if (region_del(&sweep->netlink, id).error != ENOENT)
		complain(sweep, "region %u outlives its device", id);
}

/* Two regions on a device that goes: both are gone and told, or neither. Of the
 * module nothing is allocated by the task that removes it.
 */
static bool try_to_remove(struct sweep *sweep, int control)
{
	unsigned int minor = dm_create(OTHER, SECTORS);
	uint32_t ids[2];
	struct answer heard;
	bool fired, lost;
	size_t told;
	int error;

	ids[0] = make_region(&sweep->netlink, minor);
	ids[1] = make_region(&sweep->netlink, minor);
	ignore_notifications(sweep);

	fault_arm(&sweep->fault, sweep->nth);
	error = remove_other(control);
	fired = fault_disarm(&sweep->fault);
	sweep->fired += fired;

	if (!error)
		wait_for_deletion(sweep, ids[0]);
	take_notifications(sweep, &heard, &lost);
	told = count_notifications(&heard, DMSTAT_CMD_REGION_DEL_NTF, ids[0]) +
	       count_notifications(&heard, DMSTAT_CMD_REGION_DEL_NTF, ids[1]);
	if (error) {
		if (!fired)
			complain(sweep, "cannot remove: %s", strerror(error));
		if (heard.nr || regions_of(&sweep->netlink, minor) != 2)
			complain(sweep, "the device stayed, its regions not");
		dm_remove(OTHER);
		wait_for_deletion(sweep, ids[0]);
		ignore_notifications(sweep);
	} else if (lost || told != heard.nr || told != 2) {
		complain(sweep, "%zu notifications, %zu of a region", heard.nr,
			 told);
	}
	if (region_is_there(sweep, ids[0]) || region_is_there(sweep, ids[1]))
		complain(sweep, "a region is left");
	return fired;
}

TEST_F(faulty, allocations_do_not_keep_regions_whose_device_goes)
{
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), mode;
	struct sweep *sweep = &self->sweep;

	for (mode = FAULT_ONE; mode <= FAULT_ALL; mode++) {
		sweep->fault.mode = mode;
		for (sweep->nth = 1; try_to_remove(sweep, control);
		     sweep->nth++)
			;
	}
	check_counting(sweep, 0, 0);
	TH_LOG("%u faults", sweep->fired);
	EXPECT_LE(6, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

/* Most of what fails is of the block layer: some of it will do. */
#define ARRIVAL_STEP 11

enum { CAME = 50, CAME_ALTHOUGH };

static void create_other(unsigned int nth)
{
	struct fault fault = {};

	fault_attach(&fault);
	if (!freopen("/dev/null", "w", stderr))
		_exit(KSFT_FAIL);
	fault_arm(&fault, nth);
	dm_create(OTHER, SECTORS);
	_exit(fault_disarm(&fault) ? CAME_ALTHOUGH : CAME);
}

/* By a process of its own: dm_create() does not return if it fails. */
static bool try_to_create(struct sweep *sweep)
{
	struct answer answer;
	pid_t pid = fork();
	int status;

	if (!pid)
		create_other(sweep->nth);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		errx(KSFT_FAIL, "cannot create a process");

	answer = netlink_dump(&sweep->netlink, DMSTAT_CMD_DEVICE_GET,
			      ATTRIBUTES());
	if (answer.error || !answer.nr || answer.nr > 2)
		complain(sweep, "%zu devices: %s", answer.nr,
			 strerror(answer.error));
	check_counting(sweep, 0, 0);
	dm_remove(OTHER);
	sweep->fired++;
	return WEXITSTATUS(status) != CAME;
}

TEST_F(faulty, allocations_of_who_makes_a_device_do_no_harm)
{
	struct sweep *sweep = &self->sweep;

	for (sweep->nth = 1; try_to_create(sweep); sweep->nth += ARRIVAL_STEP)
		;
	TH_LOG("%u times", sweep->fired);
	EXPECT_LE(10, sweep->fired);
	EXPECT_EQ(0, sweep->wrong);
}

/* ------------------------------------------------------ loading the module */

#define MODULE "/sys/module/dmstat"
#define MODULE_CACHE "/sys/kernel/slab/dmstat_overflow"

/* Some hundreds fail before the module itself is asked: some will do. */
#define LOADER_STEP 10
#define DISK_STEP 8

FIXTURE(module)
{
	struct sweep sweep;
	void *image;
	size_t size;
};

static void read_module(void **image, size_t *size)
{
	FILE *file = popen("cat \"$(modinfo -F filename dmstat)\"", "r");
	const size_t most = 16 << 20;

	*image = malloc(most);
	*size = file && *image ? fread(*image, 1, most, file) : 0;
	if (!*size || *size == most || pclose(file))
		errx(KSFT_FAIL, "cannot read the module");
}

FIXTURE_SETUP(module)
{
	if (!fault_possible())
		SKIP(return, "the kernel cannot inject faults");
	/* What it depends on is there. */
	dm_major();
	if (!access(MODULE, F_OK))
		run("rmmod dmstat");
	read_module(&self->image, &self->size);
	fault_open(&self->sweep.fault);
	self->sweep.fault.mark = " => do_one_initcall+";
}

FIXTURE_TEARDOWN_PARENT(module)
{
	fault_close();
	dm_remove_all();
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "dmstat", 0))
		err(KSFT_FAIL, "cannot unload the module");
}

/* Nothing of it is there. */
static void check_not_loaded(struct sweep *sweep)
{
	if (!access(MODULE, F_OK) || !access(MODULE_CACHE, F_OK))
		complain(sweep, "something of the module is left");
	/* Would the module be told of disks? It takes long to find out. */
	if (sweep->nth % DISK_STEP)
		return;
	dm_create("abi", SECTORS);
	dm_remove("abi");
}

static bool try_to_load(struct sweep *sweep, void *image, size_t size)
{
	bool fired, in_module;
	int error;

	fault_arm(&sweep->fault, sweep->nth);
	error = syscall(SYS_init_module, image, size, "") ? errno : 0;
	fired = fault_disarm(&sweep->fault);
	in_module = fired && sweep->fault.place == FAULT_IN_MODULE;
	sweep->fired += fired;
	sweep->in_module += in_module;

	if (error && !fired)
		complain(sweep, "cannot be loaded: %s", strerror(error));
	if (error && in_module && error != ENOMEM)
		complain(sweep, "%s", strerror(error));
	if (!error)
		unload();
	check_not_loaded(sweep);
	return fired;
}

TEST_F_TIMEOUT(module, is_loaded_whole_or_not_at_all, 600)
{
	struct sweep *sweep = &self->sweep;

	/* From the module's first one on, each. */
	for (sweep->nth = 1; try_to_load(sweep, self->image, self->size);
	     sweep->nth += sweep->in_module ? 1 : LOADER_STEP)
		;
	TH_LOG("%u faults, %u of them in the module", sweep->fired,
	       sweep->in_module);
	EXPECT_LE(50, sweep->in_module);
	EXPECT_EQ(0, sweep->wrong);
}

/* -------------------------------------------------------- after all of it */

#define MEMORY_LIMIT MODULE "/parameters/memory_limit"
#define MEMORY_USED MODULE "/parameters/memory_used"

FIXTURE(afterwards)
{
	struct netlink netlink;
	unsigned int minor;
	uint64_t limit;
};

static uint64_t read_number(const char *path)
{
	unsigned long long number;
	FILE *file = fopen(path, "r");

	if (!file || fscanf(file, "%llu", &number) != 1)
		err(KSFT_FAIL, "%s", path);
	fclose(file);
	return number;
}

static void write_number(const char *path, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	write_file(path, text);
}

FIXTURE_SETUP(afterwards)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", SECTORS);
	self->limit = read_number(MEMORY_LIMIT);
}

FIXTURE_TEARDOWN_PARENT(afterwards)
{
	write_number(MEMORY_LIMIT, self->limit);
	dm_remove_all();
}

/* What was deleted is freed a little later. */
static bool all_is_freed(void)
{
	int tries;

	for (tries = 0; tries < 200; tries++) {
		if (!read_number(MEMORY_USED))
			return true;
		usleep(50000);
	}
	return false;
}

/* With exactly the limit that the regions need. */
TEST_F(afterwards, what_was_charged_was_given_back)
{
	uint32_t ids[2];
	uint64_t one, two;

	ASSERT_TRUE(all_is_freed());
	ids[0] = region_make(&self->netlink, self->minor);
	one = read_number(MEMORY_USED);
	ids[1] = region_make(&self->netlink, self->minor);
	two = read_number(MEMORY_USED);
	ASSERT_TAKEN(region_del(&self->netlink, ids[0]));
	ASSERT_TAKEN(region_del(&self->netlink, ids[1]));
	ASSERT_TRUE(all_is_freed());

	write_number(MEMORY_LIMIT, one);
	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
	write_number(MEMORY_LIMIT, two - 1);
	EXPECT_EQ(ENOSPC, region_new(&self->netlink, self->minor).error);
	write_number(MEMORY_LIMIT, two);
	ASSERT_TAKEN(region_new(&self->netlink, self->minor));
}

static bool vmalloc_has(const char *name)
{
	FILE *file = fopen("/proc/vmallocinfo", "r");
	bool found = false;
	char line[1024];

	if (!file)
		err(KSFT_FAIL, "/proc/vmallocinfo");
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, name)) {
			fprintf(TH_LOG_STREAM, "# %s", line);
			found = true;
		}
	}
	fclose(file);
	return found;
}

TEST_F(afterwards, no_memory_is_held_and_nobody_uses_the_module)
{
	int tries = 0;

	dm_remove("abi");
	while (vmalloc_has("[dmstat]") && tries++ < 100)
		usleep(100000);
	EXPECT_GT(100, tries);
	EXPECT_EQ(0, read_number(MODULE "/refcnt"));
}

TEST_HARNESS_MAIN
