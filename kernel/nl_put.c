// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling messages: one function per kind of object. Each returns 0, or
 * -EMSGSIZE and leaves the skb as it was.
 */
#include <linux/dmstat.h>
#include <net/genetlink.h>

#include "cgroup.h"
#include "device.h"
#include "geometry.h"
#include "inflight.h"
#include "nl_put.h"
#include "read.h"
#include "region.h"
#include "ring.h"
#include "values.h"
#include "who.h"

const struct genl_family *dmstat_nl_family __ro_after_init;

/*
 * As nla_put(), but without its four calls.
 * @size must need no padding.
 */
static __always_inline int put(struct sk_buff *skb, int type, const void *data,
			       unsigned int size)
{
	struct nlattr *attr;

	BUILD_BUG_ON(nla_padlen(size));
	if (unlikely(skb_tailroom(skb) < (int)nla_attr_size(size)))
		return -EMSGSIZE;
	attr = __skb_put(skb, nla_attr_size(size));
	attr->nla_type = type;
	attr->nla_len = nla_attr_size(size);
	memcpy(nla_data(attr), data, size);
	return 0;
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return put(skb, type, &value, sizeof(value));
}

/* A uint: 4 bytes, or 8 if the value needs them. */
static int put_uint(struct sk_buff *skb, int type, u64 value)
{
	u32 small = value;

	if (small == value)
		return put(skb, type, &small, sizeof(small));
	return put_u64(skb, type, value);
}

static int put_counter(struct sk_buff *skb, int type, u64 value)
{
	return value ? put_uint(skb, type, value) : 0;
}

/**
 * dmstat_nl_message_answer() - set up the header of an answer
 * @message: the header
 * @info: the request
 */
void dmstat_nl_message_answer(struct dmstat_nl_message *message,
			      const struct genl_info *info)
{
	*message = (struct dmstat_nl_message) {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.command = info->genlhdr->cmd,
	};
}

/**
 * dmstat_nl_message_dump() - set up the header of a dump's messages
 * @message: the header
 * @cb: the dump
 * @command: DMSTAT_CMD_*
 */
void dmstat_nl_message_dump(struct dmstat_nl_message *message,
			    struct netlink_callback *cb, u8 command)
{
	*message = (struct dmstat_nl_message) {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.command = command,
	};
}

static void *message_start(struct sk_buff *skb,
			   const struct dmstat_nl_message *message)
{
	void *header;

	header = genlmsg_put(skb, message->portid, message->seq,
			     dmstat_nl_family, message->flags,
			     message->command);
	if (header && message->dump)
		genl_dump_check_consistent(message->dump, header);
	return header;
}

