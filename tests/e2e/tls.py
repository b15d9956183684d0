#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""weir serve and TLS: certificates by name, ALPN, what openssl says of it: tls.py WEIR"""
import os
import socket
import ssl
import subprocess

from weirtest import PATIENCE, Peer, Server, have, run, run_checks


def make_pair(folder, name):
    """A self-signed certificate for a name; its files."""
    cert, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + "-key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=" + name,
                    "-addext", "subjectAltName=DNS:" + name], check=True, stderr=subprocess.DEVNULL)
    return cert, key


def certificate_of(port, name):
    """The certificate that a client asking for `name` (None: for none) is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as raw:
        with context.wrap_socket(raw, server_hostname=name) as s:
            return s.getpeercert(binary_form=True)


def by_name(check, weir, folder, www):
    pairs = {name: make_pair(folder, name) for name in ("a.test", "b.test")}
    arguments = [www, "--no-http", "--https", "127.0.0.1:0"]
    for name in ("a.test", "b.test"):
        arguments += ["--cert", pairs[name][0], "--key", pairs[name][1]]
    server = Server(weir, arguments, folder, listeners=1)
    der = {}
    for name, (cert, _) in pairs.items():
        with open(cert) as f:
            der[name] = ssl.PEM_cert_to_DER_cert(f.read())
    for asked, shown in (("a.test", "a.test"), ("b.test", "b.test"), ("B.TEST", "b.test"),
                         ("other.test", "a.test"), (None, "a.test")):
        seen = certificate_of(server.port("https"), asked)
        names = [name for name in der if der[name] == seen]
        check.equal("asked for %s" % (asked or "no name"), names, [shown])
    check("no development certificate is made when there is one", server.ca_file is None
          and not os.path.exists(os.path.join(folder, "state", "weir")))
    check.equal("stopped in order", server.stop(), 0)

    wrong = ["--cert", pairs["a.test"][0], "--key", pairs["b.test"][1]]
    status, _, err = run([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0"] + wrong)
    check("a key of another certificate is refused", status == 1 and b"mismatch" in err
          and pairs["b.test"][1].encode() in err, err)
    status, _, err = run([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0",
                          "--cert", "/none.pem", "--key", pairs["a.test"][1]])
    check("a certificate that is not there is named", status == 1 and b"/none.pem" in err
          and b"No such file" in err, err)


def by_openssl(check, server):
    command = ["openssl", "s_client", "-connect", server.authority("https"), "-CAfile", server.ca_file,
               "-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error"]
    status, out, _ = run(command + ["-alpn", "http/1.1"], data=b"")
    check("openssl s_client verifies the chain", status == 0 and b"Verify return code: 0 (ok)" in out, out)
    check("ALPN agrees on http/1.1", b"ALPN protocol: http/1.1" in out, out)
    status, out, _ = run(command + ["-alpn", "h2,http/1.1"], data=b"")
    check("ALPN h2 or http/1.1 becomes http/1.1", b"ALPN protocol: http/1.1" in out, out)
    status, out, err = run(command + ["-alpn", "h2"], data=b"")
    check("ALPN h2 alone is refused", status != 0 and b"no application protocol" in out + err, err)
    for version, accepted in (("-tls1_2", True), ("-tls1_3", True), ("-tls1_1", False)):
        status, out, _ = run(command + [version], data=b"")
        check("%s is %s" % (version[1:], "spoken" if accepted else "refused"), (status == 0) == accepted)
    data = b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, out, _ = run(command + ["-quiet", "-ign_eof"], data=data)
    check("a request through s_client", status == 0 and out.endswith(b"\r\n\r\nhello\n"), out)


def by_python(check, server):
    context = ssl.create_default_context(cafile=server.ca_file)
    context.set_alpn_protocols(["http/1.1"])
    peer = Peer(server.port("https"), tls=context)
    octets = b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10
    peer.send(octets)
    seen = [peer.response()[0::2] for _ in range(10)]
    check.equal("10 pipelined requests in one record", seen, [(200, b"hello\n")] * 10)
    for i in range(len(octets)):
        peer.send(octets[i:i + 1])
    seen = [peer.response()[0::2] for _ in range(10)]
    check.equal("the same with a record for each octet", seen, [(200, b"hello\n")] * 10)
    peer.send(b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    peer.response()
    # recv() answers b"" for close_notify alone; an end without it raises SSLEOFError.
    check("the end is told by close_notify", peer.is_closed())
    peer.close()

    peer = Peer(server.port("https"))
    peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    status, _, content = peer.response()
    check("plain HTTP on the HTTPS port is told so, in plain", (status, b"HTTPS" in content) == (400, True),
          peer.octets)
    check("and that is all", peer.is_closed())
    peer.close()


def main(check, weir, folder):
    www = os.path.join(folder, "www")
    os.makedirs(www)
    with open(os.path.join(www, "hello.txt"), "w") as f:
        f.write("hello\n")
    missing = have("openssl")
    if missing:
        check.skip("certificates by name, s_client", "%s is not installed" % missing)
    else:
        by_name(check, weir, folder, www)
    server = Server(weir, [www, "--no-http", "--https", "127.0.0.1:0"], folder, listeners=1)
    by_python(check, server)
    if not missing:
        by_openssl(check, server)
    check.equal("stopped in order", server.stop(), 0)
    check.equal("nothing on standard error", server.said(), "")


run_checks(main)
