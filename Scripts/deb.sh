#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a Debian package for this computer's architecture, and prints its path. MEP is the path of a program that is built
# already, as a release is: with Swift's own libraries inside. Without it, that is built. OUT is the folder it goes to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=${OUT:-.build/deb}
for tool in dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev strip:binutils python3:python3; do
  command -v "${tool%:*}" >/dev/null && continue
  echo "${tool%:*} is missing: sudo apt-get install ${tool#*:}" >&2
  exit 1
done
mep=${MEP:-}
if [ -z "$mep" ]; then
  release=(-c release --product mep --static-swift-stdlib)
  swift build "${release[@]}" >&2
  mep=$(swift build "${release[@]}" --show-bin-path)/mep
fi
version=$("$mep" --version)
architecture=$(dpkg --print-architecture)

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
root=$dir/mep
put() { install -D -m "${3:-644}" "$1" "$root/$2"; }
zip() { gzip -9n >"$root/$1"; }
from=Packaging/deb

put "$mep" usr/bin/mep 755
strip --strip-unneeded --remove-section=.comment "$root/usr/bin/mep"
put $from/mep.service lib/systemd/system/mep.service
put $from/mep.sysusers usr/lib/sysusers.d/mep.conf
# Behind 60-serial.rules, which knows an adapter's names, and before ModemManager's.
put $from/mep.rules lib/udev/rules.d/70-mep.rules

# The example, of which nothing holds until its # is taken away, but where the service keeps what it measures.
mkdir -p "$root/etc/mep"
{
  printf '%s\n' '# The page of the first run writes your meter at the end of this file: sudo journalctl -u mep tells its address. Or take the' \
    '# # away from meters: and the lines below it that you need; they stay as far in as they are. Then: sudo -u mep mep config check,' \
    '# and sudo systemctl reload mep' '#'
  "$mep" config example | sed -E -e 's/^( *[^ #])/#\1/' -e 's/^( +#)/#\1/' -e 's/^#store:/store:/' -e 's/^# ( path: .*mep\.db)/ \1/'
} >"$root/etc/mep/mep.yaml"
if grep -q '^meters:' "$root/etc/mep/mep.yaml" || ! grep -qx '  path: /var/lib/mep/mep.db' "$root/etc/mep/mep.yaml"; then
  echo "What 'mep config example' prints is not laid out as this script expects." >&2
  exit 1
fi

mkdir -p "$root/usr/share/man/man1"
"$mep" --experimental-dump-help | python3 $from/man.py "$version" "$root/usr/share/man/man1"
gzip -9n "$root"/usr/share/man/man1/*
for shell in bash:bash-completion/completions/mep zsh:zsh/vendor-completions/_mep fish:fish/vendor_completions.d/mep.fish; do
  "$mep" --generate-completion-script "${shell%%:*}" | sed '1{/^#!/d}' >"$dir/completion"
  put "$dir/completion" "usr/share/${shell#*:}"
done

put $from/copyright usr/share/doc/mep/copyright
for page in Documentation/*.md; do put "$page" "usr/share/doc/mep/${page##*/}"; done
for drawing in Documentation/*.svg; do put "$drawing" "usr/share/doc/mep/${drawing##*/}"; done
for tariff in Documentation/Tariffs/*; do put "$tariff" "usr/share/doc/mep/Tariffs/${tariff##*/}"; done
put Documentation/Grafana/mep.json usr/share/doc/mep/Grafana/mep.json
put SECURITY.md usr/share/doc/mep/SECURITY.md
zip usr/share/doc/mep/NEWS.gz <CHANGELOG.md
maintainer="${DEBFULLNAME:-$(git config user.name || echo mep)} <${DEBEMAIL:-$(git config user.email || echo mep@localhost)}>"
stamp=$(date -R -u -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}")
printf 'mep (%s) unstable; urgency=medium\n\n  * See NEWS.gz.\n\n -- %s  %s\n' "$version" "$maintainer" "$stamp" |
  zip usr/share/doc/mep/changelog.gz
put $from/lintian-overrides usr/share/lintian/overrides/mep

# dpkg-shlibdeps wants to be told of a source package.
mkdir -p "$dir/debian" "$root/DEBIAN"
printf 'Source: mep\n\nPackage: mep\nArchitecture: any\n' >"$dir/debian/control"
depends=$(cd "$dir" && dpkg-shlibdeps -O "-S$root" "$root/usr/bin/mep" | sed -n 's/^shlibs:Depends=//p')
size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" -e "s/@DEPENDS@/$depends/" \
  -e "s/@MAINTAINER@/$maintainer/" $from/control >"$root/DEBIAN/control"
echo /etc/mep/mep.yaml >"$root/DEBIAN/conffiles"
install -m 755 $from/postinst $from/prerm $from/postrm "$root/DEBIAN/"
(cd "$root" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

mkdir -p "$out"
package=$out/mep_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >&2
echo "$package"
