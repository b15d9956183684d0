#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What weir serve makes of files: ranges in parts, hidden names, FIFOs, large folders, the
resources of --demo: files.py WEIR"""
import errno
import os
import re
import socket
import ssl
import time
from email.utils import parsedate_to_datetime

from weirtest import Peer, Server, run_checks

MANY = 40000  # names in a large folder
LARGE = 5 << 20
PART = re.compile(rb"\r\nContent-Type: ([^\r]+)\r\nContent-Range: bytes (\d+)-(\d+)/(\d+)\r\n\r\n")


def make_files(folder):
    www = os.path.join(folder, "www")
    os.makedirs(www)

    def put(name, content):
        path = os.path.join(www, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
        os.utime(path, (1e9, 1e9))
        return content

    put("small.txt", b"0123456789" * 100)
    content = put("large.bin", os.urandom(LARGE))
    for name in (".env", ".git/config", "dir/.hidden", "dir/.deep/seen.txt", ".well-known.txt",
                 ".well-known/security.txt", ".well-known/.secret", "dir/.well-known/x", "dir/seen.txt"):
        put(name, b"content of " + name.encode())
    os.mkfifo(os.path.join(www, "fifo"))
    many = os.path.join(www, "many")
    os.makedirs(many)
    for i in range(MANY):
        os.close(os.open(os.path.join(many, "name-%d" % (i * 7919 % MANY)), os.O_CREAT | os.O_WRONLY))
    os.makedirs(os.path.join(www, "some"))
    for i in range(900):
        put("some/name-%03d" % (i * 7 % 900), b"")
    return www, content


def ask(peer, path, *fields, method="GET"):
    peer.send(("%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
               % (method, path, "".join(f + "\r\n" for f in fields))).encode("latin-1"))
    return peer.response(method != "HEAD")


def parts_of(fields, content):
    """[(first, last, octets)] of multipart/byteranges, read by its boundary and nothing else."""
    kind = re.fullmatch(r"multipart/byteranges; boundary=([0-9a-zA-Z-]{16,70})",
                        fields.get("content-type", ""))
    if kind is None or "content-range" in fields:
        return fields
    mark = b"\r\n--" + kind.group(1).encode()
    pieces = (b"\r\n" + content).split(mark)
    if pieces[0] or pieces[-1] != b"--\r\n":
        return "begins with %r, ends with %r" % (pieces[0], pieces[-1])
    parts = []
    for piece in pieces[1:-1]:
        head = PART.match(piece)
        if head is None:
            return "a part %r" % piece[:100]
        parts.append((int(head.group(2)), int(head.group(3)), piece[head.end():], head.group(1),
                      int(head.group(4))))
    return parts


def ranges(check, peer, name, content):
    def several(text, *wanted):
        status, fields, seen = ask(peer, "/large.bin", "Range: bytes=" + text)
        parts = [(a, b, content[a:b + 1], b"application/octet-stream", LARGE) for a, b in wanted]
        found = parts_of(fields, seen)
        check("%s: bytes=%s comes in parts" % (name, text[:60]),
              status == 206 and found == parts and fields.get("etag") and "last-modified" in fields,
              "%s %s" % (status, fields))

    several("0-9,20-29", (0, 9), (20, 29))
    several("-1,0-0", (LARGE - 1, LARGE - 1), (0, 0))
    several("10-999999,2000000-4000000,1000001-1500000", (10, 999999), (2000000, 4000000),
            (1000001, 1500000))
    several("0-9,9999999-,30-39,5-12", (0, 12), (30, 39))
    many = [(i * 30000, i * 30000 + 20000) for i in range(16)]
    several(",".join("%d-%d" % r for r in many), *many)
    for text, why in ((",".join("%d-%d" % (i * 3, i * 3 + 1) for i in range(17)), "17 ranges"),
                      (",".join("%d-%d" % (i * 2, i * 2) for i in range(1000, 0, -1)), "1000 backwards"),
                      ("0-9,10-5", "a range that ends before it begins"), ("0-9;20-29", "no list")):
        status, fields, seen = ask(peer, "/large.bin", "Range: bytes=" + text)
        check("%s: %s: the whole file" % (name, why), status == 200 and seen == content, status)
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=5-9,8-20,21-30")
    check.equal("%s: ranges that overlap or touch are one part, and no multipart" % name,
                (status, fields.get("content-range"), seen),
                (206, "bytes 5-30/%d" % LARGE, content[5:31]))
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=%s" % ",".join(["0-"] * 200))
    check.equal("%s: the file 200 times comes once" % name, (status, len(seen)), (206, LARGE))
    status, fields, seen = ask(peer, "/small.txt", "Range: bytes=0-400,402-999")
    check.equal("%s: parts that are no fewer octets than the file" % name, (status, len(seen)), (200, 1000))
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=9999999-,8888888-9999999")
    check.equal("%s: none in the file" % name, (status, fields.get("content-range")),
                (416, "bytes */%d" % LARGE))
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=0-9,20-29", method="HEAD")
    check.equal("%s: HEAD has no ranges" % name, (status, fields.get("content-length")), (200, str(LARGE)))

    etag = ask(peer, "/large.bin", method="HEAD")[1]["etag"]
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=0-9,20-29", "If-Range: " + etag)
    check("%s: If-Range that holds: parts, and no field that the client has" % name,
          status == 206 and len(parts_of(fields, seen)) == 2 and fields.get("etag") == etag and
          "last-modified" not in fields, fields)
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=0-9", "If-Range: " + etag)
    check("%s: the same for one range" % name,
          status == 206 and seen == content[:10] and "content-type" not in fields and
          "last-modified" not in fields, fields)
    status, fields, seen = ask(peer, "/large.bin", "Range: bytes=0-9,20-29", 'If-Range: "x"')
    check("%s: If-Range that does not hold: the whole file" % name, status == 200 and seen == content)
    marks = {ask(peer, "/large.bin", "Range: bytes=0-9,20-29")[1]["content-type"] for _ in range(3)}
    check.equal("%s: each answer has a boundary of its own" % name, len(marks), 3)


def pipelined(check, port, content):
    """Several answers in parts, with others between them, in step."""
    peer = Peer(port)
    one = b"GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=0-99,1000000-4000000,200-299\r\n\r\n"
    two = b"GET /small.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0,-1\r\n\r\n"
    peer.send((one + two) * 5)
    seen = []
    for _ in range(5):
        _, fields, octets = peer.response()
        seen.append([p[2] == content[p[0]:p[1] + 1] for p in parts_of(fields, octets)])
        _, fields, octets = peer.response()
        seen.append([p[2] for p in parts_of(fields, octets)])
    check.equal("pipelined answers in parts", seen, [[True] * 3, [b"0", b"9"]] * 5)
    peer.close()


def given_up(check, server):
    """Connections that end in the middle of parts leave no descriptor open."""
    def count():
        return sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in server.workers())

    peer = Peer(server.port("http"))
    ask(peer, "/small.txt")
    before = count()
    for _ in range(50):
        other = Peer(server.port("http"))
        other.send(b"GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=0-4000000,4000002-5000000\r\n\r\n")
        other.more()
        other.close()
    end = time.monotonic() + 10
    while count() > before and time.monotonic() < end:
        time.sleep(0.05)
    check("no descriptor is left of answers given up", count() <= before, (before, count()))
    peer.close()


def hidden(check, peer):
    wanted = {"/.env": 404, "/.git/config": 404, "/.git": 404, "/.git/": 404, "/%2egit/config": 404,
              "/dir/.hidden": 404, "/dir/.deep/seen.txt": 404, "/.well-known.txt": 404,
              "/.well-known/.secret": 404, "/dir/.well-known/x": 404, "/dir/../.env": 404,
              "/..../": 404, "/.well-known/security.txt": 200, "/.well-known/": 200,
              "/.well-known": 301, "/dir/seen.txt": 200, "/dir/.": 200, "/dir/..": 200, "/./": 200}
    seen = {path: ask(peer, path, method="HEAD")[0] for path in wanted}
    check.equal("names that begin with a dot are not there, but for /.well-known/", seen, wanted)


def links(page):
    return [name.decode() for name in re.findall(rb'<a href="\./([^"]*)"', page)]


def page_of(peer, path):
    """A page in chunks."""
    peer.send(("GET %s HTTP/1.1\r\nHost: h\r\n\r\n" % path).encode())
    peer.line_end()
    del peer.octets[:peer.octets.index(b"\r\n\r\n") + 4]
    page = bytearray()
    while True:
        while b"\r\n" not in peer.octets:
            peer.more()
        end = peer.octets.index(b"\r\n")
        size = int(peer.octets[:end], 16)
        while len(peer.octets) < end + 4 + size:
            peer.more()
        page += peer.octets[end + 2:end + 2 + size]
        del peer.octets[:end + 4 + size]
        if size == 0:
            return bytes(page)


def listings(check, server):
    peer = Peer(server.port("http"))
    check.equal("hidden names are not listed, /.well-known/ is", links(page_of(peer, "/")),
                [".well-known/", "dir/", "large.bin", "many/", "small.txt", "some/"])
    check.equal("nor are those beneath", links(page_of(peer, "/dir/")), ["seen.txt"])
    check.equal("nor those in /.well-known/", links(page_of(peer, "/.well-known/")), ["security.txt"])
    check.equal("a list exists, and has no entity tag that could be named",
                [ask(peer, "/dir/", field, method="HEAD")[0] for field in
                 ('If-Match: "a"', "If-Match: *", "If-None-Match: *", 'If-None-Match: "a"')],
                [412, 200, 304, 200])
    check.equal("an empty file has no last octets to be sent as a part",
                [ask(peer, "/some/name-000", "Range: bytes=" + which)[0] for which in ("-5", "0-0")],
                [200, 416])
    check.equal("a list of 900 names is in order", links(page_of(peer, "/some/")),
                ["name-%03d" % i for i in range(900)])
    begin = time.monotonic()
    names = links(page_of(peer, "/many/"))
    took = time.monotonic() - begin
    print("a list of %d names took %.2f s" % (MANY, took))
    check("a list of %d names has each of them once" % MANY,
          len(names) == MANY and set(names) == {"name-%d" % i for i in range(MANY)}, len(names))

    # While it is made, the same worker answers others.
    slow = Peer(server.port("http"))
    slow.send(b"GET /many/ HTTP/1.1\r\nHost: h\r\n\r\n" * 4)
    longest, rounds, end = 0, 0, time.monotonic() + 4 * took
    slow.socket.setblocking(False)
    while time.monotonic() < end:
        try:
            while slow.socket.recv(1 << 20):
                pass
        except OSError as why:
            if why.errno != errno.EAGAIN:
                raise
        begin = time.monotonic()
        ask(peer, "/small.txt")
        longest = max(longest, time.monotonic() - begin)
        rounds += 1
    print("meanwhile %d answers, the slowest after %.3f s" % (rounds, longest))
    check("others are answered meanwhile", longest < 0.1, longest)
    slow.close()
    peer.close()


def fifo(check, peer, www):
    """Who waits for a reader of a FIFO must not be woken by a request for it."""
    path = os.path.join(www, "fifo")
    seen = []
    for _ in range(20):
        seen.append(ask(peer, "/fifo")[0])
        try:  # would succeed while the server has it open
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as why:
            seen.append(why.errno)
    check.equal("a FIFO is refused", set(seen), {403, errno.ENXIO})
    child = os.fork()
    if child == 0:
        os.open(path, os.O_WRONLY)  # waits until somebody reads
        os._exit(0)
    time.sleep(0.2)
    for _ in range(20):
        ask(peer, "/fifo")
    time.sleep(0.2)
    woken = os.waitpid(child, os.WNOHANG)[0] != 0
    check("who waits to write into it goes on waiting", not woken)
    if not woken:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        os.waitpid(child, 0)


def demo(check, server):
    peer = Peer(server.port("http"))
    peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<script>")
    status, fields, content = peer.response()
    check.equal("content comes back as octets, whatever type it had",
                (status, content, fields.get("content-type"), fields.get("x-content-type-options")),
                (200, b"<script>", "application/octet-stream", "nosniff"))
    status, fields, content = ask(peer, "/cookie", 'Cookie: a=b; c="d"; e=', "Cookie: f=g=h")
    check.equal("/cookie lists cookies", (status, content, fields.get("content-type")),
                (200, b'a=b\nc="d"\ne=\nf=g=h\n', "text/plain"))
    check.equal("/cookie without any", ask(peer, "/cookie")[::2], (200, b""))
    status, _, content = ask(peer, "/cookie", "Cookie: a=b c")
    check("a cookie that is malformed is refused with the rule",
          status == 400 and b"RFC 6265" in content, content)
    check.equal("no path is the root, and allows the same",
                [ask(peer, target, method="DELETE")[1].get("allow") for target in ("/", "http://localhost", "/a")],
                ["GET, HEAD, OPTIONS, POST"] * 2 + ["GET, HEAD, OPTIONS"])
    host = "h" * 1024
    peer.send(("GET /small.txt HTTP/1.1\r\nHost: %s\r\n\r\n" % host).encode())
    check.equal("a Host of 1024 octets", peer.response()[0], 200)
    peer.send(("GET /small.txt HTTP/1.1\r\nHost: %s\r\n\r\n" % (host + "h")).encode())
    status, _, content = peer.response()
    check("a Host of 1025 octets is too long", status == 431 and b"1024" in content, (status, content))
    peer.close()


def payload(check, weir, folder, www):
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https", "--demo", "--workers", "1",
                           "--payload-max", "1K"], folder, listeners=1)
    for size, wanted in ((1024, 200), (1025, 413)):
        peer = Peer(server.port("http"))
        peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
        check.equal("--payload-max 1K and %d octets" % size, peer.response()[0], wanted)
        peer.close()
    peer = Peer(server.port("http"))
    peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + b"200\r\n" + b"x" * 512 +
              b"\r\n201\r\n")
    check.equal("chunks that are more together", peer.response()[0], 413)
    peer.close()
    check.equal("stopped in order", server.stop(), 0)


def schemes(check, server, tls):
    """RFC 9110 §7.4: what is asked for by https is not answered where there is no TLS."""
    for scheme, context, wanted in (("http", None, {"http": 200, "HTTPS": 421, "ftp": 421}),
                                    ("https", tls, {"http": 200, "HTTPS": 200, "ftp": 421})):
        peer = Peer(server.port(scheme), context)
        check.equal("schemes of a target over " + scheme,
                    {name: ask(peer, name + "://localhost/small.txt")[0] for name in wanted}, wanted)
        peer.close()


def dates(check, peer, www):
    """RFC 9110 §8.8.2: none in the future; none of a second that is not over."""
    path = os.path.join(www, "fresh.txt")
    now = int(time.time())
    for ahead in (-10, 0, 3600):
        with open(path, "wb") as f:
            f.write(b"fresh")
        os.utime(path, (now + ahead, now + ahead))
        fields = ask(peer, "/fresh.txt")[1]
        date, told = (parsedate_to_datetime(fields[name]).timestamp() for name in ("date", "last-modified"))
        good = {-10: told == now - 10, 0: now - 3 < told < now, 3600: told == date}[ahead]
        check("a file of %+d s has the date that it may have" % ahead, good, (told - now, date - now))
        part = ask(peer, "/fresh.txt", "Range: bytes=0-1", "If-Range: " + fields["last-modified"])[0]
        check.equal("a file of %+d s is the same by its date, or may be another" % ahead, part,
                    206 if ahead == -10 else 200)
    check.equal("it is modified all the same",
                [ask(peer, "/fresh.txt", "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:40 GMT")[0],
                 ask(peer, "/fresh.txt", "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT")[0]], [412, 200])
    tags = []
    for content in (b"fresh", b"FRESH"):
        with open(path, "wb") as f:
            f.write(content)
        os.utime(path, (1e9, 1e9))
        tags.append(ask(peer, "/fresh.txt")[1]["etag"])
        time.sleep(0.02)
    check("another content has another tag, whatever its date", tags[0] != tags[1], tags)
    os.unlink(path)
    fields = ask(peer, "/small.txt")[1]
    again = ask(peer, "/small.txt", "If-None-Match: " + fields["etag"], method="HEAD")
    check.equal("304 has the entity tag and nothing that it makes unneeded",
                (again[0], again[1].get("etag"), again[1].get("last-modified")), (304, fields["etag"], None))


def unread(check, server):
    """Content that nobody wants: where it is too much to be read for nothing, the answer says close."""
    for size, wanted in ((65536, None), (65537, "close")):
        peer = Peer(server.port("http"))
        peer.send(b"GET /none HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size)
        status, fields, _ = peer.response()
        check.equal("404 to %d octets that nobody wants" % size, (status, fields.get("connection")), (404, wanted))
        peer.close()


def main(check, weir, folder):
    www, content = make_files(folder)
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--demo",
                           "--workers", "1"], folder)
    peer = Peer(server.port("http"))
    ranges(check, peer, "http", content)
    hidden(check, peer)
    fifo(check, peer, www)
    dates(check, peer, www)
    peer.close()
    tls = ssl.create_default_context(cafile=server.ca_file)
    peer = Peer(server.port("https"), tls)
    ranges(check, peer, "https", content)
    peer.close()
    schemes(check, server, tls)
    unread(check, server)
    pipelined(check, server.port("http"), content)
    given_up(check, server)
    listings(check, server)
    demo(check, server)
    check.equal("stopped in order", server.stop(), 0)
    check.equal("nothing on standard error", server.said(), "")
    payload(check, weir, folder, www)


run_checks(main)
