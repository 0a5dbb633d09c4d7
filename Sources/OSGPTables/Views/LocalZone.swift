// SPDX-License-Identifier: Apache-2.0
import C1219

/// How a meter's local time follows from UTC, and back.
public struct LocalZone: Equatable, Sendable {
  public let offset: TimeOffset
  /// Nil for a clock that knows no summer time.
  public let calendar: TariffCalendar?

  /// - Parameter calendar: left out, there is no summer time.
  public init(_ offset: TimeOffset, _ calendar: TariffCalendar?) {
    self.offset = offset
    self.calendar = offset.adjustment == 0 ? nil : calendar
  }

  public func local(utc: Moment) -> Moment {
    calendar?.localTime(utc: utc, offset) ?? utc.adding(seconds: offset.zone)
  }

  /// When the local clock shows a time: twice in the hour that autumn repeats, never in the one that spring leaves out.
  public func times(local: Moment) -> [Moment] {
    let standard = local.adding(seconds: -offset.zone)
    guard calendar != nil else { return [standard] }
    return [standard.adding(seconds: -offset.adjustment), standard].filter { self.local(utc: $0) == local }
  }

  /// Nil where the clock never shows the time, or more than once.
  public func utc(local: Moment) -> Moment? {
    let times = times(local: local)
    return times.count == 1 ? times[0] : nil
  }

  /// Seconds from one local time to another; nil where both orders of the repeated hour fit, or none does.
  public func seconds(from start: Moment, to end: Moment) -> Int64? {
    var found: Int64?
    for a in times(local: start) {
      for b in times(local: end) {
        let seconds = b.secondsSince2000 - a.secondsSince2000
        guard seconds >= 0, seconds != found else { continue }
        if found != nil { return nil }
        found = seconds
      }
    }
    return found
  }
}
