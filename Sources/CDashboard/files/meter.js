// SPDX-License-Identifier: Apache-2.0
import { about, get } from "./api.js";
import { card, h } from "./dom.js";
import * as format from "./format.js";
import { tables } from "./tables.js";
import { known, t } from "./words.js";

const groups = {
  identity: ["manufacturer", "model", "generation", "firmware", "serial_number", "name"],
  line: ["online", "problem", "last_reading_at", "clock_ahead_s", "access", "security"],
  keeping: ["recorded_share", "recorded_through", "held_readings", "last_held", "lost_readings", "store_problem"],
};

export function show(root, { meter, zone }) {
  const abort = new AbortController();
  const lists = Object.fromEntries(Object.keys(groups).map((group) => [group, h("dl", { class: "facts" })]));
  const others = h("dl", { class: "facts" });
  const rest = card(t("meter.more"), others);
  rest.hidden = true;
  const registers = h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": t("meter.registers") });
  root.append(...Object.keys(groups).map((group) => card(t(`meter.${group}`), lists[group])), rest,
    card(t("meter.registers"), registers), tables(meter, zone));

  async function load() {
    try {
      const facts = await about(meter, abort.signal);
      const told = new Set(Object.values(groups).flat());
      for (const [group, keys] of Object.entries(groups)) {
        lists[group].replaceChildren(...keys.filter((key) => key in facts).flatMap((key) => fact(key, facts[key])));
      }
      // What a newer gateway tells besides is shown as it is.
      const more = Object.entries(facts).filter(([key]) => !told.has(key));
      rest.hidden = !more.length;
      others.replaceChildren(...more.flatMap(([key, value]) => fact(key, value)));
      drawRegisters(await get(`meters/${encodeURIComponent(meter)}/registers`, {}, abort.signal));
    } catch (error) {
      if (error.name !== "AbortError") {
        lists.identity.replaceChildren(h("dt", null, t("fact.problem")), h("dd", null, error.message || t("health.gateway")));
      }
    }
  }

  function fact(key, value) {
    const words = known(`fact.${key}`) ?? key.replaceAll("_", " ");
    const isFree = typeof value === "string" && ["problem", "last_held", "store_problem"].includes(key);
    return [h("dt", null, words), h("dd", { lang: isFree ? "en" : null, class: isFree ? "warn" : null }, text(key, value))];
  }

  function text(key, value) {
    if (value == null) return ["problem", "store_problem", "last_held"].includes(key) ? t("none.known") : format.dash;
    if (typeof value === "boolean") return t(value ? "yes" : "no");
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
    registers.replaceChildren(named.length
      ? h("table", null, h("thead", null, h("tr", null, h("th", { scope: "col" }, t("what")),
        [null, ...tiers].map((tier) =>
          h("th", { scope: "col", class: "number" }, tier == null ? t("together") : t("tier", { number: tier }))))),
      h("tbody", null, [...groups].sort(([a], [b]) => rank(a) - rank(b)).map(([series, found]) =>
        h("tr", null, h("th", { scope: "row" }, name(series)), [null, ...tiers].map((tier) => {
          const one = found.find((one) => one.tier === tier);
          const when = one ? format.time(Date.parse(one.measured_at), "full", zone) : null;
          return h("td", { class: "number", title: when }, value(series, one?.value));
        })))))
      : h("p", { class: "note" }, t("nothing.yet")));
  }

  // Import and export first, then the other energies.
  const ranks = [/^fwd_active/, /^rev_active/, /_wh$/, /_varh$/, /./];
  const rank = (series) => ranks.findIndex((pattern) => pattern.test(series));
  const name = (series) => known(`series.${series}`) ?? series.replace(/_(wh|varh|s)$/, "").replaceAll("_", " ");

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
