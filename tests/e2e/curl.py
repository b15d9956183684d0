#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir serve as curl sees it, over HTTP and HTTPS: curl.py WEIR"""
import os
import socket

from weirtest import Server, has_ip6, have, run, run_checks, wait_until

CONTENT = b"hello from weir\n"


def make_files(folder):
    www = os.path.join(folder, "www")
    os.makedirs(os.path.join(www, "sub folder"))
    os.makedirs(os.path.join(www, "indexed"))
    for name, content in (("hello.txt", CONTENT), ("a & b <c>.txt", b"x"),
                          ("sub folder/deep.txt", b"deep"), ("indexed/index.html", b"<p>index</p>")):
        with open(os.path.join(www, name), "wb") as f:
            f.write(content)
    with open(os.path.join(folder, "outside.txt"), "wb") as f:
        f.write(b"outside")
    return www


def curl(server, *arguments):
    """(exit status, standard output)."""
    status, out, _ = run(["curl", "-sS", "--max-time", "60", "--noproxy", "*"] + list(arguments),
                         env=server.env)
    return status, out


def by_scheme(check, server, scheme, www):
    def say(text):
        return "%s: %s" % (scheme, text)

    trust = ["--cacert", server.ca_file] if scheme == "https" else []
    url = server.url(scheme, "/hello.txt")
    check.equal(say("a file"), curl(server, *trust, url), (0, CONTENT))

    status, out = curl(server, *trust, "-i", "--http1.0", url)
    check(say("HTTP/1.0 is answered"), status == 0 and out.startswith(b"HTTP/1.1 200 ")
          and out.endswith(b"\r\n\r\n" + CONTENT), out)
    check(say("HTTP/1.0 does not persist unasked"), b"\r\nconnection: close\r\n" in out.lower(), out)

    status, out = curl(server, *trust, "-I", url)
    lines = out.lower().split(b"\r\n")
    check(say("HEAD has the length and no content"),
          status == 0 and b"content-length: %d" % len(CONTENT) in lines and out.endswith(b"\r\n\r\n"), out)
    for name in (b"date", b"etag", b"last-modified"):
        check(say("HEAD has %s" % name.decode()), any(x.startswith(name + b": ") for x in lines), out)
    check(say("the media type"), any(x.startswith(b"content-type: text/plain") for x in lines), out)

    written = ["-o", "/dev/null", "-w", "%{num_connects} %{http_code}\n"]
    status, out = curl(server, *trust, *written, url, *written, url, *written, url)
    check.equal(say("one connection for three requests"), (status, out), (0, b"1 200\n0 200\n0 200\n"))
    # Nothing is said that would end the connection a thousand requests long.
    status, out = curl(server, *trust, *written, url + "?[1-1000]")
    lines = out.split(b"\n")[:-1]
    check(say("1,000 requests in sequence on one connection"),
          status == 0 and len(lines) == 1000 and lines[0] == b"1 200"
          and set(lines[1:]) == {b"0 200"}, sorted(set(lines)))

    status, out = curl(server, *trust, server.url(scheme, "/"))
    check(say("a listing names the files"), status == 0 and b"hello.txt" in out
          and b"a &amp; b &lt;c&gt;.txt" in out, out)
    check.equal(say("a listed name can be fetched"),
                curl(server, *trust, server.url(scheme, "/a%20&%20b%20%3Cc%3E.txt")), (0, b"x"))
    check.equal(say("an index"), curl(server, *trust, "-L", server.url(scheme, "/indexed")),
                (0, b"<p>index</p>"))
    check.equal(say("a folder below"),
                curl(server, *trust, server.url(scheme, "/sub%20folder/deep.txt")), (0, b"deep"))

    code = ["-o", "/dev/null", "-w", "%{http_code}"]
    check.equal(say("404"), curl(server, *trust, *code, server.url(scheme, "/none")), (0, b"404"))
    status, out = curl(server, *trust, *code, "--path-as-is", server.url(scheme, "/../outside.txt"))
    check(say("nothing above the folder"), status == 0 and out in (b"400", b"404"), out)
    status, out = curl(server, *trust, "-i", "-X", "DELETE", url)
    check(say("405 with Allow"), out.startswith(b"HTTP/1.1 405 ") and b"\r\nallow: get, head" in out.lower(),
          out)


