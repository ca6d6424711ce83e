// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each answer is compared with the spec: attributes, their types, lengths and
 * values; and with the request: one verdict for each, by an error number of the
 * interface, and a message with each refusal.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../attribute.h"
#include "../request.h"
#include "answer.h"
#include "record.h"

static bool is_zero(const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size)
		if (bytes[--size])
			return false;
	return true;
}

/* -------------------------------------------------------------- attributes */

static void check_attributes(const struct spec_set *set, uint64_t types,
			     const void *start, size_t size);

static void check_integer(const struct spec_attribute *attribute,
			  const struct nlattr *a)
{
	size_t size = attribute_size(a);
	uint64_t value;

	if (attribute->size ? size != attribute->size : size != 4 && size != 8) {
		complain("%s has %zu bytes", attribute->name, size);
		return;
	}
	value = integer_get(attribute_data(a), size);
	if (value < attribute->min || value > attribute->max)
		complain("%s is out of its range: %#llx", attribute->name,
			 (unsigned long long)value);
	if (!attribute->size && size == 8 && value <= UINT32_MAX)
		complain("%s is %llu and has 8 bytes", attribute->name,
			 (unsigned long long)value);
}

static void check_string(const struct spec_attribute *attribute,
			 const struct nlattr *a)
{
	size_t size = attribute_size(a);
	size_t length = strnlen(attribute_data(a), size);

	if (!size || length != size - 1)
		complain("%s does not end in its only zero byte",
			 attribute->name);
	else if (length < attribute->min || length > attribute->max)
		complain("%s has a length of %zu", attribute->name, length);
}

static void check_binary(const struct spec_attribute *attribute,
			 const struct nlattr *a)
{
	size_t size = attribute_size(a);

	if (size < attribute->min || size > attribute->max ||
	    (attribute->size && size % attribute->size))
		complain("%s has %zu bytes", attribute->name, size);
}

static void check_attribute(const struct spec_attribute *attribute,
			    const struct nlattr *a)
{
	bool nested = attribute->kind == SPEC_NEST;

	if (a->nla_type & NLA_F_NET_BYTEORDER ||
	    !(a->nla_type & NLA_F_NESTED) == nested)
		complain("%s has the flags %#x", attribute->name,
			 a->nla_type & ~NLA_TYPE_MASK);

	switch (attribute->kind) {
	case SPEC_INTEGER:
		check_integer(attribute, a);
		break;
	case SPEC_STRING:
		check_string(attribute, a);
		break;
	case SPEC_BINARY:
		check_binary(attribute, a);
		break;
	case SPEC_NEST:
		check_attributes(attribute->nest, UINT64_MAX,
				 attribute_data(a), attribute_size(a));
		break;
	case SPEC_FLAG:
		if (attribute_size(a))
			complain("%s is a flag and has a value",
				 attribute->name);
		break;
	default:
		break;
	}
}

/* Padding must not leak kernel memory. */
static void check_padding(const struct nlattr *a, const void *start,
			  size_t size)
{
	const uint8_t *from = (const uint8_t *)a + a->nla_len;
	const uint8_t *to = (const uint8_t *)a + NLA_ALIGN(a->nla_len);
	const uint8_t *end = (const uint8_t *)start + size;

	if (to <= end && !is_zero(from, to - from))
		complain("the padding of attribute %u is not zero",
			 attribute_type(a));
}

static void check_attributes(const struct spec_set *set, uint64_t types,
			     const void *start, size_t size)
{
	const struct spec_attribute *attribute;
	const struct nlattr *a;
	uint64_t seen = 0, bit;

	for_each_attribute(a, start, size) {
		attribute = spec_attribute(set, attribute_type(a));
		bit = attribute ? 1ULL << attribute_type(a) : 0;
		if (!(types & bit)) {
			complain("attribute %u of %s does not belong there",
				 attribute_type(a), set->name);
			continue;
		}
		if (seen & bit && !attribute->multi)
			complain("%s is there twice", attribute->name);
		seen |= bit;
		check_attribute(attribute, a);
		check_padding(a, start, size);
	}
	if ((const uint8_t *)a < (const uint8_t *)start + size)
		complain("attributes of %s are malformed at offset %zu of %zu",
			 set->name, (const uint8_t *)a - (const uint8_t *)start,
			 size);
}

/* ------------------------------------------------------------ extended acks */

/* The extended ack of a refusal. */
struct reason {
	const char *text;
	uint32_t offset;
	uint16_t missing;
	bool late;			/* at the end of a dump */
};

