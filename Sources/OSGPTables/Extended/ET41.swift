// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers as they were at demand resets, a ring. BT25 has a copy of the newest entry.
  public static let et41 = Table(
    .extended(41), "Historical Demand Reset Log", page: 116, memory: .read,
    Ring.header() + [
      .array(
        "Demand Reset Entries", AdjustableLog.et41.entries, stride: AdjustableLog.et41.entrySize,
        of: [
          .uint16("Length", .meter),
          .uint8(
            "Reset reason", .meter,
            meanings: [
              Meaning(0, "scheduled"), Meaning(1, "procedure EP33 or EP34"), Meaning(2, "push button"),
              Meaning(3, "activation of a pending table"),
            ]),
          .uint16("BIDN", .meter),
        ] + Register.snapshot("Time and date"))
    ])
}
