// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Which tables wait to take effect, and on what.
  public static let bt04 = Table(
    .basic(4), "Pending Status", page: 12, guide: .optical,
    [
      .set("Basic Pending", octets: general("Dim Basic Tables Used"), .meter),
      .set("Extended Pending", octets: general("Dim Extended Tables Used"), .meter),
      .shortTime("Last Activation Time"),
      .uint8("Number of Pending Activations", .meter),
      .array(
        "Pending Activations", general("Number of Pending Tables"),
        of: [
          .bits(
            "Pending Event", octets: 1,
            [
              .uint(
                0...3, "Event Code", .meter,
                meanings: [
                  Meaning(0, "at a time"), Meaning(1, "after a time"), Meaning(2, "by procedure BP12 or BP13 only"),
                ]),
              .flag(4, "Self Read Flag", .meter), .flag(5, "Demand Reset Flag", .meter), .fill(6...7),
            ]),
          // By the code an STIME_DATE in UTC; or weeks, days, hours, minutes, seconds; or what means nothing to the meter.
          .octets("Event Storage", .exactly(5), .meter),
          .bits(
            "Table", octets: 2,
            [.uint(0...11, "Table ID", .meter), .flag(12, "Still Pending", .meter), .fill(13...15)]),
        ]),
    ])

  private static func general(_ field: StaticString) -> Count { .field(Reference(.bt00, field)) }
}
