#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Do the #includes of a folder point one way?

includes.py [--dot] [--layers FILE] FOLDER...: print the graph of the quoted
#includes, and fail on a circle or an arrow up. NAME.c and NAME.h are one node. So
are, when circles are looked for, all files of a subfolder. The file "layers"
beside this program says what is up; it has a section for each folder.
"""
import argparse
import collections
import dataclasses
import fnmatch
import os
import pathlib
import re
import sys

COMMENT_OR_INCLUDE = re.compile(
    r'/\*.*?\*/|//[^\n]*|^[ \t]*#[ \t]*include[ \t]*(?P<name>"[^"\n]+"|<[^>\n]+>)',
    re.DOTALL | re.MULTILINE)


@dataclasses.dataclass
class Section:
    """What the layers file says of one folder."""
    rows: list = dataclasses.field(default_factory=list)
    only: list = dataclasses.field(default_factory=list)
    never: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Include:
    """An #include line."""
    path: pathlib.Path
    line: int
    name: str

    def __str__(self):
        return f'{self.path}:{self.line} includes {self.name}'


@dataclasses.dataclass
class Folder:
    """A folder's files, and the arrows between them with their #includes."""
    path: pathlib.Path
    units: list
    arrows: dict
    system: list
    unknown: list


# ------------------------------------------------------------------ layers

def read_layers(path):
    """Return the sections of the layers file by name of folder."""
    sections = {}
    section = None
    for line in path.read_text(encoding='utf-8').splitlines():
        line = line.partition('#')[0].strip()
        if not line:
            continue
        if line.startswith('['):
            section = sections.setdefault(line.strip('[]'), Section())
        elif line.startswith('only '):
            files, _, headers = line[5:].partition(':')
            section.only.append((files.split(), headers.split()))
        elif line.startswith('never '):
            above, _, below = line[6:].partition('->')
            section.never.append((above.split(), below.split()))
        else:
            section.rows.append(line.split())
    return sections


def matches(unit, patterns):
    """Whether one of the patterns is for this unit."""
    return any(fnmatch.fnmatchcase(unit, pattern) for pattern in patterns)


def row_of(unit, rows):
    """The number of a unit's row, 0 is the highest; None without one."""
    for number, row in enumerate(rows):
        if matches(unit, row):
            return number
    return None


# ------------------------------------------------------------------- graph

def unit_of(path, top):
    """The name that NAME.c and NAME.h have in common, with their subfolder."""
    return str(path.relative_to(top).with_suffix(''))


def includes_of(path):
    """All #include lines of a file that are in no comment."""
    text = path.read_text(encoding='utf-8')
    for found in COMMENT_OR_INCLUDE.finditer(text):
        if found['name']:
            yield Include(path, text.count('\n', 0, found.start('name')) + 1,
                          found['name'])


def target_of(include, top):
    """The file of the folder that a quoted #include names, or None."""
    for folder in (include.path.parent, top):
        path = pathlib.Path(os.path.normpath(folder / include.name.strip('"')))
        if path.exists() and path.is_relative_to(top):
            return path
    return None


def read_folder(top, rows):
    """Read a folder: with its subfolders if the rows name any."""
    deep = any('/' in pattern for row in rows for pattern in row)
    paths = sorted(path for path in top.glob('**/*.[ch]' if deep else '*.[ch]')
                   if not path.name.endswith('.mod.c'))
    folder = Folder(top, sorted({unit_of(path, top) for path in paths}),
                    collections.defaultdict(list), [], [])
    for include in (one for path in paths for one in includes_of(path)):
        source = unit_of(include.path, top)
        target = target_of(include, top)
        if include.name.startswith('<'):
            folder.system.append((source, include))
        elif target is None:
            folder.unknown.append(include)
        elif unit_of(target, top) != source:
            folder.arrows[source, unit_of(target, top)].append(include)
    return folder


def room_of(unit):
    """A subfolder, or the unit itself."""
    return unit.rpartition('/')[0] or unit


def rooms(arrows):
    """The arrows between subfolders."""
    found = collections.defaultdict(list)
    for (source, target), includes in arrows.items():
        if room_of(source) != room_of(target):
            found[room_of(source), room_of(target)] += includes
    return found


def path_between(arrows, start, end):
    """The shortest way along the arrows, both ends included, or None."""
    ways = collections.deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way
        for source, target in arrows:
            if source == way[-1] and target not in seen:
                seen.add(target)
                ways.append(way + [target])
    return None


