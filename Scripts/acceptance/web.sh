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
# Unpacked beside what this leaves behind: nothing is installed, no service starts.
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
  # It leaves things where it runs.
schemathesis=$PWD/$(dirname "$python")/schemathesis
(cd "$dir" && "$schemathesis" --config-file schemathesis.toml run "$base/openapi.json" --exclude-path /api/v1/live \
  --checks all --exclude-checks positive_data_acceptance --max-examples 60 --seed 1 --generation-deterministic --no-color)
echo "== still there"
curl -sf "$base/health"
kill -0 "$gateway"
