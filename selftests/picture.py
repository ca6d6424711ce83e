#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Do the pictures of heat show what a recording has?

Draws a recording that recording.py makes, as SVG, PNG, PDF and HTML. What is
in the pictures is compared with the recording: colours of points, values in the
page, and what the page shows under the pointer in a headless Chromium. Needs
gnuplot, but neither root nor the module.

    picture.py DMSTAT-NL
"""
import base64
import datetime
import html
import json
import math
import os
import pathlib
import re
import resource
import struct
import subprocess
import sys
import tempfile
import zlib
from xml.etree import ElementTree

import recording
from promise import Failed, equal, here, promise, run

HEAT = (sys.argv[1] if len(sys.argv) > 1 else 'dmstat-nl', 'heat')
AREAS = 64
INTERVALS = 120
GAP = range(50, 60)

# As view/plot.c has them.
COLOURS = ['fdebc8', 'fdcb8c', 'fca05c', 'f3704c', 'd8455e', 'a82c74',
           '6a1f7a', '2a1050']
NOTHING = 'f5f5f7'
UNWATCHED = 'd4d4da'
WIDTH = 1200

work = pathlib.Path(tempfile.mkdtemp(prefix='picture.'))


def make_recording(name, *options):
    """Make a recording, and return its path."""
    path = work / name
    with open(path, 'w', encoding='ascii') as file:
        subprocess.run([here / 'recording.py', *options], stdout=file,
                       check=True)
    return path


def heat(*arguments, status=0, environment=()):
    """Run heat, and return what it printed on stdout and stderr."""
    done = subprocess.run([*HEAT, *map(str, arguments)], text=True, check=False,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, 'TZ': 'UTC', **dict(environment)})
    if done.returncode != status:
        raise Failed(f'status {done.returncode}: {done.stderr}')
    return done.stdout, done.stderr


def drawn(kind, measure='reads', source=None):
    """Draw the recording, and return the picture's path."""
    path = work / f'{measure}.{kind}'
    heat('--from', source or moving, '--by', measure, '--output', path)
    return path


def page_of(path):
    """The data in a page, with the values of each panel decoded."""
    text = path.read_text(encoding='utf-8')
    page = json.JSONDecoder().raw_decode(text.split('const page = ', 1)[1])[0]
    for panel in page['panels']:
        data = base64.b64decode(panel['values'])
        panel['values'] = struct.unpack(f'<{len(data) // 4}f', data)
    return page


def value_at(panel, row, step):
    """A value of a panel."""
    return panel['values'][row * panel['steps'] + step]


def expected(measure, interval, area):
    """What the picture must have for an area in an interval."""
    if interval in GAP:
        return -1
    reads, writes, latency = recording.activity(AREAS, interval, area)
    if measure == 'reads':
        return reads
    if measure == 'writes':
        return writes
    if measure == 'bytes':
        return 512 * (8 * reads + 16 * writes)
    if measure == 'errors':
        return 0
    if not reads and not writes:
        return 0
    return (reads * latency + writes * 2 * latency) / (reads + writes)


@promise('the page has the value of every area and interval, by each measure')
def _all_values():
    for measure in ('reads', 'writes', 'bytes', 'latency', 'errors'):
        cells = page_of(drawn('html', measure))['panels'][0]
        equal(f'{measure}: rows and steps', (cells['rows'], cells['steps']),
              (AREAS, INTERVALS))
        for interval in range(INTERVALS):
            for area in range(AREAS):
                seen = value_at(cells, area, interval)
                value = expected(measure, interval, area)
                if not math.isclose(seen, value, rel_tol=1e-6):
                    raise Failed(f'{measure} of area {area} in interval '
                                 f'{interval}: {seen}, expected {value}')


@promise('the page has the histogram of every interval')
def _all_bins():
    panel = page_of(drawn('html'))['panels'][1]
    equal('kind', panel['kind'], 'latency')
    equal('bins and steps', (panel['rows'], panel['steps']),
          (len(recording.BOUNDS) + 1, INTERVALS))
    for interval in range(INTERVALS):
        bins = [0] * (len(recording.BOUNDS) + 1)
        for row in recording.rows(AREAS, interval):
            for operation in ('read', 'write', 'discard'):
                for i, entry in enumerate(row[operation]['histogram']):
                    bins[i] += entry['ios']
        if interval in GAP:
            bins = [-1] * len(bins)
        seen = [value_at(panel, i, interval) for i in range(len(bins))]
        if seen != bins:
            raise Failed(f'interval {interval}: {seen}\nexpected: {bins}')


