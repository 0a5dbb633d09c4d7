// SPDX-License-Identifier: Apache-2.0
import C1219

/// What one count of an energy register stands for. Meters behind current transformers, and modules, may count tens or
/// hundreds, in registers, load profile and step tariff thresholds alike; the display does not show it.
public struct EnergyRegisterUnit: Equatable, Sendable {
  /// Wh or varh: 1, 10 or 100.
  public let multiplier: Int64
  /// Whether the control node takes other units than 1 (ET54 bit 6); nil where that is not known.
  public let controlNodeTakesOthers: Bool?

  /// Units of 1, which meters without the setting have.
  public static let one = EnergyRegisterUnit(multiplier: 1, controlNodeTakesOthers: nil)

  private init(multiplier: Int64, controlNodeTakesOthers: Bool?) {
    self.multiplier = multiplier
    self.controlNodeTakesOthers = controlNodeTakesOthers
  }

  /// From ET55 and ET54. Firmware whose ET55 has no such field counts in units of 1.
  ///
  /// Nil where ET55 was not read that far, or has a unit that the guide does not know: the registers' scale is unknown.
  public init?(configuration: Decoded, status: Decoded? = nil) {
    let field: StaticString = "Energy Register Unit"
    let takesOthers = status?.flag(named: "Energy Unit Change")
    guard configuration.layout.place(named: field) != nil else {
      self.init(multiplier: 1, controlNodeTakesOthers: takesOthers)
      return
    }
    guard let unit = configuration.integer(named: field), unit == 1 || unit == 10 || unit == 100 else { return nil }
    self.init(multiplier: unit, controlNodeTakesOthers: takesOthers)
  }

  /// False where the control node is known not to understand what the registers count.
  public var isUnderstood: Bool { multiplier == 1 || controlNodeTakesOthers != false }

  /// What a count of a register of this unit is to be multiplied by. The guide names Wh and varh; nothing else is scaled.
  public func multiplier(of unit: Unit) -> Int64 {
    switch unit {
    case .wattHour, .varHour: multiplier
    default: 1
    }
  }

  /// A register's quantity as this meter counts it.
  public func scaled(_ quantity: Quantity) -> Quantity {
    let exponent: Int8 =
      switch multiplier(of: quantity.unit) {
      case 10: 1
      case 100: 2
      default: 0
      }
    return Quantity(quantity.unit, factor: quantity.factor, exponent: quantity.exponent + exponent)
  }
}
