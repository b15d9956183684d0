#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the parser vectors through a driver program and compare.

    check.py [--vectors FILE] [--split] [--json OUT] -- DRIVER [ARGS...]

The driver reads one request a line from standard input and answers each with
one line on standard output; README.md gives both formats.  Python 3, standard
library only."""
import argparse
import base64
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def unhex(s):
    return bytes.fromhex(s).decode("latin-1")


def parse_answer(line):
    """-> (id, facts) with facts in the words of the vectors."""
    w = line.split()
    got = {"outcome": w[1]}
    for item in w[2:]:
        k, _, v = item.partition("=")
        if k in ("method", "target", "version", "reason"):
            got[k] = unhex(v)
        elif k in ("h", "t"):
            n, _, x = v.partition(":")
            got.setdefault("headers" if k == "h" else "trailers", []).append([unhex(n), unhex(x)])
        elif k in ("status", "length", "consumed", "head_len", "at"):
            got[k] = int(v)
        elif k == "keep_alive":
            got[k] = v == "1"
        elif k == "body":
            got[k] = v.lower()
        elif k in ("framing", "error", "form"):
            got[k] = v
        else:
            raise SystemExit("unknown key %r in the driver's answer" % k)
    return w[0], got


OUTCOME_ONLY = False


def compare(v, got):
    """None when met, else a reason."""
    e = v["expect"]
    want = "ok" if e["ok"] else "more" if e.get("more") else "error"
    o = got["outcome"]
    if o != want:
        if want == "error" and o == "more" and v.get("or_more"):
            return None
        if want == "more" and o == "error" and v.get("or_error"):
            return None
        return "%s, expected %s%s" % (o + (" " + got.get("error", "") if o == "error" else ""), want, " " + e.get("error", "") if want == "error" else "")
    if want == "error" or OUTCOME_ONLY:
        return None
    facts = e if want == "ok" else e.get("head", {})
    for k, x in facts.items():
        if k in ("ok", "more", "head"):
            continue
        if k not in got:
            if k in ("headers", "trailers") and not x:
                continue
            if k in ("form", "head_len", "trailers", "keep_alive", "body", "consumed", "headers", "method", "target", "version", "status", "reason", "framing", "length"):
                if k in OPTIONAL or want == "more":
                    continue
            return "no %s" % k
        y = got[k]
        if k == "body":
            x = base64.b64decode(x).hex()
        if x != y:
            return "%s is %r, expected %r" % (k, y, x)
    return None


OPTIONAL = {"form", "head_len", "length", "at"}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--vectors", default=os.path.join(HERE, "vectors.jsonl"))
    ap.add_argument("--split", action="store_true", help="tell the driver to feed one octet at a time")
    ap.add_argument("--kind", action="append", choices=("request", "response", "chunked"))
    ap.add_argument("--json", dest="out")
    ap.add_argument("--outcome-only", action="store_true", help="compare ok / more / error alone")
    ap.add_argument("--quiet", action="store_true")
    ap.add_argument("--fail-on", choices=("none", "must", "should", "may"), default="may",
                    help="exit 1 when a vector of this level or a stricter one is not met (default may: all)")
    ap.add_argument("driver", nargs=argparse.REMAINDER)
    o = ap.parse_args()
    global OUTCOME_ONLY
    OUTCOME_ONLY = o.outcome_only
    cmd = o.driver[1:] if o.driver[:1] == ["--"] else o.driver
    if not cmd:
        ap.error("no driver given")
    vs = [json.loads(x) for x in open(o.vectors) if x.strip()]
    if o.kind:
        vs = [v for v in vs if v["kind"] in o.kind]
    feed = "".join("%s %s %s %d %d %s\n" % (
        v["id"], v["kind"], v.get("method", "GET"), 1 if v.get("eof") else 0, 1 if o.split else 0,
        base64.b64decode(v["bytes"]).hex() or "-") for v in vs)
    r = subprocess.run(cmd, input=feed.encode(), stdout=subprocess.PIPE)
    answers = {}
    for line in r.stdout.decode("latin-1").splitlines():
        if line.strip():
            i, got = parse_answer(line)
            answers[i] = got
    tab, bad, classes = {}, [], [0, 0]
    for v in vs:
        t = tab.setdefault(v["kind"], {}).setdefault(v["level"], [0, 0])
        t[1] += 1
        why = compare(v, answers[v["id"]]) if v["id"] in answers else "no answer"
        if why is None:
            t[0] += 1
            e = v["expect"]
            if "error" in e and answers[v["id"]]["outcome"] == "error":
                classes[1] += 1
                classes[0] += answers[v["id"]].get("error") in [e["error"]] + e.get("also", [])
        else:
            bad.append((v, why))
    for v, why in bad:
        if not o.quiet:
            print("%-6s %-28s %s\n       %r%s" % (v["level"], v["id"], why, base64.b64decode(v["bytes"])[:110], "\n       note: " + v["note"] if v.get("note") else ""))
    print("\n%-10s %14s %14s %14s" % ("kind", "MUST", "SHOULD", "MAY"))
    for k, t in tab.items():
        print("%-10s %s" % (k, " ".join("%6d / %-5d" % tuple(t.get(lv, (0, 0))) for lv in ("MUST", "SHOULD", "MAY"))))
    print("%d of %d vectors met; error class as named for %d of %d refusals%s" % (
        len(vs) - len(bad), len(vs), classes[0], classes[1], "" if r.returncode == 0 else "; driver exit status %d" % r.returncode))
    if o.out:
        json.dump({"met": len(vs) - len(bad), "total": len(vs), "table": tab, "missed": [[v["id"], v["level"], w] for v, w in bad]}, open(o.out, "w"), indent=1)
    rank = {"MUST": 0, "SHOULD": 1, "MAY": 2}
    lim = {"none": -1, "must": 0, "should": 1, "may": 2}[o.fail_on]
    return 1 if r.returncode != 0 or any(rank[v["level"]] <= lim for v, _ in bad) else 0


if __name__ == "__main__":
    sys.exit(main())
