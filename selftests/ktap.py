# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests in Python share: a test is a list of promises, each a function
# that fails by an exception. They run one after the other and print KTAP.

import os
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.realpath(__file__))
IN_TREE = os.path.exists(f"{HERE}/../lib.mk")

_promises = []


def promise(name):
    """Say what dmstat promises; the function tries it."""
    def add(function):
        _promises.append((name, function))
        return function
    return add


def note(text):
    for line in str(text).splitlines():
        print("#", line)


def equal(what, seen, expected):
    assert seen == expected, f"{what}: {seen!r}\nexpected: {expected!r}"
    note(f"{what}: {seen!r}"[:500])


def run(*command):
    """What a command prints; it has to succeed."""
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def kernel_source():
    """The kernel's sources, of which some folders are needed."""
    if IN_TREE:
        return os.path.realpath(f"{HERE}/../../../..")
    return run(f"{HERE}/qemu/kernel", "6.12",
               "--with-source").strip() + "/source"


def repository():
    """The folder that has uapi/ and Documentation/netlink/specs/."""
    return kernel_source() if IN_TREE else os.path.dirname(HERE)


def run_promises(clean_up=lambda: None):
    """The last line of each test; clean_up is called after each promise."""
    print("TAP version 13")
    print(f"1..{len(_promises)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(_promises, 1):
        try:
            function()
            result = "ok"
        except Exception:
            note(traceback.format_exc())
            result = "not ok"
            failed += 1
        finally:
            clean_up()
        print(f"{result} {number} {name}", flush=True)
    sys.exit(1 if failed else 0)
