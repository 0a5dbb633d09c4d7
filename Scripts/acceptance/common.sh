# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2317 # what whoever reads it uses, functions that a trap calls
# For scripts that run one gateway: $mep, $dir (which goes with the script, as the process $gateway does) and a port.
mep=${MEP:-.build/debug/mep}
dir=$(mktemp -d) # mode 0700
gateway=''

clean_up() {
  if [ -n "$gateway" ]; then
    kill -TERM "$gateway" 2>/dev/null || true
    wait "$gateway" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
# A gateway of this user's may run already.
export XDG_RUNTIME_DIR=$dir

# fail WORDS: says so, and how each log ends.
fail() {
  printf 'FAILED: %s\n' "$1" >&2
  for log in "$dir"/*.log; do
    printf '== the end of %s\n' "${log##*/}" >&2
    tail -n 15 "$log" >&2
  done
  exit 1
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# unpack PROGRAM PACKAGE…: Debian's packages, where the program is not there: nothing is installed, no service starts.
unpack() {
  local program=$1
  shift
  command -v "$program" >/dev/null && return
  (cd "$dir" && apt-get download -q "$@" >/dev/null && for package in ./*.deb; do dpkg -x "$package" unpacked; done && rm ./*.deb)
  export LD_LIBRARY_PATH=${libraries:+$libraries:}$(echo "$dir"/unpacked/usr/lib/*-linux-gnu)
}
libraries=${LD_LIBRARY_PATH:-}
export PATH=$PATH:/usr/sbin:$dir/unpacked/usr/bin:$dir/unpacked/usr/sbin

needs_broker() {
  command -v mosquitto >/dev/null && return
  echo "A broker is needed: sudo apt-get install mosquitto" >&2
  exit 1
}

# act PYTHON SCRIPT: what the script is about. Not in the foreground: a signal to this script alone also ends it.
act() {
  MEP=$mep RIG=$dir "$@" &
  gateway=$!
  wait "$gateway" || exit 1
}

# python_with MODULE REQUIREMENT: makes an environment, once, in which there is a module; $python is its Python.
python_with() {
  local venv=.build/acceptance/$1
  python=$venv/bin/python
  "$python" -c "import $1" 2>/dev/null && return
  rm -rf "$venv"
  if ! python3 -m venv "$venv"; then
    echo "No Python environment can be made: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  "$venv/bin/pip" --quiet --disable-pip-version-check install "$2"
}
