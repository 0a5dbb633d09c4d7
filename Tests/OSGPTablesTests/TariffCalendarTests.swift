// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// A calendar as a Danish meter might have it: winter and summer, weekdays and weekends, a holiday that comes once and
/// one that comes every year. Composed by hand from BT54 and the types ANSI_DATE and RDATE.
@Suite struct TariffCalendarTests {
  private static let bt50 = Section.bt50(seasons: 2, switches: 40, recurring: 6, nonRecurring: 2)

  /// - Parameter format: bit 7 of the first recurring date's action.
  private static func octets(format: UInt8 = 0x80) -> [UInt8] {
    let none: [UInt8] = [0, 0, 0]
    let dates: [[UInt8]] = [
      // 2026-05-14, special schedule 0; none.
      [0x9A, 0x72, 19], none,
      // Last Sunday of March, DST on; last Sunday of October, DST off.
      [0x63, 0x08, 1 | format], [0x6A, 0x08, 2],
      // 1 October, season 0, with demand reset and self-read; 1 April, season 1.
      [0x0A, 0x0F, 0x63], [0x04, 0x0F, 4],
      // 24 December, special schedule 1; none.
      [0x0C, 0xC0, 20], none,
    ]
    let switches: [[UInt8]] = [
      // Winter: tier 0 at 0:00, 1 at 6:00, 2 at 17:00, 1 at 21:00.
      [0x00, 0x00, 0], [0x01, 0x30, 0], [0x02, 0x88, 0], [0x01, 0xA8, 0], none, none, none, none, none, none,
      // Weekends: tier 0.
      [0x00, 0x00, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1],
      [0, 0, 1],
      // Summer: tier 0 at 0:00, 3 at 6:30.
      [0x00, 0x00, 2], [0xC3, 0x33, 2], none, none, none, none, none, none, none, none,
      // Holidays: tier 1.
      [0x01, 0x00, 3], none, none, none, none, none, none, none, none, none,
    ]
    // Saturday, Sunday, Weekday, special schedules.
    let seasons: [UInt8] = [1, 1, 0, 3, 1, 1, 0, 2, 3, 1]
    return dates.flatMap { $0 } + switches.flatMap { $0 } + seasons + [0x78, 0x56, 0x34, 0x12]
  }

  private static func calendar(_ octets: [UInt8] = octets(), _ bt50: [UInt8] = bt50) throws -> TariffCalendar? {
    var dimensions = Dimensions()
    try dimensions.learn(.bt50, bt50)
    return TariffCalendar(Decoded(layout: try Table.bt54.layout(in: dimensions), octets: octets))
  }

  private func moment(_ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Moment {
    Moment(year: 2026, month: month, day: day, hour: hour, minute: minute)
  }

  @Test func contents() throws {
    let calendar = try #require(try Self.calendar())
    #expect(calendar.id == 0x1234_5678 && calendar.isExtended)
    #expect(
      calendar.dates.map(\.action) == [
        .specialSchedule(0), .daylightSavingOn, .daylightSavingOff, .season(0), .season(1), .specialSchedule(1),
      ])
    #expect(calendar.dates[0].when == .once(moment(5, 14)))
    #expect(calendar.dates[1].when == .recurring(.day(1, month: 3, .last(weekday: 0))))
    #expect(calendar.dates[2].when == .recurring(.day(1, month: 10, .last(weekday: 0))))
    #expect(calendar.dates[3].when == .recurring(.day(1, month: 10, .none)))
    #expect(calendar.dates[4].when == .recurring(.day(1, month: 4, .none)))
    #expect(calendar.dates[5].when == .recurring(.day(24, month: 12, .none)))
    #expect(calendar.dates.map(\.resetsDemand) == [false, false, false, true, false, false])
    #expect(calendar.dates.map(\.readsItself) == [false, false, false, true, false, false])
    #expect(calendar.seasons.map(\.weekdays) == [[1, 0, 0, 0, 0, 0, 1], [0, 2, 2, 2, 2, 2, 1]])
    #expect(calendar.seasons.map(\.special) == [[3, 1], [3, 1]])
    #expect(calendar.schedules.map { $0.switches.map(\.minute) } == [[0, 360, 1020, 1260], [0], [0, 390], [0]])
    #expect(calendar.schedules.map { $0.switches.map(\.state) } == [[0, 1, 2, 1], [0], [0, 3], [1]])
  }