static int message_end(struct sk_buff *skb, void *header, int ret)
{
	if (ret) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static bool any_flush(const struct dmstat_flush_values *flush)
{
	return flush->ios || flush->again || flush->in_flight;
}

static int put_flush(struct sk_buff *skb,
		     const struct dmstat_flush_values *flush)
{
	struct nlattr *nest;

	if (!any_flush(flush))
		return 0;

	nest = nla_nest_start(skb, DMSTAT_A_DEVICE_FLUSH);
	if (!nest)
		return -EMSGSIZE;
	if (put_counter(skb, DMSTAT_A_FLUSH_IOS, flush->ios) ||
	    put_counter(skb, DMSTAT_A_FLUSH_NS, flush->ns) ||
	    put_counter(skb, DMSTAT_A_FLUSH_ERRORS, flush->errors) ||
	    put_counter(skb, DMSTAT_A_FLUSH_LONGEST_NS, flush->longest_ns) ||
	    put_counter(skb, DMSTAT_A_FLUSH_BUSY_NS, flush->busy_ns) ||
	    put_counter(skb, DMSTAT_A_FLUSH_AGAIN, flush->again) ||
	    put_counter(skb, DMSTAT_A_FLUSH_IN_FLIGHT, flush->in_flight) ||
	    nla_put(skb, DMSTAT_A_FLUSH_HISTOGRAM, sizeof(flush->bins),
		    flush->bins))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_device_info(struct sk_buff *skb,
			   const struct dmstat_device_info *info, u64 oldest_ns)
{
	return nla_put_u32(skb, DMSTAT_A_DEVICE_MAJOR, MAJOR(info->disk.devt)) ?:
	       nla_put_u32(skb, DMSTAT_A_DEVICE_MINOR, MINOR(info->disk.devt)) ?:
	       nla_put_string(skb, DMSTAT_A_DEVICE_NAME, info->disk.name) ?:
	       (*info->disk.uuid ? nla_put_string(skb, DMSTAT_A_DEVICE_UUID,
					     info->disk.uuid) : 0) ?:
	       put_counter(skb, DMSTAT_A_DEVICE_SIZE, info->disk.sectors) ?:
	       (info->regions ? nla_put_u32(skb, DMSTAT_A_DEVICE_REGIONS,
					    info->regions) : 0) ?:
	       put_counter(skb, DMSTAT_A_DEVICE_MISSED, info->missed) ?:
	       put_flush(skb, &info->flush) ?:
	       put_counter(skb, DMSTAT_A_DEVICE_OLDEST_NS, oldest_ns);
}

/**
 * dmstat_nl_put_device() - add a message about a device
 * @skb: where to add it
 * @message: its header
 * @info: the device
 * @oldest_ns: age of its oldest I/O in flight, or 0
 *
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_device(struct sk_buff *skb,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_device_info *info, u64 oldest_ns)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header, put_device_info(skb, info, oldest_ns));
}

static int put_histogram_bounds(struct sk_buff *skb,
				const struct dmstat_layout *layout)
{
	if (!layout->nr_bins)
		return 0;
	return nla_put(skb, DMSTAT_A_REGION_HISTOGRAM_BOUNDS,
		       (layout->nr_bins - 1) * sizeof(u64),
		       dmstat_bounds(layout));
}

/* @label is protected by RCU. */
struct region_words {
	char device_name[DM_NAME_LEN];
	const struct dmstat_label *label;
};

static int put_label(struct sk_buff *skb, const struct dmstat_label *label)
{
	if (!label)
		return 0;
	return (*label->program_id ? nla_put_string(skb,
						    DMSTAT_A_REGION_PROGRAM_ID,
						    label->program_id) : 0) ?:
	       (label->user_data_size ? nla_put(skb, DMSTAT_A_REGION_USER_DATA,
						label->user_data_size,
						label->user_data) : 0) ?:
	       (*label->group ? nla_put_string(skb, DMSTAT_A_REGION_GROUP,
					       label->group) : 0);
}

static int put_clears(struct sk_buff *skb, const struct dmstat_kregion *region)
{
	unsigned int seq;
	u64 clears, cleared;

	do {
		seq = read_seqbegin(&region->clears_lock);
		clears = region->clears;
		cleared = region->cleared;
	} while (read_seqretry(&region->clears_lock, seq));
	return put_counter(skb, DMSTAT_A_REGION_CLEARS, clears) ?:
	       put_counter(skb, DMSTAT_A_REGION_CLEARED, cleared);
}

static int put_tell(struct sk_buff *skb, const struct dmstat_kregion *region)
{
	u64 slow_ns = READ_ONCE(region->member.slow_ns);
	bool errors = READ_ONCE(region->member.tell_errors);

	if (slow_ns == U64_MAX && !errors)
		return 0;
	return (slow_ns != U64_MAX ? put_u64(skb, DMSTAT_A_REGION_SLOW_NS,
					     slow_ns) : 0) ?:
	       (errors ? nla_put_u32(skb, DMSTAT_A_REGION_TELL_ERRORS,
				     1) : 0) ?:
	       nla_put_u32(skb, DMSTAT_A_REGION_TELL_RATE,
			   READ_ONCE(region->quota.rate));
}

/* @region's geometry is protected by RCU. */
static int put_geometry(struct sk_buff *skb, const struct dmstat_kregion *region)
{
	const struct dmstat_geometry *geometry =
		rcu_dereference(region->geometry);
	const struct dmstat_index_one *last =
		&geometry->pieces[geometry->nr_pieces - 1];
	sector_t start = geometry->pieces->ref.start;

	return put_u64(skb, DMSTAT_A_REGION_START, start) ?:
	       put_u64(skb, DMSTAT_A_REGION_LENGTH, last->ref.end - start) ?:
	       put_u64(skb, DMSTAT_A_REGION_AREA_SIZE, region->area_size) ?:
	       put_u64(skb, DMSTAT_A_REGION_AREAS, geometry->areas) ?:
	       (region->of_extents ? nla_put_u32(skb, DMSTAT_A_REGION_EXTENTS,
						 geometry->nr_extents) : 0) ?:
	       put_counter(skb, DMSTAT_A_REGION_RESIZES,
			   READ_ONCE(region->resizes));
}

static int put_region_info(struct sk_buff *skb,
			   const struct dmstat_kregion *region,
			   const struct region_words *words)
{
	const struct dmstat_kdevice *device = region->device;

	return nla_put_u32(skb, DMSTAT_A_REGION_REGION_ID, region->member.id) ?:
	       nla_put_u32(skb, DMSTAT_A_REGION_MAJOR, MAJOR(device->devt)) ?:
	       nla_put_u32(skb, DMSTAT_A_REGION_MINOR, MINOR(device->devt)) ?:
	       nla_put_string(skb, DMSTAT_A_REGION_DEVICE_NAME,
			      words->device_name) ?:
	       put_geometry(skb, region) ?:
	       put_label(skb, words->label) ?:
	       put_uint(skb, DMSTAT_A_REGION_MEMORY,
			atomic64_read(&region->store.memory.bytes)) ?:
	       put_uint(skb, DMSTAT_A_REGION_CREATED, region->created) ?:
	       put_counter(skb, DMSTAT_A_REGION_MISSED,
			   atomic64_read(&region->missed)) ?:
	       put_histogram_bounds(skb, &region->store.layout) ?:
	       put_clears(skb, region) ?:
	       (region->owner ? nla_put_flag(skb, DMSTAT_A_REGION_OWNED) : 0) ?:
	       put_tell(skb, region) ?:
	       (region->cgroup ? put_u64(skb, DMSTAT_A_REGION_CGROUP_ID,
					 dmstat_cgroup_id(region->cgroup)) : 0);
}

static int put_event(struct sk_buff *skb, const struct dmstat_nl_event *event)
{
	if (!event)
		return 0;
	return put_uint(skb, DMSTAT_A_REGION_EVENT_TIME, event->time) ?:
	       nla_put_u32(skb, DMSTAT_A_REGION_EVENT_SEQUENCE,
			   event->sequence) ?:
	       (event->cause ? nla_put_u32(skb, DMSTAT_A_REGION_CAUSE,
					   *event->cause) : 0);
}

/**
 * dmstat_nl_region_size() - the size of the largest message about a region
 *
 * Return: bytes of payload.
 */
size_t dmstat_nl_region_size(void)
{
	return 8 * nla_total_size(sizeof(u32)) +
	       13 * nla_total_size(sizeof(u64)) +
	       nla_total_size(0) +
	       nla_total_size(DM_NAME_LEN) +
	       nla_total_size(DMSTAT_PROGRAM_ID_MAX + 1) +
	       nla_total_size(DMSTAT_GROUP_MAX + 1) +
	       nla_total_size(DMSTAT_USER_DATA_MAX) +
	       nla_total_size(DMSTAT_HISTOGRAM_BOUNDS_MAX * sizeof(u64));
}

/**
 * dmstat_nl_region_total_size() - the same, with headers
 *
 * Return: bytes.
 */
size_t dmstat_nl_region_total_size(void)
{
	return nlmsg_total_size(genlmsg_total_size(dmstat_nl_region_size()));
}

/* @event is NULL for answers and dumps. */
static int put_region(struct sk_buff *skb,
		      const struct dmstat_nl_message *message,
		      const struct dmstat_kregion *region,
		      const struct region_words *words,
		      const struct dmstat_nl_event *event)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header,
			   put_region_info(skb, region, words) ?:
			   put_event(skb, event));
}

