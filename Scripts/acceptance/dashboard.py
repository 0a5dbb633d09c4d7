# SPDX-License-Identifier: Apache-2.0
"""The dashboard in a browser, beside what the gateway says over HTTP."""

import contextlib
import math
import os
import re
import shutil
import socket
import threading
import time
import urllib.parse

from playwright.sync_api import sync_playwright

import rig
from rig import check, say, until
from view import FOUND, LARGE, PAGES, READERS, SIZES, View

# Together they show every page at both sizes, in both looks and all languages.
PICTURES = (
    "now-desktop-light-en now-phone-dark-da energy-desktop-light-da energy-phone-light-de quality-desktop-dark-en "
    "quality-phone-light-da peaks-desktop-light-de peaks-phone-dark-en meter-desktop-light-en meter-phone-light-de"
).split()
DAYS = 14
PAST = 600  # seconds of readings, before pictures are taken
WEIGHT = 300_000  # octets, of all pages together
# What is called good of a phone on a slow network: https://web.dev/articles/fcp
PAINT = 1800  # ms
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
# The files of the page that were fetched: how many, and their octets as they were sent and as they are.
WEIGHED = """() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const files = all.filter((one) => !one.name.includes("/api/"));
  return [files.length, ...["transferSize", "decodedBodySize"].map((size) => files.reduce((sum, one) => sum + one[size], 0))];
}"""


