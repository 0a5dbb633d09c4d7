// SPDX-License-Identifier: Apache-2.0
import C1219

/// The energy registers of BT23, or a copy of them in another table.
public struct EnergyRegisters: Sendable {
  /// How often the demands were reset; nil where the meter does not count it.
  public private(set) var demandResets: Int?
  /// All tiers together.
  public private(set) var total = RegisterBlock()
  public private(set) var tiers: [RegisterBlock] = []

  /// From BT23, as far as its octets go; nil for any other table.
  ///
  /// - Parameters:
  ///   - selection: BT22, which tells maxima from minima and which demand a coincident value belongs to.
  ///   - unit: what ET55 tells.
  public init?(_ table: Decoded, selection: Decoded? = nil, unit: EnergyRegisterUnit = .unknown) {
    guard table.layout.table == Table.bt23.id else { return nil }
    self.init(table.layout.places[...], depth: 0, in: table.octets, DemandSelection(selection), unit)
  }

  /// - Parameter depth: how many steps of the fields' paths lead to the registers.
  init(
    _ places: Slice<Places>, depth: Int, in octets: [UInt8], _ selection: DemandSelection,
    _ unit: EnergyRegisterUnit
  ) {
    for place in places where place.end <= octets.count {
      let path = place.path.dropFirst(depth)
      guard let first = path.first else { continue }
      if first.isCalled("Nbr Demand Resets") {
        demandResets = place.integer(in: octets).map { Int($0) }
      } else if first.isCalled("Tiers"), let tier = first.index {
        while tiers.count <= tier { tiers.append(RegisterBlock()) }
        tiers[tier].take(place, path.dropFirst(), in: octets, selection, unit)
      } else {
        total.take(place, path, in: octets, selection, unit)
      }
    }
  }
}
