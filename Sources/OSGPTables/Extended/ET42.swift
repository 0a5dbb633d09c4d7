// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the meter's interface is made of: whatever shapes what can be read, and can be changed, is repeated here.
  public static let et42 = Table(
    .extended(42), "Interface Definition", page: 117, memory: [.read, .write],
    [
      .uint16("Table Length"),
      .uint8("Fixed Section Length", factory: 41),
      .uint8("Log List Size", factory: 7, limit: 64),
      .section("Fixed Section", octets: .minus(.field(Reference(nil, "Fixed Section Length", absent: 41)), 4), fixed),
    ] + logs + [
      .array("Demand Sources", own("Number of Demands"), of: [.uint8("")]),
      .array("Coincident Sources", own("Number of Coincident Values"), of: [.uint8("")]),
      .array("Load Profile Extended Sources", own("Load Profile Number of Channels"), of: [.uint16("")]),
      .uint8("MDTT Current Entries", limit: 64),
      .array("MDTT Entries", own("MDTT Current Entries"), of: mdtEntry),
      .when(
        .isSet(Reference(.et54, "Multiple Load Profile Data Set Support", absent: 0)),
        [
          .bits(
            "Load Profile Bit Mask", octets: 1,
            [
              .flag(0, "Data Set 2 Active"), .flag(1, "Data Set 3 Active"), .flag(2, "Data Set 4 Active"),
              .fill(3...7, "Reserved"),
            ]),
          .array(
            "Data Set Configuration",
            .plus(.plus(own("Data Set 2 Active"), own("Data Set 3 Active")), own("Data Set 4 Active")),
            of: dataSet),
        ]),
      .when(
        .firmware(3, 60, module: FirmwareVersion(1, 20)),
        [
          .when(
            .firmware(3, 70, module: FirmwareVersion(1, 20)), [.uint8("Length", factory: 8)],
            otherwise: [.uint8("Length", factory: 3)]),
          .section("Required Section", octets: .minus(own("Length"), 1), required),
        ]),
    ])

  private static let fixed: [Element] = [
    .bits(
      "Interface Compatibility Setting", octets: 2,
      [
        .flag(0, "ICS - ICA NAK", .host), .flag(1, "ICS - Blg/LP Format 2", .host), .fill(2...15, "Unused"),
      ]),
    .uint16("C12.19 Compliance", .host),
    .uint16("Billing Interface Definition Number"),
    .bits(
      "Flags", octets: 1,
      [
        .flag(0, "Demand Reset Counter"), .flag(1, "Cumulative Demand"), .flag(2, "Continuous Cumulative Demand"),
        .flag(3, "Demand Configured"), .flag(4, "Unread Log Entries Bitmap Enabled"), .fill(5...7),
      ]),
    .uint8("Number of Self-reads"),
    .uint8("Number of Summations"),
    .uint8("Number of Demands", limit: 8),
    .uint8("Number of Coincident Values", limit: 16),
    .uint8("Number of Occurrences"),
    .uint8("Number of Tiers", factory: 4),
    .uint8("Number of Present Demands"),
    .uint8("Number of Present Values"),
    .uint8("Demand Sub-interval", .unstated, .minute),
    // A factor by its name and by ANSI C12.19, though the guide has minutes.
    .uint8("Demand Multiplier"),
    .uint16("Tier Size"),
    // Of data set 1; the others are described behind the lists.
    .uint32("Load Profile Block Size"),
    .uint16("Load Profile Number of Blocks"),
    .uint8("Load Profile Number of Channels", limit: 16),
    .uint8("Load Profile Interval Duration", .unstated, .minute, meanings: [.wholeDay]),
    .uint8("Load Profile Interval Size"),
    .uint8("Load Profile Options"),
    .uint16("Load Profile Intervals Per Block"),
    .uint8("Load Profile Block Start Hour"),
    .uint8("Load Profile Block Start Minute"),
    .bits(
      "History Log Flags", octets: 1,
      [
        .flag(0, "Event Number"), .flag(1, "Date Time"), .flag(2, "Sequence Nbr"), .flag(3, "Inhibit Overflow"),
        .flag(4, "Event Log Inhibit Overflow"), .fill(5...7),
      ]),
    .uint16("History Log Count"),
    .uint8("History Log Entry Size"),
  ]

  private static let dataSet: [Element] = [
    .uint32("Block Size"),
    .uint16("Number of Blocks"),
    .uint8("Number of Channels", limit: 16),
    .uint8("Interval Duration", .unstated, .minute, meanings: [.wholeDay]),
    .uint8("Interval Size"),
    .uint8("Options"),
    .uint16("Intervals Per Block"),
    .uint8("Block Start Hour"),
    .uint8("Block Start Minute"),
    .array("Extended Sources", own("Number of Channels"), of: [.uint16("")]),
  ]

  /// The logs that ET36 dimensions, those that came later behind those that were there.
  private static let logs: [Element] =
    log(1, "OTR Log Count", "OTR Entry Size") + log(2, "M-Bus OTR Log Count", "M-Bus OTR Entry Size")
    + log(3, "Config ID Log Count", "Config ID Entry Size")
    + log(4, "Demand Reset Log Count", "Demand Reset Entry Size")
    + log(5, "M-Bus Recurring Log Count", "M-Bus Recurring Entry Size")
    + log(6, "LP Change Log Count", "LP Change Log Entry Size")
    + log(7, "Power Outage Log Count", "Power Outage Log Entry Size") + [
      .array("Further Logs", .minus(own("Log List Size"), 7), of: [.uint8("Log Count"), .uint16("Log Entry Size")])
    ]

  private static func log(_ number: Int, _ count: StaticString, _ size: StaticString) -> [Element] {
    [.when(.atLeast(Reference(nil, "Log List Size", absent: 0), number), [.uint8(count), .uint16(size)])]
  }

  private static let required: [Element] = [
    .uint16("ET74 Entry Count"),
    .uint8("ET77 Entry Count"),
    .uint16("ET79 Entry Count"),
    .uint8(
      "Energy Register Unit", factory: 1,
      meanings: [Meaning(1, "Wh and varh"), Meaning(10, "10 Wh and 10 varh"), Meaning(100, "100 Wh and 100 varh")]),
    .uint8("Accumulator Rollover Digit"),
  ]
}
