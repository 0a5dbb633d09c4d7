// SPDX-License-Identifier: Apache-2.0
import { fetched, get } from "./api.js";
import { card, h, reason } from "./dom.js";
import * as format from "./format.js";
import { t } from "./words.js";

/** Any table of the meter by name, read when it is asked for and decoded. */
export function tables(meter, zone) {
  const options = h("datalist", { id: "tables" });
  const field = h("input", {
    id: "table", name: "table", list: "tables", required: true, autocomplete: "off", spellcheck: "false", placeholder: "BT28",
    "aria-describedby": "table-note",
  });
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const button = h("button", { type: "submit", class: "main" }, t("tables.read"));
  const form = h("form", {
    class: "ask", onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      answer.replaceChildren(h("p", { class: "note" }, t("tables.reading")));
      try {
        draw(await fetched(meter, `tables/${encodeURIComponent(field.value.trim().split(" ")[0])}`));
      } catch (error) {
        answer.replaceChildren(h("p", { class: "warn" }, reason(error)));
      }
      button.disabled = false;
    },
  }, h("label", { for: "table" }, t("tables.name")), field, button, options);

  get("tables").then((all) => options.append(...all.filter((one) => one.described).map((one) =>
    h("option", { value: one.table }, one.name ?? "")))).catch(() => {});

  function draw({ table, name, fields, octets, unknown_tail, read_at }) {
    const label = [table, name].filter(Boolean).join(" ");
    answer.replaceChildren(
      h("h3", null, label),
      h("p", { class: "note" }, t("read.at", { time: format.time(Date.parse(read_at), "full", zone) }), " · ",
        t("tables.octets", { count: format.number(octets.length / 2) })),
      h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": label, lang: "en" }, h("table", null,
        h("thead", null, h("tr", null, h("th", { scope: "col" }, t("tables.field")),
          h("th", { scope: "col", class: "number" }, t("tables.value")),
          h("th", { scope: "col" }, t("tables.meaning")))),
        h("tbody", null, fields.map((one) => h("tr", null,
          h("th", { scope: "row", title: one.path }, one.name, place(one.path)),
          h("td", { class: "number" }, text(one)), h("td", null, one.meaning ?? "")))))),
      unknown_tail ? h("p", { class: "note" }, t("tables.tail", { octets: unknown_tail })) : "");
  }

  /** Which of several it is. */
  const place = (path) => (path.includes("[") ? h("span", { class: "note" }, path.match(/\[.*\]/)[0]) : null);

  function text({ value, unit }) {
    if (value == null) return format.dash;
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    const words = typeof value === "object" ? JSON.stringify(value) : String(value);
    return unit ? `${words}\u00a0${unit}` : words;
  }

  return card(t("tables"), h("p", { class: "note", id: "table-note" }, t("tables.note")), form, answer);
}
