// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// What is kept of the energy registers: self-reads, seasons, demand resets; and the display of them.
  static let registers = Section(tables: [])
}
