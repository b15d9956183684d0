#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the vectors through `weir parse --batch` and counts: run_vectors.py WEIR [--split]

What expected-failures.txt names has to fail, and nothing else may."""
import json
import os
import subprocess
import sys
import tempfile

from expected import verdict

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    weir, options = sys.argv[1], sys.argv[2:]
    vectors = os.path.join(HERE, "vectors.jsonl")
    with tempfile.TemporaryDirectory(prefix="weir-vectors.") as folder:
        out = os.path.join(folder, "out.json")
        command = [sys.executable, os.path.join(HERE, "check.py"), "--vectors", vectors, "--json", out]
        status = subprocess.run(command + options + ["--", weir, "parse", "--batch"]).returncode
        if not os.path.exists(out):
            return 1
        with open(out) as f:
            result = json.load(f)
    with open(vectors) as f:
        ids = [json.loads(line)["id"] for line in f if line.strip()]
    missed = [m[0] for m in result["missed"]]
    results = {i: "fail" if i in missed else "pass" for i in ids}
    if status != 0 and not missed:
        print("weir parse --batch did not end well")
        return 1
    return verdict("vectors", results, 0)


if __name__ == "__main__":
    sys.exit(main())
