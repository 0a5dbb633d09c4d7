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

  /// Where the zone is left out it is this computer's. Nil for what is no time.
  static func moment(_ text: String) -> Moment? {
    WrittenTime(text).map { $0.utc ?? Clock.utc(ofLocal: $0.moment) }
  }

  /// "90m" in seconds.
  static func span(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
    let digits = text.dropLast()
    guard digits.count <= 6, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
    return Int64(digits).map { $0 * unit }
  }
}
