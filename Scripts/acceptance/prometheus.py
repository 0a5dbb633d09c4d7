# SPDX-License-Identifier: Apache-2.0
"""What a Prometheus has of a gateway, beside what the gateway says: one step of prometheus.sh each."""

import datetime
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

GATEWAY, PROMETHEUS, DIR = (os.environ[name] for name in ("GATEWAY", "PROMETHEUS", "DIR"))
TOKEN_FILE = os.environ["TOKEN_FILE"]
TODAY = int(os.environ["TODAY"])  # when it began, UTC
METERS = ("house", "cottage")
PHASES = ("L1", "L2", "L3")
TIERS = ("0", "1", "2", "3")
JOULES = 3600
SPAN = 20  # seconds of scrapes that are compared


def series():
    """By metric, what else it is labelled with and by how much it is multiplied: the series over HTTP."""
    plain = {
        "mep_fwd_active_power_watts": "fwd_active_power_w",
        "mep_rev_active_power_watts": "rev_active_power_w",
        "mep_apparent_power_va": "apparent_power_va",
        "mep_frequency_hertz": "frequency_hz",
    }
    of_phases = {
        "mep_voltage_volts": "voltage_{}_v",
        "mep_current_amperes": "current_{}_a",
        "mep_power_factor": "power_factor_{}",
        "mep_phase_fwd_active_power_watts": "fwd_active_power_{}_w",
        "mep_phase_rev_active_power_watts": "rev_active_power_{}_w",
    }
    ways = ("fwd", "rev")
    live = {(metric, ()): (name, 1) for metric, name in plain.items()}
    live |= {
        (metric, ("phase", phase)): (name.format(phase.lower()), 1)
        for metric, name in of_phases.items()
        for phase in PHASES
    }
    energy = {(f"mep_{way}_active_energy_joules_total", ()): (f"{way}_active_energy_wh", JOULES) for way in ways}
    energy |= {
        (f"mep_tier_{way}_active_energy_joules_total", ("tier", tier)): (f"{way}_active_energy_tier_{tier}_wh", JOULES)
        for way in ways
        for tier in TIERS
    }
    return live, energy


LIVE, ENERGY = series()


def check(is_so, words):
    if not is_so:
        sys.exit(f"prometheus: {words}")


def say(words):
    print(f"prometheus: {words}", flush=True)