# ---------------------------------------------------------------- colours

def unfilter(kind, line, before, size):
    """A line of a PNG as it was before it was filtered."""
    for i, byte in enumerate(line):
        left = line[i - size] if i >= size else 0
        above = before[i]
        corner = before[i - size] if i >= size else 0
        if kind == 1:
            add = left
        elif kind == 2:
            add = above
        elif kind == 3:
            add = (left + above) // 2
        elif kind == 4:
            guess = left + above - corner
            add = min((left, above, corner), key=lambda x: abs(guess - x))
        else:
            add = 0
        line[i] = (byte + add) & 255
    return line


def png_of(data):
    """Width, height, bytes a pixel and the lines of a PNG of 8 bits a colour."""
    width, height, depth, kind = struct.unpack('>IIBB', data[16:26])
    equal('PNG of 8 bits a colour', (depth, kind in (2, 6)), (8, True))
    size = 3 if kind == 2 else 4
    packed, at = b'', 8
    while at < len(data):
        length, name = struct.unpack('>I4s', data[at:at + 8])
        if name == b'IDAT':
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(packed)
    lines, before = [], bytearray(width * size)
    for y in range(height):
        start = y * (width * size + 1)
        before = unfilter(raw[start], bytearray(
            raw[start + 1:start + 1 + width * size]), before, size)
        lines.append(before)
    return width, height, size, lines


def rgb(text):
    """Red, green and blue of a colour in hexadecimal digits."""
    return tuple(bytes.fromhex(text))


def colour_of(value, low, high):
    """The colour of a value in the scale."""
    if value < 0:
        return rgb(UNWATCHED)
    if not value:
        return rgb(NOTHING)
    share = math.log(min(max(value, low), high) / low) / math.log(high / low)
    place = share * (len(COLOURS) - 1)
    step = min(int(place), len(COLOURS) - 2)
    return tuple(round(a + (b - a) * (place - step)) for a, b in
                 zip(rgb(COLOURS[step]), rgb(COLOURS[step + 1])))


def check_colours(cells, colour_at):
    """Compare the colours of points of the cells with what they must be."""
    low, high = 1, 5000
    worst = 0
    for interval in range(0, INTERVALS, 3):
        for area in range(AREAS):
            value = value_at(cells, area, interval)
            expect = colour_of(value, low, high)
            seen = colour_at(interval, area)
            far = max(abs(a - b) for a, b in zip(seen, expect))
            worst = max(worst, far)
            if far > 6:
                raise Failed(f'area {area}, interval {interval}, value '
                             f'{value}: {seen}, expected {expect}')
    print(f'colours differ by {worst} of 255 at most')


@promise('points of the PNG have the colours of their values')
def _png():
    cells = page_of(drawn('html'))['panels'][0]
    width, height, size, lines = png_of(drawn('png').read_bytes())
    scale = width / WIDTH
    equal('width', width, 2 * WIDTH)
    print(f'height: {height}')

    def colour_at(interval, area):
        x = cells['left'] + (interval + 0.5) / INTERVALS * cells['width']
        y = cells['top'] + (1 - (area + 0.5) / AREAS) * cells['height']
        at = int(x * scale) * size
        return tuple(lines[int(y * scale)][at:at + 3])

    check_colours(cells, colour_at)


