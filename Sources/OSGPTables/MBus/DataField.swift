// SPDX-License-Identifier: Apache-2.0
import C1219

/// The data of a record, in the coding that its DIF, or its first octet, names.
struct DataField {
  /// As they were received.
  let octets: [UInt8]
  /// Least significant octet first.
  private let ordered: [UInt8]
  private let form: Form

  private enum Form {
    case empty, integer, real, text, octets
    case bcd(isNegative: Bool)
  }

  /// Nil where the octets end within it, or its length is not known.
  init?(_ reader: inout OctetReader, _ code: UInt8, _ mostSignificantFirst: Bool) {
    guard let (form, count) = Self.shape(code) ?? reader.next().flatMap(Self.variableShape),
      let octets = reader.take(count)
    else { return nil }
    self.form = form
    self.octets = octets
    ordered = mostSignificantFirst ? octets.reversed() : octets
  }

  func value(_ information: ValueInformation) -> MBusRecord.Value {
    if information.error != nil { return .invalid }
    switch form {
    case .empty: return .empty
    case .octets: return .octets(octets)
    case .text: return .text(ordered.reversed())
    case .real: return scaled(ordered.decimalOfReal, information.scale)
    case .bcd where octets.isEmpty: return .empty
    case .bcd(let isNegative):
      switch ordered.integerOfBCD {
      case .number(let digits): return scaled(Decimal(isNegative ? -digits : digits), information.scale)
      case .invalid: return .invalid
      case .tooLarge: return .octets(octets)
      }
    case .integer: return octets.isEmpty ? .empty : integer(information)
    }
  }

  private func integer(_ information: ValueInformation) -> MBusRecord.Value {
    switch information.coding {
    case .time where MBusTime.sizes.contains(ordered.count): return MBusTime(ordered).map { .time($0) } ?? .invalid
    case .manufacturer where ordered.count == 2: return .text(MBusHeader.letters(ordered.unsigned))
    case .signed, .time, .manufacturer:
      guard let integer = ordered.signed else { return .octets(octets) }
      // The least one has no counterpart above 0, and stands for "not available".
      let isInvalid = ordered.last == 0x80 && ordered.dropLast().allSatisfy { $0 == 0 }
      return isInvalid ? .invalid : scaled(Decimal(integer), information.scale)
    case .unsigned, .bits:
      guard ordered.count <= 8, let integer = Int64(exactly: ordered.unsigned) else { return .octets(octets) }
      if case .unsigned = information.coding, ordered.allSatisfy({ $0 == 0xFF }) { return .invalid }
      return scaled(Decimal(integer), information.scale)
    }
  }

  private func scaled(_ number: Decimal?, _ scale: Quantity) -> MBusRecord.Value {
    guard let number else { return .invalid }
    let (mantissa, overflow) = number.mantissa.multipliedReportingOverflow(by: Int64(scale.factor))
    guard !overflow, let exponent = Int8(exactly: Int(number.exponent) + Int(scale.exponent)) else {
      return .octets(octets)
    }
    return .number(Decimal(mantissa, exponent: exponent))
  }

  /// By the low nibble of the DIF; nil for data that tell their length themselves.
  private static func shape(_ code: UInt8) -> (Form, Int)? {
    switch code {
    case 0x0, 0x8: (.empty, 0)
    case 0x1...0x4: (.integer, Int(code))
    case 0x5: (.real, 4)
    case 0x6: (.integer, 6)
    case 0x7: (.integer, 8)
    case 0x9...0xC: (.bcd(isNegative: false), Int(code) - 8)
    case 0xE: (.bcd(isNegative: false), 6)
    default: nil
    }
  }

  /// LVAR. Nil for reserved codes: nobody can tell where the next record begins.
  private static func variableShape(_ code: UInt8) -> (Form, Int)? {
    switch code {
    case 0x00...0xBF: (.text, Int(code))
    case 0xC0...0xCF: (.bcd(isNegative: false), Int(code) - 0xC0)
    case 0xD0...0xDF: (.bcd(isNegative: true), Int(code) - 0xD0)
    case 0xE0...0xEF: (.integer, Int(code) - 0xE0)
    case 0xF4: (.real, 4)
    // EN 1434-3 left open how floating point numbers of other sizes are coded.
    case 0xF0...0xFA: (.octets, Int(code) - 0xF0)
    default: nil
    }
  }
}
