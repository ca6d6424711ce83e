#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Clients of dmstat-exporter, for exporter.sh.

exporter.py formats TEXT OPENMETRICS: both files say the same, and what they must.
exporter.py crowd PORT CLIENTS SECONDS: scrape, all at once, again and again.
exporter.py queue PORT CLIENTS: all ask, and then read.
exporter.py slow PORT: clients that send, or read, as slowly as they can.
exporter.py unread PORT: ask, and do not read.
exporter.py fuzz PORT FIRST COUNT: malformed requests, a seed for each.
"""
import concurrent.futures
import functools
import json
import math
import random
import selectors
import socket
import sys
import threading
import time

REQUEST = b'GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: %s\r\n\r\n'
OPENMETRICS = b'application/openmetrics-text;version=1.0.0'
LAST = b'dmstat_exporter_build_info{version='


def connect(port, seconds=60):
    """A connection to the exporter."""
    return socket.create_connection(('127.0.0.1', port), seconds)


def read_all(connection):
    """What the exporter sends until it closes the connection."""
    parts = []
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b''.join(parts)


def ask(port, request):
    """The answer to a request."""
    with connect(port) as connection:
        connection.sendall(request)
        return read_all(connection)


def is_whole(answer, openmetrics=False):
    """Whether it is an answer with all metrics."""
    head, _, body = answer.partition(b'\r\n\r\n')
    if not head.startswith(b'HTTP/1.1 200 ') or LAST not in body:
        return False
    if b'Content-Length: %d' % len(body) not in head:
        return False
    return body.endswith(b'# EOF\n') == openmetrics


# ----------------------------------------------------------------- formats

def samples_of(families):
    """All samples, by name and labels, without what only OpenMetrics has."""
    samples = {}
    for family in families:
        for sample in family.samples:
            if sample.name.endswith('_created'):
                continue
            labels = dict(sample.labels)
            if 'le' in labels:
                labels['le'] = float(labels['le'])
            key = sample.name, tuple(sorted(labels.items()))
            assert key not in samples, f'twice: {key}'
            samples[key] = sample.value
    return samples


def check_histograms(samples):
    """Buckets rise, and agree with the sum, the count and the counters."""
    buckets = {}
    for (name, labels), value in samples.items():
        if name.endswith('_bucket'):
            rest = tuple(pair for pair in labels if pair[0] != 'le')
            buckets.setdefault((name[:-len('_bucket')], rest), []).append(
                (dict(labels)['le'], value))
    for (name, labels), of in buckets.items():
        of.sort()
        assert of[-1][0] == math.inf, (name, labels)
        counts = [count for _, count in of]
        assert counts == sorted(counts), (name, labels, counts)
        assert counts[-1] == samples[name + '_count', labels]
        counters = {'dmstat_region_io_duration_seconds':
                    ('dmstat_region_ios_total',
                     'dmstat_region_io_seconds_total'),
                    'dmstat_device_flush_duration_seconds':
                    ('dmstat_device_flushes_total', None)}[name]
        assert counts[-1] == samples[counters[0], labels]
        if counters[1]:
            assert samples[name + '_sum', labels] == samples[counters[1], labels]
    return len(buckets)


def formats(text, openmetrics):
    """Parse both files with Prometheus' own parser for Python."""
    from prometheus_client import parser as of_text
    from prometheus_client.openmetrics import parser as of_openmetrics

    with open(text, encoding='utf-8', newline='\n') as file:
        first = list(of_text.text_string_to_metric_families(file.read()))
    with open(openmetrics, encoding='utf-8', newline='\n') as file:
        second = list(of_openmetrics.text_string_to_metric_families(file.read()))
    one, other = samples_of(first), samples_of(second)
    assert one.keys() == other.keys(), one.keys() ^ other.keys()
    for (name, labels), value in one.items():
        if 'scrape' not in name:
            assert value == other[name, labels], (name, labels)
    counters = sum(len(family.samples) for family in second
                   if family.type == 'counter')
    assert all(family.documentation for family in first + second)
    print(f'{len(one)} samples, {check_histograms(one)} histograms,'
          f' {counters} samples of counters with their times')
    devices = {labels['device']: labels for family in first
               for labels in (sample.labels for sample in family.samples)
               if family.name == 'dmstat_region_areas'}
    print(json.dumps([devices[name] for name in sorted(devices)]))


# ------------------------------------------------------------------- crowds

