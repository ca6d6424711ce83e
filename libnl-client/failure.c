// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * failure: the description of the last error
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The kernel's extended acknowledgment is parsed here because libnl 3.7 does
 * not.
 */
#include "failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <netlink/msg.h>

#include "attribute.h"
#include "refusal.h"

/* Names and kernel messages must not send control characters to a terminal. */
static void make_one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

/**
 * dmstat_failure_text() - describe an error in the library's own words
 * @failure: set to the description
 * @error: negative error number
 * @format: the text, as for printf()
 *
 * Return: @error.
 */
int dmstat_failure_text(struct failure *failure, int error,
			const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(failure->text, sizeof(failure->text), format, arguments);
	va_end(arguments);
	make_one_line(failure->text);

	failure->extack = false;
	failure->attribute = 0;
	return error;
}

/**
 * dmstat_failure_errno() - describe an error by its number
 * @failure: set to the description
 * @error: negative error number
 *
 * Return: @error.
 */
int dmstat_failure_errno(struct failure *failure, int error)
{
	if (error == -EBADMSG)
		return dmstat_failure_text(failure, error,
					   "the kernel's answer is malformed");

	/*
	 * %m instead of strerror(), which is not thread-safe. A callback may
	 * have returned INT_MIN, which cannot be negated as an int.
	 */
	errno = -(unsigned int)error;
	return dmstat_failure_text(failure, error, "%m");
}

/**
 * dmstat_failure_refused() - describe a refusal without an extack message
 * @failure: set to the description
 * @error: negative error number
 * @request: the refused request
 *
 * Return: @error.
 */
int dmstat_failure_refused(struct failure *failure, int error,
			   const struct nlmsghdr *request)
{
	const char *words = dmstat_refusal(request, error);

	if (words)
		return dmstat_failure_text(failure, error, "%s", words);
	return dmstat_failure_errno(failure, error);
}

/*
 * The kernel's words for an attribute that the module's policy does not have.
 * The module is older than the library.
 */
static bool is_unknown_to_module(const char *text)
{
	return strcmp(text, "Unknown attribute type") == 0;
}

/* Return: the type of the request's attribute at @offset bytes, or 0. */
static int attribute_at(const struct nlmsghdr *request, uint32_t offset)
{
	const char *at = (const char *)request + offset;
	const struct nlattr *attribute;
	int left;

	if (offset >= request->nlmsg_len)
		return 0;

	for_each_message_attribute(attribute, request, left) {
		const char *start = (const char *)attribute;

		if (at >= start && at < start + attribute->nla_len)
			return attribute_type(attribute);
	}
	return 0;
}

/*
 * Return: where the extended acknowledgment's attributes start. In NLMSG_DONE,
 * after the error number; in NLMSG_ERROR, after the copy of the request, which
 * is only its header if NLM_F_CAPPED is set.
 */
static size_t extack_offset(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = nlmsg_data(answer);
	size_t offset = sizeof(*error);

	if (answer->nlmsg_type == NLMSG_DONE)
		return NLMSG_ALIGN(sizeof(error->error));

	if (!(answer->nlmsg_flags & NLM_F_CAPPED) &&
	    error->msg.nlmsg_len > NLMSG_HDRLEN)
		offset += NLMSG_ALIGN((size_t)error->msg.nlmsg_len -
				      NLMSG_HDRLEN);
	return offset;
}

/**
 * dmstat_failure_extack() - describe an error that the kernel reports
 * @failure: set to the kernel's message and attribute, where it gives them
 * @error: negative error number
 * @answer: NLMSG_ERROR or NLMSG_DONE, long enough for its fixed part
 * @request: the request that it answers
 *
 * Return: @error.
 */
int dmstat_failure_extack(struct failure *failure, int error,
			  const struct nlmsghdr *answer,
			  const struct nlmsghdr *request)
{
	size_t size = nlmsg_datalen(answer), offset;
	const struct nlattr *attribute;
	const void *start;
	const char *text;
	uint32_t value;
	int left, at;

	dmstat_failure_refused(failure, error, request);
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return error;

	offset = extack_offset(answer);
	if (offset > size)
		return error;

	start = (const char *)nlmsg_data(answer) + offset;
	for_each_attribute(attribute, start, (int)(size - offset), left) {
		switch (attribute_type(attribute)) {
		case NLMSGERR_ATTR_MSG:
			if (attribute_string(attribute, &text) || !*text)
				break;
			if (is_unknown_to_module(text)) {
				at = failure->attribute;
				dmstat_failure_text(failure, error,
						    "the module does not know everything in this request: load the module of libdmstat's version");
				failure->attribute = at;
				break;
			}
			snprintf(failure->text, sizeof(failure->text), "%s",
				 text);
			make_one_line(failure->text);
			failure->extack = true;
			break;
		case NLMSGERR_ATTR_OFFS:
			if (!attribute_u32(attribute, &value))
				failure->attribute = attribute_at(request,
								  value);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (!attribute_u32(attribute, &value) &&
			    value <= ATTRIBUTE_TYPE_MAX)
				failure->attribute = value;
			break;
		}
	}
	return error;
}
