// SPDX-License-Identifier: Apache-2.0

/// A date and time as tables hold it; the table tells whether it is UTC or the meter's local time.
public struct Moment: Equatable, Sendable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// From LTIME_DATE (6 octets), STIME_DATE (5) or a date (3); nil when all are 0, which means "not set", or when no
  /// calendar has such a day or hour.
  public init?(_ octets: [UInt8]) {
    func part(_ i: Int) -> Int { i < octets.count ? Int(octets[i]) : 0 }
    guard octets.count >= 3, part(0) <= 99, (1...12).contains(part(1)), (1...31).contains(part(2)), part(3) < 24,
      part(4) < 60, part(5) < 60
    else { return nil }
    self.init(
      year: 2000 + part(0), month: part(1), day: part(2), hour: part(3), minute: part(4), second: part(5))
    guard day <= Self.days(month: month, of: year) else { return nil }
  }

  /// LTIME_DATE.
  public var octets: [UInt8] {
    [year % 100, month, day, hour, minute, second].map { UInt8(truncatingIfNeeded: $0) }
  }

  /// STIME_DATE: LTIME_DATE without the seconds.
  public var shortOctets: [UInt8] { Array(octets.prefix(5)) }
}

#if !hasFeature(Embedded)
  extension Moment: CustomStringConvertible {
    /// "2026-11-22T10:05:09".
    public var description: String {
      func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
      return "\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
    }
  }
#endif
