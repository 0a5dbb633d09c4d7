# SPDX-License-Identifier: Apache-2.0
"""Asks a real Home Assistant what it makes of a meter that a gateway tells it of: see home-assistant.sh."""

import datetime
import json
import math
import os
import re
import signal
import socket
import threading
import time
import urllib.parse
import urllib.request

import rig
import websocket
from rig import check, say, until

ROOT = os.environ["ROOT"]
BROKER, SIMULATOR, WEB, P1, HASS = rig.free_ports(5)
HERE = f"http://127.0.0.1:{HASS}"
DISCOVERY = "homeassistant/device/mep_house/config"
# What is not shown while it is old; registers and what the gateway says of itself stay, costs and prices go with the gateway.
LIVE = "mep/house/live"
CONFIGURATION = f"""
homeassistant: {{name: Acceptance, unit_system: metric, time_zone: Europe/Amsterdam, country: NL, currency: EUR}}
http: {{server_host: 127.0.0.1, server_port: {HASS}}}
frontend:
config:
onboarding:
recorder: {{commit_interval: 1}}
history:
energy:
logger: {{default: info}}
"""
GATEWAY = f"""
meters:
  - {{name: house, address: "tcp://127.0.0.1:{SIMULATOR}", key_file: {rig.path("mbk.key")}, history: 2h}}
store: {{path: {rig.path("mep.db")}}}
time_zone: Europe/Amsterdam
web: {{port: {WEB}}}
mqtt: {{host: 127.0.0.1, port: {BROKER}}}
p1: {{port: {P1}}}
costs:
  currency: EUR
  versions:
    - from: 2020-01-01
      import: [{{name: energy, per_kwh: 0.31}}, {{name: network, per_kwh: 0.05, times: [{{per_kwh: 0.11, hours: 17-21}}]}}]
      export: [{{name: energy, per_kwh: 0.07}}]
"""
# By the last part of their names: unit, class, what a number in a message is divided by.
UNITS = {
    "wh": ("kWh", "energy", 1000),
    "varh": ("kvarh", "reactive_energy", 1000),
    "w": ("W", "power", 1),
    "var": ("var", "reactive_power", 1),
    "va": ("VA", "apparent_power", 1),
    "v": ("V", "voltage", 1),
    "a": ("A", "current", 1),
    "hz": ("Hz", "frequency", 1),
    "s": ("s", "duration", 1),
    "day": ("EUR", "monetary", 1),
    "month": ("EUR", "monetary", 1),
    "import": ("EUR/kWh", None, 1),
    "export": ("EUR/kWh", None, 1),
}
# Where a message has what does not stand there under its own name.
WITHIN = {f"{name}_{span}": (span, name) for name in ("cost", "income") for span in ("day", "month")}
WITHIN |= {f"price_{way}": ("now", way) for way in ("import", "export")}
NEEDED = {"fwd_active_power_w", "voltage_l1_v", "fwd_active_energy_wh", "cost_day", "cost_month", "price_import", "price_export"}
# Of the entities of Home Assistant's own P1 reader.
CODES = {
    "timestamp": "0-0:1.0.0",
    "current_electricity_usage": "1-0:1.7.0",
    "current_electricity_delivery": "1-0:2.7.0",
    "electricity_used_tariff_1": "1-0:1.8.1",
    "electricity_delivered_tariff_1": "1-0:2.8.1",
} | {
    f"instantaneous_{name}_l{phase}{way}": f"1-0:{20 * phase + code}.7.0"
    for phase in (1, 2, 3)
    for name, way, code in [
        ("voltage", "", 12),
        ("current", "", 11),
        ("active_power", "_positive", 1),
        ("active_power", "_negative", 2),
    ]
}


