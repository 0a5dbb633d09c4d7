// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Writing it sets a tier in spite of the calendar, or ends that.
  public static let et47 = Table(
    .extended(47), "Calendar Override Settings", page: 128, write: .advanced, memory: .write,
    [
      .uint8("Tariff", .host, factory: 255, meanings: [Meaning(255, "no override")]),
      .uint8(
        "Cancellation", .host,
        meanings: [
          Meaning(0, "at the next tier switch of the calendar"), Meaning(1, "never"), Meaning(2, "after the duration"),
          Meaning(3, "at the cancellation time"),
        ]),
      .uint32("Override Duration", .host, .seconds),
      // UTC.
      .longTime("Cancellation Time", .host),
      .uint32("Calendar ID", .host),
    ])
}
