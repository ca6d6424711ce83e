#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
recording.py: make a recording as "dmstat-nl report --json --interval" prints it

    recording.py [--intervals N] [--areas N] [--regions N] [--gap FIRST-LAST]

A hot spot that moves up and down, and a few I/Os everywhere else, always the
same for the same arguments. What an area did is a function of the interval and
of its index, activity(), so that a test can compute any value again.
"""

import argparse
import json
import math
import sys

BEGIN = 1764158400 * 10**9          # 2025-11-26 12:00:00 UTC
AREA_SECTORS = 32768
BOUNDS = [1000 << i for i in range(27)]


def noise(*numbers):
    """0 to 1, as if by chance."""
    value = 0x9e3779b97f4a7c15
    for number in numbers:
        value = (value ^ (number + 1)) * 0xbf58476d1ce4e5b9 % 2**64
        value ^= value >> 29
    return value % 10**6 / 10**6


def activity(areas, interval, index):
    """Reads, writes, mean latency in ns of an area in an interval."""
    hot = areas * (0.6 + 0.15 * math.sin(interval / 40))
    near = math.exp(-((index - hot) / (areas / 30)) ** 2)
    reads = int(3000 * near * (0.5 + noise(interval, index, 1)) * 64 / areas)
    if noise(interval, index, 2) < 0.04:
        reads += 1 + int(3 * noise(interval, index, 3))
    log = index == areas // 16
    writes = int(20 + 30 * noise(interval, 4)) if log else 0
    latency = int(2.0 ** (17 + 3 * noise(interval, index, 5) + 2 * near))
    return reads, writes, latency


def operation(ios, sectors, latency):
    """As a row has it; all I/Os of an interval take the same time."""
    bins = [0] * (len(BOUNDS) + 1)
    bins[sum(latency >= bound for bound in BOUNDS)] = ios
    return {
        "ios": ios, "sectors": sectors, "ns": ios * latency, "errors": 0,
        "again": 0, "ios_per_s": ios, "sectors_per_s": sectors,
        "mean_ns": latency if ios else 0,
        "longest_ns": latency if ios else 0,
        "longest_least_ns": latency if ios else 0,
        "histogram": [{"from_ns": BOUNDS[i - 1] if i else 0, "ios": bins[i],
                       **({"below_ns": BOUNDS[i]} if i < len(BOUNDS) else {})}
                      for i in range(len(BOUNDS) + 1)],
    }


def rows(areas, interval):
    """The areas that saw I/O."""
    for index in range(areas):
        reads, writes, latency = activity(areas, interval, index)
        if reads or writes:
            yield {
                "index": index, "start": index * AREA_SECTORS,
                "length": AREA_SECTORS,
                "read": operation(reads, 8 * reads, latency),
                "write": operation(writes, 16 * writes, 2 * latency),
                "discard": operation(0, 0, 0),
                "in_flight_read": 0, "in_flight_write": 0, "busy_ns": 0,
                "queue_ns": 0, "queue_depth": 0.0, "utilization": 0.0,
                "cleared": False, "clears": 0,
            }


def region(number, areas, interval):
    """A region and what it did."""
    return {
        "region_id": number + 1,
        "device": "vg-data" if number == 0 else f"vg-more{number}",
        "major": 253, "minor": number, "start": 0,
        "length": areas * AREA_SECTORS,
        "device_size": areas * AREA_SECTORS, "areas_count": areas,
        "area_size": AREA_SECTORS, "group": "db" if number else "",
        "program_id": "", "bounds_ns": BOUNDS, "missed": 0,
        "areas": list(rows(areas, interval + 50 * number)),
    }


def main():
    """Print the recording."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--intervals", type=int, default=300)
    parser.add_argument("--areas", type=int, default=64)
    parser.add_argument("--regions", type=int, default=1)
    parser.add_argument("--gap", default="0-0")
    arguments = parser.parse_args()
    first, last = map(int, arguments.gap.split("-"))

    for interval in range(arguments.intervals):
        if first <= interval < last:
            continue
        json.dump({
            "time": BEGIN + (interval + 1) * 10**9, "elapsed_ns": 10**9,
            "regions": [region(number, arguments.areas, interval)
                        for number in range(arguments.regions)],
        }, sys.stdout, separators=(",", ":"))
        print()


if __name__ == "__main__":
    main()
