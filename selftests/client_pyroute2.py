#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Dumps by pyroute2 as an ordinary program does them: see client.h.

Prints of each how many objects came, or the name of the error number.
"""
import errno
import sys

from pyroute2.netlink import NLM_F_DUMP, NLM_F_REQUEST, genlmsg
from pyroute2.netlink.exceptions import NetlinkError
from pyroute2.netlink.generic import GenericNetlinkSocket

KINDS = {'u32': 'uint32', 'u64': 'uint64', 'string': 'asciiz'}


def message_class(attributes):
    """A class of messages with these attributes; all others are bytes."""
    kinds = {int(number): KINDS[kind] for number, kind, _ in attributes}

    class Message(genlmsg):
        """What is asked for, and what comes back."""
        prefix = 'A_'
        nla_map = tuple((number, f'A_{number}', kinds.get(number, 'hex'))
                        for number in range(32))
    return Message


def build(message, command, attributes):
    """Fill a request in."""
    message['cmd'] = int(command)
    message['version'] = 1
    message['attrs'] = [(f'A_{number}',
                         value if kind == 'string' else int(value))
                        for number, kind, value in attributes]
    return message


def dump(command, attributes):
    """What comes of it."""
    message = message_class(attributes)
    with GenericNetlinkSocket() as socket:
        socket.bind('dmstat', message)
        try:
            answer = socket.nlm_request(build(message(), command, attributes),
                                        msg_type=socket.prid,
                                        msg_flags=NLM_F_REQUEST | NLM_F_DUMP)
            return f'{len(tuple(answer))} objects'
        except NetlinkError as error:
            return errno.errorcode[error.code]


def main():
    """Ask for what stdin says."""
    for line in sys.stdin:
        command, *attributes = line.split()
        print(dump(command, [attribute.split(':', 2)
                             for attribute in attributes]))


if __name__ == '__main__':
    main()
