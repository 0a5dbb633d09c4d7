// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// Clock, calendar, and the relays that it switches.
  static let time = Section(tables: [])
}
