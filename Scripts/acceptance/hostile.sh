#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway among hostile neighbours: floods and nonsense at its broker, a rival with its name, brokers that are silent, lie or
# refuse, those who ask over HTTP without end or with tricks, a wrong key, and configurations that make no sense. It reads
# and keeps meanwhile, and says in few words what is wrong. MEP is the path of the tool. Takes some 10 minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

export PATH=$PATH:/usr/sbin
if ! command -v mosquitto >/dev/null; then
  echo "A broker is needed: sudo apt-get install mosquitto" >&2
  exit 1
fi
ulimit -n 4096
# Not in the foreground: a signal to this script alone also ends it.
MEP=$mep RIG=$dir python3 Scripts/acceptance/hostile.py &
gateway=$!
wait "$gateway" || exit 1
