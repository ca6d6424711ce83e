#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The specification is real: the kernel's own ynl client drives the module from
# dmstat.yaml alone, and what it sees is what dmstat-nl shows.

import json
import os
import subprocess
import sys
import time

from ktap import (HERE, equal, kernel_source, note, promise, repository, run,
                  run_promises)

SPEC = f"{repository()}/Documentation/netlink/specs/dmstat.yaml"
SCHEMA = f"{kernel_source()}/Documentation/netlink/genetlink.yaml"
SECTORS = 100008

sys.path.insert(0, f"{kernel_source()}/tools/net/ynl")
from lib import NlError, YnlFamily  # noqa: E402 # pylint: disable=C0413

os.environ["DM_DISABLE_UDEV"] = "1"
os.environ["PATH"] += f":{HERE}/../build/selftests"
run("modprobe", "dmstat")
ynl = YnlFamily(SPEC, SCHEMA)


def make_device(name):
    """A device that reads zeros; its numbers, as attributes."""
    run("dmsetup", "create", name, "--table", f"0 {SECTORS} zero")
    number = os.stat(f"/dev/mapper/{name}").st_rdev
    return {"major": os.major(number), "minor": os.minor(number)}


def clean_up():
    for name in ("d", "e"):
        if os.path.exists(f"/dev/mapper/{name}"):
            run("dmsetup", "remove", "--force", "--retry", name)


def io(operation, name, sector, sectors):
    """One I/O that has ended."""
    run("io", operation, f"/dev/mapper/{name}", str(sector), str(sectors))


def dmstat_nl(*command):
    return json.loads(run("dmstat-nl", "-j", *command))


def present(value):
    """Without what is zero or empty: the kernel leaves such things out."""
    if isinstance(value, dict):
        items = {key: present(v) for key, v in value.items()}
        return {key: v for key, v in items.items() if v not in (0, "", None, {})}
    return value


def renamed(value):
    """With dmstat-nl's names for the attributes."""
    if isinstance(value, dict):
        return {key.replace("-", "_"): renamed(v) for key, v in value.items()}
    return value


def same(what, by_ynl, by_dmstat_nl):
    assert by_ynl, f"{what}: ynl has none"
    equal(what, [present(renamed(v)) for v in by_ynl],
          [present(v) for v in by_dmstat_nl])


def refused(error, function, attrs, text):
    """Refused with this error and a message that contains the text."""
    try:
        function(attrs)
    except NlError as refusal:
        note(refusal.nl_msg)
        equal("error", refusal.error, error)
        assert text in refusal.nl_msg.extack["msg"]
        return refusal.nl_msg.extack
    raise AssertionError("not refused")


@promise("a region is made, got, listed and deleted")
def region():
    device = make_device("d")
    new = ynl.do("region-new", {**device, "start": 8, "length": 100000,
                                "areas": 100, "program-id": "ynl"})
    note(new)
    equal("shape", [new[key] for key in ("start", "length", "area-size",
                                         "areas", "program-id",
                                         "device-name")],
          [8, 100000, 1000, 100, "ynl", "d"])
    one = {"region-id": new["region-id"]}
    equal("got", ynl.do("region-get", one), new)
    ynl.do("region-new", {**device, "area-size": 77})
    all_of_them = ynl.dump("region-get", {})
    equal("regions", len(all_of_them), 2)
    same("list", all_of_them, dmstat_nl("list")["regions"])
    equal("by program", ynl.dump("region-get", {"program-id": "ynl"}), [new])
    equal("by device", ynl.dump("region-get", device), all_of_them)
    equal("answer to region-del", ynl.do("region-del", one), None)
    equal("regions", len(ynl.dump("region-get", {})), 1)


@promise("devices are got and listed")
def devices():
    device = make_device("d")
    make_device("e")
    ynl.do("region-new", device)
    one = ynl.do("device-get", device)
    equal("device", one, {**device, "name": "d", "size": SECTORS,
                          "regions": 1})
    same("devices", sorted(ynl.dump("device-get", {}), key=lambda d: d["name"]),
         sorted(dmstat_nl("devices")["devices"], key=lambda d: d["name"]))


@promise("areas are dumped, some of them or all, and cleared")
def areas():
    new = ynl.do("region-new", {**make_device("d"), "area-size": 1000})
    one = {"region-id": new["region-id"]}
    name = str(new["region-id"])
    io("read", "d", 0, 8)
    io("read", "d", 1992, 16)
    io("write", "d", 50000, 8)
    io("write", "d", 100000, 8)

    dump = ynl.dump("area-get", one)
    equal("areas", len(dump), 101)
    same("all", dump, dmstat_nl("print", name)["areas"])
    active = ynl.dump("area-get", {**one, "active": True})
    equal("active", [area["index"] for area in active], [0, 1, 2, 50, 100])
    same("active", active, dmstat_nl("print", "--active", name)["areas"])
    equal("one", ynl.dump("area-get", {**one, "first-area": 50,
                                       "area-count": 1}), [dump[50]])
    equal("a write", {key: dump[50]["write"][key] for key in ("ios", "sectors")},
          {"ios": 1, "sectors": 8})

    equal("cleared", ynl.dump("area-get", {**one, "active": True,
                                           "clear": True}), active)
    equal("active", ynl.dump("area-get", {**one, "active": True}), [])
    io("read", "d", 0, 8)
    equal("answer to region-clear", ynl.do("region-clear", one), None)
    equal("active", ynl.dump("area-get", {**one, "active": True}), [])


@promise("what is in flight is listed")
def inflight():
    device = make_device("d")
    ynl.do("region-new", device)
    run("dmsetup", "suspend", "--noflush", "--nolockfs", "d")
    with subprocess.Popen(["io", "write", "/dev/mapper/d", "800", "24"]) as writer:
        end = time.monotonic() + 20
        ios = []
        while not ios and time.monotonic() < end:
            ios = ynl.dump("inflight-get", device)
        also = dmstat_nl("inflight", "d")["inflight"]
        run("dmsetup", "resume", "d")
        equal("the writer's status", writer.wait(), 0)
    note(ios)
    assert 0 < ios[0].pop("age-ns") < also[0].pop("age_ns")
    same("in flight", ios, also)
    equal("operation", ios[0]["operation"], "write")
    equal("in flight", ynl.dump("inflight-get", device), [])


@promise("notifications of regions made, deleted and gone with their device")
def notifications():
    listener = YnlFamily(SPEC, "")
    listener.ntf_subscribe("region")
    device = make_device("d")
    first = ynl.do("region-new", device)
    second = ynl.do("region-new", device)
    ynl.do("region-del", {"region-id": first["region-id"]})
    clean_up()
    listener.check_ntf()
    equal("notifications", listener.async_msg_queue, [
        {"name": "region-new-ntf", "msg": first},
        {"name": "region-new-ntf", "msg": second},
        {"name": "region-del-ntf", "msg": {**first, "cause": "request"}},
        {"name": "region-del-ntf", "msg": {**second,
                                           "cause": "device-removed"}},
    ])


@promise("refusals have a message and the attribute at fault")
def refusals():
    device = make_device("d")
    extack = refused(34, lambda attrs: ynl.do("region-new", attrs),
                     {**device, "start": SECTORS}, "beyond the end")
    equal("attribute", extack["bad-attr"], ".start")
    extack = refused(2, lambda attrs: ynl.do("region-get", attrs),
                     {"region-id": 4294967295}, "no such region")
    equal("attribute", extack["bad-attr"], ".region-id")
    refused(2, lambda attrs: ynl.dump("area-get", attrs),
            {"region-id": 4294967295}, "no such region")


run_promises(clean_up)
