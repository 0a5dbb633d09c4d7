// SPDX-License-Identifier: Apache-2.0
import { h } from "./dom.js";
import * as format from "./format.js";
import { known, t } from "./words.js";

const word = (kind, text) => (text == null ? null : known(`${kind}.${text}`) ?? text);
/** By the meter's local clock, which tells no zone. */
const readAt = ({ read_local }) =>
  read_local ? t("read.at", { time: format.time(Date.parse(`${read_local.slice(0, 19)}Z`), "full", "UTC") }) : t("never");

/** A row a value becomes a device with its values. */
function bySlot(rows) {
  const devices = new Map();
  for (const row of rows) {
    if (!devices.has(row.slot)) devices.set(row.slot, { ...row, rows: [] });
    if (row.quantity) devices.get(row.slot).rows.push(row);
  }
  return [...devices.values()];
}

function value({ value, unit, error }) {
  if (error || value == null) return error ?? format.dash;
  if (typeof value !== "number") return String(value);
  if (unit === "Wh") return format.energy(value);
  const digits = Math.min(3, (String(value).split(".")[1] ?? "").length);
  return unit ? format.withUnit(value, digits, unit) : format.number(value, digits);
}

/** Now, and not the copy of a due date. */
const isPresent = (row) => !row.storage && !row.tariff && !row.subunit && row.function === "instantaneous";

/** Devices behind the meter, and what they were last read. */
export function drawDevices(rows) {
  const devices = bySlot(rows);
  if (!devices.length) return [h("p", { class: "note" }, t("devices.none"))];
  return devices.flatMap((device) => [
    h("h3", null, word("medium", device.medium) ?? device.kind, device.customer ? ` “${device.customer}”` : ""),
    h("p", { class: "note" }, [device.manufacturer, device.identification, word("device", device.state), readAt(device)]
      .filter(Boolean).join(" · ")),
    ...[device.untrusted, ...(device.alarms ?? [])].filter(Boolean).map((text) =>
      h("p", { class: "warn", lang: "en" }, text)),
    h("table", null, h("caption", { class: "hidden" }, device.customer ?? device.identification),
      h("tbody", null, device.rows.map((row) => h("tr", null,
        h("th", { scope: "row" }, word("quantity", row.quantity), isPresent(row) ? null : h("span", { class: "note" },
          [row.function === "instantaneous" ? null : word("function", row.function),
            row.storage ? t("devices.storage", { number: row.storage }) : null,
            row.tariff ? t("tier", { number: row.tariff }) : null].filter(Boolean).join(", "))),
        h("td", { class: "number" }, value(row)))))),
  ]);
}

/** What each device counts, as a tile: heat as energy, water and gas as a volume. */
export function deviceTiles(rows) {
  return bySlot(rows).flatMap((device) => {
    const present = device.rows.filter((row) => isPresent(row) && row.value != null && !row.error);
    const counted = ["energy", "volume"].map((quantity) => present.find((row) => row.quantity === quantity)).find(Boolean);
    if (!counted || device.untrusted) return [];
    return [h("div", { class: device.medium?.split(" ").pop() },
      h("dt", null, device.customer || word("medium", device.medium)), h("dd", null, value(counted)),
      h("dd", { class: "note" }, readAt(device)))];
  });
}
