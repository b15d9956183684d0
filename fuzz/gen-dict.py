#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes http.dict: the names in core/include/weir/name.h, and words of the grammar.

  fuzz/gen-dict.py           writes the dictionary
  fuzz/gen-dict.py --check   fails when the one that is there is stale
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER = HERE.parent / "core" / "include" / "weir" / "name.h"
DICTIONARY = HERE / "http.dict"

# What the names alone do not give: versions, line ends, framing, things that have gone wrong.
WORDS = [
    "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 101 \r\n", "HTTP/1.1 204 \r\n", "HTTP/1.1 304 \r\n", "HTTP/1.1 100 \r\n",
    "\r\n", "\r\n\r\n", "\n", "\r", "\r\n ", "\r\n\t", "\0", "\x7f", "\x80", "\xff", " ", "\t",
    ": ", ":", ",", ";", "=", "\"", "\\", "%", "%2F", "%00", "%2e%2e", "/../", "*", "?", "#",
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "Host: h\r\n", "http://h/", "h:80", "[::1]:80", "u@h",
    "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: +5\r\n",
    "Content-Length: 5, 5\r\n", "9223372036854775807", "18446744073709551616",
    "Transfer-Encoding: chunked\r\n", "chunked", "xchunked", "gzip, chunked", "chunked, chunked",
    "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: Upgrade\r\n",
    "Upgrade: echo\r\n", "close", "keep-alive", "Expect: 100-continue\r\n",
    "0\r\n\r\n", "0\r\n", "1\r\na\r\n", "5\r\nhello\r\n", "5;a=b\r\n", "5 ;a=\"b\"\r\n", "00005",
    "7fffffffffffffff", "ffffffffffffffff", "10000000000000005", "T: bye\r\n",
]


def names(macro, text):
    body = re.search(r"#define %s\(X\)(.*?)\n\n" % macro, text, re.S)
    if body is None:
        sys.exit("%s: no list %s" % (HEADER, macro))
    return body.group(1)


def quoted(word):
    out = ""
    for octet in word.encode("latin-1"):
        if chr(octet) in "\"\\" or not 0x20 <= octet < 0x7f:
            out += "\\x%02x" % octet
        else:
            out += chr(octet)
    return '"%s"\n' % out


def dictionary():
    text = HEADER.read_text()
    methods = re.findall(r"X\((\w+)\)", names("WEIR_METHODS", text))
    fields = re.findall(r'X\(\w+, "([^"]+)"\)', names("WEIR_FIELDS", text))
    if not methods or not fields:
        sys.exit("%s: no names found" % HEADER)
    out = "# SPDX-License-Identifier: MIT\n# Made by fuzz/gen-dict.py: do not edit.\n"
    out += "\n# Methods\n" + "".join(quoted(m + " ") for m in methods)
    out += "\n# Field names\n" + "".join(quoted(f + ": ") for f in fields)
    out += "\n# Words of the grammar\n" + "".join(quoted(w) for w in WORDS)
    return out


def main():
    new = dictionary()
    if sys.argv[1:] == ["--check"]:
        if not DICTIONARY.exists() or DICTIONARY.read_text() != new:
            sys.exit("fuzz/http.dict is stale: run fuzz/gen-dict.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        DICTIONARY.write_text(new)


if __name__ == "__main__":
    main()
