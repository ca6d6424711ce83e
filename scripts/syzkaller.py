# SPDX-License-Identifier: GPL-2.0-only
"""The description of the interface for syzkaller, from the specification.

An operation is a sendmsg$ with a policy of its own: one list of attributes for
what it does and for its dump, as in the kernel. The value of an attribute is
likely to be accepted, or near a limit, or anything.
"""
import re

from comment import Unknown, upper

# What the specification cannot say: values that often exist. Devices get their
# major number when the kernel starts; sectors and areas are those of small
# devices, so that many requests fit.
LIKELY = {
    'major': (249, 254),
    'minor': (0, 7),
    'start': (0, 4096),
    'length': (0, 4096),
    'area-size': (0, 4096),
    'areas': (0, 64),
    'first-area': (0, 64),
    'area-count': (0, 64),
    'cgroup-id': (1, 64),
}
STRINGS = ('a', 'b', 'program')
IDS = '1, 2, 3, 4, 5, 6, 7, 8, 0xffffffff'

# So many elements of a list, unless the limit is lower.
ELEMENTS = 100

SIZES = {'u32': 4, 'u64': 8}

HEAD = '''\
#
# The generic netlink family "{family}" for syzkaller. "make generate" writes
# this from Documentation/netlink/specs/{family}.yaml: do not edit it. Copy it to
# sys/linux/{family}.txt in syzkaller, and uapi/linux/{family}.h to the kernel's
# headers.

include <linux/net.h>
include <linux/socket.h>
include <uapi/linux/netlink.h>
include <uapi/linux/genetlink.h>
include <uapi/linux/{family}.h>

resource genl_{family}_family_id[int16]
'''

CALLS = '''
type msghdr_{family}[CMD, POLICY] msghdr_netlink[netlink_msg_t[\
genl_{family}_family_id, genlmsghdr_t[CMD], POLICY]]

# The family exists in the initial network namespace only: a sandbox reaches it
# by the sockets of syz_init_net_socket$nl_generic.
syz_genetlink_get_family_id${family}(name ptr[in, string["{family}"]], \
fd sock_nl_generic) genl_{family}_family_id

'''

REPLY = '''\
{family}_msghdr_reply {{
	addr	const[0, intptr]
	addrlen	const[0, int32]
	vec	ptr[in, iovec[out, {family}_reply]]
	vlen	const[1, intptr]
	ctrl	const[0, intptr]
	ctrllen	const[0, intptr]
	f	const[0, int32]
}}

# The headers of netlink and generic netlink, and the first attribute.
{family}_reply {{
	headers		array[int8, 20]
	nla_len		int16
	nla_type	int16
	id		{id}
	attributes	array[int8, 512]
}}
'''


