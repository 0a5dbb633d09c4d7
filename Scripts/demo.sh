#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway with a simulated meter, until Ctrl-C. ONCE=1: a simulated meter on a pseudo terminal, read once as a real one on
# a serial line is. MEP is the path of the tool. Nothing is left behind.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mep=${MEP:-.build/debug/mep}
[ "${ONCE:-}" = 1 ] || exec "$mep" demo

dir=$(mktemp -d) # mode 0700
simulator=''

# stop PROCESS SIGNAL: ask, and insist after two seconds.
stop() {
  [ -n "$1" ] || return 0
  kill "-$2" "$1" 2>/dev/null || return 0
  for _ in {1..20}; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
}

clean_up() {
  trap '' INT TERM # a second Ctrl-C must not leave half of it
  stop "$simulator" TERM
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n-- %s\n' "$1"; }
mep() {
  printf '$ mep %s\n' "$*"
  "$mep" "$@"
}

say "Two keys, in files that only you can read: published dummies, not the keys of any meter"
umask 077
printf '01%.0s' {1..16} >"$dir/mbk.key"
printf '02%.0s' {1..16} >"$dir/mak.key"
ls -l "$dir"

say "A simulated meter, at the end of the line $dir/meter"
# Background jobs in groups of their own, else bash has them ignore SIGINT.
set -m
simulate=(simulate --profile gen3 --mbk-file "$dir/mbk.key" --mak-file "$dir/mak.key" --pty "$dir/meter")
printf '$ mep %s &\n' "${simulate[*]}"
"$mep" "${simulate[@]}" >"$dir/simulator.log" 2>&1 </dev/null &
simulator=$!
set +m
for _ in {1..100}; do
  [ -e "$dir/meter" ] && break
  kill -0 "$simulator" 2>/dev/null || break
  sleep 0.1
done
if [ ! -e "$dir/meter" ]; then
  echo "The simulator did not start:" >&2
  cat "$dir/simulator.log" >&2
  exit 1
fi

meter=(--meter "serial:$dir/meter" --key-file "$dir/mbk.key")
say "What meter is it?"
mep info "${meter[@]}"

say "Its energy registers (BT23) and present values (BT28)"
mep read BT23 BT28 "${meter[@]}"

say "With a real meter: its key, as your grid company gave it, in a file; a serial adapter; the same commands"
echo "chmod 600 meter.key"
echo ".build/debug/mep info --meter 'serial:/dev/ttyUSB0?enable=rts' --key-file meter.key"
