// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The dimensions of the manufacturer's tables. Older firmware has fewer of them.
  public static let et11 = Table(
    .extended(11), "MFG Dimension Table", page: 83,
    [
      .uint8("Number of Devices", .program, factory: 5, limit: 8),
      .uint8("Config Entry Size", .program, factory: 66),
      .uint8("Status Entry Size", .program, factory: 36),
      .uint8("On-demand Request Queue Size", .program, factory: 5, limit: 16),
      .uint8("On-demand Request Entry Size", .program, factory: 6),
      .uint16("Data Entry Size", .program, factory: 517, limit: 4096),
      .uint16("Transaction Request Length", .program, factory: 896),
      .uint16("Transaction Response Length", .program, factory: 1785),
      .uint8("On-demand Write Entry Size", .program, factory: 25),
      .uint8("Phase Measurement Data Size", .program, factory: 16),
      .uint8("Config Entry 2 Size", .program, factory: 22),
      .reserved(4),
      .uint8("Number of Group IDs", .program, factory: 10),
      .uint8("Number of Harmonics", .program, factory: 10),
      .uint8("M-Bus Multicast Message Length", .program, factory: 65),
      .uint8("ET22 Alarm Size", .program, factory: 120),
      .uint8("MEP Data Sources", .program, factory: 6),
      .uint8("ET48 Entry Count", .program, factory: 10),
      .when(
        .firmware(3, 30, module: FirmwareVersion(1, 0)),
        [
          .uint8("Maximum Critical Event Bitmaps", .program, factory: 10),
          .uint8("ET57 Entry Count", .program, factory: 16),
          .uint8("Time-based Relay Switches", .program, factory: 80),
        ]),
      .when(
        .firmware(3, 40, module: FirmwareVersion(1, 0)), [.uint8("MEP Data Alert Sources", .program, factory: 10)]),
      .when(
        .firmware(3, 50, module: FirmwareVersion(1, 20)),
        [
          .uint16("RAM-only Transaction Request Length", .program, factory: 261),
          .uint16("RAM-only Transaction Response Length", .program, factory: 769),
        ]),
      .when(
        .firmware(4, 0),
        [
          // The guide calls these two reserved, yet ET54 counts its module records by them.
          .uint8("Module Record Count", .program, factory: 6),
          .uint8("Module Record Size", .program, factory: 7),
          .uint8("MEP Channel Count", .program, factory: 2, limit: 8),
          .reserved(1),
          .reserved(2),
        ]),
      .when(.firmware(4, 30), [.uint8("Error/Caution Screen Count", .program, factory: 3)]),
    ])
}
