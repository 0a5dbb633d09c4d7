// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Real numbers become the decimal ones that people mean.
@Suite struct MBusRealTests {
  private func shortest(_ bits: UInt32) -> Decimal? {
    let octets = bits.littleEndianOctets
    guard case .number(let number)? = MBusRecords([0x05, 0x03] + octets).records.first?.value else { return nil }
    return number
  }

  @Test(
    arguments: [
      (0x0000_0000, "0"), (0x8000_0000, "0"), (0x3F80_0000, "1"), (0x3DCC_CCCD, "0.1"), (0x3E99_999A, "0.3"),
      (0x4148_0000, "12.5"), (0xC388_9333, "-273.15"), (0x4B80_0000, "16777216"), (0x4B7F_FFFF, "16777215"),
      (0x3EAA_AAAB, "0.33333334"), (0x7F7F_FFFF, "340282350000000000000000000000000000000"),
      (0x5015_02F9, "10000000000"),
    ] as [(UInt32, String)]) func theFewestDigits(bits: UInt32, text: String)
  {
    #expect(shortest(bits)?.description == text)
  }

  @Test(arguments: [0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001] as [UInt32])
  func whatIsNoNumber(bits: UInt32) {
    #expect(MBusRecords([0x05, 0x03] + bits.littleEndianOctets).records.first?.value == .invalid)
  }

  /// Read back they are the same, every exponent and the powers of two included, and no number has more than 9 digits.
  @Test func nothingIsLost() throws {
    var random = SeededGenerator(seed: 13)
    var patterns = (0..<20_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
    for exponent in 0..<255 as Range<UInt32> {
      let power = exponent << 23
      patterns += [power, power | 1, power | 0x7F_FFFF]
    }
    for bits in patterns where bits >> 23 & 0xFF != 0xFF {
      let decimal = try #require(shortest(bits))
      let back = try #require(Float("\(decimal.mantissa)e\(decimal.exponent)"))
      #expect(back == Float(bitPattern: bits), "\(bits)")
      #expect(decimal.mantissa.magnitude < 1_000_000_000, "\(bits)")
    }
  }
}

extension UInt32 {
  fileprivate var littleEndianOctets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * UInt32($0))) } }
}
