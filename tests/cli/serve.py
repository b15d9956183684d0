#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How weir serve starts, and how it says why not: serve.py WEIR"""
import os
import socket
import ssl
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from weirtest import Server, environment, has_ip6, have, run, run_checks, spawn  # noqa: E402

# arguments, texts in standard error
WRONG = [
    (["--htpt", "1"], ["--htpt", "--http?"]),
    (["--worker", "2"], ["--workers?"]),
    (["--http", "localhost:80"], ["localhost:80", "127.0.0.1:8080", "[::1]:8080"]),
    (["--http", "127.0.0.1:65536"], ["127.0.0.1:65536"]),
    (["--http=8080"], ["8080", "an address and a port"]),
    (["--https"], ["--https needs a value"]),
    (["--no-http", "--http", "127.0.0.1:0"], ["--http and --no-http"]),
    (["--no-https", "--https", "127.0.0.1:0"], ["--https and --no-https"]),
    (["--no-http", "--no-https"], ["nothing to serve"]),
    (["--cert", "a.pem"], ["--cert a.pem has no --key"]),
    (["--key", "a.pem"], ["--key a.pem has no --cert"]),
    (["--cert", "a.pem", "--cert", "b.pem", "--key", "b.pem"], ["--cert a.pem has no --key of its own"]),
    (["--cert", "a", "--key", "a", "--key", "b"], ["--key b has no --cert"]),
    (["--no-https", "--cert", "a", "--key", "a"], ["--no-https"]),
    (["--workers", "0"], ["--workers 0"]),
    (["--workers", "-1"], ["--workers -1"]),
    (["--workers", "two"], ["--workers two"]),
    (["--workers", "99999999999999999999"], ["from 1 to"]),
    (["--payload-max", "0"], ["--payload-max 0", "64M"]),
    (["--payload-max", "-1"], ["--payload-max -1"]),
    (["--payload-max", "1X"], ["--payload-max 1X"]),
    (["--payload-max", "1MM"], ["--payload-max 1MM"]),
    (["--payload-max", "9223372036854775808"], ["2^63-1"]),
    (["--payload-max", "8589934592G"], ["2^63-1"]),
    (["--record-secrets"], ["--record-secrets without --record"]),
    (["--record"], ["--record needs a value"]),
    (["a", "b"], ["one folder at a time"]),
]


def binds(check, weir, folder, www):
    env = environment(folder)

    def fails(name, arguments, *parts):
        status, out, err = run([weir, "serve", www] + arguments, env=env)
        check(name, status == 1 and not out and all(p in err.decode() for p in parts), (status, out, err))

    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen(1)
    port = taken.getsockname()[1]
    for scheme, other in (("http", "--no-https"), ("https", "--no-http")):
        fails("a port in use: step, address, reason, advice (%s)" % scheme,
              ["--%s" % scheme, "127.0.0.1:%d" % port, other], "bind", "127.0.0.1:%d" % port,
              "Address already in use", "stop the program that has it", "--%s ADDR:PORT" % scheme)
    taken.close()
    fails("an address of somebody else", ["--http", "192.0.2.1:0", "--no-https"], "bind", "192.0.2.1:0",
          "no such address", "--http ADDR:PORT")
    fails("a path in a folder that is not there", ["--http", "unix:%s/none/x" % folder, "--no-https"],
          "%s/none/x" % folder, "No such file", "make its folder first")
    plain = os.path.join(folder, "plain")
    with open(plain, "w") as f:
        f.write("precious")
    fails("a path that is no socket", ["--http", "unix:" + plain, "--no-https"], plain,
          "not a socket", "choose another path")
    with open(plain) as f:
        check.equal("is left alone", f.read(), "precious")
    first = os.path.join(folder, "first.sock")
    fails("a later listener fails", ["--http", "unix:" + first, "--https", "unix:" + plain], plain)
    check("what had been opened is taken back", not os.path.lexists(first))
    if os.geteuid() != 0:
        fails("a port below 1024", ["--http", "127.0.0.1:1", "--no-https"], "bind", "127.0.0.1:1",
              "Permission denied", "1024")
    else:
        check.skip("a port below 1024", "root may have it")
    if not has_ip6():
        check.skip("IPv6", "this system has none")


def folders(check, weir, folder):
    env = environment(folder)
    plain = os.path.join(folder, "file")
    with open(plain, "w"):
        pass
    for name, path, reason in (("a folder that is not there", os.path.join(folder, "none"), "No such file"),
                               ("a file as the folder", plain, "Not a directory")):
        status, out, err = run([weir, "serve", path, "--no-https", "--http", "127.0.0.1:0"], env=env)
        check(name, status == 1 and not out and path in err.decode() and reason in err.decode(), err)


