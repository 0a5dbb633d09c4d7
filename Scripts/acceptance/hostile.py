# SPDX-License-Identifier: Apache-2.0
"""A gateway among hostile neighbours: see hostile.sh."""

import contextlib
import http.client
import json
import os
import socket
import struct
import subprocess
import threading
import time
from datetime import datetime, timezone

import rig
from rig import MQTT, check, packet, publication, say, text

PASSWORD = "a-password-nobody-prints"
TOKEN = "a-token-nobody-prints"
# Seconds from one reading to the next, at 9600 baud and beside a load profile that is read: a value grows old after 20.
GAP = 15
# MB that it may take more than before.
GROWTH = 80
TOPICS = ["homeassistant/status", "homeassistant/device/mep_house/config"] + [
    "mep/" + rest for rest in ("status", "house/status", "house/live", "house/energy", "house/hour", "house/health")
]
PAYLOADS = {
    "nothing": b"",
    "10 MB": b"x" * 10_000_000,
    "binary": bytes(range(256)) * 4,
    "invalid UTF-8": b"\xff\xfe\xc0\x80online\xed\xa0\x80",
}


def written(seconds):
    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat().replace("+00:00", "Z")


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Peer(threading.Thread):
    """Listens in place of a broker, and does to each who comes what it is made for."""

    def __init__(self, port, body):
        super().__init__(daemon=True)
        self.body, self.visits = body, 0
        self.links = []
        self.socket = socket.create_server(("127.0.0.1", port))
        self.start()

    def run(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            self.links.append(link)
            try:
                link.settimeout(5)
                link.recv(1000)
                self.body(link)
            except OSError:
                pass

    def end(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for link in self.links:
            link.close()


def silent(link):
    """Keeps the connection, and says nothing."""


def garbage(link):
    link.sendall(os.urandom(4000))
    link.close()


def drop(link):
    """Takes the connection, and is gone in the middle of a packet."""
    link.sendall(packet(0x20, b"\0\0\0"))
    link.recv(1000)
    link.sendall(b"\x30\xff\x7f" + text("mep/half"))
    link.close()


def refuse(link):
    """It is not authorized, as MQTT 5 says it."""
    link.sendall(packet(0x20, b"\0\x87\0"))
    link.close()


def ends_of_hours(listener):
    """Of those that a listener was told of; what others publish there is none."""
    ends = set()
    for payload in listener.said("mep/house/hour"):
        try:
            hour = json.loads(payload)
        except ValueError:
            continue
        if isinstance(hour, dict):
            ends.add(seconds(hour["end"]))
    return ends


class Watcher(threading.Thread):
    """Somebody who asks a normal thing, twice a second."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.worst, self.unanswered = port, 0.0, 0
        self.start()

    def run(self):
        while True:
            begun = time.monotonic()
            try:
                if rig.ask(self.port, "/api/v1/meters/house/values", timeout=5)[0] != 200:
                    self.unanswered += 1
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
            self.worst = max(self.worst, time.monotonic() - begun)
            time.sleep(0.5)


# Requests over HTTP that are none, and the statuses that may answer them; 0 is a connection that is closed.


def request(address, *headers, host="127.0.0.1"):
    return "\r\n".join([f"GET {address} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


RIGHT = f"Authorization: Bearer {TOKEN}"
PATHS = [
    "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/api/v1/meters/..%2f..%2fetc%2fpasswd",
    "/api/v1/meters/../../etc/passwd", "/%00", "/api/v1/meters/%ff", "/api/v1/meters/house/tables/BT28/../../../x",
]
REQUESTS = [
    ("a header of 20 000 letters", request("/health", "X: " + "x" * 20_000), {431, 400, 0}),
    ("300 headers", request("/health", *[f"X{n}: y" for n in range(300)]), {431, 400, 0}),
    ("an address of 1 MB", request("/" + "x" * 1_000_000), {414, 431, 400, 0}),
    ("octets of any kind", os.urandom(2000) + b"\r\n\r\n", {400, 0}),
    ("TLS", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n", {400, 0}),
    ("two lengths", request("/health", "Content-Length: 1", "Content-Length: 2"), {400, 0}),
    ("no host", b"GET /health HTTP/1.1\r\n\r\n", {400, 421}),
    ("another host", request("/health", host="evil.example"), {421}),
    ("a host that looks like ours", request("/health", host="127.0.0.1.evil.example"), {421}),
    ("another origin", request("/api/v1/meters", RIGHT, "Origin: http://evil.example"), {403}),
    ("an origin that nobody is", request("/api/v1/meters", RIGHT, "Origin: null"), {403}),
    ("another method", b"DELETE /api/v1/meters HTTP/1.1\r\nHost: 127.0.0.1\r\n" + RIGHT.encode() + b"\r\n\r\n", {405}),
    ("no password", request("/api/v1/meters"), {401}),
] + [(path, request(path, RIGHT), {404, 400}) for path in PATHS]

# Configurations that make no sense: the text, the line that is named (0: none is), and words of what to do. A meter comes first.
METER = "meters:\n  - {name: house, address: 'tcp://127.0.0.1:1', key_file: KEY}\n"
FLAWED = [
    ("meters:\n  - {name: house, address: 'tcp://h:1', key_file: KEY\nweb: off\n", 3, "no YAML"),
    ("\tmeters: []\n", 1, "no YAML"),
    ("- 1\n", 1, "takes names with values"),
    ("", 0, "with a name and an address"),
    ("meters: []\n", 0, "with a name and an address"),
    ("meters: house\n", 1, "lines that begin with a dash"),
    ("meters:\n  - {name: house}\n", 2, "has a name and an address"),
    ("meters:\n  - {name: 'a/b', address: 'sim:gen3'}\n", 2, "letters, digits"),
    ("meters:\n  - {name: a, address: 'udp://h:1'}\n", 2, "tcp://"),
    ("meters:\n  - {name: a, address: 'gateway:x'}\n", 2, "give the line itself"),
    ("meters:\n  - {name: a, address: 'sim:gen9'}\n", 2, "gen3"),
    ("meters:\n  - {name: a, address: 'sim:gen3', every: {present: 1ms}}\n", 2, "takes 500ms to"),
    ("meters:\n  - {name: a, address: 'sim:gen3', access: all}\n", 2, "takes mbk, mak"),
    ("meters:\n  - {name: a, address: 'sim:gen3'}\n  - {name: a, address: 'sim:gen3'}\n", 2, "two meters are called"),
    ("meters:\n  - {name: a, address: 'tcp://h:1', key_file: /there/is/none}\n", 2, "/there/is/none"),
    ("meters:\n  - {name: a, address: 'tcp://h:1', key_file: OPEN}\n", 2, "chmod"),
    (METER + "wbe: off\n", 3, "there are meters"),
    (METER + "web: {prot: 80}\n", 3, "there are host, port"),
    (METER + "web: {port: 70000}\n", 3, "takes 0 to 65535"),
    (METER + "web: {host: 0.0.0.0}\n", 3, "mep config password"),
    (METER + "web: {path: mep/}\n", 3, "such as /mep"),
    (METER + "web: {password_file: /there/is/none}\n", 3, "/there/is/none"),
    (METER + "store: {commit: fast}\n", 3, "such as 500ms"),
    (METER + "store: {commit: 10h}\n", 3, "takes 1s to 10m"),
    (METER + "time_zone: Europe/Nowhere\n", 3, "one is Europe/Copenhagen"),
    (METER + "mqtt: {port: 1883}\n", 3, "takes the host of a broker"),
    (METER + "mqtt: {host: h, topic: 'a/#'}\n", 3, "without wildcards"),
    (METER + "mqtt: {host: h, version: 4}\n", 3, "takes 5, 3.1.1"),
    (METER + "mqtt: {host: h, password_file: /x}\n", 3, "needs a user"),
    (METER + "mqtt: {host: h, user: u, password_file: /there/is/none}\n", 3, "/there/is/none"),
    (METER + "mqtt: {host: h, certificates: /x}\n", 3, "needs tls: true"),
    (METER + "p1: {port: 1, meter: barn}\n", 3, "there are house"),
    (METER + "engines:\n  - {url: 'http://user:secret@h'}\n", 4, "password_file"),
    (METER + "engines: {url: 'http://h'}\n", 3, "lines that begin with a dash"),
    (METER + "web: {port: 1, port: 2}\n", 3, "twice"),
]
# Likewise of the environment, beside a configuration that is right.
ENVIRONMENT = [
    ("MEP_WEB_PORT", "many", "takes 0 to 65535"),
    ("MEP_MQTT_HOTS", "localhost", "is not known here"),
    ("MEP_METERS_0_ADDRESS", "udp://h:1", "tcp://"),
    ("MEP_STORE_COMMIT", "soon", "such as 500ms"),
    ("MEP_WEB_HOST", "0.0.0.0", "mep config password"),
    ("MEP_METERS_0_EVERY_PRESENT", "1ms", "takes 500ms to"),
]


def check_configurations():
    key, _ = rig.keys()
    is_open = rig.write("open.key", "01" * 16)
    os.chmod(is_open, 0o644)
    flaws = []

    def look(written, place, words, environment):
        file = rig.write("flawed.yaml", written.replace("KEY", key).replace("OPEN", is_open))
        run = subprocess.run(
            [rig.MEP, "config", "check", "--config", file], capture_output=True, text=True, timeout=20, check=False, env={**os.environ, **environment}
        )
        said = (run.stdout + run.stderr).strip().replace(rig.FOLDER + "/", "")
        if run.returncode != 2 or place not in said or words not in said or "secret" in said:
            flaws.append(f"{environment or written!r}: exit code {run.returncode}, {said!r}; wanted 2, {place!r} and {words!r}")

    for written, line, words in FLAWED:
        look(written, f"flawed.yaml:{line}: " if line else "flawed.yaml: ", words, {})
    for name, value, words in ENVIRONMENT:
        look(METER, f"{name}: ", words, {name: value})
    say(f"{len(FLAWED)} flawed files and {len(ENVIRONMENT)} flawed variables: exit code 2, file and line, what to do; not so: {len(flaws)}")
    check(not flaws, "\n  ".join(["these are not told of as they should be"] + flaws))


class Siege:
    def __init__(self):
        self.web, self.port, line, other = rig.free_ports(4)
        self.line, self.other = line, other
        rig.write("web.passwords", self.line_for(TOKEN))
        rig.write("mqtt.password", PASSWORD + "\n")
        rig.HEADERS["Authorization"] = "Bearer " + TOKEN
        self.begin_broker()
        rig.meter("meter", "--listen", f"tcp://127.0.0.1:{line}")
        rig.meter("locked", "--listen", f"tcp://127.0.0.1:{other}", key=rig.write("other.key", "03" * 16))
        key, _ = rig.keys()
        rig.write(
            "mep.yaml",
            f"""
meters:
  - {{name: house, address: "tcp://127.0.0.1:{line}", key_file: {key}}}
  - {{name: locked, address: "tcp://127.0.0.1:{other}", key_file: {key}}}
store: {{path: {rig.path('mep.db')}, commit: 1s}}
web: {{port: {self.web}, password_file: {rig.path('web.passwords')}}}
mqtt: {{host: 127.0.0.1, port: {self.port}, user: mep, password_file: {rig.path('mqtt.password')}}}
""",
        )
        self.most, self.failures = 0, []
        self.hours = set()

    def line_for(self, password):
        made = subprocess.run([rig.MEP, "config", "password"], input=password, capture_output=True, text=True, check=True)
        return made.stdout

    # The broker

    def begin_broker(self, password=PASSWORD):
        rig.write("users", "", 0o600)
        for user, words in [("mep", password), ("other", "other")]:
            subprocess.run(["mosquitto_passwd", "-b", rig.path("users"), user, words], check=True, capture_output=True)
        self.broker = rig.broker("broker", self.port, "allow_anonymous false", f"password_file {rig.path('users')}", "user root")

    def listen(self):
        return rig.Listener(self.port, ["mep/#", "homeassistant/#"], user="other", password="other")

    def connect(self, client):
        return MQTT(self.port, client, user="other", password="other")

    # What has to be so all the time

    def log(self):
        """But for what it says of its progress."""
        return [line for line in rig.read("mep.log").splitlines() if "filling in" not in line]

    @contextlib.contextmanager
    def under(self, words, lines=12, gap=GAP):
        """Something that is done to it: meanwhile it reads and keeps, takes little memory, and writes few lines into its log."""
        begun, before, rested = time.time(), len(self.log()), rig.memory(self.process)
        watcher = self.watcher
        watcher.worst, watcher.unanswered = 0.0, 0
        yield
        ended = time.time()
        worst, unanswered = watcher.worst, watcher.unanswered
        answer = rig.get(self.web, "/api/v1/meters/house/readings", from_=written(begun - 2 * gap), limit=20_000)
        check(answer is not None, f"{words}: it does not answer")
        times = [seconds(reading["measured_at"]) for reading in answer["readings"] if "voltage_l1_v" in reading]
        times = [at for at in times if begun - gap <= at] + [ended - 1]
        longest = max((later - at for at, later in zip(times, times[1:])), default=1e9)
        check(longest <= gap, f"{words}: nothing was kept for {longest:.1f} s")
        size = rig.memory(self.process)
        self.most = max(self.most, size)
        check(size < rested + GROWTH, f"{words}: it takes {size:.0f} MB, and {rested:.0f} MB before")
        said = self.log()[before:]
        check(len(said) <= lines, f"{words}: {len(said)} lines in its log in {ended - begun:.0f} s, such as {said[-1:]}")
        say(
            f"{words}: {len(times) - 1} readings kept, {longest:.1f} s at most between two; {size:.0f} MB; {len(said)} lines in its"
            f" log; answers within {worst:.2f} s"
        )
        check(not unanswered, f"{words}: {unanswered} normal requests were not answered")

    def expect(self, words, since):
        rig.until(lambda: any(words in line for line in self.log()[since:]), f"its log does not say \"{words}\"", 75)

    # The parts

    def begin(self):
        self.process = rig.start("mep", rig.MEP, "serve", "--config", rig.path("mep.yaml"))
        self.listener = self.listen()
        rig.until(lambda: len(self.listener.said("mep/house/live")) > 5, "no readings come to the broker")
        rig.until(lambda: self.listener.said("mep/house/hour"), "no hour comes to the broker", 90)
        self.first = rig.memory(self.process)
        self.watcher = Watcher(self.web)
        self.begun = time.time()
        say(f"It reads, keeps and tells; {self.first:.0f} MB")

    def is_told(self, words, patience=75):
        """That live values come to a broker again, and what is retained is right again."""
        begun = time.time()
        listener = self.listen()
        rig.until(lambda: len(listener.said("mep/house/live")) > 2, f"{words}: no live values come to the broker again", patience)
        rig.until(lambda: listener.said("mep/status")[-1:] == [b"online"], f"{words}: mep/status says {listener.said('mep/status')[-1:]}", patience)
        say(f"{words}: the broker is told again within {time.time() - begun:.0f} s")
        return listener

    def nonsense(self):
        hostile = self.connect("hostile")
        for words, payload in PAYLOADS.items():
            with self.under(f"{words} at each topic, retained and not"):
                for topic in TOPICS:
                    for retained in (False, True):
                        hostile.send(publication(topic, payload, retained))
                time.sleep(5)
        with self.under("10 000 messages at each topic"):
            for topic in TOPICS:
                for n in range(10_000):
                    hostile.send(publication(topic, b"%d" % n))
            time.sleep(3)
        with self.under("Home Assistant begins anew 10 000 times"):
            hostile.send(publication("homeassistant/status", b"online") * 10_000)
            time.sleep(3)
        with self.under("10 MB 50 times, behind it"):
            for _ in range(50):
                hostile.send(publication("homeassistant/status", PAYLOADS["10 MB"]))
            time.sleep(5)
        for topic in TOPICS:
            hostile.send(publication(topic, b"", True))
        hostile.close()

    def home_assistant(self):
        """It is still heard when Home Assistant begins anew."""
        hostile, listener = self.connect("home-assistant"), self.listen()
        begun = time.time()
        hostile.send(publication("homeassistant/status", b"online"))
        rig.until(lambda: listener.said("homeassistant/device/mep_house/config", begun), "Home Assistant is not told of the meter")
        say(f"Home Assistant begins anew, and is told within {time.time() - begun:.1f} s")

    def rivals(self):
        since = len(self.log())
        with self.under("Its name is taken by another, once"):
            rival = self.connect("mep")
            self.is_told("Its name was taken", 20)
            rival.close()
        self.expect("no broker", since)
        with self.under("Its name is taken again and again", lines=30):
            end = time.monotonic() + 20
            while time.monotonic() < end:
                rival = self.connect("mep")
                with contextlib.suppress(OSError):
                    rival.receive()
                rival.close()
        self.is_told("Its name is its own again")

    def brokers(self):
        self.hours |= ends_of_hours(self.listener)
        rig.stop(self.broker)
        for body, words in [
            (silent, "is silent"),
            (garbage, "says nonsense"),
            (drop, "is gone in the middle of a packet, each time"),
            (refuse, "refuses"),
        ]:
            self.attempt(lambda body=body, words=words: self.false_broker(body, words))
        self.attempt(self.other_password)
        rig.stop(self.broker)
        self.begin_broker()
        self.listener = self.is_told("The broker is as it was")

    def false_broker(self, body, words):
        since = len(self.log())
        peer = Peer(self.port, body)
        try:
            with self.under(f"A broker {words}", lines=16):
                rig.until(lambda: peer.visits > 0, "it does not come back", 75)
                # One that is silent is found out after 30 s and some.
                if body is silent:
                    self.expect("no broker", since)
                time.sleep(12)
        finally:
            peer.end()
        self.expect("no broker", since)

    def other_password(self):
        since = len(self.log())
        with self.under("The broker knows another password"):
            self.begin_broker("another")
            # MQTT 5 and the library's words for 3.1.1 are not spelt alike.
            self.expect("ot authori", since)
            time.sleep(1)
            last = [line for line in self.log()[since:] if "no broker" in line][-1]
            check("ot authori" in last, f"what it says last of a password that is wrong is {last!r}")

    def hours_queued(self):
        """What the load profile filled in while no broker was there comes when it is back: no hour is missing."""
        came = self.listener
        rig.until(lambda: came.said("mep/house/hour"), "no hours come when the broker is back")

        def ends():
            return sorted(self.hours | ends_of_hours(came))

        def holes():
            return [written(end) for end, later in zip(ends(), ends()[1:]) if later - end != 3600]

        time.sleep(12)
        check(not holes(), f"the broker was never told of the hours after {holes()[:3]}")
        say(f"{len(set(ends()) - self.hours)} hours were filled in while no broker was there, and are told now; of {len(ends())} none is missing")

    # A key that is wrong

    def key(self):
        lines = [line for line in self.log() if "meter=locked" in line]
        about = rig.get(self.web, "/api/v1/meters/locked")
        for told in ("\n".join(lines), about["problem"] or ""):
            check("did not accept the key" in told and "Check that" in told, f"a wrong key is told of by {told!r}")
        check(len(lines) == 1, f"a wrong key is told of in {len(lines)} lines")
        calls = rig.read("locked.log").count("a client has connected")
        check(calls <= 2, f"with a wrong key the meter was called {calls} times")
        say(f"A wrong key: {len(lines)} line in the log, and {calls} calls, in {time.time() - self.begun:.0f} s")

    # HTTP

    def answer(self, octets, source="127.0.0.1"):
        """The status; 0 where the connection is closed without one."""
        with socket.create_connection(("127.0.0.1", self.web), 10, source_address=(source, 0)) as link:
            try:
                link.sendall(octets)
                got = link.recv(4096)
            except ConnectionError:
                return 0
        check(b"root:" not in got, "it shows a file that is not its own")
        return int(got.split()[1]) if got.startswith(b"HTTP/1.1 ") else 0

    def requests(self):
        with self.under(f"{len(REQUESTS)} requests that make no sense", lines=4):
            for words, octets, wanted in REQUESTS:
                status = self.answer(octets)
                check(status in wanted, f"{words}: it answers {status}, where {wanted} was expected")

    def passwords(self):
        """From another address than the one that asks normal things."""
        with self.under("10 wrong passwords: 5 are looked at, 5 have to wait", lines=4):
            wrong = [self.answer(request("/api/v1/meters", f"Authorization: Bearer wrong-{n}"), "127.0.0.2") for n in range(10)]
            check(wrong == [401] * 5 + [429] * 5, f"10 wrong passwords are answered by {wrong}")

    def slow(self):
        with self.under("100 requests that do not end", lines=4):
            links = [socket.create_connection(("127.0.0.1", self.web)) for _ in range(100)]
            ended, end = set(), time.monotonic() + 90
            for link in links:
                link.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            while len(ended) < len(links) and time.monotonic() < end:
                time.sleep(3)
                for link in links:
                    try:
                        link.sendall(b"x")
                    except OSError:
                        ended.add(link)
            for link in links:
                link.close()
        check(len(ended) == len(links), f"{len(links) - len(ended)} of {len(links)} requests that never end are waited for, after 90 s")

    def many(self):
        with self.under("1000 connections that ask nothing", lines=4):
            links = [socket.socket() for _ in range(1000)]
            for link in links:
                link.setblocking(False)
                link.connect_ex(("127.0.0.1", self.web))
            time.sleep(20)
            for link in links:
                link.close()

    # The whole

    def secrets(self):
        for name in os.listdir(rig.FOLDER):
            if name.endswith(".log"):
                for secret in (PASSWORD, TOKEN, "01" * 16):
                    check(secret not in rig.read(name), f"{name} tells a secret")
        say("No log tells a password, a token or a key")

    def attempt(self, part):
        """What one part finds does not keep the others from looking."""
        try:
            part()
        except rig.Failure as failure:
            say(f"FAILED: {failure}")
            self.failures.append(str(failure))

    def go(self):
        """All of it, or the parts that PARTS names."""
        self.begin()
        parts = os.environ.get("PARTS", "nonsense home_assistant rivals brokers hours_queued requests passwords slow many key secrets")
        for part in parts.split():
            self.attempt(getattr(self, part))
        self.attempt(lambda: self.is_told("After the siege"))
        say(f"{self.most:.0f} MB at most")
        check(not self.failures, "\n  ".join([f"{len(self.failures)} things"] + self.failures))
        say("Passed.")


def main():
    siege = Siege()
    if "PARTS" not in os.environ:
        siege.attempt(check_configurations)
    siege.go()


rig.run("hostile", main)
