// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without regions nothing is attached to the block layer: whether a tracepoint has
 * probes is read from the kernel's memory.
 */
#include <elf.h>
#include <fcntl.h>

#include "abi.h"

/* The beginning of the kernel's struct tracepoint. */
struct tracepoint {
	uint64_t name;
	int32_t enabled;		/* > 0: has probes */
};

static struct {
	const char *name;
	uint64_t address;
} tracepoints[] = {
	{ "block_bio_queue" },
	{ "block_bio_complete" },
	{ "block_rq_complete" },
	{ "block_split" },
};

#define NR_TRACEPOINTS 4

/* A part of the kernel's memory, and where /proc/kcore has it. */
struct segment {
	uint64_t address;
	uint64_t size;
	off_t offset;
};

/* The smallest one with this address: the kernel may be in that of vmalloc, too. */
static struct segment find_segment(int kcore, uint64_t address, size_t size)
{
	struct segment found = { .size = 0 };
	Elf64_Ehdr header;
	Elf64_Phdr part;
	int i;

	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		err(KSFT_FAIL, "/proc/kcore");
	for (i = 0; i < header.e_phnum; i++) {
		if (pread(kcore, &part, sizeof(part),
			  header.e_phoff + i * sizeof(part)) != sizeof(part))
			err(KSFT_FAIL, "/proc/kcore");
		if (part.p_type == PT_LOAD && address >= part.p_vaddr &&
		    address + size <= part.p_vaddr + part.p_memsz &&
		    (!found.size || part.p_memsz < found.size))
			found = (struct segment) { part.p_vaddr, part.p_memsz,
						   part.p_offset };
	}
	if (!found.size)
		errx(KSFT_FAIL, "/proc/kcore lacks %llx",
		     (unsigned long long)address);
	return found;
}

static int open_kcore(void)
{
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);

	if (kcore < 0)
		err(KSFT_FAIL, "/proc/kcore");
	return kcore;
}

/* Where the kernel's code begins, which /proc/kallsyms has whatever its options. */
static uint64_t kernel_start(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	uint64_t address = 0;
	char line[1024];

	while (symbols && !address && fgets(line, sizeof(line), symbols)) {
		if (strstr(line, " _stext\n"))
			address = strtoull(line, NULL, 16);
	}
	if (symbols)
		fclose(symbols);
	if (!address)
		errx(KSFT_FAIL, "no _stext in /proc/kallsyms");
	return address;
}

#define PAGE 4096

/* Code and data of the kernel; 0 where nothing is mapped any more. */
static char *read_image(struct segment *image)
{
	int kcore = open_kcore();
	char *data;
	uint64_t i;

	*image = find_segment(kcore, kernel_start(), 1);
	if (image->size > 512 << 20)
		errx(KSFT_FAIL, "/proc/kcore has no segment of the kernel alone");
	data = calloc(1, image->size);
	if (!data)
		err(KSFT_FAIL, "calloc");
	for (i = 0; i + PAGE <= image->size; i += PAGE) {
		if (pread(kcore, data + i, PAGE, image->offset + i) != PAGE)
			memset(data + i, 0, PAGE);
	}
	close(kcore);
	return data;
}

/* A string is not in the middle of another one. */
static uint64_t *find_strings(const struct segment *image, const char *data,
			      const char *name, int *nr)
{
	size_t size = strlen(name) + 1;
	const char *end = data + image->size, *at = data + 1;
	uint64_t *found = NULL;

	*nr = 0;
	while ((at = memmem(at, end - at, name, size))) {
		if (!at[-1]) {
			found = realloc(found, (*nr + 1) * sizeof(*found));
			if (!found)
				err(KSFT_FAIL, "realloc");
			found[(*nr)++] = image->address + (at - data);
		}
		at += size;
	}
	return found;
}

/*
 * The struct that points to its name. Symbols of data are only there with
 * CONFIG_KALLSYMS_ALL, and nothing but the struct points to the string.
 */
static uint64_t find_tracepoint(const struct segment *image, const char *data,
				const char *name)
{
	const struct tracepoint *at = (const void *)data;
	const struct tracepoint *end = (const void *)(data + image->size);
	uint64_t address = 0;
	uint64_t *strings;
	int nr, i;

	strings = find_strings(image, data, name, &nr);
	for (; at + 1 <= end; at = (const void *)((const uint64_t *)at + 1)) {
		for (i = 0; i < nr; i++) {
			if (at->name != strings[i])
				continue;
			if (address)
				errx(KSFT_FAIL, "%s: two tracepoints", name);
			address = image->address + ((const char *)at - data);
		}
	}
	free(strings);
	if (!address)
		errx(KSFT_FAIL, "no tracepoint %s in the kernel's memory", name);
	return address;
}