def ready(check, weir, folder, www):
    server = Server(weir, [www, "--http", "127.0.0.1:0", "--http", "127.0.0.1:0", "--https=127.0.0.1:0"],
                    folder, listeners=3)
    check.equal("a line a listener", [x[0] for x in server.listeners], ["http", "http", "https"])
    check("with ports of their own", len({x[1] for x in server.listeners}) == 3)
    check("which listen already", all(socket.create_connection(("127.0.0.1", int(x[1].split(":")[1])))
                                      .close() is None for x in server.listeners))
    check.equal("stopped in order", server.stop(), 0)
    quiet = spawn([weir, "serve", www, "--quiet", "--no-https", "--http", "unix:q.sock"],
                  cwd=folder, env=environment(folder), stdout=subprocess.PIPE,
                  stderr=subprocess.PIPE)
    path = os.path.join(folder, "q.sock")
    for _ in range(500):
        if os.path.exists(path):
            break
        time.sleep(0.02)
    time.sleep(0.3)
    quiet.terminate()
    out, err = quiet.communicate(timeout=30)
    check.equal("--quiet prints nothing", (quiet.returncode, out, err), (0, b"", b""))


# ---- the development certificate ----

def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def start(weir, www, folder):
    return Server(weir, [www, "--no-http", "--https", "127.0.0.1:0", "--workers", "1"], folder, listeners=1)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def names_of(pem):
    """What openssl says of a certificate file."""
    return subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-text"], stdout=subprocess.PIPE,
                          check=True).stdout.decode()


def restart(weir, www, folder):
    """Starts and stops; (authority, leaf) as they are then, and the lines printed."""
    server = start(weir, www, folder)
    # A client that trusts the authority is served: the pair fits, the chain is good.
    context = ssl.create_default_context(cafile=server.ca_file)
    with socket.create_connection(("127.0.0.1", server.port("https")), 30) as raw:
        context.wrap_socket(raw, server_hostname="localhost").close()
    server.stop()
    state = os.path.join(folder, "state", "weir")
    return read(os.path.join(state, "ca.pem")), read(os.path.join(state, "localhost.pem")), server.lines


def issue_leaf(state, days, names):
    """A leaf like ours in its place, for so many days and these names."""
    key, request, cert, config = (os.path.join(state, "t." + x) for x in ("key", "csr", "crt", "cnf"))
    with open(config, "w") as f:
        f.write("subjectAltName=%s\nbasicConstraints=critical,CA:FALSE\n"
                "extendedKeyUsage=serverAuth\n" % names)
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=localhost"], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", os.path.join(state, "ca.pem"),
                    "-CAkey", os.path.join(state, "ca-key.pem"), "-days", str(days), "-extfile", config,
                    "-set_serial", "7", "-out", cert], check=True, stderr=subprocess.DEVNULL)
    leaf = os.path.join(state, "localhost.pem")
    with open(leaf, "wb") as f:
        f.write(read(cert) + read(key))
    for path in (key, request, cert, config):
        os.unlink(path)
    return read(leaf)


def certificate(check, weir, folder, www):
    state = os.path.join(folder, "state", "weir")
    ca, leaf, lines = restart(weir, www, folder)
    check.equal("one line says how to trust it", [x for x in lines if "--cacert" in x],
                ["weir: new development certificate; trust it with: curl --cacert %s/ca.pem" % state])
    check.equal("modes", [mode(state)] + [mode(os.path.join(state, f)) for f in
                                          ("ca.pem", "ca-key.pem", "localhost.pem")],
                [0o700, 0o644, 0o600, 0o600])
    check("no other file is left", sorted(os.listdir(state)) ==
          ["ca-key.pem", "ca.pem", "localhost.pem", "lock"], os.listdir(state))
    again = restart(weir, www, folder)
    check.equal("it is kept", again[:2], (ca, leaf))
    check("and not called new", "new" not in [x for x in again[2] if "--cacert" in x][0], again[2])

    # A key that others could read is no secret any more.
    os.chmod(os.path.join(state, "ca-key.pem"), 0o644)
    other = restart(weir, www, folder)
    check("an authority whose key was readable by others is given up", other[0] != ca and
          mode(os.path.join(state, "ca-key.pem")) == 0o600)
    ca, leaf, _ = other
    for name, damage in (("ca-key.pem", b"nonsense"), ("ca.pem", b""), ("localhost.pem", leaf[:300])):
        with open(os.path.join(state, name), "wb") as f:
            f.write(damage)
        made = restart(weir, www, folder)
        check("a damaged %s is made anew" % name, (made[0] != ca) == name.startswith("ca")
              and made[1] != leaf)
        ca, leaf, _ = made


