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

export PATH=$PATH:/usr/sbin
if ! command -v mosquitto >/dev/null || ! command -v mosquitto_sub >/dev/null; then
  echo "A broker is needed: sudo apt-get install mosquitto mosquitto-clients" >&2
  exit 1
fi
unpack jq jq libjq1 libonig5
unpack gojq gojq
LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$(echo "$dir"/unpacked/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python_with yaml 'pyyaml>=6,<7'

# Not in the foreground: a signal to this script alone also ends it.
MEP=$mep RIG=$dir "$python" Scripts/acceptance/evcc.py &
gateway=$!
wait "$gateway" || exit 1
