// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
  /// Least significant octet first, as tables and the parameters of procedures have numbers.
  public var leastFirst: [UInt8] {
    var octets: [UInt8] = []
    for i in 0..<Self.bitWidth / 8 { octets.append(UInt8(truncatingIfNeeded: self >> Self(8 * i))) }
    return octets
  }

  /// From the octets at this offset, least significant first; nil where they end before.
  public init?(leastFirst octets: [UInt8], at offset: Int) {
    guard offset >= 0, octets.count - offset >= Self.bitWidth / 8 else { return nil }
    self = 0
    for i in (0..<Self.bitWidth / 8).reversed() { self = self << 8 | Self(truncatingIfNeeded: octets[offset + i]) }
  }
}
