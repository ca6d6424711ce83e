// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that create, list, set, clear and delete regions.
 */
#include <linux/dmstat.h>
#include <linux/mm.h>
#include <net/genetlink.h>

#include "compat.h"
#include "memory.h"
#include "nl_notify.h"
#include "nl_put.h"
#include "nl_region.h"
#include "nl_request.h"
#include "read.h"
#include "region.h"

/* ------------------------------------------------------ parse and check */

static const char *get_program_id(struct nlattr **attrs)
{
	const struct nlattr *attr = attrs[DMSTAT_A_REGION_PROGRAM_ID];

	return attr ? nla_data(attr) : NULL;
}

static void get_label(struct nlattr **attrs, struct dmstat_label_spec *label)
{
	const struct nlattr *data = attrs[DMSTAT_A_REGION_USER_DATA];

	label->program_id = get_program_id(attrs);
	if (data) {
		label->user_data = nla_data(data);
		label->user_data_size = nla_len(data);
	}
}

/* Return: how many. */
static u32 get_bounds(struct nlattr **attrs, u64 *bounds)
{
	const struct nlattr *attr = attrs[DMSTAT_A_REGION_HISTOGRAM_BOUNDS];

	if (!attr)
		return 0;
	return nla_memcpy(bounds, attr, DMSTAT_HISTOGRAM_BOUNDS_MAX *
			  sizeof(*bounds)) / sizeof(*bounds);
}

/* The extent that starts at @before or later, from the @i-th range of @attr. */
static int get_extent(const struct nlattr *attr, u32 i, sector_t before,
		      struct dmstat_extent *extent,
		      struct netlink_ext_ack *extack)
{
	struct dmstat_extent_range range;

	/* Attributes are aligned to 4 bytes only. */
	memcpy(&range, nla_data(attr) + i * sizeof(range), sizeof(range));
	if (!range.length) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an extent's length is zero: it has at least one sector");
		return -EINVAL;
	}
	extent->start = range.start;
	if (check_add_overflow(range.start, range.length, &extent->end)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an extent's start + length does not fit 64 bits");
		return -EOVERFLOW;
	}
	if (extent->start < before) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "extents have to rise and must not overlap: sort them, join those that do");
		return -EINVAL;
	}
	return 0;
}

static int check_extents_alone(struct nlattr **attrs,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[DMSTAT_A_REGION_START] ?:
			      attrs[DMSTAT_A_REGION_LENGTH];

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "give start and length or extents, not both");
	return -EINVAL;
}

static size_t extents_memory(u32 nr)
{
	return dmstat_memory_size(nr * sizeof(struct dmstat_extent));
}

static void free_extents(struct dmstat_extent *extents, u32 nr)
{
	if (!extents)
		return;
	kvfree(extents);
	dmstat_memory_uncharge(extents_memory(nr));
}

static u32 count_ranges(const struct nlattr *attr)
{
	return nla_len(attr) / sizeof(struct dmstat_extent_range);
}

static int count_extents(struct genl_info *info, u32 *nr)
{
	int offset = GENL_HDRLEN, left;
	const struct nlattr *attr;

	*nr = 0;
	nlmsg_for_each_attr_type(attr, DMSTAT_A_REGION_EXTENT_RANGES,
				 info->nlhdr, offset, left) {
		*nr += count_ranges(attr);
		if (*nr <= DMSTAT_EXTENTS_MAX)
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "more than 65536 extents: make several regions");
		return -ERANGE;
	}
	return 0;
}

/* Return: an array for free_extents(), or an error number. */
static struct dmstat_extent *alloc_extents(u32 nr,
					   struct netlink_ext_ack *extack)
{
	struct dmstat_extent *extents;

	if (!dmstat_memory_charge(extents_memory(nr))) {
		NL_SET_ERR_MSG(extack,
			       "over the module's memory limit: use fewer extents, delete regions, or raise the parameter memory_limit");
		return ERR_PTR(-ENOSPC);
	}
	extents = kvcalloc(nr, sizeof(*extents), GFP_KERNEL | __GFP_NOWARN);
	if (extents)
		return extents;
	dmstat_memory_uncharge(extents_memory(nr));
	NL_SET_ERR_MSG(extack,
		       "no memory for the extents: nothing was made, try again");
	return ERR_PTR(-ENOMEM);
}

static int fill_extents(struct genl_info *info, struct dmstat_extent *extents)
{
	int offset = GENL_HDRLEN, left, ret;
	const struct nlattr *attr;
	sector_t before = 0;
	u32 i;

	nlmsg_for_each_attr_type(attr, DMSTAT_A_REGION_EXTENT_RANGES,
				 info->nlhdr, offset, left) {
		for (i = 0; i < count_ranges(attr); i++) {
			ret = get_extent(attr, i, before, extents,
					 info->extack);
			if (ret)
				return ret;
			before = extents++->end;
		}
		/* After 4,095 extents at most. */
		cond_resched();
	}
	return 0;
}

