# SPDX-License-Identifier: Apache-2.0
"""What evcc would have of a gateway by the examples of Documentation/evcc.md, beside what the gateway has read."""

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.parse

import yaml

import rig
from rig import check, say, until

PHASES = ("l1", "l2", "l3")
TOKEN = "a long token"
DSMR_TIMEOUT = 15  # seconds, where a template does not say
# What evcc knows in a custom meter and in its plugins: it refuses all else.
SINGLE, TRIPLE = ("power", "energy", "returnEnergy"), ("currents", "voltages", "powers")
SETTINGS = {"http": {"source", "uri", "auth", "cache", "jq", "scale"}, "mqtt": {"source", "topic", "timeout", "jq", "scale"}}


class NoValue(rig.Failure):
    """What evcc would have in place of a number: an error."""


# The document


def examples(ports):
    """The meters of the document by source, and its broker, for this gateway."""
    with open("Documentation/evcc.md", encoding="utf-8") as file:
        text = file.read()
    for there, here in (
        ("http://localhost:8337/", f"http://127.0.0.1:{ports['web']}/"),
        ("broker: localhost:1883", f"broker: 127.0.0.1:{ports['broker']}"),
        ("port: 2001", f"port: {ports['p1']}"),
        ("token: TOKEN", f"token: {TOKEN}"),
    ):
        check(text.count(there) == 1, f"Documentation/evcc.md does not have {there} once")
        text = text.replace(there, here)
    found, broker = {}, None
    for block in map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", text, re.S)):
        broker = block.get("mqtt", {}).get("broker", broker)
        for meter in block.get("meters", []):
            kind = meter["template"] if meter["type"] == "template" else meter["power"]["source"]
            check(kind not in found and meter["name"] == "grid", f"two examples of {kind}, or one of another name")
            found[kind] = meter
        if "site" in block:
            check(block["site"]["meters"] == {"grid": "grid"}, "site: names another meter")
    check(set(found) == {"http", "mqtt", "dsmr"} and broker, f"the examples are of {set(found)}")
    check(set(found["dsmr"]) <= {"name", "type", "template", "usage", "host", "port", "timeout"}, "dsmr has unknown settings")
    for kind in ("http", "mqtt"):
        complete(kind, found[kind])
    return found, broker


def complete(kind, meter):
    """All that evcc can have, nothing that it does not know, and all three phases."""
    check(set(meter) == {"name", "type", *SINGLE, *TRIPLE}, f"the example of {kind} has {', '.join(meter)}")
    for name, plugin in plugins(meter):
        check(set(plugin) <= SETTINGS[kind] and plugin["source"] == kind, f"{kind}, {name}: {', '.join(plugin)}")
        check("jq" in plugin, f"{kind}, {name} has no jq")
        check(kind != "mqtt" or span(plugin.get("timeout", "inf")) <= 60, f"{kind}, {name} is not forgotten in a minute")
    check(all(len(meter[name]) == 3 for name in TRIPLE), f"{kind} has not three phases")


def plugins(meter):
    yield from ((name, meter[name]) for name in SINGLE)
    yield from ((f"{name} {phase}", plugin) for name in TRIPLE for phase, plugin in zip(PHASES, meter[name]))


def span(text):
    return float(text.removesuffix("s"))


# As evcc does


def worked_out(plugin, payload):
    """One result, which is a number: evcc refuses none, several, null and words. jq and gojq agree."""
    numbers = set()
    for engine in ("jq", "gojq"):
        done = subprocess.run([engine, "-c", plugin["jq"]], input=payload, capture_output=True, text=True, check=False)
        lines = done.stdout.split()
        try:
            numbers.add(float(lines[0]) if done.returncode == 0 and len(lines) == 1 else None)
        except ValueError:
            numbers.add(None)
    check(len(numbers) == 1, f"jq and gojq differ: {plugin['jq']} is {numbers}")
    number = numbers.pop()
    if number is None:
        raise NoValue(done.stderr.strip() or done.stdout.strip() or "nothing")
    return number * plugin.get("scale", 1)


def signed(values):
    """Currents get the sign of their phase's power."""
    for phase in PHASES:
        if values[f"powers {phase}"] < 0 < values[f"currents {phase}"]:
            values[f"currents {phase}"] *= -1
    return values


def asked(plugin):
    """The answer to what a plugin asks over HTTP."""
    url = urllib.parse.urlsplit(plugin["uri"])
    headers = {}
    if auth := plugin.get("auth"):
        check(auth["type"] == "bearer", f"auth: {auth['type']}")
        headers["Authorization"] = f"Bearer {auth['token']}"
    status, text = rig.ask(url.port, url.path, headers=headers)
    if status != 200:
        raise NoValue(f"the gateway answers {status}")
    return text


