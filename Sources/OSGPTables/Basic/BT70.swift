// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The most that this meter's event logs can be dimensioned to; BT71 has what they are.
  public static let bt70 = Table(
    .basic(70), "Dimension Log", page: 52, guide: .optical,
    logFlags + [
      .uint8("Number of Standard Events", .fixed),
      .uint8("Number of Manufacturer Events", .program),
      .uint8("History Data Length", .fixed, factory: 2),
      .uint8("Event Data Length", .fixed, factory: 2),
      .uint16("Number of History Entries", .program),
      .uint16("Number of Event Entries", .program),
    ])

  /// What BT70 and BT71 begin with.
  static let logFlags: [Element] = [
    .bits(
      "Log Flags", octets: 1,
      [
        .flag(0, "Event Number", .fixed),
        .flag(1, "History Date/time", .fixed, factory: true),
        .flag(2, "History Sequence Number", .fixed, factory: true),
        .flag(3, "History Inhibit Overflow", .fixed),
        .flag(4, "Event Inhibit Overflow", .fixed),
        .fill(5...7),
      ])
  ]
}
