# SPDX-License-Identifier: Apache-2.0
"""Kills a gateway under load again and again, and holds what it has kept to what it had answered before."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from datetime import datetime, timezone

import rig
from rig import check, say

KILLS = int(os.environ.get("KILLS", "200"))
SEED = int(os.environ.get("SEED", random.randrange(1_000_000)))
METERS = ["house", "barn"]
COUNTERS = ["fwd_active_energy_wh", "rev_active_energy_wh", "import_reactive_energy_varh", "export_reactive_energy_varh"]
POWER = "fwd_active_power_w"
HOUR = 3_600_000


def milliseconds(written):
    return round(datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp() * 1000)


def written(time_ms):
    """Whole seconds, as one asks for them."""
    return datetime.fromtimestamp(time_ms // 1000, timezone.utc).isoformat().replace("+00:00", "Z")


class Committed:
    """What was ever answered from the store: readings by meter and time. What is answered again has to be the same."""

    def __init__(self):
        self.readings = {name: {} for name in METERS}
        self.lock = threading.Lock()
        self.flaw = None

    def note(self, meter, answer):
        last = 0
        for reading in answer:
            at = milliseconds(reading["measured_at"])
            if at <= last:
                self.flaw = f"{meter}: {at} comes after {last}: twice, or in no order"
            last = at
            values = {name: value for name, value in reading.items() if name != "measured_at"}
            with self.lock:
                known = self.readings[meter].setdefault(at, {})
                for name, value in known.items():
                    if values.get(name) != value:
                        self.flaw = f"{meter} at {at}: {name} was {value}, and is {values.get(name)}"
                # Two tables may be read in the same millisecond: more may come, and nothing goes.
                known.update(values)

    def times(self, meter, since=0, to=None):
        with self.lock:
            return sorted(at for at in self.readings[meter] if at >= since and (to is None or at < to))

    def count(self):
        with self.lock:
            return sum(map(len, self.readings.values()))


class Load(threading.Thread):
    """Asks the gateway all the time, whether it is there or not."""

    def __init__(self, port, body):
        super().__init__(daemon=True)
        self.port, self.body = port, body
        self.answers, self.others = 0, {}
        self.start()

    def run(self):
        while True:
            for meter in METERS:
                try:
                    status, text = rig.ask(self.port, self.body(meter))
                except (OSError, http.client.HTTPException):
                    time.sleep(0.02)
                    continue
                if status == 200:
                    self.answers += 1
                    self.take(meter, text)
                else:
                    self.others[status] = text.strip()
                time.sleep(0.05)

    def take(self, meter, text):
        pass


class Notes(Load):
    """Asks for the newest readings, and notes which are committed."""

    def __init__(self, port, committed):
        self.committed = committed
        super().__init__(port, lambda meter: f"/api/v1/meters/{meter}/readings?from={written(time.time() * 1000 - 20_000)}")

    def take(self, meter, text):
        self.committed.note(meter, json.loads(text)["readings"])


class Scrapes(Load):
    """Asks as Prometheus does, to which a counter that falls has begun anew: all of it would be used once more."""

    def __init__(self, port):
        self.last, self.falls = {}, []
        super().__init__(port, lambda meter: "/metrics")

    def take(self, meter, text):
        for line in text.splitlines():
            if line.startswith("mep_fwd_active_energy_joules_total"):
                name, value = line.rsplit(" ", 1)
                if float(value) < self.last.get(name, 0):
                    self.falls.append(f"{name} from {self.last[name]:.0f} to {value}")
                self.last[name] = float(value)


class Campaign:
    def __init__(self):
        self.random = random.Random(SEED)
        self.committed = Committed()
        self.begun = time.time()
        self.starts, self.kills = [], 0
        self.hits = {"while hours were packed": 0, "at the turn of a minute": 0}
        self.lost = []
        self.slot = 0
        self.last = None
        self.web, self.mqtt, line = rig.free_ports(3)
        rig.broker("broker", self.mqtt, "allow_anonymous true")
        rig.meter("meter-1", "--listen", f"tcp://127.0.0.1:{line}", seed=1)
        rig.meter("meter-2", "--pty", rig.path("line"), seed=2)
        key, _ = rig.keys()
        every = "every: {present: 500ms}"
        rig.write(
            "mep.yaml",
            f"""
meters:
  - {{name: house, address: "tcp://127.0.0.1:{line}", key_file: {key}, {every}}}
  - {{name: barn, address: "serial:{rig.path('line')}", key_file: {key}, {every}}}
