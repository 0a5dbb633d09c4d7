// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How the meter treats its MEP clients, one entry for each port, the second where the first one ends.
  public static let et51 = Table(
    .extended(51), "MEP Device Configuration", page: 133, write: .any, memory: .write,
    [
      .array(
        "MEP Device Configuration", .field(Reference(.et11, "MEP Channel Count", absent: 1)),
        of: [
          .bits(
            "MEP Flags", octets: 1,
            [
              // On meters with two ports this and the optical times below are those of ET55.
              .flag(0, "Enable Optical D.O.S. Timer", .host, factory: true),
              .flag(1, "Monitor MEP Health", .host),
              .flag(2, "Reset Device Down MEP", .host),
              .flag(3, "Reset MEP Now", .host),
              .fill(4...6, "Unused"),
              .flag(7, "Disable MEP", .host),
            ]),
          .uint16("MEP Health Timeout", .host, factory: 60, .seconds),
          .uint8("On-demand and One-Time Read Timeout", .host, factory: 30, .seconds),
          .uint16("Optical Session Timeout", .host, factory: 600, .seconds),
          .uint16("Optical Session Hold-Off", .host, factory: 300, .seconds),
          // Modules have what follows it since 1.20, so they have it by then.
          .when(
            .firmware(3, 40, module: FirmwareVersion(1, 20)),
            [.uint8("MEP Down Reset Duration", .host, factory: 1, .seconds, meanings: [Meaning(0, "1 s")])]),
          .when(
            .firmware(3, 70, module: FirmwareVersion(1, 20)),
            [.bits("HAN", octets: 1, [.flag(0, "Deactivate HAN", .host), .fill(1...7, "Unused")])]),
        ])
    ])
}
