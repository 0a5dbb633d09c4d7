// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How far the load profile has got: which block is the newest, and how many there are.
  public static let bt63 = Table(
    .basic(63), "Load Profile Status", page: 242,
    [
      .array(
        "Data Set Status", DataSets.count,
        of: [
          .bits(
            "Data Set Flags", octets: 1,
            [
              .uint(0...0, "Block Order", .fixed, meanings: [Meaning(0, "ascending"), Meaning(1, "descending")]),
              .flag(1, "Overflow", .meter),
              .uint(2...2, "List Type", .fixed, factory: 1, meanings: [Meaning(0, "FIFO"), Meaning(1, "circular")]),
              .flag(3, "Block Inhibit Overflow", .fixed),
              .uint(4...4, "Interval Order", .fixed, meanings: [Meaning(0, "ascending"), Meaning(1, "descending")]),
              .flag(5, "Active Mode", .meter, meanings: [Meaning(0, "not collecting data"), Meaning(1, "collecting")]),
              .flag(6, "Test Mode", .program),
              .fill(7...7),
            ]),
          .uint16("Number of Valid Blocks", .meter),
          .uint16("Last Block", .meter),
          .uint32("Last Block Sequence Number", .meter),
          .uint16("Number of Unread Blocks", .host),
          .uint16("Number of Valid Intervals", .meter),
        ])
    ])
}
