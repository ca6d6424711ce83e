// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that read the areas of regions, and clear them.
 */
#include <linux/dmstat.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "compat.h"
#include "geometry.h"
#include "nl_area.h"
#include "nl_put.h"
#include "nl_request.h"
#include "read.h"
#include "region.h"
#include "registry.h"
#include "values.h"

/* Kept in 48 bytes, so areas are u32 here: a region has at most U32_MAX. */
struct area_dump {
	/* With @many: the lowest region to dump next. */
	unsigned long region_id;
	/* Of @many; points into the request, which netlink keeps until the end. */
	struct dmstat_registry_match match;
	u32 next;			/* area */
	u32 end;			/* one past the last area to send, at most */
	u32 merge;			/* areas in an answer, at least 1 */
	bool many:1;			/* regions */
	bool active:1;
	bool clear:1;
	bool uncleared:1;		/* what was cleared is given, too */
	bool cleared:1;			/* an area, and the clear was counted */
	/* No memory to clear @next: the last sum ends before it, so the next one
	 * would be of other areas than the client expects.
	 */
	bool failed:1;
};

/* How many regions a dump of many finds, and keeps, at once. */
#define REGIONS_AT_ONCE 32

/* What areas are read to; kept from region to region. All 0 at first. */
struct area_room {
	struct dmstat_area_values *values;
	struct dmstat_area_values *one;	/* of a sum that is cleared, or NULL */
	u32 nr_bins;			/* at most so many */
};

static int area_dump_range(struct area_dump *dump, struct nlattr **attrs,
			   const struct dmstat_kregion *region,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *first = attrs[DMSTAT_A_AREA_FIRST_AREA];
	struct nlattr *count = attrs[DMSTAT_A_AREA_AREA_COUNT];
	u64 next = first ? nla_get_u64(first) : 0, end = U32_MAX;
	u32 areas = dmstat_region_nr_areas(region);

	if (next >= areas) {
		NL_SET_ERR_MSG_ATTR(extack, first,
				    "first-area is beyond the region's last area");
		return -ERANGE;
	}
	if (count && check_add_overflow(next, nla_get_u64(count), &end)) {
		NL_SET_ERR_MSG_ATTR(extack, count,
				    "first-area + area-count does not fit 64 bits");
		return -EOVERFLOW;
	}
	if (count && end > areas) {
		NL_SET_ERR_MSG_ATTR(extack, count,
				    "first-area + area-count is beyond the region's last area");
		return -ERANGE;
	}
	dump->next = next;
	/* Without a number, all areas that the region has by then. */
	dump->end = end;
	return 0;
}

/* The areas of one region, or some of them. */
static int area_dump_of_one(struct area_dump *dump, struct nlattr **attrs,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *common = attrs[DMSTAT_A_AREA_MAJOR] ?:
				      attrs[DMSTAT_A_AREA_MINOR] ?:
				      attrs[DMSTAT_A_AREA_PROGRAM_ID] ?:
				      attrs[DMSTAT_A_AREA_GROUP];
	struct dmstat_kregion *region;
	int ret;

	if (common) {
		NL_SET_ERR_MSG_ATTR(extack, common,
				    "give region-id, or what regions have in common, not both");
		return -EINVAL;
	}
	region = dmstat_nl_get_region(attrs[DMSTAT_A_AREA_REGION_ID], extack);
	if (IS_ERR(region))
		return PTR_ERR(region);

	dump->region_id = region->member.id;
	ret = area_dump_range(dump, attrs, region, extack);
	dmstat_region_put(region);
	return ret;
}

/* All areas of all regions, or of those that have something in common. */
static int area_dump_of_many(struct area_dump *dump, struct nlattr **attrs,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *range = attrs[DMSTAT_A_AREA_FIRST_AREA] ?:
				     attrs[DMSTAT_A_AREA_AREA_COUNT];

	if (range) {
		NL_SET_ERR_MSG_ATTR(extack, range,
				    "first-area and area-count need region-id");
		return -EINVAL;
	}
	dump->many = true;
	return dmstat_nl_get_match(attrs, DMSTAT_A_AREA_MAJOR,
				   DMSTAT_A_AREA_PROGRAM_ID,
				   DMSTAT_A_AREA_GROUP, &dump->match, extack);
}

