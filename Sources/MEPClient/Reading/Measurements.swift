// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Measurements of a reading by their register sources, scaled to base units.
public struct Measurements: Sendable {
  private var values: [UInt8: Decimal] = [:]

  /// The totals of BT23, or the values of BT28. Those of the tiers and of demands are left out.
  ///
  /// - Parameter unit: what ``Meter/readEnergyRegisterUnit()`` tells. Without it energies are left out.
  public init(_ decoded: Decoded, unit: EnergyRegisterUnit = .unknown) {
    self.init(decoded.places, of: decoded.octets, unit)
  }

  /// Those among the chosen fields.
  public init(_ selection: Selection, unit: EnergyRegisterUnit = .unknown) {
    self.init(selection.places, of: selection.octets, unit)
  }

  private init(_ places: [Place], of octets: [UInt8], _ unit: EnergyRegisterUnit) {
    for place in places where place.path.count == 1 {
      guard let source = place.source, let raw = place.integer(in: octets) else { continue }
      if EnergyRegisterUnit.counts(place.quantity.unit), unit.multiplier == nil { continue }
      values[source.number] = unit.scaled(place.quantity).value(of: raw)
    }
  }

  /// The numbers of the sources that have a value.
  public var sources: [UInt8] { values.keys.sorted() }

  /// The value of a source of the list under BT22; nil where the meter does not measure it.
  public subscript(source: UInt8) -> Decimal? { values[source] }
}
