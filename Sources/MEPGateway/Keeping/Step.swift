// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// From one row of a history to the next. Days, months and years are those of the house's time zone.
public enum Step: String, CaseIterable, Sendable {
  case minute, quarter, hour, day, month, year

  /// What its rows are made from.
  var grain: Grain { self == .minute ? .minute : .quarter }

  /// The step that a time lies in: after its start, through its end. A register's value at midnight is the last of a day.
  func range(around time: Timestamp, in zone: TimeZone) -> Range<Timestamp> {
    let span: Int64
    switch self {
    case .minute: span = 60_000
    case .quarter: span = 900_000
    case .hour: span = 3_600_000
    case .day, .month, .year: return days(around: time, in: zone)
    }
    // An hour begins on the hour of the local clock, also where that is half an hour off.
    let offset = Int64(zone.secondsFromGMT(for: time.date)) * 1000 % span
    let end = (time + offset).ceiled(to: span) + -offset
    return end + -span..<end
  }

  private func days(around time: Timestamp, in zone: TimeZone) -> Range<Timestamp> {
    let before = time + -1
    let local = before.local(in: zone)
    var (start, end) = (local, local)
    (start.hour, start.minute, start.second) = (0, 0, 0)
    if self != .day { start.day = 1 }
    if self == .year { start.month = 1 }
    end = start
    switch self {
    case .year: end.year += 1
    case .month: (end.year, end.month) = end.month == 12 ? (end.year + 1, 1) : (end.year, end.month + 1)
    default: end = start.adding(seconds: 86_400)
    }
    return Timestamp(local: start, in: zone)..<Timestamp(local: end, in: zone)
  }
}

extension Timestamp {
  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// What a zone's clock shows.
  func local(in zone: TimeZone) -> Moment { (self + Int64(zone.secondsFromGMT(for: date)) * 1000).utc }

  /// By the zone's clock where it is not said by which.
  public init(_ written: WrittenTime, in zone: TimeZone) {
    let whole = written.utc.map { Timestamp(utc: $0) } ?? Timestamp(local: written.moment, in: zone)
    self = whole + Int64(written.milliseconds)
  }

  /// When a zone's clock shows a time: the first of two, or as if the clock had not been set forward yet.
  init(local: Moment, in zone: TimeZone) {
    let asUTC = Timestamp(utc: local)
    func reckoned(_ guess: Timestamp) -> Timestamp { asUTC + -Int64(zone.secondsFromGMT(for: guess.date)) * 1000 }
    // From both sides of a change of the clock.
    let (early, late) = (reckoned(asUTC + -86_400_000), reckoned(asUTC + 86_400_000))
    let fitting = [min(early, late), max(early, late)].first { reckoned($0) == $0 }
    self = fitting ?? early
  }
}