def trusted(check, server):
    """The development certificate at every name that it is for, and without -k."""
    port = server.port("https")
    trust = ["--cacert", server.ca_file]
    check.equal("https://localhost with the development CA",
                curl(server, *trust, "https://localhost:%d/hello.txt" % port), (0, CONTENT))
    name = socket.gethostname().lower()
    check.equal("the host's own name with the development CA",
                curl(server, *trust, "--resolve", "%s:%d:127.0.0.1" % (name, port),
                     "https://%s:%d/hello.txt" % (name, port)), (0, CONTENT))
    status, _ = curl(server, "https://127.0.0.1:%d/hello.txt" % port)
    check.equal("without it curl refuses", status, 60)
    status, _ = curl(server, *trust, "--resolve", "example.org:%d:127.0.0.1" % port,
                     "https://example.org:%d/" % port)
    check.equal("for another name curl refuses", status, 60)
    if has_ip6():
        check.equal("https://[::1] with the development CA",
                    curl(server, *trust, server.url("https", "/hello.txt", 1)), (0, CONTENT))
        check.equal("http://[::1]", curl(server, server.url("http", "/hello.txt", 1)), (0, CONTENT))
    else:
        check.skip("[::1]", "this system has no IPv6")


def unix_socket(check, weir, folder, www):
    path = os.path.join(folder, "weir.sock")
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    server = Server(weir, [www, "--no-https", "--http", "unix:" + path], folder, listeners=1)
    check.equal("the ready line names the Unix-domain socket", server.listeners[0][2], "unix:" + path)
    check.equal("over a Unix-domain socket whose stale file was replaced",
                curl(server, "--unix-socket", path, "http://localhost/hello.txt"), (0, CONTENT))
    try:
        Server(weir, [www, "--no-https", "--http", "unix:" + path], folder, listeners=1)
        check("one that is in use is not taken away", False)
    except RuntimeError as why:
        check("one that is in use is not taken away", "Address already in use" in str(why), why)
    check.equal("still there", curl(server, "--unix-socket", path, "http://localhost/hello.txt"),
                (0, CONTENT))
    check.equal("stopped in order", server.stop(), 0)
    check("its own socket file is removed at the end", not os.path.lexists(path))


def options(check, weir, folder, www):
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--no-https", "--no-listing", "--workers", "1"],
                    folder, listeners=1)
    check("--no-https: no line for it", [s for s, _, _, _ in server.listeners] == ["http"])
    status, out = curl(server, "-o", "/dev/null", "-w", "%{http_code}", server.url("http"))
    check("--no-listing refuses a folder", status == 0 and out in (b"403", b"404"), out)
    check.equal("--workers 1 serves without a master", server.workers(), [server.process.pid])
    status, _ = curl(server, "-d", "x", "-f", server.url("http"))
    check.equal("POST / is off without --demo", status, 22)
    check.equal("stopped in order", server.stop(), 0)


def main(check, weir, folder):
    missing = have("curl")
    if missing:
        check.skip("all that curl does", "%s is not installed" % missing)
        return
    www = make_files(folder)
    places = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]
    if has_ip6():
        places += ["--http", "[::1]:0", "--https", "[::1]:0"]
    server = Server(weir, [www] + places, folder, listeners=len(places) // 2)
    check("port 0 became a real one", server.port("http") > 0 and server.port("https") > 0)
    cores = len(os.sched_getaffinity(0))
    wait_until(lambda: len(server.workers()) == cores)  # the listeners are ready before the last one
    check.equal("one worker a core", len(server.workers()), cores)
    check("each ready line names the folder", all(x[3] == www for x in server.listeners))
    for scheme in ("http", "https"):
        by_scheme(check, server, scheme, www)
    trusted(check, server)
    check.equal("stopped in order", server.stop(), 0)
    check.equal("nothing on standard error", server.said(), "")
    unix_socket(check, weir, folder, www)
    options(check, weir, folder, www)


run_checks(main)
