// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// The devices behind the meter.
  static let mbus = Section(tables: [])
}