store: {{path: {rig.path('mep.db')}, commit: 1s}}
web: {{port: {self.web}}}
mqtt: {{host: 127.0.0.1, port: {self.mqtt}}}
""",
        )
        self.listener = rig.Listener(self.mqtt)

    # A life of the gateway

    def start(self):
        self.process = rig.start("mep", rig.MEP, "serve", "--config", rig.path("mep.yaml"))
        self.born, self.begun_at = time.monotonic(), time.time()

    def wait_for_answer(self):
        """Until it knows its meters; how long that took."""
        while True:
            check(self.process.poll() is None, "the gateway has ended by itself")
            check(time.monotonic() - self.born < 30, "the gateway does not answer within 30 s")
            answer = rig.get(self.web, "/api/v1/meters")
            if answer is not None and len(answer) == len(METERS):
                return time.monotonic() - self.born
            time.sleep(0.005)

    def kill(self):
        self.former = (self.begun_at, time.time())
        self.process.kill()
        self.process.wait()
        rig.CHILDREN.remove(self.process)
        self.kills += 1

    def readings(self, meter, since, to=None):
        """All of a time, half a day at a time."""
        found, since, to = [], since - since % 1000, to or time.time() * 1000 + 1000
        while since < to:
            end = min(since + 12 * HOUR, to)
            answer = rig.get(
                self.web, f"/api/v1/meters/{meter}/readings", from_=written(since), to=written(end), limit=20_000
            )
            check(answer is not None, f"no readings of {meter} are answered")
            check(not answer["more"], f"{meter} has more readings than are answered at once")
            found += answer["readings"]
            since = end
        return found

    def compare(self, since, to=None):
        """That all is there which was committed of a time."""
        for meter in METERS:
            # What is noted meanwhile may be committed after the answer was made.
            wanted = self.committed.times(meter, since, to)
            answer = self.readings(meter, since, to)
            there = {milliseconds(reading["measured_at"]) for reading in answer}
            gone = [at for at in wanted if at not in there]
            check(not gone, f"{meter}: {len(gone)} committed readings are gone, such as {gone[:3]}")
            self.committed.note(meter, answer)
            self.check_counters(meter, answer)
        check(self.committed.flaw is None, self.committed.flaw)

    def check_counters(self, meter, readings):
        last = {}
        for reading in readings:
            # What was put into the past copies what came later.
            if milliseconds(reading["measured_at"]) < self.begun * 1000:
                continue
            for name in COUNTERS:
                if name in reading:
                    check(reading[name] >= last.get(name, 0), f"{meter}: {name} falls at {reading['measured_at']}")
                    last[name] = reading[name]

    # The database

    def copy(self):
        for ending in ["", "-wal"]:
            if os.path.exists(rig.path("mep.db") + ending):
                shutil.copy(rig.path("mep.db") + ending, rig.path("copy.db") + ending)
            elif os.path.exists(rig.path("copy.db") + ending):
                os.remove(rig.path("copy.db") + ending)
        return sqlite3.connect(rig.path("copy.db"))

    def check_database(self):
        """As the kill left it, by another program than the one that made it."""
        database = self.copy()
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        check(found == ["ok"], f"the database is not sound: {found}")
        broken = list(database.execute("PRAGMA foreign_key_check"))
        check(not broken, f"the database refers to what is not there: {broken}")
        packed = set(database.execute("SELECT meter, grain, time FROM packed"))
        # What was recorded may come late, and waits beside what is packed; readings do not.
        for meter, grain, at in database.execute("SELECT meter, grain, time FROM recent WHERE grain = 0"):
            check((meter, grain, at - at % HOUR) not in packed, f"a reading is packed and is not: {meter} {at}")
        database.close()

    def is_half_packed(self):
        """Whether of the hours that were put into the past last, some are packed."""
        database = self.copy()
        recent, packed = (
            database.execute(f"SELECT count(DISTINCT meter || time / {HOUR}) FROM {table} WHERE grain = 0 AND time >= ? AND time < ?", self.last)
            .fetchone()[0]
            for table in ("recent", "packed")
        )
        database.close()
        return recent > 0 and packed > 0

    def plant(self, hours=3, count=200):
        """Puts readings of this run into hours that are over, as if they had not been packed yet: there is much to pack."""
        database = sqlite3.connect(rig.path("mep.db"))
        now = int(time.time() * 1000)
        top = now - now % HOUR - (2 + self.slot) * HOUR
        for meter, number in zip(METERS, self.numbers(database)):
            sources = self.sources[meter]
            for hour in range(hours):
                for n in range(count):
                    at, (values, octets) = top - hour * HOUR + n * HOUR // count, sources[n % len(sources)]
                    # Versions and counts of rows stay; the time is the first number.
                    database.execute("INSERT INTO recent VALUES (?, 0, ?, ?)", (number, at, b"\1\1" + varint(2 * at) + octets))
                    with self.committed.lock:
                        self.committed.readings[meter][at] = values
        database.commit()
        database.close()
        self.slot += hours
        self.last = (top - (hours - 1) * HOUR, top + HOUR)

    def numbers(self, database):
        return [database.execute("SELECT id FROM meter WHERE name = ?", (name,)).fetchone()[0] for name in METERS]

    def learn_sources(self):
        """Readings as the gateway itself has put them down: what it answers, and its octets."""
        database = self.copy()
        self.sources = {}
        for meter, number in zip(METERS, self.numbers(database)):
            self.sources[meter] = []
            for at, octets in database.execute("SELECT time, octets FROM recent WHERE meter = ? AND grain = 0", (number,)):
                start = b"\1\1" + varint(2 * at)
                check(octets.startswith(start), "a row is packed in another way than this test knows")
                if values := self.committed.readings[meter].get(at):
                    self.sources[meter].append((dict(values), octets[len(start) :]))
            check(len(self.sources[meter]) > 3, f"{meter} has no readings yet")
        database.close()

    # Minutes and quarters

    def compare_recorded(self):
        """What was filled in from the load profile has no hole: how far it was read is committed with it."""
        count = 0
        for meter in METERS:
            through = rig.until(
                lambda: rig.get(self.web, f"/api/v1/meters/{meter}")["recorded_through"], f"{meter} records nothing", 60
            )
            since = written(milliseconds(through) - 90 * 24 * HOUR)
            spans = rig.get(
                self.web, f"/api/v1/meters/{meter}/history", by="quarter", from_=since, to=through, series=COUNTERS[0]
            )["spans"]
            for last, next_ in zip(spans, spans[1:]):
                check(last["end"] == next_["start"], f"{meter}: nothing is kept from {last['end']} to {next_['start']}")
            count += len(spans)
            numbers = [event["number"] for event in rig.get(self.web, f"/api/v1/meters/{meter}/events", limit=10_000)]
            check(len(numbers) == len(set(numbers)), f"{meter} has an event twice: {numbers}")
        return count

    def minutes(self, meter):
        since = written(self.begun * 1000)
        return (rig.get(self.web, f"/api/v1/meters/{meter}/history", by="minute", from_=since) or {"spans": []})["spans"]

    def compare_minutes(self):
        """Each minute that has ended has the least and the greatest of its readings, however its making was cut off."""
        count = 0
        for meter in METERS:
            readings = {}
            for reading in self.readings(meter, self.begun * 1000):
                if POWER in reading:
                    at = milliseconds(reading["measured_at"])
                    # A minute holds what was read after its start, through its end.
                    readings.setdefault((at - 1) // 60_000, []).append(reading[POWER])
            spans = self.minutes(meter)
            minutes = {milliseconds(span["start"]) // 60_000: span for span in spans}
            check(len(minutes) == len(spans), f"{meter} has a minute twice")
            newest = max(readings)
            for minute, powers in sorted(readings.items()):
                if minute >= newest:
                    continue
                span = minutes.get(minute, {})
                found = (span.get(POWER + "_min"), span.get(POWER + "_max"))
                wanted = (min(powers), max(powers))
                check(found == wanted, f"{meter}: {written(minute * 60_000)} has {found}, read was {wanted}")
                count += 1
            for span in spans:
                for name in COUNTERS:
                    check(span.get(name, 0) >= 0, f"{meter}: less than nothing was used at {span['start']}")
        return count

    def look_at_energy_topic(self):
        """How many registers the broker was told, and which of them fell."""
        count, falls = 0, []
        for meter in METERS:
            last = {}
            for payload in self.listener.said(f"mep/{meter}/energy"):
                for name, value in json.loads(payload).items():
                    if name in COUNTERS:
                        if value < last.get(name, 0):
                            falls.append(f"{name} of {meter} from {last[name]} to {value}")
                        last[name] = value
                        count += 1
        check(count, "the broker was told of no energy")
        return count, falls

    # The whole

    def moment(self):
        """What a life is for, and after how many seconds it ends: of its start, its first answer, or what it keeps first."""
        kind = self.random.random()
        if kind < 0.15:
            return "start", self.random.uniform(0, 0.3)
        if kind < 0.35:
            return "pack", self.random.uniform(0, 0.6)
        if kind < 0.6:
            return "read", self.random.uniform(1, 4)
        return "keep", self.random.uniform(0, 2)

    def life(self):
        kind, span = self.moment()
        aim = self.random.uniform(5, 6.5)
        is_short = kind in ("start", "pack")
        if is_short:
            self.plant()
        self.start()
        if kind == "pack":
            # It packs from about then on.
            self.starts.append(self.wait_for_answer())
            span += time.monotonic() - self.born
        if not is_short:
            self.starts.append(self.wait_for_answer())
            self.note_loss()
            self.compare((time.time() - 60) * 1000)
            if self.last and self.random.random() < 0.5:
                self.compare(*self.last)
        if kind == "keep":
            with contextlib.suppress(rig.Failure):
                rig.until(self.keeps, "", 15)
            span += time.monotonic() - self.born
        # Minutes are made from 5 s after their end on.
        until_turn = aim - time.time() % 60
        if kind == "keep" and 0 < until_turn < 8:
            span = time.monotonic() - self.born + until_turn
            self.hits["at the turn of a minute"] += 1
        time.sleep(max(0, self.born + span - time.monotonic()))
        self.kill()
        if is_short:
            self.hits["while hours were packed"] += self.is_half_packed()

    def keeps(self):
        return any(self.committed.times(meter, self.begun_at * 1000) for meter in METERS)

    def note_loss(self):
        """How long before the kill the newest reading was made that is there, where the life before has left any."""
        begun, killed = self.former
        self.former = (0, 0)
        for meter in METERS:
            times = [milliseconds(reading["measured_at"]) / 1000 for reading in self.readings(meter, begun * 1000)]
            if times := [at for at in times if begun <= at <= killed]:
                self.lost.append(killed - times[-1])

    def begin(self):
        say(f"A gateway with two meters is killed {KILLS} times; SEED={SEED}")
        self.start()
        self.wait_for_answer()
        self.loads = [
            Notes(self.web, self.committed),
            Scrapes(self.web),
            Load(self.web, lambda meter: f"/api/v1/meters/{meter}/history?by=minute"),
            Load(self.web, lambda meter: f"/api/v1/meters/{meter}/export?by=reading&format=json&from={written(time.time() * 1000 - 60_000)}"),
        ]
        # With a minute that is made: else the first would begin where this test puts readings.
        rig.until(lambda: all(self.minutes(meter) for meter in METERS), "the gateway makes no minutes", 90)
        self.kill()
        self.learn_sources()

    def go(self):
        self.begin()
        while self.kills < KILLS:
            self.life()
            if self.kills % 10 == 0:
                self.check_database()
            if self.kills % 20 == 0:
                say(f"{self.kills} kills, {self.committed.count()} committed readings, {time.time() - self.begun:.0f} s")
        self.end()

    def end(self):
        self.start()
        self.wait_for_answer()
        # What has been packed meanwhile is all there, of the first hour that was put into the past on.
        self.compare(self.last[0] if self.last else self.begun * 1000)
        rig.until(lambda: time.time() % 60 > 8, "", 60)
        time.sleep(2)
        minutes = self.compare_minutes()
        quarters = self.compare_recorded()
        energies, falls = self.look_at_energy_topic()
        rig.stop(self.process)
        self.check_database()
        log = rig.read("mep.log")
        check(" critical " not in log, "the gateway's log tells of something critical")
        self.hits["before it answered"] = self.kills + 1 - log.count("it answers at")
        for words, count in self.hits.items():
            say(f"{count} kills came {words}")
        starts, lost = sorted(self.starts), sorted(self.lost)
        half, most = starts[len(starts) // 2], starts[int(len(starts) * 0.99)]
        say(f"from its start to its answer: {half:.2f} s (p50), {most:.2f} s (p99), {starts[-1]:.2f} s (worst) of {len(starts)}")
        say(f"{len(lost)} times a meter's readings had been kept by a life that was ended")
        say(f"from the newest reading that was kept to the kill: {lost[len(lost) // 2]:.1f} s (p50), {lost[-1]:.1f} s (worst)")
        say(f"{self.committed.count()} committed readings are there as they were, none twice; {minutes} minutes agree with them")
        say(f"{quarters} recorded quarters without a hole")
        say(f"{sum(load.answers for load in self.loads)} answers under load")
        others = {status: words for load in self.loads for status, words in load.others.items()}
        for status, words in others.items():
            say(f"answered beside: {status} {words}")
        scraped = self.loads[1].falls
        errors = [line for line in log.splitlines() if " error " in line]
        say(f"{energies} registers told to the broker, {len(falls)} fell; {len(scraped)} counters fell at /metrics")
        flaws = [
            (len(lost) < KILLS / 4, f"only {len(lost)} times a meter's readings were kept before a kill"),
            (lost[-1] >= 10, f"a kill took what was read in {lost[-1]:.1f} s, where the store is written to each second"),
            (falls, f"the broker was told of registers that fell: {falls[:2]}"),
            (scraped, f"Prometheus was told of counters that fell: {scraped[:2]}"),
            (errors, f"the gateway's log tells of {len(errors)} errors, such as {errors[-1:]}"),
        ]
        check(not any(is_so for is_so, _ in flaws), "; ".join(words for is_so, words in flaws if is_so))
        say(f"{self.kills} kills. Passed.")


def varint(number):
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(octets + bytes([number]))


rig.run("killed", lambda: Campaign().go())
