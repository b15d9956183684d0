#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir serve --record, and weir replay of what it wrote: record.py WEIR [REPLAY_SERVER_CONNECTION]"""
import os
import ssl
import stat
import sys
import time

from weirtest import Peer, Server, have, run, run_checks, wait_until

GET = b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n"
SECRETS = (b"c00kie", b"dXNlcjpwYXNz", b"t0ken", b"my content", b"tr4iler")


def octets(path):
    with open(path, "rb") as f:
        return f.read()


def recordings(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def is_closed(path):
    """Whether a recording has its last line."""
    return octets(path)[:-1].rpartition(b"\n")[2][:2] in (b"c ", b"f ")


def stop(check, server, folder, count):
    """Stops the server when it has closed `count` connections; what it recorded."""
    check("%d connections are recorded to their end" % count, wait_until(
        lambda: sum(is_closed(path) for path in recordings(folder)) == count), recordings(folder))
    check.equal("stopped in order", server.stop(), 0)
    return recordings(folder)


def replays(check, name, weir, www, files, harness):
    """Each is answered as it was; the harness for the engine takes it, too."""
    for path in files:
        status, out, err = run([weir, "replay", "--root", www, path])
        check("%s: %s is answered as recorded" % (name, os.path.basename(path)),
              status == 0 and b", as recorded\n" in out and not err, (status, out, err))
    if harness is None:
        return check.skip("%s: the harness" % name, "it is not built as a program")
    status, out, err = run([harness] + files)
    check("%s: server_connection replays it" % name, status == 0 and
          out.endswith(b"%d inputs\n" % len(files)), (status, out, err))


def by_curl(check, weir, folder, www, harness):
    record = os.path.join(folder, "curl")
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--record", record,
                           "--demo", "--workers", "2"], folder)
    secret = ["-H", "Cookie: a=c00kie", "-u", "user:pass", "-H", "X-Auth-Token: t0ken"]
    curl = ["curl", "-sS", "--cacert", server.ca_file]
    for scheme in ("http", "https"):
        url = server.url(scheme)
        for arguments in ([url + "hello.txt"] + secret,
                          [url + "large.bin", "-H", "Range: bytes=1-9,100000-"],
                          [url + "none", url + "large.bin", url, url + "hello.txt", "-I"],
                          [url + "large.bin"]):
            status, _, err = run(curl + arguments)
            check("curl is served (%s)" % scheme, status == 0, err)
        status, out, err = run(curl + [url, "-d", "my content"] + secret)
        check.equal("what is blanked in the record is not blanked for the server", out, b"my content")
    files = stop(check, server, record, 10)
    check.equal("nothing on standard error", server.said(), "")
    check.equal("a file a connection", [os.path.basename(f) for f in files],
                ["%04d.weir" % n for n in range(1, 11)])
    check.equal("for its owner alone", {stat.S_IMODE(os.stat(f).st_mode) for f in files + [record]},
                {0o600, 0o700})
    for secret in SECRETS:
        check("not recorded: %s" % secret.decode(), not any(secret in octets(f) for f in files))
    posts = [f for f in files if b"POST / HTTP/1.1" in octets(f)]
    check("requests are, and that there were cookies, authorisation and content", len(posts) == 2 and
          all(b"Cookie: xxxxxxxx\r\nX-Auth-Token: xxxxx\r\n" in octets(f) and
              b"Authorization: xxxxx " in octets(f) and b"\r\n\r\nxxxxxxxxxx\n" in octets(f)
              for f in posts), [octets(f) for f in posts])
    replays(check, "curl", weir, www, [f for f in files if f not in posts], harness)
    status, out, _ = run([weir, "replay", "--root", www] + posts)
    check("where what was blanked is sent back, the answer is another one", status == 1 and
          out.count(b"not as recorded") == 2 and out.count(b"> xxxxxxxxxx\n") == 2, out)
    status, out, _ = run([weir, "replay", "--root", folder, "--quiet"] + files)
    check("with other files, too", status == 1 and out.count(b"not as recorded") == 10, out)