def get(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        # Digits as they were written: a number is the same or it is not.
        return json.loads(answer.read(), parse_float=Decimal, parse_int=Decimal)


def gateway(path, **query):
    return get(f"{GATEWAY}/api/v1/meters/{path}?{urllib.parse.urlencode(query)}", open(TOKEN_FILE).read())


def health():
    """Also while not all is well."""
    try:
        return get(f"{GATEWAY}/health")
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def prometheus(path, **query):
    try:
        return get(f"{PROMETHEUS}/api/v1/{path}?{urllib.parse.urlencode(query)}")["data"]
    except urllib.error.HTTPError as error:
        if error.code == 503:  # it is about to start
            raise
        sys.exit(f"prometheus: {query} is answered by {error.read().decode()}")


def query(expression, **more):
    return prometheus("query", query=expression, **more)["result"]


def until(is_so, words, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            if found := is_so():
                return found
        except (urllib.error.URLError, ConnectionError):
            pass
        check(time.monotonic() < end, f"{words} in {seconds} s")
        time.sleep(0.2)


def utc(seconds):
    return datetime.datetime.fromtimestamp(float(seconds), datetime.timezone.utc)


def seconds(text):
    """Of a time as the gateway writes it."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return Decimal(int(moment.timestamp())) + Decimal(f"0.{fraction or 0}")


# What goes before


def config():
    """The document's scrape_configs, for this gateway, and every second; and jobs that know a password another way, or none."""
    text = open("Documentation/HTTP.md").read()
    found = re.findall(r"```yaml\n(scrape_configs:\n.*?)```", text, re.S)
    check(len(found) == 1, "Documentation/HTTP.md has no scrape_configs, or several")
    document = found[0]
    for there, here in (
        ("localhost:8337", GATEWAY.removeprefix("http://")),
        ("/etc/prometheus/mep.token", TOKEN_FILE),
        ("scrape_interval: 10s", "scrape_interval: 1s"),
    ):
        check(document.count(there) == 1, f"scrape_configs in Documentation/HTTP.md have no {there}")
        document = document.replace(there, here)
    others = ""
    for job, credentials in (
        ("basic", f"    basic_auth: {{username: anybody, password_file: {TOKEN_FILE}}}\n"),
        ("without", ""),
    ):
        # What they scrape is thrown away, else it would be there twice.
        others += (
            f"  - job_name: {job}\n    scrape_interval: 1s\n{credentials}"
            f"    static_configs: [{{targets: ['{GATEWAY.removeprefix('http://')}']}}]\n"
            "    metric_relabel_configs: [{source_labels: [__name__], regex: '.*', action: drop}]\n"
        )
    open(f"{DIR}/prometheus.yml", "w").write(document + others)


def yesterday():
    """Writes down, as a meter of that name, what its counters were each 15 s of yesterday, from the quarters over HTTP."""
    start, end = utc(TODAY - 86400), utc(TODAY)
    span = {"from": f"{start:%FT%TZ}", "to": f"{end:%FT%TZ}", "series": "fwd_active_energy_wh,rev_active_energy_wh"}

    def quarters():
        spans = gateway("house/history", by="quarter", **span)["spans"]
        return spans if len(spans) == 96 and all(one["whole"] for one in spans) else None

    spans = until(quarters, "the gateway does not have yesterday's quarters")
    labels = f'meter="yesterday",job="mep",instance="{GATEWAY.removeprefix("http://")}"'
    lines = {metric: [] for metric in ("mep_fwd", "mep_rev", "mep_tier_fwd", "mep_tier_rev")}
    total = dict.fromkeys(("fwd", "rev"), Decimal(0))
    tiers = {(way, tier): Decimal(0) for way in total for tier in ("1", "2")}
    for number, one in enumerate(spans):
        for part in range(60):
            at = TODAY - 86400 + number * 900 + part * 15
            for way in total:
                lines[f"mep_{way}"].append(f"{{{labels}}} {total[way] * JOULES} {at}")
                for tier in ("1", "2"):
                    lines[f"mep_tier_{way}"].append(f'{{{labels},tier="{tier}"}} {tiers[way, tier] * JOULES} {at}')
                amount = one[f"{way}_active_energy_wh"] / 60
                total[way] += amount
                tiers[way, tier_at(at)] += amount
    for way in total:
        lines[f"mep_{way}"].append(f"{{{labels}}} {total[way] * JOULES} {TODAY}")
        for tier in ("1", "2"):
            lines[f"mep_tier_{way}"].append(f'{{{labels},tier="{tier}"}} {tiers[way, tier] * JOULES} {TODAY}')
    with open(f"{DIR}/yesterday.txt", "w") as file:
        for metric, samples in lines.items():
            name = f"{metric}_active_energy_joules"
            file.write(f"# TYPE {name} counter\n")
            file.writelines(f"{name}_total{sample}\n" for sample in samples)
        file.write("# EOF\n")


def tier_at(second):
    return "1" if 6 <= second % 86400 // 3600 < 22 else "2"


def documented():
    """The queries of the document: of what is so, and at last of what is wrong."""
    section = open("Documentation/HTTP.md").read().split("## Prometheus and Grafana")[1]
    queries = re.findall(r"^\| [^|]+ \| `([^`]+)` \|$", section, re.M)
    check(len(queries) == 4, f"Documentation/HTTP.md has {len(queries)} queries")
    return queries[:-1], queries[-1]


# What is scraped


def scraped():
    """Until there is enough to compare."""
    until(
        lambda: all(query(f'mep_up{{meter="{meter}"}} == 1') for meter in METERS),
        "Prometheus does not have two meters that answer",
    )
    time.sleep(SPAN + 10)  # the registers are read each 10 s
    counts = query("count by (meter) ({meter=~'house|cottage'})")
    say("scraped: " + ", ".join(f"{one['value'][1]} series of the {one['metric']['meter']}" for one in counts))


def passwords():
    up = {one["metric"]["job"]: one["value"][1] for one in query("up")}
    check(up == {"mep": "1", "basic": "1", "without": "0"}, f"up is {up}, and should be 1 with a password and 0 without")
    samples = {one["metric"]["job"]: int(one["value"][1]) for one in query("scrape_samples_scraped")}
    check(samples["basic"] > 100, f"basic_auth gets {samples['basic']} samples")
    error = next(
        target["lastError"]
        for target in prometheus("targets")["activeTargets"]
        if target["labels"]["job"] == "without"
    )
    check("401" in error, f"without a password the error is: {error}")
    say(f"passwords: up is 1 by the document's job and by basic_auth, 0 without ({error})")


class Reader:
    """What a meter was read as, reading by reading."""

    def __init__(self, meter, start):
        answer = gateway(f"{meter}/readings", limit=1000, **{"from": f"{utc(start):%FT%TZ}"})
        self.readings = sorted((seconds(one["measured_at"]), number, one) for number, one in enumerate(answer["readings"]))

    def value(self, name, at):
        """What was read last, then."""
        for when, _, reading in reversed(self.readings):
            if when <= at and name in reading:
                return reading[name]
        return None

    def first(self, name):
        return next(reading[name] for _, _, reading in self.readings if name in reading)


def moment():
    """Now; and a little later, so that what was read until then is in the gateway's store."""
    now = time.time()
    time.sleep(3)
    return now


def last_readings(meter, end):
    """When each scrape was, and how far the gateway had read then."""
    found = query(f'mep_last_reading_timestamp_seconds{{meter="{meter}"}}[{SPAN}s]', time=end)
    check(len(found) == 1, f"{len(found)} series of the {meter}'s last reading")
    return [(at, Decimal(value)) for at, value in found[0]["values"]]


def samples(metric, meter, label, end):
    labels = {"meter": meter} | ({label[0]: label[1]} if label else {})
    selector = ",".join(f'{name}="{value}"' for name, value in labels.items())
    found = query(f"{metric}{{{selector}}}[{SPAN}s]", time=end)
    check(len(found) == 1, f"{len(found)} series of {metric}{{{selector}}}")
    return {at: Decimal(value) for at, value in found[0]["values"]}


def values():
    """Each sample of each series is what the gateway had read last when it was scraped: to the last digit."""
    end = moment()
    for meter in METERS:
        scrapes = last_readings(meter, end)
        check(len(scrapes) >= SPAN - 3, f"{len(scrapes)} scrapes of the {meter} in {SPAN} s")
        reader, count, moved = Reader(meter, time.time() - 3 * 60), 0, 0
        for (metric, label), (name, factor) in (LIVE | ENERGY).items():
            found = samples(metric, meter, label, end)
            check(sorted(found) == [at for at, _ in scrapes], f"{metric} of the {meter} is not in each scrape")
            for at, read in scrapes:
                wanted = reader.value(name, read)
                check(wanted is not None, f"the {meter} had no {name} at {utc(read)}")
                check(found[at] == wanted * factor, f"{metric} of the {meter} is {found[at]}, and {name} {wanted}")
                count += 1
            if (metric, label) in ENERGY:
                moved += differences(metric, meter, label, found, reader, dict(scrapes), name)
        check(moved > 0, f"the counters of the {meter} stand still")
        say(f"values: {count} samples of the {meter} in {len(scrapes)} scrapes are what it was read as; its counters moved by {moved} J")


def differences(metric, meter, label, found, reader, scrapes, name):
    """What Prometheus takes for the difference of a counter is that of the readings. Returns it for a total."""
    times = sorted(set(found) & set(scrapes))
    first, last = times[0], times[-1]
    selector = f'{metric}{{meter="{meter}"' + (f',{label[0]}="{label[1]}"' if label else "") + "}"
    result = query(f"{selector} - {selector} offset {int((last - first) * 1000)}ms", time=last)
    wanted = (reader.value(name, scrapes[last]) - reader.value(name, scrapes[first])) * JOULES
    check(len(result) == 1 and Decimal(result[0]["value"][1]) == wanted, f"{selector} moved by {result}, and {name} by {wanted} J")
    return wanted if not label else 0


# The dashboard


def load():
    return json.load(open("Documentation/Grafana/mep.json"))


def dashboard():
    """Holds to Grafana's classic dashboard model as it is documented."""
    board = load()
    allowed = {"meter", "__range", "__interval", "__rate_interval"}
    check(board["schemaVersion"] == 42, "the last schemaVersion of the classic model is 42")
    check(board["id"] is None and 8 <= len(board["uid"]) <= 40 and board["title"], "id, uid or title")
    inputs = {f"${{{one['name']}}}": one["pluginId"] for one in board["__inputs"]}
    check(inputs == {"${DS_PROMETHEUS}": "prometheus"}, f"__inputs: {inputs}")
    required = {(one["type"], one["id"]) for one in board["__requires"]}
    variables = {one["name"]: one for one in board["templating"]["list"]}
    check(set(variables) == {"meter"} and variables["meter"]["type"] == "query", "the variable meter")
    sources = [variables["meter"]["datasource"]]
    taken, ids, targets = {}, set(), 0
    for panel in board["panels"]:
        title, place = panel["title"], panel["gridPos"]
        check(isinstance(panel["id"], int) and panel["id"] not in ids, f"{title}: its id is another's, too")
        ids.add(panel["id"])
        check(("panel", panel["type"]) in required, f"{title}: __requires has no {panel['type']}")
        check(place["w"] > 0 and place["h"] > 0 and 0 <= place["x"] <= 24 - place["w"], f"{title} is beside the grid")
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
            check(cell not in taken, f"{title} overlaps {taken.get(cell)}")
            taken[cell] = title
        check(set(panel) >= {"fieldConfig", "options", "targets"}, f"{title} is incomplete")
        check(panel["fieldConfig"]["defaults"].get("unit"), f"{title} has no unit")
        refs = [target["refId"] for target in panel["targets"]]
        check(refs and len(refs) == len(set(refs)), f"{title}: refId {refs}")
        sources += [panel["datasource"]] + [target["datasource"] for target in panel["targets"]]
        for target in panel["targets"]:
            used = set(re.findall(r"\$\{?(\w+)", target["expr"]))
            check(used <= allowed and (title == SINKS or "meter" in used), f"{title}: variables {used}")
            targets += 1
    check(all(one == {"type": "prometheus", "uid": "${DS_PROMETHEUS}"} for one in sources), "another data source")
    say(f"dashboard: {len(ids)} panels with {targets} queries, by the model")


def substituted(expression, meter):
    for name, value in (("$meter", meter), ("$__range", "3600s"), ("$__rate_interval", "4s"), ("$__interval", "1s")):
        expression = expression.replace(name, value)
    return expression


def legend(target, metric):
    return re.sub(r"\{\{(\w+)\}\}", lambda match: metric.get(match[1], "?"), target["legendFormat"])


def of_phases(value):
    return {phase: value(phase.lower()) for phase in PHASES}


# By panel: what it is to show, from what was read last (v) and what the gateway says of the meter.
NOW = {
    "Power now": lambda v, about: {"Power now": v("fwd_active_power_w") - v("rev_active_power_w")},
    "Meter": lambda v, about: {"Meter": Decimal(1 if about["online"] else 0)},
    "Readings held and lost": lambda v, about: {"held": about["held_readings"], "lost": about["lost_readings"]},
    "Power": lambda v, about: {"taken": v("fwd_active_power_w"), "given": -v("rev_active_power_w")},
    "Power of each phase": lambda v, about: of_phases(lambda p: v(f"fwd_active_power_{p}_w") - v(f"rev_active_power_{p}_w")),
    "Voltage": lambda v, about: of_phases(lambda p: v(f"voltage_{p}_v")),
    "Current": lambda v, about: of_phases(lambda p: v(f"current_{p}_a")),
    "Power factor": lambda v, about: of_phases(lambda p: v(f"power_factor_{p}")),
    "Frequency": lambda v, about: {"Frequency": v("frequency_hz")},
    "The meter's clock is ahead by": lambda v, about: {"The meter's clock is ahead by": about["clock_ahead_s"]},
}
AGE, SAGS, SINKS = "Age of the last reading", "Sags", "Passed on to"
STEPS = {"Energy per hour": "hour", "Energy per day": "day", "Energy per day by tier": "tier"}


def answers(panel, meter, at):
    """What the panel shows then, by legend."""
    shown = {}
    for target in panel["targets"]:
        found = query(substituted(target["expr"], meter), time=at)
        check(found, f"{panel['title']}: nothing of the {meter} by {target['expr']}")
        for one in found:
            name = legend(target, one["metric"])
            check(name not in shown, f"{panel['title']}: {name} is there twice")
            shown[name] = Decimal(one["value"][1])
    return shown


def panels():
    board = load()
    named = sorted(prometheus("label/meter/values", **{"match[]": "mep_up"}))
    check(named == sorted(METERS), f"the variable meter has {named}")
    check(
        {panel["title"] for panel in board["panels"]} == set(NOW) | {AGE, SAGS, SINKS} | set(STEPS), "a panel whose answer nobody knows"
    )
    until(lambda: query('mep_sags_total{meter="cottage",phase="L1"} > 0'), "the cottage's sag is not told", 120)
    count, end = 0, moment()
    for panel in board["panels"]:
        if panel["title"] in STEPS:
            count += steps(panel, STEPS[panel["title"]], end)
            continue
        for meter in METERS:
            count += now(panel, meter, end)
    good, alert = documented()
    check(all(query(one) for one in good) and not query(alert), "the document's queries, while all is well")
    say(f"panels: {count} answers to {len(board['panels'])} panels are right")


def now(panel, meter, end):
    title = panel["title"]
    at, read = last_readings(meter, end)[-1]
    reader, about = Reader(meter, time.time() - 3 * 60), gateway(meter)
    shown = answers(panel, meter, at)
    if title == AGE:
        check(abs(shown[AGE] - (at - read)) < Decimal("0.001") and 0 <= at - read < 3, f"{title}: {shown}, and it is {at - read} s")
    elif title == SAGS:
        # An increase is an estimate: of what is counted one by one, a little beside whole numbers.
        shown = {phase: round(count) for phase, count in shown.items()}
        wanted = of_phases(lambda p: reader.value(f"sags_{p}", read) - reader.first(f"sags_{p}"))
        check(shown == wanted and sum(wanted.values()) == (meter == "cottage"), f"{title} of the {meter}: {shown}, and not {wanted}")
    elif title == SINKS:
        wanted = {sink: Decimal(0 if about["problem"] else 1) for sink, about in health()["passing_on"].items()}
        check(shown == wanted and set(wanted.values()) == {0, 1}, f"{title}: {shown}, and not {wanted}")
    else:
        wanted = NOW[title](lambda name: reader.value(name, read), about)
        check(shown == wanted, f"{title} of the {meter}: {shown}, and not {wanted}")
    if meter == "cottage" and title == "Power now":
        check(shown[title] < -100, f"the cottage gives nothing: {shown}")
    drawn = [query_range(substituted(target["expr"], meter), at - 10, at, 1) for target in panel["targets"]]
    check(all(drawn), f"{title}: nothing to draw of the {meter}")
    return len(shown)


def query_range(expression, start, end, step):
    return prometheus("query_range", query=expression, start=start, end=end, step=step)["result"]


def steps(panel, step, end):
    """What was used in each step of yesterday, as a range with the panel's own step: bars at the ends."""
    length = {"1h": 3600, "1d": 86400}[panel["interval"]]
    wanted = used(step, length)
    count = 0
    for target in panel["targets"]:
        expression = substituted(target["expr"], "yesterday")
        for one in query_range(expression, TODAY - 86400 + length, TODAY, length):
            name, seen = legend(target, one["metric"]), dict(one["values"])
            check(name in wanted, f"{panel['title']} has {name}, once more or without need")
            for at, amount in wanted.pop(name).items():
                check(at in seen, f"{panel['title']}, {name}: nothing at {utc(at)}")
                shown = Decimal(seen[at]) * 1000
                check(abs(shown - amount) <= 2 + abs(amount) / 100, f"{panel['title']}, {name}: {shown} Wh until {utc(at)}, and not {amount}")
                count += 1
    check(not wanted, f"{panel['title']} has no {', '.join(wanted)}")
    for meter in METERS:
        answers(panel, meter, end)
    return count


def used(step, length):
    """By legend and the step's end, in Wh: what is given is below 0."""
    by = {"hour": "hour", "day": "day", "tier": "quarter"}[step]
    span = {"from": f"{utc(TODAY - 86400):%FT%TZ}", "to": f"{utc(TODAY):%FT%TZ}"}
    spans = gateway("house/history", by=by, series="fwd_active_energy_wh,rev_active_energy_wh", **span)["spans"]
    wanted = {}
    for one in spans:
        for name, series, sign in (("taken", "fwd_active_energy_wh", 1), ("given", "rev_active_energy_wh", -1)):
            start, end = seconds(one["start"]), seconds(one["end"])
            if step == "tier":
                name, end = f"{name}, tier {tier_at(int(start))}", Decimal(TODAY)
            steps_of = wanted.setdefault(name, {})
            steps_of[end] = steps_of.get(end, 0) + sign * one[series]
    check(all(len(one) == 86400 // length for one in wanted.values()), f"yesterday has other {by}s over HTTP")
    return wanted


# The end


def away():
    """The cottage does not answer: mep_up is 0, what was live is gone from that very scrape on, registers stay."""
    began = time.time()
    at = until(lambda: query('timestamp(mep_up{meter="cottage"} == 0)'), "mep_up stays")[0]["value"][1]
    late = Decimal(at) - Decimal(began)
    still = [f"{metric}{label}" for metric, label in LIVE if query(f'{metric}{{meter="cottage"}}', time=at)]
    check(not still, f"the cottage is away, and there is still {', '.join(still)}")
    for metric, label in ENERGY:
        found = query(f'{metric}{{meter="cottage"}}', time=at)
        check(len(found) == (len(TIERS) if label else 1), f"a register that is gone: {metric}")
    check(query('mep_fwd_active_power_watts{meter="house"}', time=at), "the house is gone, too")
    silent = [one["metric"]["meter"] for one in query(documented()[1])]
    check(silent == ["cottage"], f"silent is, by the document's query: {silent}")
    say(f"away: {late:.1f} s after the meter went mep_up is 0, {len(LIVE)} live series are gone, {len(ENERGY)} registers stay")


def gone():
    until(lambda: query('up{job="mep"} == 0'), "up stays")
    check(not query("mep_up"), "the gateway is gone, and mep_up is there")
    say("gone: up is 0, and nothing of the gateway is left")


globals()[sys.argv[1]]()
