// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that create, list, set, clear and delete regions.
 */
#include <linux/dmstat.h>
#include <linux/mm.h>
#include <net/genetlink.h>

#include "compat.h"
#include "nl_notify.h"
#include "nl_put.h"
#include "nl_region.h"
#include "nl_request.h"
#include "nl_spec.h"
#include "owner.h"
#include "read.h"
#include "region.h"
#include "registry.h"
#include "resize.h"

static void get_label(struct nlattr **attrs, struct dmstat_label_spec *label)
{
	const struct nlattr *data = attrs[DMSTAT_A_REGION_USER_DATA];

	label->program_id =
		dmstat_nl_get_text(attrs[DMSTAT_A_REGION_PROGRAM_ID]);
	label->group = dmstat_nl_get_text(attrs[DMSTAT_A_REGION_GROUP]);
	if (data) {
		label->user_data = nla_data(data);
		label->user_data_size = nla_len(data);
	}
}

static void get_tell(struct nlattr **attrs, struct dmstat_tell_spec *tell)
{
	const struct nlattr *slow_ns = attrs[DMSTAT_A_REGION_SLOW_NS];
	const struct nlattr *errors = attrs[DMSTAT_A_REGION_TELL_ERRORS];
	const struct nlattr *rate = attrs[DMSTAT_A_REGION_TELL_RATE];

	*tell = (struct dmstat_tell_spec) {
		.slow_ns = slow_ns ? nla_get_u64(slow_ns) ?: U64_MAX : 0,
		.errors = errors && nla_get_u32(errors),
		.rate = rate ? nla_get_u32(rate) : 0,
		.set_slow_ns = slow_ns,
		.set_errors = errors,
		.set_rate = rate,
	};
}

static int get_match(struct nlattr **attrs, struct dmstat_registry_match *match,
		     struct netlink_ext_ack *extack)
{
	return dmstat_nl_get_match(attrs, DMSTAT_A_REGION_MAJOR,
				   DMSTAT_A_REGION_PROGRAM_ID,
				   DMSTAT_A_REGION_GROUP, match, extack);
}

/* Return: the error number to answer. */
static int refuse_new(int error, struct nlattr **attrs,
		      struct netlink_ext_ack *extack)
{
	switch (error) {
	case -ENXIO:
		NL_SET_ERR_MSG_ATTR(extack, attrs[DMSTAT_A_REGION_MAJOR],
				    "the device is going away");
		return -ENODEV;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack,
			       "over the module's memory limit: use fewer areas, delete regions, or raise the parameter memory_limit");
		return error;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack,
			       "no memory: nothing was created; use fewer areas or fewer regions that overlap, or try again");
		return error;
	case -EBUSY:
		NL_SET_ERR_MSG(extack, "no region id is free: delete regions");
		return error;
	default:
		NL_SET_ERR_MSG(extack,
			       "cannot attach to the tracepoints of the block layer");
		return error;
	}
}

/* Prepare for a change that is answered with the region. */
static int change_init(struct dmstat_change *change, struct genl_info *info)
{
	struct sk_buff *answer;

	answer = dmstat_nl_answer_new(dmstat_nl_region_size(), info);
	if (!answer)
		return -ENOMEM;
	dmstat_nl_change_init(change, answer, info);
	return 0;
}

static int region_new(const struct dmstat_region_params *params,
		      struct genl_info *info)
{
	struct dmstat_change change;
	int ret, sent;

	ret = change_init(&change, info);
	if (ret)
		return ret;
	ret = dmstat_registry_create(params, &change);
	sent = dmstat_nl_change_end(&change);
	return ret ? refuse_new(ret, info->attrs, info->extack) : sent;
}

/* A region that the sender's socket owns; it is open until this returns. */
static int region_new_owned(struct sk_buff *skb,
			    struct dmstat_region_params *params,
			    struct genl_info *info)
{
	struct dmstat_owner *owner = dmstat_owner_get(NETLINK_CB(skb).sk,
						      info->snd_portid);
	int ret;

