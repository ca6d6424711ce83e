/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How I/O is seen: the starts of all bios, and the ends of bios that are in no
 * request.
 */
#ifndef _DMSTAT_HOOK_BIO_H
#define _DMSTAT_HOOK_BIO_H

#include <linux/types.h>

struct bio;
struct dmstat_kdevice;

void dmstat_hook_bio_start(struct dmstat_kdevice *device,
			   const struct bio *bio);
bool dmstat_hook_bio_is_chained(const struct bio *bio);

int dmstat_hook_bio_init(void);
int dmstat_hook_bio(void);
void dmstat_unhook_bio(void);

#endif /* _DMSTAT_HOOK_BIO_H */
