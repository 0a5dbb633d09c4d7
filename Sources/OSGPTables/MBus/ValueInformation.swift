// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a VIF says: the quantity, and how the data become a value of it.
struct MBusQuantity {
  let words: StaticString
  let scale: Quantity
  let coding: Coding

  enum Coding: Sendable {
    /// Type A or B.
    case signed
    /// Type C.
    case unsigned
    /// Type D: every bit for itself, so that all of them set is a value as any other.
    case bits
    /// Type F, G, I or J, by the size of the data.
    case time
    /// Three letters in 15 bits.
    case manufacturer
  }

  init(_ words: StaticString, _ scale: Quantity = .count, _ coding: Coding = .signed) {
    self.words = words
    self.scale = scale
    self.coding = coding
  }

  init(_ words: StaticString, _ unit: Unit, factor: Int32 = 1, _ exponent: Int) {
    self.init(words, Quantity(unit, factor: factor, exponent: Int8(truncatingIfNeeded: exponent)))
  }

  /// A duration in seconds, minutes, hours or days.
  static func duration(_ words: StaticString, _ code: UInt8) -> MBusQuantity {
    MBusQuantity(words, seconds(code))
  }

  static func seconds(_ code: UInt8) -> Quantity {
    switch code & 3 {
    case 0: Quantity(.second)
    case 1: Quantity(.second, factor: 60)
    case 2: Quantity(.second, factor: 3600)
    default: Quantity(.second, factor: 86_400)
    }
  }
}

/// VIF and VIFEs: what a record's data mean.
struct ValueInformation {
  private(set) var words: StaticString
  private(set) var scale: Quantity
  private(set) var coding: MBusQuantity.Coding
  private(set) var plainUnit: [UInt8] = []
  private(set) var qualifiers: [StaticString] = []
  private(set) var error: StaticString?

  static let mostExtensions = 10

  /// Nil where the octets end within it.
  init?(_ reader: inout OctetReader, _ mostSignificantFirst: Bool) {
    guard var octet = reader.next() else { return nil }
    var extensions = 0
    var quantity: MBusQuantity?
    // Whether EN 13757-3 tells what the VIFEs mean.
    var isStandard = true
    switch octet {
    case 0xFB, 0xFD:
      let table = octet
      guard let code = reader.next() else { return nil }
      octet = code
      extensions = 1
      quantity = table == 0xFB ? .extensionFB(code & 0x7F) : .extensionFD(code & 0x7F)
      isStandard = quantity != nil
    case 0x7C, 0xFC:
      guard let count = reader.next(), let text = reader.take(Int(count)) else { return nil }
      plainUnit = mostSignificantFirst ? text : text.reversed()
      quantity = MBusQuantity("value")
    case 0x7F, 0xFF:
      quantity = MBusQuantity("manufacturer specific")
      isStandard = false
    default:
      quantity = .primary(octet & 0x7F)
      isStandard = quantity != nil
    }
    let known = quantity ?? MBusQuantity("unknown")
    words = known.words
    scale = known.scale
    coding = known.coding
    var table = VIFExtension.Table.first
    while octet & 0x80 != 0 {
      guard extensions < Self.mostExtensions, let next = reader.next() else { return nil }
      octet = next
      extensions += 1
      guard isStandard else { continue }
      switch VIFExtension(octet & 0x7F, in: table) {
      case .nextTable:
        table = .second
        continue
      case .manufacturer:
        isStandard = false
        qualifiers.append("as the manufacturer specifies")
      case let meaning: apply(meaning)
      }
      table = .first
    }
  }

  private mutating func apply(_ meaning: VIFExtension) {
    switch meaning {
    case .qualifier(let words): qualifiers.append(words)
    case .error(let words): error = words
    case .power(let exponent): multiply(by: exponent)
    case .additiveConstant(let exponent):
      qualifiers.append("additive correction")
      multiply(by: exponent)
    case .date(let words):
      qualifiers.append(words)
      (coding, scale) = (.time, .count)
    case .duration(let words, let seconds):
      qualifiers.append(words)
      (coding, scale) = (.signed, seconds)
    case .count(let words):
      qualifiers.append(words)
      (coding, scale) = (.unsigned, .count)
    case .unknown: qualifiers.append("with an unknown qualifier")
    case .noError, .nextTable, .manufacturer: break
    }
  }

  private mutating func multiply(by exponent: Int8) {
    scale = Quantity(scale.unit, factor: scale.factor, exponent: scale.exponent &+ exponent)
  }
}
