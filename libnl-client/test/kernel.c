// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * kernel: a fake kernel, whose answers are in a script
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A datagram is built when it is received. Only then the request that it
 * answers is known, from which types, sequence numbers and quotes are taken.
 */
#include "kernel.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#ifdef __SANITIZE_ADDRESS__
#define HAVE_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#elif __has_include("valgrind/memcheck.h")
#include <valgrind/memcheck.h>
#endif

#define DATAGRAM_MAX	40000
#define NESTS_MAX	16
#define REQUEST_MAX	(1 << 21)

/* Size of the send buffer: at first, and at most unless it is forced. */
#define ROOM_FIRST	65536
#define ROOM_MAX	(2 * 212992)

/* More requests and receives than any call needs. */
#define REQUESTS_MAX	1000
#define UNANSWERED_MAX	10

static const char family_text[] =
	"message CTRL_CMD_NEWFAMILY\n"
	"string CTRL_ATTR_FAMILY_NAME dmstat\n"
	"u16 CTRL_ATTR_FAMILY_ID 0x21\n"
	"nest CTRL_ATTR_MCAST_GROUPS\n"
	"nest 1\n"
	"u32 CTRL_ATTR_MCAST_GRP_ID 5\n"
	"string CTRL_ATTR_MCAST_GRP_NAME region\n"
	"end\n"
	"nest 2\n"
	"u32 CTRL_ATTR_MCAST_GRP_ID 6\n"
	"string CTRL_ATTR_MCAST_GRP_NAME io\n"
	"end\n"
	"end\n"
	"error 0\n";

static const char region_text[] =
	"message DMSTAT_CMD_REGION_GET\n"
	"u32 DMSTAT_A_REGION_REGION_ID 17\n"
	"u32 DMSTAT_A_REGION_MAJOR 253\n"
	"u32 DMSTAT_A_REGION_MINOR 3\n"
	"string DMSTAT_A_REGION_DEVICE_NAME vg-home\n"
	"u64 DMSTAT_A_REGION_START 8\n"
	"u64 DMSTAT_A_REGION_LENGTH 204800\n"
	"u64 DMSTAT_A_REGION_AREA_SIZE 2048\n"
	"u64 DMSTAT_A_REGION_AREAS 100\n"
	"string DMSTAT_A_REGION_PROGRAM_ID fio\n"
	"u32 DMSTAT_A_REGION_MEMORY 4096\n"
	"u64 DMSTAT_A_REGION_CREATED 1790000000000000000\n"
	"datagram\n"
	"error 0\n";

#define NOTHING		SIZE_MAX

/**
 * struct datagram - a datagram that is being built
 * @bytes: aligned for messages
 * @size: bytes so far
 * @message: offset of the current message, or NOTHING
 * @attribute: offset of the last attribute, or NOTHING
 * @nests: offsets of the open nests
 * @depth: number of open nests
 * @length_is_said: the script has set the length of the message
 * @truncated: see script.h
 * @stranger: see script.h
 * @error: if not 0, receiving fails with this error number
 */
struct datagram {
	char bytes[DATAGRAM_MAX] __attribute__((aligned));
	size_t size;
	size_t message;
	size_t attribute;
	size_t nests[NESTS_MAX];
	int depth;
	bool length_is_said;
	bool truncated;
	bool stranger;
	int error;
};

/**
 * struct kernel - state of the fake kernel
 * @all: the complete answer
 * @left: the part that was not received yet
 * @again: each request starts @left again
 * @refused: error numbers of system calls, by REFUSE_*
 * @request: the last request
 * @room: size of the send buffer in bytes
 * @queue: size of the receive buffer in bytes
 * @sequence: number of the last request
 * @requested: there was a request since the answer was set
 * @requests: number of these requests
 * @unanswered: number of receives after the end of the answer
 */
static struct kernel {
	struct script all;
	struct script left;
	bool again;
	int refused[REFUSE_COUNT];
	union {
		struct nlmsghdr header;
		char bytes[REQUEST_MAX];
	} request;
	size_t room;
	size_t queue;
	uint32_t sequence;
	bool requested;
	int requests;
	int unanswered;
} kernel;

static struct datagram datagram;

/* ------------------------------------------------------------------ messages */

