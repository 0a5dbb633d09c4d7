// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension MeterCalendar {
  package var next: TariffCalendar.TierSwitch? { tariffs.nextChange(after: clock.time) }
  /// When summer time begins, or ends, next.
  package var savingBegins: Moment? { nextChange(\.begins) }
  package var savingEnds: Moment? { nextChange(\.ends) }

  private func nextChange(_ change: (DaylightSaving) -> Moment?) -> Moment? {
    (0...1).compactMap { change(tariffs.daylightSaving(in: clock.time.year + $0, offset)) }.first { $0 > clock.time }
  }

  package var special: Int? { tariffs.day(clock.time).special }

  /// Those that a date begins, or that hold now.
  package var usedSeasons: [Int] {
    tariffs.seasons.indices.filter { season in
      season == clock.season || tariffs.dates.contains { $0.action == .season(season) }
    }
  }

  /// The days of a season and the numbers of their schedules, Monday first.
  package func days(_ season: Int) -> [(name: String, schedule: Int)] {
    let season = tariffs.seasons[season]
    let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    return [1, 2, 3, 4, 5, 6, 0].compactMap { $0 < season.weekdays.count ? (names[$0], season.weekdays[$0]) : nil }
      + season.special.enumerated().map { ("Special \($0)", $1) }
  }

  package func switches(_ schedule: Int) -> [DaySchedule<Int>.Switch] {
    schedule < tariffs.schedules.count ? tariffs.schedules[schedule].switches : []
  }

  package func next(_ date: TariffCalendar.Date) -> Moment? {
    let today = clock.time.startOfDay
    // Eight years leave no leap day out.
    return (0...8).lazy.compactMap { years in date.when.dates(in: today.year + years).first { $0 >= today } }.first
  }
}

extension TariffCalendar.Date {
  package var rule: String {
    switch when {
    case .once(let day): day.date
    case .recurring(let rule): rule.description
    }
  }

  package var effects: [String] {
    let action =
      switch action {
      case .none: nil as String?
      case .daylightSavingOn: "summer time begins"
      case .daylightSavingOff: "summer time ends"
      case .season(let season): "season \(season) begins"
      case .specialSchedule(let special): "special schedule \(special)"
      case .other(let code): "action \(code)"
      }
    return [action, resetsDemand ? "demand reset" : nil, readsItself ? "self-read" : nil].compactMap { $0 }
  }
}

extension TariffOverride {
  package var words: String {
    guard let tier else { return "none" }
    switch end {
    case .nextSwitch: return "tier \(tier), until the next switch of the calendar"
    case .never: return "tier \(tier), without an end"
    case .after(let seconds): return "tier \(tier), for \(seconds) s"
    case .at(let time): return "tier \(tier), until " + (time.map { "\($0)Z" } ?? "a time that is none")
    case .other(let code): return "tier \(tier), with an end of type \(code)"
    }
  }
}

extension RelayState {
  package var word: String { self == .open ? "open" : "closed" }
}

/// "06:00", of minutes after midnight.
package func clockTime(_ minute: Int) -> String {
  func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
  return two(minute / 60) + ":" + two(minute % 60)
}

extension Moment {
  /// "2026-11-22".
  package var date: String { String(description.prefix(10)) }
}
