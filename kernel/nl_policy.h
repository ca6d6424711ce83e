/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmstat.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_DMSTAT_GEN_H
#define _LINUX_DMSTAT_GEN_H

#include <linux/dmstat.h>
#include <net/netlink.h>

extern const struct nla_policy dmstat_device_get_nl_policy[DMSTAT_A_DEVICE_MINOR + 1];

extern const struct nla_policy dmstat_region_new_nl_policy[DMSTAT_A_REGION_CGROUP_ID + 1];

extern const struct nla_policy dmstat_region_get_nl_policy[DMSTAT_A_REGION_GROUP + 1];

extern const struct nla_policy dmstat_region_del_nl_policy[DMSTAT_A_REGION_GROUP + 1];

extern const struct nla_policy dmstat_region_clear_nl_policy[DMSTAT_A_REGION_REGION_ID + 1];

extern const struct nla_policy dmstat_area_get_nl_policy[DMSTAT_A_AREA_UNCLEARED + 1];

extern const struct nla_policy dmstat_inflight_get_nl_policy[DMSTAT_A_INFLIGHT_MINOR + 1];

extern const struct nla_policy dmstat_region_set_nl_policy[DMSTAT_A_REGION_TELL_RATE + 1];

extern const struct nla_policy dmstat_sequence_get_nl_policy[DMSTAT_A_SEQUENCE_MULTICAST_GROUP + 1];

#endif /* _LINUX_DMSTAT_GEN_H */