/* A clear takes what its reader was given: it must not include earlier clears. */
static int area_dump_check_clear(struct nlattr **attrs,
				 struct netlink_ext_ack *extack)
{
	const struct nlattr *uncleared = attrs[DMSTAT_A_AREA_UNCLEARED];

	if (!uncleared || !attrs[DMSTAT_A_AREA_CLEAR])
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, uncleared,
			    "clear and uncleared do not go together: give only one of them");
	return -EINVAL;
}

/**
 * dmstat_nl_area_get_start() - start a dump of areas
 * @cb: the dump
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_area_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = dmstat_dump_attrs(cb);
	struct area_dump *dump = (void *)cb->ctx;
	int ret;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	ret = dmstat_nl_check_privilege(cb->skb, cb->extack) ?:
	      area_dump_check_clear(attrs, cb->extack);
	if (ret)
		return ret;

	dump->active = !!attrs[DMSTAT_A_AREA_ACTIVE];
	dump->clear = !!attrs[DMSTAT_A_AREA_CLEAR];
	dump->uncleared = !!attrs[DMSTAT_A_AREA_UNCLEARED];
	dump->merge = attrs[DMSTAT_A_AREA_MERGE] ?
		      nla_get_u32(attrs[DMSTAT_A_AREA_MERGE]) : 1;
	return attrs[DMSTAT_A_AREA_REGION_ID] ?
	       area_dump_of_one(dump, attrs, cb->extack) :
	       area_dump_of_many(dump, attrs, cb->extack);
}

static bool area_is_wanted(const struct area_dump *dump, bool any,
			   const struct dmstat_area_values *values)
{
	if (!dump->active || any || values->in_flight[0] ||
	    values->in_flight[1])
		return true;
	/* A clear may have set back all that it had counted. */
	return dump->uncleared && values->clears;
}

static enum dmstat_read_since area_dump_since(const struct area_dump *dump)
{
	return dump->uncleared ? DMSTAT_SINCE_CREATION : DMSTAT_SINCE_CLEAR;
}

/* A dump that clears any areas counts as one clear of the region. */
static void area_dump_cleared(struct area_dump *dump,
			      struct dmstat_kregion *region)
{
	if (!dump->cleared)
		dmstat_region_count_clear(region);
	dump->cleared = true;
}

static int area_dump_put(struct sk_buff *skb, const struct area_dump *dump,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_kregion *region, u32 nr,
			 const struct dmstat_area_values *values)
{
	const struct dmstat_nl_areas areas = {
		.first = dump->next,
		.nr = nr,
		.of_any_region = dump->many,
	};

	return dmstat_nl_put_area(skb, message, region, &areas, values);
}

/* Put one area in @skb, and clear it if that was asked for and it fitted. */
static int area_dump_one(struct sk_buff *skb, struct area_dump *dump,
			 const struct dmstat_nl_message *message,
			 struct dmstat_kregion *region,
			 struct dmstat_area_values *values)
{
	u32 area = dump->next;
	bool any;
	int ret;

	any = dmstat_read_area(region, area, area_dump_since(dump), values);
	if (!area_is_wanted(dump, any, values))
		return 0;
	if (dump->clear && any) {
		ret = dmstat_clear_prepare(region, area);
		if (ret)
			return ret;
	}

	ret = area_dump_put(skb, dump, message, region, 1, values);
	if (!ret && dump->clear && any) {
		dmstat_clear_area(region, area, values);
		area_dump_cleared(dump, region);
	}
	return ret;
}

/* Put @nr areas, which are read under one lock, in @skb. */
static int area_dump_some(struct sk_buff *skb, struct area_dump *dump,
			  const struct dmstat_nl_message *message,
			  struct dmstat_kregion *region, u32 nr,
			  struct dmstat_area_values *values)
{
	unsigned int noio = dmstat_read_begin(region);
	int ret = 0;

	for (; nr; nr--) {
		ret = area_dump_one(skb, dump, message, region, values);
		if (ret)
			break;
		dump->next++;
	}
	dmstat_read_end(region, noio);
	return ret;
}

/*
 * Put the sum of @nr areas in @skb. It may take long, and cannot be taken back
 * once the areas are cleared: it is only begun if the message will fit.
 */
