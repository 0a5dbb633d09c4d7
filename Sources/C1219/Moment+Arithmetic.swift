// SPDX-License-Identifier: Apache-2.0

extension Moment {
  private static let secondsOfDay: Int64 = 86_400

  /// The moment that is so many seconds after 2000-01-01 00:00:00 of the same clock. What lies before the year 1 or
  /// after 9999 becomes the first or the last second of these years.
  public init(secondsSince2000 seconds: Int64) {
    let first = Int64(-730_119) * Self.secondsOfDay
    let last = Int64(2_921_940) * Self.secondsOfDay - 1
    let (days, time) = min(max(seconds, first), last).floored(by: Self.secondsOfDay)
    // Years start in March here, so that the leap day is the last day of a year, of a century and of an era.
    let (era, dayOfEra) = (days - 60).floored(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = Int(march < 10 ? march + 3 : march - 9)
    self.init(
      year: Int(2000 + era * 400 + yearOfEra) + (month <= 2 ? 1 : 0), month: month,
      day: Int(dayOfYear - (153 * march + 2) / 5 + 1), hour: Int(time / 3600), minute: Int(time / 60 % 60),
      second: Int(time % 60))
  }

  /// Seconds since 2000-01-01 00:00:00 of the same clock, without leap seconds. Days and times beyond their range run
  /// on: the 32nd of January is the 1st of February, the 0th of March the last of February.
  public var secondsSince2000: Int64 {
    daysSince2000 * Self.secondsOfDay + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  /// Whole days since 2000-01-01.
  private var daysSince2000: Int64 {
    let (era, yearOfEra) = (Int64(year) - (month <= 2 ? 2001 : 2000)).floored(by: 400)
    let march = Int64(month) + (month <= 2 ? 9 : -3)
    let dayOfYear = (153 * march + 2) / 5 + Int64(day) - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear + 60
  }

  /// 0 = Sunday … 6 = Saturday.
  public var weekday: Int { Int((daysSince2000 + 6).floored(by: 7).remainder) }

  /// 00:00:00 of the same day.
  public var startOfDay: Moment { Moment(year: year, month: month, day: day) }

  public func adding(seconds: Int64) -> Moment {
    let (sum, overflow) = secondsSince2000.addingReportingOverflow(seconds)
    return Moment(secondsSince2000: overflow ? (seconds < 0 ? .min : .max) : sum)
  }

  /// The same time of day so many days later.
  public func adding(days: Int) -> Moment {
    let (seconds, overflow) = Int64(days).multipliedReportingOverflow(by: Self.secondsOfDay)
    return adding(seconds: overflow ? (days < 0 ? .min : .max) : seconds)
  }

  /// Days of a month, 28…31.
  public static func days(month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Moment: Comparable {
  public static func < (a: Moment, b: Moment) -> Bool {
    (a.year, a.month, a.day, a.hour, a.minute, a.second) < (b.year, b.month, b.day, b.hour, b.minute, b.second)
  }
}

extension Int64 {
  /// Division that rounds down, so that the remainder is never negative.
  fileprivate func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
