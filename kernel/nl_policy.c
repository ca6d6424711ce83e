// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmstat.yaml */
/* YNL-GEN kernel source */

#include <linux/dmstat.h>
#include <net/netlink.h>

#include "compat.h"
#include "nl_policy.h"
#include "nl_validate.h"

/* Integer value ranges */
static const struct netlink_range_validation dmstat_a_device_minor_range = {
	.max	= 1048575ULL,
};

static const struct netlink_range_validation dmstat_a_region_minor_range = {
	.max	= 1048575ULL,
};

static const struct netlink_range_validation dmstat_a_area_minor_range = {
	.max	= 1048575ULL,
};

static const struct netlink_range_validation dmstat_a_inflight_minor_range = {
	.max	= 1048575ULL,
};

/* DMSTAT_CMD_DEVICE_GET */
const struct nla_policy dmstat_device_get_nl_policy[DMSTAT_A_DEVICE_MINOR + 1] = {
	[DMSTAT_A_DEVICE_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_DEVICE_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_device_minor_range),
};

/* DMSTAT_CMD_REGION_NEW */
const struct nla_policy dmstat_region_new_nl_policy[DMSTAT_A_REGION_CGROUP_ID + 1] = {
	[DMSTAT_A_REGION_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_REGION_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_region_minor_range),
	[DMSTAT_A_REGION_START] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_LENGTH] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_AREA_SIZE] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_AREAS] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_PROGRAM_ID] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id),
	[DMSTAT_A_REGION_HISTOGRAM_BOUNDS] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_histogram_bounds),
	[DMSTAT_A_REGION_EXTENT_RANGES] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_extent_ranges),
	[DMSTAT_A_REGION_USER_DATA] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_user_data),
	[DMSTAT_A_REGION_GROUP] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_group),
	[DMSTAT_A_REGION_OWNED] = { .type = NLA_FLAG, },
	[DMSTAT_A_REGION_SLOW_NS] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_TELL_ERRORS] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMSTAT_A_REGION_TELL_RATE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_CGROUP_ID] = NLA_POLICY_MIN(NLA_U64, 1),
};

/* DMSTAT_CMD_REGION_GET */
const struct nla_policy dmstat_region_get_nl_policy[DMSTAT_A_REGION_GROUP + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_REGION_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_region_minor_range),
	[DMSTAT_A_REGION_PROGRAM_ID] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id),
	[DMSTAT_A_REGION_GROUP] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_group),
};

/* DMSTAT_CMD_REGION_DEL */
const struct nla_policy dmstat_region_del_nl_policy[DMSTAT_A_REGION_GROUP + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_REGION_IDS] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_region_ids),
	[DMSTAT_A_REGION_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_REGION_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_region_minor_range),
	[DMSTAT_A_REGION_PROGRAM_ID] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id),
	[DMSTAT_A_REGION_GROUP] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_group),
};

/* DMSTAT_CMD_REGION_CLEAR */
const struct nla_policy dmstat_region_clear_nl_policy[DMSTAT_A_REGION_REGION_ID + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* DMSTAT_CMD_AREA_GET */
const struct nla_policy dmstat_area_get_nl_policy[DMSTAT_A_AREA_UNCLEARED + 1] = {
	[DMSTAT_A_AREA_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_AREA_FIRST_AREA] = { .type = NLA_U64, },
	[DMSTAT_A_AREA_AREA_COUNT] = NLA_POLICY_MIN(NLA_U64, 1),
	[DMSTAT_A_AREA_ACTIVE] = { .type = NLA_FLAG, },
	[DMSTAT_A_AREA_CLEAR] = { .type = NLA_FLAG, },
	[DMSTAT_A_AREA_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_AREA_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_area_minor_range),
	[DMSTAT_A_AREA_PROGRAM_ID] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id),
	[DMSTAT_A_AREA_GROUP] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_group),
	[DMSTAT_A_AREA_MERGE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_AREA_UNCLEARED] = { .type = NLA_FLAG, },
};

/* DMSTAT_CMD_INFLIGHT_GET */
const struct nla_policy dmstat_inflight_get_nl_policy[DMSTAT_A_INFLIGHT_MINOR + 1] = {
	[DMSTAT_A_INFLIGHT_MAJOR] = NLA_POLICY_MAX(NLA_U32, 4095),
	[DMSTAT_A_INFLIGHT_MINOR] = NLA_POLICY_FULL_RANGE(NLA_U32, &dmstat_a_inflight_minor_range),
};

/* DMSTAT_CMD_REGION_SET */
const struct nla_policy dmstat_region_set_nl_policy[DMSTAT_A_REGION_TELL_RATE + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_PROGRAM_ID] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id),
	[DMSTAT_A_REGION_USER_DATA] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_user_data),
	[DMSTAT_A_REGION_GROUP] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_group),
	[DMSTAT_A_REGION_SLOW_NS] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_TELL_ERRORS] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMSTAT_A_REGION_TELL_RATE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_LENGTH] = { .type = NLA_U64, },
	[DMSTAT_A_REGION_EXTENT_RANGES] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_extent_ranges),
};

/* DMSTAT_CMD_SEQUENCE_GET */
const struct nla_policy dmstat_sequence_get_nl_policy[DMSTAT_A_SEQUENCE_MULTICAST_GROUP + 1] = {
	[DMSTAT_A_SEQUENCE_MULTICAST_GROUP] = NLA_POLICY_MAX(NLA_U32, 1),
};
