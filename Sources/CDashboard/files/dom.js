// SPDX-License-Identifier: Apache-2.0
import { t } from "./words.js";

/** An element with its attributes, listeners (`onclick`) and children; what is null is left out. */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

/** Sets the text only where it is another one: a screen reader and a selection are left in peace. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A row of buttons of which one is pressed. */
export function choice(label, options, chosen, choose) {
  const buttons = options.map(([value, words]) =>
    h("button", {
      type: "button", "aria-pressed": String(value === chosen),
      onclick: () => {
        for (const button of buttons) button.setAttribute("aria-pressed", String(button === buttons[at(value)]));
        choose(value);
      },
    }, words));
  const at = (value) => options.findIndex((option) => option[0] === value);
  const group = h("div", { class: "choice", role: "group", "aria-label": label }, buttons);
  group.press = (value) => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === at(value))));
  return group;
}

export function card(title, ...children) {
  return h("section", { class: "card" }, title && h("h2", null, title), ...children);
}

/** Why there is nothing: in the gateway's words, which are English, where it has answered. */
export function reason(error) {
  return h("span", { lang: error.message ? "en" : null }, error.message || t("health.gateway"));
}

export const phases = ["l1", "l2", "l3"];

/** A table with a column for each phase. */
export function phaseTable(caption, body) {
  return h("table", { class: "phases" }, h("caption", { class: "hidden" }, caption),
    h("thead", null, h("tr", null, h("td"), phases.map((phase) =>
      h("th", { scope: "col", class: `number ${phase}` }, phase.toUpperCase())))),
    body);
}
