// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The dimensions of the event logs: of BT74, and of the entries of ET79.
  public static let bt71 = Table(
    .basic(71), "Actual Log", page: 52, guide: .optical, memory: .write,
    logFlags + [
      .uint8("Number of Standard Event Bytes", .fixed, factory: 8),
      .uint8("Number of Manufacturer Event Bytes", .fixed, factory: 19),
      .uint8("History Data Length", .fixed, factory: 2, limit: 4),
      .uint8("Event Data Length", .fixed, factory: 2),
      // Meters have 100 or 200 of them by default.
      .uint16("Number of History Entries", .meter, factory: 100, limit: 4000),
      .uint16("Number of Event Entries", .fixed),
    ])
}
