// SPDX-License-Identifier: Apache-2.0
import C1219

/// What one count of an energy register stands for. Meters behind current transformers, and modules, may count tens or
/// hundreds, in registers, load profile and step tariff thresholds alike; the display does not show it.
public struct EnergyRegisterUnit: Equatable, Sendable {
  /// Wh or varh: 1, 10 or 100; nil where nobody has told, or none of these.
  public let multiplier: Int64?

  public static let one = EnergyRegisterUnit(1)
  public static let unknown = EnergyRegisterUnit(nil)

  /// From what the field has; nil where it could not be read.
  public init(_ stored: Int64?) { multiplier = stored.flatMap { [1, 10, 100].contains($0) ? $0 : nil } }

  /// From ET55 or ET42. Firmware whose table has no such field counts in units of 1; where the octets end before the field
  /// the unit is not known.
  public init(configuration: Decoded) {
    let field: StaticString = "Energy Register Unit"
    self = configuration.layout.place(named: field) == nil ? .one : Self(configuration.integer(named: field))
  }

  /// A register's quantity as this meter counts it: a plain count where the unit is not known. The guide names Wh and
  /// varh; nothing else is scaled.
  public func scaled(_ quantity: Quantity) -> Quantity {
    guard Self.counts(quantity.unit) else { return quantity }
    let exponent: Int8
    switch multiplier {
    case nil: return .count
    case 100?: exponent = 2
    case 10?: exponent = 1
    default: exponent = 0
    }
    return Quantity(quantity.unit, factor: quantity.factor, exponent: quantity.exponent + exponent)
  }

  /// The same of a source.
  public func scaled(_ source: Source) -> Source { Source(source.number, source.name, scaled(source.quantity)) }

  /// Whether registers of this unit count by it.
  public static func counts(_ unit: Unit) -> Bool { unit == .wattHour || unit == .varHour }
}