/* Fills an array for free_extents(), or NULL if there are no extents. */
static int get_extents(struct genl_info *info, struct dmstat_extent **extents,
		       u32 *nr)
{
	struct dmstat_extent *array;
	int ret;

	*extents = NULL;
	*nr = 0;
	if (!info->attrs[DMSTAT_A_REGION_EXTENT_RANGES])
		return 0;
	ret = check_extents_alone(info->attrs, info->extack) ?:
	      count_extents(info, nr);
	if (ret)
		return ret;
	array = alloc_extents(*nr, info->extack);
	if (IS_ERR(array))
		return PTR_ERR(array);
	*extents = array;
	return fill_extents(info, array);
}

/* ------------------------------------------------------------- regions */

static void get_spec(struct nlattr **attrs, struct dmstat_region_spec *spec)
{
	if (attrs[DMSTAT_A_REGION_START])
		spec->start = nla_get_u64(attrs[DMSTAT_A_REGION_START]);
	if (attrs[DMSTAT_A_REGION_LENGTH]) {
		spec->have_length = true;
		spec->length = nla_get_u64(attrs[DMSTAT_A_REGION_LENGTH]);
	}
	if (attrs[DMSTAT_A_REGION_AREA_SIZE]) {
		spec->have_area_size = true;
		spec->area_size = nla_get_u64(attrs[DMSTAT_A_REGION_AREA_SIZE]);
	}
	if (attrs[DMSTAT_A_REGION_AREAS]) {
		spec->have_areas = true;
		spec->areas = nla_get_u64(attrs[DMSTAT_A_REGION_AREAS]);
	}
}

static void refuse_spec(const struct genl_info *info, int error,
			enum dmstat_region_fault fault)
{
	static const u16 fault_attr[] = {
		[DMSTAT_FAULT_DEVICE] = DMSTAT_A_REGION_MAJOR,
		[DMSTAT_FAULT_START] = DMSTAT_A_REGION_START,
		[DMSTAT_FAULT_LENGTH] = DMSTAT_A_REGION_LENGTH,
		[DMSTAT_FAULT_AREAS] = DMSTAT_A_REGION_AREAS,
		[DMSTAT_FAULT_AREA_SIZE] = DMSTAT_A_REGION_AREA_SIZE,
		[DMSTAT_FAULT_EXTENT] = DMSTAT_A_REGION_EXTENT_RANGES,
		[DMSTAT_FAULT_BOUNDS] = DMSTAT_A_REGION_HISTOGRAM_BOUNDS,
	};

	if (error == -ENOMEM)
		NL_SET_ERR_MSG(info->extack,
			       "no memory: nothing was made; use fewer areas or fewer regions that overlap, or try again");
	if (fault != DMSTAT_FAULT_NONE)
		NL_SET_BAD_ATTR(info->extack, info->attrs[fault_attr[fault]]);
}

static int region_new(const struct dmstat_region_spec *spec,
		      struct genl_info *info)
{
	enum dmstat_region_fault fault;
	struct dmstat_change change;
	struct sk_buff *answer;
	int ret, sent;

	answer = dmstat_nl_answer_new(dmstat_nl_region_size(), info);
	if (!answer)
		return -ENOMEM;
	dmstat_nl_change_init(&change, answer, info);
	ret = dmstat_region_new(spec, &change, &fault, info->extack);
	sent = dmstat_nl_change_end(&change);
	if (ret)
		refuse_spec(info, ret, fault);
	return ret ?: sent;
}

/**
 * dmstat_nl_region_new_doit() - answer DMSTAT_CMD_REGION_NEW: create a region
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 bounds[DMSTAT_HISTOGRAM_BOUNDS_MAX];
	struct dmstat_region_spec spec = { .bounds = bounds };
	struct dmstat_extent *extents;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_get_devt(info->attrs, DMSTAT_A_REGION_MAJOR, &spec.devt,
				 info->extack);
	if (ret)
		return ret;

	ret = get_extents(info, &extents, &spec.nr_extents);
	if (!ret) {
		spec.extents = extents;
		spec.nr_bounds = get_bounds(info->attrs, bounds);
		get_label(info->attrs, &spec.label);
		get_spec(info->attrs, &spec);
		ret = region_new(&spec, info);
	}
	free_extents(extents, spec.nr_extents);
	return ret;
}

/**
 * dmstat_nl_region_get_doit() - answer DMSTAT_CMD_REGION_GET: one region
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct dmstat_region *region;
	struct sk_buff *answer;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_MAJOR], info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_MINOR], info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_PROGRAM_ID], info->extack);
	if (ret)
		return ret;

	region = dmstat_nl_get_region(attrs[DMSTAT_A_REGION_REGION_ID], info->extack);
	if (IS_ERR(region))
		return PTR_ERR(region);

	answer = dmstat_nl_answer_new(dmstat_nl_region_size(), info);
	ret = answer ? dmstat_nl_answer_region(answer, region, info) : -ENOMEM;
	dmstat_region_put(region);
	return ret;
}

struct region_dump {
	unsigned long next_id;
	/* Or NULL. In the request, which netlink keeps until the dump ends. */
	const char *program_id;
	dev_t devt;			/* if by_device */
	bool by_device;
};

