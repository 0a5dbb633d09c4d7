#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs two commands that use one core each beside each other, and shows what the first one says when it has ended.
# Usage: beside.sh COMMAND COMMAND
set -euo pipefail

said=$(mktemp)
bash -c "$1" >"$said" 2>&1 &
first=$!
trap 'kill "$first" 2>/dev/null || true; rm -f "$said"' EXIT
result=0
bash -c "$2" || result=$?
wait "$first" || result=$?
cat "$said"
exit "$result"
