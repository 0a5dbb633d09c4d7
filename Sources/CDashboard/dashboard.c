// SPDX-License-Identifier: Apache-2.0
#include "CDashboard.h"

// Of C23, and taken by this compiler in older C too. It makes what it embeds a dependency: a changed file is built anew.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t api_js[] = {
#embed "files/api.js"
};
static const uint8_t app_js[] = {
#embed "files/app.js"
};
static const uint8_t asked_js[] = {
#embed "files/asked.js"
};
static const uint8_t calendar_js[] = {
#embed "files/calendar.js"
};
static const uint8_t chart_js[] = {
#embed "files/chart.js"
};
static const uint8_t devices_js[] = {
#embed "files/devices.js"
};
static const uint8_t dom_js[] = {
#embed "files/dom.js"
};
static const uint8_t energy_js[] = {
#embed "files/energy.js"
};
static const uint8_t events_da_js[] = {
#embed "files/events/da.js"
};
static const uint8_t events_de_js[] = {
#embed "files/events/de.js"
};
static const uint8_t events_en_js[] = {
#embed "files/events/en.js"
};
static const uint8_t format_js[] = {
#embed "files/format.js"
};
static const uint8_t icon_png[] = {
#embed "files/icon.png"
};
static const uint8_t icon_svg[] = {
#embed "files/icon.svg"
};
static const uint8_t index_html[] = {
#embed "files/index.html"
};
static const uint8_t kept_js[] = {
#embed "files/kept.js"
};
static const uint8_t live_js[] = {
#embed "files/live.js"
};
static const uint8_t manifest_webmanifest[] = {
#embed "files/manifest.webmanifest"
};
static const uint8_t meter_js[] = {
#embed "files/meter.js"
};
static const uint8_t now_js[] = {
#embed "files/now.js"
};
static const uint8_t peaks_js[] = {
#embed "files/peaks.js"
};
static const uint8_t quality_js[] = {
#embed "files/quality.js"
};
static const uint8_t scale_js[] = {
#embed "files/scale.js"
};
static const uint8_t service_worker_js[] = {
#embed "files/service-worker.js"
};
static const uint8_t setup_html[] = {
#embed "files/setup.html"
};
static const uint8_t setup_js[] = {
#embed "files/setup.js"
};
static const uint8_t style_css[] = {
#embed "files/style.css"
};
static const uint8_t tables_js[] = {
#embed "files/tables.js"
};
static const uint8_t words_js[] = {
#embed "files/words.js"
};
static const uint8_t words_da_js[] = {
#embed "files/words/da.js"
};
static const uint8_t words_de_js[] = {
#embed "files/words/de.js"
};
static const uint8_t words_en_js[] = {
#embed "files/words/en.js"
};
static const uint8_t zone_js[] = {
#embed "files/zone.js"
};

#define FILE(name, path, type) {path, type, name, sizeof name}

static const CDashboardFile files[] = {
    FILE(api_js, "/api.js", "text/javascript; charset=utf-8"),
    FILE(app_js, "/app.js", "text/javascript; charset=utf-8"),
    FILE(asked_js, "/asked.js", "text/javascript; charset=utf-8"),
    FILE(calendar_js, "/calendar.js", "text/javascript; charset=utf-8"),
    FILE(chart_js, "/chart.js", "text/javascript; charset=utf-8"),
    FILE(devices_js, "/devices.js", "text/javascript; charset=utf-8"),
    FILE(dom_js, "/dom.js", "text/javascript; charset=utf-8"),
    FILE(energy_js, "/energy.js", "text/javascript; charset=utf-8"),
    FILE(events_da_js, "/events/da.js", "text/javascript; charset=utf-8"),
    FILE(events_de_js, "/events/de.js", "text/javascript; charset=utf-8"),
    FILE(events_en_js, "/events/en.js", "text/javascript; charset=utf-8"),
    FILE(format_js, "/format.js", "text/javascript; charset=utf-8"),
    FILE(icon_png, "/icon.png", "image/png"),
    FILE(icon_svg, "/icon.svg", "image/svg+xml"),
    FILE(index_html, "/index.html", "text/html; charset=utf-8"),
    FILE(kept_js, "/kept.js", "text/javascript; charset=utf-8"),
    FILE(live_js, "/live.js", "text/javascript; charset=utf-8"),
    FILE(manifest_webmanifest, "/manifest.webmanifest", "application/manifest+json"),
    FILE(meter_js, "/meter.js", "text/javascript; charset=utf-8"),
    FILE(now_js, "/now.js", "text/javascript; charset=utf-8"),
    FILE(peaks_js, "/peaks.js", "text/javascript; charset=utf-8"),
    FILE(quality_js, "/quality.js", "text/javascript; charset=utf-8"),
    FILE(scale_js, "/scale.js", "text/javascript; charset=utf-8"),
    FILE(service_worker_js, "/service-worker.js", "text/javascript; charset=utf-8"),
    FILE(setup_html, "/setup", "text/html; charset=utf-8"),
    FILE(setup_js, "/setup.js", "text/javascript; charset=utf-8"),
    FILE(style_css, "/style.css", "text/css; charset=utf-8"),
    FILE(tables_js, "/tables.js", "text/javascript; charset=utf-8"),
    FILE(words_js, "/words.js", "text/javascript; charset=utf-8"),
    FILE(words_da_js, "/words/da.js", "text/javascript; charset=utf-8"),
    FILE(words_de_js, "/words/de.js", "text/javascript; charset=utf-8"),
    FILE(words_en_js, "/words/en.js", "text/javascript; charset=utf-8"),
    FILE(zone_js, "/zone.js", "text/javascript; charset=utf-8"),
};

const CDashboardFile *CDashboardFileAt(size_t index) {
  return index < sizeof files / sizeof *files ? &files[index] : NULL;
}