def by_octets(check, weir, folder, www, harness):
    """Pipelined, an octet a time, cut off, refused; secrets are kept."""
    record = os.path.join(folder, "octets")
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--record", record,
                           "--record-secrets", "--demo", "--workers", "1"], folder)
    context = ssl.create_default_context(cafile=server.ca_file)
    for scheme, tls in (("http", None), ("https", context)):
        peer = Peer(server.port(scheme), tls=tls)
        peer.send((GET + b"Cookie: c00kie\r\n\r\n") * 5)
        for _ in range(5):
            peer.response()
        for octet in GET:
            peer.send(bytes([octet]))
        for part in (b"Author", b"ization: dXNlcjp", b"wYXNz\r\n\r\n"):
            time.sleep(0.05)
            peer.send(part)
        peer.response()
        peer.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nmy co")
        time.sleep(0.05)
        peer.send(b"\r\n5\r\nntent\r\n0\r\nX-Token: tr4iler\r\n\r\nGET / HTTP/1.1\r\nHost : h\r\n\r\n")
        while peer.more():
            pass
        check("refused in the end (%s)" % scheme, b"HTTP/1.1 400 " in peer.octets, peer.octets)
        peer.close()
        for cut in (b"", GET, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"):
            peer = Peer(server.port(scheme), tls=tls)
            peer.send(cut)
            peer.close()
    files = stop(check, server, record, 8)
    check.equal("nothing on standard error", server.said(), "")
    check("with --record-secrets secrets are kept", any(b"c00kie" in octets(f) and
          b"\nization: dXNlcjp\n" in octets(f) for f in files))
    replays(check, "octets", weir, www, files, harness)
    long = [f for f in files if b"X-Token" in octets(f)][0]
    status, out, _ = run([weir, "replay", "--root", www, long])
    at = len((GET + b"Cookie: c00kie\r\n\r\n") * 5)
    parts = at + len(GET)
    for text in (b"  request 6 at %d: GET /hello.txt HTTP/1.1, payload: none\n" % at,
                 b"    Cookie: c00kie\n", b"    Authorization: dXNlcjpwYXNz\n",
                 b"read 6 octets from %d on\n" % parts, b"read 16 octets from %d on\n" % (parts + 6),
                 b"  payload of 5 octets\n", b", 10 octets of payload\n", b"    X-Token: tr4iler\n",
                 b"  refused at ", b" answer 400\n", b"> HTTP/1.1 400 Bad Request\\r\\n\n"):
        check("the trace says %s" % text.decode().strip(), text in out, out)


def drained(check, weir, folder, www, harness):
    """The stop, and a connection that it finds open, are part of the recording."""
    record = os.path.join(folder, "drained")
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https", "--record", record,
                           "--workers", "1"], folder, listeners=1)
    peer = Peer(server.port("http"))
    peer.send(GET + b"\r\n" + GET)
    peer.response()
    server.signal(15)
    time.sleep(0.2)
    peer.send(b"\r\n")
    check("the last answer says close", peer.response()[1].get("connection") == "close")
    peer.close()
    check.equal("stopped in order", server.wait(), 0)
    files = recordings(record)
    check("the stop is recorded", len(files) == 1 and b"\nd " in octets(files[0]))
    replays(check, "drained", weir, www, files, harness)


def limits(check, weir, folder, www, harness):
    arguments = [www, "--http", "127.0.0.1:0", "--no-https", "--workers", "1", "--record"]
    record = os.path.join(folder, "limits")
    os.mkdir(record)
    aim = os.path.join(folder, "aim")
    os.symlink(aim, os.path.join(record, "0001.weir"))
    for n in range(2, 1000):
        with open(os.path.join(record, "%04d.weir" % n), "w") as f:
            f.write("precious")
    server = Server(weir, arguments + [record], folder, listeners=1)
    big = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + 3000000 * b"a"
    for _ in range(3):
        peer = Peer(server.port("http"))
        peer.send(GET + b"\r\n")
        check.equal("served", peer.response()[2], b"hello\n")
        peer.send(big)
        peer.response()
        peer.close()
    check.equal("stopped in order", server.stop(), 0)
    check("a thousand files, no more, and it is said once", len(os.listdir(record)) == 1000 and
          server.said().count("\n") == 1 and "1000 recordings" in server.said(), server.said())
    check("what was there is left alone, links are not followed", not os.path.lexists(aim) and
          octets(os.path.join(record, "0999.weir")) == b"precious")
    full = octets(os.path.join(record, "1000.weir"))
    check("no more than 1 MiB of each", 1000000 < len(full) <= 1 << 20 and
          full[:-1].rpartition(b"\n")[2][:2] == b"f ", len(full))
    status, out, err = run([weir, "replay", "--root", www, os.path.join(record, "1000.weir")])
    check("what there is of it is answered as recorded", status == 0 and b"as long as it may be" in out, err)

    record = os.path.join(folder, "broken")
    limited = os.path.join(folder, "limited")
    with open(limited, "w") as f:
        f.write('#!/bin/sh\nulimit -f 10 && exec "%s" "$@"\n' % weir)
    os.chmod(limited, 0o700)
    server = Server(limited, arguments + [record], folder, listeners=1)
    for _ in range(3):
        peer = Peer(server.port("http"))
        peer.send(GET + b"\r\n" + GET + b"X: " + 12000 * b"x" + b"\r\n\r\n")
        check.equal("served where a record cannot be written", [peer.response()[0] for _ in "12"],
                    [200, 200])
        peer.close()
    check.equal("stopped in order", server.stop(), 0)
    said = server.said()
    check("which is said once", said == "weir: recording has stopped: File too large\n", said)
    files = recordings(record)
    status, out, err = run([weir, "replay", "--root", www] + files)
    check("what is there is whole", len(files) == 1 and len(octets(files[0])) <= 10240 and not err, (files, err))


def refused(check, weir, folder, www):
    arguments = [weir, "serve", www, "--http", "127.0.0.1:0", "--no-https", "--record"]
    inside = os.path.join(www, "inside")
    plain = os.path.join(www, "hello.txt")
    for name, record, reason in (("in the folder that is served", inside, b"everybody"),
                                 ("the folder that is served", www, b"everybody"),
                                 ("a file", plain, b"Not a directory"),
                                 ("in a folder that is not there", "/none/at/all", b"No such file")):
        status, out, err = run(arguments + [record])
        check("refused: " + name, status == 1 and not out and record.encode() in err and reason in err
              and b"cannot record" in err, (status, out, err))
    os.rmdir(inside)


def main(check, weir, folder):
    harness = sys.argv[2] if len(sys.argv) > 2 else None
    www = os.path.join(folder, "www")
    os.makedirs(www)
    with open(os.path.join(www, "hello.txt"), "w") as f:
        f.write("hello\n")
    with open(os.path.join(www, "large.bin"), "wb") as f:
        f.write(os.urandom(400000))
    missing = have("curl")
    if missing:
        check.skip("by curl", "%s is not installed" % missing)
    else:
        by_curl(check, weir, folder, www, harness)
    by_octets(check, weir, folder, www, harness)
    drained(check, weir, folder, www, harness)
    limits(check, weir, folder, www, harness)
    refused(check, weir, folder, www)


run_checks(main)
