#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir replay: recordings made by hand, and files that are none: replay.py WEIR"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from weirtest import run, run_checks  # noqa: E402

FACTS = (b"weir recording 1\nscheme http\nbegan 0\nallow %d\npayload-max 1000\nlisting yes\ndemo no\n"
         b"secrets kept\n\n")
HEAD = FACTS % 0
AT = len(HEAD)
GET = b"GET /hello.txt HTTP/1.1\r\nHost: h\r\n\r\n"


def read(octets, ms=0):
    return b"r %d 1700000000 %d\n%s\n" % (ms, len(octets), octets)


ASKED = HEAD + read(GET)

# name, the file, exit status, texts in the output in this order
TRACES = [
    ("no connection at all", HEAD, 0, ["http, ", ", secrets kept\n", "answer: 0 octets, as recorded\n"]),
    ("a request whose answer was not recorded", ASKED, 1,
     ["    0.000 s  read 36 octets from 0 on\n", "request 1 at 0: GET /hello.txt HTTP/1.1, payload: none\n",
      "  Host: h\n", "    0.000 s  write ", "> HTTP/1.1 200 OK\\r\\n\n", "> Date: Tue, 14 Nov 2023 22:13:20 GMT",
      "> hello\\n\n",
      "not as recorded: 0 octets then, the first 0 alike for certain (another --root, files that have changed?)\n"]),
    ("cut anywhere", HEAD + read(GET[:3]) + read(GET[3:20], 5) + read(GET[20:], 1234), 1,
     ["read 3 octets from 0 on", "0.005 s  read 17 octets from 3 on", "1.234 s  read 16 octets from 20 on",
      "request 1 at 0", "1.234 s  write"]),
    ("a client that falls silent", HEAD + read(GET[:9]) + b"c 15001 1700000015\n", 1,
     ["15.001 s  the server closed", "refused at 9: ERR_TIMEOUT", "> HTTP/1.1 408 Request Timeout"]),
    ("a client that ends", HEAD + read(GET[:9]) + b"e 7 1700000000\n", 1,
     ["the client has ended", "refused at 9: ERR_TRUNCATED", "> HTTP/1.1 400 "]),
    ("a client that is gone", ASKED + b"x 0 1700000000\nc 0 1700000000\n", 0,
     ["request 1", "the connection was gone", "answer: 0 octets, as recorded"]),
    ("a write that was blocked", ASKED + b"w 0 1700000000 0 cbf29ce484222325\n", 1,
     ["request 1", "0.000 s  write "]),
    ("what a client says does not reach the terminal", HEAD + read(b"GET /\x1b[2J HTTP/1.1\r\n\r\n"), 1,
     ["refused at 5: "]),
    ("a field of octets", HEAD + read(GET[:-2] + b"X: \x9b\xff\r\n\r\n"), 1, ["X: \\x9b\\xff\n"]),
    ("bare LF, as it was allowed", FACTS % 1 + read(GET.replace(b"\r", b"")), 1,
     ["leniencies 0x1", "request 1 at 0: GET", "> HTTP/1.1 200 OK"]),
    ("the same, strict", HEAD + read(GET.replace(b"\r", b"")), 1, ["refused at 23: ERR_LINE_END"]),
    ("a payload beyond the limit", HEAD + read(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), 1,
     ["> HTTP/1.1 413 "]),
    ("the stop", HEAD + read(GET[:9]) + b"d 0 1700000000\n" + read(GET[9:]), 1,
     ["the server was asked to stop", "> Connection: close"]),
    ("a clock that jumps by weeks", HEAD + read(GET) + b"c 4294967295 253402300799\n", 1, ["answer: "]),
]

