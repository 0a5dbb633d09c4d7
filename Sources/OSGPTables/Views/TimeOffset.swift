// SPDX-License-Identifier: Apache-2.0
import C1219

/// How far local time is from UTC, and when on its days it changes (BT53, and a field of ET04).
public struct TimeOffset: Equatable, Sendable {
  /// Seconds after midnight at which the clock changes on the days of the calendar.
  public let effective: Int64
  /// Seconds by which clocks are advanced in summer.
  public let adjustment: Int64
  /// Seconds by which local time without daylight saving is ahead of UTC.
  public let zone: Int64
  /// Seconds by which the time of day of the change back is later.
  public let offDelta: Int64

  /// From BT53, and ET04 where it was read; nil where the time of the change is none of a day.
  public init?(_ offset: Decoded, system: Decoded? = nil) {
    guard let time = offset.octets(named: "Daylight Saving Time Effective"), time[0] < 24, time[1] < 60, time[2] < 60,
      let adjustment = offset.integer(named: "Daylight Saving Time Adjustment"),
      let zone = offset.integer(named: "Time Zone Offset")
    else { return nil }
    effective = Int64(time[0]) * 3600 + Int64(time[1]) * 60 + Int64(time[2])
    self.adjustment = adjustment * 60
    self.zone = zone * 60
    offDelta = (system?.integer(named: "DST Off Time Delta") ?? 0) * 60
  }
}

/// The clock changes of a year, each by the clock that it changes.
public struct DaylightSaving: Equatable, Sendable {
  public let begins: Moment?
  public let ends: Moment?
}

extension TariffCalendar {
  /// When clocks change in a year; the first date of each kind counts.
  public func daylightSaving(in year: Int, _ offset: TimeOffset) -> DaylightSaving {
    func first(_ action: Action) -> Moment? {
      dates.lazy.filter { $0.action == action }.flatMap { $0.when.dates(in: year) }.min()
    }
    return DaylightSaving(
      begins: first(.daylightSavingOn)?.adding(seconds: offset.effective),
      ends: first(.daylightSavingOff)?.adding(seconds: offset.effective + offset.offDelta))
  }

  /// What the meter's local clock (BT55) shows at a UTC time.
  public func localTime(utc: Moment, _ offset: TimeOffset) -> Moment {
    let standard = utc.adding(seconds: offset.zone)
    let changes = daylightSaving(in: standard.year, offset)
    guard let begins = changes.begins, let ends = changes.ends?.adding(seconds: -offset.adjustment) else {
      return standard
    }
    // South of the equator summer is on both ends of the year.
    let isSummer = begins < ends ? begins <= standard && standard < ends : standard < ends || begins <= standard
    return isSummer ? standard.adding(seconds: offset.adjustment) : standard
  }
}
