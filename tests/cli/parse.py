#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line of weir, and what weir parse makes of messages: parse.py WEIR"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from weirtest import run, run_checks  # noqa: E402

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"

# name, arguments, standard input, exit status, texts in the output (in this order)
TEXTS = [
    ("a request and its parts", [], b"POST http://h:81/a%20b/../c?x=1 HTTP/1.1\r\nHost: h:81\r\n"
     b"X-Unknown:  v \r\nContent-Length: 5\r\n\r\nworld", 0,
     ["request 1, from octet 0 on: accepted, 96 octets", "method      POST\n", "(absolute form)",
      "scheme      http\n", "host        h\n", "port        81\n", "path        /a%20b/../c\n",
      "decoded     /c\n", "query       x=1\n", "version     HTTP/1.1\n", "field       X-Unknown: v\n",
      "framing     length, 5 octets: ", "RFC 9112 §6.3", "connection  persists\n",
      "payload     5 octets: world\n", "follows     nothing\n"]),
    ("chunks and trailers", [], b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n", 0,
     ["framing     chunked: ", "payload     5 octets: abcde\n", "trailer     X-T: 1\n"]),
    ("pipelined requests", [], GET + GET + GET[:9], 2,
     ["request 1, from octet 0 on: accepted, 27 octets", "follows     36 octets of a next message",
      "request 2, from octet 27 on: accepted", "follows     9 octets of a next message",
      "request 3, from octet 54 on: incomplete", "missing     the rest of the head"]),
    ("what follows a last request", [], b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET", 0,
     ["connection  ends with this message", "follows     3 octets that are not read"]),
    ("what follows CONNECT", [], b"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n\x16\x03", 0,
     ["(authority form)", "host        h\n", "follows     2 octets of a tunnel, if the answer is 2xx"]),
    ("an expectation", [], b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n"
     b"\r\n", 2, ["expects     100 (Continue)", "missing     9 octets of payload"]),
    ("an incomplete payload", [], b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab", 2,
     ["incomplete", "payload     2 octets: ab\n", "missing     1 octet of payload"]),
    ("an incomplete chunk", [], b"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 2,
     ["missing     the rest of the chunked payload"]),
    ("what tolerant puts up with", ["--profile", "tolerant"], b"GET /?[a] HTTP/1.1\nHost: h\n\n", 0,
     ["accepted", "query       [a]\n", "leniency    bare-lf\n", "leniency    raw-query\n"]),
    ("a tolerant response", ["--profile", "tolerant"], b"HTTP/1.1 204\r\nA : b\r\n\r\n", 0,
     ["accepted", "field       A: b\n", "leniency    space-before-colon\n", "leniency    no-reason\n"]),
    ("the same, strict", ["--profile", "strict"], b"GET /?[a] HTTP/1.1\nHost: h\n\n", 1,
     ["refused", "ERR_LINE_END"]),
    ("the fields of a refusal", [], b"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 1,
     ["refused", "field       Host: h\n", "field       Host: i\n", "ERR_HOST_REPEATED"]),
    ("nothing at all", [], b"", 2, ["request 1, from octet 0 on: incomplete"]),
    ("a method of one's own", [], b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 0,
     ["method      BREW (none that weir knows by name)"]),
    ("a response, recognised", [], b"HTTP/1.1 404 Nope\r\nContent-Length: 0\r\n\r\n", 0,
     ["response 1, ", "status      404 (Not Found)", "reason      Nope"]),
    ("a response until the end", ["--response"], b"HTTP/1.0 200 OK\r\n\r\nall\xff\n", 0,
     ["framing     close: ", "payload     5 octets: all\\xff\\n\n"]),
    ("a response to HEAD", ["--method", "HEAD"], b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 0,
     ["framing     none: ", "payload     0 octets"]),
    ("the same as one to GET", [], b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 2,
     ["missing     9 octets"]),
    ("100, then the response", [], b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 0,
     ["response 1, ", "response 2, ", "status      204 (No Content)"]),
    ("2xx to CONNECT", ["--method=CONNECT"], b"HTTP/1.1 200 OK\r\n\r\n\x16", 0,
     ["framing     tunnel: ", "follows     1 octet of a tunnel\n"]),
    ("a response as a request", ["--request"], b"HTTP/1.1 200 OK\r\n\r\n", 1, ["request 1", "refused"]),
    ("a request as a response", ["--response"], GET, 1, ["response 1", "refused", "502 Bad Gateway"]),
    ("a space before the colon", [], b"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 1,
     ["refused", "rule        there is whitespace", "RFC 9112 §5.1, ERR_NAME_SPACE",
      "at          octet 20 (line 2, column 5)\n", "Host : h\\r\\n\n" + " " * 14 + "    ^\n",
      "answer      400 Bad Request"]),
    ("the second of two is refused", [], GET + b"GET / HTTP/3.0\r\n\r\n", 1,
     ["request 1, from octet 0 on: accepted", "request 2, from octet 27 on: refused", "(line 4, column ",
      "answer      505 HTTP Version Not Supported"]),
    ("no Host: the place is behind the head", [], b"GET / HTTP/1.1\r\n\r\n", 1,
     ["ERR_HOST_MISSING", "before      octet 18 "]),
    ("two lengths", [], b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"
     b"\r\n\r\n", 1, ["ERR_LENGTH_AND_CODING", "(line 3, "]),
    ("a chunk size that is none", [], b"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"0x5\r\n", 1, ["framing     chunked", "ERR_CHUNK_SIZE", "octet 56 (line 5, column 2)",
                     "0x5\\r\\n\n" + " " * 14 + " ^\n"]),
    ("a NUL", [], b"GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 1,
     ["X: a\\x00b\\r\\n\n" + " " * 14 + "    ^\n"]),
    ("a long line is cut around the place", [], b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 100 + b"\0" +
     b"b" * 100 + b"\r\n\r\n", 1, ["..." + "a" * 36 + "\\x00" + "b" * 35 + "...\n" + " " * (14 + 3 + 36) + "^"]),
]

