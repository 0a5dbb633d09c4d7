#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway is killed by kill -9, 200 times (KILLS), at moments that a seed (SEED) decides: while it starts, packs, makes
# minutes, reads and answers. What it had committed is there each time it is back. MEP is the path of the tool. Takes some
# 12 minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

needs_broker
act python3 Scripts/acceptance/killed.py
