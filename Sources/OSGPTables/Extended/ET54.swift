// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The meter's state: tiers, relays, wiring, transaction lock.
  public static let et54 = Table(
    .extended(54), "Meter Status", page: 138,
    [
      .bits(
        "Interface Compatibility Settings", octets: 2,
        [
          .fill(0...1, "Reserved"),
          .flag(2, "Multiple Load Profile Data Set Support"),
          .fill(3...5, "Reserved"),
          .flag(6, "Energy Unit Change", .host, factory: true),
          .flag(7, "LCD Value ID Code 5 Digit Support", .host, factory: true),
          .flag(8, "Multiple MEP Clients", .host, factory: true),
          .fill(9...15, "Reserved"),
        ]),
      .reserved(17),
      .bits("Flags", octets: 2, [.flag(0, "Load Profile Disabled", .meter), .fill(1...15, "Reserved")]),
      .reserved(23),
      .bits(
        "Tier Drive", octets: 1,
        [
          .flag(0, "Over Power Threshold Exceeded", .meter),
          .flag(1, "Step Tariff In Use", .meter),
          .fill(2...7, "Reserved"),
        ]),
      .reserved(17),
      .uint8("Control Relay 1 Random Operation Pending", .meter),
      .uint16("Control Relay 1 Random Duration", .meter, .seconds),
      .uint16("Control Relay 1 Random Start Duration", .meter, .seconds),
      .reserved(1),
      .uint8(
        "Mis-wiring Reason", .meter,
        meanings: [
          Meaning(0, "none"), Meaning(1, "low voltage on a phase"), Meaning(2, "high voltage on a phase"),
          Meaning(4, "two or more phases in phase"),
        ]),
      .when(
        .firmware(3, 60, module: FirmwareVersion(1, 20)),
        [
          .uint16("ET74 Entry Count", .meter),
          .bits(
            "Status Bits", octets: 1,
            [
              .flag(0, "Welmec 11.2 Compliance", .meter),
              .uint(
                1...2, "Delta Time Synchronization Status in Current Load Profile Interval", .meter,
                meanings: [Meaning(0, "none"), Meaning(1, "ongoing"), Meaning(2, "done")]),
              .fill(3...5, "Reserved"),
              .flag(6, "Disconnect Push Button Close Temporarily Locked", .meter),
              .fill(7...7, "Reserved"),
            ]),
          .int32("Time Adjustment In Current Load Profile Interval", .meter, .seconds),
          .date("Date Last Step Tariff Reset"),
          .uint8("ET77 Entry Count", .meter),
          .uint16("ET79 Entry Count", .meter, limit: 4000),
        ],
        // 3.13 has the fields from octet 82 on, and so these octets, whatever is in them.
        otherwise: [.when(.version(3, 13), [.reserved(13)])]),
      .when(
        .any([.version(3, 13), .firmware(3, 80)]),
        [
          .uint32("Unicast Key Usage Count", .meter),
          .uint32("Broadcast Key Usage Count", .meter),
          .uint8("Supported Security Modes", .fixed, factory: 0x05),
        ]),
      .when(
        .firmware(4, 0),
        [
          .reserved(
            .times(
              .field(Reference(.et11, "Module Record Count", absent: 6)),
              .field(Reference(.et11, "Module Record Size", absent: 7))), "Module Records"),
          .reserved(4),
          .uint16("External Tamper Input Raw ADC", .meter),
          .uint8("MEP TX Locked", .meter),
          .uint8(
            "MEP TX Lock Channel", .meter,
            meanings: [Meaning(0, "none"), Meaning(1, "MEP client 1"), Meaning(2, "MEP client 2")]),
        ]),
      .when(.firmware(4, 10), [.uint32("Procedure Extended Failure Code", .meter)]),
      .when(
        .firmware(4, 30),
        [
          .uint8("Control Relay 2 Random Operation Pending", .meter),
          .uint16("Control Relay 2 Random Duration", .meter, .seconds),
          .uint16("Control Relay 2 Random Start Duration", .meter, .seconds),
        ]),
    ])
}
