#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The dashboard in Debian's Chromium, beside what the gateway says over HTTP: every page, at two sizes, in two looks and three
# languages, to axe and by keyboard; a meter and a gateway that go and come back; what it weighs, and what ten of them cost.
# MEP is the path of the tool. Takes 4 minutes; with SHOTS=Documentation/Dashboard, for the pictures of
# Documentation/Dashboard.md, some 12. Needs Chromium, Python 3.10 with venv, and the network the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

if ! command -v chromium >/dev/null; then
  echo "A browser is needed: sudo apt-get install chromium" >&2
  exit 1
fi
# It brings playwright, whose own browsers are not needed.
python_with axe_playwright_python 'axe-playwright-python>=0.1.8,<0.2'
if [ -n "${SHOTS:-}" ] && ! "$python" -c 'import PIL' 2>/dev/null; then
  "$python" -m pip --quiet --disable-pip-version-check install 'pillow>=11,<13'
fi

act "$python" Scripts/acceptance/dashboard.py
