#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The table of the harnesses in docs/fuzzing.md: harness, invariant, speed, coverage.

  fuzz/run.sh all --json >FILE && fuzz/table.py FILE     writes it anew
  fuzz/table.py --check                                  fails when it is stale: a harness that it does
                                                         not have, or an invariant that reads otherwise

What must hold is what the table in fuzz/README.md says of each harness.
"""

import json
import pathlib
import re
import sys

FUZZ = pathlib.Path(__file__).resolve().parent
PAGE = FUZZ.parent / "docs/fuzzing.md"
BEGIN, END = "<!-- made by fuzz/table.py -->\n", "<!-- end -->\n"


def harnesses():
    text = (FUZZ / "CMakeLists.txt").read_text()
    return [n for n in re.findall(r"^\s*weir_fuzz\(([a-z_]+)", text, re.MULTILINE) if n != "empty"]


def invariants():
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", (FUZZ / "README.md").read_text(), re.MULTILINE)
    return dict(rows)


def parts():
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    table, behind = rest.split(END)
    return before, table, behind


def check():
    said = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", parts()[1], re.MULTILINE))
    known, holds, sound = harnesses(), invariants(), True
    for name in sorted(set(known) | set(said)):
        if name not in known or name not in holds or said.get(name) != holds[name]:
            print(f"docs/fuzzing.md is stale: {name}")
            sound = False
    return sound


def write(path):
    rows = {r["harness"]: r for r in map(json.loads, pathlib.Path(path).read_text().splitlines())}
    holds = invariants()
    lines = ["| harness | what must hold | runs a second | share | lines | branches |\n",
             "|---|---|---|---|---|---|\n"]
    for name in harnesses():
        r = rows[name]
        lines.append(f"| `{name}` | {holds[name]} | {r['execs_per_second']:,} | {r['share']} | "
                     f"{r['core_lines_percent']} % | {r['core_branches_percent']} % |\n")
    before, _, behind = parts()
    PAGE.write_text(before + BEGIN + "".join(lines) + END + behind)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 64
    if sys.argv[1] == "--check":
        return 0 if check() else 1
    write(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