static int area_dump_sum(struct sk_buff *skb, struct area_dump *dump,
			 const struct dmstat_nl_message *message,
			 struct dmstat_kregion *region, u32 nr,
			 const struct area_room *room)
{
	bool any;
	int ret;

	if (skb_tailroom(skb) < dmstat_nl_area_total_size(region))
		return -EMSGSIZE;

	ret = dmstat_read_sum(region, dump->next, &nr, area_dump_since(dump),
			      room->values, room->one);
	if (!nr)
		return ret;
	any = dmstat_values_any(&region->store.layout, room->values);
	if (area_is_wanted(dump, any, room->values))
		WARN_ON_ONCE(area_dump_put(skb, dump, message, region, nr,
					   room->values));
	if (dump->clear && any)
		area_dump_cleared(dump, region);
	dump->next += nr;
	dump->failed = !!ret;
	return ret;
}

/* Skip answers none of whose areas has seen I/O. */
static void area_dump_skip(struct area_dump *dump,
			   struct dmstat_kregion *region, u32 end)
{
	u32 area = dmstat_read_next(region, dump->next, end);

	if (area == end)
		dump->next = area;
	else
		dump->next += rounddown(area - dump->next, dump->merge);
}

/* Put the next areas, before @end, in @skb: one sum, or some areas. */
static int area_dump_next(struct sk_buff *skb, struct area_dump *dump,
			  const struct dmstat_nl_message *message,
			  struct dmstat_kregion *region, u32 end,
			  const struct area_room *room)
{
	u32 nr, most = dump->merge > 1 ? dump->merge : DMSTAT_READ_AREAS;

	if (dump->active) {
		area_dump_skip(dump, region, end);
		if (dump->next == end)
			return 0;
	}
	nr = min(end - dump->next, most);
	/* A sum of one area is read as an area is, with its busy time. */
	if (dump->merge > 1 && nr > 1)
		return area_dump_sum(skb, dump, message, region, nr, room);
	return area_dump_some(skb, dump, message, region, nr, room->values);
}

static void area_room_free(struct area_room *room)
{
	kfree(room->one);
	kfree(room->values);
	*room = (struct area_room) {};
}

static noinline int area_room_new(struct area_room *room,
				  const struct area_dump *dump,
				  const struct dmstat_kregion *region)
{
	area_room_free(room);
	room->nr_bins = region->store.layout.nr_bins;
	room->values = dmstat_read_values_new(region);
	if (dump->merge > 1 && dump->clear)
		room->one = dmstat_read_values_new(region);
	if (room->values && (room->one || dump->merge == 1 || !dump->clear))
		return 0;
	area_room_free(room);
	return -ENOMEM;
}

/* Let @room have room for the areas of @region. */
static __always_inline int area_room_fit(struct area_room *room,
					 const struct area_dump *dump,
					 const struct dmstat_kregion *region)
{
	if (likely(room->values &&
		   room->nr_bins >= region->store.layout.nr_bins))
		return 0;
	return area_room_new(room, dump, region);
}

/* The same, of a region whose areas are not renumbered meanwhile. */
static int area_dump_entered(struct sk_buff *skb, struct area_dump *dump,
			     const struct dmstat_nl_message *message,
			     struct dmstat_kregion *region,
			     const struct area_room *room)
{
	u32 end = min(dump->end, dmstat_read_geometry(region)->areas);
	int ret = 0;

	if (dump->failed)
		ret = -ENOMEM;
	while (dump->next < end && !ret) {
		ret = area_dump_next(skb, dump, message, region, end, room);
		/* Inline: regions of one area are many. */
		if (need_resched())
			cond_resched();
	}
	return ret;
}

/*
 * Put the rest of a region's areas in @skb if they are few, and no sums: most
 * regions of a dump of many have one area, and the read_lock alone is faster.
 * Return: whether this was done; @ret as of area_dump_rest().
 */
static __always_inline bool
area_dump_few(struct sk_buff *skb, struct area_dump *dump,
	      const struct dmstat_nl_message *message,
	      struct dmstat_kregion *region, struct dmstat_area_values *values,
	      int *ret)
{
	unsigned int noio = dmstat_read_begin(region);
	u32 end = dmstat_read_geometry(region)->areas;
	bool few;

	*ret = 0;
	few = end <= dump->next + (dump->merge > 1 ? 1 : DMSTAT_READ_AREAS);
	for (; few && dump->next < end; dump->next++) {
		*ret = area_dump_one(skb, dump, message, region, values);
		if (*ret)
			break;
	}
	dmstat_read_end(region, noio);
	return few;
}

