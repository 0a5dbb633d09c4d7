#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real Prometheus (Debian's) scrapes the gateway every second, by the scrape_configs of Documentation/HTTP.md: of two
# simulated meters, one of which gives more than it takes. What it has is what the gateway says over HTTP, each panel of
# Documentation/Grafana/mep.json has its answer, and what a meter that is gone measured is gone too. MEP is the path of the
# tool. Takes two minutes. Nothing is left behind.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

cottage='' prometheus='' broker='' step=''
clean_up() {
  trap '' INT TERM
  for process in $step $gateway $cottage $prometheus $broker; do kill -TERM "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
# Not in the foreground: a signal to this script alone also ends it.
ask() {
  python3 Scripts/acceptance/prometheus.py "$1" &
  step=$!
  wait "$step" || fail "$1"
  step=''
}

unpack prometheus prometheus
needs_broker
read -r meter listen mqtt nobody < <(python3 -c 'import socket
s = [socket.socket() for _ in range(4)]
for one in s: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in s))')

umask 077
printf '01%.0s' {1..16} >"$dir/key" # the published dummy
printf 'a long token' >"$dir/token"
"$mep" config password <"$dir/token" >"$dir/passwords"
cat >"$dir/mep.yaml" <<YAML
meters:
  - {name: house, address: "sim:gen3?days=3"}
  - {name: cottage, address: "tcp://127.0.0.1:$meter", key_file: $dir/key, every: {profile: off, quality: 1m}}
store: {path: $dir/mep.db, commit: 1s}
time_zone: Etc/UTC
web: {port: $port, password_file: $dir/passwords}
mqtt: {host: 127.0.0.1, port: $mqtt}
engines: [{url: "http://127.0.0.1:$nobody"}] # nobody is there
YAML
printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\n' "$mqtt" >"$dir/mosquitto.conf"
mosquitto -c "$dir/mosquitto.conf" >"$dir/mosquitto.log" 2>&1 </dev/null &
broker=$!
echo '+45s voltage 1 80 3s' >"$dir/scenario" # a sag, once Prometheus scrapes
# A summer's day: its meter's clock is months behind, which is told and does no harm here.
"$mep" simulate --profile gen3 --mbk-file "$dir/key" --mak-file "$dir/key" --start 2026-06-21T10:00Z --baud 0 \
  --scenario "$dir/scenario" --listen "tcp://127.0.0.1:$meter" >"$dir/cottage.log" 2>&1 </dev/null &
cottage=$!
"$mep" serve --config "$dir/mep.yaml" >"$dir/gateway.log" 2>&1 </dev/null &
gateway=$!

export GATEWAY=http://127.0.0.1:$port TOKEN_FILE=$dir/token PROMETHEUS=http://127.0.0.1:$listen DIR=$dir
export TODAY=$(($(date +%s) / 86400 * 86400))
ask dashboard
ask config
ask yesterday
promtool check config "$dir/prometheus.yml" >"$dir/promtool.log" || fail "promtool refuses the document's scrape_configs"
promtool tsdb create-blocks-from openmetrics "$dir/yesterday.txt" "$dir/data" >>"$dir/promtool.log" || fail "no blocks of yesterday"
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" --web.listen-address="127.0.0.1:$listen" \
  >"$dir/prometheus.log" 2>&1 </dev/null &
prometheus=$!

ask scraped
ask passwords
ask values
ask panels
kill -TERM "$cottage"
ask away
kill -TERM "$gateway"
ask gone
