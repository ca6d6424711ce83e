/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink attributes: walking over them, and the integers in them.
 */
#ifndef _ATTRIBUTE_H
#define _ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/netlink.h>

/* Stops at the first attribute that is malformed, or past the end. */
#define for_each_attribute(a, start, size)				\
	for (a = (const void *)(start);					\
	     attribute_fits(a, start, size);				\
	     a = (const void *)(a) + NLA_ALIGN((a)->nla_len))

static inline bool attribute_fits(const struct nlattr *attribute,
				  const void *start, size_t size)
{
	size_t at = (const uint8_t *)attribute - (const uint8_t *)start;

	return at + NLA_HDRLEN <= size && attribute->nla_len >= NLA_HDRLEN &&
	       at + attribute->nla_len <= size;
}

static inline const void *attribute_data(const struct nlattr *attribute)
{
	return attribute + 1;
}

static inline size_t attribute_size(const struct nlattr *attribute)
{
	return attribute->nla_len - NLA_HDRLEN;
}

static inline uint16_t attribute_type(const struct nlattr *attribute)
{
	return attribute->nla_type & NLA_TYPE_MASK;
}

/* An integer of 1, 2, 4 or 8 bytes. */
static inline uint64_t integer_get(const void *data, size_t size)
{
	union {
		uint8_t u8;
		uint16_t u16;
		uint32_t u32;
		uint64_t u64;
	} integer;

	memcpy(&integer, data, size);
	switch (size) {
	case sizeof(uint8_t):
		return integer.u8;
	case sizeof(uint16_t):
		return integer.u16;
	case sizeof(uint32_t):
		return integer.u32;
	default:
		return integer.u64;
	}
}

static inline bool integer_size_is_known(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

#endif /* _ATTRIBUTE_H */
