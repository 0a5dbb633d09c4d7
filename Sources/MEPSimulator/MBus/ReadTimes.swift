// SPDX-License-Identifier: Apache-2.0
import OSGPTables

extension ReadSchedule {
  /// The first UTC second after this one at which the schedule, which is in local time, has a read; nil for never.
  func next(after second: Int64) -> Int64? {
    guard hour < 24, minute < 60 else { return nil }
    switch frequency {
    case .never, .unknown: return nil
    case .hourly:
      // Local time is whole hours ahead of UTC.
      let start = second.floored(by: 3600).quotient * 3600 + Int64(minute) * 60
      return start > second ? start : start + 3600
    case .daily, .weekly, .monthly:
      let today = CivilTime.local(utc: second).days
      for day in today...today + 62 where has(day) {
        let local = day * CivilTime.day + Int64(hour) * 3600 + Int64(minute) * 60
        let moment = local - CivilTime.offset(utc: local - 3600)
        if moment > second { return moment }
      }
      return nil
    }
  }

  private func has(_ date: Int64) -> Bool {
    switch frequency {
    case .weekly: day >= 32 && CivilTime.weekday(day: date) == Int(day) - 32
    case .monthly: CivilTime(seconds: date * CivilTime.day).day == max(1, Int(day))
    default: true
    }
  }
}
