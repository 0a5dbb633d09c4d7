#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package in an empty Debian of this computer's release: installed, asked for values, upgraded, purged, and nothing is
# left. DEB is the path of the package; without it one is made, which builds the program as a release. Needs root, and the network;
# with systemd-nspawn, systemd itself runs it once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "$(id -u)" != 0 ]; then
  echo "skipped: needs root (the package is installed in a chroot)"
  exit 0
fi
# A debug program does not run where Swift is not.
DEB=$(realpath "${DEB:-$(env -u MEP Scripts/deb.sh)}")
export DEB
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

# What is mounted is so for the command alone: nothing of this computer can go when the folder does.
cat >"$dir/inside" <<'SH'
#!/usr/bin/env bash
# inside ROOT SETTING… COMMAND…: in the chroot, as this very process.
set -euo pipefail
if [ "$1" != apart ]; then exec unshare --mount "$0" apart "$@"; fi
mount -t proc proc "$2/proc"
exec chroot "$2" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:3}"
SH
chmod +x "$dir/inside"

# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # apt-get's own
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
scripts=/usr/share/debootstrap
unpack debootstrap debootstrap
[ -d $scripts ] || scripts=$dir/unpacked$scripts
echo "-- an empty $release"
if ! DEBOOTSTRAP_DIR=$scripts debootstrap --variant=minbase "$release" "$dir/root" "$mirror" >"$dir/debootstrap.log" 2>&1; then
  fail "debootstrap"
fi
cp /etc/resolv.conf /etc/hosts "$dir/root/etc/"

act python3 Scripts/acceptance/package.py "$port"
