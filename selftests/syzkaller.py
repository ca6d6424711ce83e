#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""syzkaller.py [TOP]: fuzz/dmstat.txt is what syzkaller can compile.

Debian has no syzkaller, so this parses the part of its language that the file
uses, strictly. Each name is defined once and used, or is one of syzkaller's
that are listed here; each operation and attribute is one of the kernel's
policies, none is left out. Then faults are planted in the text: each has to be
found. See docs/syscall_descriptions_syntax.md of syzkaller.
"""
import pathlib
import re
import sys

INTEGERS = {'int8': 8, 'int16': 16, 'int32': 32, 'int64': 64, 'intptr': 64}

# Of syzkaller's own types: how many arguments they have, at least and at most.
BUILTIN = {'ptr': (2, 2), 'array': (1, 2), 'const': (1, 2), 'string': (1, 1),
           'flags': (1, 2), 'len': (1, 2), 'void': (0, 0)}
# Of its descriptions of sockets and netlink.
FOREIGN = {'sock_nl_generic': 0, 'send_flags': 0, 'recv_flags': 0, 'nlattr': 2,
           'msghdr_netlink': 1, 'netlink_msg_t': 3, 'genlmsghdr_t': 1,
           'iovec': 2}
CONSTANTS = {'SOL_NETLINK', 'NETLINK_ADD_MEMBERSHIP'}
SYSCALLS = {'sendmsg', 'recvmsg', 'setsockopt', 'syz_genetlink_get_family_id'}

NAME = r'[A-Za-z_]\w*'
TOKEN = re.compile(rf'\s*({NAME}|0x[0-9a-f]+|\d+|"[^"\\]*"|[][(),:=])')

# (what is there, what is written instead)
FAULTS = (
    ('resource genl_dmstat_family_id[int16]\n', ''),
    ('dmstat_major [\n', 'dmstat_minor [\n'),
    ('] [varlen]\n\ndmstat_region_new_policy', '\n\ndmstat_region_new_policy'),
    (', dmstat_major]', ', dmstat_majors]'),
    ('nlattr[DMSTAT_A_DEVICE_MINOR, ', 'nlattr[DMSTAT_A_DEVICE_MINOR '),
    ('nlattr[DMSTAT_A_DEVICE_MINOR, ', 'nlattr[DMSTAT_A_DEVICE_SIZE, '),
    ('nlattr[DMSTAT_A_DEVICE_MINOR, ', 'nlattr['),
    ('int32[0:7]', 'int32[7:0]'),
    ('int32[0:7]', 'int16[0:65536]'),
    ('int32[0:7]', 'int32[0:7'),
    ('array[int8, 0:8]', 'array[int8, 8:0]'),
    ('string[dmstat_strings]', 'string[dmstat_string]'),
    ('id\t\tdmstat_region_id', 'id\t\tint32'),
    ('sendmsg$DMSTAT_CMD_DEVICE_GET', 'sendmsg$DMSTAT_CMD_REGION_NEW'),
    ('arglen len[arg]', 'arglen len[args]'),
    ('const[SOL_NETLINK]', 'const[SOL_NETLING]'),
    ('\nrecvmsg$dmstat', '\n# recvmsg$dmstat'),
    ('\tany\tint32\n', '\tlikely\tint32\n'),
)


class Wrong(Exception):
    """What is wrong with the description."""


def need(true, what):
    """Refuse the description unless this is true."""
    if not true:
        raise Wrong(what)


class Tokens:
    """What is left of a line."""

    def __init__(self, line):
        self.left = []
        position = 0
        while position < len(line):
            match = TOKEN.match(line, position)
            need(match, f'not understood: {line[position:]}')
            self.left.append(match[1])
            position = match.end()

    def next(self, pattern):
        """Take a token, which has to be like this."""
        need(self.left and re.fullmatch(pattern, self.left[0]),
             f'{pattern} expected before: {" ".join(self.left)}')
        return self.left.pop(0)

    def take(self, token):
        """Take a token if it is this one."""
        return bool(self.left[:1] == [token] and self.left.pop(0))

    def end(self):
        """There must not be more."""
        need(not self.left, f'too much: {" ".join(self.left)}')

    def type(self):
        """(name, arguments); a number is (N, M), its range."""
        if self.left and self.left[0][0].isdigit():
            first = last = int(self.next(r'\d\w*'), 0)
            if self.take(':'):
                last = int(self.next(r'\d\w*'), 0)
            need(first <= last, f'{first}:{last} is no range')
            return first, last
        name, arguments = self.next(rf'{NAME}|".*"'), []
        if self.take('['):
            arguments.append(self.type())
            while self.take(','):
                arguments.append(self.type())
            self.next(r'\]')
        return name, arguments


class Description:
    """What is defined and used."""

    def __init__(self, text):
        self.defined = {}       # name: ('resource', ...), ('type', ...), ...
        self.calls = {}         # name: (arguments, result)
        self.used = set()
        self.lines = iter(text.splitlines())
        for line in self.lines:
            if line and not line.startswith(('#', 'include <')):
                self.declaration(line)

    def define(self, name, *what):
        """A name has one meaning."""
        need(name not in self.defined and name not in FOREIGN and
             name not in BUILTIN and name not in INTEGERS, f'{name} twice')
        self.defined[name] = what

    def declaration(self, line):
        """What a line, and those that follow, declare."""
        block = re.fullmatch(rf'({NAME}) ([{{[])', line)
        call = re.fullmatch(rf'({NAME})\$(\w+)\((.*)\)(?: ({NAME}))?', line)
        if block:
            self.define(block[1], 'block', self.fields(block[2]))
        elif call:
            need(call[1] in SYSCALLS, f'no such call: {call[1]}')
            name = f'{call[1]}${call[2]}'
            need(name not in self.calls, f'{name} twice')
            self.calls[name] = (self.arguments(call[3]), call[4])
        elif line.startswith('resource '):
            tokens = Tokens(line)
            tokens.next('resource')
            name, base = tokens.type()
            need(len(base) == 1 and base[0][0] in INTEGERS, f'{name}: base')
            while tokens.take(':' if tokens.left[:1] == [':'] else ','):
                tokens.next(r'\d\w*')
            tokens.end()
            self.define(name, 'resource')
        elif line.startswith('type '):
            tokens = Tokens(line)
            tokens.next('type')
            name, parameters = tokens.type()
            self.define(name, 'type', [part[0] for part in parameters],
                        tokens.type())
            tokens.end()
        else:
            tokens = Tokens(line)
            name = tokens.next(NAME)
            tokens.next('=')
            tokens.next('".*"')
            while tokens.take(','):
                tokens.next('".*"')
            tokens.end()
            self.define(name, 'strings')

    def fields(self, opening):
        """The fields of a structure or a union."""
        fields = {}
        for line in self.lines:
            if not line.startswith('\t'):
                need(line in ({'}'} if opening == '{' else {']', '] [varlen]'}),
                     f'the end of a block expected: {line}')
                need(fields, 'a block without fields')
                return fields
            tokens = Tokens(line)
            name = tokens.next(NAME)
            need(name not in fields, f'field {name} twice')
            fields[name] = tokens.type()
            tokens.end()
        raise Wrong('a block without an end')

    @staticmethod
    def arguments(text):
        """The arguments of a call."""
        tokens, arguments = Tokens(text), {}
        while tokens.left:
            need(not arguments or tokens.take(','), f'a comma: {text}')
            name = tokens.next(NAME)
            need(name not in arguments, f'argument {name} twice')
            arguments[name] = tokens.type()
        return arguments

    # ------------------------------------------------------------- names

    def check_type(self, what, beside=(), parameters=(), constants=()):
        """A type that is used: beside other fields, in a template."""
        name, arguments = what
        again = {'beside': beside, 'parameters': parameters,
                 'constants': constants}
        if name in parameters or name in constants:
            need(not arguments, f'{name} has arguments')
            self.used.add(name)
            return
        if name in INTEGERS:
            need(len(arguments) <= 1, f'{name}: {arguments}')
            for first, last in arguments:
                need(isinstance(first, int) and last < 1 << INTEGERS[name],
                     f'{name}[{first}:{last}]')
            return
        if name in BUILTIN:
            least, most = BUILTIN[name]
            need(least <= len(arguments) <= most, f'{name}: {arguments}')
            if name == 'len':
                need(arguments[0][0] in beside, f'len: no {arguments[0][0]}')
            elif name == 'string':
                string = arguments[0][0]
                need(string[0] == '"' or
                     self.defined.get(string) == ('strings',), string)
                self.used.add(string)
            else:
                self.check_builtin(name, arguments, again)
            return
        if name in FOREIGN:
            need(len(arguments) == FOREIGN[name], f'{name}: {arguments}')
        else:
            need(self.defined.get(name, ('strings',)) != ('strings',),
                 f'{name} is not a type')
            kind = self.defined[name]
            count = len(kind[1]) if kind[0] == 'type' else 0
            need(len(arguments) == count, f'{name}: {arguments}')
            self.used.add(name)
        for argument in arguments:
            if argument[0] not in ('in', 'out'):
                self.check_type(argument, **again)

    def check_builtin(self, name, arguments, again):
        """The arguments of ptr, array, const, flags and void."""
        if name == 'ptr':
            need(arguments[0][0] in ('in', 'out'), f'ptr: {arguments[0]}')
            self.check_type(arguments[1], **again)
        elif name == 'array':
            self.check_type(arguments[0], **again)
            need(all(isinstance(size[0], int) for size in arguments[1:]),
                 f'array: {arguments[1:]}')
        elif name == 'const':
            value = arguments[0][0]
            need(isinstance(value, int) or value in again['constants'],
                 f'const: {value}')
            need(all(base[0] in INTEGERS for base in arguments[1:]), 'const')
        elif name == 'flags':
            need(arguments[0][0] in FOREIGN, f'flags: {arguments[0]}')

    def outputs(self, what, out=False):
        """The names that the kernel writes."""
        name, arguments = what
        if isinstance(name, int):
            return set()
        found = {name} if out else set()
        out = out or ('out', []) in arguments
        for argument in arguments:
            found |= self.outputs(argument, out)
        if self.defined.get(name, '?')[0] == 'block':
            for field in self.defined[name][1].values():
                found |= self.outputs(field, out or name in found)
        return found

    def check(self, constants):
        """Everything that is used is defined, and the other way round."""
        produced = set()
        for what in self.defined.values():
            if what[0] == 'type':
                self.check_type(what[2], parameters=what[1],
                                constants=constants)
            elif what[0] == 'block':
                for field in what[1].values():
                    self.check_type(field, beside=what[1], constants=constants)
        for arguments, result in self.calls.values():
            for argument in arguments.values():
                self.check_type(argument, beside=arguments,
                                constants=constants)
                produced |= self.outputs(argument)
            if result:
                need(self.defined.get(result) == ('resource',), result)
                produced.add(result)
        for name, what in self.defined.items():
            need(name in self.used, f'{name} is not used')
            need(what[0] != 'resource' or name in produced,
                 f'nothing gives a {name}')

    def policies(self):
        """The attributes of each command."""
        found = {}
        for name, (arguments, _) in self.calls.items():
            if name.startswith('sendmsg$'):
                command, policy = arguments['msg'][1][1][1]
                need(name == f'sendmsg${command[0]}', f'{name}: {command[0]}')
                found[command[0]] = []
                for field, (kind, what) in self.defined[policy[0]][1].items():
                    need(kind == 'nlattr' and what[0][0] == field,
                         f'{field}: {what}')
                    found[command[0]].append(field)
        return found


def check(text, header, policy):
    """Refuse what syzkaller or the kernel would not understand."""
    constants = set(re.findall(r'\bDMSTAT_[A-Z0-9_]+', header)) | CONSTANTS
    description = Description(text)
    description.check(constants)
    kernel = {match[1]: re.findall(r'^\t\[(\w+)\] =', match[2], re.MULTILINE)
              for match in re.finditer(r'^/\* (DMSTAT_CMD_\w+) \*/\n(.*?)^};',
                                       policy, re.MULTILINE | re.DOTALL)}
    need(kernel, 'no policies in the kernel')
    ours = description.policies()
    for command in sorted(kernel.keys() | ours.keys()):
        need(sorted(kernel.get(command, [])) == sorted(ours.get(command, [])),
             f'{command}: the kernel has {kernel.get(command)}, '
             f'the description {ours.get(command)}')
    return description


def main():
    """Check the file, then that faults are found."""
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                       pathlib.Path(__file__).resolve().parent.parent)
    text, *others = ((top / name).read_text('utf-8') for name in
                     ('selftests/fuzz/dmstat.txt', 'uapi/linux/dmstat.h',
                      'kernel/nl_policy.c'))
    try:
        found = check(text, *others)
    except Wrong as what:
        sys.exit(f'selftests/fuzz/dmstat.txt: {what}')
    print(f'{len(found.calls)} calls, {len(found.defined)} types')
    for there, instead in FAULTS:
        if there not in text:
            sys.exit(f'nowhere to plant a fault: {there!r}')
        try:
            check(text.replace(there, instead, 1), *others)
        except Wrong as what:
            print(f'found: {what}')
        else:
            sys.exit(f'not found: {instead!r} instead of {there!r}')


if __name__ == '__main__':
    main()
