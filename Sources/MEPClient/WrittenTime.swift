// SPDX-License-Identifier: Apache-2.0
import C1219

/// A time as people and programs write it: "2026-11-22T11:00", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00.250+01:00",
/// or "2026-11-22" for its midnight.
public struct WrittenTime: Sendable, Equatable {
  /// What is written, by whichever clock.
  public let moment: Moment
  /// Thousandths of a second behind it.
  public let milliseconds: Int
  /// Seconds by which that clock is ahead of UTC; nil where it is not said.
  public let ahead: Int64?

  /// Nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = Substring(text).split(separator: "T", omittingEmptySubsequences: false)
    guard let date = Self.numbers(parts[0], "-"), date.count == 3, (2000...2099).contains(date[0]) else { return nil }
    var (time, thousandths, ahead): ([Int], Int, Int64?) = ([0, 0], 0, nil)
    if parts.count == 2 {
      let zone = parts[1].firstIndex { "Z+-".contains($0) } ?? parts[1].endIndex
      let clock = parts[1][..<zone].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard let written = Self.numbers(clock[0], ":"), (2...3).contains(written.count) else { return nil }
      if clock.count == 2 {
        guard written.count == 3, (1...3).contains(clock[1].count), let fraction = Self.numbers(clock[1], ":"),
          fraction.count == 1
        else {
          return nil
        }
        thousandths = fraction[0] * [100, 10, 1][clock[1].count - 1]
      }
      time = written
      if zone != parts[1].endIndex {
        guard let offset = Self.offset(parts[1][zone...]) else { return nil }
        ahead = offset
      }
    } else if parts.count > 2 {
      return nil
    }
    time.append(0)
    let octets = [date[0] - 2000, date[1], date[2], time[0], time[1], time[2]]
    guard octets.allSatisfy({ (0...255).contains($0) }), let moment = Moment(octets.map { UInt8($0) }) else {
      return nil
    }
    (self.moment, milliseconds, self.ahead) = (moment, thousandths, ahead)
  }

  /// Nil where it is not said by which clock it is.
  public var utc: Moment? { ahead.map { moment.adding(seconds: -$0) } }

  /// "Z", "+01:00"; seconds ahead of UTC.
  private static func offset(_ text: Substring) -> Int64? {
    if text == "Z" { return 0 }
    guard let parts = numbers(text.dropFirst(), ":"), parts.count == 2, parts[0] < 24, parts[1] < 60 else { return nil }
    return Int64(parts[0] * 3600 + parts[1] * 60) * (text.first == "-" ? -1 : 1)
  }

  /// Nil unless all of them are digits.
  private static func numbers(_ text: Substring, _ separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.count <= 6 && part.allSatisfy { ("0"..."9").contains($0) } ? Int(part) : nil
    }
    return numbers.count == parts.count ? numbers : nil
  }
}
