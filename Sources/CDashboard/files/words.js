// SPDX-License-Identifier: Apache-2.0
import { kept, keep } from "./kept.js";

export const languages = { en: "English", da: "Dansk", de: "Deutsch" };

let chosen = "en";
let words = {};

/** The language for Intl: the browser's own variety of it, where it has one. */
export const language = () => navigator.languages.find((tag) => tag.split("-")[0] === chosen) ?? regions[chosen];
export const code = () => chosen;

// Times of the day with 24 hours, and the day before the month, as in the countries that have these meters.
const regions = { en: "en-GB", da: "da-DK", de: "de-DE" };

/** The language that was chosen here, or the first of the browser's that there is. */
export async function begin() {
  const browsers = navigator.languages.map((tag) => tag.split("-")[0]);
  await use([kept("language"), ...browsers].find((tag) => tag in languages) ?? "en");
}

export async function use(tag) {
  words = (await import(`./words/${tag}.js`)).default;
  chosen = tag;
  document.documentElement.lang = tag;
}

export async function choose(tag) {
  await use(tag);
  keep("language", tag);
}

/** Words by their key, with what stands in braces put in. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The same, or null where there are no such words. */
export const known = (key) => words[key] ?? null;