/*
 * @filter, if not NULL, is compared with the label that is put in the message,
 * which may be replaced meanwhile.
 */
static int put_region_of(struct sk_buff *skb,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_kregion *region,
			 const struct dmstat_label_filter *filter,
			 const struct dmstat_nl_event *event)
{
	struct region_words words;
	int ret = 0;

	dmstat_device_name(region->device, words.device_name);
	rcu_read_lock();
	words.label = rcu_dereference(region->label);
	if (!filter || dmstat_label_matches(words.label, filter))
		ret = put_region(skb, message, region, &words, event);
	rcu_read_unlock();
	return ret;
}

/**
 * dmstat_nl_put_region() - add a message about a region
 * @skb: where to add it
 * @message: its header
 * @region: the region; the caller has a reference
 *
 * Context: process, may sleep.
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_region(struct sk_buff *skb,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_kregion *region)
{
	return put_region_of(skb, message, region, NULL, NULL);
}

/**
 * dmstat_nl_put_region_of() - add a message about a region if its label matches
 * @skb: where to add it
 * @message: its header
 * @region: the region; the caller has a reference
 * @filter: add nothing if the region's label does not match it
 *
 * Context: process, may sleep.
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_region_of(struct sk_buff *skb,
			    const struct dmstat_nl_message *message,
			    const struct dmstat_kregion *region,
			    const struct dmstat_label_filter *filter)
{
	return put_region_of(skb, message, region, filter, NULL);
}

/**
 * dmstat_nl_put_region_event() - add a notification about a region
 * @skb: where to add it
 * @message: its header
 * @region: the region; the caller has a reference
 * @event: what happened
 *
 * Context: process, may sleep.
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_region_event(struct sk_buff *skb,
			       const struct dmstat_nl_message *message,
			       const struct dmstat_kregion *region,
			       const struct dmstat_nl_event *event)
{
	return put_region_of(skb, message, region, NULL, event);
}

/**
 * dmstat_nl_put_deleted() - add a message about how many regions were deleted
 * @skb: where to add it
 * @message: its header
 * @regions: how many
 *
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_deleted(struct sk_buff *skb,
			  const struct dmstat_nl_message *message, u32 regions)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header,
			   nla_put_u32(skb, DMSTAT_A_REGION_DELETED, regions));
}

/*
 * A dump may have millions of areas: the room for the largest message is checked
 * once. These return where the next attribute goes.
 */
