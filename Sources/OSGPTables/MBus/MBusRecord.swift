// SPDX-License-Identifier: Apache-2.0
import C1219

/// One data record of a variable data structure (EN 13757-3): a value and what it is.
public struct MBusRecord: Sendable {
  public let function: Function
  /// 0 is the present value; 1 and up are values stored before, in an order that is the device's.
  public let storage: UInt64
  public let tariff: UInt32
  /// Which unit of a device that is several.
  public let subunit: UInt16
  /// What is measured: "energy", "flow temperature".
  public let quantity: StaticString
  /// Unit of the value. Qualifiers such as "per hour" divide or multiply it further.
  public let unit: Unit
  /// The unit in the device's own words, ISO 8859-1, where it is none of EN 13757-3; else empty.
  public let plainUnit: [UInt8]
  public let qualifiers: [StaticString]
  /// What the device says is wrong with the record.
  public let error: StaticString?
  public let value: Value
  /// All octets of the record, header included.
  public let octets: [UInt8]

  public enum Function: UInt8, Sendable {
    case instantaneous, maximum, minimum, duringError

    public var words: StaticString {
      switch self {
      case .instantaneous: "instantaneous"
      case .maximum: "maximum"
      case .minimum: "minimum"
      case .duringError: "during error state"
      }
    }
  }

  public enum Value: Equatable, Sendable {
    /// The record has a header only.
    case empty
    /// In the record's unit.
    case number(Decimal)
    /// Octets that stand for no value: the device does not have it, or it does not fit.
    case invalid
    /// ISO 8859-1, in reading order.
    case text([UInt8])
    case time(MBusTime)
    /// The data field as it was received: more than a number can hold, or in a coding that nobody else knows.
    case octets([UInt8])
  }
}

#if !hasFeature(Embedded)
  extension MBusRecord {
    /// "m³", "%RH", "" where there is none.
    public var unitText: String {
      plainUnit.isEmpty ? unit.symbol.description : MBusRecord.latin(plainUnit)
    }

    /// ISO 8859-1 has the code points of Unicode; control characters are left out.
    static func latin(_ octets: [UInt8]) -> String {
      var text = String.UnicodeScalarView()
      for octet in octets where octet & 0x7F >= 0x20 && octet != 0x7F { text.append(Unicode.Scalar(octet)) }
      return String(text)
    }
  }

  extension MBusRecord: CustomStringConvertible {
    /// "energy 218370 Wh, tariff 2, subunit 1".
    public var description: String {
      var text = quantity.description
      for qualifier in qualifiers { text += " " + qualifier.description }
      switch value {
      case .empty: text += " (no data)"
      case .invalid: text += " (not available)"
      case .number(let number): text += " \(number)" + (unitText.isEmpty ? "" : " " + unitText)
      case .text(let octets): text += " \"\(MBusRecord.latin(octets))\""
      case .time(let time): text += " \(time)"
      case .octets(let octets): text += octets.reduce(" 0x") { $0 + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
      }
      if function != .instantaneous { text += ", \(function.words)" }
      if storage != 0 { text += ", storage \(storage)" }
      if tariff != 0 { text += ", tariff \(tariff)" }
      if subunit != 0 { text += ", subunit \(subunit)" }
      if let error { text += ", error: \(error)" }
      return text
    }
  }
#endif
