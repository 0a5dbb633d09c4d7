// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers as they were at programmed times, a ring.
  public static let bt26 = Table(
    .basic(26), "Self-Read Data", page: 218, memory: [.read, .write],
    Ring.header() + [
      .array(
        "Self-read Entries", Register.number("Number of Self-reads"),
        of: Register.billingInterface + Register.snapshot("Time and Date"))
    ])
}
