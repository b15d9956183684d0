#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What weir parse says of each error that a peer can cause: errors.py WEIR TEST_ERRORS

TEST_ERRORS --list prints the cases of tests/core/error_cases.c: one table, read by the core's test
and by this one.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from weirtest import run, run_checks  # noqa: E402

KEYS = ("code", "name", "kind", "at", "status", "rfc", "sentence", "hide", "hex")
ESCAPES = {13: "\\r", 10: "\\n", 9: "\\t", 92: "\\\\"}


def escaped(octet):
    return ESCAPES.get(octet) or (chr(octet) if 32 <= octet < 127 else "\\x%02x" % octet)


def cases(program):
    listed = subprocess.run([program, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode()
    for line in listed.splitlines():
        case = dict(zip(KEYS, line.split("\t")))
        case["data"], case["at"] = bytes.fromhex(case["hex"]), int(case["at"])
        # RFC 9110 §15.6.3: what is wrong with a response, who asked cannot mend.
        case["answer"] = int(case["status"]) if case["kind"] == "request" else 502
        yield case


def place(case):
    """What `weir parse` has to say of where: line and column count from 1."""
    before = case["data"][:case["at"]]
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    at = "at" if case["at"] < len(case["data"]) and case["code"] != "ERR_HOST_MISSING" else "before"
    return "  %-12soctet %d (line %d, column %d)\n" % (at, case["at"], before.count(b"\n") + 1, column)


def told(case, out):
    """What is missing in the text, or None."""
    parts = ["refused\n", "  rule        %s\n" % case["sentence"],
             "              %s, %s\n" % (case["rfc"], case["code"]), place(case),
             "\n  answer      %d " % case["answer"]]
    at = 0
    for part in parts:
        at = out.find(part, at)
        if at < 0:
            return part
    # The caret stands below the octet at fault.
    excerpt, caret = out[out.index(place(case)):].splitlines()[1:3]
    if caret.strip() != "^":
        return "a caret"
    if place(case).startswith("  at "):
        shown = escaped(case["data"][case["at"]])
        if not excerpt[len(caret) - 1:].startswith(shown):
            return "%s above the caret" % shown
    return None


def main(check, weir, _):
    seen, hidden = set(), {}
    for case in cases(sys.argv[2]):
        name = "%s: %s" % (case["code"], case["name"])
        if case["hide"]:
            hidden[case["code"]] = case["hide"]
            continue
        seen.add(case["code"])
        status, out, err = run([weir, "parse", "--" + case["kind"]], data=case["data"])
        out = out.decode()
        missing = told(case, out)
        check(name, status == 1 and not missing and not err,
              "status %d, no %r in\n%s%s" % (status, missing, out, err.decode()))
        status, out, _ = run([weir, "parse", "--json", "--" + case["kind"]], data=case["data"])
        told_json = json.loads(out.decode().splitlines()[0])
        check.equal(name + " (JSON)",
                    [status] + [told_json.get(k) for k in ("result", "error", "offset", "answer")],
                    [1, "refused", case["code"], case["at"], case["answer"]])
    check("most errors are of messages", len(seen) > 40, sorted(seen))
    for code in sorted(set(hidden) - seen):
        print("weir parse does not tell %s: %s" % (code, hidden[code]))
    path = next(c for c in cases(sys.argv[2]) if c["code"] == "ERR_PATH")
    _, out, _ = run([weir, "parse"], data=b"GET %s HTTP/1.1\r\nHost: h\r\n\r\n" % path["data"])
    check("a path that cannot be decoded is told beside the request",
          "decoded     not possible: %s, at octet %d of the path\n" % (path["sentence"], path["at"])
          in out.decode(), out)


run_checks(main)
