#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway beside what it has to fit, one after the other; all are tried, and those that failed are named. MEP is the
# path of the tool.
set -uo pipefail
[ -z "${MEP:-}" ] || export MEP=$(realpath "$MEP")
cd "$(dirname "${BASH_SOURCE[0]}")" || exit

failed=()
for name in p1 web dashboard engines prometheus evcc hostile killed home-assistant package; do
  printf '\n== %s\n' "$name"
  "./$name.sh" || failed+=("$name")
done
[ ${#failed[@]} = 0 ] && exit
printf 'FAILED: %s\n' "${failed[*]}" >&2
exit 1
