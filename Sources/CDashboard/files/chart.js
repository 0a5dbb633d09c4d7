// SPDX-License-Identifier: Apache-2.0
import { h, svg } from "./dom.js";
import * as format from "./format.js";
import { niceTicks, timeTicks } from "./scale.js";
import { t } from "./words.js";

const margin = { top: 10, right: 10, bottom: 26, left: 46 };

/**
 * Values over time: bars, lines, and bands between a least and a greatest value. A cursor by pointer, finger and keyboard;
 * zoomed by drag, buttons and keys; the same as a table.
 */
export class TimeChart {
  #cursor = null;
  #plan = null;
  #drag = null;

  /** @param onRange called with from and to when others are wanted; without it nothing is zoomed. */
  constructor(label, { height = 280, onRange } = {}) {
    this.height = height;
    this.onRange = onRange;
    this.legend = h("div", { class: "legend" });
    this.picture = svg("svg", { "aria-hidden": "true", focusable: "false" });
    this.plot = h("div", {
      class: "plot", tabindex: "0", role: "slider", "aria-label": t("chart.along", { label }), "aria-valuemin": "0",
      "aria-valuemax": "0", "aria-valuenow": "0", "aria-valuetext": format.dash,
      onkeydown: (event) => this.#key(event), onblur: () => this.#point(null),
      onpointermove: (event) => this.#move(event), onpointerdown: (event) => this.#press(event),
      onpointerup: (event) => this.#release(event), onpointercancel: () => this.#drop(),
      onpointerleave: () => this.#drag || this.#point(null), ondblclick: () => this.zoom(2),
    }, this.picture);
    const button = (text, words, act) =>
      h("button", { type: "button", "aria-label": `${words}: ${label}`, title: words, onclick: act }, text);
    this.table = h("details", { class: "as-table", ontoggle: () => this.#fillTable() },
      h("summary", null, t("chart.table"), h("span", { class: "hidden" }, `: ${label}`)),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }));
    this.element = h("div", { class: "chart" },
      h("div", { class: "chart-head" }, this.legend,
        onRange && h("div", { class: "tools" },
          button("‹", t("chart.earlier"), () => this.pan(-0.5)), button("−", t("chart.out"), () => this.zoom(2)),
          button("+", t("chart.in"), () => this.zoom(0.5)), button("›", t("chart.later"), () => this.pan(0.5)))),
      this.plot, this.table);
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.plot);
  }

  /**
   * @param what from, to (milliseconds), zone, by, rows ({ start, end, … }), unit, digits, limits ([{ value, name }]),
   *   isOpen where the axis need not begin at 0, isMirrored where what goes down is no less than what goes up, and
   *   series: { name, color, kind: "bar" | "line" | "mark", value(row), low(row), high(row), below(row) of a bar that stands
   *   on others, format }.
   */
  draw(what) {
    this.what = what;
    this.#cursor = null;
    this.#draw();
    if (this.table.open) this.#fillTable();
  }

  get width() {
    return this.plot.clientWidth || 600;
  }

  zoom(factor) {
    if (!this.onRange || !this.what) return;
    const { from, to, rows } = this.what;
    const row = rows[this.#cursor];
    const middle = row ? (row.start + row.end) / 2 : (from + to) / 2;
    const half = Math.max(5000, ((to - from) * factor) / 2);
    this.onRange(middle - half, middle + half);
  }

  pan(share) {
    if (!this.onRange || !this.what) return;
    const shift = (this.what.to - this.what.from) * share;
    this.onRange(this.what.from + shift, this.what.to + shift);
  }

  #draw() {
    if (!this.what) return;
    const { what, width, height } = this;
    const { from, to, zone, rows, series, limits = [] } = what;
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.picture.setAttribute("height", height);
    const numbers = limits.map((limit) => limit.value);
    for (const one of series) {
      for (const row of rows) {
        for (const read of [one.value, one.low, one.high]) {
          const number = read?.(row);
          if (number != null) numbers.push(number + (one.below?.(row) ?? 0));
        }
      }
    }
    const isEmpty = !rows.length || numbers.length === limits.length;
    const least = what.isOpen ? Math.min(...numbers) : Math.min(0, ...numbers);
    const { ticks, digits } = niceTicks(least, Math.max(...numbers, what.isOpen ? -Infinity : 0), height / 55);
    const [bottom, top] = [ticks[0], ticks[ticks.length - 1]];
    const x = (time) => margin.left + ((time - from) / (to - from)) * (width - margin.left - margin.right);
    const inner = height - margin.top - margin.bottom;
    const y = (value) => margin.top + inner - ((value - bottom) / (top - bottom)) * inner;
    this.#plan = { x, y };
    const across = (name, at) =>
      svg("line", { class: name, x1: margin.left, x2: width - margin.right, y1: at, y2: at });
    const parts = ticks.map((tick) => [
      across(tick === 0 ? "zero" : "grid", y(tick)),
      svg("text", { class: "tick", x: margin.left - 8, y: y(tick) + 4, "text-anchor": "end" },
        format.number(what.isMirrored ? Math.abs(tick) : tick, digits)),
    ]);
    const times = timeTicks(from, to, Math.max(2, width / 76), zone);
    for (const { time, text } of times.ticks) {
      // A day's, month's or year's label stands under its bar, not at its beginning.
      const isUnder = times.unit === what.by && times.unit !== "hour" && rows.length;
      const shift = isUnder ? (x(rows[0].end) - x(rows[0].start)) / 2 : 0;
      if (x(time) + shift > width - margin.right) continue;
      const left = Math.max(margin.left + (shift ? 0 : 4), x(time) + shift);
      parts.push(
        svg("text", { class: "tick", x: Math.min(left, width - 18), y: height - 8, "text-anchor": "middle" }, text));
    }
    for (const one of series) parts.push(one.kind === "line" ? this.#line(one) : this.#bars(one));
    for (const { value, name } of limits) {
      parts.push(
        across("limit", y(value)),
        name && svg("text",
          { class: "limit-name", x: width - margin.right - 4, y: y(value) - 5, "text-anchor": "end" }, name));
    }
    if (isEmpty) {
      parts.push(svg("text", { class: "empty", x: width / 2, y: height / 2, "text-anchor": "middle" },
        what.empty ?? t("chart.empty")));
    }
    this.mark = svg("g");
    this.selection = svg("rect", { class: "selection", y: margin.top, height: inner, width: 0 });
    this.picture.replaceChildren(...parts.flat(2).filter(Boolean), this.selection, this.mark);
    this.plot.setAttribute("aria-valuemax", Math.max(0, rows.length - 1));
    this.#point(this.#cursor);
  }

  #bars({ value, below, color, kind }) {
    const { x, y } = this.#plan;
    return this.what.rows.map((row, i) => {
      const number = value(row);
      if (number == null) return null;
      const [left, right] = [x(row.start), x(row.end)];
      const gap = Math.min(4, (right - left) * 0.18);
      const width = Math.max(this.what.leastWidth ?? 1, right - left - gap);
      if (kind === "mark") {
        return svg("line", { class: `mark ${color}`, x1: left, x2: right, y1: y(number), y2: y(number) });
      }
      const height = Math.max(number ? 1 : 0, Math.abs(y(number) - y(0)));
      const foot = y(below?.(row) ?? 0);
      const shape = {
        x: left + gap / 2, width, y: number < 0 ? foot : foot - height, height, rx: below ? 0 : Math.min(3, width / 4),
      };
      const weak = row.isWeak ? " weak" : "";
      return svg("rect", { class: `bar ${color}${weak}`, "data-row": i, ...shape });
    });
  }

  #line({ value, low, high, color }) {
    const { x, y } = this.#plan;
    const { rows, gap = Infinity } = this.what;
    const middle = (row) => (row.start + row.end) / 2;
    let path = "";
    const runs = [];
    let before = null;
    for (const row of rows) {
      const number = value(row);
      // Nothing was measured: no line is drawn across.
      const isNew = number == null || !before || row.start - before.end > Math.max(gap, 1.5 * (row.end - row.start));
      if (number != null) {
        path += `${isNew ? "M" : "L"}${x(middle(row)).toFixed(1)} ${y(number).toFixed(1)}`;
        if (isNew) path += "h.01";
      }
      if (low?.(row) != null && high?.(row) != null) {
        if (isNew || !runs.length) runs.push([]);
        runs[runs.length - 1].push(row);
      }
      before = number == null ? null : row;
    }
    const edge = (row, at) => `${x(middle(row)).toFixed(1)} ${y(at(row)).toFixed(1)}`;
    const bands = runs.filter((run) => run.length > 1).map((run) =>
      svg("path", {
        class: `band ${color}`,
        d: `M${run.map((row) => edge(row, high)).join("L")}L${[...run].reverse().map((row) => edge(row, low)).join("L")}Z`,
      }));
    return [...bands, svg("path", { class: `line ${color}`, d: path })];
  }

  #readout(row, { value, low, high, format: words }) {
    const [number, least, greatest] = [value(row), low?.(row), high?.(row)];
    const text = words(number == null ? null : Math.abs(number), number);
    return least != null && greatest != null && least !== greatest
      ? `${text} (${words(least)} – ${words(greatest)})` : text;
  }

  /** Moves the cursor to a row; null takes it away. */
  #point(index) {
    if (!this.what) return;
    const { rows, series, by, zone } = this.what;
    const row = index == null ? null : rows[index];
    this.#cursor = row ? index : null;
    this.legend.replaceChildren(
      h("span", { class: "when" }, row ? format.step(row, by, zone) : this.what.title ?? ""),
      ...series.filter((one) => one.name).map((one) =>
        h("span", { class: `key ${one.color} ${one.kind}` }, one.name,
          row && h("b", null, this.#readout(row, one)))));
    this.mark?.replaceChildren();
    if (!row || !this.mark) return;
    const { x, y } = this.#plan;
    const middle = x((row.start + row.end) / 2);
    this.mark.append(
      svg("line", { class: "cursor", x1: middle, x2: middle, y1: margin.top, y2: this.height - margin.bottom }));
    for (const one of series.filter((one) => one.kind === "line" && one.value(row) != null)) {
      this.mark.append(svg("circle", { class: `dot ${one.color}`, cx: middle, cy: y(one.value(row)), r: 4 }));
    }
    this.plot.setAttribute("aria-valuenow", index);
    this.plot.setAttribute("aria-valuetext", [format.step(row, by, zone),
      ...series.filter((one) => one.name).map((one) => `${one.name} ${this.#readout(row, one)}`)].join(", "));
  }

  #time(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right);
    return this.what.from + Math.min(1, Math.max(0, share)) * (this.what.to - this.what.from);
  }

  #move(event) {
    if (!this.what) return;
    const time = this.#time(event);
    if (this.#drag != null) {
      const [left, right] = [this.#drag, time].sort((a, b) => a - b).map(this.#plan.x);
      this.selection.setAttribute("x", left);
      this.selection.setAttribute("width", right - left);
    }
    let nearest = null;
    let distance = Infinity;
    this.what.rows.forEach((row, i) => {
      const off = Math.max(row.start - time, time - row.end, 0) || Math.abs((row.start + row.end) / 2 - time) * 1e-6;
      if (off < distance) [nearest, distance] = [i, off];
    });
    this.#point(nearest);
  }

  #press(event) {
    this.#move(event);
    // A finger moves the cursor; the page is scrolled by it, too.
    if (event.pointerType !== "mouse" || event.button || !this.onRange || !this.what) return;
    this.#drag = this.#time(event);
    this.plot.setPointerCapture(event.pointerId);
  }

  #drop() {
    this.#drag = null;
    this.selection?.setAttribute("width", 0);
  }

  #release(event) {
    if (this.#drag == null) return;
    const [from, to] = [this.#drag, this.#time(event)].sort((a, b) => a - b);
    this.#drop();
    if (this.#plan.x(to) - this.#plan.x(from) > 8) this.onRange(from, Math.max(to, from + 5000));
  }

  #key(event) {
    if (!this.what || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.what.rows.length - 1;
    const move = (index) => last >= 0 && this.#point(Math.min(last, Math.max(0, index)));
    const from = this.#cursor ?? last + 1;
    const acts = {
      ArrowLeft: () => (event.shiftKey ? this.pan(-0.25) : move(from - 1)),
      ArrowRight: () => (event.shiftKey ? this.pan(0.25) : move((this.#cursor ?? -1) + 1)),
      ArrowUp: () => move((this.#cursor ?? -1) + 1), ArrowDown: () => move(from - 1),
      Home: () => move(0), End: () => move(last), PageUp: () => move(from - 10), PageDown: () => move(from + 10),
      "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), Escape: () => this.#point(null),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  #fillTable() {
    const host = this.table.lastElementChild;
    if (!this.table.open || !this.what) return host.replaceChildren();
    const { rows, series, by, zone } = this.what;
    const named = series.filter((one) => one.name);
    host.replaceChildren(
      h("table", null,
        h("thead", null, h("tr", null, h("th", { scope: "col" }, t("chart.when")),
          named.map((one) => h("th", { scope: "col", class: "number" }, one.name)))),
        h("tbody", null, rows.slice(0, 1000).map((row) =>
          h("tr", null, h("th", { scope: "row" }, format.step(row, by, zone)),
            named.map((one) => h("td", { class: "number" }, this.#readout(row, one))))))));
  }

  close() {
    this.observer.disconnect();
  }
}
