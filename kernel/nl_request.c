// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all requests share: the privilege, the device or region that a request
 * names, and the answer. Each refusal sets a message in the extended ack.
 */
#include <linux/capability.h>
#include <linux/dmstat.h>
#include <linux/kdev_t.h>
#include <net/genetlink.h>

#include "device.h"
#include "nl_request.h"
#include "region.h"
#include "registry.h"

/**
 * dmstat_nl_check_privilege() - check that the sender of a request may make it
 * @skb: the request
 * @extack: for the message
 *
 * Return: 0 or -EPERM.
 */
int dmstat_nl_check_privilege(struct sk_buff *skb,
			      struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

/**
 * dmstat_nl_check_unused() - refuse an attribute that a request does not use
 * @attr: the attribute, or NULL
 * @extack: for the message
 *
 * A command has one policy, but a dump may use other attributes than a request
 * for one object.
 *
 * Return: 0 or -EINVAL.
 */
int dmstat_nl_check_unused(const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "this attribute does not belong to this request");
	return -EINVAL;
}

static_assert((int)DMSTAT_A_REGION_REGION_ID == (int)DMSTAT_A_AREA_REGION_ID);

/**
 * dmstat_nl_check_region_id() - check that a request has a region id
 * @id: the attribute, or NULL
 * @extack: for the message
 *
 * Return: 0 or -EINVAL.
 */
int dmstat_nl_check_region_id(const struct nlattr *id,
			      struct netlink_ext_ack *extack)
{
	if (id)
		return 0;
	NL_SET_ERR_MSG(extack, "region-id is required");
	NL_SET_ERR_ATTR_MISS(extack, NULL, DMSTAT_A_REGION_REGION_ID);
	return -EINVAL;
}

/* In every set the minor number comes right after the major number. */
static_assert(DMSTAT_A_DEVICE_MINOR - DMSTAT_A_DEVICE_MAJOR == 1);
static_assert(DMSTAT_A_REGION_MINOR - DMSTAT_A_REGION_MAJOR == 1);
static_assert(DMSTAT_A_AREA_MINOR - DMSTAT_A_AREA_MAJOR == 1);
static_assert(DMSTAT_A_INFLIGHT_MINOR - DMSTAT_A_INFLIGHT_MAJOR == 1);

/**
 * dmstat_nl_get_devt() - get the device number of a request
 * @attrs: the attributes of the request
 * @major: which of them is the major number; the minor number follows
 * @devt: set to the device number
 * @extack: for the message
 *
 * Return: 0; -EINVAL, one of them is missing.
 */
int dmstat_nl_get_devt(struct nlattr **attrs, int major, dev_t *devt,
		       struct netlink_ext_ack *extack)
{
	int minor = major + 1;

	if (!attrs[major] || !attrs[minor]) {
		NL_SET_ERR_MSG(extack, "major and minor are required");
		NL_SET_ERR_ATTR_MISS(extack, NULL,
				     attrs[major] ? minor : major);
		return -EINVAL;
	}
	*devt = MKDEV(nla_get_u32(attrs[major]), nla_get_u32(attrs[minor]));
	return 0;
}

/**
 * dmstat_nl_get_text() - get a string of a request
 * @attr: the attribute, or NULL
 *
 * Return: the string, which is part of the request; or NULL.
 */
