// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a register holds: one value of one source.
public struct RegisterValue: Sendable {
  /// What it measures, scaled as the value; nil where BT22 is too short to tell.
  public let source: Source?
  /// As it is stored. Energies beyond 2 147 483 647 have turned negative.
  public let raw: Int64
  /// How it is scaled, the meter's energy register unit included; a plain count where that is not known.
  public let quantity: Quantity

  /// In the base unit: Wh, varh, W, s; or a count.
  public var value: Decimal { quantity.value(of: raw) }

  init?(_ place: Place, in octets: [UInt8], _ unit: EnergyRegisterUnit) {
    guard let raw = place.integer(in: octets) else { return nil }
    source = place.source.map { unit.scaled($0) }
    self.raw = raw
    quantity = unit.scaled(place.quantity)
  }
}
