#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""The kernel has the operations and policies of the YAML specification.

The specification itself is checked anywhere; the policies, which the kernel
reports, where the module can be loaded. YNL_DIR is the folder tools/net/ynl of
a kernel's sources; without it, vm/kernel is asked for them.
"""
import errno
import functools
import os

import jsonschema
import yaml

from promise import (Failed, Skip, command, dump_refusal_has_text, equal,
                     need_module, new_client, promise, run, spec, unload, ynl,
                     ynl_folder)

U32_MAX = 2**32 - 1
U64_MAX = 2**64 - 1

# Checked by functions of the policies, which the kernel does not dump: only so
# a refusal says what the limit is.
NOT_IN_POLICY = {('region', 'program-id'): 'max-length',
                 ('region', 'group'): 'max-length',
                 ('area', 'program-id'): 'max-length',
                 ('area', 'group'): 'max-length',
                 ('region', 'histogram-bounds'): 'max-length',
                 ('region', 'user-data'): 'max-length',
                 ('region', 'region-ids'): 'max-length'}


# -------------------------------------------------------------------- spec

def netlink_documentation():
    """Where the kernel has the schemata and its own specs."""
    return ynl_folder().parents[2] / 'Documentation/netlink'


@functools.cache
def the_spec():
    """The spec as it is written."""
    return yaml.safe_load(spec.read_text(encoding='utf-8'))


def value_of(number):
    """A limit in the spec: a number or a constant's name."""
    constants = {entry['name']: entry['value']
                 for entry in the_spec()['definitions']
                 if entry['type'] == 'const'}
    return constants.get(number, number)


def attribute_set(name):
    """The attributes of a set, by name, each with its value."""
    found = next(entry for entry in the_spec()['attribute-sets']
                 if entry['name'] == name)
    return {attribute['name']: {**attribute, 'value': value}
            for value, attribute in enumerate(found['attributes'], 1)}


def requests():
    """The requests: command, operation, and its modes."""
    for value, operation in enumerate(the_spec()['operations']['list'], 1):
        modes = {mode: operation[mode].get('request', {}).get('attributes', [])
                 for mode in ('do', 'dump') if mode in operation}
        if modes:
            yield value, operation, modes


def policy_of(attributes, name):
    """The policy that an attribute in the spec asks for."""
    kind = attributes[name]['type']
    checks = attributes[name].get('checks', {})
    if kind == 'flag':
        return {'type': 'flag'}
    if kind == 'string':
        return {'type': 'nul-string',
                'max-length': value_of(checks.get('max-len'))}
    if kind == 'binary':
        most = value_of(checks.get('max-len'))
        return {'type': 'binary', **({'max-length': most} if most else {})}
    if kind == 'nest':
        inside = attribute_set(attributes[name]['nested-attributes'])
        return {'type': 'nested',
                'inside': {part: policy_of(inside, part) for part in inside}}
    return {'type': kind, 'min-value-u': value_of(checks.get('min', 0)),
            'max-value-u': value_of(checks.get('max', {'u32': U32_MAX,
                                                       'u64': U64_MAX}[kind]))}


# ------------------------------------------------------------------ kernel

def need_kernel():
    """Load the module, if there is one for this kernel."""
    if not os.path.isdir('/sys/module/dmstat'):
        try:
            command('modinfo', 'dmstat')
        except Failed as failure:
            raise Skip('no module for this kernel') from failure
    need_module('dmstat')


@functools.cache
def client():
    """A client of dmstat."""
    need_kernel()
    return new_client()


@functools.cache
def controller():
    """A client of the family that describes families."""
    need_kernel()
    return new_client(netlink_documentation() / 'specs/nlctrl.yaml')


@functools.cache
def kernel_policies():
    """By command, {mode: policy id}; and by policy id, {attribute: policy}."""
    operations, policies = {}, {}
    for entry in controller().dump('getpolicy', {'family-name': 'dmstat'}):
        if 'op-policy' in entry:
            modes = dict(entry['op-policy'])
            operations[modes.pop('op-id')] = modes
        if 'policy' in entry:
            policy = dict(entry['policy'])
            policies.setdefault(policy.pop('policy-id'), {})[
                policy.pop('attr-id')] = policy
    return operations, policies


@functools.cache
def family():
    """What the kernel has of the family."""
    return controller().do('getfamily', {'family-name': 'dmstat'})


# ---------------------------------------------------------------- promises

@promise("the spec is valid by the kernel's schema for new families")
def schema():
    text = (netlink_documentation() / 'genetlink.yaml').read_text('utf-8')
    equal('protocol', the_spec()['protocol'], 'genetlink')
    try:
        jsonschema.validate(the_spec(), yaml.safe_load(text))
    except jsonschema.ValidationError as error:
        raise Failed(f'{error.json_path}: {error.message}') from error


