# SPDX-License-Identifier: Apache-2.0
"""What some acceptance tests set up around a gateway: simulated meters and a broker, each a process; and how they ask."""

import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

MEP = os.environ["MEP"]
FOLDER = os.environ["RIG"]
CHILDREN = []
# What goes with each question over HTTP: a password, where the gateway has one.
HEADERS = {}


def path(name):
    return os.path.join(FOLDER, name)


def write(name, text, mode=0o600):
    with open(path(name), "w", encoding="utf-8", opener=lambda file, flags: os.open(file, flags, mode)) as file:
        file.write(text)
    return path(name)


def read(name):
    with open(path(name), encoding="utf-8", errors="replace") as file:
        return file.read()


def free_ports(count):
    """Ports that nobody has: held all at once, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Failure(Exception):
    pass


def check(is_so, words):
    if not is_so:
        raise Failure(words)


def until(condition, words, seconds=30):
    """Waits for what it returns to be true, and returns that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise Failure(f"{words} (waited {seconds} s)")


def say(words):
    print(f"-- {words}", flush=True)


# Processes


def start(name, *command, environment=None):
    """In the background, with a log of its name. Its input is a pipe: where this script is gone, a simulated meter goes too."""
    with open(path(name + ".log"), "ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, env={**os.environ, "XDG_STATE_HOME": FOLDER, **(environment or {})}
        )
    CHILDREN.append(process)
    return process


def stop(process, how=signal.SIGTERM, seconds=20):
    process.send_signal(how)
    process.wait(seconds)
    CHILDREN.remove(process)


def memory(process):
    """Its resident memory, in MB."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def keys():
    """Published dummies."""
    return write("mbk.key", "01" * 16), write("mak.key", "02" * 16)


def meter(name, *where, seed=1, key=None):
    basic, advanced = keys()
    basic = key or basic
    command = ["simulate", "--mbk-file", basic, "--mak-file", advanced, "--lived", "1h", "--seed", str(seed), *where]
    process = start(name, MEP, *command)
    until(lambda: "--meter" in read(name + ".log"), f"the simulated meter {name} does not start")
    return process


def broker(name, port, *lines):
    write(name + ".conf", "\n".join([f"listener {port} 127.0.0.1", "persistence false", *lines]) + "\n", 0o644)
    process = start(name, "mosquitto", "-c", path(name + ".conf"))
    until(lambda: is_heard(port), f"the broker {name} does not start")
    return process


def is_heard(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


# HTTP


def ask(port, address, timeout=20, headers=None):
    """The status and the text of an answer. OSError or HTTPException where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", address, headers=HEADERS if headers is None else headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def get(port, address, **query):
    """What an answer of 200 says; None where there is no answer, or another one."""
    if query:
        address += "?" + urllib.parse.urlencode({name.rstrip("_"): value for name, value in query.items()})
    try:
        status, text = ask(port, address)
        return json.loads(text) if status == 200 else None
    except (OSError, http.client.HTTPException):
        return None


# MQTT 3.1.1, as much of it as a test needs


def text(words):
    octets = words if isinstance(words, bytes) else words.encode()
    return struct.pack(">H", len(octets)) + octets


def packet(kind, body):
    length, rest = b"", len(body)
    while True:
        rest, low = divmod(rest, 128)
        length += bytes([low | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def publication(topic, payload, retained=False):
    return packet(0x31 if retained else 0x30, text(topic) + payload)


class MQTT:
    """A connection to a broker."""

    def __init__(self, port, client, user=None, password=None):
        self.link = socket.create_connection(("127.0.0.1", port), 10)
        flags = 0x02 | (0xC0 if user else 0)
        rest = text(user) + text(password) if user else b""
        self.link.sendall(packet(0x10, text("MQTT") + bytes([4, flags]) + struct.pack(">H", 600) + text(client) + rest))
        check(self.receive()[0] == 0x20, "the broker refuses a connection of this test")

    def send(self, octets):
        self.link.sendall(octets)

    def octets(self, count):
        octets = b""
        while len(octets) < count:
            more = self.link.recv(count - len(octets))
            if not more:
                raise ConnectionResetError
            octets += more
        return octets

    def receive(self):
        kind, length, shift = self.octets(1)[0], 0, 0
        while True:
            octet = self.octets(1)[0]
            length |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return kind, self.octets(length)

    def close(self):
        self.link.close()


class Listener(threading.Thread):
    """Hears what a gateway says at a broker: a list of times, topics and payloads, and whether they were retained."""

    def __init__(self, port, topics=("mep/#",), **access):
        super().__init__(daemon=True)
        self.heard = []
        self.mqtt = MQTT(port, f"listener-{os.urandom(4).hex()}", **access)
        self.mqtt.send(packet(0x82, b"\0\1" + b"".join(text(topic) + b"\1" for topic in topics)))
        self.mqtt.link.settimeout(None)
        self.start()

    def run(self):
        try:
            while True:
                kind, body = self.mqtt.receive()
                if kind & 0xF0 != 0x30:
                    continue
                end = 2 + struct.unpack(">H", body[:2])[0]
                if kind & 6:
                    self.mqtt.send(packet(0x40, body[end : end + 2]))
                payload = body[end + (2 if kind & 6 else 0) :]
                self.heard.append((time.time(), body[2:end].decode(), payload, bool(kind & 1)))
        except OSError:
            return

    def said(self, topic, since=0.0):
        return [payload for at, name, payload, _ in list(self.heard) if name == topic and at >= since]


# The run of a test


def run(name, body):
    """Runs a test, ends all that it has started, and says in words what failed."""
    # Whoever starts all this by nohup would have services ignore it, which no service manager does.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def end(number, _):
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        body()
    except Failure as failure:
        print(f"{name}: FAILED: {failure}", file=sys.stderr)
        for log in sorted(file for file in os.listdir(FOLDER) if file.endswith(".log")):
            print(f"== the end of {log}", file=sys.stderr)
            print("\n".join(line[:300] for line in read(log).splitlines()[-12:]), file=sys.stderr)
        sys.exit(1)
    finally:
        for process in CHILDREN:
            process.kill()
            process.wait()
