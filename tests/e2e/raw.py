#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir serve octet by octet: pipelining, graceful stops, descriptors: raw.py WEIR"""
import os
import signal
import socket
import time

from weirtest import Peer, Server, run_checks, wait_until

LARGE = 48 << 20  # more than all the buffers on the way


def make_files(folder):
    www = os.path.join(folder, "www")
    os.makedirs(www)
    for i in range(10):
        with open(os.path.join(www, "%d.txt" % i), "wb") as f:
            f.write(b"file %d\n" % i * (i + 1))
    with open(os.path.join(www, "large"), "wb") as f:
        f.truncate(LARGE - 4)
        f.seek(LARGE - 4)
        f.write(b"last")
    return www


def request(path, *fields):
    return ("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
            % (path, "".join(f + "\r\n" for f in fields))).encode()


def pipelining(check, server):
    paths = ["/%d.txt" % i for i in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)]
    wanted = [(200, b"file %d\n" % int(p[1]) * (int(p[1]) + 1)) for p in paths]
    octets = b"".join(request(p) for p in paths)

    peer = Peer(server.port("http"))
    peer.send(octets)
    seen = [(r[0], r[2]) for r in (peer.response() for _ in paths)]
    check.equal("10 pipelined requests in one segment, answered in order", seen, wanted)
    for i in range(len(octets)):
        peer.send(octets[i:i + 1])
    seen = [(r[0], r[2]) for r in (peer.response() for _ in paths)]
    check.equal("the same octet by octet, on the same connection", seen, wanted)

    peer.send(request("/1.txt") + request("/2.txt", "Connection: close") + request("/3.txt"))
    first, second = peer.response(), peer.response()
    check.equal("a pipeline ends with Connection: close",
                (first[0], second[0], second[1].get("connection")), (200, 200, "close"))
    check("what is behind it is not answered", peer.is_closed())
    peer.close()

    peer = Peer(server.port("http"))
    peer.send(request("/1.txt") + b"GET / HTTP/1.1\r\nHost : a\r\n\r\n" + request("/2.txt"))
    first, second = peer.response(), peer.response()
    check.equal("a bad request in a pipeline: the good one before it is answered, then 400",
                (first[0], second[0], second[1].get("connection")), (200, 400, "close"))
    check("and nothing after it", peer.is_closed())
    peer.close()


def sequence(check, server):
    peer = Peer(server.port("http"))
    seen = set()
    for i in range(1000):
        peer.send(request("/%d.txt" % (i % 10)))
        status, _, content = peer.response()
        seen.add((status, content == b"file %d\n" % (i % 10) * (i % 10 + 1)))
    check.equal("1,000 requests in sequence on one socket", seen, {(200, True)})
    peer.close()


def graceful_stop(check, weir, folder, www, number):
    name = signal.Signals(number).name
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https", "--workers", "2"], folder,
                    listeners=1)
    idle = Peer(server.port("http"))
    idle.send(request("/1.txt"))
    idle.response()
    peer = Peer(server.port("http"))
    peer.send(request("/large"))
    peer.line_end()
    server.signal(number)

    def refuses():
        try:
            Peer(server.port("http")).close()
            return False
        except OSError:
            return True
    check("%s: no new connection is taken" % name, wait_until(refuses))
    check("%s: an idle connection is closed" % name, idle.is_closed())
    time.sleep(0.3)
    check("%s: the server waits for the download" % name, server.process.poll() is None)
    status, fields, content = peer.response()
    check("%s: a slow download completes" % name,
          status == 200 and len(content) == LARGE and content.endswith(b"last"), len(content))
    check("%s: its connection ends then" % name, peer.is_closed())
    check.equal("%s: the exit status" % name, server.wait(), 0)
    check.equal("%s: nothing on standard error" % name, server.said(), "")
    idle.close()
    peer.close()


def at_once(check, weir, folder, www):
    """A signal that comes right after the ready line finds the server prepared."""
    seen = set()
    for number in (signal.SIGTERM, signal.SIGINT) * 5:
        server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https"], folder, listeners=1)
        server.signal(number)
        seen.add(server.wait())
    check.equal("a signal right after the ready line: the exit status", seen, {0})


def descriptors(check, server):
    def count():
        return sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in server.workers())

    def visit(i):
        peer = Peer(server.port("http"))
        if i % 5 == 0:  # some are given up in the middle
            peer.send(request("/large"))
            peer.more()
        elif i % 5 == 1:
            peer.send(b"GET / HT")
        elif i % 5 == 2:
            peer.send(b"bad\r\n\r\n")
            peer.more()
        else:
            peer.send(request("/%d.txt" % (i % 10)))
            peer.response()
        peer.close()

    for i in range(100):  # what is opened once and kept is open now
        visit(i)
    time.sleep(0.3)
    wait_until(lambda: count() == count(), 1)
    before = count()
    for i in range(500):
        visit(i)
    settled = wait_until(lambda: count() <= before, 10)
    check("no descriptor is left open after 500 connections", settled, "%d, then %d" % (before, count()))


def no_leftovers(check, server):
    """A connection that is reset at once does no harm."""
    for _ in range(20):
        s = socket.create_connection(("127.0.0.1", server.port("http")))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.close()
    peer = Peer(server.port("http"))
    peer.send(request("/1.txt"))
    check.equal("served after connections that were reset", peer.response()[0], 200)
    peer.close()


def main(check, weir, folder):
    www = make_files(folder)
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https", "--workers", "2"], folder,
                    listeners=1)
    pipelining(check, server)
    sequence(check, server)
    no_leftovers(check, server)
    descriptors(check, server)
    check.equal("stopped in order", server.stop(), 0)
    graceful_stop(check, weir, folder, www, signal.SIGTERM)
    graceful_stop(check, weir, folder, www, signal.SIGINT)
    at_once(check, weir, folder, www)


run_checks(main)
