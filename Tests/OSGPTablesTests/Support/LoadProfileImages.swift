import C1219
// SPDX-License-Identifier: Apache-2.0
import OSGPTables

/// Dimensions of a load profile data set that a test invents.
struct DataSetDimensions: Sendable {
  var blocks: UInt16
  var intervals: UInt16
  var channels: UInt8
  /// The interval time's code.
  var minutes: UInt8

  init(_ blocks: UInt16, _ intervals: UInt16, _ channels: UInt8, minutes: UInt8 = 15) {
    self.blocks = blocks
    self.intervals = intervals
    self.channels = channels
    self.minutes = minutes
  }
}

extension Table {
  /// BT60 or BT61.
  ///
  /// - Parameter flags: octets 4 and 5; bit 4 is "End Reading Supported", bits 6 to 9 enable scalars and divisors.
  static func loadProfileImage(flags: UInt16 = 0x0C00, _ sets: [DataSetDimensions]) -> [UInt8] {
    [0, 0, 0, 0, UInt8(flags & 0xFF), UInt8(flags >> 8), 0x20]
      + sets.flatMap { $0.blocks.octets + $0.intervals.octets + [$0.channels, $0.minutes] }
  }

  /// BT62 with sources 0, 1, 2 and so on in every set, scalars of 1 and divisors of 1.
  static func loadProfileControlImage(flags: UInt16 = 0, _ sets: [DataSetDimensions]) -> [UInt8] {
    sets.enumerated().flatMap { n, set in
      (0..<set.channels).flatMap { [0, $0, 0] } + [32]
        + (flags >> UInt16(6 + n) & 1 == 1 ? (0..<2 * set.channels).flatMap { _ in [1, 0] } : [])
    }
  }
}

extension FixedWidthInteger {
  /// Least significant octet first.
  var octets: [UInt8] { (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
