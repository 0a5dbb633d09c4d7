// SPDX-License-Identifier: Apache-2.0
// Settings of this browser: language, look, meter. No data.

export function kept(name) {
  try {
    return localStorage.getItem(`mep.${name}`);
  } catch {
    return null; // A browser may forbid it.
  }
}

export function keep(name, value) {
  try {
    if (value == null) localStorage.removeItem(`mep.${name}`);
    else localStorage.setItem(`mep.${name}`, value);
  } catch {
    // Then it is chosen anew each time.
  }
}
