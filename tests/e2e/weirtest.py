# SPDX-License-Identifier: MIT
"""What the tests of the program share: checks that are printed and counted, a server to talk to."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

READY = re.compile(r"^weir: (https?)://(\S+)/ (?:on (unix:\S+) )?serves (.*)$")
TRUST = re.compile(r"^weir: (?:new )?development certificate; trust it with: curl --cacert (.*)$")
PATIENCE = float(os.environ.get("WEIR_TEST_PATIENCE", "30"))  # seconds until something is stuck


class Checks:
    """Prints each check, and at the end how many there were."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0

    def __call__(self, name, ok, detail=""):
        if ok:
            self.passed += 1
            print("ok: %s" % name, flush=True)
        else:
            self.failed += 1
            detail = str(detail)
            if len(detail) > 6000:
                detail = detail[:3000] + "\n[...]\n" + detail[-3000:]
            print("FAILED: %s%s" % (name, detail and ": " + detail), flush=True)
        return ok

    def equal(self, name, seen, wanted):
        return self(name, seen == wanted, "%r instead of %r" % (seen, wanted))

    def skip(self, name, why):
        """What cannot be tried here is said, and never counted as passed."""
        self.skipped += 1
        print("skipped: %s: %s" % (name, why), flush=True)

    def done(self):
        """The exit status; the last line is read by tools/tally.py."""
        print("%d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped))
        if self.failed:
            return 1
        return 0 if self.passed else 77


def run_checks(main):
    """Runs main(checks, weir, folder) with a folder that is gone afterwards."""
    checks = Checks()
    weir = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="weir-test.")
    try:
        main(checks, weir, folder)
    except Exception as why:  # a check that breaks the script is a failure like any other
        import traceback
        traceback.print_exc(file=sys.stdout)
        checks("the test runs to its end", False, why)
    finally:
        for server in list(Server.running):
            server.kill()
        for process in spawned:
            if process.poll() is None:
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(checks.done())


spawned = []


def spawn(command, **options):
    """A process that does not outlive the test, whatever becomes of it."""
    spawned.append(subprocess.Popen(command, **options))
    return spawned[-1]


def environment(folder):
    """The caller's environment with a home of its own in `folder`."""
    env = dict(os.environ)
    env["HOME"] = os.path.join(folder, "home")
    env["XDG_STATE_HOME"] = os.path.join(folder, "state")
    os.makedirs(env["HOME"], exist_ok=True)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        env.pop(name, None)
    return env


def have(*programs):
    """The first of `programs` that is not installed, or None."""
    for program in programs:
        if shutil.which(program) is None:
            return program
    return None


def has_ip6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def run(command, env=None, data=None, timeout=None):
    """(exit status, standard output, standard error), octets."""
    if env is None:
        env = os.environ
    r = subprocess.run(command, env=env, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=timeout or 4 * PATIENCE)
    return r.returncode, r.stdout, r.stderr


def wait_until(condition, seconds=None):
    """Whether `condition` came true in time."""
    end = time.monotonic() + (seconds or PATIENCE)
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Server:
    """`weir serve` with arguments, once it has said that `listeners` of them are ready."""

    running = []

    def __init__(self, weir, arguments, folder, listeners=2):
        self.listeners, self.lines, self.ca_file = [], [], None
        self.env = environment(folder)
        self.errors = tempfile.TemporaryFile()
        # A group of its own: what is left of it in the end is ended, and nothing else.
        self.process = subprocess.Popen([weir, "serve"] + arguments, env=self.env,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.errors, start_new_session=True)
        Server.running.append(self)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not wait_until(lambda: len(self.listeners) >= listeners or not self.reader.is_alive()):
            raise RuntimeError("not ready in time: %r" % self.lines)
        if len(self.listeners) < listeners:
            self.process.wait(PATIENCE)
            raise RuntimeError("weir serve ended with %d: %s" % (self.process.returncode, self.said()))

    def _read(self):
        for line in self.process.stdout:
            line = line.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(line)
            trust = TRUST.match(line)
            if trust:
                self.ca_file = trust.group(1)
            ready = READY.match(line)
            if ready:
                self.listeners.append(ready.groups())

    def said(self):
        """All of standard error so far."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    def authority(self, scheme, number=0):
        """ADDR:PORT of a listener, as its ready line has it."""
        return [a for s, a, unix, _ in self.listeners if s == scheme and unix is None][number]

    def port(self, scheme, number=0):
        return int(self.authority(scheme, number).rpartition(":")[2])

    def url(self, scheme, path="/", number=0):
        return "%s://%s%s" % (scheme, self.authority(scheme, number), path)

    def workers(self):
        """Process ids; with one worker there is no master, and the process serves itself."""
        pid = self.process.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(word) for word in f.read().split()] or [pid]

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=None):
        """The exit status, or None where it does not come in time."""
        try:
            status = self.process.wait(seconds or PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        if self in Server.running:
            Server.running.remove(self)
        return status

    def stop(self):
        """A graceful stop; the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.wait()


class Peer:
    """One connection, by octets."""

    def __init__(self, port, tls=None, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.octets = bytearray()

    def send(self, octets):
        self.socket.sendall(octets)

    def more(self):
        """Reads; False at the end."""
        octets = self.socket.recv(65536)
        self.octets += octets
        return bool(octets)

    def line_end(self):
        while b"\r\n\r\n" not in self.octets:
            if not self.more():
                raise EOFError("the connection ended inside a head: %r" % self.octets)

    def response(self, has_content=True):
        """(status, fields as a dict with names in lower case, content). Content-Length alone."""
        self.line_end()
        end = self.octets.index(b"\r\n\r\n")
        head = bytes(self.octets[:end])
        del self.octets[:end + 4]
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        length = int(fields.get("content-length", "0")) if has_content else 0
        while len(self.octets) < length:
            if not self.more():
                raise EOFError("the connection ended after %d of %d octets" % (len(self.octets), length))
        content = bytes(self.octets[:length])
        del self.octets[:length]
        return int(lines[0].split()[1]), fields, content

    def is_closed(self):
        """Whether nothing more comes before the end."""
        try:
            return not self.octets and not self.more()
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()
