#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""describe.py SPEC: print the family in a YAML spec as the tables of spec.h.

describe.py --constants SPEC: print the constants that its requests use.

All that the fuzzer knows of a family comes from here. What a spec may say and
this does not understand ends it with a message, so that nothing is left out of
the fuzzing without a word.
"""
import re
import sys

import yaml

INTEGER = re.compile(r'([us])(8|16|32|64)')
LIMIT = re.compile(r'([us])(8|16|32|64)-(min|max)')

# An attribute set is a mask of 64 bits in the tables.
MOST_ATTRIBUTES = 63

SET_KEYS = {'name', 'attributes', 'doc', 'subset-of', 'name-prefix',
            'enum-name', 'attr-cnt-name', 'attr-max-name'}
ATTRIBUTE_KEYS = {'name', 'type', 'doc', 'value', 'checks', 'enum',
                  'enum-as-flags', 'nested-attributes', 'multi-attr',
                  'sub-type', 'byte-order', 'display-hint', 'len'}
CHECKS = {'min', 'max', 'min-len', 'max-len', 'exact-len', 'flags-mask'}
OPERATION_KEYS = {'name', 'doc', 'attribute-set', 'do', 'dump', 'flags',
                  'value', 'notify', 'event', 'mcgrp', 'dont-validate',
                  'config-cond'}


class Unknown(Exception):
    """The spec says something that is not understood here."""


def only(what, entry, known):
    """Refuse keys that are not known."""
    unknown = entry.keys() - known
    if unknown:
        raise Unknown(f'{what}: {", ".join(sorted(unknown))}')


def c_name(*parts):
    """A name for C."""
    return re.sub(r'\W', '_', '_'.join(parts))


def c_number(number):
    """A number for C, as 64 bits without a sign."""
    return f'{number % 2**64:#x}ULL'


def limits(sign, bits):
    """The least and the greatest integer of a type."""
    if sign == 'u':
        return 0, 2**bits - 1
    return -2**(bits - 1), 2**(bits - 1) - 1


def numbered(entries):
    """Entries of a list with their values: one more, unless they say."""
    value = 0
    for entry in entries:
        value = entry.get('value', value + 1)
        yield value, entry


class Family:
    """A spec, and what it means."""

    def __init__(self, document):
        self.document = document
        if document.get('protocol') != 'genetlink':
            raise Unknown(f'protocol {document.get("protocol")}')
        if document['operations'].get('enum-model', 'unified') != 'unified':
            raise Unknown('an enum-model that is not unified')
        self.definitions = {entry['name']: entry
                            for entry in document.get('definitions', [])}
        self.sets = {entry['name']: self.attributes_of(entry)
                     for entry in document['attribute-sets']}
        self.operations = list(numbered(document['operations']['list']))
        for _, operation in self.operations:
            only(f'operation {operation["name"]}', operation, OPERATION_KEYS)
        names = {attribute['name'] for attributes in self.sets.values()
                 for attribute in attributes.values()}
        self.names = {name: number
                      for number, name in enumerate(sorted(names))}

    def attributes_of(self, entry):
        """The attributes of a set by type."""
        only(f'set {entry["name"]}', entry, SET_KEYS)
        attributes = dict(numbered(entry['attributes']))
        if entry.get('subset-of'):
            whole = {attribute['name']: (value, attribute)
                     for value, attribute in
                     self.whole_set(entry['subset-of'])}
            attributes = {}
            for part in entry['attributes']:
                value, attribute = whole[part['name']]
                attributes[value] = {**attribute, **part}
        for value, attribute in attributes.items():
            only(f'attribute {attribute["name"]}', attribute, ATTRIBUTE_KEYS)
            if not 0 < value <= MOST_ATTRIBUTES:
                raise Unknown(f'attribute {attribute["name"]}: {value}')
        return attributes

    def whole_set(self, name):
        """The numbered attributes of the set that another is a part of."""
        entry = next(entry for entry in self.document['attribute-sets']
                     if entry['name'] == name)
        return numbered(entry['attributes'])

    # -------------------------------------------------------- attributes

    def number(self, limit):
        """A limit: a number, a type's limit or a constant's name."""
        if isinstance(limit, int):
            return limit
        of_type = LIMIT.fullmatch(limit)
        if of_type:
            return limits(of_type[1], int(of_type[2]))[of_type[3] == 'max']
        return self.definitions[limit]['value']

    def check(self, attribute, *names):
        """The first of these checks that the attribute has, or None."""
        for name in names:
            if name in attribute.get('checks', {}):
                return self.number(attribute['checks'][name])
        return None

    def enum_values(self, attribute):
        """The values of the enum of an attribute, and whether these are bits.
        """
        definition = self.definitions[attribute['enum']]
        bits = (definition['type'] == 'flags' or
                attribute.get('enum-as-flags', False))
        value = definition.get('value-start', 0) - 1
        values = []
        for entry in definition['entries']:
            value += 1
            if isinstance(entry, dict):
                value = entry.get('value', value)
            values.append(2**value if bits else value)
        return values, bits

    def integer(self, attribute, sign, bits):
        """The range of an integer, and a mask of the bits it may have."""
        least, most = limits(sign, bits)
        mask = limits('u', 64)[1]
        if 'enum' in attribute:
            values, are_bits = self.enum_values(attribute)
            if are_bits:
                mask = sum(values)
            else:
                least, most = min(values), max(values)
        lower = self.check(attribute, 'min')
        upper = self.check(attribute, 'max')
        least = least if lower is None else max(least, lower)
        most = most if upper is None else min(most, upper)
        if 'flags-mask' in attribute.get('checks', {}):
            only_bits = attribute['checks']['flags-mask']
            if not isinstance(only_bits, int):
                only_bits = sum(self.enum_values({'enum': only_bits})[0])
            mask &= only_bits
        return {'min': c_number(least), 'max': c_number(most),
                'mask': c_number(mask)}

    def lengths(self, attribute, most):
        """The range of a length."""
        least = self.check(attribute, 'exact-len', 'min-len') or 0
        upper = self.check(attribute, 'exact-len', 'max-len')
        return {'min': c_number(least),
                'max': c_number(most if upper is None else upper)}

    def element(self, attribute):
        """What an array is made of."""
        kind = attribute.get('sub-type')
        if kind is None or kind == 'nest':
            return {}
        integer = INTEGER.fullmatch(kind)
        if not integer:
            raise Unknown(f'attribute {attribute["name"]}: sub-type {kind}')
        return {'size': int(integer[2]) // 8}

    def fields(self, attribute):
        """What the table says of an attribute."""
        kind = attribute['type']
        integer = INTEGER.fullmatch(kind)
        if integer:
            bits = int(integer[2])
            return {'kind': ('SPEC_UNSIGNED' if integer[1] == 'u' else
                             'SPEC_SIGNED'),
                    'size': bits // 8,
                    **self.integer(attribute, integer[1], bits)}
        if kind in ('uint', 'sint'):
            return {'kind': ('SPEC_UNSIGNED' if kind == 'uint' else
                             'SPEC_SIGNED'),
                    **self.integer(attribute, kind[0], 64)}
        if kind == 'string':
            return {'kind': 'SPEC_STRING', **self.lengths(attribute, 65530)}
        if kind == 'binary':
            return {'kind': 'SPEC_BINARY', **self.lengths(attribute, 65531),
                    **self.element(attribute)}
        if kind == 'flag':
            return {'kind': 'SPEC_FLAG'}
        if kind == 'pad':
            return {'kind': 'SPEC_PAD'}
        if kind == 'nest':
            return {'kind': 'SPEC_NEST', **self.nest(attribute)}
        if kind in ('indexed-array', 'array-nest'):
            return {'kind': 'SPEC_ARRAY', **self.element(attribute),
                    **self.nest(attribute)}
        raise Unknown(f'attribute {attribute["name"]}: type {kind}')

    @staticmethod
    def nest(attribute):
        """The set of what is in a nest."""
        name = attribute.get('nested-attributes')
        return {'nest': f'&sets[SET_{c_name(name).upper()}]'} if name else {}

    def attribute_line(self, attribute):
        """A line of a table of attributes."""
        fields = {'name': f'"{attribute["name"]}"',
                  'number': self.names[attribute['name']],
                  **self.fields(attribute)}
        if attribute.get('multi-attr'):
            fields['multi'] = 'true'
        if attribute.get('byte-order') == 'big-endian':
            fields['swapped'] = 'true'
        return ', '.join(f'.{key} = {value}' for key, value in fields.items())

    # -------------------------------------------------------- operations

    def mask(self, set_name, names):
        """Attributes as a mask of their types."""
        types = {attribute['name']: value
                 for value, attribute in self.sets[set_name].items()}
        return c_number(sum(2**types[name] for name in names))

    @staticmethod
    def listed(part):
        """The attributes of a request, a reply or an event."""
        return (part or {}).get('attributes', [])

    def mode_line(self, operation, mode):
        """The attributes of a mode of an operation."""
        part = operation[mode] or {}
        request = self.mask(operation['attribute-set'],
                            self.listed(part.get('request')))
        reply = self.mask(operation['attribute-set'],
                          self.listed(part.get('reply')))
        answers = 'true' if 'reply' in part else 'false'
        return (f'[SPEC_{mode.upper()}] = {{ .there = true, '
                f'.answers = {answers},\n\t\t\t.request = {request}, '
                f'.reply = {reply} }}')

    def requests(self):
        """The operations that can be asked for, in the table's order."""
        return [(value, operation) for value, operation in self.operations
                if 'do' in operation or 'dump' in operation]

    def position(self, name, mode):
        """Where in the table an operation is that has a mode, or -1."""
        for position, (_, operation) in enumerate(self.requests()):
            if operation['name'] == name and mode in operation:
                return position
        return -1

    def operation_lines(self):
        """The table of operations."""
        for value, operation in self.requests():
            name = operation['name']
            # By the custom of names: what x-new makes, x-del deletes, and a
            # dump of x-get lists.
            stem = name[:-4] if name.endswith('-new') else None
            undo = self.position(f'{stem}-del', 'do') if stem else -1
            listing = self.position(f'{stem}-get', 'dump') if stem else -1
            modes = ',\n\t\t'.join(self.mode_line(operation, mode)
                                   for mode in ('do', 'dump')
                                   if mode in operation)
            set_name = c_name(operation['attribute-set']).upper()
            yield (f'\t{{ .name = "{name}", .command = {value}, '
                   f'.set = &sets[SET_{set_name}],\n\t  .undo = {undo}, '
                   f'.list = {listing}, .mode = {{\n\t\t{modes} }} }},')

    def event_lines(self):
        """The table of what is told without being asked for."""
        by_name = {operation['name']: operation
                   for _, operation in self.operations}
        for value, operation in self.operations:
            if 'notify' in operation:
                like = by_name[operation['notify']]
                set_name = like['attribute-set']
                names = self.listed(like['do' if 'do' in like else 'dump']
                                    .get('reply'))
            elif 'event' in operation:
                set_name = operation['attribute-set']
                names = self.listed(operation['event'])
            else:
                continue
            yield (f'\t{{ .name = "{operation["name"]}", .command = {value}, '
                   f'.set = &sets[SET_{c_name(set_name).upper()}],\n'
                   f'\t  .attributes = {self.mask(set_name, names)} }},')

    # --------------------------------------------------------- constants

    def constants(self):
        """The names in C of all requests and their attributes."""
        prefix = self.document['name']
        for _, operation in self.requests():
            yield c_name(prefix, 'cmd', operation['name']).upper()
            set_name = operation['attribute-set']
            for mode in ('do', 'dump'):
                request = (operation.get(mode) or {}).get('request')
                yield from (c_name(prefix, 'a', set_name, name).upper()
                            for name in self.listed(request))

    # ------------------------------------------------------------ tables

    def lines(self):
        """The header."""
        set_names = [c_name(name).upper() for name in self.sets]
        events = list(self.event_lines())
        groups = [entry['name'] for entry in
                  self.document.get('mcast-groups', {}).get('list', [])]

        yield '/* Made by describe.py of the spec. */'
        yield f'#define SPEC_OPERATIONS {len(self.requests())}'
        yield f'#define SPEC_SETS {len(self.sets)}'
        yield ''
        yield '#ifdef SPEC_TABLES'
        yield f'enum {{ {", ".join("SET_" + name for name in set_names)} }};'
        yield 'static const struct spec_set sets[SPEC_SETS];'
        for name, attributes in self.sets.items():
            yield ('static const struct spec_attribute '
                   f'attributes_{c_name(name)}[] = {{')
            for value, attribute in attributes.items():
                yield f'\t[{value}] = {{ {self.attribute_line(attribute)} }},'
            yield '};'
        yield 'static const struct spec_set sets[SPEC_SETS] = {'
        for name in self.sets:
            table = f'attributes_{c_name(name)}'
            yield (f'\t[SET_{c_name(name).upper()}] = {{ .name = "{name}", '
                   f'.attributes = {table},\n\t  .end = sizeof({table}) / '
                   f'sizeof({table}[0]) }},')
        yield '};'
        yield ('static const struct spec_operation '
               'operations[SPEC_OPERATIONS] = {')
        yield from self.operation_lines()
        yield '};'
        yield f'static const struct spec_event events[{len(events) or 1}] = {{'
        yield from events
        yield '};'
        yield f'static const char *const groups[{len(groups) or 1}] = {{'
        yield from (f'\t"{name}",' for name in groups)
        yield '};'
        yield 'const struct spec_family family = {'
        yield f'\t.name = "{self.document["name"]}",'
        yield f'\t.version = {self.document.get("version", 1)},'
        yield '\t.sets = sets,'
        yield '\t.operations = operations,'
        yield f'\t.events = events, .nr_events = {len(events)},'
        yield f'\t.groups = groups, .nr_groups = {len(groups)},'
        yield '};'
        yield '#endif'


def main():
    """Print the tables of the spec that is named."""
    arguments = sys.argv[1:]
    constants = '--constants' in arguments
    if constants:
        arguments.remove('--constants')
    if len(arguments) != 1:
        sys.exit('usage: describe.py [--constants] SPEC')
    with open(arguments[0], encoding='utf-8') as file:
        document = yaml.safe_load(file)
    try:
        family = Family(document)
        print('\n'.join(sorted(set(family.constants())) if constants else
                        family.lines()))
    except Unknown as what:
        sys.exit(f'describe.py: {arguments[0]}: not understood: {what}')


if __name__ == '__main__':
    main()
