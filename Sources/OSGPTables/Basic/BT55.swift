// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The meter's clock in local time, and the tier and season in force.
  public static let bt55 = Table(
    .basic(55), "Local Clock State", page: 235,
    [
      .longTime("Clock Calendar"),
      .bits(
        "Time Date Qualifier", octets: 1,
        [
          .uint(0...2, "Day of Week", .meter, meanings: weekdays),
          .flag(3, "Daylight Savings Time", .meter),
          .flag(4, "Greenwich Mean Time", .fixed),
          .flag(5, "Time Zone Applied", .fixed, factory: true),
          .flag(6, "DST Applied", .fixed, factory: true),
          .fill(7...7),
        ]),
      .bits(
        "Status", octets: 2,
        [
          .uint(0...2, "Current Tier", .meter),
          .fill(3...5),
          .uint(
            6...7, "Tier Drive", .meter,
            meanings: [
              Meaning(0, "calendar"), Meaning(1, "manual, until the next scheduled switch"),
              Meaning(2, "manual, indefinitely"), Meaning(3, "override by time, power or consumption"),
            ]),
          .uint(8...11, "Special Schedule Active", .meter),
          .uint(12...15, "Season", .meter),
        ]),
    ])
}
