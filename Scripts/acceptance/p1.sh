#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway's P1 telegrams, read over TCP by the library that Home Assistant and dsmr-reader read them with. MEP is the path
# of the tool. Needs Python 3.10 with venv, and the network the first time.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mep=${MEP:-.build/debug/mep}
venv=.build/acceptance/p1
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

if ! "$venv/bin/python" -c 'import dsmr_parser' 2>/dev/null; then
  rm -rf "$venv"
  if ! python3 -m venv "$venv"; then
    echo "p1: no Python environment can be made: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  "$venv/bin/pip" --quiet --disable-pip-version-check install dsmr-parser==1.11.1
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$dir/mep.yaml" <<EOF
meters:
  - name: house
    address: sim:gen3
    every: {profile: off}
store:
  path: $dir/mep.db
time_zone: Europe/Amsterdam
web: off
p1:
  port: $port
EOF
export XDG_RUNTIME_DIR=$dir
"$mep" config check --config "$dir/mep.yaml"
"$mep" serve --config "$dir/mep.yaml" >"$dir/log" 2>&1 </dev/null &
gateway=$!
if ! "$venv/bin/python" Scripts/acceptance/p1.py "$port"; then
  echo "== the gateway's log" >&2
  cat "$dir/log" >&2
  exit 1
fi
