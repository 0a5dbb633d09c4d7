// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Which sources the load profile records, and in what order.
  public static let bt62 = Table(
    .basic(62), "Load Profile Control", page: 241, memory: .write,
    [
      .array(
        "Data Set Control", DataSets.count,
        of: [
          .array(
            "Channel Settings", DataSets.channels,
            of: [
              .bits("Channel Flags", octets: 1, [.flag(0, "End Reading", .fixed), .fill(1...7)]),
              .uint8("Interval Source", .host),
              .uint8("End Reading Source", .program),
            ]),
          .uint8("Format", .program, factory: 32, meanings: [Meaning(32, "INT32")]),
        ] + (1...4).map(scaling))
    ])

  private static func scaling(of set: Int) -> Element {
    let enable: [StaticString] = [
      "Set 1 Scalar Divisor Enable", "Set 2 Scalar Divisor Enable", "Set 3 Scalar Divisor Enable",
      "Set 4 Scalar Divisor Enable",
    ]
    return .when(
      .index(set - 1...set - 1),
      [
        .when(
          .isSet(Reference(.bt61, enable[set - 1])),
          [
            .array("Scalars", DataSets.channels, of: [.uint16("", .host)]),
            .array("Divisors", DataSets.channels, of: [.uint16("", .host)]),
          ])
      ])
  }
}
