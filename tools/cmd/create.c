// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl create: create regions, of devices or of files.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/array.h"
#include "source/cgroup.h"
#include "source/device.h"
#include "source/disk.h"
#include "source/extent.h"
#include "source/file.h"
#include "source/region.h"
#include "source/segment.h"
#include "source/session.h"
#include "source/tree.h"
#include "view/region.h"

static struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
static struct bounds bounds;
static struct user_data user_data;
static struct tree files;
static bool segments;
static bool all;
static bool tell_errors;
static const char *cgroup;

/* What was named of devices: a disk or a partition gets one region. */
struct place {
	uint32_t major, minor;
	struct dmstat_extent range;
};

static struct place *named;
static size_t named_count;

/* The arguments of --file, in their order. */
static const char *paths[TREE_FILES_MAX];
static size_t paths_count;

/* Whether one file was named, once. */
static bool one_file;

static void take_path(const struct option_line *option, const char *text)
{
	if (paths_count == TREE_FILES_MAX)
		usage("--%s: more than %d", option->name, TREE_FILES_MAX);
	paths[paths_count++] = text;
}

/* --file and --segments say where the region is. */
static void check_extents_options(void)
{
	const char *option = paths_count ? "file" : "segments";

	if (!paths_count && !segments)
		return;
	if (paths_count && segments)
		usage("give --file or --segments, not both");
	if (spec.start != DMSTAT_DEFAULT || spec.length != DMSTAT_DEFAULT)
		usage("--%s says where the region is: give no --start or --length",
		      option);
	if (spec.areas != DMSTAT_DEFAULT)
		usage("with --%s each extent is an area, or is cut by --area-size: give no --areas",
		      option);
}

/* Whether one region is made, of one device or file that was named. */
static bool is_one(int argc)
{
	if (paths_count)
		return one_file;
	return argc == 1;
}

/* ------------------------------------------------------------- one region */

/* Whether a part of the range, as far as it was given, is not on the device. */
static bool is_beyond(uint64_t size)
{
	uint64_t start = spec.start == DMSTAT_DEFAULT ? 0 : spec.start;

	return start >= size || (spec.length != DMSTAT_DEFAULT &&
				 spec.length > size - start);
}

/* @what is the device or file; @size that of the device or partition, in sectors. */
static int create(struct output *out, struct dmstat *dmstat, const char *what,
		  uint64_t size)
{
	const struct dmstat_region *region;
	char size_text[UNIT_TEXT_MAX];
	int error;

	error = dmstat_region_create(dmstat, &spec, &region);
	if (error == -ERANGE && size && is_beyond(size))
		return session_failed(dmstat, error,
				      "cannot create a region on '%s' of %s (%" PRIu64 " sectors)",
				      what,
				      unit_format(size_text, UNIT_SECTORS,
						  size),
				      size);
	if (error)
		return session_failed(dmstat, error,
				      "cannot create a region on '%s'", what);

	output_text(out, "%u", region->region_id);
	region_object(out, NULL, region);
	return EXIT_SUCCESS;
}

static int create_extents(struct output *out, struct dmstat *dmstat,
			  const char *what, uint64_t size,
			  struct extent_list *extents)
{
	int status;

	spec.extents = extents->extents;
	spec.extents_count = extents->count;
	status = create(out, dmstat, what, size);
	extent_list_free(extents);
	return status;
}

static int refuse_part(const char *what, uint64_t size)
{
	char text[UNIT_TEXT_MAX];

	complain("'%s' has %s (%" PRIu64 " sectors): %s", what,
		 unit_format(text, UNIT_SECTORS, size), size,
		 "--start and --length are positions in the partition: keep them within it");
	return EXIT_FAILURE;
}

/* --start and --length are those of the partition. */
static int create_in(struct output *out, struct dmstat *dmstat,
		     const struct dmstat_extent *part, const char *what)
{
	const struct dmstat_region_spec common = spec;
	int status;

	if (segments) {
		complain("'%s' is a partition, which has no segments: leave them out",
			 what);
		return EXIT_FAILURE;
	}
	if (is_beyond(part->length))
		return refuse_part(what, part->length);
	if (spec.start == DMSTAT_DEFAULT)
		spec.start = 0;
	if (spec.length == DMSTAT_DEFAULT)
		spec.length = part->length - spec.start;
	spec.start += part->start;
	status = create(out, dmstat, what, UINT64_MAX);
	spec = common;
	return status;
}

static int create_on(struct output *out, struct dmstat *dmstat,
		     const struct dmstat_device *device,
		     const struct dmstat_extent *range, const char *what)
{
	struct extent_list extents = { 0 };
	const uint64_t size = device->size;

	spec.major = device->major;
	spec.minor = device->minor;
	if (!device_is_whole(device, range))
		return create_in(out, dmstat, range, what);
	if (!segments)
		return create(out, dmstat, what, size);
	if (segment_extents(device, &extents)) {
		extent_list_free(&extents);
		return EXIT_FAILURE;
	}
	return create_extents(out, dmstat, what, size, &extents);
}

/* ---------------------------------------------------------------- devices */

