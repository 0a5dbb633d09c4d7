// SPDX-License-Identifier: Apache-2.0
// The first run: says what is missing, has a meter checked, and names it in the configuration.
import { card, h, reason } from "./dom.js";
import { begin, t } from "./words.js";

const main = document.getElementById("main");
const status = h("p", { class: "note", role: "status" });
/** Changes too often to be read out. */
const doing = h("p", { class: "note", lang: "en", "aria-hidden": "true" });
const findings = h("ol", { class: "findings" });
let form;
let state;
/** The line and the key that were checked last. */
let checked = null;

/** What the gateway answers; its words where it refuses. The token is in no address that it is asked by. */
async function ask(path, said) {
  const response = await fetch(`api/v1/setup${path}`, {
    method: said ? "POST" : "GET", body: said && JSON.stringify(said), cache: "no-store",
    headers: { Authorization: `Bearer ${location.hash.slice(1)}`, ...(said && { "Content-Type": "application/json" }) },
  });
  if (response.ok) return response;
  // A gateway that has a meter knows nothing of this.
  if (response.status === 404) location.replace("./");
  throw new Error((await response.json().catch(() => null))?.error ?? response.statusText);
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const whole = (rest + value).split("\n");
    rest = whole.pop();
    yield* whole.map((line) => JSON.parse(line));
  }
}

/** The gateway's words are English. */
const foreign = (words) => h("span", { lang: "en" }, words);

const notice = (error) => h("span", { class: "notice", role: "alert" }, reason(error));

// MARK: What is asked for

const field = (label, input, note) =>
  h("label", { class: "field" }, h("span", null, label), input, note && h("span", { class: "note" }, note));

const option = (value, title, note, checked) =>
  h("label", { class: "option" }, h("input", { type: "radio", name: "line", value, checked, required: true }),
    h("span", null, title, note && h("span", { class: "note" }, note)));

const text = (attributes) =>
  h("input", { type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "off", ...attributes });

function drawForm() {
  const { ports, has_key, problem } = state;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const chosen = form && new FormData(form).get("line");
  const isChosen = (value, i) => (chosen ? value === chosen : i === 0);
  const serial = ports.map((port) => ({ value: port.by_id ?? port.path, title: port.product ?? port.driver ?? port.path, port }));
  const key = text({ name: "key", type: "password", minlength: 16, maxlength: 40 });
  const enable = field(t("setup.enable"), h("select", { name: "enable" },
    [["rts", "RTS"], ["dtr", "DTR"], ["none", t("setup.enable.none")]].map(([value, title]) => h("option", { value }, title))),
  t("setup.enable.note"));
  const place = field(t("setup.place"), text({ name: "place", placeholder: "192.168.1.20:4001", required: true, pattern: ".+:[0-9]+" }));
  const secret = h("div", null,
    field(t("setup.key"), key, has_key ? t("setup.key.there") : t("setup.key.note")),
    h("label", { class: "option" },
      h("input", { type: "checkbox", onchange: (event) => (key.type = event.target.checked ? "text" : "password") }),
      h("span", null, t("setup.key.show"))));
  const save = h("button", { class: "plain", type: "button", disabled: true, onclick: write }, t("setup.write"));
  const show = () => {
    const line = new FormData(form).get("line");
    for (const [part, isNeeded] of [[enable, serial.some(({ value }) => value === line)], [place, line === "tcp"], [secret, line !== "sim"]]) {
      part.hidden = !isNeeded;
      for (const input of part.querySelectorAll("[name]")) input.disabled = !isNeeded;
    }
    key.required = !has_key;
    if (["house", "trial"].includes(form.elements.name.value)) form.elements.name.value = line === "sim" ? "trial" : "house";
  };
  form = h("form", {
    onsubmit: check,
    oninput: () => {
      show();
      allow();
    },
  },
    card(null,
      h("fieldset", null, h("legend", null, h("h2", null, t("setup.line"))),
        ports.length ? null : h("p", { class: "notice" }, t("setup.ports.none")),
        serial.map(({ value, title, port }, i) => option(value, title, value === port.path ? port.path : `${port.path} · ${value}`, isChosen(value, i))),
        option("tcp", t("setup.tcp"), t("setup.tcp.note"), isChosen("tcp", serial.length)),
        option("sim", t("setup.sim"), t("setup.sim.note"), isChosen("sim"))),
      h("button", { class: "plain", type: "button", onclick: () => look().catch(fail) }, t("setup.again")),
      enable, place),
    card(null, secret,
      field(t("setup.name"), text({ name: "name", value: "house", required: true, maxlength: 40, pattern: "[A-Za-z0-9_\\-]+" }), t("setup.name.note")),
      // What the configuration says already is not asked.
      state.time_zone ? null : field(t("setup.zone"), text({ name: "time_zone", value: zone, required: true }))),
    problem && h("p", { class: "notice" }, foreign(problem)),
    h("div", { class: "ask" }, h("button", { class: "main" }, t("setup.check")), save, h("span", { class: "note" }, t("setup.check.note"))));
  form.save = save;
  show();
  allow();
}

