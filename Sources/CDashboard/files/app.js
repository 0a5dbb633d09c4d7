// SPDX-License-Identifier: Apache-2.0
import { get } from "./api.js";
import { h, say, svg } from "./dom.js";
import { keep, kept } from "./kept.js";
import { Live } from "./live.js";
import { begin, choose, code, languages, t } from "./words.js";

const pages = ["now", "energy", "quality", "peaks", "meter"];
const icons = {
  now: "M13 2 4 14h7l-1 8 9-12h-7z", energy: "M4 20V10h4v10zm6 0V4h4v16zm6 0v-7h4v7z",
  quality: "M2 12h4l3-8 5 16 3-8h5", peaks: "M2 20 9 8l4 6 4-9 5 15z",
  meter: "M5 3h14v18H5zM8 6h8v5H8zM9 15h1M14 15h1",
};

const header = document.getElementById("header");
const main = document.getElementById("main");
let meters = [];
let live = null;
let shown = null;
let visit = 0;

function place() {
  const [, meter, page] = location.hash.split("/");
  try {
    return { meter: decodeURIComponent(meter), page };
  } catch {
    return {}; // An address that somebody has cut short.
  }
}

const address = (meter, page) => `#/${encodeURIComponent(meter)}/${page}`;

async function route() {
  let { meter, page } = place();
  if (!meters.some((one) => one.name === meter)) {
    meter = meters.find((one) => one.name === kept("meter"))?.name ?? meters[0].name;
  }
  if (!pages.includes(page)) page = "now";
  if (location.hash !== address(meter, page)) history.replaceState(null, "", address(meter, page));
  keep("meter", meter);
  if (live?.meter !== meter) {
    live?.close();
    live = new Live(meter);
    live.addEventListener("change", health);
  }
  const mine = ++visit;
  drawHeader(meter, page);
  document.title = `${t(`page.${page}`)} · ${meter} · mep`;
  const { show } = await import(`./${page}.js`);
  if (mine !== visit) return;
  shown?.leave();
  if (shown) {
    scrollTo(0, 0);
    if (!header.contains(document.activeElement)) main.focus({ preventScroll: true });
  }
  main.replaceChildren(h("h1", { class: "hidden" }, `${t(`page.${page}`)}: ${meter}`), notice);
  const root = h("div", { class: `page ${page}` });
  main.append(root);
  const { time_zone: zone } = meters.find((one) => one.name === meter);
  shown = show(root, { meter, live, zone }) ?? { leave() {} };
  health();
}

const notice = h("div", { class: "notice", role: "status", hidden: true });

/** Says on every page when what it shows is not of now. */
function health() {
  const { online, problem: trouble, store_problem } = live.status ?? {};
  const words = live.isConnected === false ? t("health.gateway") : !live.isConnected || !live.status ? ""
    : online === false ? t("health.away") : online == null ? t("health.waiting") : "";
  const problem = live.isConnected ? trouble ?? store_problem : null;
  notice.hidden = !words && !problem;
  if (!notice.hidden && notice.dataset.words !== words + problem) {
    notice.replaceChildren(h("strong", null, words), problem ? h("span", { lang: "en" }, problem) : "");
    notice.dataset.words = words + problem;
  }
  const dot = header.querySelector(".state");
  if (!dot) return;
  const state = live.isConnected === false ? "bad" : !live.isConnected || online == null ? "unknown"
    : online ? "good" : "bad";
  dot.className = `state ${state}`;
  say(dot.firstChild, t(`state.${state}`));
}

function drawHeader(meter, page) {
  const chooser = meters.length > 1
    ? h("label", { class: "meters" }, h("span", { class: "hidden" }, t("chooser")),
      h("select", { onchange: (event) => (location.hash = address(event.target.value, place().page)) },
        meters.map(({ name }) => h("option", { value: name, selected: name === meter }, name))))
    : h("span", { class: "meters" }, meter);
  const nav = h("nav", { "aria-label": t("pages") }, pages.map((name) =>
    h("a", { href: address(meter, name), "aria-current": name === page ? "page" : null },
      icon(icons[name]), h("span", null, t(`page.${name}`)))));
  const isChoosing = document.activeElement?.matches("header .meters select");
  header.replaceChildren(
    h("div", { class: "top" },
      h("span", { class: "state unknown" }, h("span", { class: "hidden" }, "")), chooser, nav, settings()));
  if (isChoosing) header.querySelector(".meters select").focus();
  say(document.getElementById("skip"), t("skip"));
}

function icon(path) {
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path }));
}

function settings() {
  const select = (words, options, chosen, act) =>
    h("label", null, h("span", null, words), h("select", { onchange: (event) => act(event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: value === chosen }, text))));
  const panel = h("details", {
    class: "settings", onkeydown: (event) => event.key === "Escape" && (panel.open = false),
    onfocusout: (event) => panel.contains(event.relatedTarget) || !event.relatedTarget || (panel.open = false),
  },
    h("summary", { "aria-label": t("settings"), title: t("settings") },
      icon("M4 7h9m5 0h2M4 17h2m5 0h9M13 7a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0M6 17a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0")),
    h("div", null,
      select(t("settings.language"), Object.entries(languages), code(), async (tag) => {
        await choose(tag);
        route();
      }),
      select(t("settings.look"), ["auto", "light", "dark"].map((look) => [look, t(`look.${look}`)]), kept("look") ?? "auto",
        (look) => {
          keep("look", look === "auto" ? null : look);
          dress();
        })));
  return panel;
}

function dress() {
  const look = kept("look");
  if (look) document.documentElement.dataset.look = look;
  else delete document.documentElement.dataset.look;
}

async function start() {
  dress();
  await begin();
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  for (let wait = 1000; ; wait = Math.min(30_000, wait * 2)) {
    try {
      meters = await get("meters");
      if (meters.length) break;
      main.replaceChildren(h("p", { class: "notice" }, t("none")));
    } catch (error) {
      main.replaceChildren(h("div", { class: "notice", role: "status" }, h("strong", null, t("health.gateway")),
        error.message && h("span", { lang: "en" }, error.message)));
    }
    await new Promise((resume) => setTimeout(resume, wait));
  }
  addEventListener("hashchange", route);
  // Age makes stale what no event does.
  setInterval(() => live && !document.hidden && live.dispatchEvent(new Event("change")), 1000);
  await route();
  navigator.serviceWorker?.register("service-worker.js").catch(() => {});
}

start();
