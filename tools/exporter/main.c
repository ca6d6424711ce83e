// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-exporter: I/O statistics of block devices for Prometheus
 *
 * Copyright (C) 2026 The dmstat authors
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "arg/option.h"
#include "exporter/listen.h"
#include "exporter/privilege.h"
#include "exporter/server.h"
#include "exporter/textfile.h"
#include "out/message.h"

#define NAME	"dmstat-exporter"

/* As many as a screen has columns, or rows. */
#define CELLS_MAX	1000

#define REGIONS_DEFAULT	1000
#define REGIONS_MAX	100000

/* Where the text of an option starts. */
#define HELP_INDENT	26

static struct scraper scraper = {
	.scope = {
		.filter = DMSTAT_REGION_FILTER_INIT,
		.regions = REGIONS_DEFAULT,
	},
	.created = true,
};

static const char *address, *textfile, *user;
static uint64_t interval;
static bool no_created, help, version;

/* Of two, the last one would win, and the other would answer nobody. */
static void take_address(const struct option_line *option, const char *text)
{
	if (address)
		usage("--listen is there twice: give ':PORT' for all addresses, or run it twice");
	option_take_string(option, text);
}

static const struct option_line options[] = {
	OPTION_LINE("listen", "ADDRESS:PORT", take_address, const char *,
		    &address,
		    "where to serve metrics; default: " LISTEN_DEFAULT),
	OPTION_COUNT("areas", &scraper.scope.cells,
		     "also export at most so many parts of each region, of\n"
		     "equal size, up to 1000; default: none"),
	OPTION_COUNT("regions", &scraper.scope.regions,
		     "export at most so many regions, up to 100000;\n"
		     "default: 1000"),
	OPTION_STRING("program", "ID", &scraper.scope.filter.program_id,
		      "only the regions with this program id"),
	OPTION_STRING("group", "NAME", &scraper.scope.filter.group,
		      "only the regions of this group"),
	OPTION_FLAG("no-created", &no_created,
		    "leave the times out at which counters started"),
	OPTION_STRING("textfile", "FILE", &textfile,
		      "write metrics to FILE, whose name ends in .prom, for\n"
		      "node_exporter, instead of serving them"),
	OPTION_INTERVAL("interval", &interval,
			"write FILE again and again; default: once"),
	OPTION_STRING("user", "NAME", &user,
		      "become this user; default: nobody, with --textfile\n"
		      "root"),
	{ "help", 'h', NULL, option_take_flag, &help, "show this help" },
	{ "version", 'V', NULL, option_take_flag, &version,
	  "show the version" },
	OPTION_END
};

static void print_option(const struct option_line *option)
{
	const char *text = option->help;
	int column, length;

	column = printf("  --%s%s%s", option->name, option->value ? " " : "",
			option->value ? option->value : "");
	if (column > HELP_INDENT - 2) {
		putchar('\n');
		column = 0;
	}
	for (;; text += length + 1) {
		length = strcspn(text, "\n");
		printf("%*s%.*s\n", HELP_INDENT - column, "", length, text);
		column = 0;
		if (!text[length])
			break;
	}
}

static int print_help(void)
{
	const struct option_line *option;

	puts("usage: " NAME " [OPTION]...\n\n"
	     "Serve the counters of all dmstat regions to Prometheus, by HTTP.\n");
	for (option = options; option->name; option++)
		print_option(option);
	puts("\nSee dmstat-exporter(8).");
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static bool is_read_by_node_exporter(const char *path)
{
	const size_t length = strlen(path);

	return length > 5 && !strcmp(path + length - 5, ".prom") &&
	       path[length - 6] != '/';
}

/* Ends the program if the options do not go together. */
static void check_options(void)
{
	if (scraper.scope.cells > CELLS_MAX)
		usage("--areas: at most %d", CELLS_MAX);
	if (scraper.scope.regions > REGIONS_MAX)
		usage("--regions: at most %d", REGIONS_MAX);
	if (textfile && address)
		usage("--textfile and --listen do not go together: run it twice");
	if (textfile && no_created)
		usage("--no-created is of no use with --textfile: that format has no such times");
	if (interval && !textfile)
		usage("--interval needs --textfile");
	if (textfile && !is_read_by_node_exporter(textfile))
		usage("--textfile '%s': node_exporter reads only files whose names end in .prom",
		      textfile);
	scraper.created = !no_created;
}

/* The files that are opened must not get the numbers of standard ones. */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* A descriptor that is readable when SIGINT or SIGTERM arrives; -1 on failure. */
static int catch_signals(void)
{
	sigset_t signals;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		complain("signalfd: %s", strerror(errno));
	return fd;
}

/* The socket, or -1. Ends the program if it is not known which. */
static int find_socket(void)
{
	const int passed = listen_passed();

	if (passed == -1)
		return listen_on(address ? address : LISTEN_DEFAULT);
	if (passed >= 0 && address)
		usage("--listen: " NAME ".socket has the address: disable one of the two");
	return passed;
}

/*
 * The module may be loaded later, so that is no reason to end. Without privilege
 * it never works.
 */
static bool is_permitted(void)
{
	const int error = scraper_open(&scraper);

	return error != -EPERM && error != -EACCES &&
	       error != -EPROTONOSUPPORT;
}

static int serve(int stop)
{
	const int socket = find_socket();

	if (socket < 0 || privilege_drop(user) || !is_permitted())
		return EXIT_FAILURE;
	return server_run(socket, stop, &scraper);
}

static int write_textfile(int stop)
{
	/* The folder is most likely root's. */
	if (privilege_drop(user || geteuid() != 0 ? user : "root") ||
	    !is_permitted())
		return EXIT_FAILURE;
	return textfile_run(textfile, interval, stop, &scraper);
}

int main(int argc, char **argv)
{
	int first, stop;

	fill_standard_files();
	messages_are_of(NAME);
	first = options_parse(options, NULL, argc, argv);
	if (help)
		return print_help();
	if (version)
		return puts(NAME " " VERSION) < 0 || fflush(stdout);
	arguments_expect(argc - first, argv + first, 0, 0, "");
	check_options();
	stop = catch_signals();
	if (stop < 0)
		return EXIT_FAILURE;
	return textfile ? write_textfile(stop) : serve(stop);
}