static __always_inline void *add(void *at, int type, const void *data,
				 unsigned int size)
{
	struct nlattr *attr = at;

	attr->nla_type = type;
	attr->nla_len = nla_attr_size(size);
	memcpy(nla_data(attr), data, size);
	return at + nla_total_size(size);
}

static __always_inline void *add_uint(void *at, int type, u64 value)
{
	u32 small = value;

	if (small == value)
		return add(at, type, &small, sizeof(small));
	return add(at, type, &value, sizeof(value));
}

static __always_inline void *add_counter(void *at, int type, u64 value)
{
	return value ? add_uint(at, type, value) : at;
}

/* As genlmsg_put() does. The length is set when it is known. */
static void *add_header(struct nlmsghdr *header,
			const struct dmstat_nl_message *message)
{
	struct genlmsghdr *genl = nlmsg_data(header);
	void *at = genlmsg_data(genl);

	*header = (struct nlmsghdr) {
		.nlmsg_type = dmstat_nl_family->id,
		.nlmsg_flags = message->flags,
		.nlmsg_seq = message->seq,
		.nlmsg_pid = message->portid,
	};
	*genl = (struct genlmsghdr) {
		.cmd = message->command,
		.version = dmstat_nl_family->version,
	};
	if (message->dump)
		genl_dump_check_consistent(message->dump, at);
	return at;
}