class Topics(threading.Thread):
    """What a subscriber has heard last of some topics, and when."""

    def __init__(self, broker, topics):
        super().__init__(daemon=True)
        host, port = broker.split(":")
        options = [option for topic in topics for option in ("-t", topic)]
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-h", host, "-p", port, "-F", "%t %p", *options], stdout=subprocess.PIPE, text=True
        )
        rig.CHILDREN.append(self.process)
        self.heard = {}
        self.start()

    def run(self):
        for line in self.process.stdout:
            topic, _, payload = line.rstrip("\n").partition(" ")
            self.heard[topic] = (time.time(), payload)

    def last(self, plugin):
        """When it came, and what."""
        at, payload = self.heard.get(plugin["topic"], (0, ""))
        if time.time() - at > span(plugin["timeout"]):
            raise NoValue("outdated")
        return at, payload


class Telegrams(threading.Thread):
    """The last P1 telegram whose checksum is right, and when it came."""

    def __init__(self, meter):
        super().__init__(daemon=True)
        self.timeout = span(meter.get("timeout", f"{DSMR_TIMEOUT}s"))
        self.link = socket.create_connection((meter["host"], meter["port"]), 30)
        self.link.settimeout(None)
        self.came, self.values = float("-inf"), {}
        self.start()

    def run(self):
        octets = b""
        while more := self.link.recv(4096):
            octets += more
            while found := re.search(rb"(/[^!]*!)([0-9A-F]{4})\r\n", octets):
                if self.crc(found[1]) == int(found[2], 16):
                    codes = re.findall(r"(\d+-\d+:\d+\.\d+\.\d+)\(([^)*]*)", found[1].decode("ascii"))
                    self.came, self.values = time.monotonic(), dict(codes)
                octets = octets[found.end() :]

    @staticmethod
    def crc(octets):
        """CRC-16/ARC."""
        crc = 0
        for octet in octets:
            crc ^= octet
            for _ in range(8):
                crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        return crc

    def number(self, code):
        if time.monotonic() - self.came > self.timeout:
            raise NoValue("outdated")
        if code not in self.values:
            raise NoValue(f"no {code}")
        return float(self.values[code])

    def meter(self):
        values = {
            "power": (self.number("1-0:1.7.0") - self.number("1-0:2.7.0")) * 1000,
            "energy": self.number("1-0:1.8.0"),
            "returnEnergy": self.number("1-0:2.8.0"),
        }
        for number, phase in enumerate(PHASES):
            tens = 20 * (number + 1)
            values[f"currents {phase}"] = self.number(f"1-0:{tens + 11}.7.0")
            values[f"voltages {phase}"] = self.number(f"1-0:{tens + 12}.7.0")
            values[f"powers {phase}"] = (self.number(f"1-0:{tens + 1}.7.0") - self.number(f"1-0:{tens + 2}.7.0")) * 1000
        return signed(values)


# As it was read


class Reader:
    """A meter's readings of the last minute."""

    def __init__(self, port, meter):
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        path = f"/api/v1/meters/{meter}/readings?limit=1000&from={since}"
        status, text = rig.ask(port, path, headers={"Authorization": f"Bearer {TOKEN}"})
        check(status == 200, f"readings: {status}")
        self.readings = sorted(json.loads(text)["readings"], key=lambda one: one["measured_at"])

    def wanted(self, live, energy):
        """What evcc should have, of what was read at these times."""
        read = {}
        for at in (live, energy):
            for one in self.readings:
                if one["measured_at"] == at:
                    read |= one
        try:
            values = {
                "power": read["fwd_active_power_w"] - read["rev_active_power_w"],
                "energy": read["fwd_active_energy_wh"] / 1000,
                "returnEnergy": read["rev_active_energy_wh"] / 1000,
            }
            for phase in PHASES:
                values[f"powers {phase}"] = read[f"fwd_active_power_{phase}_w"] - read[f"rev_active_power_{phase}_w"]
                gives = values[f"powers {phase}"] < 0
                values[f"currents {phase}"] = read[f"current_{phase}_a"] * (-1 if gives else 1)
                values[f"voltages {phase}"] = read[f"voltage_{phase}_v"]
        except KeyError as missing:
            raise rig.Failure(f"nothing was read of {missing} at {live} or {energy}") from None
        return values

    def times(self, name):
        return [one["measured_at"] for one in self.readings if name in one]


