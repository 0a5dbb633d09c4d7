// SPDX-License-Identifier: Apache-2.0
import C1219

/// The number of a procedure, 12 bits: standard (BPnn) below 2048, the manufacturer's (EPnn) from there.
public struct ProcedureID: Equatable, Comparable, Sendable {
  public let number: UInt16

  public init(number: UInt16) { self.number = number }

  public static func basic(_ n: UInt16) -> ProcedureID { ProcedureID(number: n) }
  public static func extended(_ n: UInt16) -> ProcedureID { ProcedureID(number: n | extendedFlag) }

  public var isExtended: Bool { number & Self.extendedFlag != 0 }
  /// The number as the guide's names carry it: 17 of EP17.
  public var index: UInt16 { number & ~Self.extendedFlag }

  public static func < (a: ProcedureID, b: ProcedureID) -> Bool { a.number < b.number }

  private static let extendedFlag: UInt16 = 0x0800
}

#if !hasFeature(Embedded)
  extension ProcedureID: Hashable, CustomStringConvertible {
    /// The guide's name, "EP17" or "BP04".
    public var description: String { (isExtended ? "EP" : "BP") + (index < 10 ? "0\(index)" : "\(index)") }

    /// Reads a name in any case: "EP17", "bp5".
    public init?(name: some StringProtocol) {
      let name = name.uppercased()
      guard name.hasPrefix("BP") || name.hasPrefix("EP"), let table = TableID(name.prefix(1) + "T" + name.dropFirst(2))
      else { return nil }
      self.init(number: table.number)
    }

    /// Reads a name, or a number in decimal or hexadecimal: "2065", "0x0811".
    public init?(_ text: some StringProtocol) {
      if let named = ProcedureID(name: text) {
        self = named
      } else {
        guard text.first?.isNumber == true, let table = TableID(text) else { return nil }
        self.init(number: table.number)
      }
    }
  }
#endif
