// SPDX-License-Identifier: Apache-2.0
// Keeps the page itself, so that it opens without the gateway and says so. Never data: what is old would look new.

const shell = [
  ".", "style.css", "icon.svg", "manifest.webmanifest", "app.js", "api.js", "chart.js", "dom.js", "energy.js", "format.js",
  "kept.js", "live.js", "meter.js", "now.js", "peaks.js", "quality.js", "scale.js", "tables.js", "words.js", "zone.js",
  "words/en.js", "words/da.js", "words/de.js",
].map((name) => new URL(name, self.registration.scope).href);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("shell").then((cache) => cache.addAll(shell)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/)[0];
  if (event.request.method === "GET" && shell.includes(address)) event.respondWith(fresh(event.request, address));
});

/** From the gateway while it answers, so that an upgrade is seen at once; else as it was kept. */
async function fresh(request, address) {
  try {
    const response = await fetch(request);
    if (response.ok) (await caches.open("shell")).put(address, response.clone());
    return response;
  } catch (error) {
    const known = await caches.match(address);
    if (known) return known;
    throw error;
  }
}