@promise('the kernel has the operations and the groups of the spec')
def operations():
    can = {'do': 'cmd-cap-do', 'dump': 'cmd-cap-dump'}
    wanted = {value: {can[mode] for mode in modes} |
              {'cmd-cap-haspol'} | set(operation.get('flags', []))
              for value, operation, modes in requests()}
    told = {}
    for entry in family()['ops']:
        for operation in entry.values():
            told[operation['id']] = set(operation['flags'])
    for value in sorted(wanted.keys() | told.keys()):
        equal(f'command {value}', sorted(told.get(value, [])),
              sorted(wanted.get(value, [])))

    equal('version', family()['version'], the_spec().get('version', 1))
    equal('groups', sorted(group['name'] for entry in family()['mcast-groups']
                           for group in entry.values()),
          sorted(group['name'] for group in
                 the_spec()['mcast-groups']['list']))


def named(by_id, policy_id, attributes):
    """A policy of the kernel, by the spec's names, with those inside."""
    names = {entry['value']: name for name, entry in attributes.items()}
    policies = {}
    for number, policy in by_id.get(policy_id, {}).items():
        name = names.get(number, number)
        if policy['type'] == 'nested' and name in attributes:
            inside = attribute_set(attributes[name]['nested-attributes'])
            equal(f'{name} last', policy['policy-maxtype'],
                  max(entry['value'] for entry in inside.values()))
            policy = {'type': 'nested',
                      'inside': named(by_id, policy['policy-idx'], inside)}
        policies[name] = policy
    return policies


@promise("the kernel's policies are those of the spec")
def policies():
    by_command, by_id = kernel_policies()
    equal('commands', sorted(by_command),
          [value for value, _, _ in requests()])
    for value, operation, modes in requests():
        told = by_command[value]
        equal(f"{operation['name']} modes", sorted(told), sorted(modes))
        # One serves both: linux 6.1 has no other way.
        equal(f"{operation['name']} policies", len(set(told.values())), 1)

        attributes = attribute_set(operation['attribute-set'])
        wanted = {}
        for name in sorted(set().union(*modes.values())):
            policy = policy_of(attributes, name)
            policy.pop(NOT_IN_POLICY.get((operation['attribute-set'], name)),
                       None)
            wanted[name] = policy
        seen = named(by_id, next(iter(told.values())), attributes)
        for name in sorted(wanted.keys() | seen.keys(), key=str):
            equal(f"{operation['name']} {name}", seen.get(name),
                  wanted.get(name))


@promise('attributes of one mode of an operation are refused in the other')
def modes_differ():
    samples = {'u32': 1, 'u64': 1, 'string': 'x', 'flag': True}
    message = 'this attribute does not belong to this request'
    tried = 0
    for _, operation, modes in requests():
        attributes = attribute_set(operation['attribute-set'])
        for mode, name in ((mode, name) for mode in modes
                           for name in set().union(*modes.values())
                           if name not in modes[mode]):
            tried += 1
            ask = client().do if mode == 'do' else client().dump
            request = {name: samples[attributes[name]['type']]}
            what = f"{operation['name']} {mode} {request}"
            try:
                ask(operation['name'], request)
            except ynl().NlError as refusal:
                words = message
                if mode == 'dump' and not dump_refusal_has_text():
                    words = None
                equal(what, (errno.errorcode[refusal.error],
                             (refusal.nl_msg.extack or {}).get('msg')),
                      ('EINVAL', words))
            else:
                raise Failed(f'{what} was not refused')
    equal('tried some', tried > 0, True)


def refusal_of(ask, operation, request):
    """With what number and words it is refused."""
    try:
        ask(operation, request)
    except ynl().NlError as refusal:
        return (errno.errorcode[refusal.error],
                (refusal.nl_msg.extack or {}).get('msg'))
    raise Failed(f'{operation} {request} was not refused')


@promise('the longest strings and bytes are those in the spec, and refusals name them')
def longest():
    no_device = 'major and minor are required'
    samples = {'program-id': ('region-new', 'x', 1, no_device),
               'group': ('region-new', 'x', 1, no_device),
               'user-data': ('region-new', b'x', 1, no_device),
               'histogram-bounds': ('region-new', b'x', 8, no_device),
               'region-ids': ('region-del', b'x', 4,
                              'region ids have to rise, from more than zero')}
    equal('attributes', sorted(samples),
          sorted({name for _, name in NOT_IN_POLICY}))
    for name, (operation, sample, unit, otherwise) in samples.items():
        most = policy_of(attribute_set('region'), name)['max-length']
        # The one that fits is refused for something else.
        error, words = refusal_of(client().do, operation,
                                  {name: sample * most})
        equal(f'{name} of {most}', (error, words), ('EINVAL', otherwise))
        error, words = refusal_of(client().do, operation,
                                  {name: sample * (most + unit)})
        equal(f'{name} of {most + unit}',
              (error, f'at most {most // unit}' in words), ('ERANGE', True))
    for operation in 'region-get', 'area-get':
        for name in 'program-id', 'group':
            most = policy_of(attribute_set(operation[:-4]), name)['max-length']
            equal(f'{operation} by {name}',
                  client().dump(operation, {name: 'x' * most}), [])
            equal(f'{operation} by {name} of one more',
                  refusal_of(client().dump, operation,
                             {name: 'x' * (most + 1)}),
                  ('ERANGE', f'{name.replace("-", " ")} is too long: '
                             'at most 255 bytes'))


if __name__ == '__main__':
    try:
        run()
    finally:
        if not os.geteuid():
            unload('dmstat')
