#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the vectors through `weir parse --batch` and counts: run_vectors.py WEIR [--split]

All of them have to be met, whatever their level."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    weir, options = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="weir-vectors.") as folder:
        out = os.path.join(folder, "out.json")
        command = [sys.executable, os.path.join(HERE, "check.py"), "--json", out, "--fail-on", "may"]
        status = subprocess.run(command + options + ["--", weir, "parse", "--batch"]).returncode
        if not os.path.exists(out):
            return 1
        with open(out, encoding="utf-8") as f:
            result = json.load(f)
    missed = result["total"] - result["met"]
    if status != 0 and not missed:
        print("weir parse --batch did not end well")
        missed = 1
    print("%d passed, %d failed" % (result["met"], missed))  # read by tools/tally.py
    return 1 if status or missed or not result["met"] else 0


if __name__ == "__main__":
    sys.exit(main())
