#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""describe.py SPEC: print the family in a YAML spec as the tables of spec.h.

All that the fuzzer knows of the family comes from here. An attribute that this
script does not understand is an error, so that nothing is left out silently.
"""
import re
import sys

import yaml

# Bytes; 0: 4 or 8.
INTEGERS = {'u8': 1, 'u16': 2, 'u32': 4, 'u64': 8, 'uint': 0}

# A set of attributes is a mask of 64 bits in the tables.
MOST_ATTRIBUTES = 63

ATTRIBUTE_KEYS = {'name', 'type', 'doc', 'value', 'checks', 'enum', 'struct',
                  'nested-attributes', 'multi-attr', 'sub-type',
                  'display-hint'}
CHECKS = {'min', 'max', 'min-len', 'max-len', 'exact-len'}


class Unknown(Exception):
    """The spec has something that is not understood here."""


def only(what, entry, known):
    """Refuse keys that are not known."""
    unknown = entry.keys() - known
    if unknown:
        raise Unknown(f'{what}: {", ".join(sorted(unknown))}')


def set_name(name):
    """The C name of a set of attributes."""
    return 'SET_' + re.sub(r'\W', '_', name).upper()


def numbered(entries):
    """Entries with their values: one more than the last, unless they say."""
    value = 0
    for entry in entries:
        value = entry.get('value', value + 1)
        yield value, entry


class Family:
    """A spec, and what it means."""

    def __init__(self, document):
        self.document = document
        self.definitions = {entry['name']: entry
                            for entry in document.get('definitions', [])}
        self.sets = {entry['name']: dict(numbered(entry['attributes']))
                     for entry in document['attribute-sets']}
        self.operations = list(numbered(document['operations']['list']))
        names = sorted({attribute['name'] for attributes in self.sets.values()
                        for attribute in attributes.values()})
        self.numbers = {name: number for number, name in enumerate(names)}

    # -------------------------------------------------------- attributes

    def check(self, attribute, name, otherwise):
        """A check of an attribute: a number or a constant's name."""
        limit = attribute.get('checks', {}).get(name, otherwise)
        return limit if isinstance(limit, int) else \
            self.definitions[limit]['value']

    def integer(self, attribute, size):
        """The size and range of an integer."""
        least, most = 0, 2**(8 * (size or 8)) - 1
        if 'enum' in attribute:
            definition = self.definitions[attribute['enum']]
            least = definition.get('value-start', 0)
            most = least + len(definition['entries']) - 1
        return {'size': size, 'min': self.check(attribute, 'min', least),
                'max': self.check(attribute, 'max', most)}

    def lengths(self, attribute, most):
        """The range of a length."""
        exact = self.check(attribute, 'exact-len', -1)
        if exact >= 0:
            return {'min': exact, 'max': exact}
        return {'min': self.check(attribute, 'min-len', 0),
                'max': self.check(attribute, 'max-len', most)}

    def fields(self, attribute):
        """What the table has of an attribute's type."""
        kind = attribute['type']
        if kind in INTEGERS:
            return {'kind': 'SPEC_INTEGER',
                    **self.integer(attribute, INTEGERS[kind])}
        if kind == 'string':
            return {'kind': 'SPEC_STRING', **self.lengths(attribute, 65530)}
        if kind == 'binary':
            return {'kind': 'SPEC_BINARY', **self.lengths(attribute, 65531),
                    'size': INTEGERS.get(attribute.get('sub-type'), 0)}
        # One that is unused is refused whatever it has.
        if kind in ('flag', 'unused'):
            return {'kind': 'SPEC_FLAG'}
        if kind == 'nest':
            nested = set_name(attribute['nested-attributes'])
            return {'kind': 'SPEC_NEST', 'nest': f'&sets[{nested}]'}
        raise Unknown(f'attribute {attribute["name"]}: type {kind}')

    def attribute_line(self, value, attribute):
        """A line of a table of attributes."""
        what = f'attribute {attribute["name"]}'
        only(what, attribute, ATTRIBUTE_KEYS)
        only(what, attribute.get('checks', {}), CHECKS)
        if not 0 < value <= MOST_ATTRIBUTES:
            raise Unknown(f'{what}: {value}')
        fields = {'name': f'"{attribute["name"]}"',
                  'number': self.numbers[attribute['name']],
                  **self.fields(attribute)}
        if attribute.get('multi-attr'):
            fields['multi'] = 'true'
        listed = ', '.join(f'.{key} = ' + (f'{field:#x}ULL' if
                                           isinstance(field, int) else field)
                           for key, field in fields.items())
        return f'\t[{value}] = {{ {listed} }},'

    def mask(self, name, attributes):
        """Attributes of a set as a mask of their types."""
        types = {attribute['name']: value
                 for value, attribute in self.sets[name].items()}
        return f'{sum(2**types[attribute] for attribute in attributes):#x}ULL'

    # -------------------------------------------------------- operations

    def mode_line(self, operation, mode):
        """The attributes of a mode of an operation."""
        part = operation[mode] or {}
        masks = ', '.join('.{} = {}'.format(
            way, self.mask(operation['attribute-set'],
                           (part.get(way) or {}).get('attributes', [])))
            for way in ('request', 'reply'))
        answers = 'true' if 'reply' in part else 'false'
        return (f'\t\t[SPEC_{mode.upper()}] = {{ .there = true, '
                f'.answers = {answers},\n\t\t\t{masks} }},')

    def operation_lines(self):
        """The table of operations."""
        for value, operation in self.operations:
            modes = [mode for mode in ('do', 'dump') if mode in operation]
            if not modes:
                continue
            # By the names: what x-new makes, x-del deletes.
            undoes = 'true' if operation['name'].endswith('-del') else 'false'
            yield (f'\t{{ .name = "{operation["name"]}", .command = {value}, '
                   f'.set = &sets[{set_name(operation["attribute-set"])}],\n'
                   f'\t  .undoes = {undoes}, .mode = {{')
            yield from (self.mode_line(operation, mode) for mode in modes)
            yield '\t} },'

    def event_lines(self):
        """The table of notifications."""
        by_name = {operation['name']: operation
                   for _, operation in self.operations}
        for value, operation in self.operations:
            if 'notify' in operation:
                like = by_name[operation['notify']]
                attributes = like['do' if 'do' in like else 'dump']['reply']
            elif 'event' in operation:
                like = operation
                attributes = operation['event']
            else:
                continue
            name = like['attribute-set']
            yield (f'\t{{ .name = "{operation["name"]}", .command = {value}, '
                   f'.set = &sets[{set_name(name)}],\n\t  .attributes = '
                   f'{self.mask(name, attributes["attributes"])} }},')

    # ------------------------------------------------------------ tables

    def lines(self):
        """The header."""
        operations = list(self.operation_lines())
        events = list(self.event_lines())
        count = sum(line.startswith('\t{') for line in operations)
        yield '/* Made by describe.py of the spec. */'
        yield f'#define SPEC_OPERATIONS {count}'
        yield f'#define SPEC_EVENTS {len(events)}'
        yield f'#define SPEC_SETS {len(self.sets)}'
        yield '#ifdef SPEC_TABLES'
        yield f'enum {{ {", ".join(map(set_name, self.sets))} }};'
        yield 'static const struct spec_set sets[SPEC_SETS];'
        for name, attributes in self.sets.items():
            yield ('static const struct spec_attribute '
                   f'attributes_of_{set_name(name)}[] = {{')
            yield from (self.attribute_line(value, attribute)
                        for value, attribute in attributes.items())
            yield '};'
        yield 'static const struct spec_set sets[SPEC_SETS] = {'
        for name, attributes in self.sets.items():
            yield (f'\t[{set_name(name)}] = {{ .name = "{name}", '
                   f'.end = {max(attributes) + 1},\n'
                   f'\t  .attributes = attributes_of_{set_name(name)} }},')
        yield '};'
        yield ('static const struct spec_operation '
               'operations[SPEC_OPERATIONS] = {')
        yield from operations
        yield '};'
        yield 'static const struct spec_event events[SPEC_EVENTS] = {'
        yield from events
        yield '};'
        yield 'const struct spec_family family = {'
        yield f'\t.version = {self.document.get("version", 1)}, .sets = sets,'
        yield '\t.operations = operations, .events = events,'
        yield '};'
        yield '#endif'


def main():
    """Print the tables of the spec that is named."""
    if len(sys.argv) != 2:
        sys.exit('usage: describe.py SPEC')
    with open(sys.argv[1], encoding='utf-8') as file:
        document = yaml.safe_load(file)
    try:
        print('\n'.join(Family(document).lines()))
    except Unknown as what:
        sys.exit(f'describe.py: {sys.argv[1]}: not understood: {what}')


if __name__ == '__main__':
    main()