class HomeAssistant:
    """One that runs in the chroot, and keeps what it knows where this test does."""

    def __init__(self):
        os.makedirs(rig.path("cfg"), exist_ok=True)
        rig.write("cfg/configuration.yaml", CONFIGURATION, 0o644)
        self.token = None

    def start(self):
        """Until it says that it is all there."""
        begin, self.began = time.monotonic(), time.time()
        self.process = rig.start(
            "home-assistant", rig.path("inside"), ROOT, rig.path("cfg"), "/opt/ha/bin/python", "/opt/ha/bin/hass",
            "--config", "/cfg", "--skip-pip",
        )  # fmt: skip
        until(lambda: rig.get(HASS, "/manifest.json"), "Home Assistant does not answer", 90)
        is_new = not self.token
        if is_new:
            self.onboard()
        until(lambda: self.rest("/api/config")["state"] == "RUNNING", "Home Assistant is not ready", 90)
        self.connect()
        if is_new:
            # Else it takes another port after five minutes.
            self.ask("http/config/promote")
        return time.monotonic() - begin

    def stop(self):
        rig.stop(self.process, seconds=60)

    def onboard(self):
        person = {"name": "t", "username": "t", "password": "acceptance", "language": "en", "client_id": HERE}
        code = until(lambda: self.rest("/api/onboarding/users", person), "nobody can be made known")["auth_code"]
        form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": code, "client_id": HERE})
        self.token = self.open("/auth/token", form.encode(), "application/x-www-form-urlencoded")["access_token"]

    def rest(self, address, body=None):
        return self.open(address, None if body is None else json.dumps(body).encode(), "application/json")

    def open(self, address, data, kind):
        headers = {"Content-Type": kind} | ({"Authorization": "Bearer " + self.token} if self.token else {})
        with urllib.request.urlopen(urllib.request.Request(HERE + address, data, headers), timeout=30) as answer:
            return json.load(answer)

    def connect(self):
        """A connection on which it tells each change of a state."""
        self.socket = websocket.create_connection(HERE.replace("http", "ws") + "/api/websocket", timeout=60)
        self.number, self.answers, self.changes = 0, {}, []
        self.socket.recv()
        self.socket.send(json.dumps({"type": "auth", "access_token": self.token}))
        check(json.loads(self.socket.recv())["type"] == "auth_ok", "Home Assistant does not take its own token")
        threading.Thread(target=self.listen, args=(self.socket,), daemon=True).start()
        self.ask("subscribe_events", event_type="state_changed")

    def listen(self, link):
        try:
            while True:
                message = json.loads(link.recv())
                if message["type"] == "event":
                    data = message["event"]["data"]
                    self.changes.append((time.time(), data["entity_id"], (data["new_state"] or {}).get("state")))
                elif message["type"] == "result":
                    self.answers[message["id"]] = message
        except (OSError, ValueError, websocket.WebSocketException):
            return

    def ask(self, kind, **more):
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "type": kind, **more}))
        answer = until(lambda: self.answers.pop(number, None), f"Home Assistant does not answer {kind}")
        check(answer["success"], f"Home Assistant refuses {kind}: {answer.get('error')}")
        return answer["result"]

    def states(self):
        return {state["entity_id"]: state for state in self.ask("get_states")}

    def entities(self, platform):
        """By what they are called where they come from."""
        every = self.ask("config/entity_registry/list")
        return {entity["unique_id"]: entity for entity in every if entity["platform"] == platform}

    def add(self, integration, **answers):
        flow = self.rest("/api/config/config_entries/flow", {"handler": integration})
        done = self.rest(f"/api/config/config_entries/flow/{flow['flow_id']}", answers)
        check(done["type"] == "create_entry", f"{integration} cannot be set up: {done}")
        return done["result"]["entry_id"]

    def complaints(self):
        """What it has written of us, with its warnings and errors."""
        lines = rig.read("home-assistant.log").splitlines()
        ours = re.compile(r"mep|house|dsmr|components\.(mqtt|sensor|recorder|energy)")
        return [line for line in lines if re.search(r" (WARNING|ERROR|CRITICAL) ", line) and ours.search(line)]