static uint32_t reason_u32(const struct nlattr *a)
{
	if (attribute_size(a) != sizeof(uint32_t)) {
		complain("extended ack: attribute %u has %zu bytes",
			 attribute_type(a), attribute_size(a));
		return 0;
	}
	return integer_get(attribute_data(a), sizeof(uint32_t));
}

static void check_text(const struct nlattr *a)
{
	const char *text = attribute_data(a);
	size_t size = attribute_size(a), i;

	if (!size || strnlen(text, size) != size - 1) {
		complain("extended ack: the message does not end in zero");
		return;
	}
	for (i = 0; i + 1 < size; i++)
		if (!isprint(text[i]))
			complain("extended ack: unprintable message");
}

static struct reason take_reason(const struct nlmsghdr *header, size_t skip)
{
	const uint8_t *start = (const uint8_t *)header + skip;
	struct reason reason = {};
	const struct nlattr *a;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return reason;
	if (skip > header->nlmsg_len) {
		complain("an extended ack of %u bytes", header->nlmsg_len);
		return reason;
	}
	for_each_attribute(a, start, header->nlmsg_len - skip) {
		switch (attribute_type(a)) {
		case NLMSGERR_ATTR_MSG:
			check_text(a);
			reason.text = attribute_data(a);
			break;
		case NLMSGERR_ATTR_OFFS:
			reason.offset = reason_u32(a);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			reason.missing = reason_u32(a);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
		case NLMSGERR_ATTR_POLICY:
			break;
		default:
			complain("extended ack: attribute %u",
				 attribute_type(a));
		}
	}
	if ((const uint8_t *)a != (const uint8_t *)header + header->nlmsg_len)
		complain("extended ack: malformed");
	return reason;
}

/* ----------------------------------------------------------------- verdicts */

static const int known_errors[] = {
	EINVAL, ERANGE, EOVERFLOW, ENOENT, ENODEV, EOPNOTSUPP, ENOSPC, ENOMEM,
};

static bool is_known(int error)
{
	unsigned int i;

	for (i = 0; i < sizeof(known_errors) / sizeof(known_errors[0]); i++)
		if (known_errors[i] == error)
			return true;
	return false;
}

/* Only one dump can run on a socket. */
static bool dump_before(const struct answer_context *context,
			const struct request *request)
{
	const struct request *other = context->asked->requests;

	for (; other < request; other++)
		if (other->handled && other->mode == SPEC_DUMP)
			return true;
	return false;
}

/*
 * Whether generic netlink itself refuses, without a message: a request too short
 * for its header, an operation that does not exist, a second dump.
 */
static bool refused_without_text(const struct answer_context *context,
				 const struct request *request, int error)
{
	switch (error) {
	case EINVAL:
		return !request->complete;
	case EOPNOTSUPP:
		return !request->operation;
	case EBUSY:
		return request->mode == SPEC_DUMP &&
		       dump_before(context, request);
	default:
		return false;
	}
}

/* Errors of a dump that has started. Other refusals come at once. */
static bool is_late_error(int error)
{
	return error == ENOENT || error == ENOMEM;
}

static void check_refusal(const struct answer_context *context,
			  const struct request *request, int error,
			  const struct reason *reason)
{
	bool ours = !refused_without_text(context, request, error);
	bool needs_text = ours && (request->mode != SPEC_DUMP ||
				   reason->late || dump_refusal_has_text());

	if (ours && !is_known(error) &&
	    !(error == EPERM && !context->channel->privileged))
		complain("refused with %s", strerrorname_np(error));
	if (needs_text && !reason->text)
		complain("refused with %s and without a message",
			 strerrorname_np(error));
	if (reason->late && !is_late_error(error))
		complain("a dump ends in %s instead of being refused",
			 strerrorname_np(error));
	if (reason->offset && (reason->offset < NLMSG_HDRLEN + GENL_HDRLEN ||
			       reason->offset + NLA_HDRLEN >
			       request->header.nlmsg_len))
		complain("the attribute at fault is at offset %u of %u",
			 reason->offset, request->header.nlmsg_len);
	if (reason->missing && request->operation &&
	    !(request->operation->mode[request->mode].request >>
	      reason->missing & 1))
		complain("attribute %u is missed and does not belong there",
			 reason->missing);
}

