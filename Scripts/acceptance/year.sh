#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A year of a simulated house through the whole gateway, with outages of gateway, line, broker and engine at seeded times;
# see GatewayYearAcceptanceTests. MEP_DAYS, MEP_SPEED and MEP_SEED make it shorter, quicker, another one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

unpack influxd influxdb
unpack mosquitto_sub mosquitto-clients libcjson1
# Optimised: a second of this is hours. FLAGS are those with which the rest was built.
# shellcheck disable=SC2086 # several words
MEP_YEAR=1 swift test ${FLAGS:--c release --scratch-path .build/testing --disable-xctest -Xswiftc -enable-testing} \
  --filter GatewayYearAcceptanceTests
