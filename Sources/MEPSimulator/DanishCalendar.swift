// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The calendar that the simulator's utility programs (BT54): winter and summer, in each of them weekdays, weekends,
/// holidays and the days before these. Self-reads are made every day, but not by a meter that stands still.
enum DanishCalendar {
  static let id: Int64 = 1

  static func fill(_ sheet: inout Sheet, _ profile: Profile) {
    if profile.hasExtendedCalendar { sheet.fill("Non-Recurring Date Records", easter) }
    sheet.fill("Recurring Date Records", recurring(profile))
    sheet.fill("Tier Switches", switches(profile.tiers))
    // Saturday, Sunday, weekday, holiday, day before one: the numbers of day schedules.
    sheet.fill("Season Schedules", [[1, 1, 0, 2, 3], [5, 5, 4, 6, 7]])
    sheet.set("calendar_id", id)
  }

  /// Ten switches for each schedule: tier, minute, hour, schedule.
  private static func switches(_ tiers: Int) -> [[Int64]] {
    let weekday: [(hour: Int64, tier: Int)] = [(0, 0), (6, 1), (17, 2), (21, 3)]
    let weekend: [(hour: Int64, tier: Int)] = [(0, 0), (8, 1), (22, 0)]
    let holiday: [(hour: Int64, tier: Int)] = [(0, 0)]
    let dayBefore: [(hour: Int64, tier: Int)] = [(0, 0), (17, 2), (21, 0)]
    // Summer has tiers of its own where there are more than four.
    return [0, tiers > 4 ? 4 : 0].enumerated().flatMap { season, first in
      [weekday, weekend, holiday, dayBefore].enumerated().flatMap { kind, day in
        let number = Int64(season * 4 + kind)
        let used = day.map { [Int64(min(first + $0.tier, max(tiers - 1, 0))), 0, $0.hour, number] }
        return used + [[Int64]](repeating: [0, 0, 0, number], count: 10 - used.count)
      }
    }
  }

  /// Month, offset, weekday, day, action, demand reset, self-read, format.
  private static func recurring(_ profile: Profile) -> [[Int64]] {
    func day(_ month: Int64, _ day: Int64, _ action: Int64, offset: Int64 = 0, weekday: Int64 = 7) -> [Int64] {
      [month, offset, weekday, day, action, 0, 0]
    }
    let (summerTime, standardTime, season, special): (Int64, Int64, Int64, Int64) = (1, 2, 3, 19)
    let dates = [
      // The last Sundays of March and October.
      day(3, 1, summerTime, offset: 6, weekday: 0) + [profile.hasExtendedCalendar ? 1 : 0],
      day(10, 1, standardTime, offset: 6, weekday: 0),
      day(10, 1, season), day(4, 1, season + 1),
      // The second holiday of Christmas as well.
      day(1, 1, special), day(12, 25, special, offset: 7),
      day(6, 5, special + 1), day(12, 24, special + 1), day(12, 31, special + 1),
    ]
    let weekdays: Range<Int64> = profile.frozen == nil ? 0..<7 : 0..<0
    let selfReads = weekdays.map { weekday in [14, 0, weekday, 0, 0, 0, 1] as [Int64] }
    // On the first of each month.
    let demandResets: [[Int64]] = profile.demands.isEmpty ? [] : [[13, 0, 7, 1, 0, 1, 0]]
    return dates + selfReads + demandResets
  }

  /// Maundy Thursday, Good Friday, Easter Monday, Ascension Day and Whit Monday: year, month, day, action.
  private static let easter: [[Int64]] = {
    let sundays = [(2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2029, 4, 1), (2030, 4, 21)]
    return sundays.flatMap { year, month, day in
      [-3, -2, 1, 39, 50].map { days in
        let date = Moment(year: year, month: month, day: day).adding(days: days)
        return [Int64(date.year - 2000), Int64(date.month), Int64(date.day), 19, 0, 0]
      }
    }
  }()
}

extension Profile {
  /// Twelve seasons and non-recurring dates.
  var hasExtendedCalendar: Bool { isFrom(3, 50, module: FirmwareVersion(1, 20)) }
}
