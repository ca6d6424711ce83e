// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that read the areas of a region, and clear them.
 */
#include <linux/dmstat.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "compat.h"
#include "nl_area.h"
#include "nl_put.h"
#include "nl_request.h"
#include "read.h"
#include "region.h"
#include "registry.h"
#include "values.h"

struct area_dump {
	u64 next;			/* area */
	u64 end;			/* one past the last area */
	u32 region_id;
	bool active;
	bool clear;
	bool cleared;			/* an area, and the clear was counted */
};

static int area_dump_range(struct area_dump *dump, struct nlattr **attrs,
			   const struct dmstat_kregion *region,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *first = attrs[DMSTAT_A_AREA_FIRST_AREA];
	struct nlattr *count = attrs[DMSTAT_A_AREA_AREA_COUNT];

	dump->next = first ? nla_get_u64(first) : 0;
	if (dump->next >= region->areas) {
		NL_SET_ERR_MSG_ATTR(extack, first,
				    "first-area is beyond the region's last area");
		return -ERANGE;
	}

	dump->end = region->areas;
	if (!count)
		return 0;
	if (check_add_overflow(dump->next, nla_get_u64(count), &dump->end)) {
		NL_SET_ERR_MSG_ATTR(extack, count,
				    "first-area + area-count does not fit 64 bits");
		return -EOVERFLOW;
	}
	if (dump->end > region->areas) {
		NL_SET_ERR_MSG_ATTR(extack, count,
				    "first-area + area-count is beyond the region's last area");
		return -ERANGE;
	}
	return 0;
}

/**
 * dmstat_nl_area_get_start() - start a dump of a region's areas
 * @cb: the dump
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_area_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = dmstat_dump_attrs(cb);
	struct area_dump *dump = (void *)cb->ctx;
	struct dmstat_kregion *region;
	int ret;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	ret = dmstat_nl_check_privilege(cb->skb, cb->extack);
	if (ret)
		return ret;

	region = dmstat_nl_get_region(attrs[DMSTAT_A_AREA_REGION_ID], cb->extack);
	if (IS_ERR(region))
		return PTR_ERR(region);

	dump->region_id = region->member.id;
	dump->active = attrs[DMSTAT_A_AREA_ACTIVE];
	dump->clear = attrs[DMSTAT_A_AREA_CLEAR];
	ret = area_dump_range(dump, attrs, region, cb->extack);
	dmstat_region_put(region);
	return ret;
}

static bool area_is_wanted(const struct area_dump *dump, bool any,
			   const struct dmstat_area_values *values)
{
	return !dump->active || any || values->in_flight[0] ||
	       values->in_flight[1];
}

/* A dump that clears any areas counts as one clear of the region. */
static void area_dump_cleared(struct area_dump *dump,
			      struct dmstat_kregion *region)
{
	if (!dump->cleared)
		dmstat_region_count_clear(region);
	dump->cleared = true;
}

/* Put one area in @skb, and clear it if that was asked for and it fitted. */
static int area_dump_one(struct sk_buff *skb, struct area_dump *dump,
			 const struct dmstat_nl_message *message,
			 struct dmstat_kregion *region, u32 area,
			 struct dmstat_area_values *values)
{
	bool any;
	int ret;

	any = dmstat_read_area(region, area, values);
	if (!area_is_wanted(dump, any, values))
		return 0;
	if (dump->clear && any) {
		ret = dmstat_clear_prepare(region, area);
		if (ret)
			return ret;
	}

	ret = dmstat_nl_put_area(skb, message, region, area, values);
	if (!ret && dump->clear && any) {
		dmstat_clear_area(region, area, values);
		area_dump_cleared(dump, region);
	}
	return ret;
}

/* Put the areas that are read under one lock in @skb, from dump->next on. */
static int area_dump_some(struct sk_buff *skb, struct area_dump *dump,
			  const struct dmstat_nl_message *message,
			  struct dmstat_kregion *region,
			  struct dmstat_area_values *values)
{
	u32 nr = min_t(u64, dump->end - dump->next, DMSTAT_READ_AREAS);
	unsigned int noio;
	int ret = 0;
	u32 i;

	if (dump->active && !dmstat_read_any_active(region, dump->next, nr)) {
		dump->next += nr;
		return 0;
	}

	noio = dmstat_read_begin(region);
	for (i = 0; i < nr; i++) {
		ret = area_dump_one(skb, dump, message, region, dump->next,
				    values);
		if (ret)
			break;
		dump->next++;
	}
	dmstat_read_end(region, noio);
	return ret;
}

static int area_dump_fill(struct sk_buff *skb, struct netlink_callback *cb,
			  struct dmstat_kregion *region)
{
	struct area_dump *dump = (void *)cb->ctx;
	struct dmstat_area_values *values;
	struct dmstat_nl_message message;
	int ret = 0;

	values = dmstat_read_values_new(region);
	if (!values) {
		NL_SET_ERR_MSG(cb->extack,
			       "no memory to read areas: continue with the first one that was not sent");
		return -ENOMEM;
	}

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_AREA_GET);
	while (dump->next < dump->end && !ret) {
		ret = area_dump_some(skb, dump, &message, region, values);
		cond_resched();
	}
	kfree(values);

	/* Before an error, what @skb already holds is sent. */
	if (ret == -EMSGSIZE || skb->len)
		return skb->len;
	if (ret)
		NL_SET_ERR_MSG(cb->extack,
			       "no memory to clear an area: it was not sent");
	return ret;
}

/**
 * dmstat_nl_area_get_dumpit() - fill a datagram of a dump of areas
 * @skb: the datagram
 * @cb: the dump
 *
 * Finds the region for each datagram, so that a dump that its client does not
 * read holds nothing.
 *
 * Return: the length of @skb, 0 at the end; -ENOENT, the region was deleted;
 * -ENOMEM.
 */
int dmstat_nl_area_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct area_dump *dump = (void *)cb->ctx;
	struct dmstat_kregion *region;
	int ret;

	region = dmstat_registry_get(dump->region_id);
	if (!region) {
		NL_SET_ERR_MSG(cb->extack, "the region was deleted meanwhile");
		return -ENOENT;
	}
	ret = area_dump_fill(skb, cb, region);
	dmstat_region_put(region);
	return ret;
}
