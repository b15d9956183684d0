#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A sparse file of 1 GB arrives whole, over HTTP and HTTPS; one that shrinks under way ends by a reset:
large.py WEIR"""
import hashlib
import os
import socket
import subprocess

from weirtest import Server, have, run_checks, spawn

SIZE = 1 << 30


def digest(stream):
    """Hash and length of all that a stream gives."""
    total, length = hashlib.sha256(), 0
    while True:
        octets = stream.read(1 << 20)
        if not octets:
            return total.hexdigest(), length
        total.update(octets)
        length += len(octets)


def shrinking(check, weir, folder, www):
    """Half an answer may not end like a whole one."""
    path = os.path.join(www, "shrinks")
    with open(path, "wb") as f:
        f.truncate(64 << 20)
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https"], folder, listeners=1)
    peer = socket.create_connection(("127.0.0.1", server.port("http")), timeout=20)
    peer.sendall(b"GET /shrinks HTTP/1.0\r\n\r\n")
    begun = peer.recv(16)
    os.truncate(path, 1 << 20)  # less than is under way
    try:
        while peer.recv(1 << 20):
            pass
        end = "a clean end"
    except ConnectionResetError:
        end = "a reset"
    peer.close()
    check.equal("an answer whose file shrinks", (begun[:9], end), (b"HTTP/1.1 ", "a reset"))
    check.equal("stopped in order", server.stop(), 0)
    check("the operator is told", "became shorter" in server.said(), server.said())


def main(check, weir, folder):
    missing = have("curl")
    if missing:
        check.skip("a large file", "%s is not installed" % missing)
        return
    www = os.path.join(folder, "www")
    os.makedirs(www)
    path = os.path.join(www, "large")
    with open(path, "wb") as f:
        f.truncate(SIZE)
        # Marks all over it: octets that are left out, doubled or swapped change the hash.
        for i in range(64):
            f.seek(i * (SIZE // 64) + 4097 * i)
            f.write(b"mark %d" % i)
    with open(path, "rb") as f:
        wanted = digest(f)
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"], folder)
    for scheme in ("http", "https"):
        curl = spawn(["curl", "-sS", "--noproxy", "*", "--cacert", server.ca_file,
                      server.url(scheme, "/large")], env=server.env, stdout=subprocess.PIPE)
        seen = digest(curl.stdout)
        check.equal("%s: hash and length of 1 GB" % scheme, (curl.wait(), seen), (0, wanted))
    check.equal("stopped in order", server.stop(), 0)
    check.equal("nothing on standard error", server.said(), "")
    shrinking(check, weir, folder, www)


run_checks(main)
