// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPSimulator

/// This machine's clock, and meters' times, as text.
enum Clock {
  /// "2026-11-22T10:05:09Z".
  static func now() -> String { text(time(nil), utc: true) }

  /// "10:05:09", local.
  static func timeOfDay() -> String { format(time(nil), "%H:%M:%S", utc: false) }

  /// "10:05:09.123", local, of microseconds since 1970-01-01 UTC.
  static func timeOfDay(_ time: Instant) -> String { format(time.seconds, "%H:%M:%S", utc: false) + time.fraction }

  /// "2026-11-22T10:05:09.123Z", likewise.
  static func text(_ time: Instant) -> String {
    format(time.seconds, "%Y-%m-%dT%H:%M:%S", utc: true) + time.fraction + "Z"
  }

  /// A meter's time in UTC as "2026-11-22T10:05:09Z", or in this computer's zone as "2026-11-22T11:05:09+01:00".
  static func text(_ moment: Moment, utc: Bool) -> String {
    text(Int(moment.secondsSince2000 + VirtualClock.epoch), utc: utc)
  }

  /// The UTC of a time of this computer's zone; of one that comes twice in autumn either.
  static func utc(ofLocal moment: Moment) -> Moment {
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
      Int32(moment.year - 1900), Int32(moment.month - 1), Int32(moment.day)
    )
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(moment.hour), Int32(moment.minute), Int32(moment.second))
    parts.tm_isdst = -1
    return Moment(secondsSince2000: Int64(mktime(&parts)) - VirtualClock.epoch)
  }

  private static func text(_ seconds: time_t, utc: Bool) -> String {
    let text = format(seconds, utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S%z", utc: utc)
    // "+0100" is written "+01:00".
    return utc ? text : text.dropLast(2) + ":" + text.suffix(2)
  }

  private static func format(_ seconds: time_t, _ pattern: String, utc: Bool) -> String {
    var seconds = seconds
    var parts = tm()
    _ = utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Instant {
  fileprivate var seconds: time_t { Int(microseconds / 1_000_000) }
  fileprivate var fraction: String { "." + String(1000 + microseconds / 1000 % 1000).dropFirst() }
}
