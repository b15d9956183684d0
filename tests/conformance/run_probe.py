#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the prober against `weir serve --demo`: run_probe.py WEIR http|https [options of probe.py]

Every case has to be met, whatever its level, and by the outcome that it calls strict."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

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
            command = probe + ["127.0.0.1", str(server.port(scheme)), "--jobs", "16", "--json", out,
                               "--fail-on", "strict"]
            if scheme == "https":
                command.append("--tls")
            verdict = subprocess.run(command + options).returncode
            status = server.stop()
            said = server.said()
        finally:
            if server in Server.running:
                server.kill()
        with open(out, encoding="utf-8") as f:
            result = json.load(f)
    missed = [r["id"] for r in result["results"]
              if r["verdict"] != "pass" or r.get("strict") is False]
    if said:
        print("the server said:\n%s" % said[-4000:])
    if status != 0:
        print("the server ended with %s instead of 0" % status)
        missed.append("server-ends-in-order")
    if verdict != 0 and not missed:
        print("the server did not answer to the end")
        missed.append("server-answers")
    for name in missed:
        print("FAILED: %s" % name)
    met = sum(r["id"] not in missed for r in result["results"])
    print("%d passed, %d failed, %d skipped" % (met, len(missed), len(result["skipped"])))
    return 1 if missed or not met else 0


if __name__ == "__main__":
    sys.exit(main())