def circles(arrows):
    """Some circles, at least one for each arrow that is in one."""
    covered = set()
    for source, target in sorted(arrows):
        if (source, target) in covered:
            continue
        way = path_between(arrows, target, source)
        if way:
            circle = [source] + way
            covered.update(zip(circle, circle[1:]))
            yield circle


# ------------------------------------------------------------------ faults

def circle_faults(arrows):
    """Each circle, with an #include for each of its arrows."""
    for circle in circles(arrows):
        yield '\n'.join([f'circle: {" -> ".join(circle)}'] +
                        [f'  {arrows[arrow][0]}'
                         for arrow in zip(circle, circle[1:])])


def row_faults(folder, rows):
    """Arrows up, files in no row, and names in rows that are no file's."""
    for unit in folder.units:
        if row_of(unit, rows) is None:
            yield f'{unit} is in no row'
    for row in rows:
        for pattern in row:
            if not matches_any(pattern, folder.units):
                yield f'no file is named {pattern}'
    for (source, target), includes in sorted(folder.arrows.items()):
        above, below = row_of(source, rows), row_of(target, rows)
        if above is not None and below is not None and above > below:
            yield f'arrow up: {source} -> {target}: {includes[0]}'


def matches_any(pattern, units):
    """Whether a pattern is for at least one unit."""
    return any(fnmatch.fnmatchcase(unit, pattern) for unit in units)


def rule_faults(folder, section):
    """What "only" and "never" forbid."""
    for files, headers in section.only:
        for source, include in folder.system:
            if include.name in headers and not matches(source, files):
                yield f'only {" ".join(files)}: {include}'
    for above, below in section.never:
        for (source, target), includes in sorted(folder.arrows.items()):
            if matches(source, above) and matches(target, below):
                yield f'never {source} -> {target}: {includes[0]}'


def faults_of(folder, section):
    """All that is wrong with a folder."""
    yield from (f'{include}, which is not in {folder.path}'
                for include in folder.unknown)
    yield from circle_faults(folder.arrows)
    if any('/' in unit for unit in folder.units):
        yield from circle_faults(rooms(folder.arrows))
    yield from row_faults(folder, section.rows)
    yield from rule_faults(folder, section)


# ------------------------------------------------------------------ output

def units_by_row(folder, rows):
    """Lists of units, from the highest row; those without one come last."""
    found = collections.defaultdict(list)
    for unit in folder.units:
        row = row_of(unit, rows)
        found[len(rows) if row is None else row].append(unit)
    return [found[row] for row in sorted(found)]


def targets_of(folder, unit):
    """What a unit includes."""
    return sorted(target for source, target in folder.arrows if source == unit)


def print_text(folder, rows):
    """A line for each unit, a blank line between rows."""
    width = max(map(len, folder.units))
    print(folder.path)
    for row in units_by_row(folder, rows):
        print()
        for unit in row:
            targets = targets_of(folder, unit)
            print(f'  {unit:{width}} -> {", ".join(targets)}' if targets
                  else f'  {unit}')


def print_dot(folder, rows):
    """The same for graphviz; what points up is red."""
    print(f'digraph "{folder.path}" {{')
    for row in units_by_row(folder, rows):
        print('\t{ rank=same; ' +
              ' '.join(f'"{unit}";' for unit in row) + ' }')
    for source, target in sorted(folder.arrows):
        above, below = row_of(source, rows), row_of(target, rows)
        is_up = above is not None and below is not None and above > below
        print(f'\t"{source}" -> "{target}"' + ' [color=red]' * is_up + ';')
    print('}')


def main():
    """Print the graphs and what is wrong with them."""
    parser = argparse.ArgumentParser(
        description='Print the graph of #includes; fail if it is not one way.')
    parser.add_argument('--dot', action='store_true', help='for graphviz')
    parser.add_argument('--layers', type=pathlib.Path,
                        default=pathlib.Path(__file__).with_name('layers'))
    parser.add_argument('folder', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    sections = read_layers(options.layers)
    failed = False
    for top in options.folder:
        section = sections.get(top.resolve().name)
        if not section:
            sys.exit(f'{options.layers} has no section [{top.resolve().name}]')
        folder = read_folder(top, section.rows)
        if not folder.units:
            sys.exit(f'{top}: no sources')
        (print_dot if options.dot else print_text)(folder, section.rows)
        for fault in faults_of(folder, section):
            print(f'{top}: {fault}', file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
