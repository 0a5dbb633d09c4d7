#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The examples of Documentation/evcc.md, as they stand there: a gateway and a broker are asked by them, and jq, and gojq, which
# evcc is built with, work out what evcc would have. It is what the gateway has read, of a house that takes and of one that gives,
# and nothing once the meter is away. evcc itself does not run. MEP is the path of the tool. Takes a minute. Needs Python
# 3.10 with venv, and the network the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

needs_broker
unpack mosquitto_sub mosquitto-clients libcjson1
unpack jq jq libjq1 libonig5
unpack gojq gojq
python_with yaml 'pyyaml>=6,<7'

act "$python" Scripts/acceptance/evcc.py
