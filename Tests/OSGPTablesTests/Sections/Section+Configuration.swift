// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// How a meter is configured.
  static let configuration = Section(tables: [])
}
