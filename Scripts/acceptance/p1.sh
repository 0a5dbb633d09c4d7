#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway's P1 telegrams, read over TCP by the library that Home Assistant and dsmr-reader read them with. MEP is the path
# of the tool. Needs Python 3.10 with venv, and the network the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

python_with dsmr_parser dsmr-parser==1.11.1
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
"$mep" config check --config "$dir/mep.yaml"
"$mep" serve --config "$dir/mep.yaml" >"$dir/log" 2>&1 </dev/null &
gateway=$!
if ! "$python" Scripts/acceptance/p1.py "$port"; then
  echo "== the gateway's log" >&2
  cat "$dir/log" >&2
  exit 1
fi
