// SPDX-License-Identifier: Apache-2.0
import C1219

/// The calendar of the tiers (BT54), in local time. Not named Calendar, as Foundation has one.
public struct TariffCalendar: Equatable, Sendable {
  /// By which the Active Calendar ID of ET23 tells whether this one is in force.
  public let id: UInt32
  /// Whether it has the format of firmware 3.50 (modules 1.20) and later. The older one has 4 seasons and no
  /// non-recurring dates: others are not used, though the table has room for them.
  public let isExtended: Bool
  /// The dates that are assigned, non-recurring ones first.
  public let dates: [Date]
  public let seasons: [Season]
  /// Day schedules by number; the states are tiers, from 0 on (the meter's display counts them from 1).
  public let schedules: [DaySchedule<Int>]

  /// A date on which something happens at 00:00 (clock changes: at the time of ``TimeOffset``).
  public struct Date: Equatable, Sendable {
    public let when: When
    public let action: Action
    public let resetsDemand: Bool
    public let readsItself: Bool
  }

  public enum When: Equatable, Sendable {
    case once(Moment)
    case recurring(RecurringDate)

    public func occurs(on date: Moment) -> Bool { last(onOrBefore: date) == date.startOfDay }

    public func last(onOrBefore date: Moment) -> Moment? {
      switch self {
      case .once(let day): day <= date.startOfDay ? day : nil
      case .recurring(let rule): rule.last(onOrBefore: date)
      }
    }

    public func dates(in year: Int) -> [Moment] {
      switch self {
      case .once(let day): day.year == year ? [day] : []
      case .recurring(let rule): rule.dates(in: year)
      }
    }
  }

  public enum Action: Equatable, Sendable {
    case none
    case daylightSavingOn
    case daylightSavingOff
    /// From 0 on, as ``TariffCalendar/seasons``.
    case season(Int)
    /// From 0 on, as ``Season/special``: a holiday.
    case specialSchedule(Int)
    /// One that the guide does not have, or a season or special schedule that the calendar does not have.
    case other(Int)
  }

  /// The numbers of a season's day schedules.
  public struct Season: Equatable, Sendable {
    /// Sunday to Saturday.
    public let weekdays: [Int]
    public let special: [Int]
  }
}

extension TariffCalendar {
  /// From BT54; nil where its octets end before the calendar's ID.
  public init?(_ table: Decoded) {
    guard let id = table.integer(named: "Calendar ID") else { return nil }
    self.id = UInt32(truncatingIfNeeded: id)
    isExtended = table.flag(named: "TOU Format") == true
    schedules = Self.schedules(table)
    let seasons = Self.seasons(table)
    self.seasons = Array(isExtended ? seasons[...] : seasons.prefix(4))
    let counts = (seasons: self.seasons.count, special: self.seasons.first?.special.count ?? 0)
    dates = (isExtended ? Self.nonRecurring(table, counts) : []) + Self.recurring(table, counts)
  }

  private static func schedules(_ table: Decoded) -> [DaySchedule<Int>] {
    // Tier, minute, hour, and the schedule's number, which the meter does not use.
    let records = table.entries(of: "Tier Switches", fields: 4)
    return stride(from: 0, to: records.count, by: 10).map { first in
      DaySchedule(records[first..<min(first + 10, records.count)].map { ($0[2], $0[1], $0[0]) })
    }
  }

  private static func seasons(_ table: Decoded) -> [Season] {
    // Sunday to Saturday; or Saturday, Sunday and the weekday; then the special schedules.
    let isSeparate = table.layout.place(named: "Monday") != nil
    return table.entries(of: "Season Schedules", fields: isSeparate ? 7 : 3).map { days in
      Season(
        weekdays: isSeparate ? Array(days[..<7]) : [days[1], days[2], days[2], days[2], days[2], days[2], days[0]],
        special: Array(days[(isSeparate ? 7 : 3)...]))
    }
  }

  private static func nonRecurring(_ table: Decoded, _ counts: (seasons: Int, special: Int)) -> [Date] {
    // Year, month, day, action.
    table.entries(of: "Non-Recurring Date Records", fields: 6).compactMap { record in
      Moment(record[..<3].map { UInt8($0) }).map { Date(.once($0), record[3...], counts) }
    }
  }

  private static func recurring(_ table: Decoded, _ counts: (seasons: Int, special: Int)) -> [Date] {
    // Month, offset, weekday, day, action.
    table.entries(of: "Recurring Date Records", fields: 7).compactMap { record in
      RecurringDate(month: record[0], offset: record[1], weekday: record[2], day: record[3])
        .map { Date(.recurring($0), record[4...], counts) }
    }
  }
}

extension TariffCalendar.Date {
  /// - Parameter action: the parts of the action bit field.
  fileprivate init(_ when: TariffCalendar.When, _ action: ArraySlice<Int>, _ counts: (seasons: Int, special: Int)) {
    let parts = Array(action)
    self.when = when
    self.action =
      switch parts[0] {
      case 0: .none
      case 1: .daylightSavingOn
      case 2: .daylightSavingOff
      case 3..<3 + counts.seasons: .season(parts[0] - 3)
      case 19..<19 + counts.special: .specialSchedule(parts[0] - 19)
      default: .other(parts[0])
      }
    resetsDemand = parts[1] != 0
    readsItself = parts[2] != 0
  }
}

extension Decoded {
  /// The integers of each entry of an array, in their order; entries with fewer of them are left out.
  func entries(of array: StaticString, fields: Int) -> [[Int]] {
    layout.entries(of: array).compactMap { places in
      var reader = FieldReader(self, places)
      var values: [Int] = []
      while let value = reader.integer() { values.append(value) }
      return values.count < fields ? nil : values
    }
  }
}
