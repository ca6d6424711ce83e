# SPDX-License-Identifier: GPL-2.0-only
"""What the Python tests share; lib.sh is the same for shell tests.

A test is a list of promises, each a function that fails by an exception. They
run one after the other, each followed by what it registered with later(), and
print KTAP. What a promise prints becomes its diagnostics.
"""
import contextlib
import functools
import io
import os
import pathlib
import subprocess
import sys
import traceback

KSFT_FAIL = 1
KSFT_SKIP = 4

here = pathlib.Path(__file__).resolve().parent
# In a kernel tree this folder is tools/testing/selftests/dmstat.
root = here.parent if (here.parent / 'uapi').is_dir() else here.parents[3]
spec = root / 'Documentation/netlink/specs/dmstat.yaml'

_promises = []
_undo = []


class Skip(Exception):
    """The promise cannot be tried on this machine."""


class Failed(Exception):
    """The promise is broken."""


def promise(name):
    """Decorate the function that tries what name says."""
    def add(function):
        _promises.append((name, function))
        return function
    return add


def equal(what, seen, expected):
    """Fail unless seen is as expected; print it."""
    if seen != expected:
        raise Failed(f'{what}: {seen}\nexpected: {expected}')
    print(f'{what}: {seen}')


def later(function, *args):
    """Call this after the promise; the last one comes first."""
    _undo.append((function, args))


def command(*args):
    """Run a program and return what it printed."""
    done = subprocess.run([str(arg) for arg in args], text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode:
        raise Failed(f'{args} exited with status {done.returncode}: '
                     f'{done.stderr.strip()}')
    return done.stdout


def need_module(name, *parameters):
    """Load a module unless it is there."""
    if os.geteuid():
        raise Skip('needs root')
    if not os.path.isdir(f'/sys/module/{name}'):
        command('modprobe', name, *parameters)


def unload(*names):
    """Unload modules, those that are there."""
    for name in names:
        if os.path.isdir(f'/sys/module/{name}'):
            command('rmmod', name)


def dump_refusal_has_text():
    """Whether this kernel can refuse a dump with a message: from 6.7 on."""
    return tuple(int(part) for part in
                 os.uname().release.split('-')[0].split('.')[:2]) >= (6, 7)


@functools.cache
def kernel_source():
    """The folder of a kernel's sources, or of the part of them needed here."""
    if root.joinpath('MAINTAINERS').exists():
        return root
    folder = command(here / 'vm/kernel', '6.12', '--with-source').strip()
    return pathlib.Path(folder) / 'source'


def ynl_folder():
    """The folder of the kernel's own netlink client."""
    folder = os.environ.get('YNL_DIR')
    return pathlib.Path(folder) if folder else kernel_source() / 'tools/net/ynl'


@functools.cache
def ynl():
    """The modules of that client; their package is named lib."""
    sys.path.insert(0, str(ynl_folder()))
    import lib  # pylint: disable=import-error,import-outside-toplevel
    return lib


def new_client(path=spec):
    """A client with sockets of its own; spec.py tries the schema."""
    return ynl().YnlFamily(str(path), schema='')


def _undo_all():
    problems = []
    while _undo:
        function, args = _undo.pop()
        try:
            function(*args)
        except Exception as problem:  # pylint: disable=broad-except
            problems.append(f'{function.__name__}{args}: {problem}')
    if problems:
        raise Failed('cleaning up: ' + '; '.join(problems))


def _attempt(function):
    """Try a promise; return what comes before and after its name in KTAP."""
    try:
        try:
            function()
        finally:
            _undo_all()
    except Skip as reason:
        return 'ok', f' # SKIP {reason}'
    except Failed as failure:
        print(f'FAILED: {failure}')
    except Exception:  # pylint: disable=broad-except
        print(f'FAILED: {traceback.format_exc(limit=-4)}')
    else:
        return 'ok', ''
    return 'not ok', ''


def run():
    """Try all promises, and exit with kselftest's status."""
    failed = False
    print('TAP version 13')
    print(f'1..{len(_promises)}', flush=True)
    for number, (name, function) in enumerate(_promises, 1):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            result, remark = _attempt(function)
        for line in said.getvalue().splitlines():
            print('#', line)
        print(f'{result} {number} {name}{remark}', flush=True)
        failed |= result != 'ok'
    sys.exit(KSFT_FAIL if failed else 0)
