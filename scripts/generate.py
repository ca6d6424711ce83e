#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""generate.py [FOLDER]: write all that follows from the specification.

Documentation/netlink/specs/dmstat.yaml gives uapi/linux/dmstat.h, the policies,
kernel/nl_policy.[ch], and the description for syzkaller,
selftests/fuzz/dmstat.txt. They are written to the source tree or, for
comparing, to another folder. The kernel's own generator makes constants and
policies, tools/net/ynl/ynl-gen-c.py; comment.py draws the header's comment, and
syzkaller.py the description. YNL_DIR is the generator's folder; without it,
selftests/vm/kernel is asked.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

import comment
import syzkaller

TOP = pathlib.Path(__file__).resolve().parent.parent
SPEC = pathlib.Path('Documentation/netlink/specs/dmstat.yaml')
HEADER = pathlib.Path('uapi/linux/dmstat.h')
POLICY = pathlib.Path('kernel/nl_policy.c')
DESCRIPTION = pathlib.Path('selftests/fuzz/dmstat.txt')

LICENCE = '((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)'

TITLE = ('dmstat: I/O statistics of block devices over generic netlink',
         '', 'Copyright (C) 2026 The dmstat authors')

# The types whose length is checked by a function: see nl_validate.c.
NLA_TYPES = {'string': 'NLA_NUL_STRING', 'binary': 'NLA_BINARY'}


def ynl_folder():
    """The folder of the kernel's generator."""
    folder = os.environ.get('YNL_DIR')
    if folder:
        return pathlib.Path(folder)
    kernel = subprocess.run([TOP / 'selftests/vm/kernel', '6.12',
                             '--with-source'], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    return pathlib.Path(kernel) / 'source/tools/net/ynl'


def c_name(name):
    """A name of the specification in C."""
    return name.replace('-', '_')


def run_generator(document, mode, part, name):
    """What the kernel's generator makes of a specification.

    It wants the schemata in the folder above the specification's, a file of
    the top of a kernel's sources above that, and is told the file's name.
    """
    ynl = ynl_folder()
    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch)
        spec = tree / SPEC
        spec.parent.mkdir(parents=True)
        (tree / 'MAINTAINERS').touch()
        for schema in (ynl.parents[2] / 'Documentation/netlink').glob('*.yaml'):
            (spec.parents[1] / schema.name).symlink_to(schema)
        spec.write_text(f'# SPDX-License-Identifier: {LICENCE}\n' +
                        yaml.safe_dump(document, sort_keys=False), 'utf-8')
        subprocess.run([sys.executable, '-B', ynl / 'ynl-gen-c.py',
                        '--mode', mode, f'--{part}', '--spec', spec,
                        '-o', tree / name], check=True)
        return (tree / name).read_text('utf-8')


def load():
    """The specification, to be changed at will."""
    return yaml.safe_load((TOP / SPEC).read_text('utf-8'))


# ---------------------------------------------------------------- policies

def one_policy_each(document):
    """Let an operation have one policy, for what it does and for its dump.

    Linux 6.1 has no other way: the operation then refuses what belongs to its
    other mode. "legacy" is the protocol whose policies other files may use.
    """
    document['protocol'] = 'genetlink-legacy'
    document['kernel-policy'] = 'per-op'
    for operation in document['operations']['list']:
        modes = [operation.pop(mode) for mode in ('do', 'dump')
                 if mode in operation]
        names = dict.fromkeys(name for mode in modes for name in
                              mode.get('request', {}).get('attributes', []))
        if names:
            operation['do'] = {'request': {'attributes': list(names)}}


def take_lengths(document):
    """Take the rules of length out: which function has each, by constant.

    They are those of attributes with a max-len or, as they are lists, with a
    sub-type. The generator knows no max-len of binary attributes, and the
    kernel's refusal of a string does not name the limit.
    """
    functions = {}
    for entry in document['attribute-sets']:
        for attribute in entry['attributes']:
            if attribute['type'] not in NLA_TYPES or not (
                    'checks' in attribute or 'sub-type' in attribute):
                continue
            attribute.pop('checks', None)
            name = c_name(f'{entry["name"]}-{attribute["name"]}').upper()
            functions[f'DMSTAT_A_{name}'] = (
                NLA_TYPES[attribute['type']],
                f'dmstat_nl_validate_{c_name(attribute["name"])}')
    return functions