/* Return: 0, 1 if it was named before, or -ENOMEM. */
static int note_named(const struct dmstat_device *device,
		      const struct dmstat_extent *range)
{
	struct place *places;
	size_t i;

	for (i = 0; i < named_count; i++)
		if (named[i].major == device->major &&
		    named[i].minor == device->minor &&
		    named[i].range.start == range->start &&
		    named[i].range.length == range->length)
			return 1;
	places = array_grow(named, named_count, sizeof(*places));
	if (!places)
		return -ENOMEM;
	named = places;
	named[named_count++] = (struct place){
		device->major, device->minor, *range
	};
	return 0;
}

/* A device has many names, and a pattern of links may match several. */
static int create_once(struct output *out, struct dmstat *dmstat,
		       const struct dmstat_device *device,
		       const struct dmstat_extent *range, const char *name)
{
	const int noted = note_named(device, range);

	if (noted > 0)
		return EXIT_SUCCESS;
	if (!noted)
		return create_on(out, dmstat, device, range, name);
	complain("no memory for the names of devices");
	return EXIT_FAILURE;
}

static int create_named(struct output *out, struct dmstat *dmstat,
			const char *name)
{
	const struct dmstat_device *device;
	struct dmstat_extent range;
	int error;

	error = device_look_up(dmstat, name, &device, &range);
	if (!error)
		return create_once(out, dmstat, device, &range, name);
	if (device_explain(name, error))
		return EXIT_FAILURE;
	if (tree_is_path(name))
		complain("'%s' is a file or a directory: give --file '%s'",
			 name, name);
	else
		device_refused(dmstat, name, error);
	return EXIT_FAILURE;
}

/* Other disks would count most I/O a second time. */
static int create_on_mapped(struct output *out, struct dmstat *dmstat,
			    const struct device_list *list)
{
	const struct dmstat_device *device;
	int status = EXIT_SUCCESS;
	struct dmstat_extent whole = { 0 };
	size_t i, found = 0;

	for (i = 0; i < list->count; i++) {
		device = &list->devices[i];
		if (!disk_is_mapped(device->major, device->minor))
			continue;
		found++;
		whole.length = device->size;
		if (create_on(out, dmstat, device, &whole, device->name))
			status = EXIT_FAILURE;
	}
	if (found)
		return status;
	complain("there are no device-mapper devices: name disks, see 'dmstat-nl devices'");
	return EXIT_FAILURE;
}

static int create_on_all(struct output *out, struct dmstat *dmstat)
{
	struct device_list list;
	int status;

	status = device_list_get(dmstat, &list);
	if (status)
		return status;
	status = create_on_mapped(out, dmstat, &list);
	device_list_free(&list);
	return status;
}

static int create_on_devices(struct output *out, struct dmstat *dmstat,
			     int argc, char **argv)
{
	int i, status = EXIT_SUCCESS;

	if (all)
		return create_on_all(out, dmstat);
	for (i = 0; i < argc; i++)
		if (create_named(out, dmstat, argv[i]))
			status = EXIT_FAILURE;
	return status;
}

/* ------------------------------------------------------------------ files */

static int create_of_open(struct output *out, struct dmstat *dmstat,
			  const char *path, int fd, const char *device_name)
{
	struct dmstat_region_spec common = spec;
	struct extent_list extents = { 0 };
	const struct dmstat_device *device;
	int status;

	device = file_device(dmstat, path, fd, device_name);
	if (!device)
		return EXIT_FAILURE;
	if (file_extents(path, fd, &extents)) {
		extent_list_free(&extents);
		return EXIT_FAILURE;
	}
	spec.major = device->major;
	spec.minor = device->minor;
	region_file_label(&spec, path);
	status = create_extents(out, dmstat, path, device->size, &extents);
	spec = common;
	return status;
}

static int create_of_file(struct output *out, struct dmstat *dmstat,
			  const char *path, const char *device)
{
	int status, fd;

	fd = file_open(path);
	if (fd < 0)
		return EXIT_FAILURE;
	status = create_of_open(out, dmstat, path, fd, device);
	close(fd);
	return status;
}

static int create_of_files(struct output *out, struct dmstat *dmstat,
			   const char *device)
{
	int status = EXIT_SUCCESS;
	size_t i;

	for (i = 0; i < files.count; i++)
		if (create_of_file(out, dmstat, files.paths[i], device))
			status = EXIT_FAILURE;
	if (files.empty)
		complain("%zu file%s without data %s left out", files.empty,
			 files.empty == 1 ? "" : "s",
			 files.empty == 1 ? "was" : "were");
	return status;
}

/*
 * The shell may have made several files of the argument of --file: what is a
 * file among the arguments is one of them. Sets @device to the other, if any.
 */
static int collect_files(int argc, char **argv, const char **device)
{
	size_t n;
	int i;

	for (i = 0; i < argc; i++) {
		if (tree_is_path(argv[i]))
			continue;
		if (*device)
			usage("unexpected argument '%s'", argv[i]);
		*device = argv[i];
	}
	for (n = 0; n < paths_count; n++)
		if (tree_add(&files, paths[n]))
			return EXIT_FAILURE;
	for (i = 0; i < argc; i++)
		if (argv[i] != *device && tree_add(&files, argv[i]))
			return EXIT_FAILURE;
	one_file = files.count == 1 && !files.has_directory;
	if (files.count)
		return tree_unique(&files);
	complain("there is no file with data");
	return EXIT_FAILURE;
}

