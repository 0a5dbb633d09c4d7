// SPDX-License-Identifier: Apache-2.0
import { language, t } from "./words.js";

/** What is not known. Never a 0. */
export const dash = "–";

const formatters = new Map();

function formatter(kind, options) {
  const key = kind.name + language() + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new kind(language(), options));
  return formatters.get(key);
}

export function number(value, digits = 0) {
  if (value == null) return dash;
  return formatter(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export const withUnit = (value, digits, unit) => (value == null ? dash : `${number(value, digits)}\u00a0${unit}`);

/** An energy in Wh as the kWh of a register, with its zeros in front where it is known how many digits it has. */
export function register(wattHours, digits) {
  if (digits == null) return number(wattHours / 1000, 3);
  return formatter(Intl.NumberFormat, {
    minimumIntegerDigits: Math.min(21, Math.max(1, digits - 3)), minimumFractionDigits: 3, maximumFractionDigits: 3,
    useGrouping: false,
  }).format(wattHours / 1000);
}

/** A power in W as a number and its unit: kilowatts once it has five digits. */
export function power(watts) {
  if (watts == null) return [dash, "W"];
  return Math.abs(watts) < 10_000 ? [number(watts), "W"] : [number(watts / 1000, 2), "kW"];
}

export const powerText = (watts) => (watts == null ? dash : power(watts).join("\u00a0"));

export function energy(wattHours) {
  if (wattHours == null) return dash;
  const kilo = wattHours / 1000;
  const size = Math.abs(kilo);
  return withUnit(kilo, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0, "kWh");
}

export function money(value, currency) {
  return value == null ? dash : formatter(Intl.NumberFormat, { style: "currency", currency }).format(value);
}

export const percent = (value, digits = 0) =>
  value == null ? dash
    : formatter(Intl.NumberFormat, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits })
      .format(value / 100);

/** "+12 %" */
export const change = (ratio) =>
  formatter(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" }).format(ratio);

const styles = {
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  longWeekday: { weekday: "long" },
  weekdayDay: { weekday: "short", day: "numeric" },
  dayNumber: { day: "numeric" },
  dayMonth: { day: "numeric", month: "short" },
  day: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  longDay: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  shortMonth: { month: "short" },
  month: { month: "long", year: "numeric" },
  year: { year: "numeric" },
  moment: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  full: {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23",
  },
};

/** A time by the house's clock. */
export function time(value, style, zone) {
  return value == null ? dash : formatter(Intl.DateTimeFormat, { ...styles[style], timeZone: zone }).format(value);
}

/** From when until when. */
export function period(from, to, zone) {
  const oneDay = to - from <= 90_000_000;
  const style = oneDay ? (to - from < 600_000 ? "full" : "moment") : "day";
  return formatter(Intl.DateTimeFormat, { ...styles[style], timeZone: zone }).formatRange(from, oneDay ? to : to - 1);
}

/** When a step was, as its length has it. */
export function step(row, by, zone) {
  switch (by) {
    case "year": case "month": case "day": return time(row.start, by, zone);
    case "readings": return time(row.start, "full", zone);
    default: return formatter(Intl.DateTimeFormat, { ...styles.moment, timeZone: zone }).formatRange(row.start, row.end);
  }
}

export function duration(seconds) {
  if (seconds == null) return dash;
  const parts = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const i = Math.max(0, parts.findIndex(([size]) => seconds >= size));
  const first = seconds < 1 ? 3 : i;
  const text = (count, unit) => formatter(Intl.NumberFormat, { style: "unit", unit, unitDisplay: "short" }).format(count);
  const whole = Math.floor(seconds / parts[first][0]);
  const rest = parts[first + 1] && Math.floor((seconds % parts[first][0]) / parts[first + 1][0]);
  return text(whole, parts[first][1]) + (rest ? " " + text(rest, parts[first + 1][1]) : "");
}

export function age(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  return seconds < 2 ? t("now") : t("ago", { span: duration(Math.floor(seconds)) });
}