def table(opening, fields, closing):
    """The lines of a structure or a union, in two columns."""
    column = max(map(len, fields)) // 8 + 1
    lines = [f'\t{field}' + '\t' * (column - len(field) // 8) + what
             for field, what in fields.items()]
    return '\n'.join([opening, *lines, closing, ''])


class Description:
    """The parts of the description, as they grow."""

    def __init__(self, document, structures):
        self.family = document['name']
        self.document = document
        self.constants = {entry['name']: entry.get('value')
                          for entry in document['definitions']}
        self.sets = {entry['name']: {attribute['name']: attribute for attribute
                                     in entry['attributes']}
                     for entry in document['attribute-sets']}
        self.structures = structures
        self.resources = {}     # name: its line
        self.types = {}         # name: its text, in the order of first use

    def name(self, *parts):
        """A name in the description."""
        return '_'.join([self.family, *parts]).replace('-', '_')

    def add(self, name, text):
        """Define a type; attributes of one name have the same everywhere."""
        if self.types.setdefault(name, text) != text:
            raise Unknown(f'{name} would be two types for syzkaller')
        return name

    def union(self, name, fields, varlen=True):
        """Define a type that is one of these."""
        return self.add(name, table(f'{name} [', fields,
                                    '] [varlen]' if varlen else ']'))

    # -------------------------------------------------------- attributes

    def resource(self, name):
        """An id that this family gives."""
        name = self.name(name)
        self.resources[name] = f'resource {name}[int32]: {IDS}'
        return name

    def limit(self, attribute, check):
        """A limit as a number, or None."""
        value = attribute.get('checks', {}).get(check)
        return self.constants[value] if value in self.constants else value

    def integer(self, attribute):
        """The type of an integer."""
        name = attribute['name']
        if 'enum' in attribute:
            raise Unknown(f'{name}: an enum in a request')
        size = SIZES[attribute['type']]
        if name.endswith('-id') and size == 4:
            return self.resource(name)
        least = self.limit(attribute, 'min')
        most = self.limit(attribute, 'max')
        fields = {}
        if name in LIKELY:
            low, high = LIKELY[name]
            fields['likely'] = f'int{size * 8}[{max(low, least or 0)}:{high}]'
        if most is not None:
            fields['valid'] = f'int{size * 8}[{least or 0}:{most}]'
        fields['any'] = f'int{size * 8}'
        return self.union(self.name(name), fields, varlen=False)

    def structure(self, attribute):
        """The structure of the header that the doc names."""
        name = re.search(r'struct\s+(\w+)', attribute['doc'])[1]
        fields = self.structures.get(name)
        if not fields:
            raise Unknown(f'{attribute["name"]}: no {name} in the header')
        return self.add(name, table(f'{name} {{', {
            field: self.integer({'name': field, 'type': f'u{bits}'})
            for bits, field in fields}, '}'))

    def bytes(self, attribute):
        """The type of a string or binary attribute, of any length."""
        name, kind = attribute['name'], attribute.get('sub-type')
        most = self.limit(attribute, 'max-len')
        if attribute['type'] == 'string':
            strings = self.name('strings')
            self.add(strings, f'{strings} = ' + ', '.join(
                f'"{string}"' for string in STRINGS) + '\n')
            fields = {'likely': f'string[{strings}]'}
        elif kind:
            size = SIZES[kind]
            if 'struct ' in ' '.join(attribute['doc'].split()):
                element = self.structure(attribute)
            elif kind == 'u32' and name.endswith('-ids'):
                element = self.resource(name[:-1])
            else:
                element = f'int{size * 8}'
            elements = min(ELEMENTS, most // size if most else ELEMENTS)
            fields = {'list': f'array[{element}, 0:{elements}]'}
        else:
            fields = {}
        fields['any'] = f'array[int8, 0:{min(ELEMENTS, most or ELEMENTS)}]'
        if most:
            fields['limit'] = f'array[int8, {most - 8}:{most + 8}]'
        return self.union(self.name(name), fields)

    def type_of(self, attribute):
        """The type of an attribute's value."""
        kind = attribute['type']
        if kind in SIZES:
            return self.integer(attribute)
        if kind in ('string', 'binary'):
            return self.bytes(attribute)
        if kind == 'flag':
            return self.union(self.name('flag'),
                              {'set': 'void', 'any': 'array[int8, 0:8]'})
        raise Unknown(f'{attribute["name"]}: {kind} in a request')

    # -------------------------------------------------------- operations

    def policy(self, operation):
        """The attributes of an operation's requests; its policy's name."""
        in_set = operation['attribute-set']
        names = dict.fromkeys(
            name for mode in ('do', 'dump') for name in
            operation.get(mode, {}).get('request', {}).get('attributes', []))
        fields = {}
        for name in names:
            c_name = upper(self.family, 'a', in_set, name)
            what = self.type_of(self.sets[in_set][name])
            fields[c_name] = f'nlattr[{c_name}, {what}]'
        return self.union(self.name(operation['name'], 'policy'), fields)

    def first_id(self, operations):
        """The resource that a reply begins with."""
        for operation in operations:
            for mode in ('do', 'dump'):
                reply = operation.get(mode, {}).get('reply', {})
                name = reply.get('attributes', [''])[0]
                if name.endswith('-id'):
                    return self.resource(name)
        raise Unknown('no reply begins with an id')

    def draw(self):
        """The description's text, without its licence."""
        operations = [entry for entry in self.document['operations']['list']
                      if 'event' not in entry]
        calls = []
        for operation in operations:
            command = upper(self.family, 'cmd', operation['name'])
            calls.append(
                f'sendmsg${command}(fd sock_nl_generic, msg ptr[in, '
                f'msghdr_{self.family}[{command}, {self.policy(operation)}]], '
                'f flags[send_flags])')
        reply = REPLY.format(family=self.family, id=self.first_id(operations))
        calls += [
            '', '# The replies and notifications that begin with an id.',
            f'recvmsg${self.family}(fd sock_nl_generic, msg ptr[in, '
            f'{self.name("msghdr_reply")}], f flags[recv_flags])',
            '', '# A group gets its number when the family is registered.']
        for group in self.document['mcast-groups']['list']:
            calls.append(
                f'setsockopt${upper(self.family, "mcgrp", group["name"])}('
                'fd sock_nl_generic, level const[SOL_NETLINK], '
                'opt const[NETLINK_ADD_MEMBERSHIP], '
                'arg ptr[in, int32[2:40]], arglen len[arg])')
        policies = [name for name in self.types if name.endswith('_policy')]
        others = [name for name in self.types if name not in policies]
        return (HEAD.format(family=self.family) +
                '\n'.join(self.resources.values()) + '\n' +
                CALLS.format(family=self.family) + '\n'.join(calls) + '\n\n' +
                '\n'.join([self.types[name] for name in policies + others] +
                          [reply]))


def structures_of(header):
    """The structures of integers in a header: (bits, name) of each field."""
    return {match[1]: [(int(bits), field) for bits, field in
                       re.findall(r'__u(\d+)\s+(\w+);', match[2])]
            for match in re.finditer(r'^struct (\w+) {\n(.*?)^}', header,
                                     re.MULTILINE | re.DOTALL)}


def draw(document, header, licence):
    """The description; the specification knows no structures, the header does.
    """
    return (f'# SPDX-License-Identifier: {licence}\n' +
            Description(document, structures_of(header)).draw())