# arguments, exit status, texts in standard error
WRONG = [
    ([], 64, ["usage: weir"]),
    (["prase"], 64, ["no such command: prase", "'parse'"]),
    (["server"], 64, ["'serve'"]),
    (["--verison"], 64, ["'--version'"]),
    (["help", "serv"], 64, ["'serve'"]),
    (["help", "parse", "serve"], 64, ["one command at a time: serve"]),
    (["parse", "--jsno"], 64, ["--jsno", "--json?"]),
    (["parse", "--respons=1"], 64, ["--response?"]),
    (["parse", "--xyzzy"], 64, ["no such option: --xyzzy", "weir parse --help"]),
    (["parse", "-json"], 64, ["--json?"]),
    (["parse", "--json=1"], 64, ["--json takes no value"]),
    (["parse", "--method"], 64, ["--method needs a value"]),
    (["parse", "--method="], 64, ["--method needs a value"]),
    (["parse", "--request", "--response"], 64, ["exclude each other"]),
    (["parse", "--request", "--method", "HEAD"], 64, ["--method is for responses"]),
    (["parse", "--batch", "--json"], 64, ["--batch stands alone"]),
    (["parse", "a", "b"], 64, ["one file at a time"]),
    (["parse", "/none/such"], 66, ["/none/such: No such file"]),
]


def texts(check, weir):
    for name, arguments, data, wanted, parts in TEXTS:
        status, out, err = run([weir, "parse"] + arguments, data=data)
        out, at, missing = out.decode(), 0, None
        for part in parts:
            at = out.find(part, at)
            if at < 0:
                missing = part
                break
        check("parse: " + name, status == wanted and missing is None and not err,
              "status %d, no %r in\n%s%s" % (status, missing, out, err.decode()))


def as_json(check, weir):
    data = (b"POST /a?b HTTP/1.1\r\nHost: h\r\nX: \"\\\t\xc3\xa9\xff\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\n\0\n\r\n0\r\nT: 1\r\n\r\n")
    status, out, _ = run([weir, "parse", "--json"], data=data + GET + b"GET /\r\n")
    objects = [json.loads(line) for line in out.decode("ascii" if out.isascii() else "utf-8").splitlines()]
    check.equal("json: one object a message", (status, [o["result"] for o in objects]),
                (1, ["accepted", "accepted", "refused"]))
    first, second, third = objects
    check.equal("json: octets come back exactly",
                first["fields"][1]["value"].encode("latin-1"), b"\"\\\t\xc3\xa9\xff")
    check.equal("json: payload", (first["payload_length"], first["payload_start"]), (2, "\0\n"))
    check.equal("json: trailers", first["trailers"], [{"name": "T", "value": "1"}])
    check.equal("json: parts", (first["path"], first["query"], first["form"], first["framing"]),
                ("/a", "b", "origin", "chunked"))
    check.equal("json: places", (second["from"], second["octets"], second["follows"]),
                (len(data), len(GET), 7))
    check.equal("json: a refusal", (third["error"], third["answer"], third["offset"] >= len(data + GET)),
                ("ERR_START_LINE", 400, True))
    # Every octet, in every place where it may or may not stand, gives valid JSON.
    bad = []
    for octet in range(256):
        for form in (b"G%cT /%c HTTP/1.1\r\nHost: h\r\n\r\n", b"GET / HTTP/1.1\r\nHost: h\r\nX%c: %c\r\n\r\n",
                     b"HTTP/1.1 200 %c%c\r\n\r\nx"):
            _, out, _ = run([weir, "parse", "--json"], data=form.replace(b"%c", bytes([octet])))
            try:
                json.loads(out.decode("utf-8").splitlines()[0])
            except (ValueError, IndexError) as why:
                bad.append((octet, why))
    check.equal("json: valid whatever the octets", bad, [])


