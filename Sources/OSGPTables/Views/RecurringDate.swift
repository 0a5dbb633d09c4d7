// SPDX-License-Identifier: Apache-2.0
import C1219

/// A rule for a date that comes again: RDATE (guide, "Data Types").
public enum RecurringDate: Equatable, Sendable {
  /// A day of a month, 1…12, or of every month where it is nil; the offset may move it.
  case day(Int, month: Int?, Offset)
  /// 0 = Sunday … 6 = Saturday.
  case weekly(Int)
  /// Each period plus delta. The guide does not say from which day on, so there is no telling when this is.
  case periodic(period: Int, delta: Int)

  /// What becomes of the day that is named; weekdays are 0 = Sunday … 6 = Saturday.
  public enum Offset: Equatable, Sendable {
    case none
    /// The last such weekday before the day.
    case before(weekday: Int)
    /// The first (1) to fourth such weekday from the day on.
    case onOrAfter(weekday: Int, nth: Int)
    /// The last such weekday of the month, unless that is before the day.
    case last(weekday: Int)
    /// The day and the one after it.
    case andFollowing
    /// So many days are added to a Saturday, so many to a Sunday.
    case weekend(saturday: Int, sunday: Int)
    /// The day after it, instead of it.
    case following
  }

  /// From the bits of an RDATE; nil where nothing is assigned, or where a weekday is wanted and none is given.
  public init?(month: Int, offset: Int, weekday: Int, day: Int) {
    switch month {
    case 1...13:
      guard day != 0, let offset = Offset(code: offset, weekday: weekday) else { return nil }
      self = .day(day, month: month == 13 ? nil : month, offset)
    case 14:
      guard (0...6).contains(weekday) else { return nil }
      self = .weekly(weekday)
    case 15:
      // The period is bits 4 to 9, the delta bits 10 to 15, across those of the other months.
      self = .periodic(period: offset | (weekday & 3) << 4, delta: weekday >> 2 | day << 1)
    default: return nil
    }
  }
}

extension RecurringDate.Offset {
  fileprivate init?(code: Int, weekday: Int) {
    guard (0...6).contains(weekday) || !(1...6).contains(code) else { return nil }
    switch code {
    case 0: self = .none
    case 1: self = .before(weekday: weekday)
    case 2...5: self = .onOrAfter(weekday: weekday, nth: code - 1)
    case 6: self = .last(weekday: weekday)
    case 7: self = .andFollowing
    case 8: self = .weekend(saturday: 0, sunday: 1)
    case 9: self = .weekend(saturday: 0, sunday: -2)
    case 10: self = .weekend(saturday: 2, sunday: 0)
    case 11: self = .weekend(saturday: -1, sunday: 0)
    case 12: self = .weekend(saturday: 2, sunday: 1)
    case 13: self = .weekend(saturday: -1, sunday: -2)
    case 14: self = .weekend(saturday: -1, sunday: 1)
    case 15: self = .following
    default: return nil
    }
  }

  /// What it makes of a date.
  fileprivate func dates(from date: Moment) -> [Moment] {
    func until(_ weekday: Int) -> Int { (weekday - date.weekday + 7) % 7 }
    switch self {
    case .none: return [date]
    case .before(let weekday): return [date.adding(days: until(weekday) - 7)]
    case .onOrAfter(let weekday, let nth): return [date.adding(days: until(weekday) + 7 * (nth - 1))]
    case .last(let weekday):
      let left = Moment.days(month: date.month, of: date.year) - date.day - until(weekday)
      return left < 0 ? [] : [date.adding(days: until(weekday) + left / 7 * 7)]
    case .andFollowing: return [date, date.adding(days: 1)]
    case .weekend(let saturday, let sunday):
      return [date.adding(days: date.weekday == 6 ? saturday : date.weekday == 0 ? sunday : 0)]
    case .following: return [date.adding(days: 1)]
    }
  }
}

extension RecurringDate {
  public func occurs(on date: Moment) -> Bool { last(onOrBefore: date) == date.startOfDay }

  /// The last date that is not behind this one; nil where there is none in eight years, which leave no leap day out.
  public func last(onOrBefore moment: Moment) -> Moment? {
    let date = moment.startOfDay
    switch self {
    case .weekly(let weekday): return date.adding(days: -((date.weekday - weekday + 7) % 7))
    case .day(_, let fixed, _):
      // An offset moves a day by less than a month, so that the next one's may be the last already.
      var month = date.year * 12 + date.month
      if let fixed { month -= (month + 13 - fixed) % 12 }
      for month in stride(from: month, through: month - 98, by: fixed == nil ? -1 : -12) {
        if let found = dates(inMonth: month).last(where: { $0 <= date }) { return found }
      }
      return nil
    case .periodic: return nil
    }
  }

  /// The dates of a year, in their order.
  public func dates(in year: Int) -> [Moment] {
    switch self {
    case .weekly(let weekday):
      let first = Moment(year: year, month: 1, day: 1)
      return (0..<53).map { first.adding(days: (weekday - first.weekday + 7) % 7 + 7 * $0) }.filter { $0.year == year }
    case .day: return (-1...12).flatMap { dates(inMonth: year * 12 + $0) }.filter { $0.year == year }
    case .periodic: return []
    }
  }

  /// What the rule makes of a month, counted from the year 0; no month has a day that it does not have.
  private func dates(inMonth count: Int) -> [Moment] {
    guard case .day(let day, let month, let offset) = self, count >= 0, month == nil || month == count % 12 + 1,
      day <= Moment.days(month: count % 12 + 1, of: count / 12)
    else { return [] }
    return offset.dates(from: Moment(year: count / 12, month: count % 12 + 1, day: day))
  }
}
