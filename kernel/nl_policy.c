// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policies: which attributes each request may have, and their ranges.
 */
#include <linux/types.h>
#include <linux/kdev_t.h>

#include "nl_policy.h"
#include "nl_validate.h"

#define POLICY_PROGRAM_ID \
	NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, dmstat_nl_validate_program_id)
#define POLICY_USER_DATA \
	NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_user_data)
#define POLICY_BOUNDS \
	NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_bounds)
#define POLICY_EXTENT_RANGES \
	NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_extent_ranges)
#define POLICY_REGION_IDS \
	NLA_POLICY_VALIDATE_FN(NLA_BINARY, dmstat_nl_validate_region_ids)

static struct netlink_range_validation minor_range = {
	.max = MINORMASK,
};

#define POLICY_MAJOR NLA_POLICY_MAX(NLA_U32, (1U << (32 - MINORBITS)) - 1)
#define POLICY_MINOR NLA_POLICY_FULL_RANGE(NLA_U32, &minor_range)

const struct nla_policy
dmstat_device_get_nl_policy[DMSTAT_A_DEVICE_MINOR + 1] = {
	[DMSTAT_A_DEVICE_MAJOR] = POLICY_MAJOR,
	[DMSTAT_A_DEVICE_MINOR] = POLICY_MINOR,
};

const struct nla_policy
dmstat_region_new_nl_policy[DMSTAT_A_REGION_USER_DATA + 1] = {
	[DMSTAT_A_REGION_MAJOR] = POLICY_MAJOR,
	[DMSTAT_A_REGION_MINOR] = POLICY_MINOR,
	[DMSTAT_A_REGION_START] = { .type = NLA_U64 },
	[DMSTAT_A_REGION_LENGTH] = { .type = NLA_U64 },
	[DMSTAT_A_REGION_AREA_SIZE] = { .type = NLA_U64 },
	[DMSTAT_A_REGION_AREAS] = { .type = NLA_U64 },
	[DMSTAT_A_REGION_PROGRAM_ID] = POLICY_PROGRAM_ID,
	[DMSTAT_A_REGION_HISTOGRAM_BOUNDS] = POLICY_BOUNDS,
	[DMSTAT_A_REGION_EXTENT_RANGES] = POLICY_EXTENT_RANGES,
	[DMSTAT_A_REGION_USER_DATA] = POLICY_USER_DATA,
};

const struct nla_policy
dmstat_region_set_nl_policy[DMSTAT_A_REGION_USER_DATA + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_PROGRAM_ID] = POLICY_PROGRAM_ID,
	[DMSTAT_A_REGION_USER_DATA] = POLICY_USER_DATA,
};

const struct nla_policy
dmstat_region_get_nl_policy[DMSTAT_A_REGION_PROGRAM_ID + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_MAJOR] = POLICY_MAJOR,
	[DMSTAT_A_REGION_MINOR] = POLICY_MINOR,
	[DMSTAT_A_REGION_PROGRAM_ID] = POLICY_PROGRAM_ID,
};

const struct nla_policy
dmstat_region_del_nl_policy[DMSTAT_A_REGION_REGION_IDS + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_REGION_MAJOR] = POLICY_MAJOR,
	[DMSTAT_A_REGION_MINOR] = POLICY_MINOR,
	[DMSTAT_A_REGION_PROGRAM_ID] = POLICY_PROGRAM_ID,
	[DMSTAT_A_REGION_REGION_IDS] = POLICY_REGION_IDS,
};

const struct nla_policy
dmstat_region_clear_nl_policy[DMSTAT_A_REGION_REGION_ID + 1] = {
	[DMSTAT_A_REGION_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

const struct nla_policy
dmstat_area_get_nl_policy[DMSTAT_A_AREA_CLEAR + 1] = {
	[DMSTAT_A_AREA_REGION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMSTAT_A_AREA_FIRST_AREA] = { .type = NLA_U64 },
	[DMSTAT_A_AREA_AREA_COUNT] = NLA_POLICY_MIN(NLA_U64, 1),
	[DMSTAT_A_AREA_ACTIVE] = { .type = NLA_FLAG },
	[DMSTAT_A_AREA_CLEAR] = { .type = NLA_FLAG },
};

const struct nla_policy
dmstat_inflight_get_nl_policy[DMSTAT_A_INFLIGHT_MINOR + 1] = {
	[DMSTAT_A_INFLIGHT_MAJOR] = POLICY_MAJOR,
	[DMSTAT_A_INFLIGHT_MINOR] = POLICY_MINOR,
};