static struct nlmsghdr *header(void)
{
	return (struct nlmsghdr *)(datagram.bytes + datagram.message);
}

/* Attributes may be unaligned, after raw bytes. */
static void set_attribute_length(size_t start, uint16_t length)
{
	memcpy(datagram.bytes + start + offsetof(struct nlattr, nla_len),
	       &length, sizeof(length));
}

/* Set the lengths of the message and of the open nests. */
static void update_lengths(void)
{
	int i;

	if (datagram.message == NOTHING)
		return;
	if (!datagram.length_is_said)
		header()->nlmsg_len = datagram.size - datagram.message;
	for (i = 0; i < datagram.depth; i++)
		set_attribute_length(datagram.nests[i],
				     datagram.size - datagram.nests[i]);
}

/* Return: offset of the bytes, or NOTHING if there is no room. */
static size_t put_bytes(const void *bytes, size_t size)
{
	size_t start = datagram.size;

	if (size > sizeof(datagram.bytes) - start)
		return NOTHING;
	if (size)
		memcpy(datagram.bytes + start, bytes, size);
	datagram.size += size;
	update_lengths();
	return start;
}

static void align(void)
{
	put_bytes("\0\0\0", -datagram.size % NLMSG_ALIGNTO);
}

static void begin_message(int type, int flags)
{
	const struct nlmsghdr *request = &kernel.request.header;
	const struct nlmsghdr new = {
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = kernel.requested ? request->nlmsg_seq : 0,
	};

	/* Padding between two messages is part of neither. */
	datagram.depth = 0;
	datagram.length_is_said = false;
	datagram.attribute = NOTHING;
	datagram.message = NOTHING;
	align();
	datagram.message = put_bytes(&new, sizeof(new));
	update_lengths();
}

static void put_answer(uint8_t command)
{
	const struct genlmsghdr generic = { .cmd = command, .version = 1 };

	begin_message(kernel.requested ? kernel.request.header.nlmsg_type :
		      KERNEL_FAMILY, NLM_F_MULTI);
	put_bytes(&generic, sizeof(generic));
}

static void put_error(int error, bool quote)
{
	const struct nlmsghdr *request = &kernel.request.header;

	begin_message(NLMSG_ERROR, quote ? 0 : NLM_F_CAPPED);
	put_bytes(&error, sizeof(error));
	put_bytes(request, quote ? request->nlmsg_len : sizeof(*request));
	align();
}

static void put_done(int error)
{
	begin_message(NLMSG_DONE, NLM_F_MULTI);
	put_bytes(&error, sizeof(error));
}

static void put_attribute(int type, const void *value, size_t size,
			  const char *end, size_t end_size)
{
	const struct nlattr new = {
		.nla_type = type,
		.nla_len = NLA_HDRLEN + size + end_size,
	};

	datagram.attribute = put_bytes(&new, sizeof(new));
	put_bytes(value, size);
	put_bytes(end, end_size);
	align();
}

static void begin_nest(int type)
{
	const struct nlattr new = {
		.nla_type = type | NLA_F_NESTED,
		.nla_len = NLA_HDRLEN,
	};

	if (datagram.depth == NESTS_MAX)
		return;
	datagram.attribute = put_bytes(&new, sizeof(new));
	if (datagram.attribute != NOTHING)
		datagram.nests[datagram.depth++] = datagram.attribute;
}

static void end_nest(void)
{
	if (datagram.depth)
		datagram.attribute = datagram.nests[--datagram.depth];
}

static void play_message(const struct instruction *instruction)
{
	const uint64_t *numbers = instruction->numbers;

	switch (instruction->op) {
	case OP_MESSAGE:
		put_answer(numbers[0]);
		break;
	case OP_CONTROL:
		begin_message(numbers[0], 0);
		break;
	case OP_ERROR:
		put_error(numbers[0], false);
		break;
	case OP_QUOTE:
		put_error(numbers[0], true);
		break;
	case OP_DONE:
		put_done(numbers[0]);
		break;
	default:
		break;
	}
}

