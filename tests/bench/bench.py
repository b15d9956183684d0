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
check("the limits are given whole heads alone", {h["mode"] for h in heads if h["parser"] == "memcpy" and
                                                 h["ns_min"]} == {"whole"})
check("ratios are weir's without a peer", all(h["base"] == "weir" and h["ratio"] > 0 for h in heads if h["ns_min"]) and
      not any("ratio" in h for h in heads if not h["ns_min"]))
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
    check("half a head is told", run("head", "--input", written("d", b"GET / HTTP/1.1\r\n"))[0] == 66)
    status, out, err = run("head", "--input", written("e", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "--mode", "all",
                           "--limits", "--rounds", "1", "--ms", "1")
    check("no figure is none", status == 0 and "nan" not in out and "as fast as weir" in out and
          [line.split()[-1] for line in out.splitlines() if " memcpy " in line][1:] == ["-"] * 3)

curve = lines("linear")
check("a curve to 64 KiB", len(curve) == 33 and max(c["octets"] for c in curve) >= 65000)
check("bodies", [(c["chunk"], c["parser"]) for c in lines("chunked")] == [(16, "weir"), (4096, "weir")])
check("the engine", lines("engine")[0]["ratio"] > 0)
for asked in (["--help"], ["-h"], ["help"], ["head", "--help"]):
    status, out, err = run(*asked)
    check(f"{asked}", (status, err) == (0, "") and out.startswith("usage: ") and max(map(len, out.splitlines())) < 90)
check("version", run("--version")[0::2] == (0, "") and run("--version")[1].startswith("weir-bench 0."))
status, out, err = run()
check("no command", status == 64 and not out and err.startswith("usage: "))
for wrong, said in ((["nothing"], "no such command: nothing"), (["--nothing"], "no such option: --nothing"),
                    (["head", "--isa", "z80"], "--isa z80: no such instruction set"),
                    (["head", "--mode", "3"], "--mode 3: there are whole, "),
                    (["head", "--rounds", "0"], "--rounds 0: not a number from 1 to 199"),
                    (["linear", "--ms", "x"], "--ms x: not a number from 1 to 10000"),
                    (["head", "--peer"], "--peer needs a value: --peer NAME=FILE.so"),
                    (["head", "--peer", "x"], "--peer x: not NAME=FILE.so"),
                    (["head", "--unknown"], "no such option: --unknown"), (["head", "x"], "no such option: x"),
                    (["engine", "--mode", "16"], "--mode is not for engine"),
                    (["linear", "--peer", "x=y"], "--peer is not for linear"),
                    (["linear", "--limits"], "--limits is not for linear"),
                    (["chunked", "--input", "x"], "--input is not for chunked"),
                    (["engine", "--isa", "all"], "--isa all is not for engine")):
    status, out, err = run(*wrong)
    check(f"{wrong} is refused: {err.splitlines()[:1]}", status == 64 and not out and err.startswith(f"weir-bench: {said}") and
          err.count("\n") == 2)
for missing in (["--peer", "x=/none/such.so"], ["--input", "/none/such"]):
    status, out, err = run("head", *missing)
    check(f"{missing} is not there: {err.strip()}", status == 66 and not out and "/none/such" in err)
if os.path.exists("/dev/full"):
    with open("/dev/full", "w") as full:
        check("a full disk is told", subprocess.run([BENCH, "--help"], stdout=full, stderr=full).returncode == 74)
sys.exit(failures != 0)