const meant = ({ address, key }) => JSON.stringify([address, key]);

/** What was checked may be written, and what is only tried. */
function allow() {
  form.save.disabled = new FormData(form).get("line") !== "sim" && meant(said()) !== checked;
}

function said() {
  const { line, enable, place, key, name, time_zone } = Object.fromEntries(new FormData(form));
  const address = line === "sim" ? "sim:gen3?days=7" : line === "tcp" ? `tcp://${place.trim()}` : `serial:${line}?enable=${enable}`;
  return { name, address, time_zone, ...(key?.trim() && { key: key.trim() }) };
}

// MARK: What is done

const fail = (error) => status.replaceChildren(notice(error));

/** The form waits meanwhile. */
async function busily(act) {
  const focused = document.activeElement;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    await act();
  } catch (error) {
    fail(error);
  }
  doing.textContent = "";
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  allow();
  focused?.focus({ preventScroll: true });
}

function check(event) {
  event.preventDefault();
  busily(async () => {
    const asked = said();
    findings.replaceChildren();
    status.textContent = t("setup.checking");
    status.scrollIntoView({ block: "nearest" });
    for await (const line of lines((await ask("/check", asked)).body)) {
      if (line.error) throw new Error(line.error);
      if (line.doing) doing.textContent = `${line.doing} …`;
      else if (line.step) findings.append(finding(line));
      else {
        status.textContent = t(line.ailment ? "setup.faulty" : "setup.sound");
        form.save.classList.toggle("main", !line.ailment);
        form.save.classList.toggle("plain", !!line.ailment);
        checked = meant(asked);
        return;
      }
    }
    throw new Error("");
  });
}

function finding({ step, verdict, seen, cause, next }) {
  return h("li", { class: verdict },
    h("b", null, `${t(`setup.step.${step}`)}: ${t(`setup.${verdict}`)}`), foreign(seen),
    cause && h("span", null, `${t("setup.cause")}: `, foreign(cause)),
    next && h("span", null, `${t("setup.next")}: `, foreign(next)));
}

function write() {
  if (!form.reportValidity()) return;
  busily(async () => {
    await ask("/write", said());
    status.textContent = t("setup.written");
    form.hidden = true;
    for (;;) {
      await new Promise((resume) => setTimeout(resume, 1000));
      // 503 while the meter has not answered yet: the dashboard says so itself.
      const answer = await fetch("health", { cache: "no-store" }).catch(() => null);
      if ([200, 503].includes(answer?.status)) return location.replace("./");
    }
  });
}

async function look() {
  state = await (await ask("")).json();
  const former = form;
  const values = former && Object.fromEntries(new FormData(former));
  drawForm();
  for (const name of ["key", "name", "time_zone", "place", "enable"]) if (values?.[name]) form.elements[name].value = values[name];
  if (former) former.replaceWith(form);
}

async function start() {
  await begin();
  document.title = `${t("setup.title")} · mep`;
  findings.setAttribute("aria-label", t("setup.findings"));
  main.replaceChildren(h("h1", null, t("setup.title")));
  try {
    await look();
    main.append(h("p", { class: "note" }, t("setup.intro", { file: state.configuration })), form, status, doing, findings);
  } catch (error) {
    main.append(notice(error));
  }
}

// Another token was put in.
addEventListener("hashchange", () => location.reload());
start();
