// SPDX-License-Identifier: Apache-2.0
// Keeps the page itself, so that it opens without the gateway and says so. Never data: what is old would look new.

const shell = [
  ".", "style.css", "icon.svg", "icon.png", "manifest.webmanifest", "app.js", "api.js", "asked.js", "calendar.js", "chart.js",
  "devices.js", "dom.js", "energy.js", "format.js", "kept.js", "live.js", "meter.js", "now.js", "peaks.js", "quality.js",
  "scale.js", "tables.js", "words.js", "zone.js",
  "words/en.js", "words/da.js", "words/de.js", "events/en.js", "events/da.js", "events/de.js",
].map((name) => new URL(name, self.registration.scope).href);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("shell").then((cache) => cache.addAll(shell)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/)[0];
  if (event.request.method === "GET" && shell.includes(address)) event.respondWith(fresh(event.request, address));
});

// Once one was waited for in vain, the others are not waited for.
let patience = 4000;

/** From the gateway while it answers, so that an upgrade is seen at once; else, and where it takes long, as it was kept. */
async function fresh(request, address) {
  let isAnswered = false;
  const answer = fetch(request).then(async (response) => {
    isAnswered = true;
    patience = 4000;
    if (response.ok) (await caches.open("shell")).put(address, response.clone());
    return response;
  });
  const known = () => caches.match(address).then((response) => response ?? answer);
  const late = new Promise((resolve) => setTimeout(resolve, patience)).then(() => {
    if (!isAnswered) patience = 0;
    return known();
  });
  return Promise.race([answer.catch(known), late]);
}