/* Instructions that change the current message. */
static void play_change(const struct instruction *instruction)
{
	const uint64_t *numbers = instruction->numbers;

	if (datagram.message == NOTHING)
		return;

	switch (instruction->op) {
	case OP_FLAGS:
		header()->nlmsg_flags |= numbers[0];
		break;
	case OP_LATER:
		header()->nlmsg_seq += numbers[0];
		break;
	case OP_MESSAGE_LENGTH:
		header()->nlmsg_len = numbers[0];
		datagram.length_is_said = true;
		break;
	case OP_ATTRIBUTE_LENGTH:
		if (datagram.attribute != NOTHING)
			set_attribute_length(datagram.attribute, numbers[0]);
		break;
	default:
		break;
	}
}

static void play_attribute(const struct instruction *instruction)
{
	const uint64_t *numbers = instruction->numbers;
	const uint16_t u16 = numbers[1];
	const uint32_t u32 = numbers[1];

	switch (instruction->op) {
	case OP_U16:
		put_attribute(numbers[0], &u16, sizeof(u16), NULL, 0);
		break;
	case OP_U32:
		put_attribute(numbers[0], &u32, sizeof(u32), NULL, 0);
		break;
	case OP_U64:
		put_attribute(numbers[0], &numbers[1], sizeof(numbers[1]),
			      NULL, 0);
		break;
	case OP_STRING:
		put_attribute(numbers[0], instruction->bytes,
			      instruction->size, "", 1);
		break;
	case OP_BYTES:
		put_attribute(numbers[0], instruction->bytes,
			      instruction->size, NULL, 0);
		break;
	case OP_NEST:
		begin_nest(numbers[0]);
		break;
	case OP_END:
		end_nest();
		break;
	case OP_RAW:
		put_bytes(instruction->bytes, instruction->size);
		break;
	default:
		break;
	}
}

static void cut(size_t size)
{
	datagram.size -= size < datagram.size ? size : datagram.size;
	datagram.message = NOTHING;
	datagram.attribute = NOTHING;
	datagram.depth = 0;
}

static void play_datagram(const struct instruction *instruction)
{
	switch (instruction->op) {
	case OP_CUT:
		cut(instruction->numbers[0]);
		break;
	case OP_TRUNCATED:
		datagram.truncated = true;
		break;
	case OP_STRANGER:
		datagram.stranger = true;
		break;
	case OP_FAIL:
		datagram.error = instruction->numbers[0];
		break;
	default:
		break;
	}
}

/* Build the next datagram. Return: false if there is none. */
static bool make_datagram(void)
{
	struct instruction instruction;

	datagram.size = 0;
	datagram.message = NOTHING;
	datagram.attribute = NOTHING;
	datagram.depth = 0;
	datagram.truncated = false;
	datagram.stranger = false;
	datagram.error = 0;

	if (!kernel.left.size)
		return false;
	while (script_step(&kernel.left, &instruction)) {
		if (instruction.op == OP_DATAGRAM)
			break;
		play_message(&instruction);
		play_change(&instruction);
		play_attribute(&instruction);
		play_datagram(&instruction);
	}
	return true;
}

/* ------------------------------------------------------------ for the tests */

/**
 * kernel_answer() - set the answers of the fake kernel
 * @answer: instructions; owned by the caller, and used until the next call
 */
void kernel_answer(struct script answer)
{
	struct instruction instruction;
	struct script ahead = answer;

	memset(kernel.refused, 0, sizeof(kernel.refused));
	kernel.again = false;
	kernel.room = ROOM_FIRST;
	kernel.sequence = 0;
	kernel.requested = false;
	kernel.requests = 0;
	kernel.unanswered = 0;

	/* Instructions that apply from the start. */
	while (script_step(&ahead, &instruction)) {
		if (instruction.op == OP_AGAIN)
			kernel.again = true;
		else if (instruction.op == OP_REFUSE)
			kernel.refused[instruction.numbers[0] % REFUSE_COUNT] =
				instruction.numbers[1];
		else
			break;
		answer = ahead;
	}
	kernel.all = answer;
	kernel.left = answer;
}

/* Parse the text once: that takes longer than most calls. */
static void answer_text(struct script_text *script, const char *text)
{
	if (!script->size && script_read_string(script, text))
		abort();
	kernel_answer((struct script){ script->bytes, script->size });
}

/** kernel_answer_family() - answer with the family's numbers */
void kernel_answer_family(void)
{
	static struct script_text script;

	answer_text(&script, family_text);
}