class Test:
    def __init__(self):
        self.home = HomeAssistant()
        # What was heard of a broker that is no more, by topic.
        self.past = {}

    # What is beside the gateway

    def start_broker(self):
        self.broker = rig.broker("broker", BROKER, "allow_anonymous true")
        self.listener = rig.Listener(BROKER, ["mep/#", "homeassistant/#"])

    def start_meter(self):
        """The same meter each time, as much later as it is: its registers go on."""
        basic, advanced = rig.keys()
        start = self.birth.isoformat().replace("+00:00", "Z")
        lived = int((datetime.datetime.now(datetime.timezone.utc) - self.birth).total_seconds())
        self.meter = rig.start(
            "meter", rig.MEP, "simulate", "--mbk-file", basic, "--mak-file", advanced, "--listen",
            f"tcp://127.0.0.1:{SIMULATOR}", "--start", start, "--lived", f"{lived}s", "--baud", "0",
        )  # fmt: skip
        until(lambda: rig.is_heard(SIMULATOR), "the simulated meter does not start")

    def start_gateway(self):
        self.gateway = rig.start("mep", rig.MEP, "serve", "--config", rig.path("mep.yaml"))

    # What is asked

    def message(self, topic):
        said = self.listener.said(topic)
        return json.loads(said[-1]) if said and said[-1] else {}

    def components(self):
        """Without those that are only said to be gone."""
        found = self.message(DISCOVERY).get("cmps", {})
        return {name: component for name, component in found.items() if "uniq_id" in component}

    def expected(self, name, message):
        """What a state is to be, by a message."""
        value = message
        for part in WITHIN.get(name, (name,)):
            value = (value or {}).get(part)
        if value is None:
            return "unknown"
        if name.endswith("_at"):
            return value[:19] + "+00:00"
        _, _, divisor = UNITS.get(name.split("_")[-1], (None, None, 1))
        return value / divisor

    def shown(self, live=None):
        """The entities that are shown, by their names in messages; of those that are live, or of the others."""
        entities = self.home.entities("mqtt")
        return {
            name: entities[component["uniq_id"]]["entity_id"]
            for name, component in self.components().items()
            if component["uniq_id"] in entities
            and not entities[component["uniq_id"]]["disabled_by"]
            and (live is None or live == (component["stat_t"] == LIVE))
        }

    def differences(self):
        """Between what Home Assistant shows, the broker was told and the gateway answers, while nothing comes to be told."""
        while True:
            until(lambda: self.has_said(LIVE, 0.4) and not self.has_said("mep/house/", 0.15), "the meter is not read")
            before = len(self.listener.heard)
            found = self.compared()
            if len(self.listener.heard) == before:
                return found

    def compared(self):
        shown, components, states = self.shown(), self.components(), self.home.states()
        answers = (rig.get(WEB, "/api/v1/meters/house/values") or {"": None}).items()
        values = {name: answer["value"] for name, answer in answers if answer}
        messages = {topic: self.message(topic) for topic in {component["stat_t"] for component in components.values()}}
        wrong = [] if values else ["the gateway does not answer"]
        for name, entity in shown.items():
            message = messages[components[name]["stat_t"]]
            state, expected = states[entity]["state"], self.expected(name, message)
            if not is_same(state, expected):
                wrong.append(f"{entity} is {state}, not {expected}")
            elif name in message and name in values and message[name] != values[name]:
                wrong.append(f"{name} is {message[name]} by MQTT and {values[name]} by HTTP")
        return wrong, shown, states

    def has_said(self, topic, ago):
        heard = self.listener.heard
        return any(name.startswith(topic) for at, name, _, _ in heard[-50:] if time.time() - at < ago)

    def agree(self, seconds=40):
        """Waits for all that is shown to be what is told, and tells how long that took."""
        begin = time.monotonic()
        wrong = ["nothing"]
        while wrong:
            check(time.monotonic() - begin < seconds, f"{len(wrong)} do not agree after {seconds} s: {wrong[:5]}")
            wrong, shown, states = self.differences()
            alive = [name for name, entity in shown.items() if states[entity]["state"] not in ("unknown", "unavailable")]
            # A discovery that came, and nothing else, agrees as well.
            if not wrong and not NEEDED <= set(alive):
                wrong = [f"{NEEDED - set(alive)} are not there"]
        return time.monotonic() - begin, len(alive)

    def until_live_is_away(self, seconds, words):
        """Waits for all live values to be unavailable, while the others are what was told last, or gone with the gateway."""
        begin = time.monotonic()
        live, others, components = self.shown(True), self.shown(False), self.components()
        check(len(live) > 20 and len(others) > 5, "too few entities are shown")

        def wrong():
            states = self.home.states()
            expected = dict.fromkeys(live.values(), "unavailable")
            for name, entity in others.items():
                # What the gateway reckons is gone with it.
                is_gone = "avty_t" in components[name] and self.listener.said("mep/status")[-1:] == [b"offline"]
                told = self.message(components[name]["stat_t"])
                expected[entity] = "unavailable" if is_gone else self.expected(name, told)
            return [f"{who} is {states[who]['state']}" for who in expected if not is_same(states[who]["state"], expected[who])]

        while found := wrong():
            check(time.monotonic() - begin < seconds, f"{words}: after {seconds} s, {found[:5]}")
            time.sleep(0.1)
        took = time.monotonic() - begin
        time.sleep(1)
        found = wrong()
        check(not found, f"{words}: a second later, {found[:5]}")
        say(f"{words}: {len(live)} live entities are unavailable after {took:.1f} s, {len(others)} others are as they should be")

    def are_unavailable(self, shown):
        states = self.home.states()
        return all(states[entity]["state"] == "unavailable" for entity in shown.values())

    def back(self, words):
        took, count = self.agree()
        say(f"{words}: {count} entities have the right states after {took:.1f} s")

    # What is shown, step by step

    def go(self):
        rig.write("mep.yaml", GATEWAY)
        self.birth = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(hours=2)
        self.start_broker()
        self.start_meter()
        self.start_gateway()
        say(f"Home Assistant is there after {self.home.start():.1f} s")
        self.home.add("mqtt", broker="127.0.0.1", port=BROKER, other_settings={"set_client_cert": False, "set_ca_cert": "off"})
        self.discovered()
        self.energy_dashboard()
        self.followed()
        self.telegrams = Telegrams()
        self.home.add("dsmr", port=f"socket://127.0.0.1:{P1}", dsmr_version="5")
        self.told_by_p1()
        self.net_power_is_right()
        complaints = self.home.complaints()
        check(not complaints, f"Home Assistant complains: {complaints[:5]}")
        say("Home Assistant has no warning and no error about it in its log")
        self.home_assistant_is_away()
        self.meter_is_away()
        self.gateway_is_away()
        self.broker_is_away()
        self.statistics()
        self.told_by_p1()
        self.removed()
        complaints = [line for line in self.home.complaints() if re.search("mep|house", line)]
        check(not complaints, f"Home Assistant complains: {complaints[:5]}")
        say("Passed.")

    def discovered(self):
        """Every entity that is announced is there, as it is announced."""
        # The rarest of what is read.
        until(lambda: "sags_l1" in self.message("mep/house/energy"), "the gateway has not read all", 60)
        until(lambda: "day" in self.message("mep/house/cost"), "the gateway has not told what today has cost", 130)
        wanted = {component["uniq_id"] for component in self.components().values()}
        until(lambda: wanted == set(self.home.entities("mqtt")), "Home Assistant has other entities than those announced")
        _, alive = self.agree()
        for _ in range(3):
            wrong, *_ = self.differences()
            check(not wrong, f"they agreed, and do so no more: {wrong[:5]}")
        entities, states = self.home.entities("mqtt"), self.home.states()
        disabled = 0
        for name, component in self.components().items():
            entity = entities[component["uniq_id"]]
            who = entity["entity_id"]
            unit, kind, _ = UNITS.get(name.split("_")[-1], (None, None, 1))
            check(entity["original_name"] == component["name"], f"{who} is called {entity['original_name']}")
            check(entity["entity_category"] == {"diagnostic": "diagnostic"}.get(component.get("ent_cat")), f"{who}: category")
            if component.get("en") is False:
                check(entity["disabled_by"] == "integration" and who not in states, f"{who} is not disabled")
                disabled += 1
                continue
            check(entity["disabled_by"] is None, f"{who} is disabled")
            has = states[who]["attributes"]
            for key, short in [("unit_of_measurement", "unit_of_meas"), ("device_class", "dev_cla"), ("state_class", "stat_cla")]:
                check(has.get(key) == component.get(short), f"{who} has {key} {has.get(key)}, not {component.get(short)}")
            check(has.get("unit_of_measurement") == unit, f"{who} is in {has.get('unit_of_measurement')}, not {unit}")
            check(kind in (None, has.get("device_class")), f"{who} is {has.get('device_class')}, not {kind}")
        say(f"{len(wanted)} entities are announced and there; {disabled} are disabled, as announced; {alive} have the right states")

    def followed(self, seconds=20):
        """Each message becomes a state, in its order, within a moment."""
        since = time.time()
        time.sleep(seconds)
        heard = [(at, json.loads(payload)) for at, name, payload, _ in list(self.listener.heard) if name == LIVE and at > since]
        slowest = count = 0
        time.sleep(1)
        for name, entity in self.shown(True).items():
            changes = [(at, state) for at, who, state in self.home.changes if who == entity and at > since]
            told = [(at, self.expected(name, message)) for at, message in heard]
            told = [told[i] for i in range(1, len(told)) if told[i][1] != told[i - 1][1]]
            # The first message was perhaps a change, or none.
            changes = [(at, state) for at, state in changes if not told or at > told[0][0] - 0.2]
            check(
                len(told) <= len(changes) and all(is_same(change[1], tell[1]) for change, tell in zip(changes, told)),
                f"{entity} went through {changes[:8]}, and {told[:8]} were told",
            )
            slowest = max([slowest] + [change[0] - tell[0] for change, tell in zip(changes, told)])
            count += len(told)
        check(count > 100, f"only {count} values changed")
        check(slowest < 1, f"a value took {slowest:.1f} s to be shown")
        say(f"{len(heard)} live messages in {seconds} s: {count} changes, all shown in their order, the slowest after {slowest:.2f} s")

    def home_assistant_is_away(self):
        """It starts anew beside a gateway that goes on, and then beside none; what was disabled is enabled meanwhile."""
        for entity in [*self.home.entities("mqtt").values(), *self.home.entities("dsmr").values()]:
            if entity["disabled_by"]:
                self.home.ask("config/entity_registry/update", entity_id=entity["entity_id"], disabled_by=None)
        self.home.stop()
        took = self.home.start()
        check(self.gateway.poll() is None, "the gateway has ended")
        self.back(f"Home Assistant restarted in {took:.1f} s, all entities enabled")
        self.after_birth()
        check(len(self.shown()) == len(self.components()), "not all that is announced is shown")

    def after_birth(self):
        """Some seconds after it is there, Home Assistant asks to be told all again; the gateway does so twice."""
        until(lambda: b"online" in self.listener.said("homeassistant/status", self.home.began), "Home Assistant is not born")
        time.sleep(4)

    def meter_is_away(self):
        rig.stop(self.meter)
        self.until_live_is_away(60, "the meter is away")
        time.sleep(5)
        self.start_meter()
        self.back("the meter is back")

    def gateway_is_away(self):
        rig.stop(self.gateway)
        self.until_live_is_away(5, "the gateway has ended")
        self.start_gateway()
        self.back("the gateway is back")
        rig.stop(self.gateway, signal.SIGKILL)
        self.until_live_is_away(5, "the gateway was killed")
        # What the broker keeps is all that Home Assistant has now.
        self.home.stop()
        took = self.home.start()
        self.until_live_is_away(30, f"Home Assistant restarted in {took:.1f} s beside no gateway")
        self.after_birth()
        self.start_gateway()
        self.back("the gateway is back")
        self.gateway.send_signal(signal.SIGSTOP)
        self.until_live_is_away(30, "the gateway is silent, its connection is not closed")
        self.gateway.send_signal(signal.SIGCONT)
        self.back("the gateway goes on")

    def broker_is_away(self):
        """It comes back without what it had kept."""
        for topic in (LIVE, "mep/house/energy"):
            self.past[topic] = self.listened(topic)
        rig.stop(self.broker)
        shown = self.shown()
        until(lambda: self.are_unavailable(shown), "the broker is away: entities are still shown")
        time.sleep(3)
        self.start_broker()
        self.back("the broker is back, and had forgotten all")

    # Home Assistant's other ways

    def energy_dashboard(self):
        """It is told which entities are the grid's, and made to say that it has no statistics of them yet."""
        shown = self.shown()
        power = {"stat_rate_from": shown["fwd_active_power_w"], "stat_rate_to": shown["rev_active_power_w"]}
        self.energies = [shown["fwd_active_energy_wh"], shown["rev_active_energy_wh"]]
        nothing = ["stat_cost", "entity_energy_price", "number_energy_price", "stat_compensation"]
        nothing += ["entity_energy_price_export", "number_energy_price_export"]
        grid = {"type": "grid", "stat_energy_from": self.energies[0], "stat_energy_to": self.energies[1]}
        grid |= {"power_config": power, "cost_adjustment_day": 0.0, **dict.fromkeys(nothing)}
        saved = self.home.ask("energy/save_prefs", energy_sources=[grid])
        self.net_power = saved["energy_sources"][0]["stat_rate"]
        issues = {issue["type"] for issue in self.issues()}
        check("statistics_not_defined" in issues, f"the energy dashboard has no statistics, and complains of {issues}")

    def issues(self):
        answer = self.home.ask("energy/validate")
        return [issue for part in answer.values() for source in part for issue in source]

    def statistics(self):
        """What came of the registers in the minutes that the rest took, with all that was away."""
        wanted = [*self.energies, self.net_power]
        # It makes them every five minutes.
        end = time.monotonic() + 330
        while issues := self.issues():
            check(time.monotonic() < end, f"the energy dashboard complains: {issues}")
            time.sleep(1)
        start = self.birth.isoformat()
        rows = self.home.ask(
            "recorder/statistics_during_period", start_time=start, period="5minute", statistic_ids=wanted,
            types=["state", "sum", "mean"],
        )  # fmt: skip
        for name, entity in zip(("fwd_active_energy_wh", "rev_active_energy_wh"), self.energies):
            told = [json.loads(said)[name] / 1000 for said in self.listened("mep/house/energy")]
            last = rows[entity][-1]
            check(any(is_same(last["state"], value) for value in told), f"the statistics of {entity} end with {last['state']}")
            used = told[-1] - told[0]
            check(0 <= last["sum"] <= used + 1e-9, f"by the statistics of {entity}, {last['sum']} kWh were used, not {used:.3f}")
        mean = rows[self.net_power][-1]["mean"]
        self.net_power_is_right()
        used = [rows[entity][-1]["sum"] for entity in self.energies]
        say(f"the energy dashboard has no complaint: {used[0]:.3f} kWh in, {used[1]:.3f} out, {mean:.0f} W")

    def net_power_is_right(self):
        def difference():
            live, state = self.message(LIVE), self.home.states().get(self.net_power, {}).get("state")
            return is_same(state, live.get("fwd_active_power_w", 0) - live.get("rev_active_power_w", 0))

        until(difference, f"{self.net_power} is not forward less reverse power", 20)

    def told_by_p1(self):
        """All entities of Home Assistant's P1 reader have the values of one telegram, and these are the meter's."""
        # They come with the first telegram that is taken, one in 30 s.
        until(lambda: self.home.entities("dsmr"), "nothing comes by P1", 60)
        entities = {who.split("_", 1)[1]: entity for who, entity in self.home.entities("dsmr").items()}
        other = set(entities) ^ set(CODES)
        check(not other, f"of P1's entities, there are, or are not, {other}")
        shown = {key: entity["entity_id"] for key, entity in entities.items() if not entity["disabled_by"]}

        def telegram():
            states = self.home.states()
            pairs = [(states[entity]["state"], CODES[key]) for key, entity in shown.items()]
            told = [one for one in list(self.telegrams.heard) if all(is_same(state, one.get(code)) for state, code in pairs)]
            return told and told[-1]

        told = until(telegram, "no telegram has what Home Assistant shows of P1", 60)
        parts = [("voltage_l{}_v", "{}2.7.0", 1), ("current_l{}_a", "{}1.7.0", 1)]
        names = {name.format(n): "1-0:" + code.format(2 * n + 1) for name, code, _ in parts for n in (1, 2, 3)}

        def is_told(message):
            return all(abs(message.get(name, 0) - told[code]) < 0.051 for name, code in names.items())

        check(any(is_told(json.loads(said)) for said in self.listened(LIVE)), f"the meter never measured {told}")
        say(f"Home Assistant's P1 reader shows a telegram of the meter's in {len(shown)} entities of {len(entities)}")

    def listened(self, topic):
        return self.past.get(topic, []) + self.listener.said(topic)

    def removed(self):
        """An empty message in place of what announced it; the gateway, which would announce it again, has ended."""
        rig.stop(self.gateway)
        # What Home Assistant has made for the energy dashboard holds the device as well.
        self.home.ask("energy/save_prefs", energy_sources=[])
        if any(entity["entity_id"] == self.net_power for entity in self.home.entities("energy").values()):
            self.home.ask("config/entity_registry/remove", entity_id=self.net_power)
        mqtt = rig.MQTT(BROKER, "removal")
        mqtt.send(rig.publication(DISCOVERY, b"", retained=True))
        until(lambda: not self.home.entities("mqtt"), "entities are left of a device that was removed")
        mine = ["mqtt", "mep_house"]
        until(
            lambda: not any(mine in one["identifiers"] for one in self.home.ask("config/device_registry/list")),
            "the device is left, without entities",
        )
        say("an empty message removes the device")


