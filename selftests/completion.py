#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Completion in bash: a device's name is completed, and never run as code.

A device can have any name, and root presses TAB. The test types into an
interactive bash on a terminal of its own, and looks at what the command gets.
"""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import termios
import time

from promise import (Failed, Skip, command, equal, later, need_module, promise,
                     root, run, unload)

os.environ['PATH'] += f':{root}/build/tools'
os.environ['DM_DISABLE_UDEV'] = '1'

PACKAGE = pathlib.Path('/usr/share/bash-completion/bash_completion')

# Pairs of a name and its beginning, as it may be typed without quotes.
NAMES = [
    ('a$(touch${IFS}f)', 'a'),
    ('b`touch f`', 'b'),
    ('c;touch f;', 'c'),
    ('d&touch f', 'd'),
    ('e|touch f', 'e'),
    ('f>f', 'f'),
    ('g h', 'g'),
    ("i's", 'i'),
    ('j "k" l', 'j'),
    ('k\\x24\\', 'k'),
    ('l*?[a-z]', 'l'),
    ('m{n,o}', 'm'),
    ('n!!', 'n'),
    ('~root', '\\~'),
    ('#o', '\\#'),
    ('p:q:r', 'p:q'),
    ('p:s t', 'p\\:s'),
    ('q=r=s', 'q=r'),
    ('r@s$HOME', 'r@'),
    ('s-\u00e9 \u00fc', 's-'),
    ('t^x%y+z', 't'),
    ("u'\"\\$`", 'u'),
]

# No completion may put these on the line.
REFUSED = [b'-v$(touch f)', b'w\x1b[31m', b'x\nx', b'y\xff', b'z\x7f']


def dmsetup(*args):
    """Call dmsetup with names as they are."""
    return command('dmsetup', *args[:1], '--manglename', 'none', *args[1:])


def device(name):
    """Make a device of this name."""
    dmsetup('create', '--table', '0 2048 zero', '--', os.fsdecode(name))
    later(dmsetup, 'remove', '--retry', '--', os.fsdecode(name))


class Shell:
    """An interactive bash that completes, in an empty folder."""

    def __init__(self, locale='C.UTF-8'):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        later(shutil.rmtree, self.folder)
        self.given = self.folder.with_suffix('.given')
        later(self.given.unlink, True)
        self.terminal, other = pty.openpty()
        later(os.close, self.terminal)
        mode = termios.tcgetattr(other)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(other, termios.TCSANOW, mode)
        environment = {'PATH': os.environ['PATH'], 'TERM': 'dumb',
                       'LC_ALL': locale, 'HOME': str(self.folder),
                       'LD_LIBRARY_PATH': os.environ['LD_LIBRARY_PATH']}
        # pylint: disable=consider-using-with
        self.bash = subprocess.Popen(
            ['bash', '--norc', '--noprofile', '-i'], stdin=other, stdout=other,
            stderr=other, cwd=self.folder, env=environment,
            start_new_session=True)
        later(self.bash.wait)
        later(self.bash.kill)
        os.close(other)
        self.number = 0
        self.type('PS1= PS2=; bind "set bell-style none"\n')
        self.type('bind "set completion-query-items 0"\n')
        self.type('bind "set page-completions off"\n')
        self.type(f'. {PACKAGE}; . {root}/tools/dmstat-nl.bash-completion\n')
        self.type('dmstat-nl() { if [[ $1 == create || $1 == clear ]]; then '
                  f'printf %s "$2" >{self.given}; '
                  'else command dmstat-nl "$@"; fi; }\n')

    def type(self, text):
        """Type a line; return what was printed until it was done."""
        self.number += 1
        os.write(self.terminal, os.fsencode(
            f'{text}\necho "=$(({self.number}))="\n'))
        end = time.monotonic() + 60
        seen = b''
        while b'=%d=' % self.number not in seen:
            if not select.select([self.terminal], [], [], 1)[0]:
                if time.monotonic() > end:
                    raise Failed(f'waited 60 s in vain after {text}: {seen}')
                continue
            seen += os.read(self.terminal, 4096)
        return seen

    def create(self, way, subcommand='create'):
        """Have an argument of dmstat-nl create completed; return what it is."""
        self.type(f'dmstat-nl {subcommand} {way}\t')
        return self.given.read_bytes()

    def nothing_ran(self):
        """Check that no name did what it says."""
        equal('files in the folder', os.listdir(self.folder), [])


def prepare(names):
    """Load what is needed; make devices."""
    if not PACKAGE.exists():
        raise Skip('bash-completion is not installed')
    need_module('dmstat')
    need_module('dm-zero')
    for name in names:
        device(name)


def completed(shell, name, *ways):
    """Check that a name is completed from each of these beginnings."""
    for way in ways:
        given = shell.create(way)
        if given != os.fsencode(name):
            raise Failed(f'{way} became {given}, not {name}')
    print(name, 'completed from', *ways)


@promise('a name is completed, however odd, and gets to the command as it is')
def complete():
    prepare([name for name, _ in NAMES] + REFUSED)
    shell = Shell()
    for name, plain in NAMES:
        start = plain.replace('\\', '')
        completed(shell, name, plain, f"'{start}", f"'{start[:-1]}'{plain[-1]}")
        if '!' not in name:     # which would be of the history there
            completed(shell, name, f'"{start}')
    shell.nothing_ran()


@promise('a name is completed in a locale without its letters')
def complete_in_c():
    prepare(['s-\u00e9 \u00fc', 'a$(touch${IFS}f)'])
    shell = Shell('C')
    completed(shell, 's-\u00e9 \u00fc', 's', "'s", '"s')
    completed(shell, 'a$(touch${IFS}f)', 'a', "'a", '"a')
    shell.nothing_ran()


@promise("each option of a command is completed, as its table has it")
def options():
    prepare([])
    shell = Shell()
    table = [line.split('\t') for line in
             command('dmstat-nl', 'help', '--table').splitlines()]
    names = [line[2] for line in table if line[:2] == ['option', 'create']]
    for name in names:
        start = name[:-1]
        if sum(other.startswith(start) for other in names) == 1:
            completed(shell, name, start)
    shell.nothing_ran()


@promise('fields of a report are completed, one after the other')
def fields():
    prepare([])
    shell = Shell()
    for line, seen in (('-o read_cou', 'read_count'),
                       ('--options area_id,+discard_awa', 'area_id,+discard_await'),
                       ('-O -write_cou', '-write_count')):
        printed = shell.type(f'dmstat-nl report {line}\t\x01echo "<\x05>"; #')
        print(line, printed)
        if os.fsencode(f'{seen}>') not in printed:
            raise Failed(f'{line} was not completed')
    shell.nothing_ran()


@promise('a list of names runs none of them')
def listed():
    prepare([name for name, _ in NAMES] + REFUSED)
    shell = Shell()
    for line in ('dmstat-nl create \t\t\t', "dmstat-nl inflight '\t\t",
                 'dmstat-nl list "\t\t', 'dmstat-nl delete --all \t\t',
                 'dmstat-nl delete --program x \t\t',
                 'dmstat-nl create /dev/mapper/\t\t\t'):
        # Then to its beginning, and make it a comment.
        seen = shell.type(line + '\x01#')
        print(line.encode(), 'lists', len(seen), 'bytes')
        if b'touch' not in seen:
            raise Failed(f'no names: {seen}')
        for name in REFUSED[1:]:
            if '/' not in line and name in seen:
                raise Failed(f'{name} is on the terminal: {seen}')
    shell.nothing_ran()


@promise('groups, regions and devices are completed where all three can be')
def scopes():
    prepare(['a$(touch${IFS}f)'])
    shell = Shell()
    later(command, 'dmstat-nl', 'delete', '--all')
    region = command('dmstat-nl', 'create', '--group', 'g$(touch f) h',
                     'a$(touch${IFS}f)').strip()
    command('dmstat-nl', 'create', '--group', 'g$(touch f) h',
            '--program', ', "group": "x"', 'a$(touch${IFS}f)')
    for start, whole in (('g', 'g$(touch f) h'), ("'g", 'g$(touch f) h'),
                         ('a', 'a$(touch${IFS}f)'), (region[0], None)):
        given = shell.create(start, 'clear')
        print(start, 'became', given)
        if whole and given != os.fsencode(whole):
            raise Failed(f'{start} became {given}, not {whole}')
    equal('no group', shell.create('x', 'clear'), b'x')
    shell.nothing_ran()


@promise('the path of a device with such a name is completed, and not run')
def path():
    prepare(['a$(touch${IFS}f)', 'b`touch f`'])
    shell = Shell()
    completed(shell, '/dev/mapper/a$(touch${IFS}f)', '/dev/mapper/a\t')
    completed(shell, '/dev/mapper/b`touch f`', '/dev/mapper/b\t')
    shell.nothing_ran()


@promise('names that cannot be typed are not completed')
def skipped():
    prepare(REFUSED)
    shell = Shell()
    for name in REFUSED:
        start = name[:2] if name.startswith(b'-') else name[:1]
        equal(f'of {name}', shell.create(os.fsdecode(start)), start)
    shell.nothing_ran()


if __name__ == '__main__':
    try:
        run()
    finally:
        if not os.geteuid():
            unload('dmstat', 'dm_zero')
