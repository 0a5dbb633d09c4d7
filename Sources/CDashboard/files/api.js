// SPDX-License-Identifier: Apache-2.0

/** What was refused, in the gateway's words, and with which status: 0 where nobody answers. */
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

let ahead = 0;

/** Now, by the gateway's clock: a phone whose clock is wrong shows no wrong age. */
export const now = () => Date.now() + ahead;

/** An answer, by an address that is relative to the page's: a proxy may have it under a path. */
export async function get(path, query = {}, signal) {
  const given = Object.entries(query).filter(([, value]) => value != null);
  const text = new URLSearchParams(given.map(([key, value]) => [key, value])).toString();
  let response;
  try {
    response = await fetch(`api/v1/${path}${text && "?" + text}`, { signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "");
  }
  const date = Date.parse(response.headers.get("Date"));
  // The header tells whole seconds, so that less than two says nothing.
  if (date) ahead = Math.abs(date + 500 - Date.now()) > 2000 ? date + 500 - Date.now() : 0;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, body?.error ?? response.statusText);
  return body;
}

export const at = (time) => new Date(time).toISOString();

const meterPath = (meter) => `meters/${encodeURIComponent(meter)}`;

export const about = (meter, signal) => get(meterPath(meter), {}, signal);
export const ask = (meter, what, query, signal) => get(`${meterPath(meter)}/${what}`, query, signal);

let before = Promise.resolve();

/** What is read from the meter itself for whoever asks: one after the other, since the gateway wants to read as well. */
export function fetched(meter, what, signal) {
  const answer = before.then(() => ask(meter, what, {}, signal));
  before = answer.catch(() => {});
  return answer;
}

/** Steps of a history, their times in milliseconds. */
export async function history(meter, by, from, to, series, signal) {
  const { spans, time_zone } = await ask(
    meter, "history", { by, from: at(from), to: at(to), series: series?.join() }, signal);
  const rows = spans.map((span) => ({ ...span, start: Date.parse(span.start), end: Date.parse(span.end) }));
  return { rows: rows.filter((row) => row.end > from && row.start < to), zone: time_zone };
}

/** Readings as they were; the limit is the greatest that the gateway takes. */
export async function readings(meter, from, to, series, signal) {
  const answer = await ask(
    meter, "readings", { from: at(from), to: at(to), series: series.join(), limit: 20_000 }, signal);
  return answer.readings.map((reading) => ({ ...reading, at: Date.parse(reading.measured_at) }));
}

const absent = new Set();

/** Costs or prices; null where the gateway has none, which is asked once. */
async function money(path, query, signal) {
  if (absent.has(path)) return null;
  try {
    return await get(path, query, signal);
  } catch (error) {
    if (error.status !== 404) throw error;
    absent.add(path);
    return null;
  }
}

export async function costs(meter, by, from, to, signal) {
  const answer = await money(`${meterPath(meter)}/costs`, { by, from: at(from), to: at(to) }, signal);
  return answer && {
    currency: answer.currency,
    rows: answer.spans.map((span) => ({ ...span, start: Date.parse(span.start), end: Date.parse(span.end) })),
  };
}

export async function prices(from, to, signal) {
  const answer = await money("prices", { from: at(from), to: at(to) }, signal);
  return answer && {
    currency: answer.currency,
    rows: answer.prices.map((price) => ({ ...price, start: Date.parse(price.start), end: Date.parse(price.end) })),
  };
}
