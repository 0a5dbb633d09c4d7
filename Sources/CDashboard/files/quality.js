// SPDX-License-Identifier: Apache-2.0
import { ask, history, now, readings } from "./api.js";
import { TimeChart } from "./chart.js";
import { card, choice, h, phases, phaseTable, reason } from "./dom.js";
import * as format from "./format.js";
import { code, known, t } from "./words.js";
import { length, startOf } from "./zone.js";

// EN 50160: 230 V, and ten per cent of it either way.
const band = { least: 207, greatest: 253 };
const spans = { hour: length.hour, day: length.day, week: length.week, month: 31 * length.day };

export function show(root, { meter, live, zone }) {
  const leaving = new AbortController();
  let abort = new AbortController();
  let wanted = "";
  let span = "day";
  let zoom = null;
  const periods = choice(t("energy.period"), Object.keys(spans).map((one) => [one, t(`span.${one}`)]), span, (one) => {
    [span, zoom] = [one, null];
    drawVoltage();
  });
  const chart = new TimeChart(t("voltage"), {
    height: 300, onRange: (from, to) => {
      const end = Math.min(to, now());
      zoom = to - from > 400 * length.day ? zoom : [from - (to - end), end];
      periods.press(null);
      drawVoltage();
    },
  });
  const summary = h("dl", { class: "tiles" });
  const balanceRows = h("tbody");
  const statistics = h("div");
  const outages = new TimeChart(t("outages"), { height: 110 });
  const outageList = h("div");
  const events = h("div", { class: "events" });
  root.append(
    h("div", { class: "controls" }, periods),
    card(t("quality.voltage"), h("p", { class: "note" }, t("quality.limits")), summary, chart.element),
    card(t("quality.balance"), h("p", { class: "note" }, t("quality.balance.note")),
      phaseTable(t("quality.balance"), balanceRows)),
    card(t("quality.counted"), statistics), card(t("outages"), outages.element, outageList), card(t("events"), events));

  async function drawVoltage() {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      const [from, to] = zoom ?? [now() - spans[span], now()];
      const [by, rows] = await voltages(meter, from, to, signal);
      if (signal.aborted) return;
      const series = phases.map((phase) => ({
        name: phase.toUpperCase(), color: phase, kind: "line", value: (row) => row[`voltage_${phase}_v_mean`],
        low: (row) => row[`voltage_${phase}_v_min`], high: (row) => row[`voltage_${phase}_v_max`],
        format: (value) => format.withUnit(value, 1, "V"),
      }));
      chart.draw({
        from, to, zone, by, rows, series, isOpen: true, gap: by === "readings" ? 25_000 : length[by],
        title: t(`quality.by.${by}`),
        limits: [
          { value: band.greatest, name: `${t("limit")} ${band.greatest} V` },
          { value: band.least, name: `${t("limit")} ${band.least} V` },
        ],
      });
      drawSummary(rows, by);
    } catch (error) {
      if (error.name === "AbortError") return;
      chart.draw({
        from: now() - spans[span], to: now(), zone, by: "hour", rows: [], series: [], isOpen: true,
        limits: [{ value: band.least }, { value: band.greatest }], empty: error.message || t("health.gateway"),
      });
    }
  }

  function drawSummary(rows, by) {
    summary.replaceChildren(...phases.map((phase) => {
      const of = (what) => rows.map((row) => row[`voltage_${phase}_v_${what}`]).filter((value) => value != null);
      const [low, mean, high] = ["min", "mean", "max"].map(of);
      if (!mean.length) return h("div", { class: phase }, h("dt", null, phase.toUpperCase()), h("dd", null, format.dash));
      const [least, greatest] = [Math.min(...low, ...mean), Math.max(...high, ...mean)];
      const isWithin = least >= band.least && greatest <= band.greatest;
      return h("div", { class: phase }, h("dt", null, phase.toUpperCase()),
        h("dd", null, `${format.number(least, 1)} – ${format.withUnit(greatest, 1, "V")}`),
        // A mean of an interval says nothing of what was shorter.
        h("dd", { class: `note ${isWithin ? "" : "warn"}` }, t(isWithin ? "within" : "outside"),
          low.length < mean.length && by !== "readings" ? `, ${t("means")}` : ""));
    }));
  }

  function drawBalance() {
    const row = (words, name, digits, unit) => {
      const found = phases.map((phase) => live.get(name.replace("#", phase)));
      const values = found.map((one) => one?.value);
      const isWhole = values.every((value) => value != null);
      const mean = isWhole && values.reduce((all, value) => all + value, 0) / 3;
      const off = isWhole && mean > 0 ? (Math.max(...values.map((value) => Math.abs(value - mean))) / mean) * 100 : null;
      const stale = found.some((one) => one && !one.isFresh) ? "stale" : "";
      return h("tr", null,
        h("th", { scope: "row" }, words,
          h("span", { class: `note ${stale}` }, `${t("unbalance")} ${format.percent(off, 1)}`)),
        values.map((value) => h("td", { class: `number ${stale}` }, format.withUnit(value, digits, unit))));
    };
    const rows = [row(t("voltage"), "voltage_#_v", 1, "V"), row(t("current"), "current_#_a", 2, "A")];
    balanceRows.replaceChildren(...rows);
  }

  /** Each by itself: one that is not to be had leaves the others be. */
  function drawRecords() {
    const record = async (what, query, place, draw) => {
      try {
        draw(await ask(meter, what, query, leaving.signal));
      } catch (error) {
        if (error.name !== "AbortError") place.replaceChildren(h("p", { class: "note" }, reason(error)));
      }
    };
    record("quality", {}, statistics, drawStatistics);
    record("outages", { limit: 1000 }, outageList, drawOutages);
    record("events", { limit: 200 }, events, drawEvents);
  }

  function drawStatistics({ read_at, statistics: all }) {
    const names = [...new Set(all.map((one) => one.statistic))];
    if (!names.length) return statistics.replaceChildren(h("p", { class: "note" }, t("nothing.yet")));
    statistics.replaceChildren(
      h("div", { class: "scroll free", tabindex: "0", role: "region", "aria-label": t("quality.counted") },
        h("table", { class: "even" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, t("what")), phases.map((phase) =>
          h("th", { scope: "col", class: "number" }, phase.toUpperCase())))),
        h("tbody", null, names.map((name) => {
          const of = (phase) => all.find((one) => one.statistic === name && one.phase === phase);
          const first = all.find((one) => one.statistic === name);
          return h("tr", null,
            h("th", { scope: "row" }, known(`statistic.${name}`) ?? name.replaceAll("_", " "), threshold(first)),
            of(null) ? h("td", { class: "number all", colspan: 3 }, count(of(null)))
              : ["L1", "L2", "L3"].map((phase) => h("td", { class: "number" }, count(of(phase)))));
        })))),
      h("p", { class: "note" }, t("read.at", { time: format.time(read_at && Date.parse(read_at), "full", zone) })));
  }

  function threshold({ threshold_percent, threshold_s }) {
    if (threshold_percent == null && !threshold_s) return null;
    const parts = [threshold_percent != null && format.percent(threshold_percent), threshold_s && format.duration(threshold_s)];
    return h("span", { class: "note" }, t("from.on", { threshold: parts.filter(Boolean).join(", ") }));
  }

  function count(one) {
    if (!one) return "";
    const details = [
      one.frequency_hz != null && format.withUnit(one.frequency_hz, 3, "Hz"),
      one.voltage_v != null && format.withUnit(one.voltage_v, 1, "V"),
      one.maximum_percent != null && t("at.most", { value: format.percent(one.maximum_percent, 1) }),
      one.average_percent != null && t("on.average", { value: format.percent(one.average_percent, 1) }),
      one.time && format.time(Date.parse(one.time), "moment", zone), one.now && t("happening"),
    ].filter(Boolean);
    return [one.count == null ? (details.length ? "" : format.dash) : h("b", null, format.number(one.count)),
      ...details.map((words) => h("span", { class: "note" }, words))];
  }

  function drawOutages(all) {
    const cuts = all.filter((one) => one.start).map((one) => ({
      ...one, start: Date.parse(one.start), end: one.end ? Date.parse(one.end) : now(),
    }));
    const from = Math.min(now() - 30 * length.day, ...cuts.map((one) => startOf("month", one.start, zone)));
    outages.draw({
      from, to: now(), zone, by: "outage", title: t("outages.count", { count: format.number(all.length) }),
      rows: cuts,
      // A minute of a month is narrower than what can be seen.
      leastWidth: 3,
      series: [{ name: t("outage"), color: "bad", kind: "bar", value: (row) => (row.duration_s ?? 60) / 60,
        format: (value) => format.duration(value * 60) }],
    });
    outages.element.hidden = !cuts.length;
    outageList.replaceChildren(cuts.length
      ? h("ul", { class: "list" }, [...cuts].reverse().slice(0, 20).map((one) =>
        h("li", null, h("span", null, format.time(one.start, "full", zone)),
          h("b", null, one.duration_s == null ? format.dash : format.duration(one.duration_s)))))
      : h("p", { class: "note" }, t("outages.none")));
  }

  async function drawEvents(log) {
    if (!log.length) return events.replaceChildren(h("p", { class: "note" }, t("nothing.yet")));
    const { default: names } = await import(`./events/${code()}.js`);
    // One that is not in the lists is shown as the gateway tells it, with its number.
    const name = (one) => names[one.kind][one.id] ?? `${one.event} (${one.kind} ${one.id})`;
    const kinds = [...new Set(log.map(name))].sort((a, b) => a.localeCompare(b, code()));
    const list = h("ul", { class: "list" });
    const newest = [...log].reverse();
    const fill = () => list.replaceChildren(...newest.filter((one) => !wanted || name(one) === wanted).map((one) =>
      h("li", null, h("span", null, format.time(one.time && Date.parse(one.time), "full", zone)),
        h("span", null, h("b", null, name(one)), " ",
          h("span", { class: "note", lang: "en" }, [one.details, one.user].filter(Boolean).join(" · "))))));
    if (!kinds.includes(wanted)) wanted = "";
    fill();
    events.replaceChildren(
      h("label", { class: "filter" }, t("events.which"), h("select", {
        onchange: (event) => {
          wanted = event.target.value;
          fill();
        },
      }, ["", ...kinds].map((kind) => h("option", { value: kind, selected: kind === wanted }, kind || t("events.all"))))),
      h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": t("events") }, list));
  }

  drawVoltage();
  drawBalance();
  drawRecords();
  live.addEventListener("change", drawBalance);
  const loading = setInterval(() => document.hidden || zoom || chart.plot.matches(":hover, :focus") || drawVoltage(), 60_000);
  const recording = setInterval(() => document.hidden || events.contains(document.activeElement) || drawRecords(), 300_000);
  return {
    leave() {
      abort.abort();
      leaving.abort();
      clearInterval(loading);
      clearInterval(recording);
      live.removeEventListener("change", drawBalance);
      chart.close();
      outages.close();
    },
  };
}

const names = phases.map((phase) => `voltage_${phase}_v`);

/** Voltages by the finest step of which there are not too many, coarser where none are kept: [step, rows]. */
async function voltages(meter, from, to, signal) {
  const span = to - from;
  const steps = ["readings", "minute", "quarter", "hour", "day"];
  const most = [15 * length.minute, 8 * length.hour, 5 * length.day, 40 * length.day, Infinity];
  const first = most.findIndex((one) => span <= one);
  for (const by of steps.slice(first)) {
    const rows = by === "readings" ? await asRows(meter, from, to, signal)
      : (await history(meter, by, from, to, names, signal)).rows;
    // From a load profile, a step that is shorter than its intervals has no mean: the next longer one has.
    if (rows.some((row) => names.some((name) => row[`${name}_mean`] != null)) || by === "day") return [by, rows];
  }
}

async function asRows(meter, from, to, signal) {
  const found = await readings(meter, from, to, names, signal);
  return found.map((one) => ({
    start: one.at, end: one.at, ...Object.fromEntries(names.map((name) => [`${name}_mean`, one[name]])),
  }));
}
