#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the gateway answers over HTTP, asked by strangers: schemathesis makes up requests from the OpenAPI document and holds
# the answers to it, promtool looks through the metrics. MEP is the path of the tool. Needs Python 3.10 with venv, and the
# network the first time.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mep=${MEP:-.build/debug/mep}
venv=.build/acceptance/web
dir=$(mktemp -d)
gateway=''

clean_up() {
  if [ -n "$gateway" ]; then
    kill -TERM "$gateway" 2>/dev/null || true
    wait "$gateway" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

if ! "$venv/bin/python" -c 'import schemathesis' 2>/dev/null; then
  rm -rf "$venv"
  if ! python3 -m venv "$venv"; then
    echo "web: no Python environment can be made: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  "$venv/bin/pip" --quiet --disable-pip-version-check install 'schemathesis>=4,<5'
fi
# Unpacked beside what this leaves behind: nothing is installed, no service starts.
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
  (cd "$dir" && apt-get download -q prometheus >/dev/null && dpkg -x ./prometheus*.deb unpacked)
  promtool=$dir/unpacked/usr/bin/promtool
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export XDG_RUNTIME_DIR=$dir
"$mep" serve --meter 'sim:gen3?days=2' --web "$port" >"$dir/log" 2>&1 </dev/null &
gateway=$!
base=http://127.0.0.1:$port
for _ in {1..300}; do
  curl -sf "$base/api/v1/meters/meter/values" 2>/dev/null | grep -q fwd_active_energy_wh && break
  sleep 0.2
done

echo "== promtool"
curl -sf "$base/metrics" | "$promtool" check metrics

echo "== schemathesis"
# The live events never end. Of names there is one: what is made up is refused, which is looked at as well.
"$venv/bin/schemathesis" run "$base/openapi.json" --exclude-path /api/v1/live --checks all --max-examples 60 --seed 1 \
  --generation-deterministic --no-color
echo "== still there"
curl -sf "$base/health"
kill -0 "$gateway"
