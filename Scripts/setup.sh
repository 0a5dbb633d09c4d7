#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks that Swift is there and works; on Debian and Ubuntu installs the packages that it misses.
# It tests what is needed, not which package brought it, so a machine that works is left alone.
set -euo pipefail

swift_version=6.3.1 # what this project is tested with
minimum=6.3

if ! command -v swift >/dev/null; then
  cat >&2 <<TEXT
Swift $minimum or later is needed and no 'swift' is in PATH. To get it (about 1 GB):

  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz
  tar zxf swiftly-$(uname -m).tar.gz
  ./swiftly init --skip-install
  . "\${SWIFTLY_HOME_DIR:-\$HOME/.local/share/swiftly}/env.sh"
  swiftly install --use $swift_version

or unpack a toolchain from https://www.swift.org/install/linux/ and put its usr/bin into PATH. Then run make again.
TEXT
  exit 1
fi

links() {
  printf '#include <string>\nint main() { return std::string("x").size() - 1; }\n' |
    "$1" -x c++ - -o /dev/null >/dev/null 2>&1
}

missing() {
  command -v git >/dev/null || echo git
  command -v curl >/dev/null || [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates # to fetch packages
  command -v size >/dev/null || echo binutils
  [ -e /usr/share/zoneinfo/UTC ] || echo tzdata # for dates
  # The toolchain's programs start only if their libraries are there.
  { swift --version && swift build --version && swift format --version; } >/dev/null 2>&1 ||
    echo libcurl4 libedit2 libncurses6 libsqlite3-0 libxml2 zlib1g
  # TLS to the meter is mbedTLS's.
  printf '#include <mbedtls/ssl.h>\n' | clang -E - >/dev/null 2>&1 || echo libmbedtls-dev
  # What the gateway keeps is SQLite's.
  printf '#include <sqlite3.h>\n' | clang -E - >/dev/null 2>&1 || echo libsqlite3-dev
  # MQTT is libmosquitto's; the tests talk to a broker that is real.
  printf '#include <mosquitto.h>\n' | clang -E - >/dev/null 2>&1 || echo libmosquitto-dev
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || echo mosquitto
  # Time-series engines are told by libcurl, packed by zlib.
  printf '#include <curl/curl.h>\n' | clang -E - >/dev/null 2>&1 || echo libcurl4-openssl-dev
  printf '#include <zlib.h>\n' | clang -E - >/dev/null 2>&1 || echo zlib1g-dev
  # Linking asks for the C library and (for the fuzzer) the C++ library in their development form.
  links clang++ || links c++ || echo g++ libc6-dev # a toolchain manager may put only 'swift' into PATH
}

read -ra packages <<<"$(missing | tr '\n' ' ')"
if [ ${#packages[@]} -gt 0 ]; then
  install=(apt-get install -y --no-install-recommends "${packages[@]}")
  if ! command -v apt-get >/dev/null; then
    echo "These are missing (names of Debian packages): ${packages[*]}" >&2
    exit 1
  fi
  if [ "$(id -u)" = 0 ]; then
    root=(env)
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root=(sudo env)
  else
    echo "Packages are missing. Install them, then run make again:" >&2
    echo "  sudo apt-get update && sudo ${install[*]}" >&2
    exit 1
  fi
  echo "Installing ${packages[*]}"
  root+=(DEBIAN_FRONTEND=noninteractive)
  wait=(-o DPkg::Lock::Timeout=300) # another apt may be at work, as on a machine that has just started
  "${root[@]}" apt-get update -q </dev/null
  "${root[@]}" "${install[@]}" "${wait[@]}" </dev/null
  read -ra packages <<<"$(missing | tr '\n' ' ')"
  if [ ${#packages[@]} -gt 0 ]; then
    echo "Still not working after an installation: ${packages[*]}" >&2
    swift build --version >&2 || true # says why
    exit 1
  fi
fi

version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n%s\n' "$minimum" "$version" | sort -V | head -n 1)" != "$minimum" ]; then
  echo "Swift $minimum or later is needed, this is ${version:-unknown} ($(command -v swift))." >&2
  echo "With swiftly: swiftly install --use $swift_version. Else see https://www.swift.org/install/linux/" >&2
  exit 1
fi
