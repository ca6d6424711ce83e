/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How I/O is seen: the starts of all, and the ends of bios outside of requests.
 */
#ifndef _DMSTAT_ATTACH_BIO_H
#define _DMSTAT_ATTACH_BIO_H

int dmstat_attach_bio_init(void);
int dmstat_attach_bio(void);
void dmstat_detach_bio(void);

#endif /* _DMSTAT_ATTACH_BIO_H */
