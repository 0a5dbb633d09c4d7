// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// How a port works: requests, answers, transactions, alerts, what the interface is made of.
  static let ports = Section(tables: [])
}