static void *add_bins(void *at, const struct dmstat_layout *layout,
		      const struct dmstat_area_values *values, int op)
{
	if (!layout->nr_bins)
		return at;
	return add(at, DMSTAT_A_IO_HISTOGRAM,
		   &values->bins[op * layout->nr_bins],
		   layout->nr_bins * sizeof(*values->bins));
}

static void *add_io(void *at, int type, const struct dmstat_layout *layout,
		    const struct dmstat_area_values *values, int op)
{
	struct nlattr *nest = at;

	if (!dmstat_values_any_io(layout, values, op))
		return at;

	at += NLA_HDRLEN;
	at = add_counter(at, DMSTAT_A_IO_IOS, values->ios[op]);
	at = add_counter(at, DMSTAT_A_IO_SECTORS, values->sectors[op]);
	at = add_counter(at, DMSTAT_A_IO_NS, values->ns[op]);
	at = add_counter(at, DMSTAT_A_IO_ERRORS, values->errors[op]);
	at = add_counter(at, DMSTAT_A_IO_LONGEST_NS, values->longest_ns[op]);
	at = add_bins(at, layout, values, op);
	at = add_counter(at, DMSTAT_A_IO_AGAIN, values->again[op]);
	nest->nla_type = type | NLA_F_NESTED;
	nest->nla_len = at - (void *)nest;
	return at;
}

/* Areas are busy at the same time: their busy times have no sum. */
static void *add_values(void *at, const struct dmstat_layout *layout,
			const struct dmstat_area_values *values, bool one)
{
	if (one)
		at = add_counter(at, DMSTAT_A_AREA_BUSY_NS, values->busy_ns);
	at = add_counter(at, DMSTAT_A_AREA_QUEUE_NS, values->queue_ns);
	at = add_io(at, DMSTAT_A_AREA_READ, layout, values,
		    DMSTAT_OPERATION_READ);
	at = add_io(at, DMSTAT_A_AREA_WRITE, layout, values,
		    DMSTAT_OPERATION_WRITE);
	at = add_io(at, DMSTAT_A_AREA_DISCARD, layout, values,
		    DMSTAT_OPERATION_DISCARD);
	return add_counter(at, DMSTAT_A_AREA_CLEARS, values->clears);
}

static void *add_areas(void *at, const struct dmstat_kregion *region,
		       const struct dmstat_nl_areas *areas,
		       const struct dmstat_area_values *values)
{
	const struct dmstat_geometry *geometry = dmstat_read_geometry(region);
	sector_t end, start = dmstat_geometry_area_range(geometry, areas->first,
							 &end);
	bool one = areas->nr == 1;

	if (!one)
		dmstat_geometry_area_range(geometry,
					   areas->first + areas->nr - 1, &end);
	if (areas->of_any_region)
		at = add(at, DMSTAT_A_AREA_REGION_ID, &region->member.id,
			 sizeof(region->member.id));
	at = add_uint(at, DMSTAT_A_AREA_INDEX, areas->first);
	at = add_uint(at, DMSTAT_A_AREA_START, start);
	at = add_uint(at, DMSTAT_A_AREA_LENGTH, end - start);
	at = add_counter(at, DMSTAT_A_AREA_IN_FLIGHT_READ,
			 values->in_flight[0]);
	at = add_counter(at, DMSTAT_A_AREA_IN_FLIGHT_WRITE,
			 values->in_flight[1]);
	at = add_values(at, &region->store.layout, values, one);
	return one ? at : add_uint(at, DMSTAT_A_AREA_AREAS, areas->nr);
}

