// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What happens on which day, and which tier holds at which time. Everything in it is local time (BT55).
  public static let bt54 = Table(
    .basic(54), "Calendar", page: 231, write: .advanced, memory: .write,
    [
      .array(
        "Non-Recurring Date Records", .field(Reference(.bt50, "Number of Non-Recurring Dates")),
        of: [
          .bits(
            "Non-recurring Date", octets: 2,
            [.uint(0...6, "Year", .host), .uint(7...10, "Month", .host), .uint(11...15, "Day", .host)]),
          action(last: .fill(7...7)),
        ]),
      .array(
        "Recurring Date Records", .field(Reference(.bt50, "Number of Recurring Dates")),
        of: [
          // RDATE. In month 15 the period is bits 4 to 9 and the delta bits 10 to 15; TariffCalendar knows.
          .bits(
            "Recurring Date", octets: 2,
            [
              .uint(
                0...3, "Month", .host,
                meanings: [
                  Meaning(0, "unassigned"), Meaning(13, "monthly"), Meaning(14, "weekly"),
                  Meaning(15, "each period plus delta"),
                ]),
              .uint(4...7, "Offset", .host, meanings: offsets),
              .uint(8...10, "Weekday", .host, meanings: weekdays + [Meaning(7, "unassigned")]),
              .uint(11...15, "Day", .host),
            ]),
          // The first record's bit tells for the whole table.
          .when(
            .index(0...0),
            [
              action(
                last: .flag(
                  7, "TOU Format", .host,
                  meanings: [
                    Meaning(0, "4 seasons, no non-recurring dates"), Meaning(1, "12 seasons, non-recurring dates"),
                  ]))
            ], otherwise: [action(last: .fill(7...7))]),
        ]),
      .array(
        "Tier Switches", .field(Reference(.bt50, "Number of Tier Switches")),
        of: [
          .bits(
            "Tier Switch", octets: 2,
            [
              .uint(0...2, "Tier", .host), .fill(3...4), .uint(5...10, "Minute", .host),
              .uint(11...15, "Hour", .host),
            ]),
          .uint8("Schedule", .host),
        ]),
      .array(
        "Season Schedules", .field(Reference(.bt50, "Number of Seasons")),
        of: [
          .when(
            .isSet(Reference(.bt50, "Separate Week Days")),
            [
              .uint8("Sunday", .host), .uint8("Monday", .host), .uint8("Tuesday", .host), .uint8("Wednesday", .host),
              .uint8("Thursday", .host), .uint8("Friday", .host), .uint8("Saturday", .host),
            ], otherwise: [.uint8("Saturday", .host), .uint8("Sunday", .host), .uint8("Weekday", .host)]),
          .array(
            "Special Schedule", .field(Reference(.bt50, "Number of Special Schedules")), of: [.uint8("", .host)]),
        ]),
      .uint32("Calendar ID", .host),
    ])

  /// The calendar action bit field.
  private static func action(last: Field) -> Element {
    .bits(
      "Calendar Action", octets: 1,
      [
        .uint(0...4, "Action", .host, meanings: actions), .flag(5, "Demand Reset", .host),
        .flag(6, "Self read", .host), last,
      ])
  }

  private static let actions = [
    Meaning(0, "no action"), Meaning(1, "daylight saving time on"), Meaning(2, "daylight saving time off"),
    Meaning(3, "season 0"), Meaning(4, "season 1"), Meaning(5, "season 2"), Meaning(6, "season 3"),
    Meaning(7, "season 4"), Meaning(8, "season 5"), Meaning(9, "season 6"), Meaning(10, "season 7"),
    Meaning(11, "season 8"), Meaning(12, "season 9"), Meaning(13, "season 10"), Meaning(14, "season 11"),
    Meaning(19, "special schedule 0"), Meaning(20, "special schedule 1"),
  ]

  private static let offsets = [
    Meaning(0, "none"), Meaning(1, "weekday before the day"), Meaning(2, "first weekday from the day on"),
    Meaning(3, "second weekday from the day on"), Meaning(4, "third weekday from the day on"),
    Meaning(5, "fourth weekday from the day on"), Meaning(6, "last weekday of the month, not before the day"),
    Meaning(7, "the day and the one after"), Meaning(8, "Monday if a Sunday"), Meaning(9, "Friday if a Sunday"),
    Meaning(10, "Monday if a Saturday"), Meaning(11, "Friday if a Saturday"),
    Meaning(12, "Monday if a Saturday or Sunday"), Meaning(13, "Friday if a Saturday or Sunday"),
    Meaning(14, "Monday if a Sunday, Friday if a Saturday"), Meaning(15, "the day after"),
  ]
}
