// SPDX-License-Identifier: Apache-2.0
import { fetched, history, now, prices, readings } from "./api.js";
import { TimeChart } from "./chart.js";
import { card, h, phases, phaseTable, reason, say } from "./dom.js";
import * as format from "./format.js";
import { t } from "./words.js";
import { add, startOf } from "./zone.js";

const hour = 3_600_000;

// How many the registers of each meter have, and so its display.
const digits = new Map();

/** Power with its direction: above 0 it comes from the grid. */
export function balance(forward, reverse) {
  return forward == null && reverse == null ? null : (forward ?? 0) - (reverse ?? 0);
}

/** Power in words, and that it is export where its sign says so. */
export const wayText = (value, signed) =>
  signed < 0 ? `${format.powerText(value)} ${t("way.export")}` : format.powerText(value);

export function show(root, { meter, live, zone }) {
  const abort = new AbortController();
  const big = {
    number: h("span", { class: "number" }), unit: h("span", { class: "unit" }), way: h("p", { class: "way" }),
    age: h("p", { class: "age" }),
  };
  const hero = h("section", { class: "card hero", "aria-label": t("now.power") },
    h("div", { class: "power" }, big.way, h("p", { class: "big" }, big.number, " ", big.unit), big.age));
  const spark = new TimeChart(t("now.hour"), { height: 190 });
  hero.append(spark.element);

  const cells = {};
  const cell = (key) => (cells[key] = h("td", { class: "number" }, format.dash));
  const line = (key, words) =>
    h("tr", null, h("th", { scope: "row" }, words), phases.map((phase) => cell(`${key}_${phase}`)));
  const gauges = phases.map((phase) => {
    const fill = h("span", { class: "fill" });
    const gauge = h("div", { class: `gauge ${phase}`, "aria-hidden": "true" }, fill);
    return { phase, gauge, fill };
  });
  const table = phaseTable(t("now.phases"),
    h("tbody", null, line("power", t("power")),
      h("tr", { class: "gauges", "aria-hidden": "true" }, h("td"), gauges.map(({ gauge }) => h("td", null, gauge))),
      line("voltage", t("voltage")), line("current", t("current")), line("factor", t("factor"))));
  const frequency = h("dd", null);
  const reactive = h("dd", null);
  const apparent = h("dd", null);
  const registers = h("div", { class: "registers" });
  const today = h("dl", { class: "tiles" });
  const price = new TimeChart(t("now.price"), { height: 150 });
  const priceCard = card(t("now.price"), price.element);
  priceCard.classList.add("wide");
  priceCard.hidden = true;
  root.append(hero, h("div", { class: "column" }, card(t("now.today"), today), card(t("now.register"), registers)),
    card(t("now.phases"), table,
    h("dl", { class: "row" }, h("div", null, h("dt", null, t("frequency")), frequency),
      h("div", null, h("dt", null, t("reactive")), reactive),
        h("div", null, h("dt", null, t("apparent")), apparent))),
    priceCard);

  function put(element, known, words) {
    say(element, words(known?.value));
    element.classList.toggle("stale", Boolean(known && !known.isFresh));
    // What no longer is so is not told as a number that is.
    element.title = known && !known.isFresh ? t("last", { time: format.time(known.at, "second", zone) }) : "";
  }

  function both(suffix) {
    const [forward, reverse] = [live.get(`fwd_active_power${suffix}_w`), live.get(`rev_active_power${suffix}_w`)];
    const value = balance(forward?.value, reverse?.value);
    return value == null ? null : {
      value, at: Math.min(forward?.at ?? Infinity, reverse?.at ?? Infinity),
      isFresh: (forward?.isFresh ?? true) && (reverse?.isFresh ?? true),
    };
  }

  function update() {
    const power = both("");
    const [number, unit] = format.power(power && Math.abs(power.value));
    say(big.number, number);
    say(big.unit, unit);
    const isFresh = power?.isFresh === true;
    hero.classList.toggle("stale", !isFresh);
    const way = !power ? "none" : power.value > 0 ? "import" : power.value < 0 ? "export" : "even";
    hero.dataset.way = way;
    say(big.way, t(`way.${way}`));
    say(big.age, !power ? t("never") : isFresh ? t("live", { age: format.age(now() - power.at) })
      : t("last", { time: format.time(power.at, now() - power.at < 12 * hour ? "second" : "full", zone) }));
    const powers = phases.map((phase) => both(`_${phase}`));
    const greatest = Math.max(1000, ...powers.map((one) => Math.abs(one?.value ?? 0)));
    phases.forEach((phase, i) => {
      put(cells[`power_${phase}`], powers[i], format.powerText);
      put(cells[`voltage_${phase}`], live.get(`voltage_${phase}_v`), (value) => format.withUnit(value, 1, "V"));
      put(cells[`current_${phase}`], live.get(`current_${phase}_a`), (value) => format.withUnit(value, 2, "A"));
      put(cells[`factor_${phase}`], live.get(`power_factor_${phase}`), (value) =>
        value == null ? format.dash : format.number(value, 2));
      gauges[i].fill.style.width = `${(Math.abs(powers[i]?.value ?? 0) / greatest) * 100}%`;
      gauges[i].gauge.classList.toggle("stale", !powers[i]?.isFresh);
      gauges[i].gauge.classList.toggle("export", (powers[i]?.value ?? 0) < 0);
    });
    put(frequency, live.get("frequency_hz"), (value) => format.withUnit(value, 3, "Hz"));
    const [given, taken] = [live.get("import_reactive_power_var"), live.get("export_reactive_power_var")];
    put(reactive, given && { ...given, value: balance(given.value, taken?.value) }, (value) =>
      format.withUnit(value, 0, "var"));
    put(apparent, live.get("apparent_power_va"), (value) => format.withUnit(value, 0, "VA"));
    register();
  }

  /** Asked of the meter once; it is not changed while somebody looks. */
  async function loadDigits() {
    if (digits.has(meter)) return;
    try {
      digits.set(meter, (await fetched(meter, "display", abort.signal)).register_digits);
    } catch {
      // Then it is shown without leading zeros.
    }
  }

  const rows = new Map();
  function register() {
    for (const way of ["fwd", "rev"]) {
      const known = live.get(`${way}_active_energy_wh`);
      if (!known) continue;
      if (!rows.has(way)) {
        rows.set(way, { whole: h("span"), rest: h("span", { class: "rest" }), at: h("span", { class: "age" }) });
        const { whole, rest, at } = rows.get(way);
        registers.append(h("div", null, h("p", { class: "label" }, t(`energy.${way}`)),
          h("p", { class: "display" }, whole, rest, h("span", { class: "unit" }, "kWh")), at));
      }
      // Kilowatt-hours, and what comes after them smaller: a register that counts watt-hours has three digits of them.
      const parts = rows.get(way);
      const text = format.register(known.value, digits.get(meter));
      say(parts.whole, text.slice(0, -4));
      say(parts.rest, text.slice(-4));
      say(parts.at, t("read.at", { time: format.time(known.at, now() - known.at < 12 * hour ? "second" : "full", zone) }));
      parts.at.classList.toggle("old", now() - known.at > 60_000);
    }
    if (!rows.size && !registers.childElementCount) registers.append(h("p", { class: "big-dash" }, format.dash));
    if (rows.size) registers.querySelector(".big-dash")?.remove();
  }

  let samples = [];
  function drawSpark() {
    const to = now();
    const from = to - hour;
    samples = samples.filter((sample) => sample.end > from);
    spark.draw({
      from, to, zone, by: "readings", isMirrored: true, rows: thin(samples, Math.max(200, spark.width), from, to), gap: 25_000,
      title: t("now.hour"), empty: t("chart.empty"),
      series: [{
        name: t("power"), color: "import", kind: "line", value: (row) => row.power,
        low: (row) => row.low, high: (row) => row.high,
        format: wayText,
      }],
    });
    spark.element.classList.toggle("is-export", (both("")?.value ?? 0) < 0);
  }

  const onReading = ({ detail }) => {
    const power = balance(detail.fwd_active_power_w, detail.rev_active_power_w);
    if (power != null && detail.at > (samples[samples.length - 1]?.at ?? 0)) {
      samples.push({ at: detail.at, start: detail.at, end: detail.at, power });
    }
  };

  async function load() {
    const to = now();
    try {
      const found = await readings(meter, to - hour, to, ["fwd_active_power_w", "rev_active_power_w"], abort.signal);
      const before = found.map((one) => ({
        at: one.at, start: one.at, end: one.at, power: balance(one.fwd_active_power_w, one.rev_active_power_w),
      })).filter((one) => one.power != null);
      const last = before[before.length - 1]?.at ?? 0;
      samples = [...before, ...samples.filter((sample) => sample.at > last)];
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    drawSpark();
  }

  async function loadDay() {
    try {
      await Promise.all([loadEnergy(), loadPrices()]);
    } catch (error) {
      if (error.name === "AbortError") return;
      // What was known of today is too old by now, and which price holds another one.
      today.replaceChildren(h("div", null, h("dt", null, t("now.today")), h("dd", { class: "note" }, reason(error))));
      priceCard.hidden = true;
    }
  }

  async function loadEnergy() {
    const day = startOf("day", now(), zone);
    const { rows } = await history(meter, "day", add("day", -1, day, zone), now(),
      ["fwd_active_energy_wh", "rev_active_energy_wh"], abort.signal);
    const of = (start) => rows.find((row) => row.start === start);
    const [current, before] = [of(day), of(add("day", -1, day, zone))];
    today.replaceChildren(...["fwd", "rev"].map((way) =>
      h("div", { class: way === "fwd" ? "import" : "export" }, h("dt", null, t(`energy.${way}`)),
        h("dd", null, format.energy(current?.[`${way}_active_energy_wh`])),
        h("dd", { class: "note" }, t("yesterday", { energy: format.energy(before?.[`${way}_active_energy_wh`]) })))));
  }

  async function loadPrices() {
    const from = startOf("day", now(), zone);
    const to = add("day", 2, from, zone);
    const known = await prices(from, to, abort.signal);
    priceCard.hidden = !known?.rows.length;
    if (priceCard.hidden || price.plot.matches(":hover, :focus")) return;
    const current = known.rows.find((row) => row.start <= now() && row.end > now());
    price.draw({
      from, to: known.rows[known.rows.length - 1].end, zone, by: "hour",
      rows: known.rows.map((row) => ({ ...row, isWeak: row.end <= now() })),
      title: t("price.now", { price: format.money(current?.import, known.currency) }),
      series: [{ name: t("price.import"), color: "cost", kind: "bar", value: (row) => row.import,
        format: (value) => format.money(value, known.currency) }],
    });
  }

  update();
  drawSpark();
  load();
  loadDay();
  loadDigits();
  live.addEventListener("change", update);
  live.addEventListener("reading", onReading);
  const drawing = setInterval(() => document.hidden || spark.plot.matches(":hover, :focus") || drawSpark(), 2000);
  const loading = setInterval(() => document.hidden || load(), 300_000);
  const counting = setInterval(() => document.hidden || loadDay(), 60_000);
  const onShown = () => {
    if (document.hidden) return;
    load();
    loadDay();
  };
  document.addEventListener("visibilitychange", onShown);
  return {
    leave() {
      abort.abort();
      clearInterval(drawing);
      clearInterval(loading);
      clearInterval(counting);
      document.removeEventListener("visibilitychange", onShown);
      live.removeEventListener("change", update);
      live.removeEventListener("reading", onReading);
      spark.close();
      price.close();
    },
  };
}

/** No more points than pixels, and no peak lost: several readings become their least, mean and greatest. */
export function thin(samples, most, from, to) {
  if (samples.length <= most) return samples;
  const size = (to - from) / most;
  const rows = [];
  for (const sample of samples) {
    const bin = Math.floor((sample.at - from) / size);
    const row = rows[rows.length - 1];
    if (row?.bin !== bin) {
      rows.push({ bin, ...sample, sum: sample.power, count: 1, low: sample.power, high: sample.power });
      continue;
    }
    row.end = sample.end;
    row.sum += sample.power;
    row.count += 1;
    row.power = row.sum / row.count;
    row.low = Math.min(row.low, sample.power);
    row.high = Math.max(row.high, sample.power);
  }
  return rows;
}
