#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the prober against `weir serve --demo`: run_probe.py WEIR http|https [options of probe.py]

What expected-failures.txt names has to fail, and nothing else may."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

from expected import verdict  # noqa: E402
from weirtest import Server  # noqa: E402


def main():
    weir, scheme, options = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    probe = [sys.executable, os.path.join(HERE, "probe.py")]
    with tempfile.TemporaryDirectory(prefix="weir-probe.") as folder:
        subprocess.run(probe + ["--make-docroot", folder], check=True)
        other = "--no-https" if scheme == "http" else "--no-http"
        server = Server(weir, [os.path.join(folder, "www"), "--demo", "--workers", "2", other,
                               "--%s" % scheme, "127.0.0.1:0"], folder, listeners=1)
        try:
            out = os.path.join(folder, "out.json")
            command = probe + ["127.0.0.1", str(server.port(scheme)), "--jobs", "16", "--json", out]
            if scheme == "https":
                command.append("--tls")
            subprocess.run(command + options)
            status = server.stop()
            said = server.said()
        finally:
            if server in Server.running:
                server.kill()
        with open(out, encoding="utf-8") as f:
            result = json.load(f)
    # An unscored case is shown and not counted.
    results = {r["id"]: r["verdict"] for r in result["results"] if r["level"] != "unscored"}
    if said:
        print("the server said:\n%s" % said[-4000:])
    if status != 0:
        print("FAILED: the server ended with %s instead of 0" % status)
        results["server-ends-in-order"] = "fail"
    partial = any(o.startswith(("--only", "--suite")) for o in options)
    return verdict("probe %s" % scheme, results, len(result["skipped"]), partial)


if __name__ == "__main__":
    sys.exit(main())
