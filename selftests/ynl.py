#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own netlink client, ynl, needs nothing but the YAML spec.

Its answers are compared with what the command dmstat-nl prints and with what
dd did. YNL_DIR is the folder tools/net/ynl of a kernel's sources; without
it, vm/kernel is asked for them.
"""
import errno
import functools
import json
import os
import struct
import subprocess
import sys
import time

from promise import (Failed, command, dump_refusal_has_text, equal, later,
                     need_module, new_client, promise, root, run, unload, ynl)

os.environ['PATH'] += f':{root}/build/tools'

# udev must not read from devices whose I/O is counted.
os.environ['DM_DISABLE_UDEV'] = '1'

SIZE = 32768                    # sectors of the disk
U32_MAX = 2**32 - 1
PATH = '/dev/mapper/ynl'

IO = {'ios': 0, 'sectors': 0, 'ns': 0, 'errors': 0, 'again': 0,
      'longest_ns': 0}
FLUSH = {'ios': 0, 'ns': 0, 'errors': 0, 'again': 0, 'longest_ns': 0,
         'busy_ns': 0, 'in_flight': 0}
DEVICE = {'regions': 0, 'missed': 0, 'oldest_ns': 0, 'flush': FLUSH}
REGION = {'missed': 0, 'extents': 0, 'clears': 0, 'cleared': 0, 'resizes': 0,
          'histogram_bounds': [], 'group': '', 'owned': False,
          'slow_ns': 0, 'tell_errors': False, 'tell_rate': 0}
INFLIGHT = {'kernel_thread': False}
AREA = {'in_flight_read': 0, 'in_flight_write': 0, 'busy_ns': 0,
        'queue_ns': 0, 'clears': 0, 'read': IO, 'write': IO, 'discard': IO}


# ------------------------------------------------------------------ client

@functools.cache
def client():
    """The client that most requests go through."""
    return new_client()


def refused(operation, request, error, message, attribute=None, dump=False):
    """Check with which words the kernel refuses a request."""
    ask = client().dump if dump else client().do
    try:
        answer = ask(operation, request)
    except ynl().NlError as refusal:
        answer = refusal.nl_msg.extack or {}
        if dump and not dump_refusal_has_text():
            message, attribute = None, None
        equal(f'{operation} {request}',
              (errno.errorcode[refusal.error], answer.get('msg'),
               answer.get('bad-attr')),
              (errno.errorcode[error], message, attribute))
    else:
        raise Failed(f'{operation} {request} was not refused: {answer}')


def as_command(answer, zeros=None):
    """An answer in the words of dmstat-nl -j: it names zeros, too."""
    named = {name.replace('-', '_'): value for name, value in answer.items()}
    for name, value in named.items():
        if isinstance(value, dict):
            named[name] = as_command(value, FLUSH if name == 'flush' else IO)
    return {**(zeros or {}), **named}


def by_command(*args):
    """What dmstat-nl -j prints."""
    return json.loads(command('dmstat-nl', *args))


# ----------------------------------------------------------------- devices

def dm(name, start, length, *options):
    """Make a linear device on the disk; return its numbers."""
    command('dmsetup', 'create', name, *options, '--table',
            f'0 {length} linear /dev/ram0 {start}')
    later(remove, name)
    number = os.stat(f'/dev/mapper/{name}').st_rdev
    return {'major': os.major(number), 'minor': os.minor(number)}


def remove(name):
    """Remove a device unless it is gone."""
    if os.path.exists(f'/dev/mapper/{name}'):
        command('dmsetup', 'remove', '--retry', name)


def device():
    """The device of most promises."""
    need_module('dmstat')
    need_module('brd', 'rd_nr=1', f'rd_size={SIZE // 2}')
    return dm('ynl', 0, SIZE, '--uuid', 'YNL-uuid')


def region(**wanted):
    """Make a region on that device; return the kernel's answer."""
    request = {name.replace('_', '-'): value for name, value in wanted.items()}
    return client().do('region-new', {**device(), **request})


