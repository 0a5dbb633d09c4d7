// SPDX-License-Identifier: Apache-2.0
import C1219

extension TariffCalendar {
  /// What holds on a date.
  public struct Day: Equatable, Sendable {
    public let season: Int
    /// The special schedule of a holiday.
    public let special: Int?
    /// The number of the day schedule; nil where the calendar refers to one that it does not have.
    public let schedule: Int?
  }

  /// A change of tier.
  public struct TierSwitch: Equatable, Sendable {
    /// Local time.
    public let moment: Moment
    /// From 0 on.
    public let tier: Int
  }

  /// What holds on a local date: of the season's schedules the holiday's, else the weekday's.
  ///
  /// The guide is silent where two dates name a season or a special schedule for the same day: the first in the table
  /// counts here, non-recurring ones before recurring ones. It is silent on a calendar without seasons: 0 holds.
  public func day(_ date: Moment) -> Day {
    var season = (number: 0, since: nil as Moment?)
    var special: Int?
    for entry in dates {
      switch entry.action {
      case .season(let number):
        guard let since = entry.when.last(onOrBefore: date) else { continue }
        if season.since.map({ $0 < since }) ?? true { season = (number, since) }
      case .specialSchedule(let number):
        if special == nil, entry.when.occurs(on: date) { special = number }
      case .none, .daylightSavingOn, .daylightSavingOff, .other: continue
      }
    }
    var schedule: Int?
    if season.number < seasons.count {
      let named = seasons[season.number]
      let number = special.map { named.special[$0] } ?? named.weekdays[date.weekday]
      if number < schedules.count { schedule = number }
    }
    return Day(season: season.number, special: special, schedule: schedule)
  }

  /// The day schedule of a local date.
  public func schedule(on date: Moment) -> DaySchedule<Int>? { day(date).schedule.map { schedules[$0] } }

  /// The tier, from 0 on, at a local time. Days need not begin with a switch: the tier before goes on, for a week.
  public func tier(at moment: Moment) -> Int? {
    let date = moment.startOfDay
    if let tier = schedule(on: date)?.state(at: moment.hour * 60 + moment.minute) { return tier }
    for back in 1...7 {
      if let last = schedule(on: date.adding(days: -back))?.switches.last { return last.state }
    }
    return nil
  }

  /// The next switch behind a local time, also to the tier that holds already: every day begins with one.
  public func nextSwitch(after moment: Moment) -> TierSwitch? { next(after: moment) { _ in true } }

  /// The next switch behind a local time that brings another tier; nil where none does in a year.
  public func nextChange(after moment: Moment) -> TierSwitch? {
    let tier = tier(at: moment)
    return next(after: moment) { $0 != tier }
  }

  private func next(after moment: Moment, _ wanted: (Int) -> Bool) -> TierSwitch? {
    for days in 0...366 {
      let date = moment.startOfDay.adding(days: days)
      for change in schedule(on: date)?.switches ?? [] where wanted(change.state) {
        let at = date.adding(seconds: Int64(change.minute) * 60)
        if at > moment { return TierSwitch(moment: at, tier: change.state) }
      }
    }
    return nil
  }
}
