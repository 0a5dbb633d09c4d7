#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway beside a real Home Assistant, which runs in a chroot of its own, and a real broker. Home Assistant is asked what
# it makes of the meter, while the meter, the gateway, the broker and itself are each away for a while. MEP is the path of the
# tool. Takes some 6 minutes, and 2 more the first time, when 1.2 GB go to .build/acceptance/home-assistant. Needs root and
# Python 3.10 with venv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "$(id -u)" != 0 ]; then
  echo "skipped: needs root (Home Assistant runs in a chroot)"
  exit 0
fi
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

needs_broker
root=.build/acceptance/home-assistant
# Home Assistant, and what it would install by itself for the integrations that are used, at the versions that it asks for.
requirements=(homeassistant==2026.11.0 home-assistant-frontend==20261028.4 paho-mqtt==2.1.0 aiohasupervisor==0.8.1
  dsmr-parser==1.11.1 aiousbwatcher==1.1.2 serialx==1.15.1)

# What is mounted is so for the command alone: nothing of this computer can go when the folder does.
inside=$dir/inside
cat >"$inside" <<'SH'
#!/usr/bin/env bash
# inside ROOT FOLDER SETTING… COMMAND…: in the chroot, where the folder is /cfg, as this very process.
set -euo pipefail
if [ "$1" != apart ]; then exec unshare --mount "$0" apart "$@"; fi
mount -t proc proc "$2/proc"
mount --bind /dev "$2/dev"
mount --bind "$3" "$2/cfg"
exec chroot "$2" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:4}"
SH
chmod +x "$inside"
mkdir "$dir/cfg"

install() {
  echo "-- Home Assistant is installed into $root"
  local mirror scripts=/usr/share/debootstrap
  # shellcheck disable=SC2016 # apt-get's own
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
  rm -rf "$root"
  mkdir -p "$root"
  unpack debootstrap debootstrap
  [ -d $scripts ] || scripts=$dir/unpacked$scripts
  # An older debootstrap does not know this Debian, and has it made as any new one.
  if ! DEBOOTSTRAP_DIR=$scripts debootstrap --variant=minbase --include=ca-certificates,python3.14,python3.14-venv \
    forky "$root" "$mirror" "$scripts/scripts/sid" >"$dir/debootstrap.log" 2>&1; then
    tail -n 20 "$dir/debootstrap.log" >&2
    echo "debootstrap has failed" >&2
    exit 1
  fi
  mkdir "$root/cfg"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  # shellcheck disable=SC2016 # for the shell in there
  "$inside" "$root" "$dir/cfg" SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt bash -euc '
    python3.14 -m venv /opt/ha
    /opt/ha/bin/pip install -q --disable-pip-version-check uv
    /opt/ha/bin/uv pip install -q --no-cache --system-certs --python /opt/ha/bin/python "$@"' - "${requirements[@]}"
  # Last of all, so that what was interrupted is begun anew.
  printf '%s\n' "${requirements[@]}" >"$root/installed"
}
# Another run may be installing.
mkdir -p .build/acceptance
exec 9>"$root.lock"
flock 9
cmp -s <(printf '%s\n' "${requirements[@]}") "$root/installed" || install
exec 9>&-

python_with websocket websocket-client==1.9.2
export ROOT=$root
act "$python" Scripts/acceptance/home-assistant.py