def write(size, count, seek=0):
    """Write with dd, past the cache."""
    command('dd', 'if=/dev/zero', f'of={PATH}', f'bs={size}', f'count={count}',
            f'seek={seek}', 'oflag=direct', 'status=none')


def read(size, count, skip=0):
    """Read with dd, past the cache."""
    command('dd', f'if={PATH}', 'of=/dev/null', f'bs={size}', f'count={count}',
            f'skip={skip}', 'iflag=direct', 'status=none')


def areas(number, **wanted):
    """What area-get dumps of a region."""
    request = {name.replace('_', '-'): value for name, value in wanted.items()}
    return [as_command(area, AREA) for area in
            client().dump('area-get', {'region-id': number, **request})]


def counts(found):
    """Of areas that saw I/O: (index, reads, sectors, writes, sectors)."""
    return [(area['index'],
             area['read']['ios'], area['read']['sectors'],
             area['write']['ios'], area['write']['sectors'])
            for area in found
            if area['read']['ios'] or area['write']['ios']]


# ---------------------------------------------------------------- promises

@promise('device-get has what dmstat-nl devices prints')
def device_get():
    numbers = device()
    answer = client().do('device-get', numbers)
    equal('name, uuid, size', (answer['name'], answer['uuid'], answer['size']),
          ('ynl', 'YNL-uuid', SIZE))
    client().do('region-new', numbers)
    dm('ynl2', 8, 16)

    answer = client().dump('device-get', {})
    printed = by_command('devices', '-j')['devices']
    names = sorted(as_command(entry, DEVICE)['name'] for entry in answer)
    equal('dump', names, sorted(entry['name'] for entry in printed))
    # The guest may have disks.
    equal('those of device-mapper', [name for name in names if 'ynl' in name],
          ['ynl', 'ynl2'])
    for entry in printed:
        if not entry.get('uuid'):
            entry.pop('uuid', None)
        entry['flush'].pop('histogram')
        numbers = {'major': entry['major'], 'minor': entry['minor']}
        single = client().do('device-get', numbers)
        equal('do', as_command(single, DEVICE), entry)
        equal('in the dump', single in answer, True)


@promise('a region made with region-new is the one that dmstat-nl lists')
def region_new():
    made = region(start=8, length=1000, area_size=300, program_id='ynl test')
    equal('asked for',
          [made[name] for name in ('device-name', 'start', 'length',
                                   'area-size', 'areas', 'program-id')],
          ['ynl', 8, 1000, 300, 4, 'ynl test'])
    equal('age in hours', (time.time_ns() - made['created']) // 3600 // 10**9,
          0)
    equal('region-get',
          client().do('region-get', {'region-id': made['region-id']}), made)
    equal('dmstat-nl list', by_command('list', '-j')['regions'],
          [as_command(made, REGION)])


def ranges(*extents):
    """The bytes of extents, (start, length) each."""
    return b''.join(struct.pack('=QQ', *extent) for extent in extents)


@promise('region-new makes a region of extents, from one attribute or several')
def region_of_extents():
    numbers = device()
    extents = [(8, 8), (32, 16), (64, 24)]
    one, *more = extents
    for given in (ranges(*extents), [ranges(one), ranges(*more)]):
        made = client().do('region-new', {**numbers, 'extent-ranges': given})
        equal('extents, areas, start, length',
              [made[name] for name in ('extents', 'areas', 'start', 'length')],
              [3, 3, 8, 80])
        equal('areas', [(area['start'], area['length'])
                        for area in areas(made['region-id'])], extents)
    refused('region-new', {**numbers, 'extent-ranges': ranges(one)[:8]},
            errno.EINVAL, 'extent ranges are a start and a length of 8 bytes '
            'each, at least one', '.extent-ranges')


