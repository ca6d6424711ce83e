// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request with each of its allocations failing in turn.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../dm.h"
#include "../request.h"
#include "region.h"
#include "sweep.h"

/* A fault that the kernel meets again and again would keep us for ever. */
#define MOST_FAULTS 3000

const char *sweep_place(const struct sweep *sweep)
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

/* Each system call of an exchange is made between these two. */
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
 * A dump whose first datagram could not be allocated is refused, but the kernel
 * continues it.
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

	/* An answer arrives as a whole, or not at all. */
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

bool succeeded(const struct exchange *exchange)
{
	return exchange->answer.ended && !exchange->answer.error;
}

bool is_memory_error(int error)
{
	return !error || error == ENOMEM || error == ENOBUFS;
}

/* What must be true of every request. */
static void check_outcome(struct sweep *sweep, const struct exchange *exchange)
{
	const struct answer *answer = &exchange->answer;

	if (!is_memory_error(exchange->send_error))
		complain(sweep, "send: %s", strerror(exchange->send_error));
	if (!is_memory_error(answer->error))
		complain(sweep, "%s: \"%s\"", strerror(answer->error),
			 answer->text);
	if (!exchange->fired && !succeeded(exchange))
		complain(sweep, "no fault, and yet %s", strerror(answer->error));
	if (!answer->ended && !exchange->lost && !exchange->send_error)
		complain(sweep, "the answer ends without an error");
	if (answer->error && !*answer->text &&
	    (!is_dump(sweep) || dump_refusal_has_text()) &&
	    sweep->fault.mode == FAULT_ONE &&
	    sweep->fault.place != FAULT_ELSEWHERE)
		complain(sweep, "%s, without a message",
			 strerror(answer->error));
}

/* The kernel continues a failed dump at the next request: use another socket. */
static void leave_socket(struct sweep *sweep, const struct exchange *exchange)
{
	if (!is_dump(sweep)) {
		if (netlink_pending(&sweep->netlink))
			complain(sweep, "more than one answer came");
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

void sweep_run(struct sweep *sweep, enum fault_mode mode)
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

void sweep_open(struct sweep *sweep, bool alone)
{
	if (netlink_open(&sweep->netlink) || netlink_open(&sweep->dumper) ||
	    netlink_open(&sweep->listener) || netlink_join(&sweep->listener))
		errx(KSFT_FAIL, "no family");
	if (sweep->request && sweep->request->request_based)
		sweep->minor = dm_create_multipath("abi", SWEEP_DISK_SECTORS);
	else
		sweep->minor = dm_create("abi", SWEEP_SECTORS);
	if (!alone)
		sweep->base = make_region(&sweep->netlink, sweep->minor);
}

void sweep_expect(struct sweep *sweep)
{
	struct exchange exchange;

	sweep->call = ~0U;
	do_exchange(sweep, &exchange);
	if (!succeeded(&exchange) || !exchange.answer.nr)
		errx(KSFT_FAIL, "without faults: %s: \"%s\"",
		     strerror(exchange.answer.error), exchange.answer.text);
	sweep->expected = exchange.answer;
}
