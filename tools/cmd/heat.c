// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl heat: where the I/O is, as time goes on: a row an interval, or a
 * picture of area x time. From now on, or from a recording.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/progress.h"
#include "source/frame.h"
#include "source/recording.h"
#include "source/sampler.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/standard.h"
#include "view/band.h"
#include "view/map.h"
#include "view/maps.h"
#include "view/picture.h"

enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

#define INTERVAL_DEFAULT	1000000000

static unsigned int by;
static bool once;
static const char *output_path;
static const char *recording;
static uint64_t interval;
static uint64_t count;
static unsigned int color;

/**
 * struct heat - what is made of the intervals
 * @maps: the maps; first, because it is what the sink's functions get
 * @band: how rows are printed
 * @intervals: how many have come
 * @progress: of a picture that is recorded now
 */
struct heat {
	struct maps maps;
	struct band band;
	uint64_t intervals;
	struct progress progress;
};

static enum colour_depth depth_of_choice(void)
{
	enum colour_depth depth;

	switch (color) {
	case COLOR_NEVER:
		return COLOUR_NONE;
	case COLOR_ALWAYS:
		depth = colour_depth_of_terminal();
		return depth == COLOUR_NONE ? COLOUR_256 : depth;
	default:
		return colour_depth();
	}
}

static int end_interval(void *data)
{
	struct heat *heat = data;

	heat->intervals++;
	return 0;
}

static int print_interval(void *data)
{
	struct heat *heat = data;

	heat->intervals++;
	return band_rows(&heat->band, &heat->maps);
}

static int check_room(void *data, const struct dmstat_region *region,
		      uint64_t device_size, uint64_t sectors)
{
	struct heat *heat = data;

	if (maps_region(data, region, device_size, sectors))
		return -ENOMEM;
	if (heat->maps.count <= PICTURE_MAPS)
		return 0;
	complain("a picture has room for %d regions, and there are more: name some of them",
		 PICTURE_MAPS);
	return EXIT_FAILURE;
}

static int say_progress(void *data)
{
	struct heat *heat = data;

	heat->intervals++;
	if (!progress_due(&heat->progress))
		return 0;
	if (count == UINT64_MAX)
		progress_say(&heat->progress,
			     "%" PRIu64 " intervals; Ctrl-C ends and draws",
			     heat->intervals);
	else
		progress_say(&heat->progress, "%" PRIu64 " of %" PRIu64
			     " intervals", heat->intervals, count);
	return 0;
}

static struct frame_sink sink_of(struct heat *heat)
{
	return (struct frame_sink) {
		.begin = maps_begin,
		.region = output_path ? check_room : maps_region,
		.area = maps_area,
		.end = once ? end_interval :
		       !output_path ? print_interval :
		       recording ? end_interval : say_progress,
		.data = heat,
	};
}

static int read_recording(struct heat *heat, int argc, char **argv)
{
	const struct frame_sink sink = sink_of(heat);
	int ret = recording_read(recording, recording_has, argc, argv, &sink);

	if (ret < 0)
		complain("%s", strerror(-ret));
	if (ret)
		return EXIT_FAILURE;
	if (!heat->intervals)
		complain("%s has no intervals", recording);
	else if (!heat->maps.count)
		complain("%s has no such region", recording);
	return heat->maps.count ? 0 : EXIT_FAILURE;
}

static int sample(struct heat *heat, struct sampler *sampler,
		  const struct scope *scope)
{
	const struct frame_sink sink = sink_of(heat);
	int status = sampler_open(sampler, scope, !once);

	if (status)
		return status;
	if (once)
		return sampler_once(sampler, &sink);
	progress_begin(&heat->progress);
	status = sampler_run(sampler, interval, count, &sink);
	progress_end(&heat->progress);
	return status;
}

static int read_kernel(struct heat *heat, int argc, char **argv)
{
	struct sampler sampler = { .areas_per_cell = map_areas_per_cell };
	struct scope scope = { 0 };
	int status;

	standard_catch();
	sampler.dmstat = session_open();
	if (!sampler.dmstat)
		return EXIT_FAILURE;
	status = scope_parse(sampler.dmstat, argc, argv, &scope);
	if (!status) {
		status = sample(heat, &sampler, &scope);
		scope_free(&scope);
	}
	sampler_close(&sampler);
	dmstat_close(sampler.dmstat);
	return status;
}

static int read_source(struct heat *heat, int argc, char **argv)
{
	return recording ? read_recording(heat, argc, argv) :
			   read_kernel(heat, argc, argv);
}

