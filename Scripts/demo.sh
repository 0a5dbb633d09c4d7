#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A simulated meter on a pseudo terminal, read as a real one on a serial line is. MEP is the path of the tool.
# ONCE=1 reads once and ends; else the readings go on until Ctrl-C. Nothing is left behind.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mep=${MEP:-.build/debug/mep}
dir=$(mktemp -d) # mode 0700
simulator='' watch=''

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
  stop "$watch" INT # as Ctrl-C does, so that it ends its session with the meter
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
real_meter() {
  say "With a real meter: its key, as your grid company gave it, in a file; a serial adapter; the same commands"
  echo "chmod 600 meter.key"
  echo ".build/debug/mep info --meter 'serial:/dev/ttyUSB0?enable=rts' --key-file meter.key"
}

say "What meter is it?"
mep info "${meter[@]}"

if [ "${ONCE:-}" = 1 ]; then
  say "Its energy registers (BT23) and present values (BT28)"
  mep read BT23 BT28 "${meter[@]}"
  real_meter
  exit 0
fi

say "Its energy registers (BT23)"
mep read BT23 "${meter[@]}"

say "Its readings, every two seconds, until Ctrl-C"
printf '$ mep watch %s\n' "${meter[*]}"
# In the background, so that a signal to this script alone also ends it.
set -m
"$mep" watch "${meter[@]}" </dev/null &
watch=$!
set +m
trap 'trap "" INT TERM; stop "$watch" INT; real_meter; exit 0' INT TERM
status=0
wait "$watch" || status=$?
watch=''
echo "mep watch ended, status $status" >&2
exit "$status"
