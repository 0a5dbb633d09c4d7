// SPDX-License-Identifier: Apache-2.0

/// The number of a table: standard ("basic", BTnn) below 2048, the manufacturer's ("extended", ETnn) from there.
public struct TableID: Equatable, Comparable, Sendable {
  public let number: UInt16

  public init(number: UInt16) { self.number = number }

  /// Bit 11 of a table number marks a table of the manufacturer.
  public static let extendedFlag: UInt16 = 0x0800

  public static func basic(_ n: UInt16) -> TableID { TableID(number: n) }
  public static func extended(_ n: UInt16) -> TableID { TableID(number: n | extendedFlag) }

  public var isExtended: Bool { number & Self.extendedFlag != 0 }
  /// The number as the guide's names carry it: 3 of ET03.
  public var index: UInt16 { number & ~Self.extendedFlag }

  public static func < (a: TableID, b: TableID) -> Bool { a.number < b.number }
}

#if !hasFeature(Embedded)
  extension TableID: Hashable, CustomStringConvertible {
    /// The guide's name, "BT28" or "ET03".
    public var description: String { (isExtended ? "ET" : "BT") + (index < 10 ? "0\(index)" : "\(index)") }

    /// Reads a name in any case ("bt28", "ET3"), or a number in decimal or hexadecimal ("2051", "0x0803").
    public init?(_ text: some StringProtocol) {
      let text = text.uppercased()
      if text.hasPrefix("0X") {
        self.init(digits: text.dropFirst(2), radix: 16, below: 2 * Self.extendedFlag)
      } else if text.hasPrefix("BT") || text.hasPrefix("ET") {
        guard let index = TableID(digits: text.dropFirst(2), below: Self.extendedFlag)?.number else { return nil }
        self = text.hasPrefix("B") ? .basic(index) : .extended(index)
      } else {
        self.init(digits: text[...], below: 2 * Self.extendedFlag)
      }
    }

    /// Digits alone: a sign, which integers may have, is no part of a table's number.
    private init?(digits: Substring, radix: Int = 10, below limit: UInt16) {
      guard digits.first?.isHexDigit == true, let number = UInt16(digits, radix: radix), number < limit else {
        return nil
      }
      self.init(number: number)
    }
  }
#endif