/* ----------------------------------------------------------------- command */

static int create_all(struct output *out, struct dmstat *dmstat, int argc,
		      char **argv, const char *device)
{
	const bool one = is_one(argc);
	int status;

	if (!one) {
		output_object(out, NULL);
		output_list(out, "regions");
	}
	if (paths_count)
		status = create_of_files(out, dmstat, device);
	else
		status = create_on_devices(out, dmstat, argc, argv);
	if (!one) {
		output_list_end(out);
		output_object_end(out);
	}
	/* Nothing was printed of one that was refused. */
	if (!one || !status)
		output_end(out);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	const char *device = NULL;
	struct dmstat *dmstat;
	int status;

	if (spec.areas != DMSTAT_DEFAULT && spec.area_size != DMSTAT_DEFAULT)
		usage("give --areas or --area-size, not both");
	check_extents_options();
	if (all && paths_count)
		usage("give --all or --file, not both");
	if (all)
		arguments_expect(argc, argv, 0, 0, "");
	else
		arguments_expect(argc, argv, paths_count ? 0 : 1, INT_MAX,
				 "DEVICE (or --all)");
	spec.bounds = bounds.ns;
	spec.bounds_count = bounds.count;
	spec.user_data = user_data.given;
	spec.user_data_size = user_data.size;
	spec.tell_errors = tell_errors;

	spec.cgroup_id = cgroup ? cgroup_id(cgroup) : 0;
	if (cgroup && !spec.cgroup_id)
		return EXIT_FAILURE;

	status = paths_count ? collect_files(argc, argv, &device) :
			       EXIT_SUCCESS;
	dmstat = status ? NULL : session_open();
	status = dmstat ? create_all(out, dmstat, argc, argv, device) :
			  EXIT_FAILURE;
	dmstat_close(dmstat);
	tree_free(&files);
	free(named);
	return status;
}

static const struct option_line options[] = {
	OPTION_SIZE("start", &spec.start,
		    "where the region starts on the device or partition;\n"
		    "default: 0"),
	OPTION_SIZE("length", &spec.length,
		    "how long it is; default: to the end of that"),
	OPTION_NUMBER("areas", &spec.areas,
		      "cut it into this many areas; default: 1"),
	OPTION_SIZE("area-size", &spec.area_size,
		    "cut it into areas of this size; the last may be shorter"),
	OPTION_FLAG("all", &all, "create one on each device-mapper device"),
	OPTION_LINE("file", "FILE", take_path, const char *, paths,
		    "create it from the extents that a file has now; each is\n"
		    "an area, or is cut by --area-size from its own start; of a\n"
		    "directory, one for each file in it and below"),
	OPTION_FLAG("segments", &segments,
		    "create it from the segments of the device's table, in the same way"),
	OPTION_BOUNDS("histogram", &bounds,
		      "count in each area how many I/Os take how long, between\n"
		      "up to 64 rising times: 100us,1ms,10ms; units: ns, us,\n"
		      "ms, s, m, h; or auto: powers of two of 1us"),
	OPTION_TIME("slow", &spec.slow_ns,
		    "tell 'dmstat-nl monitor' and other programs of each I/O\n"
		    "that takes this long: 500us, 20ms, 1s"),
	OPTION_FLAG("tell-errors", &tell_errors,
		    "tell them of each I/O that fails"),
	OPTION_TELL_RATE(&spec.tell_rate),
	OPTION_STRING("cgroup", "FILE", &cgroup,
		      "count only the I/O of this control group and of those\n"
		      "below it: a folder in /sys/fs/cgroup"),
	OPTION_GROUP(&spec.group),
	OPTIONS_LABEL(&spec.program_id, &user_data),
	OPTION_END
};

/* Of all forms. */
#define COMMON_OPTIONS \
	"[--histogram] [--slow] [--tell-errors] [--tell-rate] [--cgroup]\n" \
	"[--group] [--program] [--user-data | --user-data-file]"

const struct command create_command = {
	.name = "create",
	.summary = "create regions and print their ids",
	.forms = {
		"[--start] [--length] [--areas | --area-size]\n"
		COMMON_OPTIONS " --all | DEVICE...",
		"--segments [--area-size]\n"
		COMMON_OPTIONS " --all | DEVICE...",
		"--file [--area-size]\n"
		COMMON_OPTIONS " [FILE|DEVICE]...",
	},
	.options = options,
	.notes =
	"A SIZE is in sectors of 512 bytes, or has a suffix: b bytes, s sectors,\n"
	"k m g t p e powers of 1024 bytes, K M G T P E powers of 1000 bytes.\n"
	"DEVICE is a path, vg/lv, a device-mapper name, a uuid, nvme0n1, sda1, or\n"
	"major:minor: a volume, a disk, or a partition.",
	.json = true,
	.run = run,
};
