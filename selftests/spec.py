#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The specification, the header and the module say the same: the kernel's own
# generator makes the header's constants from dmstat.yaml, and the policies that
# the module has registered are the attributes and checks of dmstat.yaml.

import os
import re
import shutil
import sys
import tempfile

import jsonschema
import yaml

from ktap import equal, kernel_source, note, promise, repository, run, run_promises

SOURCE = kernel_source()
SPEC = f"{repository()}/Documentation/netlink/specs/dmstat.yaml"
HEADER = next(path for path in (f"{repository()}/uapi/linux/dmstat.h",
                                f"{repository()}/include/uapi/linux/dmstat.h")
              if os.path.exists(path))

sys.path.insert(0, f"{SOURCE}/tools/net/ynl")
from lib import YnlFamily  # noqa: E402 # pylint: disable=C0413

with open(SPEC, encoding="ascii") as file:
    spec = yaml.safe_load(file)


def load(path):
    with open(path, encoding="ascii") as stream:
        return yaml.safe_load(stream)


def code_lines(path):
    """The lines of a header without comments and empty lines."""
    with open(path, encoding="ascii") as stream:
        text = re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.DOTALL)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@promise("the specification is one of generic netlink")
def schema():
    jsonschema.validate(spec, load(f"{SOURCE}/Documentation/netlink/genetlink.yaml"))


@promise("the kernel's generator makes the header's constants of it")
def header():
    with tempfile.TemporaryDirectory() as folder:
        netlink = f"{folder}/Documentation/netlink"
        os.makedirs(f"{netlink}/specs")
        # The generator takes the folder above with this file for the kernel's.
        with open(f"{folder}/MAINTAINERS", "w", encoding="ascii"):
            pass
        shutil.copy(f"{SOURCE}/Documentation/netlink/genetlink.yaml", netlink)
        copy = shutil.copy(SPEC, f"{netlink}/specs")
        run("/usr/bin/python3", f"{SOURCE}/tools/net/ynl/ynl-gen-c.py",
            "--spec", copy, "--mode", "uapi", "--header", "-o",
            f"{folder}/dmstat.h")
        generated = code_lines(f"{folder}/dmstat.h")
    note(f"{len(generated)} lines")
    equal("header", code_lines(HEADER), generated)


# ---- policies ---------------------------------------------------------------

def attribute_numbers(name):
    attributes = next(s for s in spec["attribute-sets"]
                      if s["name"] == name)["attributes"]
    return {a["name"]: (number, a) for number, a in enumerate(attributes, 1)}


def expected_attribute(attribute):
    kind = attribute["type"]
    checks = attribute.get("checks", {})
    if kind == "string":
        # The length is checked by the request, which says more about it.
        return {"type": "nul-string"}
    if kind == "flag":
        return {"type": "flag"}
    bits = int(kind[1:])
    return {"type": kind, "min": checks.get("min", 0),
            "max": checks.get("max", 2 ** bits - 1)}


def expected_policies():
    """By operation and mode, what each attribute of a request has to be."""
    policies = {}
    for number, op in enumerate(spec["operations"]["list"], 1):
        modes = [mode for mode in ("do", "dump") if mode in op]
        names = {name for mode in modes
                 for name in op[mode].get("request", {}).get("attributes", [])}
        numbers = attribute_numbers(op["attribute-set"]) if modes else {}
        for mode in modes:
            policies[number, mode] = {
                numbers[name][0]: expected_attribute(numbers[name][1])
                for name in names}
    return policies


def seen_attribute(policy):
    seen = {"type": policy["type"]}
    if "min-value-u" in policy:
        seen["min"] = policy["min-value-u"]
        seen["max"] = policy["max-value-u"]
    return seen


def seen_policies():
    """The same, as CTRL_CMD_GETPOLICY tells it."""
    nlctrl = YnlFamily(f"{SOURCE}/Documentation/netlink/specs/nlctrl.yaml", "")
    operations, tables = {}, {}
    for message in nlctrl.dump("getpolicy", {"family-name": "dmstat"}):
        if "op-policy" in message:
            part = message["op-policy"]
            operations[part["op-id"]] = part
        if "policy" in message:
            part = message["policy"]
            attributes = tables.setdefault(part["policy-id"], {})
            attributes[part["attr-id"]] = seen_attribute(part)
    return {(number, mode): tables[part[mode]]
            for number, part in operations.items()
            for mode in ("do", "dump") if mode in part}


@promise("the module takes the attributes that it names, in their ranges")
def policies():
    run("modprobe", "dmstat")
    seen, expected = seen_policies(), expected_policies()
    equal("operations", sorted(seen), sorted(expected))
    for key in sorted(expected):
        equal(f"operation {key}", dict(sorted(seen[key].items())),
              dict(sorted(expected[key].items())))


run_promises()
