#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does debian/copyright give each file the licence that the file itself names?

Usage: copyright.py [FOLDER]   (of the sources; default: where this is)
"""

import fnmatch
import os
import re
import sys

# How debian/copyright writes what an SPDX line says.
NAMES = {
    "GPL-2.0 WITH Linux-syscall-note OR BSD-3-Clause":
        "GPL-2.0-only with Linux-syscall-note exception or BSD-3-Clause",
}

# The texts of the licences, and files whose format has no place for a line.
WITHOUT = ("LICENSES/*", "debian/changelog", "debian/copyright", "debian/source/format",
           "Documentation/heat.svg")


def paragraphs(path):
    """The fields of each paragraph of debian/copyright."""
    with open(path, encoding="utf-8") as file:
        for text in file.read().split("\n\n"):
            fields = re.findall(r"^([A-Za-z-]+):(.*(?:\n[ \t].*)*)", text, re.M)
            yield {name: value.strip() for name, value in fields}


def sources():
    """The paths of all files, without what is built and what is hidden."""
    for folder, folders, files in os.walk("."):
        folders[:] = [f for f in folders
                      if not f.startswith((".", "__")) and (folder, f) != (".", "build")]
        for name in files:
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name))


def named_in(path):
    """The licence that a file names in its first lines."""
    with open(path, "rb") as file:
        head = b"".join(file.readline() for _ in range(3)).decode(errors="replace")
    found = re.search(r"SPDX-License-Identifier: ([^*\"\n]*)", head)
    if not found:
        return None
    name = re.sub(r"[()]", "", found[1].replace("-->", "")).strip()
    return NAMES.get(name, name)


def main():
    """Print each difference; fail if there is one."""
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else
             os.path.join(os.path.dirname(os.path.realpath(__file__)), "../.."))
    stanzas = list(paragraphs("debian/copyright"))
    files = [(stanza["Files"].split(), stanza["License"].split("\n")[0])
             for stanza in stanzas if "Files" in stanza]
    texts = {stanza["License"].split("\n")[0]
             for stanza in stanzas if "Files" not in stanza and "License" in stanza}
    wrong = []
    for _, licence in files:
        wrong += [f"no text of {part}" for part in licence.split(" or ") if part not in texts]
    count = 0
    for path in sorted(sources()):
        if any(fnmatch.fnmatch(path, pattern) for pattern in WITHOUT):
            continue
        count += 1
        # The last paragraph that matches is the one that counts.
        given = [licence for patterns, licence in files
                 if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)]
        named = named_in(path)
        if not given or given[-1] != named:
            wrong.append(f"{path}: names {named}, debian/copyright says {given[-1:]}")
    print("\n".join(wrong))
    print(f"{count} files, {len(wrong)} differences")
    return 1 if wrong or count < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
