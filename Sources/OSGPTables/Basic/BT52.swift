// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The meter's clock in UTC.
  public static let bt52 = Table(
    .basic(52), "UTC Clock", page: 230,
    [
      .longTime("Clock Calendar"),
      .bits(
        "Time Date Qualifier", octets: 1,
        [
          .uint(0...2, "Day of Week", .meter, meanings: weekdays),
          .flag(3, "Daylight Saving Time", .meter),
          .flag(4, "Greenwich Mean Time", .fixed, factory: true),
          .flag(5, "Time Zone Applied", .fixed),
          .flag(6, "DST Applied", .fixed),
          .fill(7...7),
        ]),
    ])
}

let weekdays = [
  Meaning(0, "Sunday"), Meaning(1, "Monday"), Meaning(2, "Tuesday"), Meaning(3, "Wednesday"), Meaning(4, "Thursday"),
  Meaning(5, "Friday"), Meaning(6, "Saturday"),
]