def by_openssl(check, weir, folder, www):
    state = os.path.join(folder, "state", "weir")
    authority, leaf = os.path.join(state, "ca.pem"), os.path.join(state, "localhost.pem")
    restart(weir, www, folder)
    text = names_of(authority)
    for part in ("CA:TRUE, pathlen:0", "X509v3 Name Constraints: critical", "DNS:localhost",
                 "IP:127.0.0.1/255.255.255.255", "Certificate Sign", "prime256v1"):
        check("the authority: %s" % part, part in text, text)
    text = names_of(leaf)
    for part in ("DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1",
                 "TLS Web Server Authentication", "CA:FALSE"):
        check("the leaf: %s" % part, part in text, text)
    status, out, err = run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                            authority, leaf])
    check("openssl verifies it strictly", status == 0, (out, err))

    # What its key could sign for another name is not believed.
    good = subprocess.run(["openssl", "x509", "-in", leaf, "-noout", "-ext", "subjectAltName"],
                          stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[1]
    good = good.strip().replace("IP Address:", "IP:")
    issue_leaf(state, 80, "DNS:example.org")
    status, out, err = run(["openssl", "verify", "-CAfile", authority, leaf])
    check("a leaf for example.org is not believed", status != 0 and b"permitted subtree violation" in
          out + err, (out, err))
    ours = read(leaf)
    check("a leaf with other names is made anew", restart(weir, www, folder)[1] != ours)
    kept = issue_leaf(state, 40, good)
    check("a leaf with 40 days left is kept", restart(weir, www, folder)[1] == kept)
    old = issue_leaf(state, 20, good)
    ca, new, lines = restart(weir, www, folder)
    check("a leaf with 20 days left is made anew, the authority is not", new != old and
          "new" not in [x for x in lines if "--cacert" in x][0])


def together(check, weir, www, folder):
    """Several starts at once on an empty folder agree on one authority."""
    servers = []
    for _ in range(4):
        servers.append(spawn([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0",
                              "--workers", "1"], env=environment(folder),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    lines = [[s.stdout.readline(), s.stdout.readline()] for s in servers]
    for s in servers:
        s.terminate()
    ends = [s.wait(30) for s in servers]
    for s in servers:
        s.stdout.close()
        s.stderr.close()
    check("four starts at once: all of them serve", ends == [0] * 4 and
          all(b" serves " in line[1] for line in lines), (ends, lines))
    check.equal("and one of them made the authority", sum(b"new" in line[0] for line in lines), 1)


def no_state(check, weir, folder, www):
    env = environment(folder)
    blocked = os.path.join(folder, "blocked")
    with open(blocked, "w"):
        pass
    env["XDG_STATE_HOME"] = blocked
    status, out, err = run([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0"], env=env)
    check("no state folder: the way out is told", status == 1 and not out and blocked.encode() in err
          and b"--cert" in err and b"--no-https" in err, err)
    env["XDG_STATE_HOME"] = "relative"
    server = spawn([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0"], env=env,
                   stdout=subprocess.PIPE, cwd=folder)
    line = server.stdout.readline().decode()
    server.terminate()
    server.wait(30)
    server.stdout.close()
    check("a relative XDG_STATE_HOME is ignored, as its specification says",
          os.path.join(env["HOME"], ".local", "state", "weir", "ca.pem") in line, line)
    spaced = os.path.join(folder, "it's a folder")
    env["XDG_STATE_HOME"] = spaced
    server = spawn([weir, "serve", www, "--no-http", "--https", "127.0.0.1:0"], env=env,
                   stdout=subprocess.PIPE)
    line = server.stdout.readline().decode()
    server.terminate()
    server.wait(30)
    server.stdout.close()
    word = line.rstrip("\n").partition("--cacert ")[2]
    _, out, _ = run(["sh", "-c", "printf %s " + word])
    check.equal("a path with spaces is quoted for the shell", out.decode(),
                os.path.join(spaced, "weir", "ca.pem"))


def main(check, weir, folder):
    www = os.path.join(folder, "www")
    os.makedirs(www)
    for arguments, parts in WRONG:
        status, out, err = run([weir, "serve"] + arguments)
        check("wrong: weir serve " + " ".join(arguments),
              status == 64 and not out and all(p in err.decode() for p in parts), (status, out, err))
    folders(check, weir, folder)
    binds(check, weir, folder, www)
    ready(check, weir, folder, www)
    for name in ("one", "two", "three"):
        os.makedirs(os.path.join(folder, name))
    certificate(check, weir, os.path.join(folder, "one"), www)
    missing = have("openssl")
    if missing:
        check.skip("what openssl says of the certificates", "%s is not installed" % missing)
    else:
        by_openssl(check, weir, os.path.join(folder, "two"), www)
    together(check, weir, www, os.path.join(folder, "three"))
    no_state(check, weir, folder, www)


run_checks(main)
