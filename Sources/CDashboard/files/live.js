// SPDX-License-Identifier: Apache-2.0
import { about, ask, now } from "./api.js";

/** What a meter measures now, followed by server-sent events. Tells "change" when anything is another. */
export class Live extends EventTarget {
  #source;
  #retry;
  #looking;
  #attempts = 0;
  values = new Map();
  status = null;
  /** Null while nobody knows yet. */
  isConnected = null;

  constructor(meter) {
    super();
    this.meter = meter;
    document.addEventListener("visibilitychange", this.#look);
    this.#looking = setInterval(() => this.isConnected && this.#ask(), 30_000);
    this.#open();
  }

  close() {
    document.removeEventListener("visibilitychange", this.#look);
    clearInterval(this.#looking);
    this.#end();
  }

  /** A value with when it was measured, and whether it may be called present. Null where there is none. */
  get(name) {
    const known = this.values.get(name);
    if (!known) return null;
    const age = now() - known.at;
    const isFresh = this.isConnected && this.status?.online === true && !known.stale
      && Math.abs(age) <= Math.max(20_000, 3 * (known.interval ?? 0));
    return { value: known.value, at: known.at, isFresh };
  }

  // A page that nobody sees needs no connection, of which a browser has six a gateway.
  #look = () => {
    if (document.hidden) {
      this.#end();
      this.isConnected = null;
    } else if (!this.#source) this.#open();
    this.#tell();
  };

  #end() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    this.#end();
    const source = new EventSource(`api/v1/live?meter=${encodeURIComponent(this.meter)}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.isConnected = true;
      this.#attempts = 0;
      this.#ask();
      this.#load();
    });
    source.addEventListener("values", (event) => this.#take(JSON.parse(event.data)));
    source.addEventListener("status", (event) => {
      const { online, problem } = JSON.parse(event.data);
      this.status = { ...this.status, online, problem };
      this.#tell();
    });
    source.addEventListener("error", () => {
      // The browser's own retry gives up on an answer that is no stream, such as a proxy's.
      this.#lose();
    });
  }

  #lose() {
    this.#end();
    this.isConnected = false;
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#open(), Math.min(30_000, 1000 * 2 ** (this.#attempts - 1)));
    this.#tell();
  }

  /** What the stream does not tell; and a stream that was cut without a word is no longer one. */
  async #ask() {
    const source = this.#source;
    try {
      const status = await about(this.meter, AbortSignal.timeout(10_000));
      if (source !== this.#source || !status) return;
      this.status = status;
      this.#tell();
    } catch (error) {
      if (source === this.#source && !error.status) this.#lose();
    }
  }

  /** Values that are old are not told by the stream. */
  async #load() {
    const values = await ask(this.meter, "values").catch(() => ({}));
    for (const [name, { value, measured_at, stale }] of Object.entries(values)) {
      const at = Date.parse(measured_at);
      if ((this.values.get(name)?.at ?? -Infinity) < at) this.values.set(name, { value, at, stale });
    }
    this.#tell();
  }

  #take({ meter, measured_at, ...values }) {
    const at = Date.parse(measured_at);
    for (const [name, value] of Object.entries(values)) {
      const before = this.values.get(name);
      if (before && before.at > at) continue;
      const interval = before && at > before.at ? Math.min(at - before.at, 3_600_000) : before?.interval;
      this.values.set(name, { value, at, interval, stale: false });
    }
    this.dispatchEvent(new CustomEvent("reading", { detail: { at, ...values } }));
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
