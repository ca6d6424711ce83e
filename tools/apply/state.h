/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which regions were made from configuration files: a file below /run, which goes
 * with a reboot, as regions do. When the module was loaded again, other regions
 * may have their ids; the time of creation tells.
 */
#ifndef DMSTAT_NL_STATE_H
#define DMSTAT_NL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_FOLDER	"/run/dmstat"
#define STATE_FILE	STATE_FOLDER "/apply.state"

/**
 * struct made - a region that was made
 * @region_id: its id
 * @created: when it was created, as the kernel says
 * @file: path of the configuration file that asked for it
 * @block: name of the block
 * @path: of a file; NULL: of a device
 * @inode: inode number of the file
 * @born: when the file was created
 * @areas: areas that were asked for, or DMSTAT_DEFAULT
 * @area_size: area size that was asked for, or DMSTAT_DEFAULT
 * @extents_hash: a number for its extents; 0 of a range
 * @look: look_of_spec() of it
 * @dropped: whether it is gone, and is not written any more
 */
struct made {
	uint32_t region_id;
	uint64_t created;
	char *file;
	char *block;
	char *path;
	uint64_t inode;
	uint64_t born;
	uint64_t areas;
	uint64_t area_size;
	uint64_t extents_hash;
	uint64_t look;
	bool dropped;
};

/**
 * struct state - all regions that were made
 * @made: the regions
 * @count: how many
 * @pending: a region that was being made when the program was killed, with the time
 *           before as @created; it may exist. Without @file if there is none.
 * @folder: descriptor of the folder, which is locked; -1: it does not exist
 * @changed: whether the file must be written
 * @writable: whether it was opened for that
 */
struct state {
	struct made *made;
	size_t count;
	struct made pending;
	int folder;
	bool changed;
	bool writable;
};

/**
 * state_open() - lock the state against others, and read it
 * @state: set to it
 * @writable: whether regions are going to be made or deleted; if not, the folder
 *            is not created, and others may read it, too
 *
 * Waits for others who have it open.
 *
 * Return: 0; EXIT_FAILURE after saying why, and then there is nothing to close.
 */
int state_open(struct state *state, bool writable);

/**
 * state_intend() - write down that a region is going to be made
 * @state: the state
 * @made: the region, without id and time
 *
 * The program may be killed when the kernel has made it. To be followed by
 * state_add(), or by state_forget() if it was not made.
 *
 * Return: 0; EXIT_FAILURE after saying why: do not make it.
 */
int state_intend(struct state *state, const struct made *made);

/** state_forget() - nothing is pending any more */
void state_forget(struct state *state);

/**
 * state_adopt() - note that the pending region exists
 * @state: the state
 * @region_id: its id
 * @created: when it was created
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int state_adopt(struct state *state, uint32_t region_id, uint64_t created);

/**
 * state_add() - add a region that was just made, and write it down at once
 * @state: the state; its @made may move
 * @made: the region; its texts are copied
 *
 * Return: 0; EXIT_FAILURE after saying why: delete the region, which would never
 * be found again.
 */
int state_add(struct state *state, const struct made *made);

/**
 * state_update() - note what of a region has changed
 * @state: the state
 * @index: of the region in @state
 * @now: its configuration file, path, inode and extents
 */
void state_update(struct state *state, size_t index, const struct made *now);

/** state_drop() - note that a region is gone */
void state_drop(struct state *state, size_t index);

/**
 * state_close() - write the state if it was changed, unlock it and free it
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int state_close(struct state *state);

#endif /* DMSTAT_NL_STATE_H */
