// SPDX-License-Identifier: Apache-2.0
import { about, ask } from "./api.js";
import { asked, facts } from "./asked.js";
import { drawCalendar } from "./calendar.js";
import { drawDevices } from "./devices.js";
import { card, h, reason, say } from "./dom.js";
import * as format from "./format.js";
import { tables } from "./tables.js";
import { known, t } from "./words.js";

const groups = {
  identity: ["manufacturer", "model", "generation", "firmware", "serial_number", "name", "time_zone", "supports"],
  line: [
    "online", "problem", "last_reading_at", "clock_ahead_s", "access", "security", "requests", "retries", "digest_failures",
    "resynchronizations",
  ],
  keeping: ["recorded_share", "recorded_through", "held_readings", "last_held", "lost_readings", "store_problem"],
};

export function show(root, { meter, zone }) {
  const abort = new AbortController();
  const { signal } = abort;
  const lists = Object.fromEntries(Object.keys(groups).map((group) => [group, h("dl", { class: "facts" })]));
  const others = h("dl", { class: "facts" });
  const rest = card(t("meter.more"), others);
  rest.hidden = true;
  const registers = h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": t("meter.registers") });
  const registersRead = h("p", { class: "note" });
  root.append(...Object.keys(groups).map((group) => card(t(`meter.${group}`), lists[group])), rest,
    card(t("meter.registers"), registers, registersRead),
    asked(t("meter.calendar"), meter, "calendar", { zone, signal }, drawCalendar),
    asked(t("meter.profile"), meter, "profile", { zone, signal }, drawProfile),
    asked(t("meter.devices"), meter, "devices", { zone, signal }, drawDevices),
    asked(t("meter.display"), meter, "display", { zone, signal }, drawDisplay), tables(meter, zone));

  async function load() {
    try {
      const told = await about(meter, signal);
      for (const [group, keys] of Object.entries(groups)) {
        lists[group].replaceChildren(...keys.filter((key) => key in told).flatMap((key) => fact(key, told[key])));
      }
      // What a newer gateway tells besides is shown as it is.
      const more = Object.entries(told).filter(([key]) => !Object.values(groups).flat().includes(key));
      rest.hidden = !more.length;
      others.replaceChildren(...more.flatMap(([key, value]) => fact(key, value)));
      drawRegisters(await ask(meter, "registers", {}, signal));
    } catch (error) {
      if (error.name === "AbortError") return;
      // What the meter is stays true; how it gets on does not.
      for (const list of [lists.line, lists.keeping, others]) list.replaceChildren();
      lists.line.append(h("dt", null, t("fact.problem")), h("dd", { class: "warn" }, reason(error)));
    }
  }

  /** How the load profile is set up: what is one value in a list, what is many in a table. */
  function drawProfile(profile) {
    const entries = Object.entries(profile).filter(([key]) => key !== "read_at");
    const many = entries.filter(([, value]) => Array.isArray(value) && typeof value[0] === "object");
    return [
      facts(entries.filter((entry) => !many.includes(entry)).map(([key, value]) =>
        [known(`profile.${key}`) ?? key.replaceAll("_", " "), text(key, value)])),
      ...many.map(([key, rows]) => {
        const columns = Object.keys(rows[0]);
        const words = (column) => known(`profile.${column}`) ?? column.replaceAll("_", " ");
        return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words(key) }, h("table", null,
          h("thead", null, h("tr", null, columns.map((column) => h("th", { scope: "col" }, words(column))))),
          h("tbody", null, rows.map((row) => h("tr", null, columns.map((column) =>
            h("td", null, column === "name" ? name(row.name) : text(column, row[column]))))))));
      }),
    ];
  }

  /** What the sources stand for is not public. */
  function drawDisplay({ register_digits, source_s, sources, message }) {
    const time = (text) => format.time(text && Date.parse(text), "full", zone);
    return [facts([
      [t("display.digits"), format.number(register_digits)],
      [t("display.seconds"), format.duration(source_s)],
      [t("display.sources"), sources.join(", ") || format.dash],
      [t("display.message"), message?.text ?? format.dash],
      ...(message ? [[t("display.state"), known(`display.${message.state}`) ?? message.state],
        [t("display.period"), `${time(message.start)} – ${time(message.end)}`]] : []),
    ])];
  }

  function fact(key, value) {
    const words = known(`fact.${key}`) ?? key.replaceAll("_", " ");
    const isFree = typeof value === "string" && ["problem", "last_held", "store_problem"].includes(key);
    return [h("dt", null, words), h("dd", { lang: isFree ? "en" : null, class: isFree ? "warn" : null }, text(key, value))];
  }

  function text(key, value) {
    if (value == null) return ["problem", "store_problem", "last_held"].includes(key) ? t("none.known") : format.dash;
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (key === "supports") return value.map((one) => known(`supports.${one}`) ?? one).join(", ") || format.dash;
    if (key === "access" || key === "security") return known(`${key}.${value}`) ?? value;
    if (key === "generation") return String(value);
    if (key.endsWith("_s") && key !== "clock_ahead_s") return format.duration(value);
    if (key === "recorded_share") return format.percent(value * 100);
    if (key === "clock_ahead_s") {
      return t(value < 0 ? "clock.behind" : "clock.ahead", { span: format.withUnit(Math.abs(value), 1, "s") });
    }
    if (typeof value === "string" && /^\d{4}-\d\d-\d\dT.*Z$/.test(value)) return format.time(Date.parse(value), "full", zone);
    if (typeof value === "number") return format.number(value, Number.isInteger(value) ? 0 : 3);
    return typeof value === "object" ? JSON.stringify(value) : value;
  }

  function drawRegisters(all) {
    // What is counted of the mains stands on its own page.
    const isOfMains = (series) => known(`statistic.${series.replace(/_l\d$/, "")}`) != null;
    const named = all.filter((one) => !/^source_/.test(one.series) && !isOfMains(one.series));
    const groups = new Map();
    for (const one of named) {
      const series = one.series.replace(/_tier_\d+/, "");
      if (!groups.has(series)) groups.set(series, []);
      groups.get(series).push(one);
    }
    const tiers = [...new Set(named.map((one) => one.tier))].filter((tier) => tier != null).sort((a, b) => a - b);
    say(registersRead, named.length ? readAt(named) : "");
    registers.replaceChildren(named.length
      ? h("table", null, h("thead", null, h("tr", null, h("th", { scope: "col" }, t("what")),
        [null, ...tiers].map((tier) =>
          h("th", { scope: "col", class: "number" }, tier == null ? t("together") : t("tier", { number: tier }))))),
      h("tbody", null, [...groups].sort(([a], [b]) => rank(a) - rank(b)).map(([series, found]) =>
        h("tr", null, h("th", { scope: "row" }, name(series)),
          [null, ...tiers].map((tier) =>
            h("td", { class: "number" }, value(series, found.find((one) => one.tier === tier)?.value)))))))
      : h("p", { class: "note" }, t("nothing.yet")));
  }

  /** When the oldest of them was read: tiers are read less often. */
  function readAt(all) {
    const oldest = (isTier) => {
      const times = all.filter((one) => (one.tier != null) === isTier).map((one) => Date.parse(one.measured_at));
      return times.length ? format.time(Math.min(...times), "full", zone) : null;
    };
    const [together, tiers] = [oldest(false), oldest(true)];
    return [t("read.at", { time: together ?? format.dash }), tiers && `${t("tiers")}: ${tiers}`].filter(Boolean).join(" · ");
  }

  // Import and export first, then the other energies.
  const ranks = [/^fwd_active/, /^rev_active/, /_wh$/, /_varh$/, /./];
  const rank = (series) => ranks.findIndex((pattern) => pattern.test(series));
  function name(series) {
    const [, quantity, phase] = series.match(/^(voltage|current)_(l\d)_[va]$/) ?? [];
    if (phase) return `${t(quantity)} ${phase.toUpperCase()}`;
    return known(`series.${series}`) ?? series.replace(/_(wh|varh|s)$/, "").replaceAll("_", " ");
  }

  function value(series, number) {
    if (number == null) return format.dash;
    if (series.endsWith("_wh")) return format.withUnit(number / 1000, 3, "kWh");
    if (series.endsWith("_varh")) return format.withUnit(number / 1000, 3, "kvarh");
    return series.endsWith("_s") ? format.duration(number) : format.number(number);
  }

  load();
  const loading = setInterval(() => document.hidden || load(), 10_000);
  return {
    leave() {
      abort.abort();
      clearInterval(loading);
    },
  };
}