@promise('points of the image in the SVG have the colours of their values')
def _svg():
    cells = page_of(drawn('html'))['panels'][0]
    tree = ElementTree.parse(drawn('svg'))
    texts = {''.join(element.itertext()).strip() for element in
             tree.iter('{http://www.w3.org/2000/svg}text')}
    for text in ('vg-data: reads per second', 'position on the device',
                 '2025-11-26 12:00:00 to 12:02:00 UTC', 'reads/s', '5000', '0',
                 '1 GiB', '512 MiB', '12:01:00', 'grey: not watched', 'I/Os/s',
                 '1 ms', 'median', '99th percentile'):
        if text not in texts:
            raise Failed(f'no text "{text}" in the SVG: {sorted(texts)}')
    images = list(tree.iter('{http://www.w3.org/2000/svg}image'))
    equal('images', len(images), 2)
    box = {key: float(images[0].get(key)) for key in
           ('x', 'y', 'width', 'height')}
    for key, name in (('x', 'left'), ('y', 'top'), ('width', 'width'),
                      ('height', 'height')):
        if abs(box[key] - cells[name]) > 1:
            raise Failed(f'{name}: {box[key]}, expected {cells[name]}')
    data = images[0].get('{http://www.w3.org/1999/xlink}href')
    width, height, size, lines = png_of(
        base64.b64decode(data.split('base64,')[1]))
    equal('pixels', (width, height), (INTERVALS, AREAS))

    def colour_at(interval, area):
        pixel = lines[AREAS - 1 - area][interval * size:][:size]
        if size == 4 and not pixel[3]:
            return rgb(UNWATCHED if interval in GAP else NOTHING)
        return tuple(pixel[:3])

    check_colours(cells, colour_at)


@promise('the PDF is one page')
def _pdf():
    data = drawn('pdf').read_bytes()
    equal('start', data[:5], b'%PDF-')
    equal('end', data.rstrip()[-5:], b'%%EOF')
    plain = b''.join([data] + [
        zlib.decompressobj().decompress(part.split(b'endstream')[0].lstrip())
        for part in re.split(rb'stream\r?\n', data)[1::2] if part[:1] == b'x'])
    equal('pages', len(re.findall(rb'/Type\s*/Page\b', plain)), 1)


# ---------------------------------------------------------------- pointer

PROBE = '''
<script>
addEventListener("load", () => {
	const seen = [];
	const picture = document.getElementById("picture");
	const svg = picture.querySelector("svg");
	const box = svg.getBoundingClientRect();

	for (const [x, y] of POINTS) {
		const clientX = box.left + x / 1200 * box.width;
		const clientY = box.top + y / 1200 * box.width;

		picture.dispatchEvent(new PointerEvent("pointermove",
			{ clientX, clientY, bubbles: true }));
		seen.push(readout.style.display === "none" ? "" :
			  readout.textContent);
	}
	document.title = "seen";
	const list = document.createElement("pre");
	list.id = "seen";
	list.textContent = JSON.stringify(seen);
	document.body.append(list);
});
</script>
'''


