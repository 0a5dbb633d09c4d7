// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The most that the load profile can be configured to: each number by itself, not all at once.
  public static let bt60 = Table(
    .basic(60), "Dimension Load Profile", page: 237,
    loadProfileDimensions(
      inhibit: "not capable of being inhibited by an overflow",
      sets: [
        .uint16("Number of Blocks", .program),
        .uint16("Number of Intervals", .fixed, factory: 1440),
        .uint8("Number of Channels", .program, factory: 16, limit: 16),
        .uint8("Maximum Interval Time", .fixed, factory: 255, .minute, meanings: [.wholeDay]),
      ]))

  /// What BT60 and BT61 have alike: there are as many data sets as the table is long.
  static func loadProfileDimensions(inhibit: StaticString, sets: [Element]) -> [Element] {
    let inhibit = [Meaning(0, inhibit)]
    return [
      .uint32("Memory Length", .meter),
      .bits(
        "Load Profile Flags", octets: 2,
        [
          .flag(0, "Set 1 Inhibit Overflow", .fixed, meanings: inhibit),
          .flag(1, "Set 2 Inhibit Overflow", .program, meanings: inhibit),
          .flag(2, "Set 3 Inhibit Overflow", .fixed, meanings: inhibit),
          .flag(3, "Set 4 Inhibit Overflow", .fixed, meanings: inhibit),
          .flag(4, "End Reading Supported", .program),
          .flag(5, "End Pulse Supported", .fixed),
          .flag(6, "Set 1 Scalar Divisor Enable", .program),
          .flag(7, "Set 2 Scalar Divisor Enable", .program),
          .flag(8, "Set 3 Scalar Divisor Enable", .fixed),
          .flag(9, "Set 4 Scalar Divisor Enable", .fixed),
          .flag(10, "Extended Interval Status", .fixed, factory: true),
          .flag(11, "Simple Interval Status", .fixed, factory: true),
          .fill(12...15),
        ]),
      .bits(
        "Load Profile Formats", octets: 1,
        [
          .flag(0, "UINT8 Supported", .fixed), .flag(1, "UINT16 Supported", .fixed),
          .flag(2, "UINT32 Supported", .fixed), .flag(3, "INT8 Supported", .fixed),
          .flag(4, "INT16 Supported", .program), .flag(5, "INT32 Supported", .fixed, factory: true),
          .flag(6, "NI FMAT1 Supported", .fixed), .flag(7, "NI FMAT2 Supported", .fixed),
        ]),
      .array("Data Set Configuration", .dividedDown(.rest, 6), of: sets),
    ]
  }
}

extension Meaning {
  /// The code among interval times in minutes that is no number of minutes, unless the load profile is ANSI compliant.
  static let wholeDay = Meaning(84, "24 hours")
}
