#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles and runs the examples in the documents: readme.py SOURCE CORE_LIBRARY CC [FLAGS...]

An example is a block after the comment "<!-- example: NAME -->"; what it prints stands after
"<!-- prints: NAME -->". README's serve.c is a server: it is run and asked.
"""
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

FENCE = re.compile(r"<!-- (example|prints): (\S+) -->\n```\w*\n(.*?)```\n", re.S)
source, library, compiler = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
flags = sys.argv[4:]
passed = failed = 0


def check(name, got, want):
    global passed, failed
    if got == want:
        passed += 1
        print(f"ok: {name}")
    else:
        failed += 1
        print(f"FAILED: {name}\n  got:  {got!r}\n  want: {want!r}")


def build(name, text, folder):
    """The program made of an example, or None."""
    path = folder / name
    path.write_text(text)
    command = [compiler, "-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow",
               "-Werror", f"-I{source}/core/include", *flags, str(path), library, "-o", str(path) + ".bin"]
    made = subprocess.run(command, capture_output=True, text=True)
    check(f"{name} compiles", made.stderr, "")
    return str(path) + ".bin" if made.returncode == 0 else None


def talk(port, octets, pieces=1):
    """What comes back until the server ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        step = max(1, -(-len(octets) // pieces))
        for i in range(0, len(octets), step):
            s.sendall(octets[i:i + step])
        s.shutdown(socket.SHUT_WR)
        got = b""
        while piece := s.recv(65536):
            got += piece
        return got


def dechunk(octets):
    """(payload, rest) of a chunked body."""
    payload = b""
    while True:
        line, octets = octets.split(b"\r\n", 1)
        n = int(line, 16)
        payload, octets = payload + octets[:n], octets[n + 2:]
        if n == 0:
            return payload, octets


def server(program):
    run = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    try:
        port = int(run.stdout.readline().rsplit(":", 1)[1].strip().rstrip("/"))
        host = b"Host: localhost\r\n"

        post = b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 5\r\n\r\nhello"
        for pieces in (1, len(post)):
            head, body = talk(port, post, pieces).split(b"\r\n\r\n", 1)
            check("serve.c answers", head.split(b"\r\n")[0], b"HTTP/1.1 200 OK")
            check("serve.c echoes", dechunk(body), (b"hello", b""))

        two = b"GET /a HTTP/1.1\r\n" + host + b"\r\n" + post
        check("serve.c pipelines", talk(port, two).count(b"HTTP/1.1 200 OK\r\n"), 2)

        big = bytes(range(256)) * 1000
        chunks = b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n"
        chunks += b"".join(b"%x\r\n%s\r\n" % (len(big), big) for _ in range(2)) + b"0\r\n\r\n"
        body = talk(port, chunks).split(b"\r\n\r\n", 1)[1]
        check("serve.c streams more than its buffers", dechunk(body)[0] == big * 2, True)

        expect = post.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
        check("serve.c says 100 first", talk(port, expect)[:24], b"HTTP/1.1 100 Continue\r\n\r")

        head = talk(port, b"HEAD / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
        check("serve.c answers HEAD without payload", head[-4:], b"\r\n\r\n")

        check("serve.c speaks HTTP/1.0", talk(port, b"GET / HTTP/1.0\r\n\r\n")[:15], b"HTTP/1.1 200 OK")
        check("serve.c refuses", talk(port, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n")[:12], b"HTTP/1.1 400")
        check("serve.c refuses CONNECT", talk(port, b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")[:12],
              b"HTTP/1.1 501")
        check("serve.c goes on after a cut", talk(port, post[:-2])[:15], b"HTTP/1.1 200 OK")
        check("serve.c still runs", run.poll(), None)
    finally:
        run.kill()
        run.wait()


def client_refuses(text, folder):
    """The client tells a response that breaks the rules, or ends early, from a whole one."""
    for name, end, said in (("bad_chunk.c", r"ZZ\r\nworld\n\r\n0\r\n\r\n", "a chunk size is not hexadecimal"),
                            ("cut_chunk.c", r"6\r\nwor", "ended inside a message"),
                            ("cut_end.c", r"6\r\nworld\n\r\n0\r\n", "ended inside a message")):
        program = build(name, text.replace(r"6\r\nworld\n\r\n0\r\n\r\n", end), folder)
        if program:
            run = subprocess.run([program], capture_output=True, text=True, timeout=60)
            check(f"{name} is refused", (run.returncode, said in run.stderr, "complete" in run.stdout),
                  (1, True, False))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for page in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
            blocks = FENCE.findall(page.read_text())
            prints = {name: text for kind, name, text in blocks if kind == "prints"}
            for kind, name, text in blocks:
                if kind != "example":
                    continue
                program = build(name, text, pathlib.Path(folder))
                if program and name in prints:
                    run = subprocess.run([program], capture_output=True, text=True, timeout=60)
                    check(f"{name} prints what {page.name} says", run.stdout, prints[name])
                    check(f"{name} succeeds", run.returncode, 0)
                    if name == "client.c":
                        client_refuses(text, pathlib.Path(folder))
                elif program and name == "serve.c":
                    server(program)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