class Bench:
    """A gateway with a house that has a past, a cottage that can go away, and prices."""

    def __init__(self):
        self.port, self.cottage_port, self.empty_port = rig.free_ports(3)
        self.base = f"http://127.0.0.1:{self.port}"
        self.began = int(time.time() // 3600 - 1) * 3600
        # Where it is not midnight meanwhile: there is a today.
        zone = "America/New_York" if time.gmtime().tm_hour >= 21 else "Europe/Copenhagen"
        hours = range(self.began - DAYS * 86_400, self.began + 2 * 86_400, 3600)
        prices = (f"{stamp(hour)},{0.6 + 0.35 * math.sin(hour / 6875.5) + 0.2 * math.sin(hour / 70_000):.4f}" for hour in hours)
        rig.write("prices.csv", "time,price\n" + "\n".join(prices) + "\n")
        rig.write(
            "mep.yaml",
            f"""
meters:
  - {{name: house, address: "sim:gen3?days={DAYS}"}}
  - {{name: cottage, address: "tcp://127.0.0.1:{self.cottage_port}", key_file: {rig.keys()[0]}, every: {{profile: off}}}}
time_zone: {zone}
store: {{path: {rig.path("mep.db")}, commit: 1s}}
web: {{port: {self.port}}}
costs:
  currency: DKK
  series:
    - {{name: spot, csv: {rig.path("prices.csv")}}}
  versions:
    - from: 2026-01-01
      import:
        - {{name: energy, series: spot}}
        - {{name: network, per_kwh: 0.20, times: [{{per_kwh: 0.80, hours: 17-21}}]}}
        - {{name: VAT, percent: 25}}
      export:
        - {{name: energy, series: spot}}
""",
        )
        self.start_cottage()
        self.start_gateway()
        self.began_at = time.monotonic()

    def start_cottage(self):
        """The same one each time, as far as it has come by now."""
        keys = ["--mbk-file", rig.keys()[0], "--mak-file", rig.keys()[1]]
        past = ["--start", stamp(self.began), "--lived", f"{int(time.time() - self.began)}s", "--seed", "2"]
        listen = ["--baud", "0", "--listen", f"tcp://127.0.0.1:{self.cottage_port}"]
        self.cottage = rig.start("cottage", rig.MEP, "simulate", *keys, *past, *listen)
        until(lambda: rig.is_heard(self.cottage_port), "the simulated cottage does not start")

    def start_gateway(self):
        self.gateway = rig.start("gateway", rig.MEP, "serve", "--config", rig.path("mep.yaml"))
        until(lambda: self.ask("values"), "the gateway does not start", 90)

    def ask(self, what="", **query):
        return rig.get(self.port, f"/api/v1/meters/house/{what}".rstrip("/"), **query)

    def power(self):
        values = until(lambda: self.ask("values"), "the gateway does not tell its values")
        return abs(values["fwd_active_power_w"]["value"] - values["rev_active_power_w"]["value"])

    def today(self, what, name):
        return self.ask(what, by="day")["spans"][-1][name]

    def processor(self):
        """Seconds of it that the gateway has used."""
        with open(f"/proc/{self.gateway.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def number(text):
    """The first one, as English writes it."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    return float(found[0].replace(",", "")) if found else None


def walk(bench, browser):
    """Every page as every reader has it."""
    began, count = time.monotonic(), 0
    for size, look, language in READERS:
        view = View(browser, bench.base, size, look, language)
        for page in PAGES:
            words = f"{page}, {size}, {look}, {language}"
            view.open(page)
            view.right(words, language)
            if look == "light":
                view.keyboard(words)
            view.unfold()
            view.right(f"{words}, unfolded", language, axe=language == "en")
            if (size, look) == ("desktop", "light"):
                view.reflow(words)
            count += 1
            if page == "energy":
                count += periods(view, words, language)
            if page == "meter":
                table(view, words, language)
        view.open("now", "cottage")
        view.right(f"now of the cottage, {size}, {look}, {language}", language)
        view.close()
    say(f"{count} pages are right, for {len(READERS)} sizes, looks and languages ({time.monotonic() - began:.0f} s)")


def periods(view, words, language):
    buttons = view.page.locator("main [role=group]").first.get_by_role("button")
    for i in range(buttons.count()):
        buttons.nth(i).click()
        view.settle()
        check(buttons.nth(i).get_attribute("aria-pressed") == "true", f"{words}: button {i} is not pressed")
        view.right(f"{words}, period {i}", language, axe=i == 0)
        check(view.page.locator("main svg rect[width]").count() > 0, f"{words}, period {i}: nothing is drawn")
    return buttons.count()


def table(view, words, language):
    field = view.page.locator("main form input").last
    field.fill("BT28")
    field.press("Enter")
    rows = view.page.locator("main form ~ * table tbody tr")
    until(lambda: view.page.wait_for_timeout(50) or rows.count() > 8, f"{words}: BT28 does not come")
    view.right(f"{words}, with BT28", language)


def numbers(bench, browser):
    """What the page says is what the gateway says."""
    view = View(browser, bench.base)
    view.open("now")
    told, shown = [], []
    for _ in range(80):
        told.append((time.monotonic(), bench.power()))
        shown.append((time.monotonic(), view.large()["text"]))
        view.page.wait_for_timeout(100)
    for at, text in shown:
        scale, fuzz = (1000, 5) if "kW" in text else (1, 0.5)
        near = [power for when, power in told if abs(when - at) < 2.5]
        check(any(abs(number(text) * scale - power) <= fuzz + 1e-6 for power in near), f"the page says {text!r}, the gateway {near}")
    # The first and the last may be seen by one of them alone.
    missed = len({round(power) for _, power in told}) - len({text for _, text in shown})
    check(missed <= 2, f"the large number does not go along: {missed} are missed")
    said = [f"power '{' '.join(shown[-1][1].split())}'"]
    for page in ("now", "energy"):
        view.open(page)
        said.append(same(bench, view, page, "kWh", "history", "fwd_active_energy_wh", 1000))
    said.append(same(bench, view, page, "DKK", "costs", "cost", 1))
    view.close()
    say(f"the page has the gateway's numbers: {', '.join(said)}")


def same(bench, view, page, unit, what, name, scale):
    """The first one of its kind is today's. It grows, and is asked for before and after."""
    before = bench.today(what, name)
    view.page.reload()
    view.settle()
    text = view.page.locator("main dd", has_text=unit).first.inner_text().replace("\xa0", " ")
    after = bench.today(what, name)
    half = 0.5 * 10 ** -len(re.search(r"\d(?:\.(\d+))?(?!.*\d)", text)[1] or "")
    is_so = before / scale - half - 1e-9 <= number(text) <= after / scale + half + 1e-9
    check(is_so, f"{page}: today's {name} is {text!r}, and {before} to {after} at {what}")
    return f"{page} '{text}'"


def heading(bench, browser):
    """What the hour and the quarter that are not over come to, and what they have used."""
    view = View(browser, bench.base)
    view.open("peaks")
    said = []
    for name, by in (("Hours", "hour"), ("Quarters", "quarter")):
        view.page.get_by_role("button", name=name, exact=True).click()
        card = view.page.locator("main section", has_text=f"The current {by}").first

        def told():
            view.page.wait_for_timeout(500)
            return re.search(r"Heading for (\S+) kW .* Used so far: (\S+) kWh", card.inner_text().replace("\xa0", " "))

        def begun():
            row = bench.ask("history", by=by)["spans"][-1]
            return not row["whole"] and row["fwd_active_energy_wh"] / 1000

        used = until(begun, f"history knows nothing of the current {by}", 120)
        found = until(told, f"what the current {by} comes to is not told: {card.inner_text()!r}", 120)
        # A minute or two of it are not kept yet.
        check(used - 0.01 <= number(found[2]) <= used + 0.5, f"the current {by} has used {found[2]} kWh, and {used} at history")
        said.append(f"{by} '{found[0]}'")
    view.close()
    say(f"what is not over: {', '.join(said)}")


def away(bench, browser):
    """A meter, then the gateway, is away, and back: the page tells, and nobody loads it again."""
    view = View(browser, bench.base)
    view.open("now", "cottage")
    fresh = view.large()["look"]
    view.page.evaluate("window.isTheSame = true")

    def tells(is_away):
        view.page.wait_for_timeout(100)
        return bool(view.found()["told"]) == is_away and (view.large()["look"] != fresh) == is_away

    def seen():
        return f"it says {view.found()['told']}, and the large number is {view.large()}"

    check(tells(False), f"the page does not say that all is well: {seen()}")
    said = []
    for what, process, start in (("meter", "cottage", bench.start_cottage), ("gateway", "gateway", bench.start_gateway)):
        began = time.monotonic()
        rig.stop(getattr(bench, process))
        until(lambda: tells(True), f"the {what} is away, and the page does not tell")
        gone, words = time.monotonic() - began, view.found()["told"][0].splitlines()[0]
        view.axe(f"now, while the {what} is away")
        if what == "gateway":
            opened_meanwhile(view)
        began = time.monotonic()
        start()
        try:
            until(lambda: tells(False), "", 90)
        except rig.Failure:
            raise rig.Failure(f"the {what} is back, and the page does not tell: {seen()}") from None
        said.append(f"the {what} is away after {gone:.1f} s ({words!r}) and back after {time.monotonic() - began:.1f} s")
        check(what == "gateway" or not view.wrong, f"while the {what} is away: {view.wrong}")
    check(view.page.evaluate("window.isTheSame"), "the page was loaded again")
    view.close()
    say("; ".join(said))


def opened_meanwhile(view):
    """Without the gateway a browser has the page that it has kept, and no number."""
    page = view.context.new_page()
    page.goto(view.page.url)
    until(lambda: page.wait_for_timeout(100) or page.evaluate(FOUND)["told"], "a page that is opened without the gateway tells nothing")
    check(not page.evaluate(LARGE), f"a page that is opened without the gateway has numbers: {page.evaluate(LARGE)}")
    page.close()


def streams(bench, count=10, seconds=15):
    """What it costs to tell ten pages at once."""

    def used():
        before = bench.processor()
        time.sleep(seconds)
        return (bench.processor() - before) / seconds

    heard = [0] * count

    def listen(i, link):
        with contextlib.suppress(OSError):
            while octets := link.recv(65_536):
                heard[i] += octets.count(b"event: values")

    alone = used()
    links = [socket.create_connection(("127.0.0.1", bench.port)) for _ in range(count)]
    for i, link in enumerate(links):
        link.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        threading.Thread(target=listen, args=(i, link), daemon=True).start()
    time.sleep(1)
    together = used()
    for link in links:
        link.shutdown(socket.SHUT_RDWR)
    check(min(heard) >= seconds, f"not every stream tells of each second: {heard}")
    say(
        f"{count} streams: {together:.1%} of a core, {alone:.1%} without them ({together / max(alone, 0.001):.2f} times), "
        f"for {sum(heard) / seconds:.0f} events a second"
    )
    check(together - alone < 0.01 * count, "each stream takes more than a hundredth of a core")


def weight(bench, browser):
    """All octets of all pages, and when there is something to be seen."""
    view = View(browser, bench.base, "phone", service_workers="block")
    control = view.context.new_cdp_session(view.page)
    said = []
    for words, network, slower in (("here", None, 1), ("on a slow phone", SLOW, 4)):
        if network:
            control.send("Network.enable")
            control.send("Network.setCacheDisabled", {"cacheDisabled": True})
            control.send("Network.emulateNetworkConditions", network)
        control.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        view.open("now")
        paint = view.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        said.append(f"first contentful paint {words} {paint:.0f} ms ({paint / PAINT:.0%} of {PAINT} ms)")
        check(paint <= PAINT, said[-1])
    view.close()
    view = View(browser, bench.base, "phone", service_workers="block")
    view.open("now")
    links = view.page.locator("nav a")
    for i in range(links.count()):
        links.nth(i).click()
        view.settle()
    count, sent, decoded = view.page.evaluate(WEIGHED)
    view.close()
    say(f"{count} files of all pages: {sent / 1000:.1f} kB sent, {decoded / 1000:.1f} kB decoded ({decoded / WEIGHT:.0%} of the limit)")
    check(decoded <= WEIGHT, f"more than {WEIGHT} octets")
    say("; ".join(said))


def set_up(bench, browser):
    """The page for whoever has no configuration yet, where the gateway has one."""
    rig.write("empty.yaml", f"web: {{port: {bench.empty_port}}}\n")
    gateway = rig.start("empty", rig.MEP, "serve", "--config", rig.path("empty.yaml"))
    until(lambda: gateway.poll() is not None or rig.is_heard(bench.empty_port), "a gateway without a meter neither ends nor answers")
    if gateway.poll() is not None:
        rig.CHILDREN.remove(gateway)
        return say("without a meter the gateway ends: it has no page to set one up")
    address = until(lambda: re.search(r"http://\S+/setup#\w+", rig.read("empty.log")), "its log does not say where one is set up")[0]
    for size, look, language in READERS:
        view = View(browser, "http://" + urllib.parse.urlsplit(address).netloc, size, look, language)
        view.page.goto(address)
        view.settle()
        view.right(f"setup, {size}, {look}, {language}", language)
        view.close()
    rig.stop(gateway)
    say("the page that sets up a meter is right")


def pictures(bench, browser, folder):
    """What the documentation shows: once there is something of the last hour."""
    from PIL import Image

    time.sleep(max(0, bench.began_at + PAST - time.monotonic()))
    os.makedirs(folder, exist_ok=True)
    for name in PICTURES:
        page, size, look, language = name.split("-")
        view = View(browser, bench.base, size, look, language)
        view.page.set_viewport_size({"width": SIZES[size][0], "height": 1080 if size == "desktop" else 844})
        view.open(page)
        if page == "energy":
            view.page.locator("main [role=group]").first.get_by_role("button").nth(1).click()
            view.settle()
        file = os.path.join(folder, name + ".png")
        view.page.screenshot(path=file)
        view.close()
        Image.open(file).convert("RGB").quantize(256, kmeans=1).save(file, optimize=True)
        check(os.path.getsize(file) < 120_000, f"{file} is larger than 120 kB")
    say(f"{len(PICTURES)} pictures are in {folder}")


def body():
    bench = Bench()
    until(lambda: (bench.ask() or {}).get("recorded_share") == 1, "the load profile is not filled in", 240)
    until(lambda: bench.ask("quality") and bench.ask("events") and bench.ask("outages"), "the meter's records are not read", 60)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        say(f"Chromium {browser.version}")
        weight(bench, browser)
        numbers(bench, browser)
        heading(bench, browser)
        walk(bench, browser)
        set_up(bench, browser)
        if folder := os.environ.get("SHOTS"):
            pictures(bench, browser, folder)
        streams(bench)
        away(bench, browser)


rig.run("dashboard", body)
