# SPDX-License-Identifier: Apache-2.0
"""A page of the dashboard in a browser: what is on it, what goes wrong in it, and what holds of each."""

import re
import time

from axe_playwright_python.sync_playwright import Axe

from rig import check

PAGES = ("now", "energy", "quality", "peaks", "meter")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
LANGUAGES = {"en": "en-GB", "da": "da-DK", "de": "de-DE"}
READERS = [(size, look, language) for size in SIZES for look in ("light", "dark") for language in LANGUAGES]

# What is on a page: as little as can be of how it is made.
FOUND = """() => {
  const root = document.documentElement;
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
  const words = [];
  for (const one of document.body.querySelectorAll("*")) {
    for (const node of one.childNodes) if (node.nodeType === 3) words.push(node.data);
    for (const name of ["aria-label", "aria-valuetext", "title", "placeholder"]) words.push(one.getAttribute(name) ?? "");
  }
  return {
    words, title: document.title, language: root.lang, overflow: root.scrollWidth - root.clientWidth,
    main: document.querySelectorAll("h1").length,
    headings: [...document.querySelectorAll("main h2, main h3")].filter(isSeen).map((one) => one.textContent.trim()),
    told: [...document.querySelectorAll("main [role=status]")].filter(isSeen).map((one) => one.innerText.trim()).filter(Boolean),
  };
}"""
# The largest number, with what stands beside it, and how it looks.
LARGE = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  const isNumber = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && /\\d/.test(node.data));
  const all = [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && isNumber(one));
  const large = all.sort((a, b) => size(b) - size(a))[0];
  if (!large) return null;
  let opacity = 1;
  for (let one = large; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
  const { color, textDecorationLine, filter } = getComputedStyle(large);
  return { text: large.parentElement.innerText, look: [color, opacity.toFixed(2), textDecorationLine, filter].join(" ") };
}"""
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    isMain: one.matches("main, main *"), isSkip: one.matches("a[href='#main']"), isNav: Boolean(one.closest("nav")),
    isSeen: box.width > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth,
    isMarked: style.outlineStyle !== "none" || style.boxShadow !== "none", name: one.textContent.trim(),
  };
}"""


class View:
    """A tab of the browser, and all that goes wrong in it."""

    def __init__(self, browser, base, size="desktop", look="light", language="en", **options):
        width, height = SIZES[size]
        self.base, self.name = base, ""
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=look,
            locale=LANGUAGES[language],
            is_mobile=size == "phone",
            has_touch=size == "phone",
            reduced_motion="reduce",
            **options,
        )
        self.wrong, self.waiting = [], set()
        self.context.on("request", self.asked)
        self.context.on("response", self.answered)
        self.context.on("requestfinished", lambda request: self.waiting.discard(request))
        self.context.on("requestfailed", self.failed)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.context.on("console", lambda line: line.type == "error" and self.wrong.append(line.text))
        self.page = self.context.new_page()

    def asked(self, request):
        if not request.url.startswith(self.base):
            self.wrong.append(f"another host is asked: {request.url}")
        # The stream of events never ends.
        elif "/live?" not in request.url:
            self.waiting.add(request)

    def answered(self, response):
        if response.status >= 400:
            self.waiting.discard(response.request)
            self.wrong.append(f"{response.status} for {response.url}")

    def failed(self, request):
        self.waiting.discard(request)
        # A page that is left wants its answers no more.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"{request.failure} for {request.url}")

    def settle(self, seconds=20):
        """Until it is drawn: nothing more is asked, and nothing is busy."""
        calm, end = 0, time.monotonic() + seconds
        while calm < 3:
            check(time.monotonic() < end, f"{self.name}: it does not come to rest ({[one.url for one in self.waiting]})")
            self.page.wait_for_timeout(50)
            is_busy = self.waiting or self.page.locator("[aria-busy=true]").count() or not self.page.locator("main h1").count()
            calm = 0 if is_busy else calm + 1

    def open(self, page, meter="house"):
        """Anew each time: each address can be come to from elsewhere."""
        self.name = page
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/#/{meter}/{page}")
        self.settle()

    def found(self):
        return self.page.evaluate(FOUND)

    def large(self):
        return self.page.evaluate(LARGE)

    def right(self, words, language, axe=True):
        """What holds of every page."""
        found = self.found()
        check(not self.wrong, f"{words}: {self.wrong}")
        check(found["language"] == language, f"{words}: its language is {found['language']}")
        check(found["main"] == 1 and found["headings"] and all(found["headings"]), f"{words}: headings {found['headings']}")
        check(found["overflow"] <= 0, f"{words}: it is {found['overflow']} pixels wider than the screen")
        keys = {word for text in [*found["words"], found["title"]] for word in re.findall(r"[a-z]+(?:\.[a-z_]+)+", text)}
        check(not keys & self.keys(), f"{words}: not translated: {keys & self.keys()}")
        if axe:
            self.axe(words)
        return found

    def keys(self):
        if not hasattr(self, "known"):
            self.known = set(self.page.evaluate("import('./words/en.js').then((all) => Object.keys(all.default))"))
        return self.known

    def axe(self, words):
        for one in Axe().run(self.page).response["violations"]:
            nodes = "; ".join(f"{node['target']} {node['failureSummary']}" for node in one["nodes"][:3])
            check(one["impact"] not in ("serious", "critical"), f"{words}: {one['help']} ({one['impact']}): {nodes}")

    def keyboard(self, words):
        """Tab comes to the link that skips, then to each page's; Enter opens what has the focus."""
        press, focus = self.page.keyboard.press, lambda: self.page.evaluate(FOCUS)
        press("Tab")
        check(focus()["isSkip"] and focus()["isSeen"], f"{words}: Tab does not come first to a link that skips: {focus()}")
        names = []
        for _ in range(12):
            press("Tab")
            if (now := focus())["isNav"]:
                check(now["isSeen"] and now["isMarked"], f"{words}: the focus on {now['name']} is not seen")
                names.append(now["name"])
        check(len(set(names)) >= len(PAGES), f"{words}: Tab comes only to {names}")
        self.page.locator("a[href='#main']").focus()
        press("Enter")
        check(focus()["isMain"], f"{words}: the link that skips does not come to the content")

    def reflow(self, words):
        """Small telephones, tablets, and a screen on which all is four times as large."""
        before = self.page.viewport_size
        for width in (320, 360, 800, 1024):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.wait_for_timeout(100)
            over = self.found()["overflow"]
            check(over <= 0, f"{words}: it is {over} pixels wider than a screen of {width}")
        self.page.set_viewport_size(before)

    def unfold(self):
        """Charts as tables, and what the meter is asked for only then."""
        self.page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = one.checkVisibility()))")
        self.settle()

    def close(self):
        self.context.close()
