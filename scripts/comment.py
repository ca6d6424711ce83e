# SPDX-License-Identifier: GPL-2.0-only
"""The comment of the uapi header: the specification as a text to read.

Every operation with its attribute trees. An attribute is explained where it
comes first. ``name`` in a doc of the specification is an attribute of the same
set, set/attribute, an operation or a constant; here it becomes the C name.
"""
import re
import textwrap

WIDTH = 80 - len(' * ')


class Unknown(Exception):
    """The specification says something that cannot be drawn."""


def upper(*parts):
    """A name of the specification as a constant in C."""
    return '_'.join(parts).replace('-', '_').upper()


class Comment:
    """The lines of the comment, as they grow."""

    def __init__(self, document):
        self.family = document['name']
        self.document = document
        self.sets = {entry['name']: {attribute['name']: attribute for attribute
                                     in entry['attributes']}
                     for entry in document['attribute-sets']}
        self.definitions = {entry['name']: entry
                            for entry in document['definitions']}
        self.operations = {entry['name']: entry
                           for entry in document['operations']['list']}
        self.explained = set()
        self.lists = []         # (where, set, names), of replies and events
        self.nests = {}         # set: the attribute that it was drawn under
        self.lines = []

    # ------------------------------------------------------------- names

    def attribute_c(self, in_set, name):
        """An attribute's constant."""
        return upper(self.family, 'a', in_set, name)

    def operation_c(self, name):
        """An operation's constant."""
        return upper(self.family, 'cmd', name)

    def constant_c(self, name):
        """A definition's name."""
        if self.definitions[name]['type'] == 'const':
            return upper(self.family, name)
        return f'enum {self.family}_{name.replace("-", "_")}'

    def reference(self, name, in_set):
        """What ``name`` is in C."""
        other, slash, part = name.partition('/')
        if slash and part in self.sets.get(other, {}):
            return self.attribute_c(other, part)
        if name in self.sets.get(in_set, {}):
            return self.attribute_c(in_set, name)
        if name in self.operations:
            return self.operation_c(name)
        if name in self.definitions:
            return self.constant_c(name)
        raise Unknown(f'``{name}`` is neither an attribute of {in_set}, nor '
                      'set/attribute, an operation or a constant')

    def in_c(self, text, in_set):
        """A text with its references as C names."""
        return re.sub(r'``(.+?)``', lambda match:
                      self.reference(match[1], in_set), text)

    # -------------------------------------------------------------- text

    def wrap(self, text, indent, hanging=0):
        """Add a text that is filled anew."""
        self.lines += textwrap.wrap(' '.join(text.split()), WIDTH,
                                    initial_indent=' ' * indent,
                                    subsequent_indent=' ' * (indent + hanging),
                                    break_long_words=False,
                                    break_on_hyphens=False)

    def paragraphs(self, text, in_set, indent):
        """Add paragraphs and lists, each after an empty line."""
        for paragraph in re.split(r'\n\s*\n', text.strip()):
            paragraph = self.in_c(paragraph, in_set)
            listed = paragraph.startswith('- ')
            if not listed or not self.lines[-1].endswith(':'):
                self.lines.append('')
            if listed:
                for entry in re.split(r'^- ', paragraph, flags=re.M)[1:]:
                    self.wrap('- ' + entry, indent, 2)
            else:
                self.wrap(paragraph, indent)

    # -------------------------------------------------------- attributes

    def limit(self, value):
        """A limit: a number or a constant."""
        return self.constant_c(value) if value in self.definitions else value

    def type_of(self, attribute):
        """An attribute's type and range in words."""
        words = [attribute['type']]
        if 'sub-type' in attribute:
            words.append(f'{attribute["sub-type"]} each')
        if 'enum' in attribute:
            words.append(self.constant_c(attribute['enum']))
        if attribute.get('multi-attr'):
            words.append('repeated')
        for check, value in attribute.get('checks', {}).items():
            text = {'min': 'at least {}', 'max': 'at most {}',
                    'min-len': 'at least {} bytes',
                    'max-len': 'at most {} bytes',
                    'exact-len': '{} bytes'}[check]
            words.append(text.format(self.limit(value)))
        return ', '.join(words)

    def attribute(self, in_set, name, indent):
        """Add an attribute and what is nested in it."""
        attribute = self.sets[in_set][name]
        c_name = self.attribute_c(in_set, name)
        words = self.type_of(attribute)
        nested = attribute.get('nested-attributes')
        if nested and self.nests.setdefault(nested, c_name) != c_name:
            words += f' as {self.nests[nested]}'
        line = f'{c_name} ({words})'
        first = c_name not in self.explained
        self.explained.add(c_name)
        if first and 'doc' in attribute:
            line += ': ' + self.in_c(attribute['doc'], in_set)
        self.wrap(line, indent, 4)
        if first and nested and self.nests[nested] == c_name:
            for inner in self.sets[nested]:
                self.attribute(nested, inner, indent + 2)

    def attributes(self, title, in_set, names, indent=2):
        """Add a list of attributes under a title."""
        self.lines += ['', ' ' * indent + title]
        for name in names:
            self.attribute(in_set, name, indent + 2)

    def answer(self, title, operation, part):
        """Add what an answer or an event has, after what it is like."""
        in_set, names = operation['attribute-set'], part['attributes']
        like = max((entry for entry in self.lists if entry[1] == in_set and
                    set(entry[2]) <= set(names)),
                   key=lambda entry: len(entry[2]), default=None)
        self.lists.append((self.operation_c(operation['name']), in_set, names))
        if not like:
            self.attributes(f'{title}:', in_set, names)
            return
        others = [name for name in names if name not in like[2]]
        if others:
            self.attributes(f'{title}: as {like[0]}, and', in_set, others)
        else:
            self.lines += ['', f'  {title}: as {like[0]}']

    # -------------------------------------------------------- operations

    def operation(self, operation):
        """Add an operation that can be asked for."""
        first, _, rest = operation['doc'].strip().partition('\n\n')
        self.lines += ['', self.operation_c(operation['name'])]
        self.paragraphs(first, operation['attribute-set'], 2)
        modes = [(mode, operation[mode]) for mode in ('do', 'dump')
                 if mode in operation]
        for mode, part in modes:
            if 'request' in part:
                self.attributes(f'{mode}:', operation['attribute-set'],
                                part['request']['attributes'])
            else:
                self.lines += ['', f'  {mode}: no attributes']
        replies = [part['reply'] for _, part in modes if 'reply' in part]
        for reply in replies[:1]:
            self.answer('reply', operation, reply)
        if any(reply != replies[0] for reply in replies):
            raise Unknown(f'{operation["name"]} has two kinds of replies')
        if rest:
            self.paragraphs(rest, operation['attribute-set'], 2)

    def event(self, operation):
        """Add what is sent to a multicast group."""
        self.lines += ['', self.operation_c(operation['name'])]
        self.paragraphs(operation['doc'], operation['attribute-set'], 2)
        self.answer('attributes', operation, operation['event'])

    def draw(self):
        """The comment's text, by lines."""
        self.paragraphs(self.document['doc'], None, 0)
        for operation in self.operations.values():
            if 'event' not in operation:
                self.operation(operation)
        for group in self.document['mcast-groups']['list']:
            c_name = upper(self.family, 'mcgrp', group['name'])
            self.lines += ['', f'Multicast group {c_name}']
            for operation in self.operations.values():
                if operation.get('mcgrp') == group['name']:
                    self.event(operation)
        return self.lines


def draw(document, *top):
    """The comment, which starts with the lines of top."""
    lines = [*top, *Comment(document).draw()]
    return '\n'.join(['/*', *(f' * {line}'.rstrip() for line in lines),
                      ' */\n'])
