// SPDX-License-Identifier: Apache-2.0

/// What this program must remember of meters.
enum State {
  /// $STATE_DIRECTORY, $XDG_STATE_HOME/mep, or ~/.local/state/mep.
  static var folder: String {
    environment("STATE_DIRECTORY") ?? environment("XDG_STATE_HOME").map { $0 + "/mep" }
      ?? (environment("HOME") ?? ".") + "/.local/state/mep"
  }
}
