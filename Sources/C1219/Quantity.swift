// SPDX-License-Identifier: Apache-2.0

/// A base unit in which values are given.
public enum Unit: UInt8, Sendable {
  case none
  case watt, `var`, voltAmpere
  case wattHour, varHour
  case volt, ampere, hertz, degree, second, percent
  case voltAmpereHour, joule, joulePerHour, calorie
  case cubicMetre, cubicMetrePerHour, cubicFoot, gallon, gallonPerHour
  case kilogram, kilogramPerHour, bar
  case celsius, kelvin, fahrenheit
  case month, year, baud, bitTime, decibelMilliwatt, currency

  public var symbol: StaticString {
    switch self {
    case .none: ""
    case .watt: "W"
    case .var: "var"
    case .voltAmpere: "VA"
    case .wattHour: "Wh"
    case .varHour: "varh"
    case .volt: "V"
    case .ampere: "A"
    case .hertz: "Hz"
    case .degree: "°"
    case .second: "s"
    case .percent: "%"
    case .voltAmpereHour: "VAh"
    case .joule: "J"
    case .joulePerHour: "J/h"
    case .calorie: "cal"
    case .cubicMetre: "m³"
    case .cubicMetrePerHour: "m³/h"
    case .cubicFoot: "ft³"
    case .gallon: "US gal"
    case .gallonPerHour: "US gal/h"
    case .kilogram: "kg"
    case .kilogramPerHour: "kg/h"
    case .bar: "bar"
    case .celsius: "°C"
    case .kelvin: "K"
    case .fahrenheit: "°F"
    case .month: "months"
    case .year: "years"
    case .baud: "Bd"
    case .bitTime: "bit times"
    case .decibelMilliwatt: "dBm"
    case .currency: "currency units"
    }
  }
}

/// How a stored integer becomes a value: `integer × factor × 10^exponent`, in a base unit.
public struct Quantity: Equatable, Sendable {
  public let unit: Unit
  public let factor: Int32
  public let exponent: Int8

  public init(_ unit: Unit, factor: Int32 = 1, exponent: Int8 = 0) {
    self.unit = unit
    self.factor = factor
    self.exponent = exponent
  }

  /// A number without a unit.
  public static let count = Quantity(.none)
  /// A number stored in thousandths, as power factors are.
  public static let thousandths = Quantity(.none, exponent: -3)

  public static let milliampere = Quantity(.ampere, exponent: -3)
  public static let millivolt = Quantity(.volt, exponent: -3)
  public static let millihertz = Quantity(.hertz, exponent: -3)
  public static let minute = Quantity(.second, factor: 60)
  public static let millisecond = Quantity(.second, exponent: -3)

  public func value(of integer: Int64) -> Decimal { Decimal(integer &* Int64(factor), exponent: exponent) }
}

/// A decimal number, exact: `mantissa × 10^exponent`.
public struct Decimal: Equatable, Sendable {
  public let mantissa: Int64
  public let exponent: Int8

  public init(_ mantissa: Int64, exponent: Int8 = 0) {
    self.mantissa = mantissa
    self.exponent = exponent
  }
}

#if !hasFeature(Embedded)
  extension Decimal: CustomStringConvertible {
    /// Plain digits, with as many decimals as the exponent tells: "228.315".
    public var description: String {
      let digits = String(mantissa.magnitude)
      let sign = mantissa < 0 ? "-" : ""
      if exponent >= 0 { return sign + digits + (mantissa == 0 ? "" : String(repeating: "0", count: Int(exponent))) }
      let places = -Int(exponent)
      let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
      return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }
  }
#endif