const char *dmstat_nl_get_text(const struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

/**
 * dmstat_nl_get_match() - get what the regions of a request have in common
 * @attrs: the attributes of the request
 * @major: which of them is the major number; the minor number follows
 * @program_id: which is the program id
 * @group: which is the group
 * @match: set to all of it; points into the request
 * @extack: for the message
 *
 * Return: 0; -EINVAL, only one of the two numbers is there.
 */
int dmstat_nl_get_match(struct nlattr **attrs, int major, int program_id,
			int group, struct dmstat_registry_match *match,
			struct netlink_ext_ack *extack)
{
	match->label.program_id = dmstat_nl_get_text(attrs[program_id]);
	match->label.group = dmstat_nl_get_text(attrs[group]);
	match->by_device = attrs[major] || attrs[major + 1];
	return match->by_device ?
	       dmstat_nl_get_devt(attrs, major, &match->devt, extack) : 0;
}

static int refuse_device(int error, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	switch (error) {
	case -ENXIO:
		NL_SET_ERR_MSG_ATTR(extack, attr, "the device is going away");
		return -ENODEV;
	case -ENOTBLK:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a partition: name its disk, and a range of its sectors");
		return -EOPNOTSUPP;
	case -EXDEV:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the driver of this disk passes I/O on where it cannot be followed: watch a device-mapper device above it; the disks below it may not see all");
		return -EOPNOTSUPP;
	case -EOPNOTSUPP:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the device is request-based: this kernel has no tracepoints block_split and block_rq_complete to see its I/O");
		return error;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no such block device, or it has no table yet");
		return error;
	}
}

/**
 * dmstat_nl_get_device() - get the device that a request names
 * @attrs: the attributes of the request
 * @major: which of them is the major number; the minor number follows
 * @info: set to what is known of the device
 * @extack: for the message
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL, a number is missing; -ENODEV, there is none, or it has no
 * table yet; -EOPNOTSUPP, its I/O cannot be counted.
 */
int dmstat_nl_get_device(struct nlattr **attrs, int major,
			 struct dmstat_device_info *info,
			 struct netlink_ext_ack *extack)
{
	dev_t devt;
	int ret;

	ret = dmstat_nl_get_devt(attrs, major, &devt, extack);
	if (ret)
		return ret;
	ret = dmstat_device_find(devt, info);
	return ret ? refuse_device(ret, attrs[major], extack) : 0;
}

/**
 * dmstat_nl_get_device_of() - get the device of a region
 * @region: the region
 * @info: set to what is known of the device
 * @id: the attribute that names the region
 * @extack: for the message
 *
 * Context: process, may sleep.
 * Return: 0; -ENODEV, it is going away.
 */
int dmstat_nl_get_device_of(const struct dmstat_kregion *region,
			    struct dmstat_device_info *info,
			    const struct nlattr *id,
			    struct netlink_ext_ack *extack)
{
	int ret = dmstat_device_find(region->device->devt, info);

	return ret ? refuse_device(ret, id, extack) : 0;
}

/**
 * dmstat_nl_get_region() - get the region that a request names
 * @id: the attribute, or NULL
 * @extack: for the message
 *
 * Context: process.
 * Return: the region with a reference; -EINVAL, there is no id; -ENOENT, no
 * such region.
 */
struct dmstat_kregion *dmstat_nl_get_region(const struct nlattr *id,
					    struct netlink_ext_ack *extack)
{
	struct dmstat_kregion *region;
	int ret = dmstat_nl_check_region_id(id, extack);

	if (ret)
		return ERR_PTR(ret);
	region = dmstat_registry_get(nla_get_u32(id));
	if (region)
		return region;
	NL_SET_ERR_MSG_ATTR(extack, id, "no such region");
	return ERR_PTR(-ENOENT);
}

/**
 * dmstat_nl_answer_new() - allocate an answer
 * @size: bytes of payload
 * @info: the request
 *
 * Context: process, may sleep.
 * Return: the answer, for dmstat_nl_answer() or nlmsg_free(); or NULL.
 */
struct sk_buff *dmstat_nl_answer_new(size_t size, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		NL_SET_ERR_MSG(info->extack,
			       "no memory for the answer: nothing was done, try again");
	return skb;
}

/**
 * dmstat_nl_answer() - send an answer
 * @skb: the answer; used up
 * @ret: what filling it returned
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_answer(struct sk_buff *skb, int ret, struct genl_info *info)
{
	if (ret) {
		/* coverage: the answer has room for all that is put in it */
		nlmsg_free(skb);
		return ret;
	}
	return genlmsg_reply(skb, info);
}
