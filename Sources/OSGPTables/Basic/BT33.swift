// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the display shows, in what order and for how long.
  public static let bt33 = Table(
    .basic(33), "Primary Display List", page: 227, write: .advanced,
    [
      .array(
        "Primary Display List", .field(Reference(.bt30, "Number of Primary Lists")),
        of: [
          .bits(
            "Display Scroll 1", octets: 1,
            [
              .uint(
                0...3, "On Time", .host, factory: 6, .seconds,
                meanings: [Meaning(0, "until the push button is pressed")]),
              .uint(4...7, "Off Time", .fixed),
            ]),
          .bits(
            "Display Scroll 2", octets: 1,
            [
              .uint(0...3, "Hold Time", .program),
              .uint(4...7, "Default List", .fixed, factory: 1, meanings: [Meaning(1, "normal display")]),
            ]),
          .uint8("Number List Items", .host, factory: 3),
          .array(
            "Display Sources", .field(Reference(.bt30, "Number of Primary List Items")), of: [.uint16("", .host)]),
        ])
    ])
}
