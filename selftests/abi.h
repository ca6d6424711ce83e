/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the ABI tests share: what a refusal has to look like.
 *
 * The parent tears fixtures down, so that nothing is left even if a test dies.
 */
#ifndef _ABI_H
#define _ABI_H

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <linux/dmstat.h>

#include "kselftest_harness.h"
#include "request.h"

/* Seconds; 30, the harness's own, are too few on an emulated debug kernel. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 300

/* By NLMSG_ERROR, which every client sees, and without objects. */
#define EXPECT_ERROR(got, expected_error)				\
do {									\
	struct answer _e = (got);					\
									\
	TH_LOG("%s: \"%s\", attribute %u", strerror(_e.error), _e.text,	\
	       _e.fault);						\
	EXPECT_EQ(_e.error, (expected_error));				\
	EXPECT_EQ(_e.end, NLMSG_ERROR);					\
	EXPECT_EQ(_e.nr, 0);						\
} while (0)

/* An error, a message, the attribute at fault (0: none), and nothing else. */
#define EXPECT_REFUSED(got, expected_error, expected_fault)		\
do {									\
	struct answer _a = (got);					\
									\
	EXPECT_ERROR(_a, expected_error);				\
	EXPECT_STRNE(_a.text, "");					\
	EXPECT_EQ(_a.fault, (expected_fault));				\
} while (0)

/* The same for a dump: old kernels send neither message nor attribute. */
#define EXPECT_DUMP_REFUSED(got, expected_error, expected_fault)	\
do {									\
	struct answer _d = (got);					\
									\
	if (dump_refusal_has_text())					\
		EXPECT_REFUSED(_d, expected_error, expected_fault);	\
	else								\
		EXPECT_ERROR(_d, expected_error);			\
} while (0)

/* A refusal that names a missing attribute. */
#define EXPECT_MISSING(got, expected_missing)			\
do {									\
	struct answer _m = (got);					\
									\
	EXPECT_REFUSED(_m, EINVAL, 0);					\
	EXPECT_EQ(_m.missing, (expected_missing));			\
} while (0)

/*
 * A request needs two attributes to name its device: @major and the next type.
 */
#define EXPECT_DEVICE_NEEDED(netlink, command, major)			\
do {									\
	EXPECT_MISSING(netlink_do(netlink, command, ATTRIBUTES()),	\
		       major);						\
	EXPECT_MISSING(netlink_do(netlink, command,			\
				  ATTRIBUTES(U32((major) + 1, 0))),	\
		       major);						\
	EXPECT_MISSING(netlink_do(netlink, command,			\
				  ATTRIBUTES(U32(major, 254))),		\
		       (major) + 1);					\
} while (0)

/* @ask is netlink_do or netlink_dump. */
#define EXPECT_DEVICE_IN_RANGE(ask, netlink, command, major)		\
do {									\
	EXPECT_REFUSED(ask(netlink, command,				\
			   ATTRIBUTES(U32_PAIR(major, 4096, 0))),	\
		       ERANGE, major);					\
	EXPECT_REFUSED(ask(netlink, command,				\
			   ATTRIBUTES(U32_PAIR(major, dm_major(),	\
					       1 << 20))),		\
		       ERANGE, (major) + 1);				\
} while (0)

#define ASSERT_TAKEN(got)						\
do {									\
	struct answer _a = (got);					\
									\
	ASSERT_EQ(_a.error, 0) {					\
		TH_LOG("%s: \"%s\"", strerror(_a.error), _a.text);	\
	}								\
} while (0)

/* What an area has counted of an operation. */
#define EXPECT_IO(area, operation, ios, sectors, errors)		\
do {									\
	const struct object *_o = (area);				\
									\
	EXPECT_EQ(io_counter(_o, operation, DMSTAT_A_IO_IOS), ios);	\
	EXPECT_EQ(io_counter(_o, operation, DMSTAT_A_IO_SECTORS),	\
		  sectors);						\
	EXPECT_EQ(io_counter(_o, operation, DMSTAT_A_IO_ERRORS), errors); \
} while (0)

#endif /* _ABI_H */
