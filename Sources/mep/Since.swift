// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEPClient
import MEPSimulator
import OSGPTables

/// Since when something is wanted, as a person writes it.
enum Since {
  case moment(Moment)
  /// Seconds before now.
  case span(Int64)

  init(_ text: String) throws {
    if let moment = Self.moment(text) {
      self = .moment(moment)
    } else if let span = Self.span(text) {
      self = .span(span)
    } else {
      throw Failure(
        .wrongUse,
        "\"\(text)\" is no time: write 2026-11-22T11:00 (by this computer's clock), 2026-11-22T10:00:00Z or "
          + "2026-11-22T11:00:00+01:00, or a span back such as 90m, 12h or 30d.")
    }
  }

  /// In UTC. A span counts by the meter's clock, which its records are timed by.
  func moment(of meter: Meter) async throws(MeterError) -> Moment {
    switch self {
    case .moment(let moment): return moment
    case .span(let seconds): return try await Self.now(of: meter).adding(seconds: -seconds)
    }
  }

  /// The meter's clock, in UTC; this machine's where the meter's is not set.
  static func now(of meter: Meter) async throws(MeterError) -> Moment {
    Moment(try await meter.read(.bt52).octets) ?? Moment(secondsSince2000: Int64(time(nil)) - VirtualClock.epoch)
  }

  /// As ``Clock`` writes times; seconds may be left out, and the zone where it is this computer's. Nil for anything else.
  static func moment(_ text: String) -> Moment? {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, let date = numbers(parts[0], "-"), date.count == 3, (2000...2099).contains(date[0]) else {
      return nil
    }
    let zone = parts[1].firstIndex { "Z+-".contains($0) } ?? parts[1].endIndex
    guard var time = numbers(parts[1][..<zone], ":"), (2...3).contains(time.count) else { return nil }
    time.append(0)
    let octets = [date[0] - 2000, date[1], date[2], time[0], time[1], time[2]]
    guard octets.allSatisfy({ (0...255).contains($0) }), let moment = Moment(octets.map { UInt8($0) }) else {
      return nil
    }
    if zone == parts[1].endIndex { return Clock.utc(ofLocal: moment) }
    return offset(parts[1][zone...]).map { moment.adding(seconds: -$0) }
  }

  /// "Z", "+01:00"; seconds ahead of UTC.
  private static func offset(_ text: Substring) -> Int64? {
    if text == "Z" { return 0 }
    guard let parts = numbers(text.dropFirst(), ":"), parts.count == 2, parts[0] < 24, parts[1] < 60 else { return nil }
    return Int64(parts[0] * 3600 + parts[1] * 60) * (text.first == "-" ? -1 : 1)
  }

  /// "90m" in seconds.
  static func span(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let numbers = numbers(text.dropLast(), ":"), numbers.count == 1
    else { return nil }
    return Int64(numbers[0]) * unit
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
