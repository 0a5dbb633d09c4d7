// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Free text on the display, how MEP clients are told apart, load relays, and which ports demand TLS.
  public static let et97 = Table(
    .extended(97), "Meter Configuration LN", page: 198, write: .advanced,
    since: Since(3, 82, module: FirmwareVersion(1, 31)),
    [
      .array(
        "FTz Message Contents Array", .field(Reference(.et90, "Number of FTz Messages")), of: [.text("", octets: 8)]),
      .uint8("MEP 1 ID Comparison Mode", .host, meanings: comparison),
      .octets("MEP 1 ID Mask", .exactly(30), .host),
      .when(
        .firmware(4, 0),
        [
          .uint8("MEP 2 ID Comparison Mode", .host, meanings: comparison),
          .octets("MEP 2 ID Mask", .exactly(30), .host),
          .bits(
            "LN Flags", octets: 1,
            [
              .flag(0, "Power Boost Relay LN"),
              .flag(1, "Mbus AD use 300 Baud", .host),
              .fill(2...7, "Reserved"),
            ]),
          .array("Relays", .exactly(2), of: relay),
          // Printed as two octets; the offsets of what follows leave it one.
          .uint8("Security Log Interval (Minutes)", .host, .minute),
          .bits(
            "TLS on Optical Port", octets: 1,
            [.flag(0, "Require TLS on Optical port", .host), .fill(1...7, "Reserved")]),
          .bits(
            "TLS on MEP1 Port", octets: 1, [.flag(0, "Require TLS on MEP1 port", .host), .fill(1...7, "Reserved")]),
          .bits(
            "TLS on MEP2 Port", octets: 1, [.flag(0, "Require TLS on MEP2 port", .host), .fill(1...7, "Reserved")]),
        ]),
    ])

  private static let comparison = [
    Meaning(0, "standard"), Meaning(1, "under the mask"), Meaning(2, "none, always a new device"),
    Meaning(3, "none, always the same device"),
  ]

  private static let relay: [Element] = [
    .array("Group ID", .exactly(5), of: [.uint16("")]),
    .bits(
      "Relay Mode", octets: 1,
      [
        .uint(0...2, "Mode", .host, meanings: [Meaning(0, "standard"), Meaning(1, "load management")]),
        .flag(
          3, "Require Explicit HB", .host,
          meanings: [Meaning(0, "any message keeps alive"), Meaning(1, "heartbeats only keep alive")]),
        .fill(4...7, "Reserved"),
      ]),
    .uint16("Heartbeat Interval", .host, .minute),
    .bits(
      "Maintenance Mode", octets: 1,
      [
        .uint(
          0...1, "Maintenance Mode Entry", .host,
          meanings: [Meaning(0, "by command"), Meaning(1, "terminal cover removed")]),
        .uint(
          2...3, "Maintenance Mode Display", .host,
          meanings: [
            Meaning(0, "not displayed, not changed by button"), Meaning(1, "displayed, not changed by button"),
            Meaning(2, "displayed, changed by button"),
          ]),
        .flag(4, "Maintenance Mode Open", .host),
        .uint(
          5...6, "Maintenance Mode Exit", .host,
          meanings: [
            Meaning(0, "by command"), Meaning(1, "after the cover was replaced and a delay"),
            Meaning(2, "at a time after the cover was replaced"),
          ]),
        .fill(7...7, "Reserved"),
      ]),
    .uint8("Maintenance Mode Exit delay", .host, .seconds),
    .uint8("Maintenance Mode Exit Hour", .host),
    .uint8("Maintenance Mode Exit Minute", .host),
  ]
}