/*
 * Put the rest of a region's areas in @skb.
 * Return: 0, it has all of them; -EMSGSIZE, @skb is full; -ENOMEM.
 */
static int area_dump_rest(struct sk_buff *skb, struct netlink_callback *cb,
			  struct dmstat_nl_message *message,
			  struct dmstat_kregion *region, struct area_room *room)
{
	struct area_dump *dump = (void *)cb->ctx;
	unsigned int noio;
	int ret;

	ret = area_room_fit(room, dump, region);
	if (ret) {
		NL_SET_ERR_MSG(cb->extack,
			       "no memory to read areas: continue with the first one that was not sent");
		return ret;
	}

	if (!dump->many || dump->failed ||
	    !area_dump_few(skb, dump, message, region, room->values, &ret)) {
		noio = dmstat_read_enter(region);
		if (!dump->many) {
			/* A message after the region was resized says so. */
			message->dump = cb;
			cb->seq = dmstat_region_shape_seq(region);
		}
		ret = area_dump_entered(skb, dump, message, region, room);
		dmstat_read_leave(region, noio);
	}
	if (ret == -ENOMEM)
		NL_SET_ERR_MSG(cb->extack,
			       "no memory to clear an area: it was not sent");
	return ret;
}

static int area_dump_one_region(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct dmstat_nl_message *message,
				struct area_room *room)
{
	struct area_dump *dump = (void *)cb->ctx;
	struct dmstat_kregion *region;
	int ret;

	region = dmstat_registry_get(dump->region_id);
	if (!region) {
		NL_SET_ERR_MSG(cb->extack, "the region was deleted meanwhile");
		return -ENOENT;
	}
	ret = area_dump_rest(skb, cb, message, region, room);
	dmstat_region_put(region);
	return ret;
}

/* Whether to dump @region, or to go on with it: then it matched before. */
static bool area_dump_enter(struct area_dump *dump,
			    const struct dmstat_kregion *region)
{
	if (dump->region_id == region->member.id && dump->next)
		return true;
	dump->region_id = region->member.id;
	dump->next = 0;
	dump->end = U32_MAX;
	dump->cleared = false;
	return dmstat_registry_matches(region, &dump->match);
}

/* One of several regions. */
static int area_dump_region(struct sk_buff *skb, struct netlink_callback *cb,
			    struct dmstat_nl_message *message,
			    struct dmstat_kregion *region,
			    struct area_room *room)
{
	struct area_dump *dump = (void *)cb->ctx;
	int ret = 0;

	if (area_dump_enter(dump, region))
		ret = area_dump_rest(skb, cb, message, region, room);
	if (!ret) {
		dump->region_id++;
		dump->next = 0;
	}
	return ret;
}

static int area_dump_regions(struct sk_buff *skb, struct netlink_callback *cb,
			     struct dmstat_nl_message *message,
			     struct area_room *room)
{
	struct dmstat_kregion *regions[REGIONS_AT_ONCE];
	struct area_dump *dump = (void *)cb->ctx;
	u32 nr, i;
	int ret = 0;

	do {
		nr = dmstat_registry_get_some(dump->region_id, regions,
					      ARRAY_SIZE(regions));
		for (i = 0; i < nr; i++) {
			if (!ret)
				ret = area_dump_region(skb, cb, message,
						       regions[i], room);
			dmstat_region_put(regions[i]);
		}
		cond_resched();
	} while (nr && !ret);
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
	struct dmstat_nl_message message;
	struct area_room room = {};
	int ret;

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_AREA_GET);
	if (dump->many) {
		message.dump = cb;
		cb->seq = dmstat_registry_list_seq();
		ret = area_dump_regions(skb, cb, &message, &room);
	} else {
		ret = area_dump_one_region(skb, cb, &message, &room);
	}
	area_room_free(&room);
	/* Before an error, what @skb already holds is sent. */
	return skb->len ?: ret;
}
