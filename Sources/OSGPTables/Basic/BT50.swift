// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The dimensions of the calendar, BT54.
  public static let bt50 = Table(
    .basic(50), "Dimension Time and TOU", page: 228,
    [
      .bits(
        "Time Function Flags 1", octets: 1,
        [
          .flag(0, "TOU Self Read", .fixed, factory: true),
          .flag(1, "Season Self Read", .fixed, factory: true),
          .flag(2, "Season Demand Reset", .program),
          .flag(3, "Season Change Armed", .fixed),
          .flag(4, "Sort Dates", .fixed),
          .flag(5, "Anchor Date", .fixed),
          .fill(6...7),
        ]),
      .bits(
        "Time Function Flags 2", octets: 1,
        [
          .flag(0, "Daylight Saving Time Auto", .fixed),
          .flag(
            1, "Separate Week Days", .program,
            meanings: [Meaning(0, "one schedule for Monday to Friday"), Meaning(1, "one for each of them")]),
          .flag(2, "Separate Summation Demands", .fixed),
          .flag(3, "Sort Tier Switches", .fixed, factory: true),
          .flag(4, "Capable Of Time Zone Offset", .fixed, factory: true),
          .fill(5...7),
        ]),
      .bits(
        "Calendar Functions", octets: 1,
        [
          .uint(0...3, "Number of Seasons", .program, factory: 12),
          .uint(4...7, "Number of Special Schedules", .program, factory: 2),
        ]),
      .uint8("Number of Non-Recurring Dates", .program, factory: 25),
      .uint8("Number of Recurring Dates", .program, factory: 23),
      // Ten for each day schedule, whose number is an octet.
      .uint16("Number of Tier Switches", .program, factory: 200, limit: 2560),
      .uint16("Calendar Table Size", .program, factory: 808),
    ])
}