/**
 * dmstat_nl_region_get_start() - start a dump of regions
 * @cb: the dump
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = dmstat_dump_attrs(cb);
	struct region_dump *dump = (void *)cb->ctx;
	int ret;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	/* Each datagram has room for a message about any region. */
	cb->min_dump_alloc = dmstat_nl_region_total_size();
	ret = dmstat_nl_check_privilege(cb->skb, cb->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_REGION_ID], cb->extack);
	if (ret)
		return ret;

	dump->program_id = get_program_id(attrs);
	dump->by_device = attrs[DMSTAT_A_REGION_MAJOR] ||
			  attrs[DMSTAT_A_REGION_MINOR];
	if (dump->by_device)
		ret = dmstat_nl_get_devt(attrs, DMSTAT_A_REGION_MAJOR, &dump->devt,
					 cb->extack);
	return ret;
}

/* By device; the message sees to the program id. */
static bool region_dump_wants(const struct region_dump *dump,
			      const struct dmstat_region *region)
{
	return !dump->by_device || region->device->devt == dump->devt;
}

/**
 * dmstat_nl_region_get_dumpit() - fill a datagram of a dump of regions
 * @skb: the datagram
 * @cb: the dump
 *
 * Return: the length of @skb, 0 at the end; or a negative error number.
 */
int dmstat_nl_region_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct region_dump *dump = (void *)cb->ctx;
	struct dmstat_nl_message message;
	struct dmstat_region *region;
	unsigned long id;
	int ret = 0;

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_REGION_GET);
	message.dump = cb;
	message.program_id = dump->program_id;
	cb->seq = dmstat_region_generation();
	for (id = dump->next_id; (region = dmstat_region_next(&id)); id++) {
		if (region_dump_wants(dump, region))
			ret = dmstat_nl_put_region(skb, &message, region);
		dmstat_region_put(region);
		if (ret)
			break;
		cond_resched();
	}
	dump->next_id = id;
	return skb->len ?: ret;
}

static void refuse_set(int error, const struct nlattr *id,
		       struct netlink_ext_ack *extack)
{
	switch (error) {
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(extack, id, "no such region");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack,
			       "over the module's memory limit: nothing was set; delete regions, or raise the parameter memory_limit");
		break;
	default:
		NL_SET_ERR_MSG(extack,
			       "no memory: nothing was set, try again");
	}
}

static int region_set(const struct nlattr *id,
		      const struct dmstat_label_spec *label,
		      struct genl_info *info)
{
	struct dmstat_change change;
	struct sk_buff *answer;
	int ret, sent;

	answer = dmstat_nl_answer_new(dmstat_nl_region_size(), info);
	if (!answer)
		return -ENOMEM;
	dmstat_nl_change_init(&change, answer, info);
	ret = dmstat_region_set(nla_get_u32(id), label, &change);
	sent = dmstat_nl_change_end(&change);
	if (ret)
		refuse_set(ret, id, info->extack);
	return ret ?: sent;
}