# name, the file, what is said, at which octet
WRONG = [
    ("an empty file", b"", "not a recording", 0),
    ("another file", b"\x7fELF" + bytes(100), "not a recording", 0),
    ("another version", HEAD.replace(b"1", b"2", 1), "or of another version", 0),
    ("a head that is cut off", HEAD[:-1], "no empty line", AT - 1),
    ("an unknown leniency", FACTS % 16, "a number too large", HEAD.index(b"allow") + 6),
    ("an unknown line", HEAD + b"z 0 0\n", "no line begins like that", AT),
    ("a NUL", HEAD + b"\0", "no line begins like that", AT),
    ("a read without its octets", HEAD + b"r 0 0 10\nabc\n", "fewer octets", AT + 9),
    ("a read of nothing", HEAD + b"r 0 0 0\n\n", "a read of nothing", AT + 8),
    ("a read beyond all", HEAD + b"r 0 0 18446744073709551615\nabc\n", "a number too large", AT + 6),
    ("a read that goes on", HEAD + b"r 0 0 1\nabc\n", "no end of the line behind", AT + 9),
    ("a clock that goes back", HEAD + b"e 9 0\nc 8 0\n", "a clock that goes back", AT + 8),
    ("a clock beyond all", HEAD + b"e 4294967296 0\n", "a number too large", AT + 2),
    ("a negative number", HEAD + b"e -1 0\n", "no number", AT + 2),
    ("a sum that is none", HEAD + b"w 0 0 1 xyz\n", "16 hexadecimal digits", AT + 8),
    ("a last line that is cut off", HEAD + b"c 0", "no blank", AT + 3),
    ("lines behind the last one", HEAD + b"c 0 0\nc 0 0\n", "behind the last one", AT + 6),
    ("more than a recording can be", HEAD + 70000 * b"e 0 0\n" * 3, "longer than 1048576", None),
]

# arguments, exit status, text
USAGE = [
    ([], 64, "no FILE"),
    (["--rot", "x"], 64, "--root"),
    (["--root"], 64, "--root needs a value"),
    (["/none/x.weir"], 66, "cannot read /none/x.weir: No such file"),
    (["/"], 66, "cannot read /"),
]


def write(folder, octets):
    path = os.path.join(folder, "x.weir")
    with open(path, "wb") as f:
        f.write(octets)
    return path


def in_order(text, parts):
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def main(check, weir, folder):
    www = os.path.join(folder, "www")
    os.mkdir(www)
    with open(os.path.join(www, "hello.txt"), "w") as f:
        f.write("hello\n")
    command = [weir, "replay", "--root", www]
    for name, octets, wanted, parts in TRACES:
        status, out, err = run(command + [write(folder, octets)], timeout=60)
        check(name, status == wanted and not err and in_order(out.decode(), parts), (status, out.decode(), err))
        check(name + ": no control octets", all(c == 10 or 32 <= c < 127 for c in out))
    for name, octets, said, at in WRONG:
        path = write(folder, octets)
        status, out, err = run(command + [path], timeout=60)
        line = err.decode()
        check("refused: " + name, status == 1 and not out and line.startswith("weir replay: %s: refused: " % path)
              and said in line and (at is None or line.endswith(", at octet %d\n" % at)), (status, out, err))
    for arguments, wanted, said in USAGE:
        status, out, err = run([weir, "replay"] + arguments)
        check("weir replay " + " ".join(arguments), status == wanted and not out and said in err.decode(),
              (status, out, err))
    path = write(folder, ASKED)
    for root, why in (("/none", b"No such file or directory"), (path, b"Not a directory")):
        status, out, err = run([weir, "replay", "--root", root, path, path])
        check("a folder that is none is told once, before anything is shown", status == 66 and not out and
              err == b"weir replay: cannot read --root %s: %s\n" % (root.encode(), why), (status, out, err))
    other = os.path.join(folder, "other")
    with open(other, "w") as f:
        f.write("nothing")
    status, out, err = run(command + [other, "--quiet", path])
    check("the next file is replayed all the same, the worst status stays", status == 1 and b"refused" in err and
          out.startswith(path.encode()) and out.count(b"\n") == 2, (status, out, err))

    # Whatever a file holds, it is replayed or refused.
    dice = random.Random(1)
    whole = HEAD + read(GET) + b"w 0 1700000000 60 0123456789abcdef\n" + read(GET[:9], 3) + \
        b"d 4 1700000000\n" + read(GET[9:], 5) + b"e 6 1700000001\nc 7 1700000001\n"
    for n in range(150):
        octets = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(AT, len(octets))
            if dice.randrange(2):
                octets[at] = dice.choice(b"0123456789 \nrwetxdcf\0\xff")
            else:
                del octets[at:at + dice.randrange(1, 9)]
        status, out, err = run(command + ["--quiet", write(folder, bytes(octets))], timeout=60)
        if status not in (0, 1) or (b"refused" in err) == (b"answer: " in out):
            check("damaged file %d" % n, False, (status, out, err, bytes(octets)))
            break
    else:
        check("150 damaged files are replayed or refused", True)


run_checks(main)
