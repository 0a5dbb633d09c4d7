// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport

/// A point in time, in milliseconds since 1970-01-01 UTC.
public struct Timestamp: Comparable, Hashable, Sendable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds * 1000 }

  /// From a meter's UTC.
  public init(utc: Moment) { self.init(seconds: utc.secondsSince2000 + Self.epoch) }

  public var utc: Moment { Moment(secondsSince2000: seconds - Self.epoch) }

  /// Whole seconds, rounded down.
  public var seconds: Int64 { Self.floor(milliseconds, 1000) }

  /// From the epoch of the operating system (1970) to that of a meter (2000).
  private static let epoch = -Moment(year: 1970, month: 1, day: 1).secondsSince2000

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
  public static func + (time: Timestamp, span: Int64) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + span)
  }
  public static func - (a: Timestamp, b: Timestamp) -> Int64 { a.milliseconds - b.milliseconds }

  /// The last multiple of a span of milliseconds that is not after it.
  public func floored(to span: Int64) -> Timestamp {
    Timestamp(milliseconds: Self.floor(milliseconds, span) * span)
  }

  /// The first multiple of a span that is not before it.
  public func ceiled(to span: Int64) -> Timestamp { (self + (span - 1)).floored(to: span) }

  private static func floor(_ a: Int64, _ b: Int64) -> Int64 {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Timestamp {
  /// "Sun, 29 Nov 2026 15:44:27 GMT", as HTTP has it.
  var ofHTTP: String {
    let utc = utc
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let weekday = days[Int(Self.floor(seconds, 86_400) % 7)]
    let text = utc.description
    return
      "\(weekday), \(text.dropFirst(8).prefix(2)) \(months[Int(utc.month) - 1]) \(text.prefix(4)) \(text.suffix(8)) GMT"
  }
}

extension Timestamp: CustomStringConvertible {
  /// "2026-11-22T10:05:09.250Z"; without the fraction where it is none.
  public var description: String {
    let rest = milliseconds - seconds * 1000
    let digits = String(rest)
    let fraction = rest == 0 ? "" : "." + String(repeating: "0", count: 3 - digits.count) + digits
    return utc.description + fraction + "Z"
  }
}
