// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers as they were when the season last changed. Firmware 3.7x, from 4.10 on and 1.2x of modules
  /// does not let it be written.
  public static let bt24 = Table(
    .basic(24), "Previous Season Data", page: 217, write: .advanced, memory: .read, Register.snapshot("Time and Date"))
}
