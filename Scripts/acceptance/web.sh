#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the gateway answers over HTTP, asked by strangers: schemathesis makes up requests from the OpenAPI document and holds
# the answers to it, promtool looks through the metrics. MEP is the path of the tool. Needs Python 3.10 with venv, and the
# network the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

python_with schemathesis 'schemathesis>=4,<5'
unpack promtool prometheus

"$mep" serve --meter 'sim:gen3?days=2' --web "$port" >"$dir/log" 2>&1 </dev/null &
gateway=$!
base=http://127.0.0.1:$port
for _ in {1..300}; do
  curl -sf "$base/api/v1/meters/meter/values" 2>/dev/null | grep -q fwd_active_energy_wh && break
  sleep 0.2
done

echo "== promtool"
curl -sf "$base/metrics" | promtool check metrics

echo "== schemathesis"
# The live events never end. Names that are made up are refused, which the tests look at: here the meter's own is asked for.
printf '[parameters]\nmeter = "meter"\ntable = "BT28"\n' >"$dir/schemathesis.toml"
# That a beginning is before its end, and that steps are not too many, is nothing that a schema can say.
# It leaves things where it runs.
schemathesis=$PWD/$(dirname "$python")/schemathesis
(cd "$dir" && "$schemathesis" --config-file schemathesis.toml run "$base/openapi.json" --exclude-path /api/v1/live \
  --checks all --exclude-checks positive_data_acceptance --max-examples 60 --seed 1 --generation-deterministic --no-color)
echo "== still there"
curl -sf "$base/health"
kill -0 "$gateway"
