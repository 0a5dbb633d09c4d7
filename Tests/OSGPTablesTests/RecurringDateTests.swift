// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Rules and what they make of 2026, which begins on a Thursday, by a calendar on the wall.
@Suite struct RecurringDateTests {
  struct Rule: Sendable {
    var month: Int
    var offset: Int
    var weekday = 7
    var day: Int
    /// Month and day.
    var dates: [[Int]]
  }

  static let rules = [
    Rule(month: 6, offset: 0, day: 15, dates: [[6, 15]]),
    Rule(month: 3, offset: 1, weekday: 0, day: 29, dates: [[3, 22]]),
    Rule(month: 3, offset: 1, weekday: 1, day: 29, dates: [[3, 23]]),
    Rule(month: 3, offset: 1, weekday: 6, day: 29, dates: [[3, 28]]),
    Rule(month: 9, offset: 2, weekday: 2, day: 1, dates: [[9, 1]]),
    Rule(month: 9, offset: 2, weekday: 1, day: 1, dates: [[9, 7]]),
    Rule(month: 9, offset: 3, weekday: 1, day: 1, dates: [[9, 14]]),
    Rule(month: 9, offset: 4, weekday: 1, day: 1, dates: [[9, 21]]),
    Rule(month: 9, offset: 5, weekday: 1, day: 1, dates: [[9, 28]]),
    Rule(month: 3, offset: 6, weekday: 0, day: 1, dates: [[3, 29]]),
    Rule(month: 10, offset: 6, weekday: 0, day: 25, dates: [[10, 25]]),
    Rule(month: 10, offset: 6, weekday: 0, day: 26, dates: []),
    Rule(month: 10, offset: 6, weekday: 6, day: 1, dates: [[10, 31]]),
    Rule(month: 10, offset: 7, day: 10, dates: [[10, 10], [10, 11]]),
    // 15 August is a Saturday.
    Rule(month: 8, offset: 8, day: 15, dates: [[8, 15]]), Rule(month: 8, offset: 8, day: 16, dates: [[8, 17]]),
    Rule(month: 8, offset: 9, day: 15, dates: [[8, 15]]), Rule(month: 8, offset: 9, day: 16, dates: [[8, 14]]),
    Rule(month: 8, offset: 10, day: 15, dates: [[8, 17]]), Rule(month: 8, offset: 10, day: 16, dates: [[8, 16]]),
    Rule(month: 8, offset: 11, day: 15, dates: [[8, 14]]), Rule(month: 8, offset: 11, day: 16, dates: [[8, 16]]),
    Rule(month: 8, offset: 12, day: 15, dates: [[8, 17]]), Rule(month: 8, offset: 12, day: 16, dates: [[8, 17]]),
    Rule(month: 8, offset: 13, day: 15, dates: [[8, 14]]), Rule(month: 8, offset: 13, day: 16, dates: [[8, 14]]),
    Rule(month: 8, offset: 14, day: 15, dates: [[8, 14]]), Rule(month: 8, offset: 14, day: 16, dates: [[8, 17]]),
    Rule(month: 8, offset: 12, day: 18, dates: [[8, 18]]),
    Rule(month: 8, offset: 15, day: 15, dates: [[8, 16]]),
    // Across the ends of the year.
    Rule(month: 12, offset: 7, day: 31, dates: [[1, 1], [12, 31]]),
    Rule(month: 12, offset: 15, day: 31, dates: [[1, 1]]),
    Rule(month: 1, offset: 1, weekday: 0, day: 1, dates: [[12, 27]]),
    Rule(month: 12, offset: 5, weekday: 4, day: 31, dates: [[1, 22]]),
    // No such day.
    Rule(month: 2, offset: 0, day: 29, dates: []), Rule(month: 4, offset: 0, day: 31, dates: []),
    // Each month.
    Rule(
      month: 13, offset: 0, day: 31, dates: [[1, 31], [3, 31], [5, 31], [7, 31], [8, 31], [10, 31], [12, 31]]),
    Rule(
      month: 13, offset: 2, weekday: 5, day: 1,
      dates: [
        [1, 2], [2, 6], [3, 6], [4, 3], [5, 1], [6, 5], [7, 3], [8, 7], [9, 4], [10, 2], [11, 6], [12, 4],
      ]),
  ]