@promise('region-get dumps every region, those of a device, of a program')
def region_dump():
    numbers = device()
    other = dm('ynl2', 0, 64)
    request = client().do
    a = request('region-new', {**numbers, 'program-id': 'a', 'group': 'x'})
    b = request('region-new', {**numbers, 'program-id': 'b', 'areas': 7})
    c = request('region-new', {**other, 'program-id': 'a', 'group': 'y'})

    dump = client().dump
    equal('every one', dump('region-get', {}), [a, b, c])
    equal('of a device', dump('region-get', other), [c])
    equal('of a program', dump('region-get', {'program-id': 'a'}), [a, c])
    equal('of both', dump('region-get', {**numbers, 'program-id': 'a'}), [a])
    equal('of a group', dump('region-get', {'group': 'y'}), [c])


@promise('area-get counts what dd did, as dmstat-nl print does')
def area_dump():
    number = region(areas=4)['region-id']
    write('64k', 5)                     # area 0
    write('64k', 3, seek=128)           # area 2
    read('4k', 7, skip=1022)            # areas 0 and 1

    answer = areas(number)
    equal('(area, reads, sectors, writes, sectors)', counts(answer),
          [(0, 2, 16, 5, 640), (1, 5, 40, 0, 0), (2, 0, 0, 3, 384)])
    equal('areas', [(area['index'], area['start'], area['length'])
                    for area in answer],
          [(0, 0, 8192), (1, 8192, 8192), (2, 16384, 8192), (3, 24576, 8192)])
    equal('dmstat-nl print', by_command('print', '-j', number)['areas'], answer)
    equal('active', areas(number, active=True), answer[:3])
    equal('a part', areas(number, first_area=1, area_count=2), answer[1:3])
    for name in ('read', 'write'):
        equal(f'{name} took time', answer[0][name]['ns'] > 0, True)


@promise('a long dump has every area once, in order')
def long_dump():
    answer = areas(region(area_size=1)['region-id'])
    equal('areas', len(answer), SIZE)
    equal('in order', [area['index'] for area in answer] == list(range(SIZE)),
          True)


@promise('area-get gives totals of all regions at once')
def area_totals():
    numbers = device()
    small, large = (client().do('region-new', {**numbers, **more})['region-id']
                    for more in ({'length': 1000, 'area-size': 300,
                                  'group': 'x'}, {'areas': 100}))
    write('4k', 3)
    dump = client().dump
    totals = dump('area-get', {'merge': U32_MAX})
    equal('regions', [total['region-id'] for total in totals], [small, large])
    equal('areas', [total['areas'] for total in totals], [4, 100])
    equal('writes', [(total['write']['ios'], total['write']['sectors'])
                     for total in totals], [(3, 24), (3, 24)])
    equal('busy', [total for total in totals if 'busy-ns' in total], [])
    equal('of a group', dump('area-get', {'merge': U32_MAX, 'group': 'x'}),
          totals[:1])
    refused('area-get', {'first-area': 1}, errno.EINVAL,
            'first-area and area-count need region-id', '.first-area',
            dump=True)


@promise('area-get with clear reads and clears, region-clear clears')
def clear():
    number = region(areas=2)['region-id']
    write('4k', 3)
    equal('given', counts(areas(number, clear=True)), [(0, 0, 0, 3, 24)])
    equal('then', counts(areas(number)), [])
    equal('since the creation', counts(areas(number, uncleared=True)),
          [(0, 0, 0, 3, 24)])
    refused('area-get', {'clear': True, 'uncleared': True}, errno.EINVAL,
            'clear and uncleared do not go together: give only one of them',
            '.uncleared', dump=True)
    write('4k', 2)
    equal('more', counts(areas(number)), [(0, 0, 0, 2, 16)])
    client().do('region-clear', {'region-id': number})
    equal('cleared', counts(areas(number)), [])
    equal('dmstat-nl print',
          by_command('print', '-j', '--active', number)['areas'], [])


