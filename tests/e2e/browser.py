#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Headless Chromium opens the HTTPS listing, the development CA trusted: browser.py WEIR"""
import os
import shutil
import subprocess

from weirtest import PATIENCE, Server, have, run, run_checks

NAMES = ["first file.txt", "second.html", "Übersicht.txt"]
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage"]


def dump(program, url, server, profile):
    """The page's text as the browser has it."""
    command = [program] + CHROMIUM + ["--user-data-dir=" + profile, "--dump-dom", url]
    try:
        _, out, _ = run(command, env=server.env, timeout=4 * PATIENCE)
    except subprocess.TimeoutExpired:
        return "(chromium did not end)"
    return out.decode("utf-8", "replace")


def main(check, weir, folder):
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    missing = "chromium" if program is None else have("certutil")
    if missing:
        check.skip("the listing in Chromium", "%s is not installed" % missing)
        return
    www = os.path.join(folder, "www")
    os.makedirs(www)
    for name in NAMES:
        with open(os.path.join(www, name), "w") as f:
            f.write("<!doctype html><title>page</title><p>the page itself</p>")
    server = Server(weir, [www, "--no-http", "--https", "127.0.0.1:0"], folder, listeners=1)
    port = server.port("https")

    page = dump(program, "https://localhost:%d/" % port, server, os.path.join(folder, "untrusted"))
    check("an authority that is not trusted is refused", not any(n in page for n in NAMES), page[:2000])

    store = os.path.join(server.env["HOME"], ".pki", "nssdb")
    os.makedirs(store)
    subprocess.run(["certutil", "-d", "sql:" + store, "-N", "--empty-password"], env=server.env,
                   check=True)
    subprocess.run(["certutil", "-d", "sql:" + store, "-A", "-t", "C,,", "-n", "weir", "-i",
                    server.ca_file], env=server.env, check=True)
    for host in ("localhost", "127.0.0.1"):
        page = dump(program, "https://%s:%d/" % (host, port), server, os.path.join(folder, host))
        for name in NAMES:
            check("https://%s: the listing shows %s" % (host, name), name in page, page[:2000])
    page = dump(program, "https://localhost:%d/second.html" % port, server,
                os.path.join(folder, "localhost"))
    check("a page of the folder", "the page itself" in page, page[:2000])
    check.equal("stopped in order", server.stop(), 0)
    check.equal("nothing on standard error", server.said(), "")


run_checks(main)