def crowd(port, clients, seconds):
    """Every answer is whole."""
    end = time.monotonic() + seconds
    bad, scrapes = [], [0] * clients

    def scrape(number):
        openmetrics = number % 2 == 1
        request = REQUEST % (OPENMETRICS if openmetrics else b'*/*')
        while (not scrapes[number] or time.monotonic() < end) and not bad:
            answer = ask(port, request)
            if not is_whole(answer, openmetrics):
                bad.append(answer)
            scrapes[number] += 1

    threads = [threading.Thread(target=scrape, args=(i,))
               for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad, bad[0][:300]
    assert min(scrapes) >= 1
    print(f'{sum(scrapes)} scrapes, {min(scrapes)} to {max(scrapes)} a client')


def queue(port, clients):
    """More clients than are served at a time: all are, one after the other."""
    connections = []
    for _ in range(clients):
        connections.append(connect(port))
        connections[-1].sendall(REQUEST % b'*/*')
    whole = 0
    for connection in connections:
        whole += is_whole(read_all(connection))
        connection.close()
    print(f'{whole} of {clients} were answered')
    assert whole == clients


def slow(port):
    """Each is dropped in the end, and others are served meanwhile."""
    waits = selectors.DefaultSelector()
    start = time.monotonic()
    text = b'GET /metrics HTTP/1.1\r\nHost: x\r\nX: ' + b'y' * 1000
    open_since = {}
    for number in range(30):
        connection = connect(port)
        open_since[connection] = number
        waits.register(connection, selectors.EVENT_READ)
    sent, slowest = 0, 0
    while open_since:
        now = time.monotonic()
        assert now - start < 60, f'{len(open_since)} are still there'
        for connection, number in open_since.items():
            if number % 3:      # the others send nothing at all
                try:
                    connection.send(text[sent:sent + 1])
                except OSError:
                    pass
        sent += 1
        for key, _ in waits.select(0.5):
            try:
                closed = not key.fileobj.recv(4096)
            except OSError:
                closed = True
            if closed:
                waits.unregister(key.fileobj)
                key.fileobj.close()
                del open_since[key.fileobj]
        now = time.monotonic()
        assert is_whole(ask(port, REQUEST % b'*/*'))
        slowest = max(slowest, time.monotonic() - now)
    print(f'all were dropped after {time.monotonic() - start:.1f} s, others'
          f' were answered within {slowest:.1f} s')


def unread(port):
    """It is dropped before all of a large answer was sent."""
    length = len(ask(port, REQUEST % b'*/*'))
    with connect(port) as connection:
        connection.sendall(REQUEST % b'*/*')
        time.sleep(20)
        got = len(read_all(connection))
    print(f'{got} of {length} bytes')
    assert got < length


# ------------------------------------------------------------------ fuzzing

PARTS = [b'GET', b'HEAD', b'POST', b'PUT', b'CONNECT', b'TRACE', b'', b' ',
         b'/', b'/metrics', b'/metrics?x=%00', b'/%2e%2e/%ff', b'*',
         b'http://x/metrics', b'HTTP/1.1', b'HTTP/1.0', b'HTTP/9.9', b'HTTP/',
         b'\r\n', b'\n', b'\r', b'\r\n\r\n', b'\n\n', b'\0', b'\xff\xfe',
         b'Host: x', b'Host:', b': x', b'Content-Length: 5',
         b'Content-Length: -1', b'Content-Length: 99999999999999999999',
         b'Transfer-Encoding: chunked', b'5\r\nhello\r\n', b'0\r\n\r\n',
         b'ffffffffffffffff\r\n', b'Expect: 100-continue',
         b'Connection: keep-alive', b'Upgrade: websocket',
         b'Accept: application/openmetrics-text;version=1.0.0',
         b'Accept: ;q=,;;=;q=1e999,*/*;q=nan',
         b'Accept: application/openmetrics-text;q=0.;version="1.0.0',
         b'Accept: ' + b',' * 500, b'Cookie: ' + b'a=b;' * 300,
         b' folded: x', b'X: ' + b'y' * 3000, b'Range: bytes=0-0']


def request_of(seed):
    """A request that is malformed in some way, nearly always."""
    chance = random.Random(seed)
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 400))
    if kind == 1:
        return b''.join(chance.choice(PARTS) + chance.choice([b'', b' ', b'\r\n'])
                        for _ in range(chance.randrange(1, 30)))
    lines = [b'GET /metrics HTTP/1.1', b'Host: x']
    lines += [chance.choice(PARTS) for _ in range(chance.randrange(6))]
    text = bytearray(b'\r\n'.join(lines) + b'\r\n\r\n')
    for _ in range(chance.randrange(1, 8) if kind == 2 else 0):
        text[chance.randrange(len(text))] = chance.randrange(256)
    return bytes(text) * chance.choice([1, 1, 1, 2, 40])


def outcome_of(port, seed):
    """The status that a request gets; some are ended by a timeout only."""
    with connect(port) as connection:
        try:
            connection.sendall(request_of(seed))
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.5)
            answer = read_all(connection)
        except TimeoutError:
            return 'waits'
        except OSError:
            answer = b''
    assert answer[:5] in (b'', b'HTTP/'), f'seed {seed}: {answer[:80]}'
    return answer[9:12].decode() or 'closed'


def fuzz(port, first, count):
    """Nothing but answers and closed connections comes of it."""
    status = {}
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        for code in pool.map(functools.partial(outcome_of, port),
                             range(first, first + count)):
            status[code] = status.get(code, 0) + 1
    print(f'seeds {first} to {first + count - 1}:',
          ', '.join(f'{code}: {status[code]}' for code in sorted(status)))
    assert is_whole(ask(port, REQUEST % b'*/*'))


def main():
    """Do what the command line says."""
    functions = {'formats': formats, 'crowd': crowd, 'queue': queue,
                 'slow': slow, 'unread': unread, 'fuzz': fuzz}
    args = sys.argv[2:]
    if sys.argv[1] != 'formats':
        args = [int(arg) for arg in args]
    functions[sys.argv[1]](*args)


if __name__ == '__main__':
    main()