/**
 * dmstat_nl_area_total_size() - the size of the largest message about areas
 * @region: the region
 *
 * Return: bytes, with headers.
 */
size_t dmstat_nl_area_total_size(const struct dmstat_kregion *region)
{
	size_t io = nla_total_size(6 * nla_total_size(sizeof(u64)) +
				   nla_total_size(region->store.layout.nr_bins *
						  sizeof(u64)));
	size_t area = nla_total_size(sizeof(u32)) +
		      9 * nla_total_size(sizeof(u64)) + DMSTAT_OPERATIONS * io;

	return nlmsg_total_size(genlmsg_total_size(area));
}

/**
 * dmstat_nl_put_area() - add a message about an area, or about several as one
 * @skb: where to add it
 * @message: its header
 * @region: the region
 * @areas: which areas
 * @values: their counters
 *
 * Context: as for dmstat_read_geometry().
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_area(struct sk_buff *skb,
		       const struct dmstat_nl_message *message,
		       const struct dmstat_kregion *region,
		       const struct dmstat_nl_areas *areas,
		       const struct dmstat_area_values *values)
{
	struct nlmsghdr *header = (void *)skb_tail_pointer(skb);
	void *at;

	if (skb_tailroom(skb) < (int)dmstat_nl_area_total_size(region))
		return -EMSGSIZE;
	at = add_header(header, message);
	at = add_areas(at, region, areas, values);
	header->nlmsg_len = at - (void *)header;
	__skb_put(skb, header->nlmsg_len);
	return 0;
}

/* @pid: type of the attribute; those of the others follow it */
static int put_who(struct sk_buff *skb, int pid, const struct dmstat_who *who)
{
	static_assert(DMSTAT_A_INFLIGHT_CGROUP_ID - DMSTAT_A_INFLIGHT_PID ==
		      DMSTAT_A_EVENT_CGROUP_ID - DMSTAT_A_EVENT_PID);

	return (who->pid ? nla_put_u32(skb, pid, who->pid) : 0) ?:
	       (*who->comm ? nla_put_string(skb, pid + 1, who->comm) : 0) ?:
	       (who->kthread ? nla_put_flag(skb, pid + 2) : 0) ?:
	       put_counter(skb, pid + 3, who->cgroup);
}

static int put_inflight(struct sk_buff *skb,
			const struct dmstat_inflight_copy *io, u64 now)
{
	s64 age = now - io->start_ns;
	struct dmstat_who who;

	dmstat_who_fill(&who, io->pid, max(age, 0LL));
	who.cgroup = io->cgroup;

	return put_uint(skb, DMSTAT_A_INFLIGHT_SECTOR, io->sector) ?:
	       put_uint(skb, DMSTAT_A_INFLIGHT_SECTORS, io->sectors) ?:
	       nla_put_u32(skb, DMSTAT_A_INFLIGHT_OPERATION, io->operation) ?:
	       put_uint(skb, DMSTAT_A_INFLIGHT_AGE_NS, max(age, 0LL)) ?:
	       put_who(skb, DMSTAT_A_INFLIGHT_PID, &who) ?:
	       put_uint(skb, DMSTAT_A_INFLIGHT_IO_ID, io->start_ns);
}

/**
 * dmstat_nl_put_inflight() - add a message about an I/O in flight
 * @skb: where to add it
 * @message: its header
 * @io: the I/O
 * @now: dmstat_clock_ns()
 *
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_inflight(struct sk_buff *skb,
			   const struct dmstat_nl_message *message,
			   const struct dmstat_inflight_copy *io, u64 now)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header, put_inflight(skb, io, now));
}

/**
 * dmstat_nl_io_event_size() - the size of the largest message about an I/O
 *
 * Return: bytes of payload.
 */
