// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The time zone, and by how much and at what time of day clocks change; BT54 tells the days.
  public static let bt53 = Table(
    .basic(53), "Time Offset", page: 231, write: .advanced,
    [
      .time("Daylight Saving Time Effective", .host),
      .uint8("Daylight Saving Time Adjustment", .host, .minute),
      .int16("Time Zone Offset", .host, .minute),
    ])
}
