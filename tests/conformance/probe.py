#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Black-box HTTP/1.1 conformance prober.

Runs a table of cases (cases.json) over raw sockets against the server under
test and reports, per suite, how many of the MUST, SHOULD and MAY cases it
meets and how many "strict" points it earns.  Python 3.8+, standard library
only.  README.md describes the case format and the units.

    probe.py HOST PORT [options]
    probe.py --make-docroot DIR
"""
import argparse
import base64
import calendar
import concurrent.futures
import hashlib
import json
import os
import re
import select
import socket
import ssl
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = ("MUST", "SHOULD", "MAY")

# --------------------------------------------------------------------------
# document root
# --------------------------------------------------------------------------

DOC_MTIME = 1580608922                      # Sun, 02 Feb 2020 02:02:02 GMT
DOC_LASTMOD = "Sun, 02 Feb 2020 02:02:02 GMT"
OUTSIDE_MARK = b"OUTSIDE-THE-DOCUMENT-ROOT-7f3a"


def _pattern(n):
    out, i = bytearray(), 0
    while len(out) < n:
        out += hashlib.sha256(b"block %d" % i).digest()
        i += 1
    return bytes(out[:n])


DOC_FILES = {
    "index.html": b"<!doctype html>\n<title>index</title>\n<p>document root\n",
    "hello.txt": b"Hello, world!\n",
    "digits.txt": b"0123456789" * 100,
    "one.txt": b"one\n",
    "two.txt": b"two two\n",
    "three.txt": b"three three three\n",
    "empty.txt": b"",
    "data.json": b'{"a":1,"b":[2,3]}\n',
    "with space.txt": b"a name with a space\n",
    "percentA.txt": b"decoded once\n",
    "percent%41.txt": b"a literal percent sign\n",
    "caf\u00e9.txt": b"a name in UTF-8\n",
    "noext": b"no extension\n",
    "dir/index.html": b"<!doctype html>\n<title>dir</title>\n<p>directory index\n",
    "dir/file.txt": b"a file in a directory\n",
    "big.bin": _pattern(1 << 20),
}


def make_docroot(top):
    """DIR/www is the document root; DIR/outside.txt must never be served."""
    www = os.path.join(top, "www")
    os.makedirs(os.path.join(www, "dir"), exist_ok=True)
    for name, data in DOC_FILES.items():
        path = os.path.join(www, name)
        with open(path, "wb") as f:
            f.write(data)
        os.utime(path, (DOC_MTIME, DOC_MTIME))
    with open(os.path.join(top, "outside.txt"), "wb") as f:
        f.write(OUTSIDE_MARK + b"\n")
    for root, dirs, _ in os.walk(www, topdown=False):
        os.utime(root, (DOC_MTIME, DOC_MTIME))
    print("document root: %s" % www)


# --------------------------------------------------------------------------
# response parsing
# --------------------------------------------------------------------------

TCHAR = set(b"!#$%&'*+-.^_`|~0123456789"
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
STATUS_RE = re.compile(rb"HTTP/\d\.\d \d\d\d")


class Resp:
    """One response as received.  body is None until complete."""

    __slots__ = ("version", "status", "reason", "raw_head", "fields", "body",
                 "complete", "framing", "lint", "method", "wire_len")

    def __init__(self):
        self.fields = []
        self.body = b""
        self.complete = False
        self.framing = None
        self.lint = []
        self.method = "GET"

    def get(self, name):
        name = name.lower()
        vals = [v for n, v in self.fields if n.lower() == name]
        return ", ".join(vals) if vals else None

    def count(self, name):
        name = name.lower()
        return sum(1 for n, _ in self.fields if n.lower() == name)


class Stream:
    """Splits the bytes the server sent into responses.

    It is lenient, so that one flaw does not hide another, but notes in
    Resp.lint what the grammar forbids."""

    def __init__(self):
        self.buf = bytearray()       # not yet parsed
        self.raw = bytearray()       # everything in this step
        self.cur = None              # response whose body is arriving
        self.need = 0
        self.junk = bytearray()      # bytes that belong to no response

    def feed(self, data):
        self.buf += data
        self.raw += data

    def pump(self, method_for, eof):
        """Yield complete responses.  method_for() names the request method
        the next final response answers."""
        while True:
            if self.cur is None:
                if not self.buf:
                    return
                head = self._head()
                if head is None:
                    if eof and self.buf:
                        self.junk += self.buf
                        self.buf.clear()
                    return
                r = head
                r.method = method_for() if r.status >= 200 else "?"
                self._framing(r)
                self.cur = r
            r = self.cur
            if not self._body(r, eof):
                return
            self.cur = None
            yield r

    # -- head ---------------------------------------------------------------

    def _head(self):
        b = bytes(self.buf)
        # bytes that cannot begin a status line are junk up to the next one
        if not b"HTTP/".startswith(b[:5]):
            m = STATUS_RE.search(b)
            cut = m.start() if m else len(b)
            self.junk += b[:cut]
            del self.buf[:cut]
            b = bytes(self.buf)
            if not b:
                return None
        end = b.find(b"\r\n\r\n")
        alt = b.find(b"\n\n")
        if end < 0 and alt < 0:
            return None
        r = Resp()
        if end < 0 or (0 <= alt < end):
            head, used = b[:alt], alt + 2
            r.lint.append(("L-LINE-END", "a line ends in LF alone"))
        else:
            head, used = b[:end], end + 4
        lines = head.split(b"\r\n")
        if any(b"\n" in x or b"\r" in x for x in lines):
            if not r.lint:
                r.lint.append(("L-LINE-END", "a bare CR or LF in the head"))
            lines = [x.rstrip(b"\r") for x in head.split(b"\n")]
        m = re.match(rb"HTTP/(\d\.\d) (\d\d\d)(?: (.*))?$", lines[0], re.S)
        if not m:
            self.junk += b[:used]
            del self.buf[:used]
            return self._head() if self.buf else None
        r.version = m.group(1).decode()
        r.status = int(m.group(2))
        r.reason = (m.group(3) or b"").decode("latin-1")
        if m.group(3) is None:
            r.lint.append(("L-STATUS-LINE", "no space after the status code"))
        elif re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", m.group(3)):
            r.lint.append(("L-STATUS-LINE", "control character in the reason"))
        if not (100 <= r.status <= 599):
            r.lint.append(("L-STATUS-LINE", "status %d" % r.status))
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if line[:1] in b" \t" and line:
                r.lint.append(("L-FIELD-SYNTAX", "folded line"))
            elif not colon or not name or any(c not in TCHAR for c in name):
                r.lint.append(("L-FIELD-SYNTAX", "bad line %r" % line[:60]))
            elif re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value):
                r.lint.append(("L-FIELD-SYNTAX", "control in %r" % line[:60]))
            r.fields.append((name.decode("latin-1"),
                             value.strip(b" \t").decode("latin-1")))
        r.raw_head = b[:used]
        r.wire_len = used
        del self.buf[:used]
        return r

    def _framing(self, r):
        te, cl = r.get("transfer-encoding"), r.get("content-length")
        if r.status < 200 or r.status in (204, 304) or r.method == "HEAD":
            r.framing = "none"
        elif r.method == "CONNECT" and 200 <= r.status < 300:
            r.framing = "close"
        elif te is not None:
            last = te.split(",")[-1].strip().lower()
            r.framing = "chunked" if last == "chunked" else "close"
        elif cl is not None:
            parts = {x.strip() for x in cl.split(",")}
            if len(parts) == 1 and parts.copy().pop().isdigit():
                r.framing, self.need = "length", int(parts.pop())
            else:
                r.framing = "close"
        else:
            r.framing = "close"

    # -- body: True when complete --------------------------------------------

    def _body(self, r, eof):
        if r.framing == "none":
            r.complete = True
            return True
        if r.framing == "length":
            if len(self.buf) >= self.need:
                r.body = bytes(self.buf[:self.need])
                del self.buf[:self.need]
                r.complete = True
                return True
            if eof:
                r.body = bytes(self.buf)
                self.buf.clear()
                r.lint.append(("L-BODY-COMPLETE", "%d of %d octets before the "
                               "connection ended" % (len(r.body), self.need)))
                return True
            return False
        if r.framing == "close":
            if not eof:
                return False
            r.body = bytes(self.buf)
            self.buf.clear()
            r.complete = True
            return True
        got = parse_chunked(bytes(self.buf))
        if got is None:
            if not eof:
                return False
            r.body = bytes(self.buf)
            self.buf.clear()
            r.lint.append(("L-BODY-COMPLETE", "chunked body cut short"))
            return True
        body, used, problems = got
        r.body = body
        del self.buf[:used]
        r.lint += problems
        r.complete = True
        return True


def parse_chunked(b):
    """(body, octets used, lint), or None when more is needed."""
    out, pos, problems = bytearray(), 0, []
    while True:
        nl = b.find(b"\r\n", pos)
        if nl < 0:
            return None
        m = re.match(rb"([0-9A-Fa-f]+)((?:[ \t]*;.*)?)$", b[pos:nl], re.S)
        if not m:
            return bytes(out), len(b), [("L-CHUNK-SYNTAX",
                                         "chunk line %r" % b[pos:nl][:40])]
        size = int(m.group(1), 16)
        pos = nl + 2
        if size == 0:
            break
        if len(b) < pos + size + 2:
            return None
        out += b[pos:pos + size]
        pos += size
        if b[pos:pos + 2] != b"\r\n":
            return bytes(out), len(b), [("L-CHUNK-SYNTAX",
                                         "no CRLF after chunk data")]
        pos += 2
    while True:
        nl = b.find(b"\r\n", pos)
        if nl < 0:
            return None
        if nl == pos:
            return bytes(out), nl + 2, problems
        pos = nl + 2


# --------------------------------------------------------------------------
# dates
# --------------------------------------------------------------------------

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
IMF = re.compile(r"(%s), (\d\d) (%s) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$"
                 % ("|".join(DAYS), "|".join(MONTHS)))


def imf_seconds(s):
    """Seconds since 1970 of an IMF-fixdate, or None."""
    m = IMF.match(s or "")
    if not m:
        return None
    wd, d, mon, y, hh, mm, ss = m.groups()
    try:
        t = calendar.timegm((int(y), MONTHS.index(mon) + 1, int(d),
                             int(hh), int(mm), int(ss)))
    except ValueError:
        return None
    if int(hh) > 23 or int(mm) > 59 or int(ss) > 60:
        return None
    g = time.gmtime(t)
    if (g.tm_mday, DAYS[g.tm_wday]) != (int(d), wd):
        return None
    return t


def imf_format(t):
    g = time.gmtime(t)
    return "%s, %02d %s %04d %02d:%02d:%02d GMT" % (
        DAYS[g.tm_wday], g.tm_mday, MONTHS[g.tm_mon - 1], g.tm_year,
        g.tm_hour, g.tm_min, g.tm_sec)


# --------------------------------------------------------------------------
# templates
# --------------------------------------------------------------------------

TOKEN = re.compile(r"<<([^<>]+)>>")


def to_bytes(s):
    return s.encode("latin-1")


class Env:
    """Expands <<...>> in the strings of a case."""

    def __init__(self, opts, case):
        self.opts, self.vars, self.steps = opts, {}, []
        for name, text in case.get("vars", []):
            self.vars[name] = self.expand(text)

    def expand(self, text):
        return TOKEN.sub(lambda m: self._one(m.group(1)), text)

    def _one(self, key):
        o = self.opts
        if key in self.vars:
            return self.vars[key]
        if key == "host":
            return o.host_header
        if key in ("post", "echo", "cookie", "missing"):
            return getattr(o, key)
        if key == "lastmod":
            return DOC_LASTMOD
        if key.startswith("rep:"):                 # rep:N:text
            _, n, text = key.split(":", 2)
            return text * int(n)
        if key.startswith("seq:"):                 # seq:N:text with %d
            _, n, text = key.split(":", 2)
            return "".join(text.replace("%d", str(i)) for i in range(int(n)))
        if key.startswith("join:"):                # join:N:separator:text
            _, n, sep, text = key.split(":", 3)
            return sep.join(text.replace("%d", str(i)) for i in range(int(n)))
        if key[:2] == "x#":
            return "%x" % len(self.vars[key[2:]])
        if key[:1] == "#":
            return str(len(self.vars[key[1:]]))
        if key.startswith(("h:", "hs:", "hw:")):   # field of an earlier step
            kind, step, name = key.split(":", 2)
            st = self.steps[int(step)]
            v = st.finals[0].get(name) if st.finals else None
            if v is None:
                raise Missing("no %s in the response to step %s" % (name, step))
            if kind == "hw" and not v.startswith("W/"):
                v = "W/" + v
            if kind == "hs":
                v = v[2:] if v.startswith("W/") else v
                v = v.strip('"')
            return v
        raise KeyError("unknown token <<%s>>" % key)


class Missing(Exception):
    pass


# --------------------------------------------------------------------------
# one connection
# --------------------------------------------------------------------------

class Step:
    """What was seen while and after a step was sent."""

    def __init__(self):
        self.ran = False
        self.sent = b""
        self.finals, self.interims = [], []
        self.end = "unrun"       # open | closed | reset | timeout | unrun
        self.raw = b""
        self.junk = b""
        self.partial = None      # status of a response that never completed
        self.http10 = False


class Wire:
    def __init__(self, opts):
        self.o = opts
        s = socket.create_connection((opts.host, opts.port), opts.connect_timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if opts.tls:
            ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            ctx.check_hostname = False
            ctx.verify_mode = ssl.CERT_NONE
            ctx.set_alpn_protocols(["http/1.1"])
            s = ctx.wrap_socket(s, server_hostname=opts.sni)
        s.setblocking(False)
        self.s = s
        self.stream = Stream()
        self.end = "open"
        self.methods = []            # methods of requests not yet answered

    def close(self):
        try:
            self.s.close()
        except OSError:
            pass

    # returns b"" on nothing, None on end
    def _recv(self):
        try:
            d = self.s.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        except (ConnectionError, ssl.SSLError, OSError) as e:
            clean = isinstance(e, ssl.SSLEOFError) or isinstance(e, ssl.SSLZeroReturnError)
            self.end = "closed" if clean else "reset"
            return None
        if not d:
            self.end = "closed"
            return None
        return d

    def _wait(self, secs, write=False):
        if self.o.tls and self.s.pending():
            return True, False
        try:
            r, w, _ = select.select([self.s], [self.s] if write else [], [], max(0, secs))
        except (OSError, ValueError):
            return True, False
        return bool(r), bool(w)

    def read_some(self, secs):
        """Wait at most secs for bytes; True if the state changed."""
        if self.end not in ("open",):
            return False
        r, _ = self._wait(secs)
        if not r:
            return False
        d = self._recv()
        if d is None:
            return True
        if d:
            self.stream.feed(d)
            return True
        return False

    def send(self, data):
        """Send all, reading meanwhile so that an early answer is not lost."""
        view, deadline = memoryview(data), time.monotonic() + self.o.send_timeout
        while len(view) and self.end == "open":
            if time.monotonic() > deadline:
                return
            r, w = self._wait(0.5, write=True)
            if r:
                d = self._recv()
                if d:
                    self.stream.feed(d)
                elif d is None:
                    return
            if w:
                try:
                    n = self.s.send(view[:65536])
                    view = view[n:]
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
                except (ConnectionError, ssl.SSLError, OSError):
                    # collect what the server managed to say before it closed
                    t = time.monotonic() + 0.5
                    while self.end == "open" and time.monotonic() < t:
                        self.read_some(0.1)
                    if self.end == "open":
                        self.end = "reset"
                    return

    def half_close(self):
        try:
            self.s.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def next_method(self):
        return self.methods.pop(0) if self.methods else "GET"


def run_steps(opts, case, env):
    wire = Wire(opts)
    out = env.steps
    wants_close = case["_wants_close"]
    try:
        for i, st in enumerate(case["steps"]):
            ob = Step()
            out.append(ob)
            if wire.end != "open":
                continue
            ob.ran = True
            wire.stream.raw = bytearray()
            wire.stream.junk = bytearray()
            parts = []
            for item in st["send"]:
                parts.append(item if isinstance(item, dict)
                             else to_bytes(env.expand(item)))
            text = b"".join(p for p in parts if isinstance(p, bytes))
            ob.sent = text
            ob.http10 = bool(re.search(rb" HTTP/1\.0\r?\n", text))
            wire.methods += st.get("methods") or guess_methods(text, st)
            for p in parts:
                if wire.end != "open":
                    break
                if isinstance(p, bytes):
                    if st.get("dribble"):
                        for k in range(len(p)):
                            wire.send(p[k:k + 1])
                            if st["dribble"] > 0:
                                wire.read_some(st["dribble"])
                    else:
                        wire.send(p)
                elif "pause" in p:
                    t = time.monotonic() + p["pause"]
                    while time.monotonic() < t and wire.end == "open":
                        wire.read_some(t - time.monotonic())
                elif "eof" in p:
                    wire.half_close()
            collect(opts, wire, ob, st, i in wants_close)
        if out and out[-1].ran and out[-1].end == "open" and len(out) - 1 in wants_close:
            linger_test(opts, wire, out[-1], env)
    finally:
        wire.close()
    return out


def linger_test(opts, wire, ob, env):
    """Some servers close in two stages and keep the connection for a while
    only to drain it.  If a further request is swallowed and the connection
    then ends, that is a close."""
    before = len(wire.stream.raw)
    wire.send(to_bytes(env.expand("GET / HTTP/1.1\r\nHost: <<host>>\r\n\r\n")))
    t = time.monotonic() + 1.0
    while wire.end == "open" and time.monotonic() < t and len(wire.stream.raw) == before:
        wire.read_some(0.25)
    if len(wire.stream.raw) == before:
        said = ob.finals and "close" in (ob.finals[-1].get("connection") or "").lower()
        if wire.end != "open" or said:
            ob.end = "closed"
    del wire.stream.raw[before:]


def guess_methods(text, st):
    """HEAD matters for framing: look at each line that is a request line."""
    m = re.findall(rb"(?:^|\r\n|\n)([A-Za-z]+) [^\r\n]* HTTP/1\.[01]\r?\n", text)
    return [x.decode() for x in m] or ["GET"]


def collect(opts, wire, ob, st, wants_close):
    want = st.get("expect", 1)
    start = time.monotonic()
    limit = start + st.get("wait", opts.timeout)
    quiet = st.get("quiet", opts.quiet)
    done_at = None
    while True:
        progressed = False
        for r in wire.stream.pump(wire.next_method, wire.end != "open"):
            (ob.finals if r.status >= 200 else ob.interims).append(r)
            progressed = True
        if wire.end != "open":
            break
        now = time.monotonic()
        busy = wire.stream.cur is not None
        hold = busy and wire.stream.cur.framing == "close"
        stop_interim = st.get("until") == "interim" and ob.interims
        if (len(ob.finals) >= want or stop_interim) and (not busy):
            if done_at is None or progressed:
                done_at = now
            window = opts.close_wait if wants_close else quiet
            if now - done_at >= window:
                ob.end = "open"
                break
            wire.read_some(min(0.05, window))
            continue
        done_at = None
        if now >= limit + (opts.close_wait if hold else 0):
            ob.end = "timeout"
            break
        wire.read_some(min(0.25, limit - now if limit > now else 0.05))
    if wire.end != "open":
        ob.end = wire.end
        for r in wire.stream.pump(wire.next_method, True):
            (ob.finals if r.status >= 200 else ob.interims).append(r)
    if wire.stream.cur is not None:
        ob.partial = wire.stream.cur.status
        if wire.end != "open" or ob.end == "timeout":
            wire.stream.cur.body = bytes(wire.stream.buf)
    ob.raw = bytes(wire.stream.raw)
    ob.junk = bytes(wire.stream.junk)
    if ob.end == "timeout" and wire.stream.cur is None:
        ob.junk += bytes(wire.stream.buf)


# --------------------------------------------------------------------------
# conditions
# --------------------------------------------------------------------------

def status_in(code, wanted):
    for w in wanted:
        if isinstance(w, int):
            if code == w:
                return True
        elif w[1:] == "xx" and code // 100 == int(w[0]):
            return True
        elif w[0] == "!" and code != int(w[1:]):
            return True
    return False


def same_end(end, wanted):
    return any(end == w or (w == "closed" and end == "reset") for w in wanted)


def holds(cond, obs, env):
    """(True, "") or (False, reason)."""
    i = cond.get("step", 0)
    if i >= len(obs):
        return False, "step %d missing" % i
    ob = obs[i]
    if "ran" in cond and ob.ran != cond["ran"]:
        return False, "step %d %s" % (i, "ran" if ob.ran else "did not run")
    if not ob.ran and set(cond) - {"step", "ran"}:
        return False, "step %d did not run" % i
    if cond.get("none"):
        if ob.finals or ob.interims or ob.partial is not None or ob.raw:
            return False, "there was an answer"
    if "end" in cond and not same_end(ob.end, cond["end"]):
        return False, "connection %s" % ob.end
    if "n" in cond:
        lo, hi = cond["n"]
        if not lo <= len(ob.finals) <= hi:
            return False, "%d final responses" % len(ob.finals)
    if "lines" in cond:                      # status lines anywhere in the raw bytes
        lo, hi = cond["lines"]
        k = len(STATUS_RE.findall(ob.raw))
        if not lo <= k <= hi:
            return False, "%d status lines" % k
    if "first" in cond:                      # first status, interim or not
        m = STATUS_RE.search(ob.raw)
        code = int(ob.raw[m.end() - 3:m.end()]) if m else None
        if code is None or not status_in(code, cond["first"]):
            return False, "first status %s" % code
    if "statuses" in cond:
        got = [r.status for r in ob.finals]
        if len(got) != len(cond["statuses"]) or not all(
                status_in(g, w) for g, w in zip(got, cond["statuses"])):
            return False, "statuses %s" % got
    if "interim" in cond:
        got = [r.status for r in ob.interims]
        if got != cond["interim"]:
            return False, "interim responses %s" % got
    if cond.get("junk") is False and ob.junk:
        return False, "%d octets that belong to no response" % len(ob.junk)
    need_r = set(cond) & {"status", "hdr", "body", "body_in", "body_has",
                          "body_not", "file", "multipart", "version", "check",
                          "body_max"}
    if not need_r:
        return True, ""
    k = cond.get("r", 0)
    if k >= len(ob.finals):
        if "status" in need_r and len(need_r) == 1 and ob.partial and k == 0 \
                and not ob.finals and status_in(ob.partial, cond["status"]):
            return True, ""
        return False, "no final response %d" % k
    r = ob.finals[k]
    if "status" in cond and not status_in(r.status, cond["status"]):
        return False, "status %d" % r.status
    if "version" in cond and r.version != cond["version"]:
        return False, "version %s" % r.version
    for name, want in cond.get("hdr", {}).items():
        v = r.get(name)
        if want is None:
            if v is not None:
                return False, "%s: %s" % (name, v)
        elif v is None:
            return False, "no %s" % name
        elif not re.search(env.expand(want), v, re.I):
            return False, "%s: %s" % (name, v)
    body = r.body
    if "body" in cond and body != to_bytes(env.expand(cond["body"])):
        return False, "body %r" % body[:60]
    if "body_in" in cond:
        b = body.rstrip(b"\r\n")
        if b not in [to_bytes(env.expand(x)) for x in cond["body_in"]]:
            return False, "body %r" % body[:60]
    for x in cond.get("body_has", []):
        if to_bytes(env.expand(x)).lower() not in body.lower():
            return False, "body lacks %r" % x
    for x in cond.get("body_not", []):
        if to_bytes(env.expand(x)).lower() in body.lower():
            return False, "body has %r" % x
    if "body_max" in cond and len(body) > cond["body_max"]:
        return False, "body of %d octets" % len(body)
    if "file" in cond:
        f = cond["file"]
        data = DOC_FILES[f["name"]]
        want = data[f.get("from", 0):f["to"] + 1 if "to" in f else None]
        if body != want:
            return False, "body is not %s (%d octets, wanted %d)" % (
                f, len(body), len(want))
    if "multipart" in cond:
        ok, why = check_multipart(r, cond["multipart"])
        if not ok:
            return False, why
    for name in cond.get("check", []):
        ok, why = CHECKS[name](r, obs, cond)
        if not ok:
            return False, why
    return True, ""


def check_multipart(r, spec):
    data = DOC_FILES[spec["name"]]
    ct = r.get("content-type") or ""
    m = re.match(r'multipart/byteranges\s*;\s*boundary="?([^";]+)"?', ct, re.I)
    if not m:
        return False, "Content-Type: %s" % ct
    if r.get("content-range"):
        return False, "Content-Range at the top of a multipart response"
    marker = b"--" + m.group(1).encode("latin-1")
    parts = (b"\r\n" + r.body).split(b"\r\n" + marker)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        return False, "no closing boundary"
    got = []
    for p in parts[1:-1]:
        head, sep, body = p.lstrip(b" \t").partition(b"\r\n\r\n")
        m = re.search(rb"content-range: *bytes (\d+)-(\d+)/(\d+|\*)", head, re.I)
        if not sep or not m:
            return False, "a part without Content-Range"
        a, b = int(m.group(1)), int(m.group(2))
        if body != data[a:b + 1]:
            return False, "part %d-%d has the wrong octets" % (a, b)
        got.append([a, b])
    if spec.get("ranges") and got != spec["ranges"]:
        return False, "parts %s" % got
    if spec.get("cover"):
        want = set()
        for a, b in spec["cover"]:
            want |= set(range(a, b + 1))
        have = set()
        for a, b in got:
            have |= set(range(a, b + 1))
        if not want <= have:
            return False, "parts %s do not cover the request" % got
    return True, ""


def _chk_date(r, obs, cond):
    t = imf_seconds(r.get("date"))
    if t is None:
        return False, "Date: %s" % r.get("date")
    if abs(t - time.time()) > 120:
        return False, "Date is %d s off" % (t - time.time())
    return True, ""


def _chk_lastmod(r, obs, cond):
    t = imf_seconds(r.get("last-modified"))
    return (t is not None, "Last-Modified: %s" % r.get("last-modified"))


def _chk_etag(r, obs, cond):
    v = r.get("etag") or ""
    return (re.match(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"$', v) is not None,
            "ETag: %s" % v)


def _chk_head_like_get(r, obs, cond):
    """This response (to HEAD) against response 0 of the step before."""
    g = obs[cond.get("step", 0) - 1].finals
    if not g:
        return False, "no GET response"
    g = g[0]
    if r.status != g.status:
        return False, "HEAD %d, GET %d" % (r.status, g.status)
    for name in ("content-type", "etag", "last-modified", "accept-ranges"):
        if r.get(name) != g.get(name):
            return False, "%s: HEAD %r, GET %r" % (name, r.get(name), g.get(name))
    return True, ""


def _chk_head_length(r, obs, cond):
    g = obs[cond.get("step", 0) - 1].finals
    if not g:
        return False, "no GET response"
    cl = r.get("content-length")
    if cl is not None and cl != str(len(g[0].body)):
        return False, "Content-Length %s for HEAD, %d octets for GET" % (
            cl, len(g[0].body))
    return True, ""


def _chk_304_fields(r, obs, cond):
    g = obs[cond.get("step", 0) - 1].finals
    if not g:
        return False, "no 200 response"
    for name in ("content-location", "etag", "vary", "cache-control", "expires"):
        if g[0].get(name) is not None and r.get(name) is None:
            return False, "200 has %s, 304 has none" % name
    if r.get("date") is None:
        return False, "304 has no Date"
    return True, ""


def _chk_range_length(r, obs, cond):
    m = re.match(r"bytes (\d+)-(\d+)/(\d+|\*)$", r.get("content-range") or "")
    if not m:
        return False, "Content-Range: %s" % r.get("content-range")
    if int(m.group(2)) - int(m.group(1)) + 1 != len(r.body):
        return False, "%s with %d octets" % (r.get("content-range"), len(r.body))
    return True, ""


CHECKS = {"date": _chk_date, "lastmod": _chk_lastmod, "etag": _chk_etag,
          "head-like-get": _chk_head_like_get, "head-length": _chk_head_length,
          "304-fields": _chk_304_fields, "range-length": _chk_range_length}


def any_holds(alts, obs, env):
    """alts: a list of alternatives, each a list of conditions that all hold."""
    why = []
    for alt in alts:
        for cond in alt:
            try:
                ok, w = holds(cond, obs, env)
            except Missing as e:
                ok, w = False, str(e)
            if not ok:
                why.append(w)
                break
        else:
            return True, ""
    return False, "; ".join(dict.fromkeys(w for w in why if w))


# --------------------------------------------------------------------------
# lint: rules every response must meet, whatever was asked
# --------------------------------------------------------------------------

LINT = {
    "L-STATUS-LINE": ("MUST", "9112 4", "the status line follows the grammar, with the space after the code"),
    "L-FIELD-SYNTAX": ("MUST", "9112 5", "every field line follows the grammar"),
    "L-LINE-END": ("MUST", "9112 2.2", "lines end in CRLF, no bare CR"),
    "L-CL-ONE": ("MUST", "9110 8.6", "at most one Content-Length, decimal digits only"),
    "L-CL-AND-TE": ("MUST", "9112 6.2", "no Content-Length beside Transfer-Encoding"),
    "L-NO-CL-1XX-204": ("MUST", "9110 8.6", "no Content-Length in 1xx and 204"),
    "L-NO-TE-1XX-204": ("MUST", "9112 6.1", "no Transfer-Encoding in 1xx and 204"),
    "L-NO-TE-TO-10": ("MUST", "9112 6.1", "no Transfer-Encoding to an HTTP/1.0 client"),
    "L-NO-1XX-TO-10": ("MUST", "9110 15.2", "no 1xx to an HTTP/1.0 client"),
    "L-DATE": ("MUST", "9110 6.6.1", "2xx, 3xx and 4xx carry one valid Date"),
    "L-ALLOW-405": ("MUST", "9110 15.5.6", "405 carries Allow"),
    "L-206-RANGE": ("MUST", "9110 15.3.7", "206 carries Content-Range or multipart/byteranges"),
    "L-206-LENGTH": ("MUST", "9110 14.4", "Content-Range and the octets sent agree"),
    "L-BODY-COMPLETE": ("MUST", "9112 6.3", "the body is as long as announced"),
    "L-CHUNK-SYNTAX": ("MUST", "9112 7.1", "chunked bodies follow the grammar"),
    "L-NO-BODY": ("MUST", "9112 6.3", "nothing follows the head of an answer to HEAD, of 204 and of 304"),
    "L-CLOSE-CLOSES": ("MUST", "9112 9.6", "after sending Connection: close the server closes"),
    "L-ETAG": ("MUST", "9110 8.8.3", "ETag is a valid entity-tag"),
    "L-LASTMOD": ("MUST", "9110 8.8.2", "Last-Modified is a valid date, not later than Date"),
    "L-CTYPE": ("MUST", "9110 8.3", "a Content-Type is a media type"),
    "L-CLOSE-SAID": ("SHOULD", "9112 9.6", "a server that closes says Connection: close"),
    "L-416-RANGE": ("SHOULD", "9110 14.4", "416 carries Content-Range: bytes */length"),
}


def lint(case, obs, note):
    for i, ob in enumerate(obs):
        if not ob.ran:
            continue
        for r in ob.finals + ob.interims:
            for rule, why in r.lint:
                if rule == "L-BODY-COMPLETE" and ob.end == "reset":
                    continue                  # our own doing, most likely
                note(rule, why)
            cls = [v for n, v in r.fields if n.lower() == "content-length"]
            te = r.get("transfer-encoding")
            if len(cls) > 1 or any(not re.match(r"\d+$", v) for v in cls):
                note("L-CL-ONE", "Content-Length: %s" % cls)
            if cls and te:
                note("L-CL-AND-TE", "both present in a %d" % r.status)
            if r.status < 200 or r.status == 204:
                if cls:
                    note("L-NO-CL-1XX-204", "in a %d" % r.status)
                if te:
                    note("L-NO-TE-1XX-204", "in a %d" % r.status)
            if te and ob.http10:
                note("L-NO-TE-TO-10", "in a %d" % r.status)
            if r.status < 200:
                if ob.http10:
                    note("L-NO-1XX-TO-10", "%d" % r.status)
                continue
            if 200 <= r.status < 500:
                if r.count("date") != 1 or imf_seconds(r.get("date")) is None:
                    note("L-DATE", "%d with Date: %s" % (r.status, r.get("date")))
            if r.status == 405 and r.get("allow") is None:
                note("L-ALLOW-405", "no Allow")
            if r.status == 206:
                cr = r.get("content-range")
                if cr is None and not (r.get("content-type") or "").lower().startswith("multipart/byteranges"):
                    note("L-206-RANGE", "neither present")
                m = re.match(r"bytes (\d+)-(\d+)/(\d+|\*)$", cr or "")
                if m and r.method == "GET" and int(m.group(2)) - int(m.group(1)) + 1 != len(r.body):
                    note("L-206-LENGTH", "%s with %d octets" % (cr, len(r.body)))
                if cr is not None and not m:
                    note("L-206-LENGTH", "Content-Range: %s" % cr)
            if r.status == 416 and "range:" in ob.sent.decode("latin-1").lower():
                if not re.match(r"bytes \*/\d+$", r.get("content-range") or ""):
                    note("L-416-RANGE", "Content-Range: %s" % r.get("content-range"))
            if r.get("etag") is not None and not _chk_etag(r, obs, {})[0]:
                note("L-ETAG", "ETag: %s" % r.get("etag"))
            if r.get("last-modified") is not None:
                t, d = imf_seconds(r.get("last-modified")), imf_seconds(r.get("date"))
                if t is None or (d is not None and t > d):
                    note("L-LASTMOD", "Last-Modified: %s" % r.get("last-modified"))
            if r.get("content-type") is not None and not re.match(
                    r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*(;|$)", r.get("content-type")):
                note("L-CTYPE", "Content-Type: %s" % r.get("content-type"))
        if not ob.finals:
            continue
        last = ob.finals[-1]
        says_close = "close" in [t.strip().lower() for t in (last.get("connection") or "").split(",")]
        after = obs[i + 1] if i + 1 < len(obs) else None
        if says_close and ob.end == "open" and case["_waited_close"](i) \
                and not (after and after.ran and not after.raw):
            note("L-CLOSE-CLOSES", "still open after Connection: close")
        if ob.end == "closed" and not says_close and last.version == "1.1" \
                and not ob.http10 and not case.get("_eof") \
                and len(ob.finals) >= case["steps"][i].get("expect", 1):
            note("L-CLOSE-SAID", "closed after a %d without Connection: close" % last.status)
        if (last.method == "HEAD" or last.status in (204, 304)) and ob.junk:
            note("L-NO-BODY", "%d octets after the head" % len(ob.junk))


# --------------------------------------------------------------------------
# features of the server
# --------------------------------------------------------------------------

FEATURES = ("static", "missing", "post", "echo-body", "echo-head", "cookie", "etag",
            "lastmod", "ranges", "persist")


def probe_once(opts, text, n=1):
    case = {"steps": [{"send": [text], "expect": n}], "_wants_close": set()}
    env = Env(opts, case)
    try:
        obs = run_steps(opts, case, env)
    except OSError as e:
        raise SystemExit("cannot reach %s port %d: %s" % (opts.host, opts.port, e))
    return obs[0]


def detect(opts):
    have = set()
    h = "Host: <<host>>\r\n"

    def first(ob):
        return ob.finals[0] if ob.finals else None

    ob = probe_once(opts, "GET /digits.txt HTTP/1.1\r\n" + h + "\r\n")
    r = first(ob)
    if r and r.status == 200 and r.body == DOC_FILES["digits.txt"]:
        have.add("static")
        if r.get("etag"):
            have.add("etag")
        if r.get("last-modified") == DOC_LASTMOD:
            have.add("lastmod")
        r2 = first(probe_once(opts, "GET /digits.txt HTTP/1.1\r\n" + h + "Range: bytes=0-1\r\n\r\n"))
        if r2 and r2.status == 206:
            have.add("ranges")
    r = first(probe_once(opts, "GET <<missing>> HTTP/1.1\r\n" + h + "\r\n"))
    if r and r.status in (403, 404, 410):
        have.add("missing")
    ob = probe_once(opts, "GET / HTTP/1.1\r\n" + h + "\r\nGET / HTTP/1.1\r\n" + h + "\r\n", 2)
    if len(ob.finals) == 2:
        have.add("persist")
    r = first(probe_once(opts, "POST <<post>> HTTP/1.1\r\n" + h + "Content-Length: 7\r\n\r\nprobe-1"))
    if r and 200 <= r.status < 300:
        have.add("post")
        if r.body.rstrip(b"\r\n") == b"probe-1":
            have.add("echo-body")
    r = first(probe_once(opts, "GET <<echo>> HTTP/1.1\r\n" + h + "X-Probe-Echo: 31337\r\n\r\n"))
    if r and r.status == 200 and re.search(rb"(?im)^x-probe-echo: *31337\r?$", r.body):
        have.add("echo-head")
    r = first(probe_once(opts, "GET <<cookie>> HTTP/1.1\r\n" + h + "Cookie: foo=bar\r\n\r\n"))
    if r and r.status == 200 and b"foo=bar" in r.body and "echo-head" in have:
        have.add("cookie")
    return have


# --------------------------------------------------------------------------
# running and reporting
# --------------------------------------------------------------------------

def prepare(case):
    wants = set()
    waits = set()
    for alts in (case["accept"], case.get("strict") or []):
        for alt in alts:
            for cond in alt:
                if "closed" in cond.get("end", []) and not cond.get("none"):
                    wants.add(cond.get("step", 0))
                    waits.add(cond.get("step", 0))
    case["_wants_close"] = wants
    case["_waited_close"] = lambda i: i in waits
    case["_eof"] = any(isinstance(x, dict) and "eof" in x
                       for s in case["steps"] for x in s["send"])
    return case


def run_case(opts, case):
    env = Env(opts, case)
    t0 = time.monotonic()
    res = {"id": case["id"], "suite": case["suite"], "level": case["level"]}
    try:
        obs = run_steps(opts, case, env)
    except Missing as e:
        obs = env.steps
        res.update(verdict="fail", why=str(e))
    except (OSError, ssl.SSLError) as e:
        res.update(verdict="error", why="connection: %s" % e, seen="", sent="")
        return res, []
    ok, why = any_holds(case["accept"], obs, env)
    res["verdict"] = "pass" if ok else "fail"
    if not ok:
        res["why"] = why
    if case.get("strict"):
        res["strict"] = bool(ok and any_holds(case["strict"], obs, env)[0])
    if case.get("compat"):
        c = case["compat"]
        res["compat"] = ("pass" if any_holds(c["pass"], obs, env)[0] else
                         "warn" if any_holds(c.get("warn", []), obs, env)[0] else "fail")
        res["compat_scored"] = c["scored"]
    res["sent"] = " || ".join(show(o.sent, 300) for o in obs if o.ran)
    res["seen"] = " || ".join(seen(o) for o in obs)
    res["ms"] = int(1000 * (time.monotonic() - t0))
    notes = []
    lint(case, obs, lambda rule, w: notes.append((rule, w)))
    return res, notes


def show(b, n=200):
    s = b[:n].decode("latin-1")
    s = s.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    s = re.sub(r"[\x00-\x1f\x7f-\xff]", lambda m: "\\x%02x" % ord(m.group()), s)
    return s + ("...(%d octets)" % len(b) if len(b) > n else "")


def seen(o):
    if not o.ran:
        return "(not sent: connection already ended)"
    bits = []
    for r in o.interims:
        bits.append(str(r.status))
    for r in o.finals:
        b = "%d" % r.status
        if r.body and len(r.body) <= 60:
            b += " %r" % r.body
        elif r.body:
            b += " [%d octets]" % len(r.body)
        bits.append(b)
    if o.partial is not None:
        bits.append("%d (incomplete)" % o.partial)
    if o.junk:
        bits.append("stray %r" % o.junk[:40])
    return ", ".join(bits + [o.end]) if bits else "no answer, " + o.end


def human(alts):
    out = []
    for alt in alts:
        bits = []
        for c in alt:
            b = []
            if c.get("ran") is False:
                b.append("step %d never sent" % c.get("step", 0))
            if c.get("none"):
                b.append("no answer")
            for key in ("status", "first"):
                if key in c:
                    b.append("/".join(map(str, c[key])))
            if "statuses" in c:
                b.append(" then ".join("/".join(map(str, s)) for s in c["statuses"]))
            if "interim" in c:
                b.append("interim %s" % c["interim"])
            if "n" in c:
                b.append("%d..%d responses" % tuple(c["n"]))
            if "lines" in c:
                b.append("%d..%d status lines" % tuple(c["lines"]))
            if "end" in c:
                b.append("connection " + "/".join(c["end"]))
            for k, v in c.get("hdr", {}).items():
                b.append("%s%s" % ("no " if v is None else "", k) + ("" if v is None else "=~/%s/" % v))
            for key in ("body", "body_in", "body_has", "body_not", "file", "multipart", "check", "version", "body_max"):
                if key in c:
                    b.append("%s %s" % (key, json.dumps(c[key])[:80]))
            if c.get("step") or c.get("r"):
                b.insert(0, "step %d%s:" % (c.get("step", 0), " response %d" % c["r"] if c.get("r") else ""))
            bits.append(" ".join(b) or "anything")
        out.append(" and ".join(bits))
    return " | ".join(out)


def load(paths):
    cases, seen_ids = [], set()
    for p in paths:
        with open(p, encoding="utf-8") as f:
            doc = json.load(f)
        for c in doc["cases"]:
            if c["id"] in seen_ids:
                raise SystemExit("duplicate case id %s" % c["id"])
            seen_ids.add(c["id"])
            cases.append(prepare(c))
    return cases


def main(argv=None):
    ap = argparse.ArgumentParser(description="HTTP/1.1 conformance prober")
    ap.add_argument("host", nargs="?")
    ap.add_argument("port", nargs="?", type=int)
    ap.add_argument("--tls", action="store_true", help="speak TLS (certificate not checked, ALPN http/1.1)")
    ap.add_argument("--sni", default="localhost", help="TLS server name (default localhost)")
    ap.add_argument("--cases", action="append", help="case file (default cases.json beside this program)")
    ap.add_argument("--json", dest="out", help="write every result to this file")
    ap.add_argument("--only", action="append", help="case id, or prefix ending in *; may repeat or hold commas")
    ap.add_argument("--suite", action="append", help="run this suite only; may repeat")
    ap.add_argument("--features", help="comma list, instead of detection: " + ",".join(FEATURES))
    ap.add_argument("--host-header", dest="host_header", help="Host value (default HOST:PORT)")
    ap.add_argument("--post", default="/", help="path that takes POST and answers 2xx (default /)")
    ap.add_argument("--echo", default="/echo", help="path that answers with the request's field lines")
    ap.add_argument("--cookie", default="/cookie", help="path that answers with the parsed cookies")
    ap.add_argument("--missing", default="/no-such-file", help="path that does not exist")
    ap.add_argument("--jobs", type=int, default=4, help="connections in parallel (default 4)")
    ap.add_argument("--timeout", type=float, default=3.0, help="seconds to wait for an answer (default 3)")
    ap.add_argument("--quiet", type=float, default=0.2, help="seconds of silence that end a step (default 0.2)")
    ap.add_argument("--close-wait", type=float, default=1.5, help="seconds granted for an expected close (default 1.5)")
    ap.add_argument("--slow", action="store_true", help="also run cases that wait for server timeouts")
    ap.add_argument("--slow-wait", type=float, default=75.0, help="seconds a slow case waits (default 75)")
    ap.add_argument("--no-detail", action="store_true", help="print the tables only")
    ap.add_argument("--list", action="store_true", help="list the cases and stop")
    ap.add_argument("--fail-on", choices=("none", "must", "should", "strict"), default="none",
                    help="exit 1 when a case of this kind (or stricter) is not met")
    ap.add_argument("--make-docroot", metavar="DIR", help="create DIR/www and DIR/outside.txt and stop")
    o = ap.parse_args(argv)

    if o.make_docroot:
        make_docroot(o.make_docroot)
        return 0
    cases = load(o.cases or [os.path.join(HERE, "cases.json")])
    if o.only:
        pats = [x for y in o.only for x in y.split(",") if x]
        cases = [c for c in cases if any(
            c["id"] == p or (p.endswith("*") and c["id"].startswith(p[:-1])) for p in pats)]
    if o.suite:
        cases = [c for c in cases if c["suite"] in o.suite]
    if o.list:
        for c in cases:
            print("%-42s %-9s %-8s %s" % (c["id"], c["suite"], c["level"], c["title"]))
        print(len(cases), "cases")
        return 0
    if o.host is None or o.port is None:
        ap.error("HOST and PORT are required")
    o.connect_timeout, o.send_timeout = 5.0, 15.0
    if o.host_header is None:
        o.host_header = "%s:%d" % (o.host, o.port)

    have = set(o.features.split(",")) if o.features is not None else detect(o)
    have.discard("")
    if not o.tls:
        have.add("plain")
    print("server under test: %s port %d%s; features: %s" % (
        o.host, o.port, " (TLS)" if o.tls else "", ", ".join(sorted(have)) or "none"))

    todo, skipped = [], []
    for c in cases:
        lack = [f for f in c.get("needs", []) if f not in have]
        if lack or (c.get("slow") and not o.slow):
            skipped.append((c, "needs " + ",".join(lack) if lack else "slow"))
        else:
            if c.get("slow"):
                for s in c["steps"]:
                    s.setdefault("wait", o.slow_wait)
            todo.append(c)

    results, notes, lock = [], {}, threading.Lock()

    def work(c):
        res, ns = run_case(o, c)
        with lock:
            results.append(res)
            for rule, w in ns:
                notes.setdefault(rule, []).append((c["id"], w))

    t0 = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max(1, o.jobs)) as ex:
        futs = [ex.submit(work, c) for c in todo]
        for f in futs:
            f.result()
    order = {c["id"]: i for i, c in enumerate(cases)}
    results.sort(key=lambda r: order[r["id"]])
    by_id = {c["id"]: c for c in cases}

    # the server must still be there
    alive = probe_once(o, "GET / HTTP/1.1\r\nHost: <<host>>\r\n\r\n")
    if not alive.finals:
        print("!! the server no longer answers GET /")

    if not (o.only or o.suite):
        for rule, (level, rfc, title) in LINT.items():
            hits = notes.get(rule, [])
            r = {"id": rule, "suite": "lint", "level": level,
                 "verdict": "fail" if hits else "pass"}
            if hits:
                ids = list(dict.fromkeys(h[0] for h in hits))
                r["why"] = "%d responses, e.g. %s: %s" % (len(hits), hits[0][0], hits[0][1])
                r["seen"] = "cases " + " ".join(ids[:8]) + (" ..." if len(ids) > 8 else "")
            results.append(r)
            by_id[rule] = {"id": rule, "suite": "lint", "level": level, "rfc": [rfc], "title": title, "accept": []}

    if not o.no_detail:
        for r in results:
            c = by_id[r["id"]]
            if r["verdict"] == "pass" and r.get("strict") is not False:
                continue
            tag = "FAIL %s" % r["level"] if r["verdict"] == "fail" else (
                "ERROR" if r["verdict"] == "error" else "not strict")
            print("\n%s  %s  [%s]\n    %s" % (tag, r["id"], ", ".join(c["rfc"]), c["title"]))
            if "sent" in r:
                print("    sent      %s" % r["sent"])
                want = c["accept"] if r["verdict"] == "fail" else c["strict"]
                print("    expected  %s" % human(want))
            print("    seen      %s" % r.get("seen", ""))
            if r.get("why"):
                print("    because   %s" % r["why"])

    table, comp = {}, {"pass": 0, "warn": 0, "fail": 0}
    comp_all = {"pass": 0, "warn": 0, "fail": 0}
    for r in results:
        t = table.setdefault(r["suite"], {lv: [0, 0] for lv in LEVELS + ("strict",)})
        if r["level"] in LEVELS:
            t[r["level"]][1] += 1
            t[r["level"]][0] += r["verdict"] == "pass"
        if "strict" in r:
            t["strict"][1] += 1
            t["strict"][0] += r["strict"]
        if "compat" in r:
            comp_all[r["compat"]] += 1
            if r["compat_scored"]:
                comp[r["compat"]] += 1
    print("\n%-12s %12s %12s %12s %12s" % (("suite",) + LEVELS + ("strict",)))
    total = {lv: [0, 0] for lv in LEVELS + ("strict",)}
    for s, t in table.items():
        print("%-12s %s" % (s, " ".join("%5d / %-5d" % tuple(t[lv]) for lv in LEVELS + ("strict",))))
        for lv in total:
            total[lv][0] += t[lv][0]
            total[lv][1] += t[lv][1]
    print("%-12s %s" % ("total", " ".join("%5d / %-5d" % tuple(total[lv]) for lv in LEVELS + ("strict",))))
    errors = sum(r["verdict"] == "error" for r in results)
    print("%d cases run, %d skipped (%s), %d connection errors, %.0f s" % (
        len(todo), len(skipped),
        ", ".join(sorted({w for _, w in skipped})) or "none", errors, time.monotonic() - t0))
    if sum(comp.values()):
        print("comparison rules: %(pass)d pass, %(warn)d warn, %(fail)d fail of the scored ones" % comp)

    if o.out:
        with open(o.out, "w", encoding="utf-8") as f:
            json.dump({"format": 1, "host": o.host, "port": o.port, "tls": o.tls,
                       "features": sorted(have), "total": total, "suites": table,
                       "compat": comp, "results": results,
                       "skipped": [[c["id"], w] for c, w in skipped],
                       "lint": {k: v for k, v in notes.items()}}, f, indent=1)
    bad = {"none": False,
           "must": any(r["verdict"] != "pass" and r["level"] == "MUST" for r in results),
           "should": any(r["verdict"] != "pass" and r["level"] in ("MUST", "SHOULD") for r in results),
           "strict": any(r["verdict"] != "pass" or r.get("strict") is False for r in results)}[o.fail_on]
    return 1 if bad or (o.fail_on != "none" and (errors or not alive.finals)) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
