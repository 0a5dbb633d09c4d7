// SPDX-License-Identifier: Apache-2.0
import { about, costs, fetched, history, now, readings } from "./api.js";
import { TimeChart } from "./chart.js";
import { deviceTiles } from "./devices.js";
import { card, choice, h, reason, say } from "./dom.js";
import * as format from "./format.js";
import { balance, wayText } from "./now.js";
import { t } from "./words.js";
import { add, addYears, length, startOf } from "./zone.js";

// What was looked at last, by meter: another page does not lose it.
const looks = new Map();

/** The finest step of which the bars stay wide enough, days for a month at least; below some hours, power itself. */
export function stepFor(from, to, width) {
  const span = to - from;
  if (span <= 15 * length.minute) return "readings";
  if (span <= 6 * length.hour) return "minute";
  const most = Math.max(32, Math.min(72, width / 12));
  return ["quarter", "hour", "day", "month"].find((step) => span / length[step] <= most * 1.05) ?? "year";
}

const coarser = { readings: "minute", minute: "quarter" };

export function show(root, { meter, zone }) {
  const look = looks.get(meter) ?? { period: "day", at: null, compare: "none" };
  looks.set(meter, look);
  const leaving = new AbortController();
  let abort = new AbortController();
  let everything = null;

  const periods = choice(
    t("energy.period"), ["day", "week", "month", "year", "all"].map((one) => [one, t(`period.${one}`)]), look.period,
    (period) => go({ period, zoom: null }));
  const compare = choice(
    t("energy.compare"), ["none", "before", "year"].map((one) => [one, t(`compare.${one}`)]), look.compare,
    (one) => go({ compare: one }));
  const title = h("h2", { class: "period-title" });
  const step = (count) => {
    if (look.zoom) return chart.pan(count);
    if (look.period === "all") return;
    const at = add(look.period, count, startOf(look.period, look.at ?? now(), zone), zone);
    // The present one goes on with the clock.
    go({ at: at === startOf(look.period, now(), zone) ? null : at });
  };
  const today = h("button", { type: "button", class: "plain", onclick: () => go({ at: null, zoom: null }) }, t("today"));
  const arrows = ["‹", "›"].map((text, i) =>
    h("button", {
      type: "button", class: "round", "aria-label": t(i ? "next" : "previous"), onclick: () => step(i ? 1 : -1),
    }, text));
  const tiles = h("dl", { class: "tiles" });
  const chart = new TimeChart(t("page.energy"), {
    height: 320, onRange: (from, to) => go({ zoom: bounded(from, to) }),
  });
  const money = new TimeChart(t("cost"), { height: 150 });
  const moneyCard = card(t("cost"), money.element);
  const tiers = h("div", { class: "tiers" });
  const tierChart = new TimeChart(t("tiers"), { height: 190 });
  const tierCard = card(t("tiers"), tiers, tierChart.element);
  const devices = h("dl", { class: "tiles devices" });
  const deviceCard = card(t("meter.devices"), devices);
  deviceCard.hidden = true;
  const trouble = h("p", { class: "notice", role: "status", hidden: true });
  root.append(
    h("div", { class: "controls" }, periods,
      h("div", { class: "labelled" }, h("span", { "aria-hidden": "true" }, t("energy.compare")), compare)),
    h("section", { class: "card" },
      h("div", { class: "period" }, arrows[0], title, arrows[1], today), tiles, trouble, chart.element),
    moneyCard, tierCard, deviceCard);

  function bounded(from, to) {
    const end = Math.min(to, now() + length.day);
    return to - from > 60 * length.year ? null : [from - (to - end), end];
  }

  function go(change) {
    Object.assign(look, change);
    if ("at" in change) look.zoom = null;
    periods.press(look.zoom ? null : look.period);
    // What is still there is of another time.
    root.setAttribute("aria-busy", "true");
    load();
  }

  async function range(signal) {
    if (look.zoom) return look.zoom;
    if (look.period === "all") {
      everything ??= await extent(meter, zone, signal);
      return everything;
    }
    const from = startOf(look.period, look.at ?? now(), zone);
    return [from, add(look.period, 1, from, zone)];
  }

  async function load() {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      const [from, to] = await range(signal);
      say(title, look.zoom ? format.period(from, to, zone) : heading(look.period, from, to, zone));
      arrows[1].disabled = !look.zoom && (to > now() || look.period === "all");
      arrows[0].disabled = !look.zoom && look.period === "all";
      today.hidden = !look.zoom && (look.period === "all" || (from <= now() && now() < to));
      let by = stepFor(from, to, chart.width);
      let rows = await rowsOf(meter, by, from, to, signal);
      // Of times before this gateway there is what the meter has recorded: quarters or hours.
      while (!rows.length && coarser[by]) rows = await rowsOf(meter, (by = coarser[by]), from, to, signal);
      if (!rows.length && by === "quarter") rows = await rowsOf(meter, (by = "hour"), from, to, signal);
      const isPower = by === "readings" || by === "minute";
      const [past, priced] = await Promise.all([
        look.compare === "none" || isPower ? null : earlier(from, to, by, signal),
        isPower || by === "quarter" ? null : costs(meter, by, from, to, signal).catch(() => null),
      ]);
      if (signal.aborted) return;
      trouble.hidden = true;
      root.removeAttribute("aria-busy");
      draw(from, to, by, rows, past, priced, isPower);
    } catch (error) {
      if (error.name === "AbortError") return;
      trouble.hidden = false;
      trouble.replaceChildren(reason(error));
    }
  }

  /** The rows of the time that it is compared with, at the place of those to which they belong. */
  async function earlier(from, to, by, signal) {
    const back = (time) => {
      if (look.compare === "year") return addYears(-1, time, zone);
      if (look.zoom || look.period === "all") return time - (to - from);
      return add(look.period, -1, from, zone) + (time - from);
    };
    const begin = back(from);
    const end = look.compare === "year" || look.zoom || look.period === "all" ? back(to) : from;
    const rows = await rowsOf(meter, by, begin, end, signal);
    const placed = new Map();
    const count = (time, base) => Math.round((time - base) / length[by]);
    for (const row of rows) placed.set(count(row.start, begin), row);
    let sums = rows;
    let until = end;
    if (now() < to && now() > from) {
      // Of a time that is not over, no more is compared than there has been.
      until = back(now());
      const open = rows.find((row) => row.start < until && row.end > until);
      const part = open ? await rowsOf(meter, by === "hour" ? "quarter" : "hour", open.start, until, signal) : [];
      sums = [...rows, ...part].filter((row) => row.end <= until);
    }
    const index = (row) => count(row.start, from);
    return { rows: placed, index, sum: total(sums), isPartly: isPartly(sums, begin, until) };
  }

  function draw(from, to, by, rows, past, priced, isPower) {
    const sum = isPower ? null : total(rows);
    const costing = priced?.rows.length && { cost: sumOf(priced.rows, "cost"), income: sumOf(priced.rows, "income") };
    const sofar = rows.map((row) => ({ ...row, whole: row.whole || row.end > now() }));
    const partly = !isPower && isPartly(sofar, from, Math.min(to, now())) && t("partly");
    const note = (way) => [past && difference(sum?.[way], past.sum[way], past.isPartly), partly];
    tiles.replaceChildren(
      tile("import", t("energy.fwd"), format.energy(sum?.fwd), note("fwd")),
      tile("export", t("energy.rev"), format.energy(sum?.rev), note("rev")),
      ...(costing ? [tile("cost", t("cost"), format.money(costing.cost, priced.currency), [
        costing.income && t("income", { money: format.money(costing.income, priced.currency) }),
        priced.rows.some((row) => !row.whole && row.end <= now()) && t("partly"),
      ])] : []));
    tiles.hidden = isPower;
    const bars = [
      { name: t("energy.fwd"), color: "import", kind: "bar", value: (row) => kilo(row.fwd), format: energyText },
      {
        name: t("energy.rev"), color: "export", kind: "bar", format: energyText,
        value: (row) => (row.rev ? -row.rev / 1000 : kilo(row.rev)),
      },
    ];
    if (past) {
      bars.push({
        name: t(`compared.${look.compare}`), color: "past", kind: "mark",
        value: (row) => kilo(past.rows.get(past.index(row))?.fwd), format: energyText,
      });
    }
    const lines = [{
      name: t("power"), color: "import", kind: "line", value: (row) => row.power, low: (row) => row.low,
      high: (row) => row.high,
      format: wayText,
    }];
    chart.draw({
      from, to, zone, by, isMirrored: true, gap: by === "readings" ? 25_000 : 60_000, series: isPower ? lines : bars,
      rows,
      title: isPower ? t(by === "minute" ? "energy.minutes" : "energy.readings") : t(`energy.by.${by}`),
    });
    moneyCard.hidden = !priced?.rows.length;
    if (!moneyCard.hidden) {
      const words = (value) => format.money(value, priced.currency);
      money.draw({
        from, to, zone, by, isMirrored: true, title: priced.currency,
        rows: priced.rows.map((row) => ({ ...row, isWeak: row.whole === false })),
        series: [
          { name: t("cost"), color: "cost", kind: "bar", value: (row) => row.cost, format: words },
          ...(costing?.income ? [{
            name: t("price.export"), color: "export", kind: "bar", format: words,
            value: (row) => (row.income == null ? null : -row.income),
          }] : []),
        ],
      });
    }
    drawTiers(from, to, by, rows, sum);
  }

  function drawTiers(from, to, by, rows, sum) {
    const sums = new Map();
    for (const row of rows) {
      for (const [key, value] of Object.entries(row)) {
        const tier = key.match(/^fwd_active_energy_tier_(\d+)_wh$/)?.[1];
        if (tier != null) sums.set(tier, (sums.get(tier) ?? 0) + value);
      }
    }
    const known = [...sums].filter(([, value]) => value > 0).sort(([a], [b]) => a - b);
    tierCard.hidden = !known.length || !sum?.fwd;
    if (tierCard.hidden) return;
    const rest = sum.fwd - known.reduce((all, [, value]) => all + value, 0);
    // A tier is read every quarter, the total more often: the last minutes are of no tier yet.
    const parts = rest > sum.fwd * 0.005 ? [...known, [null, rest]] : known;
    tiers.replaceChildren(...parts.map(([tier, value]) => {
      const fill = h("span", { class: `fill ${tier == null ? "unknown" : `tier-${tier}`}` });
      fill.style.width = `${Math.min(100, (value / sum.fwd) * 100)}%`;
      return h("div", { class: "tier" },
        h("span", null, tier == null ? t("tier.unknown") : t("tier", { number: tier })),
        h("span", { class: "track", "aria-hidden": "true" }, fill),
        h("span", { class: "number" }, `${format.energy(value)} · ${format.percent((value / sum.fwd) * 100)}`));
    }));
    const of = (row, tier) => row[`fwd_active_energy_tier_${tier}_wh`];
    tierChart.element.hidden = rows.length < 2;
    tierChart.draw({
      from, to, zone, by, rows, title: t(`energy.by.${by}`),
      series: known.map(([tier], i) => ({
        name: t("tier", { number: tier }), color: `tier-${tier}`, kind: "bar", format: energyText,
        value: (row) => kilo(of(row, tier)),
        below: (row) => known.slice(0, i).reduce((all, [lower]) => all + (of(row, lower) ?? 0), 0) / 1000,
      })),
    });
  }

  /** Water and heat, where there are meters of them: read once from the meter, which reads them by its own schedule. */
  async function drawDevices() {
    try {
      const { supports } = await about(meter, leaving.signal);
      if (!supports.includes("m_bus")) return;
      devices.replaceChildren(...deviceTiles(await fetched(meter, "devices", leaving.signal)));
      deviceCard.hidden = !devices.childElementCount;
    } catch {
      // They stand on the meter's page, with what is wrong.
    }
  }

  load();
  drawDevices();
  const loading = setInterval(() => document.hidden || chart.plot.matches(":hover, :focus") || load(), 60_000);
  return {
    leave() {
      abort.abort();
      leaving.abort();
      clearInterval(loading);
      for (const one of [chart, money, tierChart]) one.close();
    },
  };
}