	if (IS_ERR(owner))
		return refuse_new(PTR_ERR(owner), info->attrs, info->extack);
	params->owner = owner;
	ret = region_new(params, info);
	dmstat_owner_put(owner);
	return ret;
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
	struct dmstat_nl_spec spec;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack);
	if (ret)
		return ret;

	ret = dmstat_nl_spec_get(&spec, info);
	if (ret)
		return ret;
	get_label(info->attrs, &spec.region.label);
	get_tell(info->attrs, &spec.region.tell);
	if (info->attrs[DMSTAT_A_REGION_OWNED])
		ret = region_new_owned(skb, &spec.region, info);
	else
		ret = region_new(&spec.region, info);
	dmstat_nl_spec_free(&spec);
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
	struct dmstat_kregion *region;
	struct sk_buff *answer;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_MAJOR],
				     info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_MINOR],
				     info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_PROGRAM_ID],
				     info->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_GROUP],
				     info->extack);
	if (ret)
		return ret;

	region = dmstat_nl_get_region(attrs[DMSTAT_A_REGION_REGION_ID],
				      info->extack);
	if (IS_ERR(region))
		return PTR_ERR(region);

	answer = dmstat_nl_answer_new(dmstat_nl_region_size(), info);
	ret = answer ? dmstat_nl_answer_region(answer, region, info) : -ENOMEM;
	dmstat_region_put(region);
	return ret;
}

struct region_dump {
	unsigned long next_id;
	/* Points into the request, which netlink keeps until the end. */
	struct dmstat_registry_match match;
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

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	/* So that each datagram has room for the largest message. */
	cb->min_dump_alloc = dmstat_nl_region_total_size();
	return dmstat_nl_check_privilege(cb->skb, cb->extack) ?:
	       dmstat_nl_check_unused(attrs[DMSTAT_A_REGION_REGION_ID],
				      cb->extack) ?:
	       get_match(attrs, &dump->match, cb->extack);
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
	struct dmstat_kregion *region;
	unsigned long id;
	int ret = 0;

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_REGION_GET);
	message.dump = cb;
	cb->seq = dmstat_registry_list_seq();
	for (id = dump->next_id; (region = dmstat_registry_next(&id)); id++) {
		if (dmstat_registry_is_of_device(region, &dump->match))
			ret = dmstat_nl_put_region_of(skb, &message, region,
						      &dump->match.label);
		dmstat_region_put(region);
		if (ret)
			break;
		cond_resched();
	}
	dump->next_id = id;
	return skb->len ?: ret;
}

/* Return: the error number to answer. */
static int refuse_set(int error, const struct nlattr *id,
		      struct netlink_ext_ack *extack)
{
	switch (error) {
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(extack, id, "no such region");
		return error;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack,
			       "over the module's memory limit: nothing was set; delete regions, or raise the parameter memory_limit");
		return error;
	case -EBUSY:
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "an I/O that started before the region's last change of size has not ended: try again when it has");
		return error;
	case -EAGAIN:
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "I/O that started before other regions of the device changed their size has not ended: try again when it has");
		return -EBUSY;
	case -E2BIG:
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "the areas that stay are in too many pieces: create a new region");
		return error;
	case -ERANGE:
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "too many areas come while others go: set a smaller size first, or create a new region");
		return error;
	case -EINTR:
		/* coverage: the requester was killed */
		NL_SET_ERR_MSG(extack, "interrupted: nothing was set");
		return error;
	default:
		NL_SET_ERR_MSG(extack,
			       "no memory: nothing was set, try again");
		return error;
	}
}

/* What to set. */
struct settings {
	struct dmstat_label_spec label;
	struct dmstat_tell_spec tell;
	const struct dmstat_resize_spec *size;	/* or NULL */
};

static int region_set(const struct nlattr *id, const struct settings *settings,
		      struct genl_info *info)
{
	struct dmstat_change change;
	int ret, sent;

	ret = change_init(&change, info);
	if (ret)
		return ret;
	ret = dmstat_registry_set(nla_get_u32(id), &settings->label,
				  &settings->tell, settings->size, &change);
	sent = dmstat_nl_change_end(&change);
	return ret ? refuse_set(ret, id, info->extack) : sent;
}

/* As above, with a size, which is checked against the region and its device. */
static int region_resize(const struct nlattr *id, struct settings *settings,
			 struct genl_info *info)
{
	struct dmstat_resize_spec size;
	struct dmstat_kregion *region;
	struct dmstat_nl_spec spec;
	int ret;

	region = dmstat_nl_get_region(id, info->extack);
	if (IS_ERR(region))
		return PTR_ERR(region);
	ret = dmstat_nl_spec_get_size(&spec, region, info);
	dmstat_region_put(region);
	if (ret)
		return ret;

