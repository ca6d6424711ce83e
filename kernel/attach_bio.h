/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How I/O on bio-based devices is seen.
 */
#ifndef _DMSTAT_ATTACH_BIO_H
#define _DMSTAT_ATTACH_BIO_H

int dmstat_attach_bio_init(void);
int dmstat_attach_bio(void);
void dmstat_detach_bio(void);

#endif /* _DMSTAT_ATTACH_BIO_H */