static int print(struct heat *heat, int argc, char **argv)
{
	int status = read_source(heat, argc, argv);

	if (status)
		return status;
	status = once ? band_once(&heat->band, &heat->maps) :
		 heat->maps.count ? band_summaries(&heat->band, &heat->maps) :
		 0;
	if (status < 0)
		complain("%s", strerror(-status));
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}

/*
 * Open the picture's file before an hour is recorded for it; what is in it stays
 * until the picture is drawn. *@created is set to whether it was not there.
 */
static FILE *open_picture(bool *created)
{
	int fd = open(output_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		      0666);
	FILE *file;

	*created = fd >= 0;
	if (fd < 0)
		fd = open(output_path, O_WRONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		complain("%s: cannot be opened: %s", output_path,
			 strerror(errno));
	return file;
}

static int draw(struct heat *heat, FILE *file)
{
	if (!heat->maps.count) {
		complain("no interval has ended: there is nothing to draw");
		return EXIT_FAILURE;
	}
	/* What cannot be shortened, as a device, is written as it is. */
	if (ftruncate(fileno(file), 0) && errno != EINVAL) {
		complain("%s: cannot be written: %s", output_path,
			 strerror(errno));
		return EXIT_FAILURE;
	}
	return picture_draw(output_path, file, heat->maps.maps,
			    heat->maps.count);
}

static int make_picture(struct heat *heat, int argc, char **argv)
{
	bool created;
	FILE *file;
	int status;

	if (picture_check(output_path))
		return EXIT_FAILURE;
	file = open_picture(&created);
	if (!file)
		return EXIT_FAILURE;
	status = read_source(heat, argc, argv);
	if (!status)
		status = draw(heat, file);
	fclose(file);
	if (status && created)
		unlink(output_path);
	return status ? EXIT_FAILURE :
	       band_summaries(&heat->band, &heat->maps) ? EXIT_FAILURE :
							  EXIT_SUCCESS;
}

static void check_options(void)
{
	if (once && output_path)
		usage("--once prints a strip, and --output draws a picture: give one of them");
	if (recording && interval)
		usage("--interval goes with no --from: a recording has its own intervals");
	if (recording && count)
		usage("--count goes with no --from: a recording is read to its end");
	if (once && (interval || count))
		usage("--once is what was counted so far: it takes no --interval and no --count");
}

static int run(struct output *out, int argc, char **argv)
{
	struct heat heat = { 0 };
	int status;

	check_options();
	if (!interval)
		interval = INTERVAL_DEFAULT;
	if (!count)
		count = UINT64_MAX;
	heat.maps.measure = by;
	band_init(&heat.band, out, depth_of_choice(), by == MEASURE_BYTES,
		  recording ? 0 : interval);
	status = output_path ? make_picture(&heat, argc, argv) :
			       print(&heat, argc, argv);
	maps_free(&heat.maps);
	return status;
}

static const struct option_line options[] = {
	OPTION_CHOICE("by", MEASURE_WORDS, &by,
		      "what is shown: reads (default), writes, bytes of both,\n"
		      "mean latency, or I/Os that failed"),
	OPTION_FLAG("once", &once,
		    "one strip of what was counted so far"),
	OPTION_STRING("output", "FILE", &output_path,
		      "draw a picture; the file's name ends in .svg, .png, .pdf\n"
		      "or .html"),
	OPTION_STRING("from", "FILE", &recording,
		      "from a recording, made by report --json --interval, or\n"
		      "from standard input: -"),
	OPTION_INTERVAL("interval", &interval,
			"time between readings: 500ms, 10s, 1m; default: 1s"),
	OPTION_COUNT("count", &count,
		     "end after this many intervals; default: go on until\n"
		     "interrupted"),
	OPTION_CHOICE("color", "auto|always|never", &color,
		      "use colours; default: if the output is a terminal"),
	OPTION_END
};

const struct command heat_command = {
	.name = "heat",
	.summary = "show where the I/O is, as time goes on, as text or a picture",
	.forms = {
		"[--by] [--interval] [--count] [--output] [--color] [DEVICE|REGION|GROUP]...",
		"--once [--by] [--color] [DEVICE|REGION|GROUP]...",
		"--from [--by] [--once | --output] [--color] [DEVICE|REGION|GROUP]...",
	},
	.options = options,
	.notes =
	"A device without a region gets one until heat ends. Without arguments, all\n"
	"regions are shown or, if there are none, all devices.",
	.run = run,
};