  @Test(arguments: rules) func datesOf2026(rule: Rule) throws {
    let date = try #require(
      RecurringDate(month: rule.month, offset: rule.offset, weekday: rule.weekday, day: rule.day))
    #expect(date.dates(in: 2026).map { [$0.month, $0.day] } == rule.dates, "\(date)")
    #expect(date.dates(in: 2026).allSatisfy { $0.year == 2026 })
  }

  @Test func weekly() throws {
    let thursdays = try #require(RecurringDate(month: 14, offset: 0, weekday: 4, day: 0)).dates(in: 2026)
    #expect(thursdays.count == 53)
    #expect(thursdays.first == Moment(year: 2026, month: 1, day: 1))
    #expect(thursdays.last == Moment(year: 2026, month: 12, day: 31))
    let wednesdays = try #require(RecurringDate(month: 14, offset: 0, weekday: 3, day: 0)).dates(in: 2026)
    #expect(wednesdays.count == 52 && wednesdays.first == Moment(year: 2026, month: 1, day: 7))
  }

  /// 0x565F: month 15, period 37, delta 21.
  @Test func periodic() throws {
    let rule = try #require(RecurringDate(month: 0xF, offset: 5, weekday: 6, day: 10))
    #expect(rule == .periodic(period: 37, delta: 21))
    #expect(rule.dates(in: 2026).isEmpty && !rule.occurs(on: Moment(year: 2026, month: 1, day: 1)))
  }

  @Test(
    arguments: [
      [0, 0, 0, 0], [0, 2, 1, 5], [5, 0, 7, 0], [5, 1, 7, 1], [5, 3, 7, 1], [5, 6, 7, 1], [14, 0, 7, 0],
    ]) func whatIsNoRule(bits: [Int])
  {
    #expect(RecurringDate(month: bits[0], offset: bits[1], weekday: bits[2], day: bits[3]) == nil)
  }

  @Test func lastOccurrence() throws {
    let leap = try #require(RecurringDate(month: 2, offset: 0, weekday: 7, day: 29))
    #expect(leap.last(onOrBefore: Moment(year: 2028, month: 2, day: 28)) == Moment(year: 2024, month: 2, day: 29))
    #expect(leap.last(onOrBefore: Moment(year: 2104, month: 2, day: 28)) == Moment(year: 2096, month: 2, day: 29))
    let noon = Moment(year: 2024, month: 2, day: 29, hour: 12)
    #expect(leap.last(onOrBefore: noon) == noon.startOfDay && leap.occurs(on: noon))
    let never = try #require(RecurringDate(month: 2, offset: 0, weekday: 7, day: 30))
    #expect(never.last(onOrBefore: noon) == nil)
  }

  /// What a year has, what a day is and what was last are the same thing seen from three sides. Every rule there is.
  @Test func threeSides() throws {
    var random = SeededGenerator(seed: 61)
    for bits in 0...UInt16.max where bits % 7 == 0 {
      let rule = RecurringDate(
        month: Int(bits & 15), offset: Int(bits >> 4 & 15), weekday: Int(bits >> 8 & 7), day: Int(bits >> 11))
      guard let rule else { continue }
      if case .periodic = rule { continue }
      let dates = [2023, 2024].flatMap { rule.dates(in: $0) }
      #expect(dates == dates.sorted(), "\(rule)")
      for _ in 0..<3 {
        let date = Moment(year: 2024, month: 1, day: 1).adding(days: .random(in: 0..<366, using: &random))
        #expect(rule.occurs(on: date) == dates.contains(date), "\(rule) \(date)")
        if let last = dates.last(where: { $0 <= date }) { #expect(rule.last(onOrBefore: date) == last, "\(rule)") }
      }
    }
  }

  @Test(
    arguments: [
      ([3, 6, 0, 1], "last Sunday of March"), ([10, 6, 0, 25], "last Sunday of October, not before 25"),
      ([12, 0, 7, 24], "24 of December"), ([13, 0, 7, 1], "1 of each month"), ([14, 0, 6, 0], "each Saturday"),
      ([9, 4, 1, 1], "third Monday from 1 of September on"), ([5, 1, 2, 9], "last Tuesday before 9 of May"),
      ([1, 14, 7, 1], "1 of January, Friday if a Saturday, Monday if a Sunday"),
      ([1, 9, 7, 1], "1 of January, Friday if a Sunday"), ([7, 7, 7, 4], "4 of July and the day after"),
      ([7, 15, 7, 4], "day after 4 of July"), ([15, 5, 6, 10], "each period 37 plus 21"),
    ] as [([Int], String)])
  func words(bits: [Int], text: String) {
    let rule = RecurringDate(month: bits[0], offset: bits[1], weekday: bits[2], day: bits[3])
    #expect(rule?.description == text)
  }
}
