// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How the meter's display shows the load profile, and the list of power outages.
  public static let et62 = Table(
    .extended(62), "Load Profile Display Configuration", page: 173, write: .advanced,
    [
      .bits(
        "Flags", octets: 1,
        [
          .flag(0, "Display Local Time", .host, meanings: [Meaning(0, "UTC"), Meaning(1, "local time")]),
          .flag(1, "Use All Channel ID Characters", .host),
          .flag(2, "Disable Load Profile Display", .host),
          .fill(3...7),
        ])
    ] + code("Load Profile List ID Code", point: "Load Profile List ID Decimal Point State", factory: 4)
      + code("Load Profile Date ID Code", point: "Load Profile Date ID DP State")
      + code("Interval Time ID Code", point: "Interval Time ID DP State")
      + code("Extended Status ID Code", point: "Extended Status ID DP State")
      + [
        .array(
          "Code Word", DataSets.mostChannels,
          of: code("Channel ID Code", point: "Channel ID DP State") + [channelDataFormat]),
        .when(
          .firmware(3, 70, module: FirmwareVersion(1, 20)),
          code("Power Outage List ID Code", point: "Power Outage List ID DP State")
            + code("Power Outage Number ID Code", point: "Power Outage Number ID DP State")),
      ])

  /// What the display calls something: its characters from the left, and the points behind them, bit 0 the rightmost.
  /// The display of meters from 4.0 on has room for one character more.
  static func code(_ name: StaticString, point: StaticString, factory: Int64 = 0) -> [Element] {
    [
      .when(.firmware(4, 0), [.text(name, octets: 5, .host)], otherwise: [.text(name, octets: 4, .host)]),
      .uint8(point, .host, factory: factory),
    ]
  }

  /// How many digits of a load profile channel the display shows.
  static let channelDataFormat = Element.bits(
    "Data Format:", octets: 1,
    [
      .uint(0...2, "Fields After DP", .host),
      .uint(3...6, "Fields Before DP", .host),
      .flag(7, "Zero Suppression", .host, meanings: [Meaning(0, "leading zeros shown"), Meaning(1, "hidden")]),
    ])
}