size_t dmstat_nl_io_event_size(void)
{
	return 8 * nla_total_size(sizeof(u32)) +
	       8 * nla_total_size(sizeof(u64)) + nla_total_size(0) +
	       nla_total_size(DM_NAME_LEN) + nla_total_size(TASK_COMM_LEN);
}

static int put_ended(struct sk_buff *skb, const struct dmstat_io_event *event,
		     const struct dmstat_nl_io_news *news)
{
	s64 age = news->now - event->start_ns;

	return nla_put_u32(skb, DMSTAT_A_EVENT_OPERATION, event->operation) ?:
	       put_uint(skb, DMSTAT_A_EVENT_SECTOR, event->sector) ?:
	       put_uint(skb, DMSTAT_A_EVENT_SECTORS, event->sectors) ?:
	       put_uint(skb, DMSTAT_A_EVENT_STARTED, news->time - age) ?:
	       put_uint(skb, DMSTAT_A_EVENT_TOOK_NS, event->took_ns) ?:
	       (event->status ? nla_put_u32(skb, DMSTAT_A_EVENT_ERROR,
			-blk_status_to_errno(event->status)) : 0) ?:
	       put_uint(skb, DMSTAT_A_EVENT_IO_ID, event->start_ns) ?:
	       put_who(skb, DMSTAT_A_EVENT_PID, &event->who);
}

static int put_io_event(struct sk_buff *skb, struct dmstat_kdevice *device,
			const struct dmstat_io_event *event,
			const struct dmstat_nl_io_news *news)
{
	char name[DM_NAME_LEN];

	dmstat_device_name(device, name);
	return (event->region ? nla_put_u32(skb, DMSTAT_A_EVENT_REGION_ID,
					    event->region->member.id) : 0) ?:
	       nla_put_u32(skb, DMSTAT_A_EVENT_MAJOR, MAJOR(device->devt)) ?:
	       nla_put_u32(skb, DMSTAT_A_EVENT_MINOR, MINOR(device->devt)) ?:
	       nla_put_string(skb, DMSTAT_A_EVENT_DEVICE_NAME, name) ?:
	       nla_put_u32(skb, DMSTAT_A_EVENT_KIND, event->kind) ?:
	       put_uint(skb, DMSTAT_A_EVENT_TIME, news->time) ?:
	       nla_put_u32(skb, DMSTAT_A_EVENT_SEQUENCE, news->sequence) ?:
	       put_counter(skb, DMSTAT_A_EVENT_LOST, news->lost) ?:
	       (event->kind != DMSTAT_EVENT_KIND_LOST ?
		put_ended(skb, event, news) : 0);
}

/**
 * dmstat_nl_put_io_event() - add a notification about an I/O
 * @skb: where to add it
 * @message: its header
 * @device: the device
 * @event: the I/O
 * @news: what else it says
 *
 * Context: process, may sleep.
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_io_event(struct sk_buff *skb,
			   const struct dmstat_nl_message *message,
			   struct dmstat_kdevice *device,
			   const struct dmstat_io_event *event,
			   const struct dmstat_nl_io_news *news)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header,
			   put_io_event(skb, device, event, news));
}

/**
 * dmstat_nl_put_sequence() - add a message about a multicast group's number
 * @skb: where to add it
 * @message: its header
 * @group: enum dmstat_multicast_group
 * @sequence: the number of the last message to the group
 *
 * Return: 0 or -EMSGSIZE.
 */
int dmstat_nl_put_sequence(struct sk_buff *skb,
			   const struct dmstat_nl_message *message, u32 group,
			   u32 sequence)
{
	void *header = message_start(skb, message);

	if (!header)
		return -EMSGSIZE;
	return message_end(skb, header,
			   nla_put_u32(skb, DMSTAT_A_SEQUENCE_MULTICAST_GROUP,
				       group) ?:
			   nla_put_u32(skb, DMSTAT_A_SEQUENCE_SEQUENCE,
				       sequence));
}