/** kernel_answer_region() - answer with a region */
void kernel_answer_region(void)
{
	static struct script_text script;

	answer_text(&script, region_text);
}

/** kernel_request() - the last request */
const struct nlmsghdr *kernel_request(void)
{
	return &kernel.request.header;
}

/** kernel_queue() - size of the receive buffer, doubled as by the kernel */
size_t kernel_queue(void)
{
	return kernel.queue;
}

/** kernel_was_asked() - number of requests, or of receives beyond the answer */
int kernel_was_asked(void)
{
	return kernel.requests > kernel.unanswered ? kernel.requests :
						     kernel.unanswered;
}

/** kernel_refuses() - does a system call fail, each time? */
bool kernel_refuses(void)
{
	int i;

	for (i = 0; i < REFUSE_COUNT; i++)
		if (kernel.refused[i])
			return true;
	return false;
}

/** kernel_was_asked_forever() - was a limit reached that ends endless loops? */
bool kernel_was_asked_forever(void)
{
	return kernel.requests > REQUESTS_MAX;
}

/* ------------------------------------------------------------- system calls */

int __wrap_genl_connect(struct nl_sock *socket)
{
	(void)socket;
	errno = kernel.refused[REFUSE_CONNECT];
	return errno ? -NLE_FAILURE : 0;
}

void __real_nl_complete_msg(struct nl_sock *socket, struct nl_msg *message);

/* libnl takes the number from the clock, but runs have to be reproducible. */
void __wrap_nl_complete_msg(struct nl_sock *socket, struct nl_msg *message)
{
	__real_nl_complete_msg(socket, message);
	nlmsg_hdr(message)->nlmsg_seq = ++kernel.sequence;
}

static int set_room(size_t *room, size_t wanted, bool forced)
{
	errno = kernel.refused[REFUSE_ROOM];
	if (forced && errno)
		return -1;

	*room = 2 * wanted;
	if (!forced && *room > ROOM_MAX)
		*room = ROOM_MAX;
	return 0;
}

static int set_socket_option(int option, int value)
{
	switch (option) {
	case SO_SNDBUFFORCE:
		return set_room(&kernel.room, value, true);
	case SO_SNDBUF:
		return set_room(&kernel.room, value, false);
	case SO_RCVBUFFORCE:
		return set_room(&kernel.queue, value, true);
	case SO_RCVBUF:
		return set_room(&kernel.queue, value, false);
	}
	abort();
}

/* The library only reads the size of the receive buffer. */
int __wrap_getsockopt(int fd, int level, int option, void *value,
		      socklen_t *size)
{
	const int queue = kernel.queue;

	(void)fd;
	if (level != SOL_SOCKET || option != SO_RCVBUF ||
	    *size != sizeof(queue))
		abort();
	errno = kernel.refused[REFUSE_OPTION];
	if (errno)
		return -1;
	memcpy(value, &queue, sizeof(queue));
	return 0;
}

int __wrap_setsockopt(int fd, int level, int option, const void *value,
		      socklen_t size)
{
	(void)fd;
	(void)size;
	if (level == SOL_SOCKET)
		return set_socket_option(option, *(const int *)value);
	errno = kernel.refused[REFUSE_OPTION];
	if (!errno && option == NETLINK_ADD_MEMBERSHIP)
		errno = kernel.refused[REFUSE_GROUP];
	return errno ? -1 : 0;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags)
{
	const struct nlmsghdr *request = bytes;

	(void)fd;
	(void)flags;
	pthread_testcancel();
	if (kernel.refused[REFUSE_SEND] ||
	    ++kernel.requests > REQUESTS_MAX) {
		errno = kernel.refused[REFUSE_SEND] ?
			kernel.refused[REFUSE_SEND] : ETIMEDOUT;
		/* Once, or the library would retry for ever. */
		if (errno == EINTR)
			kernel.refused[REFUSE_SEND] = 0;
		return -1;
	}

	if (size > kernel.room - 32) {
		errno = EMSGSIZE;
		return -1;
	}

	/* The library must send well-formed requests. */
	if (size > sizeof(kernel.request) || size != request->nlmsg_len ||
	    !(request->nlmsg_flags & NLM_F_REQUEST))
		abort();
	memcpy(&kernel.request, bytes, size);
	kernel.requested = true;
	if (kernel.again)
		kernel.left = kernel.all;
	return size;
}