def same(found, wanted, how):
    check(set(found) == set(wanted), f"{how}: {found}")
    for name, value in wanted.items():
        check(abs(found[name] - value) < 1e-9 * max(1, abs(value)), f"{how}: {name} is {found[name]}, and was read as {value}")


def stamp(at):
    """A time as the gateway writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"


def shown(values):
    phases = " ".join(f"{values[f'powers {phase}']:.0f} W {values[f'currents {phase}']:.2f} A" for phase in PHASES)
    return f"{values['power']:.0f} W ({phases}), {values['energy']:.3f} and {values['returnEnergy']:.3f} kWh"


def direction(values, meter):
    """So that signs are tried both ways."""
    sign = 1 if meter == "house" else -1
    check(values["power"] * sign > 0, f"the {meter} should be the one that {'takes' if sign > 0 else 'gives'}")
    check(any(values[f"currents {phase}"] * sign > 0 for phase in PHASES), f"no current of the {meter} has its power's sign")


# The test


def of(meter, name):
    """The example, for a meter of another name."""
    return json.loads(json.dumps(meter).replace("/house/", f"/{name}/"))


def topics_of(meter, *names):
    return sorted({plugin["topic"] for name in names for _, plugin in plugins(of(meter, name))})


def over_http(example, port, name):
    meter = of(example, name)
    text = asked(meter["power"])
    payload = json.loads(text)
    found = signed({what: worked_out(plugin, text) for what, plugin in plugins(meter)})
    time.sleep(2)  # so that it is in the gateway's store
    live, energy = (payload[series]["measured_at"] for series in ("fwd_active_power_w", "fwd_active_energy_wh"))
    same(found, Reader(port, name).wanted(live, energy), f"HTTP, {name}")
    direction(found, name)
    say(f"HTTP: the {name} has {shown(found)}")


def refused(example, name="house"):
    """Each series that an expression speaks of: without it, or where it is old, there is no number."""
    meter, count = of(example, name), 0
    live = asked(meter["power"])
    for what, plugin in plugins(meter):
        for series in set(re.findall(r"\.(\w+_\w+)", plugin["jq"])):
            for change in ("missing", "old"):
                payload = json.loads(live)
                if change == "old":
                    payload[series]["stale"] = True
                else:
                    del payload[series]
                no_value(f"{what}, {series} {change}", worked_out, plugin, json.dumps(payload))
                count += 1
    no_value("HTTP without a password", asked, meter["power"] | {"auth": None})
    no_value("HTTP with a wrong password", asked, meter["power"] | {"auth": {"type": "bearer", "token": "wrong"}})
    say(f"HTTP: {count} answers in which something is old or missing give no number; nor does one without the password")


def no_value(words, ask, *of_what):
    try:
        number = ask(*of_what)
    except NoValue:
        return
    raise rig.Failure(f"{words}: evcc would have {number}")


def over_mqtt(example, topics, port, name):
    meter = of(example, name)
    live, energy = meter["power"], meter["energy"]
    until(lambda: {live["topic"], energy["topic"]} <= set(topics.heard), f"the broker tells nothing of the {name}")
    told = {one["topic"]: topics.last(one) for one in (live, energy)}
    payloads = {topic: payload for topic, (_, payload) in told.items()}
    found = signed({what: worked_out(plugin, payloads[plugin["topic"]]) for what, plugin in plugins(meter)})
    time.sleep(2)
    reader = Reader(port, name)
    # What was read last before the message came is in it.
    counted = max(at for at in reader.times("fwd_active_energy_wh") if at <= stamp(told[energy["topic"]][0]))
    same(found, reader.wanted(json.loads(payloads[live["topic"]])["measured_at"], counted), f"MQTT, {name}")
    direction(found, name)
    count = 0
    for what, plugin in plugins(meter):
        for series in set(re.findall(r"\.(\w+_\w+)", plugin["jq"])):
            payload = json.loads(payloads[plugin["topic"]])
            del payload[series]
            no_value(f"MQTT, {what} without {series}", worked_out, plugin, json.dumps(payload))
            count += 1
    say(f"MQTT: the {name} has {shown(found)}; {count} messages in which something is missing give no number")


def over_p1(telegrams, port, name):
    until(lambda: telegrams.values, "no telegram comes")
    found = telegrams.meter()
    time.sleep(2)
    reader = Reader(port, name)
    digits = {"power": 0, "energy": 3, "returnEnergy": 3, "currents": 2, "voltages": 1, "powers": 0}
    tolerance = {name: 0.5 * 10**-digit + 1e-9 for name, digit in digits.items()}
    # A telegram says only in which second it was read.
    for live in reader.times("voltage_l1_v"):
        for energy in reader.times("fwd_active_energy_wh"):
            wanted = reader.wanted(live, energy)
            if all(abs(found[what] - value) <= tolerance[what.split()[0]] for what, value in wanted.items()):
                direction(found, name)
                return say(f"P1: the {name} has {shown(found)}")
    raise rig.Failure(f"P1: no reading of the {name} is {found}; the last is {reader.readings[-1:]}")


def away(example, topics, telegrams, broker):
    """The cottage's meter is gone."""
    began = time.monotonic()
    by_http, by_mqtt = of(example["http"], "cottage"), of(example["mqtt"], "cottage")

    def none_left():
        text = asked(by_http["power"])
        return not any(is_number(plugin, text) for _, plugin in plugins(by_http))

    until(none_left, "HTTP goes on giving numbers")
    say(f"HTTP: {time.monotonic() - began:.0f} s after the meter went there is no number left")
    # Whoever comes now hears of the registers alone.
    late = Topics(broker, topics_of(by_mqtt, "cottage"))
    longest = max([span(plugin["timeout"]) for _, plugin in plugins(by_mqtt)] + [telegrams.timeout])
    time.sleep(max(0, began + longest + 3 - time.monotonic()))
    for what, plugin in plugins(by_mqtt):
        no_value(f"MQTT, {what}", topics.last, plugin)
    no_value("P1", telegrams.meter)
    check(set(late.heard) == {by_mqtt["energy"]["topic"]}, f"who comes late hears of {set(late.heard)}")
    ages = [f"{time.time() - at:.0f} s for {topic}" for topic, (at, _) in topics.heard.items() if "/cottage/" in topic]
    say(f"MQTT and P1: nothing came for {longest:.0f} s and more, and no number is left ({', '.join(ages)})")
    text = asked(example["http"]["power"])
    check(all(is_number(plugin, text) for _, plugin in plugins(example["http"])), "the house is gone, too")