@promise('inflight-get has the I/O that dmstat-nl inflight prints')
def inflight():
    numbers = device()
    number = client().do('region-new', numbers)['region-id']
    command('dmsetup', 'suspend', '--noflush', '--nolockfs', 'ynl')
    later(command, 'dmsetup', 'resume', 'ynl')
    # pylint: disable=consider-using-with
    held = subprocess.Popen(['dd', f'if={PATH}', 'of=/dev/null', 'bs=4k',
                             'count=1', 'skip=3', 'iflag=direct',
                             'status=none'])
    end = time.monotonic() + 20
    while not (answer := client().dump('inflight-get', numbers)):
        if time.monotonic() > end:
            raise Failed('waited 20 s in vain for I/O in flight')
        time.sleep(0.05)

    seen = by_command('inflight', '-j', 'ynl')['inflight']
    equal('it only gets older', answer[0].pop('age-ns') < seen[0].pop('age_ns'),
          True)
    # The path is the command's own: the kernel says the number.
    seen[0].pop('cgroup', None)
    asked = {'operation': 'read', 'sector': 24, 'sectors': 8}
    equal('in flight', [{name: as_command(entry, INFLIGHT)[name]
                         for name in seen[0]} for entry in answer], seen)
    equal('as dd asked', {name: seen[0][name] for name in asked}, asked)
    equal('by dd', (answer[0]['pid'], answer[0]['comm'],
                    'kernel-thread' in answer[0]), (held.pid, 'dd', False))
    equal('in its area', areas(number)[0]['in_flight_read'], 1)

    command('dmsetup', 'resume', 'ynl')
    held.wait()
    equal('afterwards', client().dump('inflight-get', numbers), [])


@promise('region-del deletes a region')
def region_del():
    number = region()['region-id']
    client().do('region-del', {'region-id': number})
    equal('dmstat-nl list', by_command('list', '-j')['regions'], [])
    refused('region-get', {'region-id': number}, errno.ENOENT,
            'no such region', '.region-id')
    refused('area-get', {'region-id': number}, errno.ENOENT,
            'no such region', '.region-id', dump=True)


@promise('region-del deletes several, by id or by what they have in common')
def region_del_many():
    numbers = device()
    made = [client().do('region-new',
                        {**numbers, 'program-id': program})['region-id']
            for program in ('a', 'b', 'a', 'c')]
    ids = b''.join(number.to_bytes(4, sys.byteorder) for number in made[:2])
    equal('by ids', client().do('region-del', {'region-ids': ids}),
          {'deleted': 2})
    equal('by program', client().do('region-del', {'program-id': 'a'}),
          {'deleted': 1})
    refused('region-del', {'program-id': 'a'}, errno.ENOENT,
            'no region matches')
    equal('by device', client().do('region-del', numbers), {'deleted': 1})
    equal('dmstat-nl list', by_command('list', '-j')['regions'], [])


@promise('region-set changes program id and user data, and dumps follow it')
def region_set():
    made = region(program_id='a', user_data=b'\0first')
    number = {'region-id': made['region-id']}
    equal('user data', made['user-data'], b'\0first')

    def by_program(name):
        return client().dump('region-get', {'program-id': name})

    answer = client().do('region-set', {**number, 'program-id': 'b'})
    equal('program', (answer['program-id'], answer['user-data']),
          ('b', b'\0first'))
    equal('of a, of b', (by_program('a'), by_program('b')), ([], [answer]))
    answer = client().do('region-set', {**number, 'user-data': b'x' * 4096})
    equal('user data', (answer['program-id'], answer['user-data']),
          ('b', b'x' * 4096))
    answer = client().do('region-set', {**number, 'program-id': '',
                                      'user-data': b''})
    equal('removed', {'program-id', 'user-data'} & set(answer), set())
    answer = client().do('region-set', {**number, 'slow-ns': 10**9,
                                        'tell-errors': 1, 'tell-rate': 5})
    equal('what is told', (answer['slow-ns'], answer['tell-errors'],
                           answer['tell-rate']), (10**9, 1, 5))
    answer = client().do('region-set', {**number, 'slow-ns': 0,
                                        'tell-errors': 0})
    equal('told no more', {'slow-ns', 'tell-errors', 'tell-rate'} &
          set(answer), set())
    refused('region-set', number, errno.EINVAL,
            'nothing to set: program-id, user-data, group, slow-ns, '
            'tell-errors, tell-rate, length or extent-ranges is required')
    refused('region-set', {**number, 'user-data': b'x' * 4097}, errno.ERANGE,
            'user data is too long: at most 4096 bytes', '.user-data')
    refused('region-set', {'region-id': 4000000000, 'program-id': 'x'},
            errno.ENOENT, 'no such region', '.region-id')