/* Make a buffer accessible for the library; forbid() does the reverse. */
static void permit(void *start, size_t size)
{
#ifdef HAVE_ASAN
	ASAN_UNPOISON_MEMORY_REGION(start, size);
#elif defined(VALGRIND_MAKE_MEM_UNDEFINED)
	VALGRIND_MAKE_MEM_UNDEFINED(start, size);
#endif
	(void)start;
	(void)size;
}

static void forbid(void *start, size_t size)
{
#ifdef HAVE_ASAN
	ASAN_POISON_MEMORY_REGION(start, size);
#elif defined(VALGRIND_MAKE_MEM_NOACCESS)
	VALGRIND_MAKE_MEM_NOACCESS(start, size);
#endif
	(void)start;
	(void)size;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct sockaddr_nl *from = message->msg_name;
	const struct iovec *space = message->msg_iov;
	size_t size;

	(void)fd;
	pthread_testcancel();
	if (!make_datagram()) {
		if (++kernel.unanswered > UNANSWERED_MAX)
			abort();
		datagram.error = flags & MSG_DONTWAIT ? EAGAIN : ETIMEDOUT;
	}
	if (datagram.error) {
		errno = datagram.error;
		return -1;
	}

	size = datagram.size;
	if (size > space->iov_len)
		size = space->iov_len;
	message->msg_flags = datagram.truncated || size < datagram.size ?
			     MSG_TRUNC : 0;
	*from = (struct sockaddr_nl){
		.nl_family = AF_NETLINK,
		.nl_pid = datagram.stranger ? 4711 : 0,
	};

	permit(space->iov_base, space->iov_len);
	memcpy(space->iov_base, datagram.bytes, size);
	forbid((char *)space->iov_base + size, space->iov_len - size);
	return size;
}

/* A partition of the disk that all devices are. */
static const struct {
	const char *path;
	const char *text;
} files[] = {
	{ "/sys/class/block/a-part/dev", "259:2\n" },
	{ "/sys/dev/block/259:2/partition", "2\n" },
	{ "/sys/dev/block/259:2/start", "2048\n" },
	{ "/sys/dev/block/259:2/size", "4096\n" },
	{ "/sys/dev/block/259:2/../dev", "253:3\n" },
	/* This one goes away. */
	{ "/sys/dev/block/259:3/partition", "3\n" },
	/* And this one is replaced, see open_start(). */
	{ "/sys/dev/block/259:4/partition", "4\n" },
	{ "/sys/dev/block/259:4/size", "4096\n" },
	{ "/sys/dev/block/259:4/../dev", "253:3\n" },
};

/* The start of that one is another each time. */
static FILE *open_start(void)
{
	static unsigned int times;
	static char text[32];

	snprintf(text, sizeof(text), "%u\n", ++times);
	return fmemopen(text, strlen(text), "r");
}

FILE *__real_fopen(const char *path, const char *mode);

FILE *__wrap_fopen(const char *path, const char *mode)
{
	size_t i;

	if (strncmp(path, "/sys/", strlen("/sys/")))
		return __real_fopen(path, mode);
	if (!strcmp(path, "/sys/dev/block/259:4/start"))
		return open_start();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(path, files[i].path))
			return fmemopen((char *)files[i].text,
					strlen(files[i].text), "r");
	errno = ENOENT;
	return NULL;
}

int __real_stat(const char *path, struct stat *status);

static bool ends_in(const char *path, const char *end)
{
	const size_t length = strlen(path), least = strlen(end);

	return length >= least && !strcmp(path + length - least, end);
}

/* The fuzzer calls it for its own files as well. */
int __wrap_stat(const char *path, struct stat *status)
{
	if (ends_in(path, "/a-file")) {
		*status = (struct stat){ .st_mode = S_IFREG };
		return 0;
	}
	if (ends_in(path, "/a-block")) {
		*status = (struct stat){
			.st_mode = S_IFBLK,
			.st_rdev = makedev(KERNEL_MAJOR, KERNEL_MINOR),
		};
		return 0;
	}
	return __real_stat(path, status);
}
