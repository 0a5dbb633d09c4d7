// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// What happened: events, outages, power quality.
  static let logs = Section(tables: [])
}