  @Test(
    arguments: [
      (1, 1, 0, nil, 0), (3, 31, 0, nil, 0), (4, 1, 1, nil, 2), (5, 13, 1, nil, 2), (5, 14, 1, 0, 3),
      (5, 15, 1, nil, 2), (6, 6, 1, nil, 1), (6, 7, 1, nil, 0), (6, 8, 1, nil, 2), (9, 30, 1, nil, 2),
      (10, 1, 0, nil, 0), (10, 3, 0, nil, 1), (12, 24, 0, 1, 1), (12, 25, 0, nil, 0),
    ] as [(Int, Int, Int, Int?, Int)])
  func days(month: Int, day: Int, season: Int, special: Int?, schedule: Int) throws {
    let found = try #require(try Self.calendar()).day(moment(month, day, 23, 59))
    #expect(found.season == season && found.special == special && found.schedule == schedule)
  }

  @Test func tiersOfAWinterMonday() throws {
    let calendar = try #require(try Self.calendar())
    let times = [(0, 0, 0), (5, 59, 0), (6, 0, 1), (16, 59, 1), (17, 0, 2), (20, 59, 2), (21, 0, 1), (23, 59, 1)]
    for (hour, minute, tier) in times { #expect(calendar.tier(at: moment(1, 5, hour, minute)) == tier) }
  }

  @Test func switchesToCome() throws {
    let calendar = try #require(try Self.calendar())
    func next(_ at: Moment) -> [Int]? {
      calendar.nextSwitch(after: at).map { [$0.moment.day, $0.moment.hour, $0.tier] }
    }
    func change(_ at: Moment) -> [Int]? {
      calendar.nextChange(after: at).map { [$0.moment.day, $0.moment.hour, $0.tier] }
    }
    // Monday, Friday, Saturday.
    #expect(next(moment(1, 5, 6)) == [5, 17, 2] && next(moment(1, 5, 5, 59)) == [5, 6, 1])
    #expect(next(moment(1, 5, 21)) == [6, 0, 0] && change(moment(1, 5, 21)) == [6, 0, 0])
    #expect(next(moment(1, 10)) == [11, 0, 0] && change(moment(1, 10)) == [12, 6, 1])
    // The last evening of winter, 31 March, a Tuesday, and the first morning of summer.
    #expect(next(moment(3, 31, 21)) == [1, 0, 0] && change(moment(4, 1)) == [1, 6, 3])
    #expect(calendar.nextChange(after: moment(4, 1))?.moment == moment(4, 1, 6, 30))
  }

  /// With bit 7 clear there are no non-recurring dates, and no seasons from 4 on.
  @Test func olderFormat() throws {
    let calendar = try #require(try Self.calendar(Self.octets(format: 0)))
    #expect(!calendar.isExtended && calendar.dates.count == 5)
    let day = calendar.day(moment(5, 14))
    #expect(day.season == 1 && day.special == nil && day.schedule == 2)

    let bt50 = Section.bt50(seasons: 12, switches: 0, recurring: 1, nonRecurring: 1)
    let rest = [UInt8](repeating: 0, count: 64)
    // 2026-05-14 and 1 April: season 11 (14), season 3 (6).
    let newer = try #require(try Self.calendar([0x9A, 0x72, 14, 0x04, 0x0F, 0x86] + rest, bt50))
    #expect(newer.seasons.count == 12 && newer.dates.map(\.action) == [.season(11), .season(3)])
    let older = try #require(try Self.calendar([0x9A, 0x72, 14, 0x04, 0x0F, 6] + rest, bt50))
    #expect(older.seasons.count == 4 && older.dates.map(\.action) == [.season(3)])
    let unused = try #require(try Self.calendar([0x9A, 0x72, 14, 0x04, 0x0F, 7] + rest, bt50))
    #expect(unused.dates.map(\.action) == [.other(7)])
  }

  @Test func separateWeekDays() throws {
    let bt50 = Section.bt50(seasons: 1, specials: 1, switches: 80, recurring: 1, nonRecurring: 0, separate: true)
    let calendar = try #require(
      try Self.calendar([0, 0, 0x80] + [UInt8](repeating: 0, count: 240) + [0, 1, 2, 3, 4, 5, 6, 7, 1, 0, 0, 0], bt50))
    #expect(calendar.seasons.map(\.weekdays) == [[0, 1, 2, 3, 4, 5, 6]] && calendar.seasons.map(\.special) == [[7]])
    // A Sunday to a Saturday.
    #expect((4...10).map { calendar.day(moment(1, $0)).schedule } == [0, 1, 2, 3, 4, 5, 6])
    #expect(calendar.nextChange(after: moment(1, 4)) == nil)
  }

