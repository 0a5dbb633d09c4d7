// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct MomentArithmeticTests {
  /// Unix time less 946684800, as `date -u +%s` gives it.
  @Test(
    arguments: [
      (Moment(year: 2000, month: 1, day: 1), 0), (Moment(year: 1999, month: 12, day: 31, hour: 23, minute: 59), -60),
      (Moment(year: 1970, month: 1, day: 1), -946_684_800), (Moment(year: 2000, month: 3, day: 1), 60 * 86_400),
      (Moment(year: 2038, month: 1, day: 19, hour: 3, minute: 14, second: 7), 2_147_483_647 - 946_684_800),
      (Moment(year: 2099, month: 12, day: 31, hour: 23, minute: 59, second: 59), 36_525 * 86_400 - 1),
      (Moment(year: 2100, month: 3, day: 1), (36_525 + 59) * 86_400),
    ] as [(Moment, Int64)])
  func secondsSince2000(moment: Moment, seconds: Int64) {
    #expect(moment.secondsSince2000 == seconds)
    #expect(Moment(secondsSince2000: seconds) == moment)
  }

  /// From a calendar on the wall.
  @Test(
    arguments: [
      (Moment(year: 2000, month: 1, day: 1), 6), (Moment(year: 2026, month: 3, day: 29), 0),
      (Moment(year: 2026, month: 10, day: 25), 0), (Moment(year: 2024, month: 2, day: 29), 4),
      (Moment(year: 1999, month: 12, day: 31), 5), (Moment(year: 1969, month: 7, day: 20), 0),
    ])
  func weekdays(moment: Moment, weekday: Int) { #expect(moment.weekday == weekday) }

  /// Every day that a meter knows: one after the other, in their order, a second before midnight and at it.
  @Test func aDayAfterTheOther() {
    var (days, weekday) = (0, 6)
    for year in 2000...2099 {
      for month in 1...12 {
        for day in 1...Moment.days(month: month, of: year) {
          let moment = Moment(year: year, month: month, day: day)
          let eve = moment.adding(seconds: -1)
          #expect(moment.secondsSince2000 == Int64(days) * 86_400 && moment.weekday == weekday)
          #expect(Moment(year: 2000, month: 1, day: 1).adding(days: days) == moment)
          #expect(eve < moment && eve.adding(seconds: 1) == moment && eve.adding(days: 1).startOfDay == moment)
          #expect((eve.hour, eve.minute, eve.second) == (23, 59, 59))
          (days, weekday) = (days + 1, (weekday + 1) % 7)
        }
      }
    }
    #expect(days == 36_525)
  }

  @Test func everyPartCounts() {
    let moment = Moment(year: 2026, month: 6, day: 15, hour: 12, minute: 30, second: 30)
    for part: WritableKeyPath<Moment, Int> in [\.year, \.month, \.day, \.hour, \.minute, \.second] {
      var later = moment
      later[keyPath: part] += 1
      #expect(moment < later && !(later < moment) && moment.secondsSince2000 < later.secondsSince2000)
    }
    #expect(!(moment < moment))
  }

  @Test func februaryOfACentury() {
    #expect([2000, 2024, 2025, 2100].map { Moment.days(month: 2, of: $0) } == [29, 29, 28, 28])
  }

  @Test func daysBeyondTheMonthRunOn() {
    let march0 = Moment(year: 2024, month: 3, day: 0)
    #expect(Moment(secondsSince2000: march0.secondsSince2000) == Moment(year: 2024, month: 2, day: 29))
    let january32 = Moment(year: 2025, month: 1, day: 32)
    #expect(Moment(secondsSince2000: january32.secondsSince2000) == Moment(year: 2025, month: 2, day: 1))
  }

  @Test func theFarthestMoments() {
    let first = Moment(year: 1, month: 1, day: 1)
    let last = Moment(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59)
    #expect(Moment(secondsSince2000: .min) == first && Moment(secondsSince2000: .max) == last)
    #expect(last.adding(seconds: .max) == last && first.adding(seconds: .min) == first)
    #expect(first.adding(days: .min) == first && last.adding(days: .max) == last)
    #expect(Moment(secondsSince2000: first.secondsSince2000) == first)
    #expect(Moment(secondsSince2000: last.secondsSince2000) == last)
  }

  @Test func shortOctetsLeaveTheSecondsOut() {
    let moment = Moment(year: 2026, month: 11, day: 22, hour: 10, minute: 5, second: 9)
    #expect(moment.shortOctets == [26, 11, 22, 10, 5])
  }
}