def batch(check, weir):
    lines = (b"a request GET 0 0 " + GET.hex().encode() + b"\n"
             b"b request GET 0 1 " + GET.hex().encode() + b"\n"
             b"c response HEAD 1 0 -\n\n"
             b"d chunked GET 1 1 350d0a\n")
    status, out, err = run([weir, "parse", "--batch"], data=lines)
    lines = out.decode().splitlines()
    check.equal("batch: an answer a line", (status, [x.split()[0:2] for x in lines]),
                (0, [["a", "ok"], ["b", "ok"], ["c", "more"], ["d", "error"]]))
    check.equal("batch: whole and split alike", lines[0][2:], lines[1][2:])
    for wrong in (b"request GET 0 0 4", b"request GET eof 0 -", b"request GET 0 whole -", b"request GET 0 01 -",
                  b"request GET 2 0 -", b"request GET 0 0", b"request GET 0 0 - -", b"answer GET 0 0 -",
                  b"request GET 0 0 4g"):
        status, out, err = run([weir, "parse", "--batch"], data=b"a " + wrong + b"\nb chunked GET 0 0 -\n")
        check("batch: a line that is none: " + wrong.decode(),
              status == 64 and out == b"b more\n" and err.startswith(b"weir parse: line 1 is not: ID KIND"),
              (status, out, err))
    # The example of the man page.
    page = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "man", "weir.1")).read()
    vector, answer = page.split("echo '", 1)[1].split("' | weir parse \\-\\-batch\n", 1)
    check.equal("batch: the man page's example", run([weir, "parse", "--batch"], data=vector.encode() + b"\n"),
                (0, answer.split("\n")[0].encode() + b"\n", b""))


def keys(check, weir):
    """Every key of --json and --batch is in the man page."""
    page = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "man", "weir.1")).read()
    words = set(page.replace("\n", " ").replace(",", " ").replace('"', " ").split())
    seen = set()
    for data, arguments in ((b"POST http://h:1/a?b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 0\r\n\r\n", []),
                            (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", []), (b"GET / HTTP/1.1\r\n", []),
                            (b"GET / HTTP/1.1\r\nHost : h\r\n\r\n", []),
                            (b"GET / HTTP/1.1\nHost: h\n\n", ["--profile", "tolerant"])):
        _, out, _ = run([weir, "parse", "--json"] + arguments, data=data)
        seen.update(json.loads(out.splitlines()[0]))
        kind = b"response" if data.startswith(b"HTTP") else b"request"
        _, out, _ = run([weir, "parse", "--batch"], data=b"a %s GET 0 0 %s\n" % (kind, data.hex().encode()))
        seen.update(word.split("=")[0] for word in out.decode().split()[2:])
    _, out, _ = run([weir, "parse", "--batch"], data=b"a chunked GET 0 0 300d0a613a620d0a0d0a\n")
    seen.update(word.split("=")[0] for word in out.decode().split()[2:])
    check("keys: there are some", len(seen) > 40, sorted(seen))
    check.equal("keys: all are in the man page", sorted(seen - words), [])


def files(check, weir, folder):
    path = os.path.join(folder, "message")
    with open(path, "wb") as f:
        f.write(GET)
    for arguments, data in (([path], b""), (["-"], GET), (["--", "-"], GET), ([path, "--json"], b"")):
        status, out, _ = run([weir, "parse"] + arguments, data=data)
        check("parse %s" % " ".join(a.replace(folder, "") for a in arguments),
              status == 0 and b"accepted" in out, out)
    payload = b"x" * (3 << 20)
    data = b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(payload) + payload + GET
    status, out, _ = run([weir, "parse"], data=data)
    check("parse: a payload of 3 MiB, then another request",
          status == 0 and b"3145728 octets: xxx" in out and b"request 2, " in out, out[-500:])
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            import subprocess
            r = subprocess.run([weir, "--version"], stdout=full, stderr=subprocess.PIPE)
        check("a full disk is told", r.returncode == 74 and b"No space left" in r.stderr, r.stderr)


def help_texts(check, weir):
    for arguments in (["--help"], ["-h"], ["help"], ["help", "serve"], ["serve", "--help"],
                      ["help", "parse"], ["parse", "-h"]):
        status, out, err = run([weir] + arguments)
        check("weir " + " ".join(arguments), status == 0 and out.startswith(b"usage: weir") and not err,
              (out, err))
        check("its lines are at most 80 columns", all(len(x) <= 80 for x in out.decode().splitlines()),
              [x for x in out.decode().splitlines() if len(x) > 80])
    status, out, _ = run([weir, "--version"])
    check("weir --version", status == 0 and out.startswith(b"weir 0."), out)
    check.equal("help of a command, both ways", run([weir, "help", "serve"]), run([weir, "serve", "--help"]))


def main(check, weir, folder):
    help_texts(check, weir)
    for arguments, wanted, parts in WRONG:
        status, out, err = run([weir] + arguments)
        check("wrong: weir " + " ".join(arguments),
              status == wanted and not out and all(p in err.decode() for p in parts), (status, out, err))
    texts(check, weir)
    as_json(check, weir)
    batch(check, weir)
    keys(check, weir)
    files(check, weir, folder)


run_checks(main)
