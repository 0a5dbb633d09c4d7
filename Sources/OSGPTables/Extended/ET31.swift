// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers as they were when a one-time read was asked for, a ring.
  ///
  /// By default ET36 makes entries 6 octets longer than what the guide describes of them.
  public static let et31 = Table(
    .extended(31), "Meter One-time-read Log", page: 110, memory: .read,
    Ring.header() + [
      .array(
        "One-time Read Entries", AdjustableLog.et31.entries, stride: AdjustableLog.et31.entrySize,
        of: [.when(AdjustableLog.et31.lengthIncluded, [.uint16("Length", .meter)])] + Register.billingInterface
          + Register.snapshot("Time and date"))
    ])
}
