// SPDX-License-Identifier: Apache-2.0
import { fetched } from "./api.js";
import { h, reason } from "./dom.js";
import * as format from "./format.js";
import { known, t } from "./words.js";

/** A card of what is read from the meter when somebody opens it, and again when they say so. */
export function asked(title, meter, what, { zone, signal }, draw) {
  const body = h("div", { "aria-live": "polite" });
  const card = h("details", { class: "card asked", ontoggle: () => card.open && !body.childElementCount && load() },
    h("summary", null, h("h2", null, title)), body);

  async function load() {
    body.replaceChildren(h("p", { class: "note" }, t("tables.reading")));
    try {
      const answer = await fetched(meter, what, signal);
      const { read_at } = Array.isArray(answer) ? answer[0] ?? {} : answer;
      body.replaceChildren(...draw(answer),
        read_at ? h("p", { class: "note" }, t("read.at", { time: format.time(Date.parse(read_at), "full", zone) })) : "",
        again("asked.again"));
    } catch (error) {
      if (error.name === "AbortError") return;
      body.replaceChildren(
        h("p", { class: "warn" }, h("b", null, known(`asked.${error.status}`) ?? t("asked.failed")), " ", reason(error)),
        again("asked.retry"));
    }
  }

  const again = (key) => h("button", { type: "button", class: "plain", onclick: load }, t(key));
  return card;
}

/** What is told of something, one line each. */
export const facts = (entries) =>
  h("dl", { class: "facts" }, entries.flatMap(([words, value]) => [h("dt", null, words), h("dd", null, value)]));