/* Once for all tests: it takes a while. */
static void find_tracepoints(void)
{
	struct segment image;
	char *data;
	int i;

	data = read_image(&image);
	for (i = 0; i < NR_TRACEPOINTS; i++)
		tracepoints[i].address =
			find_tracepoint(&image, data, tracepoints[i].name);
	free(data);
}

static void read_kernel(uint64_t address, void *data, size_t size)
{
	int kcore = open_kcore();
	struct segment segment = find_segment(kcore, address, size);

	if (pread(kcore, data, size, segment.offset +
		  (address - segment.address)) != size)
		err(KSFT_FAIL, "/proc/kcore");
	close(kcore);
}

static bool has_probes(int i)
{
	const char *name = tracepoints[i].name;
	struct tracepoint tracepoint;
	char seen[64];

	read_kernel(tracepoints[i].address, &tracepoint, sizeof(tracepoint));
	/* If not, the kernel's struct has another layout. */
	read_kernel(tracepoint.name, seen, strlen(name) + 1);
	if (strcmp(seen, name))
		errx(KSFT_FAIL, "the name of tracepoint %s is not there", name);
	return tracepoint.enabled > 0;
}

#define EXPECT_PROBE(there, i)						\
do {									\
	bool _there = has_probes(i);					\
									\
	TH_LOG("%s: %d", tracepoints[i].name, _there);			\
	EXPECT_EQ((there), _there);					\
} while (0)

/* Those for all devices, and those for request-based ones. */
#define EXPECT_BOTH_PROBES(all, request_based)				\
do {									\
	EXPECT_PROBE(all, 0);						\
	EXPECT_PROBE(all, 1);						\
	EXPECT_PROBE(request_based, 2);					\
	EXPECT_PROBE(request_based, 3);					\
} while (0)

#define EXPECT_PROBES(there) EXPECT_BOTH_PROBES(there, false)

/* Regions of a removed disk are deleted by a work item, or the next request. */
static void remove_device(struct netlink *netlink, const char *name)
{
	dm_remove(name);
	region_del(netlink, UINT32_MAX);
}

FIXTURE(probes)
{
	struct netlink netlink;
	unsigned int minor;
};

FIXTURE_SETUP(probes)
{
	ASSERT_EQ(0, netlink_open(&self->netlink));
	self->minor = dm_create("abi", 100000);
}

FIXTURE_TEARDOWN_PARENT(probes)
{
	dm_remove_all();
}

TEST_F(probes, are_not_there_without_a_region)
{
	EXPECT_PROBES(false);
	region_new(&self->netlink, self->minor, U64(DMSTAT_A_REGION_AREAS, 0));
	EXPECT_PROBES(false);
}

TEST_F(probes, are_attached_with_the_first_region_until_the_last)
{
	unsigned int other = dm_create("abi2", 100000);
	uint32_t first = region_make(&self->netlink, self->minor);
	uint32_t second, third;

	EXPECT_PROBES(true);
	second = region_make(&self->netlink, self->minor);
	third = region_make(&self->netlink, other);
	ASSERT_TAKEN(region_del(&self->netlink, first));
	ASSERT_TAKEN(region_del(&self->netlink, second));
	EXPECT_PROBES(true);
	ASSERT_TAKEN(region_del(&self->netlink, third));
	EXPECT_PROBES(false);
}

TEST_F(probes, go_with_the_last_device)
{
	region_make(&self->netlink, self->minor);
	EXPECT_PROBES(true);
	remove_device(&self->netlink, "abi");
	EXPECT_PROBES(false);
}

TEST_F(probes, for_requests_are_there_only_for_request_based_devices)
{
	unsigned int other = dm_create_multipath("abi2", 8192);
	uint32_t first, second;

	first = region_make(&self->netlink, self->minor);
	EXPECT_BOTH_PROBES(true, false);
	second = region_make(&self->netlink, other);
	EXPECT_BOTH_PROBES(true, true);
	ASSERT_TAKEN(region_del(&self->netlink, first));
	EXPECT_BOTH_PROBES(true, true);
	first = region_make(&self->netlink, self->minor);
	ASSERT_TAKEN(region_del(&self->netlink, second));
	EXPECT_BOTH_PROBES(true, false);
	region_make(&self->netlink, other);
	EXPECT_BOTH_PROBES(true, true);
	remove_device(&self->netlink, "abi2");
	EXPECT_BOTH_PROBES(true, false);
	ASSERT_TAKEN(region_del(&self->netlink, first));
	EXPECT_BOTH_PROBES(false, false);
}

TEST_F(probes, go_with_the_module)
{
	region_make(&self->netlink, self->minor);
	region_make(&self->netlink, dm_create_multipath("abi2", 8192));
	EXPECT_BOTH_PROBES(true, true);
	run("rmmod dmstat");
	EXPECT_PROBES(false);
}

int main(int argc, char **argv)
{
	find_tracepoints();
	return test_harness_run(argc, argv);
}
