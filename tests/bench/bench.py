#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir-bench says what it should, whatever the figures: bench.py WEIR-BENCH"""
import json
import os
import subprocess
import sys
import tempfile

BENCH = sys.argv[1]
OWN = ["bigcookie", "chrome", "curl", "many60", "minimal", "mobile", "picobench", "plaintext", "resp_cdn",
       "resp_small", "mix512"]
failures = 0


def run(*arguments):
    p = subprocess.run([BENCH, *arguments], capture_output=True, text=True, timeout=100)
    return p.returncode, p.stdout, p.stderr


def lines(*arguments):
    status, out, err = run(*arguments, "--rounds", "1", "--ms", "1", "--json")
    check(f"{' '.join(arguments)} ends well: {err}", status == 0)
    return [json.loads(line) for line in out.splitlines()]


def check(what, good):
    global failures
    failures += not good
    print(f"{'ok' if good else 'FAILED'}: {what}")


heads = lines("head", "--mode", "all", "--limits")
for name in OWN:
    for mode in ("whole", "two", "16", "1"):
        mine = [h for h in heads if (h["input"], h["mode"], h["parser"]) == (name, mode, "weir")]
        check(f"{name}, {mode}", len(mine) == 1 and mine[0]["ns_min"] > 0 and mine[0]["isa"] and
              mine[0]["ns_median"] >= mine[0]["ns_min"])
check("the limits are there", {"memcpy", "one pass"} <= {h["parser"] for h in heads})
check("512 different heads", [h["heads"] for h in heads if h["input"] == "mix512"][0] == 512)
isas = {h["isa"] for h in lines("head", "--isa", "all")}
check("every instruction set", "scalar" in isas)
check("one instruction set", {h["isa"] for h in lines("head", "--isa", "scalar")} == {"scalar"})

with tempfile.TemporaryDirectory() as folder:
    def written(name, octets):
        path = os.path.join(folder, name)
        with open(path, "wb") as f:
            f.write(octets)
        return path

    two = lines("head", "--input", written("a.http", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 2),
                written("b", b"HTTP/1.1 200 OK\r\n\r\n"))
    check("heads back to back", [(h["input"], h["heads"]) for h in two] == [("a", 2), ("b", 1)])
    status, out, err = run("head", "--input", written("c", b"GET /\r\n\r\n"), "--rounds", "1", "--ms", "1")
    check("a head that weir refuses fails", status == 1 and "does not read c" in err)
    check("half a head is told", run("head", "--input", written("d", b"GET / HTTP/1.1\r\n"))[0] == 2)

curve = lines("linear")
check("a curve to 64 KiB", len(curve) == 33 and max(c["octets"] for c in curve) >= 65000)
check("bodies", [(c["chunk"], c["parser"]) for c in lines("chunked")] == [(16, "weir"), (4096, "weir")])
check("the engine", lines("engine")[0]["ratio"] > 0)
check("help", run("--help")[0] == 0)
for wrong in (["nothing"], ["head", "--isa", "z80"], ["head", "--mode", "3"], ["head", "--rounds", "0"],
              ["head", "--peer"], ["head", "--unknown"]):
    check(f"{wrong} is refused", run(*wrong)[0] == 64)
check("a peer that is none", run("head", "--peer", "x=/none/such.so")[0] == 2)
sys.exit(failures != 0)