def with_functions(text, functions):
    """The policies, with the functions that check lengths."""
    def policy(match):
        kind, function = functions.get(match[1], (None, None))
        if not kind:
            return match[0]
        return (f'[{match[1]}] =\n\t\tNLA_POLICY_VALIDATE_FN({kind}, '
                f'{function}),')
    text = re.sub(r'\[(\w+)\] = .*,$', policy, text, flags=re.MULTILINE)
    return re.sub(r'^(/\* \w+) - do \*/$', r'\1 */', text, flags=re.MULTILINE)


def without_operations(text):
    """The generator's tables of policies alone: operations are by hand.

    Linux 6.1 knows no operations of the kind that the generator makes.
    """
    tables, found, rest = text.partition('/* Ops table')
    if not found:
        sys.exit('generate.py: the generator has changed: no table of operations')
    end = re.search(r'^#endif.*\n', rest, re.MULTILINE)
    return tables.rstrip() + '\n' + ('\n' + end[0] if end else '')


def our_includes(text, *names):
    """The text with our headers instead of the generator's."""
    lines = [f'#include {name}' for name in names]
    return re.sub(r'(#include .*\n+)+', '\n'.join(lines) + '\n\n', text,
                  count=1)


def policies():
    """The policies and their header."""
    document = load()
    one_policy_each(document)
    functions = take_lengths(document)
    header = without_operations(run_generator(document, 'kernel', 'header',
                                              POLICY.name))
    source = without_operations(run_generator(document, 'kernel', 'source',
                                              POLICY.name))
    return {
        POLICY.with_suffix('.h'): our_includes(
            header, '<linux/dmstat.h>', '<net/netlink.h>'),
        POLICY: our_includes(
            with_functions(source, functions), '<linux/dmstat.h>',
            '<net/netlink.h>\n', '"compat.h"', '"nl_policy.h"',
            '"nl_validate.h"'),
    }


# ------------------------------------------------------------------ header

def header():
    """The header: a comment, the generator's constants, and what is by hand.

    By hand is what precedes the first constant: the specification knows no
    structures.
    """
    old = (TOP / HEADER).read_text('utf-8')
    guard = re.search(r'^#define _UAPI.*\n\n', old, re.MULTILINE)
    by_hand = old[guard.end():old.index('#define DMSTAT_FAMILY_NAME')]
    made = run_generator(load(), 'uapi', 'header', HEADER.name)
    source, start, constants = made.partition('#ifndef ')
    return {HEADER: source + comment.draw(load(), *TITLE) + start +
            constants.replace(guard[0], guard[0] + by_hand, 1)}


# ----------------------------------------------------------------- numbers

def numbers_of(text):
    """The numbers of attributes, operations and values in a header."""
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.DOTALL)
    found = {}
    for body in re.findall(r'enum\s*\w*\s*{(.*?)}', text, re.DOTALL):
        value = -1
        for entry in filter(None, map(str.strip, body.split(','))):
            name, _, given = map(str.strip, entry.partition('='))
            # How many there are in a list may change.
            if name.startswith('__') or given.startswith('('):
                continue
            value = int(given, 0) if given else value + 1
            found[name] = value
    return found


def check_numbers(text):
    """Refuse to give what programs know by a number another one."""
    made = numbers_of(text)
    changed = [f'{name} was {value} and would be {made.get(name, "gone")}'
               for name, value in
               numbers_of((TOP / HEADER).read_text('utf-8')).items()
               if made.get(name) != value]
    if changed:
        sys.exit('generate.py: programs know these numbers: add attributes, '
                 'operations and values at the end of their lists\n' +
                 '\n'.join(changed))


def main():
    """Write all files."""
    if len(sys.argv) > 2:
        sys.exit('usage: generate.py [FOLDER]')
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else TOP
    try:
        files = {**header(), **policies()}
        files[DESCRIPTION] = syzkaller.draw(load(), files[HEADER], LICENCE)
    except comment.Unknown as what:
        sys.exit(f'generate.py: {SPEC}: {what}')
    check_numbers(files[HEADER])
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, 'utf-8')


if __name__ == '__main__':
    main()
