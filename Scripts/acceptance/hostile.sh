#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway among hostile neighbours: floods and nonsense at its broker, a rival with its name, brokers that are silent, lie or
# refuse, those who ask over HTTP without end or with tricks, a wrong key, and configurations that make no sense. It reads
# and keeps meanwhile, and says in few words what is wrong. MEP is the path of the tool. Takes some 10 minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

needs_broker
ulimit -n 4096
act python3 Scripts/acceptance/hostile.py
