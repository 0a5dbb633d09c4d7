// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Disconnection by average power: over blocks, or over a rolling interval of several sub-intervals.
  public static let et80 = Table(
    .extended(80), "Average Power Settings", page: 189, write: .advanced, memory: .write,
    [
      .uint8("Average Power Enabled", .host, meanings: [Meaning(0, "disabled"), Meaning(1, "enabled")]),
      // Up to 60 s a divisor of 60, from there full minutes that divide an hour, then full hours that divide a day.
      .uint16("Average Power Control Sub-interval", .host, factory: 1, .seconds),
      .uint8("Average Power Control Interval Multiplier", .host, factory: 15),
      .uint32("Average power Disconnect Threshold", .host, .watts),
    ])
}