class Telegrams(threading.Thread):
    """What the P1 port says, for as long as there is one: a number by each code."""

    TIME = re.compile(r"0-0:1\.0\.0\((\d{12})([SW])\)")
    LINE = re.compile(r"^(\d-\d:\d+\.\d+\.\d+)\(([-\d.]+)\*\w+\)", re.MULTILINE)

    def __init__(self):
        super().__init__(daemon=True)
        self.heard = []
        self.start()

    def run(self):
        while True:
            try:
                with socket.create_connection(("127.0.0.1", P1)) as link, link.makefile(newline="\r\n") as lines:
                    self.read(lines)
            except OSError:
                pass
            time.sleep(0.5)

    def read(self, lines):
        telegram = ""
        for line in lines:
            telegram += line
            if line.startswith("!"):
                digits, season = self.TIME.search(telegram).groups()
                moment = datetime.datetime.strptime(digits + {"S": "+0200", "W": "+0100"}[season], "%y%m%d%H%M%S%z")
                told = {code: float(number) for code, number in self.LINE.findall(telegram)}
                self.heard.append(told | {"0-0:1.0.0": moment.astimezone(datetime.timezone.utc).isoformat()})
                telegram = ""


def is_same(state, expected):
    if isinstance(expected, str):
        return state == expected
    try:
        return math.isclose(float(state), expected, rel_tol=1e-12, abs_tol=1e-12)
    except (TypeError, ValueError):
        return False


if __name__ == "__main__":
    rig.run("home-assistant", lambda: Test().go())
