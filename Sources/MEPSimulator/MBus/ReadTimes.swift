// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension ReadSchedule {
  /// The first UTC second after this one at which the schedule, which is in local time, has a read; nil for never.
  func next(after second: Int64, _ calendar: LocalCalendar) -> Int64? {
    guard hour < 24, minute < 60 else { return nil }
    switch frequency {
    case .never, .unknown: return nil
    case .hourly:
      let shift = Int64(minute) * 60 - calendar.offset(utc: second)
      return (second - shift).floored(by: 3600).quotient * 3600 + 3600 + shift
    case .daily, .weekly, .monthly:
      let today = calendar.local(utc: second).startOfDay
      let days = (0...62).lazy.map { today.adding(days: $0) }.filter(has)
      return days.map { calendar.utc(of: $0.adding(seconds: Int64(hour) * 3600 + Int64(minute) * 60)) }
        .first { $0 > second }
    }
  }

  private func has(_ date: Moment) -> Bool {
    switch frequency {
    case .weekly: day >= 32 && date.weekday == Int(day) - 32
    case .monthly: date.day == max(1, Int(day))
    default: true
    }
  }
}