static void check_acceptance(const struct answer_context *context,
			     const struct request *request)
{
	bool answers;

	if (!request->operation) {
		complain("accepted, but not in the spec: command %u",
			 request->command);
		return;
	}
	if (!context->channel->privileged)
		complain("accepted without CAP_SYS_ADMIN: %s",
			 request->operation->name);
	/* A request to delete has an answer only if it may be about several. */
	answers = request->operation->mode[SPEC_DO].answers;
	if (request->mode == SPEC_DO && request->answered != answers &&
	    (!answers || !request->operation->undoes))
		complain("%s was accepted %s an answer",
			 request->operation->name,
			 request->answered ? "with" : "without");
}

static void set_verdict(const struct answer_context *context,
			struct request *request, int error,
			const struct reason *reason)
{
	if (request->verdict != VERDICT_NONE)
		complain("a second verdict: %s", strerrorname_np(error));
	request->verdict = error ? VERDICT_REFUSED : VERDICT_ACCEPTED;
	request->error = error;
	request->missing = reason->missing;
	if (error && request->handled) {
		record_text(error, reason->text ?: "");
		check_refusal(context, request, error, reason);
	} else if (request->handled) {
		check_acceptance(context, request);
	}
}

/* ----------------------------------------------------------------- messages */

static struct request *find_request(const struct answer_context *context,
				    const struct nlmsghdr *header)
{
	struct datagram *asked = context->asked;
	size_t i;

	if (!asked)
		return NULL;
	for (i = 0; i < asked->nr; i++)
		if (asked->requests[i].header.nlmsg_seq == header->nlmsg_seq)
			return &asked->requests[i];
	complain("an answer to nothing: sequence number %u",
		 header->nlmsg_seq);
	return NULL;
}

static bool is_sound_error(const struct nlmsghdr *header, size_t size, int error)
{
	if (header->nlmsg_len >= NLMSG_HDRLEN + size && error <= 0)
		return true;
	complain("message type %u of %u bytes has error %d",
		 header->nlmsg_type, header->nlmsg_len, error);
	return false;
}

/* A refusal repeats the request, or only its header. */
static size_t check_echo(const struct answer_context *context,
			 const struct request *request,
			 const struct nlmsghdr *header,
			 const struct nlmsgerr *error)
{
	bool capped = !error->error || context->channel->capped;
	size_t payload = request->header.nlmsg_len - NLMSG_HDRLEN;
	size_t size = NLMSG_HDRLEN + sizeof(*error);

	if (memcmp(&error->msg, &request->header, NLMSG_HDRLEN))
		complain("an error repeats another header");
	if (!(header->nlmsg_flags & NLM_F_CAPPED) == capped)
		complain("an error has flags %#x", header->nlmsg_flags);
	if (capped)
		return size;
	if (size + payload > header->nlmsg_len ||
	    memcmp(error + 1, &context->asked->bytes[request->offset +
						     NLMSG_HDRLEN], payload))
		complain("an error repeats another request");
	return size + NLMSG_ALIGN(payload);
}

static void take_error(const struct answer_context *context,
		       const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = NLMSG_DATA(header);
	struct request *request;
	struct reason reason;

	if (!is_sound_error(header, sizeof(*error), error->error))
		return;
	request = find_request(context, header);
	if (!request)
		return;
	reason = take_reason(header, check_echo(context, request, header,
						error));
	if (!error->error && !(request->header.nlmsg_flags & NLM_F_ACK))
		complain("an acknowledgment that was not requested");
	if (!error->error && request->handled && request->mode == SPEC_DUMP)
		complain("a dump was acknowledged");
	if (error->error && !request->handled &&
	    request->header.nlmsg_type < DATAGRAM_FAMILIES)
		complain("refused and not handled: %s",
			 strerrorname_np(-error->error));
	set_verdict(context, request, -error->error, &reason);
}

static void take_done(const struct answer_context *context,
		      const struct nlmsghdr *header)
{
	const int *error = NLMSG_DATA(header);
	struct request *request;
	struct reason reason;

	if (!is_sound_error(header, sizeof(*error), *error))
		return;
	if (!(header->nlmsg_flags & NLM_F_MULTI))
		complain("the end of a dump without NLM_F_MULTI");
	request = find_request(context, header);
	if (!request)
		return;
	reason = take_reason(header, NLMSG_HDRLEN + sizeof(*error));
	reason.late = true;
	if (!request->handled || request->mode != SPEC_DUMP)
		complain("the end of a dump that was none");
	set_verdict(context, request, -*error, &reason);
}