const kilo = (wattHours) => (wattHours == null ? null : wattHours / 1000);
const energyText = (kiloWattHours) => format.energy(kiloWattHours == null ? null : kiloWattHours * 1000);

function tile(color, words, value, notes) {
  return h("div", { class: color }, h("dt", null, words), h("dd", null, value),
    notes.filter(Boolean).map((note) => h("dd", { class: "note" }, note)));
}

function difference(value, before, isPartly) {
  if (value == null || !before) return t("compared.none");
  if (isPartly) return t("compared.partly", { energy: format.energy(before) });
  return t("compared", { change: format.change(value / before - 1), energy: format.energy(before) });
}

function heading(period, from, to, zone) {
  switch (period) {
    case "day": return format.time(from, "longDay", zone);
    case "month": case "year": return format.time(from, period, zone);
    case "week": return format.period(from, to, zone);
    default: return format.period(from, Math.min(to, now()), zone);
  }
}

const powers = ["fwd_active_power_w", "rev_active_power_w"];
const energies = [
  "fwd_active_energy_wh", "rev_active_energy_wh",
  ...Array.from({ length: 8 }, (_, tier) => `fwd_active_energy_tier_${tier}_wh`),
];

async function rowsOf(meter, by, from, to, signal) {
  if (by === "readings") {
    const found = await readings(meter, from, to, powers, signal);
    return found.map((one) => ({ start: one.at, end: one.at, power: balance(one.fwd_active_power_w, one.rev_active_power_w) }))
      .filter((row) => row.power != null);
  }
  const { rows } = await history(meter, by, from, to, by === "minute" ? powers : energies, signal);
  const all = rows.map((row) => ({
    ...row, fwd: row.fwd_active_energy_wh, rev: row.rev_active_energy_wh, isWeak: row.whole === false,
    power: balance(row.fwd_active_power_w_mean, row.rev_active_power_w_mean),
    low: balance(row.fwd_active_power_w_min, row.rev_active_power_w_max),
    high: balance(row.fwd_active_power_w_max, row.rev_active_power_w_min),
  }));
  return all.filter((row) => (by === "minute" ? row.power != null : row.fwd != null || row.rev != null));
}

/** Whether more is missing than the step that is running. */
function isPartly(rows, from, to) {
  const whole = rows.reduce((all, row) => all + (row.whole ? Math.min(row.end, to) - row.start : 0), 0);
  return whole < 0.97 * (to - from) && to - from - whole > length.hour;
}

/** Of what is known; null where nothing is. */
function sumOf(rows, key) {
  const values = rows.map((row) => row[key]).filter((value) => value != null);
  return values.length ? values.reduce((all, value) => all + value, 0) : null;
}

const total = (rows) => ({ fwd: sumOf(rows, "fwd"), rev: sumOf(rows, "rev") });

/** From the month of the first that is known to the end of the present one. */
async function extent(meter, zone, signal) {
  const { rows } = await history(meter, "month", add("year", -20, startOf("year", now(), zone), zone), now(),
    ["fwd_active_energy_wh"], signal);
  const last = add("month", 1, startOf("month", now(), zone), zone);
  return [rows[0]?.start ?? startOf("year", now(), zone), last];
}
