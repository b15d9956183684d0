#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lines and branches of a folder that tests run, by file: coverage.py LCOV JSON EXCLUDED [OPTION...]

LCOV and JSON are what llvm-cov exports of one and the same run: lines from the one, branches from the
other, which says where on its line each condition stands.

EXCLUDED names lines that no test can run, one entry a line: "FILE:FUNCTION | REGEX | REASON". FILE is
a glob below core/; FUNCTION may be "*"; REGEX finds the line by its text. An entry that finds no
line is stale, and one whose lines all have been run is needless: both are errors, but for a list that
is --borrowed. With a "?" before FILE it holds for files of which nothing has been run, and may find none:
another machine runs them.
"""
import argparse
import fnmatch
import json
import os
import re
import sys



def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("lcov")
    p.add_argument("exported")
    p.add_argument("excluded")
    p.add_argument("--borrowed", action="store_true", help="EXCLUDED was made for other tests")
    p.add_argument("--folder", default="core", help="which files; core")
    p.add_argument("--only", action="append", metavar="FILE", help="of these, each may be a glob")
    p.add_argument("--lines", type=float, default=98.0, help="so many per cent at least; 98")
    p.add_argument("--branches", type=float, default=95.0, help="likewise; 95")
    return p.parse_args()


class File:
    def __init__(self, path, folder):
        self.name = path[path.rindex(folder) + len(folder):]
        with open(path, encoding="utf-8") as f:
            self.text = [""] + f.read().splitlines()
        self.lines = {}  # number -> times run
        self.branches = {}  # (line, column, end line, end column, outcome) -> times taken
        self.starts = {}  # line -> function that begins there
        self.excluded = set()

    def function(self, line):
        before = [n for n in self.starts if n <= line]
        return self.starts[max(before)] if before else ""

    def kept_lines(self):
        return {n: c for n, c in self.lines.items() if n not in self.excluded}

    def kept_branches(self):
        return {k: c for k, c in self.branches.items() if k[0] not in self.excluded}


def read(args):
    """Files by name. A header is in many programs: what any of them has run has been run."""
    files, f = {}, None
    folder = "/" + args.folder + "/"

    def at(path):
        if folder not in path or "/tests/core/" in path:
            return None
        found = File(path, folder)
        if args.only and not any(fnmatch.fnmatchcase(found.name, only) for only in args.only):
            return None
        return files.setdefault(found.name, found)

    for record in open(args.lcov, encoding="utf-8"):
        kind, _, rest = record.rstrip("\n").partition(":")
        if kind == "SF":
            f = at(rest)
        elif f and kind == "FN":
            line, name = rest.split(",", 1)
            f.starts[int(line)] = name.rsplit(":", 1)[-1]
        elif f and kind == "DA":
            line, count = (int(n) for n in rest.split(",")[:2])
            if f.text[line].lstrip().startswith("#"):
                continue  # the preprocessor's
            f.lines[line] = max(f.lines.get(line, 0), count)
    with open(args.exported, encoding="utf-8") as report:
        for entry in json.load(report)["data"][0]["files"]:
            f = at(entry["filename"])
            for branch in entry["branches"] if f else []:
                for outcome, count in (("true", branch[4]), ("false", branch[5])):
                    key = (*branch[:4], outcome)
                    f.branches[key] = max(f.branches.get(key, 0), count)
    return files


def exclude(files, path):
    """Marks what EXCLUDED names. Returns what is wrong with it."""
    wrong = []
    for number, entry in enumerate(open(path, encoding="utf-8"), 1):
        if not entry.strip() or entry.startswith("#"):
            continue
        parts = entry.rstrip("\n").split(" | ")
        if len(parts) != 3 or ":" not in parts[0] or not parts[2].strip():
            wrong.append("%s:%d: not FILE:FUNCTION | REGEX | REASON" % (path, number))
            continue
        where, function = parts[0].rsplit(":", 1)
        elsewhere = where.startswith("?")
        where = where.lstrip("?")
        found, needed = 0, False
        for f in files.values():
            if not fnmatch.fnmatchcase(f.name, where) or (elsewhere and any(f.lines.values())):
                continue
            for line in set(f.lines) | {k[0] for k in f.branches}:
                if not re.search(parts[1], f.text[line]):
                    continue
                if function not in ("*", f.function(line)):
                    continue
                found += 1
                f.excluded.add(line)
                needed |= f.lines.get(line, 0) == 0
                needed |= any(k[0] == line and not c for k, c in f.branches.items())
        if elsewhere:
            continue
        if not found:
            wrong.append("%s:%d: no such line: %s" % (path, number, entry.strip()))
        elif not needed:
            wrong.append("%s:%d: tests run it all: %s" % (path, number, entry.strip()))
    return wrong


def percent(counts):
    return 100.0 * sum(c > 0 for c in counts) / len(counts) if counts else 100.0


def missing(f, folder):
    for n, count in sorted(f.kept_lines().items()):
        if not count:
            print("%s/%s:%d: not run: %s" % (folder, f.name, n, f.text[n].strip()))
    for (line, column, to, end, outcome), count in sorted(f.kept_branches().items()):
        if not count and f.lines.get(line, 0):
            condition = f.text[line][column - 1:end - 1 if to == line else None]
            print("%s/%s:%d:%d: never %s: %s" % (folder, f.name, line, column, outcome, condition))


def main():
    args = arguments()
    files = read(args)
    wrong = exclude(files, args.excluded)
    if args.borrowed:
        wrong = []
    all_lines, all_branches, all_excluded = [], [], 0
    print("%-22s %16s %18s %9s" % (args.folder + "/", "lines", "branches", "excluded"))

    def row(name, lines, branches, excluded):
        print("%-22s %5d of %5d %5.1f %6d of %5d %5.1f %6d" % (
            name, sum(c > 0 for c in lines), len(lines), percent(lines),
            sum(c > 0 for c in branches), len(branches), percent(branches), excluded))

    for name in sorted(files):
        f = files[name]
        lines, branches = list(f.kept_lines().values()), list(f.kept_branches().values())
        excluded = len(f.excluded & set(f.lines))
        row(name, lines, branches, excluded)
        all_lines += lines
        all_branches += branches
        all_excluded += excluded
    row("all", all_lines, all_branches, all_excluded)
    if os.environ.get("WEIR_COVERAGE_MISSING"):
        for name in sorted(files):
            missing(files[name], args.folder)
    if len(all_lines) < (100 if args.only else 1000):
        wrong.append("that is not all: %d lines" % len(all_lines))
    if percent(all_lines) < args.lines:
        wrong.append("lines: %.2f %%, less than %.0f %%" % (percent(all_lines), args.lines))
    if percent(all_branches) < args.branches:
        wrong.append("branches: %.2f %%, less than %.0f %%" % (percent(all_branches), args.branches))
    for text in wrong:
        print("coverage: " + text)
    return 1 if wrong else 0


sys.exit(main())
