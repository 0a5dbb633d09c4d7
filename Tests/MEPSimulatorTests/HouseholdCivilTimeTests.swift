// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MEPSimulator

@Suite struct HouseholdCivilTimeTests {
  /// Every day of the century, counted on by hand.
  @Test func everyDayOfTheCenturyIsKnown() {
    var (days, weekday): (Int64, Int) = (0, 6)
    for year in 2000...2099 {
      let lengths = [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (index, length) in lengths.enumerated() {
        for day in 1...length {
          let date = CivilTime(year: year, month: index + 1, day: day)
          let isRight = date.days == days && date.weekday == weekday && CivilTime(seconds: days * 86_400) == date
          if !isRight { Issue.record("\(date)") }
          (days, weekday) = (days + 1, (weekday + 1) % 7)
        }
      }
    }
    #expect(days == 36_525)
  }

  @Test func secondsSurviveTheRoundTrip() {
    var before = CivilTime(seconds: -1)
    for seconds in stride(from: 0, to: 36_525 * 86_400, by: 10_007) as StrideTo<Int64> {
      let time = CivilTime(seconds: seconds)
      let clock = [time.hour, time.minute, time.second]
      let isRight =
        time.seconds == seconds && clock[0] * 3600 + clock[1] * 60 + clock[2] == Int(seconds % 86_400)
        && (0..<24).contains(clock[0]) && (0..<60).contains(clock[1]) && (0..<60).contains(clock[2])
        && fields(before).lexicographicallyPrecedes(fields(time))
      if !isRight { Issue.record("\(seconds): \(time)") }
      before = time
    }
  }

  @Test func namedMoments() {
    #expect(CivilTime(seconds: 0) == CivilTime(year: 2000, month: 1, day: 1))
    #expect(CivilTime(seconds: -1) == CivilTime(year: 1999, month: 12, day: 31, hour: 23, minute: 59, second: 59))
    // 1 700 000 000 s of Unix time.
    let moment = CivilTime(year: 2023, month: 11, day: 14, hour: 22, minute: 13, second: 20)
    #expect(moment.seconds == 1_700_000_000 - 946_684_800 && moment.weekday == 2)
    #expect(CivilTime(year: 1970, month: 1, day: 1).seconds == -946_684_800)
    #expect(CivilTime(year: 2100, month: 3, day: 1).days == 36_525 + 59)
  }

  @Test(arguments: [
    (2000, 26, 29), (2015, 29, 25), (2024, 31, 27), (2025, 30, 26), (2026, 29, 25), (2027, 28, 31), (2099, 29, 25),
  ]) func summerTimeStartsAndEnds(year: Int, march: Int, october: Int) {
    let start = CivilTime(year: year, month: 3, day: march, hour: 1).seconds
    let end = CivilTime(year: year, month: 10, day: october, hour: 1).seconds
    let around = [start - 1, start, end - 1, end]
    #expect(around.map(CivilTime.isDaylightSaving(utc:)) == [false, true, true, false])
    #expect(around.map { CivilTime.local(utc: $0).hour } == [1, 3, 2, 2])
  }

  @Test func summerTimeChangesTwiceAYearOnASunday() {
    var changes: [CivilTime] = []
    var was = false
    for second in stride(from: 0, to: 36_525 * 86_400, by: 3600) as StrideTo<Int64> {
      let isSummer = CivilTime.isDaylightSaving(utc: second)
      if isSummer != was { changes.append(CivilTime(seconds: second)) }
      was = isSummer
    }
    #expect(changes.count == 200)
    #expect(changes.map(\.month) == (0..<200).map { $0 % 2 == 0 ? 3 : 10 })
    #expect(changes.allSatisfy { $0.weekday == 0 && $0.day > 24 && $0.hour == 1 })
  }

  private func fields(_ time: CivilTime) -> [Int] {
    [time.year, time.month, time.day, time.hour, time.minute, time.second]
  }
}