	size = (struct dmstat_resize_spec) {
		.extents = spec.region.extents,
		.nr_extents = spec.region.nr_extents,
		.areas = spec.region.areas,
	};
	settings->size = &size;
	ret = region_set(id, settings, info);
	dmstat_nl_spec_free(&spec);
	return ret;
}

static bool is_label(const struct dmstat_label_spec *label)
{
	return label->program_id || label->user_data || label->group;
}

static bool is_tell(const struct dmstat_tell_spec *tell)
{
	return tell->set_slow_ns || tell->set_errors || tell->set_rate;
}

/**
 * dmstat_nl_region_set_doit() - answer DMSTAT_CMD_REGION_SET: change a region
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[DMSTAT_A_REGION_REGION_ID];
	struct settings settings = {};
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_check_region_id(id, info->extack);
	if (ret)
		return ret;

	get_label(info->attrs, &settings.label);
	get_tell(info->attrs, &settings.tell);
	if (info->attrs[DMSTAT_A_REGION_LENGTH] ||
	    info->attrs[DMSTAT_A_REGION_EXTENT_RANGES])
		return region_resize(id, &settings, info);
	if (is_label(&settings.label) || is_tell(&settings.tell))
		return region_set(id, &settings, info);
	NL_SET_ERR_MSG(info->extack,
		       "nothing to set: program-id, user-data, group, slow-ns, tell-errors, tell-rate, length or extent-ranges is required");
	return -EINVAL;
}

static int get_region_ids(const struct nlattr *attr,
			  struct dmstat_registry_filter *filter,
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
		      struct dmstat_registry_filter *filter,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *id = attrs[DMSTAT_A_REGION_REGION_ID];
	const struct nlattr *ids = attrs[DMSTAT_A_REGION_REGION_IDS];
	const struct nlattr *common = attrs[DMSTAT_A_REGION_MAJOR] ?:
				      attrs[DMSTAT_A_REGION_MINOR] ?:
				      attrs[DMSTAT_A_REGION_PROGRAM_ID] ?:
				      attrs[DMSTAT_A_REGION_GROUP];

	if (!id && !ids && !common) {
		NL_SET_ERR_MSG(extack,
			       "region-id, region-ids, major and minor, program-id or group is required");
		NL_SET_ERR_ATTR_MISS(extack, NULL, DMSTAT_A_REGION_REGION_ID);
		return -EINVAL;
	}
	if (!!id + !!ids + !!common > 1) {
		NL_SET_ERR_MSG_ATTR(extack, common ?: ids,
				    "give only one of region-id, region-ids, and what regions have in common");
		return -EINVAL;
	}
	if (id || ids)
		return get_region_ids(id ?: ids, filter, extack);

	return get_match(attrs, &filter->match, extack);
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
		NL_SET_ERR_MSG(extack, "no region matches");
	else
		/* coverage: the requester was killed */
		NL_SET_ERR_MSG(extack, "interrupted: some regions may be left");
}

static int region_del(const struct dmstat_registry_filter *filter, u32 *deleted,
		      struct genl_info *info)
{
	struct dmstat_change change;
	int ret;

	dmstat_nl_change_init(&change, NULL, info);
	ret = dmstat_registry_delete(filter, &change, deleted);
	dmstat_nl_change_end(&change);
	if (ret)
		refuse_del(ret, info->attrs, info->extack);
	return ret;
}

/* Delete regions, and answer how many were deleted. */
static int region_del_many(const struct dmstat_registry_filter *filter,
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
	return dmstat_nl_answer(answer,
				dmstat_nl_put_deleted(answer, &message,
						      deleted), info);
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
	struct dmstat_registry_filter filter = {};
	u32 deleted;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      get_filter(info->attrs, &filter, info->extack);
	if (ret)
		return ret;
	/* For one region the acknowledgment is enough. */
	return info->attrs[DMSTAT_A_REGION_REGION_ID] ?
	       region_del(&filter, &deleted, info) :
	       region_del_many(&filter, info);
}

static int region_clear(struct dmstat_kregion *region, struct genl_info *info)
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
	ret = dmstat_registry_cleared(region, &change);
	dmstat_nl_change_end(&change);
	if (ret)
		NL_SET_ERR_MSG(info->extack,
			       "the region was deleted meanwhile");
	return ret;
}

/**
 * dmstat_nl_region_clear_doit() - answer DMSTAT_CMD_REGION_CLEAR: clear it all
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_region_clear_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmstat_kregion *region;
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