@promise('listeners get regions made, set, cleared, deleted, gone with the device')
def notifications():
    numbers = device()
    listener = new_client()
    later(listener.sock.close)
    listener.ntf_subscribe('region')

    first = client().do('region-new', {**numbers, 'program-id': 'one'})
    number = int(command('dmstat-nl', 'create', '--areas', 3, 'ynl'))
    second = client().do('region-get', {'region-id': number})
    began = time.time_ns()
    changed = client().do('region-set', {'region-id': first['region-id'],
                                         'user-data': b'data'})
    client().do('region-clear', {'region-id': number})
    cleared = client().do('region-get', {'region-id': number})
    client().do('region-del', {'region-id': first['region-id']})
    remove('ynl')
    # The notification of a removed disk comes a moment later, but in order.
    refused('region-del', {'region-id': 4000000000}, errno.ENOENT,
            'no such region', '.region-id')

    listener.check_ntf()
    heard = [(event['name'], event['msg'])
             for event in listener.async_msg_queue]
    numbers = [message.pop('event-sequence') for _, message in heard]
    equal('the last number',
          client().do('sequence-get', {'multicast-group': 0}),
          {'multicast-group': 0, 'sequence': numbers[-1]})
    equal('numbers', numbers, list(range(numbers[0], numbers[0] + 6)))
    times = [message.pop('event-time') for _, message in heard]
    equal('times', times, sorted(times))
    equal('cleared', (cleared['clears'], began < cleared['cleared']
                      <= times[3]), (1, True))
    equal('heard', heard,
          [('region-new-ntf', first), ('region-new-ntf', second),
           ('region-set-ntf', changed), ('region-clear-ntf', cleared),
           ('region-del-ntf', {**changed, 'cause': 'request'}),
           ('region-del-ntf', {**cleared, 'cause': 'device-removed'})])


@promise("a refusal has the kernel's words and the attribute at fault")
def refusals():
    numbers = device()
    refused('region-new', {'start': 8}, errno.EINVAL,
            'major and minor are required')
    refused('region-new', {**numbers, 'program-id': 'x' * 256}, errno.ERANGE,
            'program id is too long: at most 255 bytes', '.program-id')
    refused('region-get', {}, errno.EINVAL, 'region-id is required')
    refused('region-get', {'region-id': 0}, errno.ERANGE,
            'integer out of range', '.region-id')
    refused('region-del', {'region-id': 4000000000}, errno.ENOENT,
            'no such region', '.region-id')
    if os.path.exists('/proc/cgroups'):
        refused('region-new', {**numbers, 'cgroup-id': 2**40}, errno.ENOENT,
                'no such cgroup', '.cgroup-id')
        equal('cgroup', client().do('region-new', {**numbers, 'cgroup-id': 1})
              ['cgroup-id'], 1)
    refused('sequence-get', {}, errno.EINVAL, 'multicast-group is required')
    number = client().do('region-new', numbers)['region-id']
    refused('area-get', {'region-id': number, 'first-area': 1}, errno.ERANGE,
            "first-area is beyond the region's last area", '.first-area',
            dump=True)


if __name__ == '__main__':
    try:
        run()
    finally:
        if not os.geteuid():
            unload('dmstat', 'brd')