static void take_event(const struct spec_event *event,
		       const struct nlmsghdr *header)
{
	const uint8_t *genl = NLMSG_DATA(header);

	check_attributes(event->set, event->attributes, genl + GENL_HDRLEN,
			 header->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
}

static void check_reply(const struct answer_context *context,
			const struct spec_operation *operation, int mode,
			const struct nlmsghdr *header)
{
	const uint8_t *genl = NLMSG_DATA(header);
	size_t size = header->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	if (header->nlmsg_pid != context->channel->port)
		complain("an answer for port %u", header->nlmsg_pid);
	check_attributes(operation->set, operation->mode[mode].reply,
			 genl + GENL_HDRLEN, size);
	if (context->learnt)
		learn_object(context->learnt, operation->set,
			     genl + GENL_HDRLEN, size);
}

static void take_reply(const struct answer_context *context,
		       const struct spec_operation *operation,
		       const struct nlmsghdr *header)
{
	int mode = header->nlmsg_flags & NLM_F_MULTI ? SPEC_DUMP : SPEC_DO;
	struct request *request = find_request(context, header);

	if (header->nlmsg_flags & ~(NLM_F_MULTI | NLM_F_DUMP_INTR))
		complain("an answer with flags %#x", header->nlmsg_flags);
	check_reply(context, operation, mode, header);
	if (!request)
		return;
	if (request->operation != operation || request->mode != mode)
		complain("an answer of %s to command %u", operation->name,
			 request->command);
	if (mode == SPEC_DO && request->answered)
		complain("%s was answered twice", operation->name);
	if (!context->channel->privileged)
		complain("%s was answered without CAP_SYS_ADMIN",
			 operation->name);
	request->answered = true;
}

static void take_message(const struct answer_context *context,
			 const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = NLMSG_DATA(header);
	const struct spec_operation *operation;
	const struct spec_event *event;

	if (header->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN) {
		complain("a message of %u bytes", header->nlmsg_len);
		return;
	}
	if (genl->version != family.version || genl->reserved)
		complain("an answer of version %u, reserved %u", genl->version,
			 genl->reserved);
	operation = spec_operation(genl->cmd);
	event = spec_event(genl->cmd);
	if (operation)
		take_reply(context, operation, header);
	else if (event)
		take_event(event, header);
	else
		complain("a message with command %u", genl->cmd);
}

static void take(const struct answer_context *context,
		 const struct nlmsghdr *header)
{
	if (header->nlmsg_type == context->id)
		take_message(context, header);
	else if (header->nlmsg_type == NLMSG_ERROR)
		take_error(context, header);
	else if (header->nlmsg_type == NLMSG_DONE)
		take_done(context, header);
	else
		complain("a message of type %u", header->nlmsg_type);
}

void answer_take(const struct answer_context *context, const void *data,
		 size_t size)
{
	const struct nlmsghdr *header = data;
	size_t step;

	while (size >= NLMSG_HDRLEN) {
		if (header->nlmsg_len < NLMSG_HDRLEN ||
		    header->nlmsg_len > size) {
			complain("a message of %u bytes in %zu",
				 header->nlmsg_len, size);
			return;
		}
		take(context, header);
		step = NLMSG_ALIGN(header->nlmsg_len);
		if (step > size)
			step = size;
		header = (const void *)header + step;
		size -= step;
	}
	if (size)
		complain("%zu bytes after the last message", size);
}

/* --------------------------------------------------------------------- end */

bool answer_dump_runs(const struct datagram *asked)
{
	const struct request *request = asked->requests;

	for (; request < &asked->requests[asked->nr]; request++)
		if (request->handled && request->mode == SPEC_DUMP &&
		    request->verdict == VERDICT_NONE)
			return true;
	return false;
}

static void end_request(const struct answer_context *context,
			struct request *request, bool left)
{
	bool acknowledged = request->header.nlmsg_flags & NLM_F_ACK;
	bool silent = !request->handled || request->mode == SPEC_DO;

	if (request->verdict != VERDICT_NONE)
		return;
	if (left) {
		request->verdict = VERDICT_LEFT;
	} else if (acknowledged || !silent) {
		complain("no answer to sequence number %u",
			 request->header.nlmsg_seq);
	} else {
		request->verdict = VERDICT_ACCEPTED;
		if (request->handled)
			check_acceptance(context, request);
	}
}

void answer_end(const struct answer_context *context, bool left)
{
	struct datagram *asked = context->asked;
	size_t i;

	for (i = 0; i < asked->nr; i++)
		end_request(context, &asked->requests[i], left);
}