def chromium(*arguments):
    """Run a headless Chromium that has no network."""
    done = subprocess.run(
        ['chromium', '--headless', '--no-sandbox', '--disable-gpu',
         '--disable-dev-shm-usage', '--no-first-run',
         '--host-resolver-rules=MAP * ~NOTFOUND',
         f'--user-data-dir={work}/profile', '--window-size=1300,900',
         '--virtual-time-budget=10000', *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise Failed(f'chromium: {done.stderr}')
    return done.stdout


def shown_at(path, points):
    """What the page shows with the pointer at each of these points."""
    probed = path.with_name('probed.html')
    probed.write_text(path.read_text(encoding='utf-8').replace(
        '</body>', PROBE.replace('POINTS', json.dumps(points)) + '</body>'),
        encoding='utf-8')
    dom = chromium('--dump-dom', probed.as_uri())
    found = re.search(r'<pre id="seen">(.*?)</pre>', dom, re.S)
    if not found:
        raise Failed(f'the page did not run: {dom[-2000:]}')
    return json.loads(html.unescape(found[1]))


def rate_text(value):
    """A number as the page writes it."""
    return str(int(value)) if value == int(value) else f'{value:.3g}'


def expected_text(interval, area):
    """What the page must show for an area of 16 MiB in an interval of 1 s."""
    begin = datetime.datetime.fromtimestamp(
        recording.BEGIN // 10**9 + interval, datetime.timezone.utc)
    end = begin + datetime.timedelta(seconds=1)
    low, high = 16 * area, 16 * (area + 1)
    where = '0 to 16 MiB' if not low else f'{low} to {high} MiB'
    if high == 1024:
        where = f'{low} MiB to 1 GiB'
    value = expected('reads', interval, area)
    return '\n'.join([
        where,
        f'{begin:%Y-%m-%d %H:%M:%S}.000 to {end:%H:%M:%S}.000',
        'not watched' if value < 0 else 'none' if not value else
        f'{rate_text(value)} reads/s'])


@promise('the page shows position, time and value under the pointer')
def _pointer():
    page = drawn('html')
    cells, latency = page_of(page)['panels']
    wanted = [(0, 0), (INTERVALS - 1, AREAS - 1), (55, 20)]
    wanted += [(i, area) for i in range(3, INTERVALS, 17)
               for area in range(1, AREAS, 6)]
    points = [(cells['left'] + (i + 0.5) / INTERVALS * cells['width'],
               cells['top'] + (1 - (area + 0.5) / AREAS) * cells['height'])
              for i, area in wanted]
    outside = [(10, 10), (cells['left'] + 5, cells['top'] - 10)]
    # The middle of the row from 512 us to 1024 us.
    edges = latency['edges']
    row = edges.index(512000)
    share = math.log(edges[row] * 1.4 / edges[0]) / math.log(
        edges[-1] / edges[0])
    below = (latency['left'] + 30.5 / INTERVALS * latency['width'],
             latency['top'] + (1 - share) * latency['height'])

    seen = shown_at(page, points + outside + [below])
    for (interval, area), text in zip(wanted, seen):
        expect = expected_text(interval, area)
        if text != expect:
            raise Failed(f'area {area}, interval {interval}: {text!r}, '
                         f'expected {expect!r}')
    print(f'{len(wanted)} points are right; the last: {text!r}')
    equal('outside', seen[len(wanted):-1], ['', ''])
    ios = value_at(latency, recording.BOUNDS.index(512000) + 1, 30)
    equal('latency', seen[-1].splitlines()[::2],
          ['512 us to 1.02 ms', f'{rate_text(ios)} I/Os/s'])


@promise('the page needs no other file and no network')
def _alone():
    text = drawn('html').read_text(encoding='utf-8')
    text = re.sub(r'xmlns(:xlink)?="http://www.w3.org/[^"]*"', '', text)
    equal('addresses', re.findall(r'https?://[^\s"\']*', text), [])
    equal('titles, which a browser shows beside the pointer',
          re.findall('<title>.*?</title>', text),
          ['<title>dmstat: vg-data</title>'])
    equal('other files', re.findall(r'(?:src|href)=.(?!data:|#)[^>]{,40}',
                                    text), [])


# Names of devices: the bytes, as a picture shows them, as a string of the page.
NAMES = [
    (b"'a''b'", "'a''b'", "'a''b'"),
    (b"''", "''", "''"),
    (b'`id`$HOME "\\"', '`id`$HOME "\\"', '`id`$HOME "\\"'),
    (b'<b>&lt;</script>]]>', '<b>&lt;</script>]]>', '<b>&lt;</script>]]>'),
    (b'a\xe9b\xef\xbf\xbe', '\\xe9'.join('ab') + '\\xef\\xbf\\xbe',
     'a\ufffdb\ufffd\ufffd\ufffd'),
    (b'a\nb\x1b[1m\xc2\x9b1m', '\\x0a'.join('ab') + '\\x1b[1m\\xc2\\x9b1m',
     'a\nb\x1b[1m\x9b1m'),
    ('große'.encode(), 'große', 'große'),
]


@promise('any name of a device is a text of the picture, and nothing else')
def _names():
    path = work / 'named'
    for name, text, string in NAMES:
        # What JSON must escape; other bytes may be in it as they are.
        escaped = re.sub(rb'["\\\x00-\x1f]', lambda match:
                         b'\\u%04x' % ord(match.group()), name)
        path.write_bytes(moving.read_bytes().replace(b'vg-data', escaped))
        tree = ElementTree.parse(drawn('svg', source=path))
        texts = {''.join(element.itertext()).strip() for element in
                 tree.iter('{http://www.w3.org/2000/svg}text')}
        equal('text', f'{text}: reads per second' in texts, True)
        equal('title', tree.find('{http://www.w3.org/2000/svg}title').text,
              f'dmstat: {text}')
        page = drawn('html', source=path)
        equal('name', page_of(page)['panels'][0]['device'], string)
        equal('scripts', page.read_text(encoding='utf-8').count('</script>'), 1)


# ------------------------------------------------------------------ large

@promise('10,000 intervals of 1,000 areas are drawn in seconds, with progress')
def _large():
    path = work / 'large'
    io = '{"ios":%d,"sectors":8,"ns":9000,"errors":0}'
    with open(path, 'w', encoding='ascii') as file:
        for time in range(10000):
            rows = ','.join(
                f'{{"index":{(i * 37 + time) % 1000},"read":{io % (i + 1)},'
                f'"write":{io % 1},"discard":{io % 0}}}' for i in range(20))
            file.write(
                f'{{"time":{recording.BEGIN + time * 10**9},'
                '"elapsed_ns":1000000000,"regions":[{"region_id":1,'
                '"device":"large","major":253,"minor":0,"start":0,"length":'
                '32768000,"areas_count":1000,"area_size":32768,"areas":'
                f'[{rows}]}}]}}\n')
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, words = heat('--from', path, '--output', work / 'large.html')
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - \
        before.ru_stime
    print(f'{path.stat().st_size // 10**6} MB in {seconds:.1f} s of CPU time; '
          f'{after.ru_maxrss // 1024} MiB')
    equal('seconds', seconds < 20, True)
    equal('progress', bool(seconds < 2 or
                           re.search(r'large: \d+ % read', words)), True)
    equal('memory', after.ru_maxrss < 300 * 1024, True)

    cells = page_of(work / 'large.html')['panels'][0]
    total = sum(value_at(cells, row, step) for row in range(cells['rows'])
                for step in range(cells['steps'])) / cells['steps']
    # Steps of 10 and of 11 intervals are not weighted here.
    equal('mean rate', abs(total - 210) < 2, True)


# --------------------------------------------------------------- one area

@promise('an area that is larger than its region is as high as the picture')
def _one_area():
    path = work / 'one'
    sectors, io = 2 ** 21, '{"ios":%d,"sectors":%d,"ns":9000,"errors":0}'
    with open(path, 'w', encoding='ascii') as file:
        for time in range(4):
            file.write(
                f'{{"time":{recording.BEGIN + time * 10**9},'
                '"elapsed_ns":1000000000,"regions":[{"region_id":1,'
                '"device":"one","major":253,"minor":0,"start":0,"length":'
                f'{sectors},"areas_count":1,"area_size":{2 ** 54},"areas":'
                f'[{{"index":0,"read":{io % (5, 40)},"write":{io % (0, 0)},'
                f'"discard":{io % (0, 0)}}}]}}]}}\n')
    heat('--from', path, '--output', work / 'one.html')
    panel = page_of(work / 'one.html')['panels'][0]
    equal('rows', panel['rows'], 1)
    equal('sectors of a row, and of all', (panel['cell'], panel['span']),
          (sectors, sectors))
    equal('reads', value_at(panel, 0, 1), 5)


# ------------------------------------------------------------------ wrong

@promise('what cannot be drawn leaves no file, and a file that was there as it was')
def _wrong():
    there, new = work / 'there.svg', work / 'new.svg'
    there.write_text('as it was', encoding='ascii')
    broken = work / 'broken'
    broken.write_bytes(moving.read_bytes()[:100000])
    for path in (there, new):
        _, words = heat('--from', broken, '--output', path, status=1)
        print(words.strip())
        equal('words', 'cut off; the lines before it are whole' in words, True)
        _, words = heat('--from', moving, '--output', path, status=1,
                        environment={'PATH': '/nowhere'}.items())
        equal('words', words, 'dmstat-nl: gnuplot draws pictures, and is not '
              'installed: apt install gnuplot-nox\n')
    equal('there', there.read_text(encoding='ascii'), 'as it was')
    equal('new', new.exists(), False)


moving = make_recording('moving', '--intervals', str(INTERVALS), '--areas',
                        str(AREAS), '--gap', f'{GAP.start}-{GAP.stop}')
try:
    run()
finally:
    subprocess.run(['rm', '-r', work], check=False)
