#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a newcomer does: clone, make test, make demo. Of what is committed, in a folder that has built nothing yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -n "$(git status --porcelain)" ]; then
  echo "Note: there are changes that are not committed, the clone does not have them."
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# Not the options of the make that called this.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES ONCE TIME TARGET

echo "== Newcomer: clone into $dir"
git clone --quiet . "$dir/mep"
cd "$dir/mep"
make test </dev/null
make demo ONCE=1 </dev/null
if [ -n "$(git status --porcelain)" ]; then
  echo "make test or make demo leave files behind that git does not ignore:" >&2
  git status --short >&2
  exit 1
fi
echo "== Newcomer: passed"
