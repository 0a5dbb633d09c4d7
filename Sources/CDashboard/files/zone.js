// SPDX-License-Identifier: Apache-2.0
// Days, months and years of the house's time zone, which need not be the browser's.

const formatters = new Map();

/** What a clock in the zone shows: year, month (from 1), day, hour, minute, second. */
export function local(time, zone) {
  if (!formatters.has(zone)) {
    formatters.set(zone, new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    }));
  }
  const fields = {};
  for (const { type, value } of formatters.get(zone).formatToParts(time)) fields[type] = Number(value);
  return fields;
}

function offset(time, zone) {
  const { year, month, day, hour, minute, second } = local(time, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

function instant(year, month, day, zone) {
  const wanted = Date.UTC(year, month - 1, day);
  const first = wanted - offset(wanted, zone);
  const second = wanted - offset(first, zone);
  // The offset before a change of the clock is not that after it; and a midnight that is left out is the moment after.
  return offset(first, zone) === offset(second, zone) ? second : Math.max(first, second);
}

const fixed = { second: 1000, minute: 60_000, quarter: 900_000, hour: 3_600_000 };

/** About how long a step is, in milliseconds. */
export const length = {
  ...fixed, day: 86_400_000, week: 604_800_000, month: 2_629_800_000, year: 31_557_600_000,
};

export function startOf(step, time, zone) {
  if (fixed[step]) {
    const shift = offset(time, zone);
    return Math.floor((time + shift) / fixed[step]) * fixed[step] - shift;
  }
  const { year, month, day } = local(time, zone);
  switch (step) {
    case "day": return instant(year, month, day, zone);
    case "week": {
      const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return instant(year, month, day - sinceMonday, zone);
    }
    case "month": return instant(year, month, 1, zone);
    default: return instant(year, 1, 1, zone);
  }
}

/** The time so many steps on; of days and longer, at the start of the day. */
export function add(step, count, time, zone) {
  if (fixed[step]) return time + count * fixed[step];
  const { year, month, day } = local(time, zone);
  switch (step) {
    case "day": return instant(year, month, day + count, zone);
    case "week": return instant(year, month, day + 7 * count, zone);
    case "month": return instant(year, month + count, day, zone);
    default: return instant(year + count, month, day, zone);
  }
}

/** The same time of the clock some years on: what last year's is compared with. */
export function addYears(count, time, zone) {
  const midnight = startOf("day", time, zone);
  return add("year", count, midnight, zone) + (time - midnight);
}
