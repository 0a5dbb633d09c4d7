// SPDX-License-Identifier: Apache-2.0
import C1219

/// Numbers in octets, least significant first.
extension [UInt8] {
  /// Of the first eight.
  var unsigned: UInt64 {
    var word: UInt64 = 0
    for octet in prefix(8).reversed() { word = word << 8 | UInt64(octet) }
    return word
  }

  /// Two's complement; nil for more than 8 octets, 0 for none.
  var signed: Int64? {
    guard count <= 8 else { return nil }
    let unused = UInt64(64 - 8 * count)
    return count == 0 ? 0 : Int64(bitPattern: unsigned << unused) >> Int64(unused)
  }

  enum BCD: Equatable {
    case number(Int64)
    /// Nibbles that are no digit.
    case invalid
    case tooLarge
  }

  /// Packed BCD (type A): 0xF as the most significant digit is a minus sign.
  var integerOfBCD: BCD {
    var number: Int64 = 0
    let isNegative = (last ?? 0) >> 4 == 0xF
    var isTooLarge = false
    for i in indices.reversed() {
      for digit in [i == count - 1 && isNegative ? 0 : self[i] >> 4, self[i] & 0xF] {
        guard digit <= 9 else { return .invalid }
        let (product, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, overflowToo) = product.addingReportingOverflow(Int64(digit))
        if overflow || overflowToo { isTooLarge = true } else { number = sum }
      }
    }
    return isTooLarge ? .tooLarge : .number(isNegative ? -number : number)
  }

  /// An IEEE 754 number of 4 octets as the decimal number with the fewest digits that is nearer to it than to any other;
  /// nil for infinities and what is no number.
  var decimalOfReal: Decimal? {
    let bits = UInt32(truncatingIfNeeded: unsigned)
    let exponentBits = Int(bits >> 23 & 0xFF)
    guard count == 4, exponentBits < 0xFF else { return nil }
    let fraction = Int64(bits & 0x7F_FFFF)
    let significand = exponentBits == 0 ? fraction : fraction | 0x80_0000
    guard significand != 0 else { return Decimal(0) }
    // significand × 2^binary becomes mantissa × 10^decimal, with 17 digits and more.
    var mantissa = significand
    var (binary, exponent) = (Swift.max(exponentBits, 1) - 150, 0)
    func shorten() { (mantissa, exponent) = (mantissa / 10 + (mantissa % 10 >= 5 ? 1 : 0), exponent + 1) }
    while binary > 0 {
      if mantissa > .max / 2 { shorten() }
      (mantissa, binary) = (mantissa * 2, binary - 1)
    }
    while binary < 0 {
      while mantissa <= .max / 10 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
      (mantissa, binary) = ((mantissa + 1) / 2, binary + 1)
    }
    while mantissa > .max / 10 { shorten() }
    // Half of the way to the next real number, which is nearer below a power of two.
    let half = mantissa / significand / (fraction == 0 ? 4 : 2)
    var (rounded, unit) = (mantissa, Int64(10))
    while unit <= .max / 10 {
      let next = (mantissa + unit / 2) / unit
      let error = abs(next * unit - mantissa)
      guard error == 0 || error < half else { break }
      (rounded, unit, exponent) = (next, unit * 10, exponent + 1)
    }
    guard let exponent = Int8(exactly: exponent) else { return nil }
    return Decimal(bits >> 31 == 1 ? -rounded : rounded, exponent: exponent)
  }
}
