#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Does includes.py find what it is there for?

It is given folders of a few made-up files, with circles, arrows up and other
faults planted in them. Needs no root.
"""
import pathlib
import subprocess
import tempfile

from promise import Failed, Skip, equal, here, promise, root, run

LAYERS = '''
[house]
roof
walls door      # a comment
cellar
only roof cellar: <net/netlink.h>
never roof -> cellar

[rooms]
main
cmd/*
out/* arg/*
'''


def verdict(name, files, *options, layers=LAYERS):
    """What includes.py says of a folder: output, and lines of faults."""
    with tempfile.TemporaryDirectory() as place:
        rows = pathlib.Path(place, 'layers')
        rows.write_text(layers, encoding='utf-8')
        for path, text in files.items():
            file = pathlib.Path(place, name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding='utf-8')
        done = subprocess.run([here / 'includes.py', '--layers', rows,
                               *options, name], cwd=place, text=True,
                              check=False, capture_output=True)
    print(done.stderr, end='')
    if done.returncode not in (0, 1) or bool(done.stderr) != done.returncode:
        raise Failed(f'status {done.returncode}: {done.stderr}')
    return done.stdout, done.stderr.splitlines()


def include(*names):
    """Text of a file that includes these."""
    return ''.join(f'#include {name}\n' if name.startswith('<')
                   else f'#include "{name}"\n' for name in names)


def house(**more):
    """A sound folder, but for what is put into some of its files."""
    files = {'roof.c': include('roof.h', 'walls.h', '<net/netlink.h>'),
             'roof.h': include('<stdio.h>'),
             'walls.c': include('walls.h', 'door.h', 'cellar.h'),
             'walls.h': '', 'door.c': include('door.h'), 'door.h': '',
             'cellar.c': include('cellar.h'), 'cellar.h': ''}
    for name, text in more.items():
        files[name.replace('_', '.')] = files.get(name.replace('_', '.'),
                                                  '') + text
    return files


def planted(files, *expected, name='house', layers=LAYERS):
    """Fail unless exactly these faults are found."""
    equal('faults', verdict(name, files, layers=layers)[1], list(expected))


@promise('a folder whose arrows point one way passes, and its graph is printed')
def sound():
    """Also arrows within a row."""
    output, faults = verdict('house', house())
    equal('faults', faults, [])
    equal('graph', output.split('\n'),
          ['house', '', '  roof   -> walls', '', '  door',
           '  walls  -> cellar, door', '', '  cellar', ''])


@promise('--dot prints the graph for graphviz, what points up in red')
def dot():
    """Lines of it."""
    output, _ = verdict('house', house(cellar_c=include('door.h')), '--dot')
    equal('first', output.splitlines()[0], 'digraph "house" {')
    for line in ('\t"roof" -> "walls";', '\t"cellar" -> "door" [color=red];'):
        equal(line, line in output.splitlines(), True)


@promise('an arrow up is found')
def arrow_up():
    """From a .c file to the row above, from a header to the highest."""
    planted(house(cellar_c=include('door.h')),
            'house: arrow up: cellar -> door: '
            'house/cellar.c:2 includes "door.h"')
    planted(house(door_h=include('roof.h')) | {'roof.c': ''},
            'house: arrow up: door -> roof: house/door.h:1 includes "roof.h"')


@promise('a circle of two headers is found')
def header_circle():
    """In one row, where no arrow points up."""
    planted(house(door_h=include('walls.h'), walls_h=include('door.h')),
            'house: circle: door -> walls -> door',
            '  house/door.h:1 includes "walls.h"',
            '  house/walls.c:2 includes "door.h"')


@promise('a circle that no header has is found: two .c files, two headers')
def source_circle():
    """walls.c already includes door.h."""
    planted(house(door_c=include('walls.h')),
            'house: circle: door -> walls -> door',
            '  house/door.c:2 includes "walls.h"',
            '  house/walls.c:2 includes "door.h"')


@promise('a circle of three is found')
def long_circle():
    """One row would allow each of its arrows."""
    planted({'main.c': '', 'cmd/a.c': include('b.h'), 'cmd/a.h': '',
             'cmd/b.c': include('c.h'), 'cmd/b.h': '',
             'cmd/c.c': include('a.h'), 'cmd/c.h': '',
             'out/a.c': '', 'arg/a.c': ''},
            'rooms: circle: cmd/a -> cmd/b -> cmd/c -> cmd/a',
            '  rooms/cmd/a.c:1 includes "b.h"',
            '  rooms/cmd/b.c:1 includes "c.h"',
            '  rooms/cmd/c.c:1 includes "a.h"', name='rooms')


@promise('a circle between subfolders is found, though no file is in one')
def room_circle():
    """Two files of each."""
    planted({'main.c': include('cmd/a.h'), 'cmd/a.h': '',
             'out/a.c': include('arg/a.h'), 'out/b.h': '', 'arg/a.h': '',
             'arg/b.c': include('../out/b.h')},
            'rooms: circle: arg -> out -> arg',
            '  rooms/arg/b.c:1 includes "../out/b.h"',
            '  rooms/out/a.c:1 includes "arg/a.h"', name='rooms')


@promise('what is in a comment is no #include; spaces do not hide one')
def comments():
    """Both kinds of comment."""
    planted(house(cellar_c='/* see\n#include "door.h"\n*/\n'
                           '//#include "roof.h"\n'))
    planted(house(cellar_c='/* a */ /*\n*/\n #  include "door.h" /* b */\n'),
            'house: arrow up: cellar -> door: '
            'house/cellar.c:4 includes "door.h"')


@promise('a header that only some files may include is found in another')
def only():
    """The cellar may, the door may not."""
    planted(house(cellar_c=include('<net/netlink.h>')))
    planted(house(door_h=include('<net/netlink.h>')),
            'house: only roof cellar: '
            'house/door.h:1 includes <net/netlink.h>')


@promise('an arrow down that is forbidden by name is found')
def never():
    """The rows would allow it."""
    planted(house(roof_h=include('cellar.h')),
            'house: never roof -> cellar: '
            'house/roof.h:2 includes "cellar.h"')


@promise('files in no row, rows without a file and missing headers are found')
def unknown():
    """So that the layers file stays true."""
    planted(house(window_c=''), 'house: window is in no row')
    files = house(roof_c=include('attic.h'))
    del files['cellar.c'], files['cellar.h']
    files['walls.c'] = include('walls.h')
    planted(files,
            'house: house/roof.c:4 includes "attic.h", which is not in house',
            'house: no file is named cellar')


@promise('the library passes, and fails with an arrow up planted in a copy')
def library():
    """With the layers file that holds its order; only where it is."""
    source = root / 'libnl-client'
    if not source.is_dir():
        raise Skip('no library here')
    files = {str(path.relative_to(source)): path.read_text(encoding='utf-8')
             for path in source.glob('**/*.[ch]')}
    sound_layers = (here / 'layers').read_text(encoding='utf-8')
    planted(files, name='libnl-client', layers=sound_layers)
    files['handle.h'] += include('request.h')
    files['request.h'] += include('call.h')
    _, faults = verdict('libnl-client', files, layers=sound_layers)
    for fault in ('libnl-client: circle: call -> handle -> request -> call',
                  'libnl-client: arrow up: request -> call: '):
        equal(fault, any(line.startswith(fault) for line in faults), True)


run()
