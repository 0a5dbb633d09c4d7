// SPDX-License-Identifier: Apache-2.0

extension Section {
  /// The load profile.
  static let loadProfile = Section(tables: [])
}
