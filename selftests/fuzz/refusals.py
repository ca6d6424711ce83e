#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""refusals.py FILE...: print each message that these sources refuse with.

A message is a literal, or the name of one, in NL_SET_ERR_MSG() or its variants.
"""
import pathlib
import re
import sys

LITERAL = r'"(?:[^"\\]|\\.)*"'
CALL = re.compile(r'\bNL_SET_ERR_MSG\w*\(([^;]*);')
DEFINE = re.compile(r'^#define[ \t]+(\w+)\s*(?:\\\n\s*)?(' + LITERAL + ')',
                    re.MULTILINE)


NUMBER = re.compile(r'^#define[ \t]+(\w+)[ \t]+(\d+)$', re.MULTILINE)


def messages(source, numbers):
    """The messages in a source. __stringify() of a number is part of one."""
    names = {name: literal for name, literal in DEFINE.findall(source)}
    for arguments in CALL.findall(source):
        arguments = re.sub(r'__stringify\((\w+)\)',
                           lambda name: f'"{numbers[name[1]]}"', arguments)
        arguments = re.sub(r'"\s+"', '', arguments)
        literals = re.findall(LITERAL, arguments)
        literals += [names[word] for word in re.findall(r'\w+', arguments)
                     if word in names]
        yield from (literal[1:-1] for literal in literals)


def main():
    """Print what is in the sources that are named."""
    sources = [pathlib.Path(name).read_text(encoding='utf-8')
               for name in sys.argv[1:]]
    numbers = dict(NUMBER.findall('\n'.join(sources)))
    found = {message for source in sources
             for message in messages(source, numbers)}
    if not found:
        sys.exit('refusals.py: no messages found')
    print('\n'.join(sorted(found)))


if __name__ == '__main__':
    main()
