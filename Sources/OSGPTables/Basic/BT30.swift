// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The most that the display can be configured to.
  public static let bt30 = Table(
    .basic(30), "Dimension Display", page: 226,
    [
      .bits(
        "Display Control", octets: 1,
        [
          .flag(0, "On time", .fixed, factory: true), .flag(1, "Off time", .fixed), .flag(2, "Hold time", .program),
          .fill(3...7),
        ]),
      .uint16("Number of Display Sources", .program, factory: 962),
      .uint8("Width Display Sources", .fixed, factory: 2),
      .uint16("Number of Primary List Items", .program, factory: 30, limit: 255),
      .uint8("Number of Primary Lists", .program, factory: 1, limit: 16),
      .uint16("Number of Secondary List Items", .program),
      .uint8("Number of Secondary Lists", .program),
    ])
}
