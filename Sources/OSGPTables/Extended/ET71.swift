// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Sources whose change raises an alert. The meter forgets it with every power cycle.
  public static let et71 = Table(
    // Appendix C has it read-only.
    .extended(71), "Delta Data Alerts", page: 180, write: .any, since: Since(3, 40, module: FirmwareVersion(1, 0)),
    [
      .array(
        "Delta Data", .field(Reference(.et11, "MEP Data Alert Sources", absent: 0)),
        of: [
          .uint16("Delta Data Monitor Source", .host, factory: 255, meanings: [Meaning(255, "not in use")]),
          // This and the values are in what the source counts in.
          .uint16("Configured Delta", .host, meanings: [Meaning(0, "disabled")]),
          .int32("Comparison Value", .host),
          .int32("Sampled Data Value", .meter),
          // The text speaks of an "Alert State" bit as well; the table has none.
          .bits("Status", octets: 1, [.flag(0, "Source ID Invalid", .meter), .fill(1...7, "Spares")]),
        ])
    ])
}