  /// A day that does not begin with a switch goes on with the tier of the day before.
  @Test func noSwitchAtMidnight() throws {
    let bt50 = Section.bt50(seasons: 1, specials: 0, switches: 20, recurring: 1, nonRecurring: 0)
    let unused = [UInt8](repeating: 0, count: 27)
    // Schedule 0, Monday to Friday: tier 2 at 6:00. Schedule 1: no time at all, 31:63.
    let calendar = try #require(
      try Self.calendar(
        [0, 0, 0x80, 0x02, 0x30, 0] + unused + [0xE5, 0xFF, 1] + unused + [1, 1, 0, 9, 0, 0, 0], bt50))
    #expect(calendar.tier(at: moment(1, 6, 3)) == 2 && calendar.tier(at: moment(1, 6, 6)) == 2)
    #expect(calendar.tier(at: moment(1, 5, 3)) == 2 && calendar.tier(at: moment(1, 3, 3)) == 2)
    #expect(calendar.nextSwitch(after: moment(1, 9, 6))?.moment == moment(1, 12, 6))
  }

  /// References to what there is not.
  @Test func danglingReferences() throws {
    var octets = Self.octets()
    // Winter's Saturday has schedule 4 of 0 to 3.
    octets[144] = 4
    let calendar = try #require(try Self.calendar(octets))
    #expect(calendar.day(moment(1, 10)).schedule == nil && calendar.schedule(on: moment(1, 10)) == nil)
    #expect(calendar.tier(at: moment(1, 10, 12)) == 1)
    #expect(try Self.calendar(Array(octets.dropLast())) == nil)
    let empty = try #require(
      try Self.calendar([0, 0, 0, 0], Section.bt50(seasons: 0, switches: 0, recurring: 0, nonRecurring: 0)))
    #expect(empty.day(moment(1, 1)).season == 0 && empty.day(moment(1, 1)).schedule == nil)
    #expect(empty.tier(at: moment(1, 1)) == nil && empty.nextSwitch(after: moment(1, 1)) == nil)
  }

  /// The first date of the table counts where two fall on the same day.
  @Test func firstDateCounts() throws {
    var octets = Self.octets()
    // The second non-recurring date: 2026-04-01, season 0, and with it the schedules of winter all summer.
    (octets[3], octets[4], octets[5]) = (0x1A, 0x0A, 3)
    #expect(try #require(try Self.calendar(octets)).day(moment(8, 3)).season == 0)
    // 2026-03-31: spring begins the day after.
    (octets[3], octets[4]) = (0x9A, 0xF9)
    #expect(try #require(try Self.calendar(octets)).day(moment(8, 3)).season == 1)
    // 2026-05-14 again, special schedule 1.
    (octets[3], octets[4], octets[5]) = (0x9A, 0x72, 20)
    #expect(try #require(try Self.calendar(octets)).day(moment(5, 14)).special == 0)
  }

  @Test(.timeLimit(.minutes(10)), arguments: 0..<50 as Range<UInt64>) func nothingTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bt50 = Section.bt50(
      seasons: .random(in: 0...15, using: &random), specials: .random(in: 0...15, using: &random),
      switches: .random(in: 0...60, using: &random), recurring: .random(in: 0...30, using: &random),
      nonRecurring: .random(in: 0...30, using: &random), separate: .random(using: &random))
    var dimensions = Dimensions()
    try dimensions.learn(.bt50, bt50)
    let layout = try Table.bt54.layout(in: dimensions)
    let octets = random.octets(layout.octets)
    #expect(TariffCalendar(Decoded(layout: layout, octets: Array(octets.dropLast()))) == nil)
    let calendar = try #require(TariffCalendar(Decoded(layout: layout, octets: octets)))
    let offset = TimeOffset(
      Decoded(layout: try Table.bt53.layout(in: dimensions), octets: random.octets(6).map { $0 % 24 }))
    for _ in 0..<5 {
      let moment = Moment(secondsSince2000: .random(in: 0..<36_525 * 86_400, using: &random))
      _ = calendar.day(moment)
      _ = calendar.tier(at: moment)
      if let next = calendar.nextSwitch(after: moment) {
        #expect(next.moment > moment && calendar.tier(at: next.moment) != nil, "seed \(seed) \(moment)")
      }
      if let offset { _ = calendar.localTime(utc: moment, offset) }
    }
    for date in calendar.dates { if case .recurring(let rule) = date.when { _ = rule.description } }
    _ = calendar.nextChange(after: Moment(secondsSince2000: .max))
    _ = calendar.nextChange(after: Moment(secondsSince2000: .min))
  }
}