/**
 * dmstat_nl_region_set_doit() - answer DMSTAT_CMD_REGION_SET: label a region
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[DMSTAT_A_REGION_REGION_ID];
	struct dmstat_label_spec label = {};
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_check_region_id(id, info->extack);
	if (ret)
		return ret;

	get_label(info->attrs, &label);
	if (!label.program_id && !label.user_data) {
		NL_SET_ERR_MSG(info->extack,
			       "set what? give program-id, user-data or both");
		return -EINVAL;
	}
	return region_set(id, &label, info);
}

static int get_region_ids(const struct nlattr *attr,
			  struct dmstat_region_filter *filter,
			  struct netlink_ext_ack *extack)
{
	u32 i;

	filter->ids = nla_data(attr);
	filter->nr_ids = nla_len(attr) / sizeof(u32);
	for (i = 0; i < filter->nr_ids; i++) {
		if (filter->ids[i] > (i ? filter->ids[i - 1] : 0))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "region ids have to rise, from more than zero");
		return -EINVAL;
	}
	return 0;
}

/* One region, a list of them, or what they have in common. */
static int get_filter(struct nlattr **attrs,
		      struct dmstat_region_filter *filter,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *id = attrs[DMSTAT_A_REGION_REGION_ID];
	const struct nlattr *ids = attrs[DMSTAT_A_REGION_REGION_IDS];
	const struct nlattr *common = attrs[DMSTAT_A_REGION_MAJOR] ?:
				      attrs[DMSTAT_A_REGION_MINOR] ?:
				      attrs[DMSTAT_A_REGION_PROGRAM_ID];

	if (!id && !ids && !common) {
		NL_SET_ERR_MSG(extack,
			       "which regions? give region-id, region-ids, or major and minor, program-id or both");
		NL_SET_ERR_ATTR_MISS(extack, NULL, DMSTAT_A_REGION_REGION_ID);
		return -EINVAL;
	}
	if (!!id + !!ids + !!common > 1) {
		NL_SET_ERR_MSG_ATTR(extack, common ?: ids,
				    "give region-id, region-ids, or what regions have in common: one of these");
		return -EINVAL;
	}
	if (id || ids)
		return get_region_ids(id ?: ids, filter, extack);

	filter->program_id = get_program_id(attrs);
	filter->by_device = attrs[DMSTAT_A_REGION_MAJOR] ||
			    attrs[DMSTAT_A_REGION_MINOR];
	return filter->by_device ?
	       dmstat_nl_get_devt(attrs, DMSTAT_A_REGION_MAJOR, &filter->devt, extack) :
	       0;
}

static void refuse_del(int error, struct nlattr **attrs,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *ids = attrs[DMSTAT_A_REGION_REGION_IDS];

	if (error == -ENOENT && attrs[DMSTAT_A_REGION_REGION_ID])
		NL_SET_ERR_MSG_ATTR(extack, attrs[DMSTAT_A_REGION_REGION_ID],
				    "no such region");
	else if (error == -ENOENT && ids)
		NL_SET_ERR_MSG_ATTR(extack, ids,
				    "one of the regions does not exist: none was deleted");
	else if (error == -ENOENT)
		NL_SET_ERR_MSG(extack, "there is no such region");
	else
		/* coverage: the requester is dead */
		NL_SET_ERR_MSG(extack, "interrupted: some may be left");
}

static int region_del(const struct dmstat_region_filter *filter, u32 *deleted,
		      struct genl_info *info)
{
	struct dmstat_change change;
	int ret;

	dmstat_nl_change_init(&change, NULL, info);
	ret = dmstat_region_del(filter, &change, deleted);
	dmstat_nl_change_end(&change);
	if (ret)
		refuse_del(ret, info->attrs, info->extack);
	return ret;
}

/* Delete regions and answer how many they were. */
static int region_del_many(const struct dmstat_region_filter *filter,
			   struct genl_info *info)
{
	struct dmstat_nl_message message;
	struct sk_buff *answer;
	u32 deleted;
	int ret;

	answer = dmstat_nl_answer_new(nla_total_size(sizeof(u32)), info);
	if (!answer)
		return -ENOMEM;
	ret = region_del(filter, &deleted, info);
	if (ret) {
		nlmsg_free(answer);
		return ret;
	}
	dmstat_nl_message_answer(&message, info);
	return dmstat_nl_answer(answer, dmstat_nl_put_deleted(answer, &message, deleted),
		     info);
}

/**
 * dmstat_nl_region_del_doit() - answer DMSTAT_CMD_REGION_DEL: delete regions
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmstat_region_filter filter = {};
	u32 deleted;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      get_filter(info->attrs, &filter, info->extack);
	if (ret)
		return ret;
	/* One region: the acknowledgment says all. */
	return info->attrs[DMSTAT_A_REGION_REGION_ID] ?
	       region_del(&filter, &deleted, info) :
	       region_del_many(&filter, info);
}

static int region_clear(struct dmstat_region *region, struct genl_info *info)
{
	struct dmstat_change change;
	int ret;

	ret = dmstat_clear(region);
	if (ret) {
		dmstat_region_count_clear(region);
		NL_SET_ERR_MSG(info->extack,
			       "no memory: some areas were cleared, the others are unchanged");
		return ret;
	}

	dmstat_nl_change_init(&change, NULL, info);
	ret = dmstat_region_cleared(region, &change);
	dmstat_nl_change_end(&change);
	if (ret)
		NL_SET_ERR_MSG(info->extack,
			       "the region was deleted meanwhile");
	return ret;
}

/**
 * dmstat_nl_region_clear_doit() - answer DMSTAT_CMD_REGION_CLEAR: clear a region
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_clear_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmstat_region *region;
	int ret = dmstat_nl_check_privilege(skb, info->extack);

	if (ret)
		return ret;

	region = dmstat_nl_get_region(info->attrs[DMSTAT_A_REGION_REGION_ID],
				      info->extack);
	if (IS_ERR(region))
		return PTR_ERR(region);

	ret = region_clear(region, info);
	dmstat_region_put(region);
	return ret;
}
