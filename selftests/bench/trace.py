# SPDX-License-Identifier: GPL-2.0-only
"""What the guest executes: for functions and writes, which say of what.

The guest's part is the script functions-guest, which says when a case begins.
Then each instruction of some hundred I/Os is taken from QEMU's log, on one CPU
and with nothing else to do: so the figures repeat.
"""
import bisect
import itertools
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS = re.compile(rb'\[[0-9a-f]*/([0-9a-f]{16})/')

# The scratch register of the console's UART tells the guest to go on.
REGISTER = 0x3ff

# Instructions that are looked at: some hundred I/Os.
SAMPLE = 600000


class Monitor:
    """QEMU's monitor."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.answer()

    def answer(self):
        """Read up to the next prompt."""
        text = b''
        while not text.endswith(b'(qemu) '):
            text += self.socket.recv(4096)

    def ask(self, *commands):
        """Give commands, one after the other."""
        for command in commands:
            self.socket.sendall(command.encode() + b'\n')
            self.answer()


class Log(threading.Thread):
    """Takes what QEMU executes from a pipe, as long as it is wanted."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.wanted = None
        self.first = None

    def run(self):
        """Read on, so that QEMU never waits."""
        with open(self.path, 'rb') as pipe:
            for line in pipe:
                wanted = self.wanted
                if wanted is not None and line.startswith(b'Trace'):
                    address = int(ADDRESS.search(line).group(1), 16)
                    if wanted or address == self.first:
                        wanted.append(address)

    def sample(self, monitor, first):
        """Addresses that were executed, in order, from this one on."""
        sample, self.first = [], first
        monitor.ask('stop', 'singlestep on', 'log exec,nochain', 'cont')
        self.wanted = sample
        while len(sample) < SAMPLE:
            time.sleep(0.1)
        self.wanted = None
        monitor.ask('stop', 'log none', 'singlestep off',
                    f'o /b {REGISTER:#x} {ord("e"):#x}', 'cont')
        return sample[:SAMPLE]


class Symbols:
    """The guest's functions, by address."""

    def __init__(self):
        self.by_address = {}
        self.addresses = []
        self.modules = {}

    def add_module(self, line):
        """Add where a module's code is."""
        name, address = line.split()
        self.modules[name] = int(address, 16)

    def add(self, line):
        """Add a line of /proc/kallsyms."""
        address, *name = line.split()
        self.by_address.setdefault(int(address, 16), ' '.join(name))
        self.addresses = []

    def name(self, address):
        """Of the function that an instruction belongs to."""
        self.addresses = self.addresses or sorted(self.by_address)
        i = bisect.bisect_right(self.addresses, address)
        return self.by_address[self.addresses[i - 1]] if i else '?'

    def entry(self, name):
        """Where a function begins."""
        return next(address for address, other in self.by_address.items()
                    if other == name)


def whole_ios(sample, symbols):
    """The addresses of whole I/Os, and how many these are."""
    entry = symbols.entry('submit_bio')
    begins = [i for i, address in enumerate(sample) if address == entry]
    if len(begins) < 2:
        sys.exit('trace: no whole I/O among the instructions that were seen')
    # Without those that are followed by much else.
    most = 8 * statistics.median(end - begin for begin, end
                                 in zip(begins, begins[1:]))
    ios = [sample[begin:end] for begin, end in zip(begins, begins[1:])
           if end - begin <= most]
    return list(itertools.chain.from_iterable(ios)), len(ios)


def guest_cases(guest, log, monitor_path):
    """Yield what cases() does, as the guest comes to each case."""
    symbols, monitor = Symbols(), None
    for line in guest.stdout:
        kind, _, rest = line.rstrip('\n').partition(': ')
        if kind == 'symbol':
            symbols.add(rest)
        elif kind == 'text':
            symbols.add_module(rest)
        elif kind == 'case':
            if not monitor:
                monitor = Monitor(monitor_path)
                monitor.ask(f'logfile {log.path}')
            sample = log.sample(monitor, symbols.entry('submit_bio'))
            yield *rest.split(), *whole_ios(sample, symbols), symbols
        else:
            print(line, end='', file=sys.stderr)


def cases(kernel, rows):
    """Yield what counts, the row, addresses, number of I/Os and symbols of
    each case.
    """
    os.chdir(HERE.parent.parent)
    folder = subprocess.run(
        ['selftests/bench/build', kernel], check=True, text=True,
        stdout=subprocess.PIPE).stdout.strip()
    with tempfile.TemporaryDirectory() as work:
        os.mkfifo(f'{work}/log')
        log = Log(f'{work}/log')
        log.start()
        with subprocess.Popen(
                ['selftests/vm/vm', '--kernel', kernel, '--icount',
                 '--memory', '2048', '--timeout', '1800',
                 '--monitor', f'{work}/monitor', '--',
                 'selftests/bench/functions-guest', folder, *rows],
                stdout=subprocess.PIPE, text=True) as guest:
            try:
                yield from guest_cases(guest, log, f'{work}/monitor')
            except BaseException:
                # It would go on until it is told that this is enough.
                guest.terminate()
                raise
        if guest.returncode:
            sys.exit(guest.returncode)