def is_number(plugin, payload):
    try:
        worked_out(plugin, payload)
    except NoValue:
        return False
    return True


def simulated(name, port, start):
    """A meter whose day is one on which it takes, or gives."""
    command = ["simulate", "--profile", "gen3", "--mbk-file", rig.keys()[0], "--mak-file", rig.keys()[1]]
    process = rig.start(name, rig.MEP, *command, "--start", start, "--baud", "0", "--listen", f"tcp://127.0.0.1:{port}")
    until(lambda: rig.is_heard(port), f"the simulated {name} does not start")
    return process


def body():
    ports = dict(zip(("web", "broker", "p1", "house", "cottage"), rig.free_ports(5)))
    found, broker = examples(ports)
    check(broker == f"127.0.0.1:{ports['broker']}", f"the document's broker is {broker}")
    with open(rig.path("passwords"), "w", encoding="ascii", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
        subprocess.run([rig.MEP, "config", "password"], input=TOKEN, stdout=file, text=True, check=True)
    rig.write(
        "mep.yaml",
        f"""
meters:
  - {{name: house, address: "tcp://127.0.0.1:{ports['house']}", key_file: {rig.keys()[0]}, every: {{profile: off}}}}
  - {{name: cottage, address: "tcp://127.0.0.1:{ports['cottage']}", key_file: {rig.keys()[0]}, every: {{profile: off}}}}
store: {{path: {rig.path("mep.db")}, commit: 1s}}
web: {{port: {ports['web']}, password_file: {rig.path("passwords")}}}
mqtt: {{host: 127.0.0.1, port: {ports['broker']}}}
p1: {{port: {ports['p1']}, meter: cottage}}
""",
    )
    rig.broker("broker", ports["broker"], "allow_anonymous true")
    simulated("house", ports["house"], "2026-12-20T18:00Z")
    cottage = simulated("cottage", ports["cottage"], "2026-06-21T10:00Z")
    rig.start("gateway", rig.MEP, "serve", "--config", rig.path("mep.yaml"))
    until(lambda: rig.is_heard(ports["web"]) and rig.is_heard(ports["p1"]), "the gateway does not start")
    topics = Topics(broker, topics_of(found["mqtt"], "house", "cottage"))
    telegrams = Telegrams(found["dsmr"])
    until(lambda: len(topics.heard) == 4 and telegrams.values, "not everything is told")

    for name in ("house", "cottage"):
        over_http(found["http"], ports["web"], name)
        over_mqtt(found["mqtt"], topics, ports["web"], name)
    over_p1(telegrams, ports["web"], "cottage")
    refused(found["http"])
    rig.stop(cottage)
    away(found, topics, telegrams, broker)


rig.run("evcc", body)
