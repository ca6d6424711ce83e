/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagrams as text, to be read, kept and sent again. A case is a file of
 *
 *	# a comment
 *	buffer BYTES	room for answers; twice as much is what the kernel gives
 *	send		a datagram: bytes in hexadecimal on the lines that follow
 *	receive		all that is there, and check it
 *	expect ERROR	how the last request was answered: EINVAL, 0, ...
 *	missing TYPE	the attribute that it was told to miss; 0: none
 *	events N	how many came with the answer
 *	close		the socket, and open another one
 *
 * Among the bytes, <family> is the family's id, and <NAME> or <NAME:SIZE> the
 * value of an attribute of the thing that was told of last, in 4 or SIZE bytes;
 * there is one before the case begins. Sequence numbers are put in when it is
 * sent.
 */
#ifndef _CASE_H
#define _CASE_H

#include <stdint.h>

#include "channel.h"
#include "datagram.h"
#include "learn.h"

/* With @learnt, values of things that exist are printed by name. */
void case_print(const struct datagram *datagram, uint16_t id,
		const struct learnt *learnt);

/* Ends the program if the file is no case; complains of wrong answers. */
void case_run(const char *path, const struct channel_family *found,
	      struct learnt *learnt);

#endif /* _CASE_H */
