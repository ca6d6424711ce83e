// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests for the numbers of multicast messages.
 */
#include <linux/dmstat.h>
#include <net/genetlink.h>

#include "nl_event.h"
#include "nl_notify.h"
#include "nl_put.h"
#include "nl_request.h"
#include "nl_sequence.h"

static_assert((int)DMSTAT_NL_NOTIFY_REGION ==
	      (int)DMSTAT_MULTICAST_GROUP_REGION);
static_assert((int)DMSTAT_NL_NOTIFY_IO == (int)DMSTAT_MULTICAST_GROUP_IO);

static int get_group(const struct nlattr *attr, u32 *group,
		     struct netlink_ext_ack *extack)
{
	if (attr) {
		*group = nla_get_u32(attr);
		return 0;
	}
	NL_SET_ERR_MSG(extack, "multicast-group is required");
	NL_SET_ERR_ATTR_MISS(extack, NULL, DMSTAT_A_SEQUENCE_MULTICAST_GROUP);
	return -EINVAL;
}

/**
 * dmstat_nl_sequence_get_doit() - answer DMSTAT_CMD_SEQUENCE_GET
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_sequence_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmstat_nl_message message;
	struct sk_buff *answer;
	u32 group, sequence;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      get_group(info->attrs[DMSTAT_A_SEQUENCE_MULTICAST_GROUP], &group,
			info->extack);
	if (ret)
		return ret;

	answer = dmstat_nl_answer_new(2 * nla_total_size(sizeof(u32)), info);
	if (!answer)
		return -ENOMEM;
	sequence = group == DMSTAT_MULTICAST_GROUP_REGION ?
		   dmstat_nl_notify_sequence() : dmstat_nl_event_sequence();
	dmstat_nl_message_answer(&message, info);
	return dmstat_nl_answer(answer,
				dmstat_nl_put_sequence(answer, &message, group,
						       sequence), info);
}
