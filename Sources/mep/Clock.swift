// SPDX-License-Identifier: Apache-2.0
import Glibc

/// This machine's clock, as text.
enum Clock {
  /// "2026-11-22T10:05:09Z".
  static func now() -> String { format("%Y-%m-%dT%H:%M:%SZ", utc: true) }

  /// "10:05:09", local.
  static func timeOfDay() -> String { format("%H:%M:%S", utc: false) }

  private static func format(_ pattern: String, utc: Bool) -> String {
    var seconds = time(nil)
    var parts = tm()
    _ = utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
