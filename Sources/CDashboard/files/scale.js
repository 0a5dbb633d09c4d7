// SPDX-License-Identifier: Apache-2.0
import * as format from "./format.js";
import { add, length, startOf } from "./zone.js";

/** Round numbers from below the least to above the greatest, about so many. */
export function niceTicks(least, greatest, count) {
  if (!(greatest > least)) [least, greatest] = [Math.min(0, least), Math.max(1, greatest)];
  const raw = (greatest - least) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999);
  const ticks = [];
  for (let i = Math.floor(least / size + 1e-9); ; i += 1) {
    ticks.push(i * size);
    if (i * size >= greatest - size * 1e-9) break;
  }
  const digits = Math.max(0, Math.ceil(-Math.log10(size) - 1e-9));
  return { ticks, digits: size / 10 ** -digits % 1 > 1e-9 ? digits + 1 : digits };
}

const grids = [
  ["second", 1], ["second", 5], ["second", 15], ["minute", 1], ["minute", 5], ["minute", 15], ["hour", 1], ["hour", 3],
  ["hour", 6], ["hour", 12], ["day", 1], ["day", 2], ["day", 5], ["day", 10], ["month", 1], ["month", 3], ["month", 6],
  ["year", 1], ["year", 2], ["year", 5],
];

/** Times for the axis at turns of the house's clock, no more than a number of them, with their labels. */
export function timeTicks(from, to, most, zone) {
  const [unit, every] =
    grids.find(([unit, every]) => (to - from) / (length[unit] * every) <= most) ?? grids[grids.length - 1];
  const ticks = [];
  const isShort = to - from <= 8 * length.day;
  // Hours are counted from midnight, so that they stay 0, 6, 12, 18 across a change of the clock.
  if (unit === "hour" && every > 1) {
    for (let day = startOf("day", from, zone); day < to; day = add("day", 1, day, zone)) {
      const noon = add("day", 1, day, zone);
      for (let i = 0; i < 24; i += every) {
        const time = day + i * length.hour + (i ? noon - day - length.day : 0);
        if (time >= from && time <= to) ticks.push({ time, text: format.time(time, i ? "minute" : "dayMonth", zone) });
      }
    }
    if (to - from <= 1.1 * length.day) for (const tick of ticks) tick.text = format.time(tick.time, "minute", zone);
    return { ticks, unit };
  }
  const step = every * length[unit];
  const begin = unit === "day" ? startOf(every > 1 ? "month" : "day", from, zone)
    : unit === "month" || unit === "year" ? startOf("year", from, zone)
    : startOf("hour", from, zone) + Math.floor((from - startOf("hour", from, zone)) / step) * step;
  for (let time = begin, i = 0; time <= to && i < 2000; i += 1) {
    if (time >= from) ticks.push({ time, text: label(time, unit, isShort, zone) });
    const next = add("month", 1, startOf("month", time, zone), zone);
    time = add(unit, every, time, zone);
    // Days are counted anew from the 1st, so that no two labels meet.
    if (unit === "day" && every > 1 && add("day", Math.ceil(every / 2), time, zone) > next) time = next;
  }
  return { ticks, unit };
}

function label(time, unit, isShort, zone) {
  switch (unit) {
    case "second": return format.time(time, "second", zone);
    case "minute": case "hour": return format.time(time, "minute", zone);
    case "day": return format.time(time, isShort ? "weekdayDay" : "dayMonth", zone);
    case "month": return format.time(time, "shortMonth", zone);
    default: return format.time(time, "year", zone);
  }
}
