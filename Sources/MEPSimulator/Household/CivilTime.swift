// SPDX-License-Identifier: Apache-2.0

/// A date and a time of day in the Gregorian calendar, without a time zone, as counted from 2000-01-01 00:00:00.
struct CivilTime: Sendable, Hashable {
  /// The four-digit year.
  var year: Int
  /// 1…12.
  var month: Int
  /// 1…31.
  var day: Int
  /// 0…23.
  var hour = 0
  /// 0…59.
  var minute = 0
  /// 0…59.
  var second = 0

  /// The seconds of a day.
  static let day: Int64 = 86_400
}

extension CivilTime {
  /// The date and time that is `seconds` after 2000-01-01 00:00:00 of the same clock.
  init(seconds: Int64) {
    let (days, time) = seconds.floored(by: Self.day)
    // Years start in March here, so that the leap day is the last day of a year, of a century and of an era.
    let (era, dayOfEra) = (days - 60).floored(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    month = Int(march < 10 ? march + 3 : march - 9)
    year = Int(2000 + era * 400 + yearOfEra) + (month <= 2 ? 1 : 0)
    day = Int(dayOfYear - (153 * march + 2) / 5 + 1)
    hour = Int(time / 3600)
    minute = Int(time / 60 % 60)
    second = Int(time % 60)
  }

  /// The whole days since 2000-01-01.
  var days: Int64 {
    let (era, yearOfEra) = Int64(month <= 2 ? year - 2001 : year - 2000).floored(by: 400)
    let march = Int64(month <= 2 ? month + 9 : month - 3)
    let dayOfYear = (153 * march + 2) / 5 + Int64(day) - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear + 60
  }

  /// The seconds since 2000-01-01 00:00:00 of the same clock.
  var seconds: Int64 { days * Self.day + Int64(hour * 3600 + minute * 60 + second) }

  /// The day of the week, 0 = Sunday … 6 = Saturday.
  var weekday: Int { Self.weekday(day: days) }

  /// The day of the week of a day counted from 2000-01-01, which was a Saturday.
  static func weekday(day: Int64) -> Int { Int((day + 6).floored(by: 7).remainder) }
}

// MARK: - Central European Time

extension CivilTime {
  /// Whether summer time is in force at a UTC second: from the last Sunday of March to that of October, 01:00 UTC.
  static func isDaylightSaving(utc second: Int64) -> Bool {
    let year = CivilTime(seconds: second).year
    return (lastSunday(year, 3)..<lastSunday(year, 10)).contains(second)
  }

  /// The seconds by which Central European local time is ahead of UTC: 3600, or 7200 in summer.
  static func offset(utc second: Int64) -> Int64 { isDaylightSaving(utc: second) ? 7200 : 3600 }

  /// What a Central European clock on the wall shows at a UTC second.
  static func local(utc second: Int64) -> CivilTime { CivilTime(seconds: second + offset(utc: second)) }

  /// 01:00 on the last Sunday of a month of 31 days.
  private static func lastSunday(_ year: Int, _ month: Int) -> Int64 {
    var time = CivilTime(year: year, month: month, day: 31, hour: 1)
    time.day -= time.weekday
    return time.seconds
  }
}

extension Int64 {
  /// Division that rounds down, so that the remainder is never negative, not even before the epoch.
  func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
