// SPDX-License-Identifier: Apache-2.0
import { facts } from "./asked.js";
import { h } from "./dom.js";
import * as format from "./format.js";
import { known, t } from "./words.js";

const week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The meter's own clock tells no zone: it is shown as it stands. */
const stands = (text, style = "moment") => format.time(text && Date.parse(text.slice(0, 19) + "Z"), style, "UTC");
const weekday = (index) => format.time(Date.UTC(2024, 0, 1 + index), "longWeekday", "UTC");
const tier = (number) => (number == null ? format.dash : t("tier", { number }));

/** Which tier holds when, by the meter's calendar. */
export function drawCalendar(calendar) {
  const today = (new Date(`${calendar.clock_local.slice(0, 10)}Z`).getUTCDay() + 6) % 7;
  const present = calendar.special_schedule == null ? week[today] : `special_${calendar.special_schedule}`;
  const next = calendar.next_change_local
    ? `${stands(calendar.next_change_local)}: ${tier(calendar.next_tier)}` : format.dash;
  return [
    facts([
      [t("calendar.clock"), stands(calendar.clock_local, "full")], [t("calendar.tier"), tier(calendar.tier)],
      [t("calendar.next"), next], [t("calendar.season"), calendar.season ?? format.dash],
      ...(calendar.override_tier == null ? [] : [[t("calendar.override"), h("span", { lang: "en" }, calendar.override)]]),
    ]),
    ...sameSeasons(calendar.seasons).flatMap(({ numbers, days }) => {
      const isPresent = numbers.includes(calendar.season);
      const label = t("calendar.season.of", { number: numbers.join(", ") });
      return [
        h("h3", null, label, isPresent ? h("span", { class: "badge" }, t("now")) : null),
        h("div", { class: "scroll free", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "days" },
          h("thead", null, h("tr", null, h("th", { scope: "col" }, t("calendar.days")),
            h("th", { scope: "col" }, h("span", { class: "hidden" }, t("calendar.switches")), hours()))),
          h("tbody", null, sameDays(days).map(({ names, switches }) => {
            const isToday = isPresent && names.includes(present);
            return h("tr", { class: isToday ? "today" : null },
              h("th", { scope: "row" }, dayWords(names), isToday ? h("span", { class: "badge" }, t("today")) : null),
              h("td", null, strip(switches, (one) => `tier-${one.tier % 8}`, (one) => one.tier),
                h("p", { class: "note" }, switches.map((one) => `${one.time} ${tier(one.tier)}`).join(" · "))));
          })))),
      ];
    }),
    ...relays(calendar.relays ?? []), dates(calendar.dates ?? []),
  ];
}

/** A day from left to right, each part as long as it lasts. */
function strip(switches, kind, mark) {
  const minutes = (time) => time.split(":").reduce((hour, minute) => Number(hour) * 60 + Number(minute));
  return h("div", { class: "strip", "aria-hidden": "true" }, switches.map((one, i) => {
    const part = h("span", { class: kind(one) }, mark(one));
    part.style.flexGrow = (i + 1 < switches.length ? minutes(switches[i + 1].time) : 1440) - minutes(one.time);
    return part;
  }));
}

const hours = () =>
  h("div", { class: "hours", "aria-hidden": "true" }, [0, 6, 12, 18, 24].map((hour) => h("span", null, hour)));

/** What is alike is shown once. */
function sameSeasons(seasons) {
  const found = new Map();
  for (const { season, ...days } of seasons) {
    const key = JSON.stringify(days);
    if (!found.has(key)) found.set(key, { numbers: [], days });
    found.get(key).numbers.push(season);
  }
  return [...found.values()];
}

function sameDays(days) {
  const found = new Map();
  for (const [name, switches] of Object.entries(days)) {
    const key = (week.includes(name) ? "" : name) + JSON.stringify(switches);
    if (!found.has(key)) found.set(key, { names: [], switches });
    found.get(key).names.push(name);
  }
  return [...found.values()].filter(({ switches }) => switches.length);
}

/** "Monday – Friday", "Monday, Thursday", "Special day 1". */
function dayWords(names) {
  const special = names[0].match(/^special_(\d+)$/)?.[1];
  if (special) return t("calendar.special", { number: special });
  const indices = names.map((name) => week.indexOf(name));
  if (indices.includes(-1)) return names.join(", ").replaceAll("_", " ");
  const [first, last] = [indices[0], indices[indices.length - 1]];
  return indices.length > 2 && last - first === indices.length - 1
    ? `${weekday(first)} – ${weekday(last)}` : indices.map(weekday).join(", ");
}

function relays(all) {
  if (!all.length) return [];
  const words = ({ state }) => known(`relay.${state}`) ?? state;
  return [h("h3", null, t("calendar.relays")),
    h("table", { class: "days" }, h("caption", { class: "hidden" }, t("calendar.switches")),
    h("tbody", null, all.map(({ relay, schedule, switches }) => h("tr", null,
      h("th", { scope: "row" }, t("calendar.relay", { relay, schedule })),
      h("td", null, strip(switches, (one) => `relay-${one.state}`, () => null),
        h("p", { class: "note" }, switches.map((one) => `${one.time} ${words(one)}`).join(" · ")))))))];
}

/** What comes next, the soonest first. */
function dates(all) {
  const coming = all.filter(({ next }) => next).sort((a, b) => (a.next < b.next ? -1 : 1));
  const words = (effect) => {
    const text = known(`effect.${effect.replace(/\d+/, "#")}`);
    return text ? text.replace("{number}", effect.match(/\d+/)) : effect;
  };
  return h("details", { class: "as-table" }, h("summary", null, t("calendar.dates")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("calendar.dates") },
      h("ul", { class: "list" }, coming.map(({ next, rule, effects }) => h("li", null,
        h("span", null, stands(`${next}T00:00:00`, "day")),
        h("span", null, effects.map(words).join(", "), " ", h("span", { class: "note", lang: "en" }, rule)))))));
}
