// SPDX-License-Identifier: Apache-2.0

/// Octets in hexadecimal.
public enum Hex {
  /// Two digits an octet.
  public static func text(_ octets: some Sequence<UInt8>, separator: String = "") -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
  }

  /// Octets from digits, with blanks, colons or dashes between; nil when anything else is in it or a digit is missing.
  public static func octets(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.filter { !" \t\r:-".contains($0) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var octets: [UInt8] = []
    var high: UInt8?
    for character in digits {
      guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        octets.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return octets
  }
}
