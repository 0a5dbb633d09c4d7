// SPDX-License-Identifier: Apache-2.0

/// Octets of a table written by hand.
enum Octets {
  /// Least significant octet first.
  static func u16(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
  static func u32(_ value: Int) -> [UInt8] { u16(value) + u16(value >> 16) }
  /// LTIME_DATE of a minute in November 2026.
  static func time(_ day: UInt8, _ hour: UInt8, _ minute: UInt8, _ second: UInt8 = 0) -> [UInt8] {
    [26, 11, day, hour, minute, second]
  }
  static let noTime: [UInt8] = [0, 0, 0, 0, 0, 0]
}
