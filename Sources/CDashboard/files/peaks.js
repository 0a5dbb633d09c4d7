// SPDX-License-Identifier: Apache-2.0
import { history, now } from "./api.js";
import { TimeChart } from "./chart.js";
import { card, choice, h, reason, say } from "./dom.js";
import * as format from "./format.js";
import { keep, kept } from "./kept.js";
import { t } from "./words.js";
import { add, length, startOf } from "./zone.js";

const rules = { one: { count: 1 }, three: { count: 3 }, days: { count: 3, isByDay: true } };

/** The highest steps that a rule counts, the highest first: of each day only its highest where the rule has it so. */
export function highest(rows, { count, isByDay }, zone) {
  const days = new Set();
  return [...rows].sort((a, b) => b.watts - a.watts).filter((row) => {
    const day = startOf("day", row.start, zone);
    if (isByDay && days.has(day)) return false;
    days.add(day);
    return true;
  }).slice(0, count);
}

export function show(root, { meter, live, zone }) {
  const abort = new AbortController();
  let by = kept("peaks.by") === "quarter" ? "quarter" : "hour";
  let rule = kept("peaks.rule") in rules ? kept("peaks.rule") : "days";
  let month = startOf("month", now(), zone);
  let rows = [];
  let top = [];
  let running = null;

  const grains = choice(t("peaks.step"), ["hour", "quarter"].map((one) => [one, t(`peaks.${one}`)]), by, (one) => {
    keep("peaks.by", (by = one));
    load();
  });
  const counted = choice(t("peaks.rule"), Object.keys(rules).map((one) => [one, t(`rule.${one}`)]), rule, (one) => {
    keep("peaks.rule", (rule = one));
    draw();
  });
  const title = h("h2", { class: "period-title" });
  const arrows = ["‹", "›"].map((text, i) =>
    h("button", {
      type: "button", class: "round", "aria-label": t(i ? "next" : "previous"),
      onclick: () => {
        month = add("month", i ? 1 : -1, month, zone);
        load();
      },
    }, text));
  const chart = new TimeChart(t("page.peaks"), { height: 260 });
  const list = h("ol", { class: "ranks" });
  const average = h("p", { class: "note" });
  const meanwhile = h("p", { class: "meanwhile" });
  const warning = h("p", { class: "warning", role: "status" });
  const progress = h("span", { class: "fill" });
  const track = h("div", { class: "track", "aria-hidden": "true" }, progress);
  const heading = h("h2", null);
  const current = card(null, heading, meanwhile, track, warning);
  root.append(
    h("div", { class: "controls" }, grains, counted), current,
    h("section", { class: "card" }, h("div", { class: "period" }, arrows[0], title, arrows[1]), list, average, chart.element),
    h("p", { class: "note" }, t("peaks.note")));

  const end = () => add("month", 1, month, zone);
  const isPresent = () => month <= now() && now() < end();

  async function load() {
    const [wanted, step] = [month, by];
    say(title, format.time(month, "month", zone));
    say(heading, t(`peaks.current.${by}`));
    arrows[1].disabled = end() > now();
    try {
      const of = (step, from) => history(meter, step, from, Math.min(end(), now()), ["fwd_active_energy_wh"], abort.signal);
      const start = startOf(by, now(), zone);
      const [found, quarters, minutes] = await Promise.all(
        [of(by, month), ...(isPresent() ? [of("quarter", add("quarter", -1, start, zone)), of("minute", start)] : [])]);
      if (wanted !== month || step !== by) return;
      const perHour = length.hour / length[by];
      rows = found.rows.filter((row) => row.fwd_active_energy_wh != null)
        .map((row) => ({ ...row, watts: row.fwd_active_energy_wh * perHour }));
      running = minutes && begun(rows.find((row) => row.end > now()), quarters.rows, minutes.rows);
      draw();
    } catch (error) {
      if (error.name === "AbortError" || wanted !== month || step !== by) return;
      // What is still there may be of another month.
      [rows, running] = [[], null];
      draw();
      list.replaceChildren(h("li", { class: "note" }, reason(error)));
    }
  }

  /** What the present step has used, and until when that is known: to its last minute that is kept. */
  function begun(step, quarters, minutes) {
    const start = startOf(by, now(), zone);
    const isKnown = (row) => row.fwd_active_energy_wh != null;
    const known = [...quarters.filter((row) => row.whole && row.end >= start), ...minutes].filter(isKnown);
    // One that begins or ends there knows the register at the step's beginning, without which a part is missing.
    if (!known.some((row) => row.start === start || row.end === start)) {
      // The first minute is kept some seconds after its end, and a quarter as well.
      return now() - start < 90_000 ? { start, until: start, energy: 0 } : null;
    }
    const energy = step?.start === start && isKnown(step) ? step.fwd_active_energy_wh : 0;
    return { start, until: Math.max(...known.map((row) => row.end)), energy };
  }

  // A step that is not over, or of which only a part is known, is no peak yet.
  const whole = () => rows.filter((row) => row.whole && row.end <= now());

  function draw() {
    top = highest(whole(), rules[rule], zone);
    const mean = top.length ? top.reduce((all, row) => all + row.watts, 0) / top.length : null;
    list.replaceChildren(...(top.length ? top.map((row) =>
      h("li", null, h("b", null, kilowatts(row.watts)), h("span", null, format.time(row.start, "day", zone)),
        h("span", { class: "note" }, `${format.time(row.start, "minute", zone)} – ${format.time(row.end, "minute", zone)}`)))
      : [h("li", { class: "note" }, t("chart.empty"))]));
    say(average, top.length > 1 ? t("peaks.average", { power: kilowatts(mean) }) : "");
    const days = new Map();
    for (const row of highest(whole(), { count: Infinity, isByDay: true }, zone)) {
      const start = startOf("day", row.start, zone);
      days.set(start, { start, end: add("day", 1, start, zone), watts: row.watts, peak: row, isTop: top.includes(row) });
    }
    const kilo = (isTop) => (row) => (row.isTop === isTop ? row.watts / 1000 : null);
    const words = (value) => kilowatts(value == null ? null : value * 1000);
    chart.draw({
      from: month, to: end(), zone, by: "day", title: t("peaks.days"),
      rows: [...days.values()].sort((a, b) => a.start - b.start),
      series: [
        { name: t("peaks.counts"), color: "peak", kind: "bar", value: kilo(true), format: words },
        { name: t("peaks.others"), color: "import", kind: "bar", value: kilo(false), format: words },
      ],
    });
    follow();
  }

  /** What the present step comes to, if power stays as it is. */
  function follow() {
    current.hidden = !isPresent();
    const power = live.get("fwd_active_power_w");
    const start = startOf(by, now(), zone);
    if (running?.start !== start || !power?.isFresh) {
      say(meanwhile, t("peaks.unknown"));
      say(warning, "");
      current.classList.remove("warn");
      track.hidden = true;
      return;
    }
    const from = (time) => running.energy + (power.value * (time - running.until)) / length.hour;
    const expected = from(start + length[by]) * (length.hour / length[by]);
    const { count, isByDay } = rules[rule];
    const today = isByDay && top.find((row) => startOf("day", row.start, zone) === startOf("day", start, zone));
    // What has to be passed to count: today's own where each day counts once, else the least of those that count.
    const limit = today ? today.watts : top.length < count ? 0 : top[top.length - 1].watts;
    say(meanwhile, t("peaks.heading", {
      until: format.time(start + length[by], "minute", zone), power: kilowatts(expected), energy: format.energy(from(now())),
    }));
    const isNew = top.length > 0 && expected > limit;
    current.classList.toggle("warn", isNew);
    say(warning, isNew ? (limit ? t("peaks.warning", { limit: kilowatts(limit) }) : t("peaks.first"))
      : limit ? t("peaks.calm", { limit: kilowatts(limit) }) : "");
    track.hidden = false;
    progress.style.width = `${Math.min(100, limit ? (expected / limit) * 100 : 100)}%`;
  }

  load();
  live.addEventListener("change", follow);
  const loading = setInterval(() => document.hidden || chart.plot.matches(":hover, :focus") || (isPresent() && load()), 20_000);
  return {
    leave() {
      abort.abort();
      clearInterval(loading);
      live.removeEventListener("change", follow);
      chart.close();
    },
  };
}

const kilowatts = (watts) => (watts == null ? format.dash : format.withUnit(watts / 1000, 2, "kW"));
