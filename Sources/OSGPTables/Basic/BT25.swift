// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers as they were at the last demand reset: a copy of the newest entry of ET41.
  public static let bt25 = Table(
    .basic(25), "Previous Demand Reset Data", page: 218, memory: .read, Register.snapshot("Date/Time"))
}
